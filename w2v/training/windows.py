"""What the settings of models have in common that slide a window over the text and draw noise words: skip-gram, CBOW.

The settings of one model are in its folder (sgns/, cbow/). Training: negative_sampling.py. Nothing heavy is imported
here.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Literal, Self

from w2v.errors import SettingsError
from w2v.ngrams import Ngrams
from w2v.settings import setting
from w2v.training.schedule import FLOOR
from w2v.training.settings import ModelSettings

__all__ = [
    "FEW_WORDS",
    "LONGEST",
    "POWER",
    "SAMPLE",
    "SUBWORD_POWER",
    "WHOLE",
    "InitWords",
    "SubwordSettings",
    "WindowSettings",
    "buckets_of_ngrams",
    "chunks_in_random_order",
    "distance_weights",
    "first_vectors",
    "greatest_width",
    "last_rate",
    "lengths_of_ngrams",
    "noise_exponent",
    "noise_words",
    "random_widths",
    "refuse_weights",
    "subsampling_threshold",
    "weights_by_distance",
    "widths",
    "with_contexts",
    "words_to_begin_with",
]

InitWords = Literal["old", "new", "union"]

WHOLE = "whole"  # the window that is as long as the line
LONGEST = 4_096  # tokens of a line, after subsampling; a longer line is cut into pieces (kernels/negative_sampling.py)
SAMPLE = 1e-3  # the threshold of subsampling where none is set
FEW_WORDS = 1_000  # with fewer words every word is frequent, and subsampling would leave next to nothing
POWER, SUBWORD_POWER = 0.75, 0.5  # the exponent of noise words where none is set; with subwords that of fastText
BUCKETS = 2_000_000  # of n-grams, as in fastText
GREATEST_WEIGHT = 10.0  # of a distance
_RULES = ("flat", "linear", "harmonic")
_NUMBER = r"(\d{1,4}(\.\d{1,12})?|\.\d{1,12})"


class WindowSettings(ModelSettings):
    """The base of the settings of models with a window and noise words; their own dataclasses have the fields."""

    window: int | Literal["whole"]
    window_shrink: bool
    window_weights: str | None
    negative: int
    sample: float | None
    noise_power: float | None
    final_learning_rate: float | None
    shuffle: bool
    keep_contexts: bool
    init: str | os.PathLike[str] | None
    init_words: InitWords

    def __post_init__(self) -> None:
        super().__post_init__()
        final = self.final_learning_rate
        if final is not None and final > self.initial_rate:
            raise SettingsError(
                f"final_learning_rate is {final:g}, and the initial learning rate {self.initial_rate:g}",
                hint="the learning rate cannot rise: final_learning_rate must be at most learning_rate",
            )
        if self.init_words != "union" and self.init is None:
            raise SettingsError(
                f"init_words is {self.init_words!r}, and there are no vectors to begin with",
                hint="init must name a file of vectors",
            )
        if self.window_weights is not None:
            weights_by_distance(self)  # raises SettingsError

    @property
    def threshold(self) -> float:
        """The threshold of subsampling: as set, or the one for a vocabulary of usual size."""
        return SAMPLE if self.sample is None else self.sample

    @property
    def power(self) -> float:
        """The exponent of noise words: as set, or the usual one."""
        return POWER if self.noise_power is None else self.noise_power

    @property
    def ngrams(self) -> Ngrams | None:
        """The n-grams of which words are composed, if they are."""
        return None

    @property
    def initial_rate(self) -> float:
        """The initial learning rate: as set, or the one that suits the other settings."""
        raise NotImplementedError

    def for_vocabulary(self, words: int) -> Self:
        """Fill in the defaults that depend on the number of words, or on other settings.

        Subsampling is off where words are few.
        """
        sample = self.sample
        if sample is None:
            sample = SAMPLE if words >= FEW_WORDS else 0.0
        filled: dict[str, Any] = {
            "sample": sample,
            "noise_power": self.power,
            "learning_rate": self.initial_rate,
        }
        return replace(self, **filled)

    def settled(self) -> Self:
        return self.for_vocabulary(FEW_WORDS)

    def for_gensim(self) -> dict[str, Any]:
        """Return the arguments that all of gensim's models of this kind take."""
        shrinks = self.window_shrink and self.window != WHOLE
        return {
            "hs": 0,
            "vector_size": self.dim,
            "window": widths(self, LONGEST)[1],
            **({} if shrinks else {"shrink_windows": False}),
            "negative": self.negative,
            "ns_exponent": self.power,
            "sample": self.threshold,
            "epochs": self.epochs,
            "alpha": self.initial_rate,
            "min_alpha": self.initial_rate * FLOOR if self.final_learning_rate is None else self.final_learning_rate,
        }

    def for_word2vec_c(self) -> dict[str, Any]:
        """Return the flags of word2vec.c, which other tools take as well."""
        return {
            "size": self.dim,
            "window": widths(self, LONGEST)[1],
            "negative": self.negative,
            "sample": self.threshold,
            "iter": self.epochs,
            "alpha": self.initial_rate,
            "hs": 0,
        }

    def for_fasttext(self, ngrams: Ngrams | None) -> dict[str, Any]:
        """Return the flags of fastText, whose noise words have the exponent 0.5, and whose windows always shrink."""
        of_ngrams = {"maxn": 0} if ngrams is None else {"minn": ngrams.shortest, "maxn": ngrams.longest}
        return {
            "dim": self.dim,
            "ws": widths(self, LONGEST)[1],
            "neg": self.negative,
            "t": self.threshold,
            "epoch": self.epochs,
            "lr": self.initial_rate,
            **of_ngrams,
            "bucket": 0 if ngrams is None else ngrams.buckets,
        }


