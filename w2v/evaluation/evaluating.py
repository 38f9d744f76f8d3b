"""The way through an evaluation: names and files become sets and vectors, these are scored, and `Findings` come out.

One file of vectors is in memory at a time, unless a study compares all of them. How a set is scored is `scoring`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from w2v import formats
from w2v.errors import DataError, SettingsError
from w2v.evaluation.conventions import ConventionName
from w2v.evaluation.findings import Findings
from w2v.evaluation.own import OwnChoices
from w2v.evaluation.report import Report
from w2v.evaluation.scoring import evaluate_sets
from w2v.evaluation.studies.base import Given, Run, Study, study_of
from w2v.evaluation.studies.registry import STUDIES, Listed
from w2v.evaluation.suite import Suite
from w2v.evaluation.suites import DEFAULT_SUITES, gather, read_own
from w2v.lookup import Lookup, Rules
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["evaluate", "evaluate_run", "with_own_files"]

NO_PARTS = Rules(composed=False)
PathLike = str | os.PathLike[str]


def evaluate(
    vectors: Given | Sequence[Given] | Mapping[str, Given],
    suite: str | Suite | Sequence[str | Suite] | None = None,
    *,
    study: str | Sequence[str] = (),
    compare: bool = True,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    data_dir: PathLike | None = None,
    columns: str | Sequence[str] = (),
    accept_partial: bool = False,
    progress: Progress | None = None,
    **own_files: PathLike | Sequence[PathLike],
) -> Findings:
    """Score vectors on one or several sets, and compare them where there are several.

    vectors: in memory, or the path of their file; a list of these, or a mapping that gives each a name.
    suite: names as in `w2v data list`, names of groups, or sets that are in memory already. Without any:
        `DEFAULT_SUITES`, or the files of your own alone. What a group holds and this computer does not have is left
        out, and named in `Findings.missing`.
    study: what else to do: "replicates", "conventions", "sensitivity", "gensim"; see `w2v.evaluation.studies`.
    compare: test every two files on the items that all of them can answer.
    convention: whose rules: "w2v", "gensim" (evaluate_word_analogies and evaluate_word_pairs), "word2vec"
        (compute-accuracy.c) or "glove" (evaluate.py); see `w2v.evaluation.conventions`.
    restrict_vocab: look at the first so many rows only; None for the convention's own limit (none, 300,000, 30,000), 0
        for no limit.
    data_dir: a folder to look for the sets in, before the installed packages.
    columns: names of the columns of your own files, in order, as "word1,word2,score"; "-" for one that is not needed.
        Without them the names in the first line decide, or a guess.
    accept_partial: also take a file of your own of which less than half of the lines can be read.
    own_files: files of your own, as the options of `w2v eval` with the same names take them: pairs=, analogies=,
        categories=, outliers=.

    Raise `DataError` where a set is missing or altered, `SettingsError` where there is none of that name, and for an
    impossible setting.
    """
    own_paths = {option: _listed(paths) for option, paths in own_files.items()}
    wanted = (() if any(own_paths.values()) else DEFAULT_SUITES) if suite is None else suite
    sets: dict[str, Suite] = {}
    missing: list[str] = []
    for each in [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else wanted:
        if not isinstance(each, (str, Suite)):
            raise SettingsError(
                f"the name of a set is wanted, and not {type(each).__name__}", hint="for example 'wordsim353'"
            )
        found, absent = gather([each], data_dir) if isinstance(each, str) else ({each.name: each}, ())
        sets.update(found)
        missing += absent
    run = Run(
        files=_named(vectors),
        sets=sets,
        convention=convention,
        restrict_vocab=restrict_vocab,
        data_dir=data_dir,
        progress=progress or NullProgress(),
    )
    given = tuple(columns.split(",") if isinstance(columns, str) else columns)
    run = with_own_files(run, own_paths, OwnChoices(given if any(given) else (), accept_partial))
    chosen = [study] if isinstance(study, str) else list(study)
    for name in chosen:
        if name not in STUDIES:
            raise SettingsError(f"there is no study {name!r}", hint=f"there are {', '.join(STUDIES)}")
        study_of(name).check(run)
    return evaluate_run(run, missing, chosen, automatic=compare)


def with_own_files(run: Run, paths: Mapping[str, Iterable[PathLike]], choices: OwnChoices) -> Run:
    """Return a run with a user's own files too: read, by the names of their options.

    Where the vocabulary decides what a line means, the vectors are read first: a single file of vectors is in memory
    from then on, and of several files a word is known if any of them has it. Whatever is wrong with a file of questions
    shows before any vectors are read, if these do not decide it.
    """
    listed = {option: list(each) for option, each in paths.items()}
    decided, own = True, dict[str, Suite]()

    def ask(word: str) -> bool:
        nonlocal decided
        decided = False
        return False

    try:
        own = read_own(listed, replace(choices, known=ask))
    except DataError:
        if decided:
            raise
    files = dict(run.files)
    if not decided:
        words: dict[str, None] = {}
        for name, given in files.items():
            vectors = _read(given, run)
            words.update(dict.fromkeys(vectors.words))
            if len(files) == 1:
                files[name] = vectors
        lookup = Lookup(list(words))
        own = read_own(listed, replace(choices, known=cache(lambda word: lookup.find(word, NO_PARTS) is not None)))
    twice = next((name for name in own if name in run.sets), None)
    if twice is not None:
        raise SettingsError(f"two sets are called {twice!r}", hint="rename your own file")
    return replace(run, files=files, sets={**run.sets, **own}, own=tuple(own))


def evaluate_run(
    run: Run, missing: Sequence[str] = (), chosen: Iterable[str] = (), *, automatic: bool = True
) -> Findings:
    """Score the vectors of a run, each on the same sets, and do the chosen studies, whose `check` has been passed.

    missing: sets that were asked for and are not on this computer. automatic: also do the studies that need not be
    asked for, as the comparison of several files.
    """
    doing = _doing(run, set(chosen), automatic=automatic)
    kept: dict[str, Vectors] = {}
    if any(study.keeps_vectors for study in doing.values()):
        kept = {file: _read(given, run) for file, given in run.files.items()}
        for study in doing.values():
            study.check_vectors(kept, run.progress)
    reports: dict[str, Report] = {}
    seen: dict[str, dict[str, Any]] = {name: {} for name in doing}
    for file, given in run.files.items():
        vectors = kept[file] if kept else _read(given, run)
        reports[file] = evaluate_sets(
            vectors,
            run.sets,
            missing,
            convention=run.convention,
            restrict_vocab=run.restrict_vocab,
            progress=run.progress,
        )
        for name, study in doing.items():
            seen[name][file] = study.look(run, file, vectors, reports[file])
    results = {name: study.conclude(run, reports, seen[name]) for name, study in doing.items()}
    return Findings(reports, run.convention, results)


def _doing(run: Run, chosen: set[str], *, automatic: bool) -> dict[str, Study]:
    """Return the studies to do, in the order of the registry."""
    replaced = {name for study in chosen for name in study_of(study).replaces}

    def is_done(name: str, listed: Listed) -> bool:
        if name in chosen:
            return True
        return automatic and listed.option is None and name not in replaced and study_of(name).applies(run)

    return {name: study_of(name) for name, listed in STUDIES.items() if is_done(name, listed)}


def _read(given: Given, run: Run) -> Vectors:
    if isinstance(given, Vectors):
        return given
    return formats.read(given, check_all=True, progress=run.progress, **run.rows)


def _listed(given: PathLike | Sequence[PathLike]) -> list[PathLike]:
    return [given] if isinstance(given, (str, os.PathLike)) else list(given)


def _named(vectors: Given | Sequence[Given] | Mapping[str, Given]) -> dict[str, Given]:
    """Return what was given, by name: that of a mapping, the path of a file, or the name of the vectors."""
    if isinstance(vectors, Mapping):
        return {name: _checked(each) for name, each in vectors.items()}
    named: dict[str, Given] = {}
    if isinstance(vectors, (Vectors, str, bytes, os.PathLike)) or not isinstance(vectors, Iterable):
        given: list[Given] = [vectors]
    else:
        given = list(vectors)
    if not given:
        raise SettingsError("there are no vectors to score", hint="give vectors, or the path of their file")
    for each in map(_checked, given):
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
