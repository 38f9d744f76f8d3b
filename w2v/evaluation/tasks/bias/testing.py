"""Run the tests of a file of lists on some vectors. The measures are in the files beside this one.

`evaluate_bias` is the way in: lists → rows → measures → report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from w2v.arrays import F64, I64
from w2v.evaluation.conventions import CONVENTIONS
from w2v.evaluation.own import OwnUse
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.statistics import holm, pearson, spearman
from w2v.evaluation.statistics.logistic import cross_validated
from w2v.evaluation.tasks.bias import groups
from w2v.evaluation.tasks.bias.controls import (
    NULL_DRAWS,
    Commonness,
    frequencies,
    leave_one_out,
    matched_rows,
    null_band,
)
from w2v.evaluation.tasks.bias.lipstick import lipstick
from w2v.evaluation.tasks.bias.lists import AssociationDesign, BiasLists, GroupDesign, SentimentDesign
from w2v.evaluation.tasks.bias.lookup import Finder, Found
from w2v.evaluation.tasks.bias.report import (
    Association,
    BiasReport,
    Coverage,
    GroupResult,
    Measure,
    Sentiment,
    WordScore,
)
from w2v.evaluation.tasks.bias.weat import associations, effect_size, permutation_test, single_category
from w2v.files.rows import first_rows
from w2v.machine import one_blas_thread
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["evaluate_bias"]


METHOD = "WEAT with the sample's SD, one-sided p over partitions, Holm over the tests, seed {seed}"


def _use(lists: BiasLists, finder: Finder) -> OwnUse | None:
    """How a user's own table of lists was read; None for lists that are no table."""
    if lists.own is None:
        return None
    return OwnUse(lists.own, tuple(word for word in lists.own.words if finder.row(word) < 0))


def evaluate_bias(
    vectors: Vectors,
    lists: BiasLists,
    *,
    seed: int = 0,
    restrict_vocab: int | None = None,
    progress: Progress | None = None,
) -> BiasReport:
    """Run all tests that `lists` asks for, on the first `restrict_vocab` rows (None for all).

    seed: of the partitions that are drawn where there are too many to count, of the null bands, and of the folds of
    cross-validation. Words that are not in the vocabulary are left out, and named in each test's coverage.
    """
    if restrict_vocab is not None and restrict_vocab < len(vectors):
        counts = None if vectors.counts is None else vectors.counts[:restrict_vocab]
        vectors = Vectors.unchecked(
            vectors.stored_words[:restrict_vocab], first_rows(vectors.stored, restrict_vocab), counts, name=vectors.name
        )
    finder, heard = Finder(vectors), progress or NullProgress()
    common = Commonness(finder)
    heard.phase("testing word lists", len(lists), "tests")
    found: list[Association] = []
    grouped: list[GroupResult] = []
    felt: list[Sentiment] = []
    with one_blas_thread():
        for done, design in enumerate(lists.designs, start=1):
            if isinstance(design, AssociationDesign):
                found.append(_association(finder, common, design, seed))
            elif isinstance(design, GroupDesign):
                grouped.append(_groups(finder, common, design, seed))
            else:
                felt.append(_sentiment(finder, design, seed))
            heard.update(done)
    tested = [each.p for each in found if each.p is not None]
    adjusted = iter(holm(tested))
    rules = CONVENTIONS["w2v"]
    return BiasReport(
        suite=lists.name,
        title=lists.title,
        citation=lists.citation,
        own=_use(lists, finder),
        protocol=Protocol(
            convention=rules.name,
            restrict_vocab=restrict_vocab,
            vocabulary=len(vectors),
            method=METHOD.format(seed=seed),
            normalised=True,
            case=rules.case,
            unknown="unknown words are left out of their lists",
            inputs="",
            sha256=lists.sha256,
        ),
        associations=tuple(each if each.p is None else replace(each, p_holm=next(adjusted)) for each in found),
        groups=tuple(grouped),
        sentiments=tuple(felt),
    )


