"""Texts from Python: any iterable of strings, or of lists of tokens, instead of files. Not here: files (sources.py).

A list, a generator, a column of pandas or an open text file will do. The texts are read as UTF-8 lines, so that they
are counted as a file of the same lines is, with the same fingerprint. A line break inside of a text becomes a blank.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, ClassVar

from w2v.errors import CorpusError, SettingsError
from w2v.text.kind import Text, on_one_line
from w2v.text.opening import LONGEST_TEXT
from w2v.text.sources import STDIN, Source
from w2v.text.token_lists import joined

__all__ = ["Corpus", "Names", "PythonTexts", "names_or_texts"]


_LOOKED_AT = 100  # items that tell whether they are names of files or texts, and that are checked at once
_WANTED = "give names of files, or an iterable of strings or of lists of tokens"
_CURES: dict[type, str] = {
    bytes: "decode it: text.decode()",
    dict: "give one of its values: [record['title'] for record in records]",
    set: "a set has no order: give sorted(tokens)",
    frozenset: "a set has no order: give sorted(tokens)",
}
_LIKE_A_FILE = re.compile(r"[^\n]*\.[A-Za-z]\w{0,5}")


@dataclass(frozen=True, eq=False)
class PythonTexts(Source):
    """Texts from Python as a source of bytes.

    are_tokens: whether each text is a list of tokens.
    """

    is_text: ClassVar[bool] = True

    items: Iterable[Any] = ()
    are_tokens: bool = False
    _used: list[bool] = field(default_factory=list)

    def read(self, step: int) -> Iterator[bytes]:
        """Read the texts as lines, about `step` bytes at a time. Raises CorpusError for what is no text."""
        lines: list[str] = []
        size = 0
        for text in self.texts():
            lines.append(text.text)
            size += len(text.text) + 1
            if size >= step:
                yield "\n".join([*lines, ""]).encode()
                lines.clear()
                size = 0
        if lines:
            yield "\n".join([*lines, ""]).encode()

    def texts(self) -> Iterator[Text]:
        """Yield each text with its place from 0 as its id. What an iterator yields can be read only once."""
        if self._used and isinstance(self.items, Iterator):
            raise CorpusError("the texts were read already, and their iterator is used up", hint="give a list of them")
        self._used.append(True)
        for number, item in enumerate(self.items):
            yield Text(str(number), _text_of(item, number, self.are_tokens))


class Names(tuple[str, ...]):
    """Names of files, however they are spelt: a misspelt name with a blank in it is no text."""

    __slots__ = ()


Corpus = str | os.PathLike[str] | Iterable[Any] | PythonTexts


def names_or_texts(corpus: Corpus, *, without_blanks: bool = False) -> Names | PythonTexts:
    """Return the names of files that a corpus consists of, or its texts.

    A string by itself is the name of a file, never a text. A list of strings holds names of files where at least half
    of the first ones exist, or match a pattern, and where none of them could be a sentence. without_blanks: whether a
    text may be a single word. Raises SettingsError for what is neither, looking at the first 100 items.
    """
    if isinstance(corpus, (PythonTexts, Names)):
        return corpus
    if isinstance(corpus, (str, os.PathLike)):
        return Names([os.fspath(corpus)])
    _refuse_what_is_no_corpus(corpus)
    items = iter(corpus)
    first = list(islice(items, _LOOKED_AT))
    everything = chain(first, items)
    if all(isinstance(item, (str, os.PathLike)) for item in first) and _are_names(first, without_blanks):
        return Names(_name(item) for item in everything)
    are_tokens = not isinstance(first[0], str)
    for number, item in enumerate(first):
        try:
            _text_of(item, number, are_tokens)
        except CorpusError as error:
            raise SettingsError(error.message, hint=error.hint) from error
    again = everything if items is corpus else corpus
    return PythonTexts("texts from Python", None, None, items=again, are_tokens=are_tokens)


def _refuse_what_is_no_corpus(corpus: object) -> None:
    kind = type(corpus).__name__
    cure = ""
    if isinstance(corpus, (bytes, bytearray, memoryview)):
        cure = "name a file, or decode the text and give its lines: data.decode().splitlines()"
    elif isinstance(corpus, Mapping):
        cure = "give its texts: list(texts.values())"
    elif isinstance(corpus, (set, frozenset)):
        cure = "a set has no order, so no two runs would agree: give sorted(texts)"
    elif hasattr(corpus, "columns"):
        cure = "give one of its columns: table['title']"
    elif not isinstance(corpus, Iterable):
        cure = _WANTED
    if cure:
        raise SettingsError(f"the corpus is of the type {kind}", hint=cure)


def _are_names(first: list[Any], without_blanks: bool) -> bool:
    """Whether strings are names of files, and not texts. Raises SettingsError for single words that are neither."""
    if any(isinstance(item, os.PathLike) or item == STDIN for item in first):
        return True
    if 2 * sum(map(_names_a_file, first)) >= len(first):
        return True
    if any(item.split() != [item] for item in first):  # it holds white space, or nothing
        return all(_LIKE_A_FILE.fullmatch(item) for item in first)
    if len(first) == 1 or any(_LIKE_A_FILE.fullmatch(item) or os.sep in item for item in first):
        return True
    if without_blanks:
        return False
    raise SettingsError(
        f"the corpus is a list of single words, such as {first[0]!r}, and no file has such a name",
        hint="give a list for each sentence: [['the', 'cat'], …]; or strings with blanks: ['the cat', …]",
    )


def _names_a_file(item: str) -> bool:
    if not item or "\n" in item or len(item) > 4096:
        return False
    try:
        return os.path.lexists(item) or (glob.has_magic(item) and bool(glob.glob(item)))
    except (OSError, ValueError, re.error):
        return False


def _name(item: object) -> str:
    if isinstance(item, (str, os.PathLike)):
        return os.fspath(item)
    raise SettingsError(f"the corpus names files, and one is of the type {type(item).__name__}", hint=_WANTED)


def _text_of(item: Any, number: int, are_tokens: bool) -> str:
    where = f"text {number:,}"
    if isinstance(item, str):
        if are_tokens:
            raise CorpusError(
                f"{where} is a string, and those before it are lists of tokens", hint="give one or the other"
            )
        text = on_one_line(item.rstrip("\r\n"))
    else:
        if not are_tokens and _is_a_list(item):
            raise CorpusError(f"{where} is a list, and those before it are strings", hint="give one or the other")
        text = joined(_tokens_of(item, where), where)
    _check(text, where)
    return text


def _is_a_list(item: object) -> bool:
    """Whether it may be a list of tokens; an iterator could be looked at only once."""
    return isinstance(item, Iterable) and not isinstance(
        item, (str, bytes, bytearray, Mapping, set, frozenset, Iterator)
    )


def _tokens_of(item: Any, where: str) -> list[str]:
    if not _is_a_list(item):
        if item is None or item != item:  # NaN stands for what is missing in a table
            raise CorpusError(f"{where} is missing ({item!r})", hint="leave missing texts out: column.dropna()")
        cure = _CURES.get(type(item), "give strings, or lists of tokens, which are strings too")
        raise CorpusError(f"{where} is of the type {type(item).__name__}, not a string or a list of tokens", hint=cure)
    tokens = list(item)
    for place, token in enumerate(tokens):
        if not isinstance(token, str):
            raise CorpusError(
                f"{where}: token {place:,} is {token!r:.40}, of the type {type(token).__name__}, not a string",
                hint="make strings of the tokens: [[str(token) for token in text] for text in texts]",
            )
    return tokens


def _check(text: str, where: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise CorpusError(f"{where} is longer than {LONGEST_TEXT:,} characters", hint="give each sentence as a text")
    if "\0" in text:
        raise CorpusError(
            f"{where} holds the character NUL, which no text holds", hint="replace it: text.replace('\\0', ' ')"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CorpusError(
            f"{where}: character {error.start:,} is half of a pair (a lone surrogate), which UTF-8 cannot write",
            hint="replace such characters: text.encode('utf-8', 'replace').decode()",
        ) from error
