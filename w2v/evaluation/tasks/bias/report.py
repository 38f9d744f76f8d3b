"""What the tests of word lists found, as frozen dataclasses.

An effect size is a differential association of words in these vectors, and nothing else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from w2v.evaluation.protocol import Protocol
from w2v.evaluation.report import LEAST_COVERAGE, SuiteReport, ratio
from w2v.evaluation.tasks.bias.controls import Frequencies, LeaveOneOut, NullBand
from w2v.evaluation.tasks.bias.lipstick import Lipstick
from w2v.evaluation.tasks.bias.weat import Permutation
from w2v.evaluation.verdicts import counted
from w2v.report.numbers import chance, two

__all__ = ["Association", "BiasReport", "Coverage", "GroupResult", "Measure", "Sentiment", "WordScore"]


NAMED = 6  # tests that a sentence names


@dataclass(frozen=True)
class Coverage:
    """How many words of a list are in the vocabulary, and which are not.

    other_case: words that are there in another case only, as (listed, found): a name may then be another word.
    """

    list: str
    title: str
    in_vocabulary: int
    total: int
    missing: tuple[str, ...]
    other_case: tuple[tuple[str, str], ...] = ()

    @property
    def thin(self) -> bool:
        """Whether fewer than half of the words are in the vocabulary."""
        return self.in_vocabulary < LEAST_COVERAGE * self.total


@dataclass(frozen=True)
class WordScore:
    """A word's own part in a result; `list` is the list it stands in."""

    word: str
    list: str
    score: float


