"""One phase of the work as people read it: the share that is done, the rate, the time left."""

from __future__ import annotations

import re
import time

from w2v.report.characters import ONE_LINE

__all__ = ["Phase", "amount", "clock", "span"]

SHORT = {"learning_rate": "lr"}


class Phase:
    """One phase of the work: how much is done, the rate, and the time left."""

    def __init__(self, name: str, total: int | None, unit: str, before: int = 0) -> None:
        self.name, self.total, self.unit, self.before = name, total, unit, before
        self.started = time.monotonic()
        self.done = before
        self.fields: dict[str, float | str] = {}

    @property
    def shown_name(self) -> str:
        """The name without characters that would steer a terminal: it may name a file."""
        return self.name.translate(ONE_LINE)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def rate(self) -> float | None:
        """Units per second in this run, without those that an earlier run did; None before anything is done."""
        done = self.done - self.before
        return done / self.seconds if done and self.seconds > 0 else None

    @property
    def left(self) -> float | None:
        """Seconds to the end; in "epoch 2/5", to the end of epoch 5, as if all epochs took the same time."""
        if not self.total or not self.rate:
            return None
        numbers = re.search(r"(\d+)/(\d+)$", self.name)
        to_come = int(numbers[2]) - int(numbers[1]) if numbers else 0
        return max(0.0, (self.total * (1 + to_come) - self.done) / self.rate)

    def facts(self) -> str:
        """Return a text such as `41 %  1.24 M words/s  loss 0.231  lr 0.0148  ETA 0:42`, without what is unknown."""
        parts = []
        if self.total:
            parts.append(f"{min(100, 100 * self.done // self.total):.0f} %")
        elif self.done:
            parts.append(amount(self.done, self.unit))
        if self.rate and self.unit:
            parts.append(f"{amount(self.rate, self.unit)}/s")
        parts += [f"{SHORT.get(name, name)} {_brief(value)}" for name, value in self.fields.items()]
        if self.left is not None:
            parts.append(f"ETA {clock(self.left)}")
        return "  ".join(parts)


def amount(number: float, unit: str) -> str:
    """Return a number with three digits and a prefix: `1.24 M words`, `17.3 MB`."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= factor * 0.9995:
            digits, sign = _brief(number / factor), prefix
            break
    else:
        digits, sign = f"{number:.0f}", ""
    if unit == "bytes":
        return f"{digits} {sign}B"
    return " ".join(part for part in (digits, sign, unit) if part)


def clock(seconds: float) -> str:
    """Return a duration as `0:42`, `12:05` or `3:00:10`."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"


def span(seconds: float) -> str:
    """Return roughly how long a time is: `3 days`, `1 hour`, `20 seconds`."""
    units = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
    unit, length = next((each for each in units if seconds >= each[1]), units[-1])
    number = max(0, int(seconds // length))
    return f"{number:,} {unit}{'s' * (number != 1)}"


def _brief(value: float | str) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return value.translate(ONE_LINE) if isinstance(value, str) else f"{value:#.3g}".removesuffix(".")
