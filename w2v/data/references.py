"""What to cite for methods and models, and the entries of BibTeX, also those of sets.

Methods and models name works by the keys of `references.toml`. A set has its citation in its own manifest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

__all__ = ["Work", "entries_of", "work_of"]

ENTRY = re.compile(r"^@\w+\{([^,\s]+),", re.MULTILINE)


@dataclass(frozen=True)
class Work:
    """A work to cite. citation: in words; bibtex: its entry."""

    key: str
    citation: str
    bibtex: str


@cache
def _works() -> dict[str, Work]:
    import tomllib  # here, because most commands cite nothing

    found = tomllib.loads(files("w2v.data").joinpath("references.toml").read_text("utf-8"))
    return {key: Work(key, own["citation"], own["bibtex"].strip()) for key, own in found.items()}


def work_of(key: str) -> Work:
    """Return the work of a key. Raise `KeyError` where there is none: keys are written in the code."""
    return _works()[key]


def entries_of(bibtex: Iterable[str]) -> dict[str, str]:
    """Return all entries in texts of BibTeX by their keys; of two entries with one key the first."""
    found: dict[str, str] = {}
    for text in bibtex:
        starts = [match.start() for match in ENTRY.finditer(text)]
        for start, stop in pairwise([*starts, len(text)]):
            entry = text[start:stop].strip()
            found.setdefault(ENTRY.match(entry)[1], entry)  # type: ignore[index]
    return found
