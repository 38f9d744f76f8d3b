"""The settings of a run, as frozen, validated dataclasses. Not here: where they come from (flags, environment, TOML).

`CorpusConfig` says how text becomes a vocabulary and ids; `SgnsConfig` and `GloveConfig` say how skip-gram with
negative sampling and GloVe are trained on them; `MODELS` names all that can be trained. An impossible value raises
`SettingsError`, naming the setting, the value and what is allowed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import nan
from numbers import Number
from typing import Literal

from w2v.errors import SettingsError
from w2v.machine import available_memory, available_threads
from w2v.text.reading import UTF8, EncodingErrors, Reading

__all__ = [
    "MODELS",
    "CorpusConfig",
    "EncodingErrors",
    "GloveConfig",
    "SgnsConfig",
    "Tokenizer",
]

Tokenizer = Literal["whitespace", "words"]


def _require(holds: bool, setting: str, value: object, allowed: str) -> None:
    if not holds:
        raise SettingsError(f"{setting} is {value!r}", hint=f"{setting} must be {allowed}")


def _take_plain_numbers(config: CorpusConfig | SgnsConfig | GloveConfig) -> None:
    """Python's numbers instead of numpy's, which come out of ranges and tables, and which no record can hold."""
    for setting in fields(config):
        value = getattr(config, setting.name)
        if isinstance(value, Number) and hasattr(value, "item"):
            object.__setattr__(config, setting.name, value.item())


def _real(value: object) -> float:
    """The value, or NaN, which is within no bounds, where it is no number."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else nan


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


@dataclass(frozen=True)
class CorpusConfig:
    """How text becomes words and ids.

    tokenizer: "whitespace" splits at white space (by Unicode); "words" is for running text with punctuation: letters,
        marks, digits and inner apostrophes or hyphens; each Han or Kana character is a word.
    lowercase: lower-case the text before it is split.
    input_format: what the files are, by a name in w2v/text/kinds.py, or "auto"; None reads plain text, or, where a
        column is named, CSV or JSON.
    column: the column of CSV, by name or number, or the key of JSON, that holds the texts.
    encoding: the encoding of the files, by its name in Python.
    encoding_errors: "strict" stops at the first byte that is not valid in the encoding; "replace" puts U+FFFD there.
    min_count: words seen less often are dropped.
    max_vocab: keep at most so many words, the most frequent ones; None keeps all.
    """

    tokenizer: Tokenizer = "whitespace"
    lowercase: bool = False
    input_format: str | None = None
    column: str | None = None
    encoding: str = UTF8
    encoding_errors: EncodingErrors = "strict"
    min_count: int = 5
    max_vocab: int | None = None

    def __post_init__(self) -> None:
        _take_plain_numbers(self)
        _require(self.tokenizer in ("whitespace", "words"), "tokenizer", self.tokenizer, "'whitespace' or 'words'")
        for setting in ("column", "encoding"):  # as Reading spells them
            object.__setattr__(self, setting, getattr(self.reading, setting))
        _require(_is_count(self.min_count, 1), "min_count", self.min_count, "a whole number of at least 1")
        _require(
            self.max_vocab is None or _is_count(self.max_vocab, 2),
            "max_vocab",
            self.max_vocab,
            "a whole number of at least 2",
        )

    @property
    def reading(self) -> Reading:
        """How the texts are read. Raises SettingsError for impossible settings."""
        return Reading(self.input_format, self.column, None, self.encoding, self.encoding_errors)


