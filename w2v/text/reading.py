"""Settings that say how texts are read: kind of the files, column, encoding. Not here: texts (w2v/text/texts.py)."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from w2v.errors import SettingsError
from w2v.text.kinds import KINDS, PLAIN

__all__ = ["AUTO", "UTF8", "EncodingErrors", "Reading", "did_you_mean"]

EncodingErrors = Literal["strict", "replace"]

AUTO = "auto"
UTF8 = "utf-8"
_NOT_OF_FILES = ("idna", "punycode", "undefined")
_COMMON = ["utf-8", "cp1252", "latin-1", "utf-16", "cp1251", "koi8-r", "gb18030", "big5", "shift-jis", "euc-kr"]


@dataclass(frozen=True)
class Reading:
    """How texts are read.

    input_format: what all files are, by a name in w2v/text/kinds.py; "auto" recognises each file by its name and its
        first bytes. None takes files as plain text, or, where a column is named, as CSV or JSON.
    column: of CSV, its name in the first line, or its number from 1 where the first line holds no names; of JSON, the
        key, with dots for keys inside of objects ("title.en"). It may be given as an int.
    id_column: the column that holds the id of each text; None takes the place in the file ("products.csv:17").
    encoding: the encoding of text files, by its name in Python, such as "cp1252" or "utf-16".
    encoding_errors: "strict" stops at the first byte that is not valid; "replace" puts U+FFFD there.
    whole_files: a plain text file is one text; otherwise each of its lines is one. None: Markdown, and files that were
        found in a folder or by a pattern, are one text each, and a text file that was named is cut into lines.
    keep_empty: a line or a record without text is an empty text; otherwise it is left out.

    Raises SettingsError for impossible values.
    """

    input_format: str | None = None
    column: str | None = None
    id_column: str | None = None
    encoding: str = UTF8
    encoding_errors: EncodingErrors = "strict"
    whole_files: bool | None = False
    keep_empty: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", _column("column", self.column))
        object.__setattr__(self, "id_column", _column("id_column", self.id_column))
        object.__setattr__(self, "encoding", _encoding(self.encoding))
        if self.encoding_errors not in ("strict", "replace"):
            raise SettingsError(
                f"encoding_errors is {self.encoding_errors!r}", hint="encoding_errors must be 'strict' or 'replace'"
            )
        if self.input_format is not None and self.input_format not in (AUTO, *KINDS):
            raise SettingsError(
                f"input_format is {self.input_format!r}",
                hint=f"input_format must be one of {', '.join((AUTO, *KINDS))}",
            )

    @property
    def is_default(self) -> bool:
        """Whether files are read as UTF-8 plain text, without anything else having been asked for."""
        return self.input_format in (None, PLAIN) and self.column is None and self.encoding == UTF8


def _column(setting: str, value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    raise SettingsError(f"{setting} is {value!r}", hint=f"{setting} must be the name of a column, or its number")


def _encoding(value: object) -> str:
    """The name by which Python knows an encoding; UTF-8 with a byte order mark is read as UTF-8 is."""
    try:
        found = codecs.lookup(value)  # type: ignore[arg-type]
    except (LookupError, TypeError, ValueError):
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True) or found.name in _NOT_OF_FILES:
        near = did_you_mean(str(value).lower(), _COMMON)
        raise SettingsError(
            f"encoding is {value!r}, which Python does not know",
            hint=near or f"name one as Python does: {', '.join(_COMMON)}, …",
        )
    return UTF8 if found.name in ("utf-8", "utf-8-sig") else found.name


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A hint with the known names that are spelt like `word`; empty where there is none."""
    from difflib import get_close_matches  # here, because settings are read by commands that must start fast

    near = get_close_matches(word, known)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else ""
