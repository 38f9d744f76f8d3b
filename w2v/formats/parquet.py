"""Parquet (.parquet), which pandas, DuckDB, Polars and LanceDB read, by pyarrow: a row for each word.

Written: word, rank (1 for the most frequent), count (where counts are known) and vector, a list of D float32; nothing
is compressed, as vectors hardly become smaller. Read: any file with a column of texts, the one that is called word or
token where there are several, and the values either in a column of lists, the first one, or in a column for each
dimension. A column that is called count has the counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from w2v.arrays import F32, I64, Array
from w2v.files.rows import parts_of
from w2v.formats.columns import contents_of
from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FileFormat, letters
from w2v.formats.rows import RowChoice
from w2v.formats.source import Source, Start
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Parquet"]

MAGIC = b"PAR1"
PART = 1 << 24  # bytes of rows that are written together
BATCH = 1 << 14  # rows that are read together
MOST_VALUES_A_BYTE = 100  # of a file: vectors are hardly compressed, and files made to fill a memory are
FREE = 1 << 20  # values that a file of any length may have
WORDS = ("word", "token", "words", "tokens", "text", "key")
COUNTS = ("count", "counts", "freq", "frequency")
OWN = b"w2v"
AGAIN = "fetch or write the file again"


class Parquet(FileFormat):
    counts = "inside"
    unchecked = ("changed values, as it carries no checksum",)

    def claims(self, start: Start) -> Claim:
        if start.head.startswith(MAGIC):
            return Claim.CERTAIN
        return Claim.PERHAPS if start.name.endswith(self.entry.suffixes) else Claim.NO

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        if source.compressed:
            raise source.fault(f"{self.title} is not read through gzip", "decompress the file first (gunzip)")
        arrow, parquet = self.package("pyarrow"), self.package("pyarrow.parquet")
        try:
            return _Reader(source, arrow, parquet.ParquetFile(source.raw)).contents(choice, progress)
        except (arrow.ArrowException, OSError, ValueError, KeyError, TypeError, MemoryError) as error:
            reason = " ".join(str(error).split())[:200]
            raise source.fault(f"it is no whole Parquet file ({reason})", AGAIN) from error

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        arrow, parquet = self.package("pyarrow"), self.package("pyarrow.parquet")
        fields = [
            ("word", arrow.string()),
            ("rank", arrow.int64()),
            *([] if vectors.counts is None else [("count", arrow.int64())]),
            ("vector", arrow.list_(arrow.float32(), vectors.dim)),
        ]
        schema = arrow.schema(fields).with_metadata({OWN: b"1"})
        row = 0
        # The smallest and the largest value of a part of the vectors say nothing; finding them is half of the work.
        told = [name for name in schema.names if name != "vector"]
        options = {"compression": "none", "use_dictionary": False, "write_statistics": told}
        with parquet.ParquetWriter(target, schema, **options) as writer:
            for rows in parts_of(vectors.stored, PART):
                end = row + len(rows)
                columns = [arrow.array(list(vectors.stored_words[row:end]), arrow.string())]
                columns.append(arrow.array(np.arange(row + 1, end + 1)))
                if vectors.counts is not None:
                    columns.append(arrow.array(vectors.counts[row:end]))
                values = arrow.array(np.ascontiguousarray(rows, dtype=np.float32).reshape(-1))
                columns.append(arrow.FixedSizeListArray.from_arrays(values, vectors.dim))
                writer.write_table(arrow.Table.from_arrays(columns, schema=schema))
                row = end

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 4096 + letters(words) + (32 + 4 * dim) * len(words)


class _Columns(NamedTuple):
    """The names of the columns: of the words, of the values (one of lists, or one a dimension), of the counts."""

    words: str
    values: list[str]
    counts: str | None


class _Reader:
    """An open file. Raises the errors of pyarrow, ValueError, and FormatError."""

    def __init__(self, source: Source, arrow: Any, file: Any) -> None:
        self.source, self.arrow, self.file = source, arrow, file
        self.schema = file.schema_arrow
        self.total = file.metadata.num_rows
        if self.total < 1:
            raise ValueError("it has no rows")
        if self.total > FREE // 4 + self.source.size:
            raise ValueError(f"it says that it has {self.total:,} rows, which vectors of words cannot be")
        if OWN in (self.schema.metadata or {}) and self._end_of_data() != self._start_of_footer():
            raise ValueError("bytes follow what it should hold")
        self.columns = self._columns()

    def contents(self, choice: RowChoice, progress: Progress) -> Contents:
        wanted = min(self.total, choice.limit or self.total)
        words: list[str] = []
        counts: list[I64] = []
        values = bytearray()
        dim = 0
        for batch in self._batches(wanted):
            found = batch.column(self.columns.words)
            words += ["" if word is None else word for word in found.to_pylist()]
            rows = self._rows(batch)
            if dim not in (0, rows.shape[1]):
                raise ValueError(f"its vectors have {dim} dimensions, and others {rows.shape[1]}")
            dim = rows.shape[1]
            values += np.ascontiguousarray(rows, dtype=np.float32).data
            if len(values) // 4 > FREE + MOST_VALUES_A_BYTE * self.source.size:
                raise ValueError("it unpacks to far more than it holds, which vectors do not")
            if self.columns.counts is not None:
                counts.append(batch.column(self.columns.counts).to_numpy(zero_copy_only=False))
            progress.update(int(self.source.size * len(words) / wanted))
        if len(words) != wanted:
            raise ValueError(f"it says that it has {self.total:,} rows, and has {len(words):,}")
        matrix: F32 = np.frombuffer(values, dtype=np.float32).reshape(-1, dim)
        return contents_of(self.source, choice, words, matrix, _counts(counts))

    def _columns(self) -> _Columns:
        types = self.arrow.types
        kinds = {field.name: field.type for field in self.schema}
        if len(kinds) != len(self.schema):
            raise ValueError("two of its columns have the same name")
        texts = [name for name, kind in kinds.items() if types.is_string(kind) or types.is_large_string(kind)]
        named = [name for name in texts if name.lower() in WORDS]
        lists = [
            name
            for name, kind in kinds.items()
            if (types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))
            and types.is_floating(kind.value_type)
        ]
        counts = [name for name, kind in kinds.items() if name.lower() in COUNTS and types.is_integer(kind)]
        values = lists[:1] or [name for name, kind in kinds.items() if types.is_floating(kind)]
        if not (named or texts) or not values:
            raise self.source.fault(
                f"its columns are {', '.join(list(kinds)[:8])}: there is none of words, or none of vectors",
                "a column of texts is wanted, and one of lists of floating-point numbers",
            )
        return _Columns((named or texts)[0], values, counts[0] if counts else None)

    def _batches(self, wanted: int) -> Iterator[Any]:
        names = [self.columns.words, *self.columns.values, *([self.columns.counts] if self.columns.counts else [])]
        left = wanted
        for batch in self.file.iter_batches(batch_size=BATCH, columns=names):
            yield batch.slice(0, left)
            left -= min(left, batch.num_rows)
            if not left:
                return

    def _rows(self, batch: Any) -> Array:
        """The vectors of a batch [n, D]."""
        columns = [batch.column(name) for name in self.columns.values]
        if any(column.null_count for column in columns):
            raise ValueError("some of its vectors are missing")
        if not self.arrow.types.is_nested(columns[0].type):
            return np.stack([column.to_numpy(zero_copy_only=False) for column in columns], axis=1)
        values = columns[0].flatten()
        if values.null_count or not len(batch) or len(values) % len(batch) or not len(values):
            raise ValueError("its vectors are of different lengths, or lack values")
        lengths = columns[0].value_lengths().to_numpy(zero_copy_only=False) if not _is_fixed(columns[0]) else None
        dim = len(values) // len(batch)
        if lengths is not None and not (lengths == dim).all():
            raise ValueError("its vectors are of different lengths")
        rows: Array = values.to_numpy(zero_copy_only=False).reshape(len(batch), dim)
        return rows

    def _end_of_data(self) -> int:
        """Where the last column ends that w2v has written."""
        metadata, end = self.file.metadata, 0
        for group in range(metadata.num_row_groups):
            for column in range(metadata.num_columns):
                chunk = metadata.row_group(group).column(column)
                end = max(end, chunk.data_page_offset + chunk.total_compressed_size)
        return int(end)

    def _start_of_footer(self) -> int:
        self.source.raw.seek(-8, 2)
        return int(self.source.size - 8 - int.from_bytes(self.source.raw.read(4), "little"))


def _is_fixed(column: Any) -> bool:
    return hasattr(column.type, "list_size")


def _counts(parts: list[I64]) -> I64 | None:
    """All counts; None where some are missing or negative."""
    if not parts:
        return None
    found = np.concatenate(parts)
    return found.astype(np.int64) if found.dtype.kind in "iu" and (found >= 0).all() else None
