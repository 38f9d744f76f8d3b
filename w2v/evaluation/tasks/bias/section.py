"""Associations as sections: every test with its controls, and single words by analogy.

An association is one of words in these vectors: the wording of these tables is chosen so that nothing else is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from w2v.evaluation.language import called
from w2v.evaluation.report import Report
from w2v.evaluation.showing import Shown, facts, own_files
from w2v.evaluation.tasks.bias.lipstick import Lipstick
from w2v.evaluation.tasks.bias.lists import BiasLists
from w2v.evaluation.tasks.bias.report import Association, BiasReport, GroupResult, Sentiment, WordScore
from w2v.evaluation.tasks.bias.words import WordByAnalogy
from w2v.report.blocks import (
    Block,
    Cell,
    Column,
    Document,
    Items,
    ItemsColumn,
    Mark,
    Note,
    Piece,
    Row,
    Scale,
    Section,
    Table,
)
from w2v.report.numbers import NONE, chance, decimal, number, three, two
from w2v.report.tables import ends, figure, file_columns, named, text
from w2v.vectors import Vectors

__all__ = ["sections", "words_document"]

ENDS = 5  # words shown at either end of a list
MISSING = 3  # missing words of a list that are named where a test cannot be done
NOTES = (
    "d: how much nearer the first targets are to the first attributes than the second targets are, in standard "
    "deviations (Caliskan 2017). p: one-sided, over partitions of the targets; by Holm: adjusted for the number of "
    "tests. Random words: 95 % of d for random targets of the same frequency. Without a word: the range of d with one "
    "word left out. A differential association is one of words in these vectors, and no verdict."
)
EFFECT_SIZES = Scale(
    "d, and its range without a word",
    -2.0,
    2.0,
    1.0,
    lambda value: number(value, 0),
    shaded="95 % of d for random words of the same frequency",
)

Bias = Shown[BiasReport, BiasLists]


def sections(suites: Sequence[Bias]) -> Iterator[Section]:
    """Return a section for each suite: the tests of all files side by side, each file's own tables, each word."""
    return map(_section, suites)


def _section(suite: Bias) -> Section:
    first = suite.first
    below = tuple(
        Section(label if suite.several else "", tuple(_own_blocks(report, series, suite)))
        for series, (label, report) in enumerate(suite.reports.items())
    )
    blocks: list[Block] = []
    if not suite.several:
        blocks += below[0].blocks
    elif any(not each.is_empty for report in suite.reports.values() for each in report.associations):
        blocks.append(_side_by_side(suite))
    if any(not test.is_empty for report in suite.reports.values() for test in report.tests):
        rules = first.protocol.rules()
        blocks.append(Note((f"{rules[0].upper()}{rules[1:]}.",)))
    blocks.append(Note((f"Lists: {first.citation}." if first.citation else "Lists of your own.",)))
    blocks += own_files([suite])
    blocks.append(Note((f"sha256 of the lists: {first.protocol.sha256[:12]}.",)))
    blocks += _items(suite)
    each_word = _every_word(suite) if suite.each_word else ()
    return Section(f"Bias: {first.title}", tuple(blocks), (*(below if suite.several else ()), *each_word))


def _own_blocks(report: BiasReport, series: int, suite: Bias) -> Iterator[Block]:
    """Yield the tables of one file: of the tests that gave a number; the others are named."""
    tested = [each for each in report.associations if not each.is_empty]
    if tested:
        yield _associations(tested, series)
    if report.verdict:
        yield Note((report.verdict,), "plain")
    yield from _untested(report)
    if tested:
        for each in tested:
            if each.remarks:
                yield Note((f"{each.name}: {'; '.join(each.remarks)}.",), "warning")
        yield Note((NOTES,))
    for group in report.groups:
        if not group.is_empty:
            yield _group(group)
            yield from _group_notes(group)
            yield _ends_of_list(group)
    for sentiment in report.sentiments:
        if not sentiment.is_empty:
            yield _sentiment(sentiment)
            yield Note((_classifier(sentiment),))
            yield from _warning(sentiment)


def _untested(report: BiasReport) -> Iterator[Note]:
    """Yield the tests that gave no number, and the first words that they would need."""
    empty = [test for test in report.tests if test.is_empty]
    if empty:
        few = len(empty) <= len(report.tests) / 2
        counts = ", ".join(f"{test.name} ({_lacking(test) if few else _counted(test)})" for test in empty)
        yield Note((f"Not tested, too few words in the vocabulary: {counts}.",), "warning")
    if len(empty) > len(report.tests) / 2:
        wanting = [part for part in empty[0].coverage if part.missing]
        missing = "; ".join(f"{part.title}: {_some(part.missing)}" for part in wanting)
        whole = "'w2v bias --words' names every missing word"
        yield Note((f"Missing from {empty[0].name}, for example: {missing}. {whole}.",))


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - MISSING:,} more" if len(words) > MISSING else ""
    return f"{', '.join(words[:MISSING])}{more}"


