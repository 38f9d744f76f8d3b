"""gensim's evaluators under gensim's names, with gensim's figures, computed by w2v's own evaluation.

`w2v.evaluate(vectors, …, convention="gensim")` has the same scores with intervals, and takes any file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from w2v.errors import DataError, SettingsError
from w2v.evaluation.scoring import evaluate_suite
from w2v.evaluation.tasks.analogies.report import AnalogyReport
from w2v.evaluation.tasks.analogies.sets import read_analogies
from w2v.evaluation.tasks.similarity import SimilarityReport, read_pairs
from w2v.given import path_given
from w2v.vectors import Vectors

__all__ = ["evaluate_word_analogies", "evaluate_word_pairs"]

AnyPath = str | os.PathLike[str]


def evaluate_word_pairs(
    vectors: Vectors,
    pairs: AnyPath,
    delimiter: str = "\t",
    encoding: str = "utf8",
    restrict_vocab: int | None = 300_000,
    case_insensitive: bool = True,
    dummy4unknown: bool = False,
) -> tuple[Any, Any, float]:
    """Score vectors on a file of rated pairs, `word TAB word TAB number` a line.

    dummy4unknown: pairs with an unknown word have the cosine 0 instead of being left out. Returns Pearson's r and
    Spearman's rho, each with its p as scipy returns them, and the percentage of pairs with an unknown word.

    Raise `DataError` for a file without pairs, or of which no pair is in the vocabulary, and `SettingsError` for what
    w2v does not do: other delimiters, and exact case.
    """
    _only(case_insensitive, "pairs")
    if delimiter != "\t":
        raise SettingsError(
            f"the delimiter is {delimiter!r}", hint="w2v.evaluate(vectors, pairs=file) finds the delimiter by itself"
        )
    suite = read_pairs(_path(pairs), encoding=encoding)
    report = evaluate_suite(vectors, suite, convention="gensim", restrict_vocab=restrict_vocab or 0)
    assert isinstance(report, SimilarityReport)
    scored = np.isfinite(report.cosines)
    cosines = np.where(scored, report.cosines, 0.0)
    used = np.ones(len(suite), dtype=bool) if dummy4unknown else scored
    if not used.any():
        raise DataError(f"{pairs}: no pair is in the vocabulary", hint="check the language of the file")
    ratings, found = suite.scores[used], cosines[used]
    unknown = 100.0 * float(np.count_nonzero(~scored)) / len(suite)
    return stats.pearsonr(ratings, found), stats.spearmanr(ratings, found), unknown


def evaluate_word_analogies(
    vectors: Vectors,
    analogies: AnyPath,
    restrict_vocab: int | None = 300_000,
    case_insensitive: bool = True,
    dummy4unknown: bool = False,
    similarity_function: str = "most_similar",
) -> tuple[float, list[dict[str, Any]]]:
    """Score vectors on a file of analogies in sections, as questions-words.txt.

    dummy4unknown: questions with an unknown word are wrong instead of being left out. Returns the share of right
    answers, 0..1, and a dictionary for each section and for all: its name, and the questions that were answered
    "correct" and "incorrect", in upper case.

    Raise `DataError` for a file without questions, and `SettingsError` for what w2v does not do: exact case, and
    another function.
    """
    _only(case_insensitive, "analogies")
    if similarity_function != "most_similar":
        raise SettingsError(
            f"similarity_function is {similarity_function!r}",
            hint="w2v.evaluate(vectors, analogies=file) scores by six methods",
        )
    suite = read_analogies(_path(analogies))
    report = evaluate_suite(vectors, suite, convention="gensim", restrict_vocab=restrict_vocab or 0)
    assert isinstance(report, AnalogyReport)
    assert report.details is not None
    right = next(iter(report.details.right.values()))
    counted = report.details.scored | dummy4unknown
    words = [word.upper() for word in suite.words]
    sections: list[dict[str, Any]] = [{"section": name, "correct": [], "incorrect": []} for name in suite.sections]
    total: dict[str, Any] = {"section": "Total accuracy", "correct": [], "incorrect": []}
    for number in np.flatnonzero(counted).tolist():
        question = tuple(words[word] for word in suite.questions[number].tolist())
        outcome = "correct" if right[number] else "incorrect"
        sections[int(suite.section_of[number])][outcome].append(question)
        total[outcome].append(question)
    asked = len(total["correct"]) + len(total["incorrect"])
    return (len(total["correct"]) / asked if asked else 0.0), [*sections, total]


def _path(path: AnyPath) -> Path:
    return path_given(path, "a file of questions")


def _only(case_insensitive: bool, option: str) -> None:
    if not case_insensitive:
        raise SettingsError(
            "case_insensitive=False is not one of gensim's conventions that w2v repeats",
            hint=f"w2v.evaluate(vectors, {option}=file) looks for the exact word first",
        )
