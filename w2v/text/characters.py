"""The rules of `--tokenizer words` as arrays, by the version of Unicode that this Python has. The rules: word_rules.py.

The kernel that follows them: w2v/kernels/tokenise.py.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category

import numpy as np

from w2v.arrays import U8, U64
from w2v.text import word_rules as rules

__all__ = ["character_classes", "emoticons", "transitions"]

# All letters, marks and numbers are in these ranges; other code points are unassigned, private, or tags.
_ASSIGNED = (range(0x40000), range(0xE0000, 0xE1000))
_SPACES = [*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F]

# Han and Kana: the letters and numbers in these blocks, with 々 〇 ー. Unicode calls the radicals symbols.
_HAN_AND_KANA = (
    range(0x3000, 0x3100),
    range(0x31F0, 0x3200),
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0xFF66, 0xFF9E),
    range(0x1AFF0, 0x1B170),
    range(0x20000, 0x40000),
)
_RADICALS = range(0x2E80, 0x2FE0)
_HEBREW = (range(0x5D0, 0x5F3), range(0xFB1D, 0xFB50))
_FLAGS = range(0x1F1E6, 0x1F200)
# Half-width ﾞ and ﾟ, which Unicode calls letters and a reader marks; tones of skin; tags, which make flags of regions.
_MORE_MARKS = (0xFF9E, 0xFF9F, *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))


@lru_cache(maxsize=1)
def character_classes() -> U8:
    """Return the class of each code point, uint8 [0x110000]: its position in `word_rules.CLASSES`."""
    number = {name: place for place, name in enumerate(rules.CLASSES)}
    by_category = {"Nd": "digit", "L": "letter", "N": "letter", "M": "mark", "Pc": "connector"}
    of_category = {name: number[kind] for name, kind in by_category.items()}
    classes = np.full(0x110000, number["other"], dtype=np.uint8)
    for points in _ASSIGNED:
        found = (category(chr(point)) for point in points)
        classes[points.start : points.stop] = [
            of_category.get(two) or of_category.get(two[0], number["other"]) for two in found
        ]
    letters = (number["letter"], number["digit"])
    for block in _HAN_AND_KANA:
        part = classes[block.start : block.stop]
        part[np.isin(part, letters)] = number["single"]
    for point in _RADICALS:
        if category(chr(point)) == "So":
            classes[point] = number["single"]
    for block in _HEBREW:
        part = classes[block.start : block.stop]
        part[part == number["letter"]] = number["hebrew"]
    for span in rules.EMOJI.split():
        first, _, last = span.partition("-")
        classes[int(first, 16) : int(last or first, 16) + 1] = number["emoji"]
    classes[_FLAGS.start : _FLAGS.stop] = number["flag"]
    classes[list(_MORE_MARKS)] = number["mark"]
    classes[[*_SPACES, 0x3000]] = number["space"]
    classes[list(map(ord, rules.WIDE))] = number["wide"]
    for name, characters in rules.CHARACTERS.items():
        classes[list(map(ord, characters))] = number[name]
    classes.setflags(write=False)
    return classes


@lru_cache(maxsize=2)
def transitions(*, keep_tags: bool) -> U8:
    """Return the next state by state and class, uint8 [states · 32], as the kernel takes them.

    keep_tags: whether # and @ may begin a word. States are numbered as in w2v/kernels/tokenise.py: four between words,
    then those of `word_rules.STATES`.
    """
    from w2v.kernels.tokenise import AFTER, FIRST_STATE, FRESH, LOOSE, ONE, WIDTH

    number = {name: FIRST_STATE + place for place, name in enumerate(rules.STATES)}
    table = np.zeros((FIRST_STATE + len(number), WIDTH), dtype=np.uint8)
    for state, then in ((FRESH, LOOSE), (AFTER, ONE), (ONE, LOOSE), (LOOSE, LOOSE)):
        table[state] = then
        table[state, [rules.CLASSES.index("space"), rules.CLASSES.index("wide")]] = FRESH
        begins = f"{rules.BEGINS} {rules.TAGS}" if keep_tags and state != AFTER else rules.BEGINS
        _lay(table[state], begins, number)
    for name, follows in rules.STATES.items():
        _lay(table[number[name]], follows, number)
    flat = table.reshape(-1)
    flat.setflags(write=False)
    return flat


def _lay(row: U8, follows: str, number: dict[str, int]) -> None:
    for step in follows.split():
        kind, _, state = step.partition("=")
        row[rules.CLASSES.index(kind)] = number[state or kind]


@lru_cache(maxsize=1)
def emoticons() -> U64:
    """Return the emoticons, uint64 [n] in rising order: the bytes of each, the first in the lowest place."""
    numbers = (int.from_bytes(each.encode(), "little") for each in rules.EMOTICONS.split())
    found = np.array(sorted(numbers), dtype=np.uint64)
    found.setflags(write=False)
    return found
