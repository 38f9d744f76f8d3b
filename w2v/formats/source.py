"""Opening vector files and folders. A file may be plain or gzip; a bound on its length is known before any allocation.

Every failure of the file system or of the compression becomes a `FormatError` that names the file. What the bytes mean
is up to each format.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from w2v.errors import FormatError

__all__ = ["HEAD", "Folder", "Origin", "Source", "Start", "look_at", "text_of"]

GZIP_MAGIC = b"\x1f\x8b\x08"
HIGHEST_RATIO = 100  # vectors compress 2:1 to 10:1, files made to fill a memory up to 1032:1
RATIO_COUNTS_FROM = 1 << 20  # decompressed bytes; below that a high ratio harms nobody
COMPRESSED_STEP = 4096  # compressed bytes handed to zlib at a time, so that the ratio is known early
REGENERATE = "fetch or write the file again"
HEAD = 1 << 20  # bytes of a file that are looked at to find its format
MOST_FILES = 10_000  # of a folder of vectors; more means that it is some other folder


class Origin:
    """What vectors are read from: a file or a folder at `path` that takes `size` bytes. A context manager."""

    path: Path
    size: int
    compressed: bool = False

    def close(self) -> None:
        """Let go of the file."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fault(self, what: str, hint: str = REGENERATE) -> FormatError:
        """Return the error to raise for what is wrong with this file."""
        return FormatError(f"{self.path}: {what}", hint=hint)

    def sha256(self) -> str:
        """Return the SHA-256 of the file as it lies on the disk, in hex."""
        return _file_sha256(self.path)

    def _unreadable(self, error: Exception) -> FormatError:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        return FormatError(f"cannot read {self.path}: {reason}", hint="check the path and your permissions")


class _Metered:
    """The compressed file as GzipFile reads it, in small steps."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def read(self, size: int = -1) -> bytes:
        return self.file.read(COMPRESSED_STEP if size < 0 else min(size, COMPRESSED_STEP))

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)


class Source(Origin):
    """A vector file open for reading once from its start.

    size: bytes on the disk. compressed: whether it is gzip. longest: a length in bytes that its content cannot exceed.
    taken: bytes of content read so far. raw: the open file, whose content is compressed if `compressed`.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            if self.path.is_dir():
                raise FormatError(f"{self.path} is a folder, not a vector file", hint="name a file in it")
            if not self.path.is_file() and self.path.exists():
                raise FormatError(
                    f"{self.path} is not a regular file",
                    hint="vector files are read from disk: write it to a file first",
                )
            self.raw: BinaryIO = self.path.open("rb")
            self.size = os.fstat(self.raw.fileno()).st_size
            self.compressed = self.raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
            self.raw.seek(0)
        except FileNotFoundError as error:
            raise FormatError(f"there is no file {self.path}", hint="check the path") from error
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from error
        self.longest = self.size * HIGHEST_RATIO + RATIO_COUNTS_FROM if self.compressed else self.size
        self.stream: BinaryIO = self.raw
        if self.compressed:
            self.stream = cast(BinaryIO, gzip.GzipFile(fileobj=cast(BinaryIO, _Metered(self.raw)), mode="rb"))
        self.taken = 0

    def __enter__(self) -> Source:
        return self

    def close(self) -> None:
        self.stream.close()
        self.raw.close()

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end."""
        return self._counted(lambda: self.stream.read(size))

    def read_line(self, longest: int) -> bytes:
        """Return the next line with its end, or its first `longest` bytes."""
        return self._counted(lambda: self.stream.readline(longest))

    @property
    def done(self) -> int:
        """Bytes of the file on disk read so far."""
        return self.raw.tell()

    def _counted(self, take: Callable[[], bytes]) -> bytes:
        try:
            data = take()
        except EOFError as error:
            raise self.fault(f"the gzip data end too early, after {self.taken:,} bytes of content") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise self.fault(f"damaged gzip data after {self.taken:,} bytes of content ({error})") from error
        except OSError as error:
            raise self._unreadable(error) from error
        self.taken += len(data)
        if self.compressed and self.taken > max(RATIO_COUNTS_FROM, HIGHEST_RATIO * self.done):
            raise self.fault(
                f"it decompresses to more than {HIGHEST_RATIO:,} times its size, which vectors do not",
                "if you trust the file, decompress it first (gunzip)",
            )
        return data


class Folder(Origin):
    """A folder of vectors. `names` are the paths of its files, relative to it, in order; links are left out."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        found: dict[str, int] = {}
        try:
            for above, _, files in os.walk(self.path, onerror=_raise):
                for name in files:
                    file = Path(above, name)
                    if file.is_file() and not file.is_symlink():
                        found[file.relative_to(self.path).as_posix()] = file.stat().st_size
                if len(found) > MOST_FILES:
                    raise FormatError(f"{self.path} has more than {MOST_FILES:,} files", hint="name a file in it")
        except OSError as error:
            raise self._unreadable(error) from error
        self.names = tuple(sorted(found))
        self.size = sum(found.values())

    def __enter__(self) -> Folder:
        return self

    def file(self, name: str) -> Source:
        """Open one of its files. Raises `FormatError` where there is no file with this name."""
        if name not in self.names:
            raise self.fault(f"there is no {name} in it")
        return Source(self.path / name)

    def sha256(self) -> str:
        """Return the SHA-256 of what `sha256sum` prints for all files in the order of their names, in hex."""
        lines = [f"{_file_sha256(self.path / name)}  {name}\n" for name in self.names]
        return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()


def _raise(error: OSError) -> None:
    raise error


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Start:
    """The beginning of a file or folder, by which formats find out whether it is theirs.

    head: the first bytes of the content of a file, at most `HEAD`; empty for a folder. whole: nothing follows them.
    files: the names of the files in a folder; empty for a file.
    """

    path: Path
    head: bytes = b""
    whole: bool = True
    compressed: bool = False
    is_folder: bool = False
    files: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name in lower case, without .gz."""
        return self.path.name.lower().removesuffix(".gz")

    @property
    def first_line(self) -> bytes:
        return self.head.partition(b"\n")[0]

    @property
    def rest(self) -> bytes:
        """The head without its first line."""
        return self.head.partition(b"\n")[2]

    def fault(self, what: str, hint: str) -> FormatError:
        """Return the error to raise for what this file is."""
        return FormatError(f"{self.path}: {what}", hint=hint)


def look_at(path: str | os.PathLike[str]) -> Start:
    """Read the beginning of a file, or the names of the files in a folder. Raises `FormatError`."""
    target = Path(path)
    try:
        is_folder = target.is_dir()
    except (OSError, ValueError):
        is_folder = False  # opening it says what is wrong
    if is_folder:
        with Folder(target) as folder:
            return Start(target, is_folder=True, files=folder.names)
    with Source(target) as source:
        head = source.read(HEAD)
        return Start(target, head, len(head) < HEAD, source.compressed)


def text_of(data: bytes, longest: int = 40) -> str:
    """Return bytes of a file as an error message shows them: one short line."""
    shown = data[:longest].decode("utf-8", "replace")
    return repr(shown) + ("…" if len(data) > longest else "")
