"""PDF, by the library pypdf (`pip install 'w2v[pdf]'`): each page is a text, with the id "paper.pdf#page=3".

A line end in a page is where the line was full, so it becomes a blank; an empty line ends a sentence.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from w2v.errors import CorpusError, SettingsError
from w2v.text.kind import Kind, Text, on_one_line
from w2v.text.opening import LONGEST_TEXT, Opened

__all__ = ["PDF"]

_LARGEST = 1 << 30  # bytes of a document, decompressed
_IN_MEMORY = 1 << 24  # bytes of a document that are not written to a temporary file
_CONTENT = 1 << 23  # bytes of content, decompressed, that all pages of any document may have
_RATIO = 200  # bytes of content for a byte of the document: more is there to keep a reader busy
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


class _Pdf(Kind):
    name = "pdf"
    title = "PDF"
    suffixes = (".pdf",)

    def texts(self, opened: Opened) -> Iterator[Text]:
        pypdf = _library()
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            size = _copy(opened, file)
            found = 0
            for number, text in _pages(pypdf, file, opened.name, max(_CONTENT, _RATIO * size)):
                if text:
                    found += 1
                    opened.tally.texts += 1
                    yield Text(f"{opened.name}#page={number}", text)
                else:
                    opened.tally.without_text += 1
        if not found:
            raise CorpusError(
                f"{opened.name}: the pages hold no text, only pictures of it",
                hint="recognise the text first, for example with ocrmypdf, or leave the file out",
            )

    def claims(self, head: bytes, name: str) -> bool:
        return head.startswith(b"%PDF-")


def _library() -> Any:
    try:
        import pypdf
    except ImportError as error:
        raise SettingsError("reading PDF needs the library pypdf", hint="pip install 'w2v[pdf]'") from error
    logging.getLogger("pypdf").addHandler(logging.NullHandler())  # otherwise its warnings go to the terminal
    return pypdf


def _copy(opened: Opened, file: IO[bytes]) -> int:
    """Write the document where it can be read from any place, which a pipe and compressed data do not allow; return its
    bytes.
    """
    size = 0
    for chunk in opened.data():
        size += len(chunk)
        if size > _LARGEST:
            raise CorpusError(f"{opened.name}: the PDF is larger than {_LARGEST:,} bytes", hint="split it")
        file.write(chunk)
    file.seek(0)
    return size


def _pages(pypdf: Any, file: IO[bytes], name: str, most: int) -> Iterator[tuple[int, str]]:
    """The text of each page with its number. Whatever pypdf raises for a document means that it is damaged.

    most: bytes of content in all pages. A small document whose pages all share one large content would take hours.
    """
    number = content = 0
    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise CorpusError(
                f"{name}: the PDF is protected by a password", hint="take it off: qpdf --decrypt --password=… IN OUT"
            )
        for number, page in enumerate(reader.pages, 1):
            drawn = page.get_contents()
            content += 0 if drawn is None else len(drawn.get_data())
            if content > most:
                raise CorpusError(
                    f"{name}: its pages have more than {most:,} bytes of content, which is far too much for its size",
                    hint="leave the file out",
                )
            text = str(page.extract_text())
            if len(text) > LONGEST_TEXT:
                raise CorpusError(
                    f"{name}: page {number:,} holds more than {LONGEST_TEXT:,} characters", hint="leave the file out"
                )
            yield number, _in_sentences(text)
    except CorpusError:
        raise
    except Exception as error:
        where = f"damaged after page {number:,}" if number else "not a whole PDF"
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise CorpusError(
            f"{name}: it is {where} ({reason})", hint="copy or download the file again, or leave it out"
        ) from error


def _in_sentences(page: str) -> str:
    paragraphs = (" ".join(on_one_line(part).split()) for part in _PARAGRAPHS.split(page))
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


PDF = _Pdf()
