"""What a model says of changes that are made to its vectors after training. What changes there are: w2v/transforms."""

from __future__ import annotations

from w2v.record import RunRecord
from w2v.training.models import MODELS

__all__ = ["advice_on_centring"]

UNKNOWN = (
    "nothing says which model made these vectors: without their mean, skip-gram gains and GloVe loses "
    "(docs/transforms.md)"
)


def advice_on_centring(record: RunRecord | None) -> str:
    """Return what vectors lose without their mean, or that their model is not known; "" where they gain."""
    model = None if record is None else MODELS.get(record.model)
    if model is None:
        return UNKNOWN
    return f"{model.name} vectors: {model.hurt_by_centring}" if model.hurt_by_centring else ""
