"""Find where words begin and end in a block of UTF-8 text. The ids of these words come from w2v/kernels/wordtable.py.

Both tokenizers, `split_whitespace` and `split_words`, read text[begin:size] and fill the same three arrays:

    starts, ends  int64 [capacity]      word i is text[starts[i] : ends[i]]
    breaks        int64 [capacity + 1]  in rising order; a sentence ends before word breaks[j]

Both return three numbers: the byte at which they stopped (before `size` if the arrays are full), the number of words,
and the number of breaks. A line feed or a carriage return ends a sentence. Empty sentences add no break. The first
break may be 0: it ends a sentence that began before `begin`.

`text` [uint8] is valid UTF-8 of `size` bytes, followed by PADDING ASCII spaces. No word crosses the end of a block,
because the caller cuts blocks at ASCII white space.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import I64, U8
from w2v.kernels.llvm.bits import LEAN, Integer, load64, ones, trailing_zeros, white_masks
from w2v.kernels.llvm.compilation import kernel

__all__ = ["JOINER", "MARK", "OTHER", "PADDING", "SINGLE", "WORD", "split_whitespace", "split_words"]


PADDING = 64

# The classes of characters for `split_words`; w2v/text/characters.py makes the table with the class of each code point.
OTHER, WORD, MARK, JOINER, SINGLE = 0, 1, 2, 3, 4

_ONE = np.uint64(1)
_BYTE = np.uint64(0xFF)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel(**LEAN)
def _wide_space(text: U8, at: np.uint64) -> int:
    """Return the length in bytes of the white space character at text[at], or 0 if no white space begins there.

    The byte text[at] must be C2, E1, E2 or E3. The characters are those outside of ASCII at which str.split() splits:
    U+0085, U+00A0; U+1680; U+2000-200A, U+2028, U+2029, U+202F, U+205F; U+3000.
    """
    word = load64(text, at)
    first, second, third = word & _BYTE, (word >> np.uint64(8)) & _BYTE, (word >> np.uint64(16)) & _BYTE
    if first == 0xC2:
        return 2 if second in (0x85, 0xA0) else 0
    if first == 0xE1:
        return 3 if second == 0x9A and third == 0x80 else 0
    if first == 0xE3:
        return 3 if second == 0x80 and third == 0x80 else 0
    if second == 0x80:
        return 3 if third <= 0x8A or third in (0xA8, 0xA9, 0xAF) else 0
    return 3 if second == 0x81 and third == 0x9F else 0


@kernel(**LEAN)
def split_whitespace(
    text: U8, size: int, begin: int, starts: I64, ends: I64, breaks: I64
) -> tuple[Integer, Integer, Integer]:
    """Find the words that str.split() finds. Arguments and results: see the head of this file.

    Each step turns 64 bytes into bit masks; a word begins or ends where the bit for white space changes (after Langdale
    and Lemire 2019, "Parsing Gigabytes of JSON per Second", section 3.1).
    """
    capacity = len(starts)
    started, ended, broken = 0, 0, 0
    spill = np.uint64(0)  # the bytes of a white space character that lie in the next 64 bytes
    after_space = _ONE
    base = begin
    while base < size:
        if ended + 33 > capacity:  # at most 32 words end within 64 bytes, and one more may have begun
            if ended < started:
                return starts[ended], ended, broken
            return base + np.int64(ones(spill)), ended, broken
        white, line_ends, leads = white_masks(text, np.uint64(base))
        white |= spill
        spill = np.uint64(0)
        while leads:
            place = trailing_zeros(leads)
            leads &= leads - _ONE
            length = np.uint64(_wide_space(text, np.uint64(base) + place))
            lanes = (_ONE << length) - _ONE
            white |= lanes << place
            if place + length > np.uint64(64):
                spill = lanes >> (np.uint64(64) - place)
        shifted = (white << _ONE) | after_space
        after_space = white >> np.uint64(63)
        opening = ~white & shifted
        closing = white & ~shifted
        while line_ends:
            place = trailing_zeros(line_ends)
            line_ends &= line_ends - _ONE
            words = ended + np.int64(ones(closing & (_ALL >> (np.uint64(63) - place))))
            if broken == 0 or breaks[broken - 1] != words:
                breaks[broken] = words
                broken += 1
        while opening:
            starts[started] = base + np.int64(trailing_zeros(opening))
            opening &= opening - _ONE
            started += 1
        while closing:
            ends[ended] = base + np.int64(trailing_zeros(closing))
            closing &= closing - _ONE
            ended += 1
        base += 64
    if ended < started:
        ends[ended] = size
    return size, started, broken


@kernel(**LEAN)
def _code_point(text: U8, at: int) -> tuple[Integer, Integer]:
    """Return the code point at text[at] and its length in bytes."""
    first = np.int64(text[at])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | (text[at + 1] & 0x3F), 2
    if first < 0xF0:
        return (first & 0x0F) << 12 | np.int64(text[at + 1] & 0x3F) << 6 | (text[at + 2] & 0x3F), 3
    return (
        (first & 0x07) << 18
        | np.int64(text[at + 1] & 0x3F) << 12
        | np.int64(text[at + 2] & 0x3F) << 6
        | (text[at + 3] & 0x3F),
        4,
    )


@kernel(**LEAN)
def split_words(
    text: U8, size: int, begin: int, classes: U8, starts: I64, ends: I64, breaks: I64
) -> tuple[Integer, Integer, Integer]:
    """Find the words of running text, without punctuation. Arguments and results: see the head of this file.

    classes: uint8 [0x110000], the class of each code point. A word is WORD (WORD | MARK)* (JOINER WORD (WORD |
    MARK)*)*, or SINGLE MARK*; all other characters separate words.
    """
    capacity = len(starts)
    words, broken = 0, 0
    start, joint = -1, -1  # where the open word begins; a joiner's position until a word character follows it; -1: none
    single = False
    at = begin
    while at < size:
        point, length = _code_point(text, at)
        kind = classes[point]
        if start >= 0:
            if (kind == WORD and not single) or (kind == MARK and joint < 0):
                joint = -1
                at += length
                continue
            if kind == JOINER and joint < 0 and not single:
                joint = at
                at += length
                continue
            starts[words] = start
            ends[words] = at if joint < 0 else joint
            words += 1
            start, joint = -1, -1
            if words == capacity:
                return at, words, broken
        if kind in (WORD, SINGLE):
            start = at
            single = kind == SINGLE
        elif (point == 10 or point == 13) and (broken == 0 or breaks[broken - 1] != words):
            breaks[broken] = words
            broken += 1
        at += length
    if start >= 0:
        starts[words] = start
        ends[words] = size if joint < 0 else joint
        words += 1
    return size, words, broken
