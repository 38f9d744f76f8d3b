"""Vectors of texts: a weighted mean of the vectors of their words.

kind, registry      what a kind of pooling says; which kinds there are: mean, idf, sif, usif
frequencies         how often words occur: from counts, or guessed from their order
folding             weights and the common component, folded into the rows of words
rules, words        how texts become words, and these become ids
encoder, making     texts to vectors; what is chosen before
face                `Vectors.encode`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.pooling.encoder import Encoded, TextEncoder

_HOMES = {"Encoded": "w2v.pooling.encoder", "TextEncoder": "w2v.pooling.encoder"}

__all__ = ["Encoded", "TextEncoder"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
