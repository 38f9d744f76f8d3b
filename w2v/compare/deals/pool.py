"""Two corpora as one: the documents of both as numbers of words, to be dealt into new halves.

What is dealt must be independent of each other, and the lines of one text are not. So plain text is dealt in blocks of
about 1,000 tokens, each of consecutive lines. Where a line is a record (CSV, JSON), the records themselves are dealt.
Each corpus is read once, and by way of its token cache; all halves are made of what is in memory then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from w2v.arrays import I32, I64
from w2v.errors import CorpusError
from w2v.files.tensors import Packed, packed
from w2v.lazy import find
from w2v.text.kinds import KINDS
from w2v.tokens import TokenCache

__all__ = ["BLOCK", "LINES", "Pool", "cut_documents", "pool_of", "pooled"]

BLOCK = 1_000  # tokens of a document that is cut from plain text
LINES = 0  # in place of a number of tokens: each line is a document
LONGEST = 2  # times as many tokens as asked for may be in a document that ends with its line
AT_ONCE = 1_024  # documents
LEAST = 4  # documents of a corpus; fewer can hardly be dealt


@dataclass(frozen=True, eq=False)
class Pool:
    """The documents of two corpora, those of the first one first.

    words: of both corpora [W]; packed: the same in UTF-8. tokens: int32 [N], numbers of words; −1 ends a line, and each
    document ends with it. starts: int64 [n + 1]; document i is tokens[starts[i] : starts[i + 1]]. first: how many of
    the documents are of the first corpus. block: the tokens of a document, or LINES.
    """

    words: tuple[str, ...] = field(repr=False)
    packed: Packed = field(repr=False)
    tokens: I32 = field(repr=False)
    starts: I64 = field(repr=False)
    first: int
    block: int

    @property
    def documents(self) -> int:
        """The number of documents of both corpora."""
        return len(self.starts) - 1

    def documents_with(self, words: I64) -> I64:
        """Return in how many documents each of some words [n] stands, int64 [n]."""
        place = np.full(len(self.words) + 1, -1, dtype=np.int64)
        place[words] = np.arange(len(words))
        found = np.zeros(len(words), dtype=np.int64)
        for first in range(0, self.documents, AT_ONCE):
            starts = self.starts[first : first + AT_ONCE + 1]
            at = place[self.tokens[starts[0] : starts[-1]]]  # a line end is −1, and so is the last place
            document = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
            there = at >= 0
            pairs = np.unique(at[there] * AT_ONCE + document[there])
            found += np.bincount(pairs // AT_ONCE, minlength=len(words))
        return found

    def joined(self, documents: I64) -> I32:
        """Return the tokens of some documents [n], one document after the other, int32."""
        return np.concatenate([self.tokens[self.starts[each] : self.starts[each + 1]] for each in documents.tolist()])


def pool_of(caches: Sequence[TokenCache], block: int | None = None) -> Pool:
    """Return the documents of two corpora, or of one. The caches must hold all words, and may be closed afterwards.

    block: about how many tokens a document has, or LINES; None takes lines for records, and blocks of BLOCK tokens for
    all other texts. Raises CorpusError where a corpus has too few documents to be dealt.
    """
    size = block if block is not None else LINES if all(map(_has_records, caches)) else BLOCK
    listed: dict[str, int] = {}
    parts, ends = [], []
    for cache in caches:
        known = np.array([listed.setdefault(word, len(listed)) for word in cache.vocabulary.words], dtype=np.int32)
        tokens, cuts = cut_documents(np.append(known, np.int32(-1))[cache.tokens], size)
        if len(cuts) < LEAST:
            raise CorpusError(
                f"{' '.join(cache.report.sources)} has {len(cuts):,} document{'s' * (len(cuts) != 1)} of "
                f"{_described(size)}: too few to be dealt",
                hint="give more text, or deal smaller documents: --deal-block 200",
            )
        ends.append(cuts)
        parts.append(tokens)
    return pooled(tuple(listed), parts, ends, size)


def pooled(words: tuple[str, ...], parts: Sequence[I32], ends: Sequence[I64], block: int) -> Pool:
    """Return the documents of texts as one; of one text alone, all documents are of the first.

    words: [W]. parts: of each text its tokens, int32 [N], in which each document ends with −1. ends: of each text where
    its documents end, int64 [n]. block: tokens of a document, or LINES.
    """
    begins = np.cumsum([0, *map(len, parts)])
    starts = np.concatenate([begins[:1], *(end + begin for end, begin in zip(ends, begins[:-1], strict=True))])
    return Pool(words, packed(words), np.concatenate(parts), starts.astype(np.int64), len(ends[0]), block)


def cut_documents(tokens: I32, size: int) -> tuple[I32, I64]:
    """Return tokens in which each document ends with −1, and where each document ends, int64 [n].

    tokens: int32 [N], −1 ends a line. size: a document ends with the first line end after so many tokens, at most after
    LONGEST times as many; with LINES, at each line end.
    """
    breaks = np.flatnonzero(tokens < 0)
    if size == LINES:
        whole = tokens if not len(tokens) or tokens[-1] < 0 else np.append(tokens, np.int32(-1))
        return whole, np.flatnonzero(whole < 0) + 1
    cuts: list[int] = []
    inside: list[int] = []  # cuts within a line, at which a line end is put in
    at = 0
    while at < len(tokens):
        place = int(np.searchsorted(breaks, at + size))
        line_end = int(breaks[place]) + 1 if place < len(breaks) else len(tokens)
        if line_end - at > LONGEST * size:
            line_end = at + size
        if tokens[line_end - 1] >= 0:
            inside.append(line_end)
        cuts.append(line_end)
        at = line_end
    ends = np.array(cuts, dtype=np.int64)
    ends += np.searchsorted(np.array(inside, dtype=np.int64), ends, side="right")
    return np.insert(tokens, inside, np.int32(-1)), ends


def _has_records(cache: TokenCache) -> bool:
    """Whether each line of a corpus is a record of CSV, JSON or the like."""
    return all(find(KINDS[name]).takes_column for name in cache.report.kind.split(", "))


def _described(size: int) -> str:
    return "a line" if size == LINES else f"{size:,} tokens"
