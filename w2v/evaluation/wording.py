"""Figures and names as people read them, the same in tables, Markdown and the page. Not here: what is shown where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from w2v.evaluation.statistics import Interval

if TYPE_CHECKING:
    from w2v.evaluation.bias.lipstick import Lipstick
    from w2v.evaluation.bias.report import Sentiment
    from w2v.evaluation.bias.words import WordProbe
    from w2v.evaluation.geometry import GeometryReport, Health
    from w2v.evaluation.report import Report

__all__ = [
    "ASSOCIATION_NOTES",
    "COMPARISON_NOTES",
    "CONTROLS",
    "GEOMETRY_NOTES",
    "GRID_NOTES",
    "METHOD_NAMES",
    "NONE",
    "SHAPES",
    "Shape",
    "chance",
    "classifier_text",
    "decimal",
    "doubts_of",
    "geometry_lines",
    "interval",
    "lipstick_text",
    "number",
    "percent",
    "points",
    "precise",
    "rules_of",
    "span",
    "word_notes",
    "wrong_rows",
]

NONE = "–"
CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
"""Control characters as \\x1b and the like: words may hold any, and neither HTML nor Markdown may."""

METHOD_NAMES = {
    "3cosadd": "3CosAdd",
    "3cosmul": "3CosMul",
    "pair-direction": "PairDirection",
    "only-b": "nearest to c (only-b)",
    "ignore-a": "nearest to b + c (ignore-a)",
    "3cosavg": "3CosAvg, by pairs",
    "lrcos": "LRCos, by pairs",
}

ASSOCIATION_NOTES = (
    "d: how much nearer the first targets are to the first attributes than the second targets are, in standard "
    "deviations (Caliskan 2017). p: one-sided, over partitions of the targets; below it, adjusted for the number of "
    "tests (Holm). Random: 95 % of d for random targets of the same frequency; below it, the range of d with one word "
    "left out. A differential association is of words in these vectors, and no verdict."
)
COMPARISON_NOTES = (
    "Differences are second − first, in points (hundredths). p: by Student's t of the resampled standard error, "
    "adjusted by Holm's method over the table. Detectable: what the set would have shown with a chance of 80 %."
)
GEOMETRY_NOTES = (
    "Rows without a direction are left out. Cosines tell words apart badly where all vectors lean one way (mean "
    "cosine, common direction), or a few directions hold the variance. IsoScore: Rudman 2022; hubs: Radovanović "
    "2010."
)
GRID_NOTES = "Each of the last three columns changes one rule of the column accuracy, and no other."


def percent(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.1f} %".replace("-", "−")


def number(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    if value is None:
        return NONE
    return f"{round(value, digits) + 0.0:{'+' if sign else ''}.{digits}f}".replace("-", "−")  # no −0.000


def decimal(value: float | None) -> str:
    return number(value, 4)


def precise(value: float | None) -> str:
    return number(value, 6)


def points(value: float | None) -> str:
    """A difference in hundredths, with its sign."""
    return NONE if value is None else number(100 * value, 1, sign=True)


def interval(value: Interval | None, show: Callable[[float | None], str]) -> str:
    return NONE if value is None else f"{show(value.low).removesuffix(' %')} to {show(value.high)}"


def span(low: float | None, high: float | None, digits: int = 2) -> str:
    return NONE if low is None or high is None else f"{number(low, digits)} to {number(high, digits)}"


def chance(p: float | None) -> str:
    """A p-value to as many digits as anybody reads."""
    if p is None:
        return NONE
    if p < 0.00001:
        return "< 0.00001"
    return f"{p:.5f}" if p < 0.001 else f"{p:.4f}"


@dataclass(frozen=True)
class Shape:
    """How a `ScoredReport` is shown: the names of its kind, of the score and of the figure beside it."""

    title: str
    score: str
    beside: str
    show: Callable[[float | None], str]


SHAPES = {
    "similarity": Shape("Similarity", "Spearman ρ", "Pearson r", decimal),
    "categorization": Shape("Categorization", "purity", "V-measure", decimal),
    "outliers": Shape("Outliers", "accuracy", "OPP", percent),
}


def doubts_of(reports: Mapping[str, Report], suites: Sequence[str]) -> list[str]:
    """Why scores of some suites should not be quoted; reports by the labels of files."""
    found = []
    for suite in suites:
        for label, whole in reports.items():
            if doubt := whole[suite].doubt:
                where = _where(suite, label, reports, suites)
                found.append(f"{where}: {doubt}" if where else doubt[0].upper() + doubt[1:])
    return found


def rules_of(reports: Mapping[str, Report], suites: Sequence[str]) -> list[str]:
    """What suites of one kind are of, and their protocols: each once, where it is the same for several."""
    first: list[Any] = [next(iter(reports.values()))[suite] for suite in suites]
    rated = _ratings_text([report for report in first if report.kind == "similarity"])
    protocols: dict[str, list[str]] = {}
    for suite in suites:
        for label, whole in reports.items():
            report: Any = whole[suite]
            rules = report.protocol.rules(counted=len(reports) == 1)
            protocols.setdefault(rules, []).append(_where(suite, label, reports, suites))
    one = len(protocols) == 1
    said = [f"{'' if one else '; '.join(at) + ': '}{rules[0].upper()}{rules[1:]}." for rules, at in protocols.items()]
    hashes = ", ".join(f"{report.suite} {report.protocol.sha256[:12]}" for report in first)
    return [*([rated] if rated else []), *said, f"sha256 of the set{'s' * (len(suites) > 1)}: {hashes}."]


def _where(suite: str, label: str, reports: Mapping[str, Report], suites: Sequence[str]) -> str:
    """Which of several suites, of which of several files."""
    return ", ".join(([suite] if len(suites) > 1 else []) + ([label] if len(reports) > 1 else []))


def _ratings_text(reports: Sequence[Any]) -> str:
    """What the ratings of sets are of, how well people agree on them, and which pairs are there twice; else nothing."""
    kinds: dict[str, list[str]] = {}
    for report in reports:
        if report.measures:
            kinds.setdefault(report.measures, []).append(report.suite)
    parts = [
        ("Rated was", [f"{what} ({', '.join(suites)})" for what, suites in kinds.items()]),
        ("people agree with", [f"{decimal(report.ceiling)} ({report.suite})" for report in reports if report.ceiling]),
        ("pairs that stand twice:", [f"{report.repeated} ({report.suite})" for report in reports if report.repeated]),
    ]
    text = "; ".join(f"{name} {', '.join(found)}" for name, found in parts if found)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def geometry_lines(report: GeometryReport) -> list[tuple[str, float | None, str]]:
    """The measures of a cloud in the order of reading: what each is, its value, and that as it is shown."""
    health = report.health
    order = "" if report.counted or report.norm_frequency is None else " (by order of rows)"
    lines: list[tuple[str, float | None, str]] = [
        ("rows × dimensions", None, f"{report.rows_total:,} × {report.dim:,}"),
        *(
            (name, count, f"{count:,}")
            for name, count in (
                ("rows with NaN or infinity", health.not_finite),
                ("rows of zeros", health.zero),
                ("rows that repeat another", health.repeated),
            )
        ),
        ("mean length", report.mean_norm, number(report.mean_norm, 3)),
        (
            "length and frequency, Spearman's ρ",
            report.norm_frequency,
            number(report.norm_frequency, 3) + order,
        ),
        ("mean cosine of two words (0 is none)", report.mean_cosine, number(report.mean_cosine, 3)),
        ("squared length in the common direction", report.mean_share, percent(report.mean_share)),
        ("IsoScore (1 is even)", report.iso_score, number(report.iso_score, 3)),
        ("directions in use (participation)", report.participation, number(report.participation, 1)),
    ]
    for components, share in report.shares:
        name = "variance in the first component" if components == 1 else f"in the first {components}"
        lines.append((name, share, percent(share)))
    lines.append(("skewness of being near (0 is even)", report.hub_skewness, number(report.hub_skewness)))
    return lines


def wrong_rows(health: Health) -> list[str]:
    """What is wrong with rows, with the first words."""
    kinds = {
        "NaN or infinity": health.not_finite_words,
        "zeros": health.zero_words,
        "a repeated row": health.repeated_words,
    }
    return [f"{kind}: {', '.join(words)}" for kind, words in kinds.items() if words]


def lipstick_text(found: Lipstick) -> str:
    clusters = f"{100 * found.clusters_before:.0f} % and {100 * found.clusters_after:.0f} %"
    neighbours = f"{number(found.neighbourhood_before)} and {number(found.neighbourhood_after)}"
    return (
        f"Before and after the direction of the pairs is taken out: two clusters part the {found.words} words farthest "
        f"to each side {clusters} rightly (50 % is chance), and the neighbours of a listed word tell its side with "
        f"r = {neighbours} (Gonen & Goldberg 2019)."
    )


def classifier_text(found: Sentiment) -> str:
    *_, positive, negative = found.coverage
    accuracy = NONE if found.accuracy is None else f"{100 * found.accuracy:.0f} %"
    return (
        f"Divergence from equal shares {number(found.divergence, 4)} (0 is none); the classifier of "
        f"{positive.title} and {negative.title} words is right on {accuracy} of unseen ones."
    )


def word_notes(found: WordProbe) -> str:
    first, second = found.groups if found.groups[0] else ("one group", "the other")
    return (
        "Nearest of all: with the inputs allowed, as honesty asks; by custom the three inputs are barred. Association: "
        f"SC-WEAT, more is nearer to {first} than to {second}; below: the share of words of the same frequency that "
        "have less."
    )
