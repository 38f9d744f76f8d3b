"""What a worker computes: functions whose results depend on their arguments, the token cache and settings alone.

So a task whose worker has died is computed again by another one, with the same bytes. Which tasks there are, and which
needs which: graph.py. A block has float32 [rows, padded dim], as planning.py says. A task never changes its arguments,
but `tile` takes the rows of its blocks (block.py).
"""

from __future__ import annotations

import hashlib
import math
import mmap
import os
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I32, I64, U32, Flags
from w2v.cooccurrences.overflow import mapped, write_at
from w2v.errors import FormatError
from w2v.files.whole import check_writable, scratch
from w2v.pages import ROWS
from w2v.progress import NullProgress
from w2v.tokens.shards import numbers_of
from w2v.training.cluster.block import Block
from w2v.training.cluster.files import LostBlockError, read_block, write_block
from w2v.training.cluster.planning import Blocks, Layout, Tile, is_in_tile, parts_of, shard, strata_of
from w2v.training.first_rows import first_rows
from w2v.training.negative_sampling import noise_tables
from w2v.training.sgns.model import SgnsConfig
from w2v.training.sgns.plan import RotationPlan
from w2v.training.sgns.rotation import PAUSE
from w2v.training.sgns.sorting import Sorter
from w2v.vectors import lengths_of
from w2v.vocab import Vocabulary
from w2v.workers import Segment, run_workers

__all__ = [
    "Facts",
    "Job",
    "Rows",
    "Side",
    "Summary",
    "assemble",
    "blocks_of",
    "compile_kernels",
    "cut",
    "ended",
    "init",
    "item",
    "load",
    "pick",
    "plan_of",
    "rows",
    "save",
    "split",
    "summary",
    "tile",
    "width_of",
]

COMPARED = 1 << 12  # rows that are compared together

Side = str  # "outputs" (centres and noise words) or "inputs" (contexts)


@dataclass(frozen=True)
class Job:
    """A run, as all its tasks know it.

    cache: the file of the token cache, or the index of its shards, which every worker can read. fingerprint, words,
    tokens: what it must have. settings: the names and values of `SgnsConfig`, filled in. widths: the least and the
    greatest width of a window. threads: of a worker. room: bytes of pairs that a worker may hold while it sorts them.
    """

    cache: str
    fingerprint: str
    words: int
    tokens: int
    settings: tuple[tuple[str, Any], ...]
    widths: tuple[int, int]
    threads: int
    room: int

    @property
    def config(self) -> SgnsConfig:
        return SgnsConfig(**dict(self.settings))


class Rows(NamedTuple):
    """Some pairs of the buckets of a group of outputs with all inputs.

    codes: uint32 [n], starts: int64 [buckets + 1, segments], as in `kernels.pairing.Pairs`. kept: the process that has
    the codes in a file; empty where they are in memory.
    """

    codes: U32
    starts: I64
    kept: str


class Facts(NamedTuple):
    """What is told of a trained tile. losses: float64 [parts, parts] of its two groups. diverged: whether a score was
    not finite. cpu_seconds: of all threads.
    """

    losses: F64
    pairs: int
    diverged: bool
    cpu_seconds: float


class Summary(NamedTuple):
    """What is told of the input vectors of words [n]: whether they are as they began, and their Euclidean lengths.

    A length is not finite where a value is not.
    """

    unchanged: Flags
    norms: F64


@dataclass
class _Known:
    """What a process needs of a job: it is made once."""

    plan: RotationPlan
    tokens: I32
    keep: U32
    width: int
    kernel: Any


@lru_cache(maxsize=2)
def _known(job: Job) -> _Known:
    from w2v.kernels.negative_sampling import padded
    from w2v.kernels.rotation import rotation_kernel

    counts, tokens, metadata = numbers_of(Path(job.cache))
    if (metadata.get("fingerprint"), len(counts), len(tokens)) != (job.fingerprint, job.words, job.tokens):
        raise FormatError(f"{job.cache}: a worker finds another text in it", hint="give all workers the same files")
    config, vocabulary = job.config, Vocabulary([""] * len(counts), counts)
    plan = RotationPlan(len(tokens), vocabulary, config, job.widths)
    keep, width = noise_tables(vocabulary, config).keep, padded(config.dim)
    return _Known(plan, tokens, keep, width, rotation_kernel(width, config.negative))


