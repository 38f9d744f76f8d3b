"""What questions to vectors return: a list of words with scores, and neighbours with ranks; tables in a notebook.

They are an ordinary list and tuple, and equal to one; `to_frame` makes a data frame of pandas.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

__all__ = ["Neighbour", "Neighbours", "ScoredWords"]

SHOWN = 50  # rows in a notebook


@dataclass(frozen=True)
class Neighbour:
    """A word near a query: its score, its rank (1 is the nearest, inputs counted), and whether it was an input."""

    word: str
    score: float
    rank: int
    is_input: bool


class ScoredWords(list[tuple[str, float]]):
    """Words with their scores, best first: the list of pairs that gensim returns too."""

    def to_frame(self) -> pandas.DataFrame:
        """Return a data frame with the columns word and score."""
        import pandas

        return pandas.DataFrame(list(self), columns=["word", "score"])

    def _repr_html_(self) -> str:
        from w2v.display import table  # here, because only notebooks ask

        rows = [(word, f"{score:.4f}") for word, score in self[:SHOWN]]
        return table(_counted(len(self)), ("word", "score"), rows)


class Neighbours(tuple[Neighbour, ...]):
    """The neighbours of a query, best first, with the inputs at their true rank."""

    __slots__ = ()

    def to_frame(self) -> pandas.DataFrame:
        """Return a data frame with the columns word, score, rank and is_input."""
        import pandas

        return pandas.DataFrame([asdict(each) for each in self], columns=["word", "score", "rank", "is_input"])

    def _repr_html_(self) -> str:
        from w2v.display import Cell, table

        rows = [
            tuple(Cell(text, each.is_input) for text in (_named(each), f"{each.score:.4f}", str(each.rank)))
            for each in self[:SHOWN]
        ]
        return table(_counted(len(self)), ("word", "score", "rank"), rows)


def _named(near: Neighbour) -> str:
    return f"{near.word} (input)" if near.is_input else near.word


def _counted(size: int) -> str:
    words = f"{size:,} {'word' if size == 1 else 'words'}"
    return words if size <= SHOWN else f"the first {SHOWN} of {words}"
