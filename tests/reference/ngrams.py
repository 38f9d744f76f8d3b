"""The naive twins of w2v.kernels.ngrams: n-grams and rows of one word after another, in sets and dictionaries."""

from __future__ import annotations

from collections import Counter


def ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """Return the n-grams of a word in fastText's order; its bytes are read as fastText reads them."""
    if word == "</s>":
        return []
    text = f"<{word}>".encode()
    found = []
    for i in range(len(text)):
        if text[i] & 0xC0 == 0x80:
            continue
        j, n = i, 1
        while j < len(text) and n <= longest:
            j += 1
            while j < len(text) and text[j] & 0xC0 == 0x80:
                j += 1
            if n >= shortest and not (n == 1 and (i == 0 or j == len(text))):
                found.append(text[i:j].decode())
            n += 1
    return found


def bucket(ngram: str, buckets: int) -> int:
    value = 2166136261
    for byte in ngram.encode():
        signed = byte - 256 if byte > 127 else byte
        value = ((value ^ (signed & 0xFFFFFFFF)) * 16777619) % 2**32
    return value % buckets


def rows(words: list[str], shortest: int, longest: int, buckets: int) -> list[list[object]]:
    """Return the rows of each word before any are merged: the word itself, and ("bucket", number) for each n-gram."""
    return [
        [word, *(("bucket", bucket(ngram, buckets)) for ngram in ngrams(word, shortest, longest))] for word in words
    ]


def merged(rows_of: list[list[object]]) -> set[frozenset[object]]:
    """Return the groups of rows that belong to the same words, each as often."""
    words_of: dict[object, Counter[int]] = {}
    for word, found in enumerate(rows_of):
        for row in found:
            words_of.setdefault(row, Counter())[word] += 1
    groups: dict[frozenset[tuple[int, int]], set[object]] = {}
    for row, often in words_of.items():
        groups.setdefault(frozenset(often.items()), set()).add(row)
    return {frozenset(group) for group in groups.values()}
