"""`w2v export hub|parquet|projector`: vectors for other programs. Each kind is a file beside this one (export_*.py)."""

from __future__ import annotations

import click

from w2v.cli import export_hub, export_parquet, export_projector
from w2v.cli.options import Group


@click.group(
    cls=Group,
    examples=[
        "w2v export hub my-vectors -m vectors.safetensors",
        "w2v export parquet words.parquet -m vectors.safetensors",
        "w2v export projector for-tensorboard --limit 10000",
    ],
)
def command() -> None:
    """Write vectors for other programs.

    hub: a folder that model2vec and sentence-transformers load. parquet: a table for DuckDB, LanceDB or pandas.
    projector: two files for TensorFlow's embedding projector. 'w2v convert' writes the formats that w2v reads.
    """


command.add_command(export_hub.command, "hub")
command.add_command(export_parquet.command, "parquet")
command.add_command(export_projector.command, "projector")