def plan_of(job: Job) -> RotationPlan:
    """Return parts, batches, seeds and rates of a job."""
    return _known(job).plan


def width_of(job: Job) -> int:
    """Return the floats of a row, padded."""
    return _known(job).width


@lru_cache(maxsize=3)
def blocks_of(job: Job, layout: Layout) -> Blocks:
    """Return which word is where in a layout."""
    parts = plan_of(job).partition(layout.epoch, layout.batch)
    return Blocks(parts.words, parts.first, layout.groups)


def compile_kernels(job: Job) -> None:
    """Compile all kernels that tasks call, or load their code, so that workers find it."""
    known = _known(job)
    layout = Layout(0, 0, known.plan.parts)
    first, *_ = split(job, layout, 0, 0, 0, known.plan.batch(0, 0).chunks + 1)  # a shard without chunks
    outputs, inputs = (Block.zeros(blocks_of(job, layout).rows, known.width) for _ in range(2))
    tile(job, layout, 0, 0, Tile(0, 0, "upper"), outputs, inputs, [first])


def item(values: Sequence[Any], number: int) -> Any:
    """Return one of several results of a task, so that each can go its own way."""
    return values[number]


def init(job: Job, layout: Layout, side: Side, group: int) -> Block:
    """Return a block as training begins, with the rows of `first_rows.first_model`."""
    known, blocks = _known(job), blocks_of(job, layout)
    block = Block.zeros(blocks.rows, known.width)
    if side == "inputs":
        words, config = blocks.words_of(group), known.plan.config
        order = np.argsort(words)
        ordered, starts = words[order], np.arange(0, job.words, ROWS, dtype=np.int32)
        bounds = [*np.searchsorted(ordered, starts).tolist(), len(ordered)]
        rows, room = block.rows, np.empty((ROWS, config.dim), dtype=np.float32)
        for start, first, end in zip(starts.tolist(), bounds, bounds[1:], strict=False):
            if first < end:
                drawn = first_rows(start, min(start + ROWS, job.words), config, room)
                rows[order[first:end], : config.dim] = drawn[ordered[first:end] - start]
    return block


def split(
    job: Job, layout: Layout, epoch: int, number: int, index: int, shards: int, to_files: bool = False
) -> list[Any]:
    """Sort the pairs of a shard of a batch; return the `Rows` of each group, and then (words, pairs) of the shard.

    to_files: whether pairs are kept in files without a name, because memory does not hold those of a batch.
    """
    known, folder = _known(job), Path(tempfile.gettempdir())
    parts, batch = known.plan.partition(layout.epoch, layout.batch), known.plan.batch(epoch, number)
    first, end = shard(batch.chunks, index, shards)
    mine = batch._replace(first=batch.first + first, chunks=end - first)
    sorter = Sorter(known.tokens, known.keep, job.threads, job.room, NullProgress())  # it ends with its buffer
    pairs, words = sorter.sort(parts, mine, folder)
    number_of_parts = known.plan.parts
    found: list[Any] = []
    for group in range(layout.groups):
        ours = parts_of(group, layout.groups, number_of_parts)
        bucket, last = ours.start * number_of_parts, ours.stop * number_of_parts
        begins, ends = pairs.starts[bucket], pairs.starts[last]
        codes = [pairs.codes[begin:end] for begin, end in zip(begins, ends, strict=True)]
        shift = np.concatenate(([0], np.cumsum(ends - begins)[:-1])) - begins
        piece = Rows(np.concatenate(codes), pairs.starts[bucket : last + 1] + shift, "")
        found.append(_in_file(piece) if to_files else piece)
    return [*found, (words, len(pairs.codes))]


def rows(before: Sequence[Rows], to_files: bool, *pieces: Rows) -> list[Rows]:
    """Return the pairs of a group that were there before, and then those of more shards, in order."""
    return [*before, *(_in_file(piece) if to_files else piece for piece in pieces)]


