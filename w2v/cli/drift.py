"""`w2v drift FILE FILE...`: which words moved between vectors of several periods. The comparison is in w2v/compare/."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.drift_options import OF_TEST, asked_test, deal_options, first_typed
from w2v.cli.options import Command, format_option
from w2v.cli.output import Result, emit
from w2v.cli.paths import keep_apart
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, report_option, write_reports
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.compare.drift import Drift
    from w2v.report.blocks import Document

WORDS_ALONE = "words"  # the value of --old-index where it has none
MOST_NEAR = 1_000  # beyond that, a neighbourhood is a good part of the language, and takes memory without end
NOT_OF_OLD_INDEX = ("topn", "by", "nearest", *OF_TEST)


@click.command(
    cls=Command,
    examples=[
        "w2v drift 1950.safetensors 1990.safetensors",
        "w2v drift 1950.safetensors 1970.safetensors 1990.safetensors --word gay --word mouse",
        "w2v drift 1950.safetensors 1990.safetensors --report drift.html",
        "w2v drift 1950.safetensors 1990.safetensors --corpus 1950.txt --corpus 1990.txt --deals 10",
        "w2v drift 1950.safetensors 1990.safetensors -n 100000 --format csv > drift.csv",
        "w2v drift old.safetensors new.safetensors --old-index docs.w2v -o new-to-old.map",
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
    type=click.IntRange(1, MOST_NEAR),
    metavar="N",
    default=25,
    help="A neighbourhood is the N nearest words in each file.",
)
@click.option(
    "--neighbours",
    type=click.IntRange(1, MOST_NEAR),
    metavar="N",
    default=10,
    help="Compare and show the N nearest words.",
)
@click.option(
    "--old-index",
    is_flag=False,
    flag_value=WORDS_ALONE,
    metavar="[INDEX|TEXT]",
    help="Say instead whether an index of the vectors OLD still answers queries of NEW: as they are, rotated, and made "
    "again; for words, and for queries over the passages of an index or a text. Write it behind the files.",
)
@click.option(
    "-o",
    "--output",
    type=OutputPath(dir_okay=False),
    metavar="FILE",
    help="With --old-index, write the rotation of NEW onto OLD into this file, which 'w2v search --map' reads.",
)
@deal_options
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
    old_index: str | None,
    output: Path | None,
    corpus: tuple[str, ...],
    output_format: str,
    reports: tuple[Path, ...],
    **of_test: Any,
) -> None:
    """Find the words that moved between vectors of several periods.

    Name the files from the oldest to the newest. They may have been trained apart: one space is turned onto the other
    (orthogonal Procrustes), and words that do not fit have moved. Words that only one file has are listed, and so are
    the neighbours that a word has lost and gained. The result is a ranking and no test: words also move where nothing
    has changed, and rare words move more.

    With --corpus, the texts of the files, it is a test: their documents are dealt anew into two halves, --deals times,
    and trained on, which shows how far words move by chance. Words that moved, and words whose neighbourhood alone
    moved, are listed apart. It says that use differs, not why.
    """
    if not files:
        raise click.UsageError("Missing argument 'FILE FILE...'.", ctx=click.get_current_context())
    if len(files) < 2:
        raise SettingsError(
            f"two vector files or more are compared, and {len(files)} {'is' if len(files) == 1 else 'are'} named",
            hint="name the oldest first, and --old-index last: w2v drift old.safetensors new.safetensors --old-index"
            if old_index
            else "name the oldest first: w2v drift old.safetensors new.safetensors",
        )
    passages = None if old_index in (None, WORDS_ALONE) else Path(str(old_index))
    check_reports(reports, [*files, *([] if passages is None else [passages])], corpus)
    if old_index is not None:
        _check_old_index(files, words, corpus)
        read = {**{f"FILE {number}": path for number, path in enumerate(files, start=1)}, "--old-index": passages}
        keep_apart({"--output": [output], "--report": reports}, [], _once(read))
        _show_old_index(files, passages, min_count, neighbours, output, output_format, reports)
        return
    if output is not None:
        raise SettingsError("-o writes a map, and none is asked for", hint="add --old-index, or leave out -o")
    from w2v.compare.comparing import compare

    with ExitStack() as at_the_end, console_progress() as progress:
        loaded = [read_vectors(path, progress) for path in files]
        test = asked_test(loaded, corpus, progress, **of_test)
        found = compare(
            loaded,
            words,
            min_count=min_count,
            by=by.replace("-", "_"),  # type: ignore[arg-type]
            nearest=nearest,
            shown=neighbours,
            progress=progress,
            test=test,
        )
        result = _result(found, topn)
        at_the_end.callback(emit, result, output_format)  # even where a report cannot be written
        write_reports(result, reports, progress)


def _check_old_index(files: tuple[Path, ...], words: tuple[str, ...], corpus: tuple[str, ...]) -> None:
    """Raise an error where the command line asks for more than the state of an old index."""
    if len(files) != 2:
        raise SettingsError(
            f"--old-index compares two files, and {len(files)} are named", hint="name the old one, then the new one"
        )
    given = "--word" if words else "--corpus" if corpus else first_typed(NOT_OF_OLD_INDEX)
    if given is not None:
        raise SettingsError(f"{given} does not go with --old-index", hint="leave out one of them")


def _once(read: Mapping[str, Path | None]) -> dict[str, Path | None]:
    """The inputs, each file once: a file may be compared with itself."""
    there: dict[Path | None, str] = {}
    for option, path in read.items():
        there.setdefault(path, option)
    return {option: path for path, option in there.items()}


def _show_old_index(
    files: tuple[Path, ...],
    passages: Path | None,
    min_count: int,
    k: int,
    output: Path | None,
    output_format: str,
    reports: tuple[Path, ...],
) -> None:
    from w2v.compare.map_file import save_map
    from w2v.compare.old_index import old_index
    from w2v.compare.passages import old_passages

    with ExitStack() as at_the_end, console_progress() as progress:
        old, new = (read_vectors(path, progress) for path in files)
        searched = None if passages is None else old_passages(passages, old, new, progress)
        found = old_index(old, new, searched, min_count=min_count, k=k, progress=progress)

        def document() -> Document:
            from w2v.compare.old_index_document import document_of

            return document_of(found)

        result = Result("w2v.old-index/1", found.to_dict(), found.rows(), document)
        at_the_end.callback(emit, result, output_format)
        if output is not None:
            save_map(found.map, output)
            progress.message(f"wrote {output}: the rotation of {new.name} onto {old.name}, for w2v search --map")
        write_reports(result, reports, progress)


def _result(found: Drift, n: int) -> Result:
    def document() -> Document:
        from w2v.compare.drift_document import document_of

        return document_of(found, n)

    rows: list[dict[str, Any]] = [row for each in found.histories for row in each.rows()]
    return Result("w2v.drift/1", found.to_dict(n), rows or found.rows(n), document)
