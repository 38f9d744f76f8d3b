"""From a corpus to vectors.

session       one run from corpus to vectors: `train` returns the vectors; in a `with training(…)` block the caller
              writes them, and if writing fails the checkpoint is kept
run           which model, settings and sources a run has
models        `MODELS`, the registry of models; model.py says what a model must say of itself
settings      what the settings of all models have in common
data          what models are trained on
trainer       what the trainer of a model must compute; sgns/ and glove/ have the trainers
loop          the epochs of any trainer: position, pause, resume, progress
state         the position of training, and its result
cluster/      deterministic training by several processes
outcome       whether training changed the vectors enough to write them
checkpoints   when checkpoints are written; checkpoint_file.py has their format
requirements  the memory and disk that a run needs
heldout       the loss on a fixed sample of the text
schedule      the learning rate
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.training.models import MODELS
    from w2v.training.session import train, training
    from w2v.training.state import Trained

_HOMES = {
    "MODELS": "w2v.training.models",
    "Trained": "w2v.training.state",
    "train": "w2v.training.session",
    "training": "w2v.training.session",
}

__all__ = ["MODELS", "Trained", "train", "training"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
