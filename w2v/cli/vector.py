"""`w2v vector WORD...`: the numbers of words. The arithmetic of sums is in `w2v.vectors`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described, input_option, texts_of, unknown_words_option
from w2v.cli.options import Command, chosen_vectors, format_option, vector_files_option
from w2v.cli.output import Result, emit
from w2v.cli.rows import row_options
from w2v.cli.side_by_side import of_files, rows_of_files

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Document
    from w2v.vectors import Vectors


@click.command(
    cls=Command,
    examples=[
        "w2v vector king",
        "w2v vector '{cordless drill}' --json",
        "w2v vector -i words.txt --unknown-words skip --format csv > numbers.csv",
    ],
)
@click.argument("words", metavar="WORD...", nargs=-1, help="Words, sums and groups; - reads them from standard input.")
@input_option
@vector_files_option
@unknown_words_option
@row_options
@format_option
def command(
    words: tuple[str, ...], words_file: Path | None, vectors: tuple[Path, ...], unknown_words: str, output_format: str
) -> None:
    """Print the vectors of words.

    The vector of a word is its row in the file. For a group, such as '{cordless drill}', it is the mean of its words,
    scaled to length 1; for a sum, it is the sum of its words. In both, each word is first scaled to length 1.
    """

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> dict[str, Any]:
        found = [
            {**described(reading), "found": str(reading), "vector": _shortest(loaded.vector(reading).tolist())}
            for reading in readings
        ]
        return {"vectors": loaded.name, "dim": loaded.dim, "words": found}

    by_file = ask(texts_of(words, words_file), chosen_vectors([], vectors), answer, unknown=unknown_words)
    rows = rows_of_files((each["vectors"], map(_row, each["words"])) for each in by_file)
    schema, payload = of_files("w2v.vector", by_file)
    emit(Result(schema, payload, rows, lambda: _document(by_file)), output_format)


def _row(word: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {str(number): value for number, value in enumerate(word["vector"], start=1)}
    return {"query": word["query"], "found": word["found"], **numbers}


def _shortest(values: Sequence[float]) -> list[float]:
    """The same float32 values with no more digits than these need: 0.1, and not 0.10000000149011612."""
    import numpy as np

    return [float(str(np.float32(value))) for value in values]


def _document(by_file: Sequence[Mapping[str, Any]]) -> Document:
    from w2v.report.blocks import Column, Document, Row, Section, Table
    from w2v.report.tables import text

    columns = (Column("word", numeric=False), Column("values", numeric=False))
    tables = []
    for of_file in by_file:
        rows = (
            Row((text(each["found"]), text(" ".join(f"{value:.4g}" for value in each["vector"]))))
            for each in of_file["words"]
        )
        tables.append(Table(of_file["vectors"] if len(by_file) > 1 else "vectors", columns, tuple(rows)))
    return Document("Vectors", (Section("", tuple(tables)),), tuple(of_file["vectors"] for of_file in by_file))
