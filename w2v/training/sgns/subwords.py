"""Skip-gram with subwords, trained without locks. The arithmetic: w2v/kernels/subwords.py.

The input matrix has the rows of words and n-grams that some word needs, merged where they belong to the same words
(w2v/kernels/ngrams.py). The output matrix has a row for each word, as without subwords.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

import numpy as np

from w2v.arrays import F32, F64, I32, I64, Array
from w2v.files.made import MadeRows
from w2v.ngrams import Ngrams
from w2v.subwords import Subwords
from w2v.training.beginning import Beginning
from w2v.training.composed_beginning import fill_rows, freeze_rows
from w2v.training.first_rows import parts_of_rows
from w2v.training.heldout import HeldOut, Sampling
from w2v.training.negative_sampling import LockFreeTrainer, Sample
from w2v.training.trainer import Requirements, aligned
from w2v.training.windows import SubwordSettings
from w2v.vocab import Vocabulary

if TYPE_CHECKING:
    from w2v.kernels import negative_sampling
    from w2v.kernels.ngrams import WordRows

__all__ = ["SubwordTrainer", "rows_for", "subwords_of"]

AT_ONCE = 512  # words that are composed at once, so that their rows take some megabytes

_made: WeakKeyDictionary[Vocabulary, tuple[tuple[Ngrams, bool], WordRows]] = WeakKeyDictionary()


def rows_for(vocabulary: Vocabulary, ngrams: Ngrams, *, merge: bool = True) -> WordRows:
    """Return the rows of a vocabulary's words. They are needed twice: to know how large they are, and to train.

    merge: merge rows that belong to the same words; not where the rows begin with those of a file, which differ.
    """
    from w2v.kernels.ngrams import word_rows

    known, wanted = _made.get(vocabulary), (ngrams, merge)
    if known is None or known[0] != wanted:
        known = wanted, word_rows(vocabulary.words, vocabulary.counts, ngrams, merge=merge)
        _made[vocabulary] = known
    return known[1]


def subwords_of(settings: SubwordSettings, vocabulary: Vocabulary, arrays: Mapping[str, F32]) -> Subwords | None:
    """Return the rows of the n-grams that training has given, where it has given any."""
    if settings.ngrams is None or "rows" not in arrays:
        return None
    rows = rows_for(vocabulary, settings.ngrams, merge=settings.init is None)
    if not len(rows.buckets):
        return None
    merged = arrays["rows"]

    def shares(numbers: Array) -> F32:
        """Return the members' shares [n, D] of merged rows, which are sums; numbers: of these rows, [n, 1]."""
        chosen = numbers[:, 0]
        return merged[chosen] / rows.members[chosen].astype(np.float32)[:, None]

    return Subwords(
        settings.ngrams, rows.buckets.astype(np.int64), MadeRows(rows.of_bucket[:, None], shares, merged.shape[1])
    )


class SubwordTrainer(LockFreeTrainer):
    """Lock-free skip-gram with subwords on a token cache: ids int32 [N], -1 ends a sentence."""

    config: SubwordSettings
    rows: WordRows

    def first_model(self) -> negative_sampling.Model:
        """Return rows uniform in ±1/dim, as in fastText, and output vectors 0; a merged row is as long as their sum."""
        from w2v.kernels.negative_sampling import Model, padded

        assert self.config.ngrams is not None
        self.rows = rows_for(self.vocabulary, self.config.ngrams, merge=self.config.init is None)
        width = padded(self.config.dim)
        model = Model(aligned(len(self.rows.members) + 1, width), aligned(len(self.vocabulary) + 1, width))
        for start, part in self._beginning():
            model.input[start : start + len(part), : self.config.dim] = part
        return model

    def _beginning(self) -> Iterator[tuple[int, F32]]:
        """Yield the rows as they begin, in parts."""
        lengths = 2 * np.sqrt(self.rows.members, dtype=np.float32)
        for start, part in parts_of_rows(len(self.rows.members), self.config):
            yield start, part * lengths[start : start + len(part), None]

    def begin_with(self, beginning: Beginning) -> None:
        fill_rows(beginning, self.model, self.rows, self.vocabulary, self._composed)
        if beginning.freeze is not None:
            frozen, self.rows = freeze_rows(beginning, self.model, self.rows, self.vocabulary)
            self.model = cast("negative_sampling.Model", frozen)

    def make_kernel(self, width: int) -> Callable[..., None]:
        from w2v.kernels.subwords import subword_kernel

        frozen = self.beginning is not None and self.beginning.freeze is not None
        return subword_kernel(width, self.config.negative, frozen)

    def _run(self, tokens: I32, batch: negative_sampling.Schedule, done: I64, loss: F64, shared: I64) -> None:
        from w2v.kernels.negative_sampling import Counters

        self.kernel(tokens, self.model, self.rows, self.noise, batch, Counters(done, loss, shared))

    def draw_sample(self, how: Sampling) -> Sample:
        return HeldOut.draw(self.tokens, self.vocabulary, how)

    def rows_of(self, words: I32) -> F32:
        different, inverse = np.unique(words, return_inverse=True)
        return self._composed(different)[inverse]

    def _composed(self, words: I32 | I64, dim: int | None = None) -> F32:
        """Return the first `dim` values of the vectors of words [n], or all of them: float32 [n, dim]."""
        vectors = np.empty((len(words), self.model.input.shape[1] if dim is None else dim), dtype=np.float32)
        for start in range(0, len(words), AT_ONCE):
            vectors[start : start + AT_ONCE] = self._sums(words[start : start + AT_ONCE])[:, :dim]
        return vectors

    def _sums(self, words: I32 | I64) -> F32:
        """Return the vectors of words [n], each the sum of its rows times its factor, float32 [n, padded dim]."""
        starts, sizes = self.rows.starts[words], self.rows.starts[np.asarray(words) + 1] - self.rows.starts[words]
        firsts = np.cumsum(sizes) - sizes
        places = np.repeat(starts - firsts, sizes) + np.arange(sizes.sum())
        sums = np.add.reduceat(self.model.input[self.rows.numbers[places]], firsts, axis=0)
        vectors: F32 = sums * self.rows.factors[words, None]
        return vectors

    @staticmethod
    def requirements(vocabulary: Vocabulary, settings: Any) -> Requirements:
        from w2v.kernels.negative_sampling import padded

        rows = rows_for(vocabulary, settings.ngrams, merge=settings.init is None)
        words, ngrams, width = len(vocabulary), len(rows.buckets), padded(settings.dim)
        model = (len(rows.members) + 1 + words + 1) * width * 4
        result = words * settings.dim * 4  # n-grams and contexts are written as they lie in the model
        tables = sum(array.nbytes for array in rows)
        return Requirements(memory=model + result + tables, width=settings.dim, ngrams=(ngrams, settings.buckets))

    def vectors(self) -> dict[str, F32]:
        """Return the vectors of words, and the rows as they were trained: `subwords_of` makes those of n-grams."""
        words = self._composed(np.arange(len(self.vocabulary)), self.config.dim)
        return {"words": words, "rows": self.model.input[:-1, : self.config.dim], **self.contexts()}

    def words_without_pairs(self) -> I64:
        """Return the ids of the words whose own row has not changed: it belongs to no other word."""
        dim = self.config.dim
        same = [
            (self.model.input[start : start + len(part), :dim] == part).all(axis=1) for start, part in self._beginning()
        ]
        found: I64 = np.flatnonzero(np.concatenate(same)[self.rows.own])
        return found

    def sizes(self) -> Mapping[str, int]:
        return {"ngrams": len(self.rows.buckets), "rows": len(self.rows.members)}
