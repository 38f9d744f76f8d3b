"""A toy that shows how little a study needs: how many suites were scored?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from w2v.evaluation.report import Report
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.report.blocks import Note, Section

__all__ = ["STUDY"]


@dataclass(frozen=True)
class Count(StudyResult):
    """The number of suites."""

    suites: int

    def to_dict(self) -> int:
        return self.suites

    def section(self, labels: Mapping[str, str]) -> Section:
        return Section("Counted", (Note((f"{self.suites} suites.",)),))


class CountStudy(Study):
    """How many suites there are."""

    name = "count"

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Count:
        return Count(len(run.sets))

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return {"type": "integer", "description": "With `--count`: how many suites there are."}, {}


STUDY = CountStudy()
