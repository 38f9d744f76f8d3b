"""`w2v.drift`: which words moved between vector files of several periods. Results are in drift.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from w2v.arrays import F64, I64
from w2v.compare.changes import Band, Significance
from w2v.compare.drift import MEASURES, SAME, Drift, Measure
from w2v.compare.histories import histories_of
from w2v.compare.measures import LOCAL, SHOWN, Scores, measure, nearest_words
from w2v.compare.spaces import MIN_COUNT, Spaces, shared_spaces
from w2v.errors import SettingsError, UnknownWordsError
from w2v.given import number_given, vectors_given
from w2v.machine import one_blas_thread
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.text.python_texts import Corpus
from w2v.vectors import Vectors

__all__ = ["bands_of", "drift", "like_frequency"]

EDGES = (1_000, 3_000, 10_000, 30_000)  # the last ranks of bands
HIGH = 95  # percentile
SMALLEST = 500  # words of the last band: fewer are added to the band before
ALIKE = 500  # words of like frequency
BLOCK = 1 << 12
EXPLAINED = 5  # unknown words that get suggestions
FEW = 1_000  # shared words, of which fewer say little
SETTINGS = ("model", "dim", "window", "epochs", "sample", "negative", "min_count", "learning_rate", "subwords", "x_max")


def drift(
    *vectors: Vectors | str | os.PathLike[str],
    words: Iterable[str] = (),
    min_count: int = MIN_COUNT,
    by: Measure = "procrustes",
    nearest: int = LOCAL,
    shown: int = SHOWN,
    corpora: Sequence[Corpus] = (),
    deals: int = 10,
    block: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    run_dir: str | os.PathLike[str] | None = None,
    progress: ProgressChoice = None,
) -> Drift:
    """Compare vectors of two or more periods, the oldest first: how far has each word moved?

    vectors: the vectors, or paths of their files. They may have been trained apart: each file is turned onto the first
    one by orthogonal Procrustes. words: words whose neighbours and path are wanted; they are no anchors. min_count: the
    least number of occurrences in each file. by: the measure that words are ordered by ("procrustes", "local",
    "second_order" or "neighbours", w2v/compare/measures.py). nearest: how many nearest words `local` looks
    at. shown: how many nearest words `neighbours` looks at, and are shown.

    Without corpora the result is a ranking, and no test: with nothing changed, words move too (docs/guides/drift.md).
    corpora: the text of each file, as it was given to training. Then the documents of the first and the last text are
    dealt anew, `deals` times, and `significance` says which words moved more than in these deals
    (docs/guides/drift-test.md). block: tokens of a document, 0 for lines; None for records of CSV and JSON, else 1,000.
    seed: of the deals. threads: trainings side by side; None for one a core. run_dir: a folder in which finished deals
    are kept, in place of the user's cache folder.

    Raises SettingsError for fewer than two files, VocabularyError where they share too few words, UnknownWordsError for
    words that no file has; with corpora also what training raises, and CorpusError for a text that is not the one of
    its file.
    """
    if len(vectors) < 2:
        raise SettingsError(
            f"{len(vectors)} vector file{'s are' if len(vectors) != 1 else ' is'} compared",
            hint="give two or more, the oldest first",
        )
    if by not in MEASURES:
        raise SettingsError(f"by is {by!r:.40}", hint=f"choose one of {', '.join(MEASURES)}")
    number_given("nearest", nearest, 1, "compare at least one nearest word")
    number_given("shown", shown, 1, "show at least one neighbour")
    with reporting(progress) as heard:
        loaded = [_read(each, heard) for each in vectors]
        test = None
        if corpora:
            from w2v.compare.deals.significance import dealt_test

            folder = None if run_dir is None else Path(run_dir)
            test = dealt_test(
                loaded, corpora, deals=deals, block=block, seed=seed, threads=threads, run_dir=folder, progress=heard
            )
        return compare(
            loaded, list(words), min_count=min_count, by=by, nearest=nearest, shown=shown, progress=heard, test=test
        )


def compare(
    vectors: Sequence[Vectors],
    words: Sequence[str],
    *,
    min_count: int,
    by: Measure,
    nearest: int,
    shown: int,
    progress: Progress,
    test: Callable[[Spaces], Significance] | None = None,
) -> Drift:
    """Return what `drift` returns, of vectors that have been read.

    test: tests the shared words, where a test is wanted; it is not called where the first and the last file are the
    same.
    """
    spaces = shared_spaces(vectors, min_count=min_count)
    asked = _asked(vectors, words)
    index = {word: row for row, word in enumerate(spaces.words)}
    studied = [index[word] for word in asked if word in index]
    from_first, steps = _measured(spaces, studied, nearest, shown, progress)
    scores = from_first[-1]
    same = bool(scores.procrustes.max() <= SAME) and not any(spaces.only_in)
    found = Drift(
        files=spaces.names,
        spaces=spaces,
        scores=scores,
        from_first=from_first,
        steps=steps,
        by=by,
        shown=shown,
        bands=bands_of(scores.procrustes),
        alike=like_frequency(getattr(scores, by)),
        histories=(),
        remarks=_remarks(vectors, spaces, same),
        same=same,
        significance=None if test is None or same else test(spaces),
    )
    return replace(found, histories=tuple(histories_of(found, vectors, asked)))


def _read(vectors: Vectors | str | os.PathLike[str], progress: Progress) -> Vectors:
    if isinstance(vectors, (str, os.PathLike)):
        from w2v.formats import read  # here, because vectors that are given need no reader

        return read(vectors, progress=progress)
    vectors_given(vectors)
    return vectors


def _measured(
    spaces: Spaces, studied: Sequence[int], nearest: int, shown: int, progress: Progress
) -> tuple[tuple[Scores, ...], tuple[Scores, ...]]:
    """The scores of the first file against each other one, and of each file against the next."""
    files = len(spaces.rows)
    pairs = [(0, new) for new in range(1, files)] + [(new - 1, new) for new in range(2, files)]
    progress.phase("comparing words", files + len(pairs))
    near: list[I64] = []
    for rows in spaces.rows:
        with one_blas_thread():
            near.append(nearest_words(rows, max(nearest, shown)))
        progress.update(len(near))
    found = {}
    for done, (old, new) in enumerate(pairs, start=1):
        found[old, new] = measure(
            spaces.rows[old],
            spaces.rows[new],
            studied=studied,
            near_x=near[old],
            near_y=near[new],
            local=nearest,
            shown=shown,
        )
        progress.update(files + done)
    return (
        tuple(found[0, new] for new in range(1, files)),
        tuple(found[new - 1, new] for new in range(1, files)),
    )


def _asked(vectors: Sequence[Vectors], words: Sequence[str]) -> list[str]:
    """The words as the files have them. Raises UnknownWordsError for words that no file has."""
    found, missing = [], []
    for text in words:
        spelt = next((text for each in vectors if text in each), None)
        if spelt is None:
            readings = (each.lookup.find(text) for each in reversed(vectors))
            spelt = next((each.word for each in readings if each is not None and each.row is not None), None)
        if spelt is None:
            missing.append(text)
        else:
            found.append(spelt)
    if missing:
        raise _unknown(vectors, missing)
    return list(dict.fromkeys(found))


def _unknown(vectors: Sequence[Vectors], missing: Sequence[str]) -> UnknownWordsError:
    """The error for words that no file has, with words of the last file that may be meant."""
    near = {word: vectors[-1].lookup.suggestions(word) for word in missing[:EXPLAINED]}
    names = list(dict.fromkeys(each.name for each in vectors))
    return UnknownWordsError(missing, near, " or ".join(names) if len(names) < 3 else f"any of {len(names)} files")


def bands_of(scores: F64, edges: Sequence[int] = EDGES) -> tuple[Band, ...]:
    """Return the bands of frequency of S words, the most frequent first, with the middle and the height of scores."""
    ends = [*(edge for edge in edges if edge + SMALLEST <= len(scores)), len(scores)]
    starts = [0, *ends[:-1]]
    return tuple(
        Band(
            start + 1,
            end,
            float(np.median(scores[start:end])),
            float(np.percentile(scores[start:end], HIGH)),
        )
        for start, end in zip(starts, ends, strict=True)
    )


def like_frequency(scores: F64, window: int = ALIKE) -> F64:
    """Return the share of the words nearest in frequency whose score is lower than that of each word, [S].

    scores: [S], the most frequent word first. The words of an end are compared with the first, or last, words.
    """
    size = len(scores)
    width = min(window + 1, size)
    if width < 2:
        return np.zeros(size)
    windows = sliding_window_view(scores, width)
    first = np.clip(np.arange(size) - width // 2, 0, size - width)
    share = np.empty(size)
    for start in range(0, size, BLOCK):
        some = slice(start, start + BLOCK)
        share[some] = (windows[first[some]] < scores[some, None]).sum(axis=1) / (width - 1)
    return share


def _remarks(vectors: Sequence[Vectors], spaces: Spaces, same: bool) -> tuple[str, ...]:
    """What a reader must know before believing any number."""
    found = []
    first, last = vectors[0], vectors[-1]
    if same:
        alike = first.dim == last.dim and first.words == last.words and np.array_equal(first.matrix, last.matrix)
        how = "hold the same vectors" if alike else "hold the same vectors, one of them turned"
        found.append(f"{first.name} and {last.name} {how}: nothing has moved.")
    found += [] if same else _of_records(vectors)
    uncounted = [each.name for each in vectors if each.counts is None]
    if uncounted:
        found.append(
            f"{' and '.join(uncounted)} {'have' if len(uncounted) > 1 else 'has'} no counts: rare words, whose vectors "
            "move by chance, are not left out."
        )
    dim = max(each.dim for each in vectors)
    if len(spaces) < 2 * dim and not same:
        found.append(
            f"The files share only {len(spaces):,} words, which are few for {dim} dimensions: a rotation fits them by "
            "chance too, and words moved further than the figures say."
        )
    elif len(spaces) < FEW and not same:
        found.append(f"The files share only {len(spaces):,} words: the rotation of one onto the other is uncertain.")
    return tuple(found)


def _of_records(vectors: Sequence[Vectors]) -> list[str]:
    """What the run records say against taking a distance for a change of use."""
    known = [each.record for each in vectors if each.record is not None]
    if len(known) < len(vectors):
        return []
    found = []
    first, last = known[0].corpus.get("fingerprint"), known[-1].corpus.get("fingerprint")
    if first is not None and first == last:
        found.append(
            f"{vectors[0].name} and {vectors[-1].name} were trained on the same text: what moved comes from seeds or "
            "settings, not from use."
        )
    settings: list[dict[str, Any]] = [{"model": each.model, **each.settings} for each in known]
    names = [name for name in SETTINGS if len({repr(each.get(name)) for each in settings}) > 1]
    if names:
        told = "; ".join(f"{name} {', '.join(str(each.get(name)) for each in settings)}" for name in names)
        found.append(f"The files were trained with different settings ({told}): a part of what moved comes from these.")
    return found
