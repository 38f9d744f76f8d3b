"""The n-grams of a whole vocabulary as buckets, and the rows of a matrix that they share. For one word: w2v/ngrams.py.

A word with n-grams is the mean of several rows: its own, and one for the bucket of each of its n-grams. Rows that
belong to the same words, each as often, always get the same updates. They are merged into one row, which is their sum:
this is exact, and leaves half of the rows. Such rows are found by a sum of random numbers, one for each word (a
signature).
Naive twins: tests/reference/ngrams.py, and w2v/ngrams.py itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, I32, I64, U8, U64
from w2v.kernels.llvm.compilation import kernel
from w2v.ngrams import END_OF_SENTENCE, Ngrams

__all__ = ["WordRows", "ngram_buckets", "word_rows"]


class WordRows(NamedTuple):
    """The rows of each word, after rows that belong to the same words have been merged.

    numbers: int32 [N], the rows of one word after another; starts: int64 [V + 1], where those of each word begin.
    weights: float32 [N], the rows that were merged into each: so much the row gains where a member gains 1.
    factors: float32 [V]; a word is the sum of its rows times its factor, 1 / the rows that it had before the merging.
    members: int32 [R], the rows that were merged into each row. own: int32 [V], the row with the word's own.
    buckets: int32 [B], the buckets that some word has, by number; of_bucket: int32 [B], the row of each.
    """

    numbers: I32
    starts: I64
    weights: F32
    factors: F32
    members: I32
    own: I32
    buckets: I32
    of_bucket: I32


@kernel
def _hash_all(text: U8, starts: I64, shortest: int, longest: int, buckets: int, out: I32, first: I64) -> int:
    """Write the buckets of the n-grams of all words to `out`; return how many there are. An empty `out` only counts.

    text: the words with their marks < and >; starts: int64 [V + 1]. first: int64 [V + 1], where those of a word begin.
    """
    count = 0
    fill = out.size > 0
    for word in range(starts.size - 1):
        begin, end = starts[word], starts[word + 1]
        first[word] = count
        for start in range(begin, end):
            if text[start] & np.uint8(0xC0) == np.uint8(0x80):
                continue
            value = np.uint32(2166136261)
            place, length = start, 0
            while place < end and length < longest:
                while True:  # all bytes of a character
                    byte = np.uint32(text[place])
                    if byte >= np.uint32(128):
                        byte |= np.uint32(0xFFFFFF00)
                    value = np.uint32((value ^ byte) * np.uint32(16777619))
                    place += 1
                    if place == end or text[place] & np.uint8(0xC0) != np.uint8(0x80):
                        break
                length += 1
                if length >= shortest and not (length == 1 and (start == begin or place == end)):
                    if fill:
                        out[count] = np.int32(value % np.uint32(buckets))
                    count += 1
    first[starts.size - 1] = count
    return count


def ngram_buckets(words: Sequence[str], ngrams: Ngrams) -> tuple[I32, I64]:
    """Return (the buckets of the n-grams of all words int32 [N], where those of each word begin int64 [V + 1])."""
    marked = [b"" if word == END_OF_SENTENCE else b"<%b>" % word.encode(errors="surrogateescape") for word in words]
    text = np.frombuffer(b"".join(marked), dtype=np.uint8)
    starts = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum([len(word) for word in marked], out=starts[1:])
    first = np.zeros(len(words) + 1, dtype=np.int64)
    settings = max(ngrams.shortest, 1), ngrams.longest, ngrams.buckets
    out = np.empty(_hash_all(text, starts, *settings, np.empty(0, dtype=np.int32), first), dtype=np.int32)
    if out.size:
        _hash_all(text, starts, *settings, out, first)
    return out, first


@kernel
def _add_signatures(of: I32, first: I64, random: U64, signatures: U64) -> None:
    """Add the random number of each word to the signature of each of its buckets, as often as the word has the bucket.

    of: int32 [N], the place of each n-gram's bucket among the buckets; first: int64 [V + 1]. random: uint64 [V].
    """
    for word in range(first.size - 1):
        for i in range(first[word], first[word + 1]):
            signatures[of[i]] += random[word]


@kernel
def _lay_rows(of: I32, first: I64, own: I32, members: I32, out: I32, starts: I64) -> int:
    """Write the rows of each word once for each time that the word has every member; return how many they are.

    of: int32 [N], the row of each n-gram; first: int64 [V + 1]; own: int32 [V]; members: int32 [R].
    """
    count = 0
    seen = np.zeros(members.size, dtype=np.int32)
    for word in range(first.size - 1):
        starts[word] = count
        seen[own[word]] += 1
        for i in range(first[word], first[word + 1]):
            seen[of[i]] += 1
        for i in range(first[word] - 1, first[word + 1]):
            row = own[word] if i < first[word] else of[i]
            for _ in range(seen[row] // members[row]):
                out[count] = row
                count += 1
            seen[row] = 0
    starts[first.size - 1] = count
    return count


def word_rows(words: Sequence[str], counts: I64, ngrams: Ngrams, *, merge: bool = True) -> WordRows:
    """Return the rows of words [V] with these counts. Rows that are needed often stand first.

    merge: merge rows that belong to the same words; without it, every word and bucket has a row of its own.
    """
    number = len(words)
    found, first = ngram_buckets(words, ngrams)
    buckets, inverse = np.unique(found, return_inverse=True)
    of = inverse.astype(np.int32)
    if merge:
        random = np.random.default_rng(0x5B0).integers(1, 2**63, number, dtype=np.uint64)
        signatures = np.zeros(len(buckets), dtype=np.uint64)
        _add_signatures(of, first, random, signatures)
        group = np.unique(np.concatenate((random, signatures)), return_inverse=True)[1]
    else:
        group = np.arange(number + len(buckets))
    members = np.bincount(group).astype(np.int32)
    lengths = np.diff(first)
    needed = np.bincount(group[:number], weights=counts, minlength=len(members))
    needed += np.bincount(group[number:][of], weights=np.repeat(counts, lengths), minlength=len(members))
    order = np.argsort(-needed / members, kind="stable")
    rank = np.empty(len(members), dtype=np.int32)
    rank[order] = np.arange(len(members), dtype=np.int32)
    row, members = rank[group], members[order]
    own, of_bucket = row[:number].copy(), row[number:].copy()
    numbers, starts = np.empty(len(found) + number, dtype=np.int32), np.zeros(number + 1, dtype=np.int64)
    numbers = numbers[: _lay_rows(of_bucket[of], first, own, members, numbers, starts)].copy()
    return WordRows(
        numbers=numbers,
        starts=starts,
        weights=members[numbers].astype(np.float32),
        factors=(1 / (1 + lengths)).astype(np.float32),
        members=members,
        own=own,
        buckets=buckets,
        of_bucket=of_bucket,
    )
