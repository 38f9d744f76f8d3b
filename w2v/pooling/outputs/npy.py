"""The array of numpy (.npy): float32 [texts, D], a row for each text, in order. `numpy.load` reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from w2v.pooling.encoder import Encoded
from w2v.pooling.outputs.output import Output

__all__ = ["Npy"]

HEADER = 128  # bytes; the number of rows is written there in the end


class Npy(Output):
    """Writes the array after a header of fixed length (format 1.0 of numpy)."""

    needs_seeking = True

    def __init__(self, file: BinaryIO, dim: int) -> None:
        super().__init__(file, dim)
        self.rows = 0
        file.write(bytes(HEADER))

    @classmethod
    def check(cls) -> None:
        """No library is needed."""

    def add(self, ids: Sequence[str], texts: Sequence[str], part: Encoded) -> None:
        self.file.write(np.ascontiguousarray(part.vectors, dtype="<f4").data)
        self.rows += len(part)

    def end(self) -> None:
        facts = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({self.rows}, {self.dim}), }}"
        length = HEADER - 10
        self.file.seek(0)
        self.file.write(b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + facts.ljust(length - 1).encode() + b"\n")
