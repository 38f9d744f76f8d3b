"""The file of an index, docs.w2v: documents cut into passages, a vector for each passage, and which words it has.

The file has the layout of w2v's own files (files/tensors) with the tensors of `LAYOUT`. `__metadata__` adds "made", a
JSON object: how texts became words and vectors, with which vectors, and what was left out. The file holds the whole
text of the documents, so only its owner can read it. It is mapped, so that an open index takes hardly any memory of its
own; what is small is compared with its hashes when the file is opened, and everything by `w2v verify`.

How an index is made: building.py. What is asked of it: searching.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from weakref import finalize

import numpy as np

from w2v.arrays import F32, F64, I8, I32, I64, U8, Array
from w2v.errors import FormatError, SettingsError
from w2v.files.guard import Guard
from w2v.files.own import OWN_FILES, Description
from w2v.files.tensors import PackedIndex, PackedWords, Tensor, TensorFile, form_of, regular_only, unreadable
from w2v.pooling.folding import Common
from w2v.pooling.registry import POOLINGS
from w2v.pooling.rules import OF_WORDS
from w2v.progress import Progress
from w2v.search.bm25 import Bm25, Postings
from w2v.tokens.settings import CorpusConfig

__all__ = ["CURE", "FORMAT", "LAYOUT", "IndexFile", "Made", "describe", "is_index", "open_index", "verify"]

FORMAT = "w2v.index/1"
LAYOUT = {
    "document_passages": Tensor("I64", ("M+1",), "where the passages of each document begin"),
    "id_offsets": Tensor("I64", ("M+1",), "where the id of each document begins in `ids`"),
    "text_offsets": Tensor("I64", ("N+1",), "where the text of each passage begins in `texts`"),
    "term_offsets": Tensor("I64", ("T+1",), "where each term begins in `terms`"),
    "posting_offsets": Tensor("I64", ("T+1",), "where the passages of each term begin"),
    "directions": Tensor("F64", ("C", "D"), "what all texts have in common, which was removed"),
    "shares": Tensor("F64", ("C",), "which share of each direction was removed"),
    "mean": Tensor("F64", ("D",), "the mean of all rows"),
    "moments": Tensor("F64", ("D", "D"), "the mean of r rᵀ over all rows r"),
    "rows": Tensor("F32", ("N", "D"), "the vector of each passage, of length 1; zeros if no word has a vector"),
    "scales": Tensor("F32", ("N",), "what the numbers of `coded` are multiplied by"),
    "slack": Tensor("F32", ("N",), "the length of what each row differs from `scales` · `coded`"),
    "lengths": Tensor("I32", ("N",), "the number of words of each passage"),
    "posting_passages": Tensor("I32", ("P",), "the passages that hold each term, rising"),
    "posting_counts": Tensor("U16", ("P",), "how often the term stands there"),
    "coded": Tensor("I8", ("N", "D"), "the rows in steps of `scales`"),
    "hashes": Tensor("U8", ("M", "H"), "the SHA-256 of the text of each document"),
    "ids": Tensor("U8", ("I",), "all ids in UTF-8, one after another"),
    "texts": Tensor("U8", ("L",), "all passages in UTF-8, one after another"),
    "terms": Tensor("U8", ("W",), "all terms in UTF-8, one after another"),
}
CURE = "make it again: w2v index DOCS -o FILE"
ALL_CHECKED = 1 << 25  # bytes of a file that is compared with its hashes as a whole when it is opened
ALWAYS_CHECKED = ("directions", "shares", "mean", "moments")
OFFSETS = (
    ("document_passages", "text_offsets"),
    ("id_offsets", "ids"),
    ("text_offsets", "texts"),
    ("term_offsets", "terms"),
    ("posting_offsets", "posting_passages"),
)
HASH = 32  # bytes


@dataclass(frozen=True)
class Made:
    """How an index was made.

    vectors: the name of the file of vectors. fingerprint: of these vectors (fingerprint.py). words: how many words they
    have. pooling: how the vectors of words were put together. rules: the settings of `CorpusConfig` by which texts
    became words that have vectors; joins_phrases: whether words were joined to phrases. terms: the settings by which
    texts became the terms of BM25. k1, b: of BM25. passage_words: the words of a passage at most. fitted: whether what
    all texts have in common is that of the documents, and not of the vectors. left_out: words of documents that have no
    vector.
    """

    vectors: str
    fingerprint: str
    words: int
    pooling: str
    rules: Mapping[str, Any]
    joins_phrases: bool
    terms: Mapping[str, Any]
    k1: float
    b: float
    passage_words: int
    fitted: bool
    left_out: int

    @classmethod
    def of_json(cls, text: str | None) -> Made:
        """Read the metadata of an index. Raises ValueError for anything else."""
        try:
            found = json.loads(text or "")
        except (ValueError, RecursionError) as error:
            raise ValueError("its metadata do not say how it was made") from error
        kinds = {"str": str, "int": int, "float": (int, float), "bool": bool, "Mapping[str, Any]": dict}
        wanted = {field.name: kinds[str(field.type)] for field in fields(cls)}
        if not isinstance(found, dict) or not all(isinstance(found.get(name), kind) for name, kind in wanted.items()):  # type: ignore[arg-type]
            raise ValueError("its metadata do not say how it was made")
        made = cls(**{name: found[name] for name in wanted})
        if not (0 <= made.k1 < 1e6 and 0 <= made.b <= 1 and made.passage_words > 0 and made.pooling in POOLINGS):
            raise ValueError("its metadata hold impossible settings")
        for rules in (made.rules, made.terms):
            if not set(rules) <= set(OF_WORDS):
                raise ValueError("its metadata do not say how texts became words")
            try:
                CorpusConfig(**rules)
            except (SettingsError, TypeError) as error:
                raise ValueError("its metadata do not say how texts became words") from error
        return made

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


class IndexFile:
    """An open index. M documents have N passages; D are the dimensions of the vectors.

    name: the path, as messages show it. bytes: the size of the file. made: how it was made. content_sha256: of the
    file. map: its bytes. rows: float32 [N, D]. coded: int8 [N, D], scales and slack: float32 [N], the same rows in
    single bytes.
    first_passages: int64 [M + 1]; passages first_passages[d] up to and without first_passages[d + 1] are those of
    document d. mean: float64 [D], moments: float64 [D, D], of the rows. common: what was removed from all vectors.
    hashes: uint8 [M, 32].
    """

    def __init__(self, file: TensorFile, name: str) -> None:
        """Raises ValueError for a file whose tensors do not fit each other."""
        arrays = file.arrays
        self.name, self.bytes, self.content_sha256 = name, file.size, file.content_sha256
        self.made = Made.of_json(file.metadata.get("made"))
        _check_offsets(arrays)
        self.rows: F32 = arrays["rows"]
        self.coded: I8 = arrays["coded"]
        self.scales: F32 = arrays["scales"]
        self.slack: F32 = arrays["slack"]
        self.first_passages: I64 = arrays["document_passages"]
        self.hashes: U8 = arrays["hashes"]
        self.mean: F64 = arrays["mean"]
        self.moments: F64 = arrays["moments"]
        self.common = Common(arrays["directions"], arrays["shares"])
        self._texts: U8 = arrays["texts"]
        self._text_offsets: I64 = arrays["text_offsets"]
        self._ids: U8 = arrays["ids"]
        self._id_offsets: I64 = arrays["id_offsets"]
        self._term_bytes, self._term_offsets = arrays["terms"], arrays["term_offsets"]
        self._lengths: I32 = arrays["lengths"]
        self._postings = Postings(
            arrays["posting_offsets"], arrays["posting_passages"], arrays["posting_counts"], self._lengths
        )
        if len(self._lengths) and self._lengths.min() < 0:
            raise ValueError("a passage has less than no words")
        self.map = file.map

    def __len__(self) -> int:
        """The number of documents."""
        return len(self._id_offsets) - 1

    @property
    def passages(self) -> int:
        """The number of passages of all documents."""
        return len(self._text_offsets) - 1

    @property
    def dim(self) -> int:
        """The dimensions of the vectors."""
        return int(self.rows.shape[1])

    @cached_property
    def most_slack(self) -> float:
        """The largest length of what a row differs from its coded form."""
        return float(self.slack.max(initial=0.0))

    @cached_property
    def bm25(self) -> Bm25:
        """The words of all passages."""
        return Bm25(self._postings, self.made.k1, self.made.b)

    @cached_property
    def terms(self) -> PackedIndex:
        """The number of each term. Raises FormatError."""
        try:
            return PackedIndex(PackedWords(self._term_bytes, self._term_offsets))
        except ValueError as error:
            raise self.damaged(str(error)) from error

    def id(self, document: int) -> str:
        """Return the id of a document. Raises FormatError."""
        return self._cut(self._ids, self._id_offsets, document)

    def text(self, passage: int) -> str:
        """Return the text of a passage. Raises FormatError."""
        return self._cut(self._texts, self._text_offsets, passage)

    def document_of(self, passages: Array) -> I64:
        """Return the documents that passages belong to, int64 [n]."""
        found: I64 = np.searchsorted(self.first_passages, passages, side="right") - 1
        return found

    def text_of(self, document: int) -> str:
        """Return the text of all passages of a document, a line between two of them. Raises FormatError."""
        return "\n".join(map(self.text, range(*self.first_passages[document : document + 2].tolist())))

    def damaged(self, reason: str) -> FormatError:
        """Return the error to raise for content that no index has."""
        return FormatError(f"{self.name}: not a whole index ({reason})", hint=CURE)

    def _cut(self, data: U8, offsets: I64, place: int) -> str:
        begin, end = offsets[place : place + 2].tolist()
        try:
            return data[begin:end].tobytes().decode()
        except UnicodeDecodeError as error:
            raise self.damaged("a text in it is not UTF-8") from error


def open_index(path: Path, *, check: bool = False) -> IndexFile:
    """Map an index. What other programs do to the file while it is in use does no harm (files/guard.py).

    check: whether to compare the whole file with its hashes, and to check every number that points elsewhere. Raises
    FormatError for a file that is no index, is cut short or damaged.
    """
    guard: Guard | None = None
    try:
        with open(path, "rb", opener=regular_only) as opened:
            guard = Guard(path, opened)
            index = index_in(opened, str(path), check=check)
        guard.watch(index.map)
        finalize(index, guard.close)
        return index
    except (OSError, ValueError) as error:
        if guard is not None:
            guard.close()
        if isinstance(error, FileNotFoundError):
            raise FormatError(f"there is no index {path}", hint=f"w2v index DOCS -o {path} makes one") from error
        raise unreadable(path, OWN_FILES["index"].noun, error, CURE) from error


def index_in(file: BinaryIO, name: str, *, check: bool = False) -> IndexFile:
    """Map an index in an open file, which may have no name; check: as in `open_index`. Raises OSError, ValueError."""
    found = TensorFile(file, FORMAT, LAYOUT)
    if check or found.size <= ALL_CHECKED:
        found.check_all()
    else:
        found.check(ALWAYS_CHECKED)
    index = IndexFile(found, name)
    if check:
        _check_content(index)
    return index


def is_index(path: Path) -> bool:
    """Say whether a file begins as an index; it need not be whole."""
    return (form_of(path) or "").startswith("w2v.index/")


def _check_offsets(arrays: Mapping[str, Array]) -> None:
    """Raise ValueError where an array of places does not rise from 0 to the end of what it points into."""
    for name, into in OFFSETS:
        offsets = arrays[name]
        end = len(arrays[into]) - (1 if into.endswith("_offsets") else 0)
        if offsets[0] != 0 or offsets[-1] != end or (np.diff(offsets) < 0).any():
            raise ValueError(f"its {name} do not rise from 0 to {end:,}")
    if arrays["hashes"].shape[1] != HASH and len(arrays["hashes"]):
        raise ValueError("its hashes are none of SHA-256")


def _check_content(index: IndexFile) -> None:
    """Raise ValueError where numbers point to what is not there, or texts are not UTF-8."""
    passages = index._postings.documents
    if len(passages) and not 0 <= int(passages.min()) <= int(passages.max()) < index.passages:
        raise ValueError("a term is in a passage that is not there")
    for data in (index._texts, index._ids):
        try:
            data.tobytes().decode()
        except UnicodeDecodeError as error:
            raise ValueError("a text in it is not UTF-8") from error
    _ = index.terms
    if not (np.isfinite(index.rows).all() and np.isfinite(index.scales).all()):
        raise ValueError("its rows are not all numbers")


def describe(path: Path, progress: Progress) -> Description:
    """Return what `w2v info` tells of an index. Raises FormatError."""
    progress.phase(f"reading {path.name}", path.stat().st_size, "bytes")
    index = open_index(path, check=True)
    made = index.made
    first = [index.id(document) for document in range(min(5, len(index)))]
    words = int(index._lengths.sum(dtype=np.int64))
    values = {
        "path": str(path),
        "format": FORMAT,
        "bytes": index.bytes,
        "documents": len(index),
        "passages": index.passages,
        "words": words,
        "terms": len(index._term_offsets) - 1,
        "dim": index.dim,
        "made": asdict(made),
        "first": first,
    }
    facts = (
        ("documents", f"{len(index):,} in {index.passages:,} passages of at most {made.passage_words:,} words"),
        ("first documents", " ".join(first)),
        ("words", f"{words:,}, of which {len(index._term_offsets) - 1:,} are different"),
        ("vectors", f"{made.vectors}: {made.words:,} words × {index.dim} dimensions, {made.pooling}"),
        ("fingerprint", made.fingerprint),
    )
    return Description(values, facts, lists=("made", "first"))


def verify(path: Path, progress: Progress) -> tuple[str, ...]:
    """Check an index, and return what was checked besides its hashes. Raises FormatError."""
    index = open_index(path, check=True)
    return (f"{len(index):,} documents in {index.passages:,} passages, each with its text and its vector",)
