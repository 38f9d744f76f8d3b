"""What becomes of an old index with new vectors, as a document."""

from __future__ import annotations

from pathlib import Path

from w2v.compare.old_index import MapFigures, OldIndex
from w2v.report.blocks import Cell, Column, Document, Note, Row, Section, Table
from w2v.report.numbers import NONE, percent, three
from w2v.report.tables import figure, text

__all__ = ["document_of"]

NAMES = {"orthogonal": "rotated (orthogonal)", "linear": "mapped (linear)", "none": "as they are"}
HOW = (
    "Each map is fitted to {fitted:,} of {shared:,} shared words, and R² is of the other half: 1 predicts their rows "
    "exactly, 0 as well as the mean. Finds itself: the nearest old row is that of the same word. The others: which "
    "share of the {k} nearest that the old vectors find is found again. A map with a higher R² need not search better."
)
ASKED = "Words: the {asked:,} most frequent that no map was fitted to."
QUERIES = " Passages: {queries:,} queries of {words} words to {passages:,} passages of {source}."


def document_of(found: OldIndex) -> Document:
    """Return what has been measured, with the sentence that a person needs before it."""
    searched = found.passages is not None
    columns = (
        Column("queries of the new vectors", numeric=False),
        Column("R²"),
        Column("finds itself"),
        Column("same words"),
        *((Column("same passages"),) if searched else ()),
    )
    rows = [_row(each, searched) for each in found.maps]
    again = [text("index made again"), text(NONE), text(NONE), text(figure(found.reindexed_words, percent))]
    again += [text(figure(found.reindexed_passages, percent))] if searched else []
    rows.append(Row(tuple(again)))
    old, new = (Path(name).name for name in (found.old, found.new))
    table = Table(f"{new} on an index of {old}", columns, tuple(rows))
    how = HOW.format(fitted=found.fitted, shared=found.shared_words, k=found.k)
    asked = ASKED.format(asked=found.asked)
    if searched:
        asked += QUERIES.format(
            queries=found.queries, words=found.query_words, passages=found.passages, source=found.source
        )
    said = tuple(Note((each,), "plain") for each in found.sentences)
    return Document(
        "Old index, new vectors", (Section("", (*said, table, Note((how,)), Note((asked,)))),), (found.old, found.new)
    )


def _row(each: MapFigures, searched: bool) -> Row:
    cells: list[Cell] = [
        text(NAMES[each.method]),
        text(figure(each.r_squared, three)),
        text(figure(each.itself, percent)),
        text(figure(each.words, percent)),
    ]
    cells += [text(figure(each.passages, percent))] if searched else []
    return Row(tuple(cells))
