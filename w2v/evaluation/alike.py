"""Which of several files are seeds of one model, as their run records say, and how such a group is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from w2v.evaluation.records import run_facts, same_seeds
from w2v.evaluation.report import Report

__all__ = ["groups_of_seeds", "pattern_of"]


def groups_of_seeds(reports: Mapping[str, Report]) -> dict[str, tuple[str, ...]]:
    """Return the files of each model, by a name for it: its kind, numbered where there are several of that kind.

    reports: by file. {} where no two files differ only in their seeds, where a record is not known, or where no pattern
    can name the files of a model without those of another one.
    """
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    models: dict[str, str] = {}
    for file, report in reports.items():
        if report.record is None:
            return {}
        models[file] = report.record.model
        facts = run_facts(report.record, len(report.words), report.dim)
        alike.setdefault(tuple(sorted(facts.items())), []).append(file)
    if max(map(len, alike.values()), default=0) < 2:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for files in alike.values():
        others = [file for file in reports if file not in files]
        if same_seeds({file: reports[file].record for file in files}) or any(
            fnmatchcase(other, pattern_of(files)) for other in others
        ):
            return {}
        model = models[files[0]]
        number = 1 + sum(name.partition("-")[0] == model for name in found)
        found[model if number == 1 else f"{model}-{number}"] = tuple(files)
    return found


def pattern_of(files: Sequence[str]) -> str:
    """Return a pattern that fits all of these files: what they begin and end with, and * between."""
    if len(files) == 1:
        return files[0]
    first = _common(files)
    rest = [file[len(first) :] for file in files]
    last = _common([each[::-1] for each in rest])[::-1]
    return f"{first}*{last}"


def _common(words: Sequence[str]) -> str:
    """Return the longest beginning that all words share."""
    low, high = min(words), max(words)  # what these two share, all words between them share
    return low[: next((at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))]
