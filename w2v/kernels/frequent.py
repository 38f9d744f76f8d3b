"""Copies of the rows of the most frequent words, which a thread keeps for itself while others train the same model.

A row that two threads change in turn moves from core to core, cache line by cache line, and such a move takes as long
as a read from memory. Few words make up most of a text, so most rows that a thread needs were last changed by another
one. Therefore each thread changes copies of its own of the most frequent rows, and brings what it has learnt home now
and then: it adds the difference to the row of the model, and takes the sum as its new copy.

So a thread sees a little later what others have learnt, as always in training without locks (Niu et al. 2011,
"Hogwild!"). Which rows have copies: w2v/training/negative_sampling.py. Tests: tests/kernels/test_sgns.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import F32, I64
from w2v.kernels.llvm.compilation import FASTMATH, kernel
from w2v.kernels.llvm.simd import LANES, add, address_of, broadcast, load, multiply, store

__all__ = ["Copies", "Frequent", "Keeping", "Rows", "copies_of", "row_of"]


class Frequent(NamedTuple):
    """Of which words a thread keeps copies: the first `words` of the vocabulary; 0 keeps none.

    every: how often a word is met before its rows are brought home.
    """

    words: int = 0
    every: int = 16


class Rows(NamedTuple):
    """Where the rows of a matrix lie, in bytes. first: the address of row 0. limit: the bytes of rows that have copies.

    shift: how far the copy of a row lies behind the row itself.
    """

    first: np.int64
    limit: int
    shift: np.int64


class Copies(NamedTuple):
    """A thread's copies. memory: float32 [n], in which they lie. inputs, outputs: the rows of each matrix.

    base: how far what was brought home last lies behind the copy, in bytes. nothing: the address of a row of zeros.
    met, drawn: int64 [words], how often each word was met in the text, and drawn as noise, since it was brought home.
    every: as in `Frequent`.
    """

    memory: F32
    inputs: Rows
    outputs: Rows
    base: int
    nothing: np.int64
    met: I64
    drawn: I64
    every: int


@kernel
def row_of(rows: Rows, word: np.int32, stride: int) -> np.int64:
    """Return the address of the copy of a word's row where there is one, or that of the row. stride: bytes of a row."""
    place = np.int64(word) * stride
    return rows.first + place + (rows.shift if place < rows.limit else 0)


class Keeping(NamedTuple):
    """What a kernel calls to keep copies, for rows of one length.

    begin: (model, frequent) -> Copies, as the rows are now. meet: (copies, word), to be called before a word of the
    text is trained on. draw: (copies, word), to be called where a noise word joins those that are used. finish:
    (copies), brings all rows home.
    """

    begin: Callable[..., Any]
    meet: Callable[..., Any]
    draw: Callable[..., Any]
    finish: Callable[..., Any]


@cache
def copies_of(dim: int, inputs: bool = True) -> Keeping:
    """Return the functions for rows of `dim` (padded) floats: those of outputs, and of inputs too if that is asked."""
    VECTORS, BYTES, STRIDE, INPUTS = dim // LANES, 4 * LANES, 4 * dim, inputs

    @kernel(fastmath=FASTMATH)
    def bring_home(rows: Rows, word: int, base: int) -> None:
        shift = rows.shift
        for part in range(VECTORS):
            at = rows.first + word * STRIDE + BYTES * part
            learnt = add(load(at + shift), multiply(load(at + shift + base), broadcast(np.float32(-1))))
            new = add(load(at), learnt)
            store(at, new)
            store(at + shift, new)
            store(at + shift + base, new)

    @kernel
    def finish(copies: Copies) -> None:
        for word in range(copies.met.size):
            if INPUTS:
                bring_home(copies.inputs, word, copies.base)
            bring_home(copies.outputs, word, copies.base)

    @kernel
    def begin(model: Any, frequent: Frequent) -> Copies:
        words = frequent.words
        half = words * STRIDE * (2 if INPUTS else 1)  # the copies; as much has what was brought home last
        memory = np.zeros(2 * half // 4 + dim + LANES, dtype=np.float32)
        first = (address_of(memory) + BYTES - 1) // BYTES * BYTES
        limit, own = words * STRIDE, address_of(model.input)
        inputs = Rows(own, limit if INPUTS else 0, first - own)
        own = address_of(model.output)
        outputs = Rows(own, limit, first + half - limit - own)
        met, drawn = np.zeros(words, dtype=np.int64), np.zeros(words, dtype=np.int64)
        copies = Copies(memory, inputs, outputs, half, first + 2 * half, met, drawn, frequent.every)
        finish(copies)  # the copies are zeros, and nothing has been learnt
        return copies

    @kernel
    def meet(copies: Copies, word: np.int32) -> None:
        if word < copies.met.size:
            copies.met[word] += 1
            if copies.met[word] >= copies.every:
                copies.met[word] = copies.drawn[word] = 0
                if INPUTS:
                    bring_home(copies.inputs, word, copies.base)
                bring_home(copies.outputs, word, copies.base)

    @kernel
    def draw(copies: Copies, word: np.int32) -> None:
        if word < copies.drawn.size:
            copies.drawn[word] += 1
            if copies.drawn[word] >= copies.every:
                copies.drawn[word] = 0
                bring_home(copies.outputs, word, copies.base)

    return Keeping(begin, meet, draw, finish)
