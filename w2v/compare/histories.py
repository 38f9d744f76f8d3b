"""The histories of the words that were asked for, also of those that only some of the files have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from w2v.arrays import F64
from w2v.compare.changes import Near, Period, WordHistory
from w2v.compare.drift import Drift
from w2v.compare.measures import CANDIDATES
from w2v.neighbours import best
from w2v.vectors import Vectors

__all__ = ["histories_of"]


def histories_of(found: Drift, vectors: Sequence[Vectors], words: Sequence[str]) -> Iterator[WordHistory]:
    """Return the history of each word, which at least one of the files has."""
    for word in words:
        row = found.row_of(word)
        yield _of_other(found, vectors, word) if row is None else found.history_of(row)


def _of_other(found: Drift, vectors: Sequence[Vectors], word: str) -> WordHistory:
    """The history of a word that is not compared: only the shared words near it in the files that have it."""
    periods = []
    for number, each in enumerate(vectors):
        place = each.index.get(word)
        count = None if place is None or each.counts is None else int(each.counts[place])
        near = () if place is None else _near(found, each, number, place)
        periods.append(Period(each.name, place is not None, count, None, None, None, near))
    return WordHistory(word, tuple(periods), None, _reason(found, vectors, word))


def _near(found: Drift, own: Vectors, number: int, place: int) -> tuple[Near, ...]:
    """The shared words nearest to a row of a file."""
    prepared = _prepared(own, place, found.spaces.means[number])
    if not prepared.any():
        return ()
    cosines = found.spaces.rows[number][:CANDIDATES].astype(np.float64) @ prepared
    nearest = best(cosines, found.shown)
    return tuple(Near(found.spaces.words[at], float(cosines[at])) for at in nearest.tolist())


def _prepared(own: Vectors, place: int, mean: F64) -> F64:
    """The row of a word at length 1, centred as the shared words are, and at length 1 again, [D]; or zeros."""
    row: F64 = own.stored[np.array([place])][0].astype(np.float64)
    length = float(np.linalg.norm(row))
    if not (np.isfinite(length) and length > 0):
        return np.zeros(len(row))
    centred: F64 = row / length - mean
    rest = float(np.linalg.norm(centred))
    return centred / rest if rest > 0 else centred


def _reason(found: Drift, vectors: Sequence[Vectors], word: str) -> str:
    """Why a word is not compared, in a sentence."""
    lacking = [each.name for each in vectors if word not in each]
    if lacking:
        return f"{word!r} is not in {' and '.join(lacking)}."
    if word in found.spaces.without_direction:
        return f"The vector of {word!r} has no direction in one of the files."
    counts = [int(each.counts[each.index[word]]) for each in vectors if each.counts is not None]
    return f"{word!r} occurs {min(counts):,} times in one of the files; {found.spaces.min_count:,} are asked for."
