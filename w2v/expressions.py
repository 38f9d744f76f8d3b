"""Read sums of words: `king - man + woman`, `king:1 man:-0.5`, `{cat dog horse}`. Only the text; the words stay words.

    expression   [+|-] term { (+|-) term }       after a term with a weight, + may be left out
    term         word | phrase | "any text" | {word word ...}, each with a weight if wanted, as in king:0.5
    phrase       words side by side: new york

A group in braces stands for its centroid. Spaces around + and - may be left out where all words are known. Words have
hyphens too: of several such readings the one with the fewest words counts, so that co-op is one word if it is known.
Text in double quotes is one word whatever it holds; \\" and \\\\ stand for a quote and a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Literal, NamedTuple

from w2v.errors import ExpressionError

__all__ = ["OPERATORS", "Term", "has_spaced_operator", "looks_like_expression", "looks_weighted", "parse", "written"]

PLUS, MINUS = "+＋﹢", "-−–—‐‑－﹣"
OPERATORS = dict.fromkeys(PLUS, 1.0) | dict.fromkeys(MINUS, -1.0)
"""The signs between words, as keyboards and word processors write them."""
MOST_OPERATORS = 16  # within a piece of text without spaces; a piece with more is taken for a word
_WEIGHT = r":([-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?=\Z|\s|\})"  # compiled when it is needed, by `re` itself
_EXAMPLE = "for example 'king - man + woman', 'king:1 man:-0.5' or '{cat dog horse}'"


class Term(NamedTuple):
    """Words with a weight: one word, or a group of them that stands for its centroid."""

    weight: float
    words: tuple[str, ...]
    is_group: bool = False


class _Token(NamedTuple):
    """A piece of an expression, and where it begins. weight: None where none is written."""

    kind: Literal["word", "quoted", "group", "operator"]
    text: str
    at: int
    weight: float | None = None
    members: tuple[str, ...] = ()


def looks_like_expression(text: str) -> bool:
    """Return whether a text has any sign that an expression has and a plain word or phrase has not."""
    return any(sign in text for sign in (*OPERATORS, "{", "}", '"')) or _weight_in(text) is not None


def looks_weighted(text: str) -> bool:
    """Return whether a text ends as a word with a weight does, as king:0.5."""
    weight = _weight_in(text)
    return weight is not None and weight.start() > 0 and weight.end() == len(text)


def _weight_in(text: str) -> re.Match[str] | None:
    return re.search(_WEIGHT, text) if ":" in text else None


def has_spaced_operator(text: str) -> bool:
    """Return whether an operator stands alone, which makes a text a sum and no phrase."""
    pieces = text.split()
    return len(pieces) > 1 and any(piece in OPERATORS for piece in pieces)


def parse(text: str, known: Callable[[str], bool]) -> tuple[Term, ...]:
    """Return the terms of an expression.

    known: whether a word is in the vocabulary; it decides whether `a-b` is a word or a difference. Raise
    `ExpressionError`, with the position, for anything that is not an expression.
    """
    tokens = _Scanner(text, known).tokens()
    terms: list[Term] = []
    sign, at = 1.0, 0
    if tokens and tokens[0].kind == "operator":
        sign, at = OPERATORS[tokens[0].text], 1
    while True:
        if at == len(tokens) or tokens[at].kind == "operator":
            raise _missing_word(text, tokens, at)
        term, weight, at = _term(tokens, at)
        terms.append(Term(sign * (1.0 if weight is None else weight), term.words, term.is_group))
        if at == len(tokens):
            return tuple(terms)
        if tokens[at].kind == "operator":
            sign, at = OPERATORS[tokens[at].text], at + 1
        elif weight is not None:
            sign = 1.0
        else:
            raise ExpressionError(
                text, tokens[at].at, f"before {tokens[at].text!r} a + or - is missing", f"write it; {_EXAMPLE}"
            )


def _term(tokens: list[_Token], at: int) -> tuple[Term, float | None, int]:
    """The term that begins at a token, its weight if it has one, and the next token."""
    token = tokens[at]
    if token.kind != "word":
        return Term(1.0, token.members or (token.text,), token.kind == "group"), token.weight, at + 1
    words = [token.text]
    while token.weight is None and at + 1 < len(tokens) and tokens[at + 1].kind == "word":
        at += 1
        token = tokens[at]
        words.append(token.text)
    return Term(1.0, (" ".join(words),)), token.weight, at + 1


def _missing_word(text: str, tokens: list[_Token], at: int) -> ExpressionError:
    if not tokens:
        return ExpressionError(text, 0, "there are no words", f"name some words, {_EXAMPLE}")
    if at < len(tokens):
        return ExpressionError(text, tokens[at].at, f"before {tokens[at].text!r} a word is missing", "write the word")
    return ExpressionError(text, len(text), "at the end a word is missing", f"write the word; {_EXAMPLE}")


class _Scanner:
    """Cuts a text into tokens, from left to right."""

    def __init__(self, text: str, known: Callable[[str], bool]) -> None:
        self.text = text
        self.known = cache(known)
        self.at = 0

    def tokens(self) -> list[_Token]:
        found: list[_Token] = []
        while self._skip_spaces():
            letter = self.text[self.at]
            if letter == '"':
                found.append(self._quoted())
            elif letter == "{":
                found.append(self._group())
            else:
                found += self._piece()
        return found

    def _skip_spaces(self) -> bool:
        """Go to the next character that is no space; return whether there is one."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def _up_to_space(self, or_brace: bool = False) -> str:
        """The text up to the next space (or to a closing brace); go to its end."""
        start = self.at
        while self.at < len(self.text) and not self.text[self.at].isspace():
            if or_brace and self.text[self.at] == "}":
                break
            self.at += 1
        return self.text[start : self.at]

    def _quoted(self) -> _Token:
        start = self.at
        closing = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL).match(self.text, start)
        if closing is None:
            raise ExpressionError(self.text, start, 'the quote " is not closed', 'close it with "')
        word = re.sub(r"\\(.)", r"\1", closing[1], flags=re.DOTALL)
        if not word:
            raise ExpressionError(self.text, start, "the quotes hold no word", "write a word between them")
        self.at = closing.end()
        return _Token("quoted", word, start, self._weight())

    def _group(self) -> _Token:
        start = self.at
        self.at += 1
        members: list[str] = []
        while self._skip_spaces() and self.text[self.at] != "}":
            if self.text[self.at] == "{":
                raise ExpressionError(self.text, self.at, "there is a group within a group", "use one pair of braces")
            if self.text[self.at] == '"':
                quoted = self._quoted()
                if quoted.weight is not None:
                    raise ExpressionError(
                        self.text, quoted.at, "a word of a group has a weight", "weigh the group: {cat dog}:0.5"
                    )
                members.append(quoted.text)
            else:
                members.append(self._up_to_space(or_brace=True))
        if self.at == len(self.text):
            raise ExpressionError(self.text, start, "the group is not closed", "close it with }")
        self.at += 1
        if not members:
            raise ExpressionError(self.text, start, "the group is empty", "name its words, as in {cat dog horse}")
        return _Token("group", self.text[start : self.at], start, self._weight(), tuple(members))

    def _weight(self) -> float | None:
        """The weight that stands here, if one does; after quotes and groups nothing else may follow directly."""
        weight = re.compile(_WEIGHT).match(self.text, self.at) if self.text.startswith(":", self.at) else None
        if weight is not None:
            self.at = weight.end()
            return self._number(weight)
        following = self.text[self.at : self.at + 1]
        if following and not following.isspace() and following not in OPERATORS and following != "}":
            raise ExpressionError(
                self.text, self.at, f"{following!r} follows without a space", "write a space, + or - between them"
            )
        return None

    def _number(self, weight: re.Match[str]) -> float:
        value = float(weight[1].replace("−", "-"))
        if value in (float("inf"), float("-inf")):
            raise ExpressionError(
                self.text, weight.start(), f"the weight {weight[1]} is too large", "write a smaller one"
            )
        return value

    def _piece(self) -> list[_Token]:
        """The tokens of a piece of text without spaces."""
        start = self.at
        piece = self._up_to_space()
        if piece in OPERATORS:
            return [_Token("operator", piece, start)]
        if self.known(piece):
            return [_Token("word", piece, start)]
        if piece[0] in OPERATORS and piece[1] in '{"':  # +{cat dog}
            self.at = start + 1
            return [_Token("operator", piece[0], start)]
        if piece[0] == "}":
            raise ExpressionError(self.text, start, "there is a } without a {", "begin the group with {")
        weight = _weight_in(piece)
        if weight is None or not weight.start():
            return self._cut(piece, start, None)
        return self._cut(piece[: weight.start()], start, self._number(weight))

    def _cut(self, piece: str, start: int, weight: float | None) -> list[_Token]:
        """Cut a piece at its operators into as few known words as possible; where there is no way, it is one word."""
        ways = self._ways(piece)
        if len(ways) > 1 and len(ways[0]) == len(ways[1]):
            shown = " or ".join(" ".join(way) for way in ways)
            raise ExpressionError(
                self.text, start, f"{piece!r} can be read as {shown}", "write spaces around + and -, or quotes"
            )
        parts = ways[0] if ways else (piece,)
        tokens: list[_Token] = []
        for part in parts:
            tokens.append(_Token("operator" if part in OPERATORS and len(parts) > 1 else "word", part, start))
            start += len(part)
        if weight is not None and tokens[-1].kind == "word":
            last = tokens.pop()
            tokens.append(_Token("word", last.text, last.at, weight))
        return tokens

    def _ways(self, piece: str) -> list[tuple[str, ...]]:
        """The ways to read a piece as known words with operators between, before or after them: the two shortest."""
        marks = [at for at, letter in enumerate(piece) if letter in OPERATORS]
        if not marks or len(marks) > MOST_OPERATORS:
            return []

        @cache
        def words_from(at: int) -> tuple[tuple[str, ...], ...]:
            if at == len(piece):  # an operator was the last
                return ((),)
            found: list[tuple[str, ...]] = []
            for end in [mark for mark in marks if mark > at] + [len(piece)]:
                word = piece[at:end]
                if self.known(word):
                    rests = [()] if end == len(piece) else [(piece[end], *rest) for rest in words_from(end + 1)]
                    found += [(word, *rest) for rest in rests]
            return tuple(sorted(found, key=len)[:2])

        ways = list(words_from(0))
        if marks[0] == 0:
            ways += [(piece[0], *rest) for rest in words_from(1) if rest]
        return sorted(ways, key=len)[:2]


def written(terms: Iterable[Term]) -> str:
    """Return the text of terms, from which `parse` reads the same terms.

    Only in a vocabulary that has `king:0.5` as a word the weight would be read as part of the word.
    """
    parts: list[str] = []
    for term in terms:
        negative = term.weight < 0
        if parts or negative:
            parts.append("−" if negative else "+")
        words = " ".join(_written_word(word, alone=not term.is_group) for word in term.words)
        size = abs(term.weight)
        parts.append(f"{{{words}}}" * term.is_group + words * (not term.is_group) + (f":{size!r}" if size != 1 else ""))
    return " ".join(parts)


def _written_word(word: str, *, alone: bool) -> str:
    """A word, in quotes where it would be read as something else without them."""
    plain = not any(letter.isspace() or letter in '{}"' or letter in OPERATORS for letter in word)
    if plain and _weight_in(word) is None:
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
