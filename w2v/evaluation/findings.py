"""All that one run of `w2v eval` found, as one frozen object, from which every format is made. Not here: the formats.

The terminal's tables, JSON, CSV, Markdown and the HTML page (`document`) say the same because they are made of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from w2v.evaluation.report import Report

if TYPE_CHECKING:
    from w2v.evaluation.comparison import SuiteComparison
    from w2v.evaluation.grid import GridRow
    from w2v.evaluation.reference import Comparison
    from w2v.evaluation.replicates import Replicates
    from w2v.evaluation.sensitivity import Shift

__all__ = ["Findings", "labels"]


def labels(files: Sequence[str]) -> dict[str, str]:
    """Names that tell files apart, by path: the last part of the path where that is enough."""
    short = [PurePath(file).name for file in files]
    return dict(zip(files, short if len(set(short)) == len(short) else files, strict=True))


@dataclass(frozen=True)
class Findings:
    """What was found, by the path of the vector file.

    reports: the same suites of every file. convention: whose rules. grids: accuracies by the conventions of papers;
    shifts: scores after centring and all-but-the-top; checks: figures beside gensim's. comparison: differences of the
    files, suite by suite; replicates: the spread of the files, where they are one model's seeds.
    """

    reports: Mapping[str, Report]
    convention: str = "w2v"
    grids: Mapping[str, Sequence[GridRow]] = field(default_factory=dict)
    shifts: Mapping[str, Sequence[Shift]] = field(default_factory=dict)
    checks: Mapping[str, Sequence[Comparison]] = field(default_factory=dict)
    comparison: Sequence[SuiteComparison] = ()
    replicates: Replicates | None = None

    @property
    def labels(self) -> dict[str, str]:
        """Short names of the files, by path."""
        return labels(list(self.reports))

    def rows(self) -> list[dict[str, Any]]:
        """The flat rows of every file and suite, for CSV and data frames."""
        return [{"vectors": file, **row} for file, report in self.reports.items() for row in report.rows()]

    def to_dict(self) -> dict[str, Any]:
        """The content of `w2v.eval/1`, whose JSON Schema is `results.schema.json`."""
        extras: dict[str, Mapping[str, Sequence[Any]]] = {
            "conventions": self.grids,
            "sensitivity": self.shifts,
            "gensim": self.checks,
        }
        files = [
            {"vectors": file, **report.to_dict()}
            | {name: [line.to_dict() for line in lines[file]] for name, lines in extras.items() if file in lines}
            for file, report in self.reports.items()
        ]
        payload: dict[str, Any] = {"convention": self.convention, "files": files}
        if len(self.reports) > 1 and self.replicates is None:
            payload["comparison"] = [each.to_dict() for each in self.comparison]
        if self.replicates is not None:
            payload["replicates"] = self.replicates.to_dict()
        return payload
