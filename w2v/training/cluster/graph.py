"""The tasks of a run: of a batch, of a new layout, of a checkpoint; and where the blocks are in between.

What a task computes: tasks.py. Where and when it runs: an `Engine`, such as dask/engine.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from w2v.arrays import F32, F64, I32
from w2v.errors import OutputError
from w2v.training.cluster import tasks
from w2v.training.cluster.block import Stuck
from w2v.training.cluster.planning import Layout, Tile, groups_for, parts_of, shards_of, tiles_of
from w2v.training.cluster.tasks import Facts, Job, Summary
from w2v.training.sgns.model import SgnsConfig

__all__ = ["BatchFacts", "Engine", "Graph", "Here", "Saved", "Share", "Stuck", "Told", "Watch"]

Told = Callable[[Any], None]
Watch = Callable[[], None]
SIDES = ("outputs", "inputs")


class Share(NamedTuple):
    """How many workers there are when training begins, and the threads and bytes of memory that each may use."""

    workers: int
    threads: int
    memory: int


class Engine(Protocol):
    """What runs tasks. A handle stands for the result of a task: an argument of others, or something to wait for."""

    def begin(self, job: Job | None) -> None:
        """Make all workers ready for a job, or for tasks that need none; before that, no task may be submitted."""

    def workers(self) -> int:
        """Return how many workers there are now, at least 1."""

    def share(self, settings: SgnsConfig) -> Share:
        """Return what each worker may use."""

    def processor(self) -> str:
        """Return what is so of the processors of all workers, as far as bytes depend on it."""

    def figures(self) -> Mapping[str, float]:
        """Return what to show of the workers while they train, by name."""

    def submit(self, name: str, function: Callable[..., Any], *arguments: Any, group: int = -1, groups: int = 1) -> Any:
        """Run a task as soon as its arguments are there, and return a handle.

        name: differs from those of all tasks before. group: the task belongs to the worker of this group of `groups`.
        """

    def results(
        self, handles: Sequence[Any], told: Told = lambda result: None, watch: Watch = lambda: None
    ) -> list[Any]:
        """Wait for tasks; return their results. Raises Stuck where tasks can never end.

        told: called with each result as soon as it is there. watch: called several times a second; what it raises ends
        the waiting.
        """

    def restart(self) -> None:
        """Forget all tasks, and begin with new workers."""


class Here:
    """An engine that computes each task at once, in this process."""

    def begin(self, job: Job | None) -> None:
        """There is nobody to make ready."""

    def workers(self) -> int:
        return 1

    def share(self, settings: SgnsConfig) -> Share:
        return Share(1, settings.worker_threads, settings.memory_bytes)

    def processor(self) -> str:
        return ""

    def figures(self) -> Mapping[str, float]:
        return {"workers": 1}

    def submit(self, name: str, function: Callable[..., Any], *arguments: Any, group: int = -1, groups: int = 1) -> Any:
        return function(*arguments)

    def results(
        self, handles: Sequence[Any], told: Told = lambda result: None, watch: Watch = lambda: None
    ) -> list[Any]:
        for result in handles:
            watch()
            told(result)
        return list(handles)

    def restart(self) -> None:
        """There is nothing to forget: all tasks have ended."""


class BatchFacts(NamedTuple):
    """What there is to tell of a batch. losses: float64 [P²], by bucket. words: before subsampling."""

    losses: F64
    words: int
    pairs: int
    diverged: bool
    cpu_seconds: float


class Saved(NamedTuple):
    """Blocks on a disk: by name, path and SHA-256."""

    layout: Layout
    blocks: Mapping[str, tuple[str, str]]


class Graph:
    """The blocks of a run, and the tasks that train them."""

    def __init__(self, job: Job, engine: Engine, groups: int | None = None) -> None:
        """groups: of every layout; None lets them follow the workers."""
        self.job, self.engine, self.groups = job, engine, groups
        self.plan, self.width = tasks.plan_of(job), tasks.width_of(job)
        self.layout = Layout(0, 0, 1)
        self.blocks: dict[tuple[str, int], Any] = {}
        self.submitted = 0

    def begin(self) -> None:
        """Make the blocks as training begins."""
        self.layout = self._layout(0, 0)
        self.blocks = {
            (side, group): self._submit("init", tasks.init, self.layout, side, group, group=group)
            for side in SIDES
            for group in range(self.layout.groups)
        }

    def restore(self, saved: Saved) -> None:
        """Take the blocks of a checkpoint; they are read when a task needs them."""
        self.layout, self.blocks = saved.layout, {}
        for name, (path, digest) in saved.blocks.items():
            side, _, group = name.partition("-")
            self.blocks[side, int(group)] = self._submit("load", tasks.load, path, digest, group=int(group))

    def train(self, epoch: int, number: int, told: Callable[[int, int, int], None], watch: Watch) -> BatchFacts:
        """Train a batch. told: called with (pairs done now, pairs, words of the batch) as tiles end."""
        self._lay(self._layout(epoch, number))
        layout, groups = self.layout, self.layout.groups
        pairs, found = self._sort(epoch, number)
        told_of: list[tuple[Tile, Any]] = []
        for which in tiles_of(groups):
            ours, theirs = ("outputs", which.outputs), ("inputs", which.inputs)
            arguments = layout, epoch, number, which, self.blocks[ours], self.blocks[theirs], pairs[which.outputs]
            trained = self._submit("tile", tasks.tile, *arguments, group=which.outputs)
            self.blocks[ours], self.blocks[theirs], facts = (
                self._item(trained, place, name, which.outputs)
                for place, name in enumerate(("outputs", "inputs", "facts"))
            )
            told_of.append((which, facts))
        del pairs, trained, facts
        words, in_batch = map(sum, zip(*self.engine.results(found, watch=watch), strict=True))
        tiles: list[Facts] = self.engine.results(
            [handle for _, handle in told_of], lambda tile: told(tile.pairs, in_batch, words), watch
        )
        parts = self.plan.parts
        losses = np.zeros((parts, parts))
        for (which, _), tile in zip(told_of, tiles, strict=True):
            buckets = parts_of(which.outputs, groups, parts), parts_of(which.inputs, groups, parts)
            losses[buckets] += tile.losses  # of a bucket, one tile at most is not 0
        diverged = any(tile.diverged for tile in tiles)
        return BatchFacts(losses.ravel(), words, in_batch, diverged, sum(tile.cpu_seconds for tile in tiles))

    def _sort(self, epoch: int, number: int) -> tuple[list[Any], list[Any]]:
        """Sort the pairs of a batch; return those of each group, and (words, pairs) of each shard.

        The shards are sorted in rounds, a shard for each group at a time. The pairs of a round are with their group
        before those of the next round are sent, so a worker receives no more than a shard at once.
        """
        layout, groups, room = self.layout, self.layout.groups, self.job.room
        rounds, to_files = shards_of(self.plan.most_pairs(epoch, number), groups, self.engine.workers(), room)
        pairs: list[Any] = [[] for _ in range(groups)]
        found = []
        for start in range(0, rounds * groups, groups):
            splits = [
                self._submit(
                    "split", tasks.split, layout, epoch, number, start + group, rounds * groups, to_files, group=group
                )
                for group in range(groups)
            ]
            for group in range(groups):
                pieces = [self._item(split, group, "pairs", of) for of, split in enumerate(splits)]
                pairs[group] = self._submit(
                    "rows", tasks.rows, pairs[group], to_files, *pieces, group=group, with_job=False
                )
            found += [self._item(split, groups, "counts", of) for of, split in enumerate(splits)]
        return pairs, found

    def save(self, folder: str) -> Saved:
        """Write all blocks into a folder; from now on, what is lost is read from there.

        Raises OutputError, when no worker writes there any more.
        """
        handles, paths = [], {f"{side}-{group}": f"{folder}/{side}-{group}.npy" for side, group in self.blocks}
        for (_, group), block, path in zip(self.blocks, self.blocks.values(), paths.values(), strict=True):
            handles.append(self._submit("save", tasks.save, path, block, group=group))
        digests, failures = [], []
        for handle in handles:
            try:
                digests += self.engine.results([handle])
            except OutputError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        saved = Saved(
            self.layout, {name: (path, digest) for (name, path), digest in zip(paths.items(), digests, strict=True)}
        )
        self.restore(saved)
        return saved

    def rows_of(self, side: str, words: I32) -> F32:
        """Return the rows of some words, float32 [n, padded dim]."""
        groups, _ = tasks.blocks_of(self.job, self.layout).find(words)
        order = np.argsort(groups, kind="stable")
        bounds = np.searchsorted(groups[order], np.arange(self.layout.groups + 1))
        pieces = {
            group: self._submit(
                "pick", tasks.pick, self.layout, group, self.blocks[side, group], words[mine], group=group
            )
            for group, mine in enumerate(np.split(order, bounds[1:-1]))
            if len(mine)
        }
        rows: F32 = np.empty((len(words), self.width), dtype=np.float32)
        found = self.engine.results(list(pieces.values()))
        for group in reversed(pieces):
            rows[order[bounds[group] : bounds[group + 1]]] = found.pop()  # its memory is free at once
        return rows

    def summary(self) -> Summary:
        """Return what there is to tell of the input vectors of all words; no row leaves its worker for that."""
        blocks = tasks.blocks_of(self.job, self.layout)
        found: list[Summary] = self.engine.results(
            [
                self._submit("summary", tasks.summary, self.layout, group, self.blocks["inputs", group], group=group)
                for group in range(self.layout.groups)
            ]
        )
        words = len(blocks.words)
        whole = Summary(np.empty(words, dtype=np.bool_), np.empty(words))
        for group, part in enumerate(found):
            whole.unchanged[blocks.words_of(group)], whole.norms[blocks.words_of(group)] = part
        return whole

    def _layout(self, epoch: int, number: int) -> Layout:
        groups = self.groups or groups_for(self.plan.parts, self.engine.workers())
        return Layout(epoch, self.plan.partitioned_in(number), groups)

    def _lay(self, new: Layout) -> None:
        """Cut all blocks for another layout, and put them together anew."""
        old = self.layout
        if new == old:
            return
        blocks, before = {}, list[Any]()  # a side begins after the other: else a worker may hold both three times
        for side in SIDES:
            cuts = [
                self._submit("cut", tasks.cut, old, new, group, self.blocks.pop((side, group)), *before, group=group)
                for group in range(old.groups)
            ]
            pieces = [
                [self._item(cut, group, "piece", of) for of, cut in enumerate(cuts)] for group in range(new.groups)
            ]
            for group in range(new.groups):
                blocks[side, group] = self._submit(
                    "assemble", tasks.assemble, new, *pieces[group], group=group, groups=new.groups
                )
            before = [
                self._submit("ended", tasks.ended, blocks[side, group], group=group, groups=new.groups, with_job=False)
                for group in range(new.groups)
            ]
        self.layout, self.blocks = new, blocks

    def _item(self, handle: Any, number: int, name: str, group: int) -> Any:
        """Return a handle for one of several results of a task of a group; name: what it is."""
        return self._submit(name, tasks.item, handle, number, group=group, with_job=False)

    def _submit(
        self,
        name: str,
        function: Callable[..., Any],
        *arguments: Any,
        group: int = -1,
        groups: int | None = None,
        with_job: bool = True,
    ) -> Any:
        """Submit a task. groups: of the layout that its group is one of; None for the present one."""
        groups = self.layout.groups if groups is None else groups
        assert group < groups  # else no worker has it
        self.submitted += 1
        given = (self.job, *arguments) if with_job else arguments
        return self.engine.submit(f"{name}-{self.submitted}", function, *given, group=group, groups=groups)