class SubwordSettings(WindowSettings):
    """The base of the settings of models that can compose words of n-grams."""

    subwords: str | None
    buckets: int

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.subwords is None and self.buckets != BUCKETS:
            raise SettingsError(
                f"buckets is {self.buckets}, and words are not composed of n-grams",
                hint="subwords must be set for buckets, for example to 3-6",
            )
        if self.ngrams is not None:
            refuse_weights(self, "words are composed of subwords", "leave out window_weights or subwords")

    def respelt(self) -> dict[str, Any]:
        return {"subwords": None} if isinstance(self.subwords, str) and self.subwords.strip() == "off" else {}

    @property
    def ngrams(self) -> Ngrams | None:
        return None if self.subwords is None else Ngrams.parse(self.subwords, self.buckets)

    @property
    def power(self) -> float:
        if self.noise_power is None and self.subwords is not None:
            return SUBWORD_POWER
        return super().power

    def for_gensim(self) -> dict[str, Any]:
        """Return the arguments of Word2Vec, or of FastText where words have subwords; "class" says which."""
        if self.ngrams is None:
            return super().for_gensim()
        of_ngrams = {"min_n": self.ngrams.shortest, "max_n": self.ngrams.longest, "bucket": self.buckets}
        return {"class": "FastText", **of_ngrams, **super().for_gensim()}

    def for_word2vec_c(self) -> dict[str, Any]:
        """Return the flags of word2vec.c. Raises SettingsError where words have subwords."""
        if self.subwords is not None:
            raise SettingsError(
                "word2vec.c's flags cannot ask for subwords", hint="--peer fasttext=COMMAND takes fastText's"
            )
        return super().for_word2vec_c()


def widths(settings: WindowSettings, longest: int) -> tuple[int, int]:
    """Return the least and the greatest width of a window. longest: tokens of the longest line."""
    greatest = max(1, longest - 1) if settings.window == WHOLE else int(settings.window)
    return (1 if settings.window_shrink and settings.window != WHOLE else greatest), greatest


def weights_by_distance(settings: WindowSettings) -> tuple[float, ...] | None:
    """Return the weight of each distance from 1 to the window; None where all distances count alike.

    Raises SettingsError where they do not fit the window.
    """
    given, window = settings.window_weights, settings.window
    if given is None:
        return None
    if window == WHOLE:
        raise SettingsError(
            f"window_weights is {given!r}, and window is {WHOLE!r}: the distances of a line are not known beforehand",
            hint="window must be a number for weights by distance",
        )
    distances = range(1, int(window) + 1)
    rules: dict[str, list[float]] = {
        "flat": [1.0 for _ in distances],
        "linear": [(len(distances) + 1 - distance) / len(distances) for distance in distances],
        "harmonic": [1 / distance for distance in distances],
    }
    weights = rules[given] if given in rules else [float(one) for one in given.split(",")]
    if len(weights) != len(distances):
        raise SettingsError(
            f"window_weights has {len(weights)} weights, and window is {window}",
            hint="window_weights must have a weight for each distance from 1 to window",
        )
    if max(weights) > GREATEST_WEIGHT or max(weights) == 0:
        raise SettingsError(
            f"window_weights is {given!r}",
            hint=f"weights must be from 0 to {GREATEST_WEIGHT:g}, and one of them above 0",
        )
    return None if set(weights) == {1.0} else tuple(weights)


