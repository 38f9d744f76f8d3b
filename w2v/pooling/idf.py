"""The mean of rows that are weighted by how rare their words are (inverse document frequency, Spärck Jones 1972).

A file of vectors says how often a word occurs, not in how many texts. So without --fit the weight is −log p(w); with
--fit it is log((N + 1) / (n(w) + 1)), where n(w) of the N texts have the word.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64
from w2v.pooling.kind import Pooling

__all__ = ["IDF"]


class _Idf(Pooling):
    name = "idf"
    unit_rows = False
    counts_texts = True

    def weights(self, frequencies: F64) -> F64:
        rarity: F64 = -np.log(frequencies)
        return rarity

    def weights_of_fit(self, texts: int, with_word: F64) -> F64:
        rarity: F64 = np.log((texts + 1) / (with_word + 1))
        return rarity


IDF = _Idf()
