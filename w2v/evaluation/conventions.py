"""The rules of a tool: how a word of a set finds its vector, and which vectors may answer. Each rule is a flag.

Four conventions, and each can be followed exactly:

    w2v         exact case, else the most frequent word that differs in case only; every row is a candidate of its own
    gensim      evaluate_word_analogies of gensim 4: everything in upper case, the first of several variants stands for
                all of them, the first 300,000 rows; case variants of the inputs are excluded as the inputs are
    word2vec    compute-accuracy of word2vec.c: upper case of a to z, the first variant, the first 30,000 rows as in
                demo-word-accuracy.sh; the three input rows alone are excluded, and an answer needs a cosine above 0
    glove       eval/python/evaluate.py of GloVe: questions in lower case, as its copies of them are, found exactly;
                every row but <unk> is a candidate. (Rows of zeros are left out; there they make every answer wrong.)
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from w2v.errors import SettingsError

__all__ = ["CONVENTIONS", "Convention", "ConventionName", "convention_of"]

ConventionName = Literal["w2v", "gensim", "word2vec", "glove"]

_ASCII_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def _ascii_upper(word: str) -> str:
    return word.translate(_ASCII_UPPER)


@dataclass(frozen=True)
class Convention:
    """A tool's rules.

    restrict_vocab: rows that the tool looks at unless told otherwise; None for all.
    merge: maps words to what the tool takes for the same word; None keeps all words apart.
    excludes_variants: whether case variants of the inputs are excluded from the answers too.
    floor: the score that an answer must exceed.
    case, inputs: the same in words, for the protocol.
    folds_case: whether a word that is not found exactly may be found in another case.
    finds_phrases: whether a phrase of a user's own set may be found with `_` between its words, or joined.
    lowercases_questions: whether the words of a set are put in lower case first.
    never_answers: words that are no candidates.
    repeats_gensim: whether answers that rounding could change are computed again in gensim's order of operations.
    reports_more: whether sets of analogies are also scored by the other methods, with the inputs allowed, and among the
        30,000 most frequent words; the tools themselves report one score.
    """

    name: ConventionName
    restrict_vocab: int | None
    merge: Callable[[str], str] | None
    excludes_variants: bool
    floor: float
    case: str
    inputs: str
    folds_case: bool = False
    finds_phrases: bool = False
    lowercases_questions: bool = False
    never_answers: tuple[str, ...] = ()
    repeats_gensim: bool = False
    reports_more: bool = False


CONVENTIONS = {
    rules.name: rules
    for rules in (
        Convention(
            name="w2v",
            restrict_vocab=None,
            merge=None,
            excludes_variants=False,
            floor=float("-inf"),
            case="exact case, else the most frequent case variant",
            inputs="the three words of the question cannot be the answer, and case variants are answers of their own",
            folds_case=True,
            finds_phrases=True,
            reports_more=True,
        ),
        Convention(
            name="gensim",
            restrict_vocab=300_000,
            merge=str.upper,
            excludes_variants=True,
            floor=float("-inf"),
            case="upper case; the first of several variants stands for all",
            inputs="the three words of the question and their case variants cannot be the answer",
            repeats_gensim=True,
        ),
        Convention(
            name="word2vec",
            restrict_vocab=30_000,
            merge=_ascii_upper,
            excludes_variants=False,
            floor=0.0,
            case="upper case of a to z; the first of several variants stands for all",
            inputs="the three words of the question cannot be the answer, nor can a word with a cosine of 0 or less",
        ),
        Convention(
            name="glove",
            restrict_vocab=None,
            merge=None,
            excludes_variants=False,
            floor=float("-inf"),
            case="questions in lower case, exact",
            inputs="the three words of the question cannot be the answer, nor can <unk>",
            lowercases_questions=True,
            never_answers=("<unk>",),
        ),
    )
}


def convention_of(name: str) -> Convention:
    """Return the convention called `name`. Raise `SettingsError` where there is none."""
    if name not in get_args(ConventionName):
        raise SettingsError(
            f"there is no convention {name!r}", hint=f"choose one of {', '.join(get_args(ConventionName))}"
        )
    return CONVENTIONS[name]  # type: ignore[index]
