"""Every candidate against every question, block by block: who wins by each method, and at which rank the answer stands.

Not here: what the questions are, and what is made of the verdicts (`analogies`); the methods' arithmetic (`methods`).

The right answers and the words that may not answer are taken out of a block before its best candidate is looked for;
their own scores are kept. From these few numbers a question everything else follows: whether it is right, whether it
would be right with the inputs allowed, and the same among the first 30,000 words. The rank takes one more pass: how
many of the others score higher than the answer, whose score is computed beforehand.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from w2v.evaluation.closecalls import gensim_is_right
from w2v.evaluation.conventions import Convention, Lookup
from w2v.evaluation.methods import Block, Method, scores_of
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["CANDIDATES", "Contest", "Verdict"]

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

CANDIDATES = 1_000  # a block of them has its scores in the cache; divides every limit but the last
QUESTIONS = 128
LANES = -(-CANDIDATES // 8)  # eight flags are added at once, as the bytes of a word: none overflows at 125
STRIP = 16_000_000  # cosines computed in one product: 64 MB
MARKS_AT_ONCE = 50_000
CLOSE = 1e-5  # scores nearer than this may change places when they are summed in another order
TIE = np.float32(4e-7)  # what rounding makes of equal sums of three cosines
NEVER = np.float32(-np.inf)
EXACT: Method = "3cosadd"
BASES: tuple[Method, ...] = ("only-b",)
THREADS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a method made of each question [Q], among the candidates up to a limit.

    right: with the inputs excluded; allowing: with them allowed; predicted: the row that answered, -1 for none.
    rank: of the best right answer among all that may answer, 1 the first; inf where no right answer may answer.
    """

    right: Flags
    allowing: Flags
    predicted: Ids
    rank: Floats


@dataclass(frozen=True, eq=False)
class _Best:
    """The best of some candidates for each question: score [Q] and row [Q]; NEVER and -1 where there is none."""

    score: Floats
    row: Ids

    def beats(self, other: _Best) -> Flags:
        """Higher, or as high and more frequent: the order in which one would find them."""
        wins: Flags = (self.score > other.score) | ((self.score == other.score) & (self.row < other.row))
        return wins

    def take(self, scores: Floats, asked: slice, start: int) -> None:
        """Let the candidates from row `start` on compete for some questions, with their scores [Q, n]."""
        top = scores.argmax(axis=1)
        value = scores[np.arange(len(top)), top]
        better = value > self.score[asked]
        np.copyto(self.score[asked], value, where=better)
        np.copyto(self.row[asked], top + start, where=better)


class _Search:
    """What a method has found so far for each question [Q], and the scores of the marks [M].

    above: how many candidates, marks among them, score higher than the answer, whose score `bar` is known beforehand
    but for rounding. With `best`, also the best unmarked candidate.
    """

    def __init__(self, method: Method, bar: Floats, marks: int) -> None:
        self.method = method
        self.bar = bar
        self.above = np.zeros(len(bar), dtype=np.int64)
        self.marks = np.full(marks, NEVER)
        self.best = _Best(np.full(len(bar), NEVER), np.full(len(bar), -1))

    def snapshot(self) -> tuple[_Best, Ids]:
        return _Best(self.best.score.copy(), self.best.row.copy()), self.above.copy()


class _Rooms(threading.local):
    """Each thread's own scratch: three blocks of scores, and a block of flags whose last bytes stay 0."""

    def __init__(self) -> None:
        self.scores = np.empty((3, QUESTIONS * CANDIDATES), dtype=np.float32)
        self.flags = np.zeros((QUESTIONS, LANES * 8), dtype=bool)

    def count(self, scores: Floats, bar: Floats) -> Ids:
        """How many scores [Q, n] of each question exceed its bar [Q]."""
        flags = self.flags[: len(scores)]
        flags[:, scores.shape[1] :] = False
        np.greater(scores, bar[:, None], out=flags[:, : scores.shape[1]])
        lanes = flags.view(np.uint64).sum(axis=1)
        counts: Ids = lanes.view(np.uint8).reshape(-1, 8).sum(axis=1, dtype=np.int64)
        return counts


