"""`w2v analogy A B C`: the words nearest to A − B + C, or to another sum of words.

The arithmetic is in `w2v.vectors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described
from w2v.cli.options import Command, format_option, restrict_vocab_option, topn_option, vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.percentiles import percentile_cell, percentile_columns, percentile_fields, percentile_notes
from w2v.cli.rows import row_options
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.queries import Query
    from w2v.report.blocks import Document, Table
    from w2v.vectors import Method, Neighbour, Vectors

SCORES = {"3cosadd": "cosine", "3cosmul": "3CosMul"}


@click.command(
    cls=Command,
    examples=[
        "w2v analogy king man woman",
        "w2v analogy 'king - man + woman'",
        "w2v analogy 'king:1 man:-0.5 woman:0.5'",
        "w2v analogy paris france germany --method 3cosmul -n 5",
        "w2v analogy doctor man woman --include-inputs",
        "w2v analogy king man woman --json | jq -r '.answers[0].word'",
    ],
)
@click.argument("words", metavar="A B C", nargs=-1, help="Three words, for A − B + C; or a sum, as king - man + woman.")
@vectors_option
@click.option(
    "--method",
    type=click.Choice(list(SCORES)),
    metavar="METHOD",
    default="3cosadd",
    help="3cosadd adds cosines (Mikolov 2013), 3cosmul multiplies them (Levy & Goldberg 2014).",
)
@topn_option
@click.option("--include-inputs", is_flag=True, help="Accept A, B and C as answers.")
@restrict_vocab_option
@row_options
@format_option
def command(
    words: tuple[str, ...],
    vectors: Path,
    method: Method,
    topn: int,
    include_inputs: bool,
    restrict_vocab: int | None,
    output_format: str,
) -> None:
    """Complete an analogy: king − man + woman.

    'w2v analogy king man woman' asks for the word that is to woman as king is to man. The input words are often nearest
    of all. By custom they are no answers; here they keep the rank that they would have, and are marked.
    """

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> tuple[Reading, list[dict[str, Any]]]:
        (reading,) = readings
        if len(reading.terms) < 2:
            raise _not_a_sum(words)
        found = loaded.neighbours(reading, topn=topn, method=method, restrict_vocab=restrict_vocab)
        return reading, answer_rows(loaded, reading, found[:topn] if include_inputs else found, method)

    ((reading, rows),) = ask([_formula(words)], [vectors], answer)
    payload: dict[str, Any] = {
        "formula": str(reading),
        "positive": _words_of(reading, positive=True),
        "negative": _words_of(reading, positive=False),
        "words": described(reading)["words"],
        "vectors": str(vectors),
        "method": method,
        "restrict_vocab": restrict_vocab,
        "include_inputs": include_inputs,
        "answers": [row for row in rows if include_inputs or not row["is_input"]],
        "inputs": [row for row in rows if row["is_input"]],
    }
    suppressed = set() if include_inputs else {row["word"] for row in rows if row["is_input"]}
    formula = payload["formula"]

    def document() -> Document:
        from w2v.report.blocks import Document

        notes = percentile_notes(rows, nearest=True, sums=True)
        return Document.of(formula, analogy_table(formula, rows, method, suppressed), *notes, file=vectors.name)

    emit(Result("w2v.analogy/1", payload, rows, document), output_format)


def _formula(words: Sequence[str]) -> str:
    """The sum that the arguments stand for: three plain words A B C are A − B + C, anything else is a sum already."""
    from w2v.expressions import OPERATORS, Term, looks_weighted, written

    is_sum = any(word in OPERATORS or word[0] in '{"' for word in words) or (words and all(map(looks_weighted, words)))
    if len(words) == 3 and not is_sum:
        a, b, c = words
        return written([Term(1.0, (a,)), Term(-1.0, (b,)), Term(1.0, (c,))])
    if not is_sum and len(words) != 1:
        raise _not_a_sum(words)
    return " ".join(words)


def _not_a_sum(words: Sequence[str]) -> SettingsError:
    return SettingsError(
        f"an analogy takes three words, A B C for A − B + C, or a sum of words, and got {len(words)}",
        hint="for example 'w2v analogy king man woman', or w2v analogy 'king - man + woman'",
    )


def _words_of(reading: Reading, *, positive: bool) -> list[str]:
    """The words that are added, or those that are subtracted."""
    terms = (term for term in reading.terms if (term.weight >= 0) == positive)
    return [reading.found[word].word for term in terms for word in term.words]


def answer_rows(vectors: Vectors, query: Query, found: Iterable[Neighbour], method: Method) -> list[dict[str, Any]]:
    """Return the words found as plain values; with percentiles of 3CosAdd, since 3CosMul gives no cosines."""
    return [
        {
            "rank": near.rank,
            "word": near.word,
            "score": near.score,
            "is_input": near.is_input,
            **percentile_fields(vectors, query, near.word, near.score if method == "3cosadd" else None),
        }
        for near in found
    ]


def analogy_table(formula: str, found: Sequence[Mapping[str, Any]], method: Method, suppressed: Set[str]) -> Table:
    """Make the table of what `answer_rows` returns, words that are `suppressed` in grey: they are no answers."""
    from w2v.report.blocks import Column, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    compared = percentile_columns(found)
    columns = (
        Column("rank"),
        Column("word", numeric=False),
        Column(SCORES[method]),
        *compared,
        Column("", numeric=False),
    )
    rows = []
    for near in found:
        cells = (
            text(str(near["rank"])),
            text(near["word"]),
            text(figure(near["score"], decimal)),
            *([percentile_cell(near)] if compared else []),
            text("(input)" if near["is_input"] else ""),
        )
        rows.append(Row(cells, quiet=near["word"] in suppressed))
    return Table(formula, columns, tuple(rows))
