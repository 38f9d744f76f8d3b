"""What composing does: each set with its unknown words left out, composed of n-grams, and as vectors of zeros.

The score of a set leaves out items with unknown words, which are the rare ones; a score on them is what vectors with
subwords are made for. Where a file can compose words that a set asks for, all of these scores stand in one table. A
vector of zeros is what a model without subwords can offer for such words, as in Bojanowski et al. (2017), table 1; both
scores are on the same items, and are compared by a paired test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, ClassVar, NamedTuple

from w2v.evaluation.composing import Completed, complete
from w2v.evaluation.conventions import convention_of
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import LEAST_COVERAGE, Report, Score, SuiteReport
from w2v.evaluation.showing import range_of, show_of
from w2v.evaluation.statistics import FEWEST, difference_of, holm
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.verdicts import UNIT, Compared, of_difference
from w2v.evaluation.verdicts import labels as labels_of
from w2v.progress import Progress
from w2v.report.blocks import Cell, Column, Mark, Note, Row, Section, Table
from w2v.report.numbers import NONE, chance, points
from w2v.report.tables import ends, figure, fitting_scale, mark_of, named, score_cells, score_columns, text
from w2v.vectors import Vectors

__all__ = ["STUDY", "Composed", "ComposedSuite", "Gain", "Ways"]

TITLE = "Unknown words composed"
INSET = "\N{NO-BREAK SPACE}" * 2
ZEROS, COMPOSING = "a vector of zeros", "composing"
WAYS = {
    "in_vocabulary": "in the vocabulary",
    "composed": "all, unknown composed",
    "zeros": "all, unknown as zeros",
    "unknown_composed": "unknown alone, composed",
}
"""What is scored, by the name of the score in `Ways`, and what people call it."""

HOW = (
    "Items with a word that is not in the vocabulary are left out of the scores above. Here such words are composed of "
    "their n-grams, or are vectors of zeros, which have the cosine 0 with every word. The difference is composed − "
    "zero, on the items that both can score"
)


class Ways(NamedTuple):
    """The scores of a suite: without its unknown words, with these composed or zero, and on items with such words."""

    in_vocabulary: Score
    composed: Score
    zeros: Score
    unknown_composed: Score | None


@dataclass(frozen=True)
class Gain:
    """A difference on the same items, second − first: of two files with words composed, or of composed and zero.

    size, low, high, p, detectable: as in `statistics.Difference`; adjusted: p by Holm's method over all differences of
    the study. verdict: what the difference says, in a sentence.
    """

    first: str
    second: str
    items: int
    total: int
    size: float
    low: float | None
    high: float | None
    p: float | None
    detectable: float | None
    adjusted: float | None = None
    verdict: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON has it."""
        return {
            "first": self.first,
            "second": self.second,
            "items": self.items,
            "total": self.total,
            "difference": self.size,
            "low": self.low,
            "high": self.high,
            "p": self.p,
            "adjusted": self.adjusted,
            "detectable": self.detectable,
            "verdict": self.verdict,
        }


@dataclass(frozen=True)
class ComposedSuite:
    """A suite in a file that composes some of its unknown words.

    noun, least: what the items are called, and how many of them a score needs to be quoted. unknown_words: words of
    the set that the vocabulary lacks; composed_words: those of them that can be composed. gain: composed − zero; None
    where it cannot be paired.
    """

    suite: str
    noun: str
    least: int
    unknown_words: int
    composed_words: int
    ways: Ways
    gain: Gain | None

    def to_dict(self) -> dict[str, Any]:
        """Return the scores as JSON has them."""
        ways = {name: None if score is None else score.to_dict() for name, score in self.ways._asdict().items()}
        return {
            "suite": self.suite,
            "unknown_words": self.unknown_words,
            "composed_words": self.composed_words,
            **ways,
            "difference": None if self.gain is None else self.gain.to_dict(),
        }


