"""The rules of `--tokenizer words` as one regular expression, for tokenizer.json: each match is a word.

The rules are tables (w2v/text/word_rules.py), and a word is the longest run that these allow. The expression finds the
same run, as each of its steps goes from one place where a word may end to the next, and steps are told apart by
their first character. Its classes of characters are written out, because every library has another version of Unicode.
The syntax is that of Oniguruma, which the library `tokenizers` uses.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from w2v.arrays import U8
from w2v.text import word_rules as rules
from w2v.text.characters import character_classes

__all__ = ["WRITTEN_FOR", "final_sigma_pattern", "whitespace_pattern", "word_pattern"]

WRITTEN_FOR = 2
"""The version of the rules that the expression follows. Whoever raises `word_rules.VERSION` looks at it again."""
MARKS_BEFORE_A_TAG = 4  # a tag must not stand right behind a word, which may end in so many marks; + and # end one, too


@lru_cache(maxsize=2)
def word_pattern(*, keep_tags: bool) -> str:
    """Return the expression. keep_tags: whether # and @ before a word belong to the word."""
    letter, digit, hebrew, mark = map(_class, ("letter", "digit", "hebrew", "mark"))
    starts = _class("letter", "digit", "hebrew")
    join = f"(?:{_class('joiner', 'zwj')}|{_class('connector')}+)(?={starts})"
    ampersand = f"{_class('ampersand')}(?={_class('letter', 'hebrew')})"
    plus, sharp = _class("plus"), _class("hash")
    suffix = f"(?:{plus}{plus}?|{sharp})(?!{_class(*rules.NO_END_BEFORE)})"
    units = (
        f"{letter}{mark}*(?:{join}|{ampersand}|{suffix})?",
        f"{digit}{mark}*(?:{join}|{_class('number_mark')}(?={digit}))?",
        f"{hebrew}{mark}*(?:{join}|{ampersand}|{_class('quote')}(?={hebrew}))?",
    )
    word = f"(?:{'|'.join(units)})+"
    if keep_tags:
        words_end = [f"{starts}{mark * number}" for number in range(MARKS_BEFORE_A_TAG + 1)]
        longer = [f"{letter}{mark * number}{end}" for number in range(3) for end in (plus, plus * 2, sharp)]
        tags = f"{_not_behind(words_end)}{sharp}|{_not_behind([*words_end, *longer])}{_class('at')}"
        word = f"(?:(?:{tags})(?={starts}))?{word}"
    emoji, flag = _class("emoji"), _class("flag")
    return "|".join(
        (
            word,
            f"{_class('single')}{mark}*",
            f"{emoji}{mark}*(?:{_class('zwj')}{emoji}{mark}*)*",
            f"{flag}{mark}*(?:{flag}{mark}*)?",
            _emoticons(),
        )
    )


def whitespace_pattern() -> str:
    """Return the expression for `--tokenizer whitespace`: each run of characters that are no white space to Python."""
    spaces = np.array([chr(point).isspace() for point in range(0x3001)])
    return f"[^{_ranges(np.flatnonzero(spaces).tolist())}]+"


@lru_cache(maxsize=1)
def final_sigma_pattern() -> str:
    """Return the expression for a capital sigma that ends a word, whose lower case is ς: its match is the sigma alone.

    Unicode's rule (Final_Sigma of SpecialCasing.txt): a cased letter stands before it and none behind it, and what is
    ignored in between may be any number of accents, apostrophes, full stops and the like. What precedes `\\K` has to
    be there and is not a part of the match.
    """
    cased, ignored = (f"[{_ranges(points)}]" for points in _classes_of_sigma())
    return f"{cased}{ignored}*\\K\\x{{3A3}}(?!{ignored}*{cased})"


def _classes_of_sigma() -> tuple[list[int], list[int]]:
    """Return the code points that are cased, and those that are ignored. Python has no names for them, but the rule."""
    sigmas = [ord(sigma) for sigma in "Σσς"]
    points = [*range(0x20000), *range(0xE0000, 0xE0200)]  # no code point of other planes is either
    points = [point for point in points if point not in sigmas and not 0xD800 <= point < 0xE000]

    def ends_in_final_sigma(before: str) -> U8:
        """Whether the lower case of a sigma is ς behind a text and each of the points; 0 is neither of both."""
        lower = "0".join(f"{before}{chr(point)}Σ" for point in points).lower()
        return np.array([letter == "ς" for letter in lower if letter in "σς"], dtype=np.uint8)

    alone, after_letter = ends_in_final_sigma(""), ends_in_final_sigma("a")
    found = np.array(points)
    return sorted([*sigmas, *found[alone == 1].tolist()]), found[alone < after_letter].tolist()


def _emoticons() -> str:
    """Emoticons: white space, or punctuation of Chinese and Japanese, before them, and white space of ASCII after."""
    longest_first = sorted(rules.EMOTICONS.split(), key=len, reverse=True)
    before = f"(?<![^{_members('space', 'wide')}])"
    return f"{before}(?:{'|'.join(map(re.escape, longest_first))})(?![^\\x{{0}}-\\x{{20}}])"


def _not_behind(ends: list[str]) -> str:
    """That no word ends right here. Oniguruma looks back over alternatives of fixed lengths only."""
    return f"(?<!{'|'.join(ends)})"


def _class(*names: str) -> str:
    return f"[{_members(*names)}]"


@lru_cache(maxsize=64)
def _members(*names: str) -> str:
    """The characters of some classes, as the inside of a bracket."""
    numbers = [rules.CLASSES.index(name) for name in names]
    return _ranges(np.flatnonzero(np.isin(character_classes(), numbers)).tolist())


def _ranges(points: list[int]) -> str:
    """Code points as ranges: \\x{41}-\\x{5A}."""
    found = np.array(points)
    cuts = np.flatnonzero(np.diff(found) > 1)
    firsts = found[np.concatenate(([0], cuts + 1))].tolist()
    lasts = found[np.concatenate((cuts, [len(found) - 1]))].tolist()
    return "".join(
        f"\\x{{{first:X}}}" if first == last else f"\\x{{{first:X}}}-\\x{{{last:X}}}"
        for first, last in zip(firsts, lasts, strict=True)
    )
