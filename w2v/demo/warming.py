"""Compile the kernels of models in advance: each model is trained for a moment on a small synthetic text.

With `in_environment` the compiled kernels are also put into the Python environment, as for an image of a container;
and so is the bytecode of all Python modules that were used. That bytecode is valid by the hash of its source: Python
usually compares times, which differ in a copy, and compiling all of it again takes more than a second.
"""

from __future__ import annotations

import py_compile
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Any

from w2v.demo import SUITE
from w2v.demo.world import generate
from w2v.errors import OutputError
from w2v.files.caches import environment_base
from w2v.files.whole import temporary_folder
from w2v.progress import NullProgress, Progress
from w2v.settings import settings_of
from w2v.training.model import Model

__all__ = ["Warmed", "warm"]

SENTENCES = 3_000
WHOLE = ("w2v", "click", "rich")  # packages of which other commands use other modules
TEXTS: tuple[dict[str, Any], ...] = ({}, {"tokenizer": "words"}, {"phrases": 1})  # ways to read a text
VARIANTS: tuple[dict[str, Any], ...] = ({}, {"deterministic": True})  # of settings, where the model has them


@dataclass(frozen=True)
class Warmed:
    """folder: where the compiled kernels are. kernels: how many there are. seconds: what compiling took."""

    folder: Path
    kernels: int
    seconds: float


def warm(
    models: Sequence[Model],
    settings: Mapping[str, Any],
    *,
    in_environment: bool = True,
    progress: Progress | None = None,
) -> Warmed:
    """Compile the kernels of models with their default settings, changed by `settings`, and those of evaluation.

    Raises SettingsError for settings that none of the models can have, OutputError where nothing can be kept.
    """
    from w2v.evaluation import evaluate
    from w2v.kernels.llvm.compilation import install_kernels, kernel_folders
    from w2v.training import train

    listener, started = progress or NullProgress(), time.perf_counter()
    with temporary_folder("warm") as folder:
        text = folder / "text.txt"
        text.write_bytes(generate(1, SENTENCES).text)
        for model in models:
            own = {one.name for one in settings_of(model.settings)}
            given = {name: value for name, value in settings.items() if name in own or len(models) == 1}
            for variant in _variants(own, given):
                listener.phase(f"compiling the kernels of {model.name}")
                for reading in TEXTS if model is models[0] and not variant else TEXTS[:1]:
                    vectors = train(text, model.name, **{**given, **variant, **reading, "epochs": 1, "cache": False})
        listener.phase("compiling the kernels of evaluation")
        evaluate(vectors, SUITE)
    kept, _ = kernel_folders()
    if in_environment:
        try:
            place, number = install_kernels()
            listener.phase("compiling the bytecode of Python modules")
            _install_bytecode()
        except OSError as error:
            raise OutputError(
                f"the Python environment cannot be written to: {error}", hint="--user keeps the kernels for you alone"
            ) from error
    elif kept is None:
        raise OutputError("no cache folder can be written to", hint="set XDG_CACHE_HOME")
    else:
        place, number = kept, sum(1 for _ in kept.glob("*.kernel"))
    return Warmed(place, number, time.perf_counter() - started)


def _variants(own: set[str], given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the changes of settings whose kernels are wanted besides, as far as a model has them."""
    for variant in VARIANTS:
        if not variant or (variant.keys() <= own and not variant.keys() & given.keys()):
            yield variant


def _install_bytecode() -> None:
    """Write the bytecode of the modules of this environment that were imported, and of some whole packages."""
    base = environment_base()
    sources = {Path(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
    for name in WHOLE:
        found = find_spec(name)
        for folder in (found.submodule_search_locations or ()) if found is not None else ():
            sources |= set(Path(folder).rglob("*.py"))
    for source in sorted(sources):
        if source.suffix == ".py" and source.is_relative_to(base):
            with suppress(OSError, py_compile.PyCompileError):
                py_compile.compile(
                    str(source),
                    cfile=cache_from_source(str(source)),
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
                )
