"""What the settings of all models have in common. The settings of one model are in its folder (sgns/, glove/).

Nothing heavy is imported here: the command line makes its options from settings.
"""

from __future__ import annotations

from typing import Self, TypeVar

from w2v.machine import available_threads
from w2v.settings import Settings, setting

__all__ = ["ModelSettings", "dimensions", "first_rate", "passes", "random_seed", "worker_threads"]


Rate = TypeVar("Rate", float, float | None)


class ModelSettings(Settings):
    """The base of the settings of a model: every model has these four, as fields of its own dataclass."""

    dim: int
    epochs: int
    threads: int | None
    seed: int

    def settled(self) -> Self:
        """Fill in defaults that depend on the corpus as they are for a large one: other tools are given these."""
        return self

    @property
    def worker_threads(self) -> int:
        """The number of threads that train: as set, or one for each core."""
        return self.threads or available_threads()


def dimensions() -> int:
    return setting(100, "Dimensions of a vector.", at_least=1, at_most=10_000)


def passes(default: int, detail: str) -> int:
    return setting(default, "Passes over the training data.", detail=detail, at_least=1)


def first_rate(default: Rate, detail: str, unset: str = "") -> Rate:
    # In single precision smaller rates change nothing, and 1 / rate² (GloVe) is at last no number any more.
    return setting(
        default, "Initial learning rate.", kind="real", detail=detail, unset=unset, at_least=1e-9, at_most=10
    )


def worker_threads(detail: str) -> int | None:
    return setting(
        None,
        "Worker threads.",
        kind="whole",
        detail=detail,
        unset="all cores",
        at_least=1,
        at_most=1024,
        changes_result=False,
    )


def random_seed() -> int:
    return setting(1, "Random seed.", at_least=0, at_most=2**63 - 1)
