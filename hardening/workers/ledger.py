"""What was found in the run of each seed: kept in a file, a line of JSON each, and summed up in a table."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardening.workers.injuries import Injury

__all__ = ["MOST", "Found", "keep", "kept", "table"]

MOST = 60.0  # seconds that a run may be without progress


@dataclass
class Found:
    """What was found. faults: how often each kind was done. restarts: of the driver. lines: warnings that were told.

    wait, after: the longest time without progress, and what came before it. ends: lines with which the run has ended,
    and after which it went on as they say. wrong: what must not be; empty where all is well.
    """

    seed: int
    workers: int
    faults: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    stops: int = 0
    restarts: int = 0
    seconds: float = 0.0
    wait: float = 0.0
    after: str = ""
    same: bool = False
    lines: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def count(self, injury: Injury) -> None:
        """Count a fault that was done."""
        self.faults[injury.name] = self.faults.get(injury.name, 0) + 1
        self.kills += injury.kills
        self.stops += injury.stops

    @property
    def is_good(self) -> bool:
        return self.same and not self.wrong


def kept(ledger: Path) -> list[Found]:
    """Return what earlier invocations have found."""
    lines = ledger.read_text("utf-8").splitlines() if ledger.exists() else []
    return [Found(**json.loads(line)) for line in lines]


def keep(ledger: Path, found: Found) -> None:
    """Add what was found in a run."""
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(found)) + "\n")


def table(runs: list[Found]) -> str:
    """Return a line for each run, and the sums."""
    lines = ["seed  workers  kills  stops  others  restarts  seconds  longest wait  bytes"]
    faults: Counter[str] = Counter()
    for run in sorted(runs, key=lambda each: each.seed):
        faults.update(run.faults)
        others = sum(number for name, number in run.faults.items() if not name.startswith(("kill", "stop")))
        verdict = "the same" if run.is_good else "; ".join(run.wrong) or "DIFFER"
        ended = f" (ended {len(run.ends)} times with a line, and went on)" if run.ends else ""
        lines.append(
            f"{run.seed:4}  {run.workers:7}  {run.kills:5}  {run.stops:5}  {others:6}  {run.restarts:8}  "
            f"{run.seconds:7.0f}  {run.wait:10.0f} s  {verdict}{ended}"
        )
    lines += [f"{number:6} × {name}" for name, number in sorted(faults.items())]
    kills, stops = sum(run.kills for run in runs), sum(run.stops for run in runs)
    same = sum(run.is_good for run in runs)
    longest = max((run.wait for run in runs), default=0.0)
    lines.append(
        f"{len(runs)} runs, {kills} kills, {stops} stops: {same} with the same bytes; longest wait {longest:.0f} s"
    )
    return "\n".join(lines)
