"""Word lists and what is asked of them, read from TOML.

The same form serves the published lists (`eval_sets/bias/`) and anybody's own (`w2v bias --lists my.toml`):

    title, citation
    [lists.NAME]      words; optionally title, source, and ratings, a number for each word
    [pairs.NAME]      words = [["man", "woman"], ...]
    [[association]]   name, targets = [X, Y], attributes = [A, B]: WEAT
    [[groups]]        name, groups = [A, B], words; optionally pairs, and excluded (words of a group by definition)
    [[sentiment]]     name, targets = [X, ...], positive, negative: RNSB

where X, Y, A, B, words, excluded, positive and negative are names of lists, and pairs is a name of pairs.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from w2v.data import find, manifest_of
from w2v.errors import DataError, SettingsError
from w2v.evaluation.suite import Suite
from w2v.files.small import parse_toml, read_small

__all__ = [
    "AssociationDesign",
    "BiasLists",
    "GroupDesign",
    "SentimentDesign",
    "WordList",
    "load_lists",
    "published",
    "read_lists",
]

PUBLISHED = ("weat", "gender-professions")
FORM = (
    "[lists.NAME] with words, and [[association]], [[groups]] or [[sentiment]]; 'w2v data path weat' shows an example"
)


@dataclass(frozen=True)
class WordList:
    """Words as they were published; `ratings` has a number for each of them, or is empty."""

    name: str
    title: str
    words: tuple[str, ...]
    source: str = ""
    ratings: tuple[float, ...] = ()


@dataclass(frozen=True)
class AssociationDesign:
    """WEAT: is the first list of targets nearer to the first list of attributes, and the second to the second?"""

    name: str
    targets: tuple[WordList, WordList]
    attributes: tuple[WordList, WordList]


@dataclass(frozen=True)
class GroupDesign:
    """How words relate to two groups; `pairs` have a word of each group, in the order of the groups."""

    name: str
    groups: tuple[WordList, WordList]
    words: WordList
    pairs: tuple[tuple[str, str], ...] = ()
    excluded: WordList | None = None


@dataclass(frozen=True)
class SentimentDesign:
    """How negative the words of the targets are, by a classifier of positive and negative words."""

    name: str
    targets: tuple[WordList, ...]
    positive: WordList
    negative: WordList


@dataclass(frozen=True, eq=False)
class BiasLists(Suite):
    """Everything that is asked of a file of lists."""

    citation: str
    associations: tuple[AssociationDesign, ...]
    groups: tuple[GroupDesign, ...]
    sentiments: tuple[SentimentDesign, ...]
    kind: ClassVar[str] = "bias"

    def only(self, names: Sequence[str]) -> BiasLists:
        """Return the tests of these names. Raise `SettingsError` where there is no such test."""
        known = [design.name for design in self.designs]
        unknown = [name for name in names if name not in known]
        if unknown:
            raise SettingsError(f"there is no test {unknown[0]!r}", hint=f"there are {', '.join(known)}")
        return replace(
            self,
            associations=tuple(design for design in self.associations if design.name in names),
            groups=tuple(design for design in self.groups if design.name in names),
            sentiments=tuple(design for design in self.sentiments if design.name in names),
        )

    @property
    def designs(self) -> tuple[AssociationDesign | GroupDesign | SentimentDesign, ...]:
        """All tests."""
        return (*self.associations, *self.groups, *self.sentiments)

    def __len__(self) -> int:
        """Return the number of tests."""
        return len(self.designs)


def published(data_dir: str | os.PathLike[str] | None = None) -> BiasLists:
    """Return the lists of every paper that w2v carries, as one, called `bias`."""
    parts = [load_lists(name, data_dir) for name in PUBLISHED]
    return BiasLists(
        name="bias",
        title="; ".join(part.title for part in parts),
        citation="; ".join(part.citation for part in parts),
        sha256=hashlib.sha256("".join(part.sha256 for part in parts).encode()).hexdigest(),
        associations=tuple(design for part in parts for design in part.associations),
        groups=tuple(design for part in parts for design in part.groups),
        sentiments=tuple(design for part in parts for design in part.sentiments),
        language=parts[0].language,
    )


def load_lists(name: str, data_dir: str | os.PathLike[str] | None = None) -> BiasLists:
    """Return published lists by the name of their manifest ("weat", "gender-professions"), their hash checked."""
    manifest = manifest_of(name)
    if manifest.kind != "bias":
        raise DataError(f"{name} is no set of bias lists", hint=f"there are {', '.join(PUBLISHED)}")
    return replace(read_lists(find(manifest, data_dir), name), language=manifest.language)


def read_lists(path: Path, name: str = "") -> BiasLists:
    """Read lists from a TOML file. Raise `DataError`, with file and key, for whatever is wrong with them."""
    data = read_small(path, DataError)
    values = parse_toml(data, path, DataError, hint=FORM)
    return _Reader(path, values).lists(name or path.stem, hashlib.sha256(data).hexdigest())


class _Reader:
    """Takes a file's tables apart, and names what is missing, wrong or unknown."""

    def __init__(self, path: Path, values: dict[str, Any]) -> None:
        self.path = path
        self.values = values
        self.known = {
            name: self._list(name, table) for name, table in self._table(values, "lists", "", required=True).items()
        }
        self.pairs = {name: self._pairs(name, table) for name, table in self._table(values, "pairs", "").items()}

    def lists(self, name: str, digest: str) -> BiasLists:
        own = self.values
        self._no_others(own, {"title", "citation", "lists", "pairs", "association", "groups", "sentiment"}, "")
        found = BiasLists(
            name=name,
            title=self._text(own, "title", "", name),
            citation=self._text(own, "citation", "", ""),
            sha256=digest,
            associations=tuple(self._association(table, where) for table, where in self._tables("association")),
            groups=tuple(self._groups(table, where) for table, where in self._tables("groups")),
            sentiments=tuple(self._sentiment(table, where) for table, where in self._tables("sentiment")),
        )
        if not len(found):
            raise self._error("nothing is asked of the lists")
        names = [each.name for each in found.designs]
        if len(set(names)) < len(names):
            raise self._error(f"the name {max(names, key=names.count)!r} is given twice")
        return found

    def _association(self, table: dict[str, Any], where: str) -> AssociationDesign:
        self._no_others(table, {"name", "targets", "attributes"}, where)
        return AssociationDesign(
            self._text(table, "name", where), self._two(table, "targets", where), self._two(table, "attributes", where)
        )

    def _groups(self, table: dict[str, Any], where: str) -> GroupDesign:
        self._no_others(table, {"name", "groups", "words", "pairs", "excluded"}, where)
        pairs = table.get("pairs")
        if pairs is not None and pairs not in self.pairs:
            raise self._error(f"{where}.pairs names {pairs!r}, and there is no [pairs.{pairs}]")
        return GroupDesign(
            name=self._text(table, "name", where),
            groups=self._two(table, "groups", where),
            words=self._named(table.get("words"), f"{where}.words"),
            pairs=self.pairs.get(pairs, ()) if pairs is not None else (),
            excluded=self._named(table["excluded"], f"{where}.excluded") if "excluded" in table else None,
        )

    def _sentiment(self, table: dict[str, Any], where: str) -> SentimentDesign:
        self._no_others(table, {"name", "targets", "positive", "negative"}, where)
        targets = table.get("targets")
        if not isinstance(targets, list) or not targets:
            raise self._error(f"{where}.targets is not a list of names")
        return SentimentDesign(
            name=self._text(table, "name", where),
            targets=tuple(self._named(target, f"{where}.targets") for target in targets),
            positive=self._named(table.get("positive"), f"{where}.positive"),
            negative=self._named(table.get("negative"), f"{where}.negative"),
        )

    def _list(self, name: str, table: Any) -> WordList:
        where = f"lists.{name}"
        if not isinstance(table, dict):
            raise self._error(f"[{where}] is not a table")
        self._no_others(table, {"title", "source", "words", "ratings"}, where)
        words, ratings = table.get("words"), table.get("ratings", [])
        if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
            raise self._error(f"{where}.words is not a list of words")
        if len(set(words)) < len(words):
            raise self._error(f"{where}.words has {max(words, key=words.count)!r} twice")
        if not isinstance(ratings, list) or not all(type(value) in (int, float) for value in ratings):
            raise self._error(f"{where}.ratings is not a list of numbers")
        if ratings and len(ratings) != len(words):
            raise self._error(f"{where} has {len(words):,} words and {len(ratings):,} ratings")
        return WordList(
            name=name,
            title=self._text(table, "title", where, name.replace("_", " ")),
            words=tuple(words),
            source=self._text(table, "source", where, ""),
            ratings=tuple(map(float, ratings)),
        )

    def _pairs(self, name: str, table: Any) -> tuple[tuple[str, str], ...]:
        if not isinstance(table, dict):
            raise self._error(f"[pairs.{name}] is not a table")
        self._no_others(table, {"source", "words"}, f"pairs.{name}")
        words = table.get("words")
        if not isinstance(words, list) or not words:
            raise self._error(f"pairs.{name}.words is not a list of pairs")
        for pair in words:
            if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(word, str) and word for word in pair):
                raise self._error(f"pairs.{name}.words has {pair!r}, which is no pair of words")
        return tuple((first, second) for first, second in words)

    def _two(self, table: dict[str, Any], key: str, where: str) -> tuple[WordList, WordList]:
        names = table.get(key)
        if not isinstance(names, list) or len(names) != 2:
            raise self._error(f"{where}.{key} does not name two lists")
        first, second = (self._named(name, f"{where}.{key}") for name in names)
        return first, second

    def _named(self, name: Any, where: str) -> WordList:
        if not isinstance(name, str) or name not in self.known:
            raise self._error(f"{where} names {name!r}, and there is no [lists.{name}]")
        return self.known[name]

    def _tables(self, key: str) -> list[tuple[dict[str, Any], str]]:
        tables = self.values.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._error(f"{key} is not a list of tables: write [[{key}]]")
        return [(table, f"{key}[{number}]") for number, table in enumerate(tables, start=1)]

    def _table(self, values: dict[str, Any], key: str, where: str, *, required: bool = False) -> dict[str, Any]:
        table = values.get(key, {})
        if not isinstance(table, dict) or (required and not table):
            raise self._error(f"{where}{key} is missing or is not a table")
        return table

    def _text(self, table: dict[str, Any], key: str, where: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self._error(f"{where}.{key} is missing or is not a text".lstrip("."))
        return value

    def _no_others(self, table: dict[str, Any], known: set[str], where: str) -> None:
        others = sorted(set(table) - known)
        if others:
            raise self._error(f"unknown: {', '.join(f'{where}.{key}'.lstrip('.') for key in others)}")

    def _error(self, what: str) -> DataError:
        return DataError(f"{self.path}: {what}", hint=FORM)
