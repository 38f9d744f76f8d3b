"""Scores with their protocols: `evaluate` is the way in, and `Findings` is what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.evaluation.analogy_report import AnalogyReport, Tally
    from w2v.evaluation.categorization import CategoryReport
    from w2v.evaluation.conventions import ConventionName
    from w2v.evaluation.evaluating import evaluate
    from w2v.evaluation.findings import Findings
    from w2v.evaluation.outliers import OutlierReport
    from w2v.evaluation.protocol import Protocol
    from w2v.evaluation.report import Report, SuiteReport
    from w2v.evaluation.scoring import evaluate_sets, evaluate_suite
    from w2v.evaluation.sets import AnalogySuite, CategorySuite, OutlierSuite, PairSuite, Suite
    from w2v.evaluation.similarity import SimilarityReport
    from w2v.evaluation.suites import DEFAULT_SUITES, GROUPS, PROBES, expand, gather, load

_HOMES = {
    "analogy_report": ("AnalogyReport", "Tally"),
    "categorization": ("CategoryReport",),
    "conventions": ("ConventionName",),
    "evaluating": ("evaluate",),
    "findings": ("Findings",),
    "outliers": ("OutlierReport",),
    "protocol": ("Protocol",),
    "report": ("Report", "SuiteReport"),
    "scoring": ("evaluate_sets", "evaluate_suite"),
    "sets": ("AnalogySuite", "CategorySuite", "OutlierSuite", "PairSuite", "Suite"),
    "similarity": ("SimilarityReport",),
    "suites": ("DEFAULT_SUITES", "GROUPS", "PROBES", "expand", "gather", "load"),
}

__all__ = ["DEFAULT_SUITES", "GROUPS", "PROBES", "AnalogyReport", "AnalogySuite", "CategoryReport", "CategorySuite"]
__all__ += ["ConventionName", "Findings", "OutlierReport", "OutlierSuite", "PairSuite", "Protocol", "Report"]
__all__ += ["SimilarityReport", "Suite", "SuiteReport", "Tally", "evaluate", "evaluate_sets", "evaluate_suite"]
__all__ += ["expand", "gather", "load"]

__getattr__, __dir__ = hand_on(
    __name__, {name: f"w2v.evaluation.{module}" for module, names in _HOMES.items() for name in names}
)
