"""How much scores depend on a common direction: each after centring, and after all-but-the-top. Not here: the scores.

Mu & Viswanath (2018) found that taking the mean and the first components out raises most scores; a score that moves a
lot says as much of the space's lean as of its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from w2v.evaluation.conventions import ConventionName
from w2v.evaluation.geometry import all_but_the_top, centred
from w2v.evaluation.report import Report
from w2v.evaluation.scoring import evaluate_sets
from w2v.evaluation.sets import Suite
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Shift", "headlines", "sensitivity"]


@dataclass(frozen=True)
class Shift:
    """A score by name (as in `Report.metrics`): of the vectors, of the centred ones, and without the top components."""

    name: str
    plain: float | None
    centred: float | None
    all_but_the_top: float | None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def sensitivity(
    vectors: Vectors,
    report: Report,
    sets: Mapping[str, Suite | None],
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    progress: Progress | None = None,
) -> tuple[Shift, ...]:
    """Every number of `report`, which is that of `sets` on `vectors`, beside the same of the two transformed clouds.

    Memory: a second matrix while it lasts.
    """
    plain = report.metrics()
    changed = [
        evaluate_sets(
            transform(vectors), sets, convention=convention, restrict_vocab=restrict_vocab, progress=progress
        ).metrics()
        for transform in (centred, all_but_the_top)
    ]
    return tuple(Shift(name, value, *(scores.get(name) for scores in changed)) for name, value in plain.items())


def headlines(shifts: Sequence[Shift], suites: Sequence[str]) -> list[Shift]:
    """Of each suite its first score; of WEAT every effect size."""
    found: list[Shift] = []
    for suite in suites:
        own = [each for each in shifts if each.name == suite or each.name.startswith(f"{suite}.")]
        found += [each for each in own if each.name.startswith(f"{suite}.weat")] or own[:1]
    return found
