"""Counting against its naive twin, which adds fractions: every cell, at any threads, memory and order of work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listening import Listening
from reference import glove as naive

from w2v.cooccurrences import counting, overflow
from w2v.cooccurrences.counting import distance_weights
from w2v.cooccurrences.matrix import Cooccurrences, Counting, Parts
from w2v.errors import SettingsError
from w2v.progress import NullProgress
from w2v.vocab import Vocabulary


def zipf_tokens(words: int, length: int, seed: int = 0, ends: float = 0.03) -> np.ndarray:
    random = np.random.default_rng(seed)
    frequency = 1 / np.arange(1, words + 1)
    tokens = random.choice(words, length, p=frequency / frequency.sum()).astype(np.int32)
    tokens[random.random(length) < ends] = -1
    tokens[:words] = np.arange(words)  # every word occurs
    return tokens


def count(tokens, words: int, folder: Path, memory: int = 10**9, **settings_) -> Cooccurrences:
    tokens = np.array(tokens, dtype=np.int32)
    tokens.flags.writeable = False
    counts = np.bincount(tokens[tokens >= 0], minlength=words)
    vocabulary = Vocabulary([f"w{word}" for word in range(words)], counts)
    chosen = {"window": 5, "contexts": "symmetric", "weighting": "distance", "threads": 1, **settings_}
    threads = chosen.pop("threads")
    how, quiet = Counting(**chosen), NullProgress()
    return counting.count(
        tokens, vocabulary, how, threads=threads, memory=memory, folder=folder, corpus={}, progress=quiet
    )


def assert_is(matrix: Cooccurrences, wanted: dict) -> None:
    """Every cell has the float32 nearest to the exact sum, and there is no other."""
    found = matrix.to_scipy().tocoo()
    cells = {(int(i), int(j)): x for i, j, x in zip(*found.coords, found.data, strict=True)}
    assert len(cells) == matrix.records == found.nnz
    assert cells.keys() == wanted.keys()
    for cell, weight in wanted.items():
        assert cells[cell] == np.float32(float(weight)), cell


@pytest.mark.parametrize("contexts", ["symmetric", "left"])
@pytest.mark.parametrize("weighting", ["distance", "flat"])
@pytest.mark.parametrize(("words", "window"), [(7, 1), (40, 10), pytest.param(200, 5, marks=pytest.mark.slow)])
def test_counts_equal_the_twin(contexts: str, weighting: str, words: int, window: int, tmp_path: Path) -> None:
    tokens = zipf_tokens(words, 3000)
    matrix = count(tokens, words, tmp_path, window=window, contexts=contexts, weighting=weighting)
    wanted = naive.cooccurrences(tokens, window, symmetric=contexts == "symmetric", flat=weighting == "flat")
    assert_is(matrix, wanted)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-1, 4), max_size=40), st.integers(1, 6), st.booleans())
def test_short_corpora(tmp_path_factory, tokens: list[int], window: int, symmetric: bool) -> None:
    tokens = [0, 1, 2, 3, 4, -1, *tokens]
    matrix = count(
        tokens, 5, tmp_path_factory.getbasetemp(), window=window, contexts="symmetric" if symmetric else "left"
    )
    assert_is(matrix, naive.cooccurrences(tokens, window, symmetric=symmetric))


def chunks_of(matrix: Cooccurrences) -> list[tuple]:
    """The matrix as one chunk a stripe would hold it, block by block, as bytes."""
    from w2v.cooccurrences.file import block_starts, in_block_order

    arrays = [np.concatenate([*in_block_order(matrix, name)]) for name in ("rows", "lengths", "columns", "values")]
    return [array.tobytes() for array in (*arrays, *block_starts(matrix))]


@pytest.mark.slow
def test_threads_and_memory_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one pass and in many, in large chunks and in those of a few rows, in memory and on the disk."""
    tokens = zipf_tokens(2000, 60_000)
    whole = chunks_of(count(tokens, 2000, tmp_path))
    spilled: list[int] = []
    monkeypatch.setattr(
        overflow,
        "write_at",
        lambda file, array, offset, write=overflow.write_at: spilled.append(offset) or write(file, array, offset),
    )
    for threads, chunk in ((1, 1 << 20), (3, 1 << 20), (3, 2000)):
        monkeypatch.setattr(counting, "CHUNK_RECORDS", chunk)
        for memory in (10**9, 1_400_000, 1_000_000):
            spilled.clear()
            matrix = count(tokens, 2000, tmp_path, memory, threads=threads)
            assert bool(spilled) == (memory < 10**9)
            assert all(
                array.flags.aligned
                for stripe in matrix.stripes
                for chunk in stripe
                for array in (chunk.values, chunk.rows)
            )
            assert chunks_of(matrix) == whole
    assert not any(tmp_path.iterdir()), "scratch files have no names"


