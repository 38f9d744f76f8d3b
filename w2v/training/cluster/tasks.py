"""What a worker computes: functions whose results depend on their arguments, the token cache and settings alone.

So a task whose worker has died is computed again by another one, with the same bytes. Which tasks there are, and which
needs which: graph.py. A block is float32 [rows, padded dim], as planning.py says; a task never changes its arguments.
"""

from __future__ import annotations

import hashlib
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I32, I64, U32, Flags
from w2v.errors import FormatError
from w2v.pages import ROWS
from w2v.progress import NullProgress
from w2v.tokens.cachefile import read_numbers
from w2v.training.cluster.files import read_block, write_block
from w2v.training.cluster.planning import Blocks, Layout, Tile, is_in_tile, shard, strata_of
from w2v.training.first_rows import first_rows
from w2v.training.negative_sampling import noise_tables
from w2v.training.sgns.model import SgnsConfig
from w2v.training.sgns.plan import RotationPlan
from w2v.training.sgns.rotation import PAUSE
from w2v.training.sgns.sorting import Sorter
from w2v.training.trainer import aligned
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

    cache: the file of the token cache, which every worker can read. fingerprint, words, tokens: what it must have.
    settings: the names and values of `SgnsConfig`, filled in. widths: the least and the greatest width of a window.
    threads: of a worker. room: bytes of pairs that a worker may hold while it sorts them.
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
    """The pairs of the buckets of a group of outputs with all inputs.

    codes: uint32 [n], starts: int64 [buckets + 1, segments], as in `kernels.pairing.Pairs`.
    """

    codes: U32
    starts: I64


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
    sorter: Sorter
    width: int
    kernel: Any


@lru_cache(maxsize=2)
def _known(job: Job) -> _Known:
    from w2v.kernels.negative_sampling import padded
    from w2v.kernels.rotation import rotation_kernel

    counts, tokens, metadata = read_numbers(Path(job.cache))
    if (metadata.get("fingerprint"), len(counts), len(tokens)) != (job.fingerprint, job.words, job.tokens):
        raise FormatError(f"{job.cache}: a worker finds another text in it", hint="give all workers the same files")
    config, vocabulary = job.config, Vocabulary([""] * len(counts), counts)
    plan = RotationPlan(len(tokens), vocabulary, config, job.widths)
    sorter = Sorter(tokens, noise_tables(vocabulary, config).keep, job.threads, job.room, NullProgress())
    width = padded(config.dim)
    return _Known(plan, sorter, width, rotation_kernel(width, config.negative))


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
    block = aligned(blocks_of(job, layout).rows, known.width)
    tile(job, layout, 0, 0, Tile(0, 0, "upper"), block, block, rows(first))


def item(values: Sequence[Any], number: int) -> Any:
    """Return one of several results of a task, so that each can go its own way."""
    return values[number]


def init(job: Job, layout: Layout, side: Side, group: int) -> F32:
    """Return a block as training begins, with the rows of `first_rows.first_model`."""
    known, blocks = _known(job), blocks_of(job, layout)
    block = aligned(blocks.rows, known.width)
    if side == "inputs":
        words, config = blocks.words_of(group), known.plan.config
        order = np.argsort(words)
        ordered = words[order]
        for start in range(0, job.words, ROWS):
            first, end = np.searchsorted(ordered, (start, start + ROWS))
            if first < end:
                drawn = first_rows(start, min(start + ROWS, job.words), config)
                block[order[first:end], : config.dim] = drawn[ordered[first:end] - start]
    return block


def split(job: Job, layout: Layout, epoch: int, number: int, index: int, shards: int) -> list[Any]:
    """Sort the pairs of a shard of a batch; return the `Rows` of each group, and then (words, pairs) of the shard."""
    known = _known(job)
    parts, batch = known.plan.partition(layout.epoch, layout.batch), known.plan.batch(epoch, number)
    first, end = shard(batch.chunks, index, shards)
    mine = batch._replace(first=batch.first + first, chunks=end - first)
    pairs, words = known.sorter.sort(parts, mine, Path(tempfile.gettempdir()))
    step = known.plan.parts**2 // layout.groups
    found: list[Any] = []
    for bucket in range(0, known.plan.parts**2, step):
        begins, ends = pairs.starts[bucket], pairs.starts[bucket + step]
        codes = [pairs.codes[begin:end] for begin, end in zip(begins, ends, strict=True)]
        shift = np.concatenate(([0], np.cumsum(ends - begins)[:-1])) - begins
        found.append(Rows(np.concatenate(codes), pairs.starts[bucket : bucket + step + 1] + shift))
    return [*found, (words, len(pairs.codes))]


def rows(*pieces: Rows) -> Rows:
    """Return all pairs of a group, given those of each shard in order."""
    before = np.cumsum([0, *(len(piece.codes) for piece in pieces)])
    starts = [piece.starts + shift for piece, shift in zip(pieces, before[:-1], strict=True)]
    return Rows(np.concatenate([piece.codes for piece in pieces]), np.concatenate(starts, axis=1))


