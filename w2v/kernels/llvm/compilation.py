"""How kernels are compiled, and where the machine code is kept. Not here: any kernel.

Numba caches compiled code by the file of the function alone: a change in a function that it calls, in another file,
would leave stale code in use. Here the cache's folder carries a hash of every kernel's source, so code and cache never
disagree, and an installation that cannot be written to is no obstacle. Whoever sets NUMBA_CACHE_DIR chooses the place.
Without a home folder it is one in that for temporary files which only this user can write to.

Numba numbers the files of a function's specialisations by an index that it reads and writes without a lock: two
processes that compile different ones at once take the same number, and the index leads to the other's code, which
crashes. Here the names of the files are random, so that such a race costs no more than an entry of the index.

Numba knows a function that another one encloses by a number that is new in every process, and would compile the outer
one anew each time. Here it is known by its code and what it encloses itself.

A disk that is full or fails under the cache stops no work either: what is not there, or has no safe place, is compiled.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba

from w2v.files.caches import user_cache

__all__ = ["FASTMATH", "kernel"]

# LLVM may reorder sums and fuse multiply-add; NaN and infinity keep their meaning, so a NaN check still works.
FASTMATH = {"reassoc", "contract", "arcp", "nsz", "afn"}


def _cache_folder() -> str | None:
    """A folder that can be written to, made where it is missing; None where there is none."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(source.read_bytes())
    with suppress(OSError):  # no folder for temporary files
        for place in (numba.config.CACHE_DIR,) if numba.config.CACHE_DIR else _places():
            folder = os.path.join(place, digest.hexdigest()[:16])
            with suppress(OSError):
                os.makedirs(folder, exist_ok=True)
                if os.access(folder, os.W_OK | os.X_OK):
                    return folder
    return None


def _places() -> Iterator[str]:
    usual = user_cache("kernels")
    if usual is not None:
        yield str(usual)
    own = os.path.join(tempfile.gettempdir(), f"w2v-kernels-{os.getuid()}")
    with suppress(FileExistsError):
        os.mkdir(own, 0o700)
    found = os.lstat(own)
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022:
        yield own  # and nobody else's: loading compiled code runs it


_FOLDER = _cache_folder()


def _identity(function: Callable[..., Any]) -> str:
    """The same in every process for the same code with the same constants; kernels inside are told by their own."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    inside = [_identity(cell.py_func) if hasattr(cell, "py_func") else repr(cell) for cell in cells]
    return hashlib.sha256(repr((function.__code__.co_code, inside)).encode()).hexdigest()


def kernel(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """`numba.njit` that releases the GIL and caches its code on disk, in the folder of these sources."""
    if function is None:
        return lambda function: kernel(function, **options)
    if _FOLDER is None:
        return numba.njit(function, nogil=True, **options)
    elsewhere = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _FOLDER  # read when the decorator runs; other people's functions keep their own
    try:
        compiled = numba.njit(function, nogil=True, cache=True, **options)
        compiled._cache._cache_file._data_name_pattern = f"{function.__name__}-{secrets.token_hex(8)}.{{number:d}}.nbc"
        compiled._cache._guard_against_spurious_io_errors = lambda: suppress(OSError)
        compiled._cache._index_key = lambda signature, target: (signature, target.magic_tuple(), _identity(function))
        return compiled
    except RuntimeError:  # nowhere to write: compile anew each time
        return numba.njit(function, nogil=True, **options)
    finally:
        numba.config.CACHE_DIR = elsewhere