def _counted(test: Association | GroupResult | Sentiment) -> str:
    return f"{test.in_vocabulary:,} of {sum(part.total for part in test.coverage):,}"


def _lacking(test: Association | GroupResult | Sentiment) -> str:
    """Return which lists of a test are hardly in the vocabulary."""
    thin = [f"{part.in_vocabulary} of {part.total} {part.title}" for part in test.coverage if part.thin]
    return ", ".join(thin) or _counted(test)


def _effect_mark(each: Association) -> Mark | None:
    if each.effect_size is None:
        return None
    left_out, null = each.leave_one_out, each.null
    low, high = (left_out.low, left_out.high) if left_out else (None, None)
    band = (null.low, null.high) if null else None
    return Mark(each.effect_size, low, high, band, faint=not each.is_shown)


def _named(each: Association) -> Cell:
    x, y, a, b = (part.title for part in each.coverage)
    return named(each.name, f"{x}, {y}: {a}, {b}")


def _associations(found: Sequence[Association], series: int) -> Table:
    rows = []
    for each in found:
        null, left_out, row = each.null, each.leave_one_out, each.row()
        cells = (
            _named(each),
            text(figure(each.effect_size, two), strong=each.is_shown),
            text(figure(each.p, chance)),
            text(figure(each.p_holm, chance)),
            text(*ends(None if null is None else (null.low, null.high), two)),
            text(*ends(None if left_out is None else (left_out.low, left_out.high), two)),
            text(f"{row['in_vocabulary']} of {row['total']}"),
        )
        rows.append(Row(cells, (_effect_mark(each),)))
    columns = (
        Column("test, targets and attributes", numeric=False),
        Column("d"),
        Column("p"),
        Column("by Holm", below=True),
        Column("random words"),
        Column("without a word", below=True),
        Column("in vocabulary"),
    )
    return Table("Differential associations (WEAT)", columns, tuple(rows), EFFECT_SIZES, series=series)


def _side_by_side(suite: Bias) -> Table:
    rows = []
    for line in zip(*(report.associations for report in suite.reports.values()), strict=True):
        if all(each.is_empty for each in line):
            continue
        cells = [
            cell
            for each in line
            for cell in (
                text(figure(each.effect_size, two), strong=each.is_shown),
                text(figure(each.p_holm, chance)),
            )
        ]
        rows.append(Row((_named(line[0]), *cells), tuple(_effect_mark(each) for each in line)))
    columns = [Column("test, targets and attributes", numeric=False)]
    for head in file_columns(suite.reports):
        columns += [head, Column("p by Holm", below=True)]
    return Table("Differential associations (WEAT)", tuple(columns), tuple(rows), EFFECT_SIZES, drawn=0)


def _warning(test: GroupResult | Sentiment) -> Iterator[Note]:
    if test.warning:
        yield Note((f"{test.name}: {test.warning}.",), "warning")


def _group(group: GroupResult) -> Table:
    a, b, words = group.coverage
    rows = []
    for measure in group.measures:
        known = measure.null_low is not None and measure.null_high is not None
        null = (measure.null_low or 0.0, measure.null_high or 0.0) if known else None
        name = named(measure.name, measure.label)
        figures = (text(figure(measure.value, three)), text(*ends(null, three)), text(number(measure.neutral, 0)))
        rows.append(Row((name, *figures)))
    columns = (Column("measure", numeric=False), Column("value"), Column("random 95 %"), Column("no difference"))
    return Table(f"{words.title.capitalize()} between {a.title} (A) and {b.title} (B)", columns, tuple(rows))


def _group_notes(group: GroupResult) -> Iterator[Note]:
    words = group.coverage[2]
    pairs = f", {group.pairs_in_vocabulary} of {group.pairs_total} pairs" if group.pairs_total else ""
    yield from _warning(group)
    yield Note((f"In the vocabulary: {words.in_vocabulary} of {words.total} {words.title}{pairs}.",))
    if group.lipstick is not None:
        yield Note((_lipstick(group.lipstick),))


def _lipstick(found: Lipstick) -> str:
    clusters = f"{100 * found.clusters_before:.0f} % and {100 * found.clusters_after:.0f} %"
    neighbours = f"{number(found.neighbourhood_before)} and {number(found.neighbourhood_after)}"
    return (
        f"Before and after the direction of the pairs is taken out: two clusters part the {found.words} words farthest "
        f"to each side {clusters} rightly (50 % is chance), and the neighbours of a listed word tell its side with "
        f"r = {neighbours} (Gonen & Goldberg 2019)."
    )


def _ends_of_list(group: GroupResult) -> Table:
    """Return the words of the highest and of the lowest association."""
    a, b, words = group.coverage
    ranked = sorted(group.words, key=lambda word: word.score)
    pairs = zip(ranked[: -ENDS - 1 : -1], ranked[:ENDS], strict=True)

    def cells(word: WordScore) -> tuple[Cell, Cell]:
        return text(word.word), text(figure(word.score, two))

    rows = tuple(Row((*cells(high), *cells(low))) for high, low in pairs)
    columns = tuple(
        column
        for title in (a.title, b.title)
        for column in (Column(f"nearest to {title}", numeric=False), Column("SC-WEAT"))
    )
    return Table(f"{words.title.capitalize()} at either end", columns, rows)


def _sentiment(sentiment: Sentiment) -> Table:
    *targets, _, negative = sentiment.coverage
    means = dict(sentiment.lists)
    rows = tuple(
        Row(
            (text(part.title), text(figure(means.get(part.list), three)), text(f"{part.in_vocabulary} of {part.total}"))
        )
        for part in targets
    )
    columns = (Column("words", numeric=False), Column("mean P(negative)"), Column("in vocabulary"))
    return Table(f"Share of {negative.title} (RNSB)", columns, rows)


def _classifier(found: Sentiment) -> str:
    *_, positive, negative = found.coverage
    accuracy = NONE if found.accuracy is None else f"{100 * found.accuracy:.0f} %"
    return (
        f"Divergence from equal shares {decimal(found.divergence)} (0 is none); the classifier of "
        f"{positive.title} and {negative.title} words is right on {accuracy} of unseen ones."
    )


def _every_word(suite: Bias) -> Iterator[Section]:
    """Yield each word's own association, highest first, and the words that are not in the vocabulary."""
    for label, report in suite.reports.items():
        for test in report.tests:
            ranked = sorted(test.words, key=lambda word: -word.score)
            pieces: list[Piece] = []
            for word in ranked:
                pieces += [f"{', ' if pieces else ''}{word.word} ", figure(word.score, three)]
            missing = [
                Note((f"Not in the vocabulary, {part.title}: {', '.join(part.missing)}.",))
                for part in test.coverage
                if part.missing
            ]
            title = f"{label}: {test.title}" if suite.several else test.title
            yield Section(title, (Note(tuple(pieces or [NONE]), "plain"), *missing))


def _items(suite: Bias) -> Iterator[Items]:
    """Yield each word of each test with its own association."""
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for label, report in suite.reports.items():
        for test in report.tests:
            for word in test.words:
                found.setdefault((test.name, word.list, word.word), {})[label] = round(word.score, 4)
    if not found:
        return
    names = zip(*found, strict=True)
    columns = [
        ItemsColumn(title, "word", tuple(values)) for title, values in zip(("test", "list", "word"), names, strict=True)
    ]
    for label in suite.reports:
        title = f"association: {label}" if suite.several else "association"
        columns.append(ItemsColumn(title, "number", tuple(scores.get(label) for scores in found.values()), 4))
    yield Items("Every word of the tests", "bias-words", tuple(columns), "test")


def words_document(found: Sequence[WordByAnalogy], vectors: Vectors, file: str, language: str = "") -> Document:
    """Return the analogies and associations of single words, in one vector file.

    language: the code of that of the listed words, "" where it is not known.
    """
    known = facts(Report({}, words=vectors.words, dim=vectors.dim, record=vectors.record))
    return Document(
        "Associations of words", (_words_section(found, called(language) if language else ""),), (file,), (known,)
    )


def _words_section(found: Sequence[WordByAnalogy], language: str) -> Section:
    """Return the analogy WORD − man + woman of each word, with and without the inputs, and its association.

    language: the name of that of the listed words.
    """
    first = found[0]
    associated = not first.warning
    rows = tuple(
        Row(
            (
                text(each.found),
                text(f"{each.honest.word} ", figure(each.honest.score, two), quiet=each.honest.is_input),
                text(*_customary(each)),
                *(_standing(each) if associated else ()),
            )
        )
        for each in found
    )
    words = (Column(name, numeric=False) for name in ("WORD", "nearest of all", "by custom"))
    columns = (*words, *((Column("association"), Column("below")) if associated else ()))
    table = Table(f"WORD − {first.minus} + {first.plus}", columns, rows)
    one, other = first.groups if first.groups[0] else ("one group", "the other")
    note = (
        "“Nearest of all”: any word may answer, even the three inputs, which are grey. “By custom”: the inputs are "
        "excluded, as in most papers."
    )
    listed = f"{language} {one}".lstrip(), f"{language} {other}".lstrip()
    if associated:
        note += (
            f" Association: SC-WEAT, more is nearer to {listed[0]} than to {listed[1]}; below: the share of words of "
            "the same frequency that have less."
        )
        return Section("", (table, Note((note,))))
    cure = f"; the lists are {language}" if language else ""
    warning = f"{first.warning[0].upper()}{first.warning[1:]}{cure}."
    return Section("", (table, Note((warning,), "warning"), Note((note,))))


def _standing(each: WordByAnalogy) -> Iterator[Cell]:
    yield text(figure(each.association, two))
    yield text(NONE if each.below is None else f"{100 * each.below:.0f} %")


def _customary(each: WordByAnalogy) -> Iterator[Piece]:
    for number_of, near in enumerate(each.customary):
        yield f"{', ' if number_of else ''}{near.word} "
        yield figure(near.score, two)
    if not each.customary:
        yield NONE
