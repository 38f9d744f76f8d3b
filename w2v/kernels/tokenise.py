"""Where words begin and end in a block of UTF-8. Not here: which words they are (kernels.wordtable).

Both tokenizers read text[begin:size] and fill the same three arrays:

    starts, ends  int64 [capacity]      word i is text[starts[i] : ends[i]]
    breaks        int64 [capacity + 1]  rising: a sentence ends before word breaks[j], that is after so many words

They return how far they came (they stop early where the arrays are full), and how many words and breaks there are. A
line feed or a carriage return ends a sentence. Empty sentences leave no break, except that the first break may be 0:
then a sentence that began before `begin` ends.

`text` [uint8] is valid UTF-8, `size` bytes long, with PADDING ASCII spaces after it. No word crosses the end of a
block: the caller cuts blocks at ASCII white space.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import I64, U8
from w2v.kernels.llvm.bits import LEAN, Integer, load64, ones, trailing_zeros, white_masks
from w2v.kernels.llvm.compilation import kernel

__all__ = ["JOINER", "MARK", "OTHER", "PADDING", "SINGLE", "WORD", "split_whitespace", "split_words"]


PADDING = 64

# The classes of code points that `split_words` knows; w2v.text.characters makes the table of them.
OTHER, WORD, MARK, JOINER, SINGLE = 0, 1, 2, 3, 4

_ONE = np.uint64(1)
_BYTE = np.uint64(0xFF)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel(**LEAN)
def _wide_space(text: U8, at: np.uint64) -> int:
    """The length of the white space that begins with the byte C2, E1, E2 or E3 at text[at]; 0 where it begins none.

    U+0085, U+00A0; U+1680; U+2000-200A, U+2028, U+2029, U+202F, U+205F; U+3000: what str.split() splits at.
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
    """Words are what str.split() finds. See the head of the file for arguments and results.

    64 bytes a step become bit masks, and words are read off the edges between their zeros and ones (after Langdale and
    Lemire 2019, "Parsing Gigabytes of JSON per Second", section 3.1).
    """
    capacity = len(starts)
    started, ended, broken = 0, 0, 0
    spill = np.uint64(0)  # white space of several bytes that reaches into the next 64
    after_space = _ONE
    base = begin
    while base < size:
        if ended + 33 > capacity:  # 64 bytes end at most 32 words, and one more may be open
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
    """The code point at text[at] and its length in bytes."""
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
    """Words of running text. See the head of the file for arguments and results; `classes` [0x110000] is by code point.

    In classes, a word is WORD (WORD | MARK)* (JOINER WORD (WORD | MARK)*)*, or SINGLE MARK*; all else separates.
    """
    capacity = len(starts)
    words, broken = 0, 0
    start, joint = -1, -1  # where the open word begins; where a joiner stands that no word character has followed yet
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
