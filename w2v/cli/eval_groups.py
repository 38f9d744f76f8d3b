"""The option `--group NAME=FILES` of `w2v eval`: groups of seeds, whose means are compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from w2v.cli.options import chosen_vectors, on_the_command_line
from w2v.errors import SettingsError

__all__ = ["chosen_groups", "groups_option"]


class NamedFiles(click.ParamType[tuple[str, str]]):
    """NAME=FILES, the files a pattern, a file or a folder."""

    name = "group"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, _, files = str(value).partition("=")
        if not name.strip() or not files.strip():
            self.fail(f"{value!r} is not NAME=FILES, as sgns='sgns-*.safetensors'", param, ctx)
        return name.strip(), files.strip()


groups_option: Callable[[Any], Any] = click.option(
    "--group",
    type=NamedFiles(),
    multiple=True,
    metavar="NAME=FILES",
    help="Files that are one model trained with several seeds: a pattern in quotes, a file, or a folder. The means of "
    "groups are compared, over seeds and questions. May be given more than once, also with the same NAME.",
)


def chosen_groups(
    files: Sequence[Path], vectors: Sequence[Path], group: Sequence[tuple[str, str]]
) -> tuple[list[Path], dict[str, tuple[str, ...]]]:
    """Return the vector files of `w2v eval`, and the names of those of each group; without groups, none.

    files: the arguments; vectors: of -m. Files on the command line replace default groups, and groups on the command
    line replace default files. Raise `SettingsError` where the command line names both.
    """
    named = bool(files) or (bool(vectors) and on_the_command_line("vectors"))
    if not group or (named and not on_the_command_line("group")):
        return chosen_vectors(files, vectors), {}
    if named:
        extra = next(iter([*files, *vectors]))
        raise SettingsError(
            f"{extra} is in no group", hint=f"give it a group of its own: --group {extra.name.split('.')[0]}={extra}"
        )
    from w2v.evaluation.grouping import files_of_groups

    groups = files_of_groups(group)
    paths = [path for own in groups.values() for path in own]
    return paths, {name: tuple(map(str, own)) for name, own in groups.items()}
