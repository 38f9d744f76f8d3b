"""Check the output files of a command: it must not write over its inputs, nor write two results to one file.

What it replaces, it says beforehand.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from w2v.cli.options import Session
from w2v.errors import SettingsError
from w2v.progress.phase import amount, span

if TYPE_CHECKING:
    from w2v.progress import Progress

__all__ = ["BY_DEFAULT", "OUTPUT", "keep_apart", "tell_of_replaced"]

OUTPUT = "--output"
BY_DEFAULT = "(default of --output)"  # the name of that option in `outputs` where nobody has given it


def keep_apart(
    outputs: Mapping[str, Iterable[Path | None]],
    corpus: Iterable[str] = (),
    inputs: Mapping[str, Path | None] = MappingProxyType({}),
) -> None:
    """Raise `SettingsError` if an output is part of the corpus or in a folder of the corpus, is an input, or is named
    twice.

    outputs, inputs: the paths by the option that names them, None if the option is not used; the file of --log is
    checked as well. corpus: files, folders and patterns, as on the command line.
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
                    where = "is part of the corpus" if real == source else f"is in {source}, a folder of the corpus"
                    cure = "write to another file" if real == source else "write to another folder"
                    raise SettingsError(f"{OUTPUT if option == BY_DEFAULT else option} {path} {where}", hint=cure)
            if real in taken:
                if taken[real] == option:
                    raise SettingsError(f"{option} names {path} twice", hint="name it once")
                if option == BY_DEFAULT:
                    raise SettingsError(
                        f"{taken[real]} names {path}, and there the new vectors would go",
                        hint=f"check the name, or choose a file for the vectors: {OUTPUT} FILE",
                    )
                raise SettingsError(f"{path} is named twice, by {taken[real]} and {option}", hint="choose two names")
            taken[real] = option


def _files_and_folders(corpus: Iterable[str]) -> Iterable[str | Path]:
    from w2v.text.sources import expand

    names = [name for name in corpus if name != "-"]
    yield from (name for name in names if os.path.isdir(name))
    if names:
        yield from (source.path for source in expand(names) if source.path is not None)


def tell_of_replaced(outputs: Iterable[Path], progress: Progress) -> None:
    """Say which files will be replaced, how large they are, and when they were written."""
    for path in outputs:
        if path.is_file() and path.stat().st_size:
            found = path.stat()
            size, age = amount(found.st_size, "bytes"), span(time.time() - found.st_mtime)
            progress.message(f"{path} will be replaced ({size}, written {age} ago)")
