"""Vector files: `read`, `write` and `inspect` them; `FORMATS` lists the formats, each of which is one module.

Loading runs no code that a file holds: Python never unpickles one. The names are imported when they are first used, so
that help texts, which only need `FORMATS`, start fast. For questions about vectors see `w2v/vectors.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.formats.format import Format
    from w2v.formats.inspection import FileInfo
    from w2v.formats.reading import inspect, load, read
    from w2v.formats.recognise import recognise
    from w2v.formats.registry import FORMATS
    from w2v.formats.writing import check_output, output_bytes, save, write

_HOMES = {
    "FORMATS": "w2v.formats.registry",
    "FileInfo": "w2v.formats.inspection",
    "Format": "w2v.formats.format",
    "check_output": "w2v.formats.writing",
    "inspect": "w2v.formats.reading",
    "load": "w2v.formats.reading",
    "output_bytes": "w2v.formats.writing",
    "read": "w2v.formats.reading",
    "recognise": "w2v.formats.recognise",
    "save": "w2v.formats.writing",
    "write": "w2v.formats.writing",
}

__all__ = [
    "FORMATS",
    "FileInfo",
    "Format",
    "check_output",
    "inspect",
    "load",
    "output_bytes",
    "read",
    "recognise",
    "save",
    "write",
]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
