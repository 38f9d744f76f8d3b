"""Search in documents: by the words that they share with a query, by what these words mean, or by both.

bm25       the weight of shared words, from token ids
ranking    scores made comparable, combined, and the best of them
"""

from __future__ import annotations
