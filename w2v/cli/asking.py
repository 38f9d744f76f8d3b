"""Reading vectors for a question about a few words. Not here: the questions, each of which is a command of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from w2v.cli.progress import console_progress

if TYPE_CHECKING:
    from w2v.vectors import Vectors

__all__ = ["vectors_for"]


def vectors_for(words: Sequence[str], path: Path) -> Vectors:
    """The vectors of a file that knows all of `words`; with a warning where one of these has no direction."""
    from w2v import formats

    with console_progress() as progress:
        loaded = formats.read(path, progress=progress)
        rows = loaded.rows(words)
        silent = [word for word, row in zip(words, rows, strict=True) if loaded.norms[row] == 0]
        for word in dict.fromkeys(silent):
            progress.message(f"the vector of {word!r} is all zeros: every cosine with it is 0", "warning")
    return loaded
