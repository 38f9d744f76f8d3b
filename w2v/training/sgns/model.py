"""Skip-gram with negative sampling: its settings, and what it says of itself as a model. Training: trainer.py."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

from w2v.errors import SettingsError
from w2v.machine import available_memory
from w2v.settings import setting
from w2v.training.model import Model
from w2v.training.settings import dimensions, first_rate, passes, random_seed, worker_threads
from w2v.training.windows import (
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
    refuse_weights,
    subsampling_threshold,
    with_contexts,
    words_to_begin_with,
)

__all__ = ["SGNS", "SgnsConfig"]

Freeze = Literal["old", "contexts"]
RATE = 0.025  # of word2vec
SUBWORD_RATE = 0.04  # docs/subwords.md has the measurements


@dataclass(frozen=True)
class SgnsConfig(SubwordSettings):
    """Skip-gram with negative sampling (Mikolov et al. 2013, "Distributed Representations of Words and Phrases").

    For each centre, the width of its window is drawn from 1..window, unless window_shrink is off. Subsampling is that
    of section 2.3, with word2vec.c's probability of keeping a word. With one thread, or if deterministic, a seed gives
    the same bytes; these two ways draw noise words differently, so their bytes differ.
    """

    dim: int = dimensions()
    window: int | Literal["whole"] = greatest_width()
    window_shrink: bool = random_widths()
    window_weights: str | None = distance_weights("the gradient of a pair is multiplied by the weight of its distance")
    negative: int = noise_words()
    noise_power: float | None = noise_exponent()
    sample: float | None = subsampling_threshold()
    epochs: int = passes(5, "each pass reads the corpus once")
    learning_rate: float | None = first_rate(
        None, "it falls linearly to almost 0", unset=f"{RATE:g}, with --subwords {SUBWORD_RATE:g}"
    )
    final_learning_rate: float | None = last_rate()
    shuffle: bool = chunks_in_random_order()
    shared_negatives: bool = setting(
        True,
        "Draw noise words once for each centre word (on), or for every pair, as word2vec.c does (off: exact, slower).",
    )
    subwords: str | None = lengths_of_ngrams()
    buckets: int = buckets_of_ngrams()
    deterministic: bool = setting(
        False, "Give the same bytes with any number of threads, at about two thirds of the speed.", kind="flag"
    )
    parts: int | None = setting(
        None,
        "With --deterministic, the parts of the vocabulary. As many threads can train; very many parts cost quality.",
        kind="whole",
        detail="other parts give other bytes; a part has at least 64 words and at most 65,536",
        unset="16, fewer for small vocabularies, more above 1,048,576 words",
        at_least=1,
        at_most=65_536,
    )
    batches: int | None = setting(
        None,
        "With --deterministic, the batches of an epoch, whose pairs are sorted at once. With fewer than 15 batches in "
        "all epochs together the scores fall.",
        kind="whole",
        detail="other batches give other bytes",
        unset="40 in all epochs together, more for large corpora",
        at_least=1,
    )
    memory: int | None = setting(
        None,
        "With --deterministic, memory to use; sorted pairs that do not fit go to the disk.",
        kind="bytes",
        unset="half of what is free",
        at_least=1_000_000,
        changes_result=False,
    )
    init: str | os.PathLike[str] | None = first_vectors()
    init_words: InitWords = words_to_begin_with()
    freeze: Freeze | None = setting(
        None,
        "With --init, what does not change: the vectors of the words of the file, also as contexts (old), or the "
        "vectors of contexts (contexts), so that vectors of different texts lie in one space.",
        choices=("old", "contexts"),
        unset="nothing",
    )
    keep_contexts: bool = with_contexts()
    threads: int | None = worker_threads("a seed gives the same vectors with 1 thread or --deterministic")
    seed: int = random_seed()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.deterministic and not self.shared_negatives:
            raise SettingsError(
                "shared_negatives is False", hint="shared_negatives must be on for deterministic training"
            )
        if self.ngrams is not None and self.deterministic:
            raise SettingsError(
                "deterministic is True, and words with subwords share the rows of n-grams, which no thread can own",
                hint="leave out subwords or deterministic: with --threads 1 a seed gives the same vectors",
            )
        self._check_rotation()
        self._check_init()
        self._check_weights()
        if self.ngrams is not None and not self.shared_negatives:
            raise SettingsError("shared_negatives is False", hint="shared_negatives must be on for subwords")

    def _check_rotation(self) -> None:
        for name in ("parts", "batches", "memory"):
            if not self.deterministic and getattr(self, name) is not None:
                raise SettingsError(
                    f"{name} is {getattr(self, name)}, and deterministic is False",
                    hint=f"set deterministic, or leave out {name}: only deterministic training has it",
                )

    def _check_init(self) -> None:
        if self.freeze is None:
            return
        if self.init is None:
            raise SettingsError(
                f"freeze is {self.freeze!r}, and there are no vectors to begin with",
                hint="init must name a file of vectors",
            )
        if self.deterministic or not self.shared_negatives:
            raise SettingsError(
                f"freeze is {self.freeze!r}, which the default way of training can do alone",
                hint="leave out deterministic, and leave shared_negatives on",
            )

    def _check_weights(self) -> None:
        if self.deterministic:
            refuse_weights(
                self,
                "deterministic training sorts pairs by their words, and does not know their distance any more",
                "leave out window_weights or deterministic: with --threads 1 a seed gives the same vectors",
            )
        if not self.shared_negatives:
            refuse_weights(self, "shared_negatives is False", "shared_negatives must be on for weights by distance")

    @property
    def memory_bytes(self) -> int:
        """The bytes of memory to work in: as set, or half of what is free."""
        return self.memory or max(available_memory() // 2, 1_000_000)

    @property
    def initial_rate(self) -> float:
        if self.learning_rate is not None:
            return self.learning_rate
        return RATE if self.subwords is None else SUBWORD_RATE


def _trainer(settings: SgnsConfig) -> str:
    if settings.subwords is not None:
        return "w2v.training.sgns.subwords:SubwordTrainer"
    if settings.deterministic:
        return "w2v.training.sgns.rotation:RotationTrainer"
    return "w2v.training.sgns.trainer:SgnsTrainer"


def _on_workers(settings: SgnsConfig) -> str:
    if not settings.deterministic:
        raise SettingsError(
            "deterministic is False, and workers train deterministically",
            hint="set deterministic, or leave out workers",
        )
    if settings.init is not None:
        raise SettingsError(
            "workers cannot begin with the vectors of a file", hint="leave out init, or train without workers"
        )
    return "w2v.training.cluster.trainer:TileTrainer"


def _for_gensim(settings: SgnsConfig) -> dict[str, Any]:
    return {"sg": 1, **settings.for_gensim()}


def _for_word2vec_c(settings: SgnsConfig) -> dict[str, Any]:
    return {"cbow": 0, **settings.for_word2vec_c()}


def _for_fasttext(settings: SgnsConfig) -> dict[str, Any]:
    return {"command": "skipgram", **settings.for_fasttext(settings.ngrams)}


SGNS = Model(
    name="sgns",
    title="skip-gram with negative sampling (word2vec)",
    settings=SgnsConfig,
    opens="w2v.training.data:open_tokens",
    trainer=_trainer,
    on_workers=_on_workers,
    reproducible=lambda settings: settings.deterministic,
    suits_others=True,
    cites=("mikolov2013distributed",),
    peers={"gensim": _for_gensim, "word2vec.c": _for_word2vec_c, "fasttext": _for_fasttext},
    subwords="w2v.training.sgns.subwords:subwords_of",
    # 2·dim for a score, and 2·dim for the update of either row, for the centre and each noise word
    flop_per_pair=lambda settings: 6 * settings.dim * (1 + settings.negative),
)