@dataclass(frozen=True)
class _Test(ABC):
    """What the result of every test has: its name, and how many words of each of its lists are in the vocabulary."""

    name: str
    coverage: tuple[Coverage, ...]

    @property
    @abstractmethod
    def title(self) -> str:
        """The lists of the test in one line."""

    @property
    def warning(self) -> str:
        """Why the result should not be quoted; empty where it can be."""
        thin = ", ".join(f"{part.in_vocabulary} of {part.total} {part.title}" for part in self.coverage if part.thin)
        return f"only {thin} are in the vocabulary" if thin else ""

    @property
    def in_vocabulary(self) -> int:
        """How many of the listed words are in the vocabulary."""
        return sum(part.in_vocabulary for part in self.coverage)

    @property
    def too_few(self) -> str:
        """How many of the listed words are in the vocabulary, in words."""
        return f"{self.in_vocabulary:,} of {sum(part.total for part in self.coverage):,} words are in the vocabulary"

    @property
    @abstractmethod
    def is_empty(self) -> bool:
        """Whether too few words are in the vocabulary for any number."""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON has it."""
        return {**asdict(self), "title": self.title, "warning": self.warning}


@dataclass(frozen=True)
class Association(_Test):
    """WEAT: how much nearer X is to A rather than B than Y is.

    coverage: of X, Y, A, B. effect_size: Caliskan's d; it is None where too few words are in the vocabulary, and so are
    p and the controls. words: s(w, A, B) of each target. p_holm: p adjusted for the number of tests of the report.
    """

    coverage: tuple[Coverage, Coverage, Coverage, Coverage]
    effect_size: float | None
    permutation: Permutation | None
    p_holm: float | None
    null: NullBand | None
    leave_one_out: LeaveOneOut | None
    frequencies: Frequencies | None
    words: tuple[WordScore, ...]

    @property
    def title(self) -> str:
        """Targets and attributes in one line."""
        x, y, a, b = (part.title for part in self.coverage)
        return f"{x} / {y} : {a} / {b}"

    @property
    def is_empty(self) -> bool:
        """Whether too few words are in the vocabulary for an effect size."""
        return self.effect_size is None

    @property
    def p(self) -> float | None:
        """The p-value of the permutation test."""
        return None if self.permutation is None else self.permutation.p

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know before believing the effect size."""
        found = [self.warning] if self.warning else []
        if self.effect_size is not None and self.null and self.null.low <= self.effect_size <= self.null.high:
            found.append("not stronger than random words of the same frequency")
        span = self.leave_one_out
        if self.effect_size and span and min(span.low / self.effect_size, span.high / self.effect_size) <= 0:
            found.append(f"one word decides the sign ({span.low_without} or {span.high_without})")
        if self.frequencies and self.frequencies.mismatched:
            kind = max(("targets", "attributes"), key=lambda kind: _spread(getattr(self.frequencies, kind)))
            times = _spread(getattr(self.frequencies, kind))
            known = "" if self.frequencies.counted else " (by the order of rows)"
            found.append(f"the {kind} differ {times:.1f} times in frequency{known}")
        folded = [pair for part in self.coverage for pair in part.other_case]
        if folded:
            found.append(f"{len(folded)} in the vocabulary in another case only ({folded[0][0]} as {folded[0][1]})")
        return tuple(found)

    @property
    def is_shown(self) -> bool:
        """Whether it may be quoted: enough words are in the vocabulary, and random words hardly give as much."""
        if self.warning or self.null is None or self.effect_size is None:
            return False
        return not self.null.low <= self.effect_size <= self.null.high

    @property
    def verdict(self) -> str:
        """What the test says, in a sentence."""
        null, size = self.null, self.effect_size
        if size is None or self.warning:
            return f"{self.name}: not tested well: {self.warning or self.too_few}."
        if null is None:
            return f"{self.name}: d {two(size)}; there are too few other words to say what random words would give."
        found = "a differential association" if self.is_shown else "no more than random words give"
        tested = "" if self.p_holm is None else f"; p {chance(self.p_holm)} by Holm"
        return f"{self.name}: {found} (d {two(size)}, random words {two(null.low)} to {two(null.high)}{tested})."

    def row(self) -> dict[str, Any]:
        """Return the result as one flat row."""
        null, span, often = self.null, self.leave_one_out, self.frequencies
        return {
            "effect_size": self.effect_size,
            "p": self.p,
            "p_holm": self.p_holm,
            "exact": None if self.permutation is None else self.permutation.exact,
            "null_low": null and null.low,
            "null_high": null and null.high,
            "null_mean_absolute": null and null.mean_absolute,
            "null_beyond": null and null.beyond,
            "without_low": span and span.low,
            "without_low_word": span and span.low_without,
            "without_high": span and span.high,
            "without_high_word": span and span.high_without,
            "target_frequency_ratio": often and often.targets,
            "attribute_frequency_ratio": often and often.attributes,
            "in_vocabulary": sum(part.in_vocabulary for part in self.coverage),
            "total": sum(part.total for part in self.coverage),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON has it."""
        return {
            **asdict(self),
            "title": self.title,
            "p": self.p,
            "exact": self.row()["exact"],
            "warning": self.warning,
            "verdict": self.verdict,
            "remarks": list(self.remarks),
        }


def _names(names: Sequence[str]) -> str:
    """Return names in brackets after a blank; nothing for none, and for more than one reads in a sentence."""
    return f" ({', '.join(names)})" if 0 < len(names) <= NAMED else ""


def _spread(value: float) -> float:
    return max(value, 1 / value)


@dataclass(frozen=True)
class Measure:
    """One number of a test, and in `label` what it is.

    neutral: the value where there is no difference. null_low, null_high: 95 % of the values lie between them for random
    words of the same frequency in place of the listed ones.
    """

    name: str
    value: float | None
    neutral: float | None
    label: str
    null_low: float | None = None
    null_high: float | None = None


@dataclass(frozen=True)
class GroupResult(_Test):
    """How listed words relate to two groups.

    coverage: of group A, of group B, of the words. words: SC-WEAT of each word, more being nearer to A; without NaN.
    lipstick: None without pairs or with few words.
    """

    coverage: tuple[Coverage, Coverage, Coverage]
    pairs_in_vocabulary: int
    pairs_total: int
    measures: tuple[Measure, ...]
    words: tuple[WordScore, ...]
    lipstick: Lipstick | None

    @property
    def title(self) -> str:
        """The words and the groups in one line."""
        a, b, words = (part.title for part in self.coverage)
        return f"{words} : {a} / {b}"

    @property
    def is_empty(self) -> bool:
        """Whether too few words are in the vocabulary for any measure."""
        return not self.measures


@dataclass(frozen=True)
class Sentiment(_Test):
    """RNSB (Sweeney & Najafian 2019): divergence of the targets' shares of negative sentiment from equal shares.

    divergence: Kullback-Leibler, in nats; 0 is none. accuracy: of the classifier on words it has not seen.
    words: P(negative) of each target; lists: its mean by list.
    """

    divergence: float | None
    accuracy: float | None
    strength: float | None
    lists: tuple[tuple[str, float], ...]
    words: tuple[WordScore, ...]

    @property
    def title(self) -> str:
        """The lists in one line."""
        *targets, positive, negative = (part.title for part in self.coverage)
        return f"{' / '.join(targets)} : {negative} / {positive}"

    @property
    def is_empty(self) -> bool:
        """Whether too few words are in the vocabulary for a classifier."""
        return self.divergence is None


@dataclass(frozen=True)
class BiasReport(SuiteReport):
    """Every test of one or several files of lists on the same vectors."""

    kind: ClassVar[str] = "bias"
    protocol: Protocol
    citation: str
    associations: tuple[Association, ...]
    groups: tuple[GroupResult, ...]
    sentiments: tuple[Sentiment, ...]

    @property
    def tests(self) -> tuple[Association | GroupResult | Sentiment, ...]:
        """All tests."""
        return (*self.associations, *self.groups, *self.sentiments)

    @property
    def warning(self) -> str:
        """Why nothing here should be quoted; empty where something can be."""
        if all(test.warning for test in self.tests):
            return (
                f"do not quote any of these: in all {len(self.tests)} tests more than half of a list is not "
                "in the vocabulary"
            )
        return ""

    @property
    def verdict(self) -> str:
        """What the tests of associations say, in a sentence; of other tests, whether there was anything to test."""
        empty = [test for test in self.tests if test.is_empty]
        if len(empty) == len(self.tests):
            return f"{self.suite}: nothing could be tested: {self.too_few}.{self._elsewhere}"
        if not self.associations:
            return ""
        shown = [each.name for each in self.associations if each.is_shown]
        thin = [each.name for each in self.associations if each.warning or each.is_empty]
        alone = [each.name for each in self.associations if each.null is None and each.name not in thin]
        known = len(self.associations) - len(thin) - len(alone)
        tests = counted(known or len(self.associations), "tests")
        found = f"{len(shown)} of {tests} {'shows' if len(shown) == 1 or known == 1 else 'show'}"
        parts = [f"{found} a differential association stronger than random words give{_names(shown)}"]
        if not known:
            parts = [f"nothing can be said about {tests} of associations"]
        if thin:
            parts.append(f"too few words in the vocabulary for {len(thin)}{' more' * bool(known)}{_names(thin)}")
        if alone:
            parts.append(f"too few other words to compare {len(alone)} with random words{_names(alone)}")
        return f"{self.suite}: {'; '.join(parts)}.{self._elsewhere}"

    @property
    def too_few(self) -> str:
        """How many of the words of all lists are in the vocabulary, each word of a list once, in words."""
        parts = {part.list: part for test in self.tests for part in test.coverage}.values()
        known, total = sum(part.in_vocabulary for part in parts), sum(part.total for part in parts)
        return f"only {known:,} of {total:,} listed words are in the vocabulary"

    @property
    def _elsewhere(self) -> str:
        return f" {self.foreign[0].upper()}{self.foreign[1:]}." if self.foreign else ""

    @property
    def in_short(self) -> str:
        """How many tests of associations show one, for the last line of an evaluation."""
        if all(test.is_empty for test in self.tests):
            return f"{self.suite} not tested ({self.too_few})"
        if not self.associations:
            return ""
        left = sum(bool(each.warning) or each.is_empty or each.null is None for each in self.associations)
        tested, shown = len(self.associations) - left, sum(each.is_shown for each in self.associations)
        if not tested:
            return f"{self.suite} not tested (too few words in the vocabulary for {counted(left, 'tests')})"
        more = f" ({left} not tested)" if left else ""
        return f"{self.suite} {shown} of {counted(tested, 'tests')} stronger than random words{more}"

    def metrics(self) -> dict[str, float | None]:
        """Return every number that has a name, as `weat.weat6`, `gender-professions.sc-weat`, `weat.coverage`."""
        parts = [part for test in self.tests for part in test.coverage]
        known, total = sum(part.in_vocabulary for part in parts), sum(part.total for part in parts)
        own: dict[str, float | None] = {"coverage": ratio(known, total)}
        own |= {each.name: each.effect_size for each in self.associations}
        own |= {f"{each.name}.{part.name}": part.value for each in self.groups for part in each.measures}
        own |= {f"{each.name}.rnsb": each.divergence for each in self.sentiments}
        return self.named(own)

    def main_metrics(self) -> Sequence[str]:
        """Return the names of the effect sizes, or of the first number where there are none."""
        return [f"{self.suite}.{each.name}" for each in self.associations] or super().main_metrics()

    def rows(self) -> list[dict[str, Any]]:
        """Return one flat row a test of associations, and one a measure of the other tests."""
        rows = [
            {"suite": self.suite, "level": "association", "name": each.name, "title": each.title, **each.row()}
            for each in self.associations
        ]
        for each in self.groups:
            rows += [
                {
                    "suite": self.suite,
                    "level": part.name,
                    "name": each.name,
                    "title": each.title,
                    "value": part.value,
                    "neutral": part.neutral,
                    "null_low": part.null_low,
                    "null_high": part.null_high,
                }
                for part in each.measures
            ]
        rows += [
            {
                "suite": self.suite,
                "level": "rnsb",
                "name": each.name,
                "title": each.title,
                "value": each.divergence,
                "neutral": 0.0,
            }
            for each in self.sentiments
        ]
        return rows

    def word_rows(self) -> list[dict[str, Any]]:
        """Return one flat row a word of a test: its association, or for a sentiment its P(negative)."""
        return [
            {"suite": self.suite, "name": test.name, "list": word.list, "word": word.word, "score": word.score}
            for test in self.tests
            for word in test.words
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            **self.head(),
            "citation": self.citation,
            "associations": [each.to_dict() for each in self.associations],
            "groups": [each.to_dict() for each in self.groups],
            "sentiments": [each.to_dict() for each in self.sentiments],
            "protocol": self.protocol.to_dict(),
        }
