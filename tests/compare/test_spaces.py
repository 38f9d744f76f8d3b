"""The words that files share, and what is made of their rows."""

from __future__ import annotations

import numpy as np
import pytest

from w2v.compare.spaces import shared_spaces
from w2v.errors import VocabularyError
from w2v.vectors import Vectors


def made(words: str, counts: list[int] | None, seed: int = 1, dim: int = 4) -> Vectors:
    listed = words.split()
    return Vectors(listed, np.random.default_rng(seed).normal(size=(len(listed), dim)), counts, name=f"seed{seed}")


def test_words_are_shared_if_each_file_has_them_often_enough() -> None:
    old = made("the king old rare now", [900, 100, 90, 80, 50])
    new = made("now the king new rare", [500, 400, 300, 200, 10], seed=2, dim=6)
    spaces = shared_spaces([old, new])
    assert spaces.words == ("the", "king", "now")  # by the product of frequencies: 360,000, 30,000, 25,000
    assert spaces.places.tolist() == [[0, 1, 4], [1, 2, 0]]
    assert spaces.counts is not None
    assert spaces.counts.tolist() == [[900, 100, 50], [400, 300, 500]]
    assert spaces.only_in == (("old",), ("new",))
    assert spaces.rare == ("rare",)
    assert spaces.names == ("seed1", "seed2")
    assert [rows.shape for rows in spaces.rows] == [(3, 4), (3, 6)]


def test_rows_are_unit_then_centred_then_unit_again() -> None:
    old, new = made("a b c d", None), made("d c b a", None, seed=2)
    spaces = shared_spaces([old, new])
    assert spaces.counts is None
    unit = old.matrix / np.linalg.norm(old.matrix, axis=1, keepdims=True)
    centred = unit - unit.mean(axis=0)
    expected = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    order = [old.index[word] for word in spaces.words]
    assert spaces.rows[0] == pytest.approx(expected[order], abs=1e-6)
    assert spaces.means[0] == pytest.approx(unit.mean(axis=0), abs=1e-6)


def test_words_without_a_direction_are_left_out_and_named() -> None:
    old, new = made("a b c", None), made("a b c", None, seed=2)
    blank = Vectors.unchecked(new.words, np.where(np.arange(3)[:, None] == 1, 0, new.matrix).astype(np.float32))
    spaces = shared_spaces([old, blank])
    assert spaces.words == ("a", "c")
    assert spaces.without_direction == ("b",)


def test_three_files_share_what_all_have() -> None:
    files = [made("a b c d", [60] * 4), made("b c d e", [60] * 4, 2), made("c d e f", [60] * 4, 3)]
    spaces = shared_spaces(files)
    assert spaces.words == ("c", "d")
    assert spaces.only_in == (("a",), (), ("f",))


def test_too_few_shared_words_are_an_error_with_a_cure() -> None:
    with pytest.raises(VocabularyError, match="share no words with a direction"):
        shared_spaces([made("a b", None), made("c d", None)])
    with pytest.raises(VocabularyError, match="share 2 words, of which 1 occurs 50 times in each") as raised:
        shared_spaces([made("a b", [60, 60]), made("a b", [60, 6], 2)])
    assert "--min-count" in str(raised.value.hint)
