"""Find and join phrases in a stream of words: pairs as keys, counts of keys, joining, and spelling.

A stream is an int32 array: the ids of words in the order of the text, and −1 after each sentence. A pair is two words
of one sentence with nothing between them, or only connectors (*of*, *the*): words that neither begin nor end a phrase.
`roles` [uint8, a value for each word] is 0 for an ordinary word, and the number of the connector, from 1, otherwise.

The key of a pair is a uint64: from the left, the numbers of the connectors between the two words, the first word, the
second word; `Packing` says how many bits each takes. Which pairs are phrases: w2v/tokens/phrases.py.

Counting takes two steps, because a table of all pairs would not fit into a core's cache. First each key is spread: it
is multiplied by an odd number, modulo 2^bits, which can be undone. The highest bits of the product name a part, to
which the rest of the bits is written, mostly 4 bytes. Then the rests of one part are counted in a small table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import I32, I64, U8, U32, U64
from w2v.kernels.llvm.bits import LEAN, Integer, copy16
from w2v.kernels.llvm.compilation import kernel

__all__ = [
    "RARE",
    "RECORD",
    "Packing",
    "PairTable",
    "Parting",
    "count_keys",
    "count_parts",
    "find_cut",
    "join_listed",
    "join_pairs",
    "keys_of",
    "make_records",
    "put_pairs",
    "select_words",
    "spell_words",
    "write_keys",
]

HASH = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Knuth, volume 3, section 6.4)
RARE = 255  # the role of a word that is too rare to be in a phrase
RECORD = 16  # bytes of the record of a word
_LONG = 255  # the last byte of the record of a word that does not fit into it
_ZERO = np.uint64(0)


class Packing(NamedTuple):
    """How a key is made: the bits of a word, the bits of a connector, and how many connectors may follow each other."""

    word_bits: int
    connector_bits: int
    most_connectors: int


class Parting(NamedTuple):
    """How keys are cut: the bits of a key, and how many of them are its rest. The others name the part."""

    bits: int
    rest_bits: int


class PairTable(NamedTuple):
    """Pairs that are phrases, as a hash table with open addressing.

    keys: uint64 [slots]; values: int32 [slots], the id of the phrase, or −1 in an empty slot. slots is a power of 2.
    filter: uint64 [n], n a power of 2: 64 · n bits, of which the hash of each key sets one. A key whose bit is not set
    is not in the table; nearly all keys are found out in this way, without a branch that the core cannot foresee.
    """

    keys: U64
    values: I32
    filter: U64


@kernel(**LEAN)
def _pair(first: Integer, link: np.uint64, second: Integer, packing: Packing) -> np.uint64:
    bits = np.uint64(packing.word_bits)
    return np.uint64((((link << bits) | np.uint64(first)) << bits) | np.uint64(second))


@kernel(**LEAN)
def _spread(key: np.uint64, parting: Parting) -> np.uint64:
    unused = np.uint64(64 - parting.bits)
    return np.uint64(((key * HASH) << unused) >> unused)


def keys_of(part: int, rests: U32 | U64, parting: Parting) -> U64:
    """Return the keys of which `write_keys` has written these rests [n] to a part. Not a kernel."""
    spread = np.uint64(part << parting.rest_bits) | rests.astype(np.uint64)
    return (spread * np.uint64(pow(int(HASH), -1, 1 << 64))) & np.uint64((1 << parting.bits) - 1)


@kernel(**LEAN)
def count_parts(stream: I32, begin: int, end: int, roles: U8, packing: Packing, parting: Parting, sizes: I64) -> None:
    """Add up in `sizes` how many of the pairs whose second word is one of stream[begin:end] are in each part.

    roles: as at the head of this file, and RARE for a word that can be in no pair. sizes: int64 [parts + 1]; the last
    number means nothing.
    """
    start: Integer = -1
    link = _ZERO
    run = 0
    nowhere = np.int64(len(sizes) - 1)
    for at in range(max(0, begin - packing.most_connectors - 1), end):
        word = np.int64(stream[at])
        if word < 0:
            start = -1
            continue
        role = roles[word]
        if role == 0 or role == RARE:
            pair = (start >= 0) & (role == 0) & (at >= begin)
            part = np.int64(_spread(_pair(start, link, word, packing), parting) >> np.uint64(parting.rest_bits))
            sizes[part if pair else nowhere] += 1
            start, link, run = np.int64(-1) if role else word, _ZERO, 0
        elif run == packing.most_connectors:
            start = -1
        else:
            link = (link << np.uint64(packing.connector_bits)) | np.uint64(role)
            run += 1


@kernel(**LEAN)
def write_keys(
    stream: I32,
    begin: int,
    end: int,
    roles: U8,
    packing: Packing,
    parting: Parting,
    first: int,
    places: I64,
    rests: U32 | U64,
) -> None:
    """Write the rests of the keys of pairs to their parts; the other arguments are those of `count_parts`.

    first: the number of the first part that is wanted. places: int64 [wanted parts + 1], where in `rests` [uint32 or
    uint64] the next one of each part is written; changed. The last number is a place that holds no rest.
    """
    start: Integer = -1
    link = _ZERO
    run = 0
    nowhere = np.int64(len(places) - 1)
    rest = (np.uint64(1) << np.uint64(parting.rest_bits)) - np.uint64(1)
    for at in range(max(0, begin - packing.most_connectors - 1), end):
        word = np.int64(stream[at])
        if word < 0:
            start = -1
            continue
        role = roles[word]
        if role == 0 or role == RARE:
            spread = _spread(_pair(start, link, word, packing), parting)
            part = np.int64(spread >> np.uint64(parting.rest_bits)) - first
            pair = (start >= 0) & (role == 0) & (at >= begin) & (part >= 0) & (part < nowhere)
            # No branch: whether two words make a pair that is wanted, the core cannot foresee.
            to = part if pair else nowhere
            rests[places[to]] = spread & rest
            places[to] += pair
            start, link, run = np.int64(-1) if role else word, _ZERO, 0
        elif run == packing.most_connectors:
            start = -1
        else:
            link = (link << np.uint64(packing.connector_bits)) | np.uint64(role)
            run += 1


@kernel(**LEAN)
def count_keys(rests: U32 | U64, min_count: int, table: U32 | U64, counts: I64) -> tuple[int, int]:
    """Count the equal ones of a part; keep those that occur `min_count` times or more, at the front, in any order.

    table: [slots, 2] of the same type, slots a power of 2; all zeros before and afterwards. counts: int64, with room
    for len(rests) // min_count; this function writes how often each kept one occurs. Returns the number of kept ones
    and that of all distinct ones; (−1, −1), with `rests` as they were, where over half of the slots would be taken.
    """
    last = np.uint64(len(table) - 1)
    room = len(table) // 2
    distinct = 0
    for at in range(len(rests)):
        rest = np.uint64(rests[at])
        slot = ((rest * HASH) >> np.uint64(32)) & last
        while table[slot, 1] != 0 and np.uint64(table[slot, 0]) != rest:
            slot = (slot + np.uint64(1)) & last
        if table[slot, 1] == 0:
            if distinct == room:
                table[:] = 0
                return -1, -1
            table[slot, 0] = rest
            distinct += 1
        table[slot, 1] += np.uint64(1)
    kept = 0
    for place in range(len(table)):
        count = np.int64(table[place, 1])
        if count >= min_count:
            rests[kept] = table[place, 0]
            counts[kept] = count
            kept += 1
        table[place, 1] = 0
    return kept, distinct


@kernel(**LEAN)
def _filter_word(spread: np.uint64, table: PairTable) -> np.uint64:
    return np.uint64((spread >> np.uint64(24)) & np.uint64(len(table.filter) - 1))


@kernel(**LEAN)
def put_pairs(keys: U64, values: I32, table: PairTable) -> None:
    """Put keys, all of them different, with their values into an empty table with room for them.

    In an empty table all values are −1, and no bit of the filter is set.
    """
    last = np.uint64(len(table.keys) - 1)
    for number in range(len(keys)):
        spread = keys[number] * HASH
        table.filter[_filter_word(spread, table)] |= np.uint64(1) << (spread >> np.uint64(58))
        slot = (spread >> np.uint64(32)) & last
        while table.values[slot] >= 0:
            slot = (slot + np.uint64(1)) & last
        table.keys[slot] = keys[number]
        table.values[slot] = values[number]


@kernel(**LEAN)
def _value(table: PairTable, key: np.uint64) -> Integer:
    """Return the value of a key, or −1."""
    spread = key * HASH
    if (table.filter[_filter_word(spread, table)] >> (spread >> np.uint64(58))) & np.uint64(1) == 0:
        return np.int64(-1)
    last = np.uint64(len(table.keys) - 1)
    slot = (spread >> np.uint64(32)) & last
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
def join_pairs(stream: I32, roles: U8, packing: Packing, table: PairTable, out: I32, changes: I64) -> int:
    """Write the stream with the pairs of a table joined, from left to right; return its length.

    A word that has just been joined begins no other pair. out: int32, as long as the stream, or the stream itself.
    changes: int64 [words and phrases]; this function adds by how much more often each of them now occurs.
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
        elif packing.connector_bits and roles[word]:
            if run == packing.most_connectors:
                start = -1
            link = (link << np.uint64(packing.connector_bits)) | np.uint64(roles[word])
            run += 1
        else:
            if start >= 0:
                phrase = _value(table, _pair(start, link, word, packing))
                if phrase >= 0:
                    for part in range(place, end):
                        changes[out[part]] -= 1
                    changes[word] -= 1
                    changes[phrase] += 1
                    out[place] = phrase
                    end = place + 1
                    start = -1
                    continue
            start, place, link, run = word, end, _ZERO, 0
        out[end] = word
        end += 1
    return end


