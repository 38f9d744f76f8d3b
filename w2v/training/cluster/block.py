"""A block of rows that goes from task to task: whoever changes its rows takes them, and has them alone.

To train a tile on copies would cost time, and the memory of two more blocks. So a tile changes the rows where they lie.
The results of tasks may be asked for again, though: a task may be repeated, or a lost result computed anew. Whoever
finds a block whose rows were taken raises `Stuck`, and all begin again at the last checkpoint: so nobody ever trains
on, saves or sends rows that are half changed.

Rows lie on a boundary of 64 bytes, also after they were sent: a vector register is then filled from one cache line.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from w2v.arrays import F32, U8
from w2v.pages import zeros

__all__ = ["Block", "Stuck"]

LINE = 64  # bytes
BEFORE = 48  # bytes in front of the rows: where memory is received, the rows then lie on a boundary, as a rule
_taking = threading.Lock()


class Stuck(Exception):  # noqa: N818
    """No task ends any more: all tasks since the last checkpoint must be done anew, by new workers."""


class Block:
    """Rows, float32 [rows, padded dim], in memory that can be sent as it is, and that one task may take."""

    __slots__ = ("_first", "_memory", "shape")

    def __init__(self, memory: U8 | None, first: int, shape: tuple[int, int]) -> None:
        """memory: uint8 [bytes], in which the rows begin at byte `first`; None where they were taken."""
        self._memory, self._first, self.shape = memory, first, shape

    @classmethod
    def zeros(cls, rows: int, width: int) -> Self:
        """Return a block of zeros, float32 [rows, width]; width: a multiple of 16."""
        memory = zeros(rows + 1, width).matrix.reshape(-1).view(np.uint8)
        return cls(memory[4 * width - BEFORE :], BEFORE, (rows, width))

    @classmethod
    def of(cls, values: F32) -> Self:
        """Return a block with a copy of some rows, float32 [rows, width]."""
        block = cls.zeros(*values.shape)
        block.rows[:] = values
        return block

    @property
    def rows(self) -> F32:
        """The rows, to be read only. Raises Stuck where they were taken."""
        return self._view(self._memory)

    @property
    def is_taken(self) -> bool:
        """Whether the rows were taken."""
        return self._memory is None

    def take(self) -> Self:
        """Return a block with the same rows, which may be changed; this one has none any more. Raises Stuck."""
        with _taking:
            memory, self._memory = self._memory, None
        self._view(memory)
        return type(self)(memory, self._first, self.shape)

    def _view(self, memory: U8 | None) -> F32:
        if memory is None:
            raise Stuck("rows were needed again after they had changed")
        end = self._first + 4 * self.shape[0] * self.shape[1]
        return memory[self._first : end].view(np.float32).reshape(self.shape)

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + (0 if self._memory is None else self._memory.nbytes)

    def __reduce__(self) -> tuple[Callable[..., Block], tuple[Any, ...]]:
        return _received, (self._memory, self._first, self.shape)


def _received(memory: U8 | None, first: int, shape: tuple[int, int]) -> Block:
    """Return a block that was sent, with its rows moved by some bytes where they are on no boundary."""
    if memory is None or (memory.flags.writeable and (memory.ctypes.data + first) % LINE == 0):
        return Block(memory, first, shape)
    boundary = -memory.ctypes.data % LINE
    size = 4 * shape[0] * shape[1]
    if not memory.flags.writeable or boundary + size > len(memory):
        return Block.of(memory[first : first + size].view(np.float32).reshape(shape))
    ctypes.memmove(memory.ctypes.data + boundary, memory.ctypes.data + first, size)  # without a second block
    return Block(memory, boundary, shape)
