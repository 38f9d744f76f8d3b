"""Which language vectors are of, as far as their frequent words show it, and how a language is called.

In nearly every vector file the most frequent words come first, and of a text these are its function words: articles,
prepositions, pronouns. So a language is taken for that of the vectors if most of its function words are among the first
rows, and clearly more of them than of any other language. Otherwise no language is named: of a small vocabulary, of
product titles or of rows in another order nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

__all__ = ["FIRST", "Guess", "called", "code_of", "guess_language"]

FIRST = 500
"""Rows among which function words are looked for."""

LEAST = 0.6  # of a language's function words
LEAD = 0.3  # by which share more of them than of any other language

CALLED = {
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "zh": "Chinese",
}

FUNCTION_WORDS = {
    "cs": "a v na se je že do za po od jako ale který jeho by však pro při který byl",
    "da": "og i er til på en at af for med den det som der ikke blev har var fra også",
    "de": "der die und das den von des mit auf im für dem ist nicht eine ein auch wird sich als",
    "en": "the in for that is on with was at it as be by from are have his this or which",
    "es": "de la el en y los del las que por con una para como su al más fue entre es",
    "fi": "ja on oli että ei se hän myös joka kun mutta sen kuin ovat mukaan hänen sekä tai noin jonka",
    "fr": "de la le et les des en un du une dans est par pour au que qui sur plus avec",
    "it": "di e il la in che per del un della con una da al sono si è nel dei le",
    "nl": "de het van een en in is op te zijn met voor die door werd aan ook als naar niet",
    "pl": "w i na z się do jest nie przez że od po jako oraz za był dla jego ze o",
    "pt": "de a o e em do da que no um os para uma com na por foi se não ao",
    "ru": "в и на с по из не что как к для его был от это он также за во а",
    "sv": "och i att en som är av på för med det den till inte var ett om han från har",
    "tr": "ve bir bu için ile da de olarak olan çok daha sonra gibi en kadar ise ancak tarafından her ne",
    "zh": "的 在 是 和 了 有 为 与 于 中 年 也 这 上 以 他 不 而 对 被",
}


class Guess(NamedTuple):
    """The language of some words: its code, as "de", and how many of its `of` function words are in the first rows."""

    code: str
    found: int
    of: int

    def __str__(self) -> str:
        return (
            f"seem to be {called(self.code)}: {self.found} of {self.of} common {called(self.code)} words are among "
            f"their {FIRST} most frequent words"
        )


def called(code: str) -> str:
    """Return the English name of a language, or its code where no name is known."""
    return CALLED.get(code, code)


def code_of(language: str) -> str:
    """Return the code of a language that is given by its code or its English name, in any case."""
    given = language.strip().casefold()
    return next((code for code, name in CALLED.items() if name.casefold() == given), given)


def guess_language(words: Iterable[str]) -> Guess | None:
    """Return the language that words are of, the most frequent word first; None where their order does not show it."""
    first = {word.casefold() for word in islice(words, FIRST)}
    found = {code: _found(listed.split(), first) for code, listed in FUNCTION_WORDS.items()}
    (best, share), (_, second) = sorted(found.items(), key=lambda each: -each[1])[:2]
    if share < LEAST or share - second < LEAD:
        return None
    of = len(set(FUNCTION_WORDS[best].split()))
    return Guess(best, round(share * of), of)


def _found(listed: Sequence[str], words: set[str]) -> float:
    every = set(listed)
    return len(every & words) / len(every)
