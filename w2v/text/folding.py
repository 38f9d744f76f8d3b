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
from typing import Literal
from unicodedata import combining, is_normalized, normalize

__all__ = ["AS_IT_IS", "Folding", "Locale", "NormalForm", "alike", "lowered"]

NormalForm = Literal["nfc", "nfkc", "none"]
Locale = Literal["tr", "az", "lt"]

_LEAST = 0xCC  # the first byte, in UTF-8, of the characters from U+0300 on: all before them are in form C
_ABOVE = 230  # the combining class of accents above a letter
_LITHUANIAN = {"Ì": "i̇̀", "Í": "i̇́", "Ĩ": "i̇̃"}  # an i that keeps its dot under an accent
_DOTTED = {"I": "i̇", "J": "j̇", "Į": "į̇"}
_ACCENTED = re.compile("[IJĮ](?=([\u0300-\u036f]+))")


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
        if not self.lowercase and (self.normal_form == "none" or (self.normal_form == "nfc" and _surely_nfc(piece))):
            return piece
        text = piece.decode()
        folded = self.of_text(text)
        return piece if folded is text else folded.encode()

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


def _surely_nfc(piece: bytes) -> bool:
    """Whether valid UTF-8 is in form C. Most text in Latin letters is known to be by its bytes, and not decoded."""
    import numpy as np  # here, because the settings of commands import this file, and must do so fast

    bytes_of = np.frombuffer(piece, dtype=np.uint8)
    leads = np.flatnonzero(bytes_of >= _LEAST)
    if len(leads):
        dashes_and_quotes = (bytes_of[leads] == 0xE2) & (bytes_of[leads + 1] == 0x80)
        cyrillic = (bytes_of[leads] == 0xD0) | (bytes_of[leads] == 0xD1)
        if not (dashes_and_quotes | cyrillic).all():
            return is_normalized("NFC", piece.decode())
    return True
