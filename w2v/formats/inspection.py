"""`inspect`: facts on a vector file and its health, for `w2v info`. Not here: how they are shown."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from w2v.formats.contents import Contents
from w2v.formats.source import Source
from w2v.record import RunRecord
from w2v.vectors import Vectors

__all__ = ["FileInfo", "describe"]

SHOWN = 10


@dataclass(frozen=True)
class FileInfo:
    """What a vector file holds.

    path, format ("safetensors", "word2vec-text", …), compressed (gzip), bytes on disk.
    words, dim, dtype: the matrix as read. first: the first few words.
    file_sha256: of the file as it lies on the disk. verified: the hash that the file carries is right; None where the
    format carries none. embeddings_sha256: of the matrix alone, row by row, little-endian float32; the same in every
    format.
    tokens: the sum of the counts, None where they are not known.
    zero_rows: rows of zeros. duplicates: rows left out because their word had occurred before.
    norm_min, norm_mean, norm_max: Euclidean lengths of the rows.
    record: the run that made the file, where it is known.
    """

    path: str
    format: str
    compressed: bool
    bytes: int
    words: int
    dim: int
    dtype: str
    first: Sequence[str]
    file_sha256: str
    verified: bool | None
    embeddings_sha256: str
    tokens: int | None
    zero_rows: int
    duplicates: int
    norm_min: float
    norm_mean: float
    norm_max: float
    record: RunRecord | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        record = None if self.record is None else self.record.to_dict()
        return {**asdict(self), "first": list(self.first), "record": record}


def describe(source: Source, name: str, contents: Contents, vectors: Vectors) -> FileInfo:
    """The facts on `vectors`, read from `source` in the format `name`."""
    with source.path.open("rb") as file:
        file_hash = hashlib.file_digest(file, "sha256").hexdigest()
    norms = vectors.norms
    return FileInfo(
        path=str(source.path),
        format=name,
        compressed=source.compressed,
        bytes=source.size,
        words=len(vectors),
        dim=vectors.dim,
        dtype="float32",
        first=tuple(vectors.words[:SHOWN]),
        file_sha256=file_hash,
        verified=contents.verified,
        embeddings_sha256=hashlib.sha256(vectors.matrix.astype("<f4", copy=False).data).hexdigest(),
        tokens=None if vectors.counts is None else int(vectors.counts.sum()),
        zero_rows=int(np.count_nonzero(norms == 0)),
        duplicates=contents.dropped,
        norm_min=float(norms.min()),
        norm_mean=float(norms.mean()),
        norm_max=float(norms.max()),
        record=vectors.record,
    )
