"""What is found about senses: `Senses` of several words, and the senses of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from w2v.arrays import F32
from w2v.explanation.quotes import Quote

if TYPE_CHECKING:
    import pandas

__all__ = ["Sense", "SenseNeighbour", "Senses", "WordSenses"]


@dataclass(frozen=True)
class SenseNeighbour:
    """A word near a sense, with the cosine of its vector with the mean context of the sense."""

    word: str
    cosine: float


@dataclass(frozen=True)
class Sense:
    """One sense of a word.

    name: as "bank#1"; the word itself where one sense is shown. share: of the occurrences that were looked at, from 0
    to 1. count: of all occurrences, about. neighbours: the words nearest to its mean context. central: quotes of
    occurrences nearest to its centre. border: quotes of occurrences that lie nearly as near to another sense. mean:
    float32 [D], the mean of its contexts without what all contexts have in common.
    """

    name: str
    share: float
    count: int
    neighbours: tuple[SenseNeighbour, ...]
    central: tuple[Quote, ...]
    border: tuple[Quote, ...]
    mean: F32 = field(repr=False, compare=False)


@dataclass(frozen=True)
class WordSenses:
    """The senses of a word.

    count: occurrences in the text. looked_at: those whose contexts were compared. asked: how many senses were asked
    for. cosine: of the centres of the two nearest senses, in the whitened space; None where contexts have too few
    directions. percentile: how many percent of other words of like frequency have a higher cosine; None without ten
    such words. others: how many these are. trusted: whether the percentile is high enough. senses: the largest first;
    one where the split cannot be trusted, unless it was asked for all the same.
    """

    word: str
    count: int
    looked_at: int
    asked: int
    cosine: float | None
    percentile: float | None
    others: int
    trusted: bool
    senses: tuple[Sense, ...]

    @property
    def is_split(self) -> bool:
        """Whether more than one sense is shown."""
        return len(self.senses) > 1

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        senses = []
        for each in self.senses:
            values = asdict(each)
            del values["mean"]
            senses.append(values)
        return {
            "word": self.word,
            "count": self.count,
            "looked_at": self.looked_at,
            "asked": self.asked,
            "cosine": self.cosine,
            "percentile": self.percentile,
            "others": self.others,
            "trusted": self.trusted,
            "senses": senses,
        }


@dataclass(frozen=True)
class Senses:
    """The senses of some words in a text.

    of: the name of the vectors. tokens: how many words the text has. window: how many words away a context may be.
    trusted_from: the percentile from which a split is trusted. seed: of the sampling and the clustering.
    """

    of: str
    words: tuple[WordSenses, ...]
    tokens: int
    window: int
    trusted_from: float
    seed: int

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[WordSenses]:
        return iter(self.words)

    def __getitem__(self, word: str) -> WordSenses:
        """Return the senses of a word."""
        for each in self.words:
            if each.word == word:
                return each
        raise KeyError(word)

    def to_dict(self) -> dict[str, Any]:
        """Return what `w2v senses --json` prints."""
        return {
            "of": self.of,
            "tokens": self.tokens,
            "window": self.window,
            "trusted_from": self.trusted_from,
            "seed": self.seed,
            "words": [each.to_dict() for each in self.words],
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each sense, with its neighbours as one text."""
        return [
            {
                "word": word.word,
                "sense": sense.name,
                "share": sense.share,
                "count": sense.count,
                "cosine": word.cosine,
                "percentile": word.percentile,
                "trusted": word.trusted,
                "neighbours": " ".join(near.word for near in sense.neighbours),
            }
            for word in self.words
            for sense in word.senses
        ]

    def to_frame(self) -> pandas.DataFrame:
        """Return `rows()` as a data frame."""
        import pandas

        return pandas.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        from w2v.display import table

        rows = [
            (sense.name, f"{100 * sense.share:.0f} %", ", ".join(near.word for near in sense.neighbours))
            for word in self.words
            for sense in word.senses
        ]
        return table(f"Senses in {self.of}", ("sense", "share", "nearest words"), rows, words=3)
