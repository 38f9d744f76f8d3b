"""The first columns of vectors as vectors of their own: made, scored, timed, and compared with all columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from time import process_time
from typing import Any

import numpy as np

from w2v.arrays import I64
from w2v.evaluation.report import LEAST_ITEMS, Report, SuiteReport
from w2v.evaluation.scoring import evaluate_sets
from w2v.evaluation.statistics import difference_of, holm
from w2v.evaluation.studies.base import Order, Run
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.verdicts import LIKELY
from w2v.files.rows import first_rows
from w2v.machine import one_blas_thread
from w2v.neighbours import nearest
from w2v.transforms import transformed
from w2v.transforms.first import FirstDims
from w2v.transforms.order import OrderDims
from w2v.vectors import Vectors

__all__ = ["FewerDims", "FileDims", "PrefixScore", "dims_of"]

SEARCHED = 100_000  # words among which neighbours are looked for
ASKED = 500  # words whose neighbours are compared, evenly spread over the first COMMON words
COMMON = 30_000
TOPN = 10
TIMED = 9  # queries, one after another, of which the median is taken


@dataclass(frozen=True)
class PrefixScore:
    """The score of a prefix on a suite, and how it differs from that of all columns, on the items that both score.

    name: of the score. low, high: its 95 % interval. difference: prefix − all columns; p, adjusted: of no difference,
    the second by Holm's method over all prefixes and suites. detectable: the smallest true difference that would be
    found in 80 % of cases. None where it cannot be told, and for all columns themselves. least: how many items a
    difference needs to be quoted.
    """

    suite: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    scored: int
    total: int
    as_percent: bool = True
    items: int = 0
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    p: float | None = None
    adjusted: float | None = None
    detectable: float | None = None
    least: int = LEAST_ITEMS

    @property
    def is_quotable(self) -> bool:
        """Whether chance alone hardly explains the difference, and enough items show it."""
        shown = self.adjusted is not None and self.adjusted < LIKELY
        return shown and self.items >= self.least and 2 * self.items >= self.total

    @property
    def is_no_worse(self) -> bool:
        """Whether the interval of the difference holds 0 or lies above it; also where all answers are the same."""
        if self.difference_high is None:
            return self.p == 1.0
        return self.difference_high >= 0


@dataclass(frozen=True)
class FewerDims:
    """Vectors of some columns.

    dims: how many. is_full: whether these are the vectors as they are, with which others are compared. milliseconds: of
    the processor for a query for the nearest words. shared: of the 10 nearest words, the share that is the same with
    all columns, as the mean over words. scores: one for each suite that has a score.
    """

    dims: int
    is_full: bool
    milliseconds: float
    shared: float
    scores: tuple[PrefixScore, ...]

    @property
    def float32_bytes(self) -> int:
        """The bytes of a word's vector in single precision."""
        return 4 * self.dims

    @property
    def int8_bytes(self) -> int:
        """The bytes of a word's vector as `--dtype int8` stores it."""
        return self.dims

    @property
    def is_no_worse(self) -> bool:
        """Whether no suite shows the prefix to be worse than all columns."""
        return not self.is_full and bool(self.scores) and all(score.is_no_worse for score in self.scores)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON has it."""
        sizes = {"float32_bytes": self.float32_bytes, "int8_bytes": self.int8_bytes}
        return {**asdict(self), **sizes, "no_worse_shown": self.is_no_worse, "scores": [*map(asdict, self.scores)]}


@dataclass(frozen=True)
class FileDims:
    """The prefixes of one file, by ascending number of columns, and then the vectors as they are.

    order: "stored", the columns as they lie, or "pca". searched: among how many words queries were timed and neighbours
    looked for; asked: of how many words. advice: what vectors of such a model lose by "pca", or that their model is not
    known; "" where they gain.
    """

    order: Order
    rows: tuple[FewerDims, ...]
    searched: int
    asked: int
    advice: str = ""

    @property
    def full(self) -> FewerDims:
        """The vectors as they are."""
        return self.rows[-1]

    @property
    def cheapest(self) -> FewerDims | None:
        """The prefix with the fewest columns that is not shown to be worse, if there is one."""
        return next((row for row in self.rows if row.is_no_worse), None)


def dims_of(run: Run, vectors: Vectors, report: Report, advice: str = "") -> FileDims:
    """Score the prefixes that a run asks for; report: that of the vectors as they are."""
    searched = min(len(vectors), SEARCHED)
    asked = np.unique(np.linspace(0, min(searched, COMMON) - 1, ASKED).astype(np.int64))
    near = _nearest_words(vectors, asked, searched)
    rows = []
    base = transformed(vectors, [OrderDims()]) if run.order == "pca" else vectors
    for dims in run.dims:
        if run.order == "stored" and dims == vectors.dim:
            continue
        run.progress.phase(f"scoring the first {dims:,} dimensions")
        prefix = transformed(base, [FirstDims(dims)])
        found = evaluate_sets(
            prefix,
            run.sets,
            convention=run.convention,
            restrict_vocab=run.restrict_vocab,
            progress=run.progress,
        )
        scores = tuple(_compared(report[each.suite], each) for each in found if each.primary is not None)
        same = _shared(near, _nearest_words(prefix, asked, searched))
        rows.append(FewerDims(dims, False, _milliseconds(prefix, asked, searched), same, scores))
    whole = tuple(_score(each) for each in report if each.primary is not None)
    rows.append(FewerDims(vectors.dim, True, _milliseconds(vectors, asked, searched), 1.0, whole))
    return FileDims(run.order, tuple(_adjusted(rows)), searched, len(asked), advice if run.order == "pca" else "")


def _score(report: SuiteReport) -> PrefixScore:
    score = report.primary
    assert score is not None
    low, high = (None, None) if score.interval is None else (score.interval.low, score.interval.high)
    return PrefixScore(
        suite=report.suite,
        name=score.name,
        value=score.value,
        low=low,
        high=high,
        scored=score.scored,
        total=score.total,
        as_percent=score.as_percent,
        least=report.least,
    )


def _compared(full: SuiteReport, prefix: SuiteReport) -> PrefixScore:
    """The score of a prefix, with a paired test of its difference from the full vectors."""
    score = _score(prefix)
    paired = task_of(full.kind).paired([full, prefix])
    if paired is None or not paired.items:
        return score
    found = difference_of(paired, 0, 1)
    return replace(
        score,
        items=paired.items,
        difference=found.size,
        difference_low=found.low,
        difference_high=found.high,
        p=found.p,
        detectable=found.detectable,
    )


def _adjusted(rows: Sequence[FewerDims]) -> Iterator[FewerDims]:
    """Adjust every p for the number of differences."""
    adjusted = iter(holm([score.p for row in rows for score in row.scores if score.p is not None]))
    for row in rows:
        scores = (score if score.p is None else replace(score, adjusted=next(adjusted)) for score in row.scores)
        yield replace(row, scores=tuple(scores))


def _nearest_words(vectors: Vectors, asked: I64, searched: int) -> I64:
    """Return the rows nearest to each of some words, [n, 10], without these words."""
    found = nearest(
        first_rows(vectors.stored, searched),
        _directions(vectors, asked),
        TOPN,
        scale=_scale(vectors)[:searched],
        without=asked[:, None],
    )
    return found.rows


def _shared(first: I64, second: I64) -> float:
    """Return the mean share of the rows that both have, of those that the first has."""
    shares = [
        len(set(own[own >= 0].tolist()) & set(other.tolist())) / max(1, int((own >= 0).sum()))
        for own, other in zip(first, second, strict=True)
    ]
    return float(np.mean(shares))


def _milliseconds(vectors: Vectors, asked: I64, searched: int) -> float:
    """Return the median processor time of a query for the nearest words, in milliseconds.

    The clock would also count what other programs do on a busy computer, and BLAS with several threads how they wait.
    """
    matrix, scale = np.ascontiguousarray(vectors.stored[:searched]), _scale(vectors)[:searched]
    times = []
    for row in np.resize(asked, TIMED + 1):
        query = _directions(vectors, np.array([row]))
        with one_blas_thread():
            begun = process_time()
            nearest(matrix, query, TOPN, scale=scale)
            times.append(process_time() - begun)
    return 1e3 * float(np.median(times[1:]))  # the first one has to fetch the rows


def _scale(vectors: Vectors) -> Any:
    norms = vectors.norms
    return np.divide(1.0, norms, out=np.zeros(len(norms)), where=norms > 0)


def _directions(vectors: Vectors, rows: I64) -> Any:
    return vectors.stored[rows].astype(np.float64) * _scale(vectors)[rows, None]
