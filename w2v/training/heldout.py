"""The held-out loss: the loss on a fixed sample of the text, drawn from the seed. Measuring it changes nothing.

The training loss is taken while the model changes. The held-out loss is of the same windows and noise words before the
first epoch and after each, so its values can be compared with each other, between numbers of threads, and between exact
and shared negatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, F64, I32, I64
from w2v.vocab import Vocabulary

__all__ = ["HeldOut", "HeldOutWindows", "Sampling"]

PIECES = 32
PIECE = 512  # tokens, before subsampling
MOST = 1 << 22  # targets of all pairs; of more pairs, every second, third, … stays
BLOCK = 1024  # pairs scored at once,
VALUES = 1 << 24  # and values of their targets' rows

RowsOf = Callable[[I32], F32]
"""Returns the input vectors of words [n], float32 [n, padded dim]."""


@dataclass(frozen=True)
class Sampling:
    """How windows and noise words are drawn, as in training.

    least, window: the least and the greatest width of a window. sample: the threshold of subsampling. power: the
    exponent of the noise words.
    """

    window: int
    negative: int
    sample: float
    seed: int
    least: int = 1
    power: float = 0.75

    def pieces(self, tokens: I32, vocabulary: Vocabulary, rng: np.random.Generator) -> Iterator[tuple[I32, I64]]:
        """Yield pieces of the token cache at random places, subsampled, each with its (context, centre) places [n, 2].

        tokens: ids, int32 [N], −1 ends a sentence.
        """
        keep = vocabulary.keep_probabilities(self.sample)
        for start in rng.integers(0, max(len(tokens) - PIECE, 0) + 1, PIECES):
            piece = np.asarray(tokens[start : start + PIECE])
            survives = (piece < 0) | (rng.random(len(piece), dtype=np.float32) < keep[piece])
            yield piece[survives], _pairs(piece[survives], self.least, self.window, rng)

    def targets(self, centres: I32, vocabulary: Vocabulary, rng: np.random.Generator) -> I32:
        """Return the centres [n] with noise words beside each, int32 [n, 1 + negative]."""
        distribution = vocabulary.noise_distribution(self.power)
        noise = rng.choice(len(vocabulary), (len(centres), self.negative), p=distribution)
        return np.column_stack((centres, noise)).astype(np.int32)


@dataclass(frozen=True)
class HeldOut:
    """Pairs of words and their noise: contexts [n] int32, targets [n, 1 + negative] int32, the true one first."""

    contexts: I32
    targets: I32

    @classmethod
    def draw(cls, tokens: I32, vocabulary: Vocabulary, sampling: Sampling) -> HeldOut:
        """Draw pairs from pieces of the token cache."""
        rng = np.random.default_rng([sampling.seed, 0x9B0BE])
        pairs = [np.empty((0, 2), dtype=np.int32)]
        pairs.extend(piece[places] for piece, places in sampling.pieces(tokens, vocabulary, rng))
        found = np.concatenate(pairs)
        contexts, centres = found[:: -(-len(found) * (1 + sampling.negative) // MOST) or 1].T
        return cls(contexts, sampling.targets(centres, vocabulary, rng))

    def loss(self, rows_of: RowsOf, outputs: F32) -> float:
        """Return the mean over all pairs of −log σ(score of the true target) − Σ log σ(−score of a noise word).

        outputs: the output vectors, [≥ V, padded dim]. NaN if there is no pair. A noise word that is the centre is not
        counted, as in training.
        """
        total = self.add_losses(0.0, rows_of, outputs)
        return total / len(self.contexts) if len(self.contexts) else float("nan")

    def add_losses(self, total: float, rows_of: RowsOf, outputs: F32) -> float:
        """Return a sum with the losses of all pairs added to it; of parts of a sample it is the sum of the whole."""
        for start, end in _blocks(len(self.contexts), self.targets.shape[1] * outputs.shape[1]):
            total += _loss(rows_of(self.contexts[start:end]), outputs, self.targets[start:end])
        return total

    def parts(self, rows: int, width: int) -> Iterator[HeldOut]:
        """Yield the pairs in parts whose targets are so many words at most, if several blocks of pairs are not fewer.

        width: of the vectors, padded, on which it depends which pairs are scored at once.
        """
        bounds = list(_blocks(len(self.contexts), self.targets.shape[1] * width))
        if len(bounds) < 2 or len(np.unique(self.targets)) <= rows:
            yield self
            return
        middle = bounds[len(bounds) // 2][0]
        yield from HeldOut(self.contexts[:middle], self.targets[:middle]).parts(rows, width)
        yield from HeldOut(self.contexts[middle:], self.targets[middle:]).parts(rows, width)


@dataclass(frozen=True)
class HeldOutWindows:
    """Windows and their noise: contexts int32 [c], of which those of window i stand from starts[i] to starts[i + 1].

    starts: int64 [n + 1]. targets: int32 [n, 1 + negative], the centre first. weights: float32 [V], the weight of each
    word in the mean of a window; None where all words weigh alike.
    """

    contexts: I32
    starts: I64
    targets: I32
    weights: F32 | None = None

    @classmethod
    def draw(
        cls, tokens: I32, vocabulary: Vocabulary, sampling: Sampling, weights: F32 | None = None
    ) -> HeldOutWindows:
        """Draw windows from pieces of the token cache; at most MOST targets, and PIECE contexts of a centre."""
        rng = np.random.default_rng([sampling.seed, 0x9B0BE])
        contexts, centres, sizes = [np.empty(0, np.int32)], [np.empty(0, np.int32)], [np.empty(0, np.int64)]
        for piece, places in sampling.pieces(tokens, vocabulary, rng):
            order = np.argsort(places[:, 1], kind="stable")
            found, counts = np.unique(places[:, 1], return_counts=True)
            contexts.append(piece[places[order, 0]])
            centres.append(piece[found])
            sizes.append(counts)
        targets = sampling.targets(np.concatenate(centres)[: MOST // (1 + sampling.negative)], vocabulary, rng)
        starts = np.concatenate(([0], np.cumsum(np.concatenate(sizes))))[: len(targets) + 1]
        return cls(np.concatenate(contexts)[: starts[-1]], starts, targets, weights)

    def loss(self, rows_of: RowsOf, outputs: F32) -> float:
        """Return the mean over all windows of the loss of `HeldOut.loss`, with the mean of the contexts as input."""
        total = 0.0
        for start, end in _blocks(len(self.targets), self.targets.shape[1] * outputs.shape[1]):
            places = self.starts[start : end + 1]
            contexts, firsts = self.contexts[places[0] : places[-1]], places[:-1] - places[0]
            rows = rows_of(contexts)
            sizes = np.diff(places)
            if self.weights is not None:
                weights = self.weights[contexts]
                rows, sizes = rows * weights[:, None], np.add.reduceat(weights, firsts)
            sums = np.add.reduceat(rows, firsts)
            means = (sums / sizes[:, None]).astype(np.float32)
            total += _loss(means, outputs, self.targets[start:end])
        return total / len(self.targets) if len(self.targets) else float("nan")


def _blocks(number: int, values: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of blocks that are scored at once. values: of the targets' rows of one."""
    block = max(1, min(BLOCK, VALUES // values))
    for start in range(0, number, block):
        yield start, min(start + block, number)


def _loss(rows: F32, outputs: F32, targets: I32) -> float:
    """Return the sum of the losses of some inputs [n, padded dim]. targets: int32 [n, 1 + negative]."""
    scores: F64 = np.matmul(outputs[targets], rows[:, :, None])[:, :, 0].astype(np.float64)
    scores[:, 1:] *= -1
    losses = np.logaddexp(0.0, -scores)
    losses[:, 1:][targets[:, 1:] == targets[:, :1]] = 0.0
    return float(losses.sum())


def _pairs(piece: I32, least: int, window: int, rng: np.random.Generator) -> I64:
    """Return the places (context, centre) of all pairs [n, 2]: every distance up to the width drawn for the centre."""
    place = np.arange(len(piece))
    width = rng.integers(least, window + 1, len(piece))
    sentence = np.cumsum(piece < 0)
    pairs = [np.empty((0, 2), dtype=np.int64)]
    furthest = min(window, len(piece) - 1)
    for distance in (*range(-furthest, 0), *range(1, furthest + 1)):
        other = place + distance
        centre = place[(other >= 0) & (other < len(piece)) & (width >= abs(distance)) & (piece >= 0)]
        context = centre + distance
        within = (sentence[context] == sentence[centre]) & (piece[context] >= 0)
        pairs.append(np.column_stack((context[within], centre[within])))
    return np.concatenate(pairs)
