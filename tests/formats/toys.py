"""The two formats of hardening/toys, importable as if they lay in the tree."""

from __future__ import annotations

from pathlib import Path

import w2v.formats
from w2v.formats.entry import FormatEntry

FOLDER = Path(__file__).parents[2] / "hardening" / "toys"
w2v.formats.__path__ += [str(FOLDER / kind / "tree" / "w2v" / "formats") for kind in ("format-file", "format-folder")]

TOYS = (
    FormatEntry("toy-lines", "toy lines", (".toy",), "w2v.formats.toy_lines:ToyLines", compressible=True),
    FormatEntry("toy-folder", "a toy folder", (".toys",), "w2v.formats.toy_folder:ToyFolder"),
)
