"""Every candidate against every question, block by block: who wins by each method, and which rank the right answer has.

`answering` makes the questions and uses the verdicts; `w2v.kernels.contest` scores a whole block of candidates.

While the best candidate is looked for, the special candidates of each question are left aside: right answers, and words
that may not answer. Their own scores are kept. From these few numbers for each question everything else follows:
whether it is right, whether it would be right with the inputs allowed, and the same among the first 30,000 words. For
the rank, the candidates are counted that score higher than the right answer, whose score is computed beforehand.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from w2v.arrays import F32, I64, Flags
from w2v.evaluation.conventions import CONVENTIONS, Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.tasks.analogies.closecalls import gensim_is_right
from w2v.evaluation.tasks.analogies.methods import METHODS, Method, scores_of
from w2v.files.rows import FileRows
from w2v.vectors import Vectors

__all__ = ["CANDIDATES", "Contest", "Verdict", "compile_kernels"]


CANDIDATES = 1_000  # a block of them has its scores in the cache; divides every limit but the last
QUESTIONS = 500  # that a thread takes at a time
STRIP = 16_000_000  # cosines computed in one product: 64 MB
COPIED = 1 << 25  # bytes of rows that are copied for a product, where rows are copied
SPECIAL_AT_ONCE = 50_000
CLOSE = 1e-5  # scores nearer than this may change places when they are summed in another order
TIE = np.float32(4e-7)  # what rounding makes of equal sums of three cosines
NEVER = np.float32(-np.inf)
EXACT: Method = "3cosadd"
THREADS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a method made of each question [Q], among the candidates up to a limit.

    right: with the inputs excluded; allowing: with the inputs allowed; predicted: the row that answered, -1 for none.
    rank: of the best right answer among all that may answer, 1 the first; inf where no right answer may answer.
    """

    right: Flags
    allowing: Flags
    predicted: I64
    rank: F32


@dataclass(frozen=True, eq=False)
class _Best:
    """The best of some candidates for each question: score [Q] and row [Q]; NEVER and -1 where there is none."""

    score: F32
    row: I64

    def beats(self, other: _Best) -> Flags:
        """Return where this score is higher, or as high and the word more frequent, [Q]."""
        wins: Flags = (self.score > other.score) | ((self.score == other.score) & (self.row < other.row))
        return wins


def compile_kernels() -> None:
    """Compile or load the kernels that a contest needs."""
    nothing = Vectors(["a"], np.ones((1, 1)))
    lookup = RowFinder(nothing.listed_words, 1, CONVENTIONS["w2v"])
    Contest(
        nothing, np.zeros((1, 4), dtype=np.int64), np.empty((0, 2), dtype=np.int64), lookup, CONVENTIONS["w2v"]
    ).verdicts([1], METHODS, lambda rows: None)


