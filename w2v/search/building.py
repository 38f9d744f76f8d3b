"""Make an index: texts are read once, cut into passages, and become vectors and terms, block by block.

What is large goes to temporary files beside the index, so the memory that is needed depends neither on the number of
the documents nor on their length. The index is written anew each time: to encode a text again takes less time than to
find out whether it has changed.
"""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I8, Array
from w2v.errors import CorpusError
from w2v.files.rows import read_at
from w2v.files.tensors import Stream, packed_words, write
from w2v.files.whole import replacing, scratch
from w2v.machine import available_threads, one_blas_thread
from w2v.pooling.encoder import Encoded, TextEncoder
from w2v.pooling.folding import NOTHING_COMMON, Common, common_of_moments
from w2v.pooling.making import make_encoder
from w2v.pooling.rules import OF_WORDS
from w2v.pooling.source import WordRows
from w2v.progress import NullProgress, Progress, Renaming
from w2v.search.fingerprint import fingerprint_of
from w2v.search.index_file import FORMAT, LAYOUT, Made
from w2v.search.passages import PASSAGE_WORDS, passages_of
from w2v.search.postings import PostingsWriter
from w2v.search.terms import Terms, rules_of_terms
from w2v.text.kind import Text

__all__ = ["FITTED_FROM", "Built", "Settings", "write_index"]

FITTED_FROM = 1_000
"""Passages from which on what all texts have in common is theirs; that of fewer would be their subject."""
BLOCK = 1 << 13  # rows at a time
PIECE = 1 << 22  # bytes that are copied at once
LEVELS = 127  # of a coded number, on each side of 0
READ_AHEAD = 2  # blocks of texts whose terms have not been counted yet


class Settings(NamedTuple):
    """How an index is made; the names are those of `Made`."""

    pooling: str = "sif"
    passage_words: int = PASSAGE_WORDS
    k1: float = 1.2
    b: float = 0.75


@dataclass(frozen=True)
class Built:
    """What has been written: the number of documents and passages, and what was left out, in a sentence, or ""."""

    documents: int
    passages: int
    left_out: str
    fitted: bool


def write_index(
    path: Path | BinaryIO,
    texts: Iterable[Text],
    vectors: WordRows,
    settings: Settings,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    rules: dict[str, Any] | None = None,
) -> Built:
    """Write an index of texts: whole or not at all, readable by this user alone.

    path: the file, or a file without a name that is open for reading and writing. rules: how texts are cut into words,
    where that is not to follow from the vectors.

    Raises CorpusError for texts that cannot be read, or where there are none; OutputError; SettingsError.
    """
    heard = progress or NullProgress()
    folder = path.parent if isinstance(path, Path) else tempfile.gettempdir()
    with ExitStack() as stack:
        files = [stack.enter_context(scratch(folder)) for _ in range(4)]
        building = _Building(vectors, settings, rules or {}, files, heard)
        building.read(texts, threads)
        building.finish_rows(threads)
        arrays, made = building.arrays(), building.made().to_json()
        heard.phase("writing the index", None, "")
        out = stack.enter_context(replacing(path, building.size, private=True)) if isinstance(path, Path) else path
        write(out, FORMAT, {name: arrays[name] for name in LAYOUT}, {"made": made})
        out.flush()
    return building.built()


