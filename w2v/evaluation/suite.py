"""What every set of questions is once it is in memory, whatever its kind. The kinds are in `tasks`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from w2v.evaluation.own import OwnReading
from w2v.vectors import Vectors

__all__ = ["Suite"]


@dataclass(frozen=True, eq=False)
class Suite(ABC):
    """A set of questions of one kind. A set keeps its distinct words once and refers to them by number.

    kind: the name of its task in `tasks.registry.TASKS`. sha256: of the file; "" for a measure, which has none.
    language: of its words, as "en"; "" where nobody says, as of a user's own file, and where there are no words.
    invalid: lines of the file that are no item, and were left out. own: how the file was read, if it is a user's own;
    None for published sets, whose manifests leave nothing to guess.
    """

    name: str
    title: str
    sha256: str
    language: str = field(default="", kw_only=True)
    invalid: int = field(default=0, kw_only=True)
    own: OwnReading | None = field(default=None, kw_only=True)
    kind: ClassVar[str]

    def pooled_by(self, pooling: str) -> Suite:
        """Return the same set, with its texts to be pooled in this way (w2v/pooling); itself if it holds no texts."""
        return self

    def answered_by(self, other: Vectors) -> Suite:
        """Return the same set, whose answers are looked for in other vectors; itself if it is about one file alone."""
        return self

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of items."""
