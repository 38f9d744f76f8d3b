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

from typing import NamedTuple

import numpy as np

from w2v.arrays import I64, U8, U64
from w2v.kernels.llvm.bits import LEAN, Integer, load64, ones, trailing_zeros, white_masks
from w2v.kernels.llvm.compilation import kernel

__all__ = [
    "AFTER",
    "EXAMPLES",
    "FIRST_STATE",
    "FRESH",
    "LOOSE",
    "ONE",
    "PADDING",
    "WIDTH",
    "Rules",
    "Tally",
    "split_whitespace",
    "split_words",
]


PADDING = 64

# The classes of characters that `split_words` knows by their number; w2v/text/word_rules.py has all.
SPACE, LETTER, HEBREW = 0, 3, 5
WIDTH = 32  # a row of the transitions has room for so many classes

# States between words: behind white space, right behind a word, one character behind a word, elsewhere.
FRESH, AFTER, ONE, LOOSE = 0, 1, 2, 3
# States within words, in the order of w2v/text/word_rules.py: a word may end in those before FIRST_TRAILING, and, if no
# class of NO_END_BEFORE follows, in those before FIRST_PENDING. Nothing can be taken apart behind an emoji.
FIRST_STATE, FIRST_SINGLE, FIRST_TRAILING, FIRST_PENDING, EMOJI_JOINT = 4, 7, 11, 14, 19
NO_END_BEFORE = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 12 | 1 << 13 | 1 << 15
EXAMPLES = 256  # places of words taken apart that are noted in a block

_ONE = np.uint64(1)
_BYTE = np.uint64(0xFF)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
# For each of 8 bytes: the bit that differs between A and a; and what carries bytes from a, or beyond z, into bit 7.
_CASE = np.uint64(0x2020202020202020)
_FROM_A = np.uint64(0x1F1F1F1F1F1F1F1F)
_BEYOND_Z = np.uint64(0x0505050505050505)
_SEVEN_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)
_HIGH_BITS = np.uint64(0x8080808080808080)


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
def _is_emoticon(text: U8, size: int, at: int, emoticons: U64) -> int:
    """Return the length of the emoticon at text[at] that ends before white space; 0 if there is none."""
    word = load64(text, np.uint64(at))
    length = 0
    while length < 8 and at + length < size and text[at + length] > 32:
        length += 1
    if length < 8:
        word &= (_ONE << np.uint64(8 * length)) - _ONE
    elif at + 8 < size and text[at + 8] > 32:
        return 0
    place = np.searchsorted(emoticons, word)
    return length if place < emoticons.size and emoticons[place] == word else 0


class Rules(NamedTuple):
    """The rules of `split_words` as arrays, which w2v/text/characters.py makes of its tables.

    classes: uint8 [0x110000], of each code point. transitions: uint8 [states · WIDTH]. emoticons: uint64 [n], sorted.
    """

    classes: U8
    transitions: U8
    emoticons: U64


class Tally(NamedTuple):
    """What `split_words` leaves out or takes apart, by code point, over all blocks of a worker.

    left: int64 [0x110000], characters that are in no word. apart: int64 [0x110000], places where nothing but one such
    character stands between two words. seen: int64 [0x110000], the block in which such a place was met last. points:
    int64 [0x110000], the code points of `left` that are not 0, as they were met. firsts:
    int64 [EXAMPLES, 3], for a block: the code point, where the word before it begins, where the word behind it begins.
    carry: int64 [5]: number of the block, `firsts` in use, the state, where the last word begins,
    `points` in use.
    """

    left: I64
    apart: I64
    seen: I64
    points: I64
    firsts: I64
    carry: I64


@kernel(**LEAN)
def _behind_letters(text: U8, at: Integer, classes: U8) -> Integer:
    """Return where the letters from text[at] on end: those of ASCII, 8 at a time, and those of two bytes.

    The high bit of each byte of `letters` tells whether the byte lies between a and z, in either case; no addition
    carries into the next byte, because all bytes are below 128.
    """
    while True:
        word = load64(text, np.uint64(at))
        lower = (word | _CASE) & _SEVEN_BITS
        letters = (lower + _FROM_A) & ~(lower + _BEYOND_Z) & ~word & _HIGH_BITS
        others = letters ^ _HIGH_BITS
        if not others:
            at += 8
            continue
        at += np.int64(trailing_zeros(others) >> np.uint64(3))
        first = np.int64(text[at])
        if first < 0xC2 or first > 0xDF or classes[(first & 0x1F) << 6 | (text[at + 1] & 0x3F)] != LETTER:
            return at
        at += 2


