"""Geometry and health as a section: the measures of each cloud, what is wrong with rows, and the hubs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from w2v.evaluation.showing import Shown
from w2v.evaluation.tasks.geometry.measuring import Geometry, GeometryReport, Health
from w2v.report.blocks import Block, Cell, Column, Figure, Note, Piece, Row, Section, Table
from w2v.report.numbers import NONE, Show, count, number, percent, three, two
from w2v.report.tables import figure, file_columns, text

__all__ = ["sections"]

NOTES = (
    "Rows without a direction are left out. Cosines tell words apart badly where all vectors lean one way (mean "
    "cosine, common direction), or where a few directions hold the variance. IsoScore: Rudman 2022; hubs: Radovanović "
    "2010."
)

Clouds = Shown[GeometryReport, Geometry]


def sections(suites: Sequence[Clouds]) -> Iterator[Section]:
    """Return a section for each suite of the kind, which is one."""
    return map(_section, suites)


def _section(suite: Clouds) -> Section:
    known = [dict(_measures(report)) for report in suite.reports.values()]
    rows = [
        Row((text(name), *(measures.get(name, text(NONE)) for measures in known)))
        for name in dict.fromkeys(name for measures in known for name in measures)
    ]
    heads = file_columns(suite.reports) if suite.several else (Column("value"),)
    blocks: list[Block] = [Table("The cloud of vectors", (Column("measure", numeric=False), *heads), tuple(rows))]
    for label, report in suite.reports.items():
        where = f"{label}: " if suite.several else ""
        lines = [*([report.warning] if report.warning else []), *_wrong_rows(report.health)]
        blocks += [Note((f"{where}{line}.",), "warning") for line in lines]
    blocks.append(Note((NOTES,)))
    if any(report.hubs for report in suite.reports.values()):
        blocks.append(_hubs(suite))
    return Section(suite.first.title, tuple(blocks))


def _measures(report: GeometryReport) -> Iterator[tuple[str, Cell]]:
    """Yield the measures of a cloud in the order of reading."""

    def measure(name: str, value: float | None, show: Show, *remark: str) -> tuple[str, Cell]:
        return name, Cell((figure(value, show),), tuple((line,) for line in remark))

    health = report.health
    order = () if report.counted or report.norm_frequency is None else ("by the order of rows",)
    yield "rows × dimensions", text(f"{report.rows_total:,} × {report.dim:,}")
    yield measure("rows with NaN or infinity", health.not_finite, count)
    yield measure("rows of zeros", health.zero, count)
    yield measure("rows that repeat another", health.repeated, count)
    yield measure("mean length", report.mean_norm, three)
    yield measure("length and frequency, Spearman's ρ", report.norm_frequency, three, *order)
    yield measure("mean cosine of two words (0 is none)", report.mean_cosine, three)
    yield measure("squared length in the common direction", report.mean_share, percent)
    yield measure("IsoScore (1 is even)", report.iso_score, three)
    yield measure("directions in use (participation)", report.participation, lambda value: number(value, 1))
    for components, share in report.shares:
        first = "variance in the first component" if components == 1 else f"in the first {components}"
        yield measure(first, share, percent)
    yield measure("skewness of being near (0 is even)", report.hub_skewness, two)


def _wrong_rows(health: Health) -> Iterator[str]:
    """Return what is wrong with rows, with the first words."""
    kinds = {
        "NaN or infinity": health.not_finite_words,
        "zeros": health.zero_words,
        "a repeated row": health.repeated_words,
    }
    return (f"{kind}: {', '.join(words)}" for kind, words in kinds.items() if words)


def _hubs(suite: Clouds) -> Table:
    reports = suite.reports.values()
    rows = []
    for place in range(max(len(report.hubs) for report in reports)):
        cells: list[Cell] = []
        for report in reports:
            hub = report.hubs[place] if place < len(report.hubs) else None
            near: Piece = "" if hub is None else Figure(f"{hub.near:,}", float(hub.near))
            cells += [text("" if hub is None else hub.word), text(near)]
        rows.append(Row(tuple(cells)))
    columns: list[Column] = []
    for column in file_columns(suite.reports):
        head = (
            Column(column.title, numeric=False, series=column.series)
            if suite.several
            else Column("word", numeric=False)
        )
        columns += [head, Column("of how many words", below=True)]
    return Table("Hubs: words among the ten nearest of many", tuple(columns), tuple(rows))
