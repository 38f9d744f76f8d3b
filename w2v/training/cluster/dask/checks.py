"""How workers that others have started may differ, and what is told of it: numbers and texts, without a cluster.

Who asks the workers: admission.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from w2v.errors import SettingsError

__all__ = [
    "Difference",
    "Machine",
    "compare_machines",
    "compare_software",
    "described",
    "memory_of",
    "refusal",
    "threads_of",
]

Software = Mapping[str, str | None]
NAMES = {"python": "Python", "numpy": "NumPy", "numba": "Numba", "dask": "Dask", "distributed": "Dask distributed"}
MOST = 3  # workers that are named together


class Difference(NamedTuple):
    """Why a worker may not train: what is so, as it follows the name of the worker, and the cure."""

    text: str
    cure: str


class Machine(NamedTuple):
    """Where a worker runs. lanes: float32 numbers of a vector. features: of the processor, those that change bytes.

    cores: that the process may use. memory: free bytes; None where the system does not say.
    """

    host: str
    lanes: int
    features: tuple[str, ...]
    cores: int
    memory: int | None

    @property
    def processor(self) -> str:
        """What is so of the processor, as far as bytes depend on it."""
        return f"vectors of {32 * self.lanes} bits ({', '.join(self.features)})"


def compare_software(theirs: Software, ours: Software) -> list[Difference]:
    """Return how the software of a worker differs from that of this process."""
    found, packages = [], []
    for name, version in ours.items():
        other = theirs.get(name)
        if other == version:
            continue
        if name == "source":
            if theirs.get("w2v") == ours["w2v"]:
                found.append(Difference("has other source files of w2v", "install the same copy of w2v there"))
        elif name == "python":
            found.append(Difference(f"has Python {other} instead of {version}", f"start it with Python {version}"))
        else:
            shown = NAMES.get(name, name)
            has = f"has no {shown}" if other is None else f"has {shown} {other} instead of {version}"
            packages.append(f"'w2v[cluster]=={version}'" if name == "w2v" else f"{name}=={version}")
            found.append(Difference(has, ""))
    cure = f"install what this process has: pip install {' '.join(packages)}"
    return [each if each.cure else each._replace(cure=cure) for each in found]


def compare_machines(theirs: Machine, others: Machine) -> list[Difference]:
    """Return how the processor of a worker differs from that of the others, where that changes bytes."""
    cure = "let workers run on processors of one kind: others give other bytes"
    if theirs.lanes != others.lanes:
        text = f"has vectors of {32 * theirs.lanes} bits, and others have {32 * others.lanes}"
        return [Difference(text, cure)]
    more, fewer = set(theirs.features) - set(others.features), set(others.features) - set(theirs.features)
    parts = [f"has {', '.join(sorted(more))}"] * bool(more) + [f"lacks {', '.join(sorted(fewer))}"] * bool(fewer)
    return [Difference(f"has a processor that {' and '.join(parts)}", cure)] if parts else []


def threads_of(machines: Iterable[Machine]) -> int:
    """Return the threads of each worker: the cores of a host are for all workers there; all workers have as many."""
    hosts: dict[str, list[Machine]] = {}
    for machine in machines:
        hosts.setdefault(machine.host, []).append(machine)
    return max(1, min((min(each.cores for each in found) // len(found) for found in hosts.values()), default=1))


def memory_of(machines: Iterable[Machine]) -> int | None:
    """Return the free bytes of each worker, those of a host being for all workers there; None where one is silent."""
    found = list(machines)
    at = Counter(machine.host for machine in found)
    free = [None if each.memory is None else each.memory // at[each.host] for each in found]
    told = [each for each in free if each is not None]
    return min(told) if told and len(told) == len(free) else None


def described(differences: Mapping[str, Sequence[Difference]]) -> tuple[str, str]:
    """Return one line that says which workers differ, and how; and the cure."""
    groups: dict[tuple[Difference, ...], list[str]] = {}
    for name, found in differences.items():
        groups.setdefault(tuple(found), []).append(name)
    lines = [f"{_named(names)} {', '.join(each.text for each in found)}" for found, names in groups.items()]
    cures = dict.fromkeys(each.cure for found in groups for each in found)
    return "; ".join(lines), "; ".join(cures)


def refusal(differences: Mapping[str, Sequence[Difference]]) -> SettingsError:
    """Return the error that ends a run before training, because of what differs."""
    text, cure = described(differences)
    return SettingsError(text, hint=cure)


def _named(names: Sequence[str]) -> str:
    """Return the names of workers, or of the scheduler, for the beginning of a sentence."""
    if list(names) == ["scheduler"]:
        return "the scheduler"
    if len(names) == 1:
        return f"worker {names[0]}"
    rest = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"each of the workers {', '.join(names[:MOST])}{rest}"
