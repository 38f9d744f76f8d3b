"""Edit distances against the table written out, and which words an error suggests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.spelling import edit_distances, nearest_in_spelling


def distance(a: str, b: str) -> int:
    """Optimal string alignment by its recurrence (Boytsov 2011, section 2.1)."""
    table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            options = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1])]
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                options.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(options)
    return table[len(a), len(b)]


@given(st.text("abcß", max_size=8), st.lists(st.text("abcß", max_size=9), max_size=10))
def test_distances(word: str, candidates: list[str]) -> None:
    assert edit_distances(word, candidates).tolist() == [distance(word, each) for each in candidates]


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("kign", ["king", "sign"]),  # an exchange is one edit; 'kin' is one too, but rarer
        ("womn", ["women", "woman"]),  # one edit each: the frequent one first
        ("KIGN", ["king", "sign"]),
        ("goverment", ["government"]),
        ("x", []),  # one edit from every short word
        ("xqzzt", []),
        ("", []),
        ("x" * 1000, []),
    ],
)
def test_the_fewest_edits_first_then_the_frequent(word: str, nearest: list[str]) -> None:
    words = ["a", "the", "king", "women", "sign", "woman", "kin", "government", "governance"]
    assert nearest_in_spelling(word, words, 2) == nearest
