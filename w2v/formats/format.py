"""What a file format must be able to do. `FileFormat` is for formats of one file, `FolderFormat` for those of a folder.

To add a format, write a module with a subclass of one of the two, and add its line to registry.py. The tests in
tests/formats/test_conformance.py run over every line of the registry. The best example is word2vec_text.py.
"""

from __future__ import annotations

import gzip
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import IntEnum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Generic, Literal, TypeVar, cast

from w2v.errors import SettingsError
from w2v.files.tensors import whole_text
from w2v.files.whole import replacing, replacing_folder, sync
from w2v.formats.contents import Contents
from w2v.formats.entry import FormatEntry
from w2v.formats.rows import RowChoice
from w2v.formats.source import Folder, Origin, Source, Start
from w2v.formats.unwritable import Unwritable, check, fitted
from w2v.ngrams import Ngrams
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = [
    "Claim",
    "FileFormat",
    "FolderFormat",
    "Format",
    "ReadOnlyFile",
    "ReadOnlyFolder",
    "has_white_space",
    "letters",
]

From = TypeVar("From", bound=Origin)
To = TypeVar("To")

COMPRESSION = 1  # a higher level takes four times as long and saves a tenth: the digits of vectors are noise


class Claim(IntEnum):
    """How sure a format is that a file is its own. The format with the highest claim reads the file.

    Where two formats claim a file equally, the name of the file decides, and then the order of the registry.
    """

    NO = 0
    PERHAPS = 1  # a part of it looks so, or only the name does
    LIKELY = 2  # its beginning looks so
    VERY_LIKELY = 3  # all that was looked at fits, but would fit another format too
    FITS = 4  # all that was looked at fits
    CERTAIN = 5  # it begins with a mark that no other format has


class Format(ABC, Generic[From, To]):
    """A file format: which files are in it, what it can hold, how it is read and written.

    is_folder: whether the format is a folder of files.
    counts: how often each word occurs is stored "inside", "beside" (in a file of its own, counts.py) or "nowhere".
    dtypes: how its numbers can be stored (numbers.py); the first is what `write` writes.
    holds_record, holds_contexts, holds_subwords: whether the run record, the context vectors and the rows of n-grams
    are stored.
    gzip_share: the size of a compressed file, divided by the size of its content; never too small.
    refusal: why words are refused, as a clause about the words.
    unchecked: what `w2v verify` cannot know about such a file, besides changed values where there is no checksum.
    gensim: the options with which gensim's `load_word2vec_format` reads such files; None where it cannot read them.
    """

    is_folder: ClassVar[bool] = False
    counts: ClassVar[Literal["inside", "beside", "nowhere"]] = "nowhere"
    dtypes: ClassVar[tuple[str, ...]] = ("float32",)
    holds_record: ClassVar[bool] = False
    holds_contexts: ClassVar[bool] = False
    holds_subwords: ClassVar[bool] = False
    gzip_share: ClassVar[float] = 1.0
    refusal: ClassVar[str] = ""
    unchecked: ClassVar[tuple[str, ...]] = ()
    gensim: ClassVar[Mapping[str, bool] | None] = None

    def __init__(self, entry: FormatEntry) -> None:
        self.entry = entry

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def title(self) -> str:
        return self.entry.title

    @abstractmethod
    def claims(self, start: Start) -> Claim:
        """Say how sure it is that a file or folder, of which `start` is the beginning, is in this format."""

    @abstractmethod
    def read(self, source: From, choice: RowChoice, progress: Progress) -> Contents:
        """Read the words and their vectors; with `choice.limit`, only the first rows.

        A format that reads row by row collects these in `Rows`, which knows what becomes of rows that cannot be used.
        Values that are not finite, words that occur twice and words that are not wanted are dealt with by the caller.
        `choice.check_all` is for formats that can read less than all. Raises `FormatError`.
        """

    @abstractmethod
    def write(self, vectors: Vectors, target: To) -> None:
        """Write vectors into an open file, or into a new and empty folder. The values have been found finite."""

    def write_as(self, vectors: Vectors, target: To, dtype: str) -> None:
        """Write vectors, whose values are rounded already, with another of `dtypes`; for formats that have several."""
        raise NotImplementedError

    def check_dtype(self, dtype: str) -> None:
        """Raise `SettingsError` where the format cannot store numbers so."""
        if dtype not in self.dtypes:
            raise SettingsError(
                f"{self.title} does not store numbers as {dtype}",
                hint=f"it stores {' or '.join(self.dtypes)}; a .safetensors file can hold float16 and int8",
            )

    @abstractmethod
    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        """Estimate the size of a file, uncompressed and without counts: at least its size, and less than twice that."""

    def holds_ngrams(self, ngrams: Ngrams) -> bool:
        """Return whether the rows of such n-grams can be stored."""
        return self.holds_subwords

    def bytes_for_ngrams(self, rows: int, buckets: int, dim: int) -> int:
        """Estimate what `rows` rows of n-grams in so many buckets take; nothing where they cannot be stored."""
        return 0

    @abstractmethod
    def open(self, path: Path) -> AbstractContextManager[From]:
        """Open a file or folder for reading."""

    @abstractmethod
    def replacing(self, path: Path, size: int) -> AbstractContextManager[To]:
        """Return a context whose target becomes `path` when the block ends without an exception, and never before."""

    @abstractmethod
    def put(self, vectors: Vectors, target: To, *, compressed: bool, dtype: str = "float32") -> None:
        """Write vectors, through gzip if `compressed`, with numbers of one of `dtypes`."""

    def _write(self, vectors: Vectors, target: To, dtype: str) -> None:
        if dtype == self.dtypes[0]:
            self.write(vectors, target)
        else:
            self.write_as(vectors, target, dtype)

    def companions(self, path: Path) -> Mapping[Path, Callable[[Vectors, BinaryIO], object]]:
        """Return the further files that a file at `path` cannot be read without, and what writes each; mostly none.

        A file must show whether they are those that were written with it: a killed run can leave new ones beside it.
        Not here: the counts, without which every file can be read (counts.py).
        """
        return {}

    def is_own(self, start: Start) -> bool:
        """Say whether w2v wrote a file, even if it cannot be read any more because another file is missing."""
        return False

    def sync(self, target: To) -> None:
        """Have all that was written on the disk; a folder is synced when it gets its name."""

    def refuses(self, word: str) -> bool:
        """Say whether a word that holds white space cannot be written. Other words can be written in every format."""
        return False

    def check_words(self, words: Sequence[str]) -> None:
        """Raise `OutputError` for words that would not come back as they are."""
        check(words, self.refuses, self.title, self.refusal)

    def fit(self, vectors: Vectors, unwritable: Unwritable, progress: Progress) -> Vectors:
        """Return vectors whose words can be written (unwritable.py); with "error" the same, whatever their words."""
        return fitted(vectors, self.refuses, self.title, unwritable, progress)

    def check_packages(self) -> None:
        """Raise `SettingsError` where a package that the format needs is not installed, without importing any."""
        for package in self.entry.packages:
            if find_spec(package) is None:
                raise self._missing(package)

    def package(self, name: str) -> Any:
        """Import a package of an extra. Raises `SettingsError` where it is not installed."""
        try:
            return import_module(name)
        except ModuleNotFoundError as error:
            raise self._missing(name) from error

    def _missing(self, package: str) -> SettingsError:
        return SettingsError(
            f"{self.title} needs the package {package.partition('.')[0]}, which is not installed",
            hint=f"pip install 'w2v[{self.entry.extra}]'",
        )


