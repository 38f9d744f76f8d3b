"""What the test of change adds to a comparison of vector files: figures for each word, tables, how they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import I64
from w2v.compare.changes import WordChange
from w2v.compare.deals.calibration import Calibrated
from w2v.compare.deals.testing import LEVEL, DriftTest, calibrated_drift
from w2v.compare.spaces import Spaces
from w2v.errors import SettingsError
from w2v.progress import Progress
from w2v.report.blocks import Block, Column, Note, Piece, Row, Table
from w2v.report.numbers import chance, count, three
from w2v.report.tables import figure, text
from w2v.text.python_texts import Corpus
from w2v.tokens.folder import CacheChoice
from w2v.vectors import Vectors

__all__ = ["DealtSignificance", "dealt_test", "significance_of"]

MEASURES = {
    "procrustes": "Procrustes on the vectors of words",
    "contexts": "Procrustes on those of contexts",
    "second_order": "second-order",
}
NAMED = 5  # words that a sentence names


@dataclass(frozen=True, eq=False)
class DealtSignificance:
    """The result of a test, for the S shared words of a comparison (`changes.Significance`).

    test: its words may be in another order, and lack some. places: the number of each shared word in the test, −1 for
    words that it lacks, int64 [S].
    """

    test: DriftTest
    places: I64 = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return what is known of the test as a whole, with all words found, as JSON has it."""
        test = self.test
        moved, near = (test.found(which) for which in (test.moved, test.neighbourhood))
        return {
            **test.to_dict(),
            "moved": [test.words[at] for at in moved.tolist()],
            "neighbourhood_moved": [test.words[at] for at in near.tolist()],
        }

    def of_word(self, row: int) -> dict[str, float | None]:
        """Return the figures of a shared word by its number; None for a word that was not tested."""
        at = int(self.places[row])
        test = self.test
        figures: dict[str, float | None] = {}
        for name, which in (("moved", test.moved), ("neighbourhood", test.neighbourhood)):
            figures |= {f"{name}_{key}": _number(getattr(which, key), at) for key in ("z", "p", "q")}
        figures["by_chance"], figures["by_chance_high"] = (
            _number(np.exp(bound), at) for bound in (test.procrustes.usual, test.procrustes.high)
        )
        return figures

    def columns(self) -> Mapping[str, str]:
        """Return the heads of the columns that the list of all words gets, by the name of the figure."""
        return {"by_chance": "by chance", "moved_z": "z", "moved_q": "q", "neighbourhood_q": "q of its neighbourhood"}

    def order(self) -> I64:
        """Return all shared words by the z of *moved*, int64 [S], those that were not tested last."""
        z = np.array([_number(self.test.moved.z, at) if at >= 0 else None for at in self.places.tolist()], dtype=float)
        return np.argsort(-np.nan_to_num(z, nan=-np.inf), kind="stable").astype(np.int64)

    def blocks(self, change: Callable[[int], WordChange], n: int, heads: Sequence[str]) -> tuple[Block, ...]:
        """Return the tables of words that moved, and of words whose neighbourhood alone did, at most n rows each.

        change: returns how far the shared word of a number has moved. heads: what stands above the counts.
        """
        test, row_of = self.test, {at: row for row, at in enumerate(self.places.tolist()) if at >= 0}
        moved = [at for at in test.found(test.moved).tolist() if at in row_of]
        gone = set(moved)
        near = [at for at in _by_z(test, test.neighbourhood) if at in row_of and at not in gone]

        def table(caption: str, found: Sequence[int], which: Calibrated, own: bool) -> Table:
            columns = (
                Column("word", numeric=False),
                Column(heads[0]),
                Column(heads[-1]),
                Column("moved" if own else "neighbourhood"),
                *((Column("by chance"),) if own else ()),
                Column("z"),
                Column("q"),
                *(() if own else (Column("lost", numeric=False), Column("gained", numeric=False))),
            )
            rows = tuple(Row(tuple(self._cells(at, change(row_of[at]), which, own))) for at in found[:n])
            return Table(caption, columns, rows)

        of = f"of {test.tested:,} words tested (q < {LEVEL:g})"
        blocks: list[Block] = []
        if moved:
            blocks.append(table(f"Moved: {len(moved):,} {of}", moved, test.moved, True))
        else:
            blocks.append(Note((f"Moved: none {of}.{self._nearest()}",), "plain"))
        if near:
            caption = f"Its neighbourhood moved, the word itself not: {len(near):,} {of}"
            blocks.append(table(caption, near, test.neighbourhood, False))
        else:
            more = ", besides the words that moved" if moved else ""
            blocks.append(Note((f"Its neighbourhood moved: none {of}{more}.",), "plain"))
        return tuple(blocks)

    def _cells(self, at: int, change: WordChange, which: Calibrated, own: bool) -> Iterator[Any]:
        test = self.test
        yield text(test.words[at])
        yield from (text(figure(number, count)) for number in test.counts[:, at].tolist())
        yield text(figure(change.procrustes if own else change.local, three))
        if own:
            bounds = (float(np.exp(bound[at])) for bound in (test.procrustes.usual, test.procrustes.high))
            low, high = (figure(bound, three) for bound in bounds)
            yield text(*_range(low, high))
        yield text(figure(_number(which.z, at), _one))
        yield text(figure(_number(which.q, at), chance))
        if not own:
            yield text(", ".join(change.lost[:2]))
            yield text(", ".join(change.gained[:2]))

    def _nearest(self) -> str:
        """The words that come nearest to having moved, in a sentence."""
        first = [at for at in self.test.order[:NAMED].tolist() if np.isfinite(self.test.moved.q[at])]
        if not first:
            return ""
        return (
            f" The first are {', '.join(self.test.words[at] for at in first)} (q {chance(self.test.moved.q[first[0]])})"
        )

    def sentence(self, row: int) -> str:
        """Return what the test says of a shared word by its number."""
        of_word = self.of_word(row)
        if of_word["moved_q"] is None:
            return "It was not tested: it stands in too few documents."
        usual, high = (three(of_word[name]) for name in ("by_chance", "by_chance_high"))
        moved, near = (
            f"{'does not explain' if (q or 0.0) < LEVEL else 'may explain'} {what} (q {chance(q)})"
            for q, what in (
                (of_word["moved_q"], "how far it moved"),
                (of_word["neighbourhood_q"], "how far its neighbourhood did"),
            )
        )
        return (
            f"By chance it would move {usual}, and more than {high} once in 20 times. Tested among all words, chance "
            f"{moved}, and {near}."
        )

    def notes(self) -> tuple[str, ...]:
        """Return sentences on how the test was made, and on what it says."""
        test = self.test
        what = f"blocks of {test.block:,} tokens" if test.block else "lines"
        measures = [MEASURES[name] for name in test.measures]
        untested = len(test) - test.tested
        notes = [
            f"Tested against {test.deals:,} deals: the {sum(test.documents):,} {what} of both texts, dealt at random "
            "into halves of the same sizes, and each half trained as the files were. By chance: Procrustes' score in "
            f"deals, the middle and what 95 % stay below. Moved: {', '.join(measures)}, combined. Neighbourhood: "
            "similarities to the nearest words, which also change where these have moved, and the word has not.",
            f"Of the words with q < {LEVEL:g}, about one in {round(1 / LEVEL):,}, or fewer, is there by chance. A "
            "small q says that the use of a word differs between the texts, their subjects included; not that its "
            "meaning has changed.",
        ]
        if untested:
            some = "1 word that stands" if untested == 1 else f"{untested:,} words that stand"
            notes.append(f"Not tested: {some} in so few documents that a half of some deal lacks them.")
        return tuple(notes)