@kernel(**LEAN)
def join_listed(stream: I32, table: PairTable, begins: U8, phrases: I32, out: I32) -> int:
    """Write the stream with listed phrases joined, from left to right, the longest first; return its length.

    The phrases are a tree. table: the key of a node and a word, node · 2^32 + word, gives the next node; node 0 is the
    root. begins: uint8 [words], whether a phrase begins with a word. phrases: int32 [nodes], the id of the phrase that
    ends at a node, or −1. out: int32, as long as the stream.
    """
    at = end = 0
    while at < len(stream):
        word = np.int64(stream[at])
        phrase = word
        after = at + 1
        if word >= 0 and begins[word]:
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
def make_records(text: U8, offsets: I64, records: U8) -> None:
    """Write a record for each word that fits: its bytes and a blank, and their number as the last byte.

    text: uint8, offsets: int64 [words + 1]: word i is text[offsets[i] : offsets[i + 1]]. records: uint8 [words,
    RECORD].
    """
    for word in range(len(offsets) - 1):
        length = offsets[word + 1] - offsets[word]
        record = records[word]
        record[RECORD - 1] = _LONG
        if length + 1 < RECORD:
            for byte in range(length):
                record[byte] = text[offsets[word] + byte]
            record[length] = 32
            record[RECORD - 1] = length + 1


