"""Words of languages that are written without blanks between words, such as Thai, Lao, Khmer and Burmese: by ICU.

ICU (the library behind most programs' text handling) finds these words with dictionaries of its own; other languages
are split by Unicode's rules for words. The extra `w2v[icu]` installs it. The rules of `--tokenizer words`, which need
no library, are in word_rules.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any
from unicodedata import category

from w2v.errors import SettingsError
from w2v.text.checking import PADDING
from w2v.text.folding import Folding

__all__ = ["Segmented", "icu_version", "unspaced_script"]

LIBRARY = "icu4py"
_LINE_ENDS = re.compile("([\r\n]+)")
_SCRIPTS = {
    "Thai": range(0xE00, 0xE80),
    "Lao": range(0xE80, 0xF00),
    "Burmese": range(0x1000, 0x10A0),
    "Khmer": range(0x1780, 0x1800),
}


@dataclass(frozen=True)
class Segmented:
    """Folds a text and puts a blank between its words, so that splitting at white space finds them.

    Raises SettingsError where ICU is not installed.
    """

    folding: Folding
    _breaker: Any = field(default_factory=lambda: _word_breaker())

    def of_bytes(self, piece: bytes) -> bytes:
        """Return valid UTF-8, which may end with PADDING, as words and blanks."""
        bare = piece.removesuffix(PADDING)
        return self.of_text(bare.decode()).encode() + piece[len(bare) :]

    def of_text(self, text: str) -> str:
        """Return a text as words and blanks; line ends stay."""
        parts = _LINE_ENDS.split(self.folding.of_text(text))
        return "".join(part if part[:1] in ("\r", "\n") else self._line(part) for part in parts)

    def _line(self, line: str) -> str:
        words = (str(piece) for piece in self._breaker(line, "th")) if line else ()
        return " ".join(word for word in words if any(map(_counts, word)))


def icu_version() -> str:
    """Return the version of the library, which decides what the words are. Raises SettingsError where there is none."""
    _word_breaker()
    return metadata.version(LIBRARY)


def unspaced_script(words: list[str], counts: list[int]) -> str:
    """Return the script without blanks in which at least half of a text is written, by its words; "" for others."""
    weights = dict.fromkeys(_SCRIPTS, 0)
    total = 0
    for word, count in zip(words, counts, strict=True):
        total += count * len(word)
        for script, letters in _SCRIPTS.items():
            if ord(word[0]) in letters:
                weights[script] += count * len(word)
    script = max(weights, key=lambda name: weights[name])
    return script if 2 * weights[script] >= max(total, 1) else ""


def _counts(letter: str) -> bool:
    """Whether a piece that holds this character is a word: a letter, a number, or a symbol such as an emoji."""
    return letter.isalnum() or category(letter) == "So"


def _word_breaker() -> Any:
    try:
        from icu4py.breakers import WordBreaker
    except ImportError as error:
        raise SettingsError(f"--tokenizer icu needs the library {LIBRARY}", hint="pip install 'w2v[icu]'") from error
    return WordBreaker
