"""The kinds of w2v's own files that hold no finished vectors: one line each. All are in the layout of tensors.py.

`w2v info` describes such a file, `w2v verify` checks it, and whoever reads vectors is told what it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from w2v.files.tensors import form_of
from w2v.lazy import find
from w2v.progress import Progress

__all__ = ["OWN_FILES", "Description", "Fact", "OwnFile", "own_file", "own_kind"]

Fact = str | Mapping[str, Any] | tuple[float, ...]


@dataclass(frozen=True)
class Description:
    """What `w2v info` tells of a file: `values` as plain JSON, and `facts` as pairs of a name and a value for people.

    A value of a fact is a text, an object, or losses by epoch. lists: the keys of those `values` that are lists or
    objects, which have no place in a row of a table. "path", "format" and "bytes" are among the values, and not facts.
    """

    values: Mapping[str, Any]
    facts: Sequence[tuple[str, Fact]]
    lists: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnFile:
    """A kind of file.

    name: as in its format, "w2v.NAME/1". noun: for people. holds: what it has instead of finished vectors.
    describing, verifying: places ("module:function") of two functions of a path and a Progress. The first returns a
    `Description`; the second returns what has been checked besides the hashes, in words. Both read the whole file, and
    raise FormatError for one that is damaged.
    folder_suffix: how the names of folders of such files end; `describe` then takes a folder too.
    """

    name: str
    noun: str
    describing: str
    verifying: str
    folder_suffix: str = ""

    def describe(self, path: Path, progress: Progress) -> Description:
        describe: Callable[[Path, Progress], Description] = find(self.describing)
        return describe(path, progress)

    def verify(self, path: Path, progress: Progress) -> tuple[str, ...]:
        verify: Callable[[Path, Progress], tuple[str, ...]] = find(self.verifying)
        return verify(path, progress)


_KINDS = (
    OwnFile("tokens", "token cache", "w2v.tokens.cache_facts:describe", "w2v.tokens.cache_facts:verify"),
    OwnFile(
        "shards",
        "index of a token cache in shards",
        "w2v.tokens.shard_facts:describe",
        "w2v.tokens.shard_facts:verify",
    ),
    OwnFile(
        "cooccurrences", "file of co-occurrences", "w2v.cooccurrences.file:describe", "w2v.cooccurrences.file:verify"
    ),
    OwnFile(
        "checkpoint",
        "checkpoint",
        "w2v.training.checkpoint_facts:describe",
        "w2v.training.checkpoint_facts:verify",
        folder_suffix=".checkpoint",
    ),
    OwnFile("deal", "deal of texts", "w2v.compare.deals.kept:describe", "w2v.compare.deals.kept:verify"),
    OwnFile("map", "map between two spaces", "w2v.compare.map_file:describe", "w2v.compare.map_file:verify"),
    OwnFile("index", "index", "w2v.search.index_file:describe", "w2v.search.index_file:verify"),
)
OWN_FILES: dict[str, OwnFile] = {kind.name: kind for kind in _KINDS}


def own_file(path: str | os.PathLike[str]) -> OwnFile | None:
    """Return the kind of a file, or of a folder of such files; None for all others. It need not be whole."""
    target = Path(path)
    if target.suffix and target.is_dir():
        return next((kind for kind in OWN_FILES.values() if kind.folder_suffix == target.suffix), None)
    return own_kind(form_of(target))


def own_kind(form: str | None) -> OwnFile | None:
    """Return the kind of files in a format, "w2v.KIND/VERSION"; None for others."""
    prefix, _, rest = (form or "").partition(".")
    return OWN_FILES.get(rest.partition("/")[0]) if prefix == "w2v" else None
