"""Cut one text into words in plain Python: for a few texts, for which importing Numba would take longer than the work.

The words are the same as those that the kernels find in many texts (w2v/kernels/tokenise.py): the tables of rules
(word_rules.py) are the same, and a test compares both.
"""

from __future__ import annotations

import re
from functools import lru_cache

from w2v.text import word_rules as rules

__all__ = ["words_in"]

_BLANKS = re.compile("[\t-\r\x1c- ]+")  # the white space of ASCII
_REMEMBERED = 32  # characters of the longest piece whose words are remembered
_NO_BREAK = 0x21  # characters below this one, in ASCII, end an emoticon

_STATES = {state: dict(step.partition("=")[::2] for step in then.split()) for state, then in rules.STATES.items()}
_BEGINS = dict(step.partition("=")[::2] for step in rules.BEGINS.split())
_TAGS = dict(step.partition("=")[::2] for step in rules.TAGS.split())
_EMOTICONS = frozenset(rules.EMOTICONS.split())
_LONE = ("single", "emoji", "half_flag", "flag", "emoji_joint")  # behind these, a tag may begin at once


def words_in(text: str, *, keep_tags: bool = False) -> list[str]:
    """Return the words of a text as `--tokenizer words` finds them.

    keep_tags: whether # and @ before a word belong to the word.
    """
    found: list[str] = []
    for piece in _BLANKS.split(text):
        if piece.isascii() and piece.isalpha():
            found.append(piece)
        elif piece:
            found += (_remembered if len(piece) <= _REMEMBERED else _words_of_piece)(piece, keep_tags)
    return found


@lru_cache(maxsize=1 << 16)
def _remembered(piece: str, keep_tags: bool) -> tuple[str, ...]:
    return _words_of_piece(piece, keep_tags)


def _words_of_piece(piece: str, keep_tags: bool) -> tuple[str, ...]:
    """The words of a piece of text that stands between blanks of ASCII.

    Read from left to right; a word is the longest run of characters that the table of states allows. `between` is how
    far the place is from white space and from a word, as in the kernel.
    """
    words: list[str] = []
    at, between = 0, "fresh"
    while at < len(piece):
        kind = _class_of(piece[at])
        state = _BEGINS.get(kind)
        if state is None and keep_tags and between != "after":
            state = _TAGS.get(kind)
        if state is not None:
            end, state = _end_of_word(piece, at, kind, state or kind)
            if end > at:
                words.append(piece[at:end])
            between = "loose" if end == at or state in _LONE else "after"
            at = max(end, at + 1)
            continue
        emoticon = _emoticon_at(piece, at) if between == "fresh" and kind != "space" else ""
        if emoticon:
            words.append(emoticon)
            at, between = at + len(emoticon), "loose"
            continue
        between = "fresh" if kind in ("space", "wide") else "one" if between == "after" else "loose"
        at += 1
    return tuple(words)


def _end_of_word(piece: str, at: int, kind: str, state: str) -> tuple[int, str]:
    """Where the word that begins at a place ends, the place itself if there is none; and the state at the very end."""
    start, end = at, at
    while True:
        at += 1
        if state in rules.ENDS:
            end = at
        kind = _class_of(piece[at]) if at < len(piece) else "space"
        then = _STATES.get(state, {}).get(kind)
        if then is None:
            break
        state = then or kind
    if state in rules.ENDS_BEFORE and kind not in rules.NO_END_BEFORE:
        end = at
    return max(start, end), state


def _emoticon_at(piece: str, at: int) -> str:
    """The emoticon at a place, if white space follows it; otherwise nothing."""
    if not 45 <= ord(piece[at]) <= 94:
        return ""
    end = at
    while end < len(piece) and ord(piece[end]) >= _NO_BREAK:
        end += 1
    return piece[at:end] if piece[at:end] in _EMOTICONS else ""


def _class_of(character: str) -> str:
    return _OF_ASCII[ord(character)] if character < "\x80" else _class_outside_ascii(character)


@lru_cache(maxsize=1 << 12)
def _class_outside_ascii(character: str) -> str:
    from w2v.text.characters import character_classes  # here, because making the table takes a while

    return rules.CLASSES[int(character_classes()[ord(character)])]


def _classes_of_ascii() -> list[str]:
    found = ["other"] * 128
    for point in range(128):
        letter = chr(point)
        if letter.isspace():
            found[point] = "space"
        elif letter.isdigit():
            found[point] = "digit"
        elif letter.isalpha():
            found[point] = "letter"
    found[ord("_")] = "connector"
    for name, characters in rules.CHARACTERS.items():
        for letter in characters:
            if letter < "\x80":
                found[ord(letter)] = name
    return found


_OF_ASCII = _classes_of_ascii()
