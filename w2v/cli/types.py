"""Types of values for the options of several commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from w2v.errors import SettingsError

__all__ = ["CommandLineOnly", "OutputPath"]


class CommandLineOnly:
    """A type of values that no file of settings may give, because such a value is a command that is run."""


class OutputPath(click.Path):
    """A path to which the command writes. A file of settings can name only paths inside the current folder.

    What looks like an option is refused: in `--log -q`, the name of the file was forgotten.
    """

    def __init__(self, *, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if str(value).startswith("-"):
            raise SettingsError(
                f"{param.opts[-1] if param is not None else 'an output'} takes the name of a file, and not {value}",
                hint=f"name a file; one that is really called so is ./{value}",
            )
        return super().convert(value, param, ctx)
