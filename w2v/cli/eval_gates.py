"""The gates of `w2v eval`: scores that must not be lower than a number, or than they were."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.errors import DataError, GateError, SettingsError
from w2v.files.small import read_json

if TYPE_CHECKING:
    from w2v.evaluation import ConventionName, Findings, Report, Suite
    from w2v.evaluation.report import SuiteReport

__all__ = ["Baseline", "Gate", "judge", "known_gates", "outcomes", "read_baseline"]

Gates = Mapping[str, float]


class Gate(click.ParamType[tuple[str, float]]):
    """NAME=VALUE, the value a number, or a percentage that ends in %."""

    name = "gate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        metric, _, number = str(value).partition("=")
        try:
            least = float(number.rstrip("% ")) / (100 if number.rstrip().endswith("%") else 1)
        except ValueError:
            least = math.nan
        if not metric or not -1 <= least <= 1:
            self.fail(f"{value!r} is not NAME=VALUE with a value such as 0.275 or 27.5%", param, ctx)
        return metric.strip(), least


def known_gates(gates: Sequence[tuple[str, float]], sets: Mapping[str, Suite], convention: ConventionName) -> Gates:
    """Return the gates by name: each is of a suite that is evaluated, of a score that the suite has, and given once.

    Which scores a measure has is known only when it has been evaluated: `judge` checks those names.
    """
    from w2v.evaluation.conventions import convention_of
    from w2v.evaluation.tasks.base import task_of

    for place, (metric, _) in enumerate(gates):
        if metric in (earlier for earlier, _ in gates[:place]):
            raise SettingsError(f"--min {metric} is given twice", hint="give each score one gate")
        name = metric.split(".")[0]
        if name not in sets:
            near = get_close_matches(name, sets) or [known for known in sets if name and known.startswith(name)]
            meant = f"did you mean {' or '.join(map(repr, near))}?"
            raise SettingsError(
                f"--min {metric}: no such suite is evaluated, only {', '.join(sets)}",
                hint=meant if near else f"add '--suite {name}', or correct the name",
            )
        task = task_of(sets[name].kind)
        if not task.listed.is_measure and metric != name:
            _check_name(metric, task.score_names(sets[name], convention_of(convention)))
    return dict(gates)


def _check_name(metric: str, known: Collection[str]) -> None:
    if metric not in known:
        suite, _, part = metric.partition(".")
        parts = [name.removeprefix(f"{suite}.") for name in known if name.startswith(f"{suite}.")]
        near = [f"{suite}.{name}" for name in get_close_matches(part, parts)]
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"there is {', '.join(list(known)[:3])}, …"
        raise SettingsError(f"--min {metric}: there is no such score", hint=hint)


@dataclass(frozen=True)
class Baseline:
    """Earlier results, as `w2v eval --json` printed them, and by how many points a score may have fallen since.

    points: hundredths of an accuracy, a correlation or a purity.
    """

    path: Path
    files: Sequence[Mapping[str, Any]]
    points: float

    def failures(self, reports: Mapping[str, Report]) -> Iterator[str]:
        """Yield which scores have fallen further.

        Files are compared in their order; of their suites, those that both results have.
        """
        if len(self.files) != len(reports):
            raise SettingsError(
                f"{self.path} has {len(self.files)} vector files, and {len(reports)} were evaluated",
                hint="--baseline compares files one by one, in their order",
            )
        compared = 0
        for (file, report), old in zip(reports.items(), self.files, strict=True):
            then = {suite["suite"]: suite for suite in old["suites"]}
            for suite, found in report.suites.items():
                if suite not in then or found.primary is None:
                    continue
                compared += 1
                now = found.to_dict()
                if _rules(now) != _rules(then[suite]):
                    raise DataError(
                        f"{self.path} has {suite} by other rules: {_rules(then[suite])}, not {_rules(now)}",
                        hint="evaluate with the options of the baseline, or make a new one",
                    )
                was, score = _score(then[suite]), _score(now)
                if was is not None and (score is None or 100 * (was - score) > self.points):
                    shown = "has no score" if score is None else f"is {score:.4f}"
                    yield f"{suite} of {file} {shown}, and was {was:.4f}"
        if not compared:
            raise SettingsError(f"{self.path} has none of the suites", hint="evaluate the suites of the baseline")


def _score(suite: Mapping[str, Any]) -> float | None:
    """Return the score of a suite in the JSON of `w2v eval`."""
    value: float | None = suite["score"]["value"]
    return value


def _rules(suite: Mapping[str, Any]) -> dict[str, Any]:
    """Return what must be the same for two scores to be compared."""
    return {key: suite["protocol"][key] for key in ("convention", "restrict_vocab", "sha256")}


def read_baseline(path: Path, points: float) -> Baseline:
    """Read earlier results. Raise `DataError` for anything that `w2v eval --json` has not printed."""
    hint = "'w2v eval --json > baseline.json' makes one"
    found = read_json(path, DataError, hint=hint)
    try:
        if found["schema"] != "w2v.eval/1":
            raise ValueError(f"its schema is {found['schema']!r}")
        files = list(found["files"])
        for suite in (suite for file in files for suite in file["suites"]):
            if suite["score"] is not None:
                score = _score(suite)
                if score is not None and not (type(score) in (int, float) and math.isfinite(score)):
                    raise ValueError(f"{score!r} is no score")
                _rules(suite)
            if not isinstance(suite["suite"], str):
                raise ValueError(f"{suite['suite']!r} is no suite")
    except KeyError as error:
        raise DataError(f"{path} is no result of w2v eval: it has no {error}", hint=hint) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no result of w2v eval: {error}", hint=hint) from error
    return Baseline(path, files, points)


@dataclass(frozen=True)
class Outcome:
    """Whether a score of a file, by its name, reaches a gate; value: None where there is none.

    doubt: how sure the score is, why it should not be quoted, or why it is absent. several: whether there are other
    files.
    """

    vectors: str
    name: str
    least: float
    value: float | None
    doubt: str
    several: bool = False

    @property
    def is_passed(self) -> bool:
        """Whether there is a score, and it is not too low."""
        return self.value is not None and self.value >= self.least

    @property
    def verdict(self) -> str:
        """The outcome in a sentence."""
        from w2v.evaluation.verdicts import of_gate

        return of_gate(self.name, self.vectors if self.several else "", self.value, self.least, self.doubt)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON has it."""
        names = ("vectors", "name", "least", "value")
        return {**{name: getattr(self, name) for name in names}, "passed": self.is_passed, "verdict": self.verdict}


