"""The shape of a cloud of vectors, and its health.

Broken rows come first: NaN, zeros, the same row twice. Then how evenly the vectors use their space: cosines tell words
apart badly where all vectors point to one side, where a few directions hold most of the variance, where frequency sets
the length, or where some words (hubs) are near to everything. Rows without a direction are counted, and left out of
that.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F32, F64, I64, U64
from w2v.evaluation.report import SuiteReport
from w2v.evaluation.statistics import spearman
from w2v.evaluation.suite import Suite
from w2v.files.rows import FileRows, first_rows, parts_of
from w2v.given import rows_not_finite
from w2v.neighbours import nearest
from w2v.progress import NullProgress, Progress
from w2v.transforms import Moments, blocks, moments_of
from w2v.vectors import Vectors

__all__ = ["Geometry", "GeometryReport", "Health", "Hub", "evaluate_geometry", "iso_score"]


HUB_WORDS = 10_000  # the most frequent words, among which neighbours are counted
HUB_NEIGHBOURS = 10
HUB_BLOCK = 512
SHOWN = 5
PART = 1 << 21  # bytes of rows that are looked at together
SHARES = (1, 2, 3, 10)


@dataclass(frozen=True)
class Health:
    """Rows that are wrong in themselves, with the first words of each kind.

    not_finite: rows with NaN or infinity; zero: rows of zeros; repeated: rows equal to an earlier one, zeros aside.
    """

    not_finite: int
    zero: int
    repeated: int
    not_finite_words: tuple[str, ...]
    zero_words: tuple[str, ...]
    repeated_words: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether no row is wrong."""
        return not (self.not_finite or self.zero or self.repeated)


@dataclass(frozen=True)
class Hub:
    """A word, and how many of the words searched have it among their ten nearest."""

    word: str
    near: int


