"""One source, open: decompressed, decoded, checked and cut into pieces. Not here: what the text means (the kinds)."""

from __future__ import annotations

import codecs
import io
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from w2v.errors import CorpusError
from w2v.text.checking import HEAD, LONGEST_WORD, PADDING, REPLACE, SPACES, Checker, Tally
from w2v.text.compression import decompress, detect
from w2v.text.reading import UTF8, Reading
from w2v.text.sources import Source

__all__ = ["LONGEST_TEXT", "Opened", "lines"]

LONGEST_TEXT = 1 << 24  # characters: a text that is read by itself stands in memory as a whole


class Opened:
    """A source that is being read, once, from its beginning.

    name: as messages show it. met: whether it was found in a folder or by a pattern. head: up to 4,096 bytes of its
    beginning, decompressed. tally: what has been read, over all files. Of `pieces`, `characters`, `lines` and `data`
    only one may be used, and once.

    Raises CorpusError for compressed data that are damaged, and for bytes that are not of the encoding.
    """

    def __init__(
        self,
        source: Source,
        chunks: Iterator[bytes],
        reading: Reading,
        tally: Tally,
        *,
        cuts: Sequence[bytes] = SPACES,
    ) -> None:
        self.name = source.name
        self.met = source.met
        self.reading = reading
        self.tally = tally
        self.cuts = cuts
        first = next(chunks, b"")
        form = None if source.is_text else detect(first, source.name)
        whole = _after(first, chunks)
        data = whole if form is None else decompress(whole, form, source.name)
        self.head, self._data = _peek(data)
        encoding = UTF8 if source.is_text else reading.encoding
        self._encoding = "" if encoding == UTF8 else encoding
        self._place = " of the decompressed text" if form else ""
        self.checker = Checker(
            source.name,
            None if source.path is None else str(source.path),
            form,
            tally,
            replace=reading.encoding_errors == "replace",
            encoding=self._encoding,
            among_others=source.met,
        )

    @property
    def head_as_utf8(self) -> bytes:
        """The head in UTF-8, whatever the encoding of the file is."""
        return self.head.decode(self._encoding, errors="ignore").encode() if self._encoding else self.head

    def data(self) -> Iterator[bytes]:
        """Return the decompressed bytes as they are, for kinds that are not text."""
        return self._data

    def pieces(self) -> Iterator[bytes]:
        """Cut the text behind white space, into pieces of UTF-8 that end with PADDING; `checker` has yet to see them.

        A word of many chunks is gathered. Raises CorpusError for text in which no white space comes for 16 MiB.
        """
        carried: list[bytes] = []
        for chunk in self._in_utf8():
            cut = _behind_last(chunk, SPACES) or _behind_last(chunk, self.cuts)
            if cut:
                yield b"".join((*carried, memoryview(chunk)[:cut], PADDING))
                carried = [chunk[cut:]]
            else:
                carried.append(chunk)
                if sum(map(len, carried)) > LONGEST_WORD:
                    raise self.checker.endless(b"".join(carried), self.cuts)
        if any(carried):
            yield b"".join((*carried, PADDING))

    def characters(self) -> Iterator[str]:
        """Decode the text; a byte order mark is taken off. Pieces end behind white space."""
        for piece in self.pieces():
            yield self.checker.check(piece).removesuffix(PADDING).decode()

    def lines(self) -> Iterator[str]:
        """Cut the text into lines, which keep their ends. Raises CorpusError for a line of over 16 Mi characters."""
        return lines(self.characters(), self.name)

    def _in_utf8(self) -> Iterator[bytes]:
        if not self._encoding:
            return self._data
        return _transcoded(self._data, self._encoding, self._refuse, self.tally, self.checker.replace)

    def _refuse(self, offset: int, error: UnicodeError) -> CorpusError:
        cure = f"check the name of the encoding; {REPLACE}"
        if not isinstance(error, UnicodeDecodeError):  # of UTF-16 and UTF-32 without a byte order mark
            return CorpusError(f"{self.name}: {error}", hint=f"say which order it is: --encoding {self._encoding}-le")
        where = f"byte {offset:,}{self._place} (0x{error.object[error.start]:02x})"
        return CorpusError(f"{self.name}: {where} is not valid in the encoding {self._encoding}", hint=cure)


def lines(characters: Iterable[str], name: str) -> Iterator[str]:
    """Cut text into lines where \\n, \\r or \\r\\n ends one, and nowhere else; lines keep their ends."""
    carried: list[str] = []
    held = ""  # a \r at the end of a piece: the next one may begin with its \n
    line = 0
    for given in characters:
        piece = held + given
        held = "\r" if piece.endswith("\r") else ""
        piece = piece.removesuffix(held)
        if "\n" not in piece and "\r" not in piece:
            carried.append(piece)
        else:
            carried.append(piece)
            found = list(io.StringIO("".join(carried), newline=""))
            last = "" if found[-1].endswith(("\n", "\r")) else found.pop()
            for text in found:
                line += 1
                yield _of_bearable_length(text, name, line)
            carried = [last] if last else []
        if sum(map(len, carried)) > LONGEST_TEXT:
            _of_bearable_length("".join(carried), name, line + 1)
    if any(carried) or held:
        yield _of_bearable_length("".join(carried) + held, name, line + 1)


def _of_bearable_length(text: str, name: str, line: int) -> str:
    if len(text) > LONGEST_TEXT:
        raise CorpusError(
            f"{name}: line {line:,} is longer than {LONGEST_TEXT:,} characters",
            hint="give one text a line, or read the file as plain text (--input-format plain)",
        )
    return text


def _after(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from rest


def _peek(data: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first HEAD bytes, or what there is, and all the data from the beginning."""
    begun: list[bytes] = []
    while sum(map(len, begun)) < HEAD and (chunk := next(data, None)) is not None:
        begun.append(chunk)
    head = begun[0][:HEAD] if len(begun) == 1 else b"".join(begun)[:HEAD]
    return head, chain(begun, data)


def _behind_last(chunk: bytes, marks: Sequence[bytes]) -> int:
    """Where the last of the marks ends in the chunk; 0 where there is none."""
    for begin in (max(len(chunk) - 4096, 0), 0):
        found = [(place, len(mark)) for mark in marks if (place := chunk.rfind(mark, begin)) >= 0]
        if found:
            return sum(max(found))
    return 0


class _Replacing(threading.local):
    """The tally that the error handler of this thread adds to."""

    tally = Tally()


_replacing = _Replacing()


def _replace(error: UnicodeError) -> tuple[str, int]:
    """Python's handler "replace", which also counts."""
    assert isinstance(error, UnicodeDecodeError)
    _replacing.tally.replaced_places += 1
    _replacing.tally.replaced_bytes += error.end - error.start
    return "\N{REPLACEMENT CHARACTER}", error.end


codecs.register_error("w2v.replace", _replace)


def _transcoded(
    chunks: Iterator[bytes],
    encoding: str,
    refuse: Callable[[int, UnicodeError], CorpusError],
    tally: Tally,
    replace: bool,
) -> Iterator[bytes]:
    """The text as UTF-8. Bytes that are not of the encoding are refused, with their offset, or replaced."""
    decoder = codecs.getincrementaldecoder(encoding)("w2v.replace" if replace else "strict")
    done = 0
    for chunk in chain(chunks, [b""]):
        done += len(chunk)
        _replacing.tally = tally
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            before = len(error.object) - error.start if isinstance(error, UnicodeDecodeError) else len(chunk)
            raise refuse(done - before, error) from error
        if text:
            yield text.encode("utf-8", "surrogatepass")  # which is not valid, and the checker says so
