"""What a process says of its software. admission.py sends this file as text, to workers that may have no w2v.

So this file imports only the standard library, and its answer is JSON. What is made of the answers: checks.py.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from importlib import metadata, util
from pathlib import Path

__all__ = ["software"]

PACKAGES = ("numpy", "numba", "llvmlite", "dask", "distributed")


def software() -> str:
    """Return the versions of all that can change the bytes of a run, by name, as JSON; null for what is missing."""
    found: dict[str, str | None] = {"python": ".".join(platform.python_version_tuple()[:2])}
    found["w2v"], found["source"] = _w2v()
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return json.dumps(found)


def _w2v() -> tuple[str | None, str | None]:
    """Return the version of w2v, and a hash of its source files, without importing it."""
    spec = util.find_spec("w2v")
    folder = None if spec is None or not spec.submodule_search_locations else Path(spec.submodule_search_locations[0])
    if folder is None:
        return None, None
    try:
        told = re.search(r'__version__ = "(.*)"', (folder / "version.py").read_text("utf-8"))
    except OSError:
        return None, None  # a folder of that name without w2v in it
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return told.group(1) if told else "of an unknown version", digest.hexdigest()
