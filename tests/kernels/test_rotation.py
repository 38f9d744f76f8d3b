"""Training by rotation of blocks against its naive twins: the pairs, the arithmetic, the order, the expectation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from kernels.test_sgns import WORDS, expected_gradient, small_world
from numba import njit
from reference import rotation as naive

from w2v.kernels import negative_sampling, pairing, rng, rotation, sgns
from w2v.kernels.llvm.pair_tiles import dot_pairs, holds
from w2v.kernels.llvm.simd import LANES, address_of, store
from w2v.kernels.work_items import work_items
from w2v.progress import NullProgress
from w2v.training.sgns.sorting import Sorter
from w2v.workers import Segment, run_workers

NOISE = (1 / np.arange(1, WORDS + 1)) ** 0.75


def parts_of(number: int, seed: int = 3) -> pairing.Parts:
    return pairing.partition(NOISE / NOISE.sum(), number, np.random.default_rng(seed))


def batch_of(chunks: int = 1, first: int = 0, window: int = 3, seed: int = 6, **rates: float) -> pairing.Batch:
    rates = {"rate": 0.05, "slope": 0.02, "floor": 0.01} | rates
    return pairing.Batch(np.uint64(5), np.uint64(seed), first, chunks, window, **rates)


def sort(tokens, keep, parts: pairing.Parts, batch: pairing.Batch, threads: int = 1) -> pairing.Pairs:
    """Sort the pairs of a batch, by so many threads."""
    sorter = Sorter(tokens, keep, threads, 1 << 30, NullProgress())
    return sorter.sort(parts, batch, Path("nowhere"))[0]


def of_words(parts: pairing.Parts) -> np.ndarray:
    """Return the part of each word."""
    return parts.codes >> 16


def unfolded(pairs: pairing.Pairs, parts: pairing.Parts) -> list[list[tuple[int, int]]]:
    """Return the pairs of each bucket, as words."""
    number, found = len(parts.first) - 1, []
    for bucket in range(number**2):
        pieces = pairs.starts[bucket : bucket + 2].T
        codes = np.concatenate([pairs.codes[start:end] for start, end in pieces])
        centres = parts.words[parts.first[bucket // number] + (codes >> 16)]
        contexts = parts.words[parts.first[bucket % number] + (codes & 0xFFFF)]
        found.append(list(zip(centres.tolist(), contexts.tolist(), strict=True)))
    return found


def run(kernel: Callable[..., bool], pairs: pairing.Pairs, model, parts, batch, threads: int = 1) -> rotation.Counters:
    number = len(parts.first) - 1
    turns, losses = np.zeros((2, number), dtype=np.int64), np.zeros(number**2)
    seen = []

    def work(done, loss, shared) -> None:
        counters = rotation.Counters(done, loss, shared, turns, losses)
        held = np.full(1, -1)
        while not kernel(pairs, model, parts, batch, counters, held):
            pass
        seen.append(counters)

    run_workers(work, threads, lambda _: None, Segment(threads, number**2))
    return seen[0]


@njit
def _holds(table: np.ndarray, value: int) -> bool:
    return holds(address_of(table), 8, value)


def test_a_number_is_found_among_eight() -> None:
    table = np.array([3, 5, -1, 2**40, 5, 0, 7, 9])
    assert [_holds(table, value) for value in (3, 9, 2**40, -1, 4, 2**40 + 3)] == [True, True, True, True, False, False]


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    ("length", "first", "chunks"), [(1500, 0, 1), (2 * negative_sampling.CHUNK + 700, 1, 2), (40, 0, 1)]
)
def test_each_pair_of_a_batch_lies_once_in_its_bucket(length: int, first: int, chunks: int, threads: int) -> None:
    tokens, _, noise = small_world(16, length)
    parts, batch = parts_of(4), batch_of(chunks, first)
    pairs = sort(tokens, noise.keep, parts, batch, threads)
    assert len(pairs.codes) > 20
    assert unfolded(pairs, parts) == naive.buckets(naive.windows(tokens, noise.keep, batch), of_words(parts), 4)


def test_the_pairs_are_those_of_the_other_kernels() -> None:
    """Without subsampling and with a window of 1 nothing is drawn: as many pairs, and those of neighbours."""
    tokens, model, noise = small_world(16, negative_sampling.CHUNK + 500)
    noise.keep[:] = 2**32 - 1
    parts = parts_of(4)
    pairs = list(chain(*unfolded(sort(tokens, noise.keep, parts, batch_of(2, window=1)), parts)))
    counters = negative_sampling.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), work_items(0, 2))
    sgns.exact_kernel(16, 1)(tokens, model, noise, negative_sampling.Schedule(np.uint64(1), 1, 0.0, 0.0, 0.0), counters)
    assert counters.done[1] == len(pairs)
    sides = zip(tokens[:-1].tolist(), tokens[1:].tolist(), range(1, len(tokens)), strict=True)
    neighbours = [(a, b) for a, b, place in sides if a >= 0 and b >= 0 and place % negative_sampling.CHUNK]
    assert Counter(pairs) == Counter(neighbours + [(b, a) for a, b in neighbours])


# 5 noise words fill one tile of registers with the centre, 10 two; window 8 makes a bucket that is taken in pieces.
@pytest.mark.parametrize(
    ("dim", "window", "negative", "parts"),
    [
        (16, 8, 5, 1),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in [(100, 5, 5, 4), (48, 3, 10, 3), (16, 3, 80, 3)]),
    ],
)
def test_the_kernel_equals_its_twin(dim: int, window: int, negative: int, parts: int) -> None:
    tokens, model, noise = small_world(dim)
    rates = {"rate": 0.005, "slope": 0.001, "floor": 0.002} if negative > 50 else {}  # many noise words take long steps
    partition, batch = parts_of(parts), batch_of(window=window, **rates)
    pairs = sort(tokens, noise.keep, partition, batch)
    assert parts > 1 or len(pairs.codes) > 2 * rotation.AT_ONCE
    inputs, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    before = model.input.copy()
    counters = run(rotation.rotation_kernel(negative_sampling.padded(dim), negative), pairs, model, partition, batch)
    buckets = naive.buckets(naive.windows(tokens, noise.keep, batch), of_words(partition), parts)
    count, loss = naive.train(buckets, inputs, outputs, partition, batch, negative)
    assert counters.done[1] == count == len(pairs.codes)
    assert counters.losses.sum() == pytest.approx(loss, rel=1e-4)
    assert counters.loss[0] == pytest.approx(loss, rel=1e-4)
    assert np.abs(model.input - before).max() > 0.05, "the test must move the model far more than it tolerates"
    tolerance = 5e-5 if rates else 2e-5
    np.testing.assert_allclose(model.input, inputs, atol=tolerance)
    np.testing.assert_allclose(model.output, outputs, atol=tolerance)
    assert not model.input[-1].any()
    assert not model.output[-1].any()


def test_threads_do_not_change_a_bit() -> None:
    tokens, model, noise = small_world(16, 3 * negative_sampling.CHUNK)
    parts, batch = parts_of(8), batch_of(3)
    pairs = sort(tokens, noise.keep, parts, batch)
    results = []
    for threads in (1, 2, 3, 8):
        moved = negative_sampling.Model(model.input.copy(), model.output.copy())
        counters = run(rotation.rotation_kernel(16, 5), pairs, moved, parts, batch, threads)
        results.append([matrix.tobytes() for matrix in (*moved, counters.losses)])
    assert all(result == results[0] for result in results)


@pytest.mark.slow
def test_dealing_is_fair_and_noise_words_keep_their_weight() -> None:
    """Over partitions, the noise words of one's own part count for as much as all of them in the whole distribution."""
    noise = NOISE / NOISE.sum()
    weights = np.zeros((WORDS, WORDS))
    partitions = 2000
    for seed in range(partitions):
        parts = parts_of(4, seed)
        assert sorted(parts.words) == list(range(WORDS))
        assert np.ptp(np.diff(parts.first)) <= 1
        for part in range(4):
            mine = parts.words[parts.first[part] : parts.first[part + 1]]
            assert (of_words(parts)[mine] == part).all()
            weights[np.ix_(mine, mine)] += parts.weight[part] * noise[mine] / noise[mine].sum()
    relative = (weights / partitions / noise)[~np.eye(WORDS, dtype=bool)]
    assert np.abs(relative - 1).max() < 0.3
    assert relative.mean() == pytest.approx(1, abs=0.003)


