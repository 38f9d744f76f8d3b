"""`w2v verify [FILE]...`: whether files are still what they were when they were written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.options import Command, chosen_vectors, format_option, vector_files_option
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.errors import FormatError

if TYPE_CHECKING:
    from w2v.report.blocks import Document
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
    payload = {"files": [each.to_dict() for each in found]}
    emit(Result("w2v.verify/1", payload, rows, lambda: _document(found)), output_format)
    bad = [each for each in found if not each.whole]
    if bad:
        several = f"{len(bad)} of {len(found)} files cannot be relied on: {', '.join(each.path for each in bad)}"
        raise FormatError((len(found) == 1 and bad[0].problem) or several, hint=bad[0].hint or "")


LISTS = ("checked", "unchecked", "warnings")


def _document(found: Sequence[Verification]) -> Document:
    from w2v.report.blocks import Column, Document, Row, Table
    from w2v.report.tables import text

    rows = []
    for each in found:
        facts = [("whole", f"{each.format}, {each.bytes:,} bytes")] if each.whole else [("FAILED", each.problem or "")]
        facts += [(name, said) for name in LISTS for said in getattr(each, name)]
        for place, (name, said) in enumerate(facts):
            last = each is not found[-1] and place == len(facts) - 1
            rows.append(Row((text("" if place else each.path), text(name), text(said)), last=last))
    columns = (Column("file", numeric=False), Column("", numeric=False, whole=True), Column("what", numeric=False))
    return Document.of("Are files what they were?", Table("", columns, tuple(rows)))
