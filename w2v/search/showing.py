"""What has been found as a document: a table of hits, with the words that made them hits marked, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from w2v.report.blocks import Cell, Column, Document, Marked, Note, Piece, Row, Table
from w2v.report.numbers import number
from w2v.report.tables import figure, text
from w2v.search.hits import SNIPPET, Hit, Hits, Mark, Unlike, UnlikeDocuments, shortened

__all__ = ["document_of", "document_of_unlike", "pieces_of"]

PAIRS = 4  # pairs of words in the table
LEAST = 0.005  # of a share that is shown
AROUND = 60  # characters of the text before the first word that is marked
_BLANKS = re.compile(r"\s+")
_OF_MODE = {
    "words": "score: BM25, of the words that the query and the text share",
    "meaning": "score: cosine of the query with the text, from -1 to 1",
    "both": "score: 0.7 z(words) + 0.3 z(meaning), z over all texts; words: BM25; meaning: cosine",
}
_BOLD = "bold: words of the query"
_MARKS = f"{_BOLD}; underlined: words whose meaning is near"
_PAIRS = "a ~ b: a word of the query, a word of the text, and what both add to the cosine"
_SHARES = "a word alone: what it adds to BM25"
_LEGENDS = {"words": (_BOLD, _SHARES), "meaning": (_MARKS, _PAIRS), "both": (_MARKS, _SHARES, _PAIRS)}


def document_of(found: Hits) -> Document:
    """Return the document that shows hits."""
    both = found.mode == "both"
    columns = (
        Column(""),
        Column("score"),
        *((Column("words"), Column("meaning")) if both else ()),
        Column("text", numeric=False),
    )
    rows = tuple(_row(hit, both) for hit in found)
    title = f"{found.query}: {found.documents:,} document{'s' * (found.documents != 1)} of {found.index}"
    notes = tuple(Note((f"Words {note}.",)) for note in found.notes)
    if not rows:
        return Document.of("Search", Note((f"{title}: nothing found",), "plain"), *notes)
    how = [_OF_MODE[found.mode], *_LEGENDS[found.mode]]
    return Document.of("Search", Table(title, columns, rows), Note((". ".join(how) + ".",)), *notes)


def _row(hit: Hit, both: bool) -> Row:
    numbers = [hit.score, *((hit.bm25, hit.cosine) if both else ())]
    pieces = _snippet(hit)
    below: list[tuple[Piece, ...]] = [(place_of(hit),)]
    reasons = reasons_of(hit)
    if reasons:
        below.append((reasons,))
    return Row((text(str(hit.rank)), *(text(figure(value, _three)) for value in numbers), Cell(pieces, tuple(below))))


def _three(value: float | None) -> str:
    return number(value, 3)


def place_of(hit: Hit | Unlike) -> str:
    """Return the id of a document, and which of its passages it is if it has several."""
    return hit.id if hit.passages == 1 else f"{hit.id}, passage {hit.passage:,} of {hit.passages:,}"


def reasons_of(hit: Hit) -> str:
    """Return the shared words that add most to BM25, and the pairs of words that add most to the cosine."""
    if hit.explanation is None:
        return ""
    pairs = [pair for pair in hit.explanation.pairs if pair.share >= LEAST][:PAIRS]
    shared = ", ".join(f"{each.word} {each.share:.2f}" for each in hit.explanation.words[:PAIRS])
    near = ", ".join(f"{pair.query} ~ {pair.text} {pair.share:.2f}" for pair in pairs)
    return "; ".join(part for part in (shared, near) if part)


def _snippet(hit: Hit) -> tuple[Piece, ...]:
    """The part of a passage with its first marks, on one line."""
    marks = () if hit.explanation is None else hit.explanation.marks
    begin = _begin(hit.text, marks)
    end = len(hit.text)
    if end - begin > SNIPPET:
        cut = hit.text.rfind(" ", begin + SNIPPET // 2, begin + SNIPPET)
        end = cut if cut > 0 else begin + SNIPPET
    before, after = ["… "] * (begin > 0), [" …"] * (end < len(hit.text))
    return (*before, *pieces_of(hit.text, marks, begin, end), *after)


def _begin(whole: str, marks: Sequence[Mark]) -> int:
    """Where a snippet begins: a little before the place with most marks, between two words."""
    if len(whole) <= SNIPPET or not marks:
        return 0
    counts = [sum(mark.begin <= other.begin < mark.begin + SNIPPET - AROUND for other in marks) for mark in marks]
    first = marks[counts.index(max(counts))].begin
    if first < SNIPPET - AROUND:
        return 0
    found = whole.find(" ", first - AROUND, first)
    return found + 1 if found >= 0 else first


def pieces_of(whole: str, marks: Sequence[Mark], begin: int = 0, end: int | None = None) -> tuple[Piece, ...]:
    """Return a part of a text in pieces, of which those with a mark are `Marked`; white space becomes one blank."""
    end = len(whole) if end is None else end
    pieces: list[Piece] = []
    at = begin
    for mark in marks:
        if at <= mark.begin and mark.end <= end:
            pieces += [_BLANKS.sub(" ", whole[at : mark.begin])]
            pieces += [Marked(_BLANKS.sub(" ", whole[mark.begin : mark.end]), mark.kind == "near")]
            at = mark.end
    pieces.append(_BLANKS.sub(" ", whole[at:end]))
    return tuple(piece for piece in pieces if piece)


def document_of_unlike(found: UnlikeDocuments) -> Document:
    """Return the document that shows documents like no other."""
    columns = (Column(""), Column("nearest"), Column("text", numeric=False))
    rows = tuple(
        Row(
            (
                text(str(hit.rank)),
                text(figure(hit.cosine, _three)),
                Cell((shortened(hit.text),), ((place_of(hit),), (f"nearest: {shortened(hit.nearest_text, 80)}",))),
            )
        )
        for hit in found
    )
    title = f"Documents like no other: {found.documents:,} documents of {found.index}"
    notes = ["nearest: cosine with the other document that is most like it; the lowest stand first."]
    if found.without_vectors:
        notes.append(f"{found.without_vectors:,} were not compared: none of their words has a vector.")
    return Document.of("Documents like no other", Table(title, columns, rows), Note((" ".join(notes),)))
