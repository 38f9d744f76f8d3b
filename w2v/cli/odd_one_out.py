"""`w2v odd-one-out WORD...`: the word that fits the others least. The arithmetic is in `w2v.vectors`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described, unknown_words_option
from w2v.cli.options import Command, chosen_vectors, format_option, vector_files_option
from w2v.cli.output import Result, emit
from w2v.cli.rows import row_options
from w2v.cli.side_by_side import FileList, heads_of, lists_side_by_side, of_files, rows_of_files

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Document, Table
    from w2v.vectors import Vectors


@click.command(
    cls=Command,
    examples=["w2v odd-one-out breakfast lunch dinner paris", "w2v odd-one-out cat dog paris -m a.bin -m b.bin"],
)
@click.argument("words", metavar="WORD...", nargs=-1, required=True, help="Three different words or more.")
@vector_files_option
@unknown_words_option
@row_options
@format_option
def command(words: tuple[str, ...], vectors: tuple[Path, ...], unknown_words: str, output_format: str) -> None:
    """Find the word that fits the others least.

    That is the word whose cosine with the mean of all of them, each taken at length 1, is lowest.
    """

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> dict[str, Any]:
        odd = loaded.doesnt_match(readings)
        rows = [
            {
                "query": reading.text,
                "word": str(reading),
                "how": described(reading)["how"],
                "cosine": cosine,
                "is_odd": reading is odd,
            }
            for reading, cosine in loaded.rank_by_centrality(readings)
        ]
        return {"vectors": loaded.name, "odd_one_out": str(odd), "words": rows}

    by_file = ask(words, chosen_vectors([], vectors), answer, unknown=unknown_words)
    rows = rows_of_files((of_file["vectors"], of_file["words"]) for of_file in by_file)
    schema, payload = of_files("w2v.odd-one-out", by_file)
    emit(Result(schema, payload, rows, lambda: _document(by_file)), output_format)


def _document(by_file: Sequence[Mapping[str, Any]]) -> Document:
    from w2v.report.blocks import Document, Section

    files = [of_file["vectors"] for of_file in by_file]
    if len(files) == 1:
        tables = [_table(by_file[0]["words"])]
    else:
        heads = heads_of(files)
        lists = [
            FileList(
                heads[of_file["vectors"]],
                of_file["words"],
                ["(odd)" if row["is_odd"] else "" for row in of_file["words"]],
            )
            for of_file in by_file
        ]
        tables = list(lists_side_by_side("cosine with the mean", lists, "cosine", "cosine"))
    return Document("Odd one out", (Section("", tuple(tables)),), tuple(files))


def _table(rows: Sequence[Mapping[str, Any]]) -> Table:
    from w2v.report.blocks import Column, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    columns = (Column("word", numeric=False), Column("cosine"), Column("", numeric=False))
    lines = []
    for row in rows:
        mark = text("(odd one out)" if row["is_odd"] else "")
        lines.append(Row((text(row["word"]), text(figure(row["cosine"], decimal)), mark)))
    return Table("cosine with the mean", columns, tuple(lines))
