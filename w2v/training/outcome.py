"""Whether training did something, so that no vectors are written that are as random as they were at the beginning.

Judged by the pairs that words had, and by the loss on the held-out sample, where the model has one.
"""

from __future__ import annotations

import math

from w2v.arrays import I64
from w2v.errors import TrainingError
from w2v.progress import Progress
from w2v.training.state import Trained
from w2v.vocab import Vocabulary

__all__ = ["check_outcome"]

MOST = 0.5  # of the words: if more of them had no pair, nothing is written
LITTLE = 0.01  # of the held-out loss: if it fell by less, a warning says so
NOTHING = 1e-4  # of the held-out loss: if it fell by less, nothing is written
MORE = "give text with longer lines, and more of it; --sample 0 keeps all tokens; a larger --learning-rate changes more"


def check_outcome(
    trained: Trained, without_pairs: I64, vocabulary: Vocabulary, progress: Progress, *, goes_on: bool = False
) -> None:
    """Raise TrainingError where training did nothing, or next to nothing; warn where it did little.

    without_pairs: ids of the words whose vectors are as random as they began. goes_on: whether training began with
    vectors of a file: then it may well be that there was little left to learn, and that is no more than a warning.
    """
    words, lacking = len(vocabulary), len(without_pairs)
    if not trained.pairs:
        raise TrainingError(
            "no two words stood near each other in training: nothing has been learnt, and nothing is written",
            hint="give text with longer lines, and more of it; a very small one needs --sample 0",
        )
    examples = ", ".join(repr(vocabulary.words[word]) for word in without_pairs[:3].tolist())
    if lacking > MOST * words:
        raise TrainingError(
            f"{lacking:,} of {words:,} words, such as {examples}, stood near no other word in training: "
            f"their vectors are still random, and nothing is written",
            hint=MORE,
        )
    if lacking:
        progress.message(
            f"{lacking:,} of {words:,} words, such as {examples}, stood near no other word: their vectors are random",
            "warning",
        )
    _judge_loss(trained, progress, NOTHING if not goes_on else -math.inf)


def _judge_loss(trained: Trained, progress: Progress, nothing: float) -> None:
    losses = trained.heldout_loss
    if not losses or not all(map(math.isfinite, (losses[0], losses[-1]))):
        return
    first, last = losses[0], losses[-1]
    fell = (first - last) / first
    figures = f"the loss on a fixed sample of the text was {first:.4f} before training and {last:.4f} after"
    if fell < nothing:
        cure = "train with a smaller --learning-rate" if fell < 0 else f"train with more --epochs; {MORE}"
        raise TrainingError(f"nothing has been learnt, and nothing is written: {figures}", hint=cure)
    if fell < LITTLE:
        progress.message(f"little has been learnt: {figures}; more text or more --epochs would help", "warning")
