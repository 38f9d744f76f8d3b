"""The file of a checkpoint: how far a training run has come, and which run it is.

The file has the layout of w2v's own files (files/tensors.py). Its tensors are the arrays that a trainer needs to go on;
each trainer chooses their names, shapes and types. `__metadata__` adds "run" (model, settings, sources, data, versions)
and "position" (epoch, next piece of work, sums, losses) as JSON. When checkpoints are written is up to checkpoints.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from w2v.arrays import Array
from w2v.files import tensors
from w2v.files.own import OWN_FILES
from w2v.files.whole import replacing

__all__ = ["FORMAT", "Checkpoint", "is_checkpoint_file", "load_checkpoint", "save_checkpoint"]

FORMAT = "w2v.checkpoint/1"


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds.

    run, position: plain JSON values. arrays: as they were saved, mapped and not read. saved: when the file was
    written, UTC. bytes: its size.
    """

    path: Path
    run: Mapping[str, Any]
    position: Mapping[str, Any]
    arrays: Mapping[str, Array]
    saved: str
    bytes: int


def save_checkpoint(
    path: Path, run: Mapping[str, Any], position: Mapping[str, Any], arrays: Mapping[str, Array]
) -> None:
    """Write a checkpoint that only this user can read, whole or not at all. Raises OutputError.

    arrays: of any names, shapes and types.
    """
    metadata = {"run": json.dumps(run), "position": json.dumps(position)}
    times = {"saved": datetime.now(UTC).isoformat(timespec="seconds")}
    with replacing(path, sum(array.nbytes for array in arrays.values()), private=True) as file:
        tensors.write(file, FORMAT, arrays, metadata, times)


def is_checkpoint_file(path: str | os.PathLike[str]) -> bool:
    """Say whether a file begins as a checkpoint, of whatever version; it need not be whole."""
    return (tensors.form_of(path) or "").partition("/")[0] == FORMAT.partition("/")[0]


def load_checkpoint(path: Path) -> Checkpoint:
    """Map a checkpoint, once its bytes have been compared with their hashes. Raises FormatError."""
    try:
        file = tensors.read(path, FORMAT, None)
        run, position = _parsed(file.metadata, "run"), _parsed(file.metadata, "position")
        settings = run.get("settings") if isinstance(run, dict) else None
        if not isinstance(settings, dict) or type(settings.get("epochs")) is not int:
            raise ValueError("it does not say of which run it is")
        if not isinstance(position, dict) or type(position.get("epoch", 0)) is not int:
            raise ValueError("it does not say how far training has come")
        saved = file.times.get("saved")
        if not isinstance(saved, str):
            raise ValueError("it does not say when it was saved")
        return Checkpoint(path, run, position, file.arrays, saved, file.size)
    except (OSError, ValueError) as error:
        hint = "another may be beside it"
        raise tensors.unreadable(path, OWN_FILES["checkpoint"].noun, error, hint) from error


def _parsed(metadata: Mapping[str, str], name: str) -> Any:
    try:
        return json.loads(metadata.get(name, ""))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its {name!r} is no JSON") from error
