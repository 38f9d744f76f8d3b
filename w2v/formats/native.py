"""w2v's own format: one .safetensors file with everything in it, in the layout of w2v's own files (w2v/files/tensors).

`LAYOUT` lists its tensors. `__metadata__` adds "run", the run record without times; "tokenizer", the rules by which the
text was cut into words; and, with rows of n-grams, "ngrams": the fields of `Ngrams` (w2v/ngrams.py) or of `BloomNgrams`
(w2v/bloom.py). All three are JSON. "times" are those of the record (times.py).

When a file is opened, its header, sizes and words, counts and norms are compared with their hashes, and all of it if
its matrices have at most `SMALL` bytes. The rows of a larger file are mapped and not read: a query must not wait until
gigabytes have been hashed. A guard keeps the mapped bytes (files/guard.py); where there can be none, questions read
rows from the file instead (files/rows.py). With `check_all`, as `w2v verify`, `info`, `convert` and `eval` ask for,
every byte is compared, every value is looked at, and the norms are computed again. docs/formats.md tells users the
same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np

from w2v.arrays import F32, F64, Array
from w2v.bloom import ngrams_told
from w2v.files.guard import Guard
from w2v.files.made import MadeRows
from w2v.files.rows import SMALL, FileRows, OpenFile, parts_of
from w2v.files.tensors import (
    PackedWords,
    Stream,
    Tensor,
    TensorFile,
    cut_words,
    form_in,
    packed_words,
    unreadable,
    write,
)
from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FileFormat, letters
from w2v.formats.numbers import CODES, DTYPES, decoded, encoded, scale_of
from w2v.formats.rows import RowChoice
from w2v.formats.source import REGENERATE, Source, Start
from w2v.formats.times import joined, split
from w2v.given import rows_not_finite
from w2v.machine import available_threads, in_threads
from w2v.progress import Progress
from w2v.record import RunRecord
from w2v.subwords import Subwords
from w2v.vectors import Vectors

__all__ = ["FORMAT", "LAYOUT", "Native"]

FORMAT = "w2v.vectors/1"
LAYOUT = {
    "embeddings": Tensor("F32", ("V", "D"), "the vectors, a row for each word, by falling frequency"),
    "words": Tensor("U8", ("L",), "all words in UTF-8, one after another"),
    "word_offsets": Tensor("I64", ("V+1",), "where each word begins in `words`, and where the last one ends"),
    "counts": Tensor("I64", ("V",), "how often each word occurs in the text", required=False),
    "norms": Tensor("F64", ("V",), "the Euclidean length of each row", required=False),
    "contexts": Tensor("F32", ("V", "D"), "the vectors of the words as contexts", required=False),
    "ngram_rows": Tensor("F32", ("N", "D"), "the vectors of n-grams of letters, by bucket", required=False),
    "ngram_buckets": Tensor("I64", ("N",), "the bucket of each of these n-grams, ascending", required=False),
    "ngram_absent": Tensor("F32", ("D",), "what n-grams without a row count as; zeros if missing", required=False),
    "phrases": Tensor("U8", ("P",), "all phrases in UTF-8, one after another", reserved=True),
    "phrase_offsets": Tensor("I64", ("Q+1",), "where each phrase begins in `phrases`", reserved=True),
    "phrase_scores": Tensor("F64", ("Q",), "the score by which each phrase was joined", reserved=True),
    "word_order": Tensor("I32", ("V",), "the rows in the order of their words' bytes, to find a word", reserved=True),
}
SMALL_NUMBERS = "w2v.vectors/2"
SMALL_LAYOUT = LAYOUT | {
    "embeddings": Tensor("F16 or I8", ("V", "D"), LAYOUT["embeddings"].meaning),
    "ngram_rows": Tensor("F16 or I8", ("N", "D"), LAYOUT["ngram_rows"].meaning, required=False),
}
PART = 1 << 23  # bytes of rows that are written together
LARGE = ("embeddings", "contexts", "ngram_rows")
TEXTUAL_LENGTH = 1 << 32  # the eight bytes before a header's "{" say its length; as text they would say far more
NORM_BLOCK = 1 << 9  # rows in double precision, which stay in the cache
LONGEST_RECORD = 1 << 20
NAMED_SOURCES = 1_000
OTHERS = "another program wrote it: have it write word2vec's format, and read that"


class Native(FileFormat):
    counts = "inside"
    dtypes = DTYPES
    holds_record = True
    holds_contexts = True
    holds_subwords = True

    def claims(self, start: Start) -> Claim:
        if (form_in(start.head) or "").startswith("w2v."):
            return Claim.CERTAIN
        if start.head[8:9] == b"{" and int.from_bytes(start.head[:8], "little") < TEXTUAL_LENGTH:
            return Claim.VERY_LIKELY
        return Claim.PERHAPS if start.name.endswith(self.entry.suffixes) else Claim.NO

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        form = form_in(source.raw.read(256)) or ""
        is_own, is_small = form.startswith("w2v."), form == SMALL_NUMBERS
        guard = _guard(source)
        try:
            layout = SMALL_LAYOUT if is_small else LAYOUT
            file = TensorFile(source.raw, SMALL_NUMBERS if is_small else FORMAT, layout)
            contents = _contents(file, source, choice, guard)
            if guard is not None:
                guard.watch(file.map)
            return contents
        except (OSError, ValueError) as error:
            if guard is not None:
                guard.close()
            hint = REGENERATE if is_own else OTHERS
            raise unreadable(source.path, "safetensors file of w2v", error, hint) from error

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        self.write_as(vectors, target, "float32")

    def write_as(self, vectors: Vectors, target: BinaryIO, dtype: str) -> None:
        optional: dict[str, Array | Stream | None] = {"counts": vectors.counts, "norms": vectors.norms}
        scales: dict[str, float] = {}
        if vectors.contexts is not None:
            optional["contexts"] = _stored(vectors.contexts, "contexts", "float32", scales)
        arrays: dict[str, Array | Stream] = {"embeddings": _stored(vectors.stored, "embeddings", dtype, scales)}
        arrays |= packed_words(vectors.stored_words)
        arrays |= {name: array for name, array in optional.items() if array is not None}
        metadata, times = {}, None
        if vectors.subwords is not None:
            arrays["ngram_rows"] = _stored(vectors.subwords.rows, "ngram_rows", dtype, scales)
            arrays["ngram_buckets"] = vectors.subwords.buckets
            arrays |= {} if vectors.subwords.absent is None else {"ngram_absent": vectors.subwords.absent}
            metadata["ngrams"] = json.dumps(asdict(vectors.subwords.ngrams))
        if dtype != "float32":
            metadata |= {"numbers": dtype, "scales": json.dumps(scales)}
        if vectors.record is not None:
            run, times = split(vectors.record.to_dict())
            metadata["run"] = _as_json(run)
        if vectors.tokenizer is not None:
            metadata["tokenizer"] = json.dumps(dict(vectors.tokenizer))
        form = FORMAT if dtype == "float32" else SMALL_NUMBERS
        write(target, form, {name: arrays[name] for name in LAYOUT if name in arrays}, metadata, times)

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 8192 + letters(words) + (24 + 4 * dim) * len(words)

    def bytes_for_ngrams(self, rows: int, buckets: int, dim: int) -> int:
        return (8 + 4 * dim) * rows


def _stored(rows: F32 | FileRows, name: str, dtype: str, scales: dict[str, float]) -> Array | Stream:
    """Return rows as they are stored, and put the scale of int8 into `scales`."""
    if dtype == "float32":
        return Stream("F32", parts_of(rows, PART), rows.shape) if isinstance(rows, FileRows) else rows
    scale = scale_of(rows) if dtype == "int8" else 1.0
    if dtype == "int8":
        scales[name] = scale
    parts = (encoded(part, dtype, scale) for part in parts_of(rows, PART))
    return Stream(CODES[dtype], parts, rows.shape)


def _as_json(run: dict[str, Any]) -> str:
    """A run record as JSON; of a corpus of very many files only the first are named, since readers limit the header."""
    text = json.dumps(run)
    sources = run.get("corpus", {}).get("sources")
    if len(text) > LONGEST_RECORD and isinstance(sources, (list, tuple)):
        named = [*sources[:NAMED_SOURCES], f"… and {len(sources) - NAMED_SOURCES:,} more"]
        text = json.dumps({**run, "corpus": {**run["corpus"], "sources": named}})
    return text


def _guard(source: Source) -> Guard | None:
    """Return what keeps a large file as it is; None for a small one, and where no program can be made to wait."""
    if source.size <= SMALL:
        return None
    try:
        guard = Guard(source.path, source.raw)
    except ValueError:  # a program has it for writing
        return None
    if guard.leased:
        return guard
    guard.close()
    return None


def _contents(file: TensorFile, source: Source, choice: RowChoice, guard: Guard | None) -> Contents:
    """What a file holds. Raises OSError, or ValueError for a file that is damaged or lies."""
    arrays, limit, check_all = file.arrays, choice.limit, choice.check_all
    total, dim = arrays["embeddings"].shape
    if total < 1 or dim < 1:
        raise ValueError(f"its embeddings have the shape [{total}, {dim}]; both sides must be at least 1")
    rows = total if limit is None else min(limit, total)
    is_read = _check(file, rows, check_all)
    stored = _floats(file, "embeddings", rows)
    offsets, counts, norms = arrays["word_offsets"], arrays.get("counts"), arrays.get("norms")
    if offsets[0] != 0 or offsets[-1] != len(arrays["words"]) or (np.diff(offsets) < 1).any():
        raise ValueError("its word_offsets do not cut its words into one piece a row")
    if counts is not None and (counts < 0).any():
        raise ValueError("some of its counts are negative")
    if norms is not None and not (np.isfinite(norms).all() and (norms >= 0).all()):
        raise ValueError("some of its norms are no lengths")
    has_own_norms = norms is not None and check_all
    if norms is not None and check_all:
        has_own_norms = _compare_norms(stored, norms)
    contexts = arrays.get("contexts")
    words = (arrays["words"][: offsets[rows]], offsets[: rows + 1])
    matrix = stored
    if isinstance(stored, FileRows):
        matrix = stored[:] if guard is None or stored.nbytes <= SMALL else stored
    elif guard is None and matrix.nbytes > SMALL:
        opened = OpenFile(source.path, source.raw.fileno())
        matrix = FileRows(opened, (rows, dim), file.offset("embeddings"), mapped=stored)
    return Contents(
        words=PackedWords(*words) if matrix.nbytes > SMALL or not is_read else cut_words(*words, unique=False),
        matrix=matrix,
        counts=None if counts is None else counts[:rows],
        record=_record(file),
        contexts=None if contexts is None else contexts[:rows],
        norms=None if norms is None else norms[:rows],
        has_own_norms=has_own_norms,
        tokenizer=_object(file.metadata, "tokenizer"),
        subwords=_subwords(file, is_read, guard),
        verified=True if file.is_all_checked and rows == total else None,
        content_sha256=file.content_sha256 if rows == total else None,
        is_unread=not is_read,
        guard=guard,
    )


def _check(file: TensorFile, rows: int, check_all: bool) -> bool:
    """Compare with their hashes the bytes that must be; returns whether those of the matrices are among them."""
    matrices = [name for name in LARGE if name in file.arrays]
    if check_all and rows == len(file.arrays["embeddings"]):
        file.check_all()
        return True
    is_read = check_all or sum(file.arrays[name][:rows].nbytes for name in matrices) <= SMALL
    file.check(name for name in file.arrays if name not in matrices)
    if is_read:
        file.check((name for name in matrices if name != "ngram_rows"), rows)
        file.check(name for name in matrices if name == "ngram_rows")
    return is_read


def _floats(file: TensorFile, name: str, rows: int | None = None) -> F32 | FileRows:
    """Return the first rows of a tensor as float32; those that are stored otherwise are made when they are read."""
    stored = file.arrays[name][:rows]
    if stored.dtype == np.float32:
        return stored
    dtype = file.metadata.get("numbers", "")
    if dtype not in DTYPES or CODES[dtype] != {"f": "F16", "i": "I8"}[stored.dtype.kind]:
        raise ValueError(f"its {name} are {stored.dtype}, and it says that its numbers are {dtype!r:.20}")
    scale = 1.0
    if dtype == "int8":
        told = (_object(file.metadata, "scales") or {}).get(name)
        if not isinstance(told, float) or not 0 < told < float(np.finfo(np.float32).max):
            raise ValueError(f"the scale of its {name} is {told!r:.20}")
        scale = told
    return MadeRows(stored, lambda part: decoded(part, dtype, scale), stored.shape[1])


def _subwords(file: TensorFile, is_read: bool, guard: Guard | None) -> Subwords | None:
    """The rows of n-grams, where there are any; their values are looked at where they have been read."""
    told = _object(file.metadata, "ngrams")
    rows, buckets = file.arrays.get("ngram_rows"), file.arrays.get("ngram_buckets")
    if told is None and rows is None and buckets is None:
        return None
    if told is None or rows is None or buckets is None:
        raise ValueError("of its n-grams, there are not lengths, rows and buckets alike")
    ngrams = ngrams_told(told)
    if len(buckets) and (buckets[0] < 0 or buckets[-1] >= ngrams.buckets or (np.diff(buckets) < 1).any()):
        raise ValueError("the buckets of its n-grams are not in order")
    made = _floats(file, "ngram_rows")
    if isinstance(made, FileRows) and (guard is None or made.nbytes <= SMALL):
        made = made[:]
    absent = file.arrays.get("ngram_absent")
    if (is_read and rows_not_finite(made).size) or (absent is not None and not np.isfinite(absent).all()):
        raise ValueError("its rows of n-grams hold NaN or infinity")
    return Subwords(ngrams, buckets, made, absent)


def _compare_norms(matrix: F32 | FileRows, norms: F64) -> bool:
    """Return whether all norms are finite. Raises ValueError where one that is finite is not that of its row."""
    blocks = iter(range(0, len(matrix), NORM_BLOCK))  # the threads share it

    def compare() -> bool:
        all_finite = True
        exact = np.empty((min(NORM_BLOCK, len(matrix)), matrix.shape[1]))  # once: memory for each block takes longer
        for begin in blocks:
            rows = exact[: len(matrix[begin : begin + NORM_BLOCK])]
            np.copyto(rows, matrix[begin : begin + NORM_BLOCK])
            with np.errstate(all="ignore"):
                lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
            claimed = norms[begin : begin + len(rows)]
            if not np.isfinite(lengths).all():
                all_finite = False
            elif not np.allclose(lengths, claimed, rtol=1e-9, atol=0):
                raise ValueError("its norms are not those of its rows")
        return all_finite

    return all(in_threads([compare] * (available_threads() if matrix.nbytes > SMALL else 1)))


def _record(file: TensorFile) -> RunRecord | None:
    run = _object(file.metadata, "run")
    if run is None:
        return None
    try:
        return RunRecord.from_dict(joined(run, file.times))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"its run record cannot be read ({error})") from error


def _object(metadata: Mapping[str, str], name: str) -> dict[str, Any] | None:
    """A JSON object of the metadata, where there is one."""
    if name not in metadata:
        return None
    try:
        value = json.loads(metadata[name])
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its {name!r} is no JSON") from error
    if not isinstance(value, dict):
        raise ValueError(f"its {name!r} is no JSON object")
    return value
