"""The class of each code point, by the version of Unicode that this Python has.

Not here: the rules that make words of the classes (w2v/kernels/tokenise.py).
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category

import numpy as np

from w2v.arrays import U8

__all__ = ["character_classes"]

# All letters, marks and numbers are in these ranges; other code points are unassigned, private, or tags.
_ASSIGNED = (range(0x40000), range(0xE0000, 0xE1000))

# ' ’; - ‐ ‑; the soft hyphen; and the invisible joiners, which Persian and the scripts of India need inside words.
_JOINERS = (0x27, 0x2019, 0x2D, 0x2010, 0x2011, 0xAD, 0x200C, 0x200D)

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
_VOICED_MARKS = (0xFF9E, 0xFF9F)  # half-width ﾞ and ﾟ, which Unicode calls letters and a reader marks


@lru_cache(maxsize=1)
def character_classes() -> U8:
    """Return the class of each code point, uint8 [0x110000], with the numbers of w2v/kernels/tokenise.py.

    Letters and numbers are WORD, marks MARK, apostrophes and hyphens JOINER; each Han or Kana character is SINGLE, and
    everything else OTHER.
    """
    from w2v.kernels.tokenise import JOINER, MARK, OTHER, SINGLE, WORD

    by_category = {"L": WORD, "N": WORD, "M": MARK}
    classes = np.full(0x110000, OTHER, dtype=np.uint8)
    for points in _ASSIGNED:
        classes[points.start : points.stop] = [by_category.get(category(chr(point))[0], OTHER) for point in points]
    for block in _HAN_AND_KANA:
        part = classes[block.start : block.stop]
        part[part == WORD] = SINGLE
    for point in _RADICALS:
        if category(chr(point)) == "So":
            classes[point] = SINGLE
    classes[list(_VOICED_MARKS)] = MARK
    classes[list(_JOINERS)] = JOINER
    classes.setflags(write=False)
    return classes
