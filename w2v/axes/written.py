"""An axis as a person writes it: pairs of words, from one pole to the other.

    he,she                        an axis of one pair, from he to she
    he,she+man,woman+his,her      an axis of three pairs
    gender=he,she+man,woman       the same, with a name

Only the text is read here; whether the vectors have the words is found later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from w2v.errors import SettingsError

__all__ = ["AxesGiven", "WrittenAxis", "axes_given", "pairs_of_lines", "read_axis"]

EXAMPLE = "write pairs with a comma, and + between pairs of one axis: he,she or gender=he,she+man,woman"

LINES = "write two words a line: he,she, or with a blank or a tab between them"

AxesGiven = str | Sequence[str | Sequence[tuple[str, str]]] | Mapping[str, str | Sequence[tuple[str, str]]]
"""Axes as Python code gives them: 'he,she', a list of such texts, or lists of pairs by the name of each axis."""


class WrittenAxis(NamedTuple):
    """The pairs of words of an axis, and its name: from the first pole to the second, unless another is given."""

    name: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of all pairs."""
        return tuple(word for pair in self.pairs for word in pair)

    def only(self, words: Iterable[str]) -> WrittenAxis:
        """Return the axis with the pairs of which both words are among these."""
        there = set(words)
        pairs = tuple(pair for pair in self.pairs if there.issuperset(pair))
        if not pairs:
            raise SettingsError(f"no pair of the axis {self.name} is in the vectors", hint="name other words")
        is_named = self.name != _name_of(self.pairs)
        return WrittenAxis(self.name if is_named else _name_of(pairs), pairs)


def read_axis(text: str) -> WrittenAxis:
    """Read an axis from text. Raise `SettingsError`, with an example, for what is none."""
    name, equals, rest = text.partition("=")
    if not equals or "," in name or "," not in rest:
        name, rest = "", text
    pairs = []
    for piece in rest.split("+"):
        words = [word.strip() for word in piece.split(",")]
        if len(words) != 2 or not all(words):
            raise SettingsError(f"{text!r} is no axis: {piece.strip()!r} is no pair of words", hint=EXAMPLE)
        pairs.append((words[0], words[1]))
    return _checked(name.strip(), pairs)


def pairs_of_lines(lines: Iterable[str], name: str) -> WrittenAxis:
    """Read an axis from lines with one pair each: two words with a tab, a comma or a blank between them.

    name: of the axis, and of the file in errors. Lines that begin with # are left out.
    """
    pairs = []
    for number, line in enumerate(lines, start=1):
        if line.startswith("#") or not line.strip():
            continue
        separator = next((sign for sign in ("\t", ",") if sign in line), None)
        words = [word.strip() for word in line.split(separator)]
        if len(words) != 2 or not all(words):
            raise SettingsError(f"{name}, line {number}: {line.strip()!r:.60} is no pair of words", hint=LINES)
        pairs.append((words[0], words[1]))
    if not pairs:
        raise SettingsError(f"{name} has no pairs", hint="write one pair a line, as he,she")
    return _checked(name, pairs)


def axes_given(axes: Any) -> list[WrittenAxis]:
    """Return the axes that Python code gives, in any of the ways of `AxesGiven`."""
    if isinstance(axes, Mapping):
        return [_named(str(name), given) for name, given in axes.items()]
    if isinstance(axes, (str, WrittenAxis)):
        axes = [axes]
    if not isinstance(axes, Iterable):
        raise SettingsError(f"axes are of the type {type(axes).__name__}", hint="for example ['he,she', 'poor,rich']")
    listed = list(axes)
    if not listed:
        raise SettingsError("there is no axis", hint="for example 'he,she'")
    if all(isinstance(each, tuple) and not isinstance(each, WrittenAxis) for each in listed):
        return [_of_pairs("", listed)]
    return [_named("", each) for each in listed]


def _named(name: str, given: Any) -> WrittenAxis:
    if isinstance(given, str):
        written = read_axis(given)
        return WrittenAxis(name or written.name, written.pairs)
    return given if isinstance(given, WrittenAxis) else _of_pairs(name, given)


def _of_pairs(name: str, given: Any) -> WrittenAxis:
    if not isinstance(given, Iterable):
        raise SettingsError(f"an axis is {given!r:.60}", hint="for example [('he', 'she'), ('man', 'woman')]")
    pairs = list(given)
    for pair in pairs:
        words = list(pair) if isinstance(pair, Sequence) and not isinstance(pair, str) else []
        if len(words) != 2 or not all(isinstance(word, str) for word in words):
            raise SettingsError(f"{pair!r:.60} is no pair of words", hint="for example ('he', 'she')")
    return _checked(name, [(first, second) for first, second in pairs])


def _checked(name: str, pairs: Sequence[tuple[str, str]]) -> WrittenAxis:
    if not pairs:
        raise SettingsError("an axis has no pairs", hint="for example [('he', 'she'), ('man', 'woman')]")
    for first, second in pairs:
        if first == second:
            raise SettingsError(f"the pair {first},{second} has no direction", hint="name two different words")
    if len(set(pairs)) < len(pairs):
        twice = next(pair for pair in pairs if pairs.count(pair) > 1)
        raise SettingsError(f"the pair {','.join(twice)} is there twice", hint="name each pair once")
    return WrittenAxis(name or _name_of(pairs), tuple(pairs))


def _name_of(pairs: Sequence[tuple[str, str]]) -> str:
    (first, second), *others = pairs
    return f"{first} → {second}" + (f" and {len(others)} more" if others else "")
