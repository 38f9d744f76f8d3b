"""What training begins with instead of random numbers: the vectors of a file, to go on with new text.

The words of the file that occur in the new text begin with their vectors, and with their vectors as contexts where the
file has these. Other words begin at random, or, where the file has n-grams, composed of these. The words of the file
that the new text lacks are added to the result as they were. How rows of n-grams begin: composed_beginning.py.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.arrays import F32, I64, Flags
from w2v.errors import SettingsError
from w2v.files.rows import SMALL, FileRows
from w2v.formats import load
from w2v.machine import free_memory
from w2v.ngrams import Ngrams
from w2v.progress import Progress
from w2v.subwords import Subwords
from w2v.tokens.word_lists import WordLists
from w2v.training.ngram_rows import buckets_of, find_buckets, rows_of_words
from w2v.training.windows import InitWords, WindowSettings
from w2v.vectors import Vectors
from w2v.vocab import Vocabulary

if TYPE_CHECKING:
    from w2v.kernels.negative_sampling import Model

__all__ = ["Beginning", "beginning_of"]

PART = 65_536  # rows that are copied at once
OF_WORDS = ("tokenizer", "keep_tags", "lowercase", "locale", "normalize")  # settings that decide how words are spelt
MISSING_CONTEXTS = (
    "{} has no vectors of contexts, so these begin at 0 and are learnt from the new text alone; "
    "'w2v train --keep-contexts' keeps them"
)


@dataclass(frozen=True, eq=False)
class Beginning:
    """The vectors of a file, and what the result has.

    words: of the file, of the new text, or both. freeze: what does not change. ngrams: of which the words of the result
    are composed, if they are. keeps_contexts: whether the result has vectors of contexts.
    """

    old: Vectors
    words: InitWords
    freeze: str | None = None
    ngrams: Ngrams | None = None
    keeps_contexts: bool = False

    @property
    def trained_with(self) -> str | None:
        """The name of the model that trained the vectors of the file, where the file says it."""
        return None if self.old.record is None else self.old.record.model

    def add_to(self, lists: WordLists) -> WordLists:
        """Return the lists of words with the words of the file."""
        if self.words == "new":
            return lists
        return replace(lists, init=frozenset(self.old.words), only_init=self.words == "old")

    def digest(self) -> str:
        """Return the SHA-256 of all vectors to begin with."""
        digest = hashlib.sha256()
        for word in self.old.words:
            digest.update(word.encode(errors="surrogatepass") + b"\n")
        ngrams = self.old.subwords
        of_ngrams = () if ngrams is None else (ngrams.buckets, ngrams.rows)
        for array in (self.old.stored, self.old.contexts, *of_ngrams):
            for start in range(0, 0 if array is None else len(array), PART):
                assert array is not None
                digest.update(np.ascontiguousarray(array[start : start + PART]).data)
        return digest.hexdigest()

    def rows(self, words: Sequence[str]) -> I64:
        """Return for each word its row in the file, or −1, int64 [words]."""
        index = self.old.index
        return np.array([index.get(word, -1) for word in words], dtype=np.int64)

    def fill(self, model: Model, vocabulary: Vocabulary) -> None:
        """Put the vectors of the file in the place of those of `model`, which begin at random; a row for each word."""
        rows = self.rows(vocabulary.words)
        for some, vectors in self.vectors_in_parts(rows):
            model.input[some, : self.old.dim] = vectors
        self.fill_contexts(model, rows)
        for word, composed in self.composed(vocabulary, rows):
            model.input[word, : self.old.dim] = composed

    def vectors_in_parts(self, rows: I64) -> Iterator[tuple[I64, F32]]:
        """Yield (the ids of some words of the text [n], their vectors in the file [n, D]) until all old ones have been.

        rows: what `rows` returns for the vocabulary.
        """
        old = np.flatnonzero(rows >= 0)
        for start in range(0, len(old), PART):
            some = old[start : start + PART]
            yield some, self.old.stored[rows[some]]

    def fill_contexts(self, model: Model, rows: I64) -> None:
        """Put the vectors of old words as contexts into `model`, where the file has them. rows: as `rows` returns."""
        if self.old.contexts is None:
            return
        old = np.flatnonzero(rows >= 0)
        for start in range(0, len(old), PART):
            some = old[start : start + PART]
            model.output[some, : self.old.dim] = self.old.contexts[rows[some]]

    def composed(self, vocabulary: Vocabulary, rows: I64) -> Iterator[tuple[int, F32]]:
        """Yield the id of each new word that can be composed of n-grams of the file, and its vector [D]."""
        if self.old.subwords is None:
            return
        for word in np.flatnonzero(rows < 0).tolist():
            composed = self.old.subwords.compose(vocabulary.words[word])
            if composed is not None:
                yield word, composed

    def frozen(self, vocabulary: Vocabulary) -> tuple[Flags, Flags]:
        """Return which words do not change as input and as output, bool [V + 1] each.

        The vectors of old words as contexts are frozen only where the file has them.
        """
        old = np.append(self.rows(vocabulary.words) >= 0, False)
        nothing = np.zeros(len(old), dtype=np.bool_)
        outputs = old if self.old.contexts is not None else nothing
        return (old if self.freeze == "old" else nothing), outputs

    def frozen_buckets(self) -> I64:
        """Return the buckets whose rows do not change: those of the n-grams of all words of the file, int64 [n]."""
        old = self.old.subwords
        if self.freeze != "old" or old is None:
            return np.empty(0, dtype=np.int64)
        return rows_of_words(old, self.old.words).buckets

    def left(self, words: Sequence[str]) -> I64:
        """Return the rows of the words that the result has beside those of the text, ascending, int64 [n]."""
        if self.words == "new":
            return np.empty(0, dtype=np.int64)
        rows = self.rows(words)
        absent = np.ones(len(self.old), dtype=np.bool_)
        absent[rows[rows >= 0]] = False
        return np.flatnonzero(absent)

    def words_of_result(self, words: Sequence[str]) -> list[str]:
        """Return the words of the text and those that are left of the file, in that order."""
        return [*words, *(self.old.words[row] for row in self.left(words).tolist())]

    def result(self, vocabulary: Vocabulary) -> tuple[list[str], int]:
        """Return (the words of the result, how many rows of n-grams it has)."""
        words = self.words_of_result(vocabulary.words)
        return words, 0 if self.ngrams is None else len(buckets_of(words, self.ngrams))

    def memory(self, words: int, ngrams: int, vocabulary: Vocabulary) -> int:
        """Return the bytes that a result of so many words and n-grams takes beside what was trained."""
        matrices = words * (1 + self.keeps_contexts) if words > len(vocabulary) else 0
        return (matrices + ngrams) * self.old.dim * 4

    def complete(self, new: Vectors) -> Vectors:
        """Return the result: new vectors, and the old ones of words that the new text lacks.

        Counts are added up; a word of a file without counts has those of the new text alone. Frozen vectors are those
        of the file, to the byte: the vector of a composed word would be rounded otherwise.
        """
        rows = self.rows(new.words)
        if self.freeze == "old":
            for some, vectors in self.vectors_in_parts(rows):
                new.matrix[some] = vectors
        subwords = None if new.subwords is None else self._ngrams_of_result(new.subwords, new.words)
        if self.words == "new":
            new.subwords = subwords
            return new
        left = self.left(new.words)
        counts = self._counts_of_result(new.counts, rows, left)
        words = self.words_of_result(new.words)
        order = np.arange(len(words)) if counts is None else np.argsort(-counts, kind="stable")
        return Vectors(
            [words[place] for place in order.tolist()],
            self._joined(new.matrix, self.old.stored, left, order),
            None if counts is None else counts[order],
            new.record,
            name=new.name,
            contexts=None if new.contexts is None else self._joined(new.contexts, self.old.contexts, left, order),
            tokenizer=new.tokenizer or self.old.tokenizer,
            subwords=subwords,
        )

    def _joined(self, new: F32 | FileRows, old: F32 | FileRows | None, left: I64, order: I64) -> F32:
        """Return the rows of a result [n, D] in one piece of memory: new ones, then old ones, in an order [n].

        old: zeros if it is None.
        """
        joined: F32 = np.zeros((len(order), new.shape[1]), dtype=np.float32)
        for start in range(0, len(order), PART):
            part, into = order[start : start + PART], joined[start : start + PART]
            is_new = part < len(new)
            into[is_new] = new[part[is_new]]
            if old is not None and not is_new.all():
                into[~is_new] = old[left[part[~is_new] - len(new)]]
        return joined

    def _counts_of_result(self, new: I64 | None, rows: I64, left: I64) -> I64 | None:
        """Return the counts of the words of the result, int64 [n]; None where the new text has none."""
        if new is None:
            return None
        if self.old.counts is None:
            return np.concatenate([new, np.zeros(len(left), dtype=np.int64)])
        counts = np.concatenate([new, self.old.counts[left]])
        counts[: len(rows)][rows >= 0] += self.old.counts[rows[rows >= 0]]
        return counts

    def _ngrams_of_result(self, new: Subwords, words: Sequence[str]) -> Subwords:
        """Return the rows of all n-grams that a word of the result has: new ones, and old ones that the text lacks."""
        old = self.old.subwords
        if old is None or (self.words == "new" and self.freeze != "old"):
            return new
        buckets = buckets_of(self.words_of_result(words), new.ngrams)
        rows: F32 = np.zeros((len(buckets), new.rows.shape[1]), dtype=np.float32)
        in_order = (new, rows_of_words(old, self.old.words)) if self.freeze == "old" else (old, new)
        for source in in_order:  # the second one is right where both have a row
            there, at = find_buckets(source.buckets, buckets)
            for start in range(0, len(there), PART):
                rows[there[start : start + PART]] = source.rows[at[start : start + PART]]
        return Subwords(new.ngrams, buckets, rows)

    def check_text(self, text: Mapping[str, Any], vocabulary: Vocabulary, progress: Progress) -> None:
        """Warn where the text was cut into words by other rules than that of the file, or has none of its words.

        text: the settings of the new text, by name.
        """
        before = {} if self.old.record is None else self.old.record.settings
        differ = [name for name in OF_WORDS if name in before and before[name] != text.get(name)]
        if differ:
            then = ", ".join(f"{name} {_shown(before[name])}" for name in differ)
            now = ", ".join(f"{name} {_shown(text.get(name))}" for name in differ)
            progress.message(f"{self.old.name} was trained with {then}, and now it is {now}", "warning")
            progress.message("the same word may be spelt in two ways: give the options of the old run", "hint")
        if not (self.rows(vocabulary.words) >= 0).any():
            progress.message(
                f"no word of {self.old.name} is in the vocabulary of the text: all its words begin at random", "warning"
            )

    def facts(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """Return what the record of the run says, plain JSON values."""
        known = int((self.rows(vocabulary.words) >= 0).sum())
        return {
            "file": self.old.name,
            "sha256": self.digest(),
            "words": len(self.old),
            "in_text": known,
            "new_words": len(vocabulary) - known,
            "had_contexts": self.old.contexts is not None,
            "had_ngrams": self.old.subwords is not None,
            "trained_with": self.trained_with,
        }


def beginning_of(settings: WindowSettings, progress: Progress) -> Beginning | None:
    """Load what training begins with, where a file is named. Raises SettingsError where it does not suit the settings.

    Also raises FormatError for a file that cannot be read.
    """
    if settings.init is None:
        return None
    progress.phase("reading the vectors to begin with")
    _check_memory(Path(settings.init))
    old = load(Path(settings.init), check_all=True, progress=progress)
    name = Path(os.fspath(settings.init)).name
    if old.dim != settings.dim:
        raise SettingsError(
            f"{name} has {old.dim:,} dimensions, and dim is {settings.dim:,}",
            hint=f"give --dim {old.dim}: training goes on with as many dimensions as it began",
        )
    freeze = getattr(settings, "freeze", None)
    if old.contexts is None:
        if freeze == "contexts":
            raise SettingsError(
                f"freeze is 'contexts', and {name} has no vectors of contexts",
                hint="train it again with --keep-contexts, in w2v's own format",
            )
        progress.message(MISSING_CONTEXTS.format(name), "warning")
    _compare_ngrams(old, name, settings, freeze, progress)
    return Beginning(old, settings.init_words, freeze, settings.ngrams, settings.keep_contexts)


def _check_memory(path: Path) -> None:
    """Raise SettingsError for a file that is larger than the memory that is free. Small ones are not asked about."""
    size, free = path.stat().st_size if path.is_file() else 0, free_memory()
    if size > SMALL and free is not None and size > free:
        raise SettingsError(
            f"{path.name} has {size:,} bytes of vectors to begin with, and {free:,} bytes of memory are free",
            hint="take a part of it: w2v convert IN OUT --limit N keeps the N most frequent words",
        )


def _compare_ngrams(old: Vectors, name: str, settings: WindowSettings, freeze: str | None, progress: Progress) -> None:
    """Say what becomes of n-grams that only one side has. Raises SettingsError where both sides do not go together."""
    wanted = settings.ngrams
    there = None if old.subwords is None else old.subwords.ngrams
    if wanted is None and there is not None:
        progress.message(
            f"{name} has n-grams, and the result will have none: --subwords {there} --buckets {there.buckets} trains "
            "them further",
            "warning",
        )
    if wanted is not None and there is not None and wanted != there:
        raise SettingsError(
            f"{name} has n-grams of {there} letters in {there.buckets:,} buckets, and this run is to have n-grams of "
            f"{wanted} in {wanted.buckets:,}",
            hint=f"give --subwords {there} --buckets {there.buckets}",
        )
    if wanted is not None and there is None:
        if freeze == "old":
            raise SettingsError(
                f"freeze is 'old', and {name} has no n-grams: its words would have to share random ones with new words",
                hint="leave out subwords, or take a file that was trained with --subwords",
            )
        progress.message(f"{name} has no n-grams: these begin at random, and its words with their vectors")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "unset" if value is None else str(value)
