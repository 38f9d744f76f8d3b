"""What of a run record tells how a run went, and not what came of it. No hash of the content covers it.

Two runs with the same settings on the same text then give files with the same `content_sha256`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from w2v.record import RunRecord

__all__ = ["joined", "split", "without_times"]

# The date, durations, and what changes neither with --deterministic nor with GloVe a bit of the vectors.
OUTSIDE = (
    ("started",),
    ("timings",),
    ("threads",),
    ("trained", "cpu_seconds"),
    ("trained", "resumed"),
    ("corpus", "seconds"),
    ("settings", "threads"),
    ("settings", "memory"),
)


def split(record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Cut the dictionary of a record into what determines the result, and the rest, each with the same structure."""
    run = {name: dict(value) if isinstance(value, Mapping) else value for name, value in record.items()}
    times: dict[str, Any] = {}
    for *above, name in OUTSIDE:
        inside, outside = run, times
        for key in above:
            inside, outside = inside.get(key, {}), outside.setdefault(key, {})
        if name in inside:
            outside[name] = inside.pop(name)
    return run, {name: value for name, value in times.items() if value != {}}


def joined(run: Mapping[str, Any], times: Mapping[str, Any]) -> dict[str, Any]:
    """Put both parts of a record together again. Raises ValueError where they do not fit."""
    whole = dict(run)
    for name, value in times.items():
        there = whole.get(name)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            whole[name] = {**there, **value}
        elif name not in whole:
            whole[name] = value
        else:
            raise ValueError(f"its {name} is there twice")
    return whole


def without_times(record: RunRecord, started: str = "") -> RunRecord:
    """Return a record that is equal for equal runs. started: the date to put in place of the date of the run."""
    return RunRecord.from_dict({**split(record.to_dict())[0], "started": started})
