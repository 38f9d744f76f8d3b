"""How well the test of change holds and finds: texts in which nothing changed, and texts with planted change.

    python -m benchmarks.drift wiki8s.txt --work /tmp/drift --nulls 4 --plan plan-shift.json --new-plans 2

Null: the text is dealt into two random halves, R + 1 times over. Nothing differs between the halves, so whatever is
found is false; each of four deals is tested against the R others. Planted: in the second of two random halves, pairs of
words of equal frequency trade places in a share of their occurrences, and other words become rarer. What should be
found are the pairs. New plans are drawn by the same rules from new seeds, and so are the halves.

With 10 deals, the nulls take 22 trainings, and each plan as many: on 17 M tokens, of about 10 seconds of processor time
each. Deals are kept in --work, and an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import F64, I32, Flags
from w2v.compare.deals.calibration import Calibrated
from w2v.compare.deals.dealing import key_of, train_deals, words_under_test
from w2v.compare.deals.kept import KeptDeals
from w2v.compare.deals.pool import BLOCK, Pool, cut_documents, pooled
from w2v.compare.deals.recipe import Recipe
from w2v.compare.deals.scores import DealScores
from w2v.compare.deals.testing import LEVEL, DriftTest, judged
from w2v.progress import Progress, reporting
from w2v.tokens import prepare
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.word_lists import WordLists
from w2v.training.models import model_of
from w2v.training.settings import ModelSettings
from w2v.training.sgns.model import SgnsConfig

SHARES = (0.25, 0.5, 0.75, 1.0)
KEPT = (0.5, 0.25)  # of the occurrences of a word that becomes rarer
BANDS = ((180, 525), (525, 1_500), (1_500, 5_000), (5_000, 20_000))  # occurrences in the second half
PAIRS = (5, 5, 5, 2)  # of each share in each band,
RARER = (10, 10, 10, 3)  # and words that become rarer, for each of KEPT
MIN_COUNT = 50
NULLS, PLANTED = 1, 2  # what seeds are drawn for


@dataclass(frozen=True)
class Plan:
    """What is planted. pairs: words that trade places, with the share of occurrences. rarer: words, with the share that
    stays. seed: of the halves and of the occurrences.
    """

    name: str
    pairs: tuple[tuple[str, str, float], ...]
    rarer: tuple[tuple[str, float], ...]
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What one test has found of a plan: the share of the words by share of occurrences, and how many other words."""

    planted: dict[str, float]
    rarer: dict[str, float]
    others: int
    of: int


@dataclass(frozen=True, eq=False)
class Text:
    """A text as documents. words: [W]. documents: int32 [n] each, numbers of words; each ends with −1."""

    words: tuple[str, ...] = field(repr=False)
    documents: list[I32] = field(repr=False)

    def halves(self, seed: int) -> tuple[list[I32], list[I32]]:
        """Return two random halves of the documents."""
        order = np.random.default_rng([seed, PLANTED]).permutation(len(self.documents))
        middle = len(order) // 2
        first, second = (sorted(part.tolist()) for part in (order[:middle], order[middle:]))
        return [self.documents[each] for each in first], [self.documents[each] for each in second]


def read(corpus: str, cache: Path, progress: Progress) -> Text:
    """Read a text, and cut it into documents."""
    with prepare([corpus], CorpusConfig(min_count=1), cache_dir=cache, progress=progress) as found:
        tokens, ends = cut_documents(np.array(found.tokens), BLOCK)
        return Text(tuple(found.vocabulary.words), np.split(tokens, ends[:-1]))


def pool_of(text: Text, first: Sequence[I32], second: Sequence[I32]) -> Pool:
    """Return two lists of documents as a pool."""
    ends = [np.cumsum([len(each) for each in part]).astype(np.int64) for part in (first, second)]
    return pooled(text.words, [np.concatenate(first), np.concatenate(second)], ends, BLOCK)


