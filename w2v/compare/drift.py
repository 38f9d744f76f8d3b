"""What a comparison of vector files over time has found: the shared words with their scores, and a word's history.

How it is found is in comparing.py, how it is shown in drift_document.py. A score says how far a word has moved, and a
rank that others moved less. Neither says that use of the word has changed: with nothing changed, words move too. What
can say so is a test against texts that were dealt anew, which `significance` holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from w2v.arrays import F64, I64
from w2v.compare.changes import Band, Near, Period, Significance, WordChange, WordHistory
from w2v.compare.measures import Scores
from w2v.compare.spaces import Spaces
from w2v.errors import SettingsError

if TYPE_CHECKING:
    import pandas

__all__ = ["MEASURES", "SAME", "Drift", "Measure"]

Measure = Literal["procrustes", "local", "second_order", "neighbours"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
SAME = 3e-7  # what single precision may do to a distance
SHOWN = 20  # words in a notebook


@dataclass(frozen=True)
class Drift:
    """Two or more vector files, the oldest first, compared word by word.

    files: their names. spaces: the words that all share. scores: of the first file against the last. from_first: of the
    first file against each of the others; steps: of each file against the next. Of two files all three are the same.
    by: the measure that words are ordered by. bands: words of like frequency. histories: of the words that were asked
    for. remarks: what a reader must know before believing any number, in sentences. same: whether the first and the
    last file hold the same vectors, up to a rotation: then nothing has moved, and ranks mean nothing. significance:
    what a calibrated test has found; None where there was none.
    """

    files: tuple[str, ...]
    spaces: Spaces = field(repr=False)
    scores: Scores = field(repr=False)
    from_first: tuple[Scores, ...] = field(repr=False)
    steps: tuple[Scores, ...] = field(repr=False)
    by: Measure
    shown: int
    bands: tuple[Band, ...] = field(repr=False)
    alike: F64 = field(repr=False)
    histories: tuple[WordHistory, ...]
    remarks: tuple[str, ...]
    same: bool
    significance: Significance | None = None

    def __len__(self) -> int:
        """The number of shared words."""
        return len(self.spaces)

    @cached_property
    def order(self) -> I64:
        """All shared words, int64 [S], the one that moved the most first."""
        tested = None if self.significance is None else self.significance.order()
        if tested is not None:
            return tested
        scores = self.scores_of(self.by)
        return np.argsort(-np.nan_to_num(scores, nan=-1.0), kind="stable").astype(np.int64)

    @cached_property
    def _ranks(self) -> I64:
        ranks = np.empty(len(self), dtype=np.int64)
        ranks[self.order] = np.arange(1, len(self) + 1)
        return ranks

    @cached_property
    def _band_ranks(self) -> I64:
        """The rank of each word among those of its band, int64 [S]."""
        ranks = np.empty(len(self), dtype=np.int64)
        for band in self.bands:
            inside = self.order[(self.order >= band.first - 1) & (self.order < band.last)]
            ranks[inside] = np.arange(1, len(band) + 1)
        return ranks

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.spaces.words)}

    def scores_of(self, measure: Measure) -> F64:
        """Return the scores of all shared words by one measure, [S]. Raises SettingsError for an unknown measure."""
        if measure not in MEASURES:
            raise SettingsError(f"there is no measure {measure!r}", hint=f"choose one of {', '.join(MEASURES)}")
        found: F64 = getattr(self.scores, measure)
        return found

    def most_changed(self, n: int = 20) -> tuple[WordChange, ...]:
        """Return the n words that moved the most, the first one the most; none where the files are the same."""
        return () if self.same else tuple(self.change(row) for row in self.order[:n].tolist())

    def __getitem__(self, word: str) -> WordChange:
        """Return how far a shared word has moved. Raises KeyError for any other word."""
        return self.change(self._index[word])

    def __contains__(self, word: object) -> bool:
        return word in self._index

    def change(self, row: int) -> WordChange:
        """Return how far the shared word of a number has moved."""
        words, scores = self.spaces.words, self.scores
        old, new = (near[row, : self.shown] for near in (scores.near_x, scores.near_y))
        lost, gained = (
            [words[at] for at in a.tolist() if at >= 0 and at not in b] for a, b in ((old, new), (new, old))
        )
        counts = self.spaces.counts
        band = next(each for each in self.bands if each.first <= row + 1 <= each.last)
        return WordChange(
            word=words[row],
            rank=int(self._ranks[row]),
            counts=None if counts is None else tuple(counts[:, row].tolist()),
            procrustes=float(scores.procrustes[row]),
            local=float(scores.local[row]),
            second_order=float(scores.second_order[row]),
            neighbours=float(scores.neighbours[row]),
            kept=int((old >= 0).sum()) - len(lost),
            of=int((old >= 0).sum()),
            lost=tuple(lost),
            gained=tuple(gained),
            band=band.title,
            band_rank=int(self._band_ranks[row]),
            band_words=len(band),
            above=float(self.alike[row]),
            significance={} if self.significance is None else self.significance.of_word(row),
        )

    def history(self, word: str) -> WordHistory:
        """Return a word through all files: a shared word, or one that was asked for. Raises KeyError for others."""
        asked = next((each for each in self.histories if each.word == word), None)
        if asked is not None:
            return asked
        return self.history_of(self._index[word])

    def history_of(self, row: int) -> WordHistory:
        """Return the shared word of a number through all files."""
        periods = (self._period(number, row) for number in range(len(self.files)))
        return WordHistory(self.spaces.words[row], tuple(periods), self.change(row))

    def _period(self, number: int, row: int) -> Period:
        counts, words, before = self.spaces.counts, self.spaces.words, number - 1
        near = self.from_first[before].near_y if number else self.scores.near_x
        rows = self.spaces.rows[number]
        nearest = [at for at in near[row, : self.shown].tolist() if at >= 0]
        cosines = rows[nearest].astype(np.float64) @ rows[row].astype(np.float64)
        return Period(
            file=self.files[number],
            is_there=True,
            count=None if counts is None else int(counts[number, row]),
            from_first=float(self.from_first[before].procrustes[row]) if number else None,
            from_previous=float(self.steps[before].procrustes[row]) if number else None,
            neighbourhood_from_previous=float(self.steps[before].local[row]) if number else None,
            neighbours=tuple(Near(words[at], cosine) for at, cosine in zip(nearest, cosines.tolist(), strict=True)),
        )

    def row_of(self, word: str) -> int | None:
        """Return the number of a shared word; None for any other word."""
        return self._index.get(word)

    def most_changed_of(self, band: Band, n: int = 5) -> list[str]:
        """Return the words of a band that moved the most."""
        inside = self.order[(self.order >= band.first - 1) & (self.order < band.last)]
        return [self.spaces.words[row] for row in inside[:n].tolist()]

    def to_dict(self, n: int | None = None) -> dict[str, Any]:
        """Return what `w2v drift --json` prints. n: how many of the words that moved the most; None for all."""
        rows = self.order[: len(self) if n is None else n].tolist()
        return {
            "files": list(self.files),
            "by": self.by,
            "same": self.same,
            "shared_words": len(self),
            "min_count": self.spaces.min_count,
            "anchors": len(self.scores.anchors),
            "medians": {name: _median(self.scores_of(name)) for name in MEASURES},
            "bands": [self._band(band) for band in self.bands],
            "remarks": list(self.remarks),
            "significance": None if self.significance is None else self.significance.to_dict(),
            "words": [] if self.same else [self.change(row).to_dict() for row in rows],
            "histories": [each.to_dict() for each in self.histories],
            "only_in": [
                {"vectors": file, "words": list(words)}
                for file, words in zip(self.files, self.spaces.only_in, strict=True)
            ],
            "rare": list(self.spaces.rare),
            "without_direction": list(self.spaces.without_direction),
        }

    def _band(self, band: Band) -> dict[str, Any]:
        words = [] if self.same else self.most_changed_of(band)
        return {
            "first_rank": band.first,
            "last_rank": band.last,
            "words": len(band),
            "median": band.median,
            "high": band.high,
            "most_changed": words,
        }

    def rows(self, n: int | None = None) -> list[dict[str, Any]]:
        """Return a flat row for each shared word, the one that moved the most first; none where files are the same."""
        return [each.row(self.files) for each in self.most_changed(len(self) if n is None else n)]

    def to_frame(self) -> pandas.DataFrame:
        """Return `rows()` as a data frame."""
        import pandas

        return pandas.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        from w2v.display import table

        rows = [
            (each.word, f"{each.procrustes:.3f}", f"{each.local:.3f}", f"{each.kept} of {each.of}")
            for each in self.most_changed(SHOWN)
        ]
        title = f"{len(self):,} words of {' and '.join(self.files)}"
        return table(title, ("word", "moved", "its neighbourhood", "neighbours kept"), rows, notes=self.remarks)


def _median(scores: F64) -> float:
    return float(np.median(scores))