def _require_threads_and_seed(threads: int | None, seed: int) -> None:
    _require(
        threads is None or (_is_count(threads, 1) and threads <= 1024),
        "threads",
        threads,
        "a whole number from 1 to 1,024",
    )
    _require(_is_count(seed, 0) and seed < 2**63, "seed", seed, "a whole number from 0 to 2^63 - 1")


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
    deterministic: True gives the same bytes at any number of threads, by rotation of blocks, at half the speed; False
        gives them with one thread alone. Both draw noise words in their own way, so their bytes differ.
    threads: worker threads; None takes all cores.
    seed: of every random choice.
    """

    dim: int = 100
    window: int = 5
    negative: int = 5
    sample: float = 1e-3
    epochs: int = 5
    learning_rate: float = 0.025
    shared_negatives: bool = True
    deterministic: bool = False
    threads: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        _take_plain_numbers(self)
        for setting in ("dim", "window", "negative", "epochs"):
            value = getattr(self, setting)
            _require(_is_count(value, 1), setting, value, "a whole number of at least 1")
        _require(self.dim <= 10_000, "dim", self.dim, "at most 10,000")
        _require(self.window <= 1_000, "window", self.window, "at most 1,000")
        _require(self.negative <= 1_000, "negative", self.negative, "at most 1,000")
        _require(0 <= _real(self.sample) <= 1, "sample", self.sample, "between 0 (no subsampling) and 1")
        rate = self.learning_rate
        _require(0 < _real(rate) <= 10, "learning_rate", rate, "above 0 and at most 10")
        _require(
            self.shared_negatives or not self.deterministic, "shared_negatives", False, "on for deterministic training"
        )
        _require_threads_and_seed(self.threads, self.seed)

    @property
    def worker_threads(self) -> int:
        return self.threads or available_threads()


@dataclass(frozen=True)
class GloveConfig:
    """GloVe (Pennington, Socher & Manning 2014, "GloVe: Global Vectors for Word Representation").

    dim: the number of dimensions of a vector.
    window: the largest distance between a word and its context; None takes what suits the corpus (`for_corpus`).
    contexts: "symmetric" (None) counts words on both sides; "left" lets only the words after a word be its contexts,
        which is what Stanford's tools do with -symmetric 0: the row is the word on the left.
    weighting: "distance" (None) counts a pair at distance d as 1/d, "flat" as 1.
    x_max, alpha: of the weighting function f(x) = min(1, (x / x_max)^alpha); x_max None takes what suits the corpus.
    epochs: passes over the matrix.
    learning_rate: AdaGrad's first step; the accumulators start at 1 / learning_rate².
    tolerance: stop before the last epoch where the cost falls by less than this share of itself; 0 never does.
    output_vectors: "sum" of word and context vectors, "w", "c", or "both" side by side (twice as long).
    memory: bytes that may be taken; of the matrix, what does not fit goes to the disk. None takes half of what is free.
        The vectors in training must fit: if they take more, they do, after a warning.
    cooccurrences: a file with a matrix that was counted before, instead of a corpus.
    keep_cooccurrences: write the matrix there.
    threads: worker threads; None takes all cores. The same seed gives the same bytes with any number of them.
    seed: of every random choice.
    """

    dim: int = 100
    window: int | None = None
    contexts: Literal["symmetric", "left"] | None = None
    weighting: Literal["distance", "flat"] | None = None
    x_max: float | None = None
    alpha: float = 0.75
    epochs: int = 15
    learning_rate: float = 0.05
    tolerance: float = 0.0
    output_vectors: Literal["sum", "w", "c", "both"] = "sum"
    memory: int | None = None
    cooccurrences: str | os.PathLike[str] | None = None
    keep_cooccurrences: str | os.PathLike[str] | None = None
    threads: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        _take_plain_numbers(self)
        for setting in ("dim", "epochs"):
            value = getattr(self, setting)
            _require(_is_count(value, 1), setting, value, "a whole number of at least 1")
        _require(self.dim <= 10_000, "dim", self.dim, "at most 10,000")
        _require(
            self.window is None or (_is_count(self.window, 1) and self.window <= 1_000),
            "window",
            self.window,
            "a whole number from 1 to 1,000",
        )
        for setting, choices in (
            ("contexts", (None, "symmetric", "left")),
            ("weighting", (None, "distance", "flat")),
            ("output_vectors", ("sum", "w", "c", "both")),
        ):
            value = getattr(self, setting)
            _require(value in choices, setting, value, " or ".join(repr(one) for one in choices if one))
        _require(self.x_max is None or 0 < _real(self.x_max) < 1e30, "x_max", self.x_max, "above 0")
        _require(0 <= _real(self.alpha) <= 10, "alpha", self.alpha, "between 0 and 10")
        rate = self.learning_rate
        _require(0 < _real(rate) <= 10, "learning_rate", rate, "above 0 and at most 10")
        _require(0 <= _real(self.tolerance) < 1, "tolerance", self.tolerance, "at least 0 (never) and below 1")
        _require(
            self.memory is None or _is_count(self.memory, 1_000_000), "memory", self.memory, "at least 1,000,000 bytes"
        )
        _require_threads_and_seed(self.threads, self.seed)

    @property
    def worker_threads(self) -> int:
        return self.threads or available_threads()

    @property
    def memory_bytes(self) -> int:
        return self.memory or max(available_memory() // 2, 1_000_000)

    def for_corpus(self, tokens: int) -> GloveConfig:
        """With what is None filled in: window 15 and x_max 10 below 10^8 tokens, 10 and 100 from there."""
        small = tokens < 100_000_000
        return replace(
            self,
            window=self.window or (15 if small else 10),
            contexts=self.contexts or "symmetric",
            weighting=self.weighting or "distance",
            x_max=float(self.x_max or (10 if small else 100)),
        )


MODELS: Mapping[str, type[SgnsConfig] | type[GloveConfig]] = {"sgns": SgnsConfig, "glove": GloveConfig}