class _Building:
    """All parts of an index while it is made. common: what all texts have in common."""

    def __init__(
        self,
        vectors: WordRows,
        settings: Settings,
        rules: dict[str, Any],
        files: list[BinaryIO],
        progress: Progress,
    ) -> None:
        self.vectors, self.settings, self.progress = vectors, settings, progress
        self.rows_file, self.coded_file, self.texts_file, postings_file = files
        dim = vectors.stored.shape[1]
        self.usual = make_encoder(vectors, settings.pooling, progress=progress, **rules)
        for level, sentence in self.usual.notes:
            progress.message(sentence, level)
        self.encoder: TextEncoder = make_encoder(
            vectors, settings.pooling, normalize=False, common=NOTHING_COMMON(dim), progress=progress, **rules
        )
        self.terms = Terms(rules_of_terms(self.encoder.rules.config))
        self.postings = PostingsWriter(postings_file)
        self.ids, self.id_offsets = bytearray(), array("q", [0])
        self.text_offsets = array("q", [0])
        self.first_passages = array("q", [0])
        self.hashes = bytearray()
        self.moments: F64 = np.zeros((dim, dim))
        self.common = self.usual.common
        self.fitted = False
        self.mean: F64 = np.zeros(dim)
        self.scales: list[F32] = []
        self.slack: list[F32] = []
        self._waiting: deque[str] = deque()

    @property
    def passages(self) -> int:
        return len(self.text_offsets) - 1

    def read(self, texts: Iterable[Text], threads: int | None) -> None:
        """Encode all texts, and count their terms. Raises CorpusError where there are none."""
        counting: deque[Future[None]] = deque()
        heard = Renaming(self.progress, "encoding", "indexing texts")
        encoded = self.encoder.parts(self._passages(texts), threads=threads, progress=heard)
        with ThreadPoolExecutor(1) as beside, one_blas_thread(), closing(encoded):  # type: ignore[type-var]
            for part in encoded:
                block = [self._waiting.popleft() for _ in range(len(part))]
                counting.append(beside.submit(self._take_texts, block))
                self._take_rows(part)
                while len(counting) > READ_AHEAD:
                    counting.popleft().result()
            while counting:
                counting.popleft().result()
        if not self.passages:
            raise CorpusError(
                "there are no texts to index", hint="name files that hold text, or a folder with such files"
            )

    def _passages(self, texts: Iterable[Text]) -> Iterator[str]:
        """The passages of all texts, one after the other; what is known of the texts is noted."""
        most = self.settings.passage_words
        passages = 0
        for text in texts:
            found = passages_of(text.text, most)
            passages += len(found)
            self.ids += text.id.encode()
            self.id_offsets.append(len(self.ids))
            self.first_passages.append(passages)
            self.hashes += hashlib.sha256(text.text.encode()).digest()
            self._waiting.extend(found)
            yield from found

    def _take_texts(self, block: list[str]) -> None:
        """Note the texts of the next passages, and count their terms."""
        self.postings.add(*self.terms.of(block))
        end = self.text_offsets[-1]
        whole = "".join(block)
        data = whole.encode()
        self.texts_file.write(data)
        if len(data) == len(whole):
            lengths = np.fromiter(map(len, block), dtype=np.int64, count=len(block))
        else:
            lengths = np.fromiter((len(text.encode()) for text in block), dtype=np.int64, count=len(block))
        self.text_offsets.frombytes((end + np.cumsum(lengths)).tobytes())

    def _take_rows(self, part: Encoded) -> None:
        self.rows_file.write(part.vectors.data)
        self.moments += (part.vectors.T @ part.vectors).astype(np.float64)

    def finish_rows(self, threads: int | None) -> None:
        """Take off what all texts have in common, bring the rows to length 1, and code them in bytes."""
        tally = self.encoder.tally
        with_words = tally.texts - tally.without_words
        self.fitted = self.encoder.pooling.components > 0 and with_words >= FITTED_FROM
        if self.fitted:
            self.common = common_of_moments(self.moments / with_words, self.encoder.pooling)
        dim = len(self.mean)
        self.rows_file.flush()
        self.progress.phase("finishing vectors", self.passages, "texts")
        moments = np.zeros((dim, dim))
        done = 0
        begins = range(0, self.passages, BLOCK)
        with one_blas_thread(), ExitStack() as stack:
            finished: Iterator[_Finished] = map(self._finished, begins)
            if len(begins) > 1:
                from w2v.tokens.counting import in_order  # here, because it imports Numba, and few texts need no thread

                working = in_order(self._finished, begins, threads or available_threads())
                finished = stack.enter_context(closing(working))
            for begin, block in zip(begins, finished, strict=True):
                self.rows_file.seek(4 * dim * begin)
                self.rows_file.write(block.rows.data)
                self.coded_file.write(block.coded.data)
                self.scales.append(block.scales)
                self.slack.append(block.slack)
                self.mean += block.total
                moments += block.moments
                done += len(block.rows)
                self.progress.update(done)
        self.mean /= self.passages
        self.moments = moments / self.passages

    def _finished(self, begin: int) -> _Finished:
        dim = len(self.mean)
        count = min(BLOCK, self.passages - begin)
        data = bytearray(4 * dim * count)
        read_at(self.rows_file.fileno(), memoryview(data), 4 * dim * begin)
        raw = np.frombuffer(data, dtype="<f4").reshape(count, dim)
        return _finished(raw, self.common)

    def arrays(self) -> dict[str, Array | Stream]:
        """Return all tensors of the file; the large ones as streams."""
        terms = packed_words(self.terms.words())
        count = len(terms["word_offsets"]) - 1  # type: ignore[arg-type]
        entries = self.postings.entries
        passages, dim = self.passages, len(self.mean)
        return {
            "document_passages": np.array(self.first_passages, dtype=np.int64),
            "id_offsets": np.array(self.id_offsets, dtype=np.int64),
            "text_offsets": np.array(self.text_offsets, dtype=np.int64),
            "term_offsets": terms["word_offsets"],
            "posting_offsets": self.postings.offsets(count),
            "directions": self.common.directions,
            "shares": self.common.shares,
            "mean": self.mean,
            "moments": self.moments,
            "rows": Stream("F32", _parts(self.rows_file, "<f4"), (passages, dim)),
            "scales": np.concatenate(self.scales),
            "slack": np.concatenate(self.slack),
            "lengths": self.postings.lengths(),
            "posting_passages": Stream("I32", self.postings.documents(count), (entries,)),
            "posting_counts": Stream("U16", self.postings.counts(count), (entries,)),
            "coded": Stream("I8", _parts(self.coded_file, "|i1"), (passages, dim)),
            "hashes": np.frombuffer(bytes(self.hashes), dtype=np.uint8).reshape(-1, 32),
            "ids": np.frombuffer(bytes(self.ids), dtype=np.uint8),
            "texts": Stream("U8", _parts(self.texts_file, "|u1"), (self.text_offsets[-1],)),
            "terms": terms["words"],
        }

    def made(self) -> Made:
        """Return how the index was made."""
        rules = self.encoder.rules
        of_words = {name: getattr(rules.config, name) for name in OF_WORDS}
        of_terms = {name: getattr(self.terms.rules.config, name) for name in OF_WORDS}
        return Made(
            vectors=self.vectors.name,
            fingerprint=fingerprint_of(self.vectors),
            words=len(self.vectors.lookup.words),
            pooling=self.settings.pooling,
            rules=of_words,
            joins_phrases=rules.joins_phrases,
            terms=of_terms,
            k1=float(self.settings.k1),
            b=float(self.settings.b),
            passage_words=self.settings.passage_words,
            fitted=self.fitted,
            left_out=self.encoder.tally.unknown,
        )

    @property
    def size(self) -> int:
        """The bytes of the file, about."""
        passages, dim = self.passages, len(self.mean)
        return passages * (5 * dim + 20) + self.text_offsets[-1] + 6 * self.postings.entries + len(self.ids)

    def built(self) -> Built:
        """Return what was done."""
        left_out = self.encoder.tally.describe(self.vectors.name)
        return Built(len(self.id_offsets) - 1, self.passages, left_out, self.fitted)


