"""`w2v export parquet FILE`: a table of words and vectors (w2v/export/parquet.py)."""

from __future__ import annotations

from pathlib import Path

import click

from w2v.cli.options import Command, log_option, vectors_option
from w2v.cli.paths import keep_apart, tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath


@click.command(
    cls=Command,
    examples=[
        "w2v export parquet words.parquet",
        "w2v export parquet words.parquet --limit 50000 --only-matching '^[a-z]+$'",
    ],
)
@click.argument("file", metavar="FILE", type=OutputPath(), help="The new file.")
@vectors_option
@row_options
@log_option
def command(file: Path, vectors: Path) -> None:
    """Write a table for DuckDB, LanceDB, pandas or Polars.

    A row for each word: word, rank (1 for the most frequent), count (where counts are known), and vector, a list of
    float32. Needs pyarrow: pip install 'w2v[parquet]'.
    """
    from w2v.export import export_parquet
    from w2v.formats import check_output

    keep_apart({"FILE": [file]}, (), {"-m": vectors})
    check_output(file, format="parquet")
    with console_progress() as progress:
        loaded = read_vectors(vectors, progress, check_all=True)
        tell_of_replaced([file], progress)
        export_parquet(loaded, file, progress=progress)
        progress.message(f"wrote {file}: {len(loaded):,} words × {loaded.dim:,} dimensions, Parquet")
