"""Types of values for the options of several commands."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["CommandLineOnly", "OutputPath"]


class CommandLineOnly:
    """A type of values that no file of settings may give, because such a value is a command that is run."""


class OutputPath(click.Path):
    """A path to which the command writes. A file of settings can name only paths inside the current folder."""

    def __init__(self, *, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)
