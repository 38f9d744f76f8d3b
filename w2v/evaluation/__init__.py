"""Scores with their protocols: `evaluate` is the way in, and `Findings` is what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.evaluation.conventions import ConventionName
    from w2v.evaluation.evaluating import evaluate
    from w2v.evaluation.findings import Findings
    from w2v.evaluation.protocol import Protocol
    from w2v.evaluation.report import Report, SuiteReport
    from w2v.evaluation.scoring import evaluate_sets, evaluate_suite
    from w2v.evaluation.studies.base import Study
    from w2v.evaluation.studies.registry import STUDIES
    from w2v.evaluation.suite import Suite
    from w2v.evaluation.suites import DEFAULT_SUITES, expand, gather, groups, load
    from w2v.evaluation.tasks.analogies.report import AnalogyReport, Tally
    from w2v.evaluation.tasks.analogies.sets import AnalogySuite
    from w2v.evaluation.tasks.base import Task
    from w2v.evaluation.tasks.categories import CategoryReport, CategorySuite
    from w2v.evaluation.tasks.outliers import OutlierReport, OutlierSuite
    from w2v.evaluation.tasks.registry import TASKS
    from w2v.evaluation.tasks.similarity import PairSuite, SimilarityReport

_HOMES = {
    "conventions": ("ConventionName",),
    "evaluating": ("evaluate",),
    "findings": ("Findings",),
    "protocol": ("Protocol",),
    "report": ("Report", "SuiteReport"),
    "scoring": ("evaluate_sets", "evaluate_suite"),
    "studies.base": ("Study",),
    "studies.registry": ("STUDIES",),
    "suite": ("Suite",),
    "suites": ("DEFAULT_SUITES", "expand", "gather", "groups", "load"),
    "tasks.analogies.report": ("AnalogyReport", "Tally"),
    "tasks.analogies.sets": ("AnalogySuite",),
    "tasks.base": ("Task",),
    "tasks.categories": ("CategoryReport", "CategorySuite"),
    "tasks.outliers": ("OutlierReport", "OutlierSuite"),
    "tasks.registry": ("TASKS",),
    "tasks.similarity": ("PairSuite", "SimilarityReport"),
}

__all__ = ["DEFAULT_SUITES", "STUDIES", "TASKS", "AnalogyReport", "AnalogySuite", "CategoryReport", "CategorySuite"]
__all__ += ["ConventionName", "Findings", "OutlierReport", "OutlierSuite", "PairSuite", "Protocol", "Report"]
__all__ += ["SimilarityReport", "Study", "Suite", "SuiteReport", "Tally", "Task", "evaluate", "evaluate_sets"]
__all__ += ["evaluate_suite", "expand", "gather", "groups", "load"]

__getattr__, __dir__ = hand_on(
    __name__, {name: f"w2v.evaluation.{module}" for module, names in _HOMES.items() for name in names}
)
