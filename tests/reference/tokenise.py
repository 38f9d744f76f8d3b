"""The naive twins of the tokenizers and of counting: plain Python strings, regular expressions, a Counter."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from w2v.text.word_rules import EMOJI, EMOTICONS

_SINGLE_NAMES = re.compile(
    "CJK UNIFIED IDEOGRAPH-|CJK COMPATIBILITY IDEOGRAPH-|CJK RADICAL |KANGXI RADICAL |HANGZHOU NUMERAL |MASU MARK"
    "|IDEOGRAPHIC (ITERATION MARK|CLOSING MARK|NUMBER ZERO)|VERTICAL (IDEOGRAPHIC|KANA REPEAT)"
    "|(HIRAGANA|KATAKANA|HENTAIGANA) (LETTER|DIGRAPH|ITERATION|VOICED ITERATION)|HALFWIDTH KATAKANA (LETTER|MIDDLE)"
    "|KATAKANA-HIRAGANA PROLONGED SOUND MARK|HALFWIDTH KATAKANA-HIRAGANA PROLONGED SOUND MARK"
)
_NAMED = {
    "j": "'’-‐‑·‧״\N{SOFT HYPHEN}\N{ZERO WIDTH NON-JOINER}",
    "z": "\N{ZERO WIDTH JOINER}",
    ".": ".,٫٬",
    "&": "&",
    '"': '"',
    "+": "+",
    "#": "#",
    "@": "@",
    "h": "\N{HEBREW PUNCTUATION GERESH}",
    ",": "。，、！？；：」』）",
}
_EMOJI = {
    point for span in EMOJI.split() for point in range(int(span.split("-")[0], 16), int(span.split("-")[-1], 16) + 1)
}
# w: letter, d: digit, h: Hebrew, m: mark, j: joiner, _: connector, s: Han or Kana, e: emoji, f: half of a flag, z: ZWJ.


@cache
def character_class(character: str) -> str:
    """Return the class of a character, by its name and category in Unicode; " " is white space, "o" any other."""
    name, category, point = unicodedata.name(character, ""), unicodedata.category(character), ord(character)
    for kind, members in _NAMED.items():
        if character in members:
            return kind
    if character.isspace():
        return " "
    if name.startswith("HALFWIDTH KATAKANA") and name.endswith("SOUND MARK") and "PROLONGED" not in name:
        return "m"
    if point in _EMOJI:
        return "e"
    if name.startswith("REGIONAL INDICATOR SYMBOL LETTER"):
        return "f"
    if name.startswith(("EMOJI MODIFIER FITZPATRICK", "TAG ", "CANCEL TAG")):
        return "m"
    if category[0] in "LN" or name.startswith(("CJK RADICAL", "KANGXI RADICAL")):
        if _SINGLE_NAMES.match(name):
            return "s"
        if category == "Nd":
            return "d"
        return "h" if name.startswith("HEBREW ") and category[0] == "L" else "w"
    return "m" if category[0] == "M" else "_" if category == "Pc" else "o"


def whitespace_words(line: str) -> list[str]:
    return line.split()


def running_words(line: str, *, keep_tags: bool = False) -> list[str]:
    """Read from left to right, and take at each place the longest of all words that begin there."""
    classes = "".join(map(character_class, line))
    found, at, ended = [], 0, -1
    while at < len(line):
        fresh = at == 0 or classes[at - 1] in " ,"
        end = _emoticon(line, classes, at) if fresh else at
        if end == at:
            tag = keep_tags and ended != at and re.match("[#@][wdh]", classes[at:]) is not None
            end = _end_of_word(classes, at + tag)
            end = at if end == at + tag else end
        if end > at:
            found.append(line[at:end])
            ended = end if classes[at] not in "sef" else -1
        at = max(end, at + 1)
    return found


def _emoticon(line: str, classes: str, at: int) -> int:
    end = at
    while end < len(line) and ord(line[end]) > 32:
        end += 1
    return end if line[at:end] in EMOTICONS.split() else at


def _end_of_word(classes: str, at: int) -> int:
    """The place behind the longest word at a place; the place itself if there is none."""
    if at == len(classes) or classes[at] not in "wdhsef":
        return at
    if classes[at] in "se":
        pattern = r"sm*" if classes[at] == "s" else r"em*(?:zem*)*"
        return re.compile(pattern).match(classes, at).end()  # type: ignore[union-attr]
    if classes[at] == "f":
        return re.compile("fm*(?:fm*)?").match(classes, at).end()  # type: ignore[union-attr]
    kind, end = "", at
    while True:
        step = re.compile(_STEPS[kind]).match(classes, end)
        if step is None:
            break
        kind, end = step[0].rstrip("m")[-1], step.end()
    if kind in "wh" and (sign := re.compile(r"(?:\+\+?|#)(?![wdhs+#_])").match(classes, end)):
        end = sign.end() if kind == "w" else end
    return end


_NEXT = r"(?:[jz]|_+)?[wdh]m*"
_STEPS = {
    "": r"[wdh]m*",
    "w": rf"{_NEXT}|&[wh]m*",
    "d": rf"{_NEXT}|\.dm*",
    "h": rf"{_NEXT}|&[wh]m*|\"hm*",
}


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
