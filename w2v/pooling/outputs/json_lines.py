"""JSON lines (.jsonl): an object for each text, with its id, the text, the numbers of its words, and its vector."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np

from w2v.arrays import F32
from w2v.formats.decimals import format_values
from w2v.pooling.encoder import Encoded
from w2v.pooling.outputs.output import Output

__all__ = ["JsonLines"]

BLOCK_VALUES = 1 << 14  # numbers that become text at a time: their arrays stay small, whatever the size of a part


class JsonLines(Output):
    """Writes the shortest numbers that give the same float32 when they are read."""

    @classmethod
    def check(cls) -> None:
        """No library is needed."""

    def add(self, ids: Sequence[str], texts: Sequence[str], part: Encoded) -> None:
        quoted = json.JSONEncoder().encode  # faster than json.dumps
        counts = zip(part.words.tolist(), part.unknown.tolist(), strict=True)
        rows = zip(ids, texts, counts, _numbers(part.vectors), strict=True)
        for name, text, (words, unknown), numbers in rows:
            facts = f'"id": {quoted(name)}, "text": {quoted(text)}, "words": {words}, "unknown": {unknown}'
            self.file.write(b'{%b, "vector": [%b]}\n' % (facts.encode(), numbers))

    def end(self) -> None:
        """JSON lines have nothing at their end."""


def _numbers(vectors: F32) -> Iterator[bytes]:
    """Yield each row of vectors [texts, D] as decimals with commas between them."""
    dim = vectors.shape[1]
    step = max(BLOCK_VALUES // dim, 1)
    for start in range(0, len(vectors), step):
        written, lengths = format_values(vectors[start : start + step].ravel())
        separated = written.replace(b" ", b", ")
        ends = np.cumsum(lengths.reshape(-1, dim).sum(axis=1) + dim).tolist()
        for begin, end in zip([0, *ends], ends, strict=False):
            yield separated[begin + 2 : end]
