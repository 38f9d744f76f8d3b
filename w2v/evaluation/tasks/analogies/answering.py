"""Answer a set of analogies, and count the right answers: a is to b as c is to which word?

3CosAdd (Mikolov, Yih, Zweig 2013; named by Levy & Goldberg 2014, section 3) looks for the unit vector d with the
largest (b − a + c) · d. That is b · d − a · d + c · d, and a set has far fewer words than questions: the Google set has
905 in 19,544. So one blocked float32 product gives the cosines of all of them with a thousand candidates at a time, and
a question costs a few additions for each candidate, whatever the number of dimensions. The other methods (`methods`)
use the same cosines. Each distinct question is asked once, whatever the number of limits. `contest` looks for the best
candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from w2v.arrays import F32, F64, I64, Flags
from w2v.evaluation.conventions import Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.statistics import FEWEST, Pigeonhole, share_interval
from w2v.evaluation.tasks.analogies.contest import CANDIDATES, Contest, compile_kernels
from w2v.evaluation.tasks.analogies.learned import LEARNED, Learned, answer_pairs
from w2v.evaluation.tasks.analogies.methods import METHODS, Method
from w2v.evaluation.tasks.analogies.report import BESIDE, AnalogyDetails, AnalogyReport, MethodTally, Tally
from w2v.evaluation.tasks.analogies.sets import AnalogySuite
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["evaluate_analogies"]


AT_ONCE = 10_000  # distinct questions, of at most 30,000 words: 120 MB of cosines with a block
HITS = (1, 5, 10)


def evaluate_analogies(
    vectors: Vectors, suite: AnalogySuite, rules: Convention, limit: int | None, progress: Progress
) -> AnalogyReport:
    """Answer the questions of a set by 3CosAdd, by the rules of a convention; by w2v's own rules, by all methods.

    limit: only the first so many rows are looked at, as inputs and as answers; None for all. Questions with a word that
    is not in the vocabulary are skipped; where there are several accepted answers, one must be there. Memory: the unit
    vectors, and blocks of 100 MB for the Google set, of 400 MB for any.
    """
    vocabulary = min(limit or len(vectors), len(vectors))
    own = rules.reports_more
    limits = [BESIDE, vocabulary] if own and vocabulary > BESIDE else [vocabulary]
    found = answer(vectors, suite, rules, limits, METHODS if own else METHODS[:1], progress)
    learned = None
    if own and len(suite.paired):
        learned = answer_pairs(
            vectors, suite, RowFinder(vectors.listed_words, vocabulary, rules, phrases=suite.own is not None), progress
        )
    return _report(suite, rules, limit, len(vectors), found, learned)


@dataclass(frozen=True, eq=False)
class Answers:
    """What became of each question [N] of a set, under each limit [L]; by method.

    scored: [L, N], whether the words are in the vocabulary. right: [L, N]; allowing: the same if the inputs may answer
    too. rank: [N], of the right answer among all candidates, inf where it may not answer. predicted: [N], rows, -1 for
    none. Rank and prediction are those of the last limit, which is the largest.
    """

    scored: Flags
    right: dict[Method, Flags]
    allowing: dict[Method, Flags]
    rank: dict[Method, F32]
    predicted: dict[Method, I64]


def answer(
    vectors: Vectors,
    suite: AnalogySuite,
    rules: Convention,
    limits: Sequence[int],
    methods: Sequence[Method],
    progress: Progress,
    *,
    normalised: bool = True,
) -> Answers:
    """Ask every question of a set under each of the rising `limits`.

    All limits but the last are multiples of CANDIDATES.
    """
    assert all(limit % CANDIDATES == 0 for limit in limits[:-1])
    lookups = [RowFinder(vectors.listed_words, rows, rules, phrases=suite.own is not None) for rows in limits]
    rows_of = [lookup.rows(suite.words) for lookup in lookups]
    asked = [_asked(suite, rows) for rows in rows_of]
    known = np.array([(rows[:, :4] >= 0).all(axis=1) for rows in asked])
    shape = (len(limits), len(suite))
    right, allowing = ({method: np.zeros(shape, dtype=bool) for method in methods} for _ in range(2))
    rank = {method: np.full(len(suite), np.inf, dtype=np.float32) for method in methods}
    predicted = {method: np.full(len(suite), -1) for method in methods}
    questions, place = _distinct(
        np.concatenate(asked)[known.reshape(-1)], np.tile(suite.section_of, len(limits))[known.reshape(-1)]
    )
    where = np.split(place, np.cumsum(known.sum(axis=1))[:-1])
    also = np.column_stack([suite.also[:, 0], rows_of[-1][suite.also[:, 1]]])
    also = also[also[:, 1] >= 0]
    if len(questions):
        from w2v.kernels.llvm.compilation import compiling  # Numba is imported when it is first needed

        with compiling(progress):
            compile_kernels()
        progress.phase(f"answering {len(questions):,} analogies", len(questions), "questions")
    for start in range(0, len(questions), AT_ONCE):
        part = questions[start : start + AT_ONCE]
        contest = Contest(vectors, part[:, :4], _also_of(part[:, 4], also), lookups[-1], rules, normalised=normalised)

        def report(rows: int, start: int = start, asked: int = len(part)) -> None:
            progress.update(start + asked * rows // limits[-1])

        for method, verdicts in contest.verdicts(limits, methods, report).items():
            for number, verdict in enumerate(verdicts):
                here = (where[number] >= start) & (where[number] < start + AT_ONCE)
                target = np.flatnonzero(known[number])[here]
                source = where[number][here] - start
                right[method][number, target] = verdict.right[source]
                allowing[method][number, target] = verdict.allowing[source]
            rank[method][target], predicted[method][target] = verdict.rank[source], verdict.predicted[source]
    return Answers(known, right, allowing, rank, predicted)


def _asked(suite: AnalogySuite, rows: I64) -> I64:
    """Return the rows of a, b, c and d, [N, 5]: d is the first accepted answer that is in the vocabulary.

    The last column is the number of the question where it has further answers, else -1.
    """
    asked = np.column_stack([rows[suite.questions], np.full(len(suite), -1)])
    if len(suite.also):
        asked[suite.also[:, 0], 4] = suite.also[:, 0]
        others = suite.also[rows[suite.also[:, 1]] >= 0][::-1]  # reversed: the first one stays
        stands = np.full(len(suite), -1)
        stands[others[:, 0]] = rows[others[:, 1]]
        asked[:, 3] = np.where(asked[:, 3] < 0, stands, asked[:, 3])
    return asked


def _distinct(asked: I64, section: I64) -> tuple[I64, I64]:
    """Return each distinct question once, [M, 5], and where each of the questions [N] stands among these, [N].

    Questions of a section stand together, because they share words.
    """
    questions, first, place = np.unique(asked, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(section[first], kind="stable")
    return questions[order], np.argsort(order)[place.reshape(-1)]


def _also_of(owners: I64, also: I64) -> I64:
    """Return further answers [K, 2]: the place of a question among some questions, and a row.

    owners: the number in the set of each of these questions, -1 where it has no further answer.
    """
    order = np.argsort(also[:, 0], kind="stable")
    low, high = (np.searchsorted(also[order, 0], owners, side=side) for side in ("left", "right"))
    size = np.where(owners >= 0, high - low, 0)
    place = np.repeat(np.arange(len(owners)), size)
    within = np.arange(len(place)) - np.repeat(np.cumsum(size) - size, size)
    return np.column_stack([place, also[order[np.repeat(low, size) + within], 1]])


def _report(
    suite: AnalogySuite, rules: Convention, limit: int | None, rows: int, found: Answers, learned: Learned | None
) -> AnalogyReport:
    """Count right answers by section, and put the report together."""
    names, methods = suite.sections, tuple(found.right)
    own, beside = rules.reports_more, len(found.scored) > 1
    known = found.scored[-1]
    flags = [*(found.right[method][-1] for method in methods), *(found.allowing[method][-1] for method in methods)]
    counted = [*flags, known, np.ones(len(suite), dtype=bool), found.right[methods[0]][0], found.scored[0]]
    by_section = np.stack([np.bincount(suite.section_of[each], minlength=len(names)) for each in counted])
    ranks = {method: _ranks(suite, known, found.rank[method]) for method in methods}
    pigeonhole = Pigeonhole(
        suite.questions[known],
        suite.section_of[known],
        np.column_stack([*(flag[known] for flag in flags[: len(methods)]), known[known]]).astype(np.float64),
        len(names),
    )

    def tally(name: str, sections: list[int]) -> Tally:
        counts = by_section[:, sections].sum(axis=1).tolist()
        scored, total, correct_30k, scored_30k = counts[2 * len(methods) :]
        by_method = tuple(
            MethodTally(
                method=method,
                correct=counts[number],
                scored=scored,
                allowing_inputs=counts[len(methods) + number],
                mrr=_mean(ranks[method][0, sections], scored),
                hits={at: int(hits) for at, hits in zip(HITS, ranks[method][1:, sections].sum(axis=1), strict=True)},
                interval=pigeonhole.interval(number, sections),
            )
            for number, method in enumerate(methods)
        )
        return Tally(
            name=name,
            correct=counts[0],
            scored=scored,
            total=total,
            allowing_inputs=counts[len(methods)] if own else None,
            correct_30k=correct_30k if beside else None,
            scored_30k=scored_30k if beside else None,
            interval=pigeonhole.interval(0, sections),
            methods=(*by_method, *(_learned_tallies(suite, learned, sections) if learned else ())),
        )

    sections = tuple(tally(name, [number]) for number, name in enumerate(names))
    accuracies = [section.accuracy for section in sections if section.accuracy is not None]
    return AnalogyReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            rows,
            method="3CosAdd",
            unknown="questions with an unknown word are skipped",
            inputs=rules.inputs,
        ),
        sections=sections,
        groups=tuple(
            tally(group, [number for number, name in enumerate(names) if name in members])
            for group, members in suite.groups.items()
        ),
        total=tally("total", list(range(len(names)))),
        macro=sum(accuracies) / len(accuracies) if accuracies else None,
        details=AnalogyDetails(
            suite=suite,
            scored=known,
            right={method: found.right[method][-1] for method in methods},
            rank=found.rank,
            predicted=found.predicted,
        ),
    )


def _learned_tallies(suite: AnalogySuite, learned: Learned, sections: list[int]) -> list[MethodTally]:
    """Count how the methods that learn relations answered the pairs of some sections; pairs are independent trials."""
    asked = learned.scored & np.isin(suite.pair_section, sections)
    scored = int(asked.sum())
    tallies = []
    for method in LEARNED:
        rank = learned.rank[method][asked]
        correct = int((rank == 1).sum())
        tallies.append(
            MethodTally(
                method=method,
                correct=correct,
                scored=scored,
                allowing_inputs=int(learned.allowing[method][asked].sum()),
                mrr=_mean(1 / rank, scored),
                hits={at: int((rank <= at).sum()) for at in HITS},
                interval=share_interval(correct / scored, scored) if scored >= FEWEST else None,
            )
        )
    return tallies


def _ranks(suite: AnalogySuite, known: Flags, rank: F32) -> F64:
    """Return sums by section, [1 + len(HITS), sections]: of 1 / rank, and of ranks that are at most each of HITS."""
    section, ranks = suite.section_of[known], rank[known]
    columns = [1 / ranks, *(ranks <= at for at in HITS)]
    return np.stack([np.bincount(section, weights=each, minlength=len(suite.sections)) for each in columns])


def _mean(sums: npt.NDArray[np.floating], count: int) -> float | None:
    return float(sums.sum() / count) if count else None
