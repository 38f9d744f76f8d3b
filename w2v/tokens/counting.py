"""Both passes over a corpus, on all threads: text → provisional ids and counts, provisional ids → final ids.

In the first pass each worker turns blocks of text into ids of its own table and appends them to one scratch file; then
the tables are merged into one. In the second pass the ids are read back from the scratch file and mapped to those of
the merged table, so the text itself is read only once. The result depends neither on the number of workers nor on
the blocks. Not here: which words are kept (choice.py), and the file (cachefile.py).
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from w2v.arrays import I32, I64, U8, U64, Array
from w2v.files.tensors import PackedWords
from w2v.files.whole import scratch
from w2v.kernels.tokenise import EXAMPLES, FRESH, Rules, Tally, split_whitespace, split_words
from w2v.kernels.wordtable import (
    AHEAD,
    ARENA_USED,
    SLACK,
    WORD_BYTES,
    WORDS,
    WordTable,
    absorb,
    encode,
    export,
    rehash,
    remap,
)
from w2v.text.characters import character_classes, emoticons, transitions
from w2v.text.decoding import PADDING
from w2v.tokens.left_out import AFTERWARDS, Apart, LeftOut
from w2v.tokens.settings import Tokenizer

__all__ = ["Counted", "Encoder", "Span", "Words", "compile_kernels", "count", "in_order"]

_SPAN = 1 << 17  # words that a worker finds before it looks them up: their positions then fit into the core's cache
_SLOTS = 1 << 16  # slots of a new table: 2 MiB

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Words:
    """Distinct words: word i is text[offsets[i] : offsets[i + 1]] in UTF-8, and occurs counts[i] times."""

    text: U8
    offsets: I64
    counts: I64

    def __len__(self) -> int:
        return len(self.counts)

    def spell(self, ids: I64) -> list[str]:
        """Return the words of these ids."""
        text = self.text.tobytes()
        begins, ends = self.offsets[ids].tolist(), self.offsets[ids + 1].tolist()
        return [text[begin:end].decode() for begin, end in zip(begins, ends, strict=True)]

    def packed(self, ids: I64) -> PackedWords:
        """Return the words of these ids as they stand in files, without making a string of each."""
        lengths = np.diff(self.offsets)[ids]
        offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)))
        text = np.empty(offsets[-1], dtype=np.uint8)
        for begin in range(0, len(ids), _SPAN):  # in steps, because each byte of a word takes 8 bytes here
            part = slice(begin, begin + _SPAN)
            first, last = offsets[begin], offsets[min(begin + _SPAN, len(ids))]
            shifts = np.repeat(
                self.offsets[ids[part]] - offsets[begin : begin + _SPAN][: len(ids[part])], lengths[part]
            )
            text[first:last] = self.text[shifts + np.arange(first, last)]
        return PackedWords(text, offsets)


@dataclass(frozen=True)
class _Segment:
    """The place in the scratch file of the breaks (int64) and ids (int32) of consecutive words from one worker."""

    worker: int
    offset: int
    breaks: int
    words: int

    @property
    def size(self) -> int:
        return 8 * self.breaks + 4 * self.words


class _Scratch:
    """A file that many threads append to and read from, each at its own offset."""

    def __init__(self, file: BinaryIO) -> None:
        self._descriptor = file.fileno()
        self._lock = threading.Lock()
        self.size = 0

    def append(self, *arrays: npt.NDArray[np.generic]) -> int:
        """Write the arrays one after the other; return the offset of the first."""
        with self._lock:
            begin = at = self.size
            self.size += sum(array.nbytes for array in arrays)
        for array in arrays:
            left = array.data.cast("B")
            while left:
                written = os.pwrite(self._descriptor, left, at)
                left, at = left[written:], at + written
        return begin

    def read(self, offset: int, size: int) -> bytearray:
        data = bytearray(size)
        left = memoryview(data)
        while left:
            done = os.preadv(self._descriptor, [left], offset)
            if not done:
                raise OSError("the scratch file is shorter than what was written to it")
            left, offset = left[done:], offset + done
        return data


def _new_slots(capacity: int) -> U64:
    """Zeros [capacity, 4], each row of which lies within one cache line."""
    raw = np.zeros(4 * capacity + 8, dtype=np.uint64)
    begin = -raw.ctypes.data % 64 // 8
    return raw[begin : begin + 4 * capacity].reshape(capacity, 4)


def _most(slots: U64) -> int:
    """The largest number of words in a table of this size: with more, finding a free slot takes long."""
    return len(slots) * 5 // 8


def _widened(table: WordTable, words: int) -> WordTable:
    """The table with room for `words` words in all."""
    capacity = len(table.slots)
    while capacity * 5 // 8 < words:
        capacity *= 2
    if capacity == len(table.slots):
        return table
    wider = _new_slots(capacity)
    rehash(table.slots, wider)
    return table._replace(slots=wider)


def _lengthened(table: WordTable, size: int) -> WordTable:
    """The table with room for `size` bytes more in its arena."""
    used = int(table.state[ARENA_USED])
    if used + size + SLACK <= len(table.arena):
        return table
    arena = np.empty(max(used + size + SLACK, 2 * len(table.arena)), dtype=np.uint8)
    arena[:used] = table.arena[:used]
    return table._replace(arena=arena)


class Span(NamedTuple):
    """Consecutive words: where they start and end in the text [n], their ids [n]; how many precede each line end."""

    starts: I64
    ends: I64
    breaks: I64
    ids: I32


class Encoder:
    """A table of words, and the arrays that a thread needs to fill it; only one thread at a time may use an encoder."""

    def __init__(self, tokenizer: Tokenizer, keep_tags: bool) -> None:
        self.rules = _rules(keep_tags) if tokenizer == "words" else None
        self.tally = _new_tally() if tokenizer == "words" else None
        self.table = WordTable(_new_slots(_SLOTS), np.empty(1 << 16, dtype=np.uint8), np.zeros(3, dtype=np.int64))
        self._starts = np.empty(_SPAN, dtype=np.int64)
        self._ends = np.empty(_SPAN, dtype=np.int64)
        self._breaks = np.empty(_SPAN + 1, dtype=np.int64)
        self._ids = np.empty(_SPAN, dtype=np.int32)
        self._ring = np.empty((AHEAD, 3), dtype=np.uint64)

    def spans(self, text: U8, size: int, begin: int = 0) -> Iterator[Span]:
        """Count the words of text[begin:size], behind which there is padding; yield them, until the next step."""
        at = begin
        if self.tally is not None:
            self.tally.carry[:4] = (self.tally.carry[0] + 1, 0, FRESH, 0)
        while at < size:
            start = at
            found = self._starts, self._ends, self._breaks
            if self.rules is None or self.tally is None:
                at, words, breaks = split_whitespace(text, size, at, *found)
            else:
                at, words, breaks = split_words(text, size, at, self.rules, *found, self.tally)
            self._look_up(text, words, at - start)
            if words or breaks:
                yield Span(self._starts[:words], self._ends[:words], self._breaks[:breaks], self._ids[:words])

    def add(self, words: Sequence[str]) -> None:
        """Count each of these words once; in an empty table they get the ids 0, 1, …"""
        spelt = [word.encode() for word in words]
        ends = np.cumsum([len(word) for word in spelt], dtype=np.int64)
        self._ends[: len(spelt)] = ends
        self._starts[: len(spelt)] = ends - [len(word) for word in spelt]
        self._look_up(np.frombuffer(b"".join(spelt) + PADDING, dtype=np.uint8), len(spelt), sum(map(len, spelt)))

    def ids(self, words: Words) -> Iterator[I32]:
        """Count each of these words once, whatever its count is; yield their ids in order, part after part."""
        for begin in range(0, len(words), _SPAN):
            offsets = words.offsets[begin : begin + _SPAN + 1]
            text, number = words.text[offsets[0] : offsets[-1]].tobytes(), len(offsets) - 1
            self._starts[:number], self._ends[:number] = offsets[:-1] - offsets[0], offsets[1:] - offsets[0]
            self._look_up(np.frombuffer(text + PADDING, dtype=np.uint8), number, len(text))
            yield self._ids[:number].copy()

    def words(self) -> Words:
        """Return all words so far, by id."""
        return _exported(self.table)

    def _look_up(self, text: U8, words: int, size: int) -> None:
        self.table = _lengthened(self.table, size + 8 * words)
        starts, ends, ids = self._starts[:words], self._ends[:words], self._ids[:words]
        done = 0
        while True:
            done = encode(text, starts, ends, done, self.table, _most(self.table.slots), self._ring, ids)
            if done == words:
                return
            self.table = _widened(self.table, 2 * int(self.table.state[WORDS]))


class _Place(NamedTuple):
    """Where a character stands between two words: the text from the first one on; the second one begins at `behind`."""

    between: str
    text: bytes
    behind: int


class _Worker(Encoder):
    """An encoder whose ids go to a scratch file."""

    def __init__(self, number: int, tokenizer: Tokenizer, keep_tags: bool) -> None:
        super().__init__(tokenizer, keep_tags)
        self.number = number

    def encode(self, block: bytes, scratch: _Scratch) -> _Encoded:
        """Count the words of a block, and append their ids to the scratch file."""
        segments = []
        for span in self.spans(np.frombuffer(block, dtype=np.uint8), len(block) - len(PADDING)):
            offset = scratch.append(span.breaks, span.ids)
            segments.append(_Segment(self.number, offset, len(span.breaks), len(span.ids)))
        return _Encoded(segments, self._taken_apart(block))

    def _taken_apart(self, block: bytes) -> list[_Place]:
        """The first place in a block at which each character stands between two words, in the order of the block."""
        if self.tally is None:
            return []
        firsts = self.tally.firsts[: self.tally.carry[1]].tolist()
        return [
            _Place(chr(between), block[begin : behind + AFTERWARDS], behind - begin)
            for between, begin, behind in firsts
        ]


@dataclass(frozen=True)
class _Encoded:
    """A block after the first pass: its segments, and the places at which words were taken apart in it."""

    segments: list[_Segment]
    apart: list[_Place]


def _rules(keep_tags: bool) -> Rules:
    return Rules(character_classes(), transitions(keep_tags=keep_tags), emoticons())


def _new_tally() -> Tally:
    left, apart, seen, points = (np.zeros(0x110000, dtype=np.int64) for _ in range(4))
    return Tally(left, apart, seen, points, np.zeros((EXAMPLES, 3), dtype=np.int64), np.zeros(5, dtype=np.int64))


@dataclass(frozen=True)
class Counted:
    """A corpus after the first pass.

    words: all distinct words, in no particular order. tokens: the number of words of the whole text. left_out: what is
    in no word, and what was taken apart; None where words are split at white space, which leaves nothing out.
    """

    words: Words
    tokens: int
    left_out: LeftOut | None
    _scratch: _Scratch
    _segments: list[_Segment]
    _mappings: list[I32]

    @property
    def facts(self) -> dict[str, Any]:
        """What was joined (phrases.Joined): nothing."""
        return {}

    def stored(self) -> dict[str, Array]:
        """Return by name what `reopened` needs beside the words and the scratch file: segments, and ids of workers."""
        lengths = [len(mapping) for mapping in self._mappings]
        segments = [(each.worker, each.offset, each.breaks, each.words) for each in self._segments]
        return {
            "segments": np.array(segments, dtype=np.int64).reshape(-1, 4),
            "mapping_lengths": np.array(lengths, dtype=np.int64),
            "mappings": np.concatenate(self._mappings),
        }

    @classmethod
    def reopened(cls, words: Words, stored: Mapping[str, Array], file: BinaryIO) -> Counted:
        """Return what another process has counted. stored: as `stored` returns it. file: its scratch file.

        Raises ValueError where these do not belong together.
        """
        scratch = _Scratch(file)
        scratch.size = os.fstat(file.fileno()).st_size
        segments = [_Segment(*segment) for segment in stored["segments"].tolist()]
        mappings = np.split(stored["mappings"], np.cumsum(stored["mapping_lengths"])[:-1])
        if any(each.offset + each.size > scratch.size for each in segments):
            raise ValueError("the file of ids is shorter than what was written to it")
        return cls(words, int(words.counts.sum()), None, scratch, segments, mappings)

    def sentences(self) -> int:
        """Return the number of sentences that have words."""
        ended, begun = 0, False
        for segment in self._segments:
            breaks = np.frombuffer(self._scratch.read(segment.offset, 8 * segment.breaks), dtype=np.int64)
            empty = bool(len(breaks) and breaks[0] == 0 and not begun)
            ended += len(breaks) - empty
            begun = segment.words > breaks[-1] if len(breaks) else begun or segment.words > 0
        return ended

    def final_ids(self, final: I32, threads: int) -> Generator[I32, None, None]:
        """Yield the corpus in order, as final ids, with -1 after each sentence.

        final: int32 [len(words)], the final id of each word; words whose final id is -1 are left out, and so are
        sentences without words.
        """
        mappings = [final[mapping] for mapping in self._mappings]

        def translate(segment: _Segment) -> tuple[I32, bool]:
            data = self._scratch.read(segment.offset, segment.size)
            breaks = np.frombuffer(data, dtype=np.int64, count=segment.breaks)
            ids = np.frombuffer(data, dtype=np.int32, offset=8 * segment.breaks)
            out = np.empty(segment.words + segment.breaks + 1, dtype=np.int32)
            end, leading = remap(ids, breaks, mappings[segment.worker], out)
            return out[:end], leading

        begun = False
        with closing(in_order(translate, self._segments, threads)) as translated:
            for ids, leading in translated:
                part = ids[0 if leading and begun else 1 :]
                if len(part):
                    begun = bool(part[-1] != -1)
                    yield part


def count(
    blocks: Iterable[bytes],
    tokenizer: Tokenizer,
    threads: int,
    file: BinaryIO,
    on_block: Callable[[int], None] = lambda _: None,
    *,
    keep_tags: bool = False,
) -> Counted:
    """The first pass: count all words of the blocks, which w2v.text.TextReader makes.

    keep_tags: whether # and @ before a word belong to it, with the tokenizer "words".
    file: an empty scratch file, which must stay open while the result is in use; it takes 4 bytes a word and 8 a
    sentence. on_block: called after each block with the size of the scratch file. Raises what reading the blocks
    raises, and OSError.
    """
    scratch = _Scratch(file)
    workers = [_Worker(number, tokenizer, keep_tags) for number in range(threads)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def encode_block(block: bytes) -> _Encoded:
        worker = idle.get()
        try:
            return worker.encode(block, scratch)
        finally:
            idle.put(worker)

    segments: list[_Segment] = []
    apart: dict[str, Apart] = {}
    with closing(in_order(encode_block, blocks, threads)) as encoded:
        for done in encoded:
            segments.extend(done.segments)
            for place in done.apart:
                if place.between not in apart:
                    apart[place.between] = Apart.found(place.between, place.text, 0, place.behind)
            on_block(scratch.size)
    table, mappings = _merged([worker.table for worker in workers])
    words = _exported(table)
    left_out = LeftOut.of([worker.tally for worker in workers if worker.tally is not None], apart)
    return Counted(words, int(words.counts.sum()), left_out, scratch, segments, mappings)


def _merged(tables: list[WordTable]) -> tuple[WordTable, list[I32]]:
    """One table of all words; and for each given table the ids in the merged one, by the ids in the given one."""
    whole = tables[0]
    mappings = [np.arange(whole.state[WORDS], dtype=np.int32)]
    for table in tables[1:]:
        words = int(table.state[WORDS])
        whole = _lengthened(_widened(whole, int(whole.state[WORDS]) + words), int(table.state[ARENA_USED]))
        mapping = np.empty(words, dtype=np.int32)
        absorb(whole, table, mapping)
        mappings.append(mapping)
    return whole, mappings


def _exported(table: WordTable) -> Words:
    words = int(table.state[WORDS])
    text = np.empty(table.state[WORD_BYTES], dtype=np.uint8)
    offsets = np.empty(words + 1, dtype=np.int64)
    counts = np.empty(words, dtype=np.int64)
    export(table, text, offsets, counts)
    return Words(text, offsets, counts)


def in_order(function: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Generator[Result, None, None]:
    """Yield function(item) for each item, in order, computed on `threads` threads; a few items are read ahead.

    When the iteration has ended, for whatever reason, no thread is at work any more.
    """
    pool = ThreadPoolExecutor(threads)
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) > threads + 1:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def compile_kernels(tokenizer: Tokenizer, folder: Path | None = None) -> None:
    """Compile all kernels of both passes, or load those compiled before, by sending one word through all of them.

    folder: where the scratch file of a few bytes goes; None takes the folder for temporary files. Raises OutputError.
    """
    rehash(_new_slots(1), _new_slots(2))
    with scratch(folder or tempfile.gettempdir()) as file:
        counted = count([b"a\n" + PADDING, b"a\n" + PADDING], tokenizer, 2, file)
        list(counted.final_ids(np.zeros(1, dtype=np.int32), 1))
