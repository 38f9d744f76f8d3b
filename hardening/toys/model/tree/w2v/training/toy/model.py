"""A toy that shows how little a model needs: its settings, and what it says of itself. Training: trainer.py."""

from __future__ import annotations

from dataclasses import dataclass

from w2v.settings import setting
from w2v.training.model import Model
from w2v.training.settings import ModelSettings, dimensions, passes, random_seed, worker_threads

__all__ = ["TOY", "ToyConfig"]


@dataclass(frozen=True)
class ToyConfig(ModelSettings):
    """Words move towards the words that stand behind them in the text."""

    dim: int = dimensions()
    pull: float = setting(0.01, "How far a word moves towards its neighbour.", above=0, at_most=1)
    epochs: int = passes(3, "that is the corpus")
    threads: int | None = worker_threads("only one is used")
    seed: int = random_seed()


TOY = Model(
    name="toy",
    title="a toy that shows how little a model needs",
    settings=ToyConfig,
    opens="w2v.training.data:open_tokens",
    trainer=lambda settings: "w2v.training.toy.trainer:ToyTrainer",
    reproducible=lambda settings: True,
    loss="distance",
    peers={"word2vec.c": lambda settings: {"size": settings.dim, "iter": settings.epochs}},
    flop_per_pair=lambda settings: 4 * settings.dim,
)
