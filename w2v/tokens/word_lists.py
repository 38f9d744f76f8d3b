"""Lists of words that a user gives: only these words, these whatever their count, none of these. And what they did.

A list is a text file with a word a line, or a word and its count, as w2v and gensim write counts. Which words are kept
in the end: choice.py.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from w2v.errors import CorpusError, SettingsError
from w2v.text.checking import PADDING, Checker, Tally
from w2v.text.folding import Folding
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.stop_words import STOP_WORDS

__all__ = ["LISTS", "WordLists", "describe_lists", "lines_of", "lists_of", "names_a_list"]

LISTS = ("vocabulary", "keep_words", "stop_words")  # settings that name lists
SHOWN = 3  # words of a list that the text lacks


@dataclass(frozen=True)
class WordLists:
    """The lists of a run, in the spelling that words of the text have; None where none was given.

    max_count: the most often that a word may occur. init: the words whose vectors training begins with; they are kept
    whatever their count, and only_init keeps no others.
    """

    vocabulary: frozenset[str] | None = None
    keep_words: frozenset[str] | None = None
    stop_words: frozenset[str] | None = None
    max_count: int | None = None
    init: frozenset[str] | None = None
    only_init: bool = False

    def __bool__(self) -> bool:
        return any(getattr(self, name) is not None for name in (*LISTS, "max_count", "init"))

    def digests(self) -> dict[str, str]:
        """Return by setting the SHA-256 of each list that was given: what a token cache is found by."""
        lists = {name: getattr(self, name) for name in LISTS}
        lists["only_init" if self.only_init else "init"] = self.init
        return {
            name: hashlib.sha256("\n".join(sorted(words)).encode()).hexdigest()
            for name, words in lists.items()
            if words is not None
        }


def lists_of(config: CorpusConfig) -> WordLists:
    """Read the lists that settings name. Raises SettingsError for a file that cannot be read, or is no such list."""
    found = {
        name: None if source is None else _read(name, source, config.folding) for name, source in config.lists.items()
    }
    return WordLists(found["vocabulary"], found["keep_words"], found["stop_words"], config.max_count)


def describe_lists(found: Mapping[str, Mapping[str, Any]], min_count: int) -> list[str]:
    """Return a line for each list on what it did, made of `Choice.lists`."""
    lines = []
    for name, facts in found.items():
        option = f"--{name.replace('_', '-')}"
        if name in ("stop_words", "max_count"):
            lines.append(f"{option} dropped {facts['dropped']:,} words ({facts['tokens']:,} tokens)")
            continue
        if name == "init":
            there = facts["words"] - facts["missing"]
            lines.append(f"{option}: {there:,} of the {facts['words']:,} words of the vectors occur in the text")
            continue
        text = f"{option}: {facts['kept']:,} of {facts['words']:,} words of the list are kept"
        if facts["rare"]:
            text += f"; {facts['rare']:,} occur fewer than {min_count} times (--min-count 1 keeps them)"
        if facts["missing"]:
            text += f"; {facts['missing']:,} are not in the text, such as {', '.join(map(repr, facts['examples']))}"
        lines.append(text)
    return lines


def _read(name: str, source: str | os.PathLike[str], folding: Folding) -> frozenset[str]:
    given = os.fspath(source)
    if name == "stop_words" and given in STOP_WORDS and not names_a_list(given):
        words = STOP_WORDS[given].split()
        return frozenset(folding.of_text(form) for word in words for form in (word, word.capitalize()))
    listed = _words_of(given, name)
    if not listed:
        raise SettingsError(f"{given} holds no words", hint="give a text file with a word a line")
    return frozenset(map(folding.of_text, listed))


def names_a_list(given: str) -> bool:
    """Return whether a file has this name, which then wins over a language; a folder does not."""
    return os.path.exists(given) and not os.path.isdir(given)


def lines_of(path: str, cure: str) -> list[str]:
    """Return the lines of a text file. Raises SettingsError for a file that cannot be read; `cure` is the hint."""
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise SettingsError(f"{path}: cannot be read: {reason}", hint=cure) from error
    checker = Checker(path, path, None, Tally(), replace=False, has_option=False)
    try:
        return checker.check(content + PADDING)[: -len(PADDING)].decode().splitlines()
    except CorpusError as error:
        raise SettingsError(error.message, hint=error.hint) from error


def _words_of(path: str, name: str) -> list[str]:
    languages = f", or a language: {', '.join(STOP_WORDS)}" if name == "stop_words" else ""
    lines = lines_of(path, f"give the path of a file{languages}")
    rows = [line.split() for line in lines]
    counted = all(len(row) == 2 and row[1].isdecimal() for row in rows if row)
    for number, row in enumerate(rows, 1):
        if len(row) > 1 and not counted:
            raise SettingsError(
                f"{path}: line {number:,} holds more than one word: {lines[number - 1]!r:.60}",
                hint="give a word a line, or a word and its count",
            )
    return [row[0] for row in rows if row]
