"""The file of a checkpoint: where a training run stands, and what run it is.

A `w2v.files.tensors` with both matrices as the kernels hold them, row after row with their padding, and the costs by
block that GloVe adds up in an epoch:

    words     F32  vectors of words (of SGNS the input vectors); once training has ended, the vectors it has made
    contexts  F32  those of contexts (of SGNS the output vectors); nothing once training has ended
    costs     F64  nothing for SGNS

Its metadata are "run" (model, settings, sources, data, versions), "position" (epoch, next piece of work, sums, losses)
and "saved", the first two in JSON. Not here: when one is written, and what is done with it (w2v.training).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from w2v.errors import FormatError
from w2v.files import tensors
from w2v.files.whole import replacing

__all__ = ["FORMAT", "Checkpoint", "is_checkpoint_file", "load_checkpoint", "save_checkpoint"]

FORMAT = "w2v.checkpoint/1"
_LAYOUT = {"words": "<f4", "contexts": "<f4", "costs": "<f8"}


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds: run and position as plain JSON values, the arrays (mapped, flat); when it was written, UTC."""

    path: Path
    run: Mapping[str, Any]
    position: Mapping[str, Any]
    arrays: Mapping[str, tensors.Array]
    saved: str
    bytes: int


def save_checkpoint(
    path: Path, run: Mapping[str, Any], position: Mapping[str, Any], arrays: Mapping[str, tensors.Array]
) -> None:
    """Write a checkpoint, whole or not at all; `arrays` may have any shape. Raises OutputError."""
    metadata = {
        "run": json.dumps(run),
        "position": json.dumps(position),
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    flat = {name: [arrays[name].reshape(-1)] if name in arrays else [] for name in _LAYOUT}
    with replacing(path, sum(array.nbytes for array in arrays.values())) as file:
        tensors.write(file, FORMAT, _LAYOUT, flat, metadata)


def is_checkpoint_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file says that it is one; not whether it is whole."""
    return tensors.begins_as(path, FORMAT)


def load_checkpoint(path: Path) -> Checkpoint:
    """Map a checkpoint, once its hash has been compared. Raises FormatError."""
    try:
        file = tensors.read(path, FORMAT, _LAYOUT)
        run, position = (json.loads(file.metadata[name]) for name in ("run", "position"))
        settings = run.get("settings") if isinstance(run, dict) else None
        if not isinstance(settings, dict) or type(settings.get("epochs")) is not int:
            raise ValueError("it does not say of which run it is")
        if not isinstance(position, dict) or type(position.get("epoch", 0)) is not int:
            raise ValueError("it does not say where training stands")
        return Checkpoint(path, run, position, file.arrays, file.metadata["saved"], file.size)
    except (OSError, ValueError, KeyError, RecursionError) as error:
        reason = f"{error.strerror}" if isinstance(error, OSError) else str(error)
        raise FormatError(f"{path}: no whole checkpoint ({reason})", hint="another may be beside it") from error
