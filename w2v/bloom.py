"""N-grams in a Bloom table, as floret has them: a small table in which each n-gram has several rows.

Here the n-grams and their rows; the file: w2v/formats/floret.py. One n-gram in one bucket, as fastText has it:
ngrams.py. With h hashes an n-gram shares all of its rows with another one far more seldom than with one hash, so the
table can be ten times smaller (Boyd & Warmerdam 2022, "floret: lightweight, robust word vectors").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from w2v.ngrams import END_OF_SENTENCE, LONGEST, Ngrams

__all__ = ["MOST_HASHES", "BloomNgrams", "bloom_told", "murmur3", "ngrams_told"]

MOST_HASHES = 4  # numbers of 32 bits that the hash gives
LONGEST_MARK = 64  # letters
BITS = 0xFFFFFFFFFFFFFFFF
FIRST, SECOND = 0x87C37B91114253D5, 0x4CF5AD432745937F


@dataclass(frozen=True)
class BloomNgrams(Ngrams):
    """Which n-grams words have, and the rows of each: so many of `buckets` as there are hashes.

    hashes: 1 to 4. seed: of the hash. begin, end: the marks of the beginning and the end of a word.
    """

    hashes: int
    seed: int
    begin: str = "<"
    end: str = ">"
    as_fasttext: ClassVar[bool] = False

    def of(self, word: str) -> list[str]:
        """Return the whole word with its marks, and then its n-grams in fastText's order; none for `</s>`."""
        if word == END_OF_SENTENCE:
            return []
        marked = f"{self.begin}{word}{self.end}"
        return [marked, *self.pieces_of(marked)]

    def buckets_of(self, word: str) -> Iterator[int]:
        """Yield the rows of each n-gram of a word, in the order of `of`."""
        for ngram in self.of(word):
            yield from self.rows_of(ngram)

    def rows_of(self, ngram: str) -> list[int]:
        """Return the rows of one n-gram, one for each hash."""
        numbers = murmur3(ngram.encode(errors="surrogateescape"), self.seed)
        return [number % self.buckets for number in numbers[: self.hashes]]


def murmur3(data: bytes, seed: int) -> tuple[int, int, int, int]:
    """Return the MurmurHash3 of 128 bits, in its form for 64-bit processors, as the four numbers of 32 bits in it."""
    one = two = seed
    whole = len(data) & ~15
    for start in range(0, whole, 16):
        one ^= _mixed(int.from_bytes(data[start : start + 8], "little"), FIRST, 31, SECOND)
        one = ((_rotated(one, 27) + two) * 5 + 0x52DCE729) & BITS
        two ^= _mixed(int.from_bytes(data[start + 8 : start + 16], "little"), SECOND, 33, FIRST)
        two = ((_rotated(two, 31) + one) * 5 + 0x38495AB5) & BITS
    rest = data[whole:]
    two ^= _mixed(int.from_bytes(rest[8:], "little"), SECOND, 33, FIRST)
    one ^= _mixed(int.from_bytes(rest[:8], "little"), FIRST, 31, SECOND)
    one, two = one ^ len(data), two ^ len(data)
    one = (one + two) & BITS
    two = (two + one) & BITS
    one, two = _finished(one), _finished(two)
    one = (one + two) & BITS
    two = (two + one) & BITS
    return one & 0xFFFFFFFF, one >> 32, two & 0xFFFFFFFF, two >> 32


def _mixed(value: int, before: int, bits: int, after: int) -> int:
    return (_rotated(value * before & BITS, bits) * after) & BITS


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (64 - bits)) & BITS


def _finished(value: int) -> int:
    value = ((value ^ value >> 33) * 0xFF51AFD7ED558CCD) & BITS
    value = ((value ^ value >> 33) * 0xC4CEB9FE1A85EC53) & BITS
    return value ^ value >> 33


def ngrams_told(told: Mapping[str, Any]) -> Ngrams:
    """Return the n-grams that a file speaks of by their fields; those with `hashes` are in a Bloom table.

    Raise ValueError for what cannot be such n-grams.
    """
    return bloom_told(told) if "hashes" in told else Ngrams(*_lengths_and_buckets(told))


def bloom_told(told: Mapping[str, Any]) -> BloomNgrams:
    """Return the n-grams in a Bloom table that a file speaks of. Raise ValueError for what cannot be such n-grams."""
    hashes, seed = told.get("hashes"), told.get("seed")
    if not (type(hashes) is int and 1 <= hashes <= MOST_HASHES and type(seed) is int and 0 <= seed < 1 << 32):
        raise ValueError(f"its n-grams have {hashes!r} hashes with the seed {seed!r}")
    begin, end = told.get("begin"), told.get("end")
    marks = [mark for mark in (begin, end) if isinstance(mark, str) and 0 < len(mark) <= LONGEST_MARK]
    if len(marks) < 2:
        raise ValueError(f"its words begin with {begin!r:.70} and end with {end!r:.70}")
    return BloomNgrams(*_lengths_and_buckets(told), hashes, seed, *marks)


def _lengths_and_buckets(told: Mapping[str, Any]) -> tuple[int, int, int]:
    numbers = [told.get(name) for name in ("shortest", "longest", "buckets")]
    if not all(type(number) is int for number in numbers):
        raise ValueError("the lengths of its n-grams are no numbers")
    shortest, longest, buckets = (int(each) for each in numbers if each is not None)
    if not (0 <= shortest <= longest <= LONGEST and 1 <= buckets < 1 << 31):
        raise ValueError(f"there are no n-grams of {shortest} to {longest} letters in {buckets} buckets")
    return shortest, longest, buckets
