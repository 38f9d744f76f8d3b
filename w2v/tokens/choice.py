"""Which words are kept, in which order, and whether they look like words at all. Not here: counting (counting.py)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import I64
from w2v.errors import VocabularyError
from w2v.tokens.counting import Words

__all__ = ["Choice", "choose", "looks_untokenised"]

_SAMPLE = 20_000  # of the most frequent words, which are nearly all of a text
_LONG = 30  # characters: few words are longer, and most sentences of languages without spaces are
_PUNCTUATED = 0.05  # the share of such words in running text is about 0.15, in tokenised text below 0.01
_OPENING = frozenset("([{\"'`«‹“‘„‚¿¡（「『《【〈")
_CLOSING = frozenset(")]}\"'`»›”’“‘,.;:!?…，。、；：！？）」』》】〉")


@dataclass(frozen=True)
class Choice:
    """The vocabulary: ids of the words that are kept, by falling count, then by UTF-8 bytes; and what was dropped."""

    ids: I64
    types_below_min_count: int
    tokens_below_min_count: int
    types_over_max_vocab: int
    tokens_over_max_vocab: int


def choose(words: Words, min_count: int, max_vocab: int | None) -> Choice:
    """Drop words seen fewer than `min_count` times, then all but the `max_vocab` most frequent ones.

    Raises VocabularyError where fewer than two words would be left.
    """
    frequent = np.flatnonzero(words.counts >= min_count)
    if len(frequent) < 2:
        raise _too_few(words, min_count)
    ordered = _ordered(words, frequent)
    kept = ordered[:max_vocab]
    over = int(words.counts[ordered[len(kept) :]].sum())
    return Choice(
        ids=kept,
        types_below_min_count=len(words) - len(frequent),
        tokens_below_min_count=int(words.counts.sum() - words.counts[kept].sum()) - over,
        types_over_max_vocab=len(ordered) - len(kept),
        tokens_over_max_vocab=over,
    )


def _ordered(words: Words, ids: I64) -> I64:
    """The ids by falling count; with equal counts, by the first eight bytes of the words, then by all bytes."""
    counts, starts, lengths = words.counts[ids], words.offsets[ids], np.diff(words.offsets)[ids]
    prefix = np.zeros(len(ids), dtype=np.uint64)
    for byte in range(8):
        inside = byte < lengths
        prefix <<= np.uint64(8)
        prefix[inside] |= words.text[starts[inside] + byte]
    order = np.lexsort((prefix, -counts))
    ids, counts, prefix = ids[order], counts[order], prefix[order]
    alike = np.flatnonzero((counts[1:] == counts[:-1]) & (prefix[1:] == prefix[:-1]))
    ends = np.flatnonzero(np.diff(alike) > 1)
    for first, last in zip(alike[np.r_[0, ends + 1]], alike[np.r_[ends, -1]], strict=True) if len(alike) else ():
        run = ids[first : last + 2].tolist()
        text = words.text.data
        ids[first : last + 2] = sorted(run, key=lambda word: bytes(text[words.offsets[word] : words.offsets[word + 1]]))
    return ids


def _too_few(words: Words, min_count: int) -> VocabularyError:
    order = np.argsort(-words.counts, kind="stable")[:2]
    first = words.spell(order[:1])[0]
    shown = first if len(first) <= 40 else first[:40] + "…"
    if len(words) == 1:
        return VocabularyError(
            f"the corpus has one distinct word, {shown!r}: vectors need at least two",
            hint="check that this is the text you meant; for text without spaces use --tokenizer words",
        )
    most, second = (int(count) for count in words.counts[order])
    left = "no word" if most < min_count else "only one word"
    return VocabularyError(
        f"{left} occurs {min_count:,} times or more; the most frequent, {shown!r}, occurs {most:,} times",
        hint=f"lower --min-count to {second} or less, or give more text",
    )


def looks_untokenised(words: Words) -> bool:
    """Return whether words split at white space have punctuation attached, or are mostly longer than 30 characters.

    Judged by the most frequent words, weighted by their counts.
    """
    most = min(_SAMPLE, len(words))
    sample = np.argpartition(-words.counts, most - 1)[:most]
    counts = words.counts[sample]
    spelt = words.spell(sample)
    punctuated = [len(word) > 1 and (word[0] in _OPENING or word[-1] in _CLOSING) for word in spelt]
    long = [len(word) > _LONG for word in spelt]
    total = int(counts.sum())
    return bool(counts[punctuated].sum() > _PUNCTUATED * total or 2 * counts[long].sum() > total)
