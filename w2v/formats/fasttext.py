"""fastText's own format `.bin`: words with counts, rows of words and of n-grams, and the output side.

Versions 11 and 12, and files without a version, as fastText wrote them at first; only version 12 is written. All
numbers are little-endian and follow each other without gaps:

    int32 793712314, int32 version          neither of them in the oldest files
    12 × int32, float64                     the settings, as `Settings` has them
    int32, int32, int32, int64              all words and labels, words, labels, tokens
    int64                                   rows that were pruned, −1 if none; not in the oldest files
    text \\0, int64, int8                    each word, its count, 0 for a word and 1 for a label
    bool, int64, int64, float32 …           whether it is quantised; rows, dimensions, and the rows: words, then buckets
    bool, int64, int64, float32 …           the same for the output side; no bool in the oldest files

A word's vector is the mean of its row and of those of its n-grams (w2v/ngrams.py). Classifiers, quantised and pruned
models are refused. A NUL in a word, which ends it, is written as the two bytes C0 80.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.errors import FormatError
from w2v.formats.contents import Contents, only
from w2v.formats.format import Claim, FileFormat, letters
from w2v.formats.rows import RowChoice, mended, remedy
from w2v.formats.source import Source, Start, text_of
from w2v.given import rows_not_finite
from w2v.ngrams import LONGEST, Ngrams
from w2v.progress import Progress
from w2v.subwords import Subwords
from w2v.vectors import Vectors

__all__ = ["FastText", "composed"]

MAGIC, VERSION, KNOWN = 793712314, 12, (11, 12)
NO_NUL = b"\xc0\x80"  # what a NUL in a word is written as: UTF-8 that is longer than need be, and that no text has
SKIP_GRAM, CBOW, CLASSIFIER = 2, 1, 3
NEGATIVE_SAMPLING = 2
LONGEST_WORD = 1 << 20
WORDS = 4_096  # that are composed at once
FEW = 20_000  # n-grams that Python finds
AT_ONCE = 200_000  # n-grams that are summed at once: real words have twenty to fifty
MOST_NGRAMS = 100_000  # of a word, which no text has
MOST_DIM = 100_000
OTHER_ENCODING = "the text was in another encoding: train on UTF-8"
NO_WORD = "another program wrote it: fetch or write the file again"


class Settings(NamedTuple):
    """The settings of a model, in the order of the file, as fastText names them."""

    dim: int
    ws: int
    epoch: int
    min_count: int
    neg: int
    word_ngrams: int
    loss: int
    model: int
    bucket: int
    minn: int
    maxn: int
    lr_update_rate: int
    t: float

    @property
    def are_plausible(self) -> bool:
        """Whether these can be settings of fastText: the oldest files have no other mark."""
        return (
            1 <= self.dim <= MOST_DIM
            and 1 <= self.ws < 1 << 20
            and 0 <= self.epoch < 1 << 30
            and self.min_count >= 0
            and 0 <= self.neg < 1 << 20
            and 1 <= self.word_ngrams <= 100
            and 1 <= self.loss <= 4
            and 1 <= self.model <= CLASSIFIER
            and self.bucket >= 0
            and 0 <= self.minn <= 10_000
            and 0 <= self.maxn <= 10_000
            and 0 <= self.t <= 1
        )


SETTINGS = struct.Struct("<12id")


class FastText(FileFormat):
    counts = "inside"
    holds_contexts = True
    holds_subwords = True
    unchecked = ("whether it was trained to the end",)

    def claims(self, start: Start) -> Claim:
        head = start.head
        if head[:4] == struct.pack("<i", MAGIC):
            return Claim.CERTAIN
        if len(head) >= SETTINGS.size and Settings(*SETTINGS.unpack_from(head)).are_plausible:
            return Claim.FITS
        return Claim.PERHAPS if start.name.endswith(self.entry.suffixes) else Claim.NO

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        if not source.size:
            raise source.fault("the file is empty")
        data = mmap.mmap(source.raw.fileno(), 0, access=mmap.ACCESS_READ)
        return _Reader(source, data).contents(choice, progress)

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        ngrams = None if vectors.subwords is None else vectors.subwords.ngrams
        counts = np.zeros(len(vectors), dtype=np.int64) if vectors.counts is None else vectors.counts
        settings = _settings_of(vectors, ngrams)
        target.write(struct.pack("<2i", MAGIC, VERSION) + SETTINGS.pack(*settings))
        target.write(struct.pack("<3i2q", len(vectors), len(vectors), 0, int(counts.sum()), -1))
        for word, count in zip(vectors.words, counts.tolist(), strict=True):
            target.write(word.encode().replace(b"\0", NO_NUL) + struct.pack("<xqb", count, 0))
        target.write(struct.pack("<?2q", False, len(vectors) + settings.bucket, vectors.dim))
        for rows in _own_rows(vectors):
            target.write(rows.astype("<f4", copy=False).tobytes())
        if vectors.subwords is not None:
            _write_buckets(vectors.subwords, target)
        target.write(struct.pack("<?2q", False, len(vectors), vectors.dim))
        for start in range(0, len(vectors), WORDS):
            outputs: F32 = np.zeros((min(WORDS, len(vectors) - start), vectors.dim), dtype=np.float32)
            if vectors.contexts is not None:
                outputs = vectors.contexts[start : start + WORDS]
            target.write(outputs.astype("<f4", copy=False).tobytes())

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 200 + letters(words) + len(words) * (12 + 8 * dim)

    def holds_ngrams(self, ngrams: Ngrams) -> bool:
        return ngrams.as_fasttext

    def bytes_for_ngrams(self, rows: int, buckets: int, dim: int) -> int:
        return 4 * buckets * dim  # all of them are written


class _Reader:
    """Reads a mapped file from its beginning to its end; whatever does not fit raises FormatError."""

    def __init__(self, source: Source, data: mmap.mmap) -> None:
        self.source, self.data, self.at = source, data, 0
        self.has_magic = data[:4] == struct.pack("<i", MAGIC)
        if self.has_magic:
            _, version = self._take("<2i", "its version")
            if version not in KNOWN:
                raise source.fault(f"it is of version {version} of fastText's files", "w2v reads versions 11 and 12")
        self.settings = Settings(*self._take("<12id", "its settings"))

    def contents(self, choice: RowChoice, progress: Progress) -> Contents:
        settings, source = self.settings, self.source
        if settings.model == CLASSIFIER:
            raise source.fault(
                "it is a classifier, and its vectors are made for its labels", "w2v reads vectors of words"
            )
        if not settings.are_plausible:
            raise source.fault(f"its settings are not those of fastText: {settings._asdict()}")
        total, number, labels, _ = self._take("<3iq", "its numbers of words")
        pruned = self._take("<q", "its number of pruned rows")[0] if self.has_magic else -1
        if labels:
            raise source.fault(f"it has {labels:,} labels, as classifiers have", "w2v reads vectors of words")
        if pruned > 0:
            raise source.fault("rows of it were pruned", "have fastText write its .vec file, and read that")
        if total != number or not 1 <= number <= len(self.data) // 10:
            raise source.fault(f"it says that it has {number:,} words of {total:,} in {len(self.data):,} bytes")
        written, counts = self._words(number)
        has_ngrams = settings.maxn > 0 and settings.bucket > 0
        rows = self._matrix("rows", number + settings.bucket)
        outputs = self._matrix("output rows", None)
        if self.at != len(self.data):
            raise source.fault(f"{len(self.data) - self.at:,} bytes follow what it should hold")
        if has_ngrams and not settings.minn <= settings.maxn <= LONGEST:
            raise source.fault(f"its n-grams have {settings.minn} to {settings.maxn} letters")
        ngrams = Ngrams(settings.minn, settings.maxn, settings.bucket) if has_ngrams else None
        if ngrams is not None:
            self._check_lengths(written, ngrams)
        subwords = None if ngrams is None else Subwords(ngrams, np.arange(settings.bucket), rows[number:])
        written = written[: choice.limit or number]
        if choice.check_all and subwords is not None and rows_not_finite(subwords.rows).size:
            raise source.fault("rows of its n-grams hold NaN or infinity", "the training diverged: train again")
        words, bad, fault = _decoded(source, written, choice)
        is_output_of_words = settings.loss == NEGATIVE_SAMPLING and len(outputs) == number
        some = outputs[: len(words)]
        made = Contents(
            words=words,
            matrix=composed(written, rows, subwords, progress),
            counts=counts[: len(words)] if counts.any() else None,
            contexts=np.array(some) if is_output_of_words and some.any() else None,
            subwords=subwords,
            replaced=len(bad) if choice.bad_rows == "replace" else 0,
            fault=fault,
        )
        if not bad or choice.bad_rows == "replace":
            return made
        kept = np.setdiff1d(np.arange(len(words)), bad)
        return replace(only(made, kept), skipped=len(bad))

    def _take(self, form: str, what: str) -> tuple[int, ...]:
        size = struct.calcsize(form)
        if self.at + size > len(self.data):
            raise self.source.fault(f"it ends within {what}")
        found = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return found

    def _words(self, number: int) -> tuple[list[bytes], I64]:
        """Return the words as bytes [V], and their counts int64 [V]."""
        words: list[bytes] = []
        counts = np.empty(number, dtype=np.int64)
        for row in range(number):
            end = self.data.find(b"\0", self.at, self.at + LONGEST_WORD)
            if end < 0 or end + 10 > len(self.data):
                raise self.source.fault(f"it ends, or has no end of a word, within word {row + 1:,}")
            counts[row], kind = struct.unpack_from("<qb", self.data, end + 1)
            if kind or counts[row] < 0:
                raise self.source.fault(f"word {row + 1:,} has the count {counts[row]:,} and is of the kind {kind}")
            words.append(self.data[self.at : end])
            self.at = end + 10
        return words, counts

    def _check_lengths(self, words: Sequence[bytes], ngrams: Ngrams) -> None:
        """Refuse a word so long that its n-grams would take more time and memory than all of the file."""
        longest = max(range(len(words)), key=lambda row: len(words[row]))
        number = _most_ngrams(len(words[longest]), ngrams)
        if number > MOST_NGRAMS:
            raise self.source.fault(
                f"word {longest + 1:,} has {len(words[longest]):,} bytes, and up to {number:,} n-grams",
                "another program wrote it, or it was trained on text without white space",
            )

    def _matrix(self, what: str, wanted: int | None) -> F32:
        """Return the rows that follow, float32 [rows, dim], as a view of the map. wanted: how many these must be."""
        quantised = self._take("<B", f"its {what}")[0] if self.has_magic else 0
        if quantised == 1:
            raise self.source.fault("it is quantised", "have fastText write its .vec file, and read that")
        if quantised:
            raise self.source.fault(f"the mark of its {what} is {quantised}, where 0 or 1 belongs")
        rows, dim = self._take("<2q", f"the number of its {what}")
        if dim != self.settings.dim or rows < 0 or (wanted is not None and rows != wanted):
            expected = f"{self.settings.dim}" if wanted is None else f"{wanted:,} × {self.settings.dim}"
            raise self.source.fault(f"it says that it has {rows:,} × {dim} {what}, where {expected} belong")
        if rows * dim * 4 > len(self.data) - self.at:
            raise self.source.fault(f"it ends within its {rows:,} {what}")
        found: F32 = np.ndarray((rows, dim), dtype="<f4", buffer=self.data, offset=self.at)
        self.at += found.nbytes
        return found


def composed(words: Sequence[bytes], own: F32, subwords: Subwords | None, progress: Progress) -> F32:
    """Return the vectors of words [n]: the mean of the own row and those of the n-grams, float32 [n, dim]."""
    if subwords is None:
        return np.array(own[: len(words)])
    matrix = np.empty((len(words), own.shape[1]), dtype=np.float32)
    for start, end in _parts(words, subwords.ngrams):
        part = [word.decode(errors="surrogateescape") for word in words[start:end]]
        sums, numbers = _sums(part, subwords)
        matrix[start:end] = (own[start:end] + sums) / (1 + numbers)[:, None]
        progress.update(start)
    return matrix


def _most_ngrams(letters: int, ngrams: Ngrams) -> int:
    """Return how many n-grams a word of so many letters has at most."""
    return (letters + 2) * (ngrams.longest - max(ngrams.shortest, 1) + 1)


def _parts(words: Sequence[str] | Sequence[bytes], ngrams: Ngrams) -> Iterator[tuple[int, int]]:
    """Yield the bounds of parts of the words that have a bounded number of n-grams together."""
    start, pieces = 0, 0
    for row, word in enumerate(words):
        more = _most_ngrams(len(word), ngrams)
        if row > start and (row - start == WORDS or pieces + more > AT_ONCE):
            yield start, row
            start, pieces = row, 0
        pieces += more
    if start < len(words):
        yield start, len(words)


def _decoded(source: Source, written: Sequence[bytes], choice: RowChoice) -> tuple[list[str], list[int], str]:
    """Return the words, the rows of those that are no text and were mended, and what is wrong with the first of these.

    Raises FormatError for them where they are to be refused.
    """
    words: list[str] = []
    bad: list[int] = []
    fault: FormatError | None = None
    for row, word in enumerate(written):
        try:
            words.append(word.replace(NO_NUL, b"\0").decode())
            what, cure = "has an empty word", NO_WORD
        except UnicodeDecodeError:
            words.append("")
            what, cure = f"has a word that is not UTF-8: {text_of(word)}", OTHER_ENCODING
        if not words[-1]:
            words[-1] = mended(word.decode("utf-8", "replace"))
            bad.append(row)
            fault = fault or source.fault(f"row {row + 1:,} {what}", cure)
    if fault is not None and choice.bad_rows == "error":
        raise remedy(fault, len(bad), len(words), len(bad))
    told = "" if fault is None else fault.message.removeprefix(f"{source.path}: ")
    if choice.bad_rows == "skip" and len(bad) == len(words):
        raise source.fault(f"none of its {len(words):,} rows can be used: {told}", NO_WORD)
    return words, bad, told


def _own_rows(vectors: Vectors) -> Iterator[F32]:
    """Yield the words' own rows in parts: what is left of their vectors without their n-grams, float32 [n, dim]."""
    subwords = vectors.subwords
    if subwords is None:
        yield from (vectors.stored[start : start + WORDS] for start in range(0, len(vectors), WORDS))
        return
    for start, end in _parts(vectors.words, subwords.ngrams):
        sums, numbers = _sums(vectors.words[start:end], subwords)
        yield (vectors.stored[start:end] * (1.0 + numbers)[:, None] - sums).astype(np.float32)


