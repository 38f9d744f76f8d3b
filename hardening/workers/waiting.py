"""The longest time without progress, as somebody sees it who reads the log of a run (`--log`)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Wait", "events_of", "longest_wait"]

SAME = ("time", "rate", "seconds_left", "learning_rate")  # they change while nothing is done


class Wait(NamedTuple):
    """So many seconds without progress. after: the last thing that was told before."""

    seconds: float
    after: str


def events_of(log: Path) -> list[dict[str, Any]]:
    """Return the events in a log, also of a run that was killed while it wrote the last one."""
    lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def longest_wait(log: Path, began: float, ended: float) -> Wait:
    """Return the longest time in which no phase began, no line was told and no number of the progress changed.

    began, ended: when the process was started and ended, in seconds since 1970.
    """
    longest, last, after = Wait(0.0, ""), began, "the start"
    before: dict[str, Any] = {}
    for event in [*events_of(log), {"event": "the end"}]:
        told = {name: value for name, value in event.items() if name not in SAME}
        if event["event"] == "update" and told == before:
            continue
        at = datetime.fromisoformat(event["time"]).timestamp() if "time" in event else ended
        longest = max(longest, Wait(at - last, after))
        last, after = at, f"{event['event']} {event.get('text') or event.get('phase', '')}"
        if event["event"] == "update":
            before = told
            after += f" {event['done']}"
    return longest
