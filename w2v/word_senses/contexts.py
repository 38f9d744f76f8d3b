"""The contexts of words in a text, as vectors: what stands around each occurrence.

The vector of an occurrence is the mean of the unit vectors of the words around it, up to `WINDOW` words away in the
same sentence. A word counts a / (a + p) with its share p of all words of the text, as in SIF (Arora, Liang & Ma 2017),
and 1 / distance, so near and telling words count most. The word itself is left out.

The text is read as a token cache, once for all words that are asked for; w2v/kernels/contexts.py has the arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, I32, I64
from w2v.machine import available_threads, in_threads
from w2v.tokens.cache import TokenCache
from w2v.vectors import Vectors

__all__ = ["COMMON", "WINDOW", "CorpusContexts", "Occurrences"]

WINDOW = 20
COMMON = 1e-2
"""The constant a: the share of all words from which on a word counts less than half."""
PIECE = 1 << 12  # contexts that a thread computes at a time


@dataclass(frozen=True, eq=False)
class Occurrences:
    """Occurrences of one word in the order of the text.

    positions: int64 [n], places in the tokens. ordinals: int64 [n], the number of each among all occurrences of the
    word, from 0 on. count: how many there are in the text; n is smaller where they were sampled.
    """

    positions: I64
    ordinals: I64
    count: int


class CorpusContexts:
    """A text whose contexts can be asked for.

    words: of the text [V]. index: their ids. counts: how often they occur, int64 [V]. row_of: the row of each word in
    the vectors, int32 [V], −1 for none. tokens: int32 [N], ids, −1 at the end of a sentence.
    """

    def __init__(
        self, cache: TokenCache, vectors: Vectors, *, window: int = WINDOW, joined: Mapping[str, str] | None = None
    ) -> None:
        """Connect the words of a text with the rows of vectors.

        window: how many words away a context may be. joined: words of the text that are to count as another word there,
        as both halves of a pseudo-word.
        """
        self.tokens: I32 = np.asarray(cache.tokens)
        self.words: Sequence[str] = cache.vocabulary.words
        self.index: Mapping[str, int] = cache.vocabulary.index
        self.counts: I64 = np.asarray(cache.vocabulary.counts, dtype=np.int64)
        self.vectors, self.window = vectors, window
        index = vectors.index
        self.row_of: I32 = np.array([index.get(word, -1) for word in self.words], dtype=np.int32)
        share = self.counts / max(1, int(self.counts.sum()))
        norms = np.where(self.row_of >= 0, vectors.norms[self.row_of], 0.0)
        usable = np.isfinite(norms) & (norms > 0)
        self.row_of[~usable] = -1
        with np.errstate(divide="ignore", invalid="ignore"):
            self._scale: F32 = np.where(usable, COMMON / (COMMON + share) / norms, 0.0).astype(np.float32)
        self._nearness: F32 = (1.0 / np.maximum(1, np.arange(window + 1))).astype(np.float32)

    def occurrences(self, ids: Sequence[int], most: int, seed: int) -> list[Occurrences]:
        """Return at most `most` occurrences of each word, chosen at random where there are more: one pass for all."""
        from w2v.kernels.contexts import count_wanted, sample_occurrences

        slots = np.full(len(self.words), -1, dtype=np.int32)
        slots[list(ids)] = np.arange(len(ids), dtype=np.int32)
        counts = np.zeros(len(ids), dtype=np.int64)
        count_wanted(self.tokens, slots, counts)
        starts = np.concatenate([[0], np.cumsum(np.minimum(counts, most))]).astype(np.int64)
        positions, ordinals = (np.zeros(starts[-1], dtype=np.int64) for _ in range(2))
        seen, found = (np.zeros(len(ids), dtype=np.int64) for _ in range(2))
        sample_occurrences(self.tokens, slots, counts, starts, seed, seen, found, positions, ordinals)
        return [
            Occurrences(positions[first:end], ordinals[first:end], count)
            for first, end, count in zip(starts[:-1].tolist(), starts[1:].tolist(), counts.tolist(), strict=True)
        ]

    def vectors_of(self, positions: I64, barred: Sequence[int]) -> F32:
        """Return the vectors of the contexts of some places, [n, D]. barred: ids of words that add nothing."""
        from w2v.kernels.contexts import sum_contexts

        out: F32 = np.empty((len(positions), self.vectors.dim), dtype=np.float32)
        ids, rows = np.array(barred, dtype=np.int32), self.vectors.matrix

        def part(first: int, step: int) -> None:
            for start in range(first * PIECE, len(positions), step * PIECE):
                piece = slice(start, start + PIECE)
                sum_contexts(
                    self.tokens, positions[piece], ids, self.row_of, self._scale, rows, self._nearness, out[piece]
                )

        threads = max(1, min(available_threads(), -(-len(positions) // PIECE)))
        in_threads([lambda number=number: part(number, threads) for number in range(threads)])  # type: ignore[misc]
        return out

    def anywhere(self, number: int, seed: int) -> F32:
        """Return the vectors of the contexts of random places, [n, D]: what contexts are like in this text."""
        places = np.random.default_rng([seed, number]).integers(len(self.tokens), size=number)
        places = np.unique(places[self.tokens[places] >= 0])
        found = self.vectors_of(places, ())
        sound: F32 = found[np.einsum("ij,ij->i", found, found) > 0]
        return sound
