"""The pairs of words that an alignment begins with: from files, from spelling, or from the spaces themselves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import numpy as np

from w2v.arrays import I64
from w2v.compare.dictionary import FEWEST, Pairs, Seeds, identical_words, numerals, read_pairs, seeds_of
from w2v.compare.maps import prepared
from w2v.compare.unpaired import guess_pairs
from w2v.errors import SettingsError
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["ALIKE_AMONG", "ALONE", "DictionaryChoice", "begin", "dictionaries_given"]

DictionaryChoice = str | os.PathLike[str] | Mapping[str, str] | Iterable[tuple[str, str]]
"""A file, "identical", "numerals" or "none"; or pairs of words."""

ALONE = ("identical", "numerals", "none")
ALIKE_AMONG = 20_000  # words of each file that may count as spelt alike


def dictionaries_given(dictionary: DictionaryChoice | Sequence[DictionaryChoice]) -> list[DictionaryChoice]:
    """Return dictionaries as a list; a list of pairs is one dictionary."""
    if isinstance(dictionary, (str, os.PathLike, Mapping)):
        return [dictionary]
    listed = list(dictionary)
    if listed and all(isinstance(each, tuple) for each in listed):
        return [cast(Pairs, listed)]
    return cast(list[DictionaryChoice], listed)


def begin(
    source: Vectors,
    target: Vectors,
    choices: Sequence[DictionaryChoice],
    seed: int,
    threads: int | None,
    progress: Progress,
) -> tuple[tuple[Seeds, ...], I64, bool]:
    """Return the pairs to begin with: by their kinds, as one list of rows [P, 2], and whether people gave any of them.

    Raise `SettingsError` for what is no dictionary, and for too few pairs; `DataError` for a file that cannot be read.
    """
    if not choices or "none" in choices:
        if len(choices) > 1:
            raise SettingsError("the dictionary is 'none', and another one is named too", hint="leave out one of them")
        guessed = guess_pairs(prepared(source), prepared(target), seed=seed, progress=progress, threads=threads)
        seeds = Seeds("none", len(guessed), guessed)
        if len(seeds) < FEWEST:
            raise SettingsError(
                f"{source.name} and {target.name} suggest no pairs by themselves", hint="give a --dictionary FILE"
            )
        return (seeds,), guessed, False
    found = [_seeds(each, source, target, progress) for each in choices]
    rows = np.concatenate([each.rows for each in found])
    united = np.array(list(dict.fromkeys(map(tuple, rows.tolist()))), dtype=np.int64).reshape(-1, 2)
    return tuple(found), united, any(each.kind == "dictionary" for each in found)


def _seeds(choice: DictionaryChoice, source: Vectors, target: Vectors, progress: Progress) -> Seeds:
    if choice == "identical":
        return identical_words(source, target, ALIKE_AMONG)
    if choice == "numerals":
        return numerals(source, target, max(len(source), len(target)))
    if isinstance(choice, (str, os.PathLike)):
        if not os.path.lexists(choice):
            raise SettingsError(
                f"--dictionary: there is no file {os.fspath(choice)}",
                hint=f"check the spelling of the path, or choose one of {', '.join(ALONE)}",
            )
        pairs, not_read, names = read_pairs(choice)
        if names is not None:
            progress.message(f"{os.fspath(choice)}: a line {names[0]!r}, {names[1]!r} names the columns: it is no pair")
        if not_read:
            progress.message(
                f"{os.fspath(choice)}: {not_read:,} lines are no pairs of words, and are left out", "warning"
            )
        return seeds_of(pairs, source, target, not_read=not_read, file=os.fspath(choice))
    given = list(choice.items()) if isinstance(choice, Mapping) else list(choice)
    return seeds_of(_checked(given), source, target)


def _checked(pairs: Sequence[tuple[str, str]]) -> Pairs:
    for each in pairs:
        if not isinstance(each, tuple) or len(each) != 2 or not all(isinstance(word, str) for word in each):
            raise SettingsError(
                f"the dictionary has {each!r:.60}, which is no pair of words",
                hint='give pairs as ("house", "Haus"), a mapping, or the path of a file',
            )
    return pairs
