"""JSON: a value a line (JSON lines), one array of values, or values one after the other.

A value is a record whose key holds the text (`--column title`, or `--column title.en` inside of objects), or it is the
text itself. A key of the objects in a list (`--column items.title`) gives the texts of all of them, as one. A text is
a string, or a list of strings, which are its tokens. Numbers stand as they are written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from w2v.errors import CorpusError
from w2v.text.kind import Kind, Text, on_one_line
from w2v.text.opening import LONGEST_TEXT, Opened, lines
from w2v.text.reading import did_you_mean
from w2v.text.token_lists import joined

__all__ = ["JSON"]

_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_LINES = (".jsonl", ".ndjson")
_BEGINS = re.compile(rb'\s*(\{\s*["}]|\[\s*[\[{"])')
_SPACE = re.compile(r"[ \t\n\r]*")
_PIECE = 1 << 16  # characters that are read before an incomplete value is tried again; twice as many each time
_PATIENCE = 1_000  # records without the key before it is taken for misspelt
_SHOWN = 20  # keys in a message


class _Json(Kind):
    name = "json"
    title = "JSON"
    suffixes = (".json", *_LINES)
    takes_column = True

    def texts(self, opened: Opened) -> Iterator[Text]:
        characters = opened.characters()
        first = next((piece for piece in characters if not piece.isspace()), "")
        whole = chain([first], characters)
        if _is_a_value_a_line(first, opened.name):
            values = _line_by_line(lines(whole, opened.name), opened.name)
        else:
            values = _Stream(whole, opened.name).values()
        yield from _texts(values, opened)

    def claims(self, head: bytes, name: str) -> bool:
        return self.has_suffix(name) or _BEGINS.match(head) is not None

    def advice(self, head: bytes, name: str) -> str:
        return "--column KEY reads the texts with this key; where the texts have no key, --input-format json does"


def _is_a_value_a_line(first: str, name: str) -> bool:
    """Whether the first line is a whole value; one array over all lines begins with a bracket and is streamed."""
    from w2v.text.compression import without_suffix

    if without_suffix(name).lower().endswith(_LINES):
        return True
    begun = first.lstrip()
    line = begun.split("\n", 1)[0]
    if begun.startswith("[") or len(line) == len(begun):
        return False
    try:
        _DECODER.decode(line)
    except (ValueError, RecursionError):
        return False
    return True


def _line_by_line(texts: Iterator[str], name: str) -> Iterator[tuple[int, Any]]:
    """Each line that is not empty as a value, with its number."""
    for number, line in enumerate(texts, 1):
        if line.strip():
            try:
                yield number, _DECODER.decode(line.rstrip("\r\n"))
            except RecursionError as error:
                raise _too_deep(f"{name}: line {number:,}") from error
            except json.JSONDecodeError as error:
                raise CorpusError(
                    f"{name}: line {number:,} is not JSON: {_reason(error)} at character {error.pos + 1:,}",
                    hint="correct the line or leave it out; a file of lines holds one whole value in each",
                ) from error


class _Stream:
    """Values of one array, or one after the other, of which only one at a time is in memory."""

    def __init__(self, characters: Iterator[str], name: str) -> None:
        self.characters, self.name = characters, name
        self.buffer = ""
        self.at = 0
        self.done = 0  # characters before the buffer
        self.ended = False

    def values(self) -> Iterator[tuple[int, Any]]:
        """Each value with its number from 1. Raises CorpusError."""
        in_array = self._next() == "["
        self.at += in_array
        number = 0
        while True:
            following = self._next()
            if following == "" and not in_array:
                return
            if in_array and following == "]" and number == 0:
                break
            number += 1
            yield number, self._value(number)
            following = self._next()
            if in_array and following == "]":
                break
            if in_array and following != ",":
                raise self._broken(number, "the array does not end" if not following else "no comma follows it")
            self.at += in_array
        self.at += 1
        if self._next():
            raise self._broken(number, "something else follows the array")

    def _next(self) -> str:
        """The next character that is not white space, which is not taken; empty at the end."""
        while True:
            match = _SPACE.match(self.buffer, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self._read(1):
                return ""

    def _value(self, number: int) -> Any:
        wanted = _PIECE
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
                if end < len(self.buffer) or self.ended:  # a number may go on in the next piece
                    self.at = end
                    return value
            except RecursionError as error:
                raise _too_deep(f"{self.name}: value {number:,}") from error
            except json.JSONDecodeError as error:
                if self.ended:
                    raise self._broken(number, _reason(error), error.pos) from error
            if len(self.buffer) - self.at > LONGEST_TEXT:
                raise self._broken(number, f"it does not end within {LONGEST_TEXT:,} characters")
            self._read(wanted)
            wanted *= 2

    def _read(self, wanted: int) -> bool:
        """Read at least so many characters more, unless the text ends; whether there were any."""
        pieces, size = [self.buffer[self.at :]], 0
        while size < wanted and not self.ended:
            piece = next(self.characters, None)
            self.ended = piece is None
            pieces.append(piece or "")
            size += len(piece or "")
        self.done += self.at
        self.buffer, self.at = "".join(pieces), 0
        return size > 0

    def _broken(self, number: int, reason: str, at: int | None = None) -> CorpusError:
        place = self.done + (self.at if at is None else at) + 1
        return CorpusError(
            f"{self.name}: value {number:,} is not whole JSON: {reason} (character {place:,})",
            hint="is the file cut short? write it again, or give one value a line and the suffix .jsonl",
        )


def _reason(error: json.JSONDecodeError) -> str:
    said = error.msg.removesuffix(" at").removesuffix(" starting")
    return said[:1].lower() + said[1:]


def _too_deep(where: str) -> CorpusError:
    return CorpusError(f"{where} is nested too deeply", hint="give records whose texts stand a few levels deep")


def _texts(values: Iterator[tuple[int, Any]], opened: Opened) -> Iterator[Text]:
    reading, tally, name = opened.reading, opened.tally, opened.name
    found, first = 0, None
    for number, value in values:
        where = f"{name}:{number}"
        first = value if first is None else first
        text = _text(_at(value, reading.column), where, reading.column)
        if not text.strip():
            tally.without_text += 1
            if not found and number >= _PATIENCE:
                raise _no_text(first, number, opened)
            if not reading.keep_empty:
                continue
        found += bool(text.strip())
        tally.texts += 1
        given = None if reading.id_column is None else _at(value, reading.id_column)
        yield Text(given if isinstance(given, str) and given else where, text)
    if first is not None and not found:
        raise _no_text(first, 0, opened)


def _at(value: Any, path: str | None) -> Any:
    """What stands under a key, or under keys inside of objects and numbers inside of lists; None where nothing does."""
    if path is None:
        return value
    if isinstance(value, dict) and path in value:
        return value[path]
    parts = path.replace("[]", "").split(".")
    for place, part in enumerate(parts):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            inside = [_at(item, ".".join(parts[place:])) for item in value]
            texts = [text for one in inside for text in (one if isinstance(one, list) else [one])]
            return " ".join(text for text in texts if isinstance(text, str)) or None
        else:
            return None
    return value


def _text(value: Any, where: str, column: str | None) -> str:
    if isinstance(value, str):
        return on_one_line(value)
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return joined(value, where)
    kinds = {dict: "an object", list: "a list of other things than strings", bool: "true or false"}
    if column is None and isinstance(value, dict):
        raise CorpusError(
            f"{where}: the value is an object, and no key is chosen (it has {_listed(_keys(value))})",
            hint="choose the key that holds the text: --column KEY",
        )
    of = next((item for item in value if isinstance(item, dict)), None) if isinstance(value, list) else value
    inside = _keys(of, f"{column}." if column else "") if isinstance(of, dict) else []
    raise CorpusError(
        f"{where}: {'the value' if column is None else repr(column)} is {kinds[type(value)]}, not a text",
        hint=f"choose a key inside of it: --column {inside[0]}" if inside else "choose a key that holds strings",
    )


def _keys(value: Any, before: str = "", depth: int = 2) -> list[str]:
    """The keys of an object, those inside of objects with dots."""
    if not isinstance(value, dict) or not depth:
        return [before.removesuffix(".")] if before else []
    return [key for name, inner in value.items() for key in _keys(inner, f"{before}{name}.", depth - 1)]


def _listed(keys: list[str]) -> str:
    shown = ", ".join(key if len(key) <= 40 else f"{key[:40]}…" for key in keys[:_SHOWN])
    return (f"{shown}, …" if len(keys) > _SHOWN else shown) or "no keys"


def _no_text(first: Any, number: int, opened: Opened) -> CorpusError:
    column = opened.reading.column
    if column is None:
        return CorpusError(f"{opened.name}: all its texts are empty", hint="is it the right file?")
    of = f"the first {number:,} records" if number else "its records"
    keys = _keys(first)
    return CorpusError(
        f"{opened.name}: none of {of} has a text with the key {column!r}: the first has {_listed(keys)}",
        hint=did_you_mean(column, keys) or "choose another key with --column",
    )


JSON = _Json()
