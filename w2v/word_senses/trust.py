"""How far a split into senses can be trusted: beside the splits of ordinary words of like frequency.

Any set of contexts can be cut in two. So the cosine of the two centres is compared with that of other words of the
text: `OTHERS` words in the vocabulary whose frequency is nearest in a random order, split in the same way from as many
contexts. The percentile is the share of these words whose centres are nearer to each other. Ordinary words have senses,
too; a high percentile says that this word falls apart more than most.

Below `TRUSTED` percent one sense is shown. Measured on pseudo-words (benchmarks/senses.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from w2v.arrays import F64
from w2v.progress import Progress
from w2v.word_senses.contexts import CorpusContexts
from w2v.word_senses.parting import parted
from w2v.word_senses.splitting import FEWEST, FITTED
from w2v.word_senses.whitening import Whitening

__all__ = ["OTHERS", "TRUSTED", "OrdinaryWords"]

OTHERS = 60
FEWEST_OTHERS = 10  # of fewer words a percentile says nothing
TRUSTED = 50.0
LIKE = 1.3  # times as frequent, at most, where the text has enough words


class OrdinaryWords:
    """The cosines of the centres of ordinary words; each word is split once, whoever asks."""

    def __init__(self, contexts: CorpusContexts, whitening: Whitening, k: int, seed: int) -> None:
        """Ask a text. k: into how many senses the words are split."""
        self._contexts, self._whitening, self._k, self._seed = contexts, whitening, k, seed
        self._cosines: dict[int, float | None] = {}
        self._order = np.random.default_rng([seed, len(contexts.words)]).permutation(len(contexts.words))

    def like(self, count: int, without: Sequence[int] = ()) -> list[int]:
        """Return ids of ordinary words that occur about `count` times: at random among those of like frequency."""
        counts = self._contexts.counts
        usable = (self._contexts.row_of >= 0) & (counts >= FEWEST)
        usable[list(without)] = False
        candidates = self._order[usable[self._order]]
        apart = np.abs(np.log(counts[candidates] / count))
        near = candidates[apart <= np.log(LIKE)]
        if len(near) < OTHERS:
            near = candidates[np.argsort(apart, kind="stable")]
        return [int(word) for word in near[:OTHERS]]

    def learn(self, counts: Sequence[int], without: Sequence[int], progress: Progress) -> None:
        """Split the ordinary words for some frequencies, in one pass over the text."""
        wanted = dict.fromkeys(word for count in counts for word in self.like(count, without))
        missing = [word for word in wanted if word not in self._cosines]
        progress.phase("splitting other words of like frequency", len(missing), "words")
        for number, (word, cosine) in enumerate(
            cosines_of(self._contexts, self._whitening, missing, self._k, self._seed)
        ):
            self._cosines[word] = cosine
            progress.update(number + 1)

    def percentile(self, cosine: float, count: int, without: Sequence[int]) -> float | None:
        """Return how many percent of the ordinary words of like frequency have a higher cosine; None without ten."""
        found = [self._cosines[word] for word in self.like(count, without)]
        others: F64 = np.array([each for each in found if each is not None])
        if len(others) < FEWEST_OTHERS:
            return None
        return float(100 * ((others > cosine).sum() + 0.5 * (others == cosine).sum()) / len(others))


def cosines_of(
    contexts: CorpusContexts, whitening: Whitening, words: Sequence[int], k: int, seed: int, most: int = FITTED
) -> Iterator[tuple[int, float | None]]:
    """Yield each word with the cosine of its nearest two centres; None where its contexts have no k directions.

    most: occurrences that are looked at, at random where there are more.
    """
    for word, found in zip(words, contexts.occurrences(words, most, seed) if len(words) else (), strict=True):
        made = parted(contexts, whitening, found.positions, [word], k, seed).split
        yield word, None if made is None else made.cosine
