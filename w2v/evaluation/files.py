"""Vector files scored one after another on the same sets, and what is between them. Not here: how any of it is scored.

One file is in memory at a time, but for replicates, whose neighbours are compared.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from w2v import formats
from w2v.evaluation import AnalogySuite, ConventionName, PairSuite, Report, Suite, evaluate_sets
from w2v.evaluation.comparison import compare
from w2v.evaluation.findings import Findings
from w2v.evaluation.grid import GridRow, conventions_grid
from w2v.evaluation.reference import Comparison, compare_with_gensim
from w2v.evaluation.replicates import check_replicates, summarise
from w2v.evaluation.sensitivity import Shift, sensitivity
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["evaluate_files"]


def evaluate_files(
    paths: Sequence[Path],
    sets: Mapping[str, Suite | None],
    missing: Sequence[str] = (),
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    grid: bool = False,
    shifts: bool = False,
    check: bool = False,
    replicates: bool = False,
    data_dir: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Findings:
    """The scores of each file as by `evaluate_sets`, and how files differ, or spread as replicates of one model.

    grid: also every set of analogies by the conventions of papers; shifts: every score after centring and
    all-but-the-top; check: gensim's own figures beside w2v's, on the sets of `w2v data list` in `data_dir`. Raise
    `SettingsError` for replicates that differ in more than their seeds, before anything is scored.
    """
    progress = progress or NullProgress()
    reports: dict[str, Report] = {}
    grids: dict[str, Sequence[GridRow]] = {}
    moved: dict[str, Sequence[Shift]] = {}
    checks: dict[str, Sequence[Comparison]] = {}
    read = partial(formats.read, check_all=True, progress=progress)
    kept: dict[Path, Vectors] = {path: read(path) for path in paths} if replicates else {}
    check_replicates({str(path): vectors for path, vectors in kept.items()}, progress)
    for path in paths:
        file, vectors = str(path), kept[path] if replicates else read(path)
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
                vectors, names, restrict_vocab=restrict_vocab, data_dir=data_dir, file=path, progress=progress
            )
    spread = summarise(reports, list(kept.values()), progress) if replicates else None
    differences = compare(reports) if len(paths) > 1 and not replicates else ()
    return Findings(reports, convention, grids, moved, checks, differences, spread)
