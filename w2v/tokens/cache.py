"""The result of preparing a corpus: vocabulary, ids and report, in memory and as the content of a cache file.

Not here: how they are computed (preparing.py), and the layout of the file (cachefile.py).
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO
from weakref import finalize

import numpy as np

from w2v.arrays import I32
from w2v.errors import FormatError
from w2v.files.guard import Guard
from w2v.files.private import open_private
from w2v.progress import Progress
from w2v.text.kinds import PLAIN
from w2v.text.reading import UTF8
from w2v.tokens import cachefile
from w2v.tokens.phrase_lists import ALL_LISTS, digests_of
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.shards import Index, damaged
from w2v.tokens.word_lists import WordLists
from w2v.vocab import Vocabulary

__all__ = [
    "CorpusReport",
    "TokenCache",
    "key_of",
    "metadata_of",
    "open_cache",
    "open_own_cache",
    "open_shards",
    "settings_of",
]

_OF_THE_RUN = ("sources", "seconds")  # which would make files of the same text differ
_EXTRAS = ("left_out", "word_lists", "phrases")  # written only where there is something to say
_OF_RECORDS = ("kind", "column", "encoding", "texts", "without_text")  # written only where it is not plain UTF-8 text
# Settings that a file holds only where they are not the default.
_LATER = (
    *("input_format", "column", "encoding", "locale", "normalize", "keep_tags", "max_count", *ALL_LISTS),
    *("phrases", "phrase_score", "phrase_threshold", "phrase_min_count"),
)


@dataclass(frozen=True)
class CorpusReport:
    """What was read, and how much of it was kept.

    fingerprint: SHA-256 of all bytes of the sources, in hex. sources: their names. bytes: their size on the disk;
    text_bytes: the size of the text, decompressed. tokens, types, sentences: of the whole text; a sentence is counted
    if it has words. types_… and tokens_…: what min_count dropped, and then max_vocab. replaced_places, replaced_bytes:
    how often invalid bytes were replaced by U+FFFD, and how many they were. untokenised: whether many words have
    punctuation attached, or are whole phrases. seconds: the time that this run took.

    kind: the kinds of the sources (w2v/text/kinds.py). column, encoding: as they were asked for. texts, without_text:
    records with a text, and those without one; 0 for plain text, which has no records. left_out: what the tokenizer
    "words" leaves out or takes apart (w2v/tokens/left_out.py). word_lists: what the user's lists of words did.
    phrases: how phrases were found, and what was joined; tokens and types are then those of the joined text.
    """

    fingerprint: str
    sources: tuple[str, ...]
    bytes: int
    text_bytes: int
    tokens: int
    types: int
    sentences: int
    types_below_min_count: int
    tokens_below_min_count: int
    types_over_max_vocab: int
    tokens_over_max_vocab: int
    replaced_places: int
    replaced_bytes: int
    untokenised: bool
    seconds: float
    kind: str = PLAIN
    column: str | None = None
    encoding: str = UTF8
    texts: int = 0
    without_text: int = 0
    left_out: dict[str, Any] | None = None
    word_lists: dict[str, Any] | None = None
    phrases: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        values = asdict(self) | {"sources": list(self.sources)}
        return {name: value for name, value in values.items() if name not in _EXTRAS or value is not None}


class TokenCache:
    """A corpus ready for training.

    vocabulary: the words that were kept. tokens: int32 [N], mapped: ids of the vocabulary in the order of the corpus,
    -1 after each sentence; other words and empty sentences are left out. report: what was read. path: the file, or the
    index of shards; where it does not last, the name that it would have in its folder. size: its bytes. reused: whether
    it was there already. guard: keeps other programs from changing the mapped file. kept: the file or the folder that
    lasts; None where nothing does.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        tokens: I32,
        report: CorpusReport,
        path: Path,
        size: int,
        *,
        reused: bool,
        guard: Guard | None = None,
        kept: Path | None = None,
    ) -> None:
        self.vocabulary = vocabulary
        self.tokens = tokens
        self.report = report
        self.path = path
        self.size = size
        self.reused = reused
        self.guard = guard
        self.kept = kept if guard is None else path
        self._told = False
        if guard is not None:
            self._let_go = finalize(self, guard.close)

    def __enter__(self) -> TokenCache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; `tokens` is empty afterwards."""
        self.tokens = np.empty(0, dtype=np.int32)
        if self.guard is not None:
            self._let_go()

    def check(self, progress: Progress) -> None:
        """Raise OutputError if another program changes the file and w2v cannot go on with a copy; tell of a copy.

        To be called now and then while `tokens` is in use.
        """
        guard = self.guard
        if guard is not None and guard.failure is not None:
            raise guard.failure
        if guard is not None and guard.copied and not self._told:
            self._told = True
            progress.message(f"another program changes {self.path}: this run goes on with a copy of its own", "warning")


def open_cache(path: Path, new: BinaryIO | None = None) -> TokenCache:
    """Map a cache: the `new` one of this process, which is open, or any other, which is checked. Raises FormatError."""
    return _cache(path, cachefile.read(path, new), reused=new is None)


def open_own_cache(path: Path, key: Mapping[str, str], written: os.stat_result | None = None) -> TokenCache:
    """Map a cache that this user has kept, and guard it. Raises FormatError for one that must not be used.

    key: of the corpus and its settings (`key_of`); a cache of another text under this name is refused. written: the
    file, where this process has just written it: then its hashes are not compared.
    """
    guard = None
    try:
        with open_private(path) as file:
            guard = Guard(path, file)
            is_new = written is not None and os.path.samestat(written, os.fstat(file.fileno()))
            content = cachefile.read(path, file, check=not is_new)
        if any(content.metadata.get(name) != value for name, value in key.items()):
            raise ValueError("it is that of another text")
        cache = _cache(path, content, reused=written is None, guard=guard)
    except BaseException as error:
        if guard is not None:
            guard.close()
        cause = error.__cause__ if isinstance(error, FormatError) else error
        if isinstance(cause, OSError) and cause.errno in (errno.EMFILE, errno.ENFILE):
            raise cause from None  # the file is not to blame
        if isinstance(error, (OSError, ValueError)):
            raise cachefile.damaged(path, str(error) if isinstance(error, ValueError) else _reason(error)) from error
        raise
    guard.watch(content.map)
    return cache


def open_shards(index: Index, key: Mapping[str, str], *, reused: bool) -> TokenCache:
    """Map a cache in shards, none of which is compared with its hash. Raises FormatError for one of another text."""
    if any(index.metadata.get(name) != value for name, value in key.items()):
        raise damaged(index.path, ValueError("it is that of another text"))
    report, vocabulary = _report_of(index.path, index.metadata), Vocabulary(list(index.words), index.counts)
    folder = index.path.parent
    return TokenCache(vocabulary, index.tokens(), report, index.path, index.bytes, reused=reused, kept=folder)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _cache(path: Path, file: cachefile.CacheFile, *, reused: bool, guard: Guard | None = None) -> TokenCache:
    """Return the cache in a file. Raises FormatError where the file does not say what was read."""
    report = _report_of(path, file.metadata)
    vocabulary = Vocabulary(file.words, file.counts)
    return TokenCache(vocabulary, file.tokens, report, path, file.size, reused=reused, guard=guard)


def _report_of(path: Path, metadata: Mapping[str, str]) -> CorpusReport:
    """Return what a file says was read. Raises FormatError where it does not say that."""
    try:
        values = json.loads(metadata.get("report", ""))
        _check(values, {field.name for field in fields(CorpusReport)} - {*_OF_THE_RUN, *_OF_RECORDS, *_EXTRAS})
        records = json.loads(metadata.get("texts", "null"))
        if records is not None:
            _check(records, set(_OF_RECORDS))
        extras = {name: json.loads(metadata.get(name, "null")) for name in _EXTRAS}
        if not all(extra is None or isinstance(extra, dict) for extra in extras.values()):
            raise ValueError
        return CorpusReport(**values, **(records or {}), **extras, sources=(), seconds=0.0)
    except (ValueError, AttributeError, RecursionError) as error:
        raise cachefile.damaged(path, "it does not say what was read") from error


def _check(values: dict[str, Any], names: set[str]) -> None:
    """Raise ValueError where a value of a report is missing, or is of another type than it was written with."""
    types = {field.name: str(field.type).split(" | ") for field in fields(CorpusReport) if field.name in names}
    kinds = {name: type(value).__name__.removesuffix("Type") for name, value in values.items()}
    if kinds.keys() != types.keys() or any(kind not in types[name] for name, kind in kinds.items()):
        raise ValueError


def settings_of(config: CorpusConfig, lists: WordLists | None = None) -> dict[str, Any]:
    """Return the settings as a cache keeps them, and is found by: those for other kinds than plain text only if set.

    Of lists of words, the SHA-256 stands for the name.
    """
    values = {
        name: value
        for name, value in asdict(config).items()
        if name not in _LATER or value != getattr(CorpusConfig, name)
    }
    return values | digests_of(config, lists)


def key_of(config: CorpusConfig, fingerprint: str, lists: WordLists | None = None) -> dict[str, str]:
    """Return what a cache must say of itself to be that of a corpus and its settings."""
    return {"fingerprint": fingerprint, "settings": json.dumps(settings_of(config, lists), sort_keys=True)}


def metadata_of(config: CorpusConfig, report: CorpusReport, lists: WordLists | None = None) -> dict[str, str]:
    """Return what depends on the text and the settings alone, so that equal texts give equal files."""
    values = report.to_dict()
    lasting = {name: value for name, value in values.items() if name not in (*_OF_THE_RUN, *_OF_RECORDS, *_EXTRAS)}
    metadata = {
        **key_of(config, report.fingerprint, lists),
        "report": json.dumps(lasting, sort_keys=True),
    }
    if not config.reading.is_default:
        metadata["texts"] = json.dumps({name: values[name] for name in _OF_RECORDS}, sort_keys=True)
    return metadata | {name: json.dumps(values[name]) for name in _EXTRAS if name in values}
