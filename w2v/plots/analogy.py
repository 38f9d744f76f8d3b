"""An analogy as a parallelogram: the plane through A, B and C, with A − B + C in it and the fourth word beside it.

Three points always lie in one plane, and A − B + C lies in the same plane. So the picture of these is exact; only the
fourth word has a distance from the plane, which is drawn as a circle round its place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import F64
from w2v.errors import SettingsError
from w2v.lookup import Found
from w2v.plots.request import Request
from w2v.plots.scene import Chart, Drawing, Line, Point
from w2v.plots.truth import share
from w2v.report.numbers import two

__all__ = ["draw"]


class Plane(NamedTuple):
    """A plane: a place on it [D], and two directions in it, at right angles and of length 1 [2, D]."""

    origin: F64
    directions: F64

    def places(self, vectors: F64) -> tuple[F64, F64]:
        """Return the places of vectors [n, D] in the plane, [n, 2], and how far they are from it, [n]."""
        away = vectors - self.origin
        places = away @ self.directions.T
        return places, np.linalg.norm(away - places @ self.directions, axis=1)


def draw(request: Request, value: Any = True) -> Drawing:
    """Draw A B C and the fourth word, or the nearest word to A − B + C where no fourth is named."""
    request.at_least(3, "an analogy", "name A B C, as king man woman for king − man + woman")
    given = request.found[:3]
    answered = len(request.found) == 3
    fourth = _answer(request, given) if answered else request.found[3]
    others = request.found[4:]
    units = request.units((*given, fourth, *others))
    a, b, c = units[:3]
    plane = _plane(a, b, c)
    target = a - b + c
    places, beside = plane.places(np.vstack([units, target]))
    points = [
        _point(request, each, places[number], float(beside[number]) if number >= 3 else None)
        for number, each in enumerate((*given, fourth, *others))
    ]
    points = [*points[:4], *(point._replace(manner="context") for point in points[4:])]
    sum_of_words = f"{given[0].word} − {given[1].word} + {given[2].word}"
    at_target = places[-1].tolist()
    points.append(Point(sum_of_words, at_target[0], at_target[1], None, "target", len(request.vectors)))
    corners = [tuple(map(float, places[number])) for number in (0, 1, 2, -1)]
    (ax, ay), (bx, by), (cx, cy), (tx, ty) = corners
    dx, dy = map(float, places[3])
    lines = (
        Line((bx, by), (ax, ay), arrow=True),
        Line((cx, cy), (tx, ty), arrow=True),
        Line((bx, by), (cx, cy), dashed=True),
        Line((ax, ay), (tx, ty), dashed=True),
        Line((tx, ty), (dx, dy), dashed=True),
    )
    away = units[3] - target
    whole, outside = float(np.linalg.norm(away)), float(beside[3])
    facts = {
        "formula": sum_of_words,
        "fourth": fourth.word,
        "answered": answered,
        "cosine": float(units[3] @ target / np.linalg.norm(target)),
        "distance": whole,
        "distance_outside": outside,
        "share_outside": outside**2 / whole**2 if whole else 0.0,
        **_ranks(request, given, fourth),
    }
    notes = _notes(fourth.word, sum_of_words, facts)
    return Drawing(Chart(tuple(points), lines=lines, groups=request.groups), notes, facts)


def _point(request: Request, found: Found, place: F64, beside: float | None) -> Point:
    x, y = map(float, place)
    if beside is None:
        return Point(found.word, x, y, request.group(found.word), "word", request.rank(found))
    return Point(found.word, x, y, request.group(found.word), "projected", request.rank(found), beside=beside)


def _plane(a: F64, b: F64, c: F64) -> Plane:
    """The plane of three places, b at its origin and c to the right of it."""
    right, other = c - b, a - b
    length = np.linalg.norm(right)
    first = right / length if length > 0 else right
    up = other - (other @ first) * first
    height = np.linalg.norm(up)
    if not (length > 1e-9 and height > 1e-9):
        raise SettingsError("the three words of the analogy lie on one line", hint="name three different words")
    return Plane(b, np.stack([first, up / height]))


def _answer(request: Request, given: tuple[Found, ...]) -> Found:
    """The word nearest to A − B + C, the three left out."""
    lookup = request.vectors.lookup
    a, b, c = (lookup.alone(each) for each in given)
    near = request.vectors.neighbours([a, c], [b], topn=1, restrict_vocab=request.restrict_vocab)
    answers = [each.word for each in near if not each.is_input]
    if not answers:
        raise SettingsError("there is no fourth word", hint="name it: A B C D")
    return lookup.find_all(answers[:1])[0]


def _ranks(request: Request, given: tuple[Found, ...], fourth: Found) -> dict[str, Any]:
    """Which word is nearest to A − B + C when any word may answer, and on which rank the fourth is."""
    lookup = request.vectors.lookup
    a, b, c = (lookup.alone(each) for each in given)
    near = request.vectors.neighbours([a, c], [b], topn=100, restrict_vocab=request.restrict_vocab)
    ranks = {each.word: number for number, each in enumerate(near, start=1)}
    others = [each.word for each in near if not each.is_input]
    return {
        "nearest": near[0].word if near else None,
        "rank": ranks.get(fourth.word),
        "rank_without_inputs": others.index(fourth.word) + 1 if fourth.word in others else None,
    }


def _notes(fourth: str, formula: str, facts: dict[str, Any]) -> tuple[str, ...]:
    exact = (
        "The plane through the first three words, in the full space: their distances are exact, and so is the place of "
        f"{formula}."
    )
    beside = (
        f"{fourth} is {facts['distance']:.2f} from it, and {share(facts['share_outside'])} of that distance, squared, "
        f"is outside of the plane: {fourth} lies {facts['distance_outside']:.2f} from its place here (the circle)."
    )
    rank, cosine = facts["rank_without_inputs"], two(facts["cosine"])
    order = f"the nearest word is {fourth}" if rank == 1 else f"{fourth} is on rank {rank}"
    if rank is None:
        order = f"{fourth} is not among the nearest hundred"
    if rank == 1 and facts["nearest"] == fourth:
        nearest = f"{fourth} is the nearest of all words, the three included (cosine {cosine})."
        return exact, beside, nearest
    answer = f"without the three words, {order} (cosine {cosine})"
    return exact, beside, f"Nearest of all to {formula}: {facts['nearest']}; {answer}."
