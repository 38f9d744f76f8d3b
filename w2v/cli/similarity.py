"""`w2v similarity A B`: how alike two words are, by three measures. Not here: the arithmetic (`w2v.vectors`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.asking import vectors_for
from w2v.cli.options import Command, format_option, vectors_option
from w2v.cli.output import Result, emit

if TYPE_CHECKING:
    from w2v.report.blocks import Document
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
    payload = {"vectors": str(vectors), **row}
    emit(Result("w2v.similarity/1", payload, [row], lambda: _document(a, b, scores, vectors.name)), output_format)


def _document(a: str, b: str, scores: dict[str, float], file: str) -> Document:
    from w2v.report.blocks import Column, Document, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    columns = (Column("measure", numeric=False), Column("value"), Column("", numeric=False))
    rows = (
        Row((text(metric), text(figure(value, decimal)), text(meaning)))
        for (metric, value), meaning in zip(scores.items(), MEANINGS.values(), strict=True)
    )
    title = f"{a} and {b}"
    return Document.of(title, Table(title, columns, tuple(rows)), file=file)
