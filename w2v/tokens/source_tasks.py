"""What a process does for a part of a corpus, so that several processes share the work: count it, and encode it.

Each function is a task: its result depends on its arguments and on files alone, so another process can do it again.
While a cache is being made, its folder also has these files, which go at the end:

    3-DIGEST.counted             words and counts of part 3, whose bytes have this SHA-256
    3-RANDOM.numbers             the words of its text, as numbers of its own
    3.progress                   how many bytes of part 3 have been read
    FINGERPRINT-3.ids.sha256     the hash of a shard that is whole

Who asks for the tasks: sharding.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, ParamSpec, TypeVar

import numpy as np

from w2v.arrays import I32, Array
from w2v.errors import CorpusError, FormatError, SettingsError, W2VError
from w2v.files import tensors
from w2v.files.joined import lead
from w2v.files.private import open_private
from w2v.files.whole import check_writable, replacing
from w2v.kernels.wordtable import WordTable
from w2v.text.decoding import TextReader
from w2v.text.segmenting import Segmented, icu_version
from w2v.text.sources import Source, fingerprint
from w2v.text.vector_files import looks_like_vectors, these_are_vectors
from w2v.text.word_rules import VERSION
from w2v.tokens.counting import Counted, Words, count
from w2v.tokens.fixed import ids_of, table_of_packed
from w2v.tokens.settings import CorpusConfig, Tokenizer
from w2v.tokens.shards import Index, Shard, read_index, sha256_of, shard_path

__all__ = [
    "COUNTED",
    "PROGRESS",
    "PartFacts",
    "Refused",
    "Work",
    "bytes_read",
    "check_shard",
    "count_part",
    "encode_part",
    "measure_part",
    "read_counts",
    "rules_of",
]

COUNTED, NUMBERS, HASH, PROGRESS = ".counted", ".numbers", ".sha256", ".progress"
EVERY = 1.0  # seconds between two words on how far counting is
FORMAT = "w2v.counted/1"
REMEMBERED = 4  # parts whose ids are kept in memory, between two tasks of the same process
_PIECE = 1 << 22

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Work:
    """What all tasks of a corpus share.

    folder: where their files are, for all processes. threads: of a task. rules: versions of what decides which words a
    text has (`rules_of`).
    """

    folder: str
    config: CorpusConfig
    threads: int
    block_size: int
    rules: tuple[str, ...]


@dataclass(frozen=True)
class PartFacts:
    """What there is to tell of a part of a corpus that has been counted; most of it as in `CorpusReport`.

    digest: SHA-256 of its bytes. left_out: None where nothing is left out. numbers: the file of these, with its size
    and its CRC-32.
    """

    number: int
    digest: str
    bytes: int
    text_bytes: int
    tokens: int
    sentences: int
    texts: int
    without_text: int
    replaced_places: int
    replaced_bytes: int
    kinds: list[str]
    left_out: dict[str, Any] | None
    numbers: str
    numbers_size: int
    crc: int


class Refused(NamedTuple):
    """What a task returns in place of an expected failure: doing it again would not help."""

    error: W2VError


def _refusing(function: Callable[P, R]) -> Callable[P, R | Refused]:
    """Let a task return its expected failures, which then name the process."""

    @wraps(function)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> R | Refused:
        try:
            return function(*args, **kwargs)
        except W2VError as error:
            where = f"worker process {os.getpid()} on {os.uname().nodename}"
            return Refused(type(error)(f"{error.message} ({where})", hint=error.hint))

    return refusing


def rules_of(config: CorpusConfig) -> tuple[str, ...]:
    """Return the versions of what decides which words a text has: processes that share a corpus must agree in them."""
    rules = [f"Unicode {unicodedata.unidata_version}"]
    if config.tokenizer == "words":
        rules.append(f"rules of words {VERSION}")
    if config.tokenizer == "icu":
        rules.append(f"ICU {icu_version()}")
    return tuple(rules)


@_refusing
def count_part(work: Work, number: int, sources: Sequence[Source]) -> PartFacts:
    """Count the words of some sources, unless that has been done; leave words, counts and text as numbers in files.

    Raises CorpusError where a source cannot be read, or is not the one that was meant; OutputError.
    """
    here = rules_of(work.config)
    if here != work.rules:
        raise SettingsError(
            f"words are found by {', '.join(here)}, and by {', '.join(work.rules)} where the run began",
            hint="give all workers the same versions of Python and of w2v's libraries",
        )
    for source in sources:
        _check_source(source)
    folder = Path(work.folder)
    if any(folder.glob(f"{number}-*{COUNTED}")):
        found = _whole(folder, folder / f"{number}-{fingerprint(sources)}{COUNTED}")
        if found is not None:
            return found
    return _count(work, number, sources)


@_refusing
def measure_part(work: Work, facts: PartFacts, vocabulary: str) -> int | None:
    """Return how many ids the shard of a part will have; None where its files of counts are gone or damaged.

    vocabulary: an index with the words that are kept.
    """
    return _with_final_ids(work, facts, vocabulary, lambda parts: sum(map(len, parts)))


@_refusing
def encode_part(work: Work, facts: PartFacts, vocabulary: str, index: str, start: int) -> Shard | None:
    """Write the shard of a part, unless it is there and whole; None where its files of counts are gone or damaged.

    vocabulary: as of `measure_part`. index: the path that the index will have. start: the ids before this shard.
    Raises OutputError.
    """
    path = shard_path(Path(index), facts.number)
    beside = path.with_name(path.name + HASH)
    there = _shard_there(path, beside, lead(4 * start))
    if there is not None:
        return there

    def write(parts: Iterator[I32]) -> Shard:
        digest, tokens = hashlib.sha256(bytes(lead(4 * start))), 0
        with replacing(path, 4 * facts.tokens, private=True) as file:
            file.write(bytes(lead(4 * start)))
            for part in parts:
                data = np.ascontiguousarray(part, dtype="<i4").data
                digest.update(data)
                file.write(data)
                tokens += len(part)
        with replacing(beside, private=True, lasting=False) as file:
            file.write(f"{digest.hexdigest()}  {path.name}\n".encode())
        return Shard(tokens, digest.hexdigest())

    return _with_final_ids(work, facts, vocabulary, write)


@_refusing
def check_shard(index: str, sha256: str, number: int) -> str:
    """Return what is wrong with a shard, or "". sha256: of the index. Raises FormatError for a damaged index."""
    try:
        _index(index, sha256).check(number)
    except FormatError as error:
        return error.message
    return ""


def bytes_read(folder: Path, number: int) -> int:
    """Return how many bytes of a part have been read, as far as its process has told."""
    try:
        return int((folder / f"{number}{PROGRESS}").read_text())
    except (OSError, ValueError):
        return 0


def read_counts(folder: Path, facts: PartFacts) -> Words | None:
    """Return the words of a part with their counts; None where their file is gone or damaged."""
    found = _tensors(folder / f"{facts.number}-{facts.digest}{COUNTED}")
    return None if found is None else _words(found)


def _check_source(source: Source) -> None:
    """Raise CorpusError where this process does not find the file that was meant."""
    assert source.path is not None
    try:
        with source.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise CorpusError(
            f"{source.name}: cannot be read: {(error.strerror or str(error)).lower()}",
            hint="all workers must find the files of the corpus under the same paths",
        ) from error
    if size != source.size:
        raise CorpusError(
            f"{source.name}: it has {size:,} bytes here, and {source.size:,} where the run began",
            hint="give all workers the same files, and do not change them meanwhile",
        )


def _count(work: Work, number: int, sources: Sequence[Source]) -> PartFacts:
    config, folder = work.config, Path(work.folder)
    reader = TextReader(
        sources,
        config.reading,
        folding=Segmented(config.folding) if config.tokenizer == "icu" else config.folding,
        block_size=work.block_size,
        cut_at_wide_marks=config.tokenizer != "whitespace",
        on_plain=_refuse_vectors,
    )
    splitter: Tokenizer = "words" if config.tokenizer == "words" else "whitespace"
    numbers = f"{number}-{os.urandom(4).hex()}{NUMBERS}"
    with replacing(folder / numbers, private=True, lasting=False) as file:
        watch = _Watch(reader, folder / numbers, folder / f"{number}{PROGRESS}").block_done
        counted = count(reader, splitter, work.threads, file, watch, keep_tags=config.keep_tags)
        sentences, (size, crc) = counted.sentences(), _checksum(file)
    left_out = counted.left_out
    facts = PartFacts(
        number=number,
        digest=reader.fingerprint,
        bytes=reader.bytes_read,
        text_bytes=reader.text_bytes,
        tokens=counted.tokens,
        sentences=sentences,
        texts=reader.tally.texts,
        without_text=reader.tally.without_text,
        replaced_places=reader.tally.replaced_places,
        replaced_bytes=reader.tally.replaced_bytes,
        kinds=list(reader.tally.kinds),
        left_out=None if left_out is None else asdict(left_out),
        numbers=numbers,
        numbers_size=size,
        crc=crc,
    )
    words = counted.words
    arrays: dict[str, Array | tensors.Stream] = {"counts": words.counts, "word_offsets": words.offsets}
    arrays |= {"words": words.text, **counted.stored()}
    with replacing(folder / f"{number}-{facts.digest}{COUNTED}", private=True, lasting=False) as file:
        tensors.write(file, FORMAT, arrays, {"facts": json.dumps(asdict(facts))})
    return facts


def _refuse_vectors(name: str, head: bytes) -> None:
    if looks_like_vectors(head):
        raise these_are_vectors(name)


class _Watch:
    """Tells how far counting is, and stops it early if the disk cannot hold the result."""

    def __init__(self, reader: TextReader, path: Path, progress: Path) -> None:
        self.reader, self.path, self.size = reader, path, sum(source.size or 0 for source in reader.sources)
        self.progress, self.told, self.next_look = progress, time.monotonic(), 0

    def block_done(self, written: int) -> None:
        done = self.reader.bytes_read
        if time.monotonic() - self.told > EVERY:
            self.told = time.monotonic()
            with suppress(OSError):
                self.progress.write_text(str(done))
        if done >= self.next_look:
            self.next_look = 2 * done
            whole = written * self.size // max(done, 1)
            check_writable(self.path, max(0, whole - written) + whole)  # the numbers, and the shard that is as large


def _whole(folder: Path, path: Path) -> PartFacts | None:
    """Return the facts of a part that was counted before, if all of its files are whole."""
    found = _tensors(path)
    try:
        if found is None:
            return None
        facts = PartFacts(**json.loads(found.metadata["facts"]))
        with open_private(folder / facts.numbers) as file:
            return facts if _checksum(file) == (facts.numbers_size, facts.crc) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _tensors(path: Path) -> tensors.TensorFile | None:
    try:
        with open_private(path) as file:
            return tensors.read(path, FORMAT, None, file, check=True)
    except (OSError, ValueError):
        return None


def _words(found: tensors.TensorFile) -> Words:
    return Words(found.arrays["words"], np.array(found.arrays["word_offsets"]), np.array(found.arrays["counts"]))


def _checksum(file: BinaryIO) -> tuple[int, int]:
    """Return the size of a file, and the CRC-32 of its bytes."""
    offset = crc = 0
    while data := os.pread(file.fileno(), _PIECE, offset):
        offset, crc = offset + len(data), zlib.crc32(data, crc)
    return offset, crc


def _with_final_ids(work: Work, facts: PartFacts, vocabulary: str, use: Callable[[Iterator[I32]], R]) -> R | None:
    """Do something with the ids of a part, as they will stand in its shard."""
    folder = Path(work.folder)
    with _counted(folder, facts) as counted:
        if counted is None:
            return None
        final = _final(facts.numbers, vocabulary, counted.words)
        with closing(counted.final_ids(final, work.threads)) as parts:
            return use(parts)


@contextmanager
def _counted(folder: Path, facts: PartFacts) -> Iterator[Counted | None]:
    """Open what was counted; None where that is not there any more, or does not fit together."""
    found = _tensors(folder / f"{facts.number}-{facts.digest}{COUNTED}")
    try:
        file = None if found is None else open_private(folder / facts.numbers)
    except (OSError, ValueError):
        file = None
    if found is None or file is None:
        yield None
        return
    with file:
        try:
            counted = Counted.reopened(_words(found), found.arrays, file)
        except (ValueError, KeyError):
            counted = None
        yield counted


def _shard_there(path: Path, beside: Path, begin: int) -> Shard | None:
    """Return a shard that an earlier attempt has left, if it is whole. begin: where its ids begin."""
    try:
        known = beside.read_text().split()[0]
        with open_private(path) as file:
            size = os.fstat(file.fileno()).st_size - begin
            if size >= 0 and size % 4 == 0 and sha256_of(file) == known:
                return Shard(size // 4, known)
    except (OSError, ValueError, IndexError):
        pass
    return None


_last_final: dict[tuple[str, str], I32] = {}  # a part is often measured and encoded in the same process


def _final(numbers: str, vocabulary: str, words: Words) -> I32:
    """Return the final ids of the words of a part; −1 for those that are left out."""
    found = _last_final.pop((numbers, vocabulary), None)
    if found is None:
        found = ids_of(words, _table(vocabulary))
        while len(_last_final) >= REMEMBERED:
            del _last_final[next(iter(_last_final))]
        _last_final[numbers, vocabulary] = found
    return found


@lru_cache(maxsize=1)
def _table(vocabulary: str) -> WordTable:
    index = read_index(Path(vocabulary))
    return table_of_packed(Words(index.words.text, index.words.offsets, index.counts))


@lru_cache(maxsize=1)
def _index(path: str, sha256: str) -> Index:
    return read_index(Path(path))