def _coverage(found: Found) -> Coverage:
    total = len(found.list.words)
    return Coverage(found.list.name, found.list.title, len(found), total, found.missing, found.other_case)


def _association(finder: Finder, common: Commonness, design: AssociationDesign, seed: int) -> Association:
    targets = [finder.find(listed) for listed in design.targets]
    attributes = [finder.find(listed) for listed in design.attributes]
    x, y, a, b = (_coverage(found) for found in (*targets, *attributes))
    result = Association(design.name, (x, y, a, b), None, None, None, None, None, None, ())
    if min(map(len, targets)) < 2 or min(map(len, attributes)) < 1:
        return result
    sides = [finder.unit(found.rows) for found in attributes]
    scores = [associations(finder.unit(found.rows), *sides) for found in targets]
    size = effect_size(*scores)
    if size is None:
        return result
    return replace(
        result,
        effect_size=size,
        permutation=permutation_test(scores[0], scores[1], seed),
        null=null_band(finder, common, targets, attributes, size, seed),
        leave_one_out=leave_one_out(finder, targets, attributes),
        frequencies=frequencies(common, targets, attributes),
        words=tuple(
            WordScore(word, found.list.name, float(score))
            for found, values in zip(targets, scores, strict=True)
            for word, score in zip(found.words, values, strict=True)
        ),
    )


