"""Unsupervised SIF (Ethayarajh 2018, "Unsupervised Random Walk Sentence Embeddings"), which has no a to choose.

    weight(w) = a / (a/2 + p(w))    a = (1 − α) / (α · V/2)    α = share of the V words with p(w) > 1 − (1 − 1/V)^n

n is the expected number of words of a text, 11 as in the paper. Then the first five common components are removed, of
component i the share λ_i / Σ λ, where λ is its eigenvalue (section 4.3). Two things differ from the authors' program.
Rows of words have length 1, where the program scales each dimension by all words of the text, which could not be folded
into the rows. And where the components come from is said in sif.py.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64
from w2v.pooling.kind import Pooling

__all__ = ["USIF"]

WORDS_OF_A_TEXT = 11


class _Usif(Pooling):
    name = "usif"
    components = 5

    def weights(self, frequencies: F64) -> F64:
        size = len(frequencies)
        common = float((frequencies > 1 - (1 - 1 / size) ** WORDS_OF_A_TEXT).mean())
        if common == 0:  # a is infinite: no word is much more frequent than the others
            return np.full(size, 2.0)
        a = (1 - common) / (common * size / 2)
        weights: F64 = a / (a / 2 + frequencies)
        return weights

    def removed(self, variances: F64) -> F64:
        shares: F64 = variances / (variances.sum() or 1.0)
        return shares


USIF = _Usif()
