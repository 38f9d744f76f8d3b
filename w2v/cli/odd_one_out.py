"""`w2v odd-one-out WORD...`: the word that fits the others least. The arithmetic is in `w2v.vectors`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described, unknown_words_option
from w2v.cli.options import Command, format_option, vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.rows import row_options

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Document
    from w2v.vectors import Vectors


@click.command(cls=Command, examples=["w2v odd-one-out breakfast lunch dinner paris"])
@click.argument("words", metavar="WORD...", nargs=-1, required=True, help="Three words or more.")
@vectors_option
@unknown_words_option
@row_options
@format_option
def command(words: tuple[str, ...], vectors: Path, unknown_words: str, output_format: str) -> None:
    """Find the word that fits the others least.

    That is the word whose cosine with the mean of all of them, each taken at length 1, is lowest.
    """

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> list[dict[str, Any]]:
        odd = loaded.doesnt_match(readings)
        return [
            {**described(reading), "word": str(reading), "cosine": cosine, "is_odd": reading is odd}
            for reading, cosine in loaded.rank_by_centrality(readings)
        ]

    (found,) = ask(words, [vectors], answer, unknown=unknown_words)
    rows = [{name: row[name] for name in ("query", "word", "how", "cosine", "is_odd")} for row in found]
    odd = next(row["word"] for row in rows if row["is_odd"])
    payload = {"vectors": str(vectors), "odd_one_out": odd, "words": rows}
    emit(Result("w2v.odd-one-out/1", payload, rows, lambda: _document(rows, vectors.name)), output_format)


def _document(rows: Sequence[dict[str, Any]], file: str) -> Document:
    from w2v.report.blocks import Column, Document, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    columns = (Column("word", numeric=False), Column("cosine"), Column("", numeric=False))
    lines = []
    for row in rows:
        mark = text("(odd one out)" if row["is_odd"] else "")
        lines.append(Row((text(row["word"]), text(figure(row["cosine"], decimal)), mark)))
    return Document.of("Odd one out", Table("cosine with the mean", columns, tuple(lines)), file=file)
