"""The folder of a run by workers: blocks with their hashes, and a manifest that says which blocks belong together.

`manifest.json` is replaced last, so it never names a block that is not there. It has the two newest places in training,
the newest first: if a block is damaged, the run goes on from the place before. `E-B/` has the blocks of epoch E before
batch B: `outputs-3.npy`, float32 [rows, padded dim] (planning.py). A folder `E-B/` that the manifest does not name was
being written when its run ended: the next run removes it. The folder may be a URL (files.py).
Alone, a run has checkpoints in place of it: w2v/training/checkpoints.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from w2v.errors import FormatError, OutputError, UnfinishedRunError, W2VError
from w2v.progress import Progress
from w2v.training.checkpoint_file import Checkpoint
from w2v.training.checkpoints import Checkpoints, Every, make_folder, refuse_what_others_wrote
from w2v.training.cluster.files import (
    LostBlockError,
    is_url,
    names_in,
    read_block,
    read_text,
    remove,
    write_text,
)
from w2v.training.cluster.graph import Saved
from w2v.training.cluster.planning import Layout
from w2v.training.state import State

__all__ = ["RunFolder"]

FORM = "w2v.run/1"
KEPT = 2
PLACE = re.compile(r"\d+-\d+")
CHECK, CHECKED = re.compile(r"check-[0-9a-f]{8}"), re.compile(r"driver|worker-\d+")  # of a run that was killed
BLOCK = re.compile(r"(outputs|inputs)-\d+\.npy|\.(outputs|inputs)-\d+\.npy\..+\.w2v\.tmp")  # or what a kill left of one


class RunFolder(Checkpoints):
    """The checkpoints of a run by workers, in the place of those of a run alone.

    blocks: those of the checkpoint that was found; None where training begins anew. clock: the seconds that training
    had taken by then, and those of the processor. processor: of the workers by then, as `Engine.processor` says it.
    """

    is_needed = True

    def __init__(self, where: str, every: Every, progress: Progress, *, is_temporary: bool = False) -> None:
        """is_temporary: whether the folder is removed when the run ends, so that no other run can go on from it."""
        super().__init__(None if is_url(where) else Path(where), every, progress)
        self.where, self.is_temporary = where.rstrip("/"), is_temporary
        self.blocks: Saved | None = None
        self.clock = 0.0, 0.0
        self.processor = ""
        self.places: list[dict[str, Any]] = []
        self.named: tuple[int, int] | None = None  # the place that the manifest names first, of those that are whole

    @property
    def name(self) -> str:
        return "" if self.is_temporary else self.where

    @property
    def place(self) -> Path | None:
        return self.folder

    @property
    def is_empty(self) -> bool:
        return read_text(self._manifest) is None

    def find(self, resume: bool | None) -> Checkpoint | None:
        if self.folder is not None:
            refuse_what_others_wrote(self.folder, [Path(self._manifest)])
        text = read_text(self._manifest)
        if text is None:
            return None
        if resume is None:
            raise UnfinishedRunError(
                f"an interrupted run is saved in {self.where}",
                hint="continue: --resume; start again: --no-resume; --resume may always be given: without a checkpoint "
                "training starts from the beginning",
            )
        if not resume:
            return None
        run, places, saved = self._parsed(text)
        for number, place in enumerate(places):
            try:
                blocks = self._blocks_of(place)
                _check(blocks)
            except (W2VError, KeyError, TypeError, ValueError) as error:
                reason = error.message if isinstance(error, W2VError) else f"{self._manifest}: {error!r}"
                if place is places[-1]:
                    raise FormatError(reason, hint="start again with --no-resume") from error
                self.progress.message(f"{reason}: using the checkpoint before it", "warning")
                continue
            self.blocks, self.places = blocks, [*places[number:], *places[:number]]  # a damaged one goes first
            self.named = _at(place)
            self.processor = str(place.get("processor", ""))
            self.clock = float(place["position"]["seconds"]), float(place["position"]["cpu_seconds"])
            return Checkpoint(Path(self._manifest), run, place["position"], {}, saved, len(text))
        return None

    def begin(self, run: Mapping[str, Any], state: State | None, *, resumed: bool) -> None:
        self.run = run
        if not resumed:
            self.places = []
            remove(self._manifest)
            if self.folder is not None:
                make_folder(self.folder)
        self._remove_unnamed()

    def should_pause(self, epochs: int) -> bool:
        return False  # workers save while they train

    def keep(self, state: State | None) -> bool:
        if self.is_empty:
            self.clear()  # an empty folder would only be in the way
            if not self.is_temporary:
                self.progress.message("nothing is saved: workers write the first checkpoint after a minute of training")
            return False
        return not self.is_temporary

    def place_for_data(self, seconds: float) -> Path | None:
        return None

    def clear(self) -> None:
        self.places = []
        remove(self._manifest)
        self._remove_unnamed()
        for name in names_in(self.where):
            if CHECK.fullmatch(name):
                _remove_all(f"{self.where}/{name}", CHECKED)
        if self.folder is not None and self.folder.is_dir() and not os.listdir(self.folder):
            self.folder.rmdir()

    def folder_for(self, epoch: int, batch: int) -> str:
        """Return the folder for the blocks of a place in training."""
        return f"{self.where}/{epoch}-{batch}"

    def add(self, position: Mapping[str, Any], blocks: Saved, processor: str = "") -> None:
        """Replace the manifest by one that begins with a new place, and remove blocks that it has no more.

        Raises OutputError: then the blocks of the new place stay as well, beside those that the manifest names first.
        """
        place = {"position": dict(position), "layout": list(blocks.layout), "blocks": dict(blocks.blocks)}
        place["processor"] = processor
        places = [place, *(old for old in self.places if _at(old) != _at(place))]
        saved = datetime.now(UTC).isoformat(timespec="seconds")
        content = {"form": FORM, "run": self.run, "saved": saved, "places": places[:KEPT]}
        try:
            write_text(self._manifest, json.dumps(content, indent=1))
            self.named = _at(place)
            self.places = places[:KEPT]
        except OutputError:
            self.places = [old for old in places if old is place or _at(old) == self.named]
            raise
        finally:
            for old in places:
                if old not in self.places:
                    self._remove_place(old)

    def put_last(self, blocks: Saved | None) -> None:
        """Let the place of damaged blocks be the first to go."""
        damaged = [place for place in self.places if blocks is not None and place["blocks"] == dict(blocks.blocks)]
        self.places = [*(place for place in self.places if place not in damaged), *damaged]
        if self.places:
            self.named = _at(self.places[0])

    def discard(self, epoch: int, batch: int) -> None:
        """Remove the blocks of a place that could not be written as a whole, unless the manifest names them."""
        if (epoch, batch) not in map(_at, self.places):
            _remove_all(self.folder_for(epoch, batch), BLOCK)

    def _remove_unnamed(self) -> None:
        """Remove the blocks of all places but those that are kept: a run that was killed has left them."""
        named = {self.folder_for(*_at(place)).rpartition("/")[2] for place in self.places}
        for name in names_in(self.where):
            if PLACE.fullmatch(name) and name not in named:
                _remove_all(f"{self.where}/{name}", BLOCK)

    @property
    def _manifest(self) -> str:
        return f"{self.where}/manifest.json"

    def _remove_place(self, place: Mapping[str, Any]) -> None:
        """Remove the folder of a place, which has the name that this run gives it, whatever the manifest says."""
        epoch, batch = _at(place)
        _remove_all(self.folder_for(epoch, batch), BLOCK)

    def _parsed(self, text: str) -> tuple[Mapping[str, Any], Sequence[dict[str, Any]], str]:
        try:
            content = json.loads(text)
            if content["form"] != FORM:
                raise ValueError(f"its form is {content['form']!r:.40}")
            for place in content["places"]:
                _at(place)
            return content["run"], content["places"], str(content["saved"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FormatError(
                f"{self._manifest}: it does not say where the run stands ({error!r:.80})",
                hint="start again with --no-resume",
            ) from error

    def _blocks_of(self, place: Mapping[str, Any]) -> Saved:
        """Return the blocks of a place. They are looked for in this folder, wherever it was when they were written."""
        layout = Layout(*map(int, place["layout"]))
        folder = self.folder_for(*_at(place))
        names = {f"{side}-{group}" for side in ("outputs", "inputs") for group in range(layout.groups)}
        blocks = {name: (f"{folder}/{name}.npy", str(digest)) for name, (_, digest) in place["blocks"].items()}
        if blocks.keys() != names:
            raise ValueError("blocks are missing")
        return Saved(layout, blocks)


def _at(place: Mapping[str, Any]) -> tuple[int, int]:
    return int(place["position"]["epoch"]), int(place["position"]["batch"])


def _remove_all(folder: str, ours: re.Pattern[str]) -> None:
    """Remove a folder; but where files of others lie in it, only those with a name that a run gives."""
    names = names_in(folder)
    found = [name for name in names if ours.fullmatch(name)]
    for path in [folder] if found == names else [f"{folder}/{name}" for name in found]:
        remove(path)


def _check(saved: Saved) -> None:
    """Compare all blocks with their hashes. Raises FormatError."""
    for path, digest in saved.blocks.values():
        block = np.ascontiguousarray(read_block(path))
        if hashlib.sha256(block.data).hexdigest() != digest:
            raise LostBlockError(f"{path}: it is damaged", hint="start again with --no-resume")
