"""The methods that answer analogies, and the baselines beside them, as arithmetic on blocks of cosines.

Not here: the search for the best candidate (`contest`). All methods rank the candidates d of "a is to b as c is to d"
by cosines with the words of the question alone, so that one matrix product a block of candidates serves all of them:

    3cosadd         cos(d, b) − cos(d, a) + cos(d, c)               Mikolov, Yih & Zweig 2013
    3cosmul         cos'(d, b) · cos'(d, c) / (cos'(d, a) + ε)      Levy & Goldberg 2014, eq. 4; cos' = (1 + cos) / 2
    pair-direction  cos(b − a, d − c)                               Levy & Goldberg 2014, eq. 2
    only-b          cos(d, c)                                       Linzen 2016, whose b is our c: no relation at all
    ignore-a        cos(d, b) + cos(d, c)                           Linzen 2016: what is left of 3CosAdd without a

A method that does not beat the last two has found neighbours and no relation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["BASELINES", "METHODS", "Block", "Method", "scores_of"]

Method = Literal["3cosadd", "3cosmul", "pair-direction", "only-b", "ignore-a"]
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul", "pair-direction", "only-b", "ignore-a")
BASELINES: tuple[Method, ...] = ("only-b", "ignore-a")

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

EPSILON = np.float32(1e-6)
HALF, ONE, TWO = np.float32(0.5), np.float32(1.0), np.float32(2.0)
SAME = np.float32(1e-6)  # 2 − 2 cos below this: the candidate is c, from which no direction leads to it


def _shifted(cosines: Floats) -> Floats:
    """Cosines moved to 0..1."""
    moved: Floats = np.maximum((ONE + cosines) * HALF, np.float32(0.0))
    return moved


def _nearness(cosines: Floats) -> Floats:
    """1 / |d − c| of unit vectors; 0 where they are the same."""
    square = TWO - TWO * cosines
    near: Floats = np.zeros_like(square)
    np.divide(ONE, np.sqrt(square, where=square > SAME, out=np.ones_like(square)), out=near, where=square > SAME)
    return near


def scores_of(method: Method, a: Floats, b: Floats, c: Floats, between: Floats) -> Floats:
    """Scores of candidates whose cosines with the words of their questions are a, b and c; between: (b − a) · c.

    The operations and their order are those of `Block.score`, so that equal cosines give equal scores.
    """
    if method == "3cosmul":
        return _shifted(b) / (_shifted(a) + EPSILON) * _shifted(c)
    if method == "pair-direction":
        return (b - a - between) * _nearness(c)
    if method == "only-b":
        return c
    return b + c if method == "ignore-a" else b - a + c


class Block:
    """Cosines [W, n] of the words of questions with n candidates, and what the methods make of them.

    Questions come sorted, so that a chunk of them has few pairs (a, b): what depends on a and b alone is computed once
    a pair. Where vectors are to be taken as they are, inner products stand for cosines.
    """

    def __init__(self, cosines: Floats, methods: Sequence[Method]) -> None:
        self.cosines = cosines
        self.shifted = _shifted(cosines) if "3cosmul" in methods else cosines
        self.nearness = _nearness(cosines) if "pair-direction" in methods else cosines

    def score(
        self,
        method: Method,
        a: Ids,
        b: Ids,
        pair: Ids,
        c: Ids,
        between: Floats,
        near: Floats,
        out: Floats,
        room: Floats,
    ) -> None:
        """Write the scores of a chunk of questions into out [Q, n]; room [Q, n] is scratch.

        a, b: of the chunk's pairs [P], as numbers of the block's words; pair [Q]: which of them a question asks; c [Q];
        between: (b − a) · c [Q]; near [Q, n]: the cosines with c.
        """
        if method == "3cosmul":
            left = self.shifted[b] / (self.shifted[a] + EPSILON)
        elif method == "ignore-a":
            left = self.cosines[b]
        else:
            left = self.cosines[b] - self.cosines[a]
        np.take(left, pair, axis=0, out=out, mode="clip")
        if method == "3cosmul":
            out *= np.take(self.shifted, c, axis=0, out=room, mode="clip")
        elif method == "pair-direction":
            out -= between[:, None]
            out *= np.take(self.nearness, c, axis=0, out=room, mode="clip")
        else:
            out += near
