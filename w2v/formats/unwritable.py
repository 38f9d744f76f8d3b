"""What becomes of words that a format cannot hold. Which words these are, each format says (`refuses`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from typing import Literal, get_args

import numpy as np

from w2v.errors import OutputError, SettingsError
from w2v.files.tensors import whole_text
from w2v.formats.contents import some
from w2v.progress import Progress
from w2v.transforms.prune import with_rows
from w2v.vectors import Vectors

__all__ = ["UNWRITABLE", "Unwritable", "check", "fitted"]

Unwritable = Literal["error", "skip", "escape"]
UNWRITABLE: tuple[Unwritable, ...] = get_args(Unwritable)
WHITE_SPACE = re.compile(r"\s")
Refuses = Callable[[str], bool]


def _is_utf8(word: str) -> bool:
    """Say whether a word can be written in UTF-8: lone surrogates cannot."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(words: Sequence[str], refuses: Refuses) -> list[int]:
    """Return the rows of the words that cannot be written."""
    try:
        whole = whole_text(words)
        whole.encode()
        if whole.split() == [whole] and all(words):
            return []  # no white space anywhere: every format takes them
    except UnicodeEncodeError:
        pass
    return [row for row, word in enumerate(words) if not _is_utf8(word) or refuses(word)]


def check(words: Sequence[str], refuses: Refuses, title: str, why: str) -> None:
    """Raise `OutputError` for words that would not come back as they are from the format with this title."""
    rows = _refused(words, refuses)
    if not rows:
        return
    listed = list(words)
    surrogate = next((listed[row] for row in rows if not _is_utf8(listed[row])), None)
    if surrogate is not None:
        letter = next(letter for letter in surrogate if "\ud800" <= letter <= "\udfff")
        raise OutputError(
            f"a word holds a lone surrogate ({letter!r}), which UTF-8 cannot carry",
            hint="decode the text that the words came from with errors='replace', or write with --unwritable escape",
        )
    raise OutputError(
        f"{len(rows):,} of {len(listed):,} words cannot be written as {title}: {why} "
        f"({some([listed[row] for row in rows])})",
        hint="write a .safetensors file, which holds any word; or --unwritable escape writes _ for white space, and "
        "--unwritable skip leaves these rows out",
    )


def fitted(vectors: Vectors, refuses: Refuses, title: str, unwritable: Unwritable, progress: Progress) -> Vectors:
    """Return vectors whose words can be written: without the rows of others, or with other spellings of these.

    "escape" writes `_` for white space; where there is such a word already, or where the word cannot be written for
    another reason, it writes the code points of the letters (`\\u2009`). `progress` hears what was done.
    """
    if unwritable not in UNWRITABLE:
        raise SettingsError(f"unwritable is {unwritable!r}", hint=f"choose one of {', '.join(UNWRITABLE)}")
    rows = [] if unwritable == "error" else _refused(vectors.words, refuses)
    if not rows:
        return vectors
    words, taken = list(vectors.words), set(vectors.words)
    left_out = []
    for row in rows:
        word = None if unwritable == "skip" else _escaped(words[row], refuses, taken)
        if word is None:
            left_out.append(row)
        else:
            taken.add(word)
            words[row] = word
    named = some([vectors.words[row] for row in rows])
    if len(left_out) == len(words):
        raise OutputError(f"no word can be written as {title} ({named})", hint="write a .safetensors file")
    written = len(rows) - len(left_out)
    for number, done in ((written, "written with _ for white space"), (len(left_out), "left out")):
        if number:
            which = f"{number:,} of {len(words):,} words"
            progress.message(f"{which} {done}, as {title} cannot hold them: {named}", "warning")
    respelt = vectors.respelt(words) if written else vectors
    return with_rows(respelt, np.setdiff1d(np.arange(len(words)), left_out)) if left_out else respelt


def _escaped(word: str, refuses: Refuses, taken: Container[str]) -> str | None:
    """Return another spelling that can be written and that no other word has; None where there is none."""
    codes = "".join(
        f"\\u{ord(letter):04x}" if letter.isspace() or "\ud800" <= letter <= "\udfff" else letter for letter in word
    )
    for spelling in (WHITE_SPACE.sub("_", word), codes):
        if spelling not in taken and _is_utf8(spelling) and not refuses(spelling):
            return spelling
    return None
