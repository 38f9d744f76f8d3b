"""`Alignment`: two files of vectors in one space, and how they came there. Every output is made from it.

How it is found is in align.py; how it is shown, in align_document.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from w2v.compare.cipher import Ceiling
from w2v.compare.dictionary import Seeds
from w2v.compare.maps import SpaceMap
from w2v.compare.rounds import Round
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from w2v.report.blocks import Document

__all__ = ["Alignment", "Alike", "Example"]


@dataclass(frozen=True)
class Example:
    """A word of the first file, with the words of the second that CSLS puts first."""

    word: str
    translations: tuple[str, ...]


@dataclass(frozen=True)
class Alike:
    """Of `words` that both files spell alike and that were not given as pairs, how many find each other first."""

    words: int
    found: int


@dataclass(frozen=True, eq=False)
class Alignment:
    """Two files of vectors in one space.

    names: of the two files. source, target: their vectors in the joint space; words, counts and lengths of rows are as
    before. maps: of the rows of each file. seeds: the pairs that the alignment began with, of each kind. rounds: the
    fits of the maps. method: "rotation", "whitened" or "canonical". dims: dimensions of both files, and of the joint
    space. examples: some words with translations. alike: a check by words that both files spell alike; None where there
    are too few, or where the alignment began with them. ceiling: of a self-test, for each file that was tested.
    warnings: what a person should know, in sentences.
    """

    names: tuple[str, str]
    source: Vectors = field(repr=False)
    target: Vectors = field(repr=False)
    maps: tuple[SpaceMap, SpaceMap] = field(repr=False)
    seeds: tuple[Seeds, ...]
    rounds: tuple[Round, ...]
    method: str
    dims: tuple[int, int, int]
    examples: tuple[Example, ...] = field(repr=False)
    alike: Alike | None
    ceilings: tuple[Ceiling, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def pairs(self) -> int:
        """The number of pairs that the last maps were fitted to."""
        return self.rounds[-1].pairs

    def to_dict(self) -> dict[str, Any]:
        """Return the alignment as JSON has it, without the vectors."""
        return {
            "files": [
                {"name": name, "words": len(vectors), "dim": dim}
                for name, vectors, dim in zip(self.names, (self.source, self.target), self.dims, strict=False)
            ],
            "dim": self.dims[2],
            "method": self.method,
            "seeds": [each.to_dict() for each in self.seeds],
            "rounds": self.rows(),
            "alike": None if self.alike is None else {"words": self.alike.words, "found": self.alike.found},
            "examples": [{"word": each.word, "translations": list(each.translations)} for each in self.examples],
            "self_test": [each.to_dict() for each in self.ceilings],
            "warnings": list(self.warnings),
        }

    def rows(self) -> Sequence[dict[str, Any]]:
        """Return one flat row for each round."""
        return [each.to_dict() for each in self.rounds]

    def document(self) -> Document:
        """Return the alignment as a person reads it."""
        from w2v.compare.align_document import document_of

        return document_of(self)

    def to_markdown(self) -> str:
        """Return the document as Markdown."""
        from w2v.report.markdown import to_markdown

        return to_markdown(self.document())

    def to_html(self) -> str:
        """Return the document as one HTML page."""
        from w2v.report.html import to_html

        return to_html(self.document())
