"""`w2v export projector DIR`: two files for TensorFlow's embedding projector (w2v/export/projector.py)."""

from __future__ import annotations

from pathlib import Path

import click

from w2v.cli.options import Command, log_option, vectors_option
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath


@click.command(cls=Command, examples=["w2v export projector for-tensorboard --limit 10000"])
@click.argument("folder", metavar="DIR", type=OutputPath(), help="A new or empty folder.")
@vectors_option
@row_options
@log_option
def command(folder: Path, vectors: Path) -> None:
    """Write two files for TensorFlow's embedding projector.

    vectors.tsv has the values, metadata.tsv the words and their counts. The projector loads both, in TensorBoard or in
    a browser; it is quick up to about 10,000 words (--limit).
    """
    from w2v.export import export_projector
    from w2v.files.whole import check_writable

    check_writable(folder, folder=True)
    with console_progress() as progress:
        loaded = read_vectors(vectors, progress, check_all=True)
        export_projector(loaded, folder, progress=progress)
        size = f"{len(loaded):,} words × {loaded.dim:,} dimensions"
        progress.message(f"wrote {folder}: {size}, vectors.tsv and metadata.tsv")
