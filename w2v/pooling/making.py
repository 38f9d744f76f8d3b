"""Make a `TextEncoder`: choose the rules for words, the weights and the common component, or fit them to texts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from w2v.arrays import F64, I64
from w2v.errors import SettingsError
from w2v.given import number_given
from w2v.pooling.encoder import TextEncoder
from w2v.pooling.folding import (
    NOTHING_COMMON,
    Common,
    FoldedRows,
    common_of_moments,
    common_of_words,
)
from w2v.pooling.frequencies import Frequencies, frequencies_of, has_counts, shares_of
from w2v.pooling.kind import Pooling
from w2v.pooling.registry import DEFAULT, pooling_named
from w2v.pooling.rules import TextRules, rules_of
from w2v.pooling.source import WordRows
from w2v.progress import NullProgress, Progress, Renaming
from w2v.text.texts import Texts

__all__ = ["Fit", "make_encoder"]

Fit = str | os.PathLike[str] | Iterable[str]
"""Texts of the user to which weights and the common component are fitted: the name of a file, or strings."""


def make_encoder(
    vectors: WordRows,
    pooling: str = DEFAULT,
    *,
    normalize: bool = True,
    dim: int | None = None,
    fit: Fit | None = None,
    common: Common | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> TextEncoder:
    """Return what encodes texts with these vectors.

    pooling: a kind of the registry. normalize: whether vectors of texts are brought to length 1. dim: use the first
    columns only. fit: texts from which the common component comes (with idf: the weights). common: the common component
    itself, if it is known. settings: how texts are cut into words (`rules.GIVEN`), where that is not to follow from the
    vectors.

    Raise `SettingsError` for what is impossible, `CorpusError` for files that cannot be read.
    """
    kind = pooling_named(pooling)
    if not isinstance(normalize, bool):
        raise SettingsError(f"normalize is {normalize!r:.40}", hint="give True (length 1) or False (plain means)")
    columns = vectors.stored.shape[1]
    if dim is not None and number_given("dim", dim, 1, "give a number of dimensions") > columns:
        raise SettingsError(f"dim is {dim}, and {vectors.name} has {columns} dimensions", hint=f"at most {columns}")
    if fit is not None and not kind.needs_counts:
        raise SettingsError(
            f"pooling {kind.name!r} has nothing to fit", hint="leave out fit, or choose sif, usif or idf"
        )
    rules = rules_of(vectors, settings)
    making = _Making(vectors, kind, rules, columns if dim is None else dim, progress or NullProgress())
    return making.encoder(fit, normalize, common)


class _Making:
    """What all steps need. dim: the columns of the rows that are used, D."""

    def __init__(self, vectors: WordRows, kind: Pooling, rules: TextRules, dim: int, progress: Progress) -> None:
        self.vectors, self.kind, self.rules, self.dim, self.progress = vectors, kind, rules, dim, progress
        self.rows = vectors.stored
        self.size = len(vectors.stored)

    def encoder(self, fit: Fit | None, normalize: bool, known: Common | None = None) -> TextEncoder:
        texts = None if fit is None else _Again(fit)
        size, dim = self.size, self.dim
        if not size and self.kind.needs_counts:
            raise SettingsError(
                f"{self.kind.name} weighs words by how frequent they are, and {self.vectors.name} has no list of words",
                hint="choose --pooling mean, or name a list: --only-words FILE, in Python only_words=[...]",
            )
        if not self.kind.needs_counts:
            found = Frequencies(np.full(size, 1.0 / max(size, 1)))
        elif texts is not None and not has_counts(self.vectors) and not self.kind.counts_texts:
            found = Frequencies(shares_of(self._counted(texts)[1]))
        elif texts is not None and self.kind.counts_texts:
            found = Frequencies(np.full(size, 1.0 / max(size, 1)))
        else:
            found = frequencies_of(self.vectors)
        weights = self.kind.weights(found.shares)
        unseen = float(self.kind.weights(np.append(found.shares, found.shares.min(initial=1.0)))[-1])
        common = NOTHING_COMMON(dim)
        if texts is not None and self.kind.counts_texts:
            number, _, with_word = self._counted(texts, by_text=True)
            weights = self.kind.weights_of_fit(number, with_word.astype(np.float64))
            unseen = float(self.kind.weights_of_fit(number, np.zeros(1))[0])
        elif known is not None:
            common = known
        elif texts is not None:
            common = self._fitted(texts, weights)
        else:
            common = common_of_words(self.rows, weights, found.shares, self.kind, dim)
        notes = [("info", self.rules.decided), ("warning", found.warning)]
        return self._encoder(weights, common, unseen, normalize, [note for note in notes if note[1]])

    def _encoder(
        self, weights: F64, common: Common, unseen: float, normalize: bool, notes: list[tuple[str, str]]
    ) -> TextEncoder:
        rows = FoldedRows(self.rows, weights, common, unit=self.kind.unit_rows, dim=self.dim)
        return TextEncoder(
            self.vectors,
            self.kind,
            self.rules,
            rows,
            dim=self.dim,
            normalize=normalize,
            unseen_weight=unseen,
            notes=notes,
        )

    def _counted(self, texts: _Again, *, by_text: bool = False) -> tuple[int, I64, I64]:
        """Return the number of texts, how often each word occurs in them [V], and in how many texts it occurs [V]."""
        counting = self._encoder(np.ones(self.size), NOTHING_COMMON(self.dim), 1.0, False, [])
        counts, with_word = np.zeros((2, self.size), dtype=np.int64)
        number = 0
        self.progress.phase("counting the words of the texts to fit", None, "texts")
        for words in counting.words(texts, self.progress):
            there = (words.ids >= 0) & (words.ids < len(counts))
            counts += np.bincount(words.ids[there], minlength=len(counts))
            if by_text:
                of = np.repeat(np.arange(len(words.bounds) - 1), np.diff(words.bounds))[there]
                pairs = np.unique(of * len(counts) + words.ids[there])
                with_word += np.bincount(pairs % len(counts), minlength=len(counts))
            number += len(words.bounds) - 1
            self.progress.update(number)
        if not counts.any():
            raise _no_words(self.vectors.name)
        return number, counts, with_word

    def _fitted(self, texts: _Again, weights: F64) -> Common:
        """The common components of texts."""
        from w2v.machine import one_blas_thread

        dim = self.dim
        weighing = self._encoder(weights, NOTHING_COMMON(dim), 1.0, False, [])
        moments = np.zeros((dim, dim))
        with one_blas_thread():
            for part in weighing.parts(texts, progress=Renaming(self.progress, "encoding", "fitting to texts")):
                moments += (part.vectors.T @ part.vectors).astype(np.float64)
        tally = weighing.tally
        if tally.texts - tally.without_words < 2:
            raise _no_words(self.vectors.name)
        return common_of_moments(moments / tally.texts, self.kind)


def _no_words(name: str) -> SettingsError:
    return SettingsError(
        f"the texts to fit have hardly any word that is in {name}", hint="give texts like those that you encode"
    )


class _Again:
    """Texts that may be read more than once, if they are not used up by the first time."""

    def __init__(self, fit: Fit) -> None:
        if isinstance(fit, bytes) or not isinstance(fit, (str, os.PathLike, Iterable)):
            raise SettingsError(f"fit is {fit!r:.40}", hint="give the name of a file, or a list of texts")
        self.fit = Texts(fit) if isinstance(fit, (str, os.PathLike)) else fit
        self.read = False

    def __iter__(self) -> Iterator[str]:
        once = isinstance(self.fit, Iterator) or (isinstance(self.fit, Texts) and self.fit.size is None)
        if self.read and once:
            raise SettingsError(
                "the texts to fit are read twice, as the vectors have no counts, and these can be read only once",
                hint="give a file, or a list of texts",
            )
        self.read = True
        if isinstance(self.fit, Texts):
            return (text.text for text in self.fit)
        return iter(self.fit)
