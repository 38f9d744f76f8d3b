"""`w2v why A B`: why two words are near each other. The answer is found in w2v/explanation/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described, texts_of
from w2v.cli.corpus_options import corpus_options, given_settings
from w2v.cli.options import Command, format_option, restrict_vocab_option, topn_option, vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.percentiles import percentile_cell, percentile_columns, percentile_notes
from w2v.cli.rows import row_options
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.explanation import SharedContexts, Why
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Block, Document, Table
    from w2v.vectors import Vectors

QUOTED = 26  # characters on each side of a word that is quoted, in a table
FURTHEST = 40  # characters, where the context stands further away


@click.command(
    cls=Command,
    examples=[
        "w2v why king queen",
        "w2v why king queen --corpus corpus.txt",
        "w2v why cordless drill --corpus products.csv --column title -n 5",
        "w2v why king queen --corpus 'news/*.txt.gz' --json | jq '.contexts.contexts[].word'",
    ],
)
@click.argument("words", metavar="A B", nargs=-1, help="Two words; without --corpus also sums, groups.")
@vectors_option
@topn_option
@click.option(
    "--nearest",
    type=click.IntRange(1),
    metavar="N",
    default=100,
    help="Compare the N nearest words of A with those of B.",
)
@restrict_vocab_option
@click.option(
    "--corpus",
    multiple=True,
    metavar="PATH",
    help="Also compare the contexts of the words in this text: files, folders, globs, or - for standard input, as with "
    "'w2v train'. May be given more than once.",
)
@click.option(
    "--window",
    type=click.IntRange(1),
    metavar="N",
    help="Contexts are words up to N places away in the same sentence; default: as in training, else 5.",
)
@click.option("--quotes", type=click.IntRange(0), metavar="N", default=3, help="Quote the text for N contexts.")
@corpus_options
@row_options
@format_option
def command(
    words: tuple[str, ...],
    vectors: Path,
    topn: int,
    nearest: int,
    restrict_vocab: int | None,
    corpus: tuple[str, ...],
    window: int | None,
    quotes: int,
    output_format: str,
    **settings: Any,
) -> None:
    """Explain why two words are near each other.

    Words are near each other in the vectors because they stand among the same words in the text. Without a text, the
    answer names words that are near both. With --corpus, it names the contexts that both words have more often than
    chance would give (by PPMI), with quotes. The text is read once; how it becomes words is as in training.
    """
    texts = texts_of(words, None, "A B")
    if len(texts) != 2:
        raise SettingsError(f"why takes two words, and got {len(texts)}", hint="for example: w2v why king queen")

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> tuple[Why, list[dict[str, Any]]]:
        from w2v.explanation import why

        found = why(
            loaded,
            *readings,
            corpus=list(map(Path, corpus)) if corpus else None,
            topn=topn,
            nearest=nearest,
            restrict_vocab=restrict_vocab,
            window=window,
            progress=progress,
            **given_settings(settings),
        )
        return found, [described(reading) for reading in readings]

    ((found, queries),) = ask(texts, [vectors], answer)
    payload = {**_plain(found), "vectors": str(vectors), "restrict_vocab": restrict_vocab, "queries": queries}
    result = Result("w2v.why/1", payload, list(_rows(payload)), lambda: _document(found, quotes, vectors.name))
    emit(result, output_format)


def _plain(found: Why) -> dict[str, Any]:
    percentile = found.percentile
    return {
        **asdict(found),
        "percentile": None if percentile is None else percentile.value,
        "percentile_by": None if percentile is None else percentile.by,
    }


def _rows(payload: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each neighbour and for each context; quotes as one text."""
    for near in payload["neighbours"]:
        yield {"kind": "neighbour", **near}
    for context in payload["contexts"]["contexts"] if payload["contexts"] else ():
        quotes = {name: " ".join(context[name].values()) if context[name] else "" for name in ("quote_a", "quote_b")}
        yield {"kind": "context", **context, **quotes}


