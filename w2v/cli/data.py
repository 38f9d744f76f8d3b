"""`w2v data list|get|path`: list, download and find corpora, evaluation sets and pretrained vectors (w2v/data)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.completion import complete_set
from w2v.cli.options import Command, Decorator, Group, data_dir_option, format_option, log_option
from w2v.cli.output import Result, emit, print_line
from w2v.cli.progress import console_progress

if TYPE_CHECKING:
    from w2v.report.blocks import Document

PLACES = {"downloadable": "to get"}  # in the table, whose lines are full; 'w2v data get' gets it

name_argument: Decorator[Any] = click.argument("name", help="A name from 'w2v data list'.", shell_complete=complete_set)


@click.group(
    cls=Group,
    examples=["w2v data list", "w2v data path wordsim353", "w2v data get text8", "w2v data get glove-6b-50"],
)
def command() -> None:
    """List, find and download corpora, sets and vectors.

    Each has a manifest with its licence, citation and sha256. Only 'w2v data get' downloads. The sha256 of every file
    is checked before the file is used. Pretrained vectors that are here can be named wherever a file of vectors can:
    'w2v similar king -m glove-6b-50'. gensim's names are understood, too: glove-wiki-gigaword-50.
    """


@command.command("list", cls=Command, examples=["w2v data list", "w2v data list --json | jq -r '.sets[].name'"])
@data_dir_option
@format_option
def list_command(data_dir: Path | None, output_format: str) -> None:
    """Show all corpora, sets and vectors, and where they are."""
    from w2v.data import as_dict, locate, manifests

    rows = []
    for manifest in manifests():
        where = locate(manifest, data_dir)
        rows.append({**as_dict(manifest), "place": where.place, "path": where.path and str(where.path)})
    emit(Result("w2v.data/1", {"sets": rows}, rows, lambda: _document(rows)), output_format)


@command.command("get", cls=Command, examples=["w2v data get wordsim353"])
@name_argument
@data_dir_option
@log_option
def get_command(name: str, data_dir: Path | None) -> None:
    """Download a corpus, a set or vectors; print the path.

    A file that is already on this computer is not downloaded again.
    """
    from w2v.data import manifest_of, obtain

    manifest = manifest_of(name)
    with console_progress() as progress:
        path = obtain(manifest, data_dir, progress)
        progress.message(f"{manifest.title}: {manifest.licence}; cite {manifest.citation}")
        if manifest.kind == "vectors":
            progress.message(f"use it by its name: w2v similar king -m {manifest.name}")
    print_line(str(path))


@command.command("path", cls=Command, examples=["w2v data path wordsim353"])
@name_argument
@data_dir_option
def path_command(name: str, data_dir: Path | None) -> None:
    """Print the path of a corpus, a set or vectors.

    The exit code is 1 if the set is not on this computer.
    """
    from w2v.data import find, manifest_of

    print_line(str(find(manifest_of(name), data_dir)))


def _document(sets: Sequence[Mapping[str, Any]]) -> Document:
    from w2v.report.blocks import Column, Document, Row, Table
    from w2v.report.tables import text

    columns = (
        Column("name", numeric=False, whole=True),
        Column("kind", numeric=False, whole=True),
        Column("language", numeric=False, whole=True),
        Column("items"),
        Column("licence", numeric=False),
        Column("where", numeric=False, whole=True),
    )
    rows = []
    for each, following in zip(sets, [*sets[1:], None], strict=True):
        items = "" if each["items"] is None else f"{each['items']:,}"
        licence = each["licence"].removeprefix("LicenseRef-").replace("not-stated", "not stated")
        where = each["package"] if each["place"] == "package" else each["place"]
        last = following is not None and following["kind"] != each["kind"]
        cells = (each["name"], each["kind"], each["language"], items, licence, PLACES.get(where, where))
        rows.append(Row(tuple(map(text, cells)), last=last))
    title = "Corpora, evaluation sets and vectors"
    return Document.of(title, Table(title, columns, tuple(rows)))
