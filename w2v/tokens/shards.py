"""The token cache in shards: of each source a file with its ids, and an index that has the vocabulary and their hashes.

Several processes make the shards (sharding.py). They lie in one folder, `STEM.shards`:

    FINGERPRINT-3.ids            a shard: zeros up to where it can be mapped (files/joined.py), then int32 ids
    FINGERPRINT.index            what is read first and written last

One behind the other the shards have the ids of a token cache in one file (cachefile.py), and are mapped as one array.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from w2v.arrays import I32, I64, Array
from w2v.errors import FormatError
from w2v.files import tensors
from w2v.files.joined import Part, joined, lead
from w2v.files.own import OWN_FILES
from w2v.files.private import open_private
from w2v.files.tensors import PackedWords
from w2v.tokens import cachefile
from w2v.tokens.cachefile import REMOVE, check_ids, counts_in, read_numbers

__all__ = [
    "FORMAT",
    "LAYOUT",
    "SUFFIX",
    "Index",
    "Shard",
    "damaged",
    "index_path",
    "numbers_of",
    "read_index",
    "sha256_of",
    "shard_path",
    "write_index",
]

FORMAT = "w2v.shards/1"
SUFFIX = ".index"
LAYOUT = {name: tensor for name, tensor in cachefile.LAYOUT.items() if name != "tokens"}
_STEP = 1 << 20


@dataclass(frozen=True)
class Shard:
    """The ids of a source. tokens: how many they are. sha256: of the whole file, in hex."""

    tokens: int
    sha256: str


@dataclass(frozen=True)
class Index:
    """What an index holds: the words with counts int64 [V], the shards in the order of the sources, and metadata.

    words: as they are packed. metadata: of the caller. bytes: of the index and all shards.
    """

    path: Path
    words: PackedWords
    counts: I64
    shards: tuple[Shard, ...]
    metadata: Mapping[str, str]
    size: int

    @cached_property
    def starts(self) -> I64:
        """How many ids come before each shard, and in the end all of them, int64 [shards + 1]."""
        return np.cumsum([0, *(shard.tokens for shard in self.shards)])

    @property
    def bytes(self) -> int:
        """The size of the index and of all shards."""
        return self.size + sum(self.part(number).offset + self.part(number).size for number in range(len(self.shards)))

    def part(self, number: int) -> Part:
        """Return where the ids of a shard are."""
        path, start = shard_path(self.path, number), 4 * int(self.starts[number])
        return Part(path, lead(start), 4 * self.shards[number].tokens)

    def tokens(self) -> I32:
        """Map all shards as one array, int32 [N]. Raises FormatError where one is missing, cut short or another's."""
        try:
            whole = joined([self.part(number) for number in range(len(self.shards))], open_private)
        except (OSError, ValueError) as error:
            raise damaged(self.path, error) from error
        return whole.view(np.int32)

    def check(self, number: int) -> None:
        """Compare a shard with its hash, and its ids with the words. Raises FormatError."""
        part = self.part(number)
        try:
            with open_private(part.path) as file:
                if sha256_of(file) != self.shards[number].sha256:
                    raise ValueError("its sha256 is another one")
                _check_ids(file, part, len(self.counts))
        except (OSError, ValueError) as error:
            raise tensors.unreadable(part.path, "shard of a token cache", error, REMOVE) from error


def index_path(folder: Path, fingerprint: str) -> Path:
    """Return the file of the index of a corpus with this fingerprint."""
    return folder / f"{fingerprint[:32]}{SUFFIX}"


def shard_path(index: Path, number: int) -> Path:
    """Return the file of a shard."""
    return index.with_name(f"{index.stem}-{number}.ids")


def write_index(
    file: BinaryIO, words: Sequence[str], counts: I64, shards: Sequence[Shard], metadata: Mapping[str, str]
) -> None:
    """Write an index. Its bytes depend on the text, its cut into sources, and the settings alone."""
    arrays: dict[str, Array | tensors.Stream] = {"counts": np.asarray(counts, dtype=np.int64)}
    arrays |= tensors.packed_words(words)
    listed = json.dumps([{"tokens": shard.tokens, "sha256": shard.sha256} for shard in shards])
    tensors.write(file, FORMAT, {name: arrays[name] for name in LAYOUT}, {**metadata, "shards": listed})


def read_index(path: Path) -> Index:
    """Read an index, all of which is compared with its hashes; no shard is opened. Raises FormatError."""
    try:
        with open_private(path) as file:
            found = tensors.read(path, FORMAT, LAYOUT, file, check=True)
        words = PackedWords(found.arrays["words"], np.array(found.arrays["word_offsets"]))
        counts = counts_in(found)
        shards = tuple(map(_shard, json.loads(found.metadata.get("shards", ""))))
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged(path, error) from error
    return Index(path, words, counts, shards, found.metadata, found.size)


def numbers_of(path: Path) -> tuple[I64, I32, Mapping[str, str]]:
    """Map a token cache, in one file or in shards, that another process of this run has checked.

    Return counts [V], tokens [N] and the metadata. No words are made. Raises FormatError.
    """
    if path.suffix != SUFFIX:
        return read_numbers(path)
    index = read_index(path)
    return index.counts, index.tokens(), index.metadata


def sha256_of(file: BinaryIO) -> str:
    """Return the SHA-256 of an open file, in hex."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # it is a BufferedReader


def damaged(path: Path, error: Exception) -> FormatError:
    """Return the error to raise for what is wrong with an index, or with the shards that it names."""
    return tensors.unreadable(path, OWN_FILES["shards"].noun, error, REMOVE)


def _shard(values: Mapping[str, Any]) -> Shard:
    tokens, sha256 = values["tokens"], values["sha256"]
    if type(tokens) is not int or type(sha256) is not str or tokens < 0:
        raise ValueError("it does not say which shards there are")
    return Shard(tokens, sha256)


def _check_ids(file: BinaryIO, part: Part, words: int) -> None:
    """Raise ValueError for ids of no word: kernels do not look again."""
    file.seek(part.offset)
    for piece in _pieces(file, part.size):
        check_ids(piece, words)


def _pieces(file: BinaryIO, size: int) -> Iterator[I32]:
    while size:
        data = file.read(min(size, 4 * _STEP))
        if not data or len(data) % 4:
            raise ValueError("it is cut short")
        size -= len(data)
        yield np.frombuffer(data, dtype="<i4")
