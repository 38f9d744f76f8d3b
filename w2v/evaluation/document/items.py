"""Every item of a set with what became of it, file by file: what the page's searched tables hold. Not here: totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from w2v.arrays import Flags
from w2v.evaluation.analogy_report import AnalogyReport
from w2v.evaluation.bias.report import BiasReport
from w2v.evaluation.categorization import CategoryReport
from w2v.evaluation.document.blocks import Items, ItemsColumn
from w2v.evaluation.outliers import OutlierReport
from w2v.evaluation.report import Report
from w2v.evaluation.sets import AnalogySuite, CategorySuite, OutlierSuite, PairSuite
from w2v.evaluation.similarity import SimilarityReport
from w2v.evaluation.statistics import average_ranks

__all__ = ["analogy_items", "bias_items", "category_items", "outlier_items", "pair_items"]

Reports = Mapping[str, Report]


def _title(says: str, label: str, reports: Reports) -> str:
    return says if len(reports) == 1 else f"{says}: {label}"


def _words(words: Sequence[str], numbers: npt.NDArray[np.integer]) -> tuple[str, ...]:
    return tuple(words[number] for number in numbers.tolist())


def _numbers(values: npt.NDArray[np.floating], digits: int) -> tuple[float | None, ...]:
    return tuple(round(value, digits) if np.isfinite(value) else None for value in values.tolist())


def _marks(right: Flags, known: Flags) -> tuple[int | None, ...]:
    return tuple(int(yes) if answered else None for yes, answered in zip(right.tolist(), known.tolist(), strict=True))


def analogy_items(reports: Reports, suite: str) -> Items | None:
    """Each question with the answer of the first method, 3CosAdd, and the rank of the right one."""
    asked = next(iter(reports.values())).sets.get(suite)
    if not isinstance(asked, AnalogySuite):
        return None
    a, b, c, d = (_words(asked.words, asked.questions[:, place]) for place in range(4))
    columns = [
        ItemsColumn(title, "word", words) for title, words in (("a", a), ("is to b", b), ("as c", c), ("is to d", d))
    ]
    for label, whole in reports.items():
        report = whole[suite]
        if not isinstance(report, AnalogyReport) or report.details is None:
            return None
        details, method = report.details, next(iter(report.details.right))
        answers = [whole.words[row] if row >= 0 else None for row in details.predicted[method].tolist()]
        columns += [
            ItemsColumn(_title("right", label, reports), "mark", _marks(details.right[method], details.known)),
            ItemsColumn("answer", "word", answers),
            ItemsColumn("rank of d", "number", _numbers(details.rank[method], 0)),
        ]
    columns.append(ItemsColumn("section", "word", _words(asked.sections, asked.section_of)))
    return Items(f"Every question of {suite}, by 3CosAdd", suite, tuple(columns), "section")


def pair_items(reports: Reports, suite: str) -> Items | None:
    """Each pair with its rating and cosine, and by how many ranks the vectors see it nearer than people."""
    asked = next(iter(reports.values())).sets.get(suite)
    if not isinstance(asked, PairSuite):
        return None
    columns = [
        ItemsColumn("word", "word", _words(asked.words, asked.pairs[:, 0])),
        ItemsColumn("and", "word", _words(asked.words, asked.pairs[:, 1])),
        ItemsColumn("people's rating", "number", _numbers(asked.scores, 4), 2),
    ]
    for label, whole in reports.items():
        report = whole[suite]
        if not isinstance(report, SimilarityReport):
            return None
        apart = np.full(len(asked), np.nan)
        known = np.isfinite(report.cosines)
        apart[known] = average_ranks(report.cosines[known]) - average_ranks(report.ratings[known])
        columns += [
            ItemsColumn(_title("cosine", label, reports), "number", _numbers(report.cosines, 4), 4),
            ItemsColumn("ranks too near", "number", _numbers(apart, 1), 1),
        ]
    return Items(f"Every pair of {suite}", suite, tuple(columns))


def category_items(reports: Reports, suite: str) -> Items | None:
    """Each word with its category, and whether its cluster is of that category."""
    asked = next(iter(reports.values())).sets.get(suite)
    if not isinstance(asked, CategorySuite):
        return None
    columns = [
        ItemsColumn("category", "word", _words(asked.categories, asked.category_of)),
        ItemsColumn("word", "word", asked.words),
    ]
    for label, whole in reports.items():
        report = whole[suite]
        if not isinstance(report, CategoryReport):
            return None
        fits = _marks(report.fitting == 1, np.isfinite(report.fitting))
        columns.append(ItemsColumn(_title("with its like", label, reports), "mark", fits))
    return Items(f"Every word of {suite}", suite, tuple(columns), "category")


def outlier_items(reports: Reports, suite: str) -> Items | None:
    """Each outlier with its topic, and its place among the topic's words."""
    asked = next(iter(reports.values())).sets.get(suite)
    if not isinstance(asked, OutlierSuite):
        return None
    outliers = [asked.words[number] for topic in asked.outliers for number in topic]
    topics = [name for name, topic in zip(asked.topics, asked.outliers, strict=True) for _ in topic]
    columns = [ItemsColumn("topic", "word", topics), ItemsColumn("outlier", "word", outliers)]
    for label, whole in reports.items():
        report = whole[suite]
        if not isinstance(report, OutlierReport):
            return None
        found = _marks(report.positions == 1, np.isfinite(report.positions))
        columns += [
            ItemsColumn(_title("found", label, reports), "mark", found),
            ItemsColumn("place (1 is last)", "number", _numbers(report.positions, 3), 3),
        ]
    return Items(f"Every outlier of {suite}", suite, tuple(columns), "topic")


def bias_items(reports: Mapping[str, BiasReport]) -> Items | None:
    """Each word of each probe with its own association."""
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for label, report in reports.items():
        for probe in report.probes:
            for word in probe.words:
                found.setdefault((probe.name, word.list, word.word), {})[label] = round(word.score, 4)
    if not found:
        return None
    names = zip(*found, strict=True)
    columns = [
        ItemsColumn(title, "word", tuple(values))
        for title, values in zip(("probe", "list", "word"), names, strict=True)
    ]
    for label in reports:
        says = "association" if len(reports) == 1 else f"association: {label}"
        columns.append(ItemsColumn(says, "number", tuple(scores.get(label) for scores in found.values()), 4))
    return Items("Every word of the probes", "bias-words", tuple(columns), "probe")
