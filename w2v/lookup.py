"""Find words and sums of words in a vocabulary: every command and every method that takes words asks here.

A word is looked for step by step, and the first step that finds it ends the search: as it stands; in the other Unicode
normal form; in another case; as a phrase, with `_` for spaces or without them; composed from its parts. `Rules` say
which steps are allowed, and `Found.how` says which one it was, so that nobody is answered about another word unawares.
Sums such as `king - man + woman` are read by `w2v.expressions`; how they become vectors is in `w2v.vectors`. The tools
that evaluation follows have rules of their own (`w2v.evaluation.conventions`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple
from unicodedata import normalize

from w2v.arrays import F32
from w2v.errors import UnknownWordsError
from w2v.expressions import MINUS, PLUS, Term, has_spaced_operator, looks_like_expression, parse, written
from w2v.files.tensors import MANY, PackedIndex, PackedWords, WordHashes

__all__ = ["AS_SPELT", "EVERY_STEP", "Found", "How", "Lookup", "Reading", "Rules", "phrase_forms"]

How = Literal["exact", "normal form", "case", "phrase", "composed"]
EXPLAINED = 5  # unknown words that get suggestions; a longer list is not a matter of spelling


class Rules(NamedTuple):
    """The steps that may be taken for a word that is not there as it stands."""

    normal_form: bool = True
    case: bool = True
    phrase: bool = True
    composed: bool = True


EVERY_STEP = Rules()
AS_SPELT = Rules(case=False, phrase=False, composed=False)
"""Exactly the word that is named; Unicode defines its two normal forms to be the same text."""
ALONE = EVERY_STEP._replace(phrase=False, composed=False)


@dataclass(frozen=True)
class Found:
    """A word that was asked for, and what it was taken for.

    asked: as it was asked. word: as the vocabulary has it, or would have it. row: its number there; None for a composed
    word, which has a `vector` [D] of its own instead. how: the step that found it.
    """

    asked: str
    word: str
    row: int | None
    how: How
    vector: F32 | None = field(default=None, repr=False, compare=False)

    def remark(self, where: str) -> str:
        """Say what was taken for the word, in a sentence without a full stop; nothing if that is the word itself.

        where: what has the word, as a file name.
        """
        if self.how == "normal form":
            form = next((form for form in ("NFC", "NFD") if normalize(form, self.word) == self.word), "a mixed form")
            return f"{self.asked!r} is in {where} in another Unicode form ({form}); it looks the same"
        if self.how == "composed":
            return f"{self.asked!r} is not in {where}; its vector is composed from the parts of the word"
        return "" if self.how == "exact" else f"{self.asked!r} is {self.word!r} in {where}"


@dataclass(frozen=True, eq=False)
class Reading:
    """A text that was read as a word or as a sum of words, and what each of its words was taken for.

    text: as it was asked. terms: what is added up. found: by each word of the terms.
    """

    text: str
    terms: tuple[Term, ...]
    found: Mapping[str, Found]

    @property
    def word(self) -> Found | None:
        """The word, if the text is nothing but one word."""
        first = self.terms[0]
        if len(self.terms) == 1 and first.weight == 1 and not first.is_group:
            return self.found[first.words[0]]
        return None

    @property
    def words(self) -> tuple[Found, ...]:
        """Every word once, in the order of the text."""
        return tuple(self.found[word] for word in dict.fromkeys(word for term in self.terms for word in term.words))

    def __str__(self) -> str:
        """The word, or the sum, of the words as the vocabulary has them."""
        if self.word is not None:
            return self.word.word
        return written(term._replace(words=tuple(self.found[word].word for word in term.words)) for term in self.terms)


class Lookup:
    """Finds words in a vocabulary, whose words stand by falling frequency."""

    def __init__(
        self,
        words: Sequence[str],
        index: Mapping[str, int] | None = None,
        *,
        name: str = "the vocabulary",
        compose: Callable[[str], F32 | None] | None = None,
    ) -> None:
        """Wrap a vocabulary.

        words: packed words stay packed. index: the row of each word, if it is there already. name: what errors call the
        vocabulary. compose: returns the vector [D] of a word that has no row, or None.
        """
        self.words = words
        if index is None and isinstance(words, PackedWords):
            index = PackedIndex(words)
        self.index = {word: row for row, word in enumerate(words)} if index is None else index
        self.name = name
        self.compose = compose
        self._first_of: dict[bool, dict[str, int]] = {}

    def find(self, asked: str, rules: Rules = EVERY_STEP) -> Found | None:
        """Return what a word is taken for, or None if no step that the rules allow finds it."""
        row = self.index.get(asked)
        if row is not None:
            return Found(asked, asked, row, "exact")
        found = self._in_other_form(asked) if rules.normal_form else None
        if found is None and rules.case:
            found = self._in_other_case(asked, rules.normal_form)
        if found is None and rules.phrase:
            found = self._as_phrase(asked, rules)
        if found is None and rules.composed and self.compose is not None and asked:
            # Pieces of words hold no blanks, and phrases of the vocabulary have _ in their place.
            spelt = "_".join(asked.split()) or asked if rules.phrase else asked
            vector = self.compose(spelt)
            found = None if vector is None else Found(asked, spelt, None, "composed", vector)
        return found

    def _in_other_form(self, asked: str) -> Found | None:
        if asked.isascii():
            return None
        for form in ("NFC", "NFD"):
            word = normalize(form, asked)
            row = self.index.get(word)
            if row is not None:
                return Found(asked, word, row, "normal form")
        return None

    def _in_other_case(self, asked: str, forms: bool) -> Found | None:
        """The most frequent word that differs in case only (and in the normal form, if `forms`)."""
        fold = _without_case_and_form if forms else str.casefold
        if isinstance(self.words, PackedWords) and len(self.words) > MANY:
            row = WordHashes.of(self.words, fold).row_of(asked)
        else:
            row = self._first_by(fold, forms).get(fold(asked))
        if row is None:
            return None
        word = self.words[row]
        same_case = forms and normalize("NFC", word) == normalize("NFC", asked)  # in a mixture of both forms
        return Found(asked, word, row, "normal form" if same_case else "case")

    def _first_by(self, fold: Callable[[str], str], forms: bool) -> dict[str, int]:
        """The first row of each word as `fold` spells it."""
        if forms not in self._first_of:
            keys = [fold(word) for word in self.words]
            self._first_of[forms] = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
        return self._first_of[forms]

    def _as_phrase(self, asked: str, rules: Rules) -> Found | None:
        for form in phrase_forms(asked):
            found = self.find(form, rules._replace(phrase=False, composed=False))
            if found is not None:
                return replace(found, asked=asked, how="phrase")
        return None

    def find_all(self, words: Iterable[str], rules: Rules = EVERY_STEP) -> list[Found]:
        """Return what each word is taken for. Raise `UnknownWordsError` for all that are not found, at once."""
        asked = list(words)
        found = [self.find(word, rules) for word in asked]
        if None in found:
            raise self.unknown(word for word, each in zip(asked, found, strict=True) if each is None)
        return [each for each in found if each is not None]

    def read(self, text: str, rules: Rules = EVERY_STEP) -> Reading:
        """Return a text as a word or as a sum of words.

        A text that is in the vocabulary is a word, whatever it looks like. Raise `UnknownWordsError` for all words that
        are not found, and `ExpressionError` for what is neither a word nor a sum of words.
        """
        return self.read_all([text], rules)[0]

    def read_all(self, texts: Iterable[str], rules: Rules = EVERY_STEP) -> list[Reading]:
        """Read each text as `read` does. Raise `UnknownWordsError` for the words of all texts at once."""
        readings, missing = self.read_known(texts, rules)
        if missing:
            raise self.unknown(missing)
        return readings

    def alone(self, found: Found) -> Reading:
        """Return a word that has been found as a text of its own, which a query may be; also one that is composed."""
        return Reading(found.asked, (Term(1.0, (found.asked,)),), {found.asked: found})

    def read_known(self, texts: Iterable[str], rules: Rules = EVERY_STEP) -> tuple[list[Reading], list[str]]:
        """Read the texts whose words are all found, as `read` does; return these, and the words that are not found."""
        readings: list[Reading] = []
        missing: list[str] = []
        for text in texts:
            terms, found = self._read(text, rules)
            known = {word: each for word, each in found.items() if each is not None}
            if len(known) == len(found):
                readings.append(Reading(text, terms, known))
            missing += [word for word in found if word not in known]
        return readings, list(dict.fromkeys(missing))

    def _read(self, text: str, rules: Rules) -> tuple[tuple[Term, ...], dict[str, Found | None]]:
        if text not in self.index:
            text = text.strip() or text
        there = rules._replace(composed=False)
        is_sum = looks_like_expression(text)
        whole = self.find(text, there._replace(case=False, phrase=False) if has_spaced_operator(text) else there)
        terms: tuple[Term, ...] = (Term(1.0, (text,)),)
        if whole is not None:
            return terms, {text: whole}
        if is_sum:
            terms = self._terms(text, there)
        return terms, {word: self.find(word, rules) for term in terms for word in term.words}

    def _terms(self, text: str, rules: Rules) -> tuple[Term, ...]:
        plain = rules._replace(phrase=False)
        terms = parse(text, lambda piece: self.find(piece, plain) is not None)
        lone = len(terms) == 1 and not terms[0].is_group and not text.startswith('"')
        return (
            (Term(1.0, (text,)),) if lone and terms[0].weight > 0 else terms
        )  # the weight of a lone word says nothing

    def unknown(self, words: Iterable[str]) -> UnknownWordsError:
        """Return the error for words that are not found: with those that may be meant, or another cure."""
        missing = list(dict.fromkeys(words))
        near = {word: self.suggestions(word) for word in missing[:EXPLAINED]}
        cures = ((word, self._cure(word)) for word in missing[:EXPLAINED])
        cure = next((self._of(word, missing) + cure for word, cure in cures if cure), None)
        return UnknownWordsError(missing, near, self.name, *([] if cure is None else [cure]))

    @staticmethod
    def _of(word: str, missing: Sequence[str]) -> str:
        """Of which of several words a cure speaks."""
        return f"{word!r}: " if len(missing) > 1 else ""

    def _cure(self, word: str) -> str | None:
        """How to ask for something that is no word, if it consists of words, or of some words."""
        if has_spaced_operator(word):
            return f"this is a sum, and no word: vectors.vector({word!r}) and vectors.most_similar({word!r}) read sums"
        parts = word.split()
        if len(parts) > 1:
            missing = [part for part in dict.fromkeys(parts) if self.find(part, ALONE) is None]
            if not missing:
                all_words = "both words are" if len(parts) == 2 else "all its words are"
                together = "both together" if len(parts) == 2 else "all together"
                sum_of_words = written(Term(1.0, (part,)) for part in parts)
                return f"{all_words} there; ask for one at a time, or for {together}: '{sum_of_words}'"
            if len(missing) < len(parts):
                near = self.suggestions(missing[0], 1)
                meant = f", did you mean {near[0]!r}?" if near else ""
                return f"{', '.join(map(repr, missing))} {'is' if len(missing) == 1 else 'are'} not there{meant}"
        pieces = re.split(f"[{re.escape(PLUS + MINUS)}]", word)
        if len(pieces) > 1 and any(piece in self.index for piece in pieces):
            return "check the spelling; if + or - is meant, write spaces around it: 'king - man + woman'"
        return None

    def suggestions(self, word: str, limit: int = 3) -> tuple[str, ...]:
        """Return words that may be meant: what any step finds, otherwise the nearest in spelling.

        None for a phrase of which a word is there: it is no misspelling of another word.
        """
        found = self.find(word, EVERY_STEP._replace(composed=False))
        if found is not None:
            return (found.word,)
        if len(word.split()) > 1 and self._cure(word) is not None:
            return ()
        from w2v.spelling import nearest_in_spelling  # here, because most words are found

        return tuple(nearest_in_spelling(word, self.words, limit))


def _without_case_and_form(word: str) -> str:
    """The same text for words that differ in case and normal form only (the Unicode Standard, section 3.13, D145)."""
    folded = word.casefold()
    return folded if word.isascii() else normalize("NFD", normalize("NFD", word).casefold())


def phrase_forms(phrase: str) -> list[str]:
    """Return other ways to write the parts of a phrase as one word; none for a single part."""
    parts = phrase.split() if any(letter.isspace() for letter in phrase) else phrase.split("_")
    if len(parts) < 2 or not all(parts):
        return []
    return [form for form in (" ".join(parts), "_".join(parts), "".join(parts)) if form != phrase]
