"""`TextEncoder`: texts become vectors, by one kind of pooling over the rows of one set of word vectors.

    encoder = vectors.encoder("sif")
    encoder.encode(["a cat sat there", "another text"]).vectors

The memory that is needed does not depend on the number of texts where they are taken block by block (`parts`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from w2v.arrays import F32, F64, I32
from w2v.errors import SettingsError
from w2v.files.rows import FileRows
from w2v.machine import available_threads
from w2v.pooling.folding import COLUMNS, Common, FoldedRows
from w2v.pooling.kind import Pooling
from w2v.pooling.rules import TextRules
from w2v.pooling.source import WordRows
from w2v.pooling.words import JOINED, Block, BlockReader, WordsOfTexts, words_of_texts
from w2v.progress import NullProgress, Progress

if TYPE_CHECKING:
    from w2v.tokens.fixed import FixedEncoder

__all__ = ["Encoded", "TextEncoder"]

Result = TypeVar("Result")

BLOCK_CHARACTERS = 1 << 19  # of a block of texts, at least: its words then fit into the arrays of an encoder
BLOCK_TEXTS = 1 << 14  # in a block, at most
FEW_CHARACTERS = 100_000  # of a few texts, for which compiled kernels are not worth their start
VERY_FEW_CHARACTERS = 2_000  # the same, where they have been started already
EXAMPLES = 5  # unknown words that are named


@dataclass(frozen=True, eq=False)
class Encoded:
    """Some texts as vectors.

    vectors: float32 [texts, D]; zeros for a text without any word that has a vector. words, unknown: int32 [texts], the
    words of each text that have a vector, and those that have none and were left out. examples: some of the latter.
    composed: how many of the words got their vector from their parts; parts_of: some of these words.
    """

    vectors: F32
    words: I32
    unknown: I32
    examples: tuple[str, ...] = ()
    composed: int = 0
    parts_of: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass
class Tally:
    """How many texts and words were met so far."""

    texts: int = 0
    words: int = 0
    unknown: int = 0
    without_words: int = 0
    composed: int = 0
    examples: tuple[str, ...] = ()
    parts_of: tuple[str, ...] = ()

    def add(self, part: Encoded) -> None:
        """Count the texts of a part."""
        self.texts += len(part)
        self.words += int(part.words.sum())
        self.unknown += int(part.unknown.sum())
        self.without_words += int((part.words == 0).sum())
        self.composed += part.composed
        if len(self.examples) < EXAMPLES:
            self.examples = tuple(dict.fromkeys((*self.examples, *part.examples)))[:EXAMPLES]
        if len(self.parts_of) < EXAMPLES:
            self.parts_of = tuple(dict.fromkeys((*self.parts_of, *part.parts_of)))[:EXAMPLES]

    def describe(self, name: str) -> str:
        """Return what was composed and left out, in one line; "" if nothing was. name: what has the vocabulary."""
        clauses = []
        total = self.words + self.unknown
        if self.composed:
            named = ", ".join(map(repr, self.parts_of))
            share = 100 * self.composed / total
            clauses.append(
                f"{self.composed:,} of {total:,} words ({share:.1f} %) are not in {name} and were composed of their "
                f"n-grams, such as {named}"
            )
        if self.unknown:
            share = 100 * self.unknown / total
            named = ", ".join(map(repr, self.examples))
            clauses.append(
                f"{self.unknown:,} of {total:,} words ({share:.1f} %) are not in {name} and were left out, "
                f"such as {named}"
            )
        if self.without_words:
            some = "1 text has" if self.without_words == 1 else f"{self.without_words:,} texts have"
            clauses.append(
                f"{some} no word in it: {'its vector is' if self.without_words == 1 else 'their vectors are'} zeros"
            )
        return "; ".join(clauses)


class TextEncoder:
    """Makes vectors of texts. All its parts are made once; several threads may use it.

    pooling: the kind. rules: how texts become words. dim: the length of the vectors. normalize: whether they are
    brought to length 1. notes: what a user should know of these, as (level, sentence). tally: of the texts that
    `encode` and `parts` were given last.
    """

    def __init__(
        self,
        vectors: WordRows,
        pooling: Pooling,
        rules: TextRules,
        rows: FoldedRows,
        *,
        dim: int,
        normalize: bool,
        unseen_weight: float,
        notes: Sequence[tuple[Any, str]] = (),
    ) -> None:
        self.vectors, self.pooling, self.rules = vectors, pooling, rules
        self.dim, self.normalize = dim, normalize
        self.notes = tuple(notes)
        self.tally = Tally()
        self._rows = rows
        self._unseen_weight = unseen_weight
        self._size = len(vectors.stored)
        self._reader: BlockReader | None = None
        self._lock = Lock()

    @property
    def common(self) -> Common:
        """What is removed from all texts."""
        return self._rows.common

    def words_of(self, text: str) -> tuple[list[str], F32]:
        """Return the words of a text that have a vector, in order, and the folded row of each, float32 [words, D].

        Phrases of the vocabulary are one word. The sum of the rows, at length 1, is the vector of the text.
        """
        found = self._few_words([text])
        more, _, _ = self._composed(found)
        known = found.ids[(found.ids >= 0) & (found.ids < self._size + len(more))]
        inside = known < self._size
        rows = np.empty((len(known), self.dim), dtype=np.float32)
        rows[inside] = self._rows.with_rows(known[inside])[known[inside], : self.dim]
        rows[~inside] = more[known[~inside] - self._size, : self.dim]
        words = self.vectors.lookup.words
        composed = self._composable(found.others)
        return [words[at] if at < self._size else composed[at - self._size] for at in known.tolist()], rows

    def rows(self) -> F32:
        """Return the folded rows of all words, [V, D]: the mean of those of a text, at length 1, is its vector."""
        return self._rows.every_row().whole()

    def rows_to_write(self) -> FileRows:
        """Return the same rows, each made when it is read: of many words there is never a second matrix in memory."""
        return self._rows.every_row()

    def encode(self, texts: Iterable[str], *, threads: int | None = None, progress: Progress | None = None) -> Encoded:
        """Return the vectors of texts, and how many words were left out.

        texts: strings, of any number. threads: by default one a core. Raise `SettingsError` for what are no texts.
        """
        if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
            raise SettingsError(
                f"texts are a list of strings, and not {type(texts).__name__}", hint="for example ['a text', 'another']"
            )
        total = len(texts) if isinstance(texts, Sized) else None
        into = None if total is None else np.empty((total, self.dim), dtype=np.float32)  # parts are not copied then
        parts = list(self.parts(texts, threads=threads, progress=progress, total=total, into=into))
        if len(parts) == 1:
            return parts[0]
        if into is None or len(into) != self.tally.texts:
            into = _together([part.vectors for part in parts], (0, self.dim), np.float32)
        return Encoded(
            into,
            _together([part.words for part in parts], (0,), np.int32),
            _together([part.unknown for part in parts], (0,), np.int32),
            self.tally.examples,
            self.tally.composed,
            self.tally.parts_of,
        )

    def parts(
        self,
        texts: Iterable[str],
        *,
        threads: int | None = None,
        progress: Progress | None = None,
        total: int | None = None,
        into: F32 | None = None,
    ) -> Iterator[Encoded]:
        """Yield the vectors of texts block by block, in order; a few blocks are read ahead. Arguments: as in `encode`.

        total: the number of texts, where it is known. into: float32 [total, D], where the vectors are written to.
        """
        listener = progress or NullProgress()
        self.tally = tally = Tally()

        def many(block: Block, reader: BlockReader, worker: _Worker) -> Encoded:
            return self._many(block, reader, worker, into)

        with closing(self._of_blocks(texts, self._few, many, threads, listener, total)) as encoded:
            for part in encoded:
                tally.add(part)
                yield part
                listener.update(tally.texts)

    def words(self, texts: Iterable[str], progress: Progress | None = None) -> Iterator[WordsOfTexts]:
        """Yield the words of texts as ids, block by block."""
        return self._of_blocks(
            texts,
            self._few_words,
            lambda block, reader, worker: reader.read(block, worker.encoder),
            None,
            progress or NullProgress(),
            None,
        )

    def _of_blocks(
        self,
        texts: Iterable[str],
        of_few: Callable[[list[str]], Result],
        of_many: Callable[[Block, BlockReader, _Worker], Result],
        threads: int | None,
        progress: Progress,
        total: int | None,
    ) -> Generator[Result, None, None]:
        """Yield what becomes of each block of texts, in order: of few texts without kernels, of many on all threads."""
        blocks = _blocks(texts)
        some = list(islice(blocks, 2))
        if not some:
            return
        few = FEW_CHARACTERS if self._reader is None else VERY_FEW_CHARACTERS
        if len(some) == 1 and sum(map(len, some[0].texts)) <= few:
            yield of_few(some[0].texts)
            return
        reader = self._compiled(progress)
        progress.phase("encoding texts", total, "texts")
        from w2v.tokens.counting import in_order

        count = 1 if len(some) == 1 else threads or available_threads()
        workers: SimpleQueue[_Worker] = SimpleQueue()
        for _ in range(count):
            workers.put(_Worker(reader.encoder(), self.dim))

        def work(block: Block) -> Result:
            worker = workers.get()
            try:
                return of_many(block, reader, worker)
            finally:
                workers.put(worker)

        with closing(in_order(work, chain(some, blocks), count)) as done:
            yield from done

    def _few_words(self, texts: Sequence[str]) -> WordsOfTexts:
        composes = self.vectors.compose is not None
        return words_of_texts(texts, self.rules, self.vectors.lookup.index, size=self._size, composes=composes)

    def _few(self, texts: Sequence[str]) -> Encoded:
        """A few texts, without kernels."""
        found = self._few_words(texts)
        more, names, parts_of = self._composed(found)
        ids = found.ids
        ids[ids >= self._size + len(more)] = -1
        rows = self._rows.with_rows(ids[(ids >= 0) & (ids < self._size)])[:, : self.dim]
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        words, unknown = np.zeros((2, len(texts)), dtype=np.int32)
        for number in range(len(texts)):
            of_text = ids[found.bounds[number] : found.bounds[number + 1]]
            known = of_text[of_text >= 0]
            words[number], unknown[number] = len(known), len(of_text) - len(known)
            if len(known):
                total: F64 = rows[known[known < self._size]].sum(axis=0, dtype=np.float64)
                total += more[known[known >= self._size] - self._size].sum(axis=0, dtype=np.float64)
                length = float(np.linalg.norm(total)) if self.normalize else float(len(known))
                vectors[number] = total / (length or 1.0)
        composed = int(np.count_nonzero(ids >= self._size))
        return Encoded(vectors, words, unknown, names, composed, parts_of)

    def _many(self, block: Block, reader: BlockReader, worker: _Worker, into: F32 | None = None) -> Encoded:
        """A block of texts, by kernels."""
        from w2v.kernels.pooling import pool

        found = reader.read(block, worker.encoder)
        more, names, parts_of = self._composed(found)
        composed = int(np.count_nonzero(found.ids >= self._size)) if len(more) else 0
        rows = self._rows.with_rows_of(found.ids)
        end = block.first + len(block.texts)
        if into is not None and end <= len(into):
            vectors = into[block.first : end]
        else:
            vectors = np.empty((len(block.texts), self.dim), dtype=np.float32)
        words = np.empty(len(block.texts), dtype=np.int32)
        pool(found.ids, found.bounds, rows, more, self.normalize, worker.total, worker.mean, vectors, words)
        unknown = np.diff(found.bounds).astype(np.int32) - words
        return Encoded(vectors, words, unknown, names, composed, parts_of)

    def _composed(self, found: WordsOfTexts) -> tuple[F32, tuple[str, ...], tuple[str, ...]]:
        """The folded rows of words that are composed of their parts, [M, D]; words that cannot be; words that are.

        The ids of words are changed: those that cannot be composed become −1.
        """
        none = np.empty((0, self.dim), dtype=np.float32)
        compose = self.vectors.compose
        if compose is None or not found.others:
            return none, found.examples, ()
        made = [compose(word) for word in found.others]
        there = [place for place, row in enumerate(made) if row is not None]
        number = np.full(len(made), -1, dtype=np.int32)
        number[there] = self._size + np.arange(len(there), dtype=np.int32)
        others = found.ids >= self._size
        found.ids[others] = number[found.ids[others] - self._size]
        names = tuple(word for word, row in zip(found.others, made, strict=True) if row is None)[:EXAMPLES]
        if not there:
            return none, names, ()
        rows = np.stack([np.asarray(row, dtype=np.float32)[: self.dim] for row in made if row is not None])
        parts_of = tuple(found.others[place] for place in there[:EXAMPLES])
        return self._rows.of_others(rows, np.full(len(rows), self._unseen_weight)), names, parts_of

    def _composable(self, words: Sequence[str]) -> list[str]:
        """Those of some words whose vectors can be composed of their parts."""
        compose = self.vectors.compose
        return [] if compose is None else [word for word in words if compose(word) is not None]

    def _compiled(self, progress: Progress) -> BlockReader:
        """Return what reads blocks of texts; when it is first asked for, compile the kernels."""
        with self._lock:
            if self._reader is None:
                from w2v.kernels.llvm.compilation import compiling

                with compiling(progress):
                    words = self.vectors.lookup.words
                    reader = BlockReader(self.rules, words, composes=self.vectors.compose is not None)
                    self._many(Block.of(["a"]), reader, _Worker(reader.encoder(), self.dim))
                self._reader = reader
            return self._reader


class _Worker:
    """What one thread needs. total: float64 [D], mean: float32 [P], for the kernel."""

    def __init__(self, encoder: FixedEncoder, dim: int) -> None:
        self.encoder = encoder
        self.total = np.zeros(dim)
        self.mean = np.zeros(-(-dim // COLUMNS) * COLUMNS, dtype=np.float32)


def _blocks(texts: Iterable[str]) -> Iterator[Block]:
    """Cut texts into blocks. Raise `SettingsError` for an item that is no string."""
    rest = iter(texts)
    block = Block(0, [], [])
    size = 0
    while some := list(islice(rest, JOINED)):
        try:
            piece = "\n".join(some)
        except TypeError:
            place, item = next((place, item) for place, item in enumerate(some) if not isinstance(item, str))
            raise _no_text(item, block.first + len(block.texts) + place) from None
        block.texts.extend(some)
        block.pieces.append(piece)
        size += len(piece)
        if size >= BLOCK_CHARACTERS or len(block.texts) >= BLOCK_TEXTS:
            yield block
            block, size = Block(block.first + len(block.texts), [], []), 0
    if block.texts:
        yield block


def _no_text(item: object, number: int) -> SettingsError:
    cure = "give strings: list(map(str, texts))"
    if isinstance(item, (list, tuple)):
        cure = "join the words of each text: [' '.join(words) for words in texts]"
    elif isinstance(item, bytes):
        cure = "decode it: text.decode()"
    elif item is None or item != item:  # NaN stands for what is missing in a table
        cure = "put an empty text in its place: column.fillna('')"
    return SettingsError(f"text {number:,} is {item!r:.40}, of the type {type(item).__name__}", hint=cure)


def _together(parts: list[Any], empty: tuple[int, ...], kind: type[np.float32] | type[np.int32]) -> Any:
    return np.concatenate(parts) if parts else np.empty(empty, dtype=kind)
