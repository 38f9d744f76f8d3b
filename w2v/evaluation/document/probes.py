"""Probes as sections: differential associations with their controls, and the shape of a cloud. Not here: scores.

An association is of words in these vectors: the words of these tables are chosen so that nothing else is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from w2v.evaluation.bias.report import Association, BiasReport, GroupResult, Sentiment, WordScore
from w2v.evaluation.bias.words import WordProbe
from w2v.evaluation.document.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Mark,
    Note,
    Piece,
    Row,
    Scale,
    Section,
    Table,
    figure,
    text,
)
from w2v.evaluation.document.items import bias_items
from w2v.evaluation.document.scores import Reports, file_columns, three
from w2v.evaluation.geometry import GeometryReport
from w2v.evaluation.wording import (
    ASSOCIATION_NOTES,
    GEOMETRY_NOTES,
    NONE,
    chance,
    classifier_text,
    geometry_lines,
    lipstick_text,
    number,
    wrong_rows,
)

__all__ = ["bias_section", "geometry_section", "words_table"]

ENDS = 5  # words shown at either end of a list
EFFECT_SIZES = Scale(
    "d, and its range without a word",
    -2.0,
    2.0,
    1.0,
    lambda value: number(value, 0),
    hollow="known are too few words to quote it",
    shaded="95 % of d for random words of the same frequency",
)


def two(value: float | None) -> str:
    return number(value)


def bias_section(reports: Reports, suite: str) -> Section:
    """All probes: the tests of associations of every file side by side, then each file's own tables, then each word."""
    found = {label: report for label, whole in reports.items() if isinstance(report := whole[suite], BiasReport)}
    first = next(iter(found.values()))
    below = tuple(
        _one(report, label if len(found) > 1 else "", series) for series, (label, report) in enumerate(found.items())
    )
    blocks: list[Block] = []
    if len(found) > 1:
        if first.associations:
            blocks.append(_side_by_side(found))
    else:
        blocks += below[0].blocks
    rules = first.protocol.rules()
    blocks += [Note((f"{rules[0].upper()}{rules[1:]}.",))]
    blocks.append(Note((f"Lists: {first.citation}." if first.citation else "Lists of your own.",)))
    blocks.append(Note((f"sha256 of the lists: {first.protocol.sha256[:12]}.",)))
    items = bias_items(found)
    blocks += [] if items is None else [items]
    return Section(f"Bias: {first.title}", tuple(blocks), below if len(found) > 1 else ())


def _one(report: BiasReport, title: str, series: int) -> Section:
    blocks: list[Block] = []
    if report.associations:
        blocks += [
            _associations(report.associations, series),
            *_remarks(report.associations),
            Note((ASSOCIATION_NOTES,)),
        ]
    for group in report.groups:
        blocks += [_group(group), _ends(group), *_group_notes(group)]
    for sentiment in report.sentiments:
        blocks += [_sentiment(sentiment), Note((classifier_text(sentiment),)), *_doubt(sentiment)]
    return Section(title, tuple(blocks))


def _effect_mark(each: Association) -> Mark | None:
    if each.effect_size is None:
        return None
    left_out, null = each.leave_one_out, each.null
    low, high = (left_out.low, left_out.high) if left_out else (None, None)
    return Mark(each.effect_size, low, high, (null.low, null.high) if null else None, faint=bool(each.doubt))


def _named(each: Association) -> Cell:
    x, y, a, b = (part.title for part in each.coverage)
    return Cell((each.name,), (f"{x}, {y}: {a}, {b}",))


def _ends_of(low: float | None, high: float | None, digits: int = 2) -> tuple[Piece, ...]:
    def show(value: float | None) -> str:
        return number(value, digits)

    return (NONE,) if low is None or high is None else (figure(low, show), " to ", figure(high, show))


def _associations(found: Sequence[Association], series: int) -> Table:
    rows = []
    for each in found:
        null, left_out, row = each.null, each.leave_one_out, each.row()
        cells = (
            _named(each),
            text(figure(each.effect_size, two), strong=not each.doubt),
            Cell((figure(each.p, chance),), (figure(each.p_holm, chance),)),
            Cell(
                (NONE,) if null is None else _ends_of(null.low, null.high),
                (NONE,) if left_out is None else _ends_of(left_out.low, left_out.high),
            ),
            text(f"{row['known']} of {row['total']}"),
        )
        rows.append(Row(cells, (_effect_mark(each),)))
    heads = ("d", "p, by Holm below", "random, without a word below", "known")
    columns = (Column("test, targets and attributes", numeric=False), *map(Column, heads))
    return Table("Differential associations (WEAT)", columns, tuple(rows), EFFECT_SIZES, series=series)


def _side_by_side(found: Mapping[str, BiasReport]) -> Table:
    rows = []
    for line in zip(*(report.associations for report in found.values()), strict=True):
        cells = (
            Cell((figure(each.effect_size, two),), ("p ", figure(each.p_holm, chance)), strong=not each.doubt)
            for each in line
        )
        rows.append(Row((_named(line[0]), *cells), tuple(_effect_mark(each) for each in line)))
    columns = (Column("test, targets and attributes", numeric=False), *file_columns(found))
    caption = "Differential associations (WEAT), p by Holm's method"
    return Table(caption, columns, tuple(rows), EFFECT_SIZES, drawn=0)


def _remarks(found: Sequence[Association]) -> Iterator[Note]:
    for each in found:
        if each.remarks:
            yield Note((f"{each.name}: {'; '.join(each.remarks)}.",), "doubt")


