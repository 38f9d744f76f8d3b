"""What this machine has: cores, free memory, and the threads of its linear algebra library."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from threading import Thread
from typing import NamedTuple, TypeVar

__all__ = ["available_memory", "available_threads", "free_memory", "in_threads", "one_blas_thread"]

Result = TypeVar("Result")


def available_threads() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def in_threads(tasks: Sequence[Callable[[], Result]]) -> list[Result]:
    """Return the results of functions that are called in a thread each, the first one in the calling thread.

    Raises what the first of them that fails has raised, once all have ended.
    """
    results: dict[int, Result] = {}
    failures: dict[int, BaseException] = {}

    def run(number: int) -> None:
        try:
            results[number] = tasks[number]()
        except BaseException as failure:
            failures[number] = failure

    threads = [Thread(target=run, args=(number,), daemon=True) for number in range(1, len(tasks))]
    started = []
    for number, thread in enumerate(threads, start=1):
        try:
            thread.start()
            started.append(thread)
        except RuntimeError:  # no more threads are allowed
            run(number)
    run(0)
    for thread in started:
        thread.join()
    if failures:
        raise failures[min(failures)]
    return [results[number] for number in range(len(tasks))]


def free_memory(root: Path = Path("/")) -> int | None:
    """Return the bytes of memory that are free or can be freed; None if the system does not say.

    Read from Linux's /proc/meminfo and from the limits of control groups, under the folder `root`.
    """
    found = []
    with suppress(OSError, ValueError, StopIteration):
        found.append(1024 * _number(root / "proc/meminfo", "MemAvailable:"))
    with suppress(OSError):
        lines = (root / "proc/self/cgroup").read_text("utf-8").splitlines()
        for version in _CGROUPS:
            found += _left_in_groups(version, lines, root / "sys/fs/cgroup")
    return min(found, default=None)


class _Cgroup(NamedTuple):
    """How a version of control groups says what is free.

    line: how the line in /proc/self/cgroup that names a process's group begins. folder: where the groups lie. limit,
    used: files of a group. cached: names in memory.stat of what is let go when memory is short.
    """

    line: str
    folder: str
    limit: str
    used: str
    cached: tuple[str, str]


_CGROUPS = (
    _Cgroup("0::/", "", "memory.max", "memory.current", ("active_file", "inactive_file")),
    _Cgroup(
        "memory:/",
        "memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        ("total_active_file", "total_inactive_file"),
    ),
)


def _left_in_groups(version: _Cgroup, lines: list[str], groups: Path) -> list[int]:
    """Return what is left in the group of this process and in each above it that has a limit."""
    found = []
    for line in lines:
        name = line if version.line.startswith("0") else line.partition(":")[2]
        if not name.startswith(version.line):
            continue
        own, top = name.removeprefix(version.line), groups / version.folder
        for group in (top / own, *(top / parent for parent in Path(own).parents)):
            with suppress(OSError, ValueError, StopIteration):  # most control groups have no limit
                limit, used = (int((group / each).read_text("ascii")) for each in (version.limit, version.used))
                cached = sum(_number(group / "memory.stat", each) for each in version.cached)
                found.append(max(0, limit - used + cached))
    return found


def _number(path: Path, name: str) -> int:
    """Return the number that follows a name in a text table. Raises OSError, ValueError, StopIteration."""
    return next(int(line.split()[1]) for line in path.read_text("ascii").splitlines() if line.split()[:1] == [name])


def available_memory() -> int:
    """Return `free_memory`, or 2 GB if the system does not say."""
    free = free_memory()
    return 2_000_000_000 if free is None else free


def one_blas_thread() -> AbstractContextManager[object]:
    """Return a context manager: inside its `with` block, the thread that needs a matrix product computes it alone.

    Without it, OpenBLAS wakes all of its threads for each product, and they keep their cores busy while they wait for
    the next product. This slows down other work, and w2v's own: two seconds of products cost a minute of such waiting.
    """
    from threadpoolctl import threadpool_limits  # imported here, because simple queries do not need it

    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits
