"""Two files of vectors in one space: `w2v.align`. A word of one file can then be compared with any word of the other.

The way: pairs of words to begin with (dictionary.py, unpaired.py), maps that are fitted to them again and again
(rounds.py, maps.py), and the rows of both files in the joint space, with run records that say how they came there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np

from w2v.arrays import F32, F64
from w2v.compare.alignment import Alignment, Alike, Example
from w2v.compare.beginnings import DictionaryChoice, begin, dictionaries_given
from w2v.compare.cipher import PAIRS, Ceiling, ceiling_of
from w2v.compare.csls import best_by_csls, mean_of_nearest
from w2v.compare.dictionary import FEWEST, Seeds, identical_words
from w2v.compare.maps import METHODS, prepared
from w2v.compare.moving import moved_together
from w2v.compare.rounds import REFINED, ROUNDS, Round, Rounds
from w2v.errors import SettingsError
from w2v.given import number_given, vectors_given
from w2v.machine import one_blas_thread
from w2v.progress import ProgressChoice, reporting
from w2v.text.python_texts import Corpus
from w2v.vectors import Vectors

__all__ = ["align"]

SMALL_TEXT = 10_000_000  # tokens
EXAMPLES = (150, 250, 400, 700, 1_000, 1_500, 2_500, 4_000, 6_000, 9_000)  # ranks
SHOWN = 3
LETTERS = 4
HARDLY_ANY = 0.05  # of the words that are spelt alike


def align(
    source: Vectors,
    target: Vectors,
    dictionary: DictionaryChoice | Sequence[DictionaryChoice] = "identical",
    *,
    refine: int = ROUNDS,
    method: str = "rotation",
    refined_words: int = REFINED,
    self_test: Corpus | Sequence[Corpus | None] | None = None,
    test_pairs: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    progress: ProgressChoice = None,
) -> Alignment:
    """Bring two files of vectors, as of two languages, into one space.

    source, target: the vectors; the target stays as it is but for centring where `method` is "rotation".
    dictionary: pairs of words to begin with: the path of a file with a pair a line, pairs (source word, target word),
        "identical" (words that both spell alike), "numerals", or "none" (self-learning); several of these in a list.
    refine: rounds in which words that are each other's best translation become pairs, and maps are fitted anew.
    method: "rotation" (orthogonal Procrustes: distances within a file stay), "whitened" (Artetxe et al. 2018a) or
        "canonical" (canonical correlations); the last two find more words where texts are small.
    refined_words: how many of the most frequent words of each file a round looks at.
    self_test: for each file the text that it was trained on, or None: also measure the ceiling that the text sets.
    test_pairs: pairs that a self-test begins with; None for 25.
    seed: of the self-learning and of the self-test.

    Raise `SettingsError` for impossible settings, a dictionary in the wrong direction, and too few pairs, `DataError`
    for a dictionary that cannot be read.
    """
    for each in (source, target):
        vectors_given(each)
    number_given("refine", refine, 0, "give a number of rounds")
    number_given("refined_words", refined_words, FEWEST, "give a number of words, as 10000")
    if method not in METHODS:
        raise SettingsError(f"there is no method {method!r}", hint=f"choose one of {', '.join(METHODS)}")
    corpora = _corpora_given(self_test)
    with reporting(progress) as heard, one_blas_thread():  # the searches have threads of their own
        seeds, pairs, stays = begin(source, target, dictionaries_given(dictionary), seed, threads, heard)
        rounds = Rounds(prepared(source), prepared(target), pairs, stays, method, refined_words, threads)
        done: list[Round] = []
        heard.phase("aligning", refine + 1, "rounds")
        for fitted in rounds.run(refine):
            done.append(fitted)
            heard.update(len(done), pairs=f"{fitted.pairs:,}", cosine=round(fitted.cosine, 3))
        heard.phase("looking at translations")
        examples, alike = _looked_at(rounds, seeds, threads)
        run_test = partial(
            ceiling_of,
            pairs=PAIRS if test_pairs is None else test_pairs,
            rounds=refine,
            method=method,
            refined=refined_words,
            seed=seed,
            threads=threads,
            progress=heard,
        )
        ceilings = [
            run_test(each, corpus) for each, corpus in zip((source, target), corpora, strict=True) if corpus is not None
        ]
        found = _alignment(source, target, rounds, seeds, done, method, examples, alike, ceilings)
        for warning in found.warnings:
            heard.message(warning, "warning")
    return found


def _corpora_given(self_test: Corpus | Sequence[Corpus | None] | None) -> tuple[Corpus | None, Corpus | None]:
    if self_test is None:
        return None, None
    if isinstance(self_test, (str, os.PathLike)) or not isinstance(self_test, (list, tuple)) or len(self_test) > 2:
        raise SettingsError(
            "self_test is no list of two texts", hint='give the text of each file, or None: ["en.txt", "de.txt"]'
        )
    first, second = [*self_test, None][:2]
    return first, second


def _looked_at(rounds: Rounds, seeds: Sequence[Seeds], threads: int | None) -> tuple[tuple[Example, ...], Alike | None]:
    """Some words with their translations, and how many words that are spelt alike find each other."""
    assert rounds.maps is not None
    spaces, some = (rounds.source, rounds.target), slice(0, rounds.refined)
    x, y = (by.directions(space.rows(some)) for space, by in zip(spaces, rounds.maps, strict=True))
    r_of_y = mean_of_nearest(y, x, threads=threads)
    source, target = rounds.source.vectors, rounds.target.vectors
    words = [row for row in map(partial(_word_from, source.words), EXAMPLES) if row is not None and row < len(x)]
    best = best_by_csls(x[words], y, r_of_y, SHOWN, threads=threads).rows
    examples = tuple(
        Example(source.words[row], tuple(target.words[each] for each in answers if each >= 0))
        for row, answers in zip(words, best.tolist(), strict=True)
    )
    return examples, _alike(x, y, r_of_y, source, target, seeds, rounds.stays, threads)


def _word_from(words: Sequence[str], rank: int) -> int | None:
    """The first word from a rank on that looks like one."""
    ranks = range(rank, min(rank + 100, len(words)))
    return next((at for at in ranks if len(words[at]) >= LETTERS and words[at].isalpha()), None)


def _alike(
    x: F32,
    y: F32,
    r_of_y: F64,
    source: Vectors,
    target: Vectors,
    seeds: Sequence[Seeds],
    stays: bool,
    threads: int | None,
) -> Alike | None:
    if stays and any(each.kind == "identical" for each in seeds):  # they were fitted, and are no check
        return None
    try:
        spelt = identical_words(source, target, min(len(x), len(y))).rows
    except SettingsError:  # too few
        return None
    given = set(
        np.concatenate([each.rows for each in seeds if each.kind == "dictionary"] or [spelt[:0]])[:, 0].tolist()
    )
    pairs = spelt[[row not in given for row in spelt[:, 0].tolist()]]
    if len(pairs) < FEWEST:
        return None
    found = best_by_csls(x[pairs[:, 0]], y, r_of_y, 1, threads=threads).rows[:, 0]
    return Alike(len(pairs), int((found == pairs[:, 1]).sum()))


def _alignment(
    source: Vectors,
    target: Vectors,
    rounds: Rounds,
    seeds: tuple[Seeds, ...],
    done: Sequence[Round],
    method: str,
    examples: tuple[Example, ...],
    alike: Alike | None,
    ceilings: Sequence[Ceiling],
) -> Alignment:
    assert rounds.maps is not None
    first, second = moved_together((source, target), rounds.maps, seeds, done)
    return Alignment(
        names=(source.name, target.name),
        source=first,
        target=second,
        maps=rounds.maps,
        seeds=seeds,
        rounds=tuple(done),
        method=method,
        dims=(source.dim, target.dim, first.dim),
        examples=examples,
        alike=alike,
        ceilings=tuple(ceilings),
        warnings=tuple(dict.fromkeys(_warnings(source, target, seeds, done, method, alike))),
    )


def _warnings(
    source: Vectors,
    target: Vectors,
    seeds: Sequence[Seeds],
    done: Sequence[Round],
    method: str,
    alike: Alike | None,
) -> Iterable[str]:
    dims = (source.dim, target.dim)
    joint = min(dims) if done[-1].method != "rotation" else max(dims)
    if dims[0] == dims[1] and source.words == target.words and np.array_equal(source.unit, target.unit):
        yield "both files hold the same vectors: every word finds itself, and that says nothing"
    if dims[0] != dims[1]:
        what = "the smaller number" if joint == min(dims) else "the larger number, filled up with zeros"
        yield f"{source.name} has {dims[0]:,} dimensions and {target.name} {dims[1]:,}: both get {joint:,}, {what}"
    if done[-1].method != method:
        yield (
            f"only {done[-1].pairs:,} pairs of words: too few for the method {method!r} in {min(dims):,} dimensions, "
            "so the maps are rotations"
        )
    if done[-1].pairs < min(dims) and len(done) == 1:
        yield (
            f"only {done[-1].pairs:,} pairs of words for {min(dims):,} dimensions, and no rounds of refinement: most "
            "directions are arbitrary; use --refine 5"
        )
    if alike is not None and alike.found < HARDLY_ANY * alike.words:
        yield (
            f"of {alike.words:,} words that both files spell alike, only {alike.found:,} find each other first: the "
            "spaces hardly fit; give more pairs, or larger texts of the same kind"
        )
    if any(each.kind == "none" for each in seeds):
        yield (
            "without a dictionary nothing tells whether the spaces fit: look at the examples, and score a few pairs "
            "that you know (w2v eval FIRST --with SECOND --dictionary FILE)"
        )
    for each in (source, target):
        tokens = None if each.record is None else each.record.corpus.get("tokens")
        if isinstance(tokens, int) and tokens < SMALL_TEXT:
            yield (
                f"{each.name} was trained on {tokens:,} tokens: so little text sets a low ceiling, whatever the "
                "method; --self-test tells it"
            )