def _doubt(probe: GroupResult | Sentiment) -> Iterator[Note]:
    if probe.doubt:
        yield Note((f"{probe.name}: {probe.doubt}.",), "doubt")


def _group(group: GroupResult) -> Table:
    a, b, words = group.coverage
    rows = tuple(
        Row(
            (
                Cell((measure.name,), (measure.says,)),
                text(figure(measure.value, three)),
                text(*_ends_of(measure.null_low, measure.null_high, 3)),
                text(number(measure.neutral, 0)),
            )
        )
        for measure in group.measures
    )
    columns = (Column("measure", numeric=False), Column("value"), Column("random 95 %"), Column("no difference"))
    return Table(f"{words.title.capitalize()} between {a.title} (A) and {b.title} (B)", columns, rows)


def _ends(group: GroupResult) -> Table:
    """The words of the highest and of the lowest association."""
    a, b, words = group.coverage
    ranked = sorted(group.words, key=lambda word: word.score)
    pairs = zip(ranked[: -ENDS - 1 : -1], ranked[:ENDS], strict=True)

    def cells(word: WordScore) -> tuple[Cell, Cell]:
        return text(word.word), text(figure(word.score, two))

    rows = tuple(Row((*cells(high), *cells(low))) for high, low in pairs)
    columns = (
        column
        for title in (a.title, b.title)
        for column in (Column(f"nearest to {title}", numeric=False), Column("SC-WEAT"))
    )
    return Table(f"{words.title.capitalize()} at either end", tuple(columns), rows)


def _group_notes(group: GroupResult) -> Iterator[Note]:
    words = group.coverage[2]
    pairs = f", {group.pairs_known} of {group.pairs_total} pairs" if group.pairs_total else ""
    yield Note((f"Known: {words.known} of {words.total} {words.title}{pairs}.",))
    if group.lipstick is not None:
        yield Note((lipstick_text(group.lipstick),))
    yield from _doubt(group)


def _sentiment(sentiment: Sentiment) -> Table:
    *targets, _, negative = sentiment.coverage
    means = dict(sentiment.lists)
    rows = tuple(
        Row((text(part.title), text(figure(means.get(part.list), three)), text(f"{part.known} of {part.total}")))
        for part in targets
    )
    columns = (Column("words", numeric=False), Column("mean P(negative)"), Column("known"))
    return Table(f"Share of {negative.title} (RNSB)", columns, rows)


def words_table(found: Sequence[WordProbe]) -> Table:
    """The analogy WORD − man + woman of each word, honestly and by custom, and its association."""
    first = found[0]
    rows = tuple(
        Row(
            (
                text(each.found),
                text(f"{each.honest.word} ", figure(each.honest.score, two), strong=not each.honest.is_input),
                text(*_near(each)),
                text(figure(each.association, two)),
                text(NONE if each.below is None else f"{100 * each.below:.0f} %"),
            )
        )
        for each in found
    )
    words = (Column(name, numeric=False) for name in ("WORD", "nearest of all", "by custom, without the inputs"))
    return Table(f"WORD − {first.minus} + {first.plus}", (*words, Column("association"), Column("below")), rows)


def _near(each: WordProbe) -> Iterator[Piece]:
    for number_of, near in enumerate(each.customary):
        yield f"{', ' if number_of else ''}{near.word} "
        yield figure(near.score, two)


def geometry_section(reports: Reports, suite: str) -> Section:
    """The measures of each cloud, what is wrong with rows, and the hubs."""
    found = {label: report for label, whole in reports.items() if isinstance(report := whole[suite], GeometryReport)}
    first = next(iter(found.values()))
    lines = [{name: (value, shown) for name, value, shown in geometry_lines(report)} for report in found.values()]
    rows = []
    for name in dict.fromkeys(name for line in lines for name in line):
        shown = [line.get(name, (None, NONE)) for line in lines]
        cells = (text(words if value is None else Figure(words, float(value))) for value, words in shown)
        rows.append(Row((text(name), *cells)))
    heads = file_columns(found) if len(found) > 1 else (Column("value"),)
    blocks: list[Block] = [Table("The cloud of vectors", (Column("measure", numeric=False), *heads), tuple(rows))]
    for label, report in found.items():
        where = f"{label}: " if len(found) > 1 else ""
        doubts = [report.doubt] if report.doubt else []
        blocks += [Note((f"{where}{line}.",), "doubt") for line in (*doubts, *wrong_rows(report.health))]
    if any(report.hubs for report in found.values()):
        blocks.append(_hubs(found))
    return Section(first.title, (*blocks, Note((GEOMETRY_NOTES,))))


def _hubs(found: Mapping[str, GeometryReport]) -> Table:
    deepest = max(len(report.hubs) for report in found.values())
    rows = []
    for place in range(deepest):
        cells: list[Cell] = []
        for report in found.values():
            hub = report.hubs[place] if place < len(report.hubs) else None
            cells += [text(""), text("")] if hub is None else [text(hub.word), text(f"{hub.near:,}")]
        rows.append(Row(tuple(cells)))
    columns = [
        column
        for series, label in enumerate(found)
        for column in (
            Column("word" if len(found) == 1 else label, numeric=False, series=series if len(found) > 1 else None),
            Column("of how many words"),
        )
    ]
    return Table("Hubs: words among the ten nearest of many", tuple(columns), tuple(rows))
