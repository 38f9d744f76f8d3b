"""The methods that answer analogies, and the baselines beside them, as formulas on cosines. These are the definitions.

`w2v.kernels.contest` computes the same on whole blocks, compiled, and `w2v.neighbours` answers one question at a time;
`contest` looks for the best candidate. All methods rank the candidates d of "a is to b as c is to d" by cosines with
the words of the question alone, so that one matrix product for each block of candidates serves all of them:

    3cosadd         cos(d, b) − cos(d, a) + cos(d, c)               Mikolov, Yih & Zweig 2013
    3cosmul         cos'(d, b) · cos'(d, c) / (cos'(d, a) + ε)      Levy & Goldberg 2014, eq. 4; cos' = (1 + cos) / 2
    pair-direction  cos(b − a, d − c)                               Levy & Goldberg 2014, eq. 2
    only-b          cos(d, c)                                       Linzen 2016, whose b is our c: no relation at all
    ignore-a        cos(d, b) + cos(d, c)                           Linzen 2016: what is left of 3CosAdd without a

A method that does not beat the last two has found neighbours and no relation.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from w2v import neighbours
from w2v.arrays import F32

__all__ = ["BASELINES", "METHODS", "Method", "scores_of"]

Method = Literal["3cosadd", "3cosmul", "pair-direction", "only-b", "ignore-a"]
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul", "pair-direction", "only-b", "ignore-a")
BASELINES: tuple[Method, ...] = ("only-b", "ignore-a")


EPSILON = np.float32(neighbours.EPSILON)
HALF, ONE, TWO = np.float32(0.5), np.float32(1.0), np.float32(2.0)
SAME = np.float32(1e-6)  # 2 − 2 cos below this: the candidate is c, from which no direction leads to it


def _shifted(cosines: F32) -> F32:
    """Return cosines moved to 0..1."""
    moved: F32 = np.maximum((ONE + cosines) * HALF, np.float32(0.0))
    return moved


def _nearness(cosines: F32) -> F32:
    """Return 1 / |d − c| of unit vectors from their cosine; 0 where they are the same."""
    square = TWO - TWO * cosines
    near: F32 = np.zeros_like(square)
    np.divide(ONE, np.sqrt(square, where=square > SAME, out=np.ones_like(square)), out=near, where=square > SAME)
    return near


def scores_of(method: Method, a: F32, b: F32, c: F32, between: F32) -> F32:
    """Return the scores of candidates whose cosines with the words of their questions are a, b and c.

    between: (b − a) · c. All arrays have the same shape, or fit it. The operations and their order are those of
    `w2v.kernels.contest`, so that equal cosines give equal scores.
    """
    if method == "3cosmul":
        return _shifted(b) / (_shifted(a) + EPSILON) * _shifted(c)
    if method == "pair-direction":
        return (b - a - between) * _nearness(c)
    if method == "only-b":
        return c
    return b + c if method == "ignore-a" else b - a + c
