"""Passages as an old index has them, and short queries to them: by old vectors, by new ones, and with both replaced.

Passages come from an index that `w2v index` has made, or from a text, which is cut into short ones. A query is a run of
words of a passage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.errors import CorpusError, FormatError
from w2v.machine import one_blas_thread
from w2v.neighbours import nearest
from w2v.pooling.encoder import TextEncoder
from w2v.pooling.folding import NOTHING_COMMON, Common, common_of_moments
from w2v.pooling.making import make_encoder
from w2v.progress import Progress
from w2v.search.fingerprint import fingerprint_of
from w2v.search.index_file import IndexFile, is_index, open_index
from w2v.search.passages import passages_of
from w2v.text.kind import kind_of
from w2v.text.opening import Opened
from w2v.text.texts import Texts
from w2v.transforms.moments import unit_rows
from w2v.vectors import Vectors

__all__ = ["OldPassages", "old_passages", "overlap"]

MOST = 40_000  # passages
PASSAGE_WORDS = 50
QUERIES = 1_000
STEP = 1 << 20  # bytes that are read at once
LONG_LINE = 1 << 20  # characters
QUERY_WORDS = 12
FITTED_FROM = 1_000  # passages from which on what all have in common is theirs, as in an index


class OldPassages:
    """Passages with their vectors in the old space and in the new one.

    source: where they come from. rows: of the passages by the old vectors, float32 [N, D], at length 1; common: what
    was taken off them. new_rows, new_common: the same by the new vectors.
    """

    def __init__(
        self,
        source: str,
        texts: Sequence[str],
        old: TextEncoder,
        new: TextEncoder,
        progress: Progress,
        *,
        rows: F32 | None = None,
        common: Common | None = None,
    ) -> None:
        """old, new: encoders that take nothing off, and do not bring vectors to length 1. rows, common: where known."""
        self.source, self.texts = source, texts
        self.old, self.new = old, new
        if rows is None or common is None:
            rows, common = _made(old, texts, progress)
        self.rows, self.common = rows, common
        self.new_rows, self.new_common = _made(new, texts, progress)
        self.queries, self.query_words = min(QUERIES, 4 * len(texts)), QUERY_WORDS
        self._before: I64 | None = None

    def __len__(self) -> int:
        """The number of passages."""
        return len(self.texts)

    def overlaps(self, asks: Sequence[Callable[[F64], F64]], k: int, seed: int, progress: Progress) -> list[float]:
        """Return for each map the share of the k passages found before that mapped queries find too."""
        progress.phase("asking queries", len(asks) + 1)
        asked = self._asked(seed)
        new = self.new.encode(asked).vectors.astype(np.float64)
        before = self._found_before(asked, k)
        shares = []
        for done, ask in enumerate(asks, start=1):
            shares.append(overlap(before, _found(self.rows, self.common.taken_off(ask(new)), k)))
            progress.update(done)
        return shares

    def reindexed(self, k: int, seed: int) -> float:
        """Return the share of the k passages found before that the new vectors find in an index of their own."""
        asked = self._asked(seed)
        new = self.new.encode(asked).vectors.astype(np.float64)
        return overlap(self._found_before(asked, k), _found(self.new_rows, self.new_common.taken_off(new), k))

    def _found_before(self, asked: Sequence[str], k: int) -> I64:
        if self._before is None or self._before.shape[1] != min(k, len(self)):
            old = self.old.encode(asked).vectors.astype(np.float64)
            self._before = _found(self.rows, self.common.taken_off(old), k)
        return self._before

    def _asked(self, seed: int) -> list[str]:
        """Runs of words from passages that are drawn at random."""
        rng = np.random.default_rng(seed)
        asked = []
        for number in rng.integers(0, len(self), self.queries).tolist():
            words = self.texts[number].split()
            begin = int(rng.integers(0, max(1, len(words) - QUERY_WORDS + 1)))
            asked.append(" ".join(words[begin : begin + QUERY_WORDS]))
        return asked


def old_passages(path: Path, old: Vectors, new: Vectors, progress: Progress) -> OldPassages:
    """Return the passages of an index or of a text, at most 40,000 of them, evenly spaced.

    Raises FormatError for an index that was made with other vectors than `old`, or holds no texts; CorpusError for a
    text that cannot be read.
    """
    if is_index(path):
        return _of_index(open_index(path), old, new, progress)
    progress.phase(f"reading {path.name}", None, "texts")
    every = list(chain.from_iterable(passages_of(text, PASSAGE_WORDS) for text in _texts(path)))
    texts = [every[number] for number in _spaced(len(every)).tolist() if every[number].strip()]
    if not texts:
        raise CorpusError(f"{path} holds no text", hint="name a text, or an index that 'w2v index' has made")
    return OldPassages(str(path), texts, _encoder(old, "sif", {}), _encoder(new, "sif", {}), progress)


def _texts(path: Path) -> Iterator[str]:
    """The texts of a file; plain text line by line, where a line may be endless."""
    texts = Texts([str(path)])
    for source in texts.sources:
        opened = Opened(source, source.read(STEP), texts.reading, texts.tally)
        kind = kind_of(texts.reading, opened, source)
        if kind.is_plain:
            yield from _lines(opened.characters())
        else:
            yield from (text.text for text in kind.texts(opened))


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a text whose pieces end behind white space; a very long line is cut where a piece ends."""
    carried = ""
    for piece in pieces:
        *whole, carried = (carried + piece).split("\n")
        yield from whole
        if len(carried) > LONG_LINE:
            yield carried
            carried = ""
    yield carried


