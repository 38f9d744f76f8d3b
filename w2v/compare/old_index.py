"""Is an old index still good with new vectors? Maps between two spaces, and what they find of what was found before.

An index holds vectors of one space. Vectors that were trained again put the same words elsewhere, so their queries
point anywhere. Here a map from the new space to the old one is fitted to half of the shared words and judged by the
other half: how well it predicts rows (R²), and which share of the k nearest words, or passages, is what the old vectors
found. The last figure is the one that matters: a map may predict rows better and search worse.

`w2v drift OLD NEW --old-index` shows it (old_index_document.py); the map itself becomes a file (map_file.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import F64, I64
from w2v.compare.map_file import VectorMap
from w2v.compare.passages import OldPassages, old_passages, overlap
from w2v.compare.procrustes import linear_map, mapped, padded, procrustes, r_squared
from w2v.compare.spaces import MIN_COUNT, Spaces, shared_spaces
from w2v.errors import VocabularyError
from w2v.given import number_given, vectors_given
from w2v.machine import one_blas_thread
from w2v.neighbours import nearest
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.search.fingerprint import fingerprint_of
from w2v.transforms.moments import unit_rows
from w2v.vectors import Vectors

__all__ = ["FEWEST", "MapFigures", "OldIndex", "old_index"]

ASKED = 2_000  # held-out words that are asked, the most frequent
TOP = 10
FEWEST = 20  # shared words, of which half is fitted
CHANCE = 0.02  # an overlap up to which nothing is found but by chance
SAME = 0.005  # overlaps that differ by less are the same


@dataclass(frozen=True)
class MapFigures:
    """How good a map is.

    method: "orthogonal", "linear", or "none" for new vectors that are taken as they are. r_squared: of held-out words.
    itself: the share of held-out words whose mapped row is nearest to their own old row. words, passages: the share of
    the k nearest words, and passages, that the old vectors find too; passages is None where no passages were given.
    """

    method: str
    r_squared: float
    itself: float
    words: float
    passages: float | None = None


@dataclass(frozen=True)
class OldIndex:
    """What becomes of an index of old vectors that is asked with new ones.

    shared_words: the words that both have often enough. fitted, held_out: how many of them each map was fitted to, and
    R² was measured on. asked: how many held-out words were asked, the most frequent. k: how many answers are compared.
    maps: orthogonal, linear, none. reindexed_words, reindexed_passages: the same share where the new vectors are also
    those of the index, made again. passages, queries: how many, and `source`: of what; None without. map: the
    orthogonal map, fitted to all shared words.
    """

    old: str
    new: str
    shared_words: int
    fitted: int
    held_out: int
    asked: int
    k: int
    seed: int
    maps: tuple[MapFigures, ...]
    reindexed_words: float
    source: str | None
    passages: int | None
    queries: int | None
    query_words: int | None
    reindexed_passages: float | None
    map: VectorMap = field(repr=False)

    def figures(self, method: str) -> MapFigures:
        """Return how good a map is, by its method. Raises KeyError for a method that there is not."""
        found = next((each for each in self.maps if each.method == method), None)
        if found is None:
            raise KeyError(method)
        return found

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person needs to know, in one or two sentences."""
        rotated, unmapped = (self._overlap(self.figures(name)) for name in ("orthogonal", "none"))
        again = self.reindexed_words if self.reindexed_passages is None else self.reindexed_passages
        asked = "queries" if self.passages is not None else "vectors of words"
        if unmapped > 1 - SAME:
            return (f"The old index answers as before: these {asked} find the same in both spaces.",)
        if unmapped >= rotated - SAME and unmapped > CHANCE:
            first = f"The old index still answers {unmapped:.0%} as before, and no rotation is needed."
        else:
            left = "it is chance" if unmapped <= CHANCE else f"it is {unmapped:.0%}"
            first = f"The old index still answers {rotated:.0%} as before if {asked} are rotated; unrotated {left}."
        best = max(rotated, unmapped)
        other = "An index that is made again with the new vectors answers"
        more = f"{other} {again:.0%} as before: this is agreement with the old answers, and not how good answers are."
        return (first.replace("%", " %"), more.replace("%", " %")) if best <= 1 else (first,)

    def _overlap(self, figures: MapFigures) -> float:
        return figures.words if figures.passages is None else figures.passages

    def to_dict(self) -> dict[str, Any]:
        """Return what `w2v drift OLD NEW --old-index --json` prints."""
        values = {name: value for name, value in vars(self).items() if name not in ("maps", "map")}
        maps = [asdict(each) for each in self.maps]
        return {**values, "maps": maps, "sentences": list(self.sentences), "map": self.map.to_dict()}

    def rows(self) -> list[dict[str, Any]]:
        """Return a flat row for each map, and one for an index that is made again."""
        again = {"method": "re-indexed", "r_squared": None, "itself": None}
        rows = [asdict(each) for each in self.maps]
        return [*rows, {**again, "words": self.reindexed_words, "passages": self.reindexed_passages}]

    def _repr_html_(self) -> str:
        from w2v.display import table

        rows = [
            tuple(
                [
                    "–" if value is None else value if isinstance(value, str) else f"{value:.3f}"
                    for value in each.values()
                ]
            )
            for each in self.rows()
        ]
        heads = ("map", "R²", "finds itself", "words", "passages")
        return table(f"{self.new} on an index of {self.old}", heads, rows, notes=self.sentences)


Ask = Callable[[F64], F64]
"""What turns new rows [n, D] to the old space, [n, E]."""