def dealt_test(
    vectors: Sequence[Vectors],
    corpora: Sequence[Corpus],
    *,
    deals: int,
    block: int | None,
    seed: int,
    threads: int | None,
    run_dir: Path | None,
    progress: Progress,
    cache_dir: CacheChoice = None,
) -> Callable[[Spaces], DealtSignificance]:
    """Return a function that tests the words that files share: the first file against the last.

    Arguments: as of `calibrated_drift`, but for files and texts, of which there may be more than two. Raises
    SettingsError where there is not a text for each file.
    """
    if len(corpora) != len(vectors):
        raise SettingsError(
            f"{len(vectors):,} files and {len(corpora):,} text{'s' * (len(corpora) != 1)} were given",
            hint="give the text of each file, in the order of the files: --corpus OLD.txt --corpus NEW.txt",
        )

    def test(spaces: Spaces) -> DealtSignificance:
        result = calibrated_drift(
            [vectors[0], vectors[-1]],
            [corpora[0], corpora[-1]],
            deals=deals,
            seed=seed,
            min_count=spaces.min_count,
            block=block,
            threads=threads,
            run_dir=run_dir,
            cache_dir=cache_dir,
            progress=progress,
        )
        return significance_of(result, spaces.words)

    return test


def significance_of(test: DriftTest, words: Sequence[str]) -> DealtSignificance:
    """Return the result of a test for the shared words of a comparison [S]."""
    index = {word: at for at, word in enumerate(test.words)}
    return DealtSignificance(test, np.array([index.get(word, -1) for word in words], dtype=np.int64))


def _by_z(test: DriftTest, which: Calibrated) -> list[int]:
    """The words that one of the tests has found, the highest z first."""
    found = test.found(which)
    order: list[int] = found[np.argsort(-which.z[found], kind="stable")].tolist()
    return order


def _range(low: Piece, high: Piece) -> tuple[Piece, ...]:
    return (low, "–", high)


def _one(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace("-", "−")


def _number(values: Any, at: int) -> float | None:
    """A figure of a word, None where there is none."""
    return float(values[at]) if at >= 0 and np.isfinite(values[at]) else None
