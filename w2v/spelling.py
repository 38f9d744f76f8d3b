"""Find the words that are spelt most like a word: for the hints of errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v.arrays import I64

__all__ = ["edit_distances", "nearest_in_spelling"]

SEARCHED = 100_000  # words that are compared: the frequent ones
LONGEST = 64  # characters; a longer word is no misspelling of anything


def edit_distances(word: str, candidates: Sequence[str]) -> I64:
    """Return how many edits lead from a word to each candidate, [n].

    An edit inserts, deletes or replaces a character, or exchanges two neighbours: the optimal string alignment distance
    (Boytsov 2011, section 2.1; Damerau 1964). All candidates are computed at once, a cell of the table after the other.
    """
    lengths = np.fromiter(map(len, candidates), dtype=np.int64, count=len(candidates))
    width = int(lengths.max(initial=0))
    if width == 0:
        return np.full(len(candidates), len(word), dtype=np.int64)
    letters = np.array(candidates, dtype=f"U{width}").view(np.uint32).reshape(len(candidates), width).T.copy()
    table = np.empty((3, width + 1, len(candidates)), dtype=np.int16)  # of the last three characters of the word
    table[0] = np.arange(width + 1, dtype=np.int16)[:, None]
    for i, letter in enumerate(map(ord, word), start=1):
        now, before, earlier = table[i % 3], table[(i - 1) % 3], table[(i - 2) % 3]
        now[0] = i
        for j in range(1, width + 1):
            replaced = before[j - 1] + (letters[j - 1] != letter)
            now[j] = np.minimum(np.minimum(before[j], now[j - 1]) + 1, replaced)
            if i > 1 and j > 1:
                exchanged = (letters[j - 1] == ord(word[i - 2])) & (letters[j - 2] == letter)
                np.minimum(now[j], earlier[j - 2] + 1, out=now[j], where=exchanged)
    last: I64 = table[len(word) % 3][lengths, np.arange(len(candidates))].astype(np.int64)
    return last


def nearest_in_spelling(word: str, words: Sequence[str], limit: int) -> list[str]:
    """Return up to `limit` words that are few edits away from a word, the fewest edits first, case aside.

    Words with as many edits stay in the order of `words`, which is by falling frequency; only the first 100,000 are
    compared. One edit is allowed in words of two to four characters, two up to ten, three in longer ones.
    """
    wanted = word.casefold()
    size = len(wanted)
    allowed = 0 if size < 2 else 1 if size < 5 else 2 if size < 11 else 3
    if not allowed or size > LONGEST:
        return []
    likely: dict[str, str] = {}
    for candidate in words[:SEARCHED]:
        if abs(len(candidate) - size) <= allowed:
            likely.setdefault(candidate.casefold(), candidate)
    distances = edit_distances(wanted, list(likely))
    spelt = list(likely.values())
    order = np.argsort(distances, kind="stable")[:limit]
    return [spelt[number] for number in order.tolist() if distances[number] <= allowed]
