"""`w2v similarity A B`: how alike two words are, by three measures. Not here: the arithmetic (`w2v.vectors`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.asking import vectors_for
from w2v.cli.options import Command, format_option, vectors_option
from w2v.cli.output import emit, new_table

if TYPE_CHECKING:
    from rich.table import Table

    from w2v.vectors import Metric

MEANINGS: dict[Metric, str] = {
    "cosine": "1 is the same direction, 0 unrelated",
    "dot": "cosine × the two lengths",
    "euclidean": "distance; 0 is the same",
}


@click.command(cls=Command, examples=["w2v similarity cat dog", "w2v similarity cat dog --json | jq .cosine"])
@click.argument("a", help="A word.")
@click.argument("b", help="Another word.")
@vectors_option
@format_option
def command(a: str, b: str, vectors: Path, output_format: str) -> None:
    """Compare two words: cosine, dot product, distance."""
    loaded = vectors_for([a, b], vectors)
    scores = {str(metric): loaded.similarity(a, b, metric) for metric in MEANINGS}
    row = {"a": a, "b": b, **scores}
    emit(output_format, "w2v.similarity/1", {"vectors": str(vectors), **row}, [row], lambda: _table(a, b, scores))


def _table(a: str, b: str, scores: dict[str, float]) -> Table:
    table = new_table(f"{a} and {b}")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("", style="bright_black")
    for (metric, value), meaning in zip(scores.items(), MEANINGS.values(), strict=True):
        table.add_row(metric, f"{value:.4f}", meaning)
    return table
