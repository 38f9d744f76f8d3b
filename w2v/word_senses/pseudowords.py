"""The self-test: how well are senses told apart in this text, with these vectors?

Two words of the text are taken for one, a pseudo-word (Gale, Church & Yarowsky 1992; Schütze 1998), and the split
should part their occurrences again. The words are drawn at random, for several sizes and for several shares of the more
frequent one. Accuracy is the share of occurrences in the right group, by the better of both ways to name two groups;
taking all of them for one sense has the share of the larger one as its accuracy. So a split is worth something only
where its accuracy is above the share. ARI is the adjusted Rand index (Hubert & Arabie 1985): 0 is chance, 1 is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from w2v.arrays import I64
from w2v.errors import CorpusError
from w2v.given import number_given
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.text.python_texts import Corpus
from w2v.tokens.folder import CacheChoice
from w2v.vectors import Vectors
from w2v.word_senses.contexts import WINDOW
from w2v.word_senses.opening import OpenText, opened
from w2v.word_senses.parting import parted
from w2v.word_senses.trust import TRUSTED, OrdinaryWords

__all__ = ["PseudoWord", "SelfTest", "ShareResult", "adjusted_rand", "judged_pair", "self_test"]

SIZES = (300, 1000, 3000)
SHARES = (0.5, 0.7, 0.9)
PAIRS = 8
NEAR = 0.15  # how far a count may be from the one that is wanted, as a share of it


@dataclass(frozen=True)
class PseudoWord:
    """Two words that were taken for one.

    share: of the more frequent word among both. accuracy, ari: of the split, None where there was none. cosine,
    percentile, trusted: as in `WordSenses`.
    """

    first: str
    second: str
    count_first: int
    count_second: int
    share: float
    accuracy: float | None
    ari: float | None
    cosine: float | None
    percentile: float | None
    trusted: bool

    @property
    def outcome(self) -> float:
        """The accuracy of what is shown: of the split where it is trusted, else of one sense for all."""
        larger = max(self.count_first, self.count_second) / (self.count_first + self.count_second)
        return self.accuracy if self.trusted and self.accuracy is not None else larger


@dataclass(frozen=True)
class ShareResult:
    """The pseudo-words of one share: means of accuracy, ARI and outcome; trusted: the share of splits that are shown.

    below: how many splits are shown and are worse than one sense for all.
    """

    share: float
    number: int
    accuracy: float
    ari: float
    trusted: float
    outcome: float
    below: int


@dataclass(frozen=True)
class SelfTest:
    """How well pseudo-words were told apart. by_share: means; words: each of them."""

    of: str
    tokens: int
    window: int
    trusted_from: float
    seed: int
    by_share: tuple[ShareResult, ...]
    words: tuple[PseudoWord, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return what `w2v senses --self-test --json` prints."""
        return {**asdict(self), "words": self.rows()}

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each pseudo-word."""
        return [{**asdict(each), "outcome": each.outcome} for each in self.words]


def self_test(
    vectors: Vectors,
    corpus: Corpus,
    *,
    pairs: int = PAIRS,
    window: int = WINDOW,
    seed: int = 1,
    cache_dir: CacheChoice = None,
    threads: int | None = None,
    progress: ProgressChoice = None,
    **settings: Any,
) -> SelfTest:
    """Make pseudo-words of the words of a text, split them, and return how well that goes.

    pairs: how many of each size and share. The other arguments are those of `senses`. Raise `CorpusError` for a text
    that is too short for any pseudo-word.
    """
    number_given("pairs", pairs, 1, "make at least one of each size and share")
    with (
        reporting(progress) as heard,
        opened(
            vectors, corpus, settings, seed=seed, progress=heard, window=window, cache_dir=cache_dir, threads=threads
        ) as text,
    ):
        plan = list(_plan(text, pairs, seed))
        if not plan:
            raise CorpusError(
                "no two words of the text are frequent enough for a pseudo-word",
                hint=f"words with vectors that occur {round(SIZES[0] * SHARES[0])} times are wanted: give more text",
            )
        words = tuple(_tested(text, plan, seed, heard))
        return SelfTest(vectors.name, text.tokens, window, TRUSTED, seed, tuple(_by_share(words)), words)


def _plan(text: OpenText, pairs: int, seed: int) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of words with the wanted share of the first, no word twice."""
    counts, usable = text.contexts.counts, text.contexts.row_of >= 0
    rng = np.random.default_rng([seed, 1992])
    free = usable.copy()
    for size in SIZES:
        for share in SHARES:
            for _ in range(pairs):
                chosen = []
                for wanted in (size * share, size * (1 - share)):
                    near = np.flatnonzero(free & (np.abs(counts - wanted) <= NEAR * wanted))
                    if len(near):
                        chosen.append(int(rng.choice(near)))
                        free[chosen[-1]] = False
                if len(chosen) == 2:
                    yield chosen[0], chosen[1], share


