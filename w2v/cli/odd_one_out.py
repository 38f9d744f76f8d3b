"""`w2v odd-one-out WORD...`: the word that fits the others least. Not here: the arithmetic (`w2v.vectors`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, format_option, vectors_option
from w2v.cli.output import emit, new_table
from w2v.cli.progress import console_progress

if TYPE_CHECKING:
    from rich.table import Table

    from w2v.vectors import Vectors


@click.command(cls=Command, examples=["w2v odd-one-out breakfast lunch dinner paris"])
@click.argument("words", metavar="WORD...", nargs=-1, required=True, help="Three words or more.")
@vectors_option
@format_option
def command(words: tuple[str, ...], vectors: Path, output_format: str) -> None:
    """Find the word that fits the others least.

    That is the word whose cosine with the mean of all of them, each taken at length 1, is lowest.
    """
    from w2v import io

    with console_progress() as progress:
        loaded = io.read(vectors, progress=progress)
    odd = loaded.doesnt_match(words)
    rows = [{"word": word, "cosine": cosine, "is_odd": word == odd} for word, cosine in _fits(loaded, words)]
    payload = {"vectors": str(vectors), "odd_one_out": odd, "words": rows}
    emit(output_format, "w2v.odd-one-out/1", payload, rows, lambda: _table(rows))


def _fits(vectors: Vectors, words: Sequence[str]) -> list[tuple[str, float]]:
    """Each word with its cosine to the mean of all at length 1, best first; 0 for a row of zeros."""
    import numpy as np

    rows = vectors.matrix[vectors.rows(words)].astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    mean = unit.mean(axis=0)
    cosines = unit @ mean / (np.linalg.norm(mean) or 1.0)
    return sorted(zip(words, cosines.tolist(), strict=True), key=lambda fit: -fit[1])


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    table = new_table("cosine with the mean")
    table.add_column("word")
    table.add_column("cosine", justify="right")
    table.add_column("")
    for row in rows:
        mark = "(odd one out)" if row["is_odd"] else ""
        table.add_row(row["word"], f"{row['cosine']:.4f}", mark, style="bold" if row["is_odd"] else None)
    return table
