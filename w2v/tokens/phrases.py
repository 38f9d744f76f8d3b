"""Find phrases in a counted corpus and join their words: new york becomes new_york.

A pass counts all pairs of neighbouring words exactly, before rare words are dropped, scores them, and joins the pairs
whose score is above a threshold, from left to right. The next pass does the same with the joined text, so it also
finds phrases of phrases. Pairs are counted by sorting their keys, in as many parts as memory needs; the result depends
neither on memory nor on the number of threads. The kernels: w2v/kernels/phrases.py.

Scores, with n(ab), n(a), n(b) the counts of a pair and of its words, m = phrase_min_count:
    count   (n(ab) − m) / (n(a) · n(b)) · all words (Mikolov et al. 2013b, equation 6, times all words, as word2phrase)
    gensim  the same, with the number of distinct words, but connectors, and distinct pairs in place of all words
    npmi    ln(p(ab) / (p(a) · p(b))) / −ln p(ab), with p = n / all words (Bouma 2009)
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from w2v.arrays import F64, I32, I64, U8, U64
from w2v.errors import SettingsError
from w2v.files.whole import naming, scratch
from w2v.kernels.phrases import (
    RADIX_BITS,
    RARE,
    Packing,
    PairTable,
    count_runs,
    find_cut,
    join_listed,
    join_pairs,
    list_pairs,
    put_pairs,
    select_words,
    sort_keys,
    spell_words,
)
from w2v.machine import available_memory
from w2v.progress import NullProgress, Progress
from w2v.tokens.counting import Counted, Words, in_order
from w2v.tokens.phrase_lists import DELIMITER, PhraseLists
from w2v.tokens.settings import CorpusConfig

__all__ = ["Joined", "Phrase", "compile_kernels", "joining"]

_CHUNK = 1 << 22  # words that a thread joins at a time
_PIECE = 1 << 20  # bytes of text that are written at a time
_MOST_CONNECTORS = 3  # in a row


@dataclass(frozen=True)
class Phrase:
    """A phrase as a pass found it: how often the pair and its two parts occurred in the text of that pass; its score.

    A pair is counted wherever it stands, so it may occur more often than it is joined: of "new york new york" the pair
    "york new" is counted, too. A phrase of the user's list has the pass 0 and no score, its first and its last word as
    the parts, and the number of places where it was joined as its count.
    """

    phrase: str
    count: int
    first: str
    first_count: int
    second: str
    second_count: int
    score: float | None
    found_in_pass: int


@dataclass(frozen=True)
class Joined:
    """A corpus whose phrases have been joined, with the same face as `counting.Counted`.

    words: the distinct words that are left, and the phrases. tokens: words of the joined text. found: the phrases, in
    the order in which they were found. facts: for the report, plain JSON values.
    """

    words: Words
    tokens: int
    left_out: Any
    found: tuple[Phrase, ...]
    facts: dict[str, Any]
    _counted: Counted
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
        begun = False
        every = np.arange(len(self.words), dtype=np.int32)
        longest = int(np.diff(self.words.offsets).max(initial=0)) + 1
        out = np.empty(max(_PIECE, longest), dtype=np.uint8)
        for ids in self.final_ids(every, 1):
            for piece in _chunks(ids, len(out) // longest):
                size, begun = spell_words(piece, self.words.text, self.words.offsets, begun, out)
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
        self.found: list[Phrase] = []
        self.passes: list[dict[str, Any]] = []
        self.listed: dict[str, Any] | None = None
        self.roles = self._roles()
        self._open: list[_Stream] = []
        self.counts = counted.words.counts
        every = np.arange(len(counted.words), dtype=np.int32)
        progress.phase("looking for phrases", counted.tokens, "words")
        with closing(counted.final_ids(every, threads)) as parts:
            self.stream = self._written(parts)

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
            ends[node] = self._id_of(DELIMITER.join(phrase))
        keys = np.array([node << 32 | word for node, word in nodes], dtype=np.uint64)
        table = self._table(
            keys, np.array(list(nodes.values()), dtype=np.int32), [word for node, word in nodes if not node]
        )
        phrases = np.array(ends, dtype=np.int32)
        before = self.counts

        def join(chunk: I32) -> I32:
            out = np.empty(len(chunk), dtype=np.int32)
            return out[: join_listed(chunk, table, phrases, out)]

        self._replace(in_order(join, _sentences(self.stream.ids), self.threads))
        for phrase in there:
            count = int(self.counts[self.ids[DELIMITER.join(phrase)]])
            first, last = phrase[0], phrase[-1]
            if count:
                counts = int(before[known[first]]), int(before[known[last]])
                self.found.append(Phrase(DELIMITER.join(phrase), count, first, counts[0], last, counts[1], None, 0))
        missing = [" ".join(phrase) for phrase in self.lists.phrases if not self._occurs(phrase)]
        self.listed = {"phrases": len(self.lists.phrases), "missing": len(missing), "examples": sorted(missing)[:3]}

    def _occurs(self, phrase: tuple[str, ...]) -> bool:
        number = self.ids.get(DELIMITER.join(phrase))
        return number is not None and bool(self.counts[number])

    def join_pairs(self, number: int, threshold: float) -> bool:
        """Do one pass; return whether anything was joined."""
        words = len(self.counted.words) + len(self.phrases)
        packing = self._packing(words)
        keys, counts, distinct = self._pairs(packing)
        first, links, second = _unpacked(keys, packing)
        scores = self._scores(counts, self.counts[first], self.counts[second], distinct)
        chosen = np.flatnonzero(scores > threshold)
        spelt = self._spell(first[chosen], links[chosen], second[chosen], packing)
        found = [
            Phrase(
                phrase=DELIMITER.join(parts),
                count=int(counts[at]),
                first=parts[0],
                first_count=int(self.counts[first[at]]),
                second=parts[-1],
                second_count=int(self.counts[second[at]]),
                score=float(scores[at]),
                found_in_pass=number,
            )
            for at, parts in zip(chosen.tolist(), spelt, strict=True)
        ]
        self._take_existing({each.phrase for each in found})
        values = np.array([self._id_of(each.phrase) for each in found], dtype=np.int32)
        table = self._table(keys[chosen], values, first[chosen])
        before = int(self.counts.sum())

        def join(chunk: I32) -> I32:
            out = np.empty(len(chunk), dtype=np.int32)
            return out[: join_pairs(chunk, roles, packing, table, out)]

        roles = self.roles  # of the words of this pass: new phrases are ordinary words
        if found:
            self._replace(in_order(join, self._cut(packing, table), self.threads))
        joined = before - int(self.counts.sum())
        self.found.extend(found)
        self.passes.append({"threshold": threshold, "phrases": len(found), "fewer_tokens": joined})
        return bool(joined)

    def joined(self) -> Joined:
        """Return the result."""
        there = np.flatnonzero(self.counts > 0)
        words = _extended(self.counted.words, self.phrases, self.counts, there)
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
            found=tuple(self.found),
            facts=facts,
            _counted=self.counted,
            _stream=self.stream.ids,
            _ids=ids,
        )

    # Streams

    def _written(self, parts: Iterable[I32]) -> _Stream:
        stream = _Stream(self.folder)
        self._open.append(stream)
        done = 0
        for part in parts:
            stream.append(part)
            done += len(part)
            self.progress.update(done)
        stream.map()
        return stream

    def _replace(self, parts: Generator[I32, None, None]) -> None:
        """Put a new stream in the place of the old one, and count its words."""
        words = len(self.counted.words) + len(self.phrases)
        counts = np.zeros(words, dtype=np.int64)

        def counted() -> Iterator[I32]:
            for part in parts:
                counts[:] += np.bincount(part[part >= 0], minlength=words)
                yield part

        self.progress.phase("joining phrases", len(self.stream.ids), "words")
        with closing(parts):
            new = self._written(counted())
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

    def _pairs(self, packing: Packing) -> tuple[U64, I64, int]:
        """Return the keys of all pairs that are frequent enough, their counts, and how many distinct pairs there are.

        The last is exact only for the score that needs it; for the others, pairs with a rare word are not listed.
        """
        stream = self.stream.ids
        roles = self.roles.copy()
        if self.config.phrase_score != "gensim":
            roles[(roles == 0) & (self.counts < self.config.phrase_min_count)] = RARE
        room = max(1, self.memory // self.threads)
        parts = 1 << max((self.threads - 1).bit_length(), (16 * len(stream) // room).bit_length())
        bits = 2 * packing.word_bits + packing.connector_bits * packing.most_connectors

        def count(part: int) -> tuple[U64, I64, int]:
            # Memory is taken as it is written to, so these take a part of what they could.
            keys, spare = np.empty((2, len(stream) + 1), dtype=np.uint64)
            keys = keys[: list_pairs(stream, roles, packing, part, parts, keys)]
            spare = spare[: len(keys)]
            if sort_keys(keys, spare, np.empty(1 << RADIX_BITS, dtype=np.int64), bits):
                keys = spare
            often = np.empty(len(keys) // self.config.phrase_min_count + 1, dtype=np.int64)
            kept, distinct = count_runs(keys, self.config.phrase_min_count, often)
            return keys[:kept].copy(), often[:kept], distinct

        self.progress.phase("counting pairs", parts, "parts")
        found = []
        with closing(in_order(count, range(parts), self.threads)) as counted:
            for done, one in enumerate(counted, start=1):
                found.append(one)
                self.progress.update(done)
        keys, often = (np.concatenate([one[side] for one in found]) for side in (0, 1))
        order = np.argsort(keys, kind="stable")
        return keys[order], often[order], sum(one[2] for one in found)

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

    def _table(self, keys: U64, values: I32, begins: Iterable[int] | I64) -> PairTable:
        slots = 2 << len(keys).bit_length()
        table = PairTable(
            keys=np.zeros(slots, dtype=np.uint64),
            values=np.full(slots, -1, dtype=np.int32),
            begins=np.zeros(len(self.counts), dtype=np.uint8),
        )
        table.begins[np.asarray(begins, dtype=np.int64)] = 1
        put_pairs(keys, values, table)
        return table

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
        new = phrases - self.ids.keys()
        self.ids.update(self._ids_of(new) if new else {})

    def _id_of(self, phrase: str) -> int:
        number = self.ids.get(phrase)
        if number is None:
            number = self.ids[phrase] = len(self.counted.words) + len(self.phrases)
            self.phrases.append(phrase)
        return number

    def _spell(self, first: I64, links: U64, second: I64, packing: Packing) -> list[list[str]]:
        """Return the words of pairs, with the connectors between them."""
        connectors = {int(self.roles[number]): number for number in np.flatnonzero(self.roles).tolist()}
        used = np.unique(np.concatenate([first, second, np.array(list(connectors.values()), dtype=np.int64)]))
        of_text = used[used < len(self.counted.words)]
        spelt = dict(zip(of_text.tolist(), self.counted.words.spell(of_text), strict=True))
        base = len(self.counted.words)
        spelt |= {number: self.phrases[number - base] for number in used[used >= base].tolist()}
        found = []
        for a, link, b in zip(first.tolist(), links.tolist(), second.tolist(), strict=True):
            between = []
            while link:
                between.append(spelt[connectors[link & ((1 << packing.connector_bits) - 1)]])
                link >>= packing.connector_bits
            found.append([spelt[a], *reversed(between), spelt[b]])
        return found


class _Stream:
    """A stream of ids in a file without a name; `ids` are mapped once it is written."""

    def __init__(self, folder: Path) -> None:
        self._name = Path(folder, "(temporary file)")
        self._context = scratch(folder)
        self._file: BinaryIO = self._context.__enter__()
        self.ids: I32 = np.empty(0, dtype=np.int32)

    def append(self, ids: I32) -> None:
        """Write a part. Raises OutputError where the disk is full or fails."""
        with naming(self._name, 4 * len(ids)):
            self._file.write(np.ascontiguousarray(ids).data)

    def map(self) -> None:
        with naming(self._name):
            self._file.flush()
        if self._file.tell():
            self.ids = np.memmap(self._file, dtype=np.int32, mode="r")

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


def _unpacked(keys: U64, packing: Packing) -> tuple[I64, U64, I64]:
    """Return the first words, the connectors between, and the second words of keys."""
    bits = np.uint64(packing.word_bits)
    word = (np.uint64(1) << bits) - np.uint64(1)
    return ((keys >> bits) & word).astype(np.int64), keys >> bits >> bits, (keys & word).astype(np.int64)


def _extended(words: Words, phrases: list[str], counts: I64, there: I64) -> Words:
    """Return the words and phrases of the ids `there`."""
    encoded = [phrase.encode() for phrase in phrases]
    lengths = np.concatenate([np.diff(words.offsets), np.array([len(each) for each in encoded], dtype=np.int64)])
    text = np.concatenate([words.text[: words.offsets[-1]], np.frombuffer(b"".join(encoded), dtype=np.uint8)])
    ends = np.cumsum(lengths)
    kept = lengths[there]
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(kept)])
    places = np.repeat(ends[there] - kept - offsets[:-1], kept) + np.arange(offsets[-1])
    return Words(text[places], offsets, counts[there])
