"""`Alignment`: two files of vectors in one space, and how they came there. Every output is made from it.

How it is found is in align.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from w2v.compare.cipher import Ceiling
from w2v.compare.dictionary import Seeds
from w2v.compare.maps import SpaceMap
from w2v.compare.rounds import Round
from w2v.report.blocks import Column, Document, Note, Row, Section, Table
from w2v.report.numbers import count, percent, three
from w2v.report.tables import figure, text
from w2v.vectors import Vectors

__all__ = ["Alignment", "Alike", "Example"]


METHODS = {
    "rotation": "The first file was turned onto the second (orthogonal Procrustes): distances within a file stay.",
    "whitened": "Both files were whitened, mapped, reweighted and de-whitened (Artetxe, Labaka & Agirre 2018).",
    "canonical": "Both files were mapped to their canonical directions, each as long as its correlation: where the "
    "texts do not agree, distances within a file shrink.",
}
NO_DICTIONARY = "no dictionary: self-learning"
CEILING = (
    "Self-test: the text of a file in two halves, all words of one half renamed, aligned from a few pairs. No pair of "
    "languages reaches what is found there: it is the ceiling that the size of the text sets. A half has half of the "
    "text, so the ceiling of the whole text is somewhat higher."
)


@dataclass(frozen=True)
class Example:
    """A word of the first file, with the words of the second that CSLS puts first."""

    word: str
    translations: tuple[str, ...]


@dataclass(frozen=True)
class Alike:
    """Of `words` that both files spell alike and that the last maps were not fitted to as such, how many are found."""

    words: int
    found: int


@dataclass(frozen=True, eq=False)
class Alignment:
    """Two files of vectors in one space.

    names: of the two files. source, target: their vectors in the joint space; words, counts and lengths of rows are as
    before. maps: of the rows of each file. seeds: the pairs that the alignment began with, of each kind. rounds: the
    fits of the maps. method: "rotation", "whitened" or "canonical". dims: dimensions of both files, and of the joint
    space. examples: some words with translations. alike: a check by words that both files spell alike; None where there
    are too few, or where they stayed pairs in all rounds. ceiling: of a self-test, for each file that was tested.
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

    def document(self, *, warned: bool = True) -> Document:
        """Return the alignment as a person reads it.

        warned: with the warnings; a terminal has shown them already.
        """
        return _document(self, self.warnings if warned else ())

    def to_markdown(self) -> str:
        """Return the document as Markdown."""
        from w2v.report.markdown import to_markdown

        return to_markdown(self.document())

    def to_html(self) -> str:
        """Return the document as one HTML page."""
        from w2v.report.html import to_html

        return to_html(self.document())


def _document(found: Alignment, warnings: Sequence[str]) -> Document:
    first, second = found.names
    blocks: list[Table | Note] = [_rounds(found), *(Note((f"Warning: {each}.",)) for each in warnings), *_notes(found)]
    if found.examples:
        blocks.append(_examples(found))
    if found.ceilings:
        blocks.append(_ceilings(found))
        blocks.append(Note((CEILING,)))
    return Document("Alignment", (Section("", tuple(blocks)),), (first, second))


def _rounds(found: Alignment) -> Table:
    columns = (
        Column("round", numeric=False),
        Column("maps", numeric=False),
        Column("pairs"),
        Column("found anew"),
        Column("cosine"),
        Column("CSLS"),
    )
    rows = tuple(
        Row(
            (
                text(str(each.number)),
                text(each.method),
                text(figure(each.pairs, count)),
                text(figure(each.found, count)),
                text(figure(each.cosine, three)),
                text(figure(each.csls, three)),
            )
        )
        for each in found.rounds
    )
    return Table(f"{found.names[0]} and {found.names[1]} in one space of {found.dims[2]:,} dimensions", columns, rows)


def _notes(found: Alignment) -> Iterator[Note]:
    yield Note((f"Began with {'; and '.join(_seeds(each, found) for each in found.seeds)}.",))
    yield Note((METHODS[found.rounds[-1].method],))
    yield Note(
        (
            "Cosine: of the pairs, on average, after the fit. CSLS: of the pairs that were found, before it: the "
            "cosine, less how near both words are to all others.",
        )
    )
    if found.alike is not None:
        words, first = found.alike.words, found.alike.found
        yield Note(
            (
                f"Check: of {words:,} words that both files spell alike and that no dictionary gave, {first:,} find "
                f"each other first ({percent(first / words)}). Not all of them mean the same.",
            )
        )


def _seeds(seeds: Seeds, found: Alignment) -> str:
    if seeds.kind == "none":
        return f"{len(seeds):,} pairs that the spaces themselves suggest ({NO_DICTIONARY})"
    if seeds.kind == "identical":
        return f"{len(seeds):,} words of four letters or more that both files spell alike"
    if seeds.kind == "numerals":
        return f"{len(seeds):,} numerals that both files have"
    named = seeds.file or "the dictionary"
    first, second = found.names
    return (
        f"{len(seeds):,} of the {seeds.listed:,} pairs of {named} ({first} lacks {seeds.without_source:,} of the "
        f"words, {second} {seeds.without_target:,})"
    )


def _examples(found: Alignment) -> Table:
    columns = (Column("word", numeric=False, whole=True), Column("nearest in the second file, by CSLS", numeric=False))
    rows = tuple(Row((text(each.word), text(", ".join(each.translations)))) for each in found.examples)
    return Table("Some words, by falling frequency", columns, rows)


def _ceilings(found: Alignment) -> Table:
    columns = (
        Column("text of", numeric=False, whole=True),
        Column("tokens of a half"),
        Column("pairs"),
        Column("P@1"),
        Column("P@5"),
        Column("P@10"),
        Column("P@1, nearest"),
        Column("P@1, not refined"),
    )
    rows = tuple(
        Row(
            (
                text(each.name),
                text(figure(each.tokens, count)),
                text(figure(each.pairs, count)),
                *(text(figure(value, percent)) for value in (*each.csls, each.cosine[0], each.once)),
            )
        )
        for each in found.ceilings
    )
    asked = ", ".join(f"{each.asked:,}" for each in found.ceilings)
    return Table(f"Self-test: found again, by CSLS, of {asked} words", columns, rows)