def _of_index(file: IndexFile, old: Vectors, new: Vectors, progress: Progress) -> OldPassages:
    if fingerprint_of(old) != file.made.fingerprint:
        raise FormatError(
            f"{file.name} was made with {file.made.vectors}, and not with {old.name}",
            hint="name the vectors of the index first: w2v drift OLD NEW --old-index INDEX",
        )
    if not file.passages:
        raise FormatError(f"{file.name} holds no documents", hint="index some: w2v index DOCS")
    chosen = _spaced(file.passages)
    made = file.made
    rules = {("normal_form" if name == "normalize" else name): value for name, value in made.rules.items()}
    return OldPassages(
        file.name,
        [file.text(number) for number in chosen.tolist()],
        _encoder(old, made.pooling, rules),
        _encoder(new, made.pooling, rules),
        progress,
        rows=file.rows[chosen],
        common=file.common,
    )


def _spaced(size: int) -> I64:
    """The numbers of at most MOST of so many passages, evenly spaced."""
    return np.unique(np.linspace(0, size - 1, min(size, MOST)).astype(np.int64)) if size else np.empty(0, np.int64)


def _encoder(vectors: Vectors, pooling: str, rules: dict[str, Any]) -> TextEncoder:
    """An encoder of plain weighted means: what they have in common is taken off later."""
    return make_encoder(vectors, pooling, normalize=False, common=NOTHING_COMMON(vectors.dim), **rules)


def _made(encoder: TextEncoder, texts: Iterable[str], progress: Progress) -> tuple[F32, Common]:
    """The rows of passages at length 1, and what was taken off them, as in an index."""
    found = encoder.encode(list(texts), progress=progress)
    wide = found.vectors.astype(np.float64)
    with_words = int((found.words > 0).sum())
    if encoder.pooling.components and with_words >= FITTED_FROM:
        with one_blas_thread():
            common = common_of_moments(wide.T @ wide / with_words, encoder.pooling)
    else:
        common = make_encoder(encoder.vectors, encoder.pooling.name).common
    return unit_rows(common.taken_off(wide)).astype(np.float32), common


def _found(rows: F32, queries: F64, k: int) -> I64:
    """The k passages nearest to each query, int64 [n, k]."""
    return nearest(rows, unit_rows(queries), k).rows


def overlap(before: I64, after: I64) -> float:
    """Return the share of the rows found before, [n, k], that are found again; −1 stands for none."""
    there = before >= 0
    same = ((before[:, :, None] == after[:, None, :]) & there[:, :, None]).any(axis=2)
    return float(same.sum() / max(1, int(there.sum())))
