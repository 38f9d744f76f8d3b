"""What a user gives for phrases: a list of phrases of their own, and the connectors. How phrases are found: phrases.py.

Connectors are short function words, such as *of* in *bank of america*: they may stand inside a phrase, and neither
begin nor end one. The lists of languages were written for w2v, from articles, prepositions and conjunctions.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from w2v.errors import SettingsError
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.word_lists import LISTS, WordLists, lines_of, lists_of, names_a_list

__all__ = ["ALL_LISTS", "CONNECTORS", "DELIMITER", "PhraseLists", "describe_phrases", "digests_of", "phrase_lists_of"]

ALL_LISTS = (*LISTS, "phrase_list", "connectors")  # settings that name a list of words or of phrases

DELIMITER = "_"  # between the words of a phrase
CONNECTORS = {
    "en": "a an the and or of in on at by for from to with without",
    "de": "der die das den dem des ein eine einen einem einer eines und oder von vom zu zum zur in im an am auf für "
    "mit bei",
}


@dataclass(frozen=True)
class PhraseLists:
    """The user's own phrases, tuples of two or more words, and connectors, as the words of the text are spelt."""

    phrases: tuple[tuple[str, ...], ...] = ()
    connectors: tuple[str, ...] = ()

    def digests(self) -> dict[str, str]:
        """Return by setting the SHA-256 of each list that was given: what a token cache is found by."""
        given = {"phrase_list": sorted(map(" ".join, self.phrases)), "connectors": sorted(self.connectors)}
        return {name: hashlib.sha256("\n".join(lines).encode()).hexdigest() for name, lines in given.items() if lines}


def phrase_lists_of(config: CorpusConfig) -> PhraseLists:
    """Read what the settings name. Raises SettingsError for a file that cannot be read, or is no such list."""
    return PhraseLists(
        phrases=() if config.phrase_list is None else _phrases_of(config.phrase_list, config),
        connectors=() if config.connectors is None else _connectors_of(config.connectors, config),
    )


def describe_phrases(facts: Mapping[str, Any]) -> str:
    """Return a line on what was joined, made of `phrases.Joined.facts`."""
    passes = facts["passes"]
    clauses = []
    if passes:
        counts = " + ".join(f"{each['phrases']:,}" for each in passes)
        clauses.append(f"{counts} found in {len(passes)} pass{'es' * (len(passes) != 1)}")
    listed = facts.get("listed")
    if listed:
        clauses.append(f"{listed['phrases'] - listed['missing']:,} of {listed['phrases']:,} of the list")
        if listed["missing"]:
            more = " …" * (listed["missing"] > len(listed["examples"]))
            clauses[-1] += f" (not in the text: {', '.join(map(repr, listed['examples']))}{more})"
    return f"phrases: {', '.join(clauses)}"


def digests_of(config: CorpusConfig, lists: WordLists | None = None) -> dict[str, str]:
    """Return by setting the SHA-256 of each list that the settings name, of words and of phrases.

    lists: the lists of words, where they have been read already.
    """
    return (lists or lists_of(config)).digests() | phrase_lists_of(config).digests()


def _phrases_of(source: str | os.PathLike[str], config: CorpusConfig) -> tuple[tuple[str, ...], ...]:
    path = os.fspath(source)
    found: dict[tuple[str, ...], None] = {}
    for number, line in enumerate(lines_of(path, "give the path of a file with a phrase a line"), start=1):
        words = tuple(config.folding.of_text(line.replace(DELIMITER, " ")).split())
        if len(words) == 1:
            raise SettingsError(
                f"{path}: line {number:,} holds one word, {line.strip()!r:.60}, and no phrase",
                hint="give a phrase a line, with blanks or _ between its words; --keep-words keeps single words",
            )
        if words:
            found[words] = None
    if not found:
        raise SettingsError(f"{path} holds no phrases", hint="give a text file with a phrase a line, such as new york")
    return tuple(found)


def _connectors_of(given: str, config: CorpusConfig) -> tuple[str, ...]:
    if given in CONNECTORS and not names_a_list(given):
        words = CONNECTORS[given].split()
        return tuple(
            dict.fromkeys(config.folding.of_text(form) for word in words for form in (word, word.capitalize()))
        )
    lines = lines_of(given, f"give the path of a file with a word a line, or a language: {', '.join(CONNECTORS)}")
    listed = tuple(dict.fromkeys(word for line in lines for word in config.folding.of_text(line).split()))
    if not listed:
        raise SettingsError(f"{given} holds no words", hint="give a text file with a word a line")
    return listed
