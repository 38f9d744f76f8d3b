"""What tensors a kind of file has, and what is said of a file that is not of this kind."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from w2v.arrays import Array
from w2v.errors import FormatError

__all__ = ["CODES", "Layout", "NewerVersionError", "Stream", "Tensor", "form_in", "form_of", "unreadable"]

CODES = {
    "BOOL": "|b1",
    "I8": "|i1",
    "U8": "|u1",
    "I16": "<i2",
    "U16": "<u2",
    "F16": "<f2",
    "I32": "<i4",
    "U32": "<u4",
    "F32": "<f4",
    "I64": "<i8",
    "U64": "<u8",
    "F64": "<f8",
}
_FORM = re.compile(rb'.{8}\{"__metadata__":\{"format":"([\w./-]{1,80})"', re.DOTALL)


@dataclass(frozen=True)
class Tensor:
    """What a layout says of one tensor.

    dtype: as safetensors calls it ("F32"), or several ("F16 or I8"). shape: a letter stands for a size, which is the
    same wherever the letter occurs; "V+1" is one more. meaning: for people. required: files without it are damaged.
    reserved: the name is taken for what a later version may write; this version does not read it.
    """

    dtype: str
    shape: tuple[str, ...]
    meaning: str
    required: bool = True
    reserved: bool = False


Layout = Mapping[str, Tensor]


@dataclass(frozen=True)
class Stream:
    """An array that is written part by part, so that neither its length nor all of it must be in memory.

    shape: None for an array [N] whose length is only known at the end. A part may be changed when it has been written.
    """

    dtype: str
    parts: Iterable[Array]
    shape: tuple[int, ...] | None = None


class NewerVersionError(ValueError):
    """A file of a main version that this w2v does not know."""


def unreadable(path: Path, noun: str, error: Exception, hint: str) -> FormatError:
    """Return the error to raise for a file that `read` or a check of its content has refused.

    noun: the kind of file ("token cache"). hint: the cure; the errors of the file system and of newer versions have
    their own.
    """
    if isinstance(error, FileNotFoundError):
        return FormatError(f"there is no file {path}", hint="check the path")
    if isinstance(error, NewerVersionError):
        hint = "upgrade w2v: pip install --upgrade w2v"
    reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
    return FormatError(f"{path}: not a whole {noun} ({reason})", hint=hint)


def form_of(path: str | os.PathLike[str]) -> str | None:
    """Return the format that a file of w2v says it is in; None for other files. Whether it is whole is not checked."""
    try:
        if not os.path.isfile(path):  # a pipe is not to be waited for
            return None
        with open(path, "rb") as file:
            return form_in(file.read(256))
    except (OSError, ValueError):
        return None


def form_in(head: bytes) -> str | None:
    """Return the same, from the first bytes of a file."""
    found = _FORM.match(head)
    return found[1].decode() if found else None
