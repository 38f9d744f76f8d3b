"""What the measurements found, as a document: a table of all figures, and what a reader must know below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from w2v.bench.report import METRICS, BenchReport, Metric, Spread, TrainerReport
from w2v.report.blocks import Cell, Column, Document, Figure, Note, Row, Table
from w2v.report.numbers import NONE, number
from w2v.report.tables import text

__all__ = ["bench_document"]

SECTION_ENDS = ("cpu_seconds", "words_per_cpu_second", "core_peak_share", "private_bytes")


def bench_document(report: BenchReport) -> Document:
    """A row for each figure, columns for each trainer, and how much better w2v is beside each of the others."""
    columns = [Column("", numeric=False, whole=True)]
    for trainer in report.trainers:
        columns += [Column(trainer.name), Column("range", below=True)]
        if trainer is not report.trainers[0]:
            columns.append(Column("w2v is better"))
    rows = []
    for metric in METRICS:
        spreads = [trainer.spread(metric.name) for trainer in report.trainers]
        cells = [text(metric.title), *_figures(metric, spreads[0])]
        for trainer, spread in zip(report.trainers[1:], spreads[1:], strict=True):
            cells += [*_figures(metric, spread), _advantage(report, trainer, metric)]
        if any(spreads):
            rows.append(Row(tuple(cells), last=metric.name in SECTION_ENDS))
    title = " · ".join(Path(source).name for source in report.corpus["sources"])
    notes = (Note((note,)) for note in _notes(report))
    return Document.of(f"w2v beside other trainers: {title}", Table(title, tuple(columns), tuple(rows)), *notes)


def _figures(metric: Metric, spread: Spread | None) -> tuple[Cell, Cell]:
    """`5.02 M` and `(4.90–5.10)`: the median, and the range with the same prefix and decimals."""
    if spread is None:
        return text(NONE), text()
    factor, unit, decimals = _scale(metric, spread.median)

    def shown(value: float) -> str:
        return f"{value / factor:,.{decimals}f}".replace("-", "−")

    median = Figure(" ".join(filter(None, (shown(spread.median), unit))), spread.median)
    if spread.lowest == spread.highest:
        return text(median), text()
    low, high = (Figure(shown(value), value) for value in (spread.lowest, spread.highest))
    return text(median), text("(", low, "–", high, ")")


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


def _advantage(report: BenchReport, trainer: TrainerReport, metric: Metric) -> Cell:
    value = report.advantage(trainer, metric)
    if value is None:
        return text(NONE)
    if metric.better == "score":
        size, digits = (100 * value, 1) if metric.unit == "accuracy" else (value, 3)
        return text(Figure(number(size, digits, sign=True), value))
    return text(Figure(f"{value:.{2 if value < 0.995 else 1 if value < 99.95 else 0}f} ×", value))


def _notes(report: BenchReport) -> Iterator[str]:
    corpus, settings, machine, runs = report.corpus, report.settings, report.machine, report.trainers[0].runs
    if len(runs) > 1:
        seeds = f"{runs[0].seed} to {runs[-1].seed}"
        yield f"Medians (lowest–highest) of {len(runs)} runs in turn, seeds {seeds}."
    yield f"Vocabulary {corpus['vocabulary']:,}; {corpus['words']:,} words an epoch, counted before subsampling."
    named = ("dim", "window", "negative", "sample", "epochs", "learning_rate", "min_count", "threads")
    exact = "" if settings.get("shared_negatives", True) else ", shared_negatives off (w2v)"
    subwords = f", subwords {settings['subwords']}" if settings.get("subwords") else ""
    model = f"model {settings['model']}, " if "model" in settings else ""
    told = ", ".join(f"{name} {settings[name]:g}" for name in named if settings.get(name) is not None)
    yield f"Settings: {model}{told}{subwords}{exact}."
    core, whole = (f"{peak.median / 1e9:.0f}" for peak in (report.core_peak, report.machine_peak))
    yield (
        f"The peak is that of fused multiply-adds in registers: {core} GFLOP/s a core, {whole} with "
        f"{settings['threads']} thread{'s' * (settings['threads'] != 1)}; FLOP are 6·dim for each pair and target."
    )
    yield "Memory is the most at once; private memory leaves out what is only mapped from files."
    load = machine["load_before"]
    quiet = "" if load is None else f", load {load:.2f} before the first run"
    versions = ", ".join(
        f"{name} {machine['versions'][name]}"
        for name in ("w2v", "numba", "gensim", "python")
        if name in machine["versions"]
        if name in machine["versions"]
    )
    yield f"{machine['cpu']}, {machine['cores']} cores{quiet}; {versions}."
