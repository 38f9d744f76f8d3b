"""The registry of kinds of pooling: a line for each, with the address of its object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from w2v.errors import SettingsError
from w2v.lazy import find

if TYPE_CHECKING:
    from w2v.pooling.kind import Pooling

__all__ = ["DEFAULT", "POOLINGS", "pooling_named"]

POOLINGS = {
    "mean": "w2v.pooling.mean:MEAN",
    "idf": "w2v.pooling.idf:IDF",
    "sif": "w2v.pooling.sif:SIF",
    "usif": "w2v.pooling.usif:USIF",
}
DEFAULT = "sif"


def pooling_named(name: Any) -> Pooling:
    """Return a kind of pooling. Raise `SettingsError` for a name that no kind has."""
    if not isinstance(name, str) or name not in POOLINGS:
        raise SettingsError(f"pooling is {name!r:.60}", hint=f"choose one of {', '.join(POOLINGS)}")
    found: Pooling = find(POOLINGS[name])
    return found
