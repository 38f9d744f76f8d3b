"""The files behind the names that a user gave, in a fixed order. Not here: what the files hold."""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, ClassVar

from w2v.errors import CorpusError
from w2v.files.meant import cure_of_missing, is_address

__all__ = ["STANDARD_INPUT", "STDIN", "Source", "each_once", "expand", "fingerprint"]

STDIN = "-"
STANDARD_INPUT = "standard input"
_STEP = 1 << 20
TEXTS = (".txt", ".csv", ".tsv", ".json", ".jsonl", ".html", ".pdf", ".gz", ".bz2", ".xz", ".zst")  # usual endings


@dataclass(frozen=True)
class Source:
    """One stream of bytes.

    name: as messages show it. path: None for standard input. size: in bytes; None where nobody knows it beforehand
    (standard input, a pipe): such a source can be read only once. is_text: whether it is certain to be UTF-8 text,
    neither compressed nor in another encoding (texts from Python, w2v/text/python_texts.py). met: whether it was found
    in a folder or by a pattern, instead of being named.
    """

    name: str
    path: Path | None
    size: int | None
    met: bool = False
    is_text: ClassVar[bool] = False

    def read(self, step: int) -> Iterator[bytes]:
        """Read the source, `step` bytes at a time. Raises CorpusError where it cannot be opened or read."""
        try:
            with self._open() as file:
                while chunk := file.read(step):
                    yield chunk
        except OSError as error:
            raise _unreadable(self.name, error) from error

    def _open(self) -> BinaryIO:
        if self.path is not None:
            return self.path.open("rb")
        if sys.stdin is None or sys.stdin.closed:
            raise CorpusError("standard input is closed", hint="pipe a text into the command, or name a file")
        return _Borrowed(sys.stdin.buffer)  # type: ignore[return-value]


