"""A block keeps its rows when it is sent, on a boundary of 64 bytes; only one task may take them."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from w2v.training.cluster.block import Block, Stuck


def block() -> Block:
    return Block.of(np.random.default_rng(1).standard_normal((50, 32), dtype=np.float32))


def sent(block: Block, offset: int, readonly: bool = False) -> Block:
    """Send a block, as Dask does, and receive it in memory that begins `offset` bytes after a boundary."""
    buffers: list[pickle.PickleBuffer] = []
    text = pickle.dumps(block, protocol=5, buffer_callback=buffers.append)
    received = []
    for buffer in buffers:
        memory = np.zeros(buffer.raw().nbytes + 128, dtype=np.uint8)
        first = -memory.ctypes.data % 64 + offset
        memory[first : first + buffer.raw().nbytes] = buffer.raw()
        view = memory[first : first + buffer.raw().nbytes].data
        received.append(view.toreadonly() if readonly else view)
    return pickle.loads(text, buffers=received)


@pytest.mark.parametrize("offset", [0, 5, 16, 32, 61])
@pytest.mark.parametrize("readonly", [False, True])
def test_what_is_received_has_the_same_rows_on_a_boundary_and_may_be_changed(offset: int, readonly: bool) -> None:
    first = block()
    received = sent(first, offset, readonly)
    np.testing.assert_array_equal(received.rows, first.rows)
    assert received.rows.ctypes.data % 64 == first.rows.ctypes.data % 64 == 0
    np.testing.assert_array_equal(sent(received, 48).rows, first.rows)  # also when it is sent on
    received.take().rows[:] = 0
    assert (first.rows != 0).all()


def test_what_malloc_gives_needs_no_move() -> None:
    first = block()
    memory = sent(first, 16)._memory
    assert memory is not None
    assert memory.ctypes.data % 64 == 16
    assert memory.nbytes == first.rows.nbytes + 48


def test_rows_that_were_taken_are_never_given_again() -> None:
    first = block()
    rows = first.rows.copy()
    taken = first.take()
    np.testing.assert_array_equal(taken.rows, rows)
    assert first.is_taken
    assert not taken.is_taken
    for used in (lambda: first.rows, first.take, lambda: sent(first, 0).rows):
        with pytest.raises(Stuck):
            used()


def test_one_of_many_takes_the_rows() -> None:
    def take(block: Block) -> bool:
        try:
            block.take()
        except Stuck:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        for _ in range(50):
            assert sum(pool.map(take, [block()] * 8)) == 1
