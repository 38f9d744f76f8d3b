"""The kernels of phrases, each beside a naive twin: pairs counted in parts, joining, and spelling."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from w2v.arrays import I32, U8
from w2v.kernels.phrases import (
    RARE,
    RECORD,
    Packing,
    PairTable,
    Parting,
    count_keys,
    count_parts,
    join_pairs,
    keys_of,
    make_records,
    put_pairs,
    spell_words,
    write_keys,
)

WORDS = 40


def text(seed: int, length: int = 5_000) -> tuple[I32, U8]:
    """Return a stream with sentences, and roles: two connectors, and some words that are rare."""
    draw = np.random.default_rng(seed)
    stream = (draw.zipf(1.3, length) % WORDS).astype(np.int32)
    stream[draw.random(length) < 0.05] = -1
    roles = np.zeros(WORDS, dtype=np.uint8)
    roles[[3, 5]] = 1, 2
    roles[[7, 11, 13]] = RARE
    return stream, roles


def pairs_of(stream: I32, roles: U8, packing: Packing) -> list[tuple[int, int]]:
    """Return the key of each pair, and where its second word stands."""
    found = []
    start, between = -1, []
    for at, word in enumerate(stream.tolist()):
        if word < 0 or roles[word] == RARE:
            start = -1
        elif roles[word]:
            between.append(int(roles[word]))
            continue
        else:
            if start >= 0 and len(between) <= packing.most_connectors:
                link = 0
                for role in between:
                    link = link << packing.connector_bits | role
                found.append(((link << packing.word_bits | start) << packing.word_bits | word, at))
            start = word
        between = []
    return found


@pytest.mark.parametrize("kind", [np.uint32, np.uint64])
@pytest.mark.parametrize(("word_bits", "rest_bits"), [(6, 12), (6, 18), (29, 58)])
def test_counting_in_parts(kind: type, word_bits: int, rest_bits: int) -> None:
    if rest_bits > 32 and kind is np.uint32:
        return
    packing = Packing(word_bits, 2, 3)
    parting = Parting(2 * word_bits + 6, rest_bits)
    parts = 1 << parting.bits - rest_bits
    stream, roles = text(1)
    expected = Counter(key for key, _ in pairs_of(stream, roles, packing))
    sizes = np.zeros((2, parts + 1), dtype=np.int64)
    borders = [0, 2_345, len(stream)]
    for chunk in (0, 1):
        count_parts(stream, borders[chunk], borders[chunk + 1], roles, packing, parting, sizes[chunk])
    sizes = sizes[:, :-1]
    assert sizes.sum() == expected.total()
    found: dict[int, int] = {}
    distinct = 0
    for first, last in ((0, parts // 2), (parts // 2, parts)):  # two rounds
        some = sizes[:, first:last]
        rests = np.empty(some.sum() + 1, dtype=kind)
        begins = np.concatenate([[0], np.cumsum(some.sum(axis=0))])
        places = begins[:-1].copy()
        for chunk in (0, 1):
            to = np.append(places, len(rests) - 1)
            write_keys(stream, borders[chunk], borders[chunk + 1], roles, packing, parting, first, to, rests)
            places = to[:-1]
        assert (places == begins[1:]).all()
        for part in range(last - first):
            of_part = rests[begins[part] : begins[part + 1]]
            table = np.zeros((4_096, 2), dtype=kind)
            counts = np.empty(len(of_part) // 2 + 1, dtype=np.int64)
            kept, of_all = count_keys(of_part, 2, table, counts)
            assert not table[:, 1].any()
            keys = keys_of(first + part, of_part[:kept], parting)
            found.update(zip(keys.tolist(), counts[:kept].tolist(), strict=True))
            distinct += of_all
    assert found == {key: count for key, count in expected.items() if count >= 2}
    assert distinct == len(expected)


def test_a_table_that_is_too_small_says_so_and_changes_nothing() -> None:
    rests = np.arange(10, dtype=np.uint32)
    table = np.zeros((16, 2), dtype=np.uint32)
    counts = np.empty(11, dtype=np.int64)
    assert count_keys(rests, 1, table, counts) == (-1, -1)
    assert rests.tolist() == list(range(10))
    assert not table.any()


@pytest.mark.parametrize("connectors", [True, False])
def test_joining_in_place_counts_what_changes(connectors: bool) -> None:
    packing = Packing(8, 2, 3) if connectors else Packing(8, 0, 0)
    stream, roles = text(2)
    roles[roles == RARE] = 0  # rare words are marked for counting alone
    if not connectors:
        roles[:] = 0
    frequent = Counter(key for key, _ in pairs_of(stream, roles, packing)).most_common(12)
    keys = np.array([key for key, _ in frequent], dtype=np.uint64)
    table = PairTable(np.zeros(64, dtype=np.uint64), np.full(64, -1, dtype=np.int32), np.zeros(16, dtype=np.uint64))
    put_pairs(keys, np.arange(WORDS, WORDS + 12, dtype=np.int32), table)
    ends = {at: key for key, at in pairs_of(stream, roles, packing)}
    names = {key: WORDS + number for number, key in enumerate(keys.tolist())}
    expected: list[int] = []
    start = -1  # of the last ordinary word in `expected`
    for at, word in enumerate(stream.tolist()):
        if start >= 0 and at in ends and ends[at] in names:
            expected[start:] = [names[ends[at]]]
            start = -1
            continue
        if word < 0:
            start = -1
        elif not roles[word]:
            start = len(expected)
        expected.append(word)
    before = np.bincount(stream[stream >= 0], minlength=WORDS + 12)
    changes = np.zeros(WORDS + 12, dtype=np.int64)
    size = join_pairs(stream, roles, packing, table, stream, changes)
    assert stream[:size].tolist() == expected
    assert len(expected) < len(stream)
    after = np.bincount(stream[:size][stream[:size] >= 0], minlength=WORDS + 12)
    assert (before + changes == after).all()


def test_spelling_with_any_room() -> None:
    words = ["a", "bc", "é" * 7, "x" * 14, "y" * 15, "z" * 16, "long" * 30]
    spelt = [word.encode() for word in words]
    data = np.frombuffer(b"".join(spelt), dtype=np.uint8)
    offsets = np.concatenate([[0], np.cumsum([len(word) for word in spelt])]).astype(np.int64)
    records = np.empty((len(words), RECORD), dtype=np.uint8)
    make_records(data, offsets, records)
    draw = np.random.default_rng(3)
    lines = [draw.integers(0, len(words), draw.integers(1, 9)).tolist() for _ in range(200)]
    stream = np.array([word for line in lines for word in [*line, -1]][:-1], dtype=np.int32)
    expected = "\n".join(" ".join(words[word] for word in line) for line in lines)
    for room in (120 + 4 * RECORD, 997, 1 << 16):
        out = np.empty(room, dtype=np.uint8)
        found, at, begun = b"", 0, False
        while at < len(stream):
            done, size, begun = spell_words(stream[at:], records, data, offsets, begun, out)
            assert done > 0
            found += out[:size].tobytes()
            at += done
        assert found.decode() == expected
        assert begun
