"""Analogy questions: a is to b as c is to which word? Not here: where the questions come from, and how reports look.

3CosAdd (Mikolov, Yih, Zweig 2013; named by Levy & Goldberg 2014, section 3) looks for the unit vector d with the
largest (b − a + c) · d. That is (b − a) · d + c · d, and a set has far fewer pairs (a, b) and words c than questions:
the Google set 19,544 questions of about 550 of each. So one blocked float32 matmul scores the distinct halves against a
thousand candidates at a time, and a question costs one addition a candidate, whatever the number of dimensions.

The right answers and the words that may not answer are taken out of a block before its best candidate is looked for;
their own scores are kept. From these few numbers a question everything else follows: whether it is right, whether it
would be right with the inputs allowed, and the same among the first 30,000 words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from w2v.evaluation.closecalls import gensim_is_right
from w2v.evaluation.conventions import Convention, Lookup
from w2v.evaluation.report import BESIDE, AnalogyReport, Protocol, Tally
from w2v.evaluation.sets import AnalogySuite
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["evaluate_analogies"]

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

CANDIDATES = 1_000  # a block of them has its scores in the cache; divides BESIDE
QUESTIONS = 192
AT_ONCE = 20_000  # distinct questions; their halves' scores take at most 160 MB
CLOSE = 1e-5  # scores nearer than this may change places when they are summed in another order
NEVER = np.float32(-np.inf)


def evaluate_analogies(
    vectors: Vectors, suite: AnalogySuite, rules: Convention, limit: int | None, progress: Progress
) -> AnalogyReport:
    """Answer the questions of `suite` by 3CosAdd, by the rules of a convention.

    `limit`: only the first so many rows are looked at, as inputs and as answers; None for all. Questions with an
    unknown word are skipped. Memory: the unit vectors, and 6 MB of blocks for the Google set, 160 MB for any.
    """
    vocabulary = min(limit or len(vectors), len(vectors))
    limits = [vocabulary]
    if rules.name == "w2v" and vocabulary > BESIDE:
        limits.insert(0, BESIDE)
    lookups = [Lookup(vectors.words, rows, rules) for rows in limits]
    asked = [lookup.rows(suite.words)[suite.questions] for lookup in lookups]
    known = np.array([(rows >= 0).all(axis=1) for rows in asked])
    right, allowing = np.zeros((2, len(limits), len(suite)), dtype=bool)
    questions, place = np.unique(np.concatenate(asked)[known.reshape(-1)], axis=0, return_inverse=True)
    where = np.split(place.reshape(-1), np.cumsum(known.sum(axis=1))[:-1])
    for start in range(0, len(questions), AT_ONCE):
        contest = _Contest(vectors, questions[start : start + AT_ONCE], lookups[-1], rules)
        for number, verdict in enumerate(contest.verdicts(limits, progress)):
            here = (where[number] >= start) & (where[number] < start + AT_ONCE)
            target = np.flatnonzero(known[number])[here]
            right[number, target], allowing[number, target] = verdict[:, where[number][here] - start]
    return _report(suite, rules, limit, vocabulary, known, right, allowing)


@dataclass(frozen=True, eq=False)
class _Best:
    """The best of some candidates for each question: score [Q] and row [Q]; NEVER and -1 where there is none."""

    score: Floats
    row: Ids

    def beats(self, other: _Best) -> Flags:
        """Higher, or as high and more frequent: the order in which one would find them."""
        wins: Flags = (self.score > other.score) | ((self.score == other.score) & (self.row < other.row))
        return wins


class _Contest:
    """Distinct questions [Q, 4], as rows of the vectors, and the candidates of special standing for each of them.

    Such a candidate is a mark: `row` [M] in the scores of question `question` [M]. Marks are right answers (d, and what
    the convention takes for the same word), barred (may not answer), or both.
    """

    def __init__(self, vectors: Vectors, questions: Ids, lookup: Lookup, rules: Convention) -> None:
        self.vectors = vectors
        self.questions = questions
        self.lookup = lookup
        self.rules = rules
        size = len(lookup.group)
        right = self._variants(questions[:, 3])
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
        """Rows without a direction: zero vectors, which neither ask nor answer."""
        zero: Flags = self.vectors.norms[: len(self.lookup.group)] == 0
        return zero

    def verdicts(self, limits: list[int], progress: Progress) -> list[Flags]:
        """For each of the rising `limits`, [2, Q]: right with the inputs excluded, and right with them allowed."""
        others, marks = self._scan(limits, progress)
        return [np.stack(self._judge(limit, other, marks)) for limit, other in zip(limits, others, strict=True)]

    def _judge(self, limit: int, other: _Best, marks: Floats) -> tuple[Flags, Flags]:
        reached = self.row < limit
        answer = self._best(marks, self.is_right & ~self.is_barred & reached)
        right = answer.beats(other) & (answer.score > self.rules.floor)
        answer_or_input = self._best(marks, self.is_right & reached)
        rival = self._best(marks, ~self.is_right & reached)
        allowing = answer_or_input.beats(other) & answer_or_input.beats(rival)
        directed = ~self.dead[self.questions[:, :3]].any(axis=1)
        if self.rules.name == "gensim":
            unsure = np.flatnonzero(self._too_close(answer, other) | ~directed)
            right[unsure] = gensim_is_right(self.vectors, self.questions[unsure], self.lookup.group)
        else:
            right &= directed
        return right, allowing & directed

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

    def _scan(self, limits: list[int], progress: Progress) -> tuple[list[_Best], Floats]:
        """The best unmarked candidate among the first `limit` rows, for each limit, and the marks' own scores [M]."""
        unit = self.vectors.unit
        pairs, pair = np.unique(self.questions[:, :2], axis=0, return_inverse=True)
        thirds, third = np.unique(self.questions[:, 2], return_inverse=True)
        pair = pair.reshape(-1)
        offsets = unit[pairs[:, 1]] - unit[pairs[:, 0]]
        bases = unit[thirds]
        count, last = len(self.questions), limits[-1]
        chunks = -(-count // QUESTIONS)
        cell = self.row // CANDIDATES * chunks + self.question // QUESTIONS
        order = np.argsort(cell, kind="stable")
        bounds = np.searchsorted(cell[order], np.arange(-(-last // CANDIDATES) * chunks + 1))
        marks = np.full(len(self.row), NEVER)
        score, row = np.full(count, NEVER), np.full(count, -1)
        buffers = np.empty((2, QUESTIONS * CANDIDATES), dtype=np.float32)
        found = []
        progress.phase(f"answering {count:,} analogies", last, "words")
        for block, start in enumerate(range(0, last, CANDIDATES)):
            stop = min(start + CANDIDATES, last)
            candidates = unit[start:stop].T
            offset_scores, base_scores = offsets @ candidates, bases @ candidates
            silent = np.flatnonzero(self.dead[start:stop])
            for chunk in range(chunks):
                asked = slice(chunk * QUESTIONS, min((chunk + 1) * QUESTIONS, count))
                shape = (asked.stop - asked.start, stop - start)
                scores, addend = (buffer[: shape[0] * shape[1]].reshape(shape) for buffer in buffers)
                np.take(offset_scores, pair[asked], axis=0, out=scores, mode="clip")
                np.take(base_scores, third[asked], axis=0, out=addend, mode="clip")
                scores += addend
                scores[:, silent] = NEVER
                here = order[bounds[block * chunks + chunk] : bounds[block * chunks + chunk + 1]]
                marked = self.question[here] - asked.start, self.row[here] - start
                marks[here] = scores[marked]
                scores[marked] = NEVER
                top = scores.argmax(axis=1)
                value = scores[np.arange(len(top)), top]
                better = value > score[asked]
                np.copyto(score[asked], value, where=better)
                np.copyto(row[asked], top + start, where=better)
            progress.update(stop)
            if stop in limits:
                found.append(_Best(score.copy(), row.copy()))
        return found, marks


def _report(
    suite: AnalogySuite,
    rules: Convention,
    limit: int | None,
    vocabulary: int,
    known: Flags,
    right: Flags,
    allowing: Flags,
) -> AnalogyReport:
    """Count by section; known, right, allowing: [limits, questions], the smaller limit first where there are two."""
    names = suite.sections
    by_section = np.stack(
        [
            np.bincount(suite.section_of[flags], minlength=len(names))
            for flags in (right[-1], known[-1], np.ones(len(suite), dtype=bool), allowing[-1], right[0], known[0])
        ]
    )

    def tally(name: str, sections: list[int]) -> Tally:
        correct, answered, total, with_inputs, correct_30k, answered_30k = by_section[:, sections].sum(axis=1).tolist()
        own, beside = rules.name == "w2v", len(known) > 1
        return Tally(
            name=name,
            correct=correct,
            answered=answered,
            total=total,
            allowing_inputs=with_inputs if own else None,
            correct_30k=correct_30k if beside else None,
            answered_30k=answered_30k if beside else None,
        )

    sections = tuple(tally(name, [number]) for number, name in enumerate(names))
    accuracies = [section.accuracy for section in sections if section.accuracy is not None]
    return AnalogyReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol(
            convention=rules.name,
            restrict_vocab=limit,
            vocabulary=vocabulary,
            method="3CosAdd",
            normalised=True,
            case=rules.case,
            unknown="questions with an unknown word are skipped",
            inputs=rules.inputs,
            sha256=suite.sha256,
            invalid_lines=suite.invalid,
        ),
        sections=sections,
        groups=tuple(
            tally(group, [number for number, name in enumerate(names) if name in members])
            for group, members in suite.groups.items()
        ),
        total=tally("total", list(range(len(names)))),
        macro=sum(accuracies) / len(accuracies) if accuracies else None,
    )
