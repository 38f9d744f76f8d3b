"""Whether a file is what it was when it was written: what could be checked, and what its format leaves unchecked.

The checks are those of the readers. A file that carries hashes of itself is either right or damaged; of the others only
the structure can be checked, and the counts beside them.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from w2v import formats
from w2v.errors import W2VError
from w2v.files.own import own_file
from w2v.files.tensors import form_of
from w2v.formats.counts import counts_path
from w2v.formats.inspection import FileInfo
from w2v.formats.registry import format_named
from w2v.progress import Level, NullProgress, Progress

__all__ = ["Verification", "verify"]

OWN_HASH = "its own hashes, over every byte"
GZIP = "gzip's CRC-32, over all content"
ROWS = "every row, and that no value is NaN or infinite"


@dataclass(frozen=True)
class Verification:
    """What is known of one file.

    whole: nothing is wrong with it, as far as can be checked. problem, hint: what is wrong, and the cure.
    checked: what was checked. unchecked: what nobody can know from the file. warnings: what looks odd, and need not be
    wrong. format and sha256 (of the file as it lies on the disk) are None where the file could not be read.
    """

    path: str
    whole: bool
    format: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    problem: str | None = None
    hint: str | None = None
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


class _Listener:
    """Passes on the progress of reading, and keeps the warnings."""

    def __init__(self, progress: Progress) -> None:
        self.phase, self.update, self.close = progress.phase, progress.update, progress.close
        self.warnings: list[str] = []

    def message(self, text: str, level: Level = "info") -> None:
        if level == "warning":
            self.warnings.append(text)


def verify(path: str | os.PathLike[str], *, progress: Progress | None = None) -> Verification:
    """Check a file of vectors, co-occurrences or tokens, or a checkpoint. What is wrong with it is in the result."""
    target = Path(path)
    try:
        return _verify(target, _Listener(progress or NullProgress()))
    except W2VError as error:
        return Verification(str(target), False, problem=error.message, hint=error.hint)


def _verify(path: Path, listener: _Listener) -> Verification:
    kind = own_file(path)
    if kind is None or path.is_dir():
        return _vectors(path, listener)
    checked = (OWN_HASH, *kind.verify(path, listener))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Verification(str(path), True, form_of(path), path.stat().st_size, digest, checked=checked)


def _vectors(path: Path, listener: _Listener) -> Verification:
    info = formats.inspect(path, progress=listener)
    chosen = format_named(info.format)
    checked = [OWN_HASH] if info.verified else []
    checked += [GZIP] if info.compressed else []
    checked.append(ROWS)
    unchecked = []
    if not info.verified and not info.compressed:
        unchecked.append(f"values and words: {chosen.title} has no checksum, so changed ones cannot be told")
    unchecked += chosen.unchecked
    problem = None
    if chosen.counts == "beside":
        problem = _check_counts(info, checked, unchecked, listener)
    return Verification(
        path=str(path),
        whole=problem is None,
        format=info.format,
        bytes=info.bytes,
        sha256=info.file_sha256,
        problem=problem,
        hint=None if problem is None else "one of the two is cut, or belongs to other vectors: write both again",
        checked=tuple(checked),
        unchecked=tuple(unchecked),
        warnings=tuple(text for text in listener.warnings if text != problem),
    )


def _check_counts(info: FileInfo, checked: list[str], unchecked: list[str], listener: _Listener) -> str | None:
    """Compare vectors with the counts beside them, and add to the lists what was found; returns what is wrong."""
    beside = counts_path(Path(info.path))
    if info.tokens is None and not beside.is_file():
        unchecked.append(f"counts: there is no {beside.name}")
        return None
    if info.tokens is None:
        return next(text for text in listener.warnings if text.startswith("counts left out"))
    counted = _lines(beside)
    if counted != info.words:
        return f"{info.path} has {info.words:,} words, and {beside.name} counts {counted:,}"
    checked.append(f"counts of the same {counted:,} words in {beside.name}")
    return None


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
