"""What a way of placing words in the plane says of itself: `Layout`. A new one is a file beside this, and a line in
registry.py. pca.py is the shortest example.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from w2v.arrays import F64
from w2v.errors import SettingsError
from w2v.maps.space import Space
from w2v.progress import Progress

__all__ = ["Layout"]


class Layout(ABC):
    """A way of placing words in the plane.

    name: its name in the registry. title: how people call it. neighbours: how many nearest words of each word it
    looks at. advice: what a person who sees the share of kept neighbours should know; "" for nothing. reached: how far
    it has come, as "step 60 of 750", for one that is interrupted.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    neighbours: ClassVar[int] = 0
    advice: ClassVar[str] = ""
    reached: str = ""

    def check(self) -> None:
        """Raise `SettingsError`, with the cure, where a library is missing that the layout needs."""
        return

    @abstractmethod
    def place(self, space: Space, positions: F64, *, seed: int, progress: Progress) -> None:
        """Fill `positions` [N, 2] with the places of all words.

        What takes long writes places into the array from time to time, so that they can be kept if it is interrupted.
        """

    def missing(self, library: str) -> SettingsError:
        """Return the error that says which library is missing."""
        return SettingsError(
            f"--layout {self.name} needs the library {library}",
            hint="pip install 'w2v[map]', or --layout pca, which needs nothing and keeps far fewer neighbours",
        )