class _Finished(NamedTuple):
    """A block of finished rows, float32 [n, D], with what `LAYOUT` says of it; and its sums, [D] and [D, D]."""

    rows: F32
    coded: I8
    scales: F32
    slack: F32
    total: F64
    moments: F64


def _finished(raw: F32, common: Common) -> _Finished:
    """Finish a block of means of words' rows, float32 [n, D]."""
    wide = raw.astype(np.float64)
    if len(common.shares):
        wide -= ((wide @ common.directions.T) * common.shares) @ common.directions
    lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    wide *= np.divide(1.0, lengths, out=np.zeros(len(wide)), where=lengths > 0)[:, None]
    rows = wide.astype(np.float32)
    wide = rows.astype(np.float64)
    largest = np.abs(rows).max(axis=1, initial=0.0)
    scales = (largest / np.float32(LEVELS)).astype(np.float32)
    inverse = np.divide(1.0, scales, out=np.zeros(len(rows)), where=scales > 0)
    coded = np.clip(np.rint(wide * inverse[:, None]), -LEVELS, LEVELS).astype(np.int8)
    rest = wide - coded * scales[:, None].astype(np.float64)
    slack = np.sqrt(np.einsum("ij,ij->i", rest, rest)).astype(np.float32) * np.float32(1.000001)
    return _Finished(rows, coded, scales, slack, wide.sum(axis=0), wide.T @ wide)


def _parts(file: BinaryIO, kind: str) -> Iterator[Array]:
    """The content of a temporary file, piece by piece."""
    file.flush()
    file.seek(0)
    while data := file.read(PIECE):
        yield np.frombuffer(data, dtype=kind)