def _groups(finder: Finder, common: Commonness, design: GroupDesign, seed: int) -> GroupResult:
    first, second = (finder.find(group) for group in design.groups)
    listed = finder.find(design.words)
    a, b, words = (_coverage(found) for found in (first, second, listed))
    if design.excluded is not None:
        listed = _without(listed, finder.find(design.excluded).rows)
    pairs = _known_pairs(finder, design.pairs)
    result = GroupResult(design.name, (a, b, words), len(pairs), len(design.pairs), (), (), None)
    if min(len(first), len(second), len(listed)) < 2:
        return result
    scores = single_category(finder.unit(listed.rows), finder.unit(first.rows), finder.unit(second.rows))
    axis = groups.direction(finder.unit(pairs[:, 0]), finder.unit(pairs[:, 1])) if len(pairs) else None
    excluded = finder.find(design.excluded).rows if design.excluded is not None else np.array([], dtype=np.int64)
    definite = np.concatenate([first.rows, second.rows, pairs.reshape(-1), excluded])
    without = np.concatenate([definite, listed.rows])
    drawn = matched_rows(common, listed.rows, without, NULL_DRAWS // 10, np.random.default_rng(seed))
    return replace(
        result,
        measures=(
            *_measures(finder, first, second, listed.rows, pairs, axis, [] if drawn is None else list(drawn)),
            *_rated(scores, listed),
        ),
        words=tuple(
            WordScore(word, listed.list.name, float(score))
            for word, score in zip(listed.words, scores, strict=True)
            if np.isfinite(score)
        ),
        lipstick=None if axis is None else lipstick(finder.unit_matrix, common.pool(definite), listed.rows, axis, seed),
    )


def _without(found: Found, rows: I64) -> Found:
    kept = np.flatnonzero(~np.isin(found.rows, rows))
    return replace(
        found,
        words=tuple(found.words[number] for number in kept),
        rows=found.rows[kept],
        ratings=found.ratings[kept] if len(found.ratings) else found.ratings,
    )


def _known_pairs(finder: Finder, pairs: Sequence[tuple[str, str]]) -> I64:
    """Return the rows of the pairs whose words are both in the vocabulary and differ, [n, 2]."""
    rows = [(finder.row(first), finder.row(second)) for first, second in pairs]
    known = [pair for pair in rows if min(pair) >= 0 and pair[0] != pair[1]]
    return np.array(known, dtype=np.int64).reshape(-1, 2)


def _measures(
    finder: Finder, first: Found, second: Found, rows: I64, pairs: I64, axis: F64 | None, drawn: Sequence[I64]
) -> list[Measure]:
    """Return each measure of the listed words, with the band of its values for random words in their place."""
    a, b = finder.unit(first.rows), finder.unit(second.rows)
    nearer = "more: nearer to A"
    measures: list[tuple[str, Callable[[F64, F64], float | None], float, str]] = [
        ("sc-weat", lambda unit, raw: _mean(single_category(unit, a, b)), 0.0, nearer),
        ("rnd", lambda unit, raw: _mean(groups.relative_norms(unit, a, b)), 0.0, nearer),
        ("same", lambda unit, raw: _mean(np.abs(groups.same(unit, a, b))), 0.0, "mean |cosine| with A − B"),
        ("same-skew", lambda unit, raw: _mean(groups.same(unit, a, b)), 0.0, nearer),
        ("ect", lambda unit, raw: groups.coherence(unit, a, b), 1.0, "ρ of nearness to A and to B"),
        ("mac", lambda unit, raw: groups.mean_cosine_distance(unit, a, b), 1.0, "mean cosine distance"),
    ]
    if axis is not None:
        one, other = (finder.vectors.stored[pairs[:, side]].astype(np.float64) for side in (0, 1))
        measures += [
            ("direct-bias", lambda unit, raw: groups.direct_bias(unit, axis), 0.0, "mean |cosine| with pairs"),
            ("ripa", lambda unit, raw: _mean(groups.relational(raw, one, other)), 0.0, nearer),
        ]
    values = []
    for at in (rows, *drawn):  # one after another: all of them together would be a hundred times the listed words
        unit, raw = finder.unit(at), finder.vectors.stored[at].astype(np.float64)
        values.append([measure(unit, raw) for _, measure, _, _ in measures])
    found = []
    for (name, _, neutral, label), (value, *null) in zip(measures, zip(*values, strict=True), strict=True):
        known = [each for each in null if each is not None]
        low, high = np.quantile(known, [0.025, 0.975]).tolist() if known else (None, None)
        found.append(Measure(name, value, neutral, label, low, high))
    return found


def _mean(values: F64) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _rated(scores: F64, listed: Found) -> list[Measure]:
    """Return WEFAT: how the words' own associations go with the numbers that the list gives them."""
    known = np.isfinite(scores)
    if not len(listed.ratings) or known.sum() < 3:
        return []
    ratings, scores = listed.ratings[known], scores[known]
    return [
        Measure("wefat", pearson(scores, ratings), 0.0, "r with the list's ratings"),
        Measure("wefat-ranks", spearman(scores, ratings), 0.0, "ρ with the list's ratings"),
    ]


def _sentiment(finder: Finder, design: SentimentDesign, seed: int) -> Sentiment:
    """Return RNSB: the targets' shares of negative sentiment, by a classifier of words, beside equal shares."""
    from scipy.special import rel_entr

    targets = [finder.find(listed) for listed in design.targets]
    positive, negative = finder.find(design.positive), finder.find(design.negative)
    coverage = tuple(_coverage(found) for found in (*targets, positive, negative))
    result = Sentiment(design.name, coverage, None, None, None, (), ())
    features = finder.unit(np.concatenate([negative.rows, positive.rows]))
    model = cross_validated(features, np.arange(len(features)) < len(negative), seed)
    if model is None or sum(map(len, targets)) < 2 or min(map(len, targets)) < 1:
        return result
    probability = [model.probability(finder.unit(found.rows)) for found in targets]
    shares = np.concatenate(probability) / sum(part.sum() for part in probability)
    return replace(
        result,
        divergence=float(rel_entr(shares, 1.0 / len(shares)).sum()),
        accuracy=model.accuracy,
        strength=model.strength,
        lists=tuple((found.list.name, float(part.mean())) for found, part in zip(targets, probability, strict=True)),
        words=tuple(
            WordScore(word, found.list.name, float(value))
            for found, part in zip(targets, probability, strict=True)
            for word, value in zip(found.words, part, strict=True)
        ),
    )
