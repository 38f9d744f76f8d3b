"""Which words are kept, in which order, and whether they look like words at all. Not here: counting (counting.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from w2v.arrays import I64, Flags
from w2v.errors import VocabularyError
from w2v.tokens.counting import Words
from w2v.tokens.word_lists import SHOWN, WordLists

__all__ = ["Choice", "choose", "looks_untokenised"]

_SAMPLE = 20_000  # of the most frequent words, which are nearly all of a text
_LONG = 30  # characters: few words are longer, and most sentences of languages without spaces are
_PUNCTUATED = 0.05  # the share of such words in running text is about 0.15, in tokenised text below 0.01
_OPENING = frozenset("([{\"'`«‹“‘„‚¿¡（「『《【〈")
_CLOSING = frozenset(")]}\"'`»›”’“‘,.;:!?…，。、；：！？）」』》】〉")


@dataclass(frozen=True)
class Choice:
    """The vocabulary: ids of the words that are kept, by falling count, then by UTF-8 bytes; and what was dropped.

    lists: by setting, what the lists of the user did (`word_lists.describe_lists`); None where there are none.
    """

    ids: I64
    types_below_min_count: int
    tokens_below_min_count: int
    types_over_max_vocab: int
    tokens_over_max_vocab: int
    lists: dict[str, dict[str, Any]] | None = None


def choose(words: Words, min_count: int, max_vocab: int | None, lists: WordLists | None = None) -> Choice:
    """Drop words that the lists exclude, words seen fewer than `min_count` times, then all but `max_vocab` words.

    Words of `keep_words` stay whatever their count. Raises VocabularyError where fewer than two words would be left.
    """
    allowed = kept_anyway = None
    wanted = words.counts >= min_count
    if lists:
        allowed, kept_anyway = _by_lists(words, lists)
        wanted = (wanted | kept_anyway) & allowed
    frequent = np.flatnonzero(wanted)
    if len(frequent) < 2:
        raise _too_few(words, min_count) if allowed is None else _lists_leave_too_few(words, int(allowed.sum()))
    ordered = _ordered(words, frequent)
    kept = ordered[:max_vocab]
    if kept_anyway is not None and max_vocab is not None:
        first = kept_anyway[ordered]
        kept = ordered[first | (np.cumsum(~first) <= max(0, max_vocab - int(first.sum())))]
    over = int(words.counts[ordered].sum() - words.counts[kept].sum())
    rare = ~wanted if allowed is None else allowed & ~wanted
    return Choice(
        ids=kept,
        types_below_min_count=int(rare.sum()),
        tokens_below_min_count=int(words.counts[rare].sum()),
        types_over_max_vocab=len(ordered) - len(kept),
        tokens_over_max_vocab=over,
        lists=None if not lists or allowed is None else _what_lists_did(words, lists, kept, min_count),
    )


def _by_lists(words: Words, lists: WordLists) -> tuple[Flags, Flags]:
    """Return for each word whether the lists allow it, and whether it is kept whatever its count."""
    spelt = words.spell(np.arange(len(words)))
    allowed = np.ones(len(words), dtype=np.bool_)
    begun = _among(spelt, lists.init)
    kept_anyway = _among(spelt, lists.keep_words) | begun
    if lists.max_count is not None:
        allowed &= (words.counts <= lists.max_count) | kept_anyway
    if lists.vocabulary is not None:
        allowed &= _among(spelt, lists.vocabulary) | kept_anyway
    if lists.only_init:
        allowed &= begun
    return allowed & ~_among(spelt, lists.stop_words), kept_anyway


def _among(spelt: list[str], listed: frozenset[str] | None) -> Flags:
    return np.array([word in listed for word in spelt] if listed else [False] * len(spelt), dtype=np.bool_)


def _what_lists_did(words: Words, lists: WordLists, kept: I64, min_count: int) -> dict[str, dict[str, Any]]:
    spelt = words.spell(np.arange(len(words)))
    counts = dict(zip(spelt, words.counts.tolist(), strict=True))
    remaining = {spelt[word] for word in kept.tolist()}
    found: dict[str, dict[str, Any]] = {}
    for name, listed in (("vocabulary", lists.vocabulary), ("keep_words", lists.keep_words), ("init", lists.init)):
        if listed is not None:
            missing = sorted(listed - counts.keys())
            rare = [word for word in listed if 0 < counts.get(word, 0) < min_count and word not in remaining]
            found[name] = {
                "words": len(listed),
                "kept": len(listed & remaining),
                "rare": len(rare),
                "missing": len(missing),
                "examples": missing[:SHOWN],
            }
    dropped: dict[str, list[int]] = {}
    if lists.stop_words is not None:
        dropped["stop_words"] = [counts[word] for word in lists.stop_words & counts.keys()]
    if lists.max_count is not None:
        exempt = lists.keep_words or frozenset()
        dropped["max_count"] = [n for word, n in counts.items() if n > lists.max_count and word not in exempt]
    return found | {name: {"dropped": len(of), "tokens": sum(of)} for name, of in dropped.items()}


def _lists_leave_too_few(words: Words, allowed: int) -> VocabularyError:
    return VocabularyError(
        f"the lists of words allow {allowed:,} of the {len(words):,} words of the text, and fewer than two are left",
        hint="check that their words are spelt as in the text (--lowercase, --tokenizer), and lower --min-count",
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
    often = "once" if most == 1 else f"{most:,} times"
    lower = "1" if second == 1 else f"{second} or less"
    return VocabularyError(
        f"{left} occurs {min_count:,} times or more; the most frequent, {shown!r}, occurs {often}",
        hint=f"vectors need two words: lower --min-count (min_count in Python) to {lower}, or give more text",
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