def refuse_weights(settings: WindowSettings, what: str, cure: str) -> None:
    """Raise SettingsError where there are weights by distance, which `what` cannot have."""
    if settings.window_weights is not None:
        raise SettingsError(f"window_weights is {settings.window_weights!r}, and {what}", hint=cure)


def greatest_width() -> int | Literal["whole"]:
    return setting(
        5,
        "Greatest distance between a word and its context.",
        detail='"whole" takes all pairs of a line, as for baskets and sets',
        words=(WHOLE,),
        at_least=1,
        at_most=1_000,
    )


def random_widths() -> bool:
    return setting(
        True,
        "Draw the width of each window from 1 to --window, so that near words count more (on), or make all windows as "
        "wide as --window (off).",
    )


def distance_weights(what: str) -> str | None:
    return setting(
        None,
        "A weight for each distance from 1 to --window, separated by commas, as 1,0.8,0.6,0.4,0.2, or a rule: linear "
        "(these numbers, if the window is 5), harmonic (1/distance), flat (1). Use --window-shrink off with it, as "
        "windows of random width favour near words as well.",
        kind="text",
        detail=what,
        unset="flat",
        form="flat, linear, harmonic, or numbers from 0 to 10, one for each distance, separated by commas",
        pattern=rf"{'|'.join(_RULES)}|\s*{_NUMBER}\s*(,\s*{_NUMBER}\s*)*",
        metavar="W1,W2,...",
    )


def chunks_in_random_order() -> bool:
    return setting(
        False,
        "Train on the parts of the text in another order in each epoch, drawn from the seed. A part is 16,384 tokens, "
        "whose lines keep their order. For texts that are sorted, by date for instance.",
        kind="flag",
    )


def noise_words() -> int:
    return setting(5, "Noise words for each centre word.", at_least=1, at_most=1_000)


def lengths_of_ngrams() -> str | None:
    return setting(
        None,
        "Compose each word from its n-grams, pieces of N to M letters; 3-6 suits most languages. Unknown words then "
        "have vectors, too. For languages with many forms of a word, rare and misspelt words, and small corpora.",
        kind="text",
        unset="off",
        form="two lengths of n-grams such as 3-6, or off",
        pattern=r"\s*(\d{1,3}(\s*[-–]\s*\d{1,3})?|off)\s*",
        metavar="N-M",
    )


def buckets_of_ngrams() -> int:
    return setting(
        BUCKETS,
        "Buckets into which n-grams are hashed, with --subwords. Those that no word has take no memory.",
        at_least=1,
        at_most=2**31 - 1,
    )


def noise_exponent(unset: str = f"{POWER:g}, with --subwords {SUBWORD_POWER:g}") -> float | None:
    return setting(
        None,
        "Draw a noise word in proportion to the count of the word to this power; 0 draws all words equally often.",
        kind="real",
        unset=unset,
        at_least=0,
        at_most=2,
    )


def last_rate() -> float | None:
    return setting(
        None,
        "Final learning rate: it falls linearly to this value.",
        kind="real",
        unset="almost 0",
        at_least=0,
        at_most=10,
    )


def with_contexts() -> bool:
    return setting(
        False,
        "Also write the vectors of the words as contexts, so that training can go on from the file as if it had not "
        "stopped (--init). Only w2v's own format can hold them; it becomes twice as large.",
        kind="flag",
    )


def first_vectors() -> str | os.PathLike[str] | None:
    return setting(
        None,
        "Begin with the vectors of this file, in place of random ones, and go on with new text; with --subwords also "
        "with its n-grams. Words that the file lacks begin at random, or composed of n-grams if the file has these.",
        kind="input",
    )


def words_to_begin_with() -> InitWords:
    return setting(
        "union",
        "With --init, the words of the result: those of the file (old), those of the new text (new), or both (union). "
        "Words of the file that the new text lacks keep their vectors.",
        choices=("old", "new", "union"),
    )


def subsampling_threshold() -> float | None:
    return setting(
        None,
        "Threshold of subsampling, which leaves out frequent words at random; 0 keeps every token.",
        kind="real",
        unset=f"{SAMPLE:g}, with fewer than {FEW_WORDS:,} words 0",
        at_least=0,
        at_most=1,
    )
