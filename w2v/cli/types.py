"""Kinds of values that options of several commands take."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["OutputPath"]


class OutputPath(click.Path):
    """A path that the command writes to. A file of settings can only name one inside the current folder."""

    def __init__(self, *, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)