_THIS_PROCESS = uuid.uuid4().hex


def _in_file(piece: Rows) -> Rows:
    """Return pairs whose codes lie in a file of this process, which has no name. Raises OutputError."""
    if piece.kept == _THIS_PROCESS:
        return piece
    folder = Path(tempfile.gettempdir())
    check_writable(folder / "pairs", piece.codes.nbytes)
    with scratch(folder) as file:
        write_at(file, piece.codes, 0)
        return Rows(np.frombuffer(mapped(file), dtype=np.uint32), piece.starts, _THIS_PROCESS)


def tile(
    job: Job, layout: Layout, epoch: int, number: int, which: Tile, outputs: Block, inputs: Block, pairs: Sequence[Rows]
) -> tuple[Block, Block, Facts]:
    """Train the buckets of a tile; return its outputs and inputs, trained, and what there is to tell.

    outputs, inputs: their rows are taken, and trained where they lie. pairs: those of the group of the outputs.
    """
    from w2v.kernels.negative_sampling import Model

    known, blocks, cpu = _known(job), blocks_of(job, layout), time.process_time()
    parts, batch = known.plan.partition(layout.epoch, layout.batch), known.plan.batch(epoch, number)
    segment, losses, work = _work(job, layout, which, pairs)
    outputs, inputs = outputs.take(), inputs.take()  # last of all: what failed before can be repeated
    model = Model(inputs.rows, outputs.rows)
    done = run_workers(
        lambda counts, loss, shared: work(model, parts._replace(words=blocks.places), batch, counts, loss, shared),
        len(segment.done),
        lambda _: None,
        segment,
    )
    number_of_parts, groups = known.plan.parts, layout.groups
    ours, theirs = (parts_of(group, groups, number_of_parts) for group in (which.outputs, which.inputs))
    of_groups = losses.reshape(number_of_parts, number_of_parts)[ours, theirs]
    diverged = done.diverged is not None or not math.isfinite(losses.sum())
    facts = Facts(of_groups.copy(), done.pairs, diverged, time.process_time() - cpu)
    return outputs, inputs, facts


