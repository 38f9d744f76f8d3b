"""The file of a counted matrix: `--keep-cooccurrences` writes it, `--cooccurrences` trains from it.

It has the layout of safetensors, so other tools can read it. With V words, P parts (`Parts`: a function of V), R runs
and N records, block b = p·P + q holding the rows of part p and the columns of part q:

    counts         I64 [V]       occurrences of each word
    word_offsets   I64 [V + 1]   where each word begins in `words`
    block_runs     I64 [P² + 1]  where the runs of each block begin
    block_records  I64 [P² + 1]  where its records begin
    values         F32 [N]       the weight of a record
    rows           U16 [R]       the place of a run's row in its part
    lengths        U16 [R]       the records of the run
    columns        U16 [N]       the place of a record's column in its part
    words          U8            all words, UTF-8, one after the other

`__metadata__` holds "format", the SHA-256 of the data, and "counting" and "corpus" as JSON. The same corpus and
settings give the same bytes. Not here: what is done with the numbers.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from w2v.atomic import replacing
from w2v.cooccurrences import Chunk, Cooccurrences, Counting, Parts
from w2v.errors import FormatError
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

FORMAT = "w2v.cooccurrences/1"
_ALIGNMENT = 64
_LONGEST_HEADER = 1 << 20
_PIECE = 1 << 24
_DTYPES = {
    "counts": ("I64", "<i8"),
    "word_offsets": ("I64", "<i8"),
    "block_runs": ("I64", "<i8"),
    "block_records": ("I64", "<i8"),
    "values": ("F32", "<f4"),
    "rows": ("U16", "<u2"),
    "lengths": ("U16", "<u2"),
    "columns": ("U16", "<u2"),
    "words": ("U8", "u1"),
}
Array = npt.NDArray[Any]


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
    try:
        with open(path, "rb") as file:
            start = file.read(256)
    except OSError:
        return False
    return start[8:9] == b"{" and b'"' + FORMAT.encode() + b'"' in start


def save_cooccurrences(matrix: Cooccurrences, path: str | os.PathLike[str]) -> None:
    """Write a matrix, whole or not at all. Raises OutputError."""
    spelt = [word.encode() for word in matrix.vocabulary.words]
    runs, records = block_starts(matrix)
    first: dict[str, Array] = {
        "counts": matrix.vocabulary.counts.astype("<i8"),
        "word_offsets": np.cumsum([0, *map(len, spelt)], dtype="<i8"),
        "block_runs": runs,
        "block_records": records,
    }
    sizes = {name: len(array) for name, array in first.items()}
    sizes |= {"values": matrix.records, "columns": matrix.records, "rows": matrix.runs, "lengths": matrix.runs}
    sizes["words"] = sum(map(len, spelt))
    metadata = {
        "format": FORMAT,
        "data_sha256": "0" * 64,
        "counting": json.dumps(asdict(matrix.counting)),
        "corpus": json.dumps(
            {name: value for name, value in matrix.corpus.items() if name not in ("sources", "seconds")}
        ),
    }
    digest = hashlib.sha256()
    with replacing(path) as file:
        file.write(_header(sizes, metadata))

        def put(array: Array) -> None:
            for begin in range(0, len(array), _PIECE):
                file.write(array[begin : begin + _PIECE].data)
                digest.update(array[begin : begin + _PIECE].data)

        for array in first.values():
            put(array)
        for name in ("values", "rows", "lengths", "columns"):
            for array in in_block_order(matrix, name):
                put(array)
        put(np.frombuffer(b"".join(spelt), dtype=np.uint8))
        file.seek(0)
        file.write(_header(sizes, metadata | {"data_sha256": digest.hexdigest()}))


def block_starts(matrix: Cooccurrences) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
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


def _header(sizes: Mapping[str, int], metadata: Mapping[str, str]) -> bytes:
    """The header, with its length before it, filled up to the next multiple of 64."""
    tensors: dict[str, Any] = {"__metadata__": dict(metadata)}
    end = 0
    for name, (dtype, code) in _DTYPES.items():
        begin, end = end, end + sizes[name] * np.dtype(code).itemsize
        tensors[name] = {"dtype": dtype, "shape": [sizes[name]], "data_offsets": [begin, end]}
    text = json.dumps(tensors, separators=(",", ":")).encode()
    length = -(-(8 + len(text)) // _ALIGNMENT) * _ALIGNMENT
    return (length - 8).to_bytes(8, "little") + text.ljust(length - 8)


def load_cooccurrences(path: str | os.PathLike[str], *, progress: Progress | None = None) -> Cooccurrences:
    """Map a matrix, once its bytes have been compared with their checksum. Raises FormatError."""
    target = Path(path)
    try:
        with target.open("rb") as file:
            header, begin = _read_header(file)
            size = os.fstat(file.fileno()).st_size
            if progress is not None:
                progress.phase(f"reading {target.name}", size, "bytes")
            sizes, metadata = _checked(header, size - begin)
            file.seek(begin)
            if hashlib.file_digest(file, "sha256").hexdigest() != metadata["data_sha256"]:
                raise ValueError("its checksum is wrong")
        arrays: dict[str, Array] = {}
        for name, (_, code) in _DTYPES.items():
            array: Array = np.empty(0, dtype=code)
            if sizes[name]:
                array = np.asarray(np.memmap(target, dtype=code, mode="r", offset=begin, shape=(sizes[name],)))
            arrays[name] = array
            begin += arrays[name].nbytes
        return _matrix(arrays, metadata)
    except FileNotFoundError as error:
        raise FormatError(f"there is no file {target}", hint="check the path") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(
            f"{target}: no whole file of co-occurrences ({error})",
            hint="count again: w2v train CORPUS --model glove --keep-cooccurrences FILE",
        ) from error


def _read_header(file: BinaryIO) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(file.read(8), "little")
    if length > _LONGEST_HEADER:
        raise ValueError("it does not begin as one")
    header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError("the header is no JSON object")
    return header, 8 + length


def _checked(header: dict[str, Any], data_size: int) -> tuple[dict[str, int], dict[str, str]]:
    """Sizes of the tensors and metadata, if they agree with the format, each other and the size of the file."""
    metadata = header["__metadata__"]
    if metadata["format"] != FORMAT:
        raise ValueError(f"its format is {metadata['format']!r}, not {FORMAT!r}")
    sizes: dict[str, int] = {}
    end = 0
    for name, (dtype, code) in _DTYPES.items():
        (sizes[name],) = header[name]["shape"]
        if type(sizes[name]) is not int or sizes[name] < 0:
            raise ValueError(f"tensor {name} has the shape {header[name]['shape']}")
        begin, end = end, end + sizes[name] * np.dtype(code).itemsize
        if header[name]["dtype"] != dtype or header[name]["data_offsets"] != [begin, end]:
            raise ValueError(f"tensor {name} is not where it should be")
    if end != data_size:
        raise ValueError(f"{data_size:,} bytes of data instead of {end:,}")
    parts = math.isqrt(max(sizes["block_runs"] - 1, 0))
    if (
        sizes["counts"] < 2
        or sizes["word_offsets"] != sizes["counts"] + 1
        or sizes["block_runs"] != sizes["block_records"]
        or parts * parts + 1 != sizes["block_runs"]
        or parts != Parts(sizes["counts"]).number
        or sizes["columns"] != sizes["values"]
        or sizes["rows"] != sizes["lengths"]
    ):
        raise ValueError("its tensors do not match in size")
    return sizes, metadata


def _matrix(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> Cooccurrences:
    """The matrix, if its blocks are in order and all places lie inside their parts: kernels do not look again."""
    words, offsets = arrays["words"].tobytes(), arrays["word_offsets"].tolist()
    spelt = [words[first:last].decode() for first, last in pairwise(offsets)]
    if len(set(spelt)) != len(spelt) or offsets[0] != 0 or offsets[-1] != len(words):
        raise ValueError("its words are not one for each row")
    parts = Parts(len(spelt))
    runs, records = np.array(arrays["block_runs"]), np.array(arrays["block_records"])
    for starts, name in ((runs, "rows"), (records, "columns")):
        if starts[0] != 0 or starts[-1] != len(arrays[name]) or (np.diff(starts) < 0).any():
            raise ValueError("its blocks do not follow each other")
        if len(arrays[name]) and arrays[name].max() >= parts.size:
            raise ValueError(f"{name} lie outside their parts")
    ends = np.concatenate(([0], np.cumsum(arrays["lengths"], dtype=np.int64)))
    if (ends[runs] != records).any() or (len(ends) > 1 and arrays["lengths"].min() < 1):
        raise ValueError("its runs do not fill its blocks")
    if len(arrays["values"]) and not (arrays["values"].min() > 0 and arrays["values"].max() < np.inf):
        raise ValueError("not all of its values are positive numbers")
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
    vocabulary = Vocabulary(spelt, np.array(arrays["counts"]))
    counting = Counting(**json.loads(metadata["counting"]))
    return Cooccurrences(vocabulary, json.loads(metadata["corpus"]), counting, stripes, {})