@dataclass(frozen=True)
class Composed(StudyResult):
    """The suites of each file that can compose; and how these files differ with their unknown words composed."""

    files: Mapping[str, Sequence[ComposedSuite]]
    between: Mapping[str, Sequence[Gain]]
    cites: ClassVar[tuple[str, ...]] = ("bojanowski2017enriching", "holm1979simple")

    def to_dict(self) -> dict[str, Any]:
        """Return the scores of each file, and the differences between files."""
        return {
            "files": {file: [each.to_dict() for each in own] for file, own in self.files.items()},
            "between_files": [
                {"suite": suite, **gain.to_dict()} for suite, gains in self.between.items() for gain in gains
            ],
        }

    def verdicts(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return a sentence for each suite and file, and for each two files."""
        of_files = [
            f"{labels[file]}, {each.gain.verdict}" if len(labels) > 1 else each.gain.verdict
            for file, own in self.files.items()
            for each in own
            if each.gain is not None
        ]
        return (*of_files, *(gain.verdict for gains in self.between.values() for gain in gains))

    def flat_rows(self) -> list[dict[str, Any]]:
        """Return a row for each score."""
        return [
            {"vectors": file, "suite": each.suite, "level": "composed", "name": name, **_flat(score)}
            for file, own in self.files.items()
            for each in own
            for name, score in each.ways._asdict().items()
            if score is not None
        ]

    def section(self, labels: Mapping[str, str]) -> Section:
        """Return a table with the scores of each suite below each other, and columns for each file."""
        suites = list(dict.fromkeys(each.suite for own in self.files.values() for each in own))
        files = {file: {each.suite: each for each in own} for file, own in self.files.items()}
        rows = [row for suite in suites for row in _rows(suite, [own.get(suite) for own in files.values()])]
        rows = [*rows[:-1], rows[-1]._replace(last=False)]
        titles = dict.fromkeys(each.ways.composed.title for own in self.files.values() for each in own)
        title = next(iter(titles)) if len(titles) == 1 else "score"
        show = next(show_of(each.ways.composed) for own in self.files.values() for each in own)
        scale = fitting_scale(f"{title} and 95 % interval", (mark for row in rows for mark in row.marks), show=show)
        head = Column("set, words", numeric=False, whole=True)
        columns = (head, *score_columns([labels[file] for file in files], title), Column("scored"))
        caption = f"{title[0].upper()}{title[1:]} without unknown words, and with them"
        table = Table(caption, columns, tuple(rows), scale, 0 if len(files) > 1 else 1)
        said = [Note((verdict,), "plain") for verdict in self.verdicts(labels)]
        others = [label for file, label in labels.items() if file not in files]
        said += [Note((f"Not here: {', '.join(others)}, with no words to compose.",))] if others else []
        return Section(TITLE, (table, *said, Note((f"{HOW}; in points: {UNIT}. p: by Holm's method.",))))


def _flat(score: Score) -> dict[str, Any]:
    found = score.to_dict()
    return {score.name: found["value"], **{key: found[key] for key in ("low", "high", "scored", "total")}}


def _rows(suite: str, found: Sequence[ComposedSuite | None]) -> Iterator[Row]:
    """Yield the rows of a suite: a score each, and the difference that composing makes. found: of each file."""
    yield Row((text(suite), *[text()] * (2 * len(found) + 1)))
    for way, title in WAYS.items():
        scores = [None if each is None else getattr(each.ways, way) for each in found]
        if any(score is not None for score in scores):
            marks = tuple(None if each is None else _mark(getattr(each.ways, way), each.least) for each in found)
            cells = [cell for score in scores for cell in _cells(score)]
            yield Row((text(f"{INSET}{title}"), *cells, _counts(scores)), marks)
    gains = [None if each is None else each.gain for each in found]
    cells = [cell for gain in gains for cell in _cells_of_gain(gain)]
    p = [NONE if gain is None else f"p {chance(gain.adjusted)}" for gain in gains]
    yield Row((text(f"{INSET}difference, in points"), *cells, _once(p)), last=True)


def _mark(score: Score | None, least: int) -> Mark | None:
    if score is None:
        return None
    faint = score.scored < max(least, LEAST_COVERAGE * score.total)
    return mark_of(score.value, range_of(score.interval), reference=score.ceiling, faint=faint)


def _cells(score: Score | None) -> tuple[Cell, Cell]:
    if score is None:
        return text(NONE), text()
    return score_cells(score.value, range_of(score.interval), show_of(score), few=score.scored < FEWEST)


def _cells_of_gain(gain: Gain | None) -> tuple[Cell, Cell]:
    if gain is None:
        return text(NONE), text()
    interval = None if gain.low is None or gain.high is None else (gain.low, gain.high)
    sure = bool(gain.verdict) and gain.adjusted is not None and gain.adjusted < 0.05
    return text(figure(gain.size, points), strong=sure), text(*ends(interval, points, few=gain.items < FEWEST))


def _counts(scores: Sequence[Score | None]) -> Cell:
    return _once([NONE if score is None else f"{score.scored:,} of {score.total:,}" for score in scores])


def _once(told: Sequence[str]) -> Cell:
    """Return what is told of each file: once where it is the same of all, else a line for each file."""
    return named(*told) if len(set(told)) > 1 else text(told[0])


class Seen(NamedTuple):
    """What was found in one file: a suite, its report, and the set scored with all of its words."""

    suite: Suite
    report: SuiteReport
    completed: Completed


class ComposedStudy(Study):
    """Scores with unknown words composed, wherever a file can compose words that a set asks for."""

    name = "composed"

    def applies(self, run: Run) -> bool:
        """Return whether w2v's own rules are followed: those of other tools leave out unknown words."""
        return run.convention == "w2v" and not run.groups

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> list[Seen]:
        """Score the sets of which the file can compose words."""
        return looked_at(vectors, report, run.sets, run.restrict_vocab or None, run.progress)

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Composed | None:
        """Compare composed words with zeros, and files that compose with each other; None where no file composes."""
        found = {file: own for file, own in seen.items() if own}
        return conclusion(found) if found else None

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


STUDY = ComposedStudy()


def looked_at(
    vectors: Vectors, report: Report, sets: Mapping[str, Suite], limit: int | None, progress: Progress
) -> list[Seen]:
    """Return each set of which the vectors can compose words, with its scores; report: of the same sets."""
    rules = convention_of("w2v")
    every = ((suite, complete(vectors, suite, rules, limit, progress)) for suite in sets.values())
    return [Seen(suite, report[suite.name], completed) for suite, completed in every if completed is not None]


def conclusion(seen: Mapping[str, Sequence[Seen]]) -> Composed:
    """Compare composed words with zeros in each file, and every two files with their words composed."""
    files = {file: [_of_file(each) for each in own] for file, own in seen.items()}
    between: dict[str, list[Gain]] = {}
    for one, other in combinations(seen, 2):
        others = {each.suite.name: each for each in seen[other]}
        for each in seen[one]:
            if each.suite.name in others:
                pair = (each.completed.composed, others[each.suite.name].completed.composed)
                gain = _gain(one, other, *pair)
                between.setdefault(each.suite.name, []).extend([] if gain is None else [gain])
    return _adjusted(Composed(files, between), {each.suite.name: each.report for own in seen.values() for each in own})


def _of_file(each: Seen) -> ComposedSuite:
    done = each.completed
    composed, zeros, known = done.composed.primary, done.zeros.primary, each.report.primary
    assert composed is not None
    assert zeros is not None
    assert known is not None
    alone = task_of(each.suite.kind).score_of(each.suite, done.composed, done.unknown)
    if alone is not None:
        alone = replace(alone, total=int(done.unknown.sum()))
    return ComposedSuite(
        suite=each.suite.name,
        noun=each.report.items,
        least=each.report.least,
        unknown_words=done.unknown_words,
        composed_words=done.composed_words,
        ways=Ways(known, composed, zeros, alone if alone is not None and alone.total else None),
        gain=_gain(ZEROS, COMPOSING, done.zeros, done.composed),
    )


def _gain(first: str, second: str, one: SuiteReport, other: SuiteReport) -> Gain | None:
    """Test the difference of two reports of a suite on the items that both score; None where it cannot be paired."""
    paired = task_of(one.kind).paired([one, other])
    if paired is None or not paired.items:
        return None
    found = difference_of(paired, 0, 1)
    return Gain(
        first=first,
        second=second,
        items=paired.items,
        total=paired.total,
        size=found.size,
        low=found.low,
        high=found.high,
        p=found.p,
        detectable=found.detectable,
    )


def _adjusted(found: Composed, reports: Mapping[str, SuiteReport]) -> Composed:
    """Adjust every p for the number of differences, and say what each difference means."""
    gains = [each.gain for own in found.files.values() for each in own if each.gain is not None]
    gains += [gain for some in found.between.values() for gain in some]
    adjusted = iter(holm([gain.p for gain in gains if gain.p is not None]))

    def told(suite: str, gain: Gain, where: str = "") -> Gain:
        whole = gain if gain.p is None else replace(gain, adjusted=next(adjusted))
        return replace(whole, verdict=_verdict(f"{suite}{where}", whole, reports[suite]))

    files = {
        file: [each if each.gain is None else replace(each, gain=told(each.suite, each.gain)) for each in own]
        for file, own in found.files.items()
    }
    between = {
        suite: [told(suite, gain, ", unknown words composed") for gain in some] for suite, some in found.between.items()
    }
    return Composed(files, between)


def _verdict(suite: str, gain: Gain, report: SuiteReport) -> str:
    short = labels_of([gain.first, gain.second])
    return of_difference(
        Compared(
            suite=suite,
            noun=report.items,
            items=gain.items,
            total=gain.total,
            least=report.least,
            first=short[gain.first],
            second=short[gain.second],
            difference=gain.size,
            low=gain.low,
            high=gain.high,
            p=gain.p,
            adjusted=gain.adjusted,
            detectable=gain.detectable,
        )
    )
