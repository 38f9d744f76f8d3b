"""How associations are shown: tables with their controls, remarks in words below. Not here: what is in the reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from w2v.cli.output import new_table
from w2v.evaluation import Report
from w2v.evaluation.bias import BiasReport, WordProbe
from w2v.evaluation.bias.report import Association, GroupResult, Sentiment
from w2v.evaluation.wording import (
    ASSOCIATION_NOTES,
    NONE,
    chance,
    classifier_text,
    lipstick_text,
    number,
    span,
    word_notes,
)

__all__ = ["report_table", "suite_tables", "words_table"]

ENDS = 5  # words shown at either end of a list


def suite_tables(reports: Mapping[str, Report], suites: Sequence[str]) -> RenderableType:
    """The tables of `w2v eval`: one file after the other."""
    found = [(whole[suite], file) for suite in suites for file, whole in reports.items()]
    return Group(*(report_table(report, file) for report, file in found if isinstance(report, BiasReport)))


def report_table(report: BiasReport, file: str, each_word: bool = False) -> RenderableType:
    """All probes of a report; `each_word`: with the association of every word."""
    parts: list[RenderableType] = []
    if report.associations:
        parts += [_associations(report.associations, file), *_remarks(report.associations)]
        parts.append(Padding(Text(ASSOCIATION_NOTES, style="dim"), (0, 0, 1, 0)))
    for group in report.groups:
        parts += [_group(group, file), *_ends(group), *_doubt(group), Text("")]
    for sentiment in report.sentiments:
        parts += [_sentiment(sentiment, file), *_doubt(sentiment), Text("")]
    if each_word:
        parts += [_every_word(probe) for probe in report.probes]
    rules = report.protocol.rules()
    parts.append(Text(f"{rules[0].upper()}{rules[1:]}.", style="dim"))
    lists = f"Lists: {report.citation}." if report.citation else "Lists of your own."
    parts.append(Text(lists, style="dim"))
    parts.append(Padding(Text(f"sha256 of the lists: {report.protocol.sha256[:12]}.", style="dim"), (0, 0, 1, 0)))
    return Group(*parts)


def _associations(found: Sequence[Association], file: str) -> Table:
    table = new_table(f"Differential associations: {file}")
    table.add_column("test", no_wrap=True)
    table.add_column("targets:\nattributes", overflow="fold")
    for name in ("d", "p\nHolm", "random 95 %\nwithout a word", "known\nof"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in found:
        x, y, a, b = each.coverage
        null, left_out, row = each.null, each.leave_one_out, each.row()
        table.add_row(
            each.name,
            f"{x.title}, {y.title}:\n{a.title}, {b.title}",
            Text(number(each.effect_size), style="" if each.doubt else "bold"),
            f"{chance(each.p)}\n{chance(each.p_holm)}",
            "\n".join(NONE if part is None else span(part.low, part.high) for part in (null, left_out)),
            f"{row['known']}\n{row['total']}",
            end_section=each is not found[-1],
        )
    return table


def _remarks(found: Sequence[Association]) -> Iterator[RenderableType]:
    for each in found:
        if each.remarks:
            yield Text(f"{each.name}: {'; '.join(each.remarks)}.", style="yellow")


def _doubt(probe: GroupResult | Sentiment) -> Iterator[RenderableType]:
    if probe.doubt:
        yield Text(f"{probe.name}: {probe.doubt}.", style="yellow")


def _group(group: GroupResult, file: str) -> Table:
    a, b, words = group.coverage
    table = new_table(f"{words.title.capitalize()} between {a.title} (A) and {b.title} (B): {file}")
    table.add_column("measure", no_wrap=True)
    for name in ("value", "random 95 %", "no difference"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what it is", overflow="fold", style="dim")
    for measure in group.measures:
        table.add_row(
            measure.name,
            number(measure.value, 3),
            span(measure.null_low, measure.null_high, 3),
            number(measure.neutral, 0),
            measure.says,
        )
    return table


def _ends(group: GroupResult) -> Iterator[RenderableType]:
    """The words of the highest and of the lowest association."""
    a, b, words = group.coverage
    ranked = sorted(group.words, key=lambda word: word.score)
    for title, chosen in ((a.title, ranked[: -ENDS - 1 : -1]), (b.title, ranked[:ENDS])):
        listed = ", ".join(f"{word.word} {number(word.score)}" for word in chosen)
        yield Text(f"Nearest to {title}: {listed or NONE}.")
    pairs = f", {group.pairs_known} of {group.pairs_total} pairs" if group.pairs_total else ""
    yield Text(f"Known: {words.known} of {words.total} {words.title}{pairs}.", style="dim")
    if group.lipstick is not None:
        yield Text(lipstick_text(group.lipstick))


def _sentiment(sentiment: Sentiment, file: str) -> Table:
    *targets, _, negative = sentiment.coverage
    table = new_table(f"Share of {negative.title} (RNSB): {file}")
    table.add_column("words")
    for name in ("mean P(negative)", "known", "of"):
        table.add_column(name, justify="right", no_wrap=True)
    means = dict(sentiment.lists)
    for part in targets:
        table.add_row(part.title, number(means.get(part.list), 3), str(part.known), str(part.total))
    table.caption = Text(classifier_text(sentiment), style="dim")
    table.caption_justify = "left"
    return table


def _every_word(probe: Association | GroupResult | Sentiment) -> RenderableType:
    """Each word's own association, best first, and the words that the vectors do not know."""
    ranked = sorted(probe.words, key=lambda word: -word.score)
    lines = [Text(", ".join(f"{word.word} {number(word.score, 3)}" for word in ranked) or NONE)]
    lines += [Text(f"Unknown {x.title}: {', '.join(x.missing)}.", style="dim") for x in probe.coverage if x.missing]
    return Padding(Group(Text(probe.title, style="bold"), *lines), (0, 0, 1, 0))


def words_table(found: Sequence[WordProbe], file: str) -> RenderableType:
    """One line a word: the honest answer, the customary ones, its association."""
    first = found[0]
    table = new_table(f"WORD − {first.minus} + {first.plus}: {file}")
    table.add_column("WORD", overflow="fold")
    table.add_column("nearest of all", overflow="fold")
    table.add_column("by custom", overflow="fold")
    table.add_column("association", justify="right", no_wrap=True)
    table.add_column("below", justify="right", no_wrap=True)
    for each in found:
        honest = f"{each.honest.word} {number(each.honest.score)}"
        table.add_row(
            each.found,
            Text(honest, style="bright_black" if each.honest.is_input else "bold"),
            "\n".join(f"{near.word} {number(near.score)}" for near in each.customary) or NONE,
            number(each.association),
            NONE if each.below is None else f"{100 * each.below:.0f} %",
            end_section=each is not found[-1],
        )
    return Group(table, Padding(Text(word_notes(first), style="dim"), (0, 0, 1, 0)))
