"""What `--tokenizer words` leaves out of a text, or takes apart: counted by kind, with examples, for screen and record.

The characters are counted while words are found (w2v/kernels/tokenise.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import category, name

import numpy as np

from w2v.arrays import I64

if TYPE_CHECKING:
    from w2v.kernels.tokenise import Tally

__all__ = ["AFTERWARDS", "Apart", "LeftOut", "described", "tags_among"]

EXAMPLES = 8  # of each kind, in records
SHOWN = 4  # of these, on the screen
LONGEST = 40  # characters of an example
AFTERWARDS = 4 * LONGEST  # bytes behind a place that an example may need
_KINDS = {"P": "punctuation", "S": "symbols", "M": "marks without a letter"}
_REST = "other characters"


@dataclass(frozen=True)
class Apart:
    """A place where one character between two words was left out, so that they came apart: km/h by "/"."""

    between: str
    text: str

    @classmethod
    def found(cls, between: str, block: bytes, begin: int, behind: int) -> Apart:
        """Return the example in a block of UTF-8: one word begins at `begin`, the other one at `behind`."""
        last = block[behind : behind + AFTERWARDS].decode(errors="ignore").split(maxsplit=1)[0]
        kept = 0
        while kept < len(last) and category(last[kept])[0] in "LMN":
            kept += 1
        text = block[begin:behind].decode(errors="ignore") + last[: max(kept, 1)]
        return cls(between, text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


@dataclass(frozen=True)
class LeftOut:
    """What is in no word.

    characters: by kind, by character, how often it was left out; the most frequent first. apart: by character, how
    often it alone stood between two words, and the first such place; the most frequent first.
    """

    characters: Mapping[str, Mapping[str, int]]
    apart: Mapping[str, tuple[int, str]]

    @classmethod
    def of(cls, tallies: Sequence[Tally], examples: Mapping[str, Apart]) -> LeftOut | None:
        """Add up what all workers have counted; None where nothing was counted."""
        if not tallies:
            return None
        points = np.unique(np.concatenate([tally.points[: tally.carry[4]] for tally in tallies]))
        left, apart = (
            np.sum([of[points] for of in counts], axis=0)
            for counts in ([tally.left for tally in tallies], [tally.apart for tally in tallies])
        )
        characters: dict[str, dict[str, int]] = {kind: {} for kind in (*_KINDS.values(), _REST)}
        for letter, count in _by_count(points, left):
            characters[_KINDS.get(category(letter)[0], _REST)][letter] = count
        return cls(
            {kind: found for kind, found in characters.items() if found},
            {
                letter: (count, examples[letter].text if letter in examples else "")
                for letter, count in _by_count(points, apart)
            },
        )

    @classmethod
    def sum_of(cls, parts: Sequence[LeftOut]) -> LeftOut:
        """Add up what is left out of parts of a text, in their order: the first example of each character stays."""
        characters: dict[str, dict[str, int]] = {kind: {} for kind in (*_KINDS.values(), _REST)}
        apart: dict[str, tuple[int, str]] = {}
        for part in parts:
            for kind, counts in part.characters.items():
                for letter, count in counts.items():
                    characters[kind][letter] = characters[kind].get(letter, 0) + count
            for letter, (count, text) in part.apart.items():
                before, first = apart.get(letter, (0, ""))
                apart[letter] = before + count, first or text
        return cls(
            {kind: dict(sorted(found.items(), key=_most_first)) for kind, found in characters.items() if found},
            dict(sorted(apart.items(), key=lambda item: (-item[1][0], item[0]))),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: how many of each kind, and examples."""
        found: dict[str, Any] = {
            kind: {
                "characters": sum(counts.values()),
                "examples": {_shown(letter): count for letter, count in list(counts.items())[:EXAMPLES]},
            }
            for kind, counts in self.characters.items()
        }
        if self.apart:
            found["taken apart"] = {
                "places": sum(count for count, _ in self.apart.values()),
                "examples": {
                    text or _shown(letter): count for letter, (count, text) in list(self.apart.items())[:EXAMPLES]
                },
            }
        return found


def described(left_out: Mapping[str, Any]) -> str:
    """Return one line on what was left out, made of `LeftOut.to_dict`; "" where nothing was."""
    parts = []
    for kind, facts in left_out.items():
        examples = " ".join(list(facts["examples"])[:SHOWN])
        if "characters" in facts:
            parts.append(f"{facts['characters']:,} {kind} ({examples})")
        else:
            parts.append(f"{facts['places']:,} words taken apart, such as {examples}")
    return f"left out by --tokenizer words: {', '.join(parts)}" if parts else ""


def tags_among(left_out: Mapping[str, Any]) -> int:
    """Return how often # and @ were left out, by what `LeftOut.to_dict` returned."""
    counts = left_out.get("punctuation", {}).get("examples", {})
    return int(counts.get("#", 0) + counts.get("@", 0))


def _by_count(points: I64, counts: I64) -> list[tuple[str, int]]:
    """The characters that were counted, the most frequent first."""
    order = np.lexsort((points, -counts))
    return [(chr(points[place]), int(counts[place])) for place in order if counts[place]]


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _shown(letter: str) -> str:
    """The character, or its number and name where it cannot be seen."""
    if category(letter)[0] in "CZ":
        return f"U+{ord(letter):04X} {name(letter, '')}".strip()
    return f"\N{DOTTED CIRCLE}{letter}" if category(letter)[0] == "M" else letter
