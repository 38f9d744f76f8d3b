"""`w2v toy WORD...`: a toy that shows how little a command needs. It counts the letters of words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described, unknown_words_option
from w2v.cli.options import Command, format_option, vectors_option
from w2v.cli.output import Result, emit

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Document
    from w2v.vectors import Vectors


@click.command(cls=Command, examples=["w2v toy king queen"])
@click.argument("words", metavar="WORD...", nargs=-1, required=True, help="Words that the vectors have.")
@vectors_option
@unknown_words_option
@format_option
def command(words: tuple[str, ...], vectors: Path, unknown_words: str, output_format: str) -> None:
    """Count the letters of words."""

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> list[dict[str, Any]]:
        return [{**described(reading), "letters": len(str(reading))} for reading in readings]

    (found,) = ask(words, [vectors], answer, unknown=unknown_words)
    rows = [{name: each[name] for name in ("query", "word", "letters")} for each in found]
    payload = {"vectors": str(vectors), "words": rows}
    emit(Result("w2v.toy/1", payload, rows, lambda: _document(rows, vectors.name)), output_format)


def _document(rows: Sequence[dict[str, Any]], file: str) -> Document:
    from w2v.report.blocks import Column, Document, Row, Table
    from w2v.report.numbers import count
    from w2v.report.tables import figure, text

    columns = (Column("word", numeric=False), Column("letters"))
    lines = (Row((text(row["query"]), text(figure(row["letters"], count)))) for row in rows)
    return Document.of("Letters", Table("letters of words", columns, tuple(lines)), file=file)
