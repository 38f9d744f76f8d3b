"""Changes of all vectors at once: without their mean, in another basis, with fewer columns.

Reached by `w2v convert`, `w2v eval --dims` and `w2v.transform`. registry.py lists the kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.transforms.applying import all_but_the_top, centred, transform, transformed
    from w2v.transforms.moments import Moments, blocks, moments_of
    from w2v.transforms.registry import TRANSFORMS, chosen

_HOMES = {
    "Moments": "w2v.transforms.moments",
    "TRANSFORMS": "w2v.transforms.registry",
    "all_but_the_top": "w2v.transforms.applying",
    "blocks": "w2v.transforms.moments",
    "centred": "w2v.transforms.applying",
    "chosen": "w2v.transforms.registry",
    "moments_of": "w2v.transforms.moments",
    "transform": "w2v.transforms.applying",
    "transformed": "w2v.transforms.applying",
}

__all__ = [
    "TRANSFORMS",
    "Moments",
    "all_but_the_top",
    "blocks",
    "centred",
    "chosen",
    "moments_of",
    "transform",
    "transformed",
]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
