"""A model of a few lines, to show what one must write: words move towards their neighbours. Plain numpy, one thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from w2v.kernels.work_items import take
from w2v.progress import Progress
from w2v.settings import setting
from w2v.training.data import TokenData
from w2v.training.model import Model
from w2v.training.settings import ModelSettings, dimensions, passes, random_seed, worker_threads
from w2v.training.state import Position
from w2v.training.trainer import KeptData, Requirements, Trainer

CHUNK = 4_096  # tokens of a work item


@dataclass(frozen=True)
class ToyConfig(ModelSettings):
    """A toy."""

    dim: int = dimensions()
    pull: float = setting(0.01, "How far a word moves towards its neighbour.", above=0, at_most=1)
    epochs: int = passes(3, "that is the corpus")
    threads: int | None = worker_threads("only one is used")
    seed: int = random_seed()


class Batch(NamedTuple):
    """The learning rate of an epoch."""

    rate: float


class ToyTrainer(Trainer[Batch]):
    """Words that stand side by side become alike."""

    def __init__(self, data: TokenData, settings: ToyConfig) -> None:
        self.tokens, self.settings = np.asarray(data.cache.tokens), settings
        self.items, self.threads, self.amount = -(-len(self.tokens) // CHUNK), 1, data.vocabulary.tokens
        self.seconds = {"compile": 0.0}
        shape = (len(data.vocabulary), settings.dim)
        self.words = np.random.default_rng(settings.seed).normal(0, 1, shape).astype(np.float32)

    @classmethod
    def open(cls, data: Any, settings: ToyConfig, kept: KeptData, progress: Progress) -> Self:
        return cls(data, settings)

    @staticmethod
    def requirements(words: int, settings: ToyConfig) -> Requirements:
        return Requirements(memory=2 * 4 * words * settings.dim, width=settings.dim)

    def begin(self, at: Position, before: Batch | None) -> Batch:
        return Batch(self.settings.pull / (1 + at.epoch))

    def work(self, batch: Batch, done: np.ndarray, loss: np.ndarray, shared: np.ndarray) -> None:
        while not shared[0] and (item := take(shared)) >= 0:
            tokens = self.tokens[item * CHUNK : (item + 1) * CHUNK]
            left, right = tokens[:-1], tokens[1:]
            left, right = left[(left >= 0) & (right >= 0)], right[(left >= 0) & (right >= 0)]
            apart = self.words[right] - self.words[left]
            np.add.at(self.words, left, np.float32(batch.rate) * apart)
            done[0] += (tokens >= 0).sum()
            done[1] += len(left)
            loss[0] += np.square(apart, dtype=np.float64).sum()

    def arrays(self, batch: Batch) -> dict[str, np.ndarray]:
        return {"words": self.words}

    def vectors(self) -> dict[str, np.ndarray]:
        return {"words": self.words.copy()}


TOY = Model(
    name="toy",
    title="a toy that shows how little a model needs",
    settings=ToyConfig,
    opens="w2v.training.data:open_tokens",
    trainer=lambda settings: "training.toy:ToyTrainer",
    reproducible=lambda settings: True,
    loss="distance",
    peers={"word2vec.c": lambda settings: {"size": settings.dim, "iter": settings.epochs}},
    flop_per_pair=lambda settings: 4 * settings.dim,
)
