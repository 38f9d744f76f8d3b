"""What a kind of texts must say and do, and how the kind of a file is found. Not here: the kinds, one file each.

A kind is an object of a subclass of `Kind`, with a line in w2v/text/kinds.py. The best example is w2v/text/html.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NamedTuple

from w2v.errors import CorpusError, SettingsError
from w2v.lazy import find
from w2v.text.compression import without_suffix
from w2v.text.kinds import KINDS, PLAIN
from w2v.text.opening import Opened
from w2v.text.reading import AUTO, Reading
from w2v.text.sources import Source

__all__ = ["Kind", "Text", "check_reading", "kind_of", "on_one_line", "recognise"]


class Text(NamedTuple):
    """One text with its id. A line break in `text` ends a sentence."""

    id: str
    text: str


class Kind(ABC):
    """One kind of files with texts.

    name: as `--input-format` names it. title: as a sentence names it ("CSV"). suffixes: how names of such files end,
    in lower case. takes_column: whether a file holds records, of which one column is the text. is_plain: whether the
    bytes of a file are its text; only w2v/text/plain.py says so.
    """

    name: str
    title: str
    suffixes: tuple[str, ...] = ()
    takes_column: bool = False
    is_plain: bool = False

    @abstractmethod
    def texts(self, opened: Opened) -> Iterator[Text]:
        """Read the texts of an open source, in order, and count them in `opened.tally`.

        Memory is bounded by the longest text. Raises CorpusError for damaged content, saying where it is and the cure.
        """

    @abstractmethod
    def claims(self, head: bytes, name: str) -> bool:
        """Return whether a file looks like one of this kind.

        head: the first bytes of its content, decompressed, in UTF-8 where it is text. name: its name, without the
        suffix of a compression.
        """

    def advice(self, head: bytes, name: str) -> str:
        """Return what to do about a file of this kind that is read as plain text."""
        return f"--input-format {self.name} reads its text"

    def has_suffix(self, name: str) -> bool:
        """Return whether the name of a file ends as those of this kind do."""
        return name.lower().endswith(self.suffixes)


def check_reading(reading: Reading) -> None:
    """Raise SettingsError where the kind of the files has no columns, and one is named."""
    if reading.input_format in (None, AUTO):
        return
    kind: Kind = find(KINDS[reading.input_format])
    for setting in ("column", "id_column"):
        value = getattr(reading, setting)
        if value is not None and not kind.takes_column:
            with_columns = [name for name in KINDS if find(KINDS[name]).takes_column]
            raise SettingsError(
                f"{setting} is {value!r}, and {kind.title} has no columns",
                hint=f"input_format may be {', '.join(with_columns)}, or may be left out",
            )


def kind_of(reading: Reading, opened: Opened, source: Source) -> Kind:
    """Return the kind as which an open source is read."""
    name = reading.input_format
    if source.is_text or (name is None and reading.column is None and reading.id_column is None):
        name = PLAIN
    if name in KINDS:
        kind: Kind = find(KINDS[name])
        return kind
    head = opened.head_as_utf8
    found = recognise(head, opened.name)
    if name is None and found is not None and not found.takes_column:
        raise CorpusError(
            f"{opened.name} looks like {found.title}, which has no columns",
            hint=f"--input-format {AUTO} reads files of several kinds, and the column of those that have columns; or "
            f"leave out the column: {found.advice(head, without_suffix(opened.name))}",
        )
    last: Kind = find(KINDS["csv" if name is None else PLAIN])
    return found or last


def recognise(head: bytes, name: str) -> Kind | None:
    """Return the kind other than plain text that a file looks like, or None."""
    bare = without_suffix(name)
    kinds: list[Kind] = [find(place) for each, place in KINDS.items() if each != PLAIN]
    return next((kind for kind in kinds if kind.claims(head, bare)), None)


def on_one_line(text: str) -> str:
    """The text with a blank for each line break: a record is one sentence."""
    if "\n" in text or "\r" in text:
        return text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return text
