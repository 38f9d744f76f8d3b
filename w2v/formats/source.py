"""Opening vector files: plain or gzip, with a bound on their length known before anything is allocated.

Not here: what the bytes mean. Every fault of the file system or of the compression becomes a `FormatError` that names
the file.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from w2v.errors import FormatError

__all__ = ["Source", "text_of"]

GZIP_MAGIC = b"\x1f\x8b\x08"
HIGHEST_RATIO = 100  # vectors compress 2:1 to 10:1, files made to fill a memory up to 1032:1
RATIO_COUNTS_FROM = 1 << 20  # decompressed bytes; below that a high ratio harms nobody
COMPRESSED_STEP = 4096  # compressed bytes handed to zlib at a time, so that the ratio is known early
REGENERATE = "fetch or write the file again"


class _Metered:
    """The compressed file as GzipFile reads it, in small steps."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def read(self, size: int = -1) -> bytes:
        return self.file.read(COMPRESSED_STEP if size < 0 else min(size, COMPRESSED_STEP))

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)


class Source:
    """A vector file open for reading once from its start; a context manager.

    path: the file. size: its bytes on disk. compressed: whether it is gzip. longest: a length that its content cannot
    exceed, in bytes. taken: bytes of content read so far.
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()
        self.raw.close()

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        return self._counted(lambda: self.stream.read(size))

    def read_line(self, longest: int) -> bytes:
        """The next line with its end, or its first `longest` bytes."""
        return self._counted(lambda: self.stream.readline(longest))

    @property
    def done(self) -> int:
        """Bytes of the file on disk read so far."""
        return self.raw.tell()

    def fault(self, what: str, hint: str = REGENERATE) -> FormatError:
        """The error to raise for what is wrong with this file."""
        return FormatError(f"{self.path}: {what}", hint=hint)

    def _unreadable(self, error: Exception) -> FormatError:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        return FormatError(f"cannot read {self.path}: {reason}", hint="check the path and your permissions")

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


def text_of(data: bytes, longest: int = 40) -> str:
    """Bytes of a file as an error message shows them: one short line."""
    shown = data[:longest].decode("utf-8", "replace")
    return repr(shown) + ("…" if len(data) > longest else "")
