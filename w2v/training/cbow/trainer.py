"""CBOW with negative sampling, trained without locks. The arithmetic: w2v/kernels/cbow.py."""

from __future__ import annotations

from collections.abc import Callable

from w2v.training.cbow.model import CbowConfig
from w2v.training.heldout import HeldOutWindows, Sampling
from w2v.training.negative_sampling import LockFreeTrainer

__all__ = ["CbowTrainer"]


class CbowTrainer(LockFreeTrainer):
    """Lock-free CBOW with negative sampling on a token cache: ids int32 [N], -1 ends a sentence."""

    config: CbowConfig

    def make_kernel(self, width: int) -> Callable[..., None]:
        from w2v.kernels.cbow import cbow_kernel

        whole = self.config.cbow_gradient == "whole"
        return cbow_kernel(width, self.config.negative, whole, self.weights is not None)

    def draw_sample(self, how: Sampling) -> HeldOutWindows:
        return HeldOutWindows.draw(self.tokens, self.vocabulary, how)
