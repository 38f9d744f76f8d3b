"""The way through an evaluation: names and files become sets and vectors, these are scored, and `Findings` come out.

One file of vectors is in memory at a time, but for replicates, whose neighbours are compared. How a set is scored is
`scoring`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from w2v import formats
from w2v.errors import SettingsError
from w2v.evaluation.comparison import compare
from w2v.evaluation.conventions import ConventionName
from w2v.evaluation.findings import Findings
from w2v.evaluation.grid import GridRow, conventions_grid
from w2v.evaluation.own import read_own_analogies, read_own_outliers, read_own_pairs
from w2v.evaluation.reference import Comparison, compare_with_gensim
from w2v.evaluation.replicates import check_replicates, summarise
from w2v.evaluation.report import Report
from w2v.evaluation.scoring import evaluate_sets
from w2v.evaluation.sensitivity import Shift, sensitivity
from w2v.evaluation.sets import AnalogySuite, PairSuite, Suite
from w2v.evaluation.suites import DEFAULT_SUITES, gather
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["evaluate", "evaluate_files", "read_own"]

PathLike = str | os.PathLike[str]
Given = Vectors | PathLike
OWN: Mapping[str, Callable[[Path], Suite]] = {
    "pairs": read_own_pairs,
    "analogies": read_own_analogies,
    "outliers": read_own_outliers,
}


def evaluate(
    vectors: Given | Sequence[Given] | Mapping[str, Given],
    suite: str | Suite | Sequence[str | Suite] | None = None,
    *,
    pairs: PathLike | Sequence[PathLike] = (),
    analogies: PathLike | Sequence[PathLike] = (),
    outliers: PathLike | Sequence[PathLike] = (),
    compare: bool = True,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    data_dir: PathLike | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Score vectors on one or several sets, and compare them where there are several.

    vectors: in memory, or the path of their file; a list of these, or a mapping that gives each a name.
    suite: names as in `w2v data list`, names of groups, or sets that are in memory already. Without any:
        `DEFAULT_SUITES`, or the files of your own alone. What a group holds and this computer does not have is left
        out, and named in `Findings.missing`.
    pairs, analogies, outliers: files of your own, as `w2v eval` reads them.
    compare: also test every two files on the items that all of them can answer.
    convention: whose rules: "w2v", "gensim" (evaluate_word_analogies and evaluate_word_pairs), "word2vec"
        (compute-accuracy.c) or "glove" (evaluate.py); see `w2v.evaluation.conventions`.
    restrict_vocab: look at the first so many rows only; None for the convention's own limit (none, 300,000, 30,000), 0
        for no limit.
    data_dir: a folder to look for the sets in, before the installed packages.

    Raises `DataError` where a set is missing or altered, `SettingsError` where there is none of that name, and for an
    impossible setting.
    """
    own = read_own({"pairs": _paths(pairs), "analogies": _paths(analogies), "outliers": _paths(outliers)})
    wanted = (() if own else DEFAULT_SUITES) if suite is None else suite
    sets: dict[str, Suite | None] = {}
    missing: list[str] = []
    for each in [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else wanted:
        found, absent = gather([each], data_dir) if isinstance(each, str) else ({each.name: each}, ())
        sets.update(found)
        missing += absent
    return evaluate_files(
        _named(vectors),
        _joined(sets, own),
        missing,
        convention=convention,
        restrict_vocab=restrict_vocab,
        side_by_side=compare,
        data_dir=data_dir,
        progress=progress,
    )


def read_own(files: Mapping[str, Iterable[PathLike]]) -> dict[str, Suite]:
    """Read a user's own sets, by the names of their files. Raises `SettingsError` for two sets of the same name."""
    sets: dict[str, Suite] = {}
    for kind, paths in files.items():
        for path in map(Path, paths):
            found = OWN[kind](path)
            if found.name in sets:
                raise SettingsError(f"two sets are called {found.name!r}", hint=f"rename {path}")
            sets[found.name] = found
    return sets


def _joined(sets: Mapping[str, Suite | None], own: Mapping[str, Suite]) -> dict[str, Suite | None]:
    twice = next((name for name in own if name in sets), None)
    if twice is not None:
        raise SettingsError(f"two sets are called {twice!r}", hint="rename your own file")
    return {**sets, **own}


def _paths(given: PathLike | Sequence[PathLike]) -> list[PathLike]:
    return [given] if isinstance(given, (str, os.PathLike)) else list(given)


def _named(vectors: Given | Sequence[Given] | Mapping[str, Given]) -> dict[str, Given]:
    """Return what was given, by name: that of a mapping, the path of a file, or the name of the vectors."""
    if isinstance(vectors, Mapping):
        return {name: _checked(each) for name, each in vectors.items()}
    several = isinstance(vectors, Sequence) and not isinstance(vectors, (str, Vectors))
    named: dict[str, Given] = {}
    for each in map(_checked, vectors if several else [vectors]):  # type: ignore[arg-type]
        name = each.name if isinstance(each, Vectors) else os.fspath(each)
        if isinstance(each, Vectors):
            clashes = sum(other == name or other.startswith(f"{name} (") for other in named)
            name = f"{name} ({clashes + 1})" if clashes else name
        named[name] = each
    return named


def _checked(given: Given) -> Given:
    if isinstance(given, (Vectors, str, os.PathLike)):
        return given
    raise SettingsError(
        f"vectors are wanted, and not {type(given).__name__}", hint="w2v.load(path) reads them from a file"
    )


def evaluate_files(
    files: Mapping[str, Given],
    sets: Mapping[str, Suite | None],
    missing: Sequence[str] = (),
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    side_by_side: bool = True,
    grid: bool = False,
    shifts: bool = False,
    check: bool = False,
    replicates: bool = False,
    data_dir: PathLike | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Score vectors, each on the same sets, and say how they differ, or spread as replicates of one model.

    files: vectors or paths, by name. grid: also every set of analogies by the conventions of papers; shifts: every
    score after centring and all-but-the-top; check: gensim's own figures beside w2v's, on the sets of `w2v data list`
    in `data_dir`. Raise `SettingsError` for replicates that differ in more than their seeds, before anything is scored.
    """
    progress = progress or NullProgress()
    reports: dict[str, Report] = {}
    grids: dict[str, Sequence[GridRow]] = {}
    moved: dict[str, Sequence[Shift]] = {}
    checks: dict[str, Sequence[Comparison]] = {}
    kept = {file: _read(given, progress) for file, given in files.items()} if replicates else {}
    check_replicates(kept, progress)
    for file, given in files.items():
        vectors = kept[file] if replicates else _read(given, progress)
        report = reports[file] = evaluate_sets(
            vectors, sets, missing, convention=convention, restrict_vocab=restrict_vocab, progress=progress
        )
        if grid:
            analogies = [suite for suite in sets.values() if isinstance(suite, AnalogySuite)]
            grids[file] = [row for suite in analogies for row in conventions_grid(vectors, suite, progress)]
        if shifts:
            moved[file] = sensitivity(
                vectors, report, sets, convention=convention, restrict_vocab=restrict_vocab, progress=progress
            )
        if check:
            names = [name for name, suite in sets.items() if isinstance(suite, (AnalogySuite, PairSuite))]
            checks[file] = compare_with_gensim(
                vectors,
                names,
                restrict_vocab=restrict_vocab,
                data_dir=data_dir,
                file=None if isinstance(given, Vectors) else given,
                progress=progress,
            )
    spread = summarise(reports, list(kept.values()), progress) if replicates else None
    differences = compare(reports) if side_by_side and len(files) > 1 and not replicates else ()
    return Findings(reports, convention, grids, moved, checks, differences, spread)


def _read(given: Given, progress: Progress) -> Vectors:
    return given if isinstance(given, Vectors) else formats.read(given, check_all=True, progress=progress)
