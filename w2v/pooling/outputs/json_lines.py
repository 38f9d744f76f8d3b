"""JSON lines (.jsonl): an object for each text, with its id, the text, the numbers of its words, and its vector."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import BinaryIO

from w2v.pooling.encoder import Encoded
from w2v.pooling.outputs.output import Output

__all__ = ["JsonLines"]


class JsonLines(Output):
    """Writes numbers with nine digits, which give the same float32 when they are read."""

    def __init__(self, file: BinaryIO, dim: int) -> None:
        super().__init__(file, dim)
        self._vector = ", ".join(["%.9g"] * dim)

    @classmethod
    def check(cls) -> None:
        """No library is needed."""

    def add(self, ids: Sequence[str], texts: Sequence[str], part: Encoded) -> None:
        counts = zip(part.words.tolist(), part.unknown.tolist(), strict=True)
        rows = zip(ids, texts, counts, part.vectors.tolist(), strict=True)
        self.file.writelines(
            f'{{"id": {json.dumps(name)}, "text": {json.dumps(text)}, "words": {words}, "unknown": {unknown}, '
            f'"vector": [{self._vector % tuple(vector)}]}}\n'.encode()
            for name, text, (words, unknown), vector in rows
        )

    def end(self) -> None:
        """JSON lines have nothing at their end."""
