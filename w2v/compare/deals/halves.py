"""One half of a deal: its documents in random order become vectors, by the recipe of the files that are compared.

A half has a vocabulary of its own, as every corpus has. It is trained by one thread, so that its bytes follow from the
recipe, the documents and the seed alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from weakref import WeakSet

import numpy as np

from w2v.arrays import F32, I32, I64
from w2v.compare.deals.pool import Pool
from w2v.compare.deals.recipe import Recipe
from w2v.errors import VocabularyError
from w2v.progress import NullProgress
from w2v.settings import plain_values
from w2v.tokens import CorpusReport, TokenCache
from w2v.tokens.choice import choose
from w2v.tokens.counting import Words
from w2v.training.data import TokenData
from w2v.training.loop import Loop
from w2v.training.trainer import KeptData
from w2v.vocab import Vocabulary

__all__ = ["Half", "Stopped", "token_data", "train_half"]

_compiling = Lock()  # the first trainer of a recipe compiles its kernels alone
_compiled: WeakSet[Recipe] = WeakSet()


class Stopped(Exception):  # noqa: N818
    """Training was asked to stop before it had ended. It is not an error."""


@dataclass(frozen=True, eq=False)
class Half:
    """What a half gave. words: int64 [V], numbers of words of the pool, the most frequent first. counts: int64 [V].

    rows: float32 [V, D], the vectors. contexts: those of the words as contexts, float32 [V, D]; None where the model
    has none.
    """

    words: I64 = field(repr=False)
    counts: I64 = field(repr=False)
    rows: F32 = field(repr=False)
    contexts: F32 | None = field(repr=False)


class _Epochs(NullProgress):
    """Hears of the epochs of a training, and tells what share of all of them is done."""

    def __init__(self, epochs: int, tell: Callable[[float], None]) -> None:
        self._epochs, self._tell = epochs, tell
        self._epoch, self._total = -1, 1

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        self._epoch += 1
        self._total = max(1, total or 1)

    def update(self, done: int, **fields: float | str) -> None:
        self._tell(min(1.0, (self._epoch + done / self._total) / self._epochs))


def train_half(
    pool: Pool,
    documents: I64,
    recipe: Recipe,
    seed: int,
    *,
    folder: Path,
    should_stop: Callable[[], bool] = lambda: False,
    tell: Callable[[float], None] = lambda share: None,
) -> Half:
    """Train on some documents of a pool, int64 [n], in an order that is drawn from the seed.

    folder: for files of what memory does not hold. should_stop: asked several times a second. tell: is told
    what share of the training is done. Raises Stopped, TrainingError, VocabularyError.
    """
    order = np.random.default_rng([seed, 0xDEA1]).permutation(documents)
    data, words = token_data(pool.joined(order), pool, recipe, folder)
    settings = recipe.seeded(seed)
    made = recipe.model.data_of_tokens(data)
    with nullcontext() if recipe in _compiled else _compiling:
        trainer = recipe.model.trainer_for(settings).open(made, settings, KeptData(), NullProgress())
        _compiled.add(recipe)
    loop = Loop(trainer, recipe.model, settings.epochs, _Epochs(settings.epochs, tell))
    if not loop.run(lambda epochs: should_stop()):
        raise Stopped
    result = loop.result()
    contexts = result.arrays.get("contexts")
    return Half(
        words, data.vocabulary.counts, np.array(result.matrix), None if contexts is None else np.array(contexts)
    )


def token_data(tokens: I32, pool: Pool, recipe: Recipe, folder: Path) -> tuple[TokenData, I64]:
    """Return tokens of a pool as what a model trains on, and the numbers of its words in the pool, int64 [V].

    tokens: int32 [N], −1 ends a line. Raises VocabularyError where fewer than two words are frequent enough.
    """
    counts = np.bincount(tokens[tokens >= 0], minlength=len(pool.words)).astype(np.int64)
    text, lists = recipe.text, recipe.lists
    try:
        choice = choose(Words(*pool.packed, counts), text.min_count, text.max_vocab, lists)
    except VocabularyError as error:
        raise VocabularyError(f"a new half of the texts: {error.message}", hint=error.hint) from error
    words = choice.ids[counts[choice.ids] > 0]
    numbers = np.full(len(pool.words) + 1, -2, dtype=np.int32)
    numbers[words] = np.arange(len(words), dtype=np.int32)
    numbers[-1] = -1
    final = numbers[tokens]
    vocabulary = Vocabulary([pool.words[word] for word in words.tolist()], counts[words])
    report = _report(int(counts.sum()), int((tokens < 0).sum()))
    final = without_empty_lines(final[final > -2])
    cache = TokenCache(vocabulary, final, report, folder / "half.tokens", final.nbytes, reused=False)
    data = TokenData(
        vocabulary=vocabulary,
        fingerprint="",
        report=report.to_dict(),
        text=plain_values(text),
        seconds=0.0,
        folder=folder,
        cache=cache,
    )
    return data, words


def without_empty_lines(tokens: I32) -> I32:
    """Return tokens, int32 [N], without those ends of lines (−1) that follow another one, or stand first."""
    empty = tokens < 0
    empty[1:] &= tokens[:-1] < 0
    return np.ascontiguousarray(tokens[~empty])


def _report(tokens: int, sentences: int) -> CorpusReport:
    """What the record of a run would say of the text, as far as training asks for it."""
    return CorpusReport(
        fingerprint="",
        sources=(),
        bytes=0,
        text_bytes=0,
        tokens=tokens,
        types=0,
        sentences=sentences,
        types_below_min_count=0,
        tokens_below_min_count=0,
        types_over_max_vocab=0,
        tokens_over_max_vocab=0,
        replaced_places=0,
        replaced_bytes=0,
        untokenised=False,
        seconds=0.0,
    )
