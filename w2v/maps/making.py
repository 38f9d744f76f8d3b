"""`w2v.word_map`: vectors to a map of their words."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.clusters.groups import Groups, groups_of
from w2v.clusters.kmeans import cluster
from w2v.errors import SettingsError
from w2v.files.rows import FileRows
from w2v.given import number_given, path_given, vectors_given
from w2v.maps.beyond import beyond_of
from w2v.maps.kept import share_kept
from w2v.maps.layout import Layout
from w2v.maps.limits import FEWEST, GROUPS, MOST, MOST_GROUPS, WORDS
from w2v.maps.positions import Positions, read_positions, write_positions
from w2v.maps.registry import DEFAULT, layout_named
from w2v.maps.result import NEAR, SHOWN, MapGroup, WordMap
from w2v.maps.space import space_of
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.vectors import Vectors

__all__ = ["word_map"]

STARTS, MANY = 3, 20_000  # starts of the groups; of so many words, the first is good enough to colour them
NAMED_BY = 10  # one in so many words of a group, the most frequent ones, may name it
AT_LEAST = 30  # words that may name a group, where it has as many


def word_map(
    vectors: Vectors,
    *,
    words: Iterable[str] | None = None,
    restrict_vocab: int | None = None,
    layout: str = DEFAULT,
    groups: int = GROUPS,
    positions: str | os.PathLike[str] | None = None,
    rescue: str | os.PathLike[str] | None = None,
    seed: int = 1,
    progress: ProgressChoice = None,
) -> WordMap:
    """Return a map of words: a place in the plane for each, its neighbours in the full space, and its group.

    words: which words; None for the first `restrict_vocab`, or for the first 10,000. A map has 3 to 70,000. layout:
    "tsne", "umap" or "pca". groups: how many groups they are coloured by; fewer where there are fewer words.
    positions: a page or a table of an earlier map, whose places are used again instead of a layout; words without a
    place there are left out. rescue: a table into which the places so far are written if the layout is interrupted.
    The same seed gives the same map on one machine.

    Raise `UnknownWordsError`; `SettingsError` for impossible arguments and where a library is missing; `FormatError`
    for a file of positions that cannot be read.
    """
    vectors_given(vectors)
    number_given("groups", groups, 1, "ask for at least one group")
    number_given("seed", seed, 0, "give a whole number that is not negative")
    if groups > MOST_GROUPS:
        raise SettingsError(f"{groups:,} groups are more than a map can show", hint=f"ask for {MOST_GROUPS} at most")
    kind = None if positions is not None else layout_named(layout)
    with reporting(progress) as heard:
        placed = None if positions is None else read_positions(positions)
        rows = _rows_of(vectors, words, restrict_vocab, placed)
        rows, units = _with_direction(vectors.stored, rows, heard)
        if placed is not None:
            rows, units = _with_place(vectors, rows, units, placed, heard)
        _check_size(len(rows))
        listed = vectors.stored_words
        named = [listed[row] for row in rows.tolist()]
        space = space_of(units, max(NEAR, SHOWN, 0 if kind is None else kind.neighbours), heard)
        where = np.zeros((len(named), 2))
        if placed is not None:
            where[:] = placed.of(named)
        elif kind is not None:
            try:
                kind.place(space, where, seed=seed, progress=heard)
            except KeyboardInterrupt:
                if rescue is not None and where.any():
                    _keep(path_given(rescue), named, where, kind, heard)
                raise
        found = _grouped(units, named, vectors.name, groups, seed, heard)
        beyond = beyond_of(vectors, rows, units, SHOWN, heard)
        near = min(NEAR, len(named) - 1)
        heard.phase("counting neighbours that the map keeps")
        return WordMap(
            of=vectors.name,
            dim=vectors.dim,
            words=named,
            counts=None if vectors.counts is None else vectors.counts[rows],
            layout=placed.layout if placed is not None else "" if kind is None else kind.title,
            advice="" if kind is None or vectors.dim < 3 else kind.advice,
            positions=where,
            near=near,
            kept=share_kept(where, space.nearest[:, :near]),
            neighbours=space.nearest[:, :SHOWN],
            similarities=space.similarities[:, :SHOWN],
            beyond=beyond,
            groups=_named(found),
            clusters=found,
            seed=seed,
        )


def _rows_of(
    vectors: Vectors, words: Iterable[str] | None, restrict_vocab: int | None, placed: Positions | None
) -> I64:
    """Return the rows of the words of the map, [N], in the order of the vectors."""
    if words is not None:
        wanted = [words] if isinstance(words, str) else list(words)
        rows = np.unique(vectors.rows(wanted))
    elif placed is not None:
        listed = enumerate(vectors.stored_words)
        rows = np.array([row for row, word in listed if word in placed], dtype=np.int64)
    else:
        rows = np.arange(min(len(vectors), WORDS if restrict_vocab is None else len(vectors)))
    if restrict_vocab is not None:
        number_given("restrict_vocab", restrict_vocab, 1, "leave at least one word")
        rows = rows[rows < restrict_vocab]
    return rows.astype(np.int64)


def _with_direction(matrix: F32 | FileRows, rows: I64, progress: Progress) -> tuple[I64, F32]:
    """Return the rows that have a direction, [n], and their vectors at length 1, [n, D]."""
    chosen = matrix[rows]
    with np.errstate(all="ignore"):
        lengths = np.sqrt(np.einsum("ij,ij->i", chosen, chosen, dtype=np.float64))
    sound = np.isfinite(lengths) & (lengths > 0)
    if not sound.all():
        progress.message(
            f"not on the map: {_words(int((~sound).sum()))} without a direction (a row of zeros, or no numbers)",
            "warning",
        )
    units: F32 = (chosen[sound] / lengths[sound, None]).astype(np.float32)
    return rows[sound], units


def _with_place(vectors: Vectors, rows: I64, units: F32, placed: Positions, progress: Progress) -> tuple[I64, F32]:
    """Return the rows, and their vectors, that have a place in a file of positions."""
    listed = vectors.stored_words
    there = np.array([listed[row] in placed for row in rows.tolist()], dtype=bool)
    without = int((~there).sum())
    if without:
        progress.message(f"not on the map: {_words(without)} without a place in {placed.name}", "warning")
    unused = len(placed) - int(there.sum())
    if unused:
        progress.message(f"not on the map: {_words(unused)} of {placed.name} not in the vectors", "warning")
    return rows[there], units[there]


def _words(number: int) -> str:
    return "1 word" if number == 1 else f"{number:,} words"


def _check_size(size: int) -> None:
    if size < FEWEST:
        raise SettingsError(
            f"{_words(size)} {'is' if size == 1 else 'are'} too few for a map", hint=f"take {FEWEST} words or more"
        )
    if size > MOST:
        raise SettingsError(f"{size:,} words are too many for one page", hint=f"take {MOST:,} at most: --limit {MOST}")


def _keep(path: Path, words: list[str], where: F64, layout: Layout, progress: Progress) -> None:
    """Write the places of a layout that was interrupted; a new phase tells the command line that it may take time."""
    progress.phase(f"writing {path.name}")
    interrupted = f"{layout.title}, interrupted" + (f" at {layout.reached}" if layout.reached else "")
    write_positions(path, words, where, interrupted)
    progress.message(
        f"{interrupted}: the places so far are in {path}; --positions {path} makes a map of them", "warning"
    )


def _grouped(units: F32, words: list[str], of: str, k: int, seed: int, progress: Progress) -> Groups:
    """Return the groups of unit rows [N, D]; that words still change groups after many rounds does not matter here."""
    starts = STARTS if len(words) < MANY else 1
    found = cluster(units, min(k, len(words)), seed=seed, starts=starts, progress=progress)
    sound = np.arange(len(words))
    return groups_of(units, sound, found, words, of=of, noun="words", asked=k, seed=seed, starts=starts, topn=3)


def _named(found: Groups) -> tuple[MapGroup, ...]:
    """Return the groups with names: those of its more frequent words that are nearest to its middle.

    The nearest of all words are often rare ones, which say little.
    """
    made = []
    for group in found.groups:
        members = np.flatnonzero(found.labels == group.number)
        frequent = members[: max(AT_LEAST, len(members) // NAMED_BY)]
        central = frequent[np.argsort(-found.cosines[frequent], kind="stable")[:3]]
        made.append(MapGroup(group.number, ", ".join(found.members[row] for row in central), group.size))
    return tuple(made)