def test_many_passes_are_taken(tmp_path: Path) -> None:
    tokens = zipf_tokens(2000, 400_000)
    heard = Listening()

    tokens.flags.writeable = False
    vocabulary = Vocabulary([f"w{i}" for i in range(2000)], np.bincount(tokens[tokens >= 0], minlength=2000))
    how = Counting(5, "symmetric", "distance")
    options = {"threads": 2, "memory": 1_500_000, "folder": tmp_path, "corpus": {}, "progress": heard}
    few = counting.count(tokens, vocabulary, how, **options)
    assert any("passes" in text and "on the disk" in text for text in heard.messages), heard.messages
    assert chunks_of(few) == chunks_of(count(tokens, 2000, tmp_path))


def test_too_little_memory_says_how_much_is_needed(tmp_path: Path) -> None:
    tokens = zipf_tokens(2000, 100_000)
    with pytest.raises(SettingsError, match="too little") as caught:
        count(tokens, 2000, tmp_path, memory=100_000)
    needed = int(caught.value.hint.split("MB")[0].split()[-1]) * 10**6
    count(tokens, 2000, tmp_path, memory=needed)


@pytest.mark.parametrize("window", [1, 10, 15, 20])
def test_weights_are_exact(window: int) -> None:
    weights, unit = distance_weights(window, "distance", 10**9)
    assert weights.dtype == np.int64
    assert all(weights[distance] * distance == unit for distance in range(1, window + 1))


def test_wide_windows_are_rounded_to_a_fixed_point() -> None:
    weights, unit = distance_weights(50, "distance", 10**8)
    assert unit == 2**32
    assert all(abs(weights[d] * d - unit) <= d / 2 for d in range(1, 51))


@pytest.mark.parametrize("window", [20, 21, 1000])
@pytest.mark.parametrize("occurrences", [10**9, 10**12])
def test_no_sum_exceeds_its_64_bits(window: int, occurrences: int) -> None:
    """Not even where a corpus is one word all over: each occurrence stands at every distance from two others."""
    weights, unit = distance_weights(window, "distance", occurrences)
    assert 2 * occurrences * sum(weights.tolist()) < 2**63
    assert all(abs(weights[d] * d - unit) <= d / 2 for d in range(1, window + 1))
    assert weights[window] > 100


@pytest.mark.slow
def test_sums_beyond_32_bits(tmp_path: Path) -> None:
    tokens = np.zeros(5_000, dtype=np.int32)
    tokens[::4] = 1
    assert_is(count(tokens, 2, tmp_path, window=15), naive.cooccurrences(tokens.tolist(), 15))


@pytest.mark.parametrize("words", [2, 31, 32, 33, 1000, 2047, 2048, 5000, 70_000])
def test_words_are_dealt_evenly(words: int) -> None:
    parts = Parts(words)
    dealt = naive.parts_of(words, parts.number)
    assert max(map(len, dealt)) == parts.size <= 65_535
    for part, mine in enumerate(dealt):
        assert (parts.part_of[mine] == part).all()
        assert (parts.place_of[mine] == np.arange(len(mine))).all()
        assert (parts.in_order[parts.bounds[part] : parts.bounds[part + 1]] == mine).all()
    assert parts.number == min(64, parts.number)
    assert parts.number == 1 or words >= 16 * parts.number


def test_more_words_than_64_parts_hold() -> None:
    assert Parts(64 * 65_535).number == 64
    assert Parts(64 * 65_535 + 1).number == 128
