"""The loop that measures a core's peak does the arithmetic that is counted: all of it, in every chain and lane."""

from __future__ import annotations

import numpy as np
import pytest
from reference import peak as naive

from w2v.kernels.peak import CHAINS, LANES, fma_loop


@pytest.mark.parametrize("rounds", [1, 2, 7, 1000])
def test_it_agrees_with_its_naive_twin(rounds: int) -> None:
    values = np.random.default_rng(rounds).normal(size=(CHAINS, LANES)).astype(np.float32)
    expected = values.copy()
    factor, addend = np.float32(0.99), np.float32(0.3)
    naive.fma_loop(rounds, factor, addend, expected)
    fma_loop(rounds, factor, addend, values)
    np.testing.assert_array_equal(values, expected)
