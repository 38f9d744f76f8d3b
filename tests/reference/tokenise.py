"""The naive twins of the tokenizers and of counting: plain Python strings, regular expressions, a Counter."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

_JOINERS = "'’-‐‑\N{SOFT HYPHEN}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_SINGLE_NAMES = re.compile(
    "CJK UNIFIED IDEOGRAPH-|CJK COMPATIBILITY IDEOGRAPH-|CJK RADICAL |KANGXI RADICAL |HANGZHOU NUMERAL |MASU MARK"
    "|IDEOGRAPHIC (ITERATION MARK|CLOSING MARK|NUMBER ZERO)|VERTICAL (IDEOGRAPHIC|KANA REPEAT)"
    "|(HIRAGANA|KATAKANA|HENTAIGANA) (LETTER|DIGRAPH|ITERATION|VOICED ITERATION)|HALFWIDTH KATAKANA (LETTER|MIDDLE)"
    "|KATAKANA-HIRAGANA PROLONGED SOUND MARK|HALFWIDTH KATAKANA-HIRAGANA PROLONGED SOUND MARK"
)
_WORD = re.compile("w[wm]*(?:jw[wm]*)*|sm*")


@cache
def character_class(character: str) -> str:
    """Return w(ord), m(ark), j(oiner), s(ingle) or o(ther), by the character's name and category in Unicode."""
    name, category = unicodedata.name(character, ""), unicodedata.category(character)
    if character in _JOINERS:
        return "j"
    if name.startswith("HALFWIDTH KATAKANA") and name.endswith("SOUND MARK") and "PROLONGED" not in name:
        return "m"
    if category[0] in "LN" or name.startswith(("CJK RADICAL", "KANGXI RADICAL")):
        return "s" if _SINGLE_NAMES.match(name) else "w"
    return "m" if category[0] == "M" else "o"


def whitespace_words(line: str) -> list[str]:
    return line.split()


def running_words(line: str) -> list[str]:
    classes = "".join(map(character_class, line))
    return [line[match.start() : match.end()] for match in _WORD.finditer(classes)]


SPLITTERS: dict[str, Callable[[str], list[str]]] = {"whitespace": whitespace_words, "words": running_words}


def sentences(text: str, tokenizer: str) -> list[list[str]]:
    """Return the words of each line; lines without words are left out."""
    split = SPLITTERS[tokenizer]
    return [words for line in re.split("[\n\r]", text) if (words := split(line))]


def corpus(
    texts: Iterable[str], tokenizer: str, min_count: int = 1, max_vocab: int | None = None
) -> tuple[list[str], list[int], list[int]]:
    """Return the vocabulary of some texts, its counts, and all tokens as ids, with −1 after each sentence."""
    everything = [words for text in texts for words in sentences(text, tokenizer)]
    counts = Counter(word for words in everything for word in words)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0].encode()))
    kept = [(word, count) for word, count in ordered if count >= min_count][:max_vocab]
    index = {word: number for number, (word, _) in enumerate(kept)}
    ids: list[int] = []
    for words in everything:
        in_vocabulary = [index[word] for word in words if word in index]
        ids += [*in_vocabulary, -1] if in_vocabulary else []
    return [word for word, _ in kept], [count for _, count in kept], ids
