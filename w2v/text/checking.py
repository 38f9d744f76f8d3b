"""Holds one text to UTF-8, and says what a file is that holds none. Not here: opening files (w2v/text/opening.py)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from w2v.errors import CorpusError
from w2v.text.compression import Compression, detect

__all__ = ["HEAD", "LONGEST_WORD", "PADDING", "REPLACE", "SPACES", "Checker", "Tally"]

PADDING = b" " * 64  # behind every piece of text, because the kernels look 64 bytes ahead
SPACES = (b"\n", b" ", b"\t", b"\r", b"\x0b", b"\x0c")
LONGEST_WORD = 1 << 24
HEAD = 4096  # bytes of a text that tell what it is
REPLACE = "--encoding-errors replace puts U+FFFD in place of bad bytes, and counts them"

_CORRECT = "correct or remove the bad bytes; w2v reads lists of words as UTF-8"
_BOM = b"\xef\xbb\xbf"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_FEW = 4  # bad bytes that do not yet make another encoding
_PRINTABLE = re.compile(rb"[\t-\r\x20-\x7e]*")
_IN_A_WORD = re.compile(f"(?<=[A-Za-z]){_REPLACEMENT}|{_REPLACEMENT}(?=[A-Za-z])")

# What a file is, when it is not text: asked only once something in it is no UTF-8.
_BINARY = (
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (or .docx, .epub, .npz)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x93NUMPY", "a numpy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    *((b"\x80" + bytes([protocol]), "a Python pickle") for protocol in range(2, 6)),
)


@dataclass
class Tally:
    """What has been read so far, over all files.

    texts: texts that were read one by one, which plain text is not in training; without_text: records whose column is
    missing or empty. replaced_places, replaced_bytes: how often invalid bytes became U+FFFD, and how many they were.
    kinds: the names of the kinds of the files, in the order in which they were met.
    """

    texts: int = 0
    without_text: int = 0
    replaced_places: int = 0
    replaced_bytes: int = 0
    kinds: dict[str, None] = field(default_factory=dict)


class Checker:
    """Holds one text to UTF-8: a byte order mark is taken off, what is invalid is refused or replaced.

    name: of the file. path: how a shell names it; None for standard input. form: the compression of the file.
    encoding: what the text was decoded from; "" where its bytes are those of the file. has_option: whether an option
    could say its encoding, or have bad bytes replaced; a list of words has none. among_others: whether the
    file was found in a folder, and the others there may have another encoding.
    """

    def __init__(
        self,
        name: str,
        path: str | None,
        form: Compression | None,
        tally: Tally,
        *,
        replace: bool,
        encoding: str = "",
        has_option: bool = True,
        among_others: bool = False,
    ) -> None:
        self.name, self.path, self.form, self.tally, self.replace = name, path, form, tally, replace
        self.encoding, self.has_option, self.among_others = encoding, has_option, among_others
        self._done = 0  # bytes of this text before the piece
        self._head = b""
        self._ascii_so_far = True

    def check(self, piece: bytes) -> bytes:
        """Return `piece`, which ends with PADDING, as valid UTF-8 without NUL bytes."""
        if len(self._head) < HEAD:
            self._head += piece[: min(HEAD - len(self._head), len(piece) - len(PADDING))]
        offset, self._done = self._done, self._done + len(piece) - len(PADDING)
        if offset == 0 and piece.startswith(_BOM):
            piece, offset = piece[len(_BOM) :], len(_BOM)
        nul = piece.find(b"\0")
        if nul < 0 and piece.isascii():
            return piece
        invalid = None
        try:
            piece.decode()
        except UnicodeDecodeError as error:
            invalid = error.start
        if nul < 0 and invalid is None:
            self._ascii_so_far = False
            return piece
        self._refuse_what_is_not_text()
        if self.replace:
            return self._replaced(piece)
        if invalid is None or 0 <= nul < invalid:
            raise CorpusError(
                f"{self.name}: {self._place(offset + nul)} is NUL, which no text holds",
                hint="make sure that it is a text file"
                + "; --encoding-errors replace reads it all the same" * self.has_option,
            )
        raise CorpusError(
            f"{self.name}: {self._place(offset + invalid)} (0x{piece[invalid]:02x}) is not UTF-8",
            hint=self._cure(piece, invalid),
        )

    def endless(self, piece: bytes, marks: Sequence[bytes]) -> CorpusError:
        """Return the error to raise for text that cannot be cut, unless it turns out to be no text at all."""
        begin = self._done
        whole = piece[:HEAD].decode(errors="ignore").encode()
        self.check((whole if piece.startswith(whole) else piece) + PADDING)
        return CorpusError(
            f"{self.name}: no white space for {LONGEST_WORD:,} bytes from {self._place(begin)} on",
            hint="break it into lines"
            if marks != SPACES
            else "--tokenizer words reads Chinese and Japanese, which has no spaces; break other text into lines",
        )

    def _place(self, offset: int) -> str:
        if self.encoding:
            return f"byte {offset:,} of the text (as UTF-8)"
        return f"byte {offset:,}" + (" of the decompressed text" if self.form else "")

    def _replaced(self, piece: bytes) -> bytes:
        """U+FFFD for each NUL and for each run of bytes that Python's decoder finds invalid."""
        known = piece.count(_REPLACEMENT.encode())
        text = piece.decode(errors="replace").replace("\0", _REPLACEMENT)
        places = text.count(_REPLACEMENT) - known
        encoded = text.encode()
        self.tally.replaced_places += places
        self.tally.replaced_bytes += len(piece) - (len(encoded) - places * len(_REPLACEMENT.encode()))
        return encoded

    def _refuse_what_is_not_text(self) -> None:
        kind = _other_unicode(self._head)
        if kind:
            raise CorpusError(f"{self.name}: this is {kind}, not UTF-8", hint=self._read_as(kind.lower(), kind))
        for magic, what in _BINARY:
            if self._head.startswith(magic):
                cure = "extract the text first, or leave it out"
                if magic == b"%PDF-":
                    cure = f"--input-format pdf reads its text; or {cure}"
                raise CorpusError(f"{self.name}: this is {what}, not text", hint=cure)
        if _are_vectors(self._head):
            raise CorpusError(f"{self.name}: these are vectors, not text", hint="name the text that they are made of")
        if self._head[257:262] == b"ustar":
            raise CorpusError(f"{self.name}: this is a tar archive, not text", hint="unpack it, and name the folder")
        again = detect(self._head, "")
        if again:
            raise CorpusError(
                f"{self.name}: this is {again.name} data inside {self.form.name if self.form else 'a file'}",
                hint="unpack it once",
            )

    def _cure(self, piece: bytes, invalid: int) -> str:
        """What to do about bytes that are no UTF-8: is it another encoding, or are they a few bad bytes?"""
        text = piece[invalid : invalid + (1 << 16)].decode(errors="replace")
        bad = text.count(_REPLACEMENT)
        good = sum(not character.isascii() for character in text) - bad
        if bad <= good or not self._ascii_so_far or not piece[:invalid].isascii():
            return REPLACE if self.has_option else _CORRECT
        if 2 * len(_IN_A_WORD.findall(text)) >= bad:
            return f"it seems to be Latin-1 or Windows-1252: {self._read_as('cp1252', 'WINDOWS-1252')}"
        if bad <= _FEW:
            return REPLACE if self.has_option else _CORRECT
        return f"it seems to be in another encoding (GB18030, Shift-JIS, …): {self._read_as('NAME', 'ENCODING')}"

    def _read_as(self, python: str, iconv: str) -> str:
        """The option that reads an encoding, and, for a file, the command that converts it."""
        option = f"--encoding {python} reads it"
        if self.path is None:
            return option
        path = shlex.quote(self.path)
        if self.among_others:
            option = f"{option}, where all files have this encoding"
        option = f"{option}; or " if self.has_option else ""
        if self.form:
            return f"{option}convert it: {self.form.command} {path} | iconv -f {iconv} -t UTF-8 > text.txt"
        return f"{option}convert it: iconv -f {iconv} -t UTF-8 {path} > {'text' if self.has_option else 'list'}.txt"


def _are_vectors(head: bytes) -> bool:
    """Whether it is a file of safetensors, or one in word2vec's binary format."""
    length = int.from_bytes(head[:8], "little")
    return (head[8:9] == b"{" and length < 1 << 32) or re.match(rb"\d+ \d+\n\S+ ", head) is not None


def _other_unicode(head: bytes) -> str | None:
    """UTF-16 or UTF-32, by the mark at the beginning or by where the NUL bytes stand."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    # In UTF-16, ASCII has a NUL in every other place; of a text in other letters, at least the spaces are ASCII.
    big, little = head[0::2].count(0), head[1::2].count(0)
    if _PRINTABLE.fullmatch(head.replace(b"\0", b"")) and 2 * max(big, little) < 0.8 * len(head):
        return None  # ASCII with some NUL bytes in it: as UTF-16, hardly any of its letters would lack one
    if max(big, little) > min(len(head) // 5, 4 + len(head) // 50) and 50 * min(big, little) <= max(big, little):
        return "UTF-16LE" if little > big else "UTF-16BE"
    return None
