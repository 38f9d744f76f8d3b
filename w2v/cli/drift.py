"""`w2v drift FILE FILE...`: which words moved between vectors of several periods. The comparison is in w2v/compare/."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, format_option
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, report_option, write_reports
from w2v.cli.rows import read_vectors, row_options
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.compare.drift import Drift
    from w2v.report.blocks import Document


@click.command(
    cls=Command,
    examples=[
        "w2v drift 1950.safetensors 1990.safetensors",
        "w2v drift 1950.safetensors 1970.safetensors 1990.safetensors --word gay --word mouse",
        "w2v drift 1950.safetensors 1990.safetensors --report drift.html",
        "w2v drift 1950.safetensors 1990.safetensors -n 100000 --format csv > drift.csv",
    ],
)
@click.argument(
    "files",
    metavar="FILE FILE...",
    nargs=-1,
    type=click.Path(path_type=Path),
    help="Vector files in any format, the oldest first.",
)
@click.option(
    "--word",
    "words",
    metavar="WORD",
    multiple=True,
    help="Show the neighbours of this word in each file, and its path. May be given more than once.",
)
@click.option("-n", "--topn", type=click.IntRange(1), metavar="N", default=20, help="List the N words that moved most.")
@click.option(
    "--by",
    type=click.Choice(["procrustes", "local", "second-order"]),
    metavar="procrustes|local|second-order",
    default="procrustes",
    help="Order words by how far they moved themselves, by their neighbourhood, or by their similarities to frequent "
    "words.",
)
@click.option(
    "--min-count",
    type=click.IntRange(0),
    metavar="N",
    default=50,
    help="Compare words that occur N times or more in each file.",
)
@click.option(
    "--nearest",
    type=click.IntRange(1),
    metavar="N",
    default=25,
    help="A neighbourhood is the N nearest words in each file.",
)
@click.option(
    "--neighbours", type=click.IntRange(1), metavar="N", default=10, help="Compare and show the N nearest words."
)
@row_options
@format_option
@report_option
def command(
    files: tuple[Path, ...],
    words: tuple[str, ...],
    topn: int,
    by: str,
    min_count: int,
    nearest: int,
    neighbours: int,
    output_format: str,
    reports: tuple[Path, ...],
) -> None:
    """Find the words that moved between vectors of several periods.

    Name the files from the oldest to the newest. They may have been trained apart: one space is turned onto the other
    (orthogonal Procrustes), and words that do not fit have moved. Words that only one file has are listed, and so are
    the neighbours that a word has lost and gained. The result is a ranking and no test: words also move where nothing
    has changed, and rare words move more.
    """
    from w2v.compare.comparing import compare

    if not files:
        raise click.UsageError("Missing argument 'FILE FILE...'.", ctx=click.get_current_context())
    if len(files) < 2:
        raise SettingsError(
            f"two vector files or more are compared, and {len(files)} {'is' if len(files) == 1 else 'are'} named",
            hint="name the oldest first: w2v drift old.safetensors new.safetensors",
        )
    check_reports(reports, files)
    with ExitStack() as at_the_end, console_progress() as progress:
        loaded = [read_vectors(path, progress) for path in files]
        found = compare(
            loaded,
            words,
            min_count=min_count,
            by=by.replace("-", "_"),  # type: ignore[arg-type]
            nearest=nearest,
            shown=neighbours,
            progress=progress,
        )
        result = _result(found, topn)
        at_the_end.callback(emit, result, output_format)  # even where a report cannot be written
        write_reports(result, reports, progress)


def _result(found: Drift, n: int) -> Result:
    def document() -> Document:
        from w2v.compare.drift_document import document_of

        return document_of(found, n)

    rows: list[dict[str, Any]] = [row for each in found.histories for row in each.rows()]
    return Result("w2v.drift/1", found.to_dict(n), rows or found.rows(n), document)
