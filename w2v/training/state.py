"""Where training stands, and what it leaves behind: plain data, which checkpoints hold. Files: checkpoint_file.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from w2v.arrays import F32, F64, Array
from w2v.errors import FormatError
from w2v.files.fetched import FetchedRows
from w2v.files.rows import FileRows
from w2v.workers import NOTHING, Done

__all__ = ["Position", "State", "Trained", "check_position", "fill"]


@dataclass(frozen=True)
class Position:
    """Where training stands: the epoch, its batch, and the batch's next work item, all from 0.

    done: what was done in this epoch before that work item; a trainer may count only whole batches.
    loss: the mean loss of each epoch that has ended.
    heldout_loss: the loss on the held-out sample before the first epoch and after each; empty without a sample.
    words, pairs: what was trained on in the epochs that have ended.
    """

    epoch: int = 0
    batch: int = 0
    item: int = 0
    done: Done = NOTHING
    loss: tuple[float, ...] = ()
    heldout_loss: tuple[float, ...] = ()
    words: int = 0
    pairs: int = 0

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Position:
        """Return the position that `dataclasses.asdict` and JSON made `values` of."""
        lists = {name: tuple(values[name]) for name in ("loss", "heldout_loss")}
        return cls(**{**values, **lists, "done": Done(**values["done"])})


@dataclass(frozen=True)
class State:
    """Where training stands: everything that the rest of it depends on, besides corpus and settings.

    position: plain JSON values. arrays: the trainer's own arrays by name; they change when it runs on. seconds,
    cpu_seconds: what training has taken so far.
    """

    position: Mapping[str, Any]
    arrays: Mapping[str, Array]
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Trained:
    """The result of training.

    arrays: by name, float32 [rows, D]; "words" has the vectors, a row for each word of the vocabulary. They may be
    views of what the trainer computed on, with gaps between the rows, or rows that workers have.
    loss: the mean loss of a pair (or of a record), by epoch.
    heldout_loss: the loss on the held-out sample, before the first epoch and after each.
    seconds: by phase.
    words: tokens trained on in all epochs together, counted before subsampling.
    pairs: of a context and a centre (or records of a matrix), in all epochs together.
    cpu_seconds: of all threads together, in the phase "train".
    settings: values that the trainer has filled in for settings that were None.
    sizes: sizes of what was trained on, besides words and tokens.
    shares: what was kept of the corpus, from 0 to 1, by name.
    norms: the lengths of the vectors of words, float64 [V], where they are known.
    """

    arrays: Mapping[str, F32 | FileRows]
    loss: tuple[float, ...]
    heldout_loss: tuple[float, ...]
    seconds: Mapping[str, float]
    words: int
    pairs: int
    cpu_seconds: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    norms: F64 | None = None

    @property
    def matrix(self) -> F32 | FileRows:
        """The vectors of words, float32 [V, D]."""
        return self.arrays["words"]

    def end(self) -> None:
        """Say that rows of workers are not fetched any more."""
        for array in self.arrays.values():
            if isinstance(array, FetchedRows):
                array.end()

    def to_state(self) -> State:
        """Return the state of a run in which only the writing of the vectors is left to do.

        Rows that workers have are not in it: these are in the run folder.
        """
        facts = asdict(replace(self, arrays={}, norms=None))  # which would copy the arrays
        del facts["arrays"], facts["norms"]
        rows = {name: len(array) for name, array in self.arrays.items()}
        arrays = {name: array for name, array in self.arrays.items() if isinstance(array, np.ndarray)}
        return State({"finished": facts | {"rows": rows}}, arrays, self.seconds["train"], self.cpu_seconds)

    @classmethod
    def from_state(cls, state: State, words: int) -> Trained:
        """Return what `to_state` was made of. Raises KeyError, TypeError or ValueError where a state is not of it."""
        facts = dict(state.position["finished"])
        rows = facts.pop("rows")
        if rows["words"] != words:
            raise ValueError(f"it has {rows['words']} words")
        arrays = {name: np.array(state.arrays[name]).reshape(number, -1) for name, number in rows.items()}
        lists = {name: tuple(facts[name]) for name in ("loss", "heldout_loss")}
        return cls(arrays=arrays, **facts | lists)


def check_position(position: Any, like: Any, name: str = "position") -> None:
    """Raise ValueError unless a position has the fields of `like`, and values of the same kinds."""
    if isinstance(like, Mapping):
        right = isinstance(position, Mapping) and position.keys() == like.keys()
    elif isinstance(like, (tuple, list)):
        right = isinstance(position, (tuple, list)) and all(type(value) in (int, float) for value in position)
    elif isinstance(like, float):
        right = type(position) in (int, float)
    else:  # a number of something; None where there is none yet
        right = (like is None and position is None) or (type(position) is int and abs(position) < 1 << 62)
    if not right:
        raise ValueError(f"its {name} is {position!r:.60}")
    if isinstance(like, Mapping):
        for key, value in like.items():
            check_position(position[key], value, key)


def fill(array: Array, state: State, name: str) -> None:
    """Copy an array of a state, of any shape, into one of the same size and type. Raises FormatError."""
    found = state.arrays[name]
    if found.size != array.size or found.dtype != array.dtype:
        raise FormatError(
            f"the checkpoint holds {found.size:,} numbers of {name}, not {array.size:,}",
            hint="another version of w2v wrote it: continue with that version, or start again with --no-resume",
        )
    array[...] = found.reshape(array.shape)
