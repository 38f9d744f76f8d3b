"""Where caches are stored: this file alone looks for the user's cache folder. What is stored there is up to others."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["user_cache"]


def user_cache(*names: str) -> Path | None:
    """Return the folder `$XDG_CACHE_HOME/w2v/NAMES…`, or `~/.cache/w2v/NAMES…`; it need not exist.

    None where the user has no home folder.
    """
    for base in (os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser("~/.cache")):
        if os.path.isabs(base):  # "~" stays as it is where nobody has a home
            return Path(base, "w2v", *names)
    return None