class _Borrowed:
    """Standard input as a context manager that does not close it: the caller's program may need it."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read

    def __enter__(self) -> _Borrowed:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def expand(
    sources: Sequence[str | os.PathLike[str]], on_outside: Callable[[str], None] | None = None
) -> tuple[Source, ...]:
    """Return the files behind `sources`, in the order given, as often as they are named.

    on_outside: if given, links that lead out of a folder are left out, and each is told to this function; so are pipes,
    devices, broken links, and folders in a folder that cannot be read. Otherwise links are followed.

    A folder stands for all files below it in sorted order, without hidden ones; a name that is no file but holds *, ?
    or [ is a pattern (** goes into folders); `-` is standard input. Raises CorpusError for what does not exist or holds
    no file, and for a pipe or a device in a folder: these are read only where they are named themselves.
    """
    found: list[Source] = []
    for source in sources:
        found.extend(_expand_one(os.fspath(source), on_outside))
    if not found:
        raise CorpusError("no corpus is named", hint="name a text file, a folder or a pattern, or give a list of texts")
    if sum(source.path is None for source in found) > 1:
        raise CorpusError("standard input (-) is named more than once", hint="it can be read only once")
    return tuple(found)


def each_once(sources: Sequence[Source], tell: Callable[[str], None]) -> tuple[Source, ...]:
    """Return the sources without those that are a file before them under this or another name, and tell of these."""
    seen: dict[tuple[int, int], Source] = {}
    kept: list[Source] = []
    for source in sources:
        status = None if source.path is None or source.size is None else source.path.stat()
        same = None if status is None else seen.setdefault((status.st_dev, status.st_ino), source)
        if same is None or same is source:
            kept.append(source)
        elif same.name == source.name:
            tell(f"{source.name} is named more than once: it is read once")
        else:
            tell(f"{source.name} is the same file as {same.name}: it is read once")
    return tuple(kept)


def _expand_one(name: str, on_outside: Callable[[str], None] | None) -> Iterator[Source]:
    if name == STDIN:
        yield Source(STANDARD_INPUT, None, None)
        return
    path = Path(name)
    if not name:
        raise CorpusError("the name of a source is empty", hint="name a text file, a folder, a pattern, or -")
    if _exists(path):
        yield from _below(path, on_outside)
        return
    if is_address(name):
        raise CorpusError(
            f"{_shortened(name)}: texts are read from files, not from the web", hint=cure_of_missing(name, TEXTS)
        )
    if not glob.has_magic(name):
        spelling = cure_of_missing(name, TEXTS, "check the spelling of the path")
        hint = f"{path.parent} is no folder" if not path.parent.is_dir() else spelling
        if " " in name.strip():
            hint += "; in Python, texts are given in a list: ['the cat sat', …]"
        raise CorpusError(f"{_shortened(name)}: no such file or folder", hint=hint)
    matches = sorted(glob.glob(name, recursive=True))
    if not matches:
        raise CorpusError(f"{name}: no file matches this pattern", hint="check the path before the first * or ?")
    for match in matches:
        if "**" in name and os.path.isdir(match):  # ** gives the files of a folder as well as the folder
            continue
        if on_outside is None or _is_inside(match, _fixed_part(name), on_outside):
            yield from (replace(source, met=True) for source in _below(Path(match), on_outside))


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise _unreadable(str(path), error) from error
    return True


def _fixed_part(pattern: str) -> str:
    """The folder of a pattern before its first * or ?."""
    parts = Path(pattern).parts
    fixed = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    return os.path.join(*parts[:fixed]) if fixed else "."


def _is_inside(path: str | Path, folder: str | Path, on_outside: Callable[[str], None]) -> bool:
    """Whether a file or folder that was found in a folder lies there, wherever links lead; tell of others."""
    real, above = os.path.realpath(path), os.path.realpath(folder)
    inside = real == above or real.startswith(os.path.join(above, ""))
    if not inside:
        on_outside(f"{path} is a link out of {folder}: it is left out")
    return inside


def _below(path: Path, on_outside: Callable[[str], None] | None) -> Iterator[Source]:
    if not path.is_dir():
        yield _file(path)
        return
    files = sorted(_walk(path, frozenset(), path, on_outside), key=lambda file: file.parts)
    if not files:
        raise CorpusError(f"{path}: no files in this folder", hint="hidden files (.name) are left out")
    for found in files:
        try:
            file = _file(found)
        except CorpusError as error:
            if on_outside is None:
                raise
            on_outside(f"left out: {error}")
            continue
        if file.size is None and on_outside is not None:
            on_outside(f"{file.name} is a pipe or a device: it is left out")
            continue
        if file.size is None:
            raise CorpusError(
                f"{file.name} is a pipe or a device", hint="remove it from the folder, or name it by itself"
            )
        yield replace(file, met=True)


def _walk(folder: Path, above: frozenset[str], root: Path, on_outside: Callable[[str], None] | None) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in above:  # a link to a folder that holds it
        return
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        if on_outside is None or not above:
            raise _unreadable(str(folder), error) from error
        on_outside(f"left out: {_unreadable(str(folder), error)}")
        return
    for entry in entries:
        if on_outside is not None and entry.is_symlink() and not _is_inside(entry, root, on_outside):
            continue
        if entry.is_dir():
            yield from _walk(entry, above | {real}, root, on_outside)
        else:
            yield entry


def _file(path: Path) -> Source:
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(str(path), error) from error
    return Source(str(path), path, status.st_size if stat.S_ISREG(status.st_mode) else None)


def _unreadable(name: str, error: Exception) -> CorpusError:
    reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
    cures: dict[type[Exception], str] = {
        PermissionError: "ask for the right to read it, or leave it out",
        IsADirectoryError: "name the files in it",
        FileNotFoundError: "it is a broken link, or has just been removed: leave it out",
    }
    cure = cures.get(type(error), "check the path and the disk")
    if isinstance(error, OSError) and error.errno == errno.EMFILE:
        cure = "allow more open files: ulimit -n 256"
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        cure = "name a file: text itself is read from standard input, which is -"
    return CorpusError(f"{_shortened(name)}: cannot be read: {reason}", hint=cure)


def _shortened(name: str) -> str:
    """Keeps an error readable where a text was given instead of a name."""
    return name if len(name) <= 1000 else f"{name[:60]}…"


def fingerprint(sources: Sequence[Source], on_read: Callable[[int], None] = lambda _: None) -> str:
    """Return the SHA-256 of all bytes of all sources in order, in hex: for one file, what `sha256sum` prints.

    on_read: called with the number of bytes that have been read.
    """
    digest, done = hashlib.sha256(), 0
    for source in sources:
        for chunk in source.read(_STEP):
            digest.update(chunk)
            done += len(chunk)
            on_read(done)
    return digest.hexdigest()
