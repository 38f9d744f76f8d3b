"""Verdicts: what a table of numbers says, in one sentence that a person can use.

Every sentence is made here, and is a field of the result; the terminal, Markdown, pages and JSON have the same words.
Differences are in points: 1 point is 1 % of an accuracy, and 0.01 of a correlation or a purity.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from w2v.evaluation.statistics import FEWEST
from w2v.report.numbers import NONE, chance, decimal, hundredths, number, percent, points

__all__ = ["LIKELY", "UNIT", "Compared", "counted", "in_short", "labels", "of_difference", "of_gate"]
__all__ += ["of_grid", "of_lines", "of_score", "of_shifts", "of_spread", "of_suite"]

LIKELY = 0.05
"""The p from which on chance alone is a likely explanation."""

MOST_NAMED = 3
"""Differences that a sentence names one by one."""

UNIT = "1 point is 1 % of an accuracy, and 0.01 of a correlation or a purity"


def labels(files: Sequence[str]) -> dict[str, str]:
    """Return a short name for each path: its last part, where that is enough to tell the files apart."""
    short = [PurePath(file).name for file in files]
    return dict(zip(files, short if len(set(short)) == len(short) else files, strict=True))


def counted(some: int, noun: str) -> str:
    """Return a number of things with their name: `1 pair`, `318 pairs`."""
    return f"{some:,} {noun.removesuffix('s') if some == 1 else noun}"


def three_digits(value: float) -> str:
    """Return a correlation as papers write it: .547."""
    return number(value, 3).replace("0.", ".", 1) if abs(value) < 0.9995 else number(value, 3)


class Scored(NamedTuple):
    """A score to speak of.

    interval: its ends, None where there is none. noun: what the items are called. quotable: whether the score may be
    quoted.
    """

    suite: str
    title: str
    value: float | None
    interval: tuple[float, float] | None
    as_percent: bool
    scored: int
    total: int
    noun: str
    quotable: bool


def in_short(found: Scored) -> str:
    """Return a score as it stands in the last line of an evaluation: `google-analogies 13.5 % (11.4–15.9)`."""
    if found.value is None:
        return f"{found.suite} {NONE} ({found.scored:,} of {counted(found.total, found.noun)})"
    value = percent(found.value) if found.as_percent else three_digits(found.value)
    if not found.quotable:
        share = f"{found.scored:,} of " if found.scored < found.total else ""
        return f"{found.suite} {value} (do not quote: {share}{counted(found.total, found.noun)})"
    between = f" ({_between(found.interval)})" if found.interval and found.as_percent else ""
    return f"{found.suite} {value}{between}"


def of_score(found: Scored, warning: str) -> str:
    """Return what a score says, or why it should not be quoted."""
    if warning:
        return f"{found.suite}: {warning}."
    assert found.value is not None
    value = percent(found.value) if found.as_percent else three_digits(found.value)
    known = "" if found.scored == found.total else f"{found.scored:,} of "
    sentence = f"{found.suite}: {found.title} {value} on {known}{counted(found.total, found.noun)}"
    if found.interval is None:
        return f"{sentence}."
    ends = _between(found.interval) if found.as_percent else " to ".join(map(three_digits, found.interval))
    return f"{sentence}; on other {found.noun} of the same kind probably {ends}{' %' * found.as_percent}."


def _between(interval: tuple[float, float]) -> str:
    return "–".join(map(hundredths, interval))


class Compared(NamedTuple):
    """Two scores on the same items, the names of what they are scores of, and what a paired test says.

    items: those that all can score, of `total`; noun: what they are called; least: how many a quotable score needs.
    """

    suite: str
    noun: str
    items: int
    total: int
    least: int
    first: str
    second: str
    difference: float
    low: float | None
    high: float | None
    p: float | None
    adjusted: float | None
    detectable: float | None

    @property
    def is_shown(self) -> bool:
        """Whether chance alone hardly explains the difference."""
        return self.adjusted is not None and self.adjusted < LIKELY

    @property
    def is_quotable(self) -> bool:
        """Whether the difference is shown, on enough items, and on at least half of all."""
        return self.is_shown and self.items >= self.least and 2 * self.items >= self.total

    @property
    def is_few(self) -> bool:
        """Whether there are too few items for any test."""
        return self.items < FEWEST


def of_difference(found: Compared) -> str:
    """Return what a paired comparison of two files says: `wordsim353: b.bin is better by 3.2 points (1.1 to 5.3).`"""
    return f"{found.suite}: {_clause(found)}."


def _clause(found: Compared, *, named: bool = False) -> str:
    """Return the sentence without the set and the full stop. named: also name the worse of the two files."""
    size = hundredths(abs(found.difference))
    better, worse = (found.second, found.first) if found.difference > 0 else (found.first, found.second)
    items = counted(found.items, found.noun)
    if found.is_few:
        return f"{items} are too few to compare; {FEWEST} or more are needed"
    if found.low is None or found.high is None:
        if found.difference == 0:
            return f"no difference on {items}"
        return f"{better} is better by {size} points on {items}; how sure that is cannot be told"
    if not found.is_shown:
        return _not_shown(found, items)
    ends = (found.low, found.high) if found.difference > 0 else (-found.high, -found.low)
    than = f" than {worse}" if named else ""
    doubt = ""
    if found.items < found.least:
        doubt = f"; do not quote it: {items} are too few"
    elif found.items < found.total / 2:
        doubt = f"; do not quote it: only {found.items:,} of {counted(found.total, found.noun)}"
    return f"{better} is better{than} by {size} points ({' to '.join(map(hundredths, ends))}){doubt}"


def _not_shown(found: Compared, items: str) -> str:
    """Return that no difference is shown, and how large one would have been seen."""
    many = ""
    if found.p is not None and found.p < LIKELY:
        many = f" once all comparisons of the table are counted (p {chance(found.adjusted)})"
    if found.detectable is None:
        return f"no difference shown{many}; {items} would hardly have shown any"
    return f"no difference shown{many}; {items} would have shown {hundredths(found.detectable)} points"


def of_suite(found: Sequence[Compared]) -> str:
    """Return what all comparisons on one set say: every difference that is shown, and how many are not."""
    if len(found) == 1 or found[0].is_few:
        return of_difference(found[0])
    shown = [each for each in found if each.is_shown]
    parts = [_clause(each, named=True) for each in shown]
    if len(shown) > MOST_NAMED:
        sizes = [abs(each.difference) for each in shown]
        parts = [f"a difference is shown in {len(shown)} of {len(found)} comparisons, of {_sizes(sizes)} points"]
        few = [each for each in shown if not each.is_quotable]
        parts += [f"do not quote {'them' if len(few) == len(shown) else f'{len(few)} of them'}"] if few else []
    rest = [each for each in found if not each.is_shown]
    if rest:
        parts.append(f"no difference shown in {len(rest)} of {len(found)} comparisons")
        sizes = [each.detectable for each in rest if each.detectable is not None]
        if sizes:
            parts[-1] += f"; {counted(found[0].items, found[0].noun)} would have shown {_sizes(sizes)} points"
    return f"{found[0].suite}: {'; '.join(parts)}."


def _sizes(sizes: Sequence[float]) -> str:
    low, high = hundredths(min(sizes)), hundredths(max(sizes))
    return low if low == high else f"{low} to {high}"


def of_gate(name: str, file: str, value: float | None, least: float, doubt: str) -> str:
    """Return whether a score reaches a gate; doubt: why it is absent, or how sure it is."""
    where = f"{name} of {file}" if file else name
    if value is None:
        return f"Gate not passed: {where} has no value ({doubt})."
    sure = f" ({doubt})" if doubt else ""
    if value < least:
        return f"Gate not passed: {where} is {decimal(value)}, below {least:.4g}{sure}."
    return f"Gate passed: {where} is {decimal(value)}, and {least:.4g} or more is asked for{sure}."


def of_spread(
    score: str,
    mean: float,
    sd: float | None,
    files: int,
    by_seed_alone: float | None,
    *,
    in_points: bool,
    warning: str = "",
) -> str:
    """Return how much a score varies from seed to seed, and how large a difference of two runs that explains."""
    show, unit = (hundredths, " points") if in_points else (decimal, "")
    seeds = counted(files, "seeds")
    if sd is None:
        return f"{score}: {show(mean)}{unit} with a single seed; how much it varies cannot be told."
    found = f"{score}: {show(mean)} ± {show(sd)}{unit} over {seeds}"
    if warning:
        return f"{found}; {warning}."
    if by_seed_alone is None:
        return f"{found}, too few to say which differences are chance."
    apart = f"less than {show(by_seed_alone)}{unit} apart"
    return f"{found}; in 95 % of cases two single runs that differ only in their seeds are {apart}."


def of_grid(suite: str, figures: Sequence[tuple[float, str]]) -> str:
    """Return how far apart the rules alone bring the scores of the same vectors; figures: each with its rules."""
    (low, at_low), (high, at_high) = min(figures), max(figures)
    if low == high:
        return f"{suite}: {percent(low)} by every convention."
    return (
        f"{suite}: the same vectors score {percent(low)} ({at_low}) or {percent(high)} ({at_high}); compare only "
        "scores of one convention."
    )


def of_shifts(file: str, moves: Sequence[tuple[str, str, float]]) -> str:
    """Return which score depends most on a common direction; moves: score, change of the vectors, difference."""
    name, change, size = max(moves, key=lambda each: abs(each[2]))
    if abs(size) < 0.0005:
        return f"{file}: no score moves."
    return f"{file}: {name} moves most, by {points(size)} points ({change})."


def of_lines(file: str, lines: int, different: int, first: str) -> str:
    """Return whether all figures are equal to gensim's; first: the first line that differs."""
    if not different:
        return f"{file}: all {counted(lines, 'lines')} equal gensim's."
    return f"{file}: {different} of {counted(lines, 'lines')} differ from gensim's, {first} first."
