"""What a comparison says of single words: how far each has moved, the band of words like it, its path over files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from w2v.arrays import I64
from w2v.report.blocks import Block

__all__ = ["Band", "Near", "Period", "Significance", "WordChange", "WordHistory"]


class Significance(Protocol):
    """What a calibrated test adds to every word: the seam between a comparison and the test of it."""

    def to_dict(self) -> dict[str, Any]:
        """Return what is known of the test as a whole, as JSON has it."""

    def of_word(self, row: int) -> Mapping[str, float | None]:
        """Return the figures of a shared word by its number, under the names that JSON and tables have for them."""

    def columns(self) -> Mapping[str, str]:
        """Return the heads of the columns that tables get, by the name of the figure."""

    def blocks(self, change: Callable[[int], WordChange], n: int, heads: Sequence[str]) -> Sequence[Block]:
        """Return what stands in place of the table of words that moved most: what was found, at most n rows a table.

        change: returns how far the shared word of a number has moved. heads: what stands above the counts.
        """

    def sentence(self, row: int) -> str:
        """Return what the test says of a shared word by its number."""

    def notes(self) -> Sequence[str]:
        """Return sentences that stand below tables, in place of the one that says that a rank is no test."""

    def order(self) -> I64 | None:
        """Return all shared words in the order in which tables list them, int64 [S]; None for the order by score."""


@dataclass(frozen=True)
class Near:
    """A word near another one, with the cosine of their prepared rows."""

    word: str
    cosine: float


@dataclass(frozen=True)
class Band:
    """Shared words of like frequency.

    first, last: their ranks by frequency. median, high: the middle of their Procrustes distances, and what 95 % of
    them stay below.
    """

    first: int
    last: int
    median: float
    high: float

    @property
    def title(self) -> str:
        """The ranks, as people write them."""
        return f"{self.first:,}–{self.last:,}"

    def __len__(self) -> int:
        """The number of words."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class WordChange:
    """How far a shared word has moved from the first file to the last.

    rank: by the measure that words are ordered by, 1 has moved the most. counts: occurrences in each file; None where
    a file has no counts. procrustes, local, second_order, neighbours: 0 is the same. kept: of its `of` nearest words,
    those that stayed; lost, gained: the others, the nearest first. band: the ranks by frequency of words like it;
    band_rank: its rank among these `band_words`. above: the share of the 500 words nearest in frequency that moved
    less, from 0 to 1. significance: what a calibrated test says of it; empty without one.
    """

    word: str
    rank: int
    counts: tuple[int, ...] | None
    procrustes: float
    local: float
    second_order: float
    neighbours: float
    kept: int
    of: int
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    band: str
    band_rank: int
    band_words: int
    above: float
    significance: Mapping[str, float | None]

    def to_dict(self) -> dict[str, Any]:
        """Return the word as JSON has it."""
        values = asdict(self)
        return {**{name: values[name] for name in values if name != "significance"}, **self.significance}

    def row(self, files: Sequence[str]) -> dict[str, Any]:
        """Return the word as one flat row."""
        values = self.to_dict()
        counts = {f"count_{number}": count for number, count in enumerate(self.counts or [None] * len(files), start=1)}
        lists = {name: " ".join(values[name]) for name in ("lost", "gained")}
        rest = {name: value for name, value in values.items() if name not in ("word", "rank", "counts", *lists)}
        return {"word": self.word, "rank": self.rank, **counts, **rest, **lists}


@dataclass(frozen=True)
class Period:
    """A word in one file.

    count: its occurrences; None where the file has no counts, or lacks the word. is_there: whether the file has it.
    from_first, from_previous: its Procrustes distance from the first file, and from the file before; None where it is
    not compared. neighbourhood_from_previous: its local distance from the file before. neighbours: the nearest shared
    words, the nearest first.
    """

    file: str
    is_there: bool
    count: int | None
    from_first: float | None
    from_previous: float | None
    neighbourhood_from_previous: float | None
    neighbours: tuple[Near, ...]


@dataclass(frozen=True)
class WordHistory:
    """A word through all files. change: how far it has moved in all; None, and then `reason` says why not."""

    word: str
    periods: tuple[Period, ...]
    change: WordChange | None
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the history as JSON has it."""
        change = None if self.change is None else self.change.to_dict()
        return {
            "word": self.word,
            "reason": self.reason or None,
            "change": change,
            "periods": [asdict(each) for each in self.periods],
        }

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return a flat row for each neighbour in each file."""
        for each in self.periods:
            for rank, near in enumerate(each.neighbours, start=1):
                yield {"word": self.word, "vectors": each.file, "rank": rank, "near": near.word, "cosine": near.cosine}

    def _repr_html_(self) -> str:
        from w2v.display import table

        deepest = max((len(each.neighbours) for each in self.periods), default=0)
        rows = [
            tuple(each.neighbours[rank].word if rank < len(each.neighbours) else "" for each in self.periods)
            for rank in range(deepest)
        ]
        heads = [each.file for each in self.periods]
        return table(f"Words near {self.word!r}", heads, rows, words=len(heads))
