"""Quotes for occurrences that were found in the token cache, which holds numbers of words and no sentences.

The text is read again up to the last quote; the n-th occurrence of a word in the cache is the n-th one in the text. A
text that can be read once only, as standard input, is quoted from the cache: without punctuation and rare words. So are
words such as new_york, which are several words in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from w2v.arrays import I64
from w2v.explanation.quotes import Quote, quote_at
from w2v.text import Texts
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.stream import WordStream
from w2v.word_senses.contexts import CorpusContexts

__all__ = ["is_one_word", "quotes_from_ids", "quotes_from_text"]

REACH = 30  # words before and after, which hold what a quote shows
SIDE = 12  # words before and after in a quote from the cache


def is_one_word(word: str) -> bool:
    """Return whether a word of the cache is one word in the text, too."""
    return "_" not in word and " " not in word


def quotes_from_text(
    texts: Texts,
    config: CorpusConfig,
    wanted: Mapping[str, I64],
    on_block: Callable[[int], None] = lambda _: None,
) -> dict[str, dict[int, Quote]]:
    """Return quotes by word and by the number of the occurrence. wanted: rising numbers of each word, int64 [n]."""
    words = [word for word, numbers in wanted.items() if len(numbers)]
    stream = WordStream(config, words)
    seen = dict.fromkeys(words, 0)
    found: dict[str, dict[int, Quote]] = {word: {} for word in wanted}
    missing = sum(len(wanted[word]) for word in words)
    for window in stream.windows(texts, REACH, on_block):
        ids = window.ids[window.first : window.last]
        for number, word in enumerate(words):
            places = window.first + np.flatnonzero(ids == number)
            first, last = np.searchsorted(wanted[word], (seen[word], seen[word] + len(places)))
            for ordinal in wanted[word][first:last].tolist():
                found[word][ordinal] = quote_at(window, int(places[ordinal - seen[word]]))
            seen[word] += len(places)
            missing -= int(last - first)
        if not missing:
            break
    return found


def quotes_from_ids(contexts: CorpusContexts, positions: Sequence[int]) -> list[Quote]:
    """Return a quote for each place in the tokens, made of the words that the cache has."""
    return [
        Quote(_words(contexts, at, -1), contexts.words[contexts.tokens[at]], _words(contexts, at, 1))
        for at in positions
    ]


def _words(contexts: CorpusContexts, at: int, step: int) -> str:
    found: list[str] = []
    place = at + step
    while len(found) < SIDE and 0 <= place < len(contexts.tokens) and contexts.tokens[place] >= 0:
        found.append(contexts.words[contexts.tokens[place]])
        place += step
    return " ".join(found[::step])