def tile(
    job: Job, layout: Layout, epoch: int, number: int, which: Tile, outputs: F32, inputs: F32, pairs: Rows
) -> tuple[F32, F32, Facts]:
    """Train the buckets of a tile; return its outputs and inputs, trained, and what there is to tell.

    pairs: those of the group of the outputs.
    """
    from w2v.kernels.negative_sampling import Model

    known, blocks, cpu = _known(job), blocks_of(job, layout), time.process_time()
    parts, batch = known.plan.partition(layout.epoch, layout.batch), known.plan.batch(epoch, number)
    model = Model(_copy(inputs), _copy(outputs))
    segment, losses, work = _work(known, layout, which, pairs)
    done = run_workers(
        lambda counts, loss, shared: work(model, parts._replace(words=blocks.places), batch, counts, loss, shared),
        len(segment.done),
        lambda _: None,
        segment,
    )
    size = known.plan.parts // layout.groups
    of_groups = losses.reshape(layout.groups, size, layout.groups, size)[which.outputs, :, which.inputs]
    diverged = done.diverged is not None or not math.isfinite(losses.sum())
    facts = Facts(of_groups.copy(), done.pairs, diverged, time.process_time() - cpu)
    return model.output, model.input, facts


def _work(known: _Known, layout: Layout, which: Tile, pairs: Rows) -> tuple[Segment, F64, Any]:
    """Return the segment, the losses [P²] and the work of a thread for the strata of a tile.

    The kernel is that of the whole rotation; here all buckets of other tiles are empty.
    """
    from w2v.kernels.pairing import Batch, Pairs, Parts
    from w2v.kernels.rotation import Counters
    from w2v.kernels.turns import turns_before

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

    threads = min(known.sorter.threads, max(1, number // layout.groups))
    return Segment(threads, strata.stop * number, first), losses, work


def _pairs_of(which: Tile, groups: int, parts: int, pairs: Rows) -> tuple[U32, I64]:
    """Return codes [n] and starts [P² + 1, 1] of the pairs of a tile, in which all other buckets are empty."""
    from w2v.kernels.tiles import copy_buckets

    size = parts // groups
    sizes = np.diff(pairs.starts, axis=0).sum(axis=1).reshape(size, groups, size)
    mine = np.where(is_in_tile(which, size), sizes[:, which.inputs], 0)
    all_sizes = np.zeros((groups, size, groups, size), dtype=np.int64)
    all_sizes[which.outputs, :, which.inputs] = mine
    starts = np.concatenate(([0], np.cumsum(all_sizes.ravel())))[:, None]
    local = np.zeros((size, groups, size), dtype=np.int64)
    local[:, which.inputs] = mine
    codes = np.empty(int(starts[-1, 0]), dtype=np.uint32)
    copy_buckets(_constant(pairs.codes), np.array(pairs.starts), np.flatnonzero(local.ravel()), codes)
    return _constant(codes), starts


def _constant(codes: U32) -> U32:
    """Return a view that cannot be written, as what comes from another worker: so kernels are compiled once."""
    view = codes.view()
    view.flags.writeable = False
    return view


def _copy(block: F32) -> F32:
    copy = aligned(*block.shape)
    copy[:] = block
    return copy


def cut(job: Job, old: Layout, new: Layout, group: int, block: F32) -> list[tuple[I32, F32]]:
    """Cut a block for another layout: for each of its groups, rows [n] in its block, and their values."""
    words = blocks_of(job, old).words_of(group)
    groups, places = blocks_of(job, new).find(words)
    order = np.argsort(groups, kind="stable")
    bounds = np.searchsorted(groups[order], np.arange(new.groups + 1))
    return [(places[mine], block[mine]) for mine in np.split(order, bounds[1:-1])]


def assemble(job: Job, new: Layout, *pieces: tuple[I32, F32]) -> F32:
    """Put a block together of what was cut for it."""
    block = aligned(blocks_of(job, new).rows, _known(job).width)
    for places, values in pieces:
        block[places] = values
    return block


def pick(job: Job, layout: Layout, group: int, block: F32, words: I32) -> F32:
    """Return the rows of some words of a group, float32 [n, padded dim]."""
    _, places = blocks_of(job, layout).find(words)
    return np.asarray(block[places])


def summary(job: Job, layout: Layout, group: int, block: F32) -> Summary:
    """Return what there is to tell of the inputs of a group, in the order of its words."""
    first, number = init(job, layout, "inputs", group), len(blocks_of(job, layout).words_of(group))
    unchanged = np.empty(number, dtype=np.bool_)
    for start in range(0, number, COMPARED):
        some = slice(start, min(start + COMPARED, number))
        unchanged[some] = (block[some] == first[some]).all(axis=1)
    return Summary(unchanged, lengths_of(block[:number, : _known(job).plan.config.dim]))


_saved: dict[str, tuple[str, F32]] = {}  # what this process wrote last of each block: it need not be read again


def save(job: Job, path: str, block: F32) -> str:
    """Write a block to a file; return its SHA-256. Raises OutputError."""
    block = np.ascontiguousarray(block)
    digest = hashlib.sha256(block.data).hexdigest()
    write_block(path, block)
    folder = path.rpartition("/")[0]
    for other in [name for name in _saved if name.rpartition("/")[0] != folder]:
        del _saved[other]  # of an older checkpoint, which nobody has loaded here
    _saved[path] = digest, block
    return digest


def load(job: Job, path: str, digest: str) -> F32:
    """Return a block that was saved. Raises FormatError where its bytes are others."""
    kept = _saved.pop(path, None)
    if kept is not None and kept[0] == digest:
        return kept[1]
    block = read_block(path)
    if hashlib.sha256(np.ascontiguousarray(block).data).hexdigest() != digest:
        raise FormatError(f"{path}: it is damaged", hint="the checkpoint before it may be whole")
    return block
