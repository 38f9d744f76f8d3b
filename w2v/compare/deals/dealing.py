"""Deals: the documents of two corpora dealt anew into two halves of the same sizes, and all halves trained.

Deal 0 is no deal: its halves are the two corpora themselves, trained by the same recipe as all others, so that nothing
but the documents tells it from them. Several halves are trained side by side, by a thread each. The scores of each deal
are kept in a file (kept.py), so a run that was stopped, or that is to have more deals, trains only the rest.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import numpy as np

from w2v.arrays import F32, I64
from w2v.compare.deals.halves import Half, Stopped, train_half
from w2v.compare.deals.kept import KeptDeals
from w2v.compare.deals.pool import Pool
from w2v.compare.deals.recipe import Recipe
from w2v.compare.deals.scores import DealScores, HalfRows, score_deal
from w2v.errors import SettingsError
from w2v.machine import available_threads, free_memory, one_blas_thread
from w2v.progress import Progress
from w2v.progress.phase import amount
from w2v.record import environment
from w2v.tokens.folder import temporary_folder
from w2v.vocab import Vocabulary

__all__ = ["CORPORA", "documents_of", "key_of", "seed_of", "train_deals", "words_under_test"]

CORPORA = 0  # the number of the deal whose halves are the corpora
LOOK = 0.1  # seconds between two reports
PATIENCE = 1.5  # seconds in which trainings end that were asked to stop

HalfOf = tuple[int, int]
"""The number of a deal, and 0 for its first half or 1 for its second."""


def documents_of(pool: Pool, deal: int, half: int, seed: int) -> I64:
    """Return the documents of a half of a deal, int64 [n], rising. All halves are as large as the corpora."""
    everything = np.arange(pool.documents)
    if deal != CORPORA:
        everything = np.random.default_rng([seed, 0xDEA1, deal]).permutation(everything)
    part = everything[: pool.first] if half == 0 else everything[pool.first :]
    return np.sort(part)


def seed_of(deal: int, half: int, seed: int) -> int:
    """Return the seed with which a half of a deal is trained, from 0 to 2^63 − 1."""
    drawn = np.random.SeedSequence([seed, 0x5EED, deal, half]).generate_state(1, np.uint64)
    return int(drawn[0]) >> 1


def words_under_test(pool: Pool, recipe: Recipe, min_count: int) -> tuple[I64, I64]:
    """Return the words that are compared, int64 [S], and how often each occurs in each corpus, int64 [2, S].

    They are the words that occur `min_count` times in each corpus, the most frequent first, by the product of their
    shares of both, and of those the ones that the lists of words of the recipe allow.
    """
    allowed = np.array([recipe.allows(word) for word in pool.words], dtype=np.bool_)
    end = int(pool.starts[pool.first])
    parts = (pool.tokens[:end], pool.tokens[end:])
    counts = np.stack([np.bincount(part[part >= 0], minlength=len(pool.words)) for part in parts]).astype(np.int64)
    least = max(min_count, recipe.text.min_count)
    words = np.flatnonzero((counts >= least).all(axis=0) & allowed)
    order = np.argsort(-np.log(counts[:, words]).sum(axis=0), kind="stable")
    return words[order], counts[:, words[order]]


def key_of(pool: Pool, recipe: Recipe, words: I64, seed: int) -> str:
    """Return the name under which the halves of a run are kept: a hash of everything that their bytes follow from."""
    digest = hashlib.sha256()
    facts = {"recipe": recipe.values, "seed": seed, "first": pool.first, "environment": environment()}
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for array in (pool.packed.text, pool.packed.offsets, pool.starts, pool.tokens, words):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]


def train_deals(
    pool: Pool,
    recipe: Recipe,
    words: I64,
    kept: KeptDeals,
    *,
    deals: int,
    seed: int,
    threads: int | None,
    progress: Progress,
) -> list[DealScores]:
    """Return the scores of the corpora and of the deals 1, 2, …, in this order. What is kept is not trained again.

    words: int64 [S], those under test. threads: how many halves are trained side by side; None for one a core. Raises
    SettingsError where memory does not hold a single training, OutputError, TrainingError, VocabularyError. Where it is
    interrupted, deals that have ended stay.
    """
    scores = _kept_scores(kept, deals, len(words), progress)
    if len(scores) > deals:
        return [scores[deal] for deal in range(deals + 1)]
    kept.begin(deals + 1 - len(scores), len(words))
    with kept.locked():
        left = [(deal, half) for deal in range(deals + 1) for half in (0, 1) if deal not in scores]
        work = _Work(pool, recipe, words, kept, seed, dict.fromkeys(left, 0.0))
        side_by_side = _side_by_side(pool, recipe, min(threads or available_threads(), len(left)), progress)
        size = pool.tokens.size * recipe.settings.epochs * len(left) // 2
        progress.phase(f"training {len(left):,} halves", size, "words")

        def report() -> None:
            shares = tuple(work.shares.values())
            ended = sum(share == 1.0 for share in shares)
            progress.update(int(sum(shares) / len(shares) * size), halves=f"{ended}/{len(left)}")

        try:
            with one_blas_thread():
                _in_turn(work.train, left, side_by_side, report)
        except KeyboardInterrupt:
            ended = len(scores) + len(work.scores)
            progress.message(
                f"{ended:,} of {deals + 1:,} pairs of halves are kept: the same command goes on from there"
            )
            raise
    scores |= work.scores
    return [scores[deal] for deal in range(deals + 1)]


def _kept_scores(kept: KeptDeals, deals: int, words: int, progress: Progress) -> dict[int, DealScores]:
    """The scores that an earlier run has kept, by the number of the deal."""
    found = {deal: kept.find(deal, words) for deal in range(deals + 1)}
    scores = {deal: of_deal for deal, of_deal in found.items() if of_deal is not None}
    if scores:
        progress.message(f"{len(scores):,} of {deals + 1:,} pairs of halves are kept from before, in {kept.folder}")
    return scores


@dataclass(eq=False)
class _Work:
    """All trainings of a run. shares: of each half, how much of its training is done, from 0 to 1.

    halves: those that wait for the other half of their deal. scores: of the deals that have ended.
    """

    pool: Pool
    recipe: Recipe
    words: I64
    kept: KeptDeals
    seed: int
    shares: dict[HalfOf, float]
    halves: dict[HalfOf, HalfRows] = field(default_factory=dict)
    scores: dict[int, DealScores] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def train(self, one: HalfOf, should_stop: Callable[[], bool]) -> None:
        """Train a half; where the other half of its deal has been trained, keep the scores of the deal."""

        def tell(share: float) -> None:
            self.shares[one] = min(share, 0.999)

        deal, half = one
        trained = train_half(
            self.pool,
            documents_of(self.pool, deal, half, self.seed),
            self.recipe,
            seed_of(deal, half, self.seed),
            folder=temporary_folder(),
            should_stop=should_stop,
            tell=tell,
        )
        with self.lock:
            self.halves[one] = rows_of(trained, self.words, len(self.pool.words))
            both = [self.halves.get((deal, each)) for each in (0, 1)]
        first, second = both
        if first is not None and second is not None:
            scores = score_deal(first, second)
            self.kept.keep(deal, scores)
            self.scores[deal] = scores
            del self.halves[deal, 0], self.halves[deal, 1]
        self.shares[one] = 1.0


def rows_of(half: Half, words: I64, known: int) -> HalfRows:
    """Return the vectors of some words, and how often each occurs in the half; zeros for a word that the half lacks.

    words: int64 [S], of `known` words of the pool.
    """
    place = np.full(known, -1, dtype=np.int64)
    place[half.words] = np.arange(len(half.words))
    at = place[words]
    there = at >= 0

    def chosen(matrix: F32) -> F32:
        return np.where(there[:, None], matrix[at], np.float32(0.0))

    contexts = None if half.contexts is None else chosen(half.contexts)
    return HalfRows(chosen(half.rows), contexts, np.where(there, half.counts[at], 0))


def _in_turn(
    train: Callable[[HalfOf, Callable[[], bool]], None],
    left: Sequence[HalfOf],
    threads: int,
    report: Callable[[], None],
) -> None:
    """Train halves in order, some side by side. The calling thread reports, so Ctrl-C reaches it at once.

    Whatever it or a training raises ends all trainings, and is raised once they have ended.
    """
    stop = threading.Event()
    waiting: SimpleQueue[HalfOf] = SimpleQueue()
    ended: SimpleQueue[BaseException | None] = SimpleQueue()
    for one in left:
        waiting.put(one)

    def work() -> None:
        failure: BaseException | None = None
        try:
            while not stop.is_set():
                train(waiting.get_nowait(), stop.is_set)
        except (Empty, Stopped):
            pass
        except BaseException as raised:
            failure = raised
            stop.set()
        ended.put(failure)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    failures: list[BaseException] = []
    try:
        for worker in workers:
            worker.start()
        going = threads
        while going:
            try:
                failure = ended.get(timeout=LOOK)
                going -= 1
                if failure is not None:
                    failures.append(failure)
            except Empty:
                report()
        report()
    finally:
        stop.set()
        until = time.monotonic() + PATIENCE
        for worker in workers:
            if worker.ident is not None:  # one that computes scores may take longer, and is left to itself
                worker.join(max(0.0, until - time.monotonic()))
    if failures:
        raise failures[0]


def _side_by_side(pool: Pool, recipe: Recipe, threads: int, progress: Progress) -> int:
    """Return how many trainings memory holds, at most `threads`. Raises SettingsError where it holds none."""
    trainer = recipe.model.trainer_for(recipe.settings)
    most = Vocabulary(pool.words, np.ones(len(pool.words), dtype=np.int64))
    larger = max(int(pool.starts[pool.first]), len(pool.tokens) - int(pool.starts[pool.first]))
    needed = trainer.requirements(most, recipe.settings).memory + 3 * 4 * larger
    free = free_memory()
    if free is None or needed * threads <= free:
        return threads
    if needed > free:
        raise SettingsError(
            f"a training of a deal needs about {needed:,} bytes of memory, and {free:,} are free",
            hint="close other programs, or compare files of a smaller --dim or with a larger --min-count",
        )
    fits = free // needed
    progress.message(
        f"{fits} training{'s' * (fits != 1)} at a time: each needs about {amount(needed, 'bytes')} of memory", "warning"
    )
    return fits
