"""Names that are imported when they are first used, so that w2v starts fast.

Registries write such a name as "package.module:name". The `__init__` of a package, its face, hands on names that its
modules define.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["find", "hand_on"]


def find(address: str) -> Any:
    """Import and return what an address "package.module:name" names."""
    module, _, name = address.partition(":")
    return getattr(import_module(module), name)


def hand_on(
    package: str, homes: Mapping[str, str], cures: str = ""
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for the face of a package.

    homes: name that the face hands on → module that defines it. cures: the address of a function that returns what to
    write in place of a name that is not there, or "".
    """

    def get(name: str) -> Any:
        if name not in homes:
            cure = find(cures)(name) if cures and not name.startswith("_") else ""
            raise AttributeError(f"module {package!r} has no attribute {name!r}{': ' * bool(cure)}{cure}")
        value = find(f"{homes[name]}:{name}")
        setattr(sys.modules[package], name, value)
        return value

    return get, lambda: sorted(homes)
