"""The registry of evaluation: which sets there are, in which groups, who reads and who scores each kind.

Not here: reading (`readers`), what a set is in memory (`sets`), scoring. A set with a file has a manifest, and its kind
says how it is read and scored (`KINDS`). A probe needs no file of its own (`PROBES`): it puts its own questions to the
vectors. To add either, add a line here; modules are named as text, and imported when they are needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from w2v.data import Manifest, find, locate, manifest_of, manifests
from w2v.errors import DataError, SettingsError
from w2v.evaluation.own import read_own_analogies, read_own_outliers, read_own_pairs
from w2v.evaluation.readers import (
    PAIR_COLUMNS,
    read_analogies,
    read_bats,
    read_categories,
    read_outlier_lists,
    read_pairs,
)
from w2v.evaluation.sets import AnalogySuite, CategorySuite, OutlierSuite, PairSuite, Suite

__all__ = [
    "DEFAULT_SUITES",
    "GROUPS",
    "PROBES",
    "AnalogySuite",
    "CategorySuite",
    "OutlierSuite",
    "PairSuite",
    "Suite",
    "expand",
    "gather",
    "load",
    "read_analogies",
    "read_own_analogies",
    "read_own_outliers",
    "read_own_pairs",
    "read_pairs",
]

PROBES: Mapping[str, str] = {
    "bias": "w2v.evaluation.bias.probes:probe",
    "geometry": "w2v.evaluation.geometry:probe",
}
"""Suites without a file: name → "module:function" of (vectors, *, restrict_vocab, progress) → SuiteReport."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "analogies": ("google-analogies", "google-phrases", "msr-syntax", "bats"),
    "similarity": (
        "wordsim353",
        "wordsim353-sim",
        "wordsim353-rel",
        "simlex999",
        "men",
        "rare-words",
        "simverb",
        "rg65",
        "mc30",
        "mturk771",
    ),
    "categorization": ("ap", "bless", "esslli-1a", "esslli-2c"),
    "outliers": ("outliers-888",),
}
"""Names of sets and probes by the name of their group; `all` is every group and every probe."""

DEFAULT_SUITES = ("google-analogies", "wordsim353", "simlex999")


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """Names of sets and probes, with groups replaced by what they hold, each once."""
    every = (*(name for members in GROUPS.values() for name in members), *PROBES)
    groups = {**GROUPS, "all": every}
    return tuple(dict.fromkeys(suite for name in names for suite in groups.get(name, (name,))))


def load(name: str, data_dir: str | os.PathLike[str] | None = None) -> Suite:
    """The set called `name`, from this computer, its hash checked.

    Raises `SettingsError` where there is no such set and where it is not an evaluation set, `DataError` where its file
    is missing or has another hash, and where it does not hold the number of items that its manifest promises.
    """
    manifest = manifest_of(name)
    if manifest.kind == "corpus":
        raise SettingsError(
            f"{name} is a corpus, not an evaluation set", hint=f"'w2v train' reads it; {_known_suites()}"
        )
    if manifest.kind == "bias":
        raise SettingsError(f"{name} holds word lists, not questions", hint="'w2v bias' and '--suite bias' read them")
    suite = _READERS[manifest.kind](manifest, find(manifest, data_dir))
    if manifest.items not in (None, len(suite)):
        raise DataError(
            f"{name} has {len(suite):,} items, and its manifest promises {manifest.items:,}",
            hint="the set and its manifest do not belong together: reinstall w2v",
        )
    return suite


def gather(
    names: Iterable[str], data_dir: str | os.PathLike[str] | None = None
) -> tuple[dict[str, Suite | None], tuple[str, ...]]:
    """Sets and probes by name, in order (None for a probe, which has no file), and the names of what is not here.

    What is named must be here, else `load` raises; of a group, what is not on this computer is left out and named.
    """
    found: dict[str, Suite | None] = {}
    missing: list[str] = []
    for given in names:
        for name in expand([given]):
            if name in found or name in missing:
                continue
            if name in PROBES:
                found[name] = None
            elif name != given and _is_absent(name, data_dir):
                missing.append(name)
            else:
                _check_spelling(name)
                found[name] = load(name, data_dir)
    return found, tuple(missing)


def _check_spelling(name: str) -> None:
    """Raise `SettingsError` for what is nearly a group or a probe; of sets and corpora their manifests know more."""
    near = get_close_matches(name, [*GROUPS, *PROBES])
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


def _known_suites() -> str:
    return f"there are {', '.join(DEFAULT_SUITES)} and more in 'w2v data list'"


def _read_analogies(manifest: Manifest, path: Path) -> Suite:
    if manifest.type == "bats":
        files = tuple(manifest.source.files)
        sha256 = manifest.source.sha256 or ""
        return read_bats(path, manifest.name, manifest.title, files, manifest.groups, sha256, manifest.encoding)
    return read_analogies(path, manifest.name, manifest.title, manifest.groups, manifest.encoding)


def _read_pairs(manifest: Manifest, path: Path) -> Suite:
    return read_pairs(
        path,
        manifest.name,
        manifest.title,
        manifest.columns or PAIR_COLUMNS,
        manifest.encoding,
        measures=manifest.measures,
        ceiling=manifest.ceiling,
    )


def _read_categories(manifest: Manifest, path: Path) -> Suite:
    return read_categories(path, manifest.name, manifest.title, manifest.encoding, suffix=manifest.suffix)


def _read_outliers(manifest: Manifest, path: Path) -> Suite:
    return read_outlier_lists(path, manifest.name, manifest.title, manifest.encoding)


_READERS: Mapping[str, Callable[[Manifest, Path], Suite]] = {
    "analogy": _read_analogies,
    "similarity": _read_pairs,
    "categorization": _read_categories,
    "outliers": _read_outliers,
}
