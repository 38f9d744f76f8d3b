"""The settings of a run, as frozen, validated dataclasses. Not here: where they come from (flags, environment, TOML).

`CorpusConfig` says how text becomes a vocabulary and ids; `SgnsConfig` says how skip-gram with negative sampling is
trained on them. An impossible value raises `SettingsError`, naming the setting, the value and what is allowed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from w2v.errors import SettingsError

__all__ = ["CorpusConfig", "EncodingErrors", "SgnsConfig", "Tokenizer", "available_threads"]

Tokenizer = Literal["whitespace", "words"]
EncodingErrors = Literal["strict", "replace"]


def available_threads() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def _require(holds: bool, setting: str, value: object, allowed: str) -> None:
    if not holds:
        raise SettingsError(f"{setting} is {value!r}", hint=f"{setting} must be {allowed}")


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


@dataclass(frozen=True)
class CorpusConfig:
    """How text becomes words and ids.

    tokenizer: "whitespace" splits at white space (by Unicode); "words" is for running text with punctuation: letters,
        marks, digits and inner apostrophes or hyphens; each Han or Kana character is a word.
    lowercase: lower-case the text before it is split.
    encoding_errors: "strict" stops at the first byte that is not UTF-8; "replace" puts U+FFFD there.
    min_count: words seen less often are dropped.
    max_vocab: keep at most so many words, the most frequent ones; None keeps all.
    """

    tokenizer: Tokenizer = "whitespace"
    lowercase: bool = False
    encoding_errors: EncodingErrors = "strict"
    min_count: int = 5
    max_vocab: int | None = None

    def __post_init__(self) -> None:
        _require(self.tokenizer in ("whitespace", "words"), "tokenizer", self.tokenizer, "'whitespace' or 'words'")
        _require(
            self.encoding_errors in ("strict", "replace"),
            "encoding_errors",
            self.encoding_errors,
            "'strict' or 'replace'",
        )
        _require(_is_count(self.min_count, 1), "min_count", self.min_count, "a whole number of at least 1")
        _require(
            self.max_vocab is None or _is_count(self.max_vocab, 2),
            "max_vocab",
            self.max_vocab,
            "a whole number of at least 2",
        )


@dataclass(frozen=True)
class SgnsConfig:
    """Skip-gram with negative sampling (Mikolov et al. 2013, "Distributed Representations of Words and Phrases").

    dim: the number of dimensions of a vector.
    window: the largest distance between a word and its context; the width is drawn from 1..window for each centre.
    negative: how many noise words for each centre.
    sample: threshold of subsampling (section 2.3, with word2vec.c's keep probability); 0 keeps every occurrence.
    epochs: passes over the corpus.
    learning_rate: where the learning rate starts; it falls linearly to 1e-4 of that.
    shared_negatives: True draws the negatives once for all contexts of a centre (fast); False draws them for each pair,
        in word2vec.c's order of updates ("exact").
    threads: worker threads; None takes all cores. With one thread the same seed gives the same bytes.
    seed: of every random choice.
    """

    dim: int = 100
    window: int = 5
    negative: int = 5
    sample: float = 1e-3
    epochs: int = 5
    learning_rate: float = 0.025
    shared_negatives: bool = True
    threads: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        for setting in ("dim", "window", "negative", "epochs"):
            value = getattr(self, setting)
            _require(_is_count(value, 1), setting, value, "a whole number of at least 1")
        _require(self.dim <= 10_000, "dim", self.dim, "at most 10,000")
        _require(self.window <= 1_000, "window", self.window, "at most 1,000")
        _require(self.negative <= 1_000, "negative", self.negative, "at most 1,000")
        _require(0 <= self.sample <= 1, "sample", self.sample, "between 0 (no subsampling) and 1")
        _require(0 < self.learning_rate <= 10, "learning_rate", self.learning_rate, "above 0 and at most 10")
        _require(
            self.threads is None or (_is_count(self.threads, 1) and self.threads <= 1024),
            "threads",
            self.threads,
            "a whole number from 1 to 1,024",
        )
        _require(
            _is_count(self.seed, 0) and self.seed < 2**63,
            "seed",
            self.seed,
            "a whole number from 0 to 2^63 - 1",
        )

    @property
    def worker_threads(self) -> int:
        return self.threads or available_threads()
