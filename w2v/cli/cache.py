"""`w2v cache list|clear|warm`: what w2v keeps on this computer (w2v/files/kept.py), and kernels compiled in advance."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from w2v.cli.options import Command, Group, format_option, log_option
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.cli.training_options import training_settings
from w2v.files.kept import KINDS, Entry, entries, kind_named, remove
from w2v.progress.phase import amount, span
from w2v.settings import settings_of
from w2v.tokens.settings import CorpusConfig
from w2v.training.models import MODELS

if TYPE_CHECKING:
    from w2v.report.blocks import Document

# Settings that no kernel depends on: those of the text, and of the run.
NOT_COMPILED = (
    *(one.name for one in settings_of(CorpusConfig)),
    *("threads", "seed", "epochs", "learning_rate", "memory", "cooccurrences", "keep_cooccurrences"),
)
MODEL_TITLES = "; ".join(f"{model.name}: {model.title}" for model in MODELS.values())
LONGEST_NAME = 20  # characters of the name of an entry in the table; --json has all of it
DAYS = {"m": 1 / 1440, "h": 1 / 24, "d": 1, "w": 7}


class Age(click.ParamType[float]):
    """Days, as 30d; or minutes (30m), hours (12h) or weeks (2w)."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([mhdw])", str(value))
        if match is None:
            self.fail(f"{value!r} is no age such as 30d, 12h or 2w", param, ctx)
        return float(match[1]) * DAYS[match[2]]


kind_option = click.option(
    "--kind",
    "kinds",
    type=click.Choice([kind.name for kind in KINDS]),
    multiple=True,
    help=f"Only this: {'; '.join(f'{kind.name}: {kind.title}' for kind in KINDS)}. May be given more than once.",
)
older_option = click.option(
    "--older-than",
    type=Age(),
    metavar="AGE",
    help="Only what was not used for so long: 30m (minutes), 12h (hours), 30d (days), 2w (weeks).",
)


@click.group(cls=Group, examples=["w2v cache list", "w2v cache clear --older-than 30d", "w2v cache warm"])
def command() -> None:
    """List and clear what is kept on this computer.

    w2v keeps corpora as numbers of words, compiled kernels and downloads, to be faster the next time. All of it can be
    made or downloaded again.
    """


@command.command("list", cls=Command, examples=["w2v cache list", "w2v cache list --kind tokens --json"])
@kind_option
@older_option
@format_option
def list_command(kinds: tuple[str, ...], older_than: float | None, output_format: str) -> None:
    """Show what is kept, its size, and when it was last used."""
    found = _chosen(kinds, older_than)
    rows = [_row(entry, _what(entry)) for entry in found]
    payload = {"entries": rows, "bytes": sum(entry.bytes for entry in found)}
    emit(Result("w2v.cache/1", payload, rows, lambda: _document(found, rows)), output_format)


@command.command(
    "clear",
    cls=Command,
    examples=["w2v cache clear", "w2v cache clear --kind tokens --older-than 7d", "w2v cache clear --dry-run"],
)
@kind_option
@older_option
@click.option("--dry-run", is_flag=True, help="Only show what would be removed.")
@click.option("--yes", is_flag=True, help="Do not ask before everything is removed.")
@format_option
def clear_command(
    kinds: tuple[str, ...], older_than: float | None, dry_run: bool, yes: bool, output_format: str
) -> None:
    """Remove what is kept: all of it, or only some.

    Without --kind and --older-than a terminal is asked first; a script is not.

    Files that w2v did not write stay. So do kernels in the Python environment itself, unless --kind kernels is given. A
    run that is using a file goes on with it.
    """
    found = [entry for entry in _chosen(kinds, older_than) if not entry.in_environment or "kernels" in kinds]
    if found and not (kinds or older_than is not None or dry_run or yes) and sys.stdin.isatty():
        size = amount(sum(entry.bytes for entry in found), "bytes")
        click.confirm(
            f"Remove all that is kept, {size} ({_of_each([entry.kind.name for entry in found])})?", abort=True, err=True
        )
    with console_progress() as progress:
        rows = []
        for entry in found:
            reason = "" if dry_run else remove(entry)
            if reason:
                progress.message(f"{entry.path} stays: {reason}", "warning")
            else:
                rows.append({**_row(entry, ""), "removed": not dry_run})
    payload = {"entries": rows, "bytes": sum(row["bytes"] for row in rows), "dry_run": dry_run}
    emit(Result("w2v.cache.clear/1", payload, rows, lambda: _account(rows, dry_run)), output_format)


