"""Counting co-occurrences within a limit of memory: passes, threads, chunks. The matrix: matrix.py.

Each word has a row of the matrix, and places in the corpus where it stands. A pass over the token cache lists the
places of as many words as memory allows, and counts their rows; the next pass does the same for the next words. A row
is finished before the next begins, so nothing has to be merged, and the sums are the same for any number of passes and
threads and any memory.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from w2v.arrays import F64, I32, I64, Array
from w2v.cooccurrences.matrix import Chunk, Cooccurrences, Counting, Parts
from w2v.cooccurrences.overflow import Overflow, private_memory
from w2v.errors import SettingsError
from w2v.files.whole import check_writable, scratch
from w2v.progress import Progress
from w2v.vocab import Vocabulary
from w2v.workers import Done, run_workers

__all__ = ["count", "distance_weights"]


# The longest window whose weights are exact: whole multiples of 1 / lcm(1, …, window). With 20, an int64 holds the sum
# of 4·10^10 pairs; with 40, it would hold only a thousand.
LONGEST_EXACT = 20
FIXED_POINT = 1 << 32  # the unit of longer windows
LARGEST_SUM = (1 << 63) - 1
CHUNK_RECORDS = 1 << 20
PIECE = 1 << 26  # tokens that are listed until a thread looks again whether it should stop
LISTERS = 4  # threads that list places: more would wait for memory


def distance_weights(window: int, weighting: str, occurrences: int) -> tuple[I64, int]:
    """Return the weight of a pair at each distance, int64 [window + 1], and the unit: the number that means 1.

    occurrences: how often the most frequent word occurs. If the sum of all its pairs could exceed an int64 (with a
    window of 1,000 from some 10^8 occurrences on), the unit is made smaller, and each 1/distance is rounded to it.
    """
    if weighting == "flat":
        return np.ones(window + 1, dtype=np.int64), 1
    distances = range(1, window + 1)
    unit = math.lcm(*distances) if window <= LONGEST_EXACT else FIXED_POINT
    while True:
        weights = [(2 * unit + distance) // (2 * distance) for distance in distances]
        if 2 * occurrences * sum(weights) <= LARGEST_SUM:
            return np.array([0, *weights], dtype=np.int64), unit
        unit //= 2


@dataclass(frozen=True)
class _Budget:
    """How `--memory` is divided.

    workers: threads that count. chunk: the records that a chunk can have. places: how many are listed in one pass.
    room: bytes for finished chunks; more of them go to the disk (overflow.py).
    """

    workers: int
    chunk: int
    places: int
    room: int

    @classmethod
    def of(
        cls, memory: int, words: int, tokens: int, longest: int, place_size: int, threads: int, listers: int
    ) -> _Budget:
        """Divide `memory` bytes. longest: the places of the most frequent word, which one pass must list together."""
        fixed = (48 + 32 * listers) * words
        chunk = max(words, min(CHUNK_RECORDS, memory // (128 * threads)))
        worker = 16 * words + 20 * chunk  # sums, and a chunk's records as they are found and as they are cut
        workers = max(1, min(threads, memory // 3 // worker))
        places = min(tokens, max(longest, memory // 2 // place_size))
        room = memory - fixed - workers * worker - places * place_size
        if room < 0:
            needed = max(6 * fixed, 2 * (fixed + longest * place_size))
            raise SettingsError(
                f"memory is {memory:,} bytes, too little to count {words:,} words in {tokens:,} tokens",
                hint=f"give --memory at least {math.ceil(needed / 1e6):,}MB",
            )
        return cls(workers, chunk, places, room)


def count(
    tokens: I32,
    vocabulary: Vocabulary,
    counting: Counting,
    *,
    threads: int,
    memory: int,
    folder: Path,
    keep: Path | None = None,
    corpus: Mapping[str, Any],
    progress: Progress,
) -> Cooccurrences:
    """Count the words around each word of a token cache: ids int32 [N], -1 ends a sentence.

    memory: bytes to work in. folder: what does not fit into memory goes into a file there. keep: where the matrix will
    be written; whether the disk has room is checked as soon as its size is known. corpus: the report of the corpus,
    which is kept with the matrix. The result is the same, to the last bit, for any memory and threads.
    """
    started = time.perf_counter()
    counter = _Counter(np.asarray(tokens), vocabulary, counting, threads, memory)
    with scratch(folder) as file:
        overflow = Overflow(counter.parts.number, counter.budget.room, file)
        counter.count(overflow, _Watch(overflow, counter, folder, keep, progress))
        stripes = overflow.finish()
    seconds = {"count": time.perf_counter() - started}
    return Cooccurrences(vocabulary, corpus, counting, stripes, seconds)


class _Watch:
    """Tells how far counting is; announces, as soon as it can be estimated, how large the matrix will be, and where."""

    def __init__(
        self, overflow: Overflow, counter: _Counter, folder: Path, keep: Path | None, progress: Progress
    ) -> None:
        self.overflow, self.counter, self.folder, self.keep, self.progress = overflow, counter, folder, keep, progress
        self.announced = False

    def __call__(self, done: Done) -> None:
        size = self.overflow.in_memory + self.overflow.on_disk
        self.progress.update(done.words, records=f"{self.overflow.records / 1e6:.1f} M", size=f"{size / 1e6:,.0f} MB")
        finished = self.overflow.finished(self.counter.parts.bounds)
        if finished and not self.announced:
            self.announced = True
            self.announce(finished)

    def announce(self, finished: Sequence[tuple[int, int]]) -> None:
        """Tell the expected size, from `finished`: (records, bytes) of some stripes; all have about the same."""
        records, size = (sum(each) * self.counter.parts.number // len(finished) for each in zip(*finished, strict=True))
        spilled = max(0, size - self.counter.budget.room)
        if self.keep is not None:
            check_writable(self.keep, size)
        text = f"co-occurrences: about {records / 1e6:,.1f} M records, {size / 1e6:,.0f} MB"
        passes = len(self.counter.passes)
        if passes > 1:
            text += f", counted in {passes} passes: --memory {_gigabytes(self.counter.enough)} would need one"
        if spilled:
            check_writable(self.folder / "co-occurrences", spilled)
            text += f"; {math.ceil(spilled / 1e6):,} MB of them on the disk, in {self.folder}"
        self.progress.message(text, "info" if spilled or passes > 1 else "detail")


def _gigabytes(size: int) -> str:
    return f"{math.ceil(size / 1e8) / 10:g}GB"


class _Counter:
    """One counting: what all its passes share."""

    def __init__(self, tokens: I32, vocabulary: Vocabulary, counting: Counting, threads: int, memory: int) -> None:
        from w2v.kernels import cooccur

        self.tokens = tokens
        self.parts = Parts(len(vocabulary))
        self.threads = min(threads, self.parts.number)
        self.listers = min(self.threads, LISTERS)
        self.place_type = np.dtype(np.uint32 if len(tokens) < 2**32 else np.int64)
        self.sections = np.linspace(0, len(tokens), self.listers + 1).astype(np.int64)
        self.tallies = np.zeros((self.listers, len(vocabulary)), dtype=np.int64)
        self._on_sections(self._tally)
        counts = self.tallies.sum(axis=0)
        self.tokens_counted = int(counts.sum())
        weights, unit = distance_weights(counting.window, counting.weighting, int(counts.max()))
        self.window = cooccur.Window(weights, unit, counting.contexts == "symmetric")
        size = self.place_type.itemsize
        self.enough = 2 * self.tokens_counted * size  # memory for a single pass
        self.budget = _Budget.of(
            memory, len(counts), self.tokens_counted, int(counts.max()), size, self.threads, self.listers
        )
        self.ends = np.cumsum(counts[self.parts.in_order])  # where each word's places end in the list of all places
        self.passes = self._passes()

    def _passes(self) -> list[tuple[int, int]]:
        """Return each pass as (first, end): the words `parts.in_order[first:end]`, whose places fit into memory."""
        passes = []
        begin = listed = 0
        while begin < len(self.ends):
            end = max(begin + 1, int(np.searchsorted(self.ends, listed + self.budget.places, side="right")))
            passes.append((begin, end))
            begin, listed = end, int(self.ends[end - 1])
        return passes

    def count(self, overflow: Overflow, watch: _Watch) -> None:
        watch.progress.phase("counting co-occurrences", self.tokens_counted, "tokens")
        before = 0
        for first, last in self.passes:
            before += self._one_pass(first, last, before, overflow, watch)
            watch(Done(before, 0, 0.0, None))

    def _one_pass(self, first: int, last: int, before: int, overflow: Overflow, watch: _Watch) -> int:
        """Count the rows first..last-1 of `parts.in_order`; return their tokens. Their places are freed at the end."""
        places = self._list_places(first, last, before)

        def told(done: Done) -> None:
            watch(Done(before + done.words, done.pairs, done.loss, None))

        return run_workers(self._work_on(first, last, places, overflow), self.budget.workers, told).words

    def _on_sections(self, work: Callable[[int, int, I32], None]) -> None:
        """Call work(section, start, tokens[start:…]) for each piece of each section, each section in one thread."""
        queue: SimpleQueue[int] = SimpleQueue()
        for number in range(self.listers):
            queue.put(number)

        def call(_: I64, __: F64, shared: I64) -> None:
            number = queue.get()
            end = int(self.sections[number + 1])
            for start in range(int(self.sections[number]), end, PIECE):
                if not shared[0]:
                    work(number, start, self.tokens[start : min(start + PIECE, end)])

        run_workers(call, self.listers, lambda _: None)

    def _tally(self, number: int, start: int, tokens: I32) -> None:
        from w2v.kernels import cooccur

        cooccur.tally(tokens, self.tallies[number])

    def _list_places(self, first: int, last: int, before: int) -> Array:
        """Return the places of the words first..last-1 of `parts.in_order`, one word after another."""
        from w2v.kernels import cooccur

        words = self.parts.in_order[first:last]
        tallies = self.tallies[:, words]
        starts = self.ends[first:last] - tallies.sum(axis=0) - before
        cursors = np.full(self.tallies.shape, -1, dtype=np.int64)
        cursors[:, words] = starts + np.cumsum(tallies, axis=0) - tallies
        places = np.empty(self.ends[last - 1] - before, dtype=self.place_type)

        def place(number: int, start: int, tokens: I32) -> None:
            cooccur.place(tokens, start, cursors[number], places)

        self._on_sections(place)
        return places

    def _work_on(self, first: int, last: int, places: Array, overflow: Overflow) -> Callable[[I64, F64, I64], None]:
        """Return the work of a thread in a pass: it takes stripe after stripe, counts rows, and adds them as chunks."""
        queue: SimpleQueue[int] = SimpleQueue()
        bounds = self.parts.bounds
        for stripe in range(self.parts.number):
            if bounds[stripe] < last and bounds[stripe + 1] > first:
                queue.put(stripe)
        before = int(self.ends[first - 1]) if first else 0

        def work(done: I64, _: F64, shared: I64) -> None:
            rows = _RowCounter(self)
            while not shared[0]:
                try:
                    stripe = queue.get_nowait()
                except Empty:
                    return
                begin, end = max(first, int(bounds[stripe])), min(last, int(bounds[stripe + 1]))
                starts = np.concatenate(([self.ends[begin - 1] if begin else 0], self.ends[begin:end])) - before
                row = 0
                while row < end - begin and not shared[0]:
                    following = rows.count(starts, row, places, shared)
                    offset = begin - int(bounds[stripe])
                    overflow.add(stripe, offset + row, following - row, *rows.cut(row, following, offset))
                    done[0] += starts[following] - starts[row]
                    row = following

        return work


class _RowCounter:
    """Counts rows in one thread, and cuts them into chunks; has buffers for a row and for a chunk."""

    def __init__(self, counter: _Counter) -> None:
        from w2v.kernels import cooccur

        words = counter.parts.words
        self.counter = counter
        self.row = cooccur.Sums(
            np.zeros(words, dtype=np.int64),
            np.zeros(words + 1, dtype=np.int32),
            np.zeros(-(-words // 64), dtype=np.uint64),
            np.zeros(-(-words // 4096), dtype=np.uint64),
        )
        size = counter.budget.chunk
        ends = np.zeros(counter.parts.size, dtype=np.int64)
        self.found = cooccur.Found(np.empty(size, dtype=np.int32), np.empty(size, dtype=np.float32), ends)

    def count(self, starts: I64, row: int, places: Array, shared: I64) -> int:
        from w2v.kernels import cooccur

        following = cooccur.count_rows(
            self.counter.tokens, places, starts, row, self.counter.window, self.row, self.found, shared
        )
        return int(following)

    def cut(self, first: int, last: int, offset: int) -> tuple[mmap, I64, I64]:
        """Return the counted rows first..last-1 as `Overflow` needs them; row 0 is row `offset` of its stripe."""
        from w2v.kernels import cooccur

        parts = self.counter.parts
        runs, records = np.zeros((2, parts.number + 1), dtype=np.int64)
        cooccur.measure_cut(self.found, first, last, parts.part_of, runs[1:], records[1:])
        np.cumsum(runs, out=runs)
        np.cumsum(records, out=records)
        memory = private_memory(Chunk.size(runs, records))
        out = Chunk.over(memory, runs, records)
        places = cooccur.Cut(out.rows, out.lengths, out.columns, out.values)
        starts = (runs[:-1].copy(), records[:-1].copy())
        cooccur.cut(self.found, first, last, parts.part_of, parts.place_of, *starts, places)
        out.rows[:] += np.uint16(offset)
        return memory, runs, records
