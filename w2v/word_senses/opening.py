"""A text and vectors, ready to be asked about senses: the text is read into its token cache, or found there.

The text becomes words as in training, so the cache that training has left is used again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from w2v.errors import CorpusError, SettingsError
from w2v.explanation.explaining import corpus_settings
from w2v.given import vectors_given
from w2v.progress import Progress
from w2v.text import Texts
from w2v.text.python_texts import Corpus
from w2v.tokens.folder import CacheChoice
from w2v.tokens.settings import CorpusConfig
from w2v.vectors import Vectors
from w2v.word_senses.contexts import WINDOW, CorpusContexts
from w2v.word_senses.whitening import SAMPLE, Whitening, whitening_of

__all__ = ["OpenText", "opened"]

OF_VOCABULARY = ("min_count", "max_vocab", "max_count")
OF_PHRASES = ("phrases", "phrase_score", "phrase_threshold", "phrase_min_count")
SPARSE = 0.5  # the share of the words of a text with vectors, below which a warning is due


@dataclass(frozen=True, eq=False)
class OpenText:
    """A text that is open.

    tokens: how many words it has. again: the text itself; None where it can be read only once. is_of_training: whether
    the vectors were trained on it; None where nobody knows.
    """

    contexts: CorpusContexts
    whitening: Whitening
    config: CorpusConfig
    tokens: int
    again: Texts | None
    is_of_training: bool | None


@contextmanager
def opened(
    vectors: Vectors,
    corpus: Corpus,
    settings: Mapping[str, Any],
    *,
    seed: int,
    progress: Progress,
    window: int = WINDOW,
    cache_dir: CacheChoice = None,
    threads: int | None = None,
) -> Iterator[OpenText]:
    """Open a text for a block. Raise what `w2v.tokens.prepare` raises, and `CorpusError` where vectors do not fit."""
    vectors_given(vectors)
    from w2v.kernels.llvm.compilation import compiling
    from w2v.tokens.preparing import prepare

    texts = Texts(corpus, CorpusConfig(**settings).reading, tell=progress.message)
    names = [source.name for source in texts.sources]
    config = _as_in_training(vectors, corpus_settings(vectors, names, settings, progress), settings)
    with prepare(corpus, config, cache_dir=cache_dir, threads=threads, progress=progress) as cache:
        with compiling(progress):
            _compile()
        progress.phase("looking at contexts")
        contexts = CorpusContexts(cache, vectors, window=window)
        _check(vectors, contexts, progress)
        trained = None if vectors.record is None else vectors.record.corpus.get("fingerprint")
        is_of_training = None if not trained else trained == cache.report.fingerprint
        if is_of_training is False:
            progress.message(
                f"{vectors.name} was trained on another text: words may mean other things there than in this one",
                "info",
            )
        yield OpenText(
            contexts,
            whitening_of(contexts.anywhere(SAMPLE, seed)),
            config,
            cache.report.tokens,
            None if texts.size is None or config.joins_phrases else Texts(corpus, config.reading),
            is_of_training,
        )


def _as_in_training(vectors: Vectors, config: CorpusConfig, given: Mapping[str, Any]) -> CorpusConfig:
    """Return the settings with the vocabulary of training, so that its token cache fits."""
    recorded = {} if vectors.record is None else vectors.record.settings
    names = (*OF_VOCABULARY, *(OF_PHRASES if recorded.get("phrases") else ()))
    kept = {name: recorded[name] for name in names if recorded.get(name) is not None and name not in given}
    try:
        return replace(config, **kept)
    except (SettingsError, TypeError):  # a record that another version has written
        return config


def _check(vectors: Vectors, contexts: CorpusContexts, progress: Progress) -> None:
    """Raise `CorpusError` if no word of the text has a vector; warn where few have one."""
    total = int(contexts.counts.sum())
    share = float(contexts.counts[contexts.row_of >= 0].sum()) / max(1, total)
    if not share:
        raise CorpusError(
            f"no word of the text is in {vectors.name}",
            hint="its words must be spelt and cut as in training: see --tokenizer and --lowercase",
        )
    if share < SPARSE:
        progress.message(
            f"only {100 * share:.0f} % of the words of this text have a vector in {vectors.name}: perhaps they are cut "
            "or spelt in another way (--tokenizer, --lowercase)",
            "warning",
        )


def _compile() -> None:
    """Compile the kernels, or load them, by sending one word through them."""
    from w2v.kernels.contexts import count_wanted, sample_occurrences, sum_contexts

    tokens, slots, ids = np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32)
    counts, starts, places, numbers = (np.zeros(size, np.int64) for size in (1, 2, 0, 0))
    count_wanted(tokens, slots, counts)
    sample_occurrences(tokens, slots, counts, starts, 1, counts.copy(), counts.copy(), places, numbers)
    rows = np.zeros((1, 1), np.float32)
    sum_contexts(tokens, places, ids, slots, rows[0], rows, rows[0], np.zeros((0, 1), np.float32))
