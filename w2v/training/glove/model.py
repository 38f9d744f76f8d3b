"""GloVe: its settings, and what it says of itself as a model. Training: trainer.py."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Literal

from w2v.machine import available_memory
from w2v.settings import setting
from w2v.training.model import Model
from w2v.training.settings import ModelSettings, dimensions, first_rate, passes, random_seed, worker_threads

__all__ = ["GLOVE", "GloveConfig"]

LARGE = 100_000_000  # tokens: from here on, other defaults suit a corpus


@dataclass(frozen=True)
class GloveConfig(ModelSettings):
    """GloVe (Pennington, Socher & Manning 2014, "GloVe: Global Vectors for Word Representation").

    x_max and alpha are those of the weighting function f(x) = min(1, (x / x_max)^alpha). The accumulators of AdaGrad
    start at 1 / learning_rate². The vectors in training must fit into memory: if they take more than `memory`, a
    warning says so. `for_corpus` fills in what is None and depends on the corpus.
    """

    dim: int = dimensions()
    window: int | None = setting(
        None,
        "Greatest distance between a word and its context.",
        kind="whole",
        unset="15, from 100 M tokens 10",
        at_least=1,
        at_most=1_000,
    )
    contexts: Literal["symmetric", "left"] | None = setting(
        None,
        "Count the words on both sides, or only those after a word (-symmetric 0 of Stanford's tools).",
        unset="symmetric",
        choices=("symmetric", "left"),
    )
    weighting: Literal["distance", "flat"] | None = setting(
        None, "Count a pair as 1 / its distance, or as 1.", unset="distance", choices=("distance", "flat")
    )
    x_max: float | None = setting(
        None,
        "Co-occurrences x of this value or more have the full weight in the cost.",
        kind="real",
        unset="10, from 100 M tokens 100",
        above=0,
        below=1e30,
    )
    alpha: float = setting(0.75, "Smaller co-occurrences x have the weight (x / x_max)^alpha.", at_least=0, at_most=10)
    epochs: int = passes(15, "each pass reads the matrix of co-occurrences once")
    learning_rate: float = first_rate(0.05, "each weight has its own (AdaGrad)")
    tolerance: float = setting(
        0.0,
        "Stop when an epoch lowers the cost by less than this share of it; 0 trains all epochs.",
        at_least=0,
        below=1,
    )
    output_vectors: Literal["sum", "w", "c", "both"] = setting(
        "sum",
        "Write word and context vectors added up, only one of them, or both side by side (twice as long).",
        choices=("sum", "w", "c", "both"),
    )
    memory: int | None = setting(
        None,
        "Memory to use; co-occurrences that do not fit go to the disk.",
        kind="bytes",
        unset="half of what is free",
        at_least=1_000_000,
        changes_result=False,
    )
    cooccurrences: str | os.PathLike[str] | None = setting(
        None,
        "Train on this matrix, kept by an earlier run, instead of CORPUS.",
        kind="input",
        changes_result=False,
    )
    keep_cooccurrences: str | os.PathLike[str] | None = setting(
        None, "Keep the matrix of co-occurrences in this file.", kind="output", changes_result=False
    )
    threads: int | None = worker_threads("a seed gives the same vectors with any number of threads")
    seed: int = random_seed()

    @property
    def memory_bytes(self) -> int:
        """The bytes of memory to work in: as set, or half of what is free."""
        return self.memory or max(available_memory() // 2, 1_000_000)

    def for_corpus(self, tokens: int) -> GloveConfig:
        """Fill in defaults that depend on the corpus: below 10^8 tokens window 15, x_max 10; otherwise 10 and 100."""
        small = tokens < LARGE
        return replace(
            self,
            window=self.window or (15 if small else 10),
            contexts=self.contexts or "symmetric",
            weighting=self.weighting or "distance",
            x_max=float(self.x_max or (10 if small else 100)),
        )


GLOVE = Model(
    name="glove",
    title="GloVe",
    settings=GloveConfig,
    opens="w2v.training.glove.matrix:open_matrix",
    trainer=lambda settings: "w2v.training.glove.trainer:GloveTrainer",
    of_tokens="w2v.training.glove.matrix:matrix_of_tokens",
    reproducible=lambda settings: True,
    unit="records",
    counted="pairs",
    loss="cost",
    lacks={
        "shuffle": "the order of its records is drawn anew in each epoch in any case",
        "window_weights": "--weighting says how a pair counts by its distance",
    },
    hurt_by_centring="without their mean they lost five to eight points of similarity (docs/transforms.md)",
    cites=("pennington2014glove",),
    instead_of_corpus="cooccurrences",
)
