"""What every trainer can do: train until the end or until somebody wants a rest, and say exactly where it stands.

Not here: the algorithms (sgns.py, glove.py), and what becomes of a state (checkpoints.py).
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from w2v.arrays import F32, Array
from w2v.config import GloveConfig
from w2v.errors import FormatError

__all__ = ["Clock", "Due", "State", "Trained", "Trainer", "check_position", "fill", "is_finite"]

# Whether a rest is due, asked several times a second and after each epoch but the last; told the number of epochs done.
Due = Callable[[int], bool]


@dataclass(frozen=True)
class Trained:
    """What training leaves: the input vectors [V, D] float32, and how it went.

    loss: mean loss a pair, by epoch.
    probe_loss: on the probe, before the first epoch and after each.
    seconds: by phase.
    words: tokens trained on in all epochs together, counted before subsampling.
    pairs: of a context and a centre, in all epochs together.
    cpu_seconds: of all threads together, in the phase "train".
    config, records: of GloVe alone: the settings with window and x_max as they were used, and the size of the matrix.
    """

    matrix: F32
    loss: tuple[float, ...]
    probe_loss: tuple[float, ...]
    seconds: dict[str, float]
    words: int
    pairs: int
    cpu_seconds: float
    config: GloveConfig | None = None
    records: int = 0

    def to_state(self) -> State:
        """As the state of a run that has nothing left to do but to write."""
        facts = {name: value for name, value in vars(self).items() if name != "matrix"}
        if self.config is not None:
            config = asdict(self.config)
            facts["config"] = {name: str(x) if isinstance(x, os.PathLike) else x for name, x in config.items()}
        return State({"finished": facts}, {"words": self.matrix}, self.seconds["train"], self.cpu_seconds)

    @classmethod
    def from_state(cls, state: State, words: int) -> Trained:
        """The inverse; raises KeyError, TypeError or ValueError for what is none."""
        facts = dict(state.position["finished"])
        lists = {name: tuple(facts[name]) for name in ("loss", "probe_loss")}
        config = None if facts["config"] is None else GloveConfig(**facts["config"])
        matrix = np.array(state.arrays["words"]).reshape(words, -1)
        return cls(**facts | lists | {"config": config, "matrix": matrix})


@dataclass(frozen=True)
class State:
    """Where training stands: all that the rest of it depends on, besides corpus and settings.

    position: plain JSON values. arrays: "words" and "contexts", the matrices, and "costs" (GloVe); they are the
    trainer's own, which go on changing when it runs. seconds, cpu_seconds: that it took so far.
    """

    position: Mapping[str, Any]
    arrays: Mapping[str, Array]
    seconds: float
    cpu_seconds: float


class Trainer(Protocol):
    """Training that can stop anywhere and go on elsewhere.

    With the same corpus and settings, `restore` of a `state` and `run` give what the trainer that it came from would
    have given, to the last bit wherever training is deterministic at all.
    """

    def run(self, due: Due) -> bool:
        """Train until the last epoch has ended: True; or until `due`: False, and `run` may be called again.

        An exception, KeyboardInterrupt above all, leaves a state from which one can go on. Raises TrainingError where
        training diverges.
        """

    def state(self) -> State | None:
        """Where training stands; None while workers are still at it, and where a number is not finite."""

    def restore(self, state: State) -> None:
        """Go on from there. Raises FormatError where it does not fit."""

    def result(self) -> Trained:
        """What training has left. It is over: the memory of the trainer may go."""


class Clock:
    """The seconds that training took, of the clock and of the processor, those of earlier runs included."""

    def __init__(self, seconds: float = 0.0, cpu_seconds: float = 0.0) -> None:
        self._seconds, self._cpu_seconds = seconds - time.perf_counter(), cpu_seconds - time.process_time()

    @property
    def seconds(self) -> float:
        return self._seconds + time.perf_counter()

    @property
    def cpu_seconds(self) -> float:
        return self._cpu_seconds + time.process_time()


def check_position(position: Any, like: Any, name: str = "position") -> None:
    """Raise ValueError unless a position has the fields, and the kinds of values, of one that a trainer gives."""
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
        for field, value in like.items():
            check_position(position[field], value, field)


def aligned(rows: int, width: int) -> F32:
    """Zeros, float32 [rows, width], the first on a 64-byte boundary."""
    flat = np.zeros(rows * width + 16, dtype=np.float32)
    skip = -flat.ctypes.data % 64 // 4
    return flat[skip : skip + rows * width].reshape(rows, width)


def fill(array: Array, state: State, name: str) -> None:
    """Copy an array of a state, flat or not, into one of the same size and type. Raises FormatError."""
    found = state.arrays[name]
    if found.size != array.size or found.dtype != array.dtype:
        raise FormatError(
            f"the checkpoint holds {found.size:,} numbers of {name}, not {array.size:,}",
            hint="another version of w2v wrote it: go on with that one, or begin anew with --no-resume",
        )
    array[...] = found.reshape(array.shape)


def is_finite(matrix: F32) -> bool:
    """Whether all values are numbers; without another matrix in memory."""
    return math.isfinite(matrix.min(initial=0.0)) and math.isfinite(matrix.max(initial=0.0))
