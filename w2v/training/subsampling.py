"""What subsampling leaves of a corpus, said before training begins. Subsampling: w2v/kernels/negative_sampling.py."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import I32, I64
from w2v.progress import Progress
from w2v.training.windows import FEW_WORDS, LONGEST, SAMPLE, WindowSettings, widths
from w2v.vocab import Vocabulary

__all__ = ["Kept", "shares_kept", "tell_what_is_kept"]

LOOKED_AT = 1 << 20  # tokens of the corpus, from which the share of pairs is estimated
LITTLE = 0.5  # of the tokens: where subsampling leaves less, a hint names the cure


class Kept(NamedTuple):
    """The shares of the tokens and of the pairs that subsampling leaves, from 0 to 1."""

    tokens: float
    pairs: float

    def to_dict(self) -> dict[str, float]:
        """Return the shares by the names that they have in the record of a run."""
        return {"tokens_kept": round(self.tokens, 4), "pairs_kept": round(self.pairs, 4)}


def tell_what_is_kept(tokens: I32, vocabulary: Vocabulary, settings: WindowSettings, progress: Progress) -> Kept:
    """Return what subsampling leaves of a corpus (int32 [N], -1 ends a sentence). Say so, and how to keep more."""
    settled = settings.for_vocabulary(len(vocabulary))
    if settings.sample is None and not settled.sample:
        progress.message(
            f"every token is kept, as there are fewer than {FEW_WORDS:,} words (--sample {SAMPLE:g} would not)"
        )
    if not settled.sample:
        return Kept(1.0, 1.0)
    kept = shares_kept(tokens, vocabulary, settled)
    left = f"--sample {settled.sample:g} leaves {kept.tokens:.0%} of the tokens ({kept.pairs:.0%} of the pairs)"
    progress.message(left.replace("%", " %"))
    if kept.tokens < LITTLE:
        progress.message("--sample 0 keeps every token; a larger threshold leaves more of them", "hint")
    return kept


def shares_kept(tokens: I32, vocabulary: Vocabulary, settings: WindowSettings) -> Kept:
    """Return what subsampling leaves: of the tokens as expected, of the pairs as estimated from up to 2^20 tokens."""
    keep = vocabulary.keep_probabilities(settings.threshold)
    expected = float((vocabulary.counts * keep.astype(np.float64)).sum()) / max(vocabulary.tokens, 1)
    looked_at = np.asarray(tokens[:LOOKED_AT])
    sentence, words = np.cumsum(looked_at < 0), looked_at >= 0
    drawn = np.random.default_rng([settings.seed, 0x5A3B1]).random(len(looked_at), dtype=np.float32)
    before = np.bincount(sentence[words])
    after = np.bincount(sentence[words & (drawn < keep[looked_at])])
    span = widths(settings, min(int(before.max(initial=1)), LONGEST))
    pairs = _expected_pairs(before, *span)
    return Kept(expected, _expected_pairs(after, *span) / pairs if pairs else 1.0)


def _expected_pairs(lengths: I64, least: int, window: int) -> float:
    """Return the pairs that sentences of these lengths make on average, where a width is drawn from least..window."""
    found, often = np.unique(lengths, return_counts=True)
    total = 0.0
    for distance in range(1, min(window, int(found.max(initial=1)) - 1) + 1):
        share = min(1.0, (window - distance + 1) / (window - least + 1))
        total += share * float((2 * np.maximum(found - distance, 0) * often).sum())
    return total
