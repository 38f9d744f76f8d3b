"""The file of a map: it turns vectors of one file into the space of another, so that the two may be compared.

The file has the layout of w2v's own files (files/tensors) with the tensors of `LAYOUT`. `__metadata__` adds "made", a
JSON object: the names and fingerprints of the two vector files, and what the map was fitted to. A map belongs to these
two files alone: vectors that were trained again lie elsewhere.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import F32, F64
from w2v.errors import FormatError
from w2v.files.own import OWN_FILES, Description
from w2v.files.tensors import Tensor, read, unreadable, write
from w2v.files.whole import replacing
from w2v.given import path_given
from w2v.progress import Progress

__all__ = ["FORMAT", "LAYOUT", "VectorMap", "describe", "load_map", "save_map", "verify"]

FORMAT = "w2v.map/1"
LAYOUT = {"matrix": Tensor("F64", ("D", "E"), "what a row of the new vectors is multiplied by")}
CURE = "make it again: w2v drift OLD NEW --old-index -o FILE"


@dataclass(frozen=True)
class VectorMap:
    """A linear map from the space of `new` to that of `old`.

    old, new: the names of the two vector files. old_fingerprint, new_fingerprint: which vectors these are
    (search/fingerprint.py). method: how it was fitted. words: the number of shared words that it was fitted to. matrix:
    float64 [D, E], where D are the dimensions of the new vectors and E those of the old ones.
    """

    old: str
    new: str
    old_fingerprint: str
    new_fingerprint: str
    method: str
    words: int
    matrix: F64 = field(repr=False)

    def turned(self, rows: F32 | F64) -> F64:
        """Return rows [n, D] of the new space in the old one, float64 [n, E]."""
        moved: F64 = rows.astype(np.float64) @ self.matrix
        return moved

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the map into a file, whole or not at all, for `w2v search --map`. Raises OutputError."""
        save_map(self, path)

    def to_dict(self) -> dict[str, Any]:
        """Return what is known of the map, without its numbers."""
        return {name: value for name, value in asdict(self).items() if name != "matrix"}


def save_map(found: VectorMap, path: str | os.PathLike[str]) -> None:
    """Write a map, whole or not at all. Raises OutputError."""
    with replacing(path_given(path), found.matrix.nbytes) as file:
        write(file, FORMAT, {"matrix": found.matrix}, {"made": json.dumps(found.to_dict(), ensure_ascii=False)})


def load_map(path: str | os.PathLike[str]) -> VectorMap:
    """Read a map and check all of it. Raises FormatError for a file that is no map, or is damaged."""
    name = path_given(path)
    try:
        file = read(name, FORMAT, LAYOUT)
        made = _made(file.metadata.get("made"))
        matrix: F64 = np.array(file.arrays["matrix"])
        if not np.isfinite(matrix).all():
            raise ValueError("its numbers are not all finite")
        return VectorMap(**made, matrix=matrix)
    except FileNotFoundError as error:
        raise FormatError(f"there is no map {name}", hint=CURE) from error
    except (OSError, ValueError) as error:
        raise unreadable(name, OWN_FILES["map"].noun, error, CURE) from error


def _made(text: str | None) -> dict[str, Any]:
    """What the metadata say. Raises ValueError for anything else."""
    wrong = "its metadata do not say between which vectors it is"
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise ValueError(wrong) from error
    texts = ("old", "new", "old_fingerprint", "new_fingerprint", "method")
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in texts):
        raise ValueError(wrong)
    if type(found.get("words")) is not int or found["words"] < 0:
        raise ValueError(wrong)
    return {name: found[name] for name in (*texts, "words")}


def describe(path: Path, progress: Progress) -> Description:
    """Return what `w2v info` tells of a map. Raises FormatError."""
    found = load_map(path)
    size = path.stat().st_size
    rows, columns = found.matrix.shape
    values = {
        "path": str(path),
        "format": FORMAT,
        "bytes": size,
        **found.to_dict(),
        "from_dim": rows,
        "to_dim": columns,
    }
    facts = (
        ("map", f"from {found.new} ({rows} dimensions) to {found.old} ({columns})"),
        ("fitted", f"{found.method}, to {found.words:,} shared words"),
        ("new vectors", found.new_fingerprint),
        ("old vectors", found.old_fingerprint),
    )
    return Description(values, facts)


def verify(path: Path, progress: Progress) -> tuple[str, ...]:
    """Check a map, and return what was checked besides its hashes. Raises FormatError."""
    found = load_map(path)
    return (f"a map of {found.matrix.shape[0]} × {found.matrix.shape[1]} numbers",)
