"""The kernels of pooling against their naive twins, with a fixed seed; and the types of their arrays."""

from __future__ import annotations

import numpy as np
import pytest
from reference.pooling import joined, mean_of_words

from w2v.kernels.pooling import PhraseTree, find_texts, join_phrases, pool, put_children


def tree_of(words: list[str]) -> PhraseTree:
    index = {word: row for row, word in enumerate(words)}
    children: dict[int, int] = {}
    ending = [-1]
    begins = np.zeros(len(words), dtype=np.uint8)
    for row, word in enumerate(words):
        parts = word.split("_")
        if len(parts) < 2:
            continue
        begins[index[parts[0]]] = 1
        node = 0
        for part in parts:
            node = children.setdefault(node << 32 | index[part], len(ending))
            if node == len(ending):
                ending.append(-1)
        ending[node] = row
    tree = PhraseTree(
        np.full(64, -1, dtype=np.int64), np.zeros(64, dtype=np.int32), np.array(ending, dtype=np.int32), begins
    )
    put_children(np.array(list(children), dtype=np.int64), np.array(list(children.values()), dtype=np.int32), tree)
    return tree


@pytest.mark.slow
def test_phrases_are_joined_as_the_naive_twin_joins_them() -> None:
    words = ["a", "b", "c", "a_b", "a_b_c", "b_c", "c_c", "b_a_b_a"]
    tree = tree_of(words)
    chance = np.random.default_rng(1)
    for _ in range(50):
        lengths = chance.integers(0, 9, size=6)
        texts = [chance.choice([-1, 0, 1, 2], size=length, p=[0.1, 0.3, 0.3, 0.3]) for length in lengths]
        ids = np.concatenate(texts).astype(np.int32)
        bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        join_phrases(ids, bounds, tree)
        for number, text in enumerate(texts):
            spelt = [words[word] if word >= 0 else "?" for word in text.tolist()]
            expected = joined(spelt, frozenset(word for word in words if "_" in word))
            found = ids[bounds[number] : bounds[number + 1]].tolist()
            assert [words[word] if word >= 0 else "?" for word in found] == expected


@pytest.mark.slow
@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize(("size", "others"), [(8, 3), (8, 0), (100, 0), (300, 3)])
def test_rows_are_pooled_as_the_naive_twin_pools_them(normalize: bool, size: int, others: int) -> None:
    chance = np.random.default_rng(2)
    rows = np.zeros((20, 16 * -(-size // 16)), dtype=np.float32)
    rows[:, :size] = chance.normal(size=(20, size))
    more = chance.normal(size=(others, size)).astype(np.float32)
    lengths = [0, 1, 5, 127, 128, 129, 1_000, 2, 0]
    ids = chance.integers(-2, 26, size=sum(lengths)).astype(np.int32)
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    out = np.full((len(lengths), size), np.nan, dtype=np.float32)
    words = np.full(len(lengths), 99, dtype=np.int32)
    given = ids.tolist()
    mean = np.full(rows.shape[1], np.nan, dtype=np.float32)
    pool(ids, bounds, rows, more, normalize, np.full(size, np.nan), mean, out, words)
    named = {str(row): value.astype(float) for row, value in enumerate(np.concatenate([rows[:, :size], more]))}
    for number in range(len(lengths)):
        text = [str(word) for word in given[bounds[number] : bounds[number + 1]]]
        expected = mean_of_words(text, named, size, normalize=normalize)
        np.testing.assert_allclose(out[number], expected, atol=1e-6)
        assert words[number] == sum(word in named for word in text)
    assert out.dtype == np.float32


def test_words_belong_to_the_text_in_which_they_begin() -> None:
    bounds = np.empty(5, dtype=np.int64)
    find_texts(np.array([0, 3, 9, 12], dtype=np.int64), np.array([0, 3, 4, 12], dtype=np.int64), bounds)
    assert bounds.tolist() == [0, 1, 2, 3, 4]
    find_texts(np.empty(0, dtype=np.int64), np.array([0, 1, 2, 3], dtype=np.int64), bounds)
    assert bounds.tolist() == [0, 0, 0, 0, 0]
