"""The transforms of vectors: where each is, and how one asks for it. Light enough for help pages.

A new transform is a file beside this one with a `Transform` (base.py), and an entry here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from w2v.lazy import find

if TYPE_CHECKING:
    from w2v.transforms.base import Transform

__all__ = ["TRANSFORMS", "Listed", "chosen"]


@dataclass(frozen=True)
class Listed:
    """A transform as the registry lists it.

    place: its class, as "module:name"; the module is imported when it is needed. help: of the option `--NAME`. takes:
    what the option takes, as "N"; "" for a flag.
    """

    place: str
    help: str
    takes: str = ""


TRANSFORMS: dict[str, Listed] = {
    "center": Listed("w2v.transforms.centre:Centre", "Remove the mean of the vectors, each at length 1, from each."),
    "all-but-the-top": Listed(
        "w2v.transforms.top:AllButTheTop",
        "Remove the mean and the first N principal components (Mu & Viswanath 2018).",
        "N",
    ),
    "order-dims": Listed(
        "w2v.transforms.order:OrderDims",
        "Remove the mean, and put the columns in PCA order: every prefix is then a model.",
    ),
    "dim": Listed(
        "w2v.transforms.first:FirstDims", "Keep the first N columns; with --order-dims these are the best N.", "N"
    ),
}
"""By name, in the order in which several are done."""


def chosen(wanted: Mapping[str, bool | int | None]) -> list[Transform]:
    """Return the transforms that are asked for, in the order of the registry.

    wanted: by name; True or a number asks for the transform, False or None does not.
    """
    found: list[Transform] = []
    for name, listed in TRANSFORMS.items():
        value = wanted.get(name)
        if value is None or value is False:
            continue
        made = find(listed.place)
        found.append(made(value) if listed.takes else made())
    return found
