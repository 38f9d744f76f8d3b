"""Lines that hold several arguments: those of the prompt, cut as a shell does, and files with two words a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from w2v.cli.rows import words_in_file
from w2v.errors import FormatError, SettingsError

__all__ = ["TOKEN", "pairs_of", "split"]

TOKEN = re.compile(
    r"""\s*( (?:--[\w-]+=)? (?: "(?P<double>(?:[^"\\]|\\.)*)" (?!\S) | '(?P<single>[^']*)' (?!\S) )
           | \{[^}]*\}\S* | \S+ )""",
    re.VERBOSE,
)
DELIMITERS = "\t,;"  # of these the first one that a line has is between its words; else blanks are
CURE = "write two words a line, with a tab, a comma or a blank between them; with --matrix, a line is one word"


def split(line: str) -> list[str]:
    """Cut a line into arguments at blanks, as a shell does.

    A quote counts only where an argument begins, since words such as don't and l'homme hold one; {cat dog} is one
    argument without quotes.
    """
    found = []
    for match in TOKEN.finditer(line):
        token, double, single = match[1], match["double"], match["single"]
        if double is not None:
            token = token[: token.index('"')] + re.sub(r"\\(.)", r"\1", double)
        elif single is not None:
            token = token[: token.index("'")] + single
        found.append(token)
    return found


def pairs_of(words: Sequence[str], file: Path | None) -> list[tuple[str, str]] | None:
    """Return the pairs in a file, with one that the command line names before them.

    None where there is no such file: nothing but words on the command line, or a file with a word in each line. A
    lone `-` is standard input. Raise `FormatError` for a line that is no pair.
    """
    if tuple(words) == ("-",):
        words, file = (), Path("-") if file is None else file
    if file is None:
        return None
    lines = words_in_file(file)
    cut = [_words_of(line) for line in lines]
    if len(lines) + len(words) == 2 and all(len(each) == 1 for each in cut):
        return [(words[0], lines[0]) if words else (lines[0], lines[1])]
    found: list[tuple[str, str]] = []
    if words:
        if len(words) != 2:
            raise SettingsError(f"beside pairs in a file, {len(words)} words are named", hint="name a pair, or none")
        found.append((words[0], words[1]))
    name = "standard input" if str(file) == "-" else str(file)
    if not lines:
        raise FormatError(f"{name} has no pairs", hint=CURE)
    for number, (line, each) in enumerate(zip(lines, cut, strict=True), start=1):
        rated = len(each) == 3 and _is_number(each[2])  # as the sets are on which people rate pairs
        if len(each) != 2 and not rated:
            raise FormatError(f"{name}: pair {number:,} ({line:.60}) is not two words", hint=CURE)
        found.append((each[0], each[1]))
    return found


def _words_of(line: str) -> list[str]:
    delimiter = next((each for each in DELIMITERS if each in line), None)
    if delimiter is None or line.lstrip().startswith("{"):
        return split(line)
    return [cell.strip() for cell in next(csv.reader([line.strip()], delimiter=delimiter)) if cell.strip()]


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
