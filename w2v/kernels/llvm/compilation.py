"""Compile kernels, and choose the folder in which compiled kernels are kept. How they are kept there: store.py.

Numba's own cache checks only the file in which a function stands. If a function that it calls changes in another file,
Numba would go on using old code. Therefore the name of our folder contains a hash of the sources of all kernels, so
old code is never used. The folder lies in the user's cache folder, so the installation need not be writable;
NUMBA_CACHE_DIR names another folder. Without a home folder, compiled kernels are kept in a folder of the system's
temporary directory that only this user can write to. Kernels that `w2v cache warm` has put into the Python environment
are read besides, so a copy of that environment compiles nothing.

Numba gives a function inside another function a new number in each process, and would therefore compile the outer
function in each process again. Here a function is identified by its code and by the values that it takes from the
function around it (`_identity`).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import numba

from w2v.files.caches import cache_base, environment_base, environment_folder, user_cache
from w2v.files.private import make_private, why_not_installed, why_unsafe
from w2v.kernels.llvm.store import KernelCache
from w2v.progress import Progress

__all__ = ["FASTMATH", "compiling", "install_kernels", "kernel", "kernel_folders"]

# LLVM may change the order of sums and fuse multiply-add. NaN and infinity keep their meaning: a NaN check still works.
FASTMATH = {"reassoc", "contract", "arcp", "nsz", "afn"}
ROOM = 4 << 20  # bytes that compiled kernels take, about


@cache
def _sources_hash() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> tuple[Path | None, str]:
    """Return (the folder for compiled kernels, ""), and make the folder; or (None, the reason why there is none)."""
    for folder, base in _places():
        place = folder / _sources_hash()
        with suppress(OSError):
            make_private(place, base)
            if os.access(place, os.W_OK | os.X_OK) and (_has_room(place) or any(place.glob("*.kernel"))):
                reason = why_unsafe(place, base)
                return (None, reason) if reason else (place, "")
    return None, "no cache folder can be written to"


def _has_room(folder: Path) -> bool:
    info = os.statvfs(folder)
    return info.f_bavail * info.f_frsize >= ROOM


def _places() -> Iterator[tuple[Path, Path]]:
    """Yield folders that may keep compiled kernels, the best first, each with its base, the user's or system's own."""
    if numba.config.CACHE_DIR:
        chosen = Path(os.path.realpath(numba.config.CACHE_DIR))
        yield chosen, chosen
        return
    usual, base = user_cache("kernels"), cache_base()
    if usual is not None and base is not None:
        yield usual, base
    with suppress(OSError):  # no folder for temporary files
        temporary = Path(tempfile.gettempdir())
        yield temporary / f"w2v-kernels-{os.getuid()}", temporary


def _installed_folder() -> tuple[Path | None, str]:
    """Return (the folder of the environment with kernels of these sources, ""); or (None, the reason not to use it)."""
    with suppress(OSError):
        place = environment_folder("kernels", _sources_hash())
        if place.is_dir():
            reason = why_not_installed(place, environment_base(), Path(__file__))
            return (None, reason) if reason else (place, "")
    return None, ""


_FOLDER, _REASON = _cache_folder()
_INSTALLED, _MISTRUST = _installed_folder()
_told: list[str] = []  # the reasons, once they have been told: a process compiles more than once


def kernel_folders() -> tuple[Path | None, Path | None]:
    """Return the folder in which compiled kernels are kept, and the one of the environment, if they can be used."""
    return _FOLDER, _INSTALLED


def install_kernels() -> tuple[Path, int]:
    """Copy the kept kernels of this version into the Python environment; return their folder, and how many they are.

    Kernels of other versions are removed there. Raises OSError where nothing can be written there.
    """
    target = environment_folder("kernels", _sources_hash())
    for each in reversed((target, *target.parents)):
        if each.is_relative_to(environment_folder()) and not each.is_dir():
            each.mkdir(mode=0o755, parents=True)
            each.chmod(0o755)  # whatever the umask: other users run the program, too
    for old in target.parent.iterdir():
        if old != target and re.fullmatch("[0-9a-f]{16}", old.name):
            shutil.rmtree(old)
    number = 0
    for path in sorted(_FOLDER.glob("*.kernel")) if _FOLDER is not None else ():
        beside = target / f"{path.name}.tmp"
        beside.write_bytes(path.read_bytes())
        beside.chmod(0o644)
        beside.replace(target / path.name)
        number += 1
    return target, number


@contextmanager
def compiling(progress: Progress) -> Iterator[None]:
    """Report to `progress` that kernels are compiled inside the `with` block; then warn if kept ones were unusable."""
    progress.phase("compiling kernels (first run only)")
    yield
    if KernelCache.missing or (_FOLDER is None and _INSTALLED is None):
        _tell_once(progress)
    if KernelCache.damaged:
        progress.message(f"{len(KernelCache.damaged)} damaged kernels in {_FOLDER} were compiled again", "warning")
        KernelCache.damaged.clear()
    if KernelCache.failures:
        progress.message(
            f"{len(KernelCache.failures)} compiled kernels could not be kept in {_FOLDER}: {KernelCache.failures[0]}",
            "warning",
        )
        KernelCache.failures.clear()


def _tell_once(progress: Progress) -> None:
    """Warn, once in a process, why kernels had to be compiled that will have to be compiled again."""
    if _REASON and _REASON not in _told:
        _told.append(_REASON)
        progress.message(
            f"compiled kernels cannot be kept, so every run compiles them again: {_REASON} "
            "(XDG_CACHE_HOME names another folder)",
            "warning",
        )
    if _MISTRUST and _MISTRUST not in _told:
        _told.append(_MISTRUST)
        progress.message(f"the compiled kernels of this environment are not used: {_MISTRUST}", "warning")


def _identity(function: Callable[..., Any]) -> str:
    """Return a hash of a function's code and constants, and of the values and kernels that it takes from around it.

    The hash is the same in every process.
    """
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    inside = [_identity(cell.py_func) if hasattr(cell, "py_func") else repr(cell) for cell in cells]
    code = function.__code__
    constants = [constant for constant in code.co_consts if not isinstance(constant, CodeType)]
    told = (
        function.__module__,
        function.__qualname__,
        code.co_firstlineno,
        code.co_code,
        code.co_names,
        constants,
        inside,
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _import_array_functions() -> None:
    """Import Numba's functions of arrays, which every kernel needs, without scipy.linalg.

    Numba only looks whether scipy's BLAS is there, for functions that no kernel calls; importing scipy.linalg for this
    takes 0.2 s, more than loading all kernels of a run. scipy is always installed with w2v, so the answer is yes. Numba
    imports it where a function that needs it is compiled.
    """
    from numba.np import linalg

    asks = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        from numba.np import arraymath
    finally:
        linalg.ensure_blas = asks
    arraymath.ensure_blas = asks


def kernel(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Decorate a kernel: compile it with `numba.njit`, without the GIL, and keep the compiled code on disk.

    options: those of `numba.njit`.
    """
    if function is None:
        return lambda function: kernel(function, **options)
    compiled = numba.njit(function, nogil=True, **options)
    if _FOLDER is not None or _INSTALLED is not None:
        chosen = sorted(
            (name, repr(sorted(value) if isinstance(value, set) else value)) for name, value in options.items()
        )
        identity = repr((_identity(function), chosen))
        compiled._cache = KernelCache(function.__name__, identity, _FOLDER, _INSTALLED)
    return compiled


_import_array_functions()
