"""`WordMap`: words with their places in the plane, their neighbours in the full space and their groups."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from w2v.arrays import F64, I64
from w2v.clusters.groups import Groups
from w2v.maps.beyond import Beyond
from w2v.maps.packing import Points
from w2v.maps.page import page_of

if TYPE_CHECKING:
    import pandas

__all__ = ["NEAR", "SHOWN", "MapGroup", "WordMap"]

NEAR = 15
"""How many nearest words are compared for the share that a map keeps."""

SHOWN = 10
"""How many neighbours of a word the page shows."""


@dataclass(frozen=True)
class MapGroup:
    """A group of words on the map. number: from 1 on, the largest first. name: three of its central words."""

    number: int
    name: str
    size: int


@dataclass(frozen=True, eq=False)
class WordMap:
    """Words in the plane, near each other where they are near in the full space, as far as a plane allows it.

    of: the name of the vectors. dim: their dimensions. words: [N], the most frequent first. counts: [N] or None.
    layout: how the places were found ("t-SNE"). positions: float64 [N, 2]. near: of the `near` nearest words of a word,
    `kept` is the share that is also among the `near` nearest on the map. neighbours, similarities:
    the nearest words of each word in the full space, among those of the map, by number, and their cosines, int64 and
    float64 [N, k]. beyond: near words that are not on the map. groups: names and sizes; clusters: how they were found.
    seed: of layout and groups.
    """

    of: str
    dim: int
    words: Sequence[str] = field(repr=False)
    counts: I64 | None = field(repr=False)
    layout: str
    advice: str = field(repr=False)
    positions: F64 = field(repr=False)
    near: int
    kept: float
    neighbours: I64 = field(repr=False)
    similarities: F64 = field(repr=False)
    beyond: Beyond = field(repr=False)
    groups: tuple[MapGroup, ...]
    clusters: Groups = field(repr=False)
    seed: int

    def __len__(self) -> int:
        return len(self.words)

    @property
    def labels(self) -> I64:
        """The number of the group of each word, int64 [N]."""
        return self.clusters.labels

    def describe_kept(self) -> str:
        """Return, in a few words, how much of the full space the map shows: `keeps 34 % of the 15 nearest`."""
        percent = 100 * self.kept
        share = f"{percent:.1f}" if 0 < percent < 1 else f"{percent:.0f}"
        return f"keeps {share} % of the {self.near} nearest"

    def describe(self) -> str:
        """Return the same as a sentence, with what follows from it."""
        return f"the map {self.describe_kept()}; distances on it are not distances in the space"

    def to_html(self) -> str:
        """Return the map as one page, which needs nothing else; the same map gives the same bytes."""
        points = Points(
            self.words, self.positions, self.labels, self.neighbours, self.similarities, self.counts, self.beyond
        )
        groups = [(each.name, each.size) for each in self.groups]
        return page_of(
            points,
            groups,
            of=Path(self.of).name,
            dim=self.dim,
            layout=self.layout,
            kept=self.describe_kept(),
            sentence=self.describe(),
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page into a file, whole or not at all, and return its path. Raise `OutputError`."""
        from w2v.files.whole import replacing
        from w2v.given import path_given

        target = path_given(path)
        page = self.to_html().encode()
        with replacing(target, len(page)) as file:
            file.write(page)
        return target

    def to_dict(self) -> dict[str, Any]:
        """Return what `w2v map --json` prints."""
        return {
            "of": self.of,
            "dim": self.dim,
            "words": len(self),
            "layout": self.layout,
            "near": self.near,
            "kept": self.kept,
            "neighbours": int(self.neighbours.shape[1]),
            "seed": self.seed,
            "groups": [{"number": each.number, "name": each.name, "size": each.size} for each in self.groups],
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each word: word, x, y, the number of its group, and the layout."""
        places = self.positions.tolist()
        return [
            {"word": word, "x": x, "y": y, "group": group, "layout": self.layout}
            for word, (x, y), group in zip(self.words, places, self.labels.tolist(), strict=True)
        ]

    def to_frame(self) -> pandas.DataFrame:
        """Return `rows()` as a data frame."""
        import pandas

        return pandas.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        from w2v.display import table

        rows = [(str(each.number), each.name, f"{each.size:,}") for each in self.groups]
        title = f"Map of {len(self):,} words of {self.of}, by {self.layout}"
        sentence = self.describe()
        note = f"{sentence[0].upper()}{sentence[1:]}. save('map.html') writes the page."
        return table(title, ("group", "central words", "words"), rows, words=2, notes=[note])
