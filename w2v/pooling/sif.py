"""Smooth inverse frequency (Arora, Liang & Ma 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings").

The weight of a word is a / (a + p(w)) with a = 0.001, their equation 3 and default; then the first common component is
removed (algorithm 1, line 5). Two things differ from the paper. Rows of words are brought to length 1 first, which is
better for vectors of skip-gram. And the component is that of texts of independent words (folding.py) or, with --fit, of
the user's texts; in the paper it is that of the texts which are compared, so that a vector depends on its neighbours.
"""

from __future__ import annotations

from w2v.arrays import F64
from w2v.pooling.kind import Pooling

__all__ = ["SIF"]

A = 1e-3


class _Sif(Pooling):
    name = "sif"
    components = 1

    def weights(self, frequencies: F64) -> F64:
        weights: F64 = A / (A + frequencies)
        return weights


SIF = _Sif()
