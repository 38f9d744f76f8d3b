"""What models are trained on: a corpus as ids of words. A model with other data opens it in its own folder (glove/)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from w2v.progress import Progress
from w2v.settings import plain_values
from w2v.text.python_texts import Corpus
from w2v.tokens import TokenCache, prepare
from w2v.tokens.folder import CacheChoice
from w2v.tokens.phrase_lists import digests_of
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.word_lists import lists_of
from w2v.training.beginning import Beginning, beginning_of
from w2v.training.settings import ModelSettings
from w2v.training.windows import WindowSettings
from w2v.vocab import Vocabulary

__all__ = ["Data", "Opens", "TokenData", "open_tokens", "tokens_alone"]


@dataclass
class Data:
    """What a model is trained on.

    fingerprint: SHA-256 of everything that changes the result. report: of the corpus, for the record of the run.
    text: the settings with which the corpus was read. seconds: what getting it ready took. folder: for files of what
    memory does not hold. beginning: the vectors that training begins with, where there are any.
    """

    vocabulary: Vocabulary
    fingerprint: str
    report: Mapping[str, Any]
    text: Mapping[str, Any]
    seconds: float
    folder: Path
    beginning: Beginning | None = field(default=None, kw_only=True)

    def check(self, progress: Progress) -> None:
        """Raise OutputError where the data are about to change; called several times a second in training."""


class Opens(Protocol):
    """The type of the function that opens the data of a model (`Model.opens`)."""

    def __call__(
        self,
        corpus: Corpus,
        text: CorpusConfig,
        settings: Any,
        *,
        cache_dir: CacheChoice,
        progress: Progress,
    ) -> AbstractContextManager[Data]:
        """Open for a block what is trained on. Raises a W2VError of the kind that fits.

        corpus, text: names of files or texts, and how they are read. settings: the model's own. cache_dir: the folder
        for a token cache.
        """


@dataclass
class TokenData(Data):
    """A corpus as a token cache: `cache.tokens` are ids, int32 [N]; -1 ends a sentence."""

    cache: TokenCache

    def check(self, progress: Progress) -> None:
        self.cache.check(progress)


def tokens_alone(tokens: TokenData) -> TokenData:
    """Return what a model is trained on that trains on the ids themselves: these."""
    return tokens


@contextmanager
def open_tokens(
    corpus: Corpus,
    text: CorpusConfig,
    settings: ModelSettings,
    *,
    cache_dir: CacheChoice,
    progress: Progress,
) -> Iterator[TokenData]:
    """Read a corpus, or open the token cache that an earlier run has made of it."""
    threads = settings.worker_threads
    beginning = beginning_of(settings, progress) if isinstance(settings, WindowSettings) else None
    lists = lists_of(text) if beginning is None else beginning.add_to(lists_of(text))
    with prepare(corpus, text, cache_dir=cache_dir, threads=threads, progress=progress, lists=lists) as cache:
        report = cache.report
        facts = {} if beginning is None else {"init": beginning.facts(cache.vocabulary)}
        settled = {**plain_values(text), "normalize": text.folding.normal_form}
        if beginning is not None:
            beginning.check_text(settled, cache.vocabulary, progress)
        digests = digests_of(text, lists) | {name: of["sha256"] for name, of in facts.items()}
        yield TokenData(
            vocabulary=cache.vocabulary,
            fingerprint=_fingerprint_of(report.fingerprint, digests),
            report=report.to_dict() | facts,
            text=settled,
            seconds=report.seconds,
            folder=cache.path.parent,
            cache=cache,
            beginning=beginning,
        )


def _fingerprint_of(text: str, lists: Mapping[str, str]) -> str:
    """The SHA-256 of a text, or of text and lists of words where there are any."""
    if not lists:
        return text
    return hashlib.sha256("".join([text, *(f"{name}{lists[name]}" for name in sorted(lists))]).encode()).hexdigest()
