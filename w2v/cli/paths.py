"""Check the output files of a command: it must not write over its inputs, nor write two results to one file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import click

from w2v.cli.options import Session
from w2v.errors import SettingsError

__all__ = ["BY_DEFAULT", "OUTPUT", "keep_apart"]

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
