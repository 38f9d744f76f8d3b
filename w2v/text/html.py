"""HTML: the text of pages, without tags, scripts and styles. A file is one text; several pages in it are several texts.

A tag such as <p>, <li>, <td> or <br> ends a sentence; one that stands inside of a sentence, such as <b> or <a>, does
not, and does not end a word either. White space is one blank, as a browser shows it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from w2v.errors import CorpusError
from w2v.text.kind import Kind, Text
from w2v.text.opening import LONGEST_TEXT, Opened

__all__ = ["HTML"]

_STEP = 1 << 16  # characters that the parser gets at once: what it has to look at again stays small
_LONGEST_TAG = 1 << 20
_MOST_ATTRIBUTES = 1 << 14  # of one tag; HTMLParser takes half a kilobyte for each, again with each piece of the file
_OPEN_TAG = re.compile("</?[a-zA-Z]")
_QUOTED = re.compile(""" "[^"]*("|$) | '[^']*('|$) """, re.VERBOSE)
_BEGINS = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.{0,1000}?-->\s*)?<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_SUFFIXES = (".html", ".htm", ".xhtml")
_AS_PLAIN = "--input-format plain reads it as it stands"
_SILENT = frozenset({"script", "style"})
_INSIDE = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd mark nobr q rb rp rt ruby s samp small
    span strike strong sub sup time tt u var wbr
"""
_INSIDE_A_SENTENCE = frozenset(_INSIDE.split())


class _Html(Kind):
    name = "html"
    title = "HTML"
    suffixes = _SUFFIXES

    def texts(self, opened: Opened) -> Iterator[Text]:
        page = _Page(opened.name)
        number = 0
        for piece in opened.characters():
            for begin in range(0, len(piece), _STEP):
                for text in page.read(piece[begin : begin + _STEP]):
                    number += 1
                    yield self._text(text, number, opened)
        for text in page.end():
            number += 1
            yield self._text(text, number, opened)

    def claims(self, head: bytes, name: str) -> bool:
        return _BEGINS.match(head) is not None or (self.has_suffix(name) and head.lstrip().startswith(b"<"))

    def advice(self, head: bytes, name: str) -> str:
        return "--input-format html reads its text without the tags"

    def _text(self, text: str, number: int, opened: Opened) -> Text:
        opened.tally.texts += 1
        return Text(opened.name if number == 1 else f"{opened.name}#{number}", text)


class _Page(HTMLParser):
    """The sentences of a page, as they come. `HTMLParser.close` is never called: on bad pages it takes very long."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.silent = ""  # the open tag whose content is no text
        self.sentence: list[str] = []
        self.sentences: list[str] = []
        self.size = 0
        self.ended: list[str] = []

    def read(self, piece: str) -> list[str]:
        """Take a piece of the file; return the texts of the pages that end in it."""
        try:
            self.feed(piece)
        except AssertionError as error:  # HTMLParser's word for declarations that it does not know
            raise CorpusError(f"{self.name}: it is not HTML ({error})", hint=_AS_PLAIN) from error
        if len(self.rawdata) > _LONGEST_TAG:
            raise CorpusError(
                f"{self.name}: a tag or a comment does not end within {_LONGEST_TAG:,} characters",
                hint=f"is it HTML? {_AS_PLAIN}",
            )
        if self._has_endless_attributes():
            raise CorpusError(
                f"{self.name}: a tag does not end within {_MOST_ATTRIBUTES:,} attributes",
                hint=f"is it HTML? {_AS_PLAIN}",
            )
        ended, self.ended = self.ended, []
        return ended

    def _has_endless_attributes(self) -> bool:
        """Whether a tag that has not ended yet holds more than any page's; quoted values may hold what they like."""
        if self.cdata_elem or not _OPEN_TAG.match(self.rawdata) or len(self.rawdata) < 2 * _MOST_ATTRIBUTES:
            return False
        return len(_QUOTED.sub("", self.rawdata).split()) > _MOST_ATTRIBUTES

    def end(self) -> list[str]:
        """Return the text of the last page. A tag that the file cuts is left out."""
        if not self.silent and not self.rawdata.startswith("<"):
            self.handle_data(html.unescape(self.rawdata))
        self._end_page()
        return self.ended

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Take <![…]> for a comment, as browsers do: what HTMLParser does not know there, it calls a bug."""
        return self.parse_bogus_comment(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent = tag
        elif tag not in _INSIDE_A_SENTENCE:
            self._end_sentence()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INSIDE_A_SENTENCE:
            self._end_sentence()

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""
        elif tag not in _INSIDE_A_SENTENCE:
            self._end_sentence()
        if tag == "html":
            self._end_page()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        self.sentence.append(data)
        self.size += len(data)
        if self.size > LONGEST_TEXT:
            raise CorpusError(
                f"{self.name}: a page holds more than {LONGEST_TEXT:,} characters of text",
                hint="split the file into pages",
            )

    def _end_sentence(self) -> None:
        sentence = " ".join("".join(self.sentence).split())
        self.sentence.clear()
        if sentence:
            self.sentences.append(sentence)

    def _end_page(self) -> None:
        self._end_sentence()
        if self.sentences:
            self.ended.append("\n".join(self.sentences))
        self.sentences.clear()
        self.size = 0


HTML = _Html()