def _document(found: Why, quotes: int, file: str) -> Document:
    from w2v.report.blocks import Column, Document, Row, Section, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    plain = _plain(found)
    compared = percentile_columns([plain])
    cells = (text("cosine"), text(figure(found.cosine, decimal)), *((percentile_cell(plain),) if compared else ()))
    columns = (Column("", numeric=False), Column("value"), *compared)
    title = f"{found.a} and {found.b}"
    blocks: list[Block] = [Table(title, columns, (Row(cells),)), *percentile_notes([plain], nearest=False, sums=False)]
    blocks += _near_both(found)
    if found.contexts is not None:
        blocks += _in_the_text(found, found.contexts)
        blocks += [_quotes(found, found.contexts, quotes)] if quotes and found.contexts.contexts else []
    return Document(title, (Section("", tuple(blocks)),), (file,))


def _near_both(found: Why) -> list[Block]:
    from w2v.report.blocks import Column, Note, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    if not found.neighbours:
        none = f"None of the {found.nearest:,} nearest words of {found.a} is among those of {found.b}."
        return [Note((none,), "plain")]
    columns = (Column("word", numeric=False), Column(f"cosine with {found.a}"), Column(f"with {found.b}"))
    rows = (
        Row((text(near.word), text(figure(near.cosine_a, decimal)), text(figure(near.cosine_b, decimal))))
        for near in found.neighbours
    )
    shared = f"{found.shared:,} of the {found.nearest:,} nearest words of each" if found.shared > 1 else "one word"
    return [Table(f"Near both: {shared}", columns, tuple(rows))]


def _in_the_text(found: Why, contexts: SharedContexts) -> list[Block]:
    from w2v.report.blocks import Column, Note, Row, Table
    from w2v.report.numbers import two
    from w2v.report.tables import figure, text

    note = Note((_account(found, contexts),), "plain")
    if not contexts.contexts:
        return [note, Note(("No word stands near both of them more often than chance would give.",), "plain")]
    columns = (
        Column("context", numeric=False),
        Column(f"near {found.a}"),
        Column(f"near {found.b}"),
        Column(f"PPMI {found.a}"),
        Column(f"PPMI {found.b}"),
        Column("share"),
    )
    rows = (
        Row(
            (
                text(each.word),
                text(f"{each.count_a:,}"),
                text(f"{each.count_b:,}"),
                text(figure(each.ppmi_a, two)),
                text(figure(each.ppmi_b, two)),
                text(figure(each.share, _percent)),
            )
        )
        for each in contexts.contexts
    )
    meaning = (
        f"Near: at most {contexts.window} words away. PPMI: how much more often than by chance, in bits. Share: of all "
        f"that the two words have in common in the text ({contexts.shared:,} contexts)."
    )
    return [Table("Contexts of both in the text", columns, tuple(rows)), Note((meaning,)), note]


def _account(found: Why, contexts: SharedContexts) -> str:
    """What the text says of the two words, in a sentence."""
    times = "once" if contexts.together == 1 else f"{contexts.together:,} times"
    chance = "more often than by chance" if contexts.together_ppmi > 0 else "not more often than by chance"
    beside = f"stand near each other {times}, {chance}" if contexts.together else "never stand near each other"
    return (
        f"In {contexts.tokens:,} words of text, {found.a!r} occurs {contexts.count_a:,} and {found.b!r} "
        f"{contexts.count_b:,} times; they {beside}."
    )


def _percent(value: float | None) -> str:
    return f"{100 * (value or 0):.1f} %"


def _quotes(found: Why, contexts: SharedContexts, most: int) -> Table:
    """Quotes in columns: the words stand below each other."""
    from w2v.report.blocks import Column, Row, Table
    from w2v.report.tables import text

    rows = []
    for context in contexts.contexts[:most]:
        both = [quote for quote in (context.quote_a, context.quote_b) if quote is not None]
        for number, quote in enumerate(both):
            before, after = _cut(quote.before[::-1], context.word[::-1])[::-1], _cut(quote.after, context.word)
            cells = ("" if number else context.word, before, quote.word, after)
            rows.append(Row(tuple(map(text, cells))))
    columns = (
        Column("context", numeric=False),
        Column("before"),
        Column("word", numeric=False),
        Column("after", numeric=False),
    )
    return Table("Quotes", columns, tuple(rows))


def _cut(side: str, context: str) -> str:
    """The part of one side of a quote that is shown: up to a blank, and with the context if that is near enough."""
    place = side.find(context)
    length = max(QUOTED, place + len(context)) if 0 <= place <= FURTHEST - len(context) else QUOTED
    if len(side) <= length:
        return side
    cut = side.rfind(" ", 0, length + 1)
    return side[: cut if cut > 0 else length]