class Contest:
    """Distinct sorted questions [Q, 4], as rows of the vectors, and the candidates of special standing for each of
    them.

    Such a candidate is a mark: `row` [M] in the scores of question `question` [M]. Marks are right answers (d, further
    accepted ones, and what the convention takes for the same word), barred (may not answer), or both.
    also: int64 [K, 2], further accepted answers: the number of a question, and a row.
    """

    def __init__(
        self, vectors: Vectors, questions: Ids, also: Ids, lookup: Lookup, rules: Convention, *, normalised: bool = True
    ) -> None:
        self.vectors = vectors
        self.questions = questions
        self.lookup = lookup
        self.rules = rules
        self.normalised = normalised
        size = len(lookup.group)
        right = np.union1d(self._variants(questions[:, 3]), self._key(also[:, 1], also[:, 0]))
        inputs = np.concatenate([self._key(questions[:, column]) for column in range(3)])
        barred = np.concatenate([self._variants(questions[:, column]) for column in range(3)])
        if not rules.bars_variants:
            barred = inputs
        keys = np.union1d(right, barred)
        self.question, self.row = np.divmod(keys, size)
        self.is_right = np.isin(keys, right)
        self.is_barred = np.isin(keys, barred)
        self.is_input = np.isin(keys, inputs)

    def _key(self, rows: Ids, questions: Ids | None = None) -> Ids:
        """Question and row in one number."""
        numbers = np.arange(len(self.questions)) if questions is None else questions
        return numbers * len(self.lookup.group) + rows

    def _variants(self, rows: Ids) -> Ids:
        """Keys of all rows that the convention takes for the same word as `rows` [Q]."""
        order, start, size = self._members
        group = self.lookup.group[rows]
        question = np.repeat(np.arange(len(rows)), size[group])
        within = np.arange(len(question)) - np.repeat(np.cumsum(size[group]) - size[group], size[group])
        return self._key(order[np.repeat(start[group], size[group]) + within], question)

    @cached_property
    def _members(self) -> tuple[Ids, Ids, Ids]:
        """Rows ordered by group; where each group begins there; how many rows it has."""
        size = np.bincount(self.lookup.group, minlength=len(self.lookup.group))
        return np.argsort(self.lookup.group, kind="stable"), np.cumsum(size) - size, size

    @cached_property
    def dead(self) -> Flags:
        """Rows that neither ask nor answer: zero vectors, which have no direction; for GloVe, <unk>."""
        silent: Flags = self.vectors.norms[: len(self.lookup.group)] == 0
        if self.rules.name == "glove" and "<unk>" in self.vectors:
            silent[self.vectors.index["<unk>"] :][:1] = True
        return silent

    def verdicts(
        self, limits: Sequence[int], methods: Sequence[Method], progress: Progress
    ) -> dict[Method, list[Verdict]]:
        """By method, a verdict for each of the rising `limits`; ranks are among all candidates of the limit.

        3CosAdd's answers are compared with the very best of the others; of equal scores the more frequent word wins.
        The other methods count those that score higher by more than rounding, so that the answer wins a tie.
        """
        searches, snapshots = self._scan(limits, methods, progress)
        return {
            search.method: [
                self._judge(search, limit, *snapshot) for limit, snapshot in zip(limits, found, strict=True)
            ]
            for search, found in zip(searches, snapshots, strict=True)
        }

    def _judge(self, search: _Search, limit: int, other: _Best, above: Ids) -> Verdict:
        reached = self.row < limit
        marks, count = search.marks, len(self.questions)
        higher = reached & (marks > search.bar[self.question])
        above = above - np.bincount(self.question[higher], minlength=count)
        answer = self._best(marks, self.is_right & ~self.is_barred & reached)
        answer_or_input = self._best(marks, self.is_right & reached)
        rival = self._best(marks, ~self.is_right & reached)
        if search.method == EXACT:
            right = answer.beats(other) & (answer.score > self.rules.floor)
            allowing = answer_or_input.beats(other) & answer_or_input.beats(rival)
        else:
            right = (above == 0) & (answer.row >= 0)
            allowing = (above == 0) & answer_or_input.beats(rival)
        directed = ~self.dead[self.questions[:, :3]].any(axis=1)
        if self.rules.name == "gensim":
            unsure = np.flatnonzero(self._too_close(answer, other) | ~directed)
            right[unsure] = gensim_is_right(self.vectors, self.questions[unsure], self.lookup.group)
        else:
            right &= directed
        rank = np.where(right, 1, np.maximum(above + 1, 2)).astype(np.float32)
        rank[(answer.row < 0) | ~directed] = np.inf
        return Verdict(right, allowing & directed, np.where(right, answer.row, other.row), rank)

    def _too_close(self, answer: _Best, other: _Best) -> Flags:
        """Where gensim's order of summation, or its look at no more than five candidates, may decide."""
        with np.errstate(invalid="ignore"):
            near = np.abs(answer.score - other.score) <= CLOSE
        nobody = (answer.row < 0) & (other.row < 0)
        crowd = np.bincount(self.question[self.is_barred & ~self.is_input], minlength=len(self.questions)) >= 5
        unsure: Flags = near | nobody | crowd
        return unsure

    def _best(self, marks: Floats, among: Flags) -> _Best:
        """The best of the marks where `among` [M] holds, by question."""
        score = np.full(len(self.questions), NEVER)
        row = np.full(len(self.questions), -1)
        chosen = np.flatnonzero(among & (marks > NEVER))
        np.maximum.at(score, self.question[chosen], marks[chosen])
        top = chosen[marks[chosen] == score[self.question[chosen]]][::-1]  # reversed: of a tie, the first row is kept
        row[self.question[top]] = self.row[top]
        return _Best(score, row)

    @cached_property
    def asking(self) -> Floats:
        """The vectors that are compared, [V, D]: of length 1, unless they are wanted as they are (3CosAdd alone)."""
        return self.vectors.unit if self.normalised else self.vectors.matrix

    @cached_property
    def _between(self) -> Floats:
        """(b − a) · c of each question, [Q]."""
        a, b, c = (self.asking[self.questions[:, column]] for column in range(3))
        inner: Floats = np.vecdot(b - a, c)
        return inner

    def _bar(self, method: Method) -> Floats:
        """The score that a candidate must exceed to stand above the best right answer that may answer, [Q].

        Where none may answer, the best of those that may not.
        """
        marks = np.full(len(self.row), NEVER)
        chosen = np.flatnonzero(self.is_right & ~self.dead[self.row])
        unit = self.asking
        for start in range(0, len(chosen), MARKS_AT_ONCE):
            some = chosen[start : start + MARKS_AT_ONCE]
            asked, rows = self.questions[self.question[some], :3], self.row[some]
            a, b, c = (np.vecdot(unit[asked[:, column]], unit[rows]) for column in range(3))
            marks[some] = scores_of(method, a, b, c, self._between[self.question[some]])
        answer = self._best(marks, ~self.is_barred).score
        return np.where(answer > NEVER, answer, self._best(marks, self.is_right).score) + TIE

    def _scan(
        self, limits: Sequence[int], methods: Sequence[Method], progress: Progress
    ) -> tuple[list[_Search], list[list[tuple[_Best, Ids]]]]:
        """A search by each method, and what it had found at each limit."""
        searches = [_Search(method, self._bar(method), len(self.row)) for method in methods]
        snapshots: list[list[tuple[_Best, Ids]]] = [[] for _ in searches]
        layout = _Layout(self.questions, self.question, self.row, limits[-1])
        bases = _Bases(searches, layout.c)
        asking = self.asking[layout.words]
        rooms = _Rooms()
        progress.phase(f"answering {len(self.questions):,} analogies", limits[-1], "words")
        with ThreadPoolExecutor(THREADS) as pool:
            for start, cosines in self._blocks(asking, limits[-1]):
                stop = start + cosines.shape[1]
                block = Block(cosines, methods)
                self._score_marks(searches, block, layout, start)
                silent = np.flatnonzero(self.dead[start:stop])
                bases.look(block, silent, rooms)

                def work(chunk: int, block: Block = block, start: int = start, silent: Ids = silent) -> None:
                    self._look(chunk, block, start, silent, searches, layout, rooms)

                list(pool.map(work, range(layout.chunks)))
                progress.update(stop)
                if stop in limits:
                    bases.deliver()
                    for search, found in zip(searches, snapshots, strict=True):
                        found.append(search.snapshot())
        return searches, snapshots

    def _blocks(self, asking: Floats, last: int) -> Iterator[tuple[int, Floats]]:
        """The cosines of the asking words with each block of candidates, and where it starts.

        Several blocks come from one product: after each, the threads of the linear algebra wait actively for the next.
        """
        strip = CANDIDATES * max(1, STRIP // (CANDIDATES * len(asking)))
        for start in range(0, last, strip):
            products = asking @ self.asking[start : min(start + strip, last)].T
            for column in range(0, products.shape[1], CANDIDATES):
                yield start + column, np.ascontiguousarray(products[:, column : column + CANDIDATES])

    def _score_marks(self, searches: Sequence[_Search], block: Block, layout: _Layout, start: int) -> None:
        """The marks' own scores, of those that stand in this block."""
        here = layout.marks_of(start)
        asked, column = self.question[here], self.row[here] - start
        a, b, c = (block.cosines[word[asked], column] for word in (layout.a, layout.b, layout.c))
        dead = self.dead[self.row[here]]
        for search in searches:
            scores = scores_of(search.method, a, b, c, self._between[asked])
            search.marks[here] = np.where(dead, NEVER, scores)

    def _look(
        self,
        chunk: int,
        block: Block,
        start: int,
        silent: Ids,
        searches: Sequence[_Search],
        layout: _Layout,
        rooms: _Rooms,
    ) -> None:
        """Take the scores of a chunk of questions with a block of candidates into every search that is no base."""
        asked = slice(chunk * QUESTIONS, min((chunk + 1) * QUESTIONS, len(self.questions)))
        pairs = layout.opening[layout.pair[asked.start] : layout.pair[asked.stop - 1] + 1]
        pair = layout.pair[asked] - layout.pair[asked.start]
        shape = (asked.stop - asked.start, block.cosines.shape[1])
        near, scores, room = (each[: shape[0] * shape[1]].reshape(shape) for each in rooms.scores)
        np.take(block.cosines, layout.c[asked], axis=0, out=near, mode="clip")
        for search in searches:
            if search.method in BASES:
                continue
            block.score(
                search.method,
                layout.a[pairs],
                layout.b[pairs],
                pair,
                layout.c[asked],
                self._between[asked],
                near,
                scores,
                room,
            )
            if len(silent):
                scores[:, silent] = NEVER
            search.above[asked] += rooms.count(scores, search.bar[asked])
            if search.method == EXACT:
                here = layout.marks_of(start, chunk)
                scores[self.question[here] - asked.start, self.row[here] - start] = NEVER
                search.best.take(scores, asked, start)


class _Layout:
    """The questions as numbers of their distinct words, and the marks in the order of blocks and chunks."""

    def __init__(self, questions: Ids, mark_question: Ids, mark_row: Ids, last: int) -> None:
        self.words, number = np.unique(questions[:, :3], return_inverse=True)
        self.a, self.b, self.c = np.ascontiguousarray(number.reshape(-1, 3).T)
        changes = (np.diff(self.a) != 0) | (np.diff(self.b) != 0)
        self.pair = np.concatenate([[0], np.cumsum(changes)])
        self.opening = np.concatenate([[0], np.flatnonzero(changes) + 1])
        self.chunks = -(-len(questions) // QUESTIONS)
        cell = mark_row // CANDIDATES * self.chunks + mark_question // QUESTIONS
        self.order = np.argsort(cell, kind="stable")
        self.bounds = np.searchsorted(cell[self.order], np.arange(-(-last // CANDIDATES) * self.chunks + 1))

    def marks_of(self, start: int, chunk: int | None = None) -> Ids:
        """Marks in the block of candidates that begins at `start`; those of one chunk of questions, or all."""
        first = start // CANDIDATES * self.chunks
        low, high = (first, first + self.chunks) if chunk is None else (first + chunk, first + chunk + 1)
        return self.order[self.bounds[low] : self.bounds[high]]


class _Bases:
    """The searches whose scores depend on c alone: what they count is the same for all questions of a c and a bar."""

    def __init__(self, searches: Sequence[_Search], c: Ids) -> None:
        self.searches = [search for search in searches if search.method in BASES]
        self.distinct = []
        for search in self.searches:
            rows, place = np.unique(np.column_stack([c, search.bar]), axis=0, return_inverse=True)
            above = np.zeros(len(rows), dtype=np.int64)
            self.distinct.append((rows[:, 0].astype(np.int64), rows[:, 1].astype(np.float32), place.reshape(-1), above))

    def look(self, block: Block, silent: Ids, rooms: _Rooms) -> None:
        for words, bar, _, above in self.distinct:
            for start in range(0, len(words), QUESTIONS):
                scores = block.cosines[words[start : start + QUESTIONS]]
                scores[:, silent] = NEVER
                above[start : start + QUESTIONS] += rooms.count(scores, bar[start : start + QUESTIONS])

    def deliver(self) -> None:
        for search, (_, _, place, above) in zip(self.searches, self.distinct, strict=True):
            search.above[:] = above[place]
