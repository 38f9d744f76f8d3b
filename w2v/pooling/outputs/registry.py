"""The registry of files for vectors of texts: a line for each, by the suffix of the file's name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from w2v.errors import OutputError
from w2v.lazy import find

if TYPE_CHECKING:
    from w2v.pooling.outputs.output import Output

__all__ = ["OUTPUTS", "output_for"]

OUTPUTS = {
    ".npy": "w2v.pooling.outputs.npy:Npy",
    ".parquet": "w2v.pooling.outputs.parquet:Parquet",
    ".jsonl": "w2v.pooling.outputs.json_lines:JsonLines",
}


def output_for(path: str | os.PathLike[str]) -> type[Output]:
    """Return the kind of file that the suffix of a name says. Raise `OutputError` for other suffixes."""
    name = os.fspath(path)
    suffix = next((suffix for suffix in OUTPUTS if name.lower().endswith(suffix)), None)
    if suffix is None:
        raise OutputError(f"cannot write {name}: its suffix says no format", hint=f"choose {', '.join(OUTPUTS)}")
    kind: type[Output] = find(OUTPUTS[suffix])
    return kind
