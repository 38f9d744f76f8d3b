"""The held-out loss: the loss on a fixed sample of the text, drawn from the seed. Measuring it changes nothing.

The training loss is taken while the model changes. The held-out loss is of the same windows and noise words before the
first epoch and after each, so its values can be compared with each other, between numbers of threads, and between exact
and shared negatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, I32
from w2v.vocab import Vocabulary

__all__ = ["HeldOut"]

PIECES = 32
PIECE = 512  # tokens, before subsampling
MOST = 1 << 22  # targets of all pairs; of more pairs, every second, third, … stays
BLOCK = 1024  # pairs scored at once,
VALUES = 1 << 24  # and values of their targets' rows


@dataclass(frozen=True)
class HeldOut:
    """Pairs of words and their noise: contexts [n] int32, targets [n, 1 + negative] int32, the true one first."""

    contexts: I32
    targets: I32

    @classmethod
    def draw(
        cls,
        tokens: I32,
        vocabulary: Vocabulary,
        *,
        window: int,
        negative: int,
        sample: float,
        seed: int,
        least: int = 1,
    ) -> HeldOut:
        """Draw windows from pieces of the token cache at random places, subsampled and cut as training does.

        least, window: the least and the greatest width of a window.
        """
        rng = np.random.default_rng([seed, 0x9B0BE])
        keep = vocabulary.keep_probabilities(sample)
        pairs = [np.empty((0, 2), dtype=np.int32)]
        for start in rng.integers(0, max(len(tokens) - PIECE, 0) + 1, PIECES):
            piece = np.asarray(tokens[start : start + PIECE])
            survives = (piece < 0) | (rng.random(len(piece), dtype=np.float32) < keep[piece])
            pairs.extend(_pairs(piece[survives], least, window, rng))
        found = np.concatenate(pairs)
        contexts, centres = found[:: -(-len(found) * (1 + negative) // MOST) or 1].T
        noise = rng.choice(len(vocabulary), (len(centres), negative), p=vocabulary.noise_distribution())
        return cls(contexts, np.column_stack((centres, noise)).astype(np.int32))

    def loss(self, inputs: F32, outputs: F32) -> float:
        """Return the mean over all pairs of −log σ(score of the true target) − Σ log σ(−score of a noise word).

        inputs, outputs: the matrices, [≥ V, any padded dim]. NaN if there is no pair. A noise word that is the centre
        is not counted, as in training.
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


def _pairs(piece: I32, least: int, window: int, rng: np.random.Generator) -> list[I32]:
    """Return (context, centre) for every place of a piece and every distance up to the width drawn for the place."""
    place = np.arange(len(piece))
    width = rng.integers(least, window + 1, len(piece))
    sentence = np.cumsum(piece < 0)
    pairs = []
    furthest = min(window, len(piece) - 1)
    for distance in (*range(-furthest, 0), *range(1, furthest + 1)):
        other = place + distance
        centre = place[(other >= 0) & (other < len(piece)) & (width >= abs(distance)) & (piece >= 0)]
        context = centre + distance
        within = (sentence[context] == sentence[centre]) & (piece[context] >= 0)
        pairs.append(np.column_stack((piece[context[within]], piece[centre[within]])))
    return pairs
