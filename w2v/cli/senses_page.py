"""Documents about senses: what `w2v senses` shows on the terminal and writes into reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from w2v.report.blocks import Block, Column, Document, Note, Row, Section, Table
from w2v.report.numbers import count, percent, three, two
from w2v.report.tables import figure, text

if TYPE_CHECKING:
    from w2v.explanation.quotes import Quote
    from w2v.word_senses.pseudowords import SelfTest
    from w2v.word_senses.results import Senses, WordSenses
    from w2v.word_senses.scan import Scan

__all__ = ["document_of_scan", "document_of_senses", "document_of_test"]

STANDS_OUT = 75.0  # percent of other words
SHOWN = 28  # characters on each side of a word that is quoted, in a table


def document_of_senses(found: Senses) -> Document:
    """Return a document with a chapter for each word."""
    sections = tuple(Section(word.word, tuple(_of_word(word, found.trusted_from))) for word in found.words)
    notes = Note(
        (
            f"Contexts: words up to {found.window} places away in {found.tokens:,} words of text. Nearest words: those "
            "nearest to the mean context of a sense; a sense is a topic that the word is used in.",
        )
    )
    title = "Senses of " + ", ".join(word.word for word in found.words)
    return Document(title, (*sections, Section("", (notes,))), (found.of,))


def _of_word(word: WordSenses, trusted_from: float) -> Iterator[Block]:
    columns = (
        Column("sense", numeric=False, whole=True),
        Column("share"),
        Column("count"),
        Column("nearest words", numeric=False),
    )
    rows = (
        Row(
            (
                text(sense.name),
                text(figure(sense.share, percent)),
                text(figure(sense.count, count)),
                text(", ".join(near.word for near in sense.neighbours)),
            )
        )
        for sense in word.senses
    )
    yield Table(f"{word.count:,} occurrences", columns, tuple(rows))
    yield Note((_verdict(word, trusted_from),), "plain")
    yield from _quotes(word, "central", "Near the centre")
    yield from _quotes(word, "border", "At the border: nearly as near to another sense")


def _verdict(word: WordSenses, trusted_from: float) -> str:
    """Return how far the split can be trusted, in a sentence or two."""
    parts = "two" if word.asked == 2 else f"{word.asked}"
    if word.cosine is None:
        return f"One sense is shown: the contexts of {word.word!r} do not part into {parts}."
    if word.percentile is None:
        few = f"the text has too few other words to compare {word.word!r} with"
        return f"Do not trust this split: {few}." if word.is_split else f"One sense is shown: {few}."
    stands = (
        f"split into {parts}, {word.word!r} falls apart more than {word.percentile:.0f} % of {word.others} other words "
        f"of like frequency (cosine of the centres {three(word.cosine)})"
    )
    if word.trusted:
        shown = "The split stands out" if word.percentile >= STANDS_OUT else "The split is shown, but hardly stands out"
        return f"{shown}: {stands}."
    if word.is_split:
        return f"Do not trust this split: {stands}, and {trusted_from:.0f} % are wanted."
    return f"One sense is shown: {stands}, and {trusted_from:.0f} % are wanted. --show-all shows the split."


def _quotes(word: WordSenses, what: str, caption: str) -> Iterator[Table]:
    """Yield a table of quotes, in which the words stand below each other."""
    rows: list[Row] = []
    for sense in word.senses:
        quotes: Sequence[Quote] = getattr(sense, what)
        for number, quote in enumerate(quotes):
            before, after = _cut(quote.before[::-1])[::-1], _cut(quote.after)
            cells = ("" if number else sense.name, before, quote.word, after)
            rows.append(Row(tuple(map(text, cells))))
    columns = (
        Column("sense", numeric=False, whole=True),
        Column("before"),
        Column("word", numeric=False),
        Column("after", numeric=False),
    )
    if rows:
        yield Table(caption, columns, tuple(rows))


def _cut(side: str) -> str:
    """Return the part of one side of a quote that is shown, up to a blank."""
    if len(side) <= SHOWN:
        return side
    end = side.rfind(" ", 0, SHOWN + 1)
    return side[: end if end > 0 else SHOWN]


def document_of_scan(found: Scan) -> Document:
    """Return a document with the most split words."""
    columns = (
        Column("word", numeric=False, whole=True),
        Column("occurrences"),
        Column("percentile"),
        Column("shares", numeric=False),
        Column("nearest words of each sense", numeric=False),
    )
    rows = (
        Row(
            (
                text(each.word),
                text(figure(each.count, count)),
                text(f"{each.percentile:.0f} %"),
                text(" | ".join(two(share) for share in each.shares)),
                text(" | ".join(", ".join(near.word for near in nearest) for nearest in each.neighbours)),
            )
        )
        for each in found.words
    )
    table = Table(f"The most split of {found.scanned:,} words of {found.of}", columns, tuple(rows))
    note = (
        "Percentile: how many of the words of like frequency are less split, from a sample of the contexts of each "
        "word. w2v senses WORD shows a word with quotes."
    )
    return Document.of("Most split words", table, Note((note,)), file=found.of)


def document_of_test(found: SelfTest) -> Document:
    """Return a document with the means by share, and with each pseudo-word."""
    columns = (
        Column("share of the larger"),
        Column("pseudo-words"),
        Column("accuracy"),
        Column("ARI"),
        Column("split shown"),
        Column("accuracy of what is shown"),
        Column("shown and worse than one sense"),
    )
    rows = (
        Row(
            (
                text(two(each.share)),
                text(figure(each.number, count)),
                text(figure(each.accuracy, three)),
                text(figure(each.ari, three)),
                text(figure(each.trusted, percent)),
                text(figure(each.outcome, three)),
                text(f"{each.below:,}"),
            )
        )
        for each in found.by_share
    )
    table = Table(f"Two words taken for one, and told apart again ({found.of})", columns, tuple(rows))
    note = (
        "Accuracy: of the split, whether or not it can be trusted. ARI: 0 is chance, 1 is right. What is shown: the "
        f"split, if it stands out from {found.trusted_from:.0f} % of other words of like frequency, else one sense for "
        "all, which has the share as its accuracy."
    )
    return Document.of("Self-test of senses", table, Note((note,)), _words(found), file=found.of)


def _words(found: SelfTest) -> Table:
    columns = (
        Column("taken for one", numeric=False),
        Column("occurrences"),
        Column("share"),
        Column("accuracy"),
        Column("ARI"),
        Column("percentile"),
    )
    rows = (
        Row(
            (
                text(f"{each.first} + {each.second}"),
                text(f"{each.count_first + each.count_second:,}"),
                text(two(each.share)),
                text(figure(each.accuracy, three)),
                text(figure(each.ari, three)),
                text("–" if each.percentile is None else f"{each.percentile:.0f} %"),
            ),
            quiet=not each.trusted,
        )
        for each in found.words
    )
    return Table("Each pseudo-word; grey ones are shown as one sense", columns, tuple(rows))
