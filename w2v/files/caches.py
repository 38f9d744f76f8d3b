"""Where caches are stored: this file alone looks for the user's cache folder. What is stored there is up to others.

What is kept in the Python environment itself (`environment_folder`) goes wherever a copy of the environment goes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["cache_base", "environment_base", "environment_folder", "user_cache"]


def cache_base() -> Path | None:
    """Return the folder for the caches of all programs: `$XDG_CACHE_HOME`, or `~/.cache`; it need not exist.

    None where the user has no home folder.
    """
    for base in (os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser("~/.cache")):
        if os.path.isabs(base):  # "~" stays as it is where nobody has a home
            return Path(base)
    return None


def user_cache(*names: str) -> Path | None:
    """Return the folder `w2v/NAMES…` in `cache_base`; it need not exist. None where the user has no home folder."""
    base = cache_base()
    return None if base is None else Path(base, "w2v", *names)


def environment_base() -> Path:
    """Return the folder of the Python environment that runs, as of a virtual environment."""
    return Path(os.path.realpath(sys.prefix))


def environment_folder(*names: str) -> Path:
    """Return the folder `share/w2v/NAMES…` of the Python environment; it need not exist."""
    return Path(environment_base(), "share", "w2v", *names)
