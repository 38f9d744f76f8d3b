"""What the measurements found, as frozen dataclasses. Printing: w2v/cli/bench_table.py.

Every figure is kept run by run; what is shown is the median with the lowest and the highest beside it.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["METRICS", "BenchReport", "Metric", "Run", "Spread", "TrainerReport"]


@dataclass(frozen=True)
class Metric:
    """A figure: its name in JSON, its title for people, its unit, and what makes one better than another.

    better: "less" or "more", compared by a ratio; "score", compared by a difference.
    """

    name: str
    title: str
    unit: Literal["s", "words/s", "bytes", "FLOP/s", "share", "accuracy", "rho"]
    better: Literal["less", "more", "score"]


METRICS = (
    Metric("wall_seconds", "text to file", "s", "less"),
    Metric("cpu_seconds", "CPU time of it", "s", "less"),
    Metric("corpus_seconds", "counting, encoding", "s", "less"),
    Metric("train_seconds", "training", "s", "less"),
    Metric("words_per_second", "words a second", "words/s", "more"),
    Metric("words_per_cpu_second", "words a CPU second", "words/s", "more"),
    Metric("flop_per_second", "FLOP a second", "FLOP/s", "more"),
    Metric("peak_share", "share of the peak", "share", "more"),
    Metric("core_peak_share", "the same, CPU time", "share", "more"),
    Metric("peak_bytes", "peak memory", "bytes", "less"),
    Metric("private_bytes", "private memory", "bytes", "less"),
    Metric("google-analogies.30k", "Google, first 30k", "accuracy", "score"),
    Metric("google-analogies", "Google, all words", "accuracy", "score"),
    Metric("wordsim353", "WordSim-353 ρ", "rho", "score"),
    Metric("simlex999", "SimLex-999 ρ", "rho", "score"),
)


@dataclass(frozen=True)
class Spread:
    """The median of several runs, the lowest and the highest."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Run:
    """One run of one trainer: its seed, the cores that other programs kept busy meanwhile, and its figures by name.

    figures: those of METRICS that are known, and what they were worked out from (trained_words, pairs, …).
    warnings: why a score should not be quoted, by the name of its set.
    heldout_loss: the loss on a fixed sample of the text, before the first epoch and after each; only of w2v.
    """

    seed: int
    others: float | None
    figures: Mapping[str, float | None]
    warnings: Mapping[str, str]
    heldout_loss: tuple[float, ...] = ()


@dataclass(frozen=True)
class TrainerReport:
    """All runs of one trainer, and its version where it tells one."""

    name: str
    version: str
    runs: tuple[Run, ...]

    def spread(self, metric: str) -> Spread | None:
        """None where no run has the figure."""
        known = [value for run in self.runs if (value := run.figures.get(metric)) is not None]
        return Spread.of(known) if known else None


@dataclass(frozen=True)
class BenchReport:
    """Trainers side by side; the first is w2v, with which the others are compared.

    corpus: what was trained on: sources, fingerprint, tokens, vocabulary, words (of an epoch).
    settings: what all trainers were given. machine: CPU, cores, versions, load before the first run.
    core_peak, machine_peak: FLOP a second of multiply-adds in registers, of one core and of all threads of a run.
    warnings: why the figures should be taken with care.
    """

    corpus: Mapping[str, Any]
    settings: Mapping[str, Any]
    machine: Mapping[str, Any]
    core_peak: Spread
    machine_peak: Spread
    trainers: tuple[TrainerReport, ...]
    warnings: tuple[str, ...] = ()

    def advantage(self, trainer: TrainerReport, metric: Metric) -> float | None:
        """How much better w2v is than `trainer` by the medians: a ratio, or for scores a difference."""
        ours, theirs = self.trainers[0].spread(metric.name), trainer.spread(metric.name)
        if ours is None or theirs is None:
            return None
        if metric.better == "score":
            return ours.median - theirs.median
        better, worse = (ours, theirs) if metric.better == "more" else (theirs, ours)
        return better.median / worse.median if worse.median else None

    def rows(self) -> list[dict[str, Any]]:
        """One flat row for each trainer and figure."""
        return [
            {
                "trainer": trainer.name,
                "metric": metric.name,
                "unit": metric.unit,
                **asdict(spread),
                "w2v_better_by": self.advantage(trainer, metric) if trainer is not self.trainers[0] else None,
            }
            for trainer in self.trainers
            for metric in METRICS
            if (spread := trainer.spread(metric.name)) is not None
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        rows = self.rows()
        return {
            "corpus": dict(self.corpus),
            "settings": dict(self.settings),
            "machine": dict(self.machine),
            "peak": {"core": asdict(self.core_peak), "machine": asdict(self.machine_peak)},
            "warnings": list(self.warnings),
            "trainers": [
                {
                    "name": trainer.name,
                    "version": trainer.version,
                    "metrics": {
                        row["metric"]: {key: row[key] for key in row if key not in ("trainer", "metric")}
                        for row in rows
                        if row["trainer"] == trainer.name
                    },
                    "runs": [asdict(run) for run in trainer.runs],
                }
                for trainer in self.trainers
            ],
        }
