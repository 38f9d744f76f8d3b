"""Places of words that were computed before: read from a page of a map or from a table, and written as a table.

A layout takes minutes; with its places at hand, a map with other groups takes seconds.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import F64
from w2v.errors import FormatError
from w2v.files.small import read_small, text_of
from w2v.files.whole import replacing
from w2v.maps.packing import unpacked

__all__ = ["Positions", "read_positions", "write_positions"]

HINT = "name a page of 'w2v map', or a table with the columns word, x and y: .csv, .tsv or .jsonl"
DELIMITERS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True)
class Positions:
    """Places by word. name: of the file. layout: how the places were found, as far as the file says it."""

    name: str
    layout: str
    places: dict[str, tuple[float, float]]

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, word: object) -> bool:
        return word in self.places

    def of(self, words: Sequence[str]) -> F64:
        """Return the places of words, [N, 2], all of which have one."""
        return np.array([self.places[word] for word in words], dtype=np.float64).reshape(-1, 2)


def read_positions(path: str | os.PathLike[str]) -> Positions:
    """Read the places of words from a page, or from a table. Raise `FormatError` for what is neither."""
    target = Path(path)
    text = text_of(read_small(target, FormatError), target, FormatError)
    ending = target.suffix.lower()
    try:
        if ending in (".html", ".htm"):
            return Positions(target.name, *_of_page(text))
        rows = _of_lines(text) if ending == ".jsonl" else csv.DictReader(io.StringIO(text), delimiter=_mark(ending))
        return Positions(target.name, *_of_rows(rows, f"the places in {target.name}"))
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        what = f"no column {error}" if isinstance(error, KeyError) else str(error)
        raise FormatError(f"cannot read places of words from {target}: {what}", hint=HINT) from error


def _mark(ending: str) -> str:
    if ending not in DELIMITERS:
        raise ValueError(f"its name ends in {ending!r}")
    return DELIMITERS[ending]


def _of_lines(text: str) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in text.splitlines() if line.strip())


def _of_rows(rows: Any, unnamed: str) -> tuple[str, dict[str, tuple[float, float]]]:
    """Return the layout, and the places by word, of the rows of a table."""
    places, layout = {}, unnamed
    for row in rows:
        x, y = float(row["x"]), float(row["y"])
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(f"the place of {row['word']!r} is no place")
        places[str(row["word"])] = (x, y)
        layout = row.get("layout") or layout
    return str(layout), places


def _of_page(text: str) -> tuple[str, dict[str, tuple[float, float]]]:
    facts, arrays = unpacked(text)
    words = json.loads(arrays["words"])
    places = np.frombuffer(arrays["positions"], "<u2").astype(np.float64).reshape(-1, 2)
    if len(places) != len(words):
        raise ValueError("its words and places do not match")
    places[:, 1] *= -1  # on a page y grows downwards
    return str(facts["layout"]), {str(word): (x, y) for word, (x, y) in zip(words, places.tolist(), strict=True)}


def write_positions(path: Path, words: Sequence[str], positions: F64, layout: str) -> None:
    """Write the places of words as CSV: word, x, y and the layout. Raise `OutputError`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("word", "x", "y", "layout"))
    writer.writerows((word, x, y, layout) for word, (x, y) in zip(words, positions.tolist(), strict=True))
    data = text.getvalue().encode("utf-8", "replace")
    with replacing(path, len(data)) as file:
        file.write(data)
