"""The terms of BM25: the words of a collection, numbered as they are met. No vectors are needed, and none are asked.

A few texts are cut in plain Python; many by the compiled tokenizer, whose table of words grows with the texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from w2v.arrays import I32, I64
from w2v.pooling.rules import TextRules
from w2v.pooling.words import Block, BlockReader, words_of_texts
from w2v.tokens.settings import CorpusConfig

if TYPE_CHECKING:
    from w2v.tokens.counting import Encoder

__all__ = ["Terms", "rules_of_terms"]

FEW_CHARACTERS = 100_000  # of texts for which compiled kernels are not worth their start
AT_ONCE = 1 << 14  # words that are put into the table at a time


def rules_of_terms(config: CorpusConfig) -> TextRules:
    """Return how texts become terms. config: how they become words that have vectors.

    Terms are the lower-cased words of running text, whatever the vectors distinguish: a search for laptop must find
    Laptop. Languages without blanks are cut as the vectors cut them.
    """
    return TextRules(
        CorpusConfig(
            tokenizer="icu" if config.tokenizer == "icu" else "words",
            keep_tags=config.keep_tags,
            lowercase=True,
            locale=config.locale,
            normalize="nfkc" if config.normalize == "nfkc" else "nfc",
        ),
        False,
    )


class Terms:
    """A growing table of terms."""

    def __init__(self, rules: TextRules) -> None:
        self.rules = rules
        self._index: dict[str, int] = {}
        self._characters = 0
        self._reader: BlockReader | None = None
        self._encoder: Encoder | None = None

    def of(self, texts: Sequence[str]) -> tuple[I64, I32]:
        """Return the terms of some texts: bounds, int64 [texts + 1], and ids, int32 [words], as for `Bm25.build`."""
        self._characters += sum(map(len, texts))
        if self._reader is None and self._characters > FEW_CHARACTERS:
            self._compile()
        if self._reader is not None and self._encoder is not None:
            found = self._reader.read(Block.of(texts), self._encoder)
            return found.bounds, found.ids
        found = words_of_texts(texts, self.rules, self._index, size=len(self._index), composes=True)
        first = len(self._index)
        self._index.update((word, first + number) for number, word in enumerate(found.others))
        return found.bounds, found.ids

    def words(self) -> list[str]:
        """Return all terms so far, by number."""
        if self._encoder is None:
            return list(self._index)
        words = self._encoder.words()
        text = words.text.tobytes()
        return [text[begin:end].decode() for begin, end in pairwise(words.offsets.tolist())]

    def _compile(self) -> None:
        from w2v.tokens.counting import Encoder

        config = self.rules.config
        self._reader = BlockReader(self.rules, [], composes=False)
        encoder = Encoder("words" if config.tokenizer == "words" else "whitespace", config.keep_tags)
        known = list(self._index)
        for start in range(0, len(known), AT_ONCE):
            encoder.add(known[start : start + AT_ONCE])
        self._encoder = encoder
