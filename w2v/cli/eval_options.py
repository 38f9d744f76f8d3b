"""The options of `w2v eval` that kinds of suites and studies bring with them, made from their registries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from w2v.evaluation.studies.registry import STUDIES, Option
from w2v.evaluation.tasks.registry import TASKS

__all__ = ["GROUPS", "own_file_options", "study_options"]

_LARGER = dict.fromkeys(kind.larger_group for kind in TASKS.values() if kind.larger_group)
GROUPS = ", ".join([*(kind.group for kind in TASKS.values()), *_LARGER])


def own_file_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each kind of suite that reads a user's own file."""
    for kind in reversed(TASKS.values()):
        if kind.own_file is not None:
            option = click.option(
                kind.own_file.flag,
                multiple=True,
                type=click.Path(path_type=Path),
                metavar="FILE",
                help=f"{kind.own_file.help} May be given more than once.",
            )
            function = option(function)
    return function


def study_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each study; several that share a flag have a value each."""
    found: dict[str, list[Option]] = {}
    for study in STUDIES.values():
        if study.option is not None:
            found.setdefault(study.option.flag, []).append(study.option)
    for flag, options in reversed(found.items()):
        values = [option.value for option in options if option.value]
        more: dict[str, Any] = {"type": click.Choice(values), "metavar": "|".join(values)} if values else {}
        option = click.option(flag, is_flag=not values, help=" ".join(option.help for option in options), **more)
        function = option(function)
    return function
