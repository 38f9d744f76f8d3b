"""The table of words, against a dictionary."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.kernels.wordtable import AHEAD, SLACK, WORDS, WordTable, absorb, encode, export, rehash, remap

# Lengths on both sides of 8 and 16, words that differ in the last byte only, zero bytes, and a few long ones.
words = st.one_of(
    st.binary(min_size=1, max_size=40),
    st.builds(lambda length, end: b"a" * length + end, st.integers(0, 40), st.binary(min_size=1, max_size=1)),
    st.sampled_from([b"\0", b"\0\0", b"a\0", b"a", b"x" * 1000, b"x" * 1001, b"\xff" * 16, b"\xff" * 17]),
)
corpora = st.lists(words, max_size=200)


def empty_table(capacity: int, arena: int = 1 << 21) -> WordTable:
    slots = np.zeros((capacity, 4), dtype=np.uint64)
    return WordTable(slots, np.empty(arena, dtype=np.uint8), np.zeros(3, dtype=np.int64))


def encoded(corpus: list[bytes], capacity: int = 8) -> tuple[WordTable, list[int]]:
    """Ids of the words, through a table that starts small and doubles."""
    text = np.frombuffer(b" ".join(corpus) + b" " * 64, dtype=np.uint8)
    lengths = np.array([len(word) for word in corpus], dtype=np.int64)
    ends = np.cumsum(lengths + 1) - 1
    ids = np.full(len(corpus), -7, dtype=np.int32)
    ring = np.empty((AHEAD, 3), dtype=np.uint64)
    table, done = empty_table(capacity), 0
    while True:
        done = encode(text, ends - lengths, ends, done, table, len(table.slots) // 2, ring, ids)
        if done == len(corpus):
            return table, ids.tolist()
        wider = empty_table(2 * len(table.slots)).slots
        rehash(table.slots, wider)
        table = table._replace(slots=wider)


def exported(table: WordTable) -> tuple[list[bytes], list[int]]:
    count = int(table.state[WORDS])
    text = np.empty(table.state[2], dtype=np.uint8)
    offsets, counts = np.empty(count + 1, dtype=np.int64), np.empty(count, dtype=np.int64)
    export(table, text, offsets, counts)
    assert offsets[-1] == len(text)
    return [text[offsets[word] : offsets[word + 1]].tobytes() for word in range(count)], counts.tolist()


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(corpus=corpora)
def test_encode(corpus: list[bytes]) -> None:
    first_seen = {word: number for number, word in enumerate(dict.fromkeys(corpus))}
    table, ids = encoded(corpus)
    assert ids == [first_seen[word] for word in corpus]
    names, counts = exported(table)
    assert names == list(first_seen)
    assert dict(zip(names, counts, strict=True)) == Counter(corpus)


@settings(max_examples=100, deadline=None)
@given(left=corpora, right=corpora)
def test_absorb(left: list[bytes], right: list[bytes]) -> None:
    table, _ = encoded(left, 1024)
    other, ids = encoded(right, 1024)
    mapping = np.full(int(other.state[WORDS]), -7, dtype=np.int32)
    absorb(table, other, mapping)
    names, counts = exported(table)
    assert dict(zip(names, counts, strict=True)) == Counter(left + right)
    assert [names[mapping[word]] for word in ids] == right


@pytest.mark.slow
def test_many_words() -> None:
    """A fixed seed: 40,000 random words and their doubles, lengths 1 to 30."""
    generator = np.random.default_rng(7)
    vocabulary = [generator.bytes(int(length)) for length in generator.integers(1, 31, 40_000)]
    corpus = [vocabulary[word] for word in generator.integers(0, len(vocabulary), 80_000)]
    table, ids = encoded(corpus)
    names, counts = exported(table)
    assert [names[word] for word in ids] == corpus
    assert dict(zip(names, counts, strict=True)) == Counter(corpus)


def test_room_for_long_words_is_exact() -> None:
    """The arena may be as small as its contract says: 8 bytes and its length for each word, and SLACK."""
    corpus = [b"seventeen letters", b"eighteen letters.."]
    text = np.frombuffer(b" ".join(corpus) + b" " * 64, dtype=np.uint8)
    size = sum(len(word) + 8 for word in corpus)
    arena = np.full(size + SLACK + 64, 0xAA, dtype=np.uint8)
    table = empty_table(8)._replace(arena=arena[: size + SLACK])
    starts, ends = np.array([0, 18]), np.array([17, 36])
    ids = np.empty(2, dtype=np.int32)
    assert encode(text, starts, ends, 0, table, 4, np.empty((AHEAD, 3), dtype=np.uint64), ids) == 2
    assert exported(table)[0] == corpus
    assert (arena[size:] == 0xAA).all()


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    sentences=st.lists(st.lists(st.integers(0, 5), max_size=5), min_size=1, max_size=12),
    final=st.lists(st.integers(-1, 9), min_size=6, max_size=6),
)
def test_remap(sentences: list[list[int]], final: list[int]) -> None:
    """The last sentence is still open; a break before any word ends one that began earlier."""
    ids = np.array([word for sentence in sentences for word in sentence], dtype=np.int32)
    breaks = np.unique(np.cumsum([len(sentence) for sentence in sentences])[:-1]).astype(np.int64)
    out = np.empty(len(ids) + len(breaks) + 1, dtype=np.int32)
    end, leading = remap(ids, breaks, np.array(final, dtype=np.int32), out)

    kept = [[final[word] for word in sentence if final[word] >= 0] for sentence in sentences]
    expected = [number for sentence in kept[:-1] if sentence for number in [*sentence, -1]] + kept[-1]
    assert out[1:end].tolist() == expected
    assert out[0] == -1
    assert leading == (len(sentences) > 1 and not kept[0])
