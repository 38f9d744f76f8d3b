"""Names that are imported when they are first used: for registries, and for faces of packages that must start fast.

A place is written as "package.module:name".
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["find", "hand_on"]


def find(place: str) -> Any:
    """Import and return what a place names."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def hand_on(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for the face of a package.

    homes: the module that defines each name that the face hands on.
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = find(f"{homes[name]}:{name}")
        setattr(sys.modules[package], name, value)
        return value

    return get, lambda: sorted(homes)
