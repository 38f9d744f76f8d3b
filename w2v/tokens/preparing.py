"""From a corpus to a token cache, or to the one that an earlier run has left. Not here: counting (counting.py).

A cache is found again by the content of the corpus (SHA-256 of its bytes) and by the settings, never by names or times
of files, and lies in `$XDG_CACHE_HOME/w2v/tokens` unless another folder is named. Standard input, pipes and texts from
Python are read once; their cache lasts until the run ends.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import tempfile
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from w2v.arrays import I32
from w2v.errors import CorpusError, FormatError, OutputError, SettingsError, VocabularyError
from w2v.files.kept import kind_named, mark_used, trim
from w2v.files.locks import remove_stale
from w2v.files.private import belongs_to_another
from w2v.files.whole import check_writable, locked, replacing, scratch
from w2v.machine import available_threads
from w2v.progress import NullProgress, Progress
from w2v.progress.phase import amount
from w2v.text.checking import HEAD
from w2v.text.decoding import BLOCK, TextReader
from w2v.text.kinds import PLAIN
from w2v.text.python_texts import Corpus
from w2v.text.resemblance import resemblance
from w2v.text.segmenting import Segmented, icu_version
from w2v.text.sources import fingerprint
from w2v.text.texts import Texts
from w2v.text.vector_files import looks_like_vectors, these_are_vectors
from w2v.text.word_rules import VERSION
from w2v.tokens import cachefile
from w2v.tokens.announcing import advise, announce
from w2v.tokens.cache import (
    CorpusReport,
    TokenCache,
    key_of,
    metadata_of,
    open_cache,
    open_own_cache,
    open_shards,
    settings_of,
)
from w2v.tokens.corpus_reports import report_of, report_of_parts
from w2v.tokens.folder import CacheChoice, Caching, chosen_folder, temporary_instead, writable_folder
from w2v.tokens.phrase_lists import phrase_lists_of
from w2v.tokens.settings import CorpusConfig, Tokenizer
from w2v.tokens.shards import SUFFIX, index_path, read_index
from w2v.tokens.word_lists import WordLists, lists_of
from w2v.version import __version__

if TYPE_CHECKING:
    from w2v.text.sources import Source
    from w2v.tokens.choice import Choice
    from w2v.tokens.counting import Counted, Words
    from w2v.tokens.phrases import Joined
    from w2v.tokens.sharding import Sharding, Spread

__all__ = ["joined_text", "prepare"]

_LOOKED_AT = 100  # files that are looked at where a cache is there already


def prepare(
    corpus: Corpus,
    config: CorpusConfig | None = None,
    *,
    cache_dir: CacheChoice = None,
    threads: int | None = None,
    progress: Progress | None = None,
    block_size: int = BLOCK,
    lists: WordLists | None = None,
) -> TokenCache:
    """Count the words of a corpus, choose a vocabulary, and write the corpus as ids; or find what was written before.

    corpus: files, folders, patterns, "-", or an iterable of strings or of lists of tokens (see w2v.text.Texts).
    cache_dir: the folder of the cache, by default the user's cache folder, or a temporary one where nothing can be
    written there; or a `Caching`, which also says whether and how long caches are kept. threads: by default one a core.
    The result and the bytes of the file depend on neither threads nor block_size nor names of files. lists: in place of
    those that the settings name.

    Raises SettingsError (it is no corpus), CorpusError (a source cannot be read, is not text, or holds no words),
    VocabularyError (fewer than two words are left), OutputError (the cache cannot be written: no space, no permission).
    """
    started = time.perf_counter()
    caching, usual = Caching.of(cache_dir), chosen_folder(cache_dir)
    folder = usual.path if usual is not None else Path(tempfile.gettempdir())
    run = replace(
        _run_on(corpus, config or CorpusConfig(), folder, threads, progress or NullProgress(), block_size, lists),
        limit=caching.limit_in_force if caching.folder is None else None,
        spread=caching.spread,
    )
    remove_stale(run.folder)
    with _naming_the_option():
        cache = run.find() if caching.is_kept and usual is not None and not usual.why_unsafe() else None
        if cache is None:
            cache = _make(run, caching)
    if caching.folder is None:
        _trim(caching, cache, run.progress)
    cache.report = replace(
        cache.report,
        sources=tuple(source.name for source in run.texts.sources),
        seconds=time.perf_counter() - started,
    )
    return cache


@contextlib.contextmanager
def joined_text(corpus: Corpus, config: CorpusConfig, *, threads: int | None, progress: Progress) -> Iterator[Joined]:
    """Count a corpus and join its phrases for a block, without a cache. The settings must ask for phrases.

    Raises what `prepare` raises.
    """
    run = _run_on(corpus, config, Path(tempfile.gettempdir()), threads, progress, BLOCK)
    with run.joined_text(fingerprinted=False) as (_, _, joined):
        yield cast("Joined", joined)


def _run_on(
    corpus: Corpus,
    config: CorpusConfig,
    folder: Path,
    threads: int | None,
    progress: Progress,
    block_size: int,
    lists: WordLists | None = None,
) -> _Run:
    texts = Texts(corpus, config.reading, tell=progress.message)
    if texts.are_tokens and config.tokenizer != "whitespace":
        raise SettingsError(
            f"the texts are lists of tokens, and tokenizer {config.tokenizer!r} would split these again",
            hint="leave out tokenizer, or give each text as one string",
        )
    return _Run(
        texts=texts,
        config=config,
        lists=lists_of(config) if lists is None else lists,
        folder=folder,
        threads=threads or available_threads(),
        progress=progress,
        block_size=block_size,
    )


def _trim(caching: Caching, cache: TokenCache, progress: Progress) -> None:
    """Remove caches of earlier runs that were not used for long, or that are more than what may be kept."""
    limit, days = caching.limit_in_force, caching.days_in_force
    gone = trim(kind_named("tokens"), limit=limit, days=days, in_use=cache.kept)
    if gone:
        size = amount(sum(entry.bytes for entry in gone), "bytes")
        progress.message(
            f"removed {len(gone)} token cache{'s' * (len(gone) != 1)} ({size}) of earlier runs: "
            f"at most {amount(caching.limit_in_force, 'bytes')} may be kept, for {caching.days_in_force:g} days "
            "without use",
            "detail",
        )


def _make(run: _Run, caching: Caching) -> TokenCache:
    """Make a new cache. Where the disk of the usual folder fills, the folder for temporary files is tried."""
    folder, lasting = writable_folder(caching, run.progress)
    lasting = lasting and caching.is_kept
    if run.spread is not None and not (lasting and run.size is not None):
        raise SettingsError(
            "workers must read the encoded corpus, and this run keeps none",
            hint="give files, leave out --no-cache, or name a folder of your own with --cache-dir",
        )
    try:
        return replace(run, folder=folder, lasting=lasting and run.size is not None).make()
    except OutputError as error:
        only_here = caching.folder is not None or run.spread is not None
        if only_here or run.size is None or not lasting or _is_not_of_the_folder(error):
            raise
        return replace(run, folder=temporary_instead(error, run.progress), lasting=False).make()


@dataclass(frozen=True)
class _Run:
    """One call of `prepare`. lasting: whether the cache that it makes is kept for the next one, if it has no more bytes
    than `limit`. spread: who counts and encodes the sources, where that can be done one by one.
    """

    texts: Texts
    config: CorpusConfig
    lists: WordLists
    folder: Path
    threads: int
    progress: Progress
    block_size: int
    limit: int | None = None
    lasting: bool = True
    spread: Spread | None = None

    @property
    def size(self) -> int | None:
        """Bytes of all sources; None where they can be read only once."""
        return self.texts.size

    @property
    def stem(self) -> str:
        """The part of the cache's name that is known before anything is read: settings and sizes of the sources.

        Classes and lower case of letters come from the Unicode data of this Python, so their version is a setting too;
        so is the version of w2v where it turns other kinds of files into text.
        """
        facts: dict[str, Any] = {
            "format": cachefile.FORMAT,
            "config": settings_of(self.config, self.lists),
            "unicode": unicodedata.unidata_version,
            "sizes": [source.size for source in self.texts.sources],
        }
        if not self.config.reading.is_default:
            facts["w2v"] = __version__
        if self.config.tokenizer == "words":
            facts["rules of words"] = VERSION
        if self.config.tokenizer == "icu":
            facts["icu"] = icu_version()
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]

    def path(self, digest: str) -> Path:
        """The file of the cache of a corpus with this fingerprint."""
        return self.folder / f"{self.stem}-{digest[:32]}.tokens"

    def find(self) -> TokenCache | None:
        """Find the cache of an earlier run. The sources are hashed only if some cache might be theirs."""
        if self.size is None or not self._may_be_there:
            return None
        self.progress.phase("comparing the corpus with its token cache", self.size, "bytes")
        digest = fingerprint(self.texts.sources, self.progress.update)
        cache = self._found(digest) or self._found_in_shards(digest)
        if cache is not None:
            self._warn_again()
            announce(cache, self.config, self.progress)
        return cache

    @property
    def _may_be_there(self) -> bool:
        with contextlib.suppress(OSError):  # an error of the folder is reported when the folder is written to
            return any(self.folder.glob(f"{self.stem}-*.tokens")) or any(self._shards.glob(f"*{SUFFIX}"))
        return False

    def _found(self, digest: str) -> TokenCache | None:
        """Open the cache of a corpus with this fingerprint, if there is one in a file."""
        path = self.path(digest)
        if not path.exists():
            return None
        mark_used(path)
        try:
            return open_own_cache(path, key_of(self.config, digest, self.lists))
        except FormatError as error:
            self.progress.message(f"{error.message}: it is made again", "warning")
            return None

    def _found_in_shards(self, digest: str) -> TokenCache | None:
        """Open the cache of a corpus with this fingerprint, if there is one in shards, all of which are whole."""
        path = index_path(self._shards, digest)
        if not path.exists():
            return None
        mark_used(path)
        try:
            index = read_index(path)
            if self.spread is None:
                for number in range(len(index.shards)):
                    index.check(number)
            elif self._sharding(self.spread).damaged(index):
                return None
            return open_shards(index, key_of(self.config, digest, self.lists), reused=True)
        except FormatError as error:
            self.progress.message(f"{error.message}: it is made again", "warning")
            return None

    def make(self) -> TokenCache:
        """Make a new cache, or wait for the run that is making it."""
        if not self.lasting:
            return self._build()
        waited = False

        def wait(owner: str) -> None:
            nonlocal waited
            waited = True
            self.progress.message(f"another run ({owner}) is preparing such a corpus: waiting for it")
            self.progress.phase("waiting for another run")

        with locked(self.folder / f"{self.stem}.tokens", wait):
            return (self.find() if waited else None) or self._build()

    def _build(self) -> TokenCache:
        """Read the corpus and write its cache."""
        if self.spread is not None and self._can_be_sharded:
            return self._build_shards(self.spread)
        with self.joined_text() as (reader, counted, joined):
            choice, untokenised = self._choose(counted.words, joined.words)
            report = report_of(reader, joined, choice, untokenised)
            cache = self._write(joined, choice, report)
        announce(cache, self.config, self.progress)
        return cache

    def _choose(self, words: Words, joined: Words) -> tuple[Choice, bool]:
        """Choose the vocabulary; return as well whether the text looks untokenised. joined: words and phrases."""
        from w2v.tokens.choice import choose, looks_untokenised

        untokenised = self.config.tokenizer == "whitespace" and looks_untokenised(words)
        try:
            return choose(joined, self.config.min_count, self.config.max_vocab, self.lists), untokenised
        except VocabularyError:
            advise(words, self.config, self.progress, untokenised=untokenised)  # it may well be the cause
            raise

    @property
    def _can_be_sharded(self) -> bool:
        """Whether each source can be counted by itself, and what comes of it is kept."""
        sources = self.texts.sources
        are_files = all(source.path is not None and source.size is not None for source in sources)
        return self.lasting and len(sources) > 1 and are_files and not self.config.joins_phrases

    @property
    def _shards(self) -> Path:
        """The folder of the caches in shards of all texts with such settings and sizes."""
        return self.folder / f"{self.stem}.shards"

    def _sharding(self, spread: Spread) -> Sharding:
        from w2v.tokens.sharding import Sharding

        return Sharding(self.texts.sources, self.config, self._shards, self.block_size, spread, self.progress)

    def _build_shards(self, spread: Spread) -> TokenCache:
        """Let others count and encode the sources; where only some shards are damaged, only these."""
        from w2v.kernels.llvm.compilation import compiling
        from w2v.tokens.sharding import compile_kernels

        with compiling(self.progress):  # now, so that all workers find the code
            compile_kernels("words" if self.config.tokenizer == "words" else "whitespace", self.folder)
        self._warn_again()
        sharding = self._sharding(spread)
        cache = self._repaired(sharding)
        if cache is None:
            counts = sharding.count()
            if not len(counts.words):
                raise _no_words(self.texts.sources, counts.sum_of("text_bytes"))
            choice, untokenised = self._choose(counts.words, counts.words)
            kept = counts.words.counts[choice.ids]
            self._check_limit(4 * int(kept.sum()))
            report = report_of_parts(self.texts, counts, choice, untokenised)
            metadata = metadata_of(self.config, report, self.lists)
            index = read_index(sharding.encode(counts, counts.words.packed(choice.ids), kept, metadata))
            cache = open_shards(index, key_of(self.config, report.fingerprint, self.lists), reused=False)
        announce(cache, self.config, self.progress)
        return cache

    def _repaired(self, sharding: Sharding) -> TokenCache | None:
        """Make damaged shards of a cache again, if some are whole; None where there is no such cache."""
        if not any(self._shards.glob(f"*{SUFFIX}")):
            return None
        digest = fingerprint(self.texts.sources)
        try:
            index = read_index(index_path(self._shards, digest))
            damaged = sharding.damaged(index)
            if len(damaged) == len(index.shards) or not sharding.repair(index, damaged):
                return None
            return open_shards(index, key_of(self.config, digest, self.lists), reused=False)
        except FormatError:
            return None

    def _check_limit(self, size: int) -> None:
        """Raise SettingsError where a cache of this size cannot be kept, although workers must read it."""
        if self.limit is not None and size > self.limit:
            raise SettingsError(
                f"the token cache takes {amount(size, 'bytes')}, and at most {amount(self.limit, 'bytes')} may be kept",
                hint="name a folder with --cache-dir, or raise --cache-limit: workers must read the encoded corpus",
            )

    @contextlib.contextmanager
    def joined_text(self, *, fingerprinted: bool = True) -> Iterator[tuple[TextReader, Counted, Counted | Joined]]:
        """Read and count the corpus: yield what read it, what was counted, and the same with its phrases joined."""
        from w2v.kernels.llvm.compilation import compiling
        from w2v.tokens.counting import compile_kernels, count

        config = self.config
        splitter: Tokenizer = "words" if config.tokenizer == "words" else "whitespace"
        with compiling(self.progress):
            compile_kernels(splitter, self.folder)
            if config.joins_phrases:
                from w2v.tokens import phrases

                phrases.compile_kernels(self.folder)
        reader = self.texts.reader(
            folding=Segmented(config.folding) if config.tokenizer == "icu" else config.folding,
            block_size=self.block_size,
            cut_at_wide_marks=config.tokenizer != "whitespace",
            on_plain=_Warnings(self).look,
            fingerprinted=fingerprinted,
        )
        self.progress.phase("reading the corpus", self.size, "bytes")
        with scratch(self.folder) as file:
            watch = _Watch(self, reader).block_done
            counted = count(reader, splitter, self.threads, file, watch, keep_tags=config.keep_tags)
            if not len(counted.words):
                raise _no_words(reader.sources, reader.text_bytes)
            with self._joined(counted) as joined:
                yield reader, counted, joined

    def _joined(self, counted: Counted) -> AbstractContextManager[Counted | Joined]:
        """The corpus with its phrases joined, or as it is."""
        if not self.config.joins_phrases:
            return contextlib.nullcontext(counted)
        from w2v.tokens.phrases import joining

        lists = phrase_lists_of(self.config)
        return joining(counted, self.config, lists, threads=self.threads, folder=self.folder, progress=self.progress)

    def _write(self, counted: Counted | Joined, choice: Choice, report: CorpusReport) -> TokenCache:
        """Write the cache, under its name or, where it does not last, without one, and map it."""
        words, counts = counted.words.packed(choice.ids), counted.words.counts[choice.ids]
        final = np.full(len(counted.words), -1, dtype=np.int32)
        final[choice.ids] = np.arange(len(choice.ids), dtype=np.int32)
        tokens = int(counts.sum())
        path = self.path(report.fingerprint)
        lasting = self.lasting and not belongs_to_another(path)  # nobody may replace that in a sticky folder
        if lasting and self.limit is not None and 4 * tokens > self.limit:
            lasting = False
            self.progress.message(
                f"the token cache goes when this run ends: it takes {amount(4 * tokens, 'bytes')}, and at most "
                f"{amount(self.limit, 'bytes')} may be kept (--cache-limit)"
            )
        check_writable(path if lasting else self.folder / "tokens", 4 * tokens)
        self.progress.phase("writing the token cache", tokens, "words")
        target = replacing(path, 4 * tokens, private=True) if lasting else scratch(self.folder)
        with target as file, contextlib.closing(counted.final_ids(final, self.threads)) as parts:
            cachefile.write(file, words, counts, self._watched(parts), metadata_of(self.config, report, self.lists))
            file.flush()
            if not lasting:
                return open_cache(path, file)
            written = os.fstat(file.fileno())
        return open_own_cache(path, key_of(self.config, report.fingerprint, self.lists), written)

    def _warn_again(self) -> None:
        """Warn of the first files of a corpus that an earlier run has read, as that run did."""
        warnings = _Warnings(self)
        for source in self.texts.sources[:_LOOKED_AT] if warnings.wanted else ():
            with contextlib.suppress(CorpusError, StopIteration):
                next(iter(TextReader([source], self.texts.reading, block_size=HEAD, on_plain=warnings.look)))

    def _watched(self, parts: Iterable[I32]) -> Iterator[I32]:
        done = 0
        for part in parts:
            yield part
            done += len(part)
            self.progress.update(done)


class _Warnings:
    """Warns of files that are read as plain text and look like something else: of each kind, the first one."""

    def __init__(self, run: _Run) -> None:
        self.progress = run.progress
        self.wanted = run.config.input_format != PLAIN and not any(source.is_text for source in run.texts.sources)
        self.said: set[str] = set()

    def look(self, name: str, head: bytes) -> None:
        if not self.wanted:
            return
        if looks_like_vectors(head):
            raise these_are_vectors(name)
        found = resemblance(head, name)
        if found and (what := found.partition(":")[0]) not in self.said:
            self.said.add(what)
            self.progress.message(f"{name} {found}", "warning")


class _Watch:
    """Reports how far the reading is, and stops it early if the disk cannot hold the result."""

    def __init__(self, run: _Run, reader: TextReader) -> None:
        self.run, self.reader = run, reader
        self.next_look = 0

    def block_done(self, scratch_size: int) -> None:
        self.run.progress.update(self.reader.bytes_read)
        if self.run.size and self.reader.bytes_read >= self.next_look:
            self.next_look = 2 * self.reader.bytes_read
            whole = scratch_size * self.run.size // max(self.reader.bytes_read, 1)
            # The scratch file goes on growing, and the cache, written before it goes, is nearly as large.
            check_writable(self.run.path("0"), max(0, whole - scratch_size) + whole)


def _no_words(sources: Sequence[Source], text_bytes: int) -> CorpusError:
    where = sources[0].name if len(sources) == 1 else f"the corpus ({len(sources):,} files)"
    facts = f"holds no words in {text_bytes:,} bytes of text" if text_bytes else "is empty"
    return CorpusError(f"{where} {facts}", hint="give a text with words in it")


@contextlib.contextmanager
def _naming_the_option() -> Iterator[None]:
    try:
        yield
    except OutputError as error:
        if _is_not_of_the_folder(error):
            raise
        raise OutputError(error.message, hint=f"{error.hint} (--cache-dir names another folder)") from error


def _is_not_of_the_folder(error: OutputError) -> bool:
    """Whether another folder would not help: the process has too many open files."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in (errno.EMFILE, errno.ENFILE)
