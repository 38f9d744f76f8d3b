"""Vectors as a table in Parquet, for databases: word, rank, count and vector. The format is w2v/formats/parquet.py."""

from __future__ import annotations

import os
from pathlib import Path

from w2v.formats.writing import check_output, write
from w2v.given import path_given
from w2v.progress import ProgressChoice
from w2v.vectors import Vectors

__all__ = ["export_parquet"]


def export_parquet(vectors: Vectors, path: str | os.PathLike[str], *, progress: ProgressChoice = None) -> Path:
    """Write a Parquet file, whatever its name ends in, and return its path.

    Raise `OutputError` for what cannot be written, `SettingsError` where pyarrow is not installed.
    """
    target = path_given(path)
    check_output(target, format="parquet")
    return write(vectors, target, format="parquet", progress=progress)[0]
