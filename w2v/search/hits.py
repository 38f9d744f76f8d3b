"""What a search has found: hits with their scores, and why each of them was found. Every output is made from these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from w2v.search.scoring import Mode

if TYPE_CHECKING:
    import pandas

__all__ = ["Explanation", "Hit", "Hits", "Mark", "Unlike", "UnlikeDocuments", "WordPair", "WordShare"]

SHOWN = 50  # rows in a notebook
SNIPPET = 240  # characters of a text that are shown


@dataclass(frozen=True)
class WordPair:
    """A word of the query and a word of the text: what both together add to the cosine.

    is_content: whether neither is a function word, such as "how" or "the".
    """

    query: str
    text: str
    share: float
    is_content: bool


@dataclass(frozen=True)
class WordShare:
    """A word of the query that stands in the text: what it adds to the score of BM25."""

    word: str
    share: float


@dataclass(frozen=True)
class Mark:
    """A word of the text that speaks for it: characters begin up to and without end.

    kind: "same" for a word of the query, "near" for a word whose meaning is near one.
    """

    begin: int
    end: int
    kind: Literal["same", "near"]


@dataclass(frozen=True)
class Explanation:
    """Why a text was found.

    pairs: every pair of a word of the query with a word of the text; the shares of all of them sum to the cosine.
    Pairs of content words stand first, the largest share first. words: the shares sum to the score of BM25. marks: the
    words of the text that made it a hit, in their order.
    """

    pairs: tuple[WordPair, ...]
    words: tuple[WordShare, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Hit:
    """A document that was found, by its best passage.

    rank: from 1. id: of the document. passage: which of its passages, from 1; passages: how many it has. text: of the
    passage. score: by which hits are ordered; it is words_part + meaning_part. bm25, cosine: the two scores themselves,
    None where one was not asked for. explanation: None where none was asked for.
    """

    rank: int
    id: str
    passage: int
    passages: int
    text: str
    score: float
    words_part: float
    meaning_part: float
    bm25: float | None
    cosine: float | None
    explanation: Explanation | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Hits:
    """What a query has found, the best first.

    query: as it was asked. mode: how hits were scored. index: the name of the index. vectors: the name of the vectors,
    "" where none were used. documents: how many were searched. not_in_vectors, not_in_texts: words of the query without
    a vector, and words that no document has.
    """

    query: str
    mode: Mode
    index: str
    vectors: str
    documents: int
    not_in_vectors: tuple[str, ...]
    not_in_texts: tuple[str, ...]
    hits: tuple[Hit, ...]

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    @overload
    def __getitem__(self, place: int) -> Hit: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, place: int | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[place]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the words of the query, in sentences."""
        found = []
        if self.not_in_vectors and self.mode != "words":
            found.append(f"not in {self.vectors}, and without a meaning here: {_listed(self.not_in_vectors)}")
        if self.not_in_texts and self.mode != "meaning":
            found.append(f"in no document: {_listed(self.not_in_texts)}")
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    def to_frame(self) -> pandas.DataFrame:
        """Return a data frame of pandas with a row for each hit."""
        import pandas

        columns = ["rank", "id", "passage", "score", "bm25", "cosine", "text"]
        return pandas.DataFrame([{name: getattr(hit, name) for name in columns} for hit in self], columns=columns)

    def _repr_html_(self) -> str:
        from w2v.display import table

        rows = [(str(hit.rank), f"{hit.score:.3f}", hit.id, shortened(hit.text)) for hit in self.hits[:SHOWN]]
        return table(f"{self.query} ({self.mode})", ("", "score", "document", "text"), rows, words=4)


@dataclass(frozen=True)
class Unlike:
    """A document that is like no other. cosine: with `nearest`, the document that is most like it."""

    rank: int
    id: str
    passage: int
    passages: int
    text: str
    cosine: float
    nearest: str
    nearest_text: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class UnlikeDocuments:
    """The documents that are least like any other, the least first.

    index: its name. documents: how many there are. without_vectors: how many of them were not compared, because none of
    their words has a vector.
    """

    index: str
    documents: int
    without_vectors: int
    hits: tuple[Unlike, ...]

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Unlike]:
        return iter(self.hits)

    @overload
    def __getitem__(self, place: int) -> Unlike: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Unlike, ...]: ...
    def __getitem__(self, place: int | slice) -> Unlike | tuple[Unlike, ...]:
        return self.hits[place]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    def to_frame(self) -> pandas.DataFrame:
        """Return a data frame of pandas with a row for each document."""
        import pandas

        columns = ["rank", "id", "passage", "passages", "text", "cosine", "nearest", "nearest_text"]
        return pandas.DataFrame([hit.to_dict() for hit in self], columns=columns)

    def _repr_html_(self) -> str:
        from w2v.display import table

        rows = [(str(hit.rank), f"{hit.cosine:.3f}", hit.id, shortened(hit.text)) for hit in self.hits[:SHOWN]]
        return table("Documents like no other", ("", "nearest", "document", "text"), rows, words=4)


def shortened(text: str, most: int = SNIPPET) -> str:
    """Return the beginning of a text on one line, cut between words."""
    line = " ".join(text[: 4 * most].split())
    if len(line) <= most:
        return line
    return line[: line.rfind(" ", most // 2, most) if " " in line[most // 2 : most] else most] + " …"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(map(repr, words))
