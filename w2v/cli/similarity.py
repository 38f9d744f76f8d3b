"""`w2v similarity A B`: how alike two words or groups are, or all words of a list.

The arithmetic is in `w2v.vectors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described, input_option, texts_of, unknown_words_option
from w2v.cli.options import Command, format_option, vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.percentiles import percentile_cell, percentile_columns, percentile_fields, percentile_notes
from w2v.cli.rows import row_options
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.arrays import F64
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Document
    from w2v.vectors import Metric, Vectors

MEANINGS: dict[Metric, str] = {
    "cosine": "1 is the same direction, 0 unrelated",
    "dot": "cosine × the two lengths",
    "euclidean": "distance; 0 is the same",
}


@click.command(
    cls=Command,
    examples=[
        "w2v similarity cat dog",
        "w2v similarity '{cat dog}' '{breakfast lunch dinner}'",
        "w2v similarity --matrix cat dog king queen",
        "w2v similarity cat dog --json | jq .cosine",
    ],
)
@click.argument("words", metavar="A B", nargs=-1, help="Two words, groups or sums; with --matrix a list of them.")
@click.option("--matrix", is_flag=True, help="Compare all words of a list with each other, by cosine.")
@input_option
@vectors_option
@unknown_words_option
@row_options
@format_option
def command(
    words: tuple[str, ...],
    matrix: bool,
    words_file: Path | None,
    vectors: Path,
    unknown_words: str,
    output_format: str,
) -> None:
    """Compare two words: cosine, dot product, distance.

    A group in braces, as '{cat dog horse}', stands for its centroid: the mean of its words, each at length 1. Groups
    and sums are compared by their cosine only, since their length means nothing.
    """
    texts = texts_of(words, words_file, "A B")
    if matrix:
        _compare_all(list(dict.fromkeys(texts)), vectors, unknown_words, output_format)
        return
    if len(texts) != 2:
        raise SettingsError(
            f"two words are compared, and {len(texts)} are named", hint="add --matrix to compare all words of a list"
        )

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> dict[str, Any]:
        a, b = readings
        metrics = list(MEANINGS) if a.word and b.word else ["cosine"]
        measured: dict[str, float | None] = {
            metric: loaded.similarity(a, b, metric) if metric in metrics else None for metric in MEANINGS
        }
        return {
            "a": str(a),
            "b": str(b),
            **measured,
            **percentile_fields(loaded, a, b, loaded.similarity(a, b)),
            "queries": [described(reading) for reading in readings],
        }

    (found,) = ask(texts, [vectors], answer)
    row = {name: value for name, value in found.items() if name != "queries"}
    payload = {"vectors": str(vectors), **found}
    emit(Result("w2v.similarity/1", payload, [row], lambda: _document(found, vectors.name)), output_format)


def _document(found: Mapping[str, Any], file: str) -> Document:
    from w2v.report.blocks import Column, Document, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    compared = percentile_columns([found])
    columns = (Column("measure", numeric=False), Column("value"), *compared, Column("", numeric=False))
    rows = (
        Row(
            (
                text(metric),
                text(figure(found[metric], decimal)),
                *((percentile_cell(found) if metric == "cosine" else text(""),) if compared else ()),
                text(meaning),
            )
        )
        for metric, meaning in MEANINGS.items()
        if found[metric] is not None
    )
    title = f"{found['a']} and {found['b']}"
    sums = any(query["word"] is None for query in found["queries"])
    notes = percentile_notes([found], nearest=False, sums=sums)
    return Document.of(title, Table(title, columns, tuple(rows)), *notes, file=file)


def _compare_all(texts: Sequence[str], vectors: Path, unknown_words: str, output_format: str) -> None:
    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> tuple[list[Reading], F64]:
        return readings, loaded.similarities(readings)

    ((readings, cosines),) = ask(texts, [vectors], answer, unknown=unknown_words)
    names = [str(reading) for reading in readings]
    payload = {
        "vectors": str(vectors),
        "queries": [described(reading) for reading in readings],
        "names": names,
        "cosines": cosines.tolist(),
    }
    rows = [
        {"a": names[a], "b": names[b], "cosine": float(cosines[a, b])}
        for a in range(len(names))
        for b in range(a + 1, len(names))
    ]
    emit(Result("w2v.similarity-matrix/1", payload, rows, lambda: _matrix(names, cosines, vectors.name)), output_format)


def _matrix(names: Sequence[str], cosines: F64, file: str) -> Document:
    from w2v.report.blocks import Column, Document, Row, Table
    from w2v.report.numbers import two
    from w2v.report.tables import figure, text

    columns = (Column("", numeric=False), *(Column(name) for name in names))
    rows = (
        Row((text(name), *(text(figure(cosine, two)) for cosine in row)))
        for name, row in zip(names, cosines.tolist(), strict=True)
    )
    return Document.of("Cosines", Table("cosines", columns, tuple(rows)), file=file)
