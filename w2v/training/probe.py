"""The probe: the loss on a fixed, seeded sample of windows. Not here: training; the probe changes nothing.

The training loss is taken while the model moves; the probe asks the same questions before the first epoch and after
each, so its figures can be compared with each other, between threads, and between exact and shared negatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, I32
from w2v.config import SgnsConfig
from w2v.vocab import Vocabulary

__all__ = ["Probe"]

STRETCHES = 32
STRETCH = 512  # tokens, before subsampling
MOST = 1 << 22  # targets of all pairs; of more pairs, every second, third, … stays
BLOCK = 1024  # pairs scored at once,
VALUES = 1 << 24  # and values of their targets' rows


@dataclass(frozen=True)
class Probe:
    """Pairs of words and their noise: contexts [n] int32, targets [n, 1 + negative] int32, the true one first."""

    contexts: I32
    targets: I32

    @classmethod
    def draw(cls, tokens: I32, vocabulary: Vocabulary, config: SgnsConfig) -> Probe:
        """Windows from stretches at random places of the token cache, subsampled and cut as training does."""
        rng = np.random.default_rng([config.seed, 0x9B0BE])
        keep = vocabulary.keep_probabilities(config.sample)
        pairs = [np.empty((0, 2), dtype=np.int32)]
        for start in rng.integers(0, max(len(tokens) - STRETCH, 0) + 1, STRETCHES):
            stretch = np.asarray(tokens[start : start + STRETCH])
            survives = (stretch < 0) | (rng.random(len(stretch), dtype=np.float32) < keep[stretch])
            pairs.extend(_pairs(stretch[survives], config.window, rng))
        found = np.concatenate(pairs)
        contexts, centres = found[:: -(-len(found) * (1 + config.negative) // MOST) or 1].T
        noise = rng.choice(len(vocabulary), (len(centres), config.negative), p=vocabulary.noise_distribution())
        return cls(contexts, np.column_stack((centres, noise)).astype(np.int32))

    def loss(self, inputs: F32, outputs: F32) -> float:
        """Mean over the pairs of −log σ(score of the true target) − Σ log σ(−score of a noise word).

        inputs, outputs: the matrices, [≥ V, any padded dim]. NaN if there is no pair. A noise word that is the centre
        counts for nothing, as in training.
        """
        total = 0.0
        block = max(1, min(BLOCK, VALUES // (self.targets.shape[1] * inputs.shape[1])))
        for start in range(0, len(self.contexts), block):
            targets = self.targets[start : start + block]
            rows = inputs[self.contexts[start : start + block]]
            scores = np.matmul(outputs[targets], rows[:, :, None])[:, :, 0].astype(np.float64)
            scores[:, 1:] *= -1
            losses = np.logaddexp(0.0, -scores)
            losses[:, 1:][targets[:, 1:] == targets[:, :1]] = 0.0
            total += float(losses.sum())
        return total / len(self.contexts) if len(self.contexts) else float("nan")


def _pairs(stretch: I32, window: int, rng: np.random.Generator) -> list[I32]:
    """(context, centre) for every place of a stretch and every distance up to the width drawn for the place."""
    place = np.arange(len(stretch))
    width = rng.integers(1, window + 1, len(stretch))
    sentence = np.cumsum(stretch < 0)
    pairs = []
    for distance in (*range(-window, 0), *range(1, window + 1)):
        other = place + distance
        centre = place[(other >= 0) & (other < len(stretch)) & (width >= abs(distance)) & (stretch >= 0)]
        context = centre + distance
        within = (sentence[context] == sentence[centre]) & (stretch[context] >= 0)
        pairs.append(np.column_stack((stretch[context[within]], stretch[centre[within]])))
    return pairs