def _work(job: Job, layout: Layout, which: Tile, pairs: Sequence[Rows]) -> tuple[Segment, F64, Any]:
    """Return the segment, the losses [P²] and the work of a thread for the strata of a tile.

    The kernel is that of the whole rotation; here all buckets of other tiles are empty.
    """
    from w2v.kernels.pairing import Batch, Pairs, Parts
    from w2v.kernels.rotation import Counters
    from w2v.kernels.turns import turns_before

    known = _known(job)
    number = known.plan.parts
    strata = strata_of(which, layout.groups, number)
    first = strata.start * number
    turns, losses = turns_before(np.arange(number), first), np.zeros(number**2)
    chosen = _pairs_of(which, layout.groups, number, pairs)

    def work(model: Any, parts: Parts, batch: Batch, done: I64, loss: F64, shared: I64) -> None:
        counters = Counters(done, loss, shared, turns, losses)
        held = np.full(1, -1, dtype=np.int64)
        while not known.kernel(Pairs(*chosen), model, parts, batch, counters, held):
            time.sleep(PAUSE)

    threads = min(job.threads, max(1, number // layout.groups))
    return Segment(threads, strata.stop * number, first), losses, work


def _pairs_of(which: Tile, groups: int, parts: int, pairs: Sequence[Rows]) -> tuple[U32, I64]:
    """Return codes [n] and starts [P² + 1, 1] of the pairs of a tile, in which all other buckets are empty."""
    from w2v.kernels.tiles import copy_buckets

    ours, chosen = parts_of(which.outputs, groups, parts), is_in_tile(which, groups, parts)
    buckets = np.flatnonzero(chosen)
    sizes = np.array([np.diff(piece.starts, axis=0).sum(axis=1)[buckets] for piece in pairs])
    all_sizes = np.zeros((parts, parts), dtype=np.int64)
    all_sizes[ours][chosen] = sizes.sum(axis=0)
    starts = np.concatenate(([0], np.cumsum(all_sizes.ravel())))
    slots = starts[:-1].reshape(parts, parts)[ours][chosen] + np.cumsum(sizes, axis=0) - sizes
    codes = _new_codes(int(starts[-1]), in_file=any(piece.kept for piece in pairs))
    for piece, places in zip(pairs, slots, strict=True):
        copy_buckets(_constant(piece.codes), np.array(piece.starts), buckets, places, codes)
    return _constant(codes), starts[:, None]


def _new_codes(number: int, *, in_file: bool) -> U32:
    """Return room for pairs, in memory or in a file without a name. Raises OutputError."""
    if not in_file or not number:
        return np.empty(number, dtype=np.uint32)
    with scratch(tempfile.gettempdir()) as file:
        os.posix_fallocate(file.fileno(), 0, 4 * number)  # a mapped file that finds no room ends the process
        return np.frombuffer(mmap.mmap(file.fileno(), 4 * number), dtype=np.uint32)


def _constant(codes: U32) -> U32:
    """Return a view that cannot be written, as what comes from another worker: so kernels are compiled once."""
    view = codes.view()
    view.flags.writeable = False
    return view


def ended(block: Block) -> None:
    """Return nothing, when a block is there: for tasks that must wait for it, and do not need it."""


def cut(job: Job, old: Layout, new: Layout, group: int, block: Block, *before: None) -> list[tuple[I32, F32]]:
    """Cut a block for another layout: for each of its groups, rows [n] in its block, and their values.

    before: of tasks that must have ended.
    """
    words = blocks_of(job, old).words_of(group)
    groups, places = blocks_of(job, new).find(words)
    order = np.argsort(groups, kind="stable")
    bounds = np.searchsorted(groups[order], np.arange(new.groups + 1))
    rows = block.rows
    return [(places[mine], rows[mine]) for mine in np.split(order, bounds[1:-1])]


def assemble(job: Job, new: Layout, *pieces: tuple[I32, F32]) -> Block:
    """Put a block together of what was cut for it."""
    block = Block.zeros(blocks_of(job, new).rows, _known(job).width)
    rows = block.rows
    for places, values in pieces:
        rows[places] = values
    return block


def pick(job: Job, layout: Layout, group: int, block: Block, words: I32) -> F32:
    """Return the rows of some words of a group, float32 [n, padded dim]."""
    _, places = blocks_of(job, layout).find(words)
    return np.asarray(block.rows[places])


def summary(job: Job, layout: Layout, group: int, block: Block) -> Summary:
    """Return what there is to tell of the inputs of a group, in the order of its words."""
    first, number = init(job, layout, "inputs", group).rows, len(blocks_of(job, layout).words_of(group))
    unchanged = np.empty(number, dtype=np.bool_)
    for start in range(0, number, COMPARED):
        some = slice(start, min(start + COMPARED, number))
        unchanged[some] = (block.rows[some] == first[some]).all(axis=1)
    return Summary(unchanged, lengths_of(block.rows[:number, : _known(job).plan.config.dim]))


_saved: dict[str, tuple[str, Block]] = {}  # what this process wrote last of each block: it need not be read again


def save(job: Job, path: str, block: Block) -> str:
    """Write a block to a file; return its SHA-256. Raises OutputError."""
    digest = hashlib.sha256(block.rows.data).hexdigest()
    write_block(path, block.rows)
    folder = path.rpartition("/")[0]
    for other in [name for name in _saved if name.rpartition("/")[0] != folder]:
        del _saved[other]  # of an older checkpoint, which nobody has loaded here
    _saved[path] = digest, block
    return digest


def load(job: Job, path: str, digest: str) -> Block:
    """Return a block that was saved. Raises LostBlockError where its bytes are others."""
    kept = _saved.pop(path, None)
    if kept is not None and kept[0] == digest and not kept[1].is_taken:
        return kept[1]
    rows = np.ascontiguousarray(read_block(path))
    if hashlib.sha256(rows.data).hexdigest() != digest:
        raise LostBlockError(f"{path}: it is damaged", hint="the checkpoint before it may be whole")
    return Block.of(rows)
