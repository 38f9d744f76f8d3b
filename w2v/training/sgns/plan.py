"""What deterministic training does in which batch: it follows from corpus and settings alone, and has no rows.

Who trains on it: rotation.py, and workers (w2v/training/cluster/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from w2v.errors import TrainingError
from w2v.training.negative_sampling import chunk_order, diverged
from w2v.training.schedule import LinearRate
from w2v.training.sgns.model import SgnsConfig
from w2v.training.state import Position
from w2v.vocab import Vocabulary

if TYPE_CHECKING:
    from w2v.kernels import pairing

__all__ = ["RotationPlan", "chunks_for", "parts_for"]

PARTS = 16  # of the vocabulary, whatever the threads; more threads than that are of no use
WORDS = 64  # that a part has at least: a centre's noise words come from its own part
BATCHES = 40  # in all epochs together, where none are set; with fewer than 15 the scores fall
LARGEST = 2**28  # pairs of such a batch, about, if nothing is subsampled: 4 bytes each
LASTING = 16  # tokens for each word of the vocabulary, before it is partitioned anew


def parts_for(words: int, wanted: int | None = None) -> int:
    """Return the number of parts of a vocabulary: as wanted, but no more than suit it, and as many as pairs need."""
    from w2v.kernels.pairing import MOST_WORDS

    return max(1, min(wanted or PARTS, words // WORDS), -(-words // MOST_WORDS))


def chunks_for(chunks: int, pairs: int, config: SgnsConfig) -> int:
    """Return how many of all chunks a batch has. pairs: of a chunk, if nothing is subsampled."""
    wanted = config.batches or max(-(-BATCHES // config.epochs), -(-chunks * pairs // LARGEST))
    return -(-chunks // max(1, min(chunks, wanted)))


class RotationPlan:
    """Parts, batches, seeds and rates of a deterministic run.

    parts: of the vocabulary. chunks: of the corpus, of which a batch has `at_once`. batches: of an epoch. widths: the
    least and the greatest width of a window. partition_lasts: the batches after which words are partitioned anew.
    """

    def __init__(self, tokens: int, vocabulary: Vocabulary, config: SgnsConfig, widths: tuple[int, int]) -> None:
        """tokens: how many the token cache has. config: settings that are filled in (`for_vocabulary`)."""
        from w2v.kernels.negative_sampling import CHUNK

        self.config, self.widths = config, widths
        self.rate = LinearRate(config.initial_rate, tokens, config.epochs, config.final_learning_rate)
        self.noise = vocabulary.noise_distribution(config.power)
        self.parts = parts_for(len(vocabulary), config.parts)
        self.chunks = max(1, -(-tokens // CHUNK))
        self.at_once = chunks_for(self.chunks, CHUNK * sum(widths), config)
        self.batches = -(-self.chunks // self.at_once)
        self.partition_lasts = -(-LASTING * len(vocabulary) // (self.at_once * CHUNK))
        self._partitioned: dict[tuple[int, int], pairing.Parts] = {}

    def partitioned_in(self, batch: int) -> int:
        """Return the batch of the same epoch in which the partition of a batch is drawn."""
        return batch - batch % self.partition_lasts

    def partition(self, epoch: int, batch: int) -> pairing.Parts:
        """Return the parts of the vocabulary for a batch, and for some batches that follow."""
        from w2v.kernels.pairing import partition

        key = (epoch, self.partitioned_in(batch))
        if key not in self._partitioned:
            self._partitioned = {
                key: partition(self.noise, self.parts, np.random.default_rng([self.config.seed, 0xDEA1, *key]))
            }
        return self._partitioned[key]

    def batch(self, epoch: int, number: int) -> pairing.Batch:
        """Return the chunks, seeds and rates of a batch."""
        from w2v.kernels.negative_sampling import CHUNK
        from w2v.kernels.pairing import Batch
        from w2v.kernels.rng import split

        first = number * self.at_once
        return Batch(
            chunk_seed=np.uint64(split(self.config.seed, epoch)),
            bucket_seed=np.uint64(split(self.config.seed, epoch, number)),
            first=first,
            chunks=min(self.at_once, self.chunks - first),
            window=self.widths[1],
            rate=self.rate.at(epoch, first * CHUNK),
            slope=self.rate.slope * CHUNK,
            floor=self.rate.floor,
            least=self.widths[0],
            order=chunk_order(self.config, self.chunks, epoch),
        )

    def most_pairs(self, epoch: int, number: int) -> int:
        """Return how many pairs a batch has, about, if nothing is subsampled."""
        from w2v.kernels.negative_sampling import CHUNK

        return self.batch(epoch, number).chunks * CHUNK * sum(self.widths)

    def diverged(self, at: Position) -> TrainingError:
        """Return what to raise where a score was not finite in the batch of a position."""
        order = chunk_order(self.config, self.chunks, at.epoch)
        return diverged(at.epoch, at.batch * self.at_once, order, self.rate, self.config)
