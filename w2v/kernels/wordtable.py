"""Count words and give them ids, in a hash table of byte strings with open addressing.

Words get the ids 0, 1, … in the order in which they are first seen. w2v/kernels/tokenise.py finds the words in a text.
A table is three arrays, so that kernels can take it as an argument, and Python can replace an array by a larger one:

    slots  uint64 [capacity, 4]  one row for each word: two columns of key; id + 1, with the length class in the upper
                                 32 bits; count. The capacity is a power of two; a free slot has 0 in the third column
    arena  uint8                 the words of more than 16 bytes: the length (8 bytes), then the bytes
    state  int64 [3]             the number of words, the bytes used in the arena, the bytes of all words together

A word of at most 16 bytes is its own key, so looking it up reads one cache line. The key of a longer word is a 64-bit
hash and the word's offset in the arena, where its bytes are compared in full.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import I32, I64, U8, U64
from w2v.kernels.llvm.bits import LEAN, Integer, load64, prefetch_row, prefetch_row_to_read
from w2v.kernels.llvm.compilation import kernel

__all__ = [
    "AHEAD",
    "ARENA_USED",
    "SLACK",
    "WORDS",
    "WORD_BYTES",
    "WordTable",
    "absorb",
    "encode",
    "export",
    "find",
    "rehash",
    "remap",
]


class WordTable(NamedTuple):
    """A table of words; the head of this file describes the arrays."""

    slots: U64
    arena: U8
    state: I64


WORDS, ARENA_USED, WORD_BYTES = 0, 1, 2  # positions in the state
SLACK = 16  # bytes of the arena after the last word, for a length and for a load that reads past the end
AHEAD = 16  # words between the prefetch of a slot and its use

_LOW, _HIGH, _IDENTITY, _COUNT = 0, 1, 2, 3  # columns of a slot
_SHORT = np.uint64(16)  # bytes of the longest word that is its own key
_LONG = np.uint64(17)  # the length class of all longer words; for others the length class is the length
_CLASS = np.uint64(32)
_ID = np.uint64(0xFFFFFFFF)
_ZERO, _ONE, _EIGHT = np.uint64(0), np.uint64(1), np.uint64(8)

# Masks by length (0 to 16 bytes): a word is read as two times 8 bytes, and these keep the bytes that belong to it.
_LOW_MASK = np.array([(1 << 8 * min(length, 8)) - 1 for length in range(17)], dtype=np.uint64)
_HIGH_MASK = np.array([(1 << 8 * max(length - 8, 0)) - 1 for length in range(17)], dtype=np.uint64)

_FIRST_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio (Knuth, The Art of Computer Programming 3, 6.4)
_SECOND_ODD = np.uint64(0xD6E8FEB86659FD93)


@kernel(forceinline=True, **LEAN)
def _hash(low: np.uint64, high: np.uint64) -> np.uint64:
    value = (low * _FIRST_ODD) ^ (high * _SECOND_ODD)
    value = (value ^ (value >> np.uint64(32))) * _FIRST_ODD
    return value ^ (value >> np.uint64(32))


@kernel(forceinline=True, **LEAN)
def _key(text: U8, start: np.uint64, length: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return both columns of a word's key; 16 bytes of `text` must be readable from `start`. Of a long word, (hash, 0).

    The second column of a long word is set when the word is stored: its offset in the arena.
    """
    if length <= _SHORT:
        return load64(text, start) & _LOW_MASK[length], load64(text, start + _EIGHT) & _HIGH_MASK[length]
    value = length * _FIRST_ODD
    last = start + length - _EIGHT
    while start < last:
        value = _hash(value, load64(text, start))
        start += _EIGHT
    return _hash(value, load64(text, last)), _ZERO


@kernel(**LEAN)
def _same(arena: U8, place: np.uint64, text: U8, start: np.uint64, length: np.uint64) -> bool:
    """Return whether the word at offset `place` of the arena equals text[start : start + length], of over 8 bytes."""
    if load64(arena, place) != length:
        return False
    place += _EIGHT
    last = length - _EIGHT
    at = _ZERO
    while at < last:
        if load64(arena, place + at) != load64(text, start + at):
            return False
        at += _EIGHT
    return load64(arena, place + last) == load64(text, start + last)


