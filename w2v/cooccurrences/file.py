"""The file of a counted matrix: `--keep-cooccurrences` writes it, `--cooccurrences` trains from it.

A tensor file (w2v.files.tensors): other tools can read it, and it carries its own hash. With V words, P parts (`Parts`:
a function of V), R runs and N records, block b = p·P + q holding the rows of part p and the columns of part q:

    counts         I64 [V]       occurrences of each word
    word_offsets   I64 [V + 1]   where each word begins in `words`
    block_runs     I64 [P² + 1]  where the runs of each block begin
    block_records  I64 [P² + 1]  where its records begin
    values         F32 [N]       the weight of a record
    rows           U16 [R]       the place of a run's row in its part
    lengths        U16 [R]       the records of the run
    columns        U16 [N]       the place of a record's column in its part
    words          U8            all words, UTF-8, one after the other

`__metadata__` holds "counting" and "corpus" (what was read, and under "text" how) as JSON. The same corpus and settings
give the same bytes. Not here: what is done with the numbers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import I64
from w2v.cooccurrences.matrix import Chunk, Cooccurrences, Counting, Parts
from w2v.errors import FormatError
from w2v.files.tensors import Array, begins_as, cut_words, read, write
from w2v.files.whole import replacing
from w2v.progress import Progress
from w2v.vocab import Vocabulary

__all__ = [
    "FORMAT",
    "MatrixInfo",
    "block_starts",
    "in_block_order",
    "inspect_cooccurrences",
    "is_cooccurrence_file",
    "load_cooccurrences",
    "save_cooccurrences",
]

FORMAT = "w2v.cooccurrences/2"
_CHOICES = {"contexts": ["symmetric", "left"], "weighting": ["distance", "flat"]}
_LAYOUT = {
    "counts": "<i8",
    "word_offsets": "<i8",
    "block_runs": "<i8",
    "block_records": "<i8",
    "values": "<f4",
    "rows": "<u2",
    "lengths": "<u2",
    "columns": "<u2",
    "words": "u1",
}


@dataclass(frozen=True)
class MatrixInfo:
    """What a file of co-occurrences holds.

    path, format, bytes on disk. words, tokens: of the vocabulary. records: cells of the matrix that are not 0;
    density: their share of all. total: the sum of all cells; largest: the largest. window, contexts, weighting: how it
    was counted. corpus: the report of what was counted. first: the first few words.
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
        """Plain JSON values."""
        return {**asdict(self), "first": list(self.first)}


def inspect_cooccurrences(path: str | os.PathLike[str], *, progress: Progress | None = None) -> MatrixInfo:
    """Facts on a file of co-occurrences: it is read whole and checked. Raises FormatError."""
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


def is_cooccurrence_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file says that it is one; not whether it is whole."""
    return begins_as(path, FORMAT)


def save_cooccurrences(matrix: Cooccurrences, path: str | os.PathLike[str]) -> None:
    """Write a matrix, whole or not at all. Raises OutputError."""
    spelt = [word.encode() for word in matrix.vocabulary.words]
    runs, records = block_starts(matrix)
    arrays: dict[str, Iterable[Array]] = {
        "counts": [matrix.vocabulary.counts],
        "word_offsets": [np.cumsum([0, *map(len, spelt)], dtype=np.int64)],
        "block_runs": [runs],
        "block_records": [records],
        "words": [np.frombuffer(b"".join(spelt), dtype=np.uint8)],
    }
    arrays |= {name: in_block_order(matrix, name) for name in ("values", "rows", "lengths", "columns")}
    corpus = {name: value for name, value in matrix.corpus.items() if name not in ("sources", "seconds")}
    metadata = {"counting": json.dumps(asdict(matrix.counting)), "corpus": json.dumps(corpus)}
    with replacing(path) as file:
        write(file, FORMAT, _LAYOUT, arrays, metadata)


def block_starts(matrix: Cooccurrences) -> tuple[I64, I64]:
    """Where runs and records of each block begin when all blocks lie one after another, both int64 [P² + 1]."""
    starts = []
    for name in ("runs", "records"):
        sizes = [sum(np.diff(getattr(chunk, name)) for chunk in stripe) for stripe in matrix.stripes]
        parts = matrix.parts.number
        flat = np.concatenate([np.broadcast_to(np.asarray(size, dtype=np.int64), parts) for size in sizes])
        starts.append(np.concatenate(([0], np.cumsum(flat))).astype(np.int64))
    return starts[0], starts[1]


def in_block_order(matrix: Cooccurrences, name: str) -> Iterator[Array]:
    """An array of all chunks, block by block."""
    by_run = name in ("rows", "lengths")
    for stripe in matrix.stripes:
        if len(stripe) == 1:
            yield getattr(stripe[0], name)
            continue
        for part in range(matrix.parts.number):
            for chunk in stripe:
                starts = chunk.runs if by_run else chunk.records
                yield getattr(chunk, name)[starts[part] : starts[part + 1]]


def load_cooccurrences(path: str | os.PathLike[str], *, progress: Progress | None = None) -> Cooccurrences:
    """Map a matrix, once its bytes have been compared with their hash. Raises FormatError."""
    target = Path(path)
    try:
        if progress is not None:
            progress.phase(f"reading {target.name}", target.stat().st_size, "bytes")
        file = read(target, FORMAT, _LAYOUT)
        return _matrix(file.arrays, file.metadata)
    except FileNotFoundError as error:
        raise FormatError(f"there is no file {target}", hint="check the path") from error
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise FormatError(
            f"{target}: no whole file of co-occurrences ({reason})",
            hint="count again: w2v train CORPUS --model glove --keep-cooccurrences FILE",
        ) from error


def _matrix(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> Cooccurrences:
    """The matrix, if its blocks are in order and all places lie inside their parts: kernels do not look again."""
    words = cut_words(arrays["words"], arrays["word_offsets"])
    counts = np.array(arrays["counts"])
    if len(counts) != len(words) or len(words) < 2 or (counts < 1).any():
        raise ValueError("its counts are not one positive number for each of at least two words")
    parts = Parts(len(words))
    runs, records = np.array(arrays["block_runs"]), np.array(arrays["block_records"])
    for starts, name in ((runs, "rows"), (records, "columns")):
        if len(starts) != parts.number**2 + 1:
            raise ValueError(f"it has {len(starts) - 1:,} blocks, not {parts.number**2:,}")
        if starts[0] != 0 or starts[-1] != len(arrays[name]) or (np.diff(starts) < 0).any():
            raise ValueError("its blocks do not follow each other")
    if len(arrays["lengths"]) != len(arrays["rows"]) or len(arrays["values"]) != len(arrays["columns"]):
        raise ValueError("its tensors do not match in size")
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
    return Cooccurrences(Vocabulary(words, counts), *_facts(metadata), stripes, {}, metadata["sha256"])


def _facts(metadata: Mapping[str, str]) -> tuple[dict[str, Any], Counting]:
    """The report of the corpus, and how it was counted. Raises ValueError for anything else."""
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
