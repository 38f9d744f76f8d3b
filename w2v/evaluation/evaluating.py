"""The way through an evaluation: names and files become sets and vectors, these are scored, and `Findings` come out.

One file of vectors is in memory at a time, unless a study compares all of them. How a set is scored is `scoring`.
"""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal, TypeVar

import numpy as np

from w2v import formats
from w2v.errors import DataError, FormatError, SettingsError
from w2v.evaluation.choosing import of_language
from w2v.evaluation.conventions import ConventionName
from w2v.evaluation.findings import Findings
from w2v.evaluation.grouping import vectors_of_groups
from w2v.evaluation.own import OwnChoices
from w2v.evaluation.own_given import OwnSet, sources_of
from w2v.evaluation.own_tables import OwnItems
from w2v.evaluation.report import Report
from w2v.evaluation.scoring import evaluate_sets
from w2v.evaluation.studies.base import Given, Run, Study, dims_given, order_given, study_of
from w2v.evaluation.studies.registry import STUDIES, Listed
from w2v.evaluation.suite import Suite
from w2v.evaluation.suites import DEFAULT_SUITES, gather, how_to_get, read_own
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.tasks.registry import TASKS
from w2v.files.rows import parts_of
from w2v.lookup import Lookup, Rules
from w2v.progress import ProgressChoice, reporting
from w2v.vectors import Vectors

__all__ = ["evaluate", "evaluate_run", "with_other", "with_own_files", "with_pooling"]

NO_PARTS = Rules(composed=False)
PathLike = str | os.PathLike[str]
HASHED = 1 << 22  # bytes of rows that are hashed at once
Givens = Given | Sequence[Given] | Mapping[str, Given]
F = TypeVar("F", bound=Callable[..., Any])


def _names_own_sets(function: F) -> F:
    """Let the signature of a function name the sets of one's own, as the registry has them: for help and completion."""
    signature = inspect.signature(function)
    *named, _ = signature.parameters.values()
    kinds = [listed.own_file.name for listed in TASKS.values() if listed.own_file is not None]
    own = [inspect.Parameter(kind, inspect.Parameter.KEYWORD_ONLY, default=None, annotation="OwnSet") for kind in kinds]
    vars(function)["__signature__"] = signature.replace(parameters=[*named, *own])
    return function


