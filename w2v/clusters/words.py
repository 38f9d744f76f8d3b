"""Groups of the words of vectors: `w2v.groups`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from w2v.arrays import F32, I64
from w2v.clusters.groups import Groups, groups_of
from w2v.clusters.kmeans import cluster
from w2v.errors import SettingsError
from w2v.given import number_given, vectors_given
from w2v.progress import ProgressChoice, reporting
from w2v.vectors import Vectors

__all__ = ["groups", "groups_of_rows"]

STARTS = 4
TOPN = 10


def groups(
    vectors: Vectors,
    k: int,
    *,
    words: Iterable[str] | None = None,
    restrict_vocab: int | None = None,
    seed: int = 1,
    starts: int = STARTS,
    topn: int = TOPN,
    progress: ProgressChoice = None,
) -> Groups:
    """Return k groups of words whose vectors point in like directions, by spherical k-means.

    words: which words, each once; None for all, or for the first `restrict_vocab`. seed: of the first centres; the
    same seed gives the same groups. starts: how often it begins anew; the best result is returned. topn: how many of
    its most typical words each group has, those nearest to its centre.

    Raise `UnknownWordsError`, and `SettingsError` for an impossible number.
    """
    vectors_given(vectors)
    if restrict_vocab is not None:
        number_given("restrict_vocab", restrict_vocab, 1, "leave at least one word")
    if words is None:
        rows = np.arange(min(restrict_vocab or len(vectors), len(vectors)))
    else:
        rows = vectors.rows(list(dict.fromkeys([words] if isinstance(words, str) else words)))
        rows = np.array(list(dict.fromkeys(rows.tolist())), dtype=np.int64)
        rows = rows[rows < (restrict_vocab or len(vectors))]
    listed = vectors.stored_words
    members = [listed[row] for row in rows.tolist()]
    return groups_of_rows(
        vectors.stored[rows],
        members,
        k,
        of=vectors.name,
        noun="words",
        seed=seed,
        starts=starts,
        topn=topn,
        progress=progress,
    )


def groups_of_rows(
    matrix: F32,
    members: Sequence[str],
    k: int,
    *,
    of: str,
    noun: str,
    seed: int = 1,
    starts: int = STARTS,
    topn: int = TOPN,
    progress: ProgressChoice = None,
) -> Groups:
    """Return k groups of the rows of a matrix [n, D]; members: the names of the rows [n], which are called `noun`."""
    number_given("k", k, 1, "ask for at least one group")
    number_given("seed", seed, 0, "give a whole number that is not negative")
    number_given("starts", starts, 1, "begin at least once")
    number_given("topn", topn, 1, "name each group by at least one of its members")
    rows, sound = _directions(matrix)
    if k > len(sound):
        there = f"{len(sound):,} {noun if len(sound) != 1 else noun.removesuffix('s')}"
        having = " with a direction" if len(sound) < len(members) else ""
        raise SettingsError(f"{k:,} groups of {there}{having}", hint="ask for fewer groups, or name more words")
    with reporting(progress) as heard:
        found = cluster(rows, k, seed=seed, starts=starts, progress=heard)
        made = groups_of(rows, sound, found, members, of=of, noun=noun, asked=k, seed=seed, starts=starts, topn=topn)
        if made.without_direction:
            heard.message(f"in no group: {made.without_direction:,} {noun} whose vectors have no direction", "warning")
        if len(made) < k:
            heard.message(f"only {len(made):,} groups: the {noun} have no more different directions", "warning")
        if not found.converged:
            heard.message(f"some {noun} still changed their group after {found.rounds:,} rounds", "warning")
    return made


def _directions(matrix: F32) -> tuple[F32, I64]:
    """Return the rows that have a direction, at length 1 [m, D], and their numbers [m]."""
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(matrix.astype(np.float64), axis=1)
    sound = np.flatnonzero(np.isfinite(lengths) & (lengths > 0))
    rows: F32 = (matrix[sound] / lengths[sound, None]).astype(np.float32)
    return rows, sound