@kernel(forceinline=True, **LEAN)
def _add(
    table: WordTable,
    low: np.uint64,
    high: np.uint64,
    spread: np.uint64,
    text: U8,
    start: np.uint64,
    length: np.uint64,
    count: np.uint64,
) -> Integer:
    """Add `count` to the count of the word with this key, which may be new, and return the id of the word.

    low, high: the key, as `_key` returns it; spread: its hash. The text of a short word is not read.
    """
    slots, arena, state = table
    last_slot = np.uint64(slots.shape[0] - 1)
    length_class = min(length, _LONG)
    slot = spread & last_slot
    while slots[slot, _IDENTITY]:
        identity = slots[slot, _IDENTITY]
        if slots[slot, _LOW] == low and identity >> _CLASS == length_class:
            if length_class <= _SHORT:
                same = slots[slot, _HIGH] == high
            else:
                same = _same(arena, slots[slot, _HIGH], text, start, length)
            if same:
                slots[slot, _COUNT] += count
                return np.int64(identity & _ID) - 1
        slot = (slot + _ONE) & last_slot
    word = state[WORDS]
    state[WORDS] += 1
    state[WORD_BYTES] += np.int64(length)
    slots[slot, _LOW] = low
    slots[slot, _HIGH] = high
    slots[slot, _IDENTITY] = np.uint64(word + 1) | length_class << _CLASS
    slots[slot, _COUNT] = count
    if length_class == _LONG:
        place = np.uint64(state[ARENA_USED])
        slots[slot, _HIGH] = place
        for byte in range(8):
            arena[place + np.uint64(byte)] = (length >> np.uint64(8 * byte)) & np.uint64(0xFF)
        for byte in range(np.int64(length)):
            arena[place + _EIGHT + np.uint64(byte)] = text[start + np.uint64(byte)]
        state[ARENA_USED] += 8 + np.int64(length)
    return word


@kernel(forceinline=True, **LEAN)
def _look_ahead(following: U64, text: U8, start: np.uint64, length: np.uint64) -> np.uint64:
    """Write the key and the hash of a word to a row of the ring, and return the hash."""
    low, high = _key(text, start, length)
    spread = _hash(low, high)
    following[0], following[1], following[2] = low, high, spread
    return spread


@kernel(**LEAN)
def encode(text: U8, starts: I64, ends: I64, begin: int, table: WordTable, most: int, ring: U64, ids: I32) -> Integer:
    """Count the words begin, begin + 1, … of a block and write their ids; stop when the table holds `most` words.

    text: uint8, readable for 16 bytes from the start of every word. starts, ends: int64 [n]; word i is
    text[starts[i] : ends[i]]. table: must have more than `most` slots, and room in its arena for all words of the block
    (8 bytes + the length for each) and SLACK. ring: uint64 [AHEAD, 3], keys and hashes of the next words, for use
    inside this kernel. ids: int32 [n]. Returns the first word that was not counted, n if all were.
    """
    slots, state = table.slots, table.state
    last_slot = np.uint64(slots.shape[0] - 1)
    count = np.uint64(len(starts))
    ahead = np.uint64(AHEAD)
    in_ring = np.uint64(AHEAD - 1)
    at = np.uint64(begin)
    while at < min(np.uint64(begin) + ahead, count):
        start = np.uint64(starts[at])
        _look_ahead(ring[at & in_ring], text, start, np.uint64(ends[at]) - start)
        at += _ONE
    at = np.uint64(begin)
    while at < count:
        if state[WORDS] >= most:
            return np.int64(at)
        following = ring[at & in_ring]
        low, high, spread = following[0], following[1], following[2]
        if at + ahead < count:
            start = np.uint64(starts[at + ahead])
            prefetch_row(slots, _look_ahead(following, text, start, np.uint64(ends[at + ahead]) - start) & last_slot)
        start = np.uint64(starts[at])
        ids[at] = _add(table, low, high, spread, text, start, np.uint64(ends[at]) - start, _ONE)
        at += _ONE
    return np.int64(count)


@kernel(**LEAN)
def find(text: U8, starts: I64, ends: I64, table: WordTable, ring: U64, ids: I32) -> None:
    """Write the ids of the words of a block, −1 for words that are not in the table; the table is not changed.

    So several threads may read one table. text: uint8, readable for 16 bytes from the start of every word. starts,
    ends: int64 [n]; word i is text[starts[i] : ends[i]]. ring: uint64 [AHEAD, 3], as in `encode`. ids: int32 [n].
    """
    slots, arena = table.slots, table.arena
    last_slot = np.uint64(slots.shape[0] - 1)
    in_ring = np.uint64(AHEAD - 1)
    count = np.uint64(len(starts))
    ahead = np.uint64(AHEAD)
    word = _ZERO
    while word < min(ahead, count):
        start = np.uint64(starts[word])
        _look_ahead(ring[word], text, start, np.uint64(ends[word]) - start)
        word += _ONE
    word = _ZERO
    while word < count:
        start = np.uint64(starts[word])
        length = np.uint64(ends[word]) - start
        length_class = min(length, _LONG)
        following = ring[word & in_ring]
        low, high, spread = following[0], following[1], following[2]
        if word + ahead < count:
            start_ahead = np.uint64(starts[word + ahead])
            length_ahead = np.uint64(ends[word + ahead]) - start_ahead
            prefetch_row_to_read(slots, _look_ahead(following, text, start_ahead, length_ahead) & last_slot)
        slot = spread & last_slot
        found = np.int64(-1)
        while slots[slot, _IDENTITY]:
            identity = slots[slot, _IDENTITY]
            if slots[slot, _LOW] == low and identity >> _CLASS == length_class:
                if length_class <= _SHORT:
                    same = slots[slot, _HIGH] == high
                else:
                    same = _same(arena, slots[slot, _HIGH], text, start, length)
                if same:
                    found = np.int64(identity & _ID) - 1
                    break
            slot = (slot + _ONE) & last_slot
        ids[word] = found
        word += _ONE


