"""Parquet (.parquet), which pandas, DuckDB and Polars read: id, text, words, unknown and vector, by pyarrow.

The file is not compressed: vectors hardly become smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from w2v.errors import SettingsError
from w2v.pooling.encoder import Encoded
from w2v.pooling.outputs.output import Output

__all__ = ["Parquet"]


class Parquet(Output):
    """Writes a group of rows for each part. Raise `SettingsError` where pyarrow is not installed."""

    def __init__(self, file: BinaryIO, dim: int) -> None:
        super().__init__(file, dim)
        self._arrow, writer = _library()
        arrow = self._arrow
        self._schema = arrow.schema(
            [
                ("id", arrow.string()),
                ("text", arrow.string()),
                ("words", arrow.int32()),
                ("unknown", arrow.int32()),
                ("vector", arrow.list_(arrow.float32(), dim)),
            ]
        )
        self._writer = writer(file, self._schema, compression="none")

    @classmethod
    def check(cls) -> None:
        _library()

    def add(self, ids: Sequence[str], texts: Sequence[str], part: Encoded) -> None:
        arrow = self._arrow
        vectors = arrow.FixedSizeListArray.from_arrays(arrow.array(part.vectors.reshape(-1)), self.dim)
        columns = [
            arrow.array(list(ids), arrow.string()),
            arrow.array(list(texts), arrow.string()),
            arrow.array(part.words),
            arrow.array(part.unknown),
            vectors,
        ]
        self._writer.write_table(arrow.Table.from_arrays(columns, schema=self._schema))

    def end(self) -> None:
        self._writer.close()


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow.parquet import ParquetWriter
    except ImportError as error:
        raise SettingsError("writing Parquet needs the library pyarrow", hint="pip install 'w2v[parquet]'") from error
    return pyarrow, ParquetWriter
