"""`w2v convert IN OUT`: the same vectors in another format. Not here: the formats (`w2v.formats`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.options import Command, log_option
from w2v.cli.progress import console_progress
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.formats import Format
    from w2v.progress import Progress
    from w2v.vectors import Vectors


@click.command(
    cls=Command,
    examples=[
        "w2v convert vectors.safetensors vectors.bin",
        "w2v convert glove.6B.100d.txt glove.safetensors --limit 50000",
        "w2v convert vectors.bin vectors.gz --to word2vec-text",
    ],
)
@click.argument(
    "source", metavar="IN", type=click.Path(path_type=Path), help="A vector file; its bytes say the format."
)
@click.argument(
    "target", metavar="OUT", type=click.Path(path_type=Path), help="The new file; its suffix says the format."
)
@click.option(
    "--to",
    metavar="FORMAT",
    help="The format, whatever the suffix: safetensors, glove-text, word2vec-text or word2vec-binary.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Take the first N rows only.")
@log_option
def command(source: Path, target: Path, to: str | None, limit: int | None) -> None:
    """Write vectors in another format.

    Suffixes: .safetensors; .bin for word2vec binary; .txt or .vec for word2vec text; .glove.txt for GloVe text; .gz
    after any but the first. Counts go into OUT.vocab.txt where the format has no room for them.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise SettingsError(f"{source} and {target} are the same file", hint="write to another name, then rename it")
    from w2v import formats

    chosen = formats.check_output(target, format=to)
    with console_progress() as progress:
        vectors = formats.read(source, limit=limit, progress=progress)
        progress.phase(f"writing {target.name}")
        written = formats.write(vectors, target, format=to)
        _tell(vectors, chosen, written, progress)


def _tell(vectors: Vectors, chosen: Format, written: Sequence[Path], progress: Progress) -> None:
    """What was written where, and what the new file cannot hold."""
    target, *beside = written
    progress.message(f"wrote {target}: {len(vectors):,} words × {vectors.dim:,} dimensions, {chosen.title}")
    for counts in beside:
        progress.message(f"wrote {counts}: how often each word occurred")
    if chosen.name != "safetensors" and vectors.record is not None:
        progress.message(f"left behind: the run record, for which {chosen.title} has no place")
    if chosen.name != "safetensors" and vectors.counts is not None and not beside:
        progress.message("left behind: the counts, which need a file of their own")
