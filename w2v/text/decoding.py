"""Sources → blocks of valid UTF-8, cut at ASCII white space. Not here: words.

Strict by default: the first byte that is no UTF-8 stops the reading, and the error says where it is, what the file
seems to be, and what to do. A line may be of any length: a block ends where white space allows it, or, where the caller
says that no word holds them, behind the full stops and commas of Chinese and Japanese. Text in which neither comes for
16 MiB is refused, because all of it would have to be in memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from w2v.config import EncodingErrors
from w2v.errors import CorpusError
from w2v.text.compression import Compression, decompress, detect
from w2v.text.sources import Source

__all__ = ["BLOCK", "PADDING", "TextReader"]

BLOCK = 1 << 22  # bytes of text that one worker gets at a time
PADDING = b" " * 64  # behind every block, because the kernels look 64 bytes ahead

_SPACES = (b"\n", b" ", b"\t", b"\r", b"\x0b", b"\x0c")
_WIDE = tuple(mark.encode() for mark in "\u3000。，、！？；：」』）")
_LONGEST_WORD = 1 << 24
_LEAST = 64  # bytes of a file that tell its compression, with room to spare
_HEAD = 4096  # bytes of a text that tell what it is
_BOM = b"\xef\xbb\xbf"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_FEW = 4  # bad bytes that do not yet make another encoding
_REPLACE = "--encoding-errors replace puts U+FFFD in place of bad bytes, and counts them"
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


class TextReader:
    """Reads sources once, in order, as blocks: bytes of about `block_size` that end with PADDING.

    Every file ends with a line end, its own or an added one. cut_at_wide_marks: blocks may end behind 。 and the like.
    What has been read so far stands in

    bytes_read: of the files, compressed or not. text_bytes: of text, decompressed.
    replaced_places, replaced_bytes: how often invalid bytes gave way to U+FFFD, and how many they were ("replace").

    Raises CorpusError from the iteration.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        lowercase: bool = False,
        encoding_errors: EncodingErrors = "strict",
        block_size: int = BLOCK,
        cut_at_wide_marks: bool = False,
    ) -> None:
        self.sources = tuple(sources)
        self.lowercase = lowercase
        self.encoding_errors = encoding_errors
        self.block_size = block_size
        self.cuts = _SPACES + _WIDE if cut_at_wide_marks else _SPACES
        self.bytes_read = 0
        self.text_bytes = 0
        self.replaced_places = 0
        self.replaced_bytes = 0
        self._digest = hashlib.sha256()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all bytes read so far, in hex."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        pieces: list[bytes] = []
        size = 0
        for source in self.sources:
            for piece in self._text_of(source):
                pieces.append(piece)
                size += len(piece)
                if 2 * size >= self.block_size:
                    yield b"".join(pieces)  # one piece is not copied
                    pieces.clear()
                    size = 0
            pieces.append(b"\n" + PADDING)
            size += 1 + len(PADDING)
        yield b"".join(pieces)

    def _text_of(self, source: Source) -> Iterator[bytes]:
        """Valid UTF-8 of one source, in pieces that end where a word ends, and with PADDING."""
        form, chunks = self._open(source)
        checker = _Checker(source.name, form, replace=self.encoding_errors == "replace")
        for piece in self._cut(chunks, checker):
            self.text_bytes += len(piece) - len(PADDING)
            text = checker.check(piece)
            if self.lowercase:
                text = text.lower() if text.isascii() else text.decode().lower().encode()
            yield text
        self.replaced_places += checker.replaced_places
        self.replaced_bytes += checker.replaced_bytes

    def _open(self, source: Source) -> tuple[Compression | None, Iterator[bytes]]:
        chunks = self._watched(source)
        head = next(chunks, b"")
        form = detect(head, source.name)
        whole = _after(head, chunks)
        return form, whole if form is None else decompress(whole, form, source.name)

    def _cut(self, chunks: Iterator[bytes], checker: _Checker) -> Iterator[bytes]:
        """The same bytes, cut behind white space, PADDING after each piece; a word of many chunks is gathered."""
        carried: list[bytes] = []
        for chunk in chunks:
            cut = _behind_last(chunk, _SPACES) or _behind_last(chunk, self.cuts)
            if cut:
                yield b"".join((*carried, memoryview(chunk)[:cut], PADDING))
                carried = [chunk[cut:]]
            else:
                carried.append(chunk)
                if sum(map(len, carried)) > _LONGEST_WORD:
                    raise checker.endless(b"".join(carried), self.cuts)
        if any(carried):
            yield b"".join((*carried, PADDING))

    def _watched(self, source: Source) -> Iterator[bytes]:
        for chunk in source.read(max(self.block_size, _LEAST)):
            self._digest.update(chunk)
            self.bytes_read += len(chunk)
            yield chunk


