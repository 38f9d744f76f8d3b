"""Make a token cache in shards, by tasks that may run in other processes: what is asked for, and what comes of it.

Each source is a part of the corpus, which is counted by itself. The counts are merged to the vocabulary that counting
in one process gives; then each part is encoded into its shard, and the index is written. What an attempt has left is
used by the next one. What a task does: source_tasks.py; the files: shards.py.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple, Protocol

import numpy as np

from w2v.arrays import I64
from w2v.errors import CorpusError, OutputError
from w2v.files.locks import remove_stale
from w2v.files.private import make_private
from w2v.files.tensors import PackedWords
from w2v.files.whole import locked, naming, replacing
from w2v.kernels.wordtable import WORDS
from w2v.progress import Progress
from w2v.text.sources import Source
from w2v.tokens import counting
from w2v.tokens.counting import Encoder, Words
from w2v.tokens.fixed import ids_of
from w2v.tokens.left_out import LeftOut
from w2v.tokens.settings import CorpusConfig, Tokenizer
from w2v.tokens.shards import SUFFIX, Index, Shard, index_path, write_index
from w2v.tokens.source_tasks import (
    PROGRESS,
    PartFacts,
    Refused,
    Work,
    bytes_read,
    check_shard,
    count_part,
    encode_part,
    measure_part,
    read_counts,
    rules_of,
)

__all__ = ["Counts", "Sharding", "Spread", "compile_kernels"]

MOST = 1_024  # parts of a corpus; of more sources, neighbours share one
ATTEMPTS = 3  # to make what somebody removes meanwhile
EVERY = 1.0  # seconds between two looks at how far tasks are
_STEP = 1 << 20

Told = Callable[[int, Any], None]


class Spread(Protocol):
    """Who runs tasks: other processes, or this one. threads: of each task."""

    threads: int

    @property
    def workers(self) -> int:
        """How many tasks run at the same time."""

    def run(
        self,
        function: Callable[..., Any],
        items: Sequence[tuple[Any, ...]],
        sizes: Sequence[int],
        told: Told,
        watch: Callable[[], None],
    ) -> list[Any]:
        """Return function(*item) of each item, in order; sizes say how long each takes, in any unit.

        told: called with the place and the result of each as soon as it is there, perhaps more than once. watch: called
        now and then meanwhile. What they raise ends the run.
        """

    def at_end(self, action: Callable[[], None]) -> None:
        """Do something when no task can run any more, however the run ends."""


class Digests(NamedTuple):
    """The SHA-256 of all bytes of a corpus, and of each part of it, in hex."""

    whole: str
    parts: list[str]


@dataclass(frozen=True)
class Counts:
    """A corpus whose parts have all been counted. words: in no particular order. fingerprint: SHA-256 of all bytes."""

    words: Words
    facts: list[PartFacts]
    fingerprint: str

    def sum_of(self, name: str) -> int:
        """Return the sum of a number that the facts of each part have."""
        return sum(getattr(part, name) for part in self.facts)

    @property
    def kinds(self) -> str:
        """The kinds of the sources, in the order in which they are met."""
        return ", ".join(dict.fromkeys(kind for part in self.facts for kind in part.kinds))

    @property
    def left_out(self) -> dict[str, Any] | None:
        """What the tokenizer leaves out, as `CorpusReport` has it."""
        parts = [LeftOut(**part.left_out) for part in self.facts if part.left_out is not None]
        return LeftOut.sum_of(parts).to_dict() if parts else None


@dataclass(frozen=True)
class Sharding:
    """The making of one cache. folder: for the shards and all files on the way, which all processes must share."""

    sources: Sequence[Source]
    config: CorpusConfig
    folder: Path
    block_size: int
    spread: Spread
    progress: Progress

    def count(self) -> Counts:
        """Count all sources. Raises CorpusError where one cannot be read, or is not the same for all processes."""
        with naming(self.folder):
            make_private(self.folder, self.folder)
        self.spread.at_end(partial(_remove_unused, self.folder))
        parts = list(range(len(self._parts)))
        self.progress.phase(self._of_workers("counting", "files", len(self.sources)), sum(self._sizes), "bytes")
        with _hashed(self._parts) as digests:
            found = self._count_parts(parts, _Shown(self._sizes, self.progress.update))
            hashed = digests.result()
        for each, digest in zip(found, hashed.parts, strict=True):
            self._compare(each, digest)
        for _ in range(ATTEMPTS):
            words, lost = self._merged(found)
            if not lost:
                return Counts(words, found, hashed.whole)
            for each in self._count_parts(lost):
                found[each.number] = each
        raise _vanishing(self.folder)

    def encode(self, counts: Counts, words: PackedWords, kept: I64, metadata: Mapping[str, str]) -> Path:
        """Write all shards, then the index; return its path. words: those that stay, with their counts [V]."""
        index = index_path(self.folder, counts.fingerprint)
        vocabulary = index.with_suffix(".words")
        with replacing(vocabulary, private=True, lasting=False) as file:
            write_index(file, words, kept, (), {})
        sizes = [part.tokens for part in counts.facts]
        self.progress.phase(self._of_workers("writing", "shards", len(sizes)), 2 * sum(sizes), "words")
        shown = _Shown([*sizes, *sizes], self.progress.update)
        facts = list(counts.facts)
        lengths = self._tried(measure_part, facts, lambda part: (str(vocabulary),), shown.ended)
        starts = np.cumsum([0, *lengths])
        shards: list[Shard] = self._tried(
            encode_part,
            facts,
            lambda part: (str(vocabulary), str(index), int(starts[part.number])),
            lambda place, result: shown.ended(len(sizes) + place, result),
        )
        if [shard.tokens for shard in shards] != lengths:
            raise OutputError(f"the shards in {self.folder} do not fit together", hint="remove this folder")
        with replacing(index, private=True) as file:
            write_index(file, words, kept, shards, metadata)
        self._clean()
        return index

    def damaged(self, index: Index) -> list[int]:
        """Return the numbers of the shards that are missing or damaged, after a message on each."""
        sizes = [shard.tokens for shard in index.shards]
        self.progress.phase(self._of_workers("comparing", "shards", len(sizes)), sum(sizes), "words")
        items = [(str(index.path), index.metadata["sha256"], number) for number in range(len(sizes))]
        found = self._run(check_shard, items, sizes, _Shown(sizes, self.progress.update).ended)
        for problem in filter(None, found):
            self.progress.message(f"{problem}: it is made again", "warning")
        return [number for number, problem in enumerate(found) if problem]

    def repair(self, index: Index, numbers: Sequence[int]) -> bool:
        """Make some shards again; return whether they are what they were. Raises what `count` raises."""
        if len(index.shards) != len(self._parts):
            return False
        sizes = [self._sizes[number] for number in numbers]
        self.progress.phase(self._of_workers("counting", "files", len(numbers)), sum(sizes), "bytes")
        facts = self._count_parts(numbers, _Shown(sizes, self.progress.update))
        shards = self._tried(
            encode_part, facts, lambda part: (str(index.path), str(index.path), int(index.starts[part.number]))
        )
        self._clean()
        return shards == [index.shards[number] for number in numbers]

    @property
    def _parts(self) -> list[list[Source]]:
        """The sources of each part, by names that hold from any folder."""
        sources = [_absolute(source) for source in self.sources]
        number = min(MOST, len(sources))
        bounds = [len(sources) * each // number for each in range(number + 1)]
        return [sources[begin:end] for begin, end in pairwise(bounds)]

    @property
    def _sizes(self) -> list[int]:
        return [sum(source.size or 0 for source in part) for part in self._parts]

    @property
    def _work(self) -> Work:
        rules = rules_of(self.config)
        return Work(str(self.folder.resolve()), self.config, self.spread.threads, self.block_size, rules)

    def _of_workers(self, verb: str, noun: str, number: int) -> str:
        workers = self.spread.workers
        return f"{verb} {number:,} {noun} by {workers} worker{'s' * (workers != 1)}"

    def _run(
        self,
        function: Callable[..., Any],
        items: Sequence[tuple[Any, ...]],
        sizes: Sequence[int],
        told: Told,
        watch: Callable[[], None] = lambda: None,
    ) -> list[Any]:
        """Run tasks. Raises what one of them has refused to do."""

        def check(place: int, result: Any) -> None:
            if isinstance(result, Refused):
                raise result.error
            if result is not None:
                told(place, result)

        return self.spread.run(function, items, sizes, check, watch)

    def _count_parts(self, numbers: Sequence[int], shown: _Shown | None = None) -> list[PartFacts]:
        """Count parts anew. shown: tells how far that is."""
        work, parts, sizes = self._work, self._parts, self._sizes
        shown = shown or _Shown([0] * len(numbers), lambda done: None)
        return self._run(
            count_part,
            [(work, each, parts[each]) for each in numbers],
            [sizes[each] for each in numbers],
            shown.ended,
            lambda: shown.look(lambda: [bytes_read(self.folder, each) for each in numbers]),
        )

    def _tried(
        self,
        task: Callable[..., Any],
        facts: list[PartFacts],
        arguments: Callable[[PartFacts], tuple[Any, ...]],
        told: Told = lambda place, result: None,
    ) -> list[Any]:
        """Run a task for each part, and count those again whose files are gone; `facts` then has what was found."""
        found: list[Any] = [None] * len(facts)
        for _ in range(ATTEMPTS):
            left = [place for place, result in enumerate(found) if result is None]
            items = [(self._work, facts[place], *arguments(facts[place])) for place in left]
            results = self._run(
                task,
                items,
                [facts[place].tokens for place in left],
                lambda place, result, left=left: told(left[place], result),  # type: ignore[misc]
            )
            for place, result in zip(left, results, strict=True):
                found[place] = result
            lost = [place for place in left if found[place] is None]
            if not lost:
                return found
            again = self._count_parts([facts[place].number for place in lost])
            for place, part in zip(lost, again, strict=True):
                self._compare(part, facts[place].digest)
                facts[place] = part
        raise _vanishing(self.folder)

    def _compare(self, part: PartFacts, digest: str) -> None:
        """Raise CorpusError where a process has read other bytes than this one."""
        if part.digest != digest:
            sources = self._parts[part.number]
            more = f" to {sources[-1].name}" if len(sources) > 1 else ""
            raise CorpusError(
                f"{sources[0].name}{more}: a worker reads other bytes (sha256 {part.digest[:12]}…) than this process "
                f"({digest[:12]}…)",
                hint="give all workers the same files, and do not change them meanwhile",
            )

    def _merged(self, facts: Sequence[PartFacts]) -> tuple[Words, list[int]]:
        """Return all words with their counts; and the parts whose words are gone."""
        encoder, totals, lost = Encoder("whitespace", keep_tags=False), np.zeros(1 << 16, dtype=np.int64), []
        for part in facts:
            words = read_counts(self.folder, part)
            if words is None:
                lost.append(part.number)
                continue
            before = 0
            for ids in encoder.ids(words):
                number = int(encoder.table.state[WORDS])
                if number > len(totals):
                    totals = np.concatenate((totals, np.zeros(2 * number - len(totals), dtype=np.int64)))
                totals[ids] += words.counts[before : before + len(ids)]  # no id occurs twice
                before += len(ids)
        merged = encoder.words()
        return replace(merged, counts=totals[: len(merged)]), lost

    def _clean(self) -> None:
        """Remove what was needed on the way only."""
        for path in self.folder.iterdir():
            if path.suffix not in (SUFFIX, ".ids") and not path.name.startswith("."):
                path.unlink(missing_ok=True)


def compile_kernels(tokenizer: Tokenizer, folder: Path) -> None:
    """Compile all kernels of all tasks, or load those compiled before. folder: for a scratch file of a few bytes."""
    counting.compile_kernels(tokenizer, folder)
    encoder = Encoder("whitespace", keep_tags=False)
    encoder.add(["a"])
    ids_of(encoder.words(), encoder.table)


def _remove_unused(folder: Path) -> None:
    """Remove the folder of a run that was stopped before it had counted a source, unless another run needs it now."""
    with suppress(OSError, OutputError), locked(folder.with_suffix(".tokens")):
        remove_stale(folder)
        for path in folder.glob(f"*{PROGRESS}"):
            path.unlink(missing_ok=True)
        folder.rmdir()  # only where nothing is in it


class _Shown:
    """How much is done of items of these sizes: those that have ended, and what is known of the others."""

    def __init__(self, sizes: Sequence[int], tell: Callable[[int], None]) -> None:
        self.sizes, self.tell = sizes, tell
        self.done = [0] * len(sizes)
        self._looked = time.monotonic()

    def ended(self, place: int, result: Any) -> None:
        """Tell that an item has ended, perhaps once more."""
        self.done[place] = self.sizes[place]
        self.tell(sum(self.done))

    def look(self, ask: Callable[[], Sequence[int]]) -> None:
        """Ask, once a second, how far items are; one that began anew counts as far as it was before."""
        if time.monotonic() - self._looked > EVERY:
            self._looked = time.monotonic()
            known = zip(self.sizes, ask(), self.done, strict=True)
            self.done = [min(size, max(now, before)) for size, now, before in known]
            self.tell(sum(self.done))


def _absolute(source: Source) -> Source:
    assert source.path is not None
    return replace(source, path=Path(os.path.abspath(source.path)))


@contextmanager
def _hashed(parts: Sequence[Sequence[Source]]) -> Iterator[Future[Digests]]:
    """Hash all sources in a thread of its own, meanwhile; it ends with the block."""
    over = Event()
    with ThreadPoolExecutor(1) as pool:
        try:
            yield pool.submit(_digests, parts, over)
        finally:
            over.set()


def _digests(parts: Sequence[Sequence[Source]], over: Event) -> Digests:
    whole, found = hashlib.sha256(), []
    for sources in parts:
        digest = hashlib.sha256()
        for source in sources:
            for chunk in source.read(_STEP):
                whole.update(chunk)
                digest.update(chunk)
                if over.is_set():
                    return Digests("", [])
        found.append(digest.hexdigest())
    return Digests(whole.hexdigest(), found)


def _vanishing(folder: Path) -> OutputError:
    return OutputError(
        f"files that one process writes to {folder} are not there for another, again and again",
        hint="name a folder with --cache-dir that all workers share, and let no other program remove files there",
    )