def outcomes(findings: Findings, gates: Gates) -> list[Outcome]:
    """Return what became of each gate for each file; `judge` refuses names that no score has."""
    several = len(findings.reports) > 1
    found = []
    for file, report in findings.reports.items():
        scores = report.metrics()
        for metric, least in gates.items():
            name, _, part = metric.partition(".")
            if name in report.left_out:
                reason = "the set was left out, because it is of another language"
                found.append(Outcome(file, metric, least, None, reason, several))
            elif metric in scores:
                score = scores[metric]
                doubt = report[name].why_absent(part) if score is None else _doubt(report[name], part)
                found.append(Outcome(file, metric, least, score, doubt, several))
    return found


def _doubt(report: SuiteReport, part: str) -> str:
    """Return how sure a score is: its interval, or why it should not be quoted."""
    score = report.primary
    if part or score is None:
        return ""
    if report.warning:
        return report.warning
    return "" if score.interval is None else f"95 % interval {score.interval.low:.4f} to {score.interval.high:.4f}"


def judge(findings: Findings, gates: Gates, baseline: Baseline | None) -> None:
    """Raise `GateError` for whatever is too low, or for what a study found to be wrong."""
    failures = list(baseline.failures(findings.reports)) if baseline else []
    for report in findings.reports.values():
        for metric in gates:
            if metric.partition(".")[0] not in report.left_out:
                _check_name(metric, report.metrics())
    for each in outcomes(findings, gates):
        sure = f" ({each.doubt})" if each.doubt else ""
        if each.value is None:
            failures.append(f"{each.vectors} has no {each.name}: {each.doubt}")
        elif not each.is_passed:
            failures.append(f"{each.name} of {each.vectors} is {each.value:.4f}, below {each.least:.4g}{sure}")
    if failures:
        raise GateError("; ".join(failures), hint="the whole result is above; --min and --fail-under set the gates")
    for result in findings.studies.values():
        failure = result.failure()
        if failure is not None:
            raise GateError(failure[0], hint=failure[1])