def _sums(words: Sequence[str], subwords: Subwords) -> tuple[F64, I64]:
    """Return for each word (the sum of the rows of its n-grams float64 [n, dim], how many n-grams it has [n])."""
    if sum(_most_ngrams(len(word), subwords.ngrams) for word in words) <= FEW:
        found = [list(subwords.ngrams.buckets_of(word)) for word in words]
        buckets = np.array([bucket for each in found for bucket in each], dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum([len(each) for each in found])))
    else:
        from w2v.kernels.ngrams import ngram_buckets  # Numba takes longer to import than few words do

        numbered, starts = ngram_buckets(words, subwords.ngrams)
        buckets = numbered.astype(np.int64)
    numbers = np.diff(starts)
    sums = np.zeros((len(words), subwords.rows.shape[1]))
    places = np.searchsorted(subwords.buckets, buckets)
    places[places == len(subwords.buckets)] = 0
    there = subwords.buckets[places] == buckets if len(subwords.buckets) else np.zeros(len(places), dtype=bool)
    has = np.flatnonzero(numbers)
    if len(has) and there.any():
        absent = np.float32(0) if subwords.absent is None else subwords.absent
        rows = np.where(there[:, None], subwords.rows[places], absent)
        sums[has] = np.add.reduceat(rows, starts[has], axis=0, dtype=np.float64)
    return sums, numbers