def old_index(
    old: Vectors | str | os.PathLike[str],
    new: Vectors | str | os.PathLike[str],
    passages: OldPassages | str | os.PathLike[str] | None = None,
    *,
    min_count: int = MIN_COUNT,
    k: int = TOP,
    seed: int = 1,
    progress: ProgressChoice = None,
) -> OldIndex:
    """Measure how an index of old vectors answers queries of new ones, as they are, rotated, and made again.

    old, new: the vectors, or paths of their files. passages: the path of an index that was made with `old`, or of a
    text, to measure queries over its passages too; None for words alone. min_count: the least number of occurrences of
    a word in both files. k: how many answers are compared. seed: of the halves of the words, and of the queries.

    The `map` of the result turns queries: `w2v.load_index("docs.w2v", new, map=found.map)`.

    Raises SettingsError for impossible numbers, VocabularyError for vectors that share too few words, FormatError for
    an index of other vectors.
    """
    number_given("k", k, 1, "compare at least one answer")
    number_given("seed", seed, 0, "give a whole number that is not negative")
    with reporting(progress) as heard:
        old, new = _read(old, heard), _read(new, heard)
        if isinstance(passages, (str, os.PathLike)):
            passages = old_passages(Path(passages), old, new, heard)
        spaces = shared_spaces([old, new], min_count=min_count)
        if len(spaces) < FEWEST:
            raise VocabularyError(
                f"{old.name} and {new.name} share {len(spaces):,} words, and a map needs {FEWEST} or more",
                hint="ask for fewer occurrences: --min-count 5"
                if spaces.rare
                else "compare vectors of one language and spelling",
            )
        if len(spaces) < 2 * max(old.dim, new.dim):
            heard.message(
                f"{len(spaces):,} shared words are few for {max(old.dim, new.dim)} dimensions: the map is uncertain",
                "warning",
            )
        rows = [unit_rows(each.stored[places]) for each, places in zip((old, new), spaces.places, strict=True)]
        order = np.random.default_rng(seed).permutation(len(spaces))
        fitted, held = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
        heard.phase("comparing words", 1)
        with one_blas_thread():
            asks = _maps(rows[0], rows[1], fitted)
            words, again = _words(rows, asks, fitted, held, k)
        found = [None] * len(asks) if passages is None else passages.overlaps(list(asks.values()), k, seed, heard)
        figures = tuple(
            MapFigures(method, *each, of_passages) for method, each, of_passages in zip(asks, words, found, strict=True)
        )
        return OldIndex(
            old=old.name,
            new=new.name,
            shared_words=len(spaces),
            fitted=len(fitted),
            held_out=len(held),
            asked=min(ASKED, len(held)),
            k=k,
            seed=seed,
            maps=figures,
            reindexed_words=again,
            source=None if passages is None else passages.source,
            passages=None if passages is None else len(passages),
            queries=None if passages is None else passages.queries,
            query_words=None if passages is None else passages.query_words,
            reindexed_passages=None if passages is None else passages.reindexed(k, seed),
            map=_map(old, new, rows, spaces),
        )


def _read(vectors: Vectors | str | os.PathLike[str], progress: Progress) -> Vectors:
    if isinstance(vectors, (str, os.PathLike)):
        from w2v.formats import read  # here, because vectors that are given need no reader

        return read(vectors, progress=progress)
    vectors_given(vectors)
    return vectors


def _maps(old: F64, new: F64, fitted: I64) -> dict[str, Ask]:
    """The maps from new rows to old ones, fitted to some of the words."""
    dim = old.shape[1]
    turn = procrustes(new[fitted], old[fitted])[:, :dim]
    linear = linear_map(new[fitted], old[fitted], offset=False).matrix
    return {
        "orthogonal": lambda rows: mapped(rows, turn),
        "linear": lambda rows: mapped(rows, linear),
        "none": lambda rows: padded(rows[:, :dim], dim),
    }


def _words(
    rows: Sequence[F64], asks: dict[str, Ask], fitted: I64, held: I64, k: int
) -> tuple[list[tuple[float, float, float]], float]:
    """R², the share that finds itself and the overlap of each map; and the overlap of the new space by itself."""
    old, new = rows
    asked = held[:ASKED]
    table = old.astype(np.float32)
    own = asked[:, None]
    before = nearest(table, old[asked], k, without=own).rows
    mean = old[fitted].mean(axis=0)
    figures = []
    for ask in asks.values():
        turned = ask(new[held])
        found = nearest(table, turned[: len(asked)], k + 1).rows
        itself = float((found[:, 0] == asked).mean())
        figures.append((r_squared(turned, old[held], mean), itself, overlap(before, _without(found, asked, k))))
    again = nearest(new.astype(np.float32), new[asked], k, without=own).rows
    return figures, overlap(before, again)


def _without(found: I64, own: I64, k: int) -> I64:
    """The first k of found rows [n, k + 1] without the word itself."""
    order = np.argsort(found == own[:, None], axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)[:, :k]


def _map(old: Vectors, new: Vectors, rows: Sequence[F64], spaces: Spaces) -> VectorMap:
    """The map that is kept: orthogonal, fitted to all shared words."""
    turn = procrustes(rows[1], rows[0])[: new.dim, : old.dim]
    return VectorMap(
        old.name,
        new.name,
        fingerprint_of(old),
        fingerprint_of(new),
        "orthogonal",
        len(spaces),
        np.ascontiguousarray(turn),
    )
