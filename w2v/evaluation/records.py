"""Run records side by side: in which settings do vector files differ, and may they, if they are seeds of one model?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from w2v.record import RunRecord

__all__ = [
    "MAY_DIFFER",
    "Differing",
    "changes_of",
    "differing",
    "run_facts",
    "same_seeds",
    "setting_as_text",
    "settings_of",
]

MAY_DIFFER = {"seed", "threads", "memory", "cooccurrences", "keep_cooccurrences"}
"""Settings of a run record that seeds of one model need not share: the seed, and those that do not change vectors."""


@dataclass(frozen=True)
class Differing:
    """A setting, or a fact of the vectors, in which files differ: its value in each file that has one."""

    setting: str
    values: Mapping[str, str]

    def in_words(self, labels: Mapping[str, str]) -> str:
        """Return "window is 5 in a.bin, b.bin and 10 in c.bin"; labels: short names of the files."""
        files: dict[str, list[str]] = {}
        for file, value in self.values.items():
            files.setdefault(value, []).append(labels.get(file, file))
        parts = (f"{value} in {', '.join(own)}" for value, own in files.items())
        return f"{self.setting} is {' and '.join(parts)}"


def setting_as_text(value: Any) -> str:
    """Return a setting as one reads it on the command line."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return "not set" if value is None else str(value)


def settings_of(record: RunRecord | None) -> dict[str, str]:
    """Return the settings of a run as text, by name."""
    return {} if record is None else {name: setting_as_text(value) for name, value in record.settings.items()}


def changes_of(record: RunRecord | None) -> dict[str, str]:
    """Return what was done to vectors after training, as one fact; nothing where nothing was done."""
    if record is None or not record.transforms:
        return {}
    return {"changed": ", then ".join(str(told.get("in_words", told["transform"])) for told in record.transforms)}


def run_facts(record: RunRecord | None, words: int, dim: int) -> dict[str, str]:
    """Return what seeds of one model have in common, as text: of the run record, if there is one, and of the words."""
    facts = {}
    if record is not None:
        settings = {name: value for name, value in settings_of(record).items() if name not in MAY_DIFFER}
        corpus = str(record.corpus.get("fingerprint", "unknown"))[:12]
        trained = {"model": record.model, "corpus": corpus, **settings} if record.is_of_training else {}
        facts = {**trained, **changes_of(record)}
    return {**facts, "number of words": f"{words:,}", "number of dimensions": f"{dim:,}"}


def differing(facts: Mapping[str, Mapping[str, str]]) -> list[Differing]:
    """Return in what files differ; facts: of each file, by name. A file that lacks a fact differs in nothing there."""
    names = dict.fromkeys(name for own in facts.values() for name in own)
    found = []
    for name in names:
        values = {file: own[name] for file, own in facts.items() if name in own}
        if len(set(values.values())) > 1:
            found.append(Differing(name, values))
    return found


def same_seeds(records: Mapping[str, RunRecord | None]) -> dict[str, Sequence[str]]:
    """Return which files were trained with one and the same seed, by that seed."""
    files: dict[str, list[str]] = {}
    for file, record in records.items():
        if record is not None and "seed" in record.settings:
            files.setdefault(str(record.settings["seed"]), []).append(file)
    return {seed: own for seed, own in files.items() if len(own) > 1}