class FileFormat(Format[Source, BinaryIO]):
    """A format of one file."""

    def open(self, path: Path) -> Source:
        return Source(path)

    @contextmanager
    def replacing(self, path: Path, size: int) -> Iterator[BinaryIO]:
        with replacing(path, size) as file:
            yield file

    def put(self, vectors: Vectors, target: BinaryIO, *, compressed: bool, dtype: str = "float32") -> None:
        if not compressed:
            self._write(vectors, target, dtype)
            return
        with gzip.GzipFile(filename="", mode="wb", compresslevel=COMPRESSION, fileobj=target, mtime=0) as packed:
            self._write(vectors, cast(BinaryIO, packed), dtype)

    def sync(self, target: BinaryIO) -> None:
        sync(target)


class FolderFormat(Format[Folder, Path]):
    """A format of several files in a folder. Its counts are inside or nowhere, and it is not compressed as a whole."""

    is_folder = True

    def open(self, path: Path) -> Folder:
        return Folder(path)

    @contextmanager
    def replacing(self, path: Path, size: int) -> Iterator[Path]:
        with replacing_folder(path, size) as folder:
            yield folder

    def put(self, vectors: Vectors, target: Path, *, compressed: bool, dtype: str = "float32") -> None:
        self._write(vectors, target, dtype)


class _ReadOnly(Format[From, To]):
    """A format of other programs, of which w2v reads files and writes none (`READ_ONLY` of the registry)."""

    def write(self, vectors: Vectors, target: To) -> None:
        raise self.never_written()

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        raise self.never_written()

    def never_written(self) -> SettingsError:
        """Return the error for a request to write this format."""
        return SettingsError(f"{self.title} is read and not written", hint="choose another format")


class ReadOnlyFile(_ReadOnly[Source, BinaryIO], FileFormat):
    """A format of one file that w2v reads and does not write."""


class ReadOnlyFolder(_ReadOnly[Folder, Path], FolderFormat):
    """A format of a folder that w2v reads and does not write."""


def has_white_space(word: str) -> bool:
    """Say whether any character of a word is white space to Unicode or to Python's `str.split`."""
    return word.split() != [word]


def letters(words: Sequence[str]) -> int:
    """Count the bytes of all words in UTF-8."""
    return len(whole_text(words).encode(errors="replace"))
