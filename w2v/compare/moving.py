"""The vectors of a file in the joint space of an alignment, with a run record that says how they came there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from w2v.arrays import F32, Array
from w2v.compare.dictionary import Seeds
from w2v.compare.joint import ALIGN
from w2v.compare.maps import SpaceMap
from w2v.compare.rounds import Round
from w2v.files.made import MadeRows
from w2v.files.rows import SMALL, FileRows
from w2v.search.fingerprint import fingerprint_of
from w2v.subwords import Subwords
from w2v.transforms.applying import with_transforms
from w2v.vectors import Vectors

__all__ = ["moved_together"]

IN_WORDS = {
    "rotation": "turned",
    "whitened": "whitened, mapped, reweighted, de-whitened",
    "canonical": "whitened, mapped, weighted by their correlations",
}


def moved_together(
    files: tuple[Vectors, Vectors], maps: tuple[SpaceMap, SpaceMap], seeds: Sequence[Seeds], rounds: Sequence[Round]
) -> tuple[Vectors, Vectors]:
    """Return the vectors of both files in the joint space. Their records list the fingerprints of both (joint.py)."""
    first, second = (_moved(each, by) for each, by in zip(files, maps, strict=True))
    fingerprints = [fingerprint_of(each) for each in (first, second)]
    for number, made in enumerate((first, second)):
        by, last, other = maps[number], rounds[-1], files[1 - number]
        told = {
            "transform": ALIGN,
            "with": other.name,
            "is": ("first", "second")[number],
            "method": last.method,
            "seeds": [some.to_dict() for some in seeds],
            "rounds": len(rounds) - 1,
            "pairs": last.pairs,
            "dims": by.matrix.shape[1],
            "fingerprints": fingerprints,
            "in_words": _in_words(other, number, last, by),
        }
        made.record = with_transforms(files[number].record, [told])
    return first, second


def _in_words(other: Vectors, number: int, last: Round, by: SpaceMap) -> str:
    how = "centred" if last.method == "rotation" and number == 1 else f"centred, {IN_WORDS[last.method]}"
    lengths = "lengths of rows as before" if by.by_direction else "the mean length of rows as before"
    return f"aligned with {other.name} by {last.pairs:,} pairs of words: {how}, {lengths}"


def _moved(vectors: Vectors, by: SpaceMap) -> Vectors:
    """Vectors in the joint space; many rows are only made when they are read. Vectors of contexts are left out."""
    made = MadeRows(vectors.stored, by.apply, by.matrix.shape[1], owner=vectors)
    matrix: F32 | FileRows = made if made.nbytes > SMALL else made[:]
    return Vectors.unchecked(
        vectors.stored_words,
        matrix,
        vectors.counts,
        vectors.record,
        name=vectors.name,
        tokenizer=vectors.tokenizer,
        subwords=None if vectors.subwords is None else _of_ngrams(vectors.subwords, by, vectors),
    )


def _of_ngrams(subwords: Subwords, by: SpaceMap, owner: Vectors) -> Subwords:
    def make(rows: Array) -> F32:
        return by.affine(rows.astype(np.float64)).astype(np.float32)

    made = MadeRows(subwords.rows, make, by.matrix.shape[1], owner=owner)
    absent = np.zeros(by.matrix.shape[0]) if subwords.absent is None else subwords.absent.astype(np.float64)
    return replace(
        subwords, rows=made if made.nbytes > SMALL else made[:], absent=by.affine(absent[None])[0].astype(np.float32)
    )
