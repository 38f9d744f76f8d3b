"""`Format`: what a file format is to the rest of the project. Not here: any format in particular."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from w2v.errors import OutputError
from w2v.formats.contents import Contents, some
from w2v.formats.source import Source
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Format", "has_white_space"]


def has_white_space(word: str) -> bool:
    """Whether any character of a word is white space to Unicode or to Python's `str.split`."""
    return word.split() != [word]


@dataclass(frozen=True)
class Format:
    """How a format is called, recognised by file name, read and written.

    name: what `--format` and `format=` take. title: the same for people. suffixes: file names that are written so.
    compressible: `.gz` may follow. counts_beside: counts stand in a file of their own. refuses: whether a word cannot
    be written; refusal says why. read: (source, limit, progress) → contents, not yet settled.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    compressible: bool
    counts_beside: bool
    read: Callable[[Source, int | None, Progress], Contents]
    write: Callable[[Vectors, BinaryIO], None]
    refuses: Callable[[str], bool]
    refusal: str

    def check_words(self, words: list[str]) -> None:
        """Raise `OutputError` for words that would not come back as they are."""
        try:
            "".join(words).encode()
        except UnicodeEncodeError as error:
            raise OutputError(
                f"a word holds a lone surrogate ({error.object[error.start]!r}), which UTF-8 cannot carry",
                hint="decode the text that the words came from with errors='replace'",
            ) from error
        if "\n".join(words).split() == words:
            return  # no white space anywhere: every format takes them
        refused = [word for word in words if self.refuses(word)]
        if refused:
            raise OutputError(
                f"{len(refused):,} of {len(words):,} words cannot be written as {self.title}: {self.refusal} "
                f"({some(refused)})",
                hint="write a .safetensors file, which holds any word",
            )
