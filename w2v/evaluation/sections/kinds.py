"""How each kind of suite is shown: one line a kind."""

from __future__ import annotations

from collections.abc import Mapping

from w2v.evaluation.sections import analogies, bias, categories, geometry, outliers, pairs
from w2v.evaluation.sections.base import Kind

__all__ = ["KINDS"]

KINDS: Mapping[str, Kind] = {
    "analogy": Kind(analogies.sections, analogies.headline),
    "similarity": Kind(pairs.sections, pairs.headline),
    "categorization": Kind(categories.sections, categories.headline),
    "outliers": Kind(outliers.sections, outliers.headline),
    "bias": Kind(bias.sections),
    "geometry": Kind(geometry.sections),
}
