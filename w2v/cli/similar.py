"""`w2v similar WORD...`: the nearest neighbours of words. Not here: the arithmetic (`w2v.vectors`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import vectors_for
from w2v.cli.options import (
    Command,
    chosen_vectors,
    format_option,
    restrict_vocab_option,
    topn_option,
    vector_files_option,
)
from w2v.cli.output import Result, emit

if TYPE_CHECKING:
    from w2v.report.blocks import Document, Table
    from w2v.vectors import Vectors


@click.command(
    cls=Command,
    examples=[
        "w2v similar paris",
        "w2v similar cat dog -n 5",
        "w2v similar bank -m vectors.safetensors -m vectors.bin",
        "w2v similar bank --format csv > bank.csv",
    ],
)
@click.argument("words", metavar="WORD...", nargs=-1, required=True, help="Each word gets a table of its own.")
@vector_files_option
@topn_option
@restrict_vocab_option
@format_option
def command(
    words: tuple[str, ...], vectors: tuple[Path, ...], topn: int, restrict_vocab: int | None, output_format: str
) -> None:
    """List the words nearest to a word.

    Nearness is the cosine of the two vectors: 1 is the same direction, 0 is unrelated. With several words, each has its
    own list, and with several vector files each has a list in every file; 'w2v analogy' combines words.
    """
    paths = chosen_vectors([], vectors)
    by_file = [neighbours_of(vectors_for(words, path), words, topn, restrict_vocab) for path in paths]
    results = [
        {"vectors": str(path), **result}
        for of_word in zip(*by_file, strict=True)
        for path, result in zip(paths, of_word, strict=True)
    ]
    rows = [
        {"vectors": result["vectors"], "query": result["query"], **row}
        for result in results
        for row in result["neighbours"]
    ]
    payload = {"restrict_vocab": restrict_vocab, "results": results}

    def document() -> Document:
        from w2v.report.blocks import Document, Section

        sections = (Section("", tuple(neighbour_tables(results))),)
        return Document("Nearest words", sections, files=tuple(map(str, paths)))

    emit(Result("w2v.similar/1", payload, rows, document), output_format)


def neighbours_of(
    vectors: Vectors, words: Sequence[str], topn: int, restrict_vocab: int | None = None
) -> list[dict[str, Any]]:
    """The `topn` words nearest to each word, as plain values."""
    results: list[dict[str, Any]] = []
    for word in words:
        near = enumerate(vectors.most_similar(word, topn=topn, restrict_vocab=restrict_vocab), start=1)
        results.append(
            {
                "query": word,
                "neighbours": [{"rank": rank, "word": other, "cosine": cosine} for rank, (other, cosine) in near],
            }
        )
    return results


def neighbour_tables(results: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    """Make a table for each result of `neighbours_of`; its title names the file where there are several."""
    from w2v.report.blocks import Column, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    several = len({result.get("vectors") for result in results}) > 1
    columns = (Column("rank"), Column("word", numeric=False), Column("cosine"))
    for result in results:
        near = result["neighbours"]
        rows = (Row((text(str(row["rank"])), text(row["word"]), text(figure(row["cosine"], decimal)))) for row in near)
        title = f"{result['query']}: {result['vectors']}" if several else result["query"]
        yield Table(title, columns, tuple(rows))
