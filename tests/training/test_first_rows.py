"""The rows as training begins: the same bytes as one generator gives in one go, in any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from w2v import pages
from w2v.kernels.negative_sampling import padded
from w2v.training.first_rows import first_model, first_rows, parts_of_rows, rows_as_they_began
from w2v.training.sgns.model import SgnsConfig


def in_one_go(words: int, config: SgnsConfig) -> np.ndarray:
    values = np.random.default_rng([config.seed, 0x1417]).random((words, config.dim), dtype=np.float32)
    return (values - np.float32(0.5)) / np.float32(config.dim)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("words", "dim"), [(1, 3), (pages.ROWS - 1, 7), (pages.ROWS, 16), (2 * pages.ROWS + 5, 133)])
def test_any_number_of_threads_makes_the_rows_of_one_generator(words: int, dim: int, threads: int) -> None:
    config = SgnsConfig(dim=dim, threads=threads, seed=7)
    model = first_model(words, config)
    assert model.input.shape == model.output.shape == (words + 1, padded(dim))
    assert model.input.ctypes.data % 64 == model.output.ctypes.data % 64 == 0
    np.testing.assert_array_equal(model.input[:words, :dim], in_one_go(words, config))
    assert not model.input[:, dim:].any()
    assert not model.input[words].any()
    assert not model.output.any()
    np.testing.assert_array_equal(
        np.concatenate([part for _, part in parts_of_rows(words, config)]), first_rows(0, words, config)
    )


def test_rows_that_have_not_moved_are_found() -> None:
    config = SgnsConfig(dim=5, threads=2)
    model = first_model(2 * pages.ROWS, config)
    model.input[1:-3, 2] += 1
    np.testing.assert_array_equal(rows_as_they_began(model.input, 2 * pages.ROWS, config), [0, 8190, 8191])


def test_small_pages_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "TRIED", 1)
    monkeypatch.setattr(pages, "SLOW", -1.0)
    config = SgnsConfig(dim=300, threads=2)
    model = first_model(3 * pages.ROWS, config)
    np.testing.assert_array_equal(model.input[:-1, :300], in_one_go(3 * pages.ROWS, config))
    assert not model.output.any()
