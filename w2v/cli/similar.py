"""`w2v similar WORD...`: the nearest neighbours of words. Not here: the arithmetic (`w2v.vectors`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import vectors_for
from w2v.cli.options import Command, format_option, restrict_vocab_option, topn_option, vectors_option
from w2v.cli.output import emit, new_table

if TYPE_CHECKING:
    from rich.console import Group, RenderableType

    from w2v.vectors import Vectors


@click.command(
    cls=Command,
    examples=["w2v similar paris", "w2v similar cat dog -n 5", "w2v similar bank --format csv > bank.csv"],
)
@click.argument("words", metavar="WORD...", nargs=-1, required=True, help="Each word gets a table of its own.")
@vectors_option
@topn_option
@restrict_vocab_option
@format_option
def command(words: tuple[str, ...], vectors: Path, topn: int, restrict_vocab: int | None, output_format: str) -> None:
    """List the words nearest to a word.

    Nearness is the cosine of the two vectors: 1 is the same direction, 0 is unrelated. With several words, each has its
    own list; 'w2v analogy' combines words.
    """
    loaded = vectors_for(words, vectors)
    results = neighbours_of(loaded, words, topn, restrict_vocab)
    rows = [{"query": result["query"], **row} for result in results for row in result["neighbours"]]
    payload = {"vectors": str(vectors), "restrict_vocab": restrict_vocab, "results": results}
    emit(output_format, "w2v.similar/1", payload, rows, lambda: neighbour_tables(results))


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


def neighbour_tables(results: Sequence[Mapping[str, Any]]) -> Group:
    """A table for each word that `neighbours_of` was asked for."""
    from rich.console import Group

    tables: list[RenderableType] = []
    for result in results:
        if tables:
            tables.append("")
        table = new_table(result["query"])
        table.add_column("rank", justify="right")
        table.add_column("word")
        table.add_column("cosine", justify="right")
        for row in result["neighbours"]:
            table.add_row(str(row["rank"]), row["word"], f"{row['cosine']:.4f}")
        tables.append(table)
    return Group(*tables)
