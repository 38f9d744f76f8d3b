"""CBOW with subwords, trained without locks. The arithmetic: w2v/kernels/cbow_subwords.py.

The rows of words and n-grams are those of skip-gram with subwords: w2v/training/sgns/subwords.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from w2v.training.cbow.model import CbowConfig
from w2v.training.heldout import HeldOutWindows, Sampling
from w2v.training.sgns.subwords import SubwordTrainer

__all__ = ["CbowSubwordTrainer"]


class CbowSubwordTrainer(SubwordTrainer):
    """Lock-free CBOW with subwords on a token cache: ids int32 [N], -1 ends a sentence."""

    config: CbowConfig

    def make_kernel(self, width: int) -> Callable[..., None]:
        from w2v.kernels.cbow_subwords import cbow_subword_kernel

        return cbow_subword_kernel(width, self.config.negative, self.config.cbow_gradient == "whole")

    def draw_sample(self, how: Sampling) -> HeldOutWindows:
        return HeldOutWindows.draw(self.tokens, self.vocabulary, how, np.float32(1) / self.rows.factors)
