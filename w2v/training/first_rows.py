"""The rows of both matrices as training begins, made in all threads, and which rows are still the same at its end.

The values of a row depend on the seed and the row only, so any thread can make any rows. The model that these are for:
negative_sampling.py. Rows of n-grams: sgns/subwords.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from w2v.arrays import F32, I64
from w2v.machine import in_threads
from w2v.pages import ROWS, hand_out, zeros
from w2v.training.windows import WindowSettings

if TYPE_CHECKING:
    from w2v.kernels.negative_sampling import Model

__all__ = ["FIRST_VECTORS", "first_model", "first_rows", "parts_of_rows", "rows_as_they_began"]

FIRST_VECTORS = "making the first vectors"  # the phase of a run


def first_model(words: int, config: WindowSettings) -> Model:
    """Return input vectors uniform in ±0.5/dim, output vectors 0, as in word2vec.c; the padding is 0 and stays so."""
    from w2v.kernels.negative_sampling import Model, padded

    inputs, outputs = (zeros(words + 1, padded(config.dim)) for _ in range(2))

    def fill(start: int, end: int) -> None:
        part = first_rows(start, min(end, words), config)
        inputs.matrix[start : start + len(part), : config.dim] = part
        inputs.matrix[start + len(part) : end] = 0.0
        outputs.matrix[start:end] = 0.0

    hand_out((inputs, outputs), fill, config.worker_threads)
    return Model(inputs.matrix, outputs.matrix)


def first_rows(start: int, end: int, config: WindowSettings, into: F32 | None = None) -> F32:
    """Return the first input vectors start..end-1, float32 [end − start, dim]; `start` must be a multiple of ROWS.

    into: memory for as many rows or more, float32 [≥ end − start, dim]; new memory costs more than the values.

    The values are those that one generator gives for all rows, one after another. It makes two values of each step, so
    it can begin at any row of an even number.
    """
    generator = np.random.PCG64([config.seed, 0x1417])
    generator.advance(start * config.dim // 2)
    number = max(0, end - start)
    part: F32 = np.empty((number, config.dim), dtype=np.float32) if into is None else into[:number]
    np.random.Generator(generator).random(dtype=np.float32, out=part)
    part -= np.float32(0.5)
    part /= np.float32(config.dim)
    return part


def parts_of_rows(rows: int, config: WindowSettings) -> Iterator[tuple[int, F32]]:
    """Yield the first input vectors in parts, so that there is never a second matrix in memory."""
    for start in range(0, rows, ROWS):
        yield start, first_rows(start, min(start + ROWS, rows), config)


def rows_as_they_began(inputs: F32, words: int, config: WindowSettings) -> I64:
    """Return the ids of the words whose input vector is still the one of `first_model`: no pair has changed it."""
    same = np.zeros(words, dtype=np.bool_)
    threads = config.worker_threads

    def compare(first: int) -> None:
        for start in range(first * ROWS, words, threads * ROWS):
            part = first_rows(start, min(start + ROWS, words), config)
            same[start : start + len(part)] = (inputs[start : start + len(part), : config.dim] == part).all(axis=1)

    in_threads([partial(compare, first) for first in range(threads)])
    return np.flatnonzero(same)
