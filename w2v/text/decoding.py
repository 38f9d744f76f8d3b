"""Sources as blocks of valid UTF-8, cut at white space, which is what counting takes. Not here: words (w2v/tokens/).

Plain text passes through as it is, apart from folding (folding.py); texts of other kinds become lines. Reading is
strict by default: the first byte that is not valid stops it, and the error says where it is, what the file seems to be,
and what to do. A line may be of any length: a block ends where white space allows it, or, where the caller says that no
word holds them, behind the full stops and commas of Chinese and Japanese. Text in which neither comes for 16 MiB is
refused, because all of it would have to be in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from w2v.errors import CorpusError
from w2v.text.checking import PADDING, SPACES, Tally
from w2v.text.folding import AS_IT_IS, Transform
from w2v.text.kind import Text, kind_of
from w2v.text.opening import Opened
from w2v.text.reading import Reading
from w2v.text.sources import Source

__all__ = ["BLOCK", "PADDING", "TextReader"]

BLOCK = 1 << 22  # bytes of text that one worker gets at a time

_WIDE = tuple(mark.encode() for mark in "\u3000。，、！？；：」』）")
_LEAST = 64  # bytes of a file that tell its compression, with room to spare
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class TextReader:
    """Reads sources once, in order, as blocks: bytes of about `block_size` that end with PADDING.

    Every file ends with a line end, its own or an added one. cut_at_wide_marks: blocks may end behind 。 and the like.
    on_plain: called for each file that is read as plain text, with its name and up to 4,096 bytes of its beginning.
    fingerprinted: whether the SHA-256 of all bytes is wanted, which takes a fifth of the time of counting words.

    What has been read so far:

    bytes_read: bytes of the files, compressed or not. text_bytes: bytes of text, decompressed; for kinds other than
    plain text, bytes of the lines that were made. tally: texts, records without one, and what was replaced.

    Iterating raises CorpusError.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        reading: Reading | None = None,
        *,
        folding: Transform = AS_IT_IS,
        block_size: int = BLOCK,
        cut_at_wide_marks: bool = False,
        on_plain: Callable[[str, bytes], None] = lambda name, head: None,
        fingerprinted: bool = True,
    ) -> None:
        self.sources = tuple(sources)
        self.reading = reading or Reading()
        self.folding = folding
        self.block_size = block_size
        self.cuts = SPACES + _WIDE if cut_at_wide_marks else SPACES
        self.on_plain = on_plain
        self.bytes_read = 0
        self.text_bytes = 0
        self.tally = Tally()
        self._digest = hashlib.sha256() if fingerprinted else None

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all bytes read so far, in hex; "" where nobody wanted it."""
        return "" if self._digest is None else self._digest.hexdigest()

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
        opened = Opened(source, self._watched(source), self.reading, self.tally, cuts=self.cuts)
        kind = kind_of(self.reading, opened, source)
        self.tally.kinds[kind.name] = None
        if not kind.is_plain:
            yield from self._as_lines(kind.texts(opened))
            return
        self.on_plain(source.name, opened.head_as_utf8)
        for piece in opened.pieces():
            self.text_bytes += len(piece) - len(PADDING)
            yield self.folding.of_bytes(opened.checker.check(piece))

    def _watched(self, source: Source) -> Iterator[bytes]:
        for chunk in source.read(max(self.block_size, _LEAST)):
            if self._digest is not None:
                self._digest.update(chunk)
            self.bytes_read += len(chunk)
            yield chunk

    def _as_lines(self, texts: Iterator[Text]) -> Iterator[bytes]:
        """Texts of another kind, each followed by a line end."""
        found: list[Text] = []
        size = 0
        for text in texts:
            found.append(text)
            size += len(text.text) + 1
            if 2 * size >= self.block_size:
                yield self._joined(found)
                found.clear()
                size = 0
        if found:
            yield self._joined(found)

    def _joined(self, texts: list[Text]) -> bytes:
        whole = "\n".join(text.text for text in texts)
        try:
            piece = whole.encode()
        except UnicodeEncodeError:
            piece = b"\0"
        if b"\0" in piece:
            whole = "\n".join(map(self._without_bad_characters, texts))
        piece = self.folding.of_text(whole).encode() + b"\n"
        self.text_bytes += len(piece)
        return piece + PADDING

    def _without_bad_characters(self, text: Text) -> str:
        """The text with U+FFFD for what escapes such as \\ud800 and \\u0000 of JSON make, and no UTF-8 text holds."""
        bad = [place for place, letter in enumerate(text.text) if letter == "\0" or "\ud800" <= letter <= "\udfff"]
        if bad and self.reading.encoding_errors == "strict":
            point = ord(text.text[bad[0]])
            raise CorpusError(
                f"{text.id}: character {bad[0] + 1:,} of the text is U+{point:04X}, which no text holds",
                hint="--encoding-errors replace puts U+FFFD in its place",
            )
        self.tally.replaced_places += len(bad)
        self.tally.replaced_bytes += len(bad)
        letters = list(text.text) if bad else [text.text]
        for place in bad:
            letters[place] = _REPLACEMENT
        return "".join(letters)