@_names_own_sets
def evaluate(
    vectors: Givens | None = None,
    suite: str | Suite | Sequence[str | Suite] | None = None,
    *,
    compare: bool | Givens = True,
    groups: Mapping[str, Given | Sequence[Given]] | None = None,
    words: str | Sequence[str] = (),
    dims: int | Sequence[int] = (),
    order: Literal["stored", "pca"] = "stored",
    study: str | Sequence[str] = (),
    other: Given | None = None,
    language: str | None = None,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    pooling: str | None = None,
    data_dir: PathLike | None = None,
    columns: str | Sequence[str] = (),
    accept_partial: bool = False,
    progress: ProgressChoice = None,
    **own_sets: OwnSet,
) -> Findings:
    """Score vectors on one or several sets, and compare them where there are several.

    vectors: in memory, or the path of their file; a list of these, or a mapping that gives each a name.
    suite: names as in `w2v data list`, names of groups, or sets that are in memory already. Without any:
        `DEFAULT_SUITES`, or the sets of your own alone. What a group holds and this computer does not have is left
        out, and named in `Findings.missing`.
    compare: other vectors to score as well, as in `vectors`. Every two vectors are compared by paired tests, on the
        items that all of them can answer; False leaves the tests out.
    groups: in place of `vectors`: groups of seeds by name, each vectors, a path, a pattern of paths, a folder, or a
        list of these. Their means are compared, over seeds and items.
    words: whose neighbours are shown in all vectors, side by side. Without any, some are chosen where there are several
        vectors.
    dims: numbers of dimensions: also score the first so many columns as vectors of their own, beside all.
    order: of these columns: "stored", as they lie, or "pca", by principal components and without the mean.
    study: what else to do: "replicates", "conventions", "sensitivity", "bands", "gensim"; see `w2v.evaluation.studies`.
    other: the vectors whose words are the answers in sets of translations, in the same space (`w2v.align`).
    language: of the sets, as "en"; sets of another language are left out, and named in `Report.left_out`. None: the
        default sets are left out where the frequent words of the vectors show another language.
    convention: whose rules: "w2v", "gensim" (evaluate_word_analogies and evaluate_word_pairs), "word2vec"
        (compute-accuracy.c) or "glove" (evaluate.py); see `w2v.evaluation.conventions`.
    restrict_vocab: look at the first so many rows only; None for the convention's own limit (none, 300,000, 30,000), 0
        for no limit.
    pooling: how texts become vectors in sets of texts: "mean", "idf", "sif" or "usif" (`Vectors.encode`). None: what is
        usual, which is the mean for a classifier, and sif for all else.
    data_dir: a folder to look for the sets in, before the installed packages.
    columns: names of the columns of your own sets, in order, as "word1,word2,score"; "-" for one that is not needed.
        Without them the names in the first line or of the data frame decide, or a guess.
    accept_partial: also take a set of your own of which less than half of the lines or items can be read.
    progress: as for `w2v.train`: a line in a notebook or on a terminal, False for none.
    own_sets: sets of your own, by the kind that the options of `w2v eval` name: pairs=, analogies=, categories=,
        outliers=, text_pairs=, labels=, collection=. Each is the path of a file; a list of tuples, which are (word,
        word, score), (word, word, word, word) with or without a section, (word, category), ([words], [outliers]) with
        or without a topic, (text, text, score), (label, text) with or without a part, or (query, document, relevance);
        or a data frame, whose columns may be named as in files (docs/own-sets.md). A list of paths or data frames is
        several sets, and a mapping gives each table a name.

    Raise `DataError` where a set is missing or altered, or where most items of your own cannot be read; `SettingsError`
    where there is no set of that name, for what is no set, and for an impossible setting; and what reading vectors from
    a file raises (`w2v.load`).
    """
    own = {option: sources_of(option, given) for option, given in own_sets.items()}
    wanted = (() if any(own.values()) else DEFAULT_SUITES) if suite is None else suite
    sets, missing = _sets(wanted, data_dir)
    files, members = _grouped(vectors, groups)
    if not isinstance(compare, bool):
        files = _named_apart(files, _named(compare))
    given = tuple(map(str.strip, columns.split(",")) if isinstance(columns, str) else columns)
    chosen = [*([study] if isinstance(study, str) else study), *(["groups"] * bool(members))]
    columns_wanted = [dims] if isinstance(dims, int) else list(dims)
    chosen += ["dims"] * bool(columns_wanted)
    unknown = next((name for name in chosen if name not in STUDIES), None)
    if unknown is not None:
        raise SettingsError(f"there is no study {unknown!r}", hint=f"there are {', '.join(STUDIES)}")
    with reporting(progress) as heard:
        run = Run(
            files=files,
            sets=sets,
            convention=convention,
            restrict_vocab=restrict_vocab,
            data_dir=data_dir,
            progress=heard,
            groups=members,
            words=(words,) if isinstance(words, str) else tuple(words),
            dims=dims_given(columns_wanted),
            order=order_given(order),
        )
        run = with_own_files(run, own, OwnChoices(given if any(given) else (), accept_partial))
        run = run if other is None else with_other(run, _checked(other), missing)
        run = of_language(run if pooling is None else with_pooling(run, pooling), language, named=suite is not None)
        for note in run.notes:
            heard.message(note, "warning")
        for name in chosen:
            study_of(name).check(run)
        return evaluate_run(run, missing, chosen, automatic=compare is not False)


def _sets(wanted: str | Suite | Sequence[str | Suite], data_dir: PathLike | None) -> tuple[dict[str, Suite], list[str]]:
    """Return sets by their names, and the names of those that this computer lacks."""
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
    return sets, missing


