"""Types of values for the options of several commands."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["OutputPath"]


class OutputPath(click.Path):
    """A path to which the command writes. A file of settings can name only paths inside the current folder."""

    def __init__(self, *, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)
