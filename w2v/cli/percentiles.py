"""Where a cosine stands among random pairs, as the commands show it: fields, a quiet column, and what the column means.

The arithmetic is in `w2v.chance`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from w2v.queries import Query
    from w2v.report.blocks import Cell, Column, Note
    from w2v.vectors import Vectors

__all__ = ["percentile_cell", "percentile_columns", "percentile_fields", "percentile_notes"]


def percentile_fields(vectors: Vectors, a: Query, b: Query, cosine: float | None) -> dict[str, Any]:
    """Return the percentile of a cosine as plain values; None where it would say nothing, or there is no cosine."""
    found = None if cosine is None else vectors.percentile(a, b, cosine)
    return {
        "percentile": None if found is None else found.value,
        "percentile_by": None if found is None else found.by,
    }


def percentile_columns(rows: Iterable[Mapping[str, Any]]) -> tuple[Column, ...]:
    """Return the head of the column for rows with these fields; nothing, if no row has a percentile."""
    from w2v.report.blocks import Column

    return (Column("random pairs below", below=True),) if any(row["percentile"] is not None for row in rows) else ()


def percentile_cell(row: Mapping[str, Any]) -> Cell:
    """Return the percentile among the fields of a row as a cell."""
    from w2v.chance import Percentile
    from w2v.report.blocks import Cell, Figure
    from w2v.report.numbers import NONE

    if row["percentile"] is None:
        return Cell((NONE,), quiet=True)
    shown = str(Percentile(row["percentile"], row["percentile_by"]))
    return Cell((Figure(shown, row["percentile"]),), quiet=True)


def percentile_notes(rows: Iterable[Mapping[str, Any]], *, nearest: bool, sums: bool) -> tuple[Note, ...]:
    """Return what the column means; nothing, if there is no column.

    nearest: the cosines are the highest of all words. sums: some of them are of sums or groups.
    """
    from w2v.chance import PAIRS
    from w2v.report.blocks import Note

    by = {row["percentile_by"] for row in rows} - {None}
    if not by:
        return ()
    alike = "frequency" if "frequency" in by else "rank (no counts in the file)"
    sentences = [
        f"Random pairs below: how many of {PAIRS:,} pairs of random words{' or sums' if sums else ''} of like {alike} "
        "have a lower cosine.",
        "The nearest of all words stand high by choice." if nearest else "",
        "A cosine is no probability.",
    ]
    return (Note((" ".join(filter(None, sentences)),)),)
