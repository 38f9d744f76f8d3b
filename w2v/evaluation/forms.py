"""Read the parts of the JSON Schema of results, which lie as JSON beside the code that makes the results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["forms_beside"]


def forms_beside(module: str, name: str = "") -> dict[str, Any]:
    """Return the JSON that lies beside a module: in the file `name`, or in that of the module's own name.

    module: the `__file__` of the module.
    """
    path = Path(module).with_name(name) if name else Path(module).with_suffix(".schema.json")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
