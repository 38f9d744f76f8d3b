"""A numpy matrix, `vectors.npy`, and its words in a list beside it, `vectors.words.txt`: one word a line, a line a row.

The blanks behind the header hold a check of the list (`_mark`), which ties both files together: where a run was killed
between their renames, or the list was changed, reading fails. The list may have other names when it is read
(`_candidates`), and counts behind its words.

numpy's format could also carry Python objects, which only unpickling restores; such files are refused. A float32 matrix
that lies row by row is mapped and not copied; others (float16, float64, column by column) become float32. The counts
stand beside the file (counts.py).
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from w2v.arrays import F32, I64, Array
from w2v.errors import FormatError
from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FileFormat, letters
from w2v.formats.rows import RowChoice, Rows
from w2v.formats.source import Source, Start, text_of
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Npy", "as_float32", "matrix_in", "words_path"]

WORDS = ".words.txt"
MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 1 << 14
LONGEST_WORD = 1 << 16
MEAN_WORD = 1 << 10  # bytes of a word, on average, that no list of words exceeds
HEAD = 1 << 12
BLOCK = 1 << 20  # values that are converted at once
OTHER_NAMES = (".vocab", ".txt", ".words", ".vocab.txt")  # behind the name of the matrix without .npy
COMMON_NAMES = ("words.txt", "vocab.txt", "vocabulary.txt")  # in the same folder
BOM = b"\xef\xbb\xbf"

_ITEM = r"""\s*['"](\w+)['"]\s*:\s*(?:['"]([^'"]*)['"]|(True|False)|\(([\d\sL,]*)\))\s*(?:,|(?=\s*\}))"""
_HEADER = re.compile(rf"\{{(?:{_ITEM})+\s*\}}\s*\Z")
_FLOAT = re.compile(r"[<>=|]?f[248]")
_COUNTED = re.compile(rb"(.*\S)[ \t]+(\d{1,18})[ \t]*")

SAVE_AGAIN = "in Python: numpy.save(FILE, matrix.astype('float32'))"
CUT = "the file was cut short or its header is wrong: write it again"


class Npy(FileFormat):
    counts = "beside"
    refusal = "they hold a line end, or nothing at all"
    unchecked = ("the order of the words, where another program wrote the list",)

    def claims(self, start: Start) -> Claim:
        if start.head.startswith(MAGIC):
            return Claim.CERTAIN
        return Claim.PERHAPS if start.name.endswith(self.entry.suffixes) else Claim.NO

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        header = _header(source)
        rows = _rows(source, header)
        total = len(rows)
        found = _word_file(source, header, progress)
        listed = found.listed(total, source.path.name)
        wanted = min(total, choice.limit or total)
        return _contents(source, choice, rows[:wanted], replace(found, lines=listed[:wanted]))

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        shape = f"({len(vectors)}, {vectors.dim})"
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
        header += _mark(_as_list(vectors.words))
        header += b" " * (-(len(MAGIC) + 4 + len(header) + 1) % 64) + b"\n"
        target.write(MAGIC + b"\x01\x00" + len(header).to_bytes(2, "little") + header)
        step = max(1, BLOCK // vectors.dim)
        for begin in range(0, len(vectors), step):
            target.write(np.ascontiguousarray(vectors.stored[begin : begin + step], dtype="<f4").data)

    def companions(self, path: Path) -> Mapping[Path, Callable[[Vectors, BinaryIO], object]]:
        return {words_path(path): lambda vectors, target: target.write(_as_list(vectors.words))}

    def is_own(self, start: Start) -> bool:
        return start.head.startswith(MAGIC + b"\x01") and _mark_in(start.head[: 128 + len(MAGIC)]) is not None

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 128 + letters(words) + (1 + 4 * dim) * len(words)

    def refuses(self, word: str) -> bool:
        return not word or "\n" in word or "\r" in word


def matrix_in(source: Source) -> Array:
    """Map the matrix of an open file, [rows, dim], in whatever type it has. Raises FormatError for what is no matrix of
    floating-point numbers.
    """
    return _rows(source, _header(source))


def words_path(path: Path) -> Path:
    """Return the path of the list of words that is written beside a matrix."""
    return path.with_name(_stem(path) + WORDS)


def _stem(path: Path) -> str:
    return path.name[: -len(".npy")] if path.name.lower().endswith(".npy") else path.name


def _as_list(words: Sequence[str]) -> bytes:
    mark = "\ufeff" if words[0].startswith("\ufeff") else ""  # a reader takes the first one off
    return (mark + "\n".join(words) + "\n").encode()


def _mark(data: bytes) -> bytes:
    """Return the CRC-32 of a list of words as white space: the bits, a tab for each 1 and a blank for each 0.

    All programs skip white space behind the header, and no other program writes tabs there.
    """
    return f"{zlib.crc32(b'w2v' + data):032b}".translate({ord("0"): " ", ord("1"): "\t"}).encode()


def _mark_in(header: bytes) -> bytes | None:
    """Return the mark in a header; None where w2v did not write it."""
    found = header.rpartition(b"}")[2][:32]
    return found if len(found) == 32 and b"\t" in found and not found.strip(b" \t") else None


class _Header(NamedTuple):
    code: str
    by_columns: bool
    rows: int
    dim: int
    mark: bytes | None


def _header(source: Source) -> _Header:
    """Read the header. Raises FormatError for what is no matrix of floating-point numbers."""
    if source.compressed:
        raise source.fault("a numpy matrix is not read through gzip", "decompress the file first (gunzip)")
    begin = source.read(len(MAGIC) + 2)
    if not begin.startswith(MAGIC):
        raise source.fault("this is no numpy array (.npy)")
    width = {1: 2, 2: 4}.get(begin[len(MAGIC)] if len(begin) == len(MAGIC) + 2 else 0)
    if width is None:
        raise source.fault("its version of numpy's format has no plain matrices", SAVE_AGAIN)
    length = int.from_bytes(source.read(width), "little")
    if length > LONGEST_HEADER:
        raise source.fault(f"its header is said to have {length:,} bytes", CUT)
    header = source.read(length)
    text = header.decode("latin-1")
    facts = _facts(text)
    if not _FLOAT.fullmatch(str(facts.get("descr", ""))):
        raise _no_floats(source, text, facts)
    shape, by_columns = facts.get("shape"), facts.get("fortran_order")
    if not isinstance(shape, tuple) or not isinstance(by_columns, bool):
        raise source.fault(f"its header cannot be read: {text_of(text.encode()[:80])}", SAVE_AGAIN)
    if len(shape) != 2 or min(shape) < 1:
        raise source.fault(
            f"it has the shape {shape}, and not rows × dimensions", "a matrix with a row for each word is wanted"
        )
    return _Header(str(facts["descr"]), by_columns, *shape, _mark_in(header))


def _facts(text: str) -> dict[str, Any]:
    """Return what a header says; nothing where it is not spelt as programs that write arrays spell it."""
    text = " ".join(text.split())
    if not _HEADER.fullmatch(text):
        return {}
    found: dict[str, Any] = {}
    for name, code, flag, sizes in re.findall(_ITEM, text):
        numbers = re.findall(r"\d+", sizes)
        shape = tuple(int(number[:18]) for number in numbers)
        found[name] = code or (flag == "True" if flag else shape)
    return found


def _no_floats(source: Source, text: str, facts: Mapping[str, Any]) -> FormatError:
    descr = str(facts.get("descr", ""))
    if "O" in descr or "'|O'" in text or "'O'" in text:
        return source.fault(
            "it holds Python objects, which only unpickling restores; that could run any code, so it is never done",
            f"where the file is trusted, {SAVE_AGAIN}",
        )
    if not facts:
        return source.fault("it holds no plain matrix of numbers", SAVE_AGAIN)
    return source.fault(f"it holds numbers of the type {descr!r:.20}, not float16, float32 or float64", SAVE_AGAIN)


def _rows(source: Source, header: _Header) -> Array:
    """Map the matrix [rows, dim], in whatever type it has. Raises FormatError where the sizes do not fit."""
    dtype = np.dtype(header.code)
    needed, there = header.rows * header.dim * dtype.itemsize, source.size - source.taken
    if needed != there:
        raise source.fault(
            f"its header says {header.rows:,} rows of {header.dim:,} dimensions in {needed:,} bytes, "
            f"but {there:,} follow",
            CUT,
        )
    data = mmap.mmap(source.raw.fileno(), 0, access=mmap.ACCESS_READ)
    values: Array = np.ndarray(
        (header.rows, header.dim), dtype, data, source.taken, order="F" if header.by_columns else "C"
    )
    return values


@dataclass(frozen=True)
class _WordFile:
    """The list of words: its lines, without ends; and the counts behind the words, where there are any."""

    source: Source
    lines: list[bytes]
    counts: I64 | None = None

    def listed(self, total: int, matrix: str) -> list[bytes]:
        """Return the lines, one for each of `total` rows of the file `matrix`; empty lines at the end may follow."""
        lines = self.lines
        extra = lines[total:]
        if len(lines) < total or any(line.strip() for line in extra):
            words = "1 word" if len(lines) == 1 else f"{len(lines):,} words"
            raise self.source.fault(
                f"it lists {words}, and {matrix} has {total:,} row{'s' * (total != 1)}",
                "one word a line is wanted, in the order of the rows, without a line of names",
            )
        return lines[:total]


def _candidates(path: Path) -> tuple[Path, ...]:
    """Return where the words of a matrix are looked for; the first file is the one that w2v writes."""
    beside = (path.with_name(_stem(path) + ending) for ending in OTHER_NAMES)
    return (words_path(path), *beside, *(path.with_name(name) for name in COMMON_NAMES))


def _word_file(source: Source, header: _Header, progress: Progress) -> _WordFile:
    from w2v.text.vector_files import looks_like_vectors  # here: recognising other formats needs none of it

    own = words_path(source.path)
    for path in _candidates(source.path):
        if not path.is_file():
            continue
        with Source(path) as words:
            head = words.read(HEAD)
            if path != own and looks_like_vectors(head):
                continue
            if words.size > header.rows * MEAN_WORD + LONGEST_WORD:
                raise words.fault(
                    f"it is too long for a list of {header.rows:,} words", f"write these words into {own.name}"
                )
            data = head + words.read(words.size)
        lines = data.removeprefix(BOM).splitlines()
        if path == own:
            if header.mark not in (None, _mark(data)):
                raise words.fault(
                    f"this is not the list that was written with {source.path.name}",
                    f"write both again; if it is right, rename it to {_stem(source.path)}{OTHER_NAMES[0]}",
                )
            return _WordFile(words, lines)
        found = _with_counts(words, lines)
        counted = "" if found.counts is None else ", with their counts"
        progress.message(f"{source.path}: its words are taken from {path.name}{counted}")
        return found
    raise source.fault(
        "the list of its words is missing",
        f"write its words, one a line in the order of the rows, into {own.name} "
        f"({', '.join(_stem(source.path) + ending for ending in OTHER_NAMES[:2])} and words.txt are found too)",
    )


def _with_counts(source: Source, lines: list[bytes]) -> _WordFile:
    """A list of another program, which may have a count behind each word."""
    found = [_COUNTED.fullmatch(line) for line in lines if line.strip()]
    pairs = [match.groups() for match in found if match]
    if not pairs or len(pairs) < len(found):
        return _WordFile(source, lines)
    return _WordFile(source, [word for word, _ in pairs], np.array([int(count) for _, count in pairs], dtype=np.int64))


def _contents(source: Source, choice: RowChoice, rows: Array, found: _WordFile) -> Contents:
    """The words and rows; those whose word cannot be used are refused, left out or mended, as the caller wants."""
    try:
        words = b"\n".join(found.lines).decode().split("\n")
    except UnicodeDecodeError:
        words = []
    if not words or not all(words) or max(map(len, found.lines)) > LONGEST_WORD:
        return _one_by_one(source, choice, rows, found)
    counts = None if found.counts is None else found.counts[: len(words)]
    if choice.takes_all:
        return Contents(words, as_float32(rows), counts)
    kept = np.array([row for row, word in enumerate(words) if choice.takes(word)], dtype=np.intp)
    return Contents(
        [words[row] for row in kept.tolist()], as_float32(rows[kept]), None if counts is None else counts[kept]
    )


def _one_by_one(source: Source, choice: RowChoice, rows: Array, found: _WordFile) -> Contents:
    kept = Rows(source, choice, rows.shape[1])
    for number, (line, row) in enumerate(zip(found.lines, rows, strict=True), 1):
        values = as_float32(row[np.newaxis]).tobytes()
        fault = found.source.fault(f"line {number:,} is empty: the word of a row is missing")
        if len(line) > LONGEST_WORD:
            kept.refuse(found.source.fault(f"line {number:,} is longer than {LONGEST_WORD:,} bytes"))
            continue
        if line:
            try:
                kept.add(line.decode(), values)
                continue
            except UnicodeDecodeError:
                fault = found.source.fault(f"line {number:,} is not UTF-8: {text_of(line)}", "write the list in UTF-8")
        kept.refuse(fault, line, values)
    return Contents.of(kept)


def as_float32(rows: Array) -> F32:
    """Return rows [n, dim] as float32, row by row: themselves, or a copy made in blocks."""
    if rows.dtype == np.dtype("<f4") and rows.flags.c_contiguous and rows.flags.aligned:
        same: F32 = rows.view(np.float32)
        return same
    copied: F32 = np.empty(rows.shape, dtype=np.float32)
    step = max(1, BLOCK // rows.shape[1])
    with np.errstate(over="ignore"):  # what is too large becomes infinite, which is refused
        for begin in range(0, len(rows), step):
            copied[begin : begin + step] = rows[begin : begin + step]
    return copied
