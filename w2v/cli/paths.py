"""What a command may write where: never over what it reads, never two things into one file. Not here: writing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import click

from w2v.cli.options import Session
from w2v.errors import SettingsError

__all__ = ["keep_apart"]


def keep_apart(
    outputs: Mapping[str, Iterable[Path | None]],
    corpus: Iterable[str] = (),
    inputs: Mapping[str, Path | None] = MappingProxyType({}),
) -> None:
    """Raise `SettingsError` where an output is part of the corpus, lies in a folder of it, is an input or named twice.

    outputs, inputs: paths by the option that names them, None where it names none; --log is looked at as well. corpus:
    as the command line names it.
    """
    named = {**outputs, "--log": [click.get_current_context().ensure_object(Session).log]}
    read = [Path(os.path.realpath(source)) for source in _files_and_folders(corpus)]
    taken = {Path(os.path.realpath(path)): option for option, path in inputs.items() if path is not None}
    for option, paths in named.items():
        for path in paths:
            if path is None or (path.exists() and not path.is_file()):
                continue
            real = Path(os.path.realpath(path))
            for source in read:
                if real == source or source in real.parents:
                    where = "is part of the corpus" if real == source else f"lies in {source}, a folder of the corpus"
                    raise SettingsError(f"{option} {path} {where}", hint="write somewhere else")
            if real in taken:
                raise SettingsError(f"{path} is named twice, by {taken[real]} and {option}", hint="choose two names")
            taken[real] = option


def _files_and_folders(corpus: Iterable[str]) -> Iterable[str | Path]:
    from w2v.text.sources import expand

    names = [name for name in corpus if name != "-"]
    yield from (name for name in names if os.path.isdir(name))
    if names:
        yield from (source.path for source in expand(names) if source.path is not None)
