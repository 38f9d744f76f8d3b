"""Plain text: a line is a text, or a whole file is. Markdown is read as plain text too.

In training the bytes of a plain file are counted as they are (w2v/text/decoding.py), without going through `texts`.
"""

from __future__ import annotations

from collections.abc import Iterator

from w2v.errors import CorpusError
from w2v.text.compression import without_suffix
from w2v.text.kind import Kind, Text
from w2v.text.opening import LONGEST_TEXT, Opened

__all__ = ["PLAIN_TEXT"]

MARKDOWN = (".md", ".markdown")


class _Plain(Kind):
    name = "plain"
    title = "plain text"
    suffixes = (".txt", *MARKDOWN)
    is_plain = True

    def texts(self, opened: Opened) -> Iterator[Text]:
        if _is_one_text(opened):
            text = _whole(opened)
            if text.strip() or opened.reading.keep_empty:
                opened.tally.texts += 1
                yield Text(opened.name, text)
            return
        for number, line in enumerate(opened.lines(), 1):
            text = line.rstrip("\r\n")
            if text.strip() or opened.reading.keep_empty:
                opened.tally.texts += 1
                yield Text(f"{opened.name}:{number}", text)

    def claims(self, head: bytes, name: str) -> bool:
        return self.has_suffix(name)


def _is_one_text(opened: Opened) -> bool:
    """Whether a whole file is one text, as its reader asks for; otherwise each line is one."""
    whole = opened.reading.whole_files
    return opened.met or without_suffix(opened.name).lower().endswith(MARKDOWN) if whole is None else whole


def _whole(opened: Opened) -> str:
    pieces: list[str] = []
    size = 0
    for piece in opened.characters():
        pieces.append(piece)
        size += len(piece)
        if size > LONGEST_TEXT:
            raise CorpusError(
                f"{opened.name}: as one text it is longer than {LONGEST_TEXT:,} characters",
                hint="read each of its lines as a text, or split the file",
            )
    return "".join(pieces)


PLAIN_TEXT = _Plain()
