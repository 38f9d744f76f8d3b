"""How kernels are compiled, and which folder keeps the machine code. How it is kept there: store.py.

Numba caches compiled code by the file of the function alone: a change in a function that it calls, in another file,
would leave stale code in use. Here the folder's name is a hash of every kernel's source, so code and cache never
disagree, and an installation that cannot be written to is no obstacle. Whoever sets NUMBA_CACHE_DIR chooses the place.
Without a home folder it is one in the folder for temporary files which only this user can write to.

Numba knows a function that another one encloses by a number that is new in every process, and would compile the outer
one anew each time. Here a function is known by its code and by what it encloses itself.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType
from typing import Any

import numba

from w2v.files.caches import user_cache
from w2v.kernels.llvm.store import KernelCache, make_private, why_unsafe
from w2v.progress import Progress

__all__ = ["FASTMATH", "compiling", "kernel"]

# LLVM may reorder sums and fuse multiply-add; NaN and infinity keep their meaning, so a NaN check still works.
FASTMATH = {"reassoc", "contract", "arcp", "nsz", "afn"}


def _cache_folder() -> tuple[Path | None, str]:
    """Return a folder that can be written to, made where it is missing, and why none is used ("" where one is)."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(source.read_bytes())
    for folder, base in _places():
        place = folder / digest.hexdigest()[:16]
        with suppress(OSError):
            make_private(place, base)
            if os.access(place, os.W_OK | os.X_OK):
                reason = why_unsafe(place, base)
                return (None, reason) if reason else (place, "")
    return None, "no cache folder can be written to"


def _places() -> Iterator[tuple[Path, Path]]:
    """The folders that may keep compiled code, the best first, each with the base that its user has chosen."""
    if numba.config.CACHE_DIR:
        chosen = Path(os.path.realpath(numba.config.CACHE_DIR))
        yield chosen, chosen
        return
    usual = user_cache("kernels")
    if usual is not None:
        yield usual, usual.parent.parent
    with suppress(OSError):  # no folder for temporary files
        temporary = Path(tempfile.gettempdir())
        yield temporary / f"w2v-kernels-{os.getuid()}", temporary


_FOLDER, _REASON = _cache_folder()


@contextmanager
def compiling(progress: Progress) -> Iterator[None]:
    """Tell `progress` that kernels are compiled inside the block, and afterwards what was wrong with those kept."""
    progress.phase("compiling kernels (first run only)")
    yield
    if _REASON:
        progress.message(
            f"compiled kernels are not kept, so each run compiles anew: {_REASON} (XDG_CACHE_HOME names another place)",
            "warning",
        )
    if KernelCache.damaged:
        progress.message(f"{len(KernelCache.damaged)} damaged kernels in {_FOLDER} were compiled again", "warning")
        KernelCache.damaged.clear()


def _identity(function: Callable[..., Any]) -> str:
    """The same in every process for the same code with the same constants; kernels inside are told by their own."""
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


def kernel(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Compile with `numba.njit`, releasing the GIL, and keep the code on disk in the folder of these sources."""
    if function is None:
        return lambda function: kernel(function, **options)
    compiled = numba.njit(function, nogil=True, **options)
    if _FOLDER is not None:
        chosen = sorted(
            (name, repr(sorted(value) if isinstance(value, set) else value)) for name, value in options.items()
        )
        identity = repr((_identity(function), chosen))
        compiled._cache = KernelCache(function.__name__, identity, _FOLDER)
    return compiled
