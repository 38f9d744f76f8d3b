"""The rules of a tool: how a word of a set finds its vector, and which vectors may answer. Not here: arithmetic.

Four conventions, and each can be followed to the letter:

    w2v         exact case, else the most frequent word that differs in case only; every row is a candidate of its own
    gensim      evaluate_word_analogies of gensim 4: everything in upper case, the first of several variants stands for
                all of them, the first 300,000 rows; case variants of the inputs are excluded as the inputs are
    word2vec    compute-accuracy of word2vec.c: upper case of a to z, the first variant, the first 30,000 rows as in
                demo-word-accuracy.sh; the three input rows alone are excluded, and an answer needs a cosine above 0
    glove       eval/python/evaluate.py of GloVe: questions in lower case, as its copies of them are, found exactly;
    every
                row but <unk> is a candidate. (Rows of zeros are left out; there they make every answer wrong.)
"""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from w2v.arrays import I64
from w2v.errors import SettingsError

__all__ = ["CONVENTIONS", "Convention", "ConventionName", "Lookup", "convention_of"]

ConventionName = Literal["w2v", "gensim", "word2vec", "glove"]

_ASCII_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def _ascii_upper(word: str) -> str:
    return word.translate(_ASCII_UPPER)


@dataclass(frozen=True)
class Convention:
    """A tool's rules.

    restrict_vocab: rows that the tool looks at unless told otherwise; None for all.
    merge: maps words to what the tool takes for the same word; None keeps all words apart.
    bars_variants: whether case variants of the inputs are excluded from the answers too.
    floor: the score that an answer must exceed.
    case, inputs: the same in words, for the protocol.
    """

    name: ConventionName
    restrict_vocab: int | None
    merge: Callable[[str], str] | None
    bars_variants: bool
    floor: float
    case: str
    inputs: str


CONVENTIONS = {
    rules.name: rules
    for rules in (
        Convention(
            name="w2v",
            restrict_vocab=None,
            merge=None,
            bars_variants=False,
            floor=float("-inf"),
            case="exact case, else the most frequent case variant",
            inputs="the three words of the question cannot be the answer, and case variants are answers of their own",
        ),
        Convention(
            name="gensim",
            restrict_vocab=300_000,
            merge=str.upper,
            bars_variants=True,
            floor=float("-inf"),
            case="upper case; the first of several variants stands for all",
            inputs="the three words of the question and their case variants cannot be the answer",
        ),
        Convention(
            name="word2vec",
            restrict_vocab=30_000,
            merge=_ascii_upper,
            bars_variants=False,
            floor=0.0,
            case="upper case of a to z; the first of several variants stands for all",
            inputs="the three words of the question cannot be the answer, nor can a word with a cosine of 0 or less",
        ),
        Convention(
            name="glove",
            restrict_vocab=None,
            merge=None,
            bars_variants=False,
            floor=float("-inf"),
            case="questions in lower case, exact",
            inputs="the three words of the question cannot be the answer, nor can <unk>",
        ),
    )
}


def convention_of(name: str) -> Convention:
    """The convention called `name`. Raises `SettingsError` for any other name."""
    if name not in get_args(ConventionName):
        raise SettingsError(
            f"there is no convention {name!r}", hint=f"choose one of {', '.join(get_args(ConventionName))}"
        )
    return CONVENTIONS[name]  # type: ignore[index]


class Lookup:
    """Finds the rows of words among the first `limit` rows of a vocabulary (None: all), by a convention's rules.

    group: int64 [limit], the row that stands for each row: itself, or the first row that the convention takes for the
        same word.
    """

    def __init__(self, words: Sequence[str], limit: int | None, rules: Convention) -> None:
        candidates = words[:limit]
        merge = rules.merge
        keys = candidates if merge is None else [merge(word) for word in candidates]
        first: dict[str, int] = {}
        self.group: I64 = np.fromiter(
            (first.setdefault(key, row) for row, key in enumerate(keys)), dtype=np.int64, count=len(keys)
        )
        self._first = first
        self._merge = merge
        self._lower = rules.name == "glove"
        self._folded: dict[str, int] | None = None
        if merge is None:
            self.group = np.arange(len(candidates), dtype=np.int64)

    def rows(self, words: Sequence[str]) -> I64:
        """The row of each word, [len(words)]; -1 where the vocabulary does not have it."""
        return np.fromiter((self._row(word) for word in words), dtype=np.int64, count=len(words))

    def _row(self, word: str) -> int:
        if self._merge is not None:
            return self._first.get(self._merge(word), -1)
        if self._lower:
            return self._first.get(word.lower(), -1)
        exact = self._first.get(word)
        return self._fold(word) if exact is None else exact

    def _fold(self, word: str) -> int:
        if self._folded is None:
            self._folded = {}
            for known, row in self._first.items():  # by falling frequency: the first variant is the most frequent
                self._folded.setdefault(known.casefold(), row)
        return self._folded.get(word.casefold(), -1)