class Contest:
    """Distinct sorted questions [Q, 4], as rows of the vectors, and the special candidates of each question.

    A special candidate [M] is `row` in the scores of question `question`. It is a right answer (d, further accepted
    answers, and what the convention takes for the same word), or excluded (it may not answer), or both. also: int64 [K,
    2], further accepted answers: the number of a question, and a row.
    """

    def __init__(
        self,
        vectors: Vectors,
        questions: I64,
        also: I64,
        lookup: RowFinder,
        rules: Convention,
        *,
        normalised: bool = True,
    ) -> None:
        self.vectors = vectors
        self.questions = questions
        self.lookup = lookup
        self.rules = rules
        self.normalised = normalised
        size = lookup.size
        right = np.union1d(self._variants(questions[:, 3]), self._key(also[:, 1], also[:, 0]))
        inputs = np.concatenate([self._key(questions[:, column]) for column in range(3)])
        excluded = np.concatenate([self._variants(questions[:, column]) for column in range(3)])
        if not rules.excludes_variants:
            excluded = inputs
        keys = np.union1d(right, excluded)
        self.question, self.row = np.divmod(keys, size)
        self.is_right = np.isin(keys, right)
        self.is_excluded = np.isin(keys, excluded)
        self.is_input = np.isin(keys, inputs)

    def _key(self, rows: I64, questions: I64 | None = None) -> I64:
        """Return question and row in one number."""
        numbers = np.arange(len(self.questions)) if questions is None else questions
        return numbers * self.lookup.size + rows

    def _variants(self, rows: I64) -> I64:
        """Return keys of all rows that the convention takes for the same word as `rows` [Q]."""
        if not self.lookup.has_groups:
            return self._key(rows)
        order, start, size = self._members
        group = self.lookup.group[rows]
        question = np.repeat(np.arange(len(rows)), size[group])
        within = np.arange(len(question)) - np.repeat(np.cumsum(size[group]) - size[group], size[group])
        return self._key(order[np.repeat(start[group], size[group]) + within], question)

    @cached_property
    def _members(self) -> tuple[I64, I64, I64]:
        """Rows ordered by group; where each group begins there; how many rows each group has."""
        size = np.bincount(self.lookup.group, minlength=len(self.lookup.group))
        return np.argsort(self.lookup.group, kind="stable"), np.cumsum(size) - size, size

    @cached_property
    def dead(self) -> Flags:
        """Rows that neither ask nor answer: without a direction, or never an answer by the convention."""
        norms = self.vectors.norms[: self.lookup.size]
        silent: Flags = (norms == 0) | ~np.isfinite(norms)
        for word in self.rules.never_answers:
            if word in self.vectors:
                silent[self.vectors.rows(word)[0] :][:1] = True
        return silent

    def verdicts(
        self, limits: Sequence[int], methods: Sequence[Method], report: Callable[[int], None]
    ) -> dict[Method, list[Verdict]]:
        """Return, by method (3CosAdd alone, or all), a verdict for each of the rising `limits`.

        Ranks are among all candidates of the limit. `report` is called with the number of candidates seen so far.
        3CosAdd's answers are compared with the very best of the other candidates; of equal scores the more frequent
        word wins. For the other methods the candidates are counted that score higher by more than rounding, so that the
        right answer wins a tie.
        """
        thresholds = np.stack([self._threshold(method) for method in methods])
        special, snapshots = self._scan(thresholds, limits, methods, report)
        nobody = _Best(np.full(len(self.questions), NEVER), np.full(len(self.questions), -1))
        found: dict[Method, list[Verdict]] = {method: [] for method in methods}
        for limit, (best, above) in zip(limits, snapshots, strict=True):
            for number, method in enumerate(methods):
                other = best if method == EXACT else nobody
                found[method].append(
                    self._judge(method, limit, special[number], thresholds[number], other, above[number])
                )
        return found

    def _judge(self, method: Method, limit: int, special: F32, threshold: F32, other: _Best, above: I64) -> Verdict:
        reached, count = self.row < limit, len(self.questions)
        higher = reached & (special > threshold[self.question])
        above = above - np.bincount(self.question[higher], minlength=count)
        answer = self._best(special, self.is_right & ~self.is_excluded & reached)
        answer_or_input = self._best(special, self.is_right & reached)
        rival = self._best(special, ~self.is_right & reached)
        if method == EXACT:
            right = answer.beats(other) & (answer.score > self.rules.floor)
            allowing = answer_or_input.beats(other) & answer_or_input.beats(rival)
        else:
            right = (above == 0) & (answer.row >= 0)
            allowing = (above == 0) & answer_or_input.beats(rival)
        directed = ~self.dead[self.questions[:, :3]].any(axis=1)
        if self.rules.repeats_gensim:
            unsure = np.flatnonzero(self._too_close(answer, other) | ~directed)
            right[unsure] = gensim_is_right(self.vectors, self.questions[unsure], self.lookup.group)
        else:
            right &= directed
        rank = np.where(right, 1, np.maximum(above + 1, 2)).astype(np.float32)
        rank[(answer.row < 0) | ~directed] = np.inf
        return Verdict(right, allowing & directed, np.where(right, answer.row, other.row), rank)

    def _too_close(self, answer: _Best, other: _Best) -> Flags:
        """Return where gensim's order of summation, or its look at no more than five candidates, may decide."""
        with np.errstate(invalid="ignore"):
            near = np.abs(answer.score - other.score) <= CLOSE
        nobody = (answer.row < 0) & (other.row < 0)
        crowd = np.bincount(self.question[self.is_excluded & ~self.is_input], minlength=len(self.questions)) >= 5
        unsure: Flags = near | nobody | crowd
        return unsure

    def _best(self, special: F32, among: Flags) -> _Best:
        """Return the best of the special candidates where `among` [M] holds, by question."""
        score = np.full(len(self.questions), NEVER)
        row = np.full(len(self.questions), -1)
        chosen = np.flatnonzero(among & (special > NEVER))
        np.maximum.at(score, self.question[chosen], special[chosen])
        top = chosen[special[chosen] == score[self.question[chosen]]][::-1]  # reversed: of a tie, the first row is kept
        row[self.question[top]] = self.row[top]
        return _Best(score, row)

    @cached_property
    def asking(self) -> F32 | FileRows:
        """The vectors that are compared, [V, D]: of length 1, or as they are where that is wanted (3CosAdd alone)."""
        return self.vectors.units if self.normalised else self.vectors.stored

    @cached_property
    def _between(self) -> F32:
        """(b − a) · c of each question, [Q]."""
        a, b, c = (self.asking[self.questions[:, column]] for column in range(3))
        inner: F32 = np.vecdot(b - a, c)
        return inner

    def _threshold(self, method: Method) -> F32:
        """Return the score above which a candidate beats the best right answer that may answer, [Q].

        Where no right answer may answer, that of the best right answer.
        """
        special = np.full(len(self.row), NEVER)
        chosen = np.flatnonzero(self.is_right & ~self.dead[self.row])
        unit = self.asking
        for start in range(0, len(chosen), SPECIAL_AT_ONCE):
            some = chosen[start : start + SPECIAL_AT_ONCE]
            asked, rows = self.questions[self.question[some], :3], self.row[some]
            a, b, c = (np.vecdot(unit[asked[:, column]], unit[rows]) for column in range(3))
            special[some] = scores_of(method, a, b, c, self._between[self.question[some]])
        answer = self._best(special, ~self.is_excluded).score
        return np.where(answer > NEVER, answer, self._best(special, self.is_right).score) + TIE

    def _scan(
        self, thresholds: F32, limits: Sequence[int], methods: Sequence[Method], report: Callable[[int], None]
    ) -> tuple[F32, list[tuple[_Best, I64]]]:
        """Look at all candidates up to the last limit, block by block.

        Return the scores of the special candidates by each method, [methods, M]; and at each limit, 3CosAdd's best
        candidate among the others, and how many candidates exceed each threshold [methods, Q], special ones included.
        """
        from w2v.kernels import contest as kernels  # Numba is imported when it is first needed

        count = len(self.questions)
        layout = _Layout(self.questions, self.question, self.row)
        asked = kernels.Questions(layout.a, layout.b, layout.c, self._between)
        standing = kernels.Standing(
            thresholds, np.zeros(thresholds.shape, dtype=np.int64), np.full(count, NEVER), np.full(count, -1)
        )
        special = np.full((len(methods), len(self.row)), NEVER)
        snapshots: list[tuple[_Best, I64]] = []
        with ThreadPoolExecutor(THREADS) as pool:
            for start, cosines in self._blocks(self.asking[layout.words], limits[-1]):
                stop = start + cosines.shape[1]
                here = layout.special_of(start, stop)
                self._score_special(special, methods, cosines, layout, start, here)
                cosines[:, self.dead[start:stop]] = np.nan
                nearness = np.empty_like(cosines) if len(methods) > 1 else cosines
                if len(methods) > 1:
                    kernels.lay_nearness(cosines, nearness)
                block = kernels.Candidates(cosines, nearness, start)
                bounds = np.searchsorted(self.question[here], np.arange(count + 1))

                def work(
                    first: int,
                    block: kernels.Candidates = block,
                    bounds: I64 = bounds,
                    special: I64 = self.row[here] - start,
                ) -> None:
                    kernels.look(first, min(first + QUESTIONS, count), block, asked, standing, bounds, special)

                list(pool.map(work, range(0, count, QUESTIONS)))
                report(stop)
                if stop in limits:
                    snapshots.append((_Best(standing.best.copy(), standing.row.copy()), standing.above.copy()))
        return special, snapshots

    def _blocks(self, asking: F32, last: int) -> Iterator[tuple[int, F32]]:
        """Yield the cosines of the asking words with each block of candidates, and where the block starts.

        Several blocks come from one product: after each, the threads of the linear algebra wait actively for the next.
        """
        strip = CANDIDATES * max(1, STRIP // (CANDIDATES * len(asking)))
        if isinstance(self.asking, FileRows):
            strip = min(strip, CANDIDATES * max(1, COPIED // (CANDIDATES * self.asking.width)))
        for start in range(0, last, strip):
            products = asking @ self.asking[start : min(start + strip, last)].T
            for column in range(0, products.shape[1], CANDIDATES):
                yield start + column, products[:, column : column + CANDIDATES].copy()

    def _score_special(
        self, special: F32, methods: Sequence[Method], cosines: F32, layout: _Layout, start: int, here: I64
    ) -> None:
        """Fill in the scores of the special candidates of this block."""
        asked, column = self.question[here], self.row[here] - start
        a, b, c = (cosines[word[asked], column] for word in (layout.a, layout.b, layout.c))
        dead = self.dead[self.row[here]]
        for number, method in enumerate(methods):
            special[number, here] = np.where(dead, NEVER, scores_of(method, a, b, c, self._between[asked]))


class _Layout:
    """The questions as numbers of their distinct words, and the special candidates in the order of blocks."""

    def __init__(self, questions: I64, special_question: I64, special_row: I64) -> None:
        self.words, number = np.unique(questions[:, :3], return_inverse=True)
        self.a, self.b, self.c = np.ascontiguousarray(number.reshape(-1, 3).T)
        self.order = np.lexsort((special_question, special_row // CANDIDATES))
        self._block = (special_row // CANDIDATES)[self.order]

    def special_of(self, start: int, stop: int) -> I64:
        """Return the special candidates in the block of candidates start..stop − 1, by question."""
        low, high = np.searchsorted(self._block, [start // CANDIDATES, -(-stop // CANDIDATES)])
        return self.order[low:high]
