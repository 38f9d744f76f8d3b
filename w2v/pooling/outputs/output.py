"""What a kind of file for vectors of texts must do. The best example is npy.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import BinaryIO

from w2v.pooling.encoder import Encoded

__all__ = ["Output"]


class Output(ABC):
    """Writes vectors of texts into an open file, one part after the other: memory does not depend on their number.

    needs_seeking: whether the file must be one in which a place can be written to again, and no pipe.
    """

    needs_seeking: bool = False

    def __init__(self, file: BinaryIO, dim: int) -> None:
        self.file, self.dim = file, dim

    @classmethod
    @abstractmethod
    def check(cls) -> None:
        """Raise `SettingsError` where a library is missing, before long work begins."""

    @abstractmethod
    def add(self, ids: Sequence[str], texts: Sequence[str], part: Encoded) -> None:
        """Write some texts: their ids, the texts as they were given, and their vectors."""

    @abstractmethod
    def end(self) -> None:
        """Write what comes last. The file is closed by whoever has opened it."""
