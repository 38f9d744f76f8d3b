"""`w2v analogy A B C`: the words nearest to A − B + C, or to another sum of words.

The arithmetic is in `w2v.vectors`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described
from w2v.cli.options import (
    Command,
    chosen_vectors,
    format_option,
    restrict_vocab_option,
    topn_option,
    vector_files_option,
)
from w2v.cli.output import ARGUMENTS, Result, emit
from w2v.cli.percentiles import percentile_cell, percentile_columns, percentile_fields, percentile_notes
from w2v.cli.rows import row_options
from w2v.cli.side_by_side import FileList, heads_of, lists_side_by_side, of_files, rows_of_files
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.queries import Query
    from w2v.report.blocks import Document, Table
    from w2v.vectors import Method, Neighbour, Vectors

SCORES = {"3cosadd": "cosine", "3cosmul": "3CosMul"}
ORDER_MARGIN = 0.15
"""How much nearer to C the word A must be than B, so that the command asks whether the order of word2vec is meant.

Measured on 100-dimensional vectors of 40 MB of Wikipedia: with this margin it asks 0.3 % of those who put the Google
questions in the order of w2v, and 7 % of those who put them in the order of word2vec (16 % where w2v can answer)."""


@click.command(
    cls=Command,
    examples=[
        "w2v analogy king man woman",
        "w2v analogy 'king - man + woman'",
        "w2v analogy 'king:1 man:-0.5 woman:0.5'",
        "w2v analogy paris france germany --method 3cosmul -n 5",
        "w2v analogy doctor man woman --include-inputs",
        "w2v analogy king man woman -m sgns.bin -m glove.bin",
        "w2v analogy king man woman --json | jq -r '.answers[0].word'",
    ],
)
@click.argument("words", metavar="A B C", nargs=-1, help="Three words, for A − B + C; or a sum, as king - man + woman.")
@vector_files_option
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
    vectors: tuple[Path, ...],
    method: Method,
    topn: int,
    include_inputs: bool,
    restrict_vocab: int | None,
    output_format: str,
) -> None:
    """Complete an analogy: king − man + woman.

    'w2v analogy king man woman' asks for the word that is to woman as king is to man. The input words are often nearest
    of all. By custom they are no answers; here they keep the rank that they would have, and are marked. The programs
    word2vec and fastText take the words in another order, as man king woman. If that order is likely to be meant, the
    command says so: that is, if A is nearer to C than B is, by a cosine of 0.15 or more, and B − A + C has a nearer
    answer than A − B + C. Several vector files are shown side by side.
    """

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> dict[str, Any]:
        (reading,) = readings
        if len(reading.terms) < 2:
            raise _not_a_sum(words)
        found = loaded.neighbours(reading, topn=topn, method=method, restrict_vocab=restrict_vocab)
        if other_order is not None and method == "3cosadd" and loaded.name == str(paths[0]):  # one file is enough
            _ask_about_order(loaded, reading, other_order, restrict_vocab, progress)
        rows = answer_rows(loaded, reading, found[:topn] if include_inputs else found, method)
        return {
            "formula": str(reading),
            "positive": _words_of(reading, positive=True),
            "negative": _words_of(reading, positive=False),
            "words": described(reading)["words"],
            "vectors": loaded.name,
            "method": method,
            "restrict_vocab": restrict_vocab,
            "include_inputs": include_inputs,
            "answers": [row for row in rows if include_inputs or not row["is_input"]],
            "inputs": [row for row in rows if row["is_input"]],
            "rows": rows,
        }

    formula = _formula(words)
    other_order = _formula((words[1], words[0], words[2])) if len(words) == 3 and formula != " ".join(words) else None
    paths = chosen_vectors([], vectors)
    found = ask([formula], paths, answer)
    by_file = {each["vectors"]: each.pop("rows") for each in found}
    rows = rows_of_files((file, ({"query": formula, **row} for row in own)) for file, own in by_file.items())

    def document() -> Document:
        from w2v.report.blocks import Document, Section

        notes = percentile_notes(rows, nearest=True, sums=True)
        title = " / ".join(dict.fromkeys(each["formula"] for each in found))
        tables = _tables(title, by_file, method, suppressed=not include_inputs)
        return Document(title, (Section("", (*tables, *notes)),), tuple(by_file))

    schema, payload = of_files("w2v.analogy", found)
    emit(Result(schema, payload, rows, document), output_format)


def _tables(
    title: str, by_file: Mapping[str, Sequence[Mapping[str, Any]]], method: Method, *, suppressed: bool
) -> Iterator[Table]:
    """The table of one file, or those of several files side by side."""
    if len(by_file) == 1:
        (rows,) = by_file.values()
        inputs = {row["word"] for row in rows if row["is_input"]}
        yield analogy_table(title, rows, method, inputs if suppressed else set())
        return
    heads = heads_of(list(by_file))
    lists = [
        FileList(heads[file], rows, ["(input)" if row["is_input"] else "" for row in rows])
        for file, rows in by_file.items()
    ]
    yield from lists_side_by_side(title, lists, "score", SCORES[method])


def _formula(words: Sequence[str]) -> str:
    """The sum that the arguments stand for: three plain words A B C are A − B + C, anything else is a sum already."""
    from w2v.expressions import OPERATORS, Term, looks_weighted, written

    is_sum = any(word in OPERATORS or word[0] in '{"' for word in words) or (words and all(map(looks_weighted, words)))
    is_sum = is_sum or (len(words) > 1 and all(word[0] in OPERATORS for word in words[1:]))  # king +woman −man
    if len(words) == 3 and not is_sum:
        a, b, c = words
        return written([Term(1.0, (a,)), Term(-1.0, (b,)), Term(1.0, (c,))])
    if not is_sum and len(words) != 1:
        raise _not_a_sum(words)
    return " ".join(words)


def _ask_about_order(
    vectors: Vectors, reading: Reading, other_order: str, restrict_vocab: int | None, progress: Progress
) -> None:
    """Say how to ask in the order of word2vec, if that order is likelier to be meant.

    Two words that begin both pairs, as man and woman do, are alike. So if A is alike to C and B is not, A may be meant
    as the beginning. The answer decides: B − A + C must have a nearer one than A − B + C.
    """
    other = vectors.lookup.read(other_order)
    words = [found.word for found in reading.words]
    if len(set(words)) < 3:
        return
    a, b, c = (vectors.lookup.alone(found) for found in reading.words)
    begins_both = vectors.similarity(a, c) - vectors.similarity(b, c)
    if begins_both < ORDER_MARGIN:
        return
    best = [
        next((near.score for near in found if not near.is_input), -1.0)
        for found in vectors.neighbours_of_each([reading, other], topn=1, restrict_vocab=restrict_vocab)
    ]
    if best[1] > best[0]:
        first, second, third = words
        progress.message(
            f"'{first} is to {second} as {third} is to …?' is asked by: "
            f"w2v analogy {shlex.join((second, first, third))} (word2vec takes the words in your order)",
            "hint",
        )


def _not_a_sum(words: Sequence[str]) -> SettingsError:
    typed = click.get_current_context().meta.get(ARGUMENTS, ())
    taken = next((word for word in typed if word.startswith("-m") and word[2:3].isalpha()), None)
    if taken is not None:
        return SettingsError(
            f"{taken} was read as the option -m, which names a file", hint="if - is a minus, write it as in king - man"
        )
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
