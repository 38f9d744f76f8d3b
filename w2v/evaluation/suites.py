"""The names of suites: which published sets there are, in which groups, and how names become sets in memory.

A group holds every published set of a kind, in the order of their manifests; a measure has the name of its kind.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from w2v.data import UNSCORED, find, locate, manifest_of, manifests
from w2v.errors import DataError, SettingsError
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import OwnItems
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.tasks.registry import TASKS

__all__ = ["DEFAULT_SUITES", "expand", "gather", "groups", "how_to_get", "load", "read_own"]

READ_BY = {
    "corpus": ("a corpus", "'w2v train' reads it"),
    "vectors": ("a file of vectors", "'w2v eval NAME' scores it"),
}
DEFAULT_SUITES = ("google-analogies", "wordsim353", "simlex999")


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """Return the names of suites by the name of their group, in the order of the registry; a measure is its own group.

    `all` is every suite of every group.
    """
    found: dict[str, tuple[str, ...]] = {}
    sets = [manifest for manifest in manifests() if manifest.in_group]
    for kind, listed in TASKS.items():
        own = sorted((each for each in sets if each.kind == kind), key=lambda each: (each.order, each.name))
        found[listed.group] = (kind,) if listed.is_measure else tuple(each.name for each in own)
    every = tuple(name for names in found.values() for name in names)
    for listed in TASKS.values():
        if listed.larger_group:
            found[listed.larger_group] = (*found.get(listed.larger_group, ()), *found[listed.group])
    return {**found, "all": every}


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of suites, with groups replaced by what they hold, each once."""
    return tuple(dict.fromkeys(suite for name in names for suite in groups().get(name, (name,))))


def load(name: str, data_dir: str | os.PathLike[str] | None = None) -> Suite:
    """Return the set called `name`, from this computer, its hash checked.

    Raise `SettingsError` where there is no such set and where it is not an evaluation set, `DataError` where its file
    is missing or has another hash, and where it does not hold the number of items that its manifest promises.
    """
    manifest = manifest_of(name)
    if manifest.kind not in TASKS and manifest.kind not in UNSCORED:
        raise SettingsError(f"{name} is of the kind {manifest.kind!r}, which w2v cannot score", hint="update w2v")
    if manifest.kind not in TASKS:
        raise SettingsError(
            f"{name} is {READ_BY[manifest.kind][0]}, not an evaluation set",
            hint=f"{READ_BY[manifest.kind][1]}; there are {', '.join(DEFAULT_SUITES)} and more in 'w2v data list'",
        )
    task = task_of(manifest.kind)
    if task.listed.is_measure:
        raise SettingsError(
            f"{name} belongs to the measure {task.kind!r}, and is no suite of its own",
            hint=f"'--suite {task.kind}' reads it",
        )
    suite: Suite = task.read(manifest, find(manifest, data_dir))
    if manifest.items not in (None, len(suite)):
        raise DataError(
            f"{name} has {len(suite):,} items, and its manifest promises {manifest.items:,}",
            hint="the set and its manifest do not belong together: reinstall w2v",
        )
    return replace(suite, language=manifest.language)


def gather(
    names: Iterable[str], data_dir: str | os.PathLike[str] | None = None
) -> tuple[dict[str, Suite], tuple[str, ...]]:
    """Return suites by name, in order, and the names of those that are not on this computer.

    What is named must be here, else `load` raises; of a group, what is not here is left out and named.
    """
    found: dict[str, Suite] = {}
    missing: list[str] = []
    for given in names:
        for name in expand([given]):
            if name in found or name in missing:
                continue
            if name in TASKS and TASKS[name].is_measure:
                found[name] = task_of(name).measure(data_dir)
            elif name != given and _is_absent(name, data_dir):
                missing.append(name)
            else:
                _check_spelling(name)
                found[name] = load(name, data_dir)
    return found, tuple(missing)


def how_to_get(missing: Iterable[str]) -> list[tuple[list[str], str]]:
    """Return the sets that are not on this computer: those that w2v can download, and those that it cannot.

    Each part comes with its cure, in words without a full stop; a part without a set is left out.
    """
    parts: dict[bool, list[str]] = {True: [], False: []}
    for name in missing:
        parts[not manifest_of(name).source.by_hand].append(name)
    cures = {
        True: f"'w2v data get {parts[True][0] if len(parts[True]) == 1 else 'NAME'}'",
        False: "w2v cannot download: name the folder that has its files with --data-dir or W2V_DATA",
    }
    return [(names, cures[can]) for can, names in parts.items() if names]


def read_own(
    files: Mapping[str, Iterable[str | os.PathLike[str] | OwnItems]], choices: OwnChoices = GUESSED
) -> dict[str, Suite]:
    """Read a user's own files and tables; return the sets by their names.

    files: by the names of their options (`tasks.registry.OwnFile`). Raise `SettingsError` for an option that no kind
    has, and for two sets of the same name.
    """
    own = {listed.own_file.name: kind for kind, listed in TASKS.items() if listed.own_file is not None}
    sets: dict[str, Suite] = {}
    for option, paths in files.items():
        if option not in own:
            raise SettingsError(f"no kind of suite is called {option!r}", hint=f"there are {', '.join(own)}")
        for given in paths:
            path = given if isinstance(given, OwnItems) else Path(given)
            found: Suite = task_of(own[option]).read_own(path, choices)
            if found.name in sets:
                raise SettingsError(f"two sets are called {found.name!r}", hint=f"rename {path}")
            sets[found.name] = found
    return sets


def _check_spelling(name: str) -> None:
    """Raise `SettingsError` for what is nearly a group; for sets and corpora `manifest_of` does that."""
    near = get_close_matches(name, groups())
    if near and name not in (manifest.name for manifest in manifests()):
        raise SettingsError(f"there is no suite {name!r}", hint=f"did you mean {' or '.join(map(repr, near))}?")


def _is_absent(name: str, data_dir: str | os.PathLike[str] | None) -> bool:
    manifest = manifest_of(name)
    if locate(manifest, data_dir).path is not None:
        return False
    try:
        find(manifest, data_dir)  # a file of the right hash under another name
    except DataError:
        return True
    return False
