"""The run record: what was run, on what, with which versions, and how it went.

Every vector file carries one as JSON (format "w2v.run/1"), so that a file found years later says where it came from.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

__all__ = ["RunRecord", "environment"]

SCHEMA = "w2v.run/1"


def environment() -> dict[str, str]:
    """Return the versions of everything that can change the bytes of a result."""
    from importlib import metadata  # here, because it takes a while, and reading a record does not need it

    versions = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
    }
    for package in ("w2v", "numpy", "numba", "llvmlite"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed as a package"
    return versions


@dataclass(frozen=True)
class RunRecord:
    """What a training run did.

    model: its name, as --model takes it ("sgns", "glove", …).
    settings: every setting with the value that was used, including those of the corpus.
    corpus: fingerprint (sha256), sources, bytes, tokens, sentences, and what was invalid or replaced.
    vocabulary: words kept, types and tokens dropped by min_count and by max_vocab.
    environment: versions of Python and packages.
    threads: worker threads used.
    timings: seconds by phase.
    trained: in all epochs together: words, counted before subsampling; pairs (with GloVe, records of the matrix); CPU
        seconds of all threads; with SGNS the shares of the tokens and of the pairs that subsampling left (from 0 to 1:
        tokens_kept, pairs_kept).
    loss: mean training loss of a pair, by epoch; with GloVe the mean cost of a record, ½·f(x)·diff².
    heldout_loss: the loss on a fixed sample of the text, before the first epoch and after each.
    warnings: what may be wrong with the vectors, in sentences: too little text for the settings, and the like.
    transforms: what was done to the vectors after training, in order: `transform` names the change, the other keys are
        its settings.
    started: UTC, ISO 8601.
    """

    model: str
    settings: Mapping[str, Any]
    corpus: Mapping[str, Any] = field(default_factory=dict)
    vocabulary: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=environment)
    threads: int = 1
    timings: Mapping[str, float] = field(default_factory=dict)
    trained: Mapping[str, float] = field(default_factory=dict)
    loss: tuple[float, ...] = ()
    heldout_loss: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()
    transforms: tuple[Mapping[str, Any], ...] = ()
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def is_of_training(self) -> bool:
        """Whether it tells of a training run, and not only how vectors of another program were changed."""
        return bool(self.settings or self.corpus or self.started)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` is the inverse."""
        values = asdict(self)
        if not self.transforms:  # as files were before there were any
            del values["transforms"]
        return {"schema": SCHEMA, **values}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunRecord:
        """Read a record; fields of later versions are ignored, missing fields are empty.

        Raises ValueError where a field is of another kind than in what `to_dict` writes.
        """
        empty = cls(model="unknown", settings={}, environment={}, started="")
        kept: dict[str, Any] = {}
        for name in (f.name for f in fields(cls)):
            value = values.get(name, getattr(empty, name))
            if name in ("loss", "heldout_loss"):
                value = _numbers(name, value)
            elif name == "warnings":
                value = _sentences(value)
            elif name == "transforms":
                value = _changes(value)
            elif name in ("timings", "trained"):
                value = dict(zip(value, _numbers(name, list(value.values())), strict=True))
            elif type(value) is not type(getattr(empty, name)):
                raise ValueError(f"its {name} is {value!r:.40}")
            kept[name] = value
        return cls(**kept)


def _sentences(values: Sequence[Any]) -> tuple[str, ...]:
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, str) for value in values):
        raise ValueError("its warnings are not sentences")
    return tuple(values)


def _changes(values: Sequence[Any]) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(values, (list, tuple)) or not all(
        isinstance(value, dict) and isinstance(value.get("transform"), str) for value in values
    ):
        raise ValueError("its transforms are not named")
    return tuple(values)


def _numbers(name: str, values: Sequence[Any]) -> tuple[float, ...]:
    if not isinstance(values, (list, tuple)) or not all(type(value) in (int, float) for value in values):
        raise ValueError(f"its {name} are not numbers")
    return tuple(values)
