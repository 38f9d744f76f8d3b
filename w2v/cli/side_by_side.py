"""Lists of words from several vector files side by side, in tables of at most three files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from w2v.cli.percentiles import percentile_cell, percentile_columns

if TYPE_CHECKING:
    from w2v.report.blocks import Table

__all__ = ["FileList", "heads_of", "lists_side_by_side", "of_files", "rows_of_files"]

AT_ONCE = 3  # files in one table


class FileList(NamedTuple):
    """The words that one file gives, in order: rows with "word", the score, and perhaps "percentile".

    head: stands above the words. marks: what is written behind a word, and grey it becomes; "" for most.
    """

    head: str
    rows: Sequence[Mapping[str, Any]]
    marks: Sequence[str] = ()


def heads_of(files: Sequence[str]) -> dict[str, str]:
    """Return what stands above the column of each file: its name, or its path where two files have the same name."""
    names = [Path(file).name for file in files]
    return dict(zip(files, names if len(set(names)) == len(names) else files, strict=True))


def of_files(schema: str, results: Sequence[Mapping[str, Any]]) -> tuple[str, Mapping[str, Any]]:
    """Return schema and content of the JSON of a command: the result of one file, or the list of those of several."""
    if len(results) == 1:
        return f"{schema}/1", results[0]
    return f"{schema}-of-files/1", {"results": [{"schema": f"{schema}/1", **result} for result in results]}


def rows_of_files(rows_by_file: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> list[dict[str, Any]]:
    """Return the rows of all files; those of several files with the file in front."""
    listed = [(file, list(rows)) for file, rows in rows_by_file]
    first = [{"vectors": file} if len(listed) > 1 else {} for file, _ in listed]
    return [{**file, **row} for file, (_, rows) in zip(first, listed, strict=True) for row in rows]


def lists_side_by_side(title: str, lists: Sequence[FileList], score: str, head: str) -> Iterator[Table]:
    """Make tables of lists, with the rank of each word in front.

    score: the key of the score in the rows. head: what stands above the scores.
    """
    from w2v.report.blocks import Column, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    for start in range(0, len(lists), AT_ONCE):
        shown = lists[start : start + AT_ONCE]
        compared = percentile_columns(row for each in shown for row in each.rows if "percentile" in row)
        columns = [Column("rank")]
        for each in shown:
            columns += [Column(each.head, numeric=False), Column(head), *compared]
        rows = []
        for rank, line in enumerate(zip_longest(*(each.rows for each in shown)), start=1):
            cells = [text(str(rank))]
            for each, row in zip(shown, line, strict=True):
                if row is None:
                    cells += [text("")] * (2 + len(compared))
                    continue
                mark = each.marks[rank - 1] if each.marks else ""
                cells.append(text(f"{row['word']} {mark}".rstrip(), quiet=bool(mark)))
                cells.append(text(figure(row[score], decimal), quiet=bool(mark)))
                cells += [percentile_cell(row)] if compared else []
            rows.append(Row(tuple(cells)))
        yield Table(title, tuple(columns), tuple(rows))
