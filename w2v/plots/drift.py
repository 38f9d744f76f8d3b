"""The path of a word from old vectors to new ones, among its nearest words of both, in one space (w2v/compare).

The old space is turned onto the new one by Procrustes, which changes no distance in it. Then the old place of a word
and its new place can be drawn on one plane. All other words stand at their new places.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import F64, Places
from w2v.compare.measures import procrustes_distances
from w2v.compare.procrustes import mapped, padded, procrustes
from w2v.compare.spaces import MIN_COUNT, Spaces, shared_spaces
from w2v.errors import SettingsError
from w2v.given import vectors_given
from w2v.neighbours import best
from w2v.plots.request import Request
from w2v.plots.scene import Chart, Drawing, Line, Point
from w2v.plots.truth import neighbours_kept, share
from w2v.transforms.moments import principal_plane
from w2v.vectors import Vectors

__all__ = ["draw"]

NEAREST = 8


class Aligned(NamedTuple):
    """The shared words of two spaces, with rows [S, D] that can be compared, and how far each word has moved [S]."""

    spaces: Spaces
    old: F64
    new: F64
    distances: F64


def draw(request: Request, value: Any) -> Drawing:
    """Draw the paths of words from the vectors `value` to those of the request, with the nearest words of both."""
    vectors_given(value)
    request.at_least(1, "a picture of drift")
    if request.groups:
        raise SettingsError("a picture of drift has groups of its own: near then, near now", hint="leave out groups")
    aligned = _aligned(value, request)
    names = _names(value, request.vectors)
    index = {word: row for row, word in enumerate(aligned.spaces.words)}
    rows = [_row(each.word, index, names) for each in request.found]
    size = request.neighbours or NEAREST
    then, now = (_near(space, rows, size) for space in (aligned.old, aligned.new))
    others = sorted((then | now) - set(rows))
    vectors = np.vstack([aligned.old[rows], aligned.new[rows], aligned.new[others]])
    plane = principal_plane(vectors)
    places, shares = plane.places, plane.shares
    count = len(rows)
    points, lines = [], []
    for number, row in enumerate(rows):
        word = aligned.spaces.words[row]
        (ox, oy), (nx, ny) = places[number].tolist(), places[count + number].tolist()
        points += [
            Point(f"{word} ({names[0]})", ox, oy, 0, "projected", row),
            Point(f"{word} ({names[1]})", nx, ny, 1, "word", row),
        ]
        lines.append(Line((ox, oy), (nx, ny), arrow=True))
    for row, (x, y) in zip(others, places[2 * count :].tolist(), strict=True):
        group = 2 if row in then and row in now else 0 if row in then else 1
        points.append(Point(aligned.spaces.words[row], x, y, group, "context", row))
    groups = f"near in {names[0]}", f"near in {names[1]}", "near in both"
    kept = neighbours_kept(vectors[count:], places[count:])
    facts = _facts(aligned, rows, then & now, float(shares.sum()))
    facts |= {"neighbours_kept": None if kept is None else kept.share}
    notes = [*_notes(facts, names, count), *([] if kept is None else [kept.sentence])]
    return Drawing(Chart(tuple(points), lines=tuple(lines), groups=groups), tuple(notes), facts)


def _aligned(old: Vectors, request: Request) -> Aligned:
    """The two spaces as one. Words that were asked for take part however rare they are."""
    counts = [
        int(vectors.counts[vectors.index[word]])
        for vectors in (old, request.vectors)
        for word in request.words
        if vectors.counts is not None and word in vectors
    ]
    spaces = shared_spaces([old, request.vectors], min_count=min([MIN_COUNT, *counts]))
    rotation = procrustes(spaces.rows[0], spaces.rows[1])
    distances = procrustes_distances(spaces.rows[0], spaces.rows[1], rotation)
    return Aligned(spaces, mapped(spaces.rows[0], rotation), padded(spaces.rows[1], len(rotation)), distances)


def _names(old: Vectors, new: Vectors) -> tuple[str, str]:
    """What the two files are called in the figure."""
    names = Path(old.name).stem, Path(new.name).stem
    return names if names[0] != names[1] else ("then", "now")


def _row(word: str, index: dict[str, int], names: tuple[str, str]) -> int:
    if word not in index:
        raise SettingsError(
            f"{word!r} is not in both {names[0]} and {names[1]}", hint="name a word that both files have"
        )
    return index[word]


def _near(space: F64, rows: list[int], size: int) -> set[int]:
    """The words nearest to some words in a space [S, D], without these words."""
    found: set[int] = set()
    for row in rows:
        near: Places = best(space @ space[row], size + len(rows))
        found.update([each for each in near.tolist() if each not in rows][:size])
    return found


def _facts(aligned: Aligned, rows: list[int], both: set[int], variance: float) -> dict[str, Any]:
    moved = [
        {
            "word": aligned.spaces.words[row],
            "distance": float(aligned.distances[row]),
            "less": float((aligned.distances < aligned.distances[row]).mean()),
        }
        for row in rows
    ]
    return {
        "variance": variance,
        "shared_words": len(aligned.spaces),
        "median": float(np.median(aligned.distances)),
        "near_in_both": len(both),
        "moved": moved,
    }


def _notes(facts: dict[str, Any], names: tuple[str, str], count: int) -> list[str]:
    notes = [
        f"Paths from {names[0]}, turned onto {names[1]} by Procrustes on {facts['shared_words']:,} shared words; all "
        f"other words at their places in {names[1]}. The plane shows {share(facts['variance'])} of the variance of "
        "these points."
    ]
    notes += [
        f"{each['word']} moved by {each['distance']:.3f} (1 − cosine); the median of all shared words is "
        f"{facts['median']:.3f}, and {share(each['less'])} moved less."
        for each in facts["moved"][:3]
    ]
    if count > 3:
        notes.append(f"How far the other {count - 3:,} words moved is in --json.")
    if facts["median"] < 1e-5:
        notes.append("Both files have the same vectors, but for a rotation.")
    return notes