@pytest.mark.slow
def test_the_gradient_is_followed_in_expectation() -> None:
    """Mean update over partitions and draws against the exact expectation under the whole noise distribution."""
    negative, rate, runs = 5, 1e-4, 4000
    _, model, noise = small_world(16, seed=5)
    noise.keep[:] = 2**32 - 1
    tokens = np.random.default_rng(2).integers(0, WORDS, 30).astype(np.int32)
    kernel = rotation.rotation_kernel(16, negative)
    pairs = np.array(naive.windows(tokens, noise.keep, batch_of(window=1)), dtype=np.int32)
    updates = []
    for seed in range(runs):
        moved = negative_sampling.Model(model.input.copy(), model.output.copy())
        parts, batch = parts_of(4, seed), batch_of(window=1, seed=rng.split(seed), rate=rate, slope=0.0, floor=0.0)
        part, place = of_words(parts)[pairs], parts.codes[pairs] & 0xFFFF
        bucket = part[:, 0] * 4 + part[:, 1]
        starts = np.concatenate(([0], np.cumsum(np.bincount(bucket, minlength=16))))[:, None]
        turns, losses = np.zeros((2, 4), dtype=np.int64), np.zeros(16)
        counters = rotation.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), work_items(0, 16), turns, losses)
        codes = (place[:, 0] << 16 | place[:, 1])[np.argsort(bucket, kind="stable")]
        codes.flags.writeable = False
        assert kernel(pairing.Pairs(codes, starts), moved, parts, batch, counters, np.full(1, -1))
        updates.append(np.concatenate([(moved.input - model.input)[:-1], (moved.output - model.output)[:-1]]))
    sample = np.array(updates, dtype=np.float64) / rate
    wanted = np.concatenate(expected_gradient(tokens, model, NOISE / NOISE.sum(), negative))
    error = sample.std(axis=0) / np.sqrt(runs) + 2e-3  # float32 keeps about four digits of such small steps
    z = (sample.mean(axis=0) - wanted) / error
    assert np.abs(z).max() < 5.5, "1,280 coordinates: beyond 5.5 standard errors once in 20,000 correct runs"
    assert np.abs(wanted / error).max() > 50, "the test could not see a wrong weight"