def new_plan(text: Text, seed: int) -> Plan:
    """Return a plan that is drawn by the rules at the head of this file."""
    _, second = text.halves(seed)
    tokens = np.concatenate(second)
    counts = np.bincount(tokens[tokens >= 0], minlength=len(text.words))
    rng = np.random.default_rng([seed, PLANTED, 1])
    pairs: list[tuple[str, str, float]] = []
    rarer: list[tuple[str, float]] = []
    for (low, high), number, fewer in zip(BANDS, PAIRS, RARER, strict=True):
        inside = np.flatnonzero((counts >= low) & (counts < high))
        free = inside[np.argsort(counts[inside], kind="stable")].tolist()
        for share in SHARES:
            for _ in range(number):
                at = int(rng.integers(len(free) - 1))
                first, other = free.pop(at), free.pop(at)  # the next in frequency
                pairs.append((text.words[first], text.words[other], share))
        for kept in KEPT:
            rarer += [(text.words[free.pop(int(rng.integers(len(free))))], kept) for _ in range(fewer)]
    return Plan(f"new, seed {seed}", tuple(pairs), tuple(rarer), seed)


def plan_in(path: Path) -> Plan:
    """Return the plan in a file of JSON: "pairs" [word, word, share, …], "down" [word, share that stays, …]."""
    values = json.loads(path.read_text("utf-8"))
    pairs = tuple((first, second, float(share)) for first, second, share, *_ in values["pairs"])
    rarer = tuple((word, float(kept)) for word, kept, *_ in values["down"])
    return Plan(path.stem, pairs, rarer, 0)


def planted(text: Text, documents: Sequence[I32], plan: Plan) -> list[I32]:
    """Return documents with the changes of a plan."""
    number = {word: at for at, word in enumerate(text.words)}
    share: F64 = np.zeros(len(text.words))
    partner: I32 = np.arange(len(text.words), dtype=np.int32)
    stays: F64 = np.ones(len(text.words))
    for first, second, of_both in plan.pairs:
        a, b = number[first], number[second]
        share[[a, b]] = of_both
        partner[[a, b]] = b, a
    for word, kept in plan.rarer:
        stays[number[word]] = kept
    rng = np.random.default_rng([plan.seed, PLANTED, 2])
    changed = []
    for each in documents:
        drawn = rng.random(len(each))
        words = each >= 0
        new = np.where(words & (drawn < share[each]), partner[each], each)
        changed.append(new[~(words & (drawn >= stays[each]))])
    return changed


class Study:
    """Trains deals of one text by one recipe, and keeps them."""

    def __init__(self, text: Text, settings: ModelSettings, deals: int, work: Path, threads: int, progress: Progress):
        self.text, self.deals, self.work, self.threads, self.progress = text, deals, work, threads, progress
        self.recipe = Recipe(model_of(settings), settings, CorpusConfig(), WordLists())

    def tests(self, pool: Pool, seed: int, observed: Iterable[int]) -> list[DriftTest]:
        """Train the texts of a pool and R deals; test each of `observed` against all others, 0 being the texts."""
        words, counts = words_under_test(pool, self.recipe, MIN_COUNT)
        key = key_of(pool, self.recipe, words, seed)
        kept = KeptDeals(self.work / key, key, self.progress)
        scores = train_deals(
            pool, self.recipe, words, kept, deals=self.deals, seed=seed, threads=self.threads, progress=self.progress
        )
        listed = tuple(pool.words[word] for word in words.tolist())
        documents = (pool.first, pool.documents - pool.first)
        in_documents = pool.documents_with(words)
        return [
            judged(
                ("first half", "second half"),
                listed,
                counts,
                in_documents,
                [_frequent(scores[each]), *scores[:each], *scores[each + 1 :]],
                seed=seed,
                min_count=MIN_COUNT,
                documents=documents,
                block=pool.block,
            )
            for each in observed
        ]

    def nulls(self, number: int, seed: int) -> list[DriftTest]:
        """Return tests of so many pairs of random halves, in which nothing changed."""
        order = np.random.default_rng([seed, NULLS]).permutation(len(self.text.documents)).tolist()
        shuffled = [self.text.documents[each] for each in order]
        middle = len(shuffled) // 2
        pool = pool_of(self.text, shuffled[:middle], shuffled[middle:])
        return self.tests(pool, seed, range(number))

    def planted(self, plan: Plan) -> DriftTest:
        """Return the test of two random halves, in the second of which a plan has been planted."""
        first, second = self.text.halves(plan.seed)
        pool = pool_of(self.text, first, planted(self.text, second, plan))
        return self.tests(pool, plan.seed, [0])[0]