def with_own_files(run: Run, paths: Mapping[str, Iterable[PathLike | OwnItems]], choices: OwnChoices) -> Run:
    """Return a run with a user's own files and tables too: read, by the names of their options.

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
        lookups: list[Lookup] = []
        for name, given in files.items():
            vectors = _read(given, run)
            lookups.append(Lookup(vectors.stored_words))
            if len(files) == 1:
                files[name] = vectors

        @cache
        def knows(word: str) -> bool:
            return any(lookup.find(word, NO_PARTS) is not None for lookup in lookups)

        own = read_own(listed, replace(choices, known=knows))
    twice = next((name for name in own if name in run.sets), None)
    if twice is not None:
        raise SettingsError(f"two sets are called {twice!r}", hint="rename your own file")
    return replace(run, files=files, sets={**run.sets, **own}, own=tuple(own))


def with_pooling(run: Run, pooling: str) -> Run:
    """Return a run whose texts are pooled in this way; raise `SettingsError` where no set holds texts."""
    sets = {name: suite.pooled_by(pooling) for name, suite in run.sets.items()}
    if all(sets[name] is suite for name, suite in run.sets.items()):
        raise SettingsError(
            "--pooling is for sets of texts, and no set of texts was chosen",
            hint="add '--suite texts' or '--text-pairs FILE', or leave out --pooling",
        )
    return replace(run, sets=sets)


def with_other(run: Run, other: Given, missing: Sequence[str] = ()) -> Run:
    """Return a run whose translations are looked for in other vectors; raise `SettingsError` where no set has any.

    missing: sets that were asked for and are not on this computer, which may be of translations.
    """
    asking = [name for name, suite in run.sets.items() if task_of(suite.kind).asks_other_vectors]
    if not asking and missing:
        return run
    if not asking:
        raise SettingsError(
            "the second file (--with) is for translations, and no set of translations was chosen",
            hint="add '--suite bilingual' or '--dictionary FILE', or leave out --with",
        )
    vectors = _read(other, run)
    if not np.isfinite(vectors.norms).all():
        raise FormatError(f"{vectors.name} hold NaN or infinity", hint="remove those rows: --bad-rows skip")
    sets = {name: suite.answered_by(vectors) for name, suite in run.sets.items()}
    return replace(run, sets=sets)


def evaluate_run(
    run: Run, missing: Sequence[str] = (), chosen: Iterable[str] = (), *, automatic: bool = True
) -> Findings:
    """Score the vectors of a run, each on the same sets, and do the chosen studies, whose `check` has been passed.

    missing: sets that were asked for and are not on this computer. automatic: also do the studies that need not be
    asked for, as the comparison of several files. Raise `DataError` where no set that was asked for is there.
    """
    if missing and not run.sets and not run.left_out:
        parts = how_to_get(missing)
        verb = "is" if len(missing) == 1 else "are"
        raise DataError(
            f"there is nothing to score: {', '.join(missing)} {verb} not on this computer",
            hint="; ".join(cure if len(parts) == 1 else f"of {', '.join(names)}: {cure}" for names, cure in parts),
        )
    run = replace(run, asked=frozenset(chosen))
    doing = _doing(run, set(run.asked), automatic=automatic)
    kept: dict[str, Vectors] = {}
    if any(study.keeps_vectors for study in doing.values()):
        kept = {file: _read(given, run) for file, given in run.files.items()}
        for study in doing.values():
            study.check_vectors(kept, run.progress)
    reports: dict[str, Report] = {}
    seen: dict[str, dict[str, Any]] = {name: {} for name in doing}
    for file, given in run.files.items():
        vectors = kept[file] if kept else _read(given, run)
        for study in doing.values():
            study.check_file(run, file, vectors)
        reports[file] = evaluate_sets(
            vectors,
            run.sets,
            missing,
            convention=run.convention,
            restrict_vocab=run.restrict_vocab,
            progress=run.progress,
        )
        reports[file] = replace(reports[file], left_out=run.left_out, notes=run.notes)
        if not run.brief:
            reports[file] = replace(reports[file], sha256=_sha256(vectors))
        for name, study in doing.items():
            seen[name][file] = study.look(run, file, vectors, reports[file])
    results = {name: study.conclude(run, reports, seen[name]) for name, study in doing.items()}
    said = {name: result for name, result in results.items() if result is not None}
    return Findings(reports, run.convention, said)


def _doing(run: Run, chosen: set[str], *, automatic: bool) -> dict[str, Study]:
    """Return the studies to do, in the order of the registry."""
    replaced = {name for study in chosen for name in study_of(study).replaces}

    def is_done(name: str, listed: Listed) -> bool:
        if name in chosen:
            return True
        return automatic and listed.is_automatic and name not in replaced and study_of(name).applies(run)

    return {name: study_of(name) for name, listed in STUDIES.items() if is_done(name, listed)}


def _read(given: Given, run: Run) -> Vectors:
    if isinstance(given, Vectors):
        return given
    return formats.read(given, check_all=True, progress=run.progress, **run.rows)


def _sha256(vectors: Vectors) -> str:
    """Return the hash of the matrix, row by row as float32, which is the same whatever format the file has."""
    found = hashlib.sha256()
    for part in parts_of(vectors.stored, HASHED):
        found.update(np.ascontiguousarray(part, dtype="<f4").data)
    return found.hexdigest()


def _grouped(
    vectors: Givens | None, groups: Mapping[str, Given | Sequence[Given]] | None
) -> tuple[dict[str, Given], dict[str, tuple[str, ...]]]:
    """Return the vectors by name, and the names of those of each group."""
    if groups is None:
        if vectors is None:
            raise SettingsError("there are no vectors to score", hint="give vectors, or the path of their file")
        return _named(vectors), {}
    if vectors is not None:
        raise SettingsError(
            "both vectors= and groups= are given", hint="give every file a group: groups={'name': [file]}"
        )
    members = vectors_of_groups(groups)
    files = _named([each for own in members.values() for each in own])
    names = iter(files)
    return files, {name: tuple(next(names) for _ in own) for name, own in members.items()}


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
        named = _named_apart(named, {name: each})
    return named


def _named_apart(named: Mapping[str, Given], more: Mapping[str, Given]) -> dict[str, Given]:
    """Return both, with a number behind the names of vectors in memory that are there already."""
    found = dict(named)
    for name, each in more.items():
        clashes = sum(other == name or other.startswith(f"{name} (") for other in found)
        found[f"{name} ({clashes + 1})" if clashes and isinstance(each, Vectors) else name] = each
    return found


def _checked(given: Given) -> Given:
    if isinstance(given, (Vectors, str, os.PathLike)):
        return given
    raise SettingsError(
        f"vectors are wanted, and not {type(given).__name__}", hint="w2v.load(path) reads them from a file"
    )