def _tested(text: OpenText, plan: list[tuple[int, int, float]], seed: int, progress: Progress) -> Iterator[PseudoWord]:
    counts = text.contexts.counts
    sizes = [int(counts[first] + counts[second]) for first, second, _ in plan]
    without = sorted({word for first, second, _ in plan for word in (first, second)})
    others = OrdinaryWords(text.contexts, text.whitening, 2, seed)
    others.learn(sizes, without, progress)
    progress.phase("telling pseudo-words apart", len(plan), "words")
    for number, (first, second, share) in enumerate(plan):
        yield judged_pair(text, first, second, share, others, without, seed)
        progress.update(number + 1)


def judged_pair(
    text: OpenText, first: int, second: int, share: float, others: OrdinaryWords, without: list[int], seed: int
) -> PseudoWord:
    """Return how well two words, given by their ids, are told apart."""
    contexts = text.contexts
    found = contexts.occurrences([first, second], int(contexts.counts.max()), seed)
    positions = np.concatenate([each.positions for each in found])
    truth = np.repeat(np.arange(2), [len(each.positions) for each in found])
    order = np.argsort(positions)  # as the occurrences of one word stand
    made = parted(contexts, text.whitening, positions[order], [first, second], 2, seed)
    count = len(positions)
    accuracy = ari = percentile = None
    if made.split is not None:
        labels = made.split.likeness(made.directions).argmax(axis=1)
        wanted = truth[order][made.sound]
        right = float((labels == wanted).mean())
        accuracy, ari = max(right, 1 - right), adjusted_rand(labels, wanted)
        percentile = others.percentile(made.split.cosine, count, without)
    return PseudoWord(
        contexts.words[first],
        contexts.words[second],
        found[0].count,
        found[1].count,
        share,
        accuracy,
        ari,
        None if made.split is None else made.split.cosine,
        percentile,
        percentile is not None and percentile >= TRUSTED,
    )


def adjusted_rand(one: I64, other: I64) -> float:
    """Return the adjusted Rand index of two ways to group the same things, int64 [n] each; 1 if both are one group."""
    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(table, (one, other), 1)

    def pairs(sizes: Any) -> float:
        return float((sizes * (sizes - 1) / 2).sum())

    both, first, second = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = first * second / max(1.0, pairs(np.array([len(one)])))
    most = (first + second) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _by_share(words: tuple[PseudoWord, ...]) -> Iterator[ShareResult]:
    for share in sorted({each.share for each in words}):
        own = [each for each in words if each.share == share]
        split = [each for each in own if each.accuracy is not None and each.ari is not None]
        shown = [each for each in split if each.trusted]
        yield ShareResult(
            share,
            len(own),
            float(np.mean([each.accuracy for each in split])) if split else 0.0,
            float(np.mean([each.ari for each in split])) if split else 0.0,
            len(shown) / len(own),
            float(np.mean([each.outcome for each in own])),
            sum(_is_below(each) for each in shown),
        )


def _is_below(each: PseudoWord) -> bool:
    """Whether a split that is shown is worse than one sense for all."""
    larger = max(each.count_first, each.count_second) / (each.count_first + each.count_second)
    return each.accuracy is not None and each.accuracy < larger
