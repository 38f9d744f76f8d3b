"""One set of analogies under every convention that papers report, from one pass over the vectors."""

from __future__ import annotations

from w2v.evaluation.conventions import CONVENTIONS
from w2v.evaluation.report import ratio
from w2v.evaluation.tasks.analogies.answering import answer
from w2v.evaluation.tasks.analogies.sets import AnalogySuite
from w2v.evaluation.tasks.base import GridRow
from w2v.machine import one_blas_thread
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["conventions_grid"]

LIMITS = (5_000, 10_000, 30_000, 100_000, 300_000)


def conventions_grid(vectors: Vectors, suite: AnalogySuite, progress: Progress | None = None) -> tuple[GridRow, ...]:
    """Return a row for each of 5,000, 10,000, 30,000, 100,000, 300,000 and all words."""
    limits = [limit for limit in LIMITS if limit < len(vectors)] + [len(vectors)]
    rules, progress = CONVENTIONS["w2v"], progress or NullProgress()
    with one_blas_thread():
        found = answer(vectors, suite, rules, limits, ["3cosadd"], progress)
        raw = answer(vectors, suite, rules, limits, ["3cosadd"], progress, normalised=False)
    rows: list[GridRow] = []
    for number, limit in enumerate(limits):
        scored = int(found.scored[number].sum())
        correct, allowing, unnormalised = (
            int(flags["3cosadd"][number].sum()) for flags in (found.right, found.allowing, raw.right)
        )
        rows.append(
            GridRow(
                suite=suite.name,
                vocabulary=limit,
                scored=scored,
                total=len(suite),
                accuracy=ratio(correct, scored),
                allowing_inputs=ratio(allowing, scored),
                unknown_wrong=ratio(correct, len(suite)),
                unnormalised=ratio(unnormalised, scored),
            )
        )
    return tuple(rows)
