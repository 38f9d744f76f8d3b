"""`w2v verify [FILE]...`: whether files are still what they were when they were written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.options import Command, chosen_vectors, format_option, vector_files_option
from w2v.cli.output import emit, new_table
from w2v.cli.progress import console_progress
from w2v.errors import FormatError

if TYPE_CHECKING:
    from rich.table import Table

    from w2v.verification import Verification


@click.command(
    cls=Command,
    examples=[
        "w2v verify",
        "w2v verify vectors.safetensors vectors.bin",
        "w2v verify vectors.bin --json | jq '.files[0].whole'",
    ],
)
@click.argument(
    "files",
    metavar="[FILE]...",
    nargs=-1,
    type=click.Path(path_type=Path),
    help="Vectors, kept co-occurrences, token caches, checkpoints or their folder; the same as -m.",
)
@vector_files_option
@format_option
def command(files: tuple[Path, ...], vectors: tuple[Path, ...], output_format: str) -> None:
    """Check that files are whole and undamaged.

    w2v's own files carry hashes of themselves: any changed byte is found. Of the other formats the structure is
    checked, gzip's checksum, and the counts beside them; what cannot be checked is listed. Exit code 1 if any fails.
    """
    from w2v.training.checkpoints import kept_files
    from w2v.verification import verify

    with console_progress() as progress:
        named = chosen_vectors(files, vectors)
        found = [verify(file, progress=progress) for path in named for file in kept_files(path) or [path]]
    rows = [{**each.to_dict(), **{name: "; ".join(getattr(each, name)) for name in LISTS}} for each in found]
    emit(output_format, "w2v.verify/1", {"files": [each.to_dict() for each in found]}, rows, lambda: _table(found))
    bad = [each for each in found if not each.whole]
    if bad:
        several = f"{len(bad)} of {len(found)} files cannot be relied on: {', '.join(each.path for each in bad)}"
        raise FormatError((len(found) == 1 and bad[0].problem) or several, hint=bad[0].hint or "")


LISTS = ("checked", "unchecked", "warnings")


def _table(found: Sequence[Verification]) -> Table:
    table = new_table("")
    table.title = None
    for title in ("file", "", "what"):
        table.add_column(title, overflow="fold")
    for each in found:
        facts = [("whole", f"{each.format}, {each.bytes:,} bytes")] if each.whole else [("FAILED", each.problem or "")]
        facts += [(name, text) for name in LISTS for text in getattr(each, name)]
        for place, (name, text) in enumerate(facts):
            table.add_row("" if place else each.path, name, text)
    return table