@kernel(**LEAN)
def rehash(slots: U64, wider: U64) -> None:
    """Copy all words from slots, uint64 [capacity, 4], to `wider`, uint64 [a larger power of two, 4], all 0 before."""
    last_slot = np.uint64(wider.shape[0] - 1)
    for old in range(slots.shape[0]):
        identity = slots[old, _IDENTITY]
        if identity:
            high = slots[old, _HIGH] if identity >> _CLASS <= _SHORT else _ZERO
            slot = _hash(slots[old, _LOW], high) & last_slot
            while wider[slot, _IDENTITY]:
                slot = (slot + _ONE) & last_slot
            for column in range(4):
                wider[slot, column] = slots[old, column]


@kernel(**LEAN)
def absorb(table: WordTable, other: WordTable, mapping: I32) -> None:
    """Add the words and the counts of `other` to `table`, which must have room for them.

    mapping: int32 [words of other]; this function writes mapping[id in other] = id in table.
    """
    slots, arena, _ = other
    for slot in range(slots.shape[0]):
        identity = slots[slot, _IDENTITY]
        if identity:
            low, high, length, place = slots[slot, _LOW], slots[slot, _HIGH], identity >> _CLASS, _ZERO
            if length == _LONG:
                place = high + _EIGHT
                high = _ZERO
                length = load64(arena, slots[slot, _HIGH])
            spread = _hash(low, high)
            count = slots[slot, _COUNT]
            mapping[np.int64(identity & _ID) - 1] = _add(table, low, high, spread, arena, place, length, count)


@kernel(**LEAN)
def export(table: WordTable, text: U8, offsets: I64, counts: I64) -> None:
    """Write the words of a table in the order of their ids: word i is text[offsets[i] : offsets[i + 1]].

    text: uint8 [state[WORD_BYTES]]. offsets: int64 [words + 1]. counts: int64 [words].
    """
    slots, arena, state = table
    for slot in range(slots.shape[0]):
        identity = slots[slot, _IDENTITY]
        if identity:
            length = identity >> _CLASS
            if length == _LONG:
                length = load64(arena, slots[slot, _HIGH])
            offsets[np.int64(identity & _ID)] = np.int64(length)
            counts[np.int64(identity & _ID) - 1] = np.int64(slots[slot, _COUNT])
    offsets[0] = 0
    for word in range(state[WORDS]):
        offsets[word + 1] += offsets[word]
    for slot in range(slots.shape[0]):
        identity = slots[slot, _IDENTITY]
        if identity:
            start = offsets[np.int64(identity & _ID) - 1]
            length = offsets[np.int64(identity & _ID)] - start
            for byte in range(length):
                if identity >> _CLASS == _LONG:
                    text[start + byte] = arena[slots[slot, _HIGH] + _EIGHT + np.uint64(byte)]
                else:
                    half = slots[slot, _LOW] if byte < 8 else slots[slot, _HIGH]
                    text[start + byte] = (half >> np.uint64(8 * (byte & 7))) & np.uint64(0xFF)


@kernel(**LEAN)
def remap(ids: I32, breaks: I64, mapping: I32, out: I32) -> tuple[Integer, bool]:
    """Replace provisional ids by final ids, leave out words whose final id is −1, and end each sentence with −1.

    ids: int32 [words]. breaks: int64, as w2v/kernels/tokenise.py writes them. mapping: int32 [provisional ids], the
    final ids. out: int32 [words + breaks + 1]. Returns (end, leading): the result is out[1:end], or out[0:end] if
    `leading`: then a sentence that began before this segment of the text ends first, and out[0] is its −1. A sentence
    without any word left gets no −1.
    """
    out[0] = -1
    end, leading = 1, False
    word = 0
    for sentence in range(len(breaks) + 1):
        first = end
        stop = breaks[sentence] if sentence < len(breaks) else len(ids)
        while word < stop:
            final = mapping[ids[word]]
            out[end] = final
            end += final >= 0
            word += 1
        if sentence < len(breaks):
            if end > first:
                out[end] = -1
                end += 1
            elif end == 1:
                leading = True
    return end, leading