@dataclass(frozen=True)
class GeometryReport(SuiteReport):
    """Numbers of a whole cloud; None where it has fewer than three rows with a direction.

    rows, dim: of the vectors; norm_frequency: Spearman's rho of length and frequency (`counted`: of counts, else of
    the order of rows); mean_norm; mean_cosine: of all pairs of different rows (0: no common direction); mean_share: the
    squared length of the mean vector over the mean squared length; iso_score: 0..1, 1 being the same variance in every
    direction (Rudman, Gillman, Rayne & Eickhoff 2022); shares: of the variance, in the first 1, 2, 3, 10 principal
    components; participation: (Σλ)² / Σλ², the number of directions in use; hub_skewness: of how often a word is among
    the ten nearest of others (Radovanović, Nanopoulos & Ivanović 2010), over `hub_words` words; hubs: those most often.
    """

    kind: ClassVar[str] = "geometry"
    rows_total: int
    dim: int
    restrict_vocab: int | None
    health: Health
    mean_norm: float | None
    norm_frequency: float | None
    counted: bool
    mean_cosine: float | None
    mean_share: float | None
    iso_score: float | None
    shares: tuple[tuple[int, float], ...]
    participation: float | None
    hub_skewness: float | None
    hub_words: int
    hubs: tuple[Hub, ...]

    @property
    def warning(self) -> str:
        """Why the numbers should not be quoted; empty where they can be."""
        if self.mean_cosine is None:
            return "no numbers: fewer than three rows have a direction"
        return "" if self.rows_total > self.dim else "fewer rows than dimensions: the shape is that of the sample"

    def metrics(self) -> dict[str, float | None]:
        """Return every number by name, as `geometry.iso-score`."""
        own: dict[str, float | None] = {
            "iso-score": self.iso_score,
            "mean-cosine": self.mean_cosine,
            "mean-share": self.mean_share,
            "participation": self.participation,
            "norm-frequency": self.norm_frequency,
            "mean-norm": self.mean_norm,
            "hub-skewness": self.hub_skewness,
            "not-finite": float(self.health.not_finite),
            "zero": float(self.health.zero),
            "repeated": float(self.health.repeated),
        }
        own |= {f"share-{components}": share for components, share in self.shares}
        return self.named(own)

    def rows(self) -> list[dict[str, Any]]:
        """Return one flat row a number."""
        return [
            {"suite": self.suite, "level": "measure", "name": name.partition(".")[2], "value": value}
            for name, value in self.metrics().items()
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        measured = {name: value for name, value in asdict(self).items() if name not in NOT_MEASURED}
        return {**self.head(), **measured}


NOT_MEASURED = ("own", "language", "foreign")


@dataclass(frozen=True, eq=False)
class Geometry(Suite):
    """What is measured of any vectors: there is no set of questions."""

    kind: ClassVar[str] = "geometry"

    def __len__(self) -> int:
        """Return 0: there are no items."""
        return 0


def evaluate_geometry(
    vectors: Vectors, *, restrict_vocab: int | None = None, progress: Progress | None = None
) -> GeometryReport:
    """Measure health and shape of the first `restrict_vocab` rows, None for all.

    Memory: blocks, and 10,000 unit vectors.
    """
    heard = progress or NullProgress()
    limit = min(restrict_vocab or len(vectors), len(vectors))
    matrix = first_rows(vectors.stored, limit)
    norms = vectors.norms[:limit]
    health = _health(vectors, matrix, norms)
    rows = np.flatnonzero(np.isfinite(norms) & (norms > 0))
    counts = None if vectors.counts is None else vectors.counts[:limit]
    common = -np.arange(limit, dtype=np.float64) if counts is None else counts.astype(np.float64)
    enough = len(rows) >= 3
    heard.phase("measuring the shape", min(len(rows), HUB_WORDS), "words")
    nothing = Moments(np.zeros(vectors.dim), np.zeros((vectors.dim,) * 2))
    found = moments_of(matrix, rows) if enough else nothing
    mean, covariance = found.mean, found.covariance
    variances = np.linalg.eigvalsh(covariance)[::-1].clip(0.0)
    spread = float(variances.sum())
    near = _near(vectors, rows[:HUB_WORDS], heard) if enough else np.zeros(0, dtype=np.int64)
    hubs = np.argsort(-near, kind="stable")[:SHOWN]
    varied = enough and spread > 0
    return GeometryReport(
        suite="geometry",
        title="Geometry and health",
        rows_total=limit,
        dim=vectors.dim,
        restrict_vocab=restrict_vocab,
        health=health,
        mean_norm=float(norms[rows].mean()) if enough else None,
        norm_frequency=spearman(norms[rows], common[rows]) if enough else None,
        counted=counts is not None,
        mean_cosine=_mean_cosine(matrix, norms, rows) if enough else None,
        mean_share=float(mean @ mean / (mean @ mean + spread)) if enough else None,
        iso_score=iso_score(variances) if varied and vectors.dim > 1 else None,
        shares=tuple((n, float(variances[:n].sum()) / spread) for n in SHARES if n <= vectors.dim) if varied else (),
        participation=spread**2 / float(variances @ variances) if varied else None,
        hub_skewness=_skewness(near.astype(np.float64)),
        hub_words=len(near),
        hubs=tuple(Hub(vectors.stored_words[rows[number]], int(near[number])) for number in hubs),
    )


def iso_score(variances: F64) -> float:
    """Return IsoScore from the variances along the principal components [D]: 0 for one direction, 1 for all alike.

    Rudman, Gillman, Rayne & Eickhoff (2022), Algorithm 1: the distance of the normalised variances from all ones,
    turned into the share of dimensions in use, and rescaled to 0..1. At least two dimensions, not all zero.
    """
    size = len(variances)
    scaled = np.sqrt(size) * variances / np.linalg.norm(variances)
    defect = np.linalg.norm(scaled - 1.0) / np.sqrt(2 * (size - np.sqrt(size)))
    used = (size - defect**2 * (size - np.sqrt(size))) ** 2 / size**2
    return float((size * used - 1) / (size - 1))


def _mean_cosine(matrix: F32 | FileRows, norms: F64, rows: I64) -> float:
    """Return the mean cosine of all pairs of different rows: exact, from the length of the sum of the unit vectors."""
    total = np.zeros(matrix.shape[1])
    for block in blocks(rows):
        total += (matrix[block].astype(np.float64) / norms[block, None]).sum(axis=0)
    return float((total @ total - len(rows)) / (len(rows) * (len(rows) - 1)))


def _health(vectors: Vectors, matrix: F32 | FileRows, norms: F64) -> Health:
    broken = rows_not_finite(matrix)
    zero = np.flatnonzero(norms == 0)
    sound = np.flatnonzero(np.isfinite(norms) & (norms > 0))
    repeated = _repeated(matrix, sound)
    not_finite, zeros, twice = (
        tuple(vectors.stored_words[row] for row in found[:SHOWN])
        for found in (broken.tolist(), zero.tolist(), repeated)
    )
    return Health(len(broken), len(zero), len(repeated), not_finite, zeros, twice)


def _repeated(matrix: F32 | FileRows, sound: I64) -> list[int]:
    """Return those of some rows that are equal to an earlier one: of equal hashes the rows themselves are compared."""
    hashes = np.zeros(len(matrix), dtype=np.uint64)
    begin = 0
    for part in parts_of(matrix, PART):
        hashes[begin : begin + len(part)] = _hashes(part)
        begin += len(part)
    hashes = hashes[sound]
    order = np.argsort(hashes, kind="stable")
    hashes = hashes[order]
    same = hashes[1:] == hashes[:-1]
    seen: set[bytes] = set()
    repeated: list[int] = []
    for place in np.flatnonzero(np.append(same, False) | np.append(False, same)).tolist():
        if place and hashes[place] != hashes[place - 1]:
            seen.clear()
        row = int(sound[order[place]])
        key = (matrix[row] + np.float32(0)).tobytes()  # -0.0 + 0.0 is 0.0: equal rows have equal bytes
        if key in seen:
            repeated.append(row)
        seen.add(key)
    return sorted(repeated)


def _hashes(rows: F32) -> U64:
    """Return a number for each row [n, D], which is the same for equal rows."""
    bits = (rows + np.float32(0)).view(np.uint32).astype(np.uint64)
    factors = np.random.default_rng(0).integers(0, 1 << 63, bits.shape[1], dtype=np.uint64) | np.uint64(1)
    bits *= factors
    hashes: U64 = bits.sum(axis=1)
    return hashes


def _near(vectors: Vectors, rows: I64, progress: Progress) -> I64:
    """Return how many of `rows` have each row among their ten nearest by cosine, itself left out, [n]."""
    unit = (vectors.stored[rows] / vectors.norms[rows, None]).astype(np.float32)
    k = min(HUB_NEIGHBOURS, len(rows) - 1)
    near = np.zeros(len(rows), dtype=np.int64)
    for start in range(0, len(rows), HUB_BLOCK):
        number = np.arange(start, min(start + HUB_BLOCK, len(rows)))
        found = nearest(unit, unit[number], k, without=number[:, None])
        near += np.bincount(found.rows.reshape(-1), minlength=len(rows))
        progress.update(start + len(number))
    return near


def _skewness(values: F64) -> float | None:
    """Return the third standardised moment; None where all values are equal."""
    if len(values) < 3 or np.ptp(values) == 0:
        return None
    away = values - values.mean()
    return float((away**3).mean() / (away**2).mean() ** 1.5)
