"""Transform vectors: find one map for all transforms that are asked for, and apply it row by row.

The moments are those of the rows at length 1, where a transform looks at directions, and so are the rows that are
mapped: a long row would otherwise count more than a short one, and questions to vectors look at directions alone. Of
vectors with rows of n-grams the rows stay as they are. A word that is not there is composed as the mean of such rows,
and an affine map of a mean is the mean of the mapped rows; at length 1 it would not be. A row of zeros has no direction
and stays as it is.

Large matrices are mapped in blocks when they are read (files/made.py), and are never in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from w2v.arrays import F32, F64, Array, Places
from w2v.errors import SettingsError
from w2v.files.made import MadeRows
from w2v.files.rows import SMALL, FileRows
from w2v.record import RunRecord
from w2v.subwords import Subwords
from w2v.transforms.base import Affine, Transform
from w2v.transforms.centre import Centre
from w2v.transforms.moments import Moments, moments_of, unit_rows
from w2v.transforms.registry import TRANSFORMS, chosen
from w2v.transforms.top import AllButTheTop, usual_components
from w2v.vectors import Vectors

__all__ = ["all_but_the_top", "centred", "transform", "transformed"]


def transform(vectors: Vectors, **wanted: bool | int | None) -> Vectors:
    """Return vectors that are changed as `w2v convert` changes them, and whose run record says so.

    wanted: `center=True`, `all_but_the_top=N`, `order_dims=True`, `dim=N`; several are done in this order.

    Raise `SettingsError` for a transform that there is not, or one that does not fit the vectors.
    """
    given = {name.replace("_", "-"): value for name, value in wanted.items()}
    unknown = next((name for name in given if name not in TRANSFORMS), None)
    if unknown is not None:
        names = ", ".join(name.replace("-", "_") for name in TRANSFORMS)
        raise SettingsError(f"there is no transform {unknown!r}", hint=f"there are {names}")
    for name, value in given.items():
        takes = TRANSFORMS[name].takes
        if value is not None and isinstance(value, bool) == bool(takes):
            option = name.replace("-", "_")
            raise SettingsError(
                f"{option} is {value!r}", hint=f"give a number, as {option}=1" if takes else f"give {option}=True"
            )
    return transformed(vectors, chosen(given))


def transformed(vectors: Vectors, transforms: Sequence[Transform], *, unit: bool | None = None) -> Vectors:
    """Return transformed vectors with a record that says how they were changed; the same vectors without a transform.

    unit: whether rows are brought to length 1 before; None for what the head of this file says.

    The vectors as contexts are left out: they belong to the rows as these were trained.
    """
    if not transforms:
        return vectors
    if unit is None:
        unit = vectors.subwords is None and any(each.uses_directions for each in transforms)
    rows = sound_rows(vectors)
    found, steps = _moments(vectors, rows, transforms, unit=unit), list[Affine]()
    for each in transforms:
        each.check(found.dim)
        steps.append(each.fit(found))
        found = steps[-1].moments(found)
    whole = steps[0]
    for step in steps[1:]:
        whole = whole.then(step)
    told = [{**each.to_dict(), "dims": step.dim} for each, step in zip(transforms, steps, strict=True)]
    if unit:
        told[0] = {**told[0], "unit_rows": True, "in_words": f"rows at length 1, {transforms[0].describe()}"}
    matrix = mapped(vectors, whole, unit=unit)
    made = Vectors.unchecked(
        vectors.stored_words,
        matrix,
        vectors.counts,
        with_transforms(vectors.record, told),
        name=vectors.name,
        tokenizer=vectors.tokenizer,
        subwords=None if vectors.subwords is None else _of_ngrams(vectors.subwords, whole, vectors),
    )
    if isinstance(matrix, FileRows):
        matrix.is_finite = bool(np.isfinite(made.norms).all())
    return made


def sound_rows(vectors: Vectors) -> Places:
    """Return the numbers of the rows that have a direction, [n]."""
    return np.flatnonzero(np.isfinite(vectors.norms) & (vectors.norms > 0))


def _moments(vectors: Vectors, rows: Places, transforms: Iterable[Transform], *, unit: bool) -> Moments:
    """The moments of the sound rows; where no transform looks at them, none are computed."""
    if not any(each.uses_directions for each in transforms):
        return Moments(np.zeros(vectors.dim), np.zeros((vectors.dim, vectors.dim)))
    return moments_of(vectors.stored, rows, unit=unit)


def mapped(vectors: Vectors, whole: Affine, *, unit: bool) -> F32 | FileRows:
    """Return the rows [V, E] that a map makes of those of vectors; many are only made when they are read."""

    def make(rows: Array) -> F32:
        with np.errstate(all="ignore"):  # rows with NaN or infinity
            moved = np.asarray(rows[:, : whole.dim]) if whole.basis is None and not whole.offset.any() else None
            if moved is not None and not unit:
                return np.ascontiguousarray(moved, dtype=np.float32)
            wide = unit_rows(rows) if unit else rows.astype(np.float64)
            made: F32 = whole.apply(wide).astype(np.float32)
        made[~rows.any(axis=1)] = 0.0
        return made

    found = MadeRows(vectors.stored, make, whole.dim, owner=vectors)
    return found if found.nbytes > SMALL else found[:]


def _of_ngrams(subwords: Subwords, whole: Affine, owner: Vectors) -> Subwords:
    """The rows of n-grams, mapped as those of words are."""

    def make(rows: Array) -> F32:
        return whole.apply(rows.astype(np.float64)).astype(np.float32)

    made = MadeRows(subwords.rows, make, whole.dim, owner=owner)
    rows = made if made.nbytes > SMALL else made[:]
    absent = np.zeros(whole.source) if subwords.absent is None else subwords.absent.astype(np.float64)
    moved: F64 = whole.apply(absent[None])[0]
    return replace(subwords, rows=rows, absent=moved.astype(np.float32) if moved.any() else None)


def with_transforms(record: RunRecord | None, told: Sequence[dict[str, object]]) -> RunRecord:
    """Return a record that also tells what was done to the vectors; of vectors without a record, it tells only that."""
    if record is None:
        record = RunRecord(model="unknown", settings={}, environment={}, started="")
    return replace(record, transforms=(*record.transforms, *told))


def centred(vectors: Vectors) -> Vectors:
    """Return vectors with the mean of all sound rows, as long as they are, taken from each of them."""
    return transformed(vectors, [Centre()], unit=False)


def all_but_the_top(vectors: Vectors) -> Vectors:
    """Return centred vectors without their first D / 100 principal components, at least one, as the paper has it.

    Mu & Viswanath (2018), Algorithm 1: of the rows as they are.
    """
    return transformed(vectors, [AllButTheTop(usual_components(vectors.dim))], unit=False)
