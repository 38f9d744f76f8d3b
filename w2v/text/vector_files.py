"""Files of vectors, and of counts of words, among those that were given as text: refused, or left out where only met.

A user who trains on `*.txt` twice has the vectors of the first run in the folder. A file that is named is refused; one
that was found by a pattern or in a folder is left out, with a line. Other kinds of files that are no text: checking.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice, pairwise

from w2v.errors import CorpusError
from w2v.text.compression import decompress, detect
from w2v.text.reading import AUTO, UTF8, Reading
from w2v.text.sources import Source

__all__ = ["looks_like_counts", "looks_like_vectors", "these_are_vectors", "without_vectors"]

FIRST_LOOK = 4096  # bytes of a file; more of them only where these may be the first numbers of a vector
HEAD = 1 << 16
ROWS = 3  # lines that must look like vectors, where there is no header
NUMBERS = 4  # in each of them
COUNTS = ".vocab.txt"  # how the counts beside vectors are named
WORDS = ".words.txt"  # how the words of a numpy matrix are named
INDEX = b'"format":"w2v.index/'  # what an index of documents says of itself
NUMPY = b"\x93NUMPY"
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_MAY_BE_A_VECTOR = re.compile(rb"(\d+ \d+\r?\n)?\S+(?:[ \t]-?\d+(?:\.\d+)?(?:e[+-]?\d+)?){4}", re.IGNORECASE)
_HEADER = re.compile(rb"\d+ \d+\n\S+ ")


def without_vectors(sources: Sequence[Source], reading: Reading, tell: Callable[[str], None]) -> tuple[Source, ...]:
    """Return the sources without files of vectors and counts that were met in a folder or by a pattern; tell of these.

    Nothing is looked at where a column, an encoding or a kind of file, even "plain", is asked for. Raises CorpusError
    for a file of vectors that was named, and where nothing is left.
    """
    if reading.input_format not in (None, AUTO) or reading.column is not None or reading.encoding != UTF8:
        return tuple(sources)
    kept: list[Source] = []
    for source in sources:
        head = b"" if source.size is None else _head(source)
        vectors = looks_like_vectors(head)
        if vectors and not source.met:
            raise these_are_vectors(source.name, head)
        what = ("an index" if INDEX in head else "vectors") if vectors else _belongs_to_vectors(source, head)
        if source.met and what:
            tell(f"{source.name} holds {what}, not text: it is left out")
        else:
            kept.append(source)
    if sources and not kept:
        raise CorpusError(
            f"{sources[0].name} and all other files that were found hold vectors or counts, not text",
            hint="name the text that they are made of",
        )
    return tuple(kept)


def these_are_vectors(name: str, head: bytes = b"") -> CorpusError:
    """Return the error to raise for a file of vectors, or of vectors of texts, that was named as text."""
    if INDEX in head:
        return CorpusError(
            f"{name}: this is an index, not text", hint="name the documents that it is made of; 'w2v search' asks it"
        )
    return CorpusError(
        f"{name}: these are vectors, not text",
        hint="name the text that they are made of; --input-format plain reads the file all the same",
    )


def looks_like_vectors(head: bytes) -> bool:
    """Return whether the first bytes of a file, decompressed, are those of vectors: text, binary, .npy, safetensors."""
    if head.startswith(NUMPY):
        return True
    length = int.from_bytes(head[:8], "little")
    if head[8:9] == b"{" and length < 1 << 32 and b"\0" in head[:8]:
        return True
    if _HEADER.match(head) and b"\0" in head:
        return True
    lines = head.decode(errors="ignore").lstrip("\ufeff").split("\n")
    rows = [line.split() for line in islice(lines[:-1] or lines, ROWS + 1)]
    least = ROWS
    if rows and len(rows[0]) == 2 and all(map(str.isdecimal, rows[0])):
        rows, least = rows[1:], 1
    rows = rows[:ROWS]
    return (
        len(rows) >= least
        and len({len(row) for row in rows}) == 1
        and len(rows[0]) > NUMBERS
        and all(_NUMBER.fullmatch(number) for row in rows for number in row[1:])
        and any("." in number for row in rows for number in row[1:])
    )


def looks_like_counts(head: bytes) -> bool:
    """Return whether the first lines of a file are a word and its count each, the largest count first."""
    lines = head.decode(errors="ignore").split("\n")
    rows = [line.rstrip("\r").rpartition(" ") for line in lines[:-1] or lines]
    if not all(word and count.isdecimal() for word, _, count in rows):
        return False
    return all(int(before[2]) >= int(after[2]) for before, after in pairwise(rows))


def _belongs_to_vectors(source: Source, head: bytes) -> str:
    """Say what a file beside vectors holds, by its name and more; "" for any other file."""
    if source.name.endswith(COUNTS) and looks_like_counts(head):
        return "counts of words"
    if source.path is not None and source.name.endswith(WORDS):
        matrix = source.path.with_name(source.path.name.removesuffix(WORDS) + ".npy")
        return f"the words of {matrix.name}" if matrix.is_file() else ""
    return ""


def _head(source: Source) -> bytes:
    """The first bytes of a file, decompressed: more than a few only where they may be of vectors."""
    chunks = source.read(FIRST_LOOK)
    first = next(chunks, b"")
    form = detect(first, source.name)
    if form is None:
        if _MAY_BE_A_VECTOR.match(first) is None:
            return first
        return first + b"".join(islice(chunks, HEAD // FIRST_LOOK - 1))
    try:
        return next(decompress(source.read(HEAD), form, source.name), b"")[:HEAD]
    except CorpusError:  # whoever reads it says what is wrong with it
        return b""