def _write_buckets(subwords: Subwords, target: BinaryIO) -> None:
    """Write the rows of all buckets; those of no n-gram are `subwords.absent`, mostly zeros."""
    for start in range(0, subwords.ngrams.buckets, WORDS):
        size = min(WORDS, subwords.ngrams.buckets - start)
        rows = np.zeros((size, subwords.rows.shape[1]), dtype="<f4")
        if subwords.absent is not None:
            rows[:] = subwords.absent
        first, last = np.searchsorted(subwords.buckets, [start, start + size])
        rows[subwords.buckets[first:last] - start] = subwords.rows[first:last]
        target.write(rows.tobytes())


def _settings_of(vectors: Vectors, ngrams: Ngrams | None) -> Settings:
    """The settings that fastText is told, as far as the record of the run knows them; otherwise its defaults."""
    told = {} if vectors.record is None else vectors.record.settings

    def number(name: str, default: int) -> int:
        value = told.get(name)
        return value if type(value) is int and 0 < value < 1 << 20 else default

    sample = told.get("sample")
    return Settings(
        dim=vectors.dim,
        ws=number("window", 5),
        epoch=number("epochs", 5),
        min_count=number("min_count", 1),
        neg=number("negative", 5),
        word_ngrams=1,
        loss=NEGATIVE_SAMPLING,
        model=CBOW if vectors.record is not None and vectors.record.model == "cbow" else SKIP_GRAM,
        bucket=0 if ngrams is None else ngrams.buckets,
        minn=0 if ngrams is None else ngrams.shortest,
        maxn=0 if ngrams is None else ngrams.longest,
        lr_update_rate=100,
        t=float(sample) if isinstance(sample, (int, float)) and 0 <= sample <= 1 else 1e-4,
    )
