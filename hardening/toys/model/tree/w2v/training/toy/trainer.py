"""Trains the toy, in plain numpy and with one thread. A work item is a piece of the token cache."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from w2v.arrays import F32, F64, I64, Array
from w2v.kernels.work_items import take
from w2v.progress import Progress
from w2v.training.data import Data, TokenData
from w2v.training.state import Position
from w2v.training.toy.model import ToyConfig
from w2v.training.trainer import KeptData, Requirements, Trainer
from w2v.vocab import Vocabulary

__all__ = ["ToyTrainer"]

CHUNK = 256  # tokens of a work item: all move by the vectors at its beginning, so it must be small


class Batch(NamedTuple):
    """How far words move in an epoch."""

    rate: float


class ToyTrainer(Trainer[Batch]):
    """Words that stand side by side become alike: w ← w + rate · (next word − w)."""

    def __init__(self, data: TokenData, settings: ToyConfig) -> None:
        self.tokens, self.settings = np.asarray(data.cache.tokens), settings
        self.items, self.threads, self.amount = -(-len(self.tokens) // CHUNK), 1, data.vocabulary.tokens
        self.seconds = {"compile": 0.0}
        shape = (len(data.vocabulary), settings.dim)
        self.words = np.random.default_rng(settings.seed).normal(0, 1, shape).astype(np.float32)

    @classmethod
    def open(cls, data: Data, settings: ToyConfig, kept: KeptData, progress: Progress) -> Self:
        assert isinstance(data, TokenData)
        return cls(data, settings)

    @staticmethod
    def requirements(vocabulary: Vocabulary, settings: ToyConfig) -> Requirements:
        return Requirements(memory=2 * 4 * len(vocabulary) * settings.dim, width=settings.dim)

    def begin(self, at: Position, before: Batch | None) -> Batch:
        return Batch(self.settings.pull / (1 + at.epoch))

    def work(self, batch: Batch, done: I64, loss: F64, shared: I64) -> None:
        while not shared[0] and (item := take(shared)) >= 0:
            tokens = self.tokens[item * CHUNK : (item + 1) * CHUNK]
            left, right = tokens[:-1], tokens[1:]
            inside = (left >= 0) & (right >= 0)  # -1 ends a sentence
            left, right = left[inside], right[inside]
            apart = self.words[right] - self.words[left]
            np.add.at(self.words, left, np.float32(batch.rate) * apart)
            done[0] += (tokens >= 0).sum()
            done[1] += len(left)
            loss[0] += np.square(apart, dtype=np.float64).sum()

    def arrays(self, batch: Batch) -> dict[str, Array]:
        return {"words": self.words}

    def vectors(self) -> dict[str, F32]:
        return {"words": self.words.copy()}
