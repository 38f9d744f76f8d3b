"""The n-grams of a word: its pieces of n characters, and the bucket of each piece, as fastText has them.

Bojanowski et al. 2017, "Enriching Word Vectors with Subword Information", section 3.2. Here for one word at a time, in
Python alone, so that a query waits for nothing; for a whole vocabulary: w2v/kernels/ngrams.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from w2v.errors import SettingsError

__all__ = ["END_OF_SENTENCE", "LONGEST", "Ngrams", "fnv1a"]

LONGEST = 100  # characters of an n-gram that can be asked for
END_OF_SENTENCE = "</s>"  # fastText's mark, which stands in vocabularies as if it were a word


@dataclass(frozen=True)
class Ngrams:
    """Which n-grams words have, and into how many buckets these are hashed.

    shortest, longest: characters of an n-gram. The marks < and > of the beginning and the end of a word count as
    characters, but neither is an n-gram alone.
    """

    shortest: int
    longest: int
    buckets: int
    as_fasttext: ClassVar[bool] = True
    """Whether each n-gram has the one bucket that fastText gives it, as fastText's files demand."""

    @classmethod
    def parse(cls, text: str, buckets: int) -> Ngrams:
        """Return what a text such as "3-6" means, or "5" for 5-5. Raises SettingsError."""
        match = re.fullmatch(r"\s*(\d{1,3})\s*(?:[-–]\s*(\d{1,3})\s*)?", text)
        if match is None:
            raise SettingsError(f"subwords is {text!r}", hint="subwords must be two lengths of n-grams, such as 3-6")
        shortest = int(match[1])
        longest = int(match[2] or match[1])
        if not 1 <= shortest <= longest <= LONGEST:
            raise SettingsError(
                f"subwords is {text!r}",
                hint=f"subwords must be two lengths of n-grams from 1 to {LONGEST}, the shorter one first",
            )
        return cls(shortest, longest, buckets)

    def __str__(self) -> str:
        return f"{self.shortest}-{self.longest}"

    def of(self, word: str) -> list[str]:
        """Return the n-grams of a word in fastText's order: start after start, from each start the shorter ones first.

        An n-gram that occurs twice stands there twice. The mark of the end of a sentence has none.
        """
        return [] if word == END_OF_SENTENCE else self.pieces_of(f"<{word}>")

    def pieces_of(self, marked: str) -> list[str]:
        """Return the n-grams of a word that has its marks already, in the order of `of`."""
        return [
            marked[start:end]
            for start in range(len(marked))
            for end in range(start + max(self.shortest, 1), min(start + self.longest, len(marked)) + 1)
            if not (end - start == 1 and (start == 0 or end == len(marked)))
        ]

    def buckets_of(self, word: str) -> Iterator[int]:
        """Yield the bucket of each n-gram of a word, in the order of `of`."""
        for ngram in self.of(word):
            yield fnv1a(ngram.encode(errors="surrogateescape")) % self.buckets


def fnv1a(text: bytes) -> int:
    """Return fastText's hash of a text: FNV-1a of 32 bits, in which bytes from 128 on count as negative numbers."""
    value = 2166136261
    for byte in text:
        value = ((value ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * 16777619) & 0xFFFFFFFF
    return value
