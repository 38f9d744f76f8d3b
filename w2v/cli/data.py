"""`w2v data list|get|path`: corpora and evaluation sets. Not here: manifests and downloads (`w2v.data`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.completion import complete_set
from w2v.cli.options import Command, Decorator, Group, data_dir_option, format_option, log_option
from w2v.cli.output import emit, new_table, print_line
from w2v.cli.progress import console_progress

if TYPE_CHECKING:
    from rich.table import Table

name_argument: Decorator[Any] = click.argument("name", help="A name of 'w2v data list'.", shell_complete=complete_set)


@click.group(cls=Group, examples=["w2v data list", "w2v data path wordsim353", "w2v data get text8"])
def command() -> None:
    """List, find and fetch corpora and evaluation sets.

    Each has a manifest with its licence, citation and sha256. Nothing is downloaded but by 'w2v data get', and nothing
    is used before its hash has been checked.
    """


@command.command("list", cls=Command, examples=["w2v data list", "w2v data list --json | jq -r '.sets[].name'"])
@data_dir_option
@format_option
def list_command(data_dir: Path | None, output_format: str) -> None:
    """Show every corpus and evaluation set, and where it is."""
    from w2v.data import as_dict, locate, manifests

    rows = []
    for manifest in manifests():
        where = locate(manifest, data_dir)
        rows.append({**as_dict(manifest), "place": where.place, "path": where.path and str(where.path)})
    emit(output_format, "w2v.data/1", {"sets": rows}, rows, lambda: _table(rows))


@command.command("get", cls=Command, examples=["w2v data get wordsim353"])
@name_argument
@data_dir_option
@log_option
def get_command(name: str, data_dir: Path | None) -> None:
    """Fetch a corpus or a set; print its path.

    What is here already is not fetched again.
    """
    from w2v.data import manifest_of, obtain

    manifest = manifest_of(name)
    with console_progress() as progress:
        path = obtain(manifest, data_dir, progress)
        progress.message(f"{manifest.title}: {manifest.licence}; cite {manifest.citation}")
    print_line(str(path))


@command.command("path", cls=Command, examples=["w2v data path wordsim353"])
@name_argument
@data_dir_option
def path_command(name: str, data_dir: Path | None) -> None:
    """Print where a corpus or a set is; exit 1 if it is not here."""
    from w2v.data import find, manifest_of

    print_line(str(find(manifest_of(name), data_dir)))


def _table(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = new_table("Corpora and evaluation sets")
    for name in ("name", "kind", "items"):
        table.add_column(name, justify="right" if name == "items" else "left", no_wrap=True)
    table.add_column("licence", overflow="fold")
    table.add_column("where", no_wrap=True)
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        items = "" if row["items"] is None else f"{row['items']:,}"
        last = following is not None and following["kind"] != row["kind"]
        licence = row["licence"].removeprefix("LicenseRef-").replace("not-stated", "not stated")
        where = row["package"] if row["place"] == "package" else row["place"]
        table.add_row(row["name"], row["kind"], items, licence, where, end_section=last)
    return table
