"""How `w2v bench` shows its report: a table, and what a reader must know below it. Not here: what is in the report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from w2v.bench import METRICS, BenchReport, Metric, Spread, TrainerReport
from w2v.cli.output import new_table

__all__ = ["bench_table"]

NONE = "–"
SECTION_ENDS = ("cpu_seconds", "words_per_cpu_second", "core_peak_share", "private_bytes")


def bench_table(report: BenchReport) -> RenderableType:
    """A row for each figure, a column for each trainer, and how much better w2v is beside each of the others."""
    table = new_table(" · ".join(Path(source).name for source in report.corpus["sources"]))
    table.add_column("", no_wrap=True)
    for trainer in report.trainers:
        table.add_column(trainer.name, justify="right", overflow="fold")
        if trainer is not report.trainers[0]:
            table.add_column("w2v is\nbetter", justify="right", style="bold", no_wrap=True)
    for metric in METRICS:
        spreads = [trainer.spread(metric.name) for trainer in report.trainers]
        cells = [_cell(metric, spreads[0])]
        for trainer, spread in zip(report.trainers[1:], spreads[1:], strict=True):
            cells += [_cell(metric, spread), _advantage(report, trainer, metric)]
        if any(spreads):
            table.add_row(metric.title, *cells)
        if metric.name in SECTION_ENDS:
            table.add_section()
    return Group(table, *(Text(note, style="dim") for note in _notes(report)))


def _cell(metric: Metric, spread: Spread | None) -> str:
    """`5.02 M (4.90–5.10)`: all three with the prefix and the decimals of the median."""
    if spread is None:
        return NONE
    factor, unit, decimals = _scale(metric, spread.median)
    median, *around = (f"{value / factor:,.{decimals}f}" for value in (spread.median, spread.lowest, spread.highest))
    shown = " ".join(filter(None, (median, unit)))
    if spread.lowest != spread.highest:
        shown += f" ({'–'.join(around)})"
    return shown.replace("-", "−")


def _scale(metric: Metric, value: float) -> tuple[float, str, int]:
    """What to divide by, the unit, and the decimals that make three digits."""
    if metric.unit == "rho":
        return 1, "", 3
    if metric.unit in ("share", "accuracy"):
        return 0.01, "%", 1
    factor, prefix = 1.0, ""
    if metric.unit != "s":
        steps = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
        factor, prefix = next((step for step in steps if value >= step[0] * 0.9995), (1.0, ""))
    unit = {"s": "s", "bytes": f"{prefix}B"}.get(metric.unit, prefix)
    size = value / factor
    return factor, unit, 2 if size < 9.995 else 1 if size < 99.95 else 0


def _advantage(report: BenchReport, trainer: TrainerReport, metric: Metric) -> str:
    value = report.advantage(trainer, metric)
    if value is None:
        return NONE
    if metric.better == "score":
        # Adding 0.0 makes a difference that rounds to −0 a plain one.
        difference = round(100 * value, 1) if metric.unit == "accuracy" else round(value, 3)
        return f"{difference + 0.0:+.{1 if metric.unit == 'accuracy' else 3}f}".replace("-", "−")
    return f"{value:.{2 if value < 0.995 else 1 if value < 99.95 else 0}f} ×"


def _notes(report: BenchReport) -> Iterator[str]:
    corpus, settings, machine, runs = report.corpus, report.settings, report.machine, report.trainers[0].runs
    if len(runs) > 1:
        yield f"Medians (lowest–highest) of {len(runs)} runs in turn, seeds {runs[0].seed} to {runs[-1].seed}."
    yield f"Vocabulary {corpus['vocabulary']:,}; {corpus['words']:,} words an epoch, counted before subsampling."
    named = ("dim", "window", "negative", "sample", "epochs", "learning_rate", "min_count", "threads")
    exact = "" if settings["shared_negatives"] else ", shared_negatives off (w2v)"
    yield f"Settings: {', '.join(f'{name} {settings[name]:g}' for name in named)}{exact}."
    core, whole = (f"{peak.median / 1e9:.0f}" for peak in (report.core_peak, report.machine_peak))
    yield (
        f"The peak is that of fused multiply-adds in registers: {core} GFLOP/s a core, {whole} with "
        f"{settings['threads']} threads; FLOP are 6·dim for each pair and target."
    )
    yield "Memory is the most at once; private memory leaves out what is only mapped from files."
    load = machine["load_before"]
    quiet = "" if load is None else f", load {load:.2f} before the first run"
    versions = ", ".join(f"{name} {machine['versions'][name]}" for name in ("w2v", "numba", "gensim", "python"))
    yield f"{machine['cpu']}, {machine['cores']} cores{quiet}; {versions}."