@command.command(
    "warm",
    cls=Command,
    examples=["w2v cache warm", "w2v cache warm --model sgns --dim 300 --negative 10", "w2v cache warm --user"],
)
@click.option(
    "--user",
    is_flag=True,
    help="Keep the kernels in the user's cache folder, and write nothing into the Python environment.",
)
@click.option(
    "--model",
    "models",
    type=click.Choice(list(MODELS)),
    multiple=True,
    show_default="all",
    help=f"{MODEL_TITLES}. May be given more than once.",
)
@training_settings(*NOT_COMPILED)
@format_option
@log_option
def warm_command(user: bool, models: tuple[str, ...], output_format: str, **settings: Any) -> None:
    """Compile the kernels in advance, as when an image is built.

    This writes into the Python environment, so that each copy of it starts fast, for every user and without a home
    folder: compiled kernels (share/w2v/kernels), and the bytecode of the Python modules that w2v uses, those of other
    packages too (__pycache__). With --user only kernels are written, into the cache folder. Kernels fit only
    processors like this one. Kernels depend on the model and on some settings: give those that you will train with.
    """
    from w2v.demo.warming import warm

    chosen = [MODELS[name] for name in models or MODELS]
    origin = click.get_current_context().get_parameter_source
    given = {name: value for name, value in settings.items() if origin(name) is not ParameterSource.DEFAULT}
    with console_progress() as progress:
        warmed = warm(chosen, given, in_environment=not user, progress=progress)
    payload = {"folder": str(warmed.folder), "kernels": warmed.kernels, "seconds": round(warmed.seconds, 3)}
    emit(Result("w2v.cache.warm/1", payload, [payload], lambda: _warmed(payload)), output_format)


def _chosen(kinds: Sequence[str], older_than: float | None) -> list[Entry]:
    """Return the entries of these kinds, or of all, that were not used for so many days."""
    found = entries([kind_named(name) for name in dict.fromkeys(kinds)] or KINDS)
    return [entry for entry in found if older_than is None or entry.days() > older_than]


def _what(entry: Entry) -> str:
    if not entry.kind.describes:
        return "in the Python environment" if entry.in_environment else entry.kind.brief
    from w2v.lazy import find

    return str(find(entry.kind.describes)(entry.path))


def _row(entry: Entry, what: str) -> dict[str, Any]:
    used = datetime.fromtimestamp(entry.used, UTC).isoformat(timespec="seconds")
    row = {"kind": entry.kind.name, "bytes": entry.bytes, "used": used, "days": round(entry.days(), 3)}
    return {**row, "what": what, "path": str(entry.path)}


def _document(found: Sequence[Entry], rows: Sequence[dict[str, Any]]) -> Document:
    from w2v.report.blocks import Column, Document, Note, Row, Table
    from w2v.report.tables import text

    title = "What is kept on this computer"
    columns = (
        Column("kind", numeric=False, whole=True),
        Column("size"),
        Column("last used"),
        Column("what", numeric=False),
        Column("name", numeric=False),
    )
    shown = []
    for entry, row, following in zip(found, rows, [*found, None][1:], strict=True):
        last = following is not None and following.kind is not entry.kind
        cells = (
            row["kind"],
            amount(entry.bytes, "bytes"),
            f"{span(86_400 * entry.days())} ago",
            row["what"],
            _short(entry.path.name),
        )
        shown.append(Row(tuple(map(text, cells)), last=last))
    folders = dict.fromkeys(str(entry.path.parent) for entry in found)
    total = amount(sum(entry.bytes for entry in found), "bytes")
    notes = (
        Note((f"{total} in {', '.join(folders)}." if found else "Nothing is kept.",), "plain"),
        Note(
            (
                "'w2v train' keeps at most 2 GB of tokens, for 30 days without use (--cache-limit, --cache-days), and "
                "nothing with --no-cache. 'w2v cache clear' removes what is kept.",
            )
        ),
    )
    return Document.of(title, *((Table(title, columns, tuple(shown)),) if found else ()), *notes)


def _short(name: str) -> str:
    """Return a name that leaves room for the rest of a line; the name of a token cache is a long hash."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _account(rows: Sequence[dict[str, Any]], dry_run: bool) -> Document:
    from w2v.report.blocks import Document, Note

    kinds = _of_each([row["kind"] for row in rows])
    size = amount(sum(row["bytes"] for row in rows), "bytes")
    done = "would be removed" if dry_run else "removed"
    said = f"{size} {done}: {kinds}." if rows else "Nothing to remove."
    return Document.of("What was removed", Note((said,), "plain"))


def _of_each(kinds: Sequence[str]) -> str:
    """Return how many there are of each kind, in words."""
    return ", ".join(f"{kinds.count(kind)} of {kind}" for kind in dict.fromkeys(kinds))


def _warmed(payload: dict[str, Any]) -> Document:
    from w2v.report.blocks import Document, Note

    said = f"{payload['kernels']} compiled kernels are in {payload['folder']}, after {payload['seconds']:.1f} s."
    return Document.of("Kernels compiled", Note((said,), "plain"))
