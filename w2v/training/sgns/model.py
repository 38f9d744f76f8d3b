"""Skip-gram with negative sampling: its settings, and what it says of itself as a model. Training: trainer.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from w2v.errors import SettingsError
from w2v.settings import setting
from w2v.training.model import Model
from w2v.training.settings import dimensions, first_rate, passes, random_seed, worker_threads
from w2v.training.windows import (
    WindowSettings,
    greatest_width,
    noise_exponent,
    noise_words,
    random_widths,
    subsampling_threshold,
)

__all__ = ["SGNS", "SgnsConfig"]


@dataclass(frozen=True)
class SgnsConfig(WindowSettings):
    """Skip-gram with negative sampling (Mikolov et al. 2013, "Distributed Representations of Words and Phrases").

    For each centre, the width of its window is drawn from 1..window, unless window_shrink is off. Subsampling is that
    of section 2.3, with word2vec.c's probability of keeping a word. With one thread, or if deterministic, a seed gives
    the same bytes; these two ways draw noise words differently, so their bytes differ.
    """

    dim: int = dimensions()
    window: int | Literal["whole"] = greatest_width()
    window_shrink: bool = random_widths()
    negative: int = noise_words()
    noise_power: float | None = noise_exponent()
    sample: float | None = subsampling_threshold()
    epochs: int = passes(5, "that is the corpus")
    learning_rate: float = first_rate(0.025, "it falls linearly to almost 0")
    shared_negatives: bool = setting(
        True,
        "Draw noise words once for each centre word (on), or for every pair, as word2vec.c does (off: exact, slower).",
    )
    deterministic: bool = setting(
        False, "Give the same bytes with any number of threads, at about half the speed.", kind="flag"
    )
    threads: int | None = worker_threads("a seed gives the same vectors with 1 thread or --deterministic")
    seed: int = random_seed()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.deterministic and not self.shared_negatives:
            raise SettingsError(
                "shared_negatives is False", hint="shared_negatives must be on for deterministic training"
            )

    @property
    def initial_rate(self) -> float:
        return self.learning_rate


def _trainer(settings: SgnsConfig) -> str:
    if settings.deterministic:
        return "w2v.training.sgns.rotation:RotationTrainer"
    return "w2v.training.sgns.trainer:SgnsTrainer"


def _for_gensim(settings: SgnsConfig) -> dict[str, Any]:
    """The arguments of gensim.models.Word2Vec."""
    return {"sg": 1, **settings.for_gensim()}


def _for_word2vec_c(settings: SgnsConfig) -> dict[str, Any]:
    return {"cbow": 0, **settings.for_word2vec_c()}


SGNS = Model(
    name="sgns",
    title="skip-gram with negative sampling (word2vec)",
    settings=SgnsConfig,
    opens="w2v.training.data:open_tokens",
    trainer=_trainer,
    reproducible=lambda settings: settings.deterministic,
    peers={"gensim": _for_gensim, "word2vec.c": _for_word2vec_c},
    # 2·dim for a score, and 2·dim for the update of either row, for the centre and each noise word
    flop_per_pair=lambda settings: 6 * settings.dim * (1 + settings.negative),
)
