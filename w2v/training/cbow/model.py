"""CBOW with negative sampling: its settings, and what it says of itself as a model. Training: trainer.py."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

from w2v.settings import setting
from w2v.training.model import Model
from w2v.training.settings import dimensions, first_rate, passes, random_seed, worker_threads
from w2v.training.windows import (
    LONGEST,
    InitWords,
    SubwordSettings,
    buckets_of_ngrams,
    chunks_in_random_order,
    distance_weights,
    first_vectors,
    greatest_width,
    last_rate,
    lengths_of_ngrams,
    noise_exponent,
    noise_words,
    random_widths,
    subsampling_threshold,
    widths,
    with_contexts,
    words_to_begin_with,
)

__all__ = ["CBOW", "RATES", "CbowConfig"]

Gradient = Literal["whole", "mean"]
RATES: dict[Gradient, float] = {"whole": 0.075, "mean": 0.15}  # docs/speed.md has the measurements
SUBWORD_RATES: dict[Gradient, float] = {"whole": 0.1, "mean": 0.75}  # docs/subwords.md has the measurements


@dataclass(frozen=True)
class CbowConfig(SubwordSettings):
    """CBOW (Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space", section 3.1).

    The mean of the vectors around a word is trained to predict the word, against noise words. For each centre, the
    width of its window is drawn from 1..window, unless window_shrink is off. With one thread, a seed gives the same
    bytes.
    """

    dim: int = dimensions()
    window: int | Literal["whole"] = greatest_width()
    window_shrink: bool = random_widths()
    window_weights: str | None = distance_weights(
        "the mean of the words of a window, and the error that each of them gets, are weighted"
    )
    negative: int = noise_words()
    noise_power: float | None = noise_exponent()
    sample: float | None = subsampling_threshold()
    epochs: int = passes(5, "each pass reads the corpus once")
    learning_rate: float | None = first_rate(
        None,
        "it falls linearly to almost 0",
        unset=f"{RATES['whole']:g}, with --cbow-gradient mean {RATES['mean']:g}; with --subwords "
        f"{SUBWORD_RATES['whole']:g} and {SUBWORD_RATES['mean']:g}",
    )
    final_learning_rate: float | None = last_rate()
    shuffle: bool = chunks_in_random_order()
    cbow_gradient: Gradient = setting(
        "whole",
        "Add the whole error to each word of a window, as word2vec.c, gensim and fastText do (whole), or divide it by "
        "the number of words, which is the gradient of their mean (mean). With --subwords, both hold for the rows of "
        "all words together.",
        choices=("whole", "mean"),
    )
    subwords: str | None = lengths_of_ngrams()
    buckets: int = buckets_of_ngrams()
    init: str | os.PathLike[str] | None = first_vectors()
    init_words: InitWords = words_to_begin_with()
    keep_contexts: bool = with_contexts()
    threads: int | None = worker_threads("a seed gives the same vectors with 1 thread")
    seed: int = random_seed()

    @property
    def initial_rate(self) -> float:
        if self.learning_rate is not None:
            return self.learning_rate
        return (RATES if self.subwords is None else SUBWORD_RATES)[self.cbow_gradient]


def _trainer(settings: CbowConfig) -> str:
    if settings.subwords is not None:
        return "w2v.training.cbow.subwords:CbowSubwordTrainer"
    return "w2v.training.cbow.trainer:CbowTrainer"


def _for_gensim(settings: CbowConfig) -> dict[str, Any]:
    return {"sg": 0, "cbow_mean": 1, **settings.for_gensim()}


def _for_word2vec_c(settings: CbowConfig) -> dict[str, Any]:
    return {"cbow": 1, **settings.for_word2vec_c()}


def _for_fasttext(settings: CbowConfig) -> dict[str, Any]:
    return {"command": "cbow", **settings.for_fasttext(settings.ngrams)}


def _flop_for_centre(settings: CbowConfig) -> int:
    """For a centre: scores and both updates by 1 + negative targets, and the mean and the update of its contexts."""
    least, greatest = widths(settings, LONGEST)
    return 6 * settings.dim * (1 + settings.negative) + 2 * settings.dim * (least + greatest)


CBOW = Model(
    name="cbow",
    title="continuous bag of words with negative sampling (word2vec's CBOW)",
    settings=CbowConfig,
    opens="w2v.training.data:open_tokens",
    trainer=_trainer,
    reproducible=lambda settings: False,
    lacks={
        "freeze": "only skip-gram can keep vectors as they are; --model sgns goes on from vectors of CBOW as well",
        "deterministic": "a centre changes all words around it, so threads would have to wait for each other; "
        "a seed gives the same vectors with --threads 1",
        "shared_negatives": "each centre has one input, and noise words of its own",
    },
    subwords="w2v.training.sgns.subwords:subwords_of",
    suits_others=True,
    cites=("mikolov2013efficient",),
    peers={"gensim": _for_gensim, "word2vec.c": _for_word2vec_c, "fasttext": _for_fasttext},
    flop_per_pair=_flop_for_centre,
)