def _frequent(scores: DealScores) -> DealScores:
    """The scores of a deal in the place of the texts: words that are rare in one of its halves are not tested."""
    rare = (scores.counts < MIN_COUNT).any(axis=0)
    procrustes, local = (np.where(rare, np.nan, each) for each in (scores.procrustes, scores.local))
    return replace(scores, procrustes=procrustes, local=local)


def outcome(test: DriftTest, which: Calibrated, plan: Plan) -> Outcome:
    """Return what a test has found of a plan."""
    place = {word: at for at, word in enumerate(test.words)}
    found: Flags = np.nan_to_num(which.q, nan=1.0) < LEVEL
    other = np.isfinite(which.q)
    shares: dict[str, list[bool]] = {}
    rarer: dict[str, list[bool]] = {}
    for words, share, into in [
        *(((first, second), share, shares) for first, second, share in plan.pairs),
        *(((word,), kept, rarer) for word, kept in plan.rarer),
    ]:
        for word in words:
            there = place.get(word)
            into.setdefault(f"{share:g}", []).append(there is not None and bool(found[there]))
            if there is not None:
                other[there] = False
    means = [
        {share: float(np.mean(flags)) for share, flags in sorted(of.items(), key=lambda each: float(each[0]))}
        for of in (shares, rarer)
    ]
    return Outcome(means[0], means[1], int((found & other).sum()), int(other.sum()))


def null_table(tests: Sequence[DriftTest]) -> list[str]:
    """Return a table in Markdown of what was found where nothing had changed."""
    lines = ["| null | words | *moved* | *its neighbourhood moved* |", "| --- | --- | --- | --- |"]
    for number, test in enumerate(tests, 1):
        found = [len(test.found(which)) for which in (test.moved, test.neighbourhood)]
        lines.append(f"| {number} | {test.tested:,} | {found[0]} | {found[1]} |")
    return lines


def plan_table(tests: Sequence[tuple[Plan, DriftTest]]) -> list[str]:
    """Return a table in Markdown of what was found of plans."""
    lines = [
        "| plan | test | found at .25 / .5 / .75 / 1 | only rarer: half, quarter | others | of |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for plan, test in tests:
        for title, which in (("moved", test.moved), ("its neighbourhood moved", test.neighbourhood)):
            found = outcome(test, which, plan)
            planted_shares = " / ".join(f"{share:.2f}" for share in found.planted.values())
            rarer = " / ".join(f"{share:.2f}" for share in reversed(found.rarer.values()))
            lines.append(f"| {plan.name} | *{title}* | {planted_shares} | {rarer} | {found.others} | {found.of:,} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", help="A text, best of more than 10 M tokens.")
    parser.add_argument("--work", type=Path, required=True, help="The folder for deals and the token cache.")
    parser.add_argument("--nulls", type=int, default=4, help="Pairs of halves in which nothing changed.")
    parser.add_argument("--plan", type=Path, action="append", default=[], help="A file with a plan.")
    parser.add_argument("--new-plans", type=int, default=2, help="Plans that are drawn.")
    parser.add_argument("--deals", type=int, default=10, help="R, for each test.")
    parser.add_argument("--seed", type=int, default=1, help="Of the nulls, and of the first new plan.")
    parser.add_argument("--threads", type=int, default=2, help="Trainings side by side.")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--sample", type=float, default=1e-4)
    given = parser.parse_args(arguments)
    settings: Any = SgnsConfig(dim=given.dim, epochs=given.epochs, sample=given.sample)
    with reporting(True) as progress:
        text = read(given.corpus, given.work / "tokens", progress)
        study = Study(text, settings, given.deals, given.work, given.threads, progress)
        if given.nulls:
            print("\n".join(null_table(study.nulls(given.nulls, given.seed))), flush=True)
        plans = [plan_in(path) for path in given.plan]
        plans += [new_plan(text, given.seed + number) for number in range(given.new_plans)]
        tests = []
        for plan in plans:
            tests.append((plan, study.planted(plan)))
            print("\n".join(plan_table(tests[-1:])), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
