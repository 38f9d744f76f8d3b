"""The words that several vector files share, with their rows made ready to be compared.

A word can be compared where every file has it, with a direction, and often enough: a row that was trained on a few
occurrences says more about these than about the word. The rows that are compared are at length 1, then without their
mean, then at length 1 again. So they say how words differ from each other, and not what all of them have in common.

How rows are compared is in procrustes.py and measures.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.errors import VocabularyError
from w2v.given import number_given
from w2v.transforms.moments import unit_rows
from w2v.vectors import Vectors

__all__ = ["MIN_COUNT", "Spaces", "shared_spaces", "unit_centred_unit"]

MIN_COUNT = 50
LEAST = 2  # a mean of one row leaves nothing of it
BLOCK = 1 << 14  # rows in double precision at once


@dataclass(frozen=True)
class Spaces:
    """S words that n vector files share, the most frequent first, with their rows.

    names: of the files. words: the shared words [S]. places: the row of each word in each file, int64 [n, S]. counts:
    how often each word stands in the text of each file, int64 [n, S]; None where a file has no counts. rows: of each
    file float32 [S, D], at length 1, centred, and at length 1 again; D may differ from file to file. means: the mean
    of the unit rows of each file, float64 [D]. only_in: of each file the words that stand in no other file, the most
    frequent first. rare: shared words with fewer than `min_count` occurrences in a file. without_direction: shared
    words that are all zeros, or no numbers, in a file. Both are left out.
    """

    names: tuple[str, ...]
    words: tuple[str, ...] = field(repr=False)
    places: I64 = field(repr=False)
    counts: I64 | None = field(repr=False)
    rows: tuple[F32, ...] = field(repr=False)
    means: tuple[F64, ...] = field(repr=False)
    only_in: tuple[tuple[str, ...], ...] = field(repr=False)
    min_count: int
    rare: tuple[str, ...] = field(repr=False)
    without_direction: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        """The number of shared words."""
        return len(self.words)


def shared_spaces(vectors: Sequence[Vectors], *, min_count: int = MIN_COUNT) -> Spaces:
    """Return the words that all vectors share, with their rows made ready to be compared.

    min_count: the least number of occurrences in each file; it means nothing for a file without counts.

    Words stand in the order of the product of their frequencies in all files; where a file has no counts, in that of
    the sum of their row numbers. Raises VocabularyError where fewer than two words are left, and SettingsError for an
    impossible number.
    """
    number_given("min_count", min_count, 0, "give the least number of occurrences of a word, as min_count=50")
    names = tuple(each.name for each in vectors)
    listed, places = _shared(vectors)
    counts = _counts(vectors, places)
    enough = _enough(vectors, places, min_count)
    directed = np.ones(len(listed), dtype=np.bool_)
    for each, rows in zip(vectors, places, strict=True):
        directed &= np.isfinite(each.norms[rows]) & (each.norms[rows] > 0)
    kept = np.flatnonzero(enough & directed)
    if len(kept) < LEAST:
        raise _too_few(names, len(listed), int((~enough).sum()), min_count)
    kept = kept[_by_frequency(places[:, kept], None if counts is None else counts[:, kept])]
    prepared = [unit_centred_unit(each.stored[rows]) for each, rows in zip(vectors, places[:, kept], strict=True)]
    return Spaces(
        names=names,
        words=tuple(listed[at] for at in kept.tolist()),
        places=places[:, kept],
        counts=None if counts is None else counts[:, kept],
        rows=tuple(rows for rows, _ in prepared),
        means=tuple(mean for _, mean in prepared),
        only_in=_only_in(vectors),
        min_count=min_count,
        rare=tuple(listed[at] for at in np.flatnonzero(~enough).tolist()),
        without_direction=tuple(listed[at] for at in np.flatnonzero(enough & ~directed).tolist()),
    )


def unit_centred_unit(rows: F32) -> tuple[F32, F64]:
    """Return rows [S, D] at length 1, centred, and at length 1 again, and the mean [D] that was subtracted.

    A row that is the mean itself has no direction left, and becomes zeros.
    """
    mean = np.zeros(rows.shape[1])
    for start in range(0, len(rows), BLOCK):
        mean += unit_rows(rows[start : start + BLOCK]).sum(axis=0)
    mean /= max(1, len(rows))
    made = np.empty(rows.shape, dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        some = slice(start, start + BLOCK)
        made[some] = unit_rows(unit_rows(rows[some]) - mean)
    return made, mean


def _shared(vectors: Sequence[Vectors]) -> tuple[list[str], I64]:
    """The words that all have, in the order of the first one, and their rows in each, int64 [n, S]."""
    first, others = vectors[0], vectors[1:]
    listed = [word for word in first.words if all(word in other.index for other in others)]
    places = np.array([[each.index[word] for word in listed] for each in vectors], dtype=np.int64)
    return listed, places


def _counts(vectors: Sequence[Vectors], places: I64) -> I64 | None:
    counts = [each.counts[rows] for each, rows in zip(vectors, places, strict=True) if each.counts is not None]
    return np.stack(counts) if len(counts) == len(vectors) else None


def _enough(vectors: Sequence[Vectors], places: I64, min_count: int) -> Flags:
    """Whether each shared word occurs often enough in each file that has counts, [S]."""
    enough = np.ones(places.shape[1], dtype=np.bool_)
    for each, rows in zip(vectors, places, strict=True):
        if each.counts is not None:
            enough &= each.counts[rows] >= min_count
    return enough


def _by_frequency(places: I64, counts: I64 | None) -> I64:
    """The order of shared words [S] by falling frequency; no file counts more than another because it is larger."""
    if counts is None:
        return np.argsort(places.sum(axis=0), kind="stable")
    return np.argsort(-np.log(np.maximum(counts, 1)).sum(axis=0), kind="stable")


def _only_in(vectors: Sequence[Vectors]) -> tuple[tuple[str, ...], ...]:
    found = []
    for number, each in enumerate(vectors):
        others = [other.index for place, other in enumerate(vectors) if place != number]
        rows = [row for row, word in enumerate(each.words) if not any(word in other for other in others)]
        if each.counts is not None:
            rows = [rows[at] for at in np.argsort(-each.counts[rows], kind="stable").tolist()]
        found.append(tuple(each.words[row] for row in rows))
    return tuple(found)


def _too_few(names: tuple[str, ...], shared: int, rare: int, min_count: int) -> VocabularyError:
    """The error for files that share too few words to be compared."""
    files = " and ".join(names) if len(names) < 3 else f"these {len(names)} files"
    if rare:
        return VocabularyError(
            f"{files} share {shared:,} word{'s' * (shared != 1)}, of which {shared - rare:,} "
            f"occur{'s' * (shared - rare == 1)} {min_count:,} times in each",
            hint="ask for fewer occurrences: --min-count 5",
        )
    return VocabularyError(
        f"{files} share {shared or 'no'} word{'s' * (shared != 1)} with a direction",
        hint="compare vectors of one language and spelling",
    )