def _after(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from rest


def _behind_last(chunk: bytes, marks: Sequence[bytes]) -> int:
    """Where the last of the marks ends in the chunk; 0 where there is none."""
    for begin in (max(len(chunk) - 4096, 0), 0):
        found = [(place, len(mark)) for mark in marks if (place := chunk.rfind(mark, begin)) >= 0]
        if found:
            return sum(max(found))
    return 0


class _Checker:
    """Holds one file to UTF-8: a mark at its beginning is taken off, what is invalid is refused or replaced."""

    def __init__(self, name: str, form: Compression | None, *, replace: bool) -> None:
        self.name, self.form, self.replace = name, form, replace
        self.replaced_places = 0
        self.replaced_bytes = 0
        self._done = 0  # bytes of this text before the piece
        self._head = b""
        self._ascii_so_far = True

    def check(self, piece: bytes) -> bytes:
        """`piece`, which ends with PADDING, as valid UTF-8 without NUL bytes."""
        if len(self._head) < _HEAD:
            self._head += piece[: min(_HEAD - len(self._head), len(piece) - len(PADDING))]
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
                hint="make sure that it is a text file; --encoding-errors replace reads it all the same",
            )
        raise CorpusError(
            f"{self.name}: {self._place(offset + invalid)} (0x{piece[invalid]:02x}) is not UTF-8",
            hint=self._cure(piece, invalid),
        )

    def endless(self, piece: bytes, marks: Sequence[bytes]) -> CorpusError:
        """The error to raise for text that cannot be cut, unless it turns out to be no text at all."""
        begin = self._done
        whole = piece[:_HEAD].decode(errors="ignore").encode()
        self.check((whole if piece.startswith(whole) else piece) + PADDING)
        return CorpusError(
            f"{self.name}: no white space for {_LONGEST_WORD:,} bytes from {self._place(begin)} on",
            hint="break it into lines"
            if marks != _SPACES
            else "--tokenizer words reads Chinese and Japanese, which has no spaces; break other text into lines",
        )

    def _place(self, offset: int) -> str:
        return f"byte {offset:,}" + (" of the decompressed text" if self.form else "")

    def _replaced(self, piece: bytes) -> bytes:
        """U+FFFD for each NUL and for each stretch of bytes that Python's decoder finds invalid."""
        known = piece.count(_REPLACEMENT.encode())
        text = piece.decode(errors="replace").replace("\0", _REPLACEMENT)
        places = text.count(_REPLACEMENT) - known
        encoded = text.encode()
        self.replaced_places += places
        self.replaced_bytes += len(piece) - (len(encoded) - places * len(_REPLACEMENT.encode()))
        return encoded

    def _refuse_what_is_not_text(self) -> None:
        kind = _other_unicode(self._head)
        if kind:
            raise CorpusError(f"{self.name}: this is {kind}, not UTF-8", hint=self._convert(kind))
        for magic, what in _BINARY:
            if self._head.startswith(magic):
                raise CorpusError(
                    f"{self.name}: this is {what}, not text", hint="extract the text first, or leave it out"
                )
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
            return _REPLACE
        if 2 * len(_IN_A_WORD.findall(text)) >= bad:
            return f"it seems to be Latin-1 or Windows-1252: {self._convert('WINDOWS-1252')}"
        if bad <= _FEW:
            return _REPLACE
        return f"it seems to be in another encoding (GB18030, Shift-JIS, …): {self._convert('ENCODING')}"

    def _convert(self, encoding: str) -> str:
        source = encoding.split()[0]
        if self.form:
            return f"convert it: {self.form.command} {self.name} | iconv -f {source} -t UTF-8 > text.txt"
        return f"convert it: iconv -f {source} -t UTF-8 {self.name} > text.txt"


def _are_vectors(head: bytes) -> bool:
    """A file of safetensors, or one in word2vec's binary format."""
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
    if max(big, little) > min(len(head) // 5, 4 + len(head) // 50) and 50 * min(big, little) <= max(big, little):
        return "UTF-16LE" if little > big else "UTF-16BE"
    return None
