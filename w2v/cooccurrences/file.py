"""The file of a counted matrix: `--keep-cooccurrences` writes it, `--cooccurrences` trains from it.

The file has the layout of w2v's own files (files/tensors.py) with the tensors of `LAYOUT`. With V words, the matrix is
cut into P × P blocks, where P is `Parts(V).number`; block b = p·P + q holds the rows of part p and the columns of part
q. `__metadata__` adds "counting" (how it was counted) and "corpus" (what was read, and under "text" how) as JSON. The
same corpus and settings give the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np

from w2v.arrays import I64, Array
from w2v.cooccurrences.matrix import Chunk, Cooccurrences, Counting, Parts
from w2v.files.guard import Guard
from w2v.files.own import OWN_FILES, Description
from w2v.files.tensors import Stream, Tensor, cut_words, form_of, packed_words, read, regular_only, unreadable, write
from w2v.files.whole import replacing
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.vocab import Vocabulary

__all__ = [
    "FORMAT",
    "LAYOUT",
    "MatrixInfo",
    "block_starts",
    "describe",
    "in_block_order",
    "inspect_cooccurrences",
    "is_cooccurrence_file",
    "load_cooccurrences",
    "save_cooccurrences",
    "verify",
]

FORMAT = "w2v.cooccurrences/1"
LAYOUT = {
    "counts": Tensor("I64", ("V",), "how often each word occurs"),
    "word_offsets": Tensor("I64", ("V+1",), "where each word begins in `words`"),
    "block_runs": Tensor("I64", ("B+1",), "where the runs of each block begin; B = P²"),
    "block_records": Tensor("I64", ("B+1",), "where the records of each block begin"),
    "values": Tensor("F32", ("N",), "the weight of each record"),
    "rows": Tensor("U16", ("R",), "the position of each run's row in its part"),
    "lengths": Tensor("U16", ("R",), "the number of records of each run"),
    "columns": Tensor("U16", ("N",), "the position of each record's column in its part"),
    "words": Tensor("U8", ("L",), "all words in UTF-8, one after another"),
}
_CHOICES = {"contexts": ["symmetric", "left"], "weighting": ["distance", "flat"]}


@dataclass(frozen=True)
class MatrixInfo:
    """What a file of co-occurrences holds.

    path: the file. format: its format. bytes: its size on the disk.
    words, tokens: the number of words in the vocabulary, and how often they occur together.
    records: the number of cells of the matrix that are not 0. density: their share of all cells.
    total: the sum of all cells. largest: the largest cell.
    window, contexts, weighting: how the matrix was counted.
    corpus: the report of what was counted. first: the first few words.
    """

    path: str
    format: str
    bytes: int
    words: int
    tokens: int
    records: int
    density: float
    total: float
    largest: float
    window: int
    contexts: str
    weighting: str
    corpus: Mapping[str, Any]
    first: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "first": list(self.first)}


def inspect_cooccurrences(path: str | os.PathLike[str], *, progress: Progress | None = None) -> MatrixInfo:
    """Describe a file of co-occurrences. It is read whole and checked. Raises FormatError."""
    matrix = load_cooccurrences(path, progress=progress)
    values = [chunk.values for stripe in matrix.stripes for chunk in stripe if len(chunk.values)]
    return MatrixInfo(
        path=str(path),
        format=FORMAT,
        bytes=os.path.getsize(path),
        words=len(matrix.vocabulary),
        tokens=matrix.vocabulary.tokens,
        records=matrix.records,
        density=matrix.records / len(matrix.vocabulary) ** 2,
        total=float(sum(array.sum(dtype=np.float64) for array in values)),
        largest=float(max((array.max() for array in values), default=0.0)),
        **asdict(matrix.counting),
        corpus=matrix.corpus,
        first=tuple(matrix.vocabulary.words[:10]),
    )


def describe(path: Path, progress: Progress) -> Description:
    """Return what `w2v info` tells of a file of co-occurrences. Raises FormatError."""
    info = inspect_cooccurrences(path, progress=progress)
    unsaid = {"text", *(name for name in ("left_out", "word_lists") if info.corpus.get(name) is None)}
    facts = (
        ("matrix", f"{info.words:,} words × {info.words:,} words, {info.records:,} cells ({info.density:.2%})"),
        ("first words", " ".join(info.first)),
        ("counted", f"window {info.window}, {info.contexts}, {info.weighting}"),
        ("weight", f"{info.total:,.1f} in all, {info.largest:,.1f} in the largest cell"),
        ("counts", f"{info.tokens:,} tokens"),
        ("corpus", {name: value for name, value in info.corpus.items() if name not in unsaid}),
        ("text", info.corpus.get("text", {})),
    )
    return Description(info.to_dict(), facts, lists=("first", "corpus"))


def verify(path: Path, progress: Progress) -> tuple[str, ...]:
    """Check a file of co-occurrences, and return what was checked besides its hashes. Raises FormatError."""
    matrix = load_cooccurrences(path, progress=progress)
    return (f"{matrix.records:,} cells of {len(matrix.vocabulary):,} words, each in its place",)


def is_cooccurrence_file(path: str | os.PathLike[str]) -> bool:
    """Say whether a file begins as one; it need not be whole."""
    return form_of(path) == FORMAT


def save_cooccurrences(matrix: Cooccurrences, path: str | os.PathLike[str]) -> None:
    """Write a matrix that only this user can read, whole or not at all: it tells nearly all of a text.

    Raises OutputError.
    """
    runs, records = block_starts(matrix)
    arrays: dict[str, Array | Stream] = {
        "counts": matrix.vocabulary.counts,
        "block_runs": runs,
        "block_records": records,
        **packed_words(matrix.vocabulary.words),
    }
    arrays |= {
        name: Stream(LAYOUT[name].dtype, in_block_order(matrix, name))
        for name in ("values", "rows", "lengths", "columns")
    }
    corpus = {name: value for name, value in matrix.corpus.items() if name not in ("sources", "seconds")}
    metadata = {"counting": json.dumps(asdict(matrix.counting)), "corpus": json.dumps(corpus)}
    with replacing(path, private=True) as file:
        write(file, FORMAT, {name: arrays[name] for name in LAYOUT}, metadata)


def block_starts(matrix: Cooccurrences) -> tuple[I64, I64]:
    """Return where the runs and the records of each block begin in the file, both int64 [P² + 1]."""
    starts = []
    for name in ("runs", "records"):
        sizes = [sum(np.diff(getattr(chunk, name)) for chunk in stripe) for stripe in matrix.stripes]
        parts = matrix.parts.number
        flat = np.concatenate([np.broadcast_to(np.asarray(size, dtype=np.int64), parts) for size in sizes])
        starts.append(np.concatenate(([0], np.cumsum(flat))).astype(np.int64))
    return starts[0], starts[1]


def in_block_order(matrix: Cooccurrences, name: str) -> Iterator[Array]:
    """Yield one of the arrays of all chunks, block by block."""
    by_run = name in ("rows", "lengths")
    for stripe in matrix.stripes:
        if len(stripe) == 1:
            yield getattr(stripe[0], name)
            continue
        for part in range(matrix.parts.number):
            for chunk in stripe:
                starts = chunk.runs if by_run else chunk.records
                yield getattr(chunk, name)[starts[part] : starts[part + 1]]


def load_cooccurrences(path: str | os.PathLike[str], *, progress: ProgressChoice = None) -> Cooccurrences:
    """Map a matrix, once its bytes have been compared with their hashes. Raises FormatError.

    As long as the matrix is in use, no other program can change the mapped file (files/guard.py).
    progress: as for `w2v.train`.
    """
    with reporting(progress) as heard:
        return _load(Path(path), heard)


def _load(target: Path, progress: Progress) -> Cooccurrences:
    guard: Guard | None = None
    try:
        progress.phase(f"reading {target.name}", target.stat().st_size, "bytes")
        with open(target, "rb", opener=regular_only) as opened:
            guard = Guard(target, opened)
            file = read(target, FORMAT, LAYOUT, opened, check=True)
        matrix = _matrix(file.arrays, file.metadata, file.content_sha256)
        guard.watch(file.map)
        finalize(matrix, guard.close)
        return matrix
    except (OSError, ValueError) as error:
        if guard is not None:
            guard.close()
        cure = "count again: w2v train CORPUS --model glove --keep-cooccurrences FILE"
        raise unreadable(target, OWN_FILES["cooccurrences"].noun, error, cure) from error


def _matrix(arrays: Mapping[str, Array], metadata: Mapping[str, str], sha256: str) -> Cooccurrences:
    """The matrix, if its blocks are in order and all positions lie inside their parts: kernels do not look again."""
    words = cut_words(arrays["words"], arrays["word_offsets"])
    counts = np.array(arrays["counts"])
    if len(words) < 2 or (counts < 1).any():
        raise ValueError("its counts are not one positive number for each of at least two words")
    parts = Parts(len(words))
    runs, records = np.array(arrays["block_runs"]), np.array(arrays["block_records"])
    for starts, name in ((runs, "rows"), (records, "columns")):
        if len(starts) != parts.number**2 + 1:
            raise ValueError(f"it has {len(starts) - 1:,} blocks, not {parts.number**2:,}")
        if starts[0] != 0 or starts[-1] != len(arrays[name]) or (np.diff(starts) < 0).any():
            raise ValueError("its blocks do not follow each other")
    if len(arrays["values"]) and not (arrays["values"].min() > 0 and arrays["values"].max() < np.inf):
        raise ValueError("not all of its values are positive numbers")
    sizes = np.diff(parts.bounds)
    for block, (row, column) in enumerate(np.ndindex(parts.number, parts.number)):
        rows, lengths = (arrays[name][runs[block] : runs[block + 1]] for name in ("rows", "lengths"))
        columns = arrays["columns"][records[block] : records[block + 1]]
        if lengths.sum(dtype=np.int64) != len(columns) or lengths.min(initial=1) < 1:
            raise ValueError("its runs do not fill its blocks")
        if rows.max(initial=0) >= sizes[row] or columns.max(initial=0) >= sizes[column]:
            raise ValueError("rows or columns lie outside their parts")
    stripes = []
    for stripe in range(parts.number):
        blocks = slice(stripe * parts.number, (stripe + 1) * parts.number + 1)
        a, b = runs[blocks][[0, -1]]
        c, d = records[blocks][[0, -1]]
        stripes.append(
            [
                Chunk(
                    arrays["rows"][a:b],
                    arrays["lengths"][a:b],
                    arrays["columns"][c:d],
                    arrays["values"][c:d],
                    runs[blocks] - a,
                    records[blocks] - c,
                )
            ]
        )
    return Cooccurrences(Vocabulary(words, counts), *_facts(metadata), stripes, {}, sha256)


def _facts(metadata: Mapping[str, str]) -> tuple[dict[str, Any], Counting]:
    """The report of the corpus, and how the matrix was counted. Raises ValueError for anything else."""
    try:
        corpus, how = json.loads(metadata.get("corpus", "")), json.loads(metadata.get("counting", ""))
    except RecursionError as error:
        raise ValueError("its metadata are nested too deeply") from error
    if not isinstance(corpus, dict) or not isinstance(how, dict) or set(how) != {"window", "contexts", "weighting"}:
        raise ValueError("its metadata do not say what was counted, and how")
    if not isinstance(corpus.get("text", {}), dict):
        raise ValueError("its metadata do not say how the text was read")
    if type(how["window"]) is not int or how["window"] < 1 or any(how[key] not in _CHOICES[key] for key in _CHOICES):
        raise ValueError("its metadata do not say how it was counted")
    return corpus, Counting(**how)
