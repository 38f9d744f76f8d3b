"""What was compared: how the vectors of each file were made, from their run records.

The few facts that stand above the scores are in `showing.facts`. Here are the sections at the end of a page: corpus,
times and versions, the settings that differ, all settings, and the losses by epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from w2v.evaluation.records import Differing, changes_of, differing, settings_of
from w2v.evaluation.report import Report
from w2v.evaluation.showing import facts
from w2v.record import RunRecord
from w2v.report.blocks import Cell, Column, Curve, Fact, Figure, Folded, Note, Plot, Row, Section, Table
from w2v.report.numbers import NONE, number
from w2v.report.tables import file_columns, text
from w2v.training.models import MODELS

__all__ = ["facts_of_files", "facts_of_groups", "how_made"]

Reports = Mapping[str, Report]  # by the label of the vector file
SHA = 16  # characters of a hash that a table shows
UNTOLD = ("threads", "memory", "keep_cooccurrences", "cooccurrences")  # settings that do not change the vectors
PACKAGES = ("w2v", "numpy", "numba", "python", "machine", "system")


def facts_of_files(reports: Reports) -> tuple[tuple[Fact, ...], ...]:
    """Return what is known of each file in a few words, with every setting in which the files differ."""
    found = []
    differ = [each.setting for each in _differing(reports)]
    for report in reports.values():
        known = dict(facts(report))
        settings = settings_of(report.record)
        begun = known.pop("begun", None)
        known |= {name: settings[name] for name in differ if name in settings and name not in known}
        known |= {} if begun is None else {"begun": begun}
        found.append(tuple(known.items()))
    return tuple(found)


def facts_of_groups(reports: Reports, groups: Mapping[str, Sequence[str]]) -> tuple[tuple[Fact, ...], ...]:
    """Return the same for groups of files: every value that a file of the group has; groups: labels, by name."""
    facts = dict(zip(reports, facts_of_files(reports), strict=True))
    return tuple(tuple(_joined(labels, [dict(facts[label]) for label in labels])) for labels in groups.values())


def _joined(labels: Sequence[str], known: Sequence[Mapping[str, str]]) -> Iterator[Fact]:
    yield "files", ", ".join(labels)
    for name in dict.fromkeys(name for each in known for name in each if name != "begun"):
        values = list(dict.fromkeys(each[name] for each in known if name in each))
        yield name, ", ".join(values)


def how_made(reports: Reports) -> Iterator[Section]:
    """Yield the section on how the vectors were made; nothing where no file has a run record."""
    records = {label: report.record for label, report in reports.items() if report.record is not None}
    if not records:
        return
    blocks: list[Table | Note | Folded | Plot] = [_runs(reports)]
    without = [label for label in reports if label not in records]
    if without:
        blocks.append(Note((f"Without a run record, so that nothing is known: {', '.join(without)}.",), "warning"))
    if len(reports) > 1:
        differ = [each.setting for each in _differing(reports)]
        if differ:
            blocks.append(_settings("Settings that differ", differ, reports))
        elif len(records) > 1:
            blocks.append(Note(("The settings of all files are the same.",)))
    every = list(dict.fromkeys(name for record in records.values() for name in record.settings))
    blocks += [Folded("All settings", (_settings("", every, reports),))] if every else []
    blocks += _losses(reports)
    yield Section("How the vectors were made", tuple(blocks))


def _differing(reports: Reports) -> list[Differing]:
    own = {label: settings_of(report.record) for label, report in reports.items()}
    told = {label: {name: value for name, value in each.items() if name not in UNTOLD} for label, each in own.items()}
    return differing(told)


def _settings(caption: str, names: Sequence[str], reports: Reports) -> Table:
    own = [settings_of(report.record) for report in reports.values()]
    rows = (Row((text(name), *(text(each.get(name, NONE)) for each in own))) for name in names)
    return Table(caption, (Column("setting", numeric=False, whole=True), *_columns(reports)), tuple(rows))


def _columns(reports: Reports) -> Iterator[Column]:
    """A column for each file; of a single file without a colour."""
    heads = file_columns(reports) if len(reports) > 1 else (Column("value"),)
    return (head._replace(numeric=False) for head in heads)


def _runs(reports: Reports) -> Table:
    """Return the facts of each run: rows of a table with a column for each file."""
    known = [dict(_facts_of_run(report)) for report in reports.values()]
    names = dict.fromkeys(name for each in known for name in each)
    rows = (Row((text(name), *(each.get(name, text(NONE)) for each in known))) for name in names)
    return Table("Corpus, run and versions", (Column("", numeric=False), *_columns(reports)), tuple(rows))


def _facts_of_run(report: Report) -> Iterator[tuple[str, Cell]]:
    record = report.record
    if record is not None:
        for name, changes in changes_of(record).items():
            yield name, text(changes)
    if record is not None and record.is_of_training:
        yield from _corpus(record)
        yield from _training(record)
        versions = record.environment
        yield "versions", text(", ".join(f"{name} {versions[name]}" for name in PACKAGES if name in versions) or NONE)
    if report.sha256:
        yield "sha256 of the matrix", text(report.sha256[:SHA])


def _corpus(record: RunRecord) -> Iterator[tuple[str, Cell]]:
    corpus = record.corpus
    sources = [str(each) for each in corpus.get("sources", ())]
    if sources:
        more = f" and {len(sources) - 3:,} more" if len(sources) > 3 else ""
        yield "corpus", text(f"{', '.join(sources[:3])}{more}")
    for name, key in (("bytes of text", "text_bytes"), ("tokens", "tokens"), ("different words", "types")):
        if isinstance(corpus.get(key), int):
            yield name, text(f"{corpus[key]:,}")
    if "fingerprint" in corpus:
        yield "sha256 of the corpus", text(str(corpus["fingerprint"])[:SHA])


def _training(record: RunRecord) -> Iterator[tuple[str, Cell]]:
    yield "model", text(_title(record))
    for name, key in (("seed", "seed"), ("epochs", "epochs")):
        if record.settings.get(key) is not None:
            yield name, text(str(record.settings[key]))
    yield "threads", text(str(record.threads))
    if "train" in record.timings:
        seconds = record.timings["train"]
        yield "time of training", text(Figure(_duration(seconds), float(seconds)))
    losses = record.heldout_loss or record.loss
    if losses:
        kind = "on a fixed sample of the text" if record.heldout_loss else "mean of an epoch"
        yield (
            f"{_loss(record)}, {kind}",
            text(Figure(f"{losses[0]:.4g}", losses[0]), " → ", Figure(f"{losses[-1]:.4g}", losses[-1])),
        )
    if record.started:
        yield "begun", text(record.started[:16].replace("T", " "))


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{number(seconds, 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _title(record: RunRecord) -> str:
    model = MODELS.get(record.model)
    return record.model if model is None else f"{model.name}: {model.title}"


def _loss(record: RunRecord) -> str:
    model = MODELS.get(record.model)
    return "loss" if model is None else model.loss


def _losses(reports: Reports) -> Iterator[Plot]:
    """Yield a plot for each model, because the losses of two models are not of one kind."""
    by_model: dict[str, list[Curve]] = {}
    names: dict[str, str] = {}
    for series, (label, report) in enumerate(reports.items()):
        record = report.record
        if record is None:
            continue
        names[record.model] = _loss(record)
        curves = by_model.setdefault(record.model, [])
        if len(record.loss) > 1:
            curves.append(
                Curve(label, series, tuple((float(epoch), value) for epoch, value in enumerate(record.loss, 1)))
            )
        if len(record.heldout_loss) > 1:
            points = tuple((float(epoch), value) for epoch, value in enumerate(record.heldout_loss))
            curves.append(Curve(f"{label}, fixed sample", series, points, dashed=True))
    for model, curves in by_model.items():
        if curves:
            what = names[model]
            yield Plot(f"{what[0].upper()}{what[1:]} by epoch: {model}", "epoch", what, tuple(curves))
