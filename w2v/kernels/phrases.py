"""Find and join phrases in a stream of words: pairs as keys, counts of sorted keys, joining, and spelling.

A stream is an int32 array: the ids of words in the order of the text, and −1 after each sentence. A pair is two words
of one sentence with nothing between them, or only connectors (*of*, *the*): words that neither begin nor end a phrase.
`roles` [uint8, a value for each word] is 0 for an ordinary word, and the number of the connector, from 1, otherwise.

The key of a pair is a uint64: from the left, the numbers of the connectors between the two words, the first word, the
second word; `Packing` says how many bits each takes. Which pairs are phrases: w2v/tokens/phrases.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import I32, I64, U8, U64
from w2v.kernels.llvm.bits import LEAN, Integer
from w2v.kernels.llvm.compilation import kernel

__all__ = [
    "RADIX_BITS",
    "RARE",
    "Packing",
    "PairTable",
    "count_runs",
    "find_cut",
    "join_listed",
    "join_pairs",
    "list_pairs",
    "put_pairs",
    "select_words",
    "sort_keys",
    "spell_words",
]

HASH = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Knuth, volume 3, section 6.4)
RARE = 255  # the role of a word that is too rare to be in a phrase
RADIX_BITS = 9  # 2^9 places to write to, each a cache line, fit into a core's first cache
_ZERO = np.uint64(0)


class Packing(NamedTuple):
    """How a key is made: the bits of a word, the bits of a connector, and how many connectors may follow each other."""

    word_bits: int
    connector_bits: int
    most_connectors: int


class PairTable(NamedTuple):
    """Pairs that are phrases, as a hash table with open addressing.

    keys: uint64 [slots]; values: int32 [slots], the id of the phrase, or −1 in an empty slot. slots is a power of 2.
    begins: uint8 [words], whether a word is the first of some pair in the table.
    """

    keys: U64
    values: I32
    begins: U8


@kernel(**LEAN)
def _pair(first: Integer, link: np.uint64, second: Integer, packing: Packing) -> np.uint64:
    bits = np.uint64(packing.word_bits)
    return np.uint64((((link << bits) | np.uint64(first)) << bits) | np.uint64(second))


@kernel(**LEAN)
def list_pairs(stream: I32, roles: U8, packing: Packing, part: int, parts: int, keys: U64) -> int:
    """Write the keys of all pairs that belong to a part; return how many there are.

    roles: as at the head of this file, and RARE for a word that can be in no pair. parts: a power of 2; the hash of a
    key decides to which part it belongs. keys: uint64, with room for all of them; at most len(stream).
    """
    last = np.uint64(parts - 1)
    wanted = np.uint64(part)
    found = 0
    start: Integer = -1
    link = _ZERO
    run = 0
    for at in range(len(stream)):
        word = np.int64(stream[at])
        if word < 0:
            start = -1
            continue
        role = roles[word]
        if role == 0:
            if start >= 0:
                key = _pair(start, link, word, packing)
                keys[found] = key
                found += ((key * HASH) >> np.uint64(32)) & last == wanted
            start, link, run = word, _ZERO, 0
        elif role == RARE or run == packing.most_connectors:
            start = -1
        else:
            link = (link << np.uint64(packing.connector_bits)) | np.uint64(role)
            run += 1
    return found


@kernel(**LEAN)
def sort_keys(keys: U64, spare: U64, starts: I64, bits: int) -> bool:
    """Sort keys of which only the lowest `bits` bits are set; return whether the sorted keys are in `spare`.

    Radix sort, from the lowest digit of RADIX_BITS on, from one array into the other and back.
    spare: uint64, as long as the keys. starts: int64 [2^RADIX_BITS], for where each digit begins.
    """
    source, target = keys, spare
    mask = np.uint64((1 << RADIX_BITS) - 1)
    digits = (bits + RADIX_BITS - 1) // RADIX_BITS
    for digit in range(digits):
        shift = np.uint64(digit * RADIX_BITS)
        starts[:] = 0
        for at in range(len(source)):
            starts[(source[at] >> shift) & mask] += 1
        begin = np.int64(0)
        for value in range(len(starts)):
            begin, starts[value] = begin + starts[value], begin
        for at in range(len(source)):
            value = (source[at] >> shift) & mask
            target[starts[value]] = source[at]
            starts[value] += 1
        source, target = target, source
    return digits & 1 == 1


@kernel(**LEAN)
def count_runs(keys: U64, min_count: int, counts: I64) -> tuple[int, int]:
    """Count equal neighbours in sorted keys; keep those that occur `min_count` times or more, at the front of `keys`.

    counts: int64, with room for as many; this function writes how often each kept key occurs. Returns the number of
    kept keys and that of all distinct keys.
    """
    kept = distinct = 0
    at = 0
    while at < len(keys):
        key = keys[at]
        end = at + 1
        while end < len(keys) and keys[end] == key:
            end += 1
        distinct += 1
        if end - at >= min_count:
            keys[kept] = key
            counts[kept] = end - at
            kept += 1
        at = end
    return kept, distinct


@kernel(**LEAN)
def put_pairs(keys: U64, values: I32, table: PairTable) -> None:
    """Put keys, all of them different, with their values into an empty table (all values −1) with room for them."""
    last = np.uint64(len(table.keys) - 1)
    for number in range(len(keys)):
        slot = ((keys[number] * HASH) >> np.uint64(32)) & last
        while table.values[slot] >= 0:
            slot = (slot + np.uint64(1)) & last
        table.keys[slot] = keys[number]
        table.values[slot] = values[number]


@kernel(**LEAN)
def _value(table: PairTable, key: np.uint64) -> Integer:
    """Return the value of a key, or −1."""
    last = np.uint64(len(table.keys) - 1)
    slot = ((key * HASH) >> np.uint64(32)) & last
    while table.values[slot] >= 0:
        if table.keys[slot] == key:
            return np.int64(table.values[slot])
        slot = (slot + np.uint64(1)) & last
    return np.int64(-1)


@kernel(**LEAN)
def find_cut(stream: I32, at: int, roles: U8, packing: Packing, table: PairTable) -> int:
    """Return the first position from `at` on at which the stream can be cut, so that both parts are joined as before.

    No phrase of two words reaches over such a position: it has the end of a sentence, or an ordinary word that makes no
    phrase with the ordinary word before it, whether that word is free or belongs to a phrase already.
    """
    start: Integer = -1
    link = _ZERO
    run = 0
    for place in range(max(0, at - packing.most_connectors - 1), len(stream)):
        word = np.int64(stream[place])
        if word < 0:
            if place >= at:
                return place
            start = -1
            continue
        role = roles[word]
        if role:
            if run == packing.most_connectors:
                start = -1
            link = (link << np.uint64(packing.connector_bits)) | np.uint64(role)
            run += 1
            continue
        if place >= at and (start < 0 or _value(table, _pair(start, link, word, packing)) < 0):
            return place
        start, link, run = word, _ZERO, 0
    return len(stream)


@kernel(**LEAN)
def join_pairs(stream: I32, roles: U8, packing: Packing, table: PairTable, out: I32) -> int:
    """Write the stream with the pairs of a table joined, from left to right; return its length.

    A word that has just been joined begins no other pair. out: int32, as long as the stream.
    """
    start: Integer = -1  # an ordinary word, the last but connectors in `out`, that may begin a phrase
    place = 0  # where it stands in `out`
    link = _ZERO
    run = 0
    end = 0
    for at in range(len(stream)):
        word = np.int64(stream[at])
        if word < 0:
            start = -1
        elif roles[word]:
            if run == packing.most_connectors:
                start = -1
            link = (link << np.uint64(packing.connector_bits)) | np.uint64(roles[word])
            run += 1
        else:
            phrase = np.int64(-1)
            if start >= 0 and table.begins[start]:
                phrase = _value(table, _pair(start, link, word, packing))
            if phrase >= 0:
                out[place] = phrase
                end = place + 1
                start = -1
                continue
            start, place, link, run = word, end, _ZERO, 0
        out[end] = word
        end += 1
    return end


@kernel(**LEAN)
def join_listed(stream: I32, table: PairTable, phrases: I32, out: I32) -> int:
    """Write the stream with listed phrases joined, from left to right, the longest first; return its length.

    The phrases are a tree. table: the key of a node and a word, node · 2^32 + word, gives the next node; node 0 is the
    root. phrases: int32 [nodes], the id of the phrase that ends at a node, or −1. out: int32, as long as the stream.
    """
    at = end = 0
    while at < len(stream):
        word = np.int64(stream[at])
        phrase = word
        after = at + 1
        if word >= 0 and table.begins[word]:
            node = np.int64(0)
            ahead = at
            while ahead < len(stream) and stream[ahead] >= 0:
                node = _value(table, (np.uint64(node) << np.uint64(32)) | np.uint64(stream[ahead]))
                if node < 0:
                    break
                ahead += 1
                if phrases[node] >= 0:
                    phrase, after = np.int64(phrases[node]), ahead
        out[end] = phrase
        end += 1
        at = after
    return end


@kernel(**LEAN)
def select_words(stream: I32, final: I32, begun: bool, out: I32) -> tuple[int, bool]:
    """Replace ids by final ids, leave out words whose final id is −1 and sentences without any word left.

    final: int32 [words]. begun: whether a sentence has begun before this part of the stream. out: int32, as long as the
    stream. Returns the length of the result, and whether a sentence has begun at its end.
    """
    end = 0
    for at in range(len(stream)):
        word = stream[at]
        if word >= 0:
            chosen = final[word]
            if chosen >= 0:
                out[end] = chosen
                end += 1
                begun = True
        elif begun:
            out[end] = -1
            end += 1
            begun = False
    return end, begun


@kernel(**LEAN)
def spell_words(stream: I32, text: U8, offsets: I64, begun: bool, out: U8) -> tuple[int, bool]:
    """Write words with a blank between two, and a line break for each −1; return the bytes written.

    text: uint8, offsets: int64 [words + 1]: word i is text[offsets[i] : offsets[i + 1]]. begun: whether a line has
    begun before this part of the stream; the same is returned for its end. out: uint8, with room for everything.
    """
    end = 0
    for at in range(len(stream)):
        word = stream[at]
        if word < 0:
            out[end] = 10
            end += 1
            begun = False
            continue
        if begun:
            out[end] = 32
            end += 1
        for byte in range(offsets[word], offsets[word + 1]):
            out[end] = text[byte]
            end += 1
        begun = True
    return end, begun
