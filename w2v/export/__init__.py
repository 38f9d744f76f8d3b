"""Vectors for other programs: a folder for the Hugging Face Hub, a table in Parquet, two files for a projector.

Not here: the formats that w2v reads and writes itself (w2v/formats).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.export.hub import export_hub
    from w2v.export.parquet import export_parquet
    from w2v.export.projector import export_projector

_HOMES = {
    "export_hub": "w2v.export.hub",
    "export_parquet": "w2v.export.parquet",
    "export_projector": "w2v.export.projector",
}

__all__ = ["export_hub", "export_parquet", "export_projector"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
