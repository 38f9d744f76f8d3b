"""The groups of a clustering as people read them: named by their most typical members, with sizes and silhouettes.

The silhouette of a member (Rousseeuw 1987) is (b − a) / max(a, b): a is its mean distance to the other members of its
group, b the lowest mean distance to the members of another group. Near 1 it lies well inside, around 0 between two
groups, below 0 it would be nearer to another one; the only member of a group has 0. The distance is 1 − cosine. The
mean cosine of a row with all rows of a group is its product with their mean, so silhouettes are exact for any number of
members and no pairs have to be counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.clusters.kmeans import Clustering, sums_of

if TYPE_CHECKING:
    import pandas

__all__ = ["Group", "Groups", "Typical", "groups_of", "silhouettes"]

BLOCK = 1 << 14  # rows at a time
SHOWN = 50  # groups in a notebook


@dataclass(frozen=True)
class Typical:
    """A name that stands for a group. score: how typical it is; of words the cosine with the centre."""

    name: str
    score: float


@dataclass(frozen=True)
class Group:
    """One group.

    number: from 1 on, the largest group first. typical: its most typical members, or words of its texts, the best
    first. cosine: the mean cosine of its members with its centre. silhouette: the mean over its members; None where
    there is one group only.
    """

    number: int
    size: int
    typical: tuple[Typical, ...]
    cosine: float
    silhouette: float | None

    @property
    def name(self) -> str:
        """The three most typical names."""
        return ", ".join(each.name for each in self.typical[:3])


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of members, each in one of them.

    of: the name of what was grouped. noun: what the members are called. members: their names [n]. labels: the number of
    the group of each member, int64 [n]; 0 for members without a direction, which are in no group. cosines,
    silhouettes: of each member with its centre, and in its group, float64 [n]; NaN for those. centres: float32 [k, D].
    asked: how many groups were asked for; there are fewer where members have fewer directions. seed, starts, rounds,
    converged: how they were found.
    """

    of: str
    noun: str
    groups: tuple[Group, ...]
    members: Sequence[str] = field(repr=False)
    labels: I64 = field(repr=False)
    cosines: F64 = field(repr=False)
    silhouettes: F64 = field(repr=False)
    centres: F32 = field(repr=False)
    asked: int
    seed: int
    starts: int
    rounds: int
    converged: bool

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, number: int) -> list[str]:
        """Return the members of a group by its number, the most typical first."""
        rows = np.flatnonzero(self.labels == number)
        if number < 1 or not len(rows):
            raise KeyError(number)
        return [self.members[row] for row in rows[np.argsort(-self.cosines[rows], kind="stable")]]

    @property
    def silhouette(self) -> float | None:
        """The mean silhouette of all members in groups; None where there is one group only."""
        inside = self.silhouettes[self.labels > 0]
        return float(inside.mean()) if len(self.groups) > 1 else None

    @property
    def without_direction(self) -> int:
        """How many members are in no group, because their vectors are all zeros."""
        return int((self.labels == 0).sum())

    def to_dict(self) -> dict[str, Any]:
        """Return what `w2v groups --json` prints."""
        return {
            "of": self.of,
            "noun": self.noun,
            "members": len(self.members),
            "without_direction": self.without_direction,
            "asked": self.asked,
            "silhouette": self.silhouette,
            "seed": self.seed,
            "starts": self.starts,
            "rounds": self.rounds,
            "converged": self.converged,
            "groups": [{**asdict(each), "name": each.name} for each in self.groups],
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each member: its name, the number of its group (None for none), cosine and silhouette."""
        several = len(self.groups) > 1
        return [
            {
                self.noun.removesuffix("s"): name,
                "group": label or None,
                "cosine": cosine if label else None,
                "silhouette": silhouette if label and several else None,
            }
            for name, label, cosine, silhouette in zip(
                self.members, self.labels.tolist(), self.cosines.tolist(), self.silhouettes.tolist(), strict=True
            )
        ]

    def to_frame(self) -> pandas.DataFrame:
        """Return `rows()` as a data frame."""
        import pandas

        return pandas.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        from w2v.display import table

        rows = [
            (str(each.number), ", ".join(one.name for one in each.typical), f"{each.size:,}")
            for each in self.groups[:SHOWN]
        ]
        return table(f"{len(self.groups)} groups of {self.noun}", ("group", "most typical", "size"), rows, words=2)


def silhouettes(rows: F32, labels: I64, k: int) -> F64:
    """Return the silhouette of each row [n, D] of length 1, by cosine distance, [n]; labels: 0..k − 1, none empty."""
    sums, sizes = sums_of(rows, labels, k), np.bincount(labels, minlength=k).astype(np.float64)
    found = np.zeros(len(rows))
    if k < 2:
        return found
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK].astype(np.float64)
        own = labels[start : start + BLOCK]
        at = np.arange(len(part))
        products = np.einsum("ij,kj->ik", part, sums) if len(part) < 2 else part @ sums.T
        others = 1.0 - products / sizes
        alone = sizes[own] < 2
        itself = np.einsum("ij,ij->i", part, part)
        within = 1.0 - (products[at, own] - itself) / np.where(alone, 1.0, sizes[own] - 1)
        others[at, own] = np.inf
        nearest = others.min(axis=1)
        larger = np.maximum(np.maximum(within, nearest), 1e-300)
        found[start : start + BLOCK] = np.where(alone | (larger < 1e-12), 0.0, (nearest - within) / larger)
    return found


def groups_of(
    rows: F32,
    sound: I64,
    found: Clustering,
    members: Sequence[str],
    *,
    of: str,
    noun: str,
    asked: int,
    seed: int,
    starts: int,
    topn: int,
) -> Groups:
    """Return the groups of a clustering, the largest first.

    rows: [m, D], those that were clustered, at length 1; sound: int64 [m], which of `members` they are. topn: the
    number of typical members of each.
    """
    k = len(found.centres)
    sizes = np.bincount(found.labels, minlength=k)
    order = np.lexsort((_first_members(found.labels, k), -sizes))
    number = np.empty(k, dtype=np.int64)
    number[order] = np.arange(1, k + 1)
    cosines = np.einsum("ij,ij->i", rows, found.centres[found.labels]).clip(-1.0, 1.0)
    inside = silhouettes(rows, found.labels, k)
    whole = Groups(
        of=of,
        noun=noun,
        groups=(),
        members=members,
        labels=_spread(number[found.labels], sound, len(members), 0),
        cosines=_spread(cosines, sound, len(members), np.nan),
        silhouettes=_spread(inside, sound, len(members), np.nan),
        centres=found.centres[order].astype(np.float32),
        asked=asked,
        seed=seed,
        starts=starts,
        rounds=found.rounds,
        converged=found.converged,
    )
    each = [_group(whole, place, topn, several=k > 1) for place in range(1, k + 1)]
    object.__setattr__(whole, "groups", tuple(each))
    return whole


def _first_members(labels: I64, k: int) -> I64:
    """Return the first member of each group, [k]: of groups of one size, that with the earlier member stands first."""
    first = np.full(k, len(labels), dtype=np.int64)
    np.minimum.at(first, labels, np.arange(len(labels)))
    return first


def _group(whole: Groups, number: int, topn: int, *, several: bool) -> Group:
    rows = np.flatnonzero(whole.labels == number)
    best = rows[np.argsort(-whole.cosines[rows], kind="stable")[:topn]]
    typical = tuple(Typical(whole.members[row], float(whole.cosines[row])) for row in best)
    silhouette = float(whole.silhouettes[rows].mean()) if several else None
    return Group(number, len(rows), typical, float(whole.cosines[rows].mean()), silhouette)


def _spread(values: Any, rows: I64, size: int, nothing: float) -> Any:
    """Return values [m] in the places `rows` of an array [size] that elsewhere holds `nothing`."""
    whole = np.full(size, nothing, dtype=values.dtype)
    whole[rows] = values
    return whole