@kernel(**LEAN)
def split_words(
    text: U8, size: int, begin: int, rules: Rules, starts: I64, ends: I64, breaks: I64, tally: Tally
) -> tuple[Integer, Integer, Integer]:
    """Find the words of running text, without punctuation. Arguments and results: see the head of this file.

    A word is the longest run of characters that the transitions allow. Where the state in which a run stops is not one
    in which a word may end, the word ends at the last such state, and reading goes on from there.
    """
    capacity = len(starts)
    classes, table, left, carry = rules.classes, rules.transitions, tally.left, tally.carry
    words, broken = 0, 0
    state: Integer = carry[2]  # between words: no word is open when this function returns
    start: Integer = carry[3]
    accepted: Integer = -1
    between: Integer = 0
    point: Integer
    length: Integer
    at: Integer = begin
    while at < size or state >= FIRST_STATE:
        # The usual way, without the tables: letters of ASCII, and one blank between two words that begin with these.
        if state == FIRST_STATE:
            at = _behind_letters(text, at, classes)
            accepted = at
            if at + 1 < size and text[at] == 32 and text[at + 1] < 128 and classes[text[at + 1]] == LETTER:
                starts[words] = start
                ends[words] = at
                words += 1
                start = at + 1
                at += 2
                if words == capacity:
                    carry[2], carry[3] = FRESH, start
                    return start, words, broken
                accepted = at
                continue
        point, length = np.int64(32), np.int64(1)  # the end of the block is white space
        if at < size:
            point, length = _code_point(text, at)
        kind = np.int64(classes[point])
        following = np.int64(table[state * WIDTH + kind])
        if following >= FIRST_STATE:
            if state < FIRST_STATE:
                if state == ONE and LETTER <= kind <= HEBREW:
                    tally.apart[between] += 1
                    if tally.seen[between] != carry[0] and carry[1] < EXAMPLES:
                        tally.seen[between] = carry[0]
                        first = tally.firsts[carry[1]]
                        first[0], first[1], first[2] = between, start, at
                        carry[1] += 1
                start, accepted = at, -1
            at += length
            state = following
            if state < FIRST_TRAILING:
                accepted = at
            continue
        if state >= FIRST_STATE:
            if FIRST_TRAILING <= state < FIRST_PENDING and not (NO_END_BEFORE >> kind) & 1:
                accepted = at
            if accepted < 0:  # the sign of a tag before no word
                point, length = _code_point(text, start)
                if left[point] == 0:
                    tally.points[carry[4]] = point
                    carry[4] += 1
                left[point] += 1
                at = start + length
                state = LOOSE
                continue
            starts[words] = start
            ends[words] = accepted
            words += 1
            at = accepted
            state = LOOSE if FIRST_SINGLE <= state < FIRST_TRAILING or state == EMOJI_JOINT else AFTER
            if words == capacity:
                carry[2], carry[3] = state, start
                return at, words, broken
            continue
        if kind == SPACE:
            if (point == 10 or point == 13) and (broken == 0 or breaks[broken - 1] != words):
                breaks[broken] = words
                broken += 1
        else:
            if state == FRESH and 45 <= point <= 94:
                long = _is_emoticon(text, size, at, rules.emoticons)
                if long:
                    starts[words] = at
                    ends[words] = at + long
                    words += 1
                    at += long
                    state = LOOSE
                    if words == capacity:
                        carry[2], carry[3] = state, start
                        return at, words, broken
                    continue
            if left[point] == 0:
                tally.points[carry[4]] = point
                carry[4] += 1
            left[point] += 1
            between = point
        state = following
        at += length
    carry[2], carry[3] = state, start
    return size, words, broken
