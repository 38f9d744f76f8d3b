"""Where words lie on directions that are made of pairs of words: `w2v.axis`.

A projection means nothing alone, so each one comes with three controls: the range that it has when one pair of the axis
is left out, the band of random words of like frequency on the same axis, and the band of the same word on axes of
random pairs. A word that is within the band of random words lies there as any word might.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from w2v.arrays import F64, I64
from w2v.axes.direction import Spread, agreement_of, directions_without_each, spread_of
from w2v.axes.likeness import Likeness
from w2v.axes.projections import Angle, Axis, End, Pair, Projection, Projections
from w2v.axes.written import AxesGiven, WrittenAxis, axes_given
from w2v.chance import FEWEST, By
from w2v.errors import SettingsError
from w2v.given import number_given, vectors_given, words_given
from w2v.lookup import AS_SPELT, Found, Rules
from w2v.transforms.moments import unit_rows
from w2v.vectors import Vectors

__all__ = ["axis", "project"]

RANDOM_AXES = 1000
BAND = (2.5, 97.5)  # percentiles: 95 % of what chance gives


def axis(
    vectors: Vectors,
    axes: AxesGiven,
    words: Iterable[str] = (),
    *,
    topn: int = 0,
    restrict_vocab: int | None = None,
    seed: int = 1,
) -> Projections:
    """Return where words lie on axes that are made of pairs of words, with what chance gives.

    axes: 'he,she' is one axis, 'he,she+man,woman' an axis of two pairs, ['he,she', 'poor,rich'] are two axes, and
    {'gender': [('he', 'she'), ('man', 'woman')]} is an axis with a name. words: which words, each once. topn: also
    find so many words at each end of every axis, among the first `restrict_vocab`. seed: of the random words and pairs.

    Raise `UnknownWordsError`, and `SettingsError` for what is no axis and for pairs without a difference.
    """
    vectors_given(vectors)
    number_given("topn", topn, 0, "give a whole number that is not negative")
    number_given("seed", seed, 0, "give a whole number that is not negative")
    written = axes_given(axes)
    listed = [words] if isinstance(words, str) else list(words)
    asked = words_given(list(dict.fromkeys(listed))) if listed else []
    return project(vectors, written, asked, AS_SPELT, topn=topn, restrict_vocab=restrict_vocab, seed=seed)


def project(
    vectors: Vectors,
    written: Sequence[WrittenAxis],
    words: Sequence[str],
    rules: Rules,
    *,
    topn: int = 0,
    restrict_vocab: int | None = None,
    seed: int = 1,
) -> Projections:
    """Return what `axis` returns, for axes that have been read; rules: the steps by which words are looked for."""
    names = [each.name for each in written]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise SettingsError(f"two axes are called {repeated}", hint="name them: NAME=he,she")
    asked = list(dict.fromkeys([*(word for each in written for word in each.words), *words]))
    found = dict(zip(asked, vectors.lookup.find_all(asked, rules), strict=True))
    answering = list({found[word].word: found[word] for word in words}.values())
    likeness = Likeness(vectors, seed)
    units = _units(vectors, answering)
    poles_of_all = [found[word].row for each in written for word in each.words]
    random_words = _RandomWords(likeness, [row for row in poles_of_all if row is not None])
    random_axes = _RandomAxes(likeness)
    made, shown, random_directions = [], [], []
    for each in written:
        pairs = [(found[first], found[second]) for first, second in each.pairs]
        differences = _differences(vectors, each.name, pairs)
        chance, agreement = random_axes.like(pairs)
        random_directions.append(chance)
        made.append(_axis(each.name, pairs, differences, chance, agreement))
        poles = {word.word for pair in pairs for word in pair}
        shown += list(_projections(made[-1], differences, answering, units, poles, random_words, chance))
    if topn:
        made = [_with_ends(vectors, each, topn, restrict_vocab) for each in made]
    by: By = "rank" if vectors.counts is None else "frequency"
    angles = tuple(_angles(made, random_directions))
    of = tuple(each.word for each in answering)
    return Projections(vectors.name, of, tuple(made), tuple(shown), angles, RANDOM_AXES, by)


def _units(vectors: Vectors, found: Sequence[Found]) -> F64:
    """The vectors of words at length 1, [n, D]."""
    rows = np.zeros((len(found), vectors.dim))
    for number, each in enumerate(found):
        rows[number] = each.vector if each.row is None else vectors.stored[each.row]
    return unit_rows(rows)


def _differences(vectors: Vectors, name: str, pairs: Sequence[tuple[Found, Found]]) -> F64:
    """The differences of the pairs of an axis, [P, D]."""
    first, second = (_units(vectors, side) for side in zip(*pairs, strict=True))
    differences: F64 = second - first
    for pair, difference in zip(pairs, differences, strict=True):
        if not np.linalg.norm(difference) > 0:
            words = " and ".join(repr(each.word) for each in pair)
            raise SettingsError(f"{words} have no difference in {vectors.name}", hint="name two different words")
    if not np.linalg.norm(differences.sum(axis=0)) > 0:
        raise SettingsError(f"the pairs of the axis {name} cancel each other out", hint="turn some of them round")
    return differences


class _RandomAxes:
    """Axes of random pairs like those of an axis, which mirror where the axis is mirrored.

    The words of a pair are drawn in the order of their letters, and the difference is turned round afterwards; an axis
    of the same pairs, whichever way round, has the same draws.
    """

    def __init__(self, likeness: Likeness) -> None:
        self.likeness = likeness
        self._drawn: dict[tuple[tuple[str, str], ...], list[F64]] = {}

    def like(self, pairs: Sequence[tuple[Found, Found]]) -> tuple[F64, F64]:
        """Return the directions of axes of random pairs [R, D], and the agreement of the pairs of each, [R]."""
        in_order = [sorted(pair, key=lambda found: found.word) for pair in pairs]
        key = tuple((first.word, second.word) for first, second in in_order)
        if key not in self._drawn:
            bands = [(_band(self.likeness, first), _band(self.likeness, second)) for first, second in in_order]
            self._drawn[key] = self.likeness.random_differences(bands, RANDOM_AXES)
        differences = [
            drawn if given[0] is ordered[0] else -drawn
            for drawn, given, ordered in zip(self._drawn[key], pairs, in_order, strict=True)
        ]
        directions = unit_rows(sum(differences[1:], differences[0]))
        agreement = np.zeros(RANDOM_AXES)
        if len(pairs) > 1:
            total = sum((unit_rows(each) for each in differences[1:]), unit_rows(differences[0]))
            agreement = ((total**2).sum(axis=1) - len(pairs)) / (len(pairs) * (len(pairs) - 1))
        return directions, agreement


def _band(likeness: Likeness, found: Found) -> int:
    """The band of a word; a composed word did not occur, so it is compared with the rarest."""
    return len(likeness.starts) - 1 if found.row is None else likeness.band_of(found.row)


def _axis(
    name: str, pairs: Sequence[tuple[Found, Found]], differences: F64, chance: F64, random_agreement: F64
) -> Axis:
    direction = unit_rows(differences.sum(axis=0, keepdims=True))[0]
    cosines: list[float | None] = [None] * len(pairs)
    if len(pairs) > 1:
        without = directions_without_each(differences)
        cosines = np.einsum("ij,ij->i", unit_rows(differences), without).tolist()
    spreads = [spread_of(each) for each in chance]
    usual = Spread(
        0,
        float(np.median([each.cosine for each in spreads])),
        int(np.median([each.half for each in spreads])),
    )
    made = zip(pairs, cosines, strict=True)
    return Axis(
        name,
        tuple(Pair(first.word, second.word, cosine) for (first, second), cosine in made),
        agreement_of(differences),
        float(np.percentile(random_agreement, BAND[1])) if len(pairs) > 1 else None,
        spread_of(direction),
        usual,
        len(direction),
        direction=direction,
    )


class _RandomWords:
    """The projections of random words of like frequency, for each band that is asked for."""

    def __init__(self, likeness: Likeness, without: Sequence[int]) -> None:
        self.likeness, self.without = likeness, without
        self._units: dict[int, F64] = {}

    def on(self, direction: F64, found: Found) -> F64 | None:
        """The projections of random words like this one, [n] rising; None where there are too few."""
        if found.row is None:
            return None
        band = self.likeness.band_of(found.row)
        if band not in self._units:
            rows: I64 = self.likeness.random_words(band, self.without)
            self._units[band] = unit_rows(self.likeness.vectors.stored[rows])
        units = self._units[band]
        return np.sort(units @ direction) if len(units) >= FEWEST else None


def _projections(
    on: Axis,
    differences: F64,
    found: Sequence[Found],
    units: F64,
    poles: set[str],
    random_words: _RandomWords,
    chance: F64,
) -> Iterator[Projection]:
    values = units @ on.direction
    without = units @ directions_without_each(differences).T if len(differences) > 1 else None
    over_axes = _middle(units @ chance.T) if len(units) else np.empty((2, 0))
    for number, (each, value) in enumerate(zip(found, values.tolist(), strict=True)):
        others = random_words.on(on.direction, each)
        band: tuple[float, float] | None = None if others is None else tuple(_middle(others).tolist())
        toward = None
        if band is not None and not band[0] <= value <= band[1]:
            toward = on.second if value > band[1] else on.first
        yield Projection(
            each.word,
            on.name,
            value,
            None if without is None else float(without[number].min()),
            None if without is None else float(without[number].max()),
            band,
            None if others is None else _percent_below(others, value),
            (float(over_axes[0, number]), float(over_axes[1, number])) if np.isfinite(over_axes).all() else None,
            each.word in poles,
            toward,
        )


def _middle(values: F64) -> F64:
    """The range of the middle 95 % of values along the last axis, [2, ...]; that of −values mirrors it exactly."""
    low, high = (np.percentile(each, BAND[0], axis=-1) for each in (values, -values))
    return np.array([low, -high])


def _percent_below(rising: F64, value: float) -> float:
    """How many percent of rising values [n] are lower than a value; those that equal it count half."""
    below, up_to = (int(np.searchsorted(rising, value, side=side)) for side in ("left", "right"))
    return 100 * (below + up_to) / (2 * len(rising))


def _with_ends(vectors: Vectors, on: Axis, topn: int, restrict_vocab: int | None) -> Axis:
    poles = [word for pair in on.pairs for word in (pair.first, pair.second) if word in vectors]
    ends = []
    for pole, sign in ((on.first, -1.0), (on.second, 1.0)):
        near = vectors.neighbours(sign * on.direction, topn=topn, restrict_vocab=restrict_vocab, without=poles)
        ends.append(End(pole, tuple((each.word, sign * each.score) for each in near)))
    return replace(on, ends=tuple(ends))


def _angles(axes: Sequence[Axis], random_directions: Sequence[F64]) -> Iterator[Angle]:
    for (a, chance_a), (b, chance_b) in combinations(zip(axes, random_directions, strict=True), 2):
        random = np.abs(np.einsum("ij,ij->i", chance_a, chance_b))
        yield Angle(a.name, b.name, float(a.direction @ b.direction), float(np.percentile(random, 95)))
