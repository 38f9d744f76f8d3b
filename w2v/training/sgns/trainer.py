"""Skip-gram with negative sampling, trained without locks. The arithmetic: w2v/kernels/sgns.py.

Training with the same bytes at any number of threads: rotation.py. With subwords: subwords.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from w2v.training.heldout import HeldOut, Sampling
from w2v.training.negative_sampling import LockFreeTrainer
from w2v.training.sgns.model import SgnsConfig

if TYPE_CHECKING:
    from w2v.kernels.negative_sampling import Model

__all__ = ["SgnsTrainer"]


class SgnsTrainer(LockFreeTrainer):
    """Lock-free skip-gram with negative sampling on a token cache: ids int32 [N], -1 ends a sentence."""

    config: SgnsConfig

    def first_model(self) -> Model:
        from w2v.kernels.negative_sampling import FrozenModel

        model = super().first_model()
        if self.config.freeze is None or self.beginning is None:
            return model
        frozen: Any = FrozenModel(model.input, model.output, *self.beginning.frozen(self.vocabulary))
        return cast("Model", frozen)

    def make_kernel(self, width: int) -> Callable[..., None]:
        from w2v.kernels import sgns

        if not self.config.shared_negatives:
            return sgns.exact_kernel(width, self.config.negative)
        frozen, weighted = self.config.freeze is not None, self.weights is not None
        return sgns.shared_kernel(width, self.config.negative, frozen, weighted)

    def draw_sample(self, how: Sampling) -> HeldOut:
        return HeldOut.draw(self.tokens, self.vocabulary, how)
