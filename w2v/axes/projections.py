"""What is found of words on axes: an axis with its pairs and its spread, and each projection with its bands."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.arrays import F64
from w2v.axes.direction import Spread
from w2v.chance import By

if TYPE_CHECKING:
    import pandas

__all__ = ["Angle", "Axis", "End", "Pair", "Projection", "Projections"]

EVEN_HALF = 0.127
EVEN_REACH = 0.8
"""A direction of independent normal numbers has half of its squared length in 12.7 % of its dimensions, and a cosine of
about √(2 ln D / D) with the nearest one. A direction is called spread where it takes at least half as many dimensions,
and its cosine is at most half as large again and below 0.8."""


@dataclass(frozen=True)
class Pair:
    """A pair of an axis, from its first word to its second.

    cosine: of the difference of this pair with the direction of all other pairs; None where there are none. Below 0,
    the others would order this pair the other way round.
    """

    first: str
    second: str
    cosine: float | None


@dataclass(frozen=True)
class End:
    """The words at one end of an axis, in the vocabulary: each with its projection, the farthest first."""

    pole: str
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Axis:
    """A direction, what is known of its pairs, and how it is spread over the dimensions.

    first, second: the poles, the words of the first pair. agreement: the mean cosine between the differences of two
    pairs. random_agreement, random_spread: what axes of random pairs of like frequency give: 97.5 % of them agree
    less; the median of their spread. ends: filled where they were asked for. direction: [D], of length 1.
    """

    name: str
    pairs: tuple[Pair, ...]
    agreement: float | None
    random_agreement: float | None
    spread: Spread
    random_spread: Spread
    dim: int
    ends: tuple[End, ...] = ()
    direction: F64 = field(default_factory=lambda: np.empty(0), repr=False, compare=False)

    @property
    def first(self) -> str:
        """The pole where projections are lowest."""
        return self.pairs[0].first

    @property
    def second(self) -> str:
        """The pole where projections are highest."""
        return self.pairs[0].second

    @property
    def is_spread(self) -> bool:
        """Return whether the direction is spread over the dimensions about as random numbers would be."""
        reach = 1.5 * float(np.sqrt(2 * np.log(self.dim) / self.dim))
        return self.spread.half >= EVEN_HALF * self.dim / 2 and self.spread.cosine < min(reach, EVEN_REACH)

    @property
    def sentence(self) -> str:
        """Say in numbers how the direction is spread over the dimensions."""
        spread, chance = self.spread, self.random_spread
        near = f"the nearest one (number {spread.dimension}) has a cosine of {spread.cosine:.2f} with the direction"
        half = f"half of the direction takes {spread.half:,} of {self.dim:,} dimensions"
        usual = f"(axes of random pairs: {chance.cosine:.2f} and {chance.half:,})"
        if self.is_spread:
            return (
                f"Directions are spread over all dimensions; no dimension is {self.name}: {near}, and {half} {usual}."
            )
        return f"This direction lies mostly in few dimensions: {near}, and {half} {usual}."


@dataclass(frozen=True)
class Projection:
    """Where a word lies on an axis: the cosine of its vector with the direction, beside its controls.

    low, high: the range when one pair is left out; None for an axis of one pair. random_words: the middle 95 % of
    random words of like frequency on this axis. percentile: how many percent of these lie lower. random_pairs: the
    middle 95 % of the cosines of this word with axes of random pairs. is_pole: the word is one of the axis's own.
    toward: the pole that the word leans to; None within the band of random words, and where that is not known.
    """

    word: str
    axis: str
    value: float
    low: float | None
    high: float | None
    random_words: tuple[float, float] | None
    percentile: float | None
    random_pairs: tuple[float, float] | None
    is_pole: bool
    toward: str | None

    @property
    def is_beyond_random_pairs(self) -> bool:
        """Return whether the word lies farther out on this axis than on 95 % of the axes of random pairs."""
        return self.random_pairs is not None and not self.random_pairs[0] <= self.value <= self.random_pairs[1]


@dataclass(frozen=True)
class Angle:
    """The cosine between two axes, and what 95 % of axes of random pairs have at most, whatever its sign."""

    a: str
    b: str
    cosine: float
    random: float


@dataclass(frozen=True)
class Projections:
    """Words on axes. projections: of each axis all words, in the order in which they were named."""

    vectors: str
    words: tuple[str, ...]
    axes: tuple[Axis, ...]
    projections: tuple[Projection, ...]
    angles: tuple[Angle, ...]
    random_axes: int
    by: By

    def on(self, name: str) -> tuple[Projection, ...]:
        """Return the projections of all words on the axis of this name."""
        return tuple(each for each in self.projections if each.axis == name)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each axis and word, as plain values."""
        return [_row(each) for each in self.projections]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return {
            "vectors": self.vectors,
            "random_axes": self.random_axes,
            "like_by": self.by,
            "axes": [_axis_row(each) for each in self.axes],
            "angles": [asdict(each) for each in self.angles],
            "projections": self.rows(),
        }

    def to_frame(self) -> pandas.DataFrame:
        """Return a data frame with a row for each axis and word."""
        import pandas

        return pandas.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        from w2v.display import Cell, table

        tables = []
        for each in self.axes:
            rows = [
                (
                    shown.word,
                    f"{shown.value:+.3f}",
                    _written(shown.random_words),
                    Cell(shown.toward or "as random words", quiet=shown.toward is None),
                )
                for shown in sorted(self.on(each.name), key=lambda found: found.value)
            ]
            heads = ("word", "projection", "random words", "toward")
            tables.append(table(each.name, heads, rows, notes=[each.sentence]))
        return "\n".join(tables)


def _row(found: Projection) -> dict[str, Any]:
    row: dict[str, Any] = {"axis": found.axis, "word": found.word, "projection": found.value}
    row |= {"low": found.low, "high": found.high}
    for name, band in (("random_words", found.random_words), ("random_pairs", found.random_pairs)):
        row |= {f"{name}_low": None if band is None else band[0], f"{name}_high": None if band is None else band[1]}
    return row | {
        "percentile": found.percentile,
        "toward": found.toward,
        "beyond_random_words": found.toward is not None,
        "beyond_random_pairs": found.is_beyond_random_pairs,
        "is_pole": found.is_pole,
    }


def _axis_row(found: Axis) -> dict[str, Any]:
    return {
        "name": found.name,
        "first": found.first,
        "second": found.second,
        "pairs": [asdict(pair) for pair in found.pairs],
        "agreement": found.agreement,
        "random_agreement": found.random_agreement,
        "spread": found.spread._asdict(),
        "random_spread": {"cosine": found.random_spread.cosine, "half": found.random_spread.half},
        "sentence": found.sentence,
        "ends": [
            {"pole": end.pole, "words": [{"word": word, "projection": value} for word, value in end.words]}
            for end in found.ends
        ],
    }


def _written(band: tuple[float, float] | None) -> str:
    return "–" if band is None else f"{band[0]:+.3f} to {band[1]:+.3f}"
