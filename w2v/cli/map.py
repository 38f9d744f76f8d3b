"""`w2v map -o map.html`: words as points on one page. The work is in `w2v/maps`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.options import Command, format_option, log_option, on_the_command_line, vectors_option
from w2v.cli.output import Result, emit, written_as
from w2v.cli.paths import keep_apart, tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_filters, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.maps.limits import GROUPS, MOST_GROUPS, WORDS
from w2v.maps.registry import DEFAULT, LAYOUTS

if TYPE_CHECKING:
    from w2v.maps.result import WordMap
    from w2v.progress import Progress
    from w2v.report.blocks import Document
    from w2v.vectors import Vectors

PAGE = Path("map.html")
TABLES = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl"}
PAGES = (".html", ".htm")


@click.command(
    cls=Command,
    examples=[
        "w2v map -o map.html",
        "w2v map --limit 50000 -k 20 -o map.html",
        "w2v map --only-words terms.txt --layout pca -o terms.html",
        "w2v map -o map.html -o map.csv",
        "w2v map --positions map.csv -k 30 -o groups.html",
    ],
)
@vectors_option
@click.option(
    "-o",
    "--output",
    "outputs",
    type=OutputPath(dir_okay=False),
    multiple=True,
    default=(PAGE,),
    help="Write this page (.html), or the places as a table (.csv, .tsv, .jsonl). May be given more than once.",
)
@click.option(
    "--layout",
    type=click.Choice(list(LAYOUTS)),
    default=DEFAULT,
    help="How words are placed: tsne and umap keep many neighbours, pca hardly any, and needs no library.",
)
@click.option(
    "-k",
    "--groups",
    type=click.IntRange(1, MOST_GROUPS),
    metavar="N",
    default=GROUPS,
    help="How many groups (colours).",
)
@click.option(
    "--positions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Use the places of this page or table of an earlier map; no layout is computed.",
)
@click.option("--seed", type=click.IntRange(0), metavar="N", default=1, help="The same seed gives the same page.")
@row_options
@format_option
@log_option
def command(
    vectors: Path,
    outputs: tuple[Path, ...],
    layout: str,
    groups: int,
    positions: Path | None,
    seed: int,
    output_format: str,
) -> None:
    """Draw a map of words: one HTML page, without network.

    Words are points, near each other where they are near in the full space, as far as a plane allows it. On the page
    one can move, zoom and find words, see the ten nearest words of each in the full space, and choose groups. Without
    --limit the first 10,000 words are taken; a page holds 70,000 at most. For a picture of a few words, see w2v plot.
    Ctrl-C during the layout keeps the places so far in a table beside the page.
    """
    for path in outputs:
        if path.suffix.lower() not in (*PAGES, *TABLES):
            raise SettingsError(
                f"-o {path}: no page or table has that ending", hint=f"use {PAGES[0]}, {', '.join(TABLES)}"
            )
    if positions is not None and on_the_command_line("layout"):
        raise SettingsError("--positions has the places already, and --layout would compute others", hint="give one")
    keep_apart({"--output": outputs}, (), {"-m": vectors, "--positions": positions})
    from w2v.files.whole import check_writable
    from w2v.maps import word_map

    with console_progress() as progress:
        for path in outputs:
            check_writable(path)
        tell_of_replaced(outputs, progress)
        loaded = read_vectors(vectors, progress)
        drawn = word_map(
            loaded,
            restrict_vocab=_most(loaded, positions, progress),
            layout=layout,
            groups=groups,
            positions=positions,
            rescue=outputs[0].with_suffix(".positions.csv"),
            seed=seed,
            progress=progress,
        )
        result = Result("w2v.map/1", drawn.to_dict(), drawn.rows(), lambda: _document(drawn, outputs))
        for path in outputs:
            _write(path, drawn, result, progress)
        if drawn.advice:
            progress.message(drawn.advice, "hint")
    emit(result, output_format)


def _most(vectors: Vectors, positions: Path | None, progress: Progress) -> int | None:
    """Return how many of the words are taken; without --limit the first 10,000, which a message says."""
    if positions is not None or "--limit" in row_filters():
        return len(vectors)
    if len(vectors) > WORDS:
        progress.message(f"the first {WORDS:,} of {len(vectors):,} words are taken; --limit N takes more or fewer")
    return WORDS


def _write(path: Path, drawn: WordMap, result: Result, progress: Progress) -> None:
    from w2v.files.whole import replacing

    progress.phase(f"writing {path.name}")
    kind = TABLES.get(path.suffix.lower())
    if kind is None:
        drawn.save(path)
    else:
        text = written_as(result, kind).encode("utf-8", "replace")
        with replacing(path, len(text)) as file:
            file.write(text)
    progress.message(f"wrote {path} ({path.stat().st_size:,} bytes)")


def _document(drawn: WordMap, outputs: tuple[Path, ...]) -> Document:
    from w2v.report.blocks import Column, Document, Note, Row, Table
    from w2v.report.numbers import count
    from w2v.report.tables import figure, text

    rows = (Row((text(str(each.number)), text(each.name), text(figure(each.size, count)))) for each in drawn.groups)
    columns = (Column("group"), Column("central words", numeric=False), Column("words"))
    caption = f"{', '.join(map(str, outputs))}: {len(drawn):,} words of {drawn.of}, by {drawn.layout}"
    sentence = drawn.describe()
    return Document.of(
        "Map", Table(caption, columns, tuple(rows)), Note((f"{sentence[0].upper()}{sentence[1:]}.",)), file=drawn.of
    )
