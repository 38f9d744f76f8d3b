"""Find phrases in a counted corpus and join their words: new york becomes new_york.

A pass counts all pairs of neighbouring words exactly, before rare words are dropped, scores them, and joins the pairs
whose score is above a threshold, from left to right. The next pass does the same with the joined text, so it also
finds phrases of phrases. Words that are too frequent, or too rare, to be in any pair above the threshold are left out
beforehand. The keys of all other pairs are written to many small parts, in as many rounds as memory needs, and counted
part by part; the result depends neither on memory nor on the number of threads. The kernels: w2v/kernels/phrases.py.

Scores, with n(ab), n(a), n(b) the counts of a pair and of its words, m = phrase_min_count:
    count   (n(ab) − m) / (n(a) · n(b)) · all words (Mikolov et al. 2013b, equation 6, times all words, as word2phrase)
    gensim  the same, with the number of distinct words, but connectors, and distinct pairs in place of all words
    npmi    ln(p(ab) / (p(a) · p(b))) / −ln p(ab), with p = n / all words (Bouma 2009)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, Protocol, cast

import numpy as np

from w2v.arrays import F64, I32, I64, U8, U32, U64
from w2v.errors import SettingsError
from w2v.files.whole import naming, scratch
from w2v.kernels.phrases import (
    RARE,
    RECORD,
    Packing,
    PairTable,
    Parting,
    count_keys,
    count_parts,
    find_cut,
    join_listed,
    join_pairs,
    keys_of,
    make_records,
    put_pairs,
    select_words,
    spell_words,
    write_keys,
)
from w2v.machine import available_memory
from w2v.progress import NullProgress, Progress
from w2v.tokens.counting import Counted, Words, in_order
from w2v.tokens.phrase_lists import DELIMITER, PhraseLists
from w2v.tokens.phrases_found import FoundPhrases
from w2v.tokens.settings import CorpusConfig

__all__ = ["Joined", "compile_kernels", "joining"]

_CHUNK = 1 << 22  # words that a thread joins at a time
_PIECE = 1 << 20  # bytes of text that are written at a time
_PART = 1 << 15  # pairs of a part, on average, so that the table in which they are counted fits into a core's cache
_PARTS = 1 << 12  # at most, in a round
_MOST_CONNECTORS = 3  # in a row


@dataclass(frozen=True)
class Joined:
    """A corpus whose phrases have been joined, with the same face as `counting.Counted`.

    words: the distinct words that are left, and the phrases. tokens: words of the joined text. found: the phrases, in
    the order in which they were found. facts: for the report, plain JSON values.
    """

    words: Words
    tokens: int
    left_out: Any
    found: FoundPhrases
    facts: dict[str, Any]
    _counted: Counted
    _every: Words  # by the ids of the stream
    _stream: I32
    _ids: I32

    @property
    def tokens_before(self) -> int:
        """Words of the text before anything was joined."""
        return self._counted.tokens

    def sentences(self) -> int:
        """Return the number of sentences that have words."""
        return self._counted.sentences()

    def final_ids(self, final: I32, threads: int) -> Generator[I32, None, None]:
        """Yield the corpus in order, as `Counted.final_ids` does."""
        ids = np.where(self._ids >= 0, final[self._ids], np.int32(-1)).astype(np.int32)
        begun = False
        for chunk in _chunks(self._stream):
            out = np.empty(len(chunk), dtype=np.int32)
            end, begun = select_words(chunk, ids, begun, out)
            yield out[:end]

    def text(self) -> Iterator[memoryview | bytes]:
        """Yield the joined text in UTF-8: a blank between two words, a line for each sentence.

        The bytes of a part are overwritten when the next part is asked for.
        """
        yield from _spelt(self._every, _chunks(self._stream))


def _spelt(words: Words, parts: Iterable[I32]) -> Iterator[memoryview | bytes]:
    """Yield text in UTF-8: a blank between two words, and a line break for each −1. words: by the ids of the parts.

    The last line gets its break if it has none. The bytes are overwritten when the next ones are asked for.
    """
    records = np.empty((len(words), RECORD), dtype=np.uint8)
    make_records(words.text, words.offsets, records)
    longest = int(np.diff(words.offsets).max(initial=0))
    out = np.empty(max(_PIECE, longest + 4 * RECORD), dtype=np.uint8)
    begun = False
    for ids in parts:
        at = 0
        while at < len(ids):
            done, size, begun = spell_words(ids[at:], records, words.text, words.offsets, begun, out)
            at += done
            yield out[:size].data
    if begun:
        yield b"\n"


@contextmanager
def joining(
    counted: Counted,
    config: CorpusConfig,
    lists: PhraseLists,
    *,
    threads: int,
    folder: Path,
    progress: Progress,
    memory: int | None = None,
) -> Iterator[Joined]:
    """Join the phrases of a counted corpus, as the settings say, which must ask for some.

    folder: for files without a name, of 8 bytes a word, which are gone when the block ends. memory: the bytes that keys
    of pairs may take; by default half of what is free. Raises OutputError for a full disk, SettingsError for too many
    connectors.
    """
    with closing(_Work(counted, config, lists, threads, folder, progress, memory or available_memory() // 2)) as work:
        work.join_listed()
        for number, threshold in enumerate(config.phrase_thresholds, start=1):
            if not work.join_pairs(number, threshold):
                break
        yield work.joined()


def compile_kernels(folder: Path) -> None:
    """Compile all kernels, or load those compiled before, by sending a few words through all of them."""
    words = Words(
        np.frombuffer(b"abc", dtype=np.uint8), np.arange(4, dtype=np.int64), np.array([2, 2, 2], dtype=np.int64)
    )
    stream = np.array([0, 1, 2, -1, 0, 1, 2, -1], dtype=np.int32)
    config = CorpusConfig(phrases=1, phrase_threshold="0", phrase_min_count=1)
    lists = PhraseLists(phrases=(("a", "b"),), connectors=("b",))
    few = cast(Counted, _Few(words, stream))
    with joining(few, config, lists, threads=1, folder=folder, progress=NullProgress(), memory=1 << 20) as found:
        list(found.text())


@dataclass(frozen=True)
class _Few:
    """A few words in the place of a counted corpus."""

    words: Words
    stream: I32
    left_out: None = None
    tokens: int = 6

    def sentences(self) -> int:
        return 2

    def final_ids(self, final: I32, threads: int) -> Generator[I32, None, None]:
        yield self.stream


class _Work:
    """The state between two passes: the stream, in a file, and what each id of it means."""

    def __init__(
        self,
        counted: Counted,
        config: CorpusConfig,
        lists: PhraseLists,
        threads: int,
        folder: Path,
        progress: Progress,
        memory: int,
    ) -> None:
        self.counted, self.config, self.lists = counted, config, lists
        self.threads, self.folder, self.progress, self.memory = threads, folder, progress, memory
        self.phrases: list[str] = []  # the word of id len(counted.words) + i
        self.ids: dict[str, int] = {}  # of phrases, and of words of the text that are spelt like phrases
        self.found: list[FoundPhrases] = []
        self.passes: list[dict[str, Any]] = []
        self.listed: dict[str, Any] | None = None
        self.roles = self._roles()
        self._open: list[_Stream] = []
        self.counts = counted.words.counts
        every = np.arange(len(counted.words), dtype=np.int32)
        progress.phase("looking for phrases", counted.tokens, "words")
        with closing(counted.final_ids(every, threads)) as parts:
            self.stream = self._write(self._first_stream(), parts)

    def close(self) -> None:
        for stream in self._open:
            stream.close()

    def join_listed(self) -> None:
        """Join the phrases of the user's list."""
        if not self.lists.phrases:
            return
        spelt = {word for phrase in self.lists.phrases for word in phrase}
        known = self._ids_of(spelt)
        nodes: dict[tuple[int, int], int] = {}
        ends = [-1]
        there = [phrase for phrase in self.lists.phrases if all(word in known for word in phrase)]
        self._take_existing({DELIMITER.join(phrase) for phrase in there})
        for phrase in there:
            node = 0
            for word in phrase:
                node = nodes.setdefault((node, known[word]), len(ends))
                if node == len(ends):
                    ends.append(-1)
            ends[node] = int(self._numbers_of([DELIMITER.join(phrase)])[0])
        keys = np.array([node << 32 | word for node, word in nodes], dtype=np.uint64)
        table = _table_of(keys, np.array(list(nodes.values()), dtype=np.int32))
        begins = np.zeros(len(self.counts), dtype=np.uint8)
        begins[[word for node, word in nodes if not node]] = 1
        phrases = np.array(ends, dtype=np.int32)
        before = self.counts
        size = len(self.counted.words) + len(self.phrases)

        def join(chunk: I32) -> tuple[I32, I64]:
            out = np.empty(len(chunk), dtype=np.int32)
            out = out[: join_listed(chunk, table, begins, phrases, out)]
            return out, np.bincount(out[out >= 0], minlength=size) - np.bincount(chunk[chunk >= 0], minlength=size)

        self._replace(in_order(join, _sentences(self.stream.ids), self.threads))
        joined = [phrase for phrase in there if self._occurs(phrase)]
        names = [DELIMITER.join(phrase) for phrase in joined]
        counts = self.counts[[self.ids[name] for name in names]]
        first, second = (np.array([known[phrase[side]] for phrase in joined], dtype=np.int64) for side in (0, -1))
        self._found(0, names, counts, first, second, np.full(len(names), np.nan), before)
        missing = [" ".join(phrase) for phrase in self.lists.phrases if not self._occurs(phrase)]
        self.listed = {"phrases": len(self.lists.phrases), "missing": len(missing), "examples": sorted(missing)[:3]}

    def _occurs(self, phrase: tuple[str, ...]) -> bool:
        number = self.ids.get(DELIMITER.join(phrase))
        return number is not None and bool(self.counts[number])

    def join_pairs(self, number: int, threshold: float) -> bool:
        """Do one pass; return whether anything was joined."""
        words = len(self.counted.words) + len(self.phrases)
        packing = self._packing(words)
        keys, counts, scores = self._best(packing, threshold)
        first, links, second = _unpacked(keys, packing)
        names = self._names_of(first, links, second, packing)
        self._found(number, names, counts, first, second, scores, self.counts)
        self._take_existing(set(names))
        table = _table_of(keys, self._numbers_of(names))
        before = int(self.counts.sum())
        size = len(self.counted.words) + len(self.phrases)

        def join(chunk: I32) -> tuple[I32, I64]:
            out = chunk if chunk.flags.writeable else np.empty(len(chunk), dtype=np.int32)
            changes = np.zeros(size, dtype=np.int64)
            return out[: join_pairs(chunk, roles, packing, table, out, changes)], changes

        roles = self.roles  # of the words of this pass: new phrases are ordinary words
        if names:
            self._replace(in_order(join, self._cut(packing, table), self.threads))
        joined = before - int(self.counts.sum())
        self.passes.append({"threshold": threshold, "phrases": len(names), "fewer_tokens": joined})
        return bool(joined)

    def joined(self) -> Joined:
        """Return the result."""
        there = np.flatnonzero(self.counts > 0)
        every = self._every_word()
        kept = every.packed(there)
        words = Words(kept.text, kept.offsets, self.counts[there])
        ids = np.full(len(self.counts), -1, dtype=np.int32)
        ids[there] = np.arange(len(there), dtype=np.int32)
        facts: dict[str, Any] = {"passes": self.passes}
        if self.passes:
            facts |= {"score": self.config.phrase_score, "min_count": self.config.phrase_min_count}
        if self.listed is not None:
            facts["listed"] = self.listed
        return Joined(
            words=words,
            tokens=int(words.counts.sum()),
            left_out=self.counted.left_out,
            found=FoundPhrases.together(self.found, _speller(every)),
            facts=facts,
            _counted=self.counted,
            _every=every,
            _stream=self.stream.ids,
            _ids=ids,
        )

    # Streams

    def _first_stream(self) -> _Stream:
        """Return a stream with room for the corpus: in memory, if that takes little of it."""
        most = self.counted.tokens + self.counted.sentences()
        return _InMemory(np.empty(most, dtype=np.int32)) if 32 * most <= self.memory else _InFile(self.folder)

    def _write(self, stream: _Stream, parts: Iterable[I32]) -> _Stream:
        """Write these parts to a stream, and return it."""
        self._open.append(stream)
        done = 0
        for part in parts:
            stream.append(part)
            done += len(part)
            self.progress.update(done)
        stream.finish()
        return stream

    def _replace(self, parts: Generator[tuple[I32, I64], None, None]) -> None:
        """Put a new stream in the place of the old one.

        parts: each with by how much more often each word and phrase occurs in it than in that part of the old stream.
        """
        words = len(self.counted.words) + len(self.phrases)
        counts = np.zeros(words, dtype=np.int64)
        counts[: len(self.counts)] = self.counts

        def counted() -> Iterator[I32]:
            for part, changes in parts:
                counts[:] += changes
                yield part

        self.progress.phase("joining phrases", len(self.stream.ids), "words")
        with closing(parts):
            new = self._write(self.stream.shortened(), counted())
        self._open.remove(self.stream)
        self.stream.close()
        self.stream, self.counts = new, counts
        self.roles = np.concatenate([self.roles, np.zeros(words - len(self.roles), dtype=np.uint8)])

    def _cut(self, packing: Packing, table: PairTable) -> Iterator[I32]:
        """Yield the stream in parts over whose borders no pair of the table reaches."""
        ids = self.stream.ids
        begin = 0
        while begin < len(ids):
            end = find_cut(ids, begin + _CHUNK, self.roles, packing, table) if begin + _CHUNK < len(ids) else len(ids)
            yield ids[begin:end]
            begin = end

    # Pairs

    def _packing(self, words: int) -> Packing:
        word_bits = max(1, int(words).bit_length())
        bits = int(self.roles.max(initial=0)).bit_length()
        most = min(_MOST_CONNECTORS, (64 - 2 * word_bits) // bits) if bits else 0
        if bits and not most:
            raise SettingsError(
                f"{len(self.lists.connectors):,} connectors are too many for {words:,} words",
                hint="give fewer connectors: they are short function words, such as those of --connectors en",
            )
        return Packing(word_bits, bits, most)

    def _best(self, packing: Packing, threshold: float) -> tuple[U64, I64, F64]:
        """Return the keys, counts and scores of the pairs whose score is above a threshold, in the order of the keys.

        For the score that needs it, all distinct pairs are counted; for the others only those that could be above.
        """
        keys, counts, distinct = self._pairs(packing, self._roles_of_pairs(threshold))
        first, _, second = _unpacked(keys, packing)
        scores = self._scores(counts, self.counts[first], self.counts[second], distinct)
        chosen = np.flatnonzero(scores > threshold)
        chosen = chosen[np.argsort(keys[chosen], kind="stable")]
        return keys[chosen], counts[chosen], scores[chosen]

    def _roles_of_pairs(self, threshold: float) -> U8:
        """Return the roles of words for counting pairs: RARE for words that are in no pair above the threshold."""
        roles = self.roles.copy()
        if self.config.phrase_score == "gensim":
            return roles
        least = self.config.phrase_min_count
        hopeless = self.counts < least
        if self.config.phrase_score == "count":
            # n(ab) is at most the smaller of n(a) and n(b), so no score of a is above that of a pair of a with a word
            # that occurs as often and never without a. The last factor leaves room for rounding.
            most = self._scores(self.counts, np.maximum(self.counts, 1), np.maximum(self.counts, 1), 0)
            hopeless |= most * (1 + 1e-9) <= threshold
        roles[(roles == 0) & hopeless] = RARE
        return roles

    def _pairs(self, packing: Packing, roles: U8) -> tuple[U64, I64, int]:
        """Return the keys of all pairs that are frequent enough, in any order, their counts, and how many distinct
        pairs there are. roles: of words, as in w2v/kernels/phrases.py.
        """
        stream = self.stream.ids
        chunks = [(begin, min(begin + _CHUNK, len(stream))) for begin in range(0, len(stream), _CHUNK)]
        bits = 2 * packing.word_bits + packing.connector_bits * packing.most_connectors
        parting = Parting(bits, max(0, bits - (max(2, len(stream) // _PART) - 1).bit_length()))
        parts = 1 << bits - parting.rest_bits

        def sizes_of(chunk: tuple[int, int]) -> I64:
            sizes = np.zeros(parts + 1, dtype=np.int64)
            count_parts(stream, *chunk, roles, packing, parting, sizes)
            return sizes[:-1]

        with closing(in_order(sizes_of, chunks, self.threads)) as counted:
            sizes = np.array(list(counted)).reshape(len(chunks), parts)
        rounds = _rounds(sizes.sum(axis=0), max(1, self.memory // 8))
        self.progress.phase("counting pairs", len(rounds), "rounds")
        found = [(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64), 0)]
        for done, (first, last) in enumerate(rounds, start=1):
            found += self._round(roles, packing, parting, first, chunks, sizes[:, first:last])
            self.progress.update(done)
        keys, often = (np.concatenate([one[side] for one in found]) for side in (0, 1))
        return keys, often, sum(one[2] for one in found)

    def _round(
        self, roles: U8, packing: Packing, parting: Parting, first: int, chunks: list[tuple[int, int]], sizes: I64
    ) -> list[tuple[U64, I64, int]]:
        """Return keys, counts and the number of distinct pairs of some parts. sizes: [chunks, parts], pairs of each."""
        stream, least = self.stream.ids, self.config.phrase_min_count
        narrow = parting.rest_bits <= 32 and len(stream) < 1 << 32
        kind: Any = np.uint32 if narrow else np.uint64
        # Part follows part, and within a part chunk follows chunk; at the end each chunk has a place for what is none.
        places = (np.cumsum(sizes.T).reshape(sizes.T.shape) - sizes.T).T
        rests: U32 | U64 = np.empty(int(sizes.sum()) + len(chunks), dtype=kind)

        def write(number: int) -> None:
            to = np.append(places[number], len(rests) - 1 - number)
            write_keys(stream, *chunks[number], roles, packing, parting, first, to, rests)

        with closing(in_order(write, range(len(chunks)), self.threads)) as written:
            for _ in written:
                pass
        ends = np.cumsum(sizes.sum(axis=0))
        begins = ends - sizes.sum(axis=0)
        spare: SimpleQueue[U32 | U64] = SimpleQueue()
        for _ in range(self.threads):
            spare.put(np.zeros((1 << 8, 2), dtype=kind))

        def count(parts: range) -> list[tuple[U64, I64, int]]:
            table = spare.get()
            found = []
            for part in parts:
                some = rests[begins[part] : ends[part]]
                counts = np.empty(len(some) // least + 1, dtype=np.int64)
                while (result := count_keys(some, least, table, counts))[1] < 0:
                    table = np.zeros((2 * len(table), 2), dtype=kind)
                kept, distinct = result
                found.append((keys_of(first + part, some[:kept], parting), counts[:kept].copy(), distinct))
            spare.put(table)
            return found

        step = max(1, sizes.shape[1] // (4 * self.threads))
        of_parts = [range(part, min(part + step, sizes.shape[1])) for part in range(0, sizes.shape[1], step)]
        with closing(in_order(count, of_parts, self.threads)) as counted:
            return [one for some in counted for one in some]

    def _scores(self, pairs: I64, first: I64, second: I64, distinct: int) -> F64:
        least, total = self.config.phrase_min_count, float(self.counts.sum())
        if self.config.phrase_score == "npmi":
            surprise = np.log(pairs / total) - np.log(first / total) - np.log(second / total)
            with np.errstate(divide="ignore", invalid="ignore"):
                scores: F64 = surprise / -np.log(pairs / total)
            return scores
        size = (
            total
            if self.config.phrase_score == "count"
            else float(((self.counts > 0) & (self.roles == 0)).sum() + distinct)
        )
        above: F64 = (pairs - least) / first / second * size
        return above

    # Words

    def _roles(self) -> U8:
        roles = np.zeros(len(self.counted.words), dtype=np.uint8)
        known = self._ids_of(set(self.lists.connectors)) if self.config.phrases else {}
        if len(known) >= RARE:
            raise SettingsError(
                f"{len(known):,} connectors are too many", hint="give at most 254; --connectors en is a list of few"
            )
        for number, word in enumerate(sorted(known), start=1):
            roles[known[word]] = number
        return roles

    def _ids_of(self, spelt: set[str]) -> dict[str, int]:
        """Return the ids of these words, of those that the text has."""
        words = self.counted.words
        lengths = np.unique([len(word.encode()) for word in spelt])
        candidates = np.flatnonzero(np.isin(np.diff(words.offsets), lengths))
        found = zip(words.spell(candidates), candidates.tolist(), strict=True)
        return {word: number for word, number in found if word in spelt}

    def _take_existing(self, phrases: set[str]) -> None:
        """Note the ids of words of the text that are spelt like these phrases: new_york may stand there already."""
        words = self.counted.words
        with_delimiter = np.flatnonzero(words.text[: words.offsets[-1]] == ord(DELIMITER))
        candidates = np.unique(np.searchsorted(words.offsets, with_delimiter, side="right") - 1)
        spelt = zip(words.spell(candidates), candidates.tolist(), strict=True)
        self.ids.update((word, number) for word, number in spelt if word in phrases)

    def _numbers_of(self, phrases: list[str]) -> I32:
        """Return the ids of phrases [n]; those that have none get new ones."""
        base = len(self.counted.words)
        for phrase in phrases:
            if phrase not in self.ids:
                self.ids[phrase] = base + len(self.phrases)
                self.phrases.append(phrase)
        return np.fromiter(map(self.ids.__getitem__, phrases), dtype=np.int32, count=len(phrases))

    def _names_of(self, first: I64, links: U64, second: I64, packing: Packing) -> list[str]:
        """Return pairs [n] as phrases, with the connectors between the words."""
        if not len(first):
            return []
        none = -2
        numbers = np.full(RARE, none, dtype=np.int64)  # the ids of connectors
        connectors = np.flatnonzero(self.roles)
        numbers[self.roles[connectors]] = connectors
        columns = [first]
        for place in range(packing.most_connectors - 1, -1, -1):
            roles = (links >> np.uint64(place * packing.connector_bits)) & np.uint64((1 << packing.connector_bits) - 1)
            columns.append(numbers[roles.astype(np.int64)])
        stream = np.stack([*columns, second, np.full(len(first), -1, dtype=np.int64)], axis=1).ravel()
        text = b"".join(map(bytes, _spelt(self._every_word(), [stream[stream != none].astype(np.int32)])))
        return text.decode().replace(" ", DELIMITER).split("\n")[:-1]

    def _every_word(self) -> Words:
        """Return the words of all ids."""
        words = self.counted.words
        encoded = [phrase.encode() for phrase in self.phrases]
        text = np.concatenate([words.text[: words.offsets[-1]], np.frombuffer(b"".join(encoded), dtype=np.uint8)])
        ends = words.offsets[-1] + np.cumsum([len(each) for each in encoded], dtype=np.int64)
        return Words(text, np.concatenate([words.offsets, ends]), self.counts)

    def _found(
        self, number: int, names: list[str], counts: I64, first: I64, second: I64, scores: F64, of_words: I64
    ) -> None:
        """Note the phrases of a pass. of_words: how often each word occurred in the text of that pass."""
        passes = np.full(len(names), number, dtype=np.int32)
        columns = names, counts, first, of_words[first], second, of_words[second], scores, passes
        self.found.append(FoundPhrases(*columns, spell=str))


class _Stream(Protocol):
    """A stream of ids, int32 [words + sentences], which is written part by part and then read."""

    ids: I32

    def append(self, ids: I32) -> None:
        """Write a part."""

    def finish(self) -> None:
        """All parts have been written."""

    def shortened(self) -> _Stream:
        """Return an empty stream, to which parts of this one may be written when they have been joined, in order."""

    def close(self) -> None:
        """The stream is not needed any more."""


class _InMemory:
    """A short stream. ids: int32, with room for all of it; it may hold the stream that this one is made of."""

    def __init__(self, ids: I32) -> None:
        self.ids = ids
        self._end = 0

    def append(self, ids: I32) -> None:
        to = self.ids[self._end : self._end + len(ids)]
        to.data[:] = ids.data  # which may overlap
        self._end += len(ids)

    def finish(self) -> None:
        self.ids = self.ids[: self._end]

    def shortened(self) -> _InMemory:
        return _InMemory(self.ids)

    def close(self) -> None:
        self.ids = np.empty(0, dtype=np.int32)


class _InFile:
    """A long stream, in a file without a name; `ids` are mapped once it is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = Path(folder, "(temporary file)")
        self._context = scratch(folder)
        self._file: BinaryIO = self._context.__enter__()
        self.ids: I32 = np.empty(0, dtype=np.int32)

    def append(self, ids: I32) -> None:
        """Write a part. Raises OutputError where the disk is full or fails."""
        with naming(self._name, 4 * len(ids)):
            self._file.write(np.ascontiguousarray(ids).data)

    def finish(self) -> None:
        with naming(self._name):
            self._file.flush()
        if self._file.tell():
            self.ids = np.memmap(self._file, dtype=np.int32, mode="r")

    def shortened(self) -> _InFile:
        return _InFile(self._folder)

    def close(self) -> None:
        self.ids = np.empty(0, dtype=np.int32)
        self._context.__exit__(None, None, None)


def _chunks(ids: I32, size: int = _CHUNK) -> Iterator[I32]:
    for begin in range(0, len(ids), size):
        yield ids[begin : begin + size]


def _sentences(ids: I32) -> Iterator[I32]:
    """Yield a stream in parts that end with sentences."""
    begin = 0
    while begin < len(ids):
        end = begin + _CHUNK
        while end < len(ids) and ids[end - 1] != -1:
            ends = np.flatnonzero(ids[end : end + _CHUNK] == -1)
            end = end + int(ends[0]) + 1 if len(ends) else min(len(ids), end + _CHUNK)
        yield ids[begin:end]
        begin = end


def _rounds(sizes: I64, most: int) -> list[tuple[int, int]]:
    """Cut parts of these sizes into runs of at most `most` pairs and _PARTS parts, or of a single part."""
    rounds: list[tuple[int, int]] = []
    begin = size = 0
    for part, pairs in enumerate(sizes.tolist()):
        if part > begin and (size + pairs > most or part - begin == _PARTS):
            rounds.append((begin, part))
            begin, size = part, 0
        size += pairs
    return [*rounds, (begin, len(sizes))]


def _table_of(keys: U64, values: I32) -> PairTable:
    slots = 2 << len(keys).bit_length()
    table = PairTable(
        keys=np.zeros(slots, dtype=np.uint64),
        values=np.full(slots, -1, dtype=np.int32),
        filter=np.zeros(max(1, slots // 4), dtype=np.uint64),  # 32 to 64 bits a key
    )
    put_pairs(keys, values, table)
    return table


def _unpacked(keys: U64, packing: Packing) -> tuple[I64, U64, I64]:
    """Return the first words, the connectors between, and the second words of keys."""
    bits = np.uint64(packing.word_bits)
    word = (np.uint64(1) << bits) - np.uint64(1)
    return ((keys >> bits) & word).astype(np.int64), keys >> bits >> bits, (keys & word).astype(np.int64)


def _speller(words: Words) -> Callable[[int], str]:
    """Return a function that spells the word of an id."""

    def spell(number: int) -> str:
        return words.text[words.offsets[number] : words.offsets[number + 1]].tobytes().decode()

    return spell
