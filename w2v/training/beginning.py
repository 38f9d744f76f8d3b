"""What training begins with instead of random numbers: the vectors of a file, to go on with new text.

The words of the file that occur in the new text begin with their vectors, and with their vectors as contexts where the
file has these. Other words begin at random, or, where the file has n-grams, composed of these. The words of the file
that the new text lacks are added to the result as they were.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.arrays import I64, Flags
from w2v.errors import SettingsError
from w2v.formats import load
from w2v.progress import Progress
from w2v.record import RunRecord
from w2v.tokens.word_lists import WordLists
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
    """The vectors of a file, and which words the result has."""

    old: Vectors
    words: InitWords
    freeze: str | None = None

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
        for array in (self.old.matrix, self.old.contexts):
            for start in range(0, 0 if array is None else len(array), PART):
                assert array is not None
                digest.update(np.ascontiguousarray(array[start : start + PART]).data)
        return digest.hexdigest()

    def rows(self, words: Sequence[str]) -> I64:
        """Return for each word its row in the file, or −1, int64 [words]."""
        index = self.old.index
        return np.array([index.get(word, -1) for word in words], dtype=np.int64)

    def fill(self, model: Model, vocabulary: Vocabulary) -> None:
        """Put the vectors of the file in the place of those of `model`, which begin at random."""
        rows = self.rows(vocabulary.words)
        known = np.flatnonzero(rows >= 0)
        dim = self.old.dim
        for start in range(0, len(known), PART):
            some = known[start : start + PART]
            model.input[some, :dim] = self.old.matrix[rows[some]]
            if self.old.contexts is not None:
                model.output[some, :dim] = self.old.contexts[rows[some]]
        if self.old.subwords is None:
            return
        for word in np.flatnonzero(rows < 0).tolist():
            composed = self.old.subwords.compose(vocabulary.words[word])
            if composed is not None:
                model.input[word, :dim] = composed

    def frozen(self, vocabulary: Vocabulary) -> tuple[Flags, Flags]:
        """Return which rows of the input and of the output do not change, bool [V + 1] each.

        The vectors of old words as contexts are frozen only where the file has them.
        """
        old = np.append(self.rows(vocabulary.words) >= 0, False)
        nothing = np.zeros(len(old), dtype=np.bool_)
        outputs = old if self.old.contexts is not None else nothing
        return (old if self.freeze == "old" else nothing), outputs

    def complete(self, new: Vectors) -> Vectors:
        """Return the result: new vectors, and the old ones of words that the new text lacks; counts are added up."""
        if self.words == "new":
            return new
        rows = self.rows(new.words)
        absent = np.ones(len(self.old), dtype=np.bool_)
        absent[rows[rows >= 0]] = False
        left = np.flatnonzero(absent)
        words = [*new.words, *(self.old.words[row] for row in left.tolist())]
        counts = None
        if new.counts is not None and self.old.counts is not None:
            counts = np.concatenate([new.counts, self.old.counts[left]])
            counts[: len(rows)][rows >= 0] += self.old.counts[rows[rows >= 0]]
        order = np.arange(len(words)) if counts is None else np.argsort(-counts, kind="stable")
        contexts = None
        if new.contexts is not None:
            lacking = np.zeros((len(left), new.dim), dtype=np.float32)
            contexts = np.concatenate([new.contexts, lacking if self.old.contexts is None else self.old.contexts[left]])
        return Vectors(
            [words[place] for place in order.tolist()],
            np.concatenate([new.matrix, self.old.matrix[left]])[order],
            None if counts is None else counts[order],
            new.record,
            name=new.name,
            contexts=None if contexts is None else contexts[order],
        )

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
            "trained_with": _model_of(self.old.record),
        }


def beginning_of(settings: WindowSettings, progress: Progress) -> Beginning | None:
    """Load what training begins with, where a file is named. Raises SettingsError where it does not suit the settings.

    Also raises FormatError for a file that cannot be read.
    """
    if settings.init is None:
        return None
    progress.phase("reading the vectors to begin with")
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
    trained = _model_of(old.record)
    if trained is not None and trained not in ("sgns", "cbow"):
        progress.message(f"{name} was trained by {trained}: its lengths suit other models badly", "warning")
    return Beginning(old, settings.init_words, freeze)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "unset" if value is None else str(value)


def _model_of(record: RunRecord | None) -> str | None:
    return None if record is None else record.model