@kernel(**LEAN)
def spell_words(
    stream: I32, records: U8, text: U8, offsets: I64, begun: bool, out: U8
) -> tuple[Integer, Integer, bool]:
    """Write words with a blank between two, and a line break for each −1, as long as there is room in `out`.

    records, text, offsets: as in `make_records`. begun: whether a line has begun before this part of the stream. out:
    uint8, with room for the longest word and two records. Returns how many numbers of the stream were written, the
    bytes of them, and whether a line has begun at their end.
    """
    end: Integer = 0
    if begun:
        out[0] = 32
        end = 1
    done: Integer = 0
    room = len(out) - 2 * RECORD
    while done < len(stream) and end < room:
        word = np.int64(stream[done])
        if word < 0:  # in place of the blank behind the last word
            end -= begun
            out[end] = 10
            end += 1
            begun = False
        else:
            size = np.int64(records[word, RECORD - 1])
            if size == _LONG:
                size = offsets[word + 1] - offsets[word] + 1
                if end + size > room:
                    break
                for byte in range(size - 1):
                    out[end + byte] = text[offsets[word] + byte]
                out[end + size - 1] = 32
            else:
                copy16(out, np.uint64(end), records, np.uint64(word))
            end += size
            begun = True
        done += 1
    return done, end - begun, begun
