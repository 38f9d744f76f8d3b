"""When checkpoints are written, where, and how many stay. The format of the file: checkpoint_file.py.

A run has a folder for its checkpoints: 000001.checkpoint, 000002.checkpoint, … The last two stay, so that there is
another one if the newest is damaged. The folder also keeps `co-occurrences`, a counted matrix that took long to count.
The folder is removed when the run has ended.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from w2v.errors import FormatError, OutputError, SettingsError, UnfinishedRunError
from w2v.files.private import make_private, why_unsafe_alone
from w2v.progress import Progress
from w2v.training.checkpoint_file import Checkpoint, is_checkpoint_file, load_checkpoint, save_checkpoint
from w2v.training.state import State

__all__ = [
    "Checkpoints",
    "Every",
    "checkpoint_files",
    "describe_progress",
    "kept_files",
    "make_folder",
    "newest_checkpoint",
    "refuse_what_others_wrote",
]

KEPT = 2
NAME = re.compile(r"\d{6,}\.checkpoint")
MATRIX = "co-occurrences"
SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Every:
    """How often checkpoints are written: every so many seconds, or epochs; never, where both are None."""

    seconds: float | None = None
    epochs: int | None = None

    @classmethod
    def parse(cls, text: str) -> Every:
        """Read "10m", "90s", "1.5h", "2 epochs" or "off". Raises SettingsError."""
        if text == "off":
            return cls()
        time_span = re.fullmatch(r"(\d+(?:\.\d+)?) ?([smh])", text)
        if time_span and float(time_span[1]) > 0:
            return cls(seconds=float(time_span[1]) * SECONDS[time_span[2]])
        epochs = re.fullmatch(r"([1-9]\d*) ?epochs?", text)
        if epochs:
            return cls(epochs=int(epochs[1]))
        raise SettingsError(
            f"checkpoint_every is {text!r}", hint="give a time (90s, 10m, 1.5h), a number of epochs (1epoch), or off"
        )


def checkpoint_files(folder: Path) -> list[Path]:
    """Return the checkpoints in a folder, the newest first."""
    with contextlib.suppress(OSError):
        found = [path for path in folder.iterdir() if NAME.fullmatch(path.name)]
        return sorted(found, key=lambda path: int(path.stem), reverse=True)
    return []


def kept_files(folder: Path) -> list[Path]:
    """Return all files that a run has kept in its folder: the checkpoints, the newest first, and the matrix."""
    return [path for path in (*checkpoint_files(folder), folder / MATRIX) if os.path.exists(path)]


def newest_checkpoint(path: Path, progress: Progress) -> Checkpoint | None:
    """Read the newest whole checkpoint of a folder, or the file itself; return None where there is none at all.

    Raises FormatError where all are damaged.
    """
    files = [path] if is_checkpoint_file(path) else checkpoint_files(path)
    for file in files:
        try:
            return load_checkpoint(file)
        except FormatError as error:
            if file == files[-1]:
                raise FormatError(error.message, hint="start again with --no-resume") from error
            progress.message(f"{error.message}: using the one before it", "warning")
    return None


def describe_progress(checkpoint: Checkpoint) -> str:
    """Return in words where training stands in a checkpoint."""
    epoch, epochs = checkpoint.position.get("epoch", 0), checkpoint.run["settings"]["epochs"]
    if "finished" in checkpoint.position or epoch >= epochs:
        return "trained, and not yet written"
    return f"in epoch {epoch + 1} of {epochs}"


class Checkpoints:
    """The checkpoints of one run in one folder; without a folder, nothing is ever found or written.

    every: a run that never writes a checkpoint may still go on from one. is_needed: whether a run without room for any
    checkpoint is refused.
    """

    is_needed = False

    def __init__(self, folder: Path | None, every: Every, progress: Progress) -> None:
        self.folder, self.every, self.progress = folder, every, progress
        self.run: Mapping[str, Any] = {}
        self.last: Mapping[str, Any] = {}  # the position on the disk, or where training began
        self.tried, self.tried_time = 0, time.monotonic()  # epoch and time of the last attempt

    @property
    def place(self) -> Path | None:
        """The folder of this machine that checkpoints will be written to; None where none will."""
        return None if self.every == Every() else self.folder

    @property
    def name(self) -> str:
        """Return what messages call the place of the checkpoints; "" where there is none."""
        return "" if self.folder is None else str(self.folder)

    @property
    def is_empty(self) -> bool:
        """Whether there is no checkpoint to go on from."""
        return self.folder is None or not checkpoint_files(self.folder)

    def find(self, resume: bool | None) -> Checkpoint | None:
        """Return the checkpoint to go on from; None where training begins anew.

        resume: True goes on if there is a checkpoint; False does not: the checkpoint is removed when training begins;
        with None, an UnfinishedRunError says that there is one. Raises FormatError where all are damaged, SettingsError
        where another user could have written them.
        """
        if self.folder is None:
            return None
        refuse_what_others_wrote(self.folder, kept_files(self.folder))
        if not kept_files(self.folder):
            return None
        if resume is None:
            described = f"; describe it: w2v info {self.folder}" if checkpoint_files(self.folder) else ""
            raise UnfinishedRunError(
                f"an interrupted run is saved in {self.folder}",
                hint=f"continue: --resume; start again: --no-resume{described}; --resume may always be given: without "
                "a checkpoint training starts from the beginning",
            )
        return newest_checkpoint(self.folder, self.progress) if resume else None

    def begin(self, run: Mapping[str, Any], state: State | None, *, resumed: bool) -> None:
        """Begin training at a state, which need not be written. Remove the checkpoints of a run that is not resumed."""
        self.run = run
        self.last = {} if state is None else state.position
        self.tried, self.tried_time = self.last.get("epoch", 0), time.monotonic()
        if not resumed and self.folder is not None:
            self._remove(checkpoint_files(self.folder))

    def should_pause(self, epochs: int) -> bool:
        """Return whether it is time for the next checkpoint, given the number of finished epochs."""
        if self.folder is None:
            return False
        if self.every.seconds is not None:
            return time.monotonic() - self.tried_time >= self.every.seconds
        return self.every.epochs is not None and epochs >= self.tried + self.every.epochs

    def keep(self, state: State | None) -> bool:
        """Write a state, unless it is the last one; return whether it is on the disk. A failure is only a warning."""
        if self.folder is None or self.every == Every() or state is None:
            return False
        self.tried, self.tried_time = state.position.get("epoch", 0), time.monotonic()
        files = checkpoint_files(self.folder)
        if state.position == self.last:
            return bool(files)
        number = int(files[0].stem) + 1 if files else 1
        clock = {"seconds": state.seconds, "cpu_seconds": state.cpu_seconds}
        try:
            make_folder(self.folder)
            save_checkpoint(
                self.folder / f"{number:06}.checkpoint", self.run, {**state.position, **clock}, state.arrays
            )
        except OutputError as error:
            self.progress.message(f"no checkpoint: {error.message} ({error.hint})", "warning")
            return False
        self.last = state.position
        self._remove(files[KEPT - 1 :])
        return True

    def place_for_data(self, seconds: float) -> Path | None:
        """Return where to keep data that took so long to make, if that is longer than a run may lose."""
        if self.folder is None or self.every == Every() or seconds < (self.every.seconds or 600):
            return None
        make_folder(self.folder)
        return self.folder / MATRIX

    def kept_data(self) -> Path | None:
        """Return where an earlier attempt of the run has kept data."""
        path = None if self.folder is None else self.folder / MATRIX
        return path if path is not None and path.exists() else None

    def clear(self) -> None:
        """Remove all that was kept, because the run has ended well."""
        if self.folder is not None and self.folder.is_dir():
            self._remove(kept_files(self.folder))
            with contextlib.suppress(OSError):  # files that w2v did not write stay
                self.folder.rmdir()

    def _remove(self, files: list[Path]) -> None:
        for file in files:
            with contextlib.suppress(OSError):
                file.unlink()


def refuse_what_others_wrote(folder: Path, files: Sequence[Path]) -> None:
    """Raise SettingsError if another user could have written to a folder for checkpoints, or to one of its files."""
    try:
        folder.lstat()
    except FileNotFoundError:
        return
    except OSError as error:  # above all a name that is too long once .checkpoint has been added
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"there can be no folder {folder} for checkpoints: {reason}", hint="choose a shorter name for the output"
        ) from error
    for path in (folder, *filter(Path.exists, files)) if folder.is_dir() else ():
        reason = why_unsafe_alone(path)
        if reason:
            raise SettingsError(
                f"the checkpoints in {folder} cannot be used, nor removed: of {path.name}, {reason}",
                hint="write to another output, or have that folder belong to you alone",
            )


def make_folder(folder: Path) -> None:
    """Make the folder, for this user only, and write its name to the disk as well. Raises OutputError."""
    try:
        make_private(folder, folder)
        above = os.open(folder.parent, os.O_RDONLY)
        try:
            os.fsync(above)
        finally:
            os.close(above)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            f"cannot make the folder {folder} for checkpoints: {reason}", hint="--checkpoint-every off does without"
        ) from error
