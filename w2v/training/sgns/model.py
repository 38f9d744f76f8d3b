"""Skip-gram with negative sampling: its settings, and what it says of itself as a model. Training: trainer.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from w2v.errors import SettingsError
from w2v.settings import setting
from w2v.training.model import Model
from w2v.training.schedule import FLOOR
from w2v.training.settings import ModelSettings, dimensions, first_rate, passes, random_seed, worker_threads

__all__ = ["FEW_WORDS", "SAMPLE", "SGNS", "WHOLE", "SgnsConfig", "widths"]

WHOLE = "whole"  # the window that is as long as the line
LONGEST = 4_096  # tokens of a line, after subsampling; a longer line is cut into pieces (kernels/sgns.py)
SAMPLE = 1e-3  # the threshold of subsampling where none is set
FEW_WORDS = 1_000  # with fewer words every word is frequent, and subsampling would leave next to nothing


@dataclass(frozen=True)
class SgnsConfig(ModelSettings):
    """Skip-gram with negative sampling (Mikolov et al. 2013, "Distributed Representations of Words and Phrases").

    For each centre, the width of its window is drawn from 1..window, unless window_shrink is off. Subsampling is that
    of section 2.3, with word2vec.c's probability of keeping a word. With one thread, or if deterministic, a seed gives
    the same bytes; these two ways draw noise words differently, so their bytes differ.
    """

    dim: int = dimensions()
    window: int | Literal["whole"] = setting(
        5,
        "Greatest distance between a word and its context.",
        detail='"whole" takes all pairs of a line, as for baskets and sets',
        words=(WHOLE,),
        at_least=1,
        at_most=1_000,
    )
    window_shrink: bool = setting(
        True,
        "Draw the width of each window from 1 to --window, so that near words count more (on), or make all windows as "
        "wide as --window (off).",
    )
    negative: int = setting(5, "Noise words for each centre word.", at_least=1, at_most=1_000)
    sample: float | None = setting(
        None,
        "Threshold of subsampling, which leaves out frequent words at random; 0 keeps every token.",
        kind="real",
        unset=f"{SAMPLE:g}; 0 with fewer than {FEW_WORDS:,} words",
        at_least=0,
        at_most=1,
    )
    epochs: int = passes(5, "each pass reads the corpus once")
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

    def for_vocabulary(self, words: int) -> SgnsConfig:
        """Fill in the default that depends on the number of words: subsampling, which is off where words are few."""
        if self.sample is not None:
            return self
        return replace(self, sample=SAMPLE if words >= FEW_WORDS else 0.0)

    def settled(self) -> SgnsConfig:
        return replace(self, sample=self.threshold)

    @property
    def threshold(self) -> float:
        """The threshold of subsampling: as set, or the one for a vocabulary of usual size."""
        return SAMPLE if self.sample is None else self.sample


def widths(settings: SgnsConfig, longest: int) -> tuple[int, int]:
    """Return the least and the greatest width of a window. longest: tokens of the longest line."""
    greatest = max(1, longest - 1) if settings.window == WHOLE else int(settings.window)
    return (1 if settings.window_shrink and settings.window != WHOLE else greatest), greatest


def _trainer(settings: SgnsConfig) -> str:
    if settings.deterministic:
        return "w2v.training.sgns.rotation:RotationTrainer"
    return "w2v.training.sgns.trainer:SgnsTrainer"


def _for_gensim(settings: SgnsConfig) -> dict[str, Any]:
    """The arguments of gensim.models.Word2Vec."""
    return {
        "sg": 1,
        "hs": 0,
        "vector_size": settings.dim,
        "window": widths(settings, LONGEST)[1],
        **({} if settings.window_shrink and settings.window != WHOLE else {"shrink_windows": False}),
        "negative": settings.negative,
        "ns_exponent": 0.75,
        "sample": settings.threshold,
        "epochs": settings.epochs,
        "alpha": settings.learning_rate,
        "min_alpha": settings.learning_rate * FLOOR,
    }


def _for_word2vec_c(settings: SgnsConfig) -> dict[str, Any]:
    """The flags of word2vec.c, which other tools take as well."""
    return {
        "size": settings.dim,
        "window": widths(settings, LONGEST)[1],
        "negative": settings.negative,
        "sample": settings.threshold,
        "iter": settings.epochs,
        "alpha": settings.learning_rate,
        "cbow": 0,
        "hs": 0,
    }


SGNS = Model(
    name="sgns",
    title="skip-gram with negative sampling (word2vec)",
    settings=SgnsConfig,
    opens="w2v.training.data:open_tokens",
    trainer=_trainer,
    reproducible=lambda settings: settings.deterministic,
    cites=("mikolov2013distributed",),
    peers={"gensim": _for_gensim, "word2vec.c": _for_word2vec_c},
    # 2·dim for a score, and 2·dim for the update of either row, for the centre and each noise word
    flop_per_pair=lambda settings: 6 * settings.dim * (1 + settings.negative),
)
