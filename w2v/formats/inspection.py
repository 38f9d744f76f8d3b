"""Facts on a vector file and its health, for `w2v info` and `w2v verify`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from w2v.files.rows import parts_of
from w2v.formats.contents import Contents
from w2v.formats.format import Format
from w2v.formats.source import Origin
from w2v.machine import in_threads
from w2v.record import RunRecord
from w2v.vectors import Vectors

__all__ = ["FileInfo", "describe"]

SHOWN = 10
PART = 1 << 20  # bytes that are hashed together


@dataclass(frozen=True)
class FileInfo:
    """What a vector file holds.

    path: the file. format: a name of `FORMATS`. compressed: whether it is gzip. bytes: its size on the disk.
    words, dim, dtype: rows, columns and type of the matrix as read. first: the first few words.
    file_sha256: the hash of the file as it lies on the disk. verified: the hashes that the file carries are right; None
    where the format carries none. content_sha256: a hash that is the same for two runs with equal results, whatever
    their times; None where the format carries none. embeddings_sha256: the hash of the matrix alone, row by row, as
    little-endian float32; it is the same in every format.
    tokens: the sum of the counts; None where they are not known.
    zero_rows: the number of rows of zeros. duplicates: rows left out because their word had occurred before.
    skipped, replaced: rows that could not be used as they are in the file, and were left out or mended (`bad_rows`).
    norm_min, norm_mean, norm_max: Euclidean lengths of the rows.
    record: the run that made the file, where it is known. ngrams: of the n-grams that unknown words are composed of,
    the fields of `Ngrams`, and "rows", the number of their rows in the file; None where there are none.
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
    content_sha256: str | None
    embeddings_sha256: str
    tokens: int | None
    zero_rows: int
    duplicates: int
    skipped: int
    replaced: int
    norm_min: float
    norm_mean: float
    norm_max: float
    record: RunRecord | None
    ngrams: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        record = None if self.record is None else self.record.to_dict()
        return {**asdict(self), "first": list(self.first), "record": record}


def describe(source: Origin, chosen: Format[Any, Any], contents: Contents, vectors: Vectors) -> FileInfo:
    """Collect the facts on `vectors`, which were read from `source` in the format `chosen`."""
    norms, subwords = vectors.norms, vectors.subwords
    of_file, of_matrix = in_threads([source.sha256, lambda: _sha256(vectors)])
    return FileInfo(
        path=str(source.path),
        format=chosen.name,
        compressed=source.compressed,
        bytes=source.size,
        words=len(vectors),
        dim=vectors.dim,
        dtype="float32",
        first=tuple(vectors.stored_words[:SHOWN]),
        file_sha256=of_file,
        verified=contents.verified,
        content_sha256=contents.content_sha256,
        embeddings_sha256=of_matrix,
        tokens=None if vectors.counts is None else int(vectors.counts.sum()),
        zero_rows=int(np.count_nonzero(norms == 0)),
        duplicates=contents.dropped,
        skipped=contents.skipped,
        replaced=contents.replaced,
        norm_min=float(norms.min()) if len(norms) else 0.0,
        norm_mean=float(norms.mean()) if len(norms) else 0.0,
        norm_max=float(norms.max()) if len(norms) else 0.0,
        record=vectors.record,
        ngrams=None if subwords is None else {**asdict(subwords.ngrams), "rows": len(subwords.rows)},
    )


def _sha256(vectors: Vectors) -> str:
    digest = hashlib.sha256()
    for rows in parts_of(vectors.stored, PART):
        digest.update(np.ascontiguousarray(rows, dtype="<f4").data)
    return digest.hexdigest()
