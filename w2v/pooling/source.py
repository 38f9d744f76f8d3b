"""What encoding needs of vectors. `w2v.Vectors` has all of it, and stands above this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from w2v.arrays import F32, I64
from w2v.files.rows import FileRows

if TYPE_CHECKING:
    from w2v.lookup import Lookup
    from w2v.record import RunRecord

__all__ = ["WordRows"]


class WordRows(Protocol):
    """Words with a row for each, [V, D] float32, and what is known of their training."""

    name: str
    counts: I64 | None
    record: RunRecord | None
    tokenizer: Mapping[str, Any] | None

    @property
    def stored(self) -> F32 | FileRows:
        """The rows [V, D], which may stay in a file."""

    @property
    def compose(self) -> Callable[[str], F32 | None] | None:
        """Returns the vector of a word that has no row, where the vectors can."""

    @property
    def lookup(self) -> Lookup:
        """Finds words: `lookup.words` [V], and `lookup.index`, which has the row of each word."""


def first_words(vectors: WordRows, most: int) -> Sequence[str]:
    """Return the first words, which are the most frequent ones."""
    return list(vectors.lookup.words[: min(most, len(vectors.lookup.words))])
