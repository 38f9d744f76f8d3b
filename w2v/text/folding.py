"""Make spellings of a word that should count as one the same: Unicode's normal forms, and lower case.

A letter with an accent can be written as one code point or as two, which look alike; normalization form C takes the
first wherever there is one. Lower case is Unicode's full mapping (SpecialCasing.txt: a final sigma, İ), never case
folding, which would make words that nobody writes. Turkish, Azerbaijani and Lithuanian have rules of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol
from unicodedata import category, combining, is_normalized, normalize

if TYPE_CHECKING:
    from w2v.arrays import I64, U8

__all__ = ["AS_IT_IS", "Folding", "Locale", "NormalForm", "Transform", "alike", "lowered"]

NormalForm = Literal["nfc", "nfkc", "none"]
Locale = Literal["tr", "az", "lt"]

_LEAST = 0xCC  # the first byte, in UTF-8, of the characters from U+0300 on: all before them are in form C
_RARE = 16  # a text in which more than every 16th byte begins such a character is decoded as a whole
_STEP = 1 << 15
_ABOVE = 230  # the combining class of accents above a letter
_LITHUANIAN = {"Ì": "i̇̀", "Í": "i̇́", "Ĩ": "i̇̃"}  # an i that keeps its dot under an accent
_DOTTED = {"I": "i̇", "J": "j̇", "Į": "į̇"}
_ACCENTED = re.compile("[IJĮ](?=([\u0300-\u036f]+))")


class Transform(Protocol):
    """What a text goes through before words are found in it."""

    def of_bytes(self, piece: bytes) -> bytes:
        """Return valid UTF-8 made of valid UTF-8."""

    def of_text(self, text: str) -> str:
        """Return what becomes of a text."""


@dataclass(frozen=True)
class Folding:
    """What happens to a text before words are found in it.

    normal_form: "nfc", "nfkc" (which also makes ﬁ fi and ² 2), or "none". lowercase: whether letters become lower case.
    locale: the language whose rules lower case follows, where it has its own; None follows those of all others.
    """

    normal_form: NormalForm = "none"
    lowercase: bool = False
    locale: Locale | None = None

    def of_bytes(self, piece: bytes) -> bytes:
        """Return valid UTF-8 folded. ASCII, and text in the normal form already, costs next to nothing."""
        if piece.isascii():
            if not self.lowercase:
                return piece
            return piece.replace(b"I", "ı".encode()).lower() if self.locale in ("tr", "az") else piece.lower()
        if self.normal_form == "nfkc":
            return self.of_text(piece.decode()).encode()
        piece = _composed(piece) if self.normal_form == "nfc" else piece
        if self.lowercase:
            piece = lowered(piece.decode(), self.locale).encode()
            piece = _composed(piece) if self.normal_form == "nfc" else piece
        return piece

    def of_text(self, text: str) -> str:
        """Return a text folded."""
        text = self._normalized(text)
        if self.lowercase:
            text = self._normalized(lowered(text, self.locale))
        return text

    def _normalized(self, text: str) -> str:
        if self.normal_form == "none" or text.isascii():
            return text
        form: Literal["NFC", "NFKC"] = "NFC" if self.normal_form == "nfc" else "NFKC"
        return text if is_normalized(form, text) else normalize(form, text)


AS_IT_IS = Folding()


def lowered(text: str, locale: Locale | None = None) -> str:
    """Return a text in lower case by SpecialCasing.txt of Unicode, with the rules of a language that has its own."""
    if locale in ("tr", "az"):
        text = text.replace("I\u0307", "i").replace("İ", "i").replace("I", "ı")
    elif locale == "lt":
        text = _ACCENTED.sub(_with_its_dot, text)
        for letter, small in _LITHUANIAN.items():
            text = text.replace(letter, small)
    return text.lower()


def alike(words: Iterable[str]) -> list[list[str]]:
    """Return groups of words that differ only in the code points which spell the same characters."""
    forms: dict[str, set[str]] = defaultdict(set)
    listed = list(words)
    odd = [word for word in listed if not word.isascii() and not is_normalized("NFC", word)]
    for word in odd:
        forms[normalize("NFC", word)].add(word)
    if not forms:
        return []
    for word in listed:
        if word in forms:
            forms[word].add(word)
    return [sorted(group) for group in forms.values() if len(group) > 1]


def _with_its_dot(match: re.Match[str]) -> str:
    letter, marks = match[0], match[1]
    return _DOTTED[letter] if any(combining(mark) == _ABOVE for mark in marks) else letter


def _composed(piece: bytes) -> bytes:
    """Return valid UTF-8 in form C. Text in Latin letters is looked through as bytes; only odd words are decoded."""
    import numpy as np  # here, because the settings of commands import this file, and must do so fast

    data = np.frombuffer(piece, dtype=np.uint8)
    leads = _odd_leads(data)
    if not len(leads):
        return piece
    if len(leads) * _RARE > len(data):
        return _composed_as_a_whole(piece)
    found, of = np.unique(_code_points(data, leads), return_inverse=True)
    odd = leads[np.array([not _stays(chr(point)) for point in found.tolist()])[of]]
    parts: list[bytes] = []
    copied = looked_at = 0
    for place in odd.tolist():
        if place >= looked_at:
            begin = max(piece.rfind(b" ", looked_at, place) + 1, looked_at)
            looked_at = piece.find(b" ", place)
            looked_at = len(piece) if looked_at < 0 else looked_at
            word = piece[begin:looked_at]
            composed = _composed_as_a_whole(word)
            if composed is not word:
                parts += [piece[copied:begin], composed]
                copied = looked_at
    return b"".join([*parts, piece[copied:]]) if parts else piece


def _odd_leads(data: U8) -> I64:
    """Return where characters from U+0300 on begin in UTF-8, apart from those that are in form C in any case."""
    import numpy as np

    found = []
    for begin in range(0, len(data), _STEP):  # in steps, as large arrays cost more than what is done with them
        step = data[begin : begin + _STEP]
        leads = np.flatnonzero(step >= _LEAST)
        if len(leads):
            first, second = step[leads], step[np.minimum(leads + 1, len(step) - 1)]
            dashes_and_quotes = (first == 0xE2) & (second == 0x80)
            cyrillic = (first == 0xD0) | (first == 0xD1)
            found.append(begin + leads[~(dashes_and_quotes | cyrillic)])
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _composed_as_a_whole(piece: bytes) -> bytes:
    text = piece.decode()
    return piece if is_normalized("NFC", text) else normalize("NFC", text).encode()


def _code_points(data: U8, leads: I64) -> I64:
    """The code points that begin at `leads` in UTF-8 [bytes]; only of two bytes or more."""
    import numpy as np

    first = data[leads].astype(np.int64)
    second, third, fourth = (
        data[np.minimum(leads + place, len(data) - 1)].astype(np.int64) & 63 for place in (1, 2, 3)
    )
    points = (first & 31) << 6 | second
    points = np.where(first >= 0xE0, (first & 15) << 12 | second << 6 | third, points)
    return np.where(first >= 0xF0, (first & 7) << 18 | second << 12 | third << 6 | fourth, points)


@lru_cache(maxsize=4096)
def _stays(letter: str) -> bool:
    """Whether a character is in form C whatever stands before it."""
    return (
        category(letter)[0] != "M"
        and not "\u1100" <= letter <= "\u11ff"  # parts of Hangul
        and not "\U00016d40" <= letter <= "\U00016d7f"  # Kirat Rai, whose vowels are letters
        and is_normalized("NFC", letter)
    )