def test_a_score_that_is_not_finite_stops_and_is_located() -> None:
    tokens, model, noise = small_world(16)
    parts, batch = parts_of(3), batch_of()
    model.input[3] = np.nan
    counters = run(rotation.rotation_kernel(16, 5), sort(tokens, noise.keep, parts, batch), model, parts, batch)
    assert counters.shared[0] == 1
    assert counters.done[3] == 1


@pytest.mark.parametrize("tokens", [[], [-1], [3], [3, -1, 4, -1, -1, 5]])
def test_tokens_without_a_pair_change_nothing(tokens: list[int]) -> None:
    _, model, noise = small_world(16)
    parts, batch = parts_of(3), batch_of()
    pairs = sort(np.array(tokens, dtype=np.int32), noise.keep, parts, batch)
    before = model.input.copy()
    assert run(rotation.rotation_kernel(16, 5), pairs, model, parts, batch).done[1] == 0
    np.testing.assert_array_equal(model.input, before)


@pytest.mark.parametrize("size", [2, 6, 8])
def test_dot_pairs(size: int) -> None:
    M = LANES // 8
    random = np.random.default_rng(size)
    contexts, centres = random.normal(size=(2, M, 2 * LANES)).astype(np.float32)
    shared = random.normal(size=(size - 1, 2 * LANES)).astype(np.float32)

    @njit  # not kept on disk, where changes in this file would not be seen
    def score(contexts, centres, targets, out):
        store(address_of(out), dot_pairs(address_of(contexts), address_of(centres), address_of(targets), 2, M, size))

    def rows(matrix: np.ndarray) -> np.ndarray:
        return matrix.ctypes.data + 4 * matrix.shape[1] * np.arange(len(matrix), dtype=np.int64)

    out = np.empty(LANES, dtype=np.float32)
    score(rows(contexts), rows(centres), np.concatenate(([0], rows(shared))), out)
    wanted = naive.dot_pairs(contexts, centres, shared, LANES)
    np.testing.assert_allclose(out[: M * size], wanted[: M * size], rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_a_batch_takes_its_chunks_in_the_order_of_the_epoch() -> None:
    tokens, _, noise = small_world(16, 3 * negative_sampling.CHUNK + 700)
    parts = parts_of(4)
    batch = batch_of(2, 1)._replace(order=np.array([2, 3, 0, 1], dtype=np.int32))  # chunks 3 and 0
    pairs = sort(tokens, noise.keep, parts, batch, 2)
    assert unfolded(pairs, parts) == naive.buckets(naive.windows(tokens, noise.keep, batch), of_words(parts), 4)
