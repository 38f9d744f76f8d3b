"""Why are two words near each other? Their cosine, the neighbours that they share, and the contexts in a text."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from w2v.chance import Percentile
from w2v.errors import CorpusError, SettingsError
from w2v.explanation.contexts import SharedContexts, shared_contexts
from w2v.lookup import AS_SPELT, Reading
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.text import Texts
from w2v.text.python_texts import Corpus
from w2v.tokens.settings import CorpusConfig
from w2v.vectors import Vectors

__all__ = ["SharedNeighbour", "Why", "corpus_settings", "shared_neighbours", "why"]

NEAREST = 100
WINDOW = 5
LONGEST_WINDOW = 1000  # words: in place of a window that is as long as the sentence
OF_WORDS = ("tokenizer", "keep_tags", "lowercase", "locale", "normalize")
OF_FILES = ("input_format", "column", "encoding", "encoding_errors")


@dataclass(frozen=True)
class SharedNeighbour:
    """A word among the nearest words of both words: its cosine with each, and its rank among the nearest of each."""

    word: str
    cosine_a: float
    cosine_b: float
    rank_a: int
    rank_b: int


@dataclass(frozen=True)
class Why:
    """Why two words, or sums of words, are near each other, or are not.

    a, b: the words, as the vectors have them. cosine, percentile: of the two (w2v/chance.py). nearest: how many of the
    nearest words of each were compared. shared: how many words are among the nearest of both. neighbours: the nearest
    of these, by the lower of the two cosines. contexts: what a text says; None where no text was read.
    """

    a: str
    b: str
    cosine: float
    percentile: Percentile | None
    nearest: int
    shared: int
    neighbours: tuple[SharedNeighbour, ...]
    contexts: SharedContexts | None = None


def why(
    vectors: Vectors,
    a: str | Reading,
    b: str | Reading,
    *,
    corpus: Corpus | None = None,
    topn: int = 10,
    nearest: int = NEAREST,
    restrict_vocab: int | None = None,
    window: int | None = None,
    progress: ProgressChoice = None,
    **settings: Any,
) -> Why:
    """Say why two words are near each other: by what is near both of them, and by what stands near both in a text.

    a, b: words, or sums and groups of words where there is no corpus. corpus: files, folders, patterns, "-" or texts,
    as `w2v.train` takes them; it is read once. topn: how many neighbours and contexts to return. nearest: how many of
    the nearest words of each are compared. window: how many words away a context may be; None takes the window that
    the vectors were trained with, or 5. settings: those of `CorpusConfig`, as tokenizer="words"; what is left out is
    as it was when the vectors were trained.

    Raises `UnknownWordsError` for words that are not there, `SettingsError` for impossible settings, and `CorpusError`
    for a text that cannot be read, or does not have the words.
    """
    for name, value in (("topn", topn), ("nearest", nearest), ("window", 1 if window is None else window)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise SettingsError(f"{name} is {value!r}", hint=f"{name} must be a whole number from 1 on")
    readings = [vectors.lookup.read(word, AS_SPELT) if isinstance(word, str) else word for word in (a, b)]
    first, second = readings
    if str(first) == str(second):
        raise SettingsError(f"{str(first)!r} is compared with itself", hint="name two different words")
    shared = shared_neighbours(vectors, first, second, nearest=nearest, restrict_vocab=restrict_vocab)
    cosine = vectors.similarity(first, second)
    found = None
    if corpus is not None:
        with reporting(progress) as heard:
            found = _contexts(vectors, first, second, corpus, window, topn, settings, heard)
    return Why(
        str(first),
        str(second),
        cosine,
        vectors.percentile(first, second, cosine),
        nearest,
        len(shared),
        tuple(shared[:topn]),
        found,
    )


def shared_neighbours(
    vectors: Vectors, a: Reading, b: Reading, *, nearest: int, restrict_vocab: int | None = None
) -> list[SharedNeighbour]:
    """Return the words that are among the nearest words of both, by the lower of the two cosines, the highest first.

    nearest: how many of the nearest words of each are compared; words of `a` and `b` themselves are no neighbours.
    """
    asked = {found.word for reading in (a, b) for found in reading.words}
    found = vectors.neighbours_of_each([a, b], topn=nearest + len(asked), restrict_vocab=restrict_vocab)
    lists = [[near for near in of if near.word not in asked][:nearest] for of in found]
    first, second = ({near.word: (rank, near.score) for rank, near in enumerate(of, start=1)} for of in lists)
    shared = [
        SharedNeighbour(word, cosine, second[word][1], rank, second[word][0])
        for word, (rank, cosine) in first.items()
        if word in second
    ]
    return sorted(shared, key=lambda near: -min(near.cosine_a, near.cosine_b))


def corpus_settings(
    vectors: Vectors, sources: Collection[str], given: Mapping[str, Any], progress: Progress
) -> CorpusConfig:
    """Return how a text becomes words: as is `given`, else as it was when the vectors were trained.

    sources: the names of the files. The settings of training that say how its files are read (column, encoding) hold
    for files that training has read; a file of another name is plain text in UTF-8, if nothing else is given.
    """
    record = vectors.record
    recorded = dict(vectors.tokenizer or {}) | dict({} if record is None else record.settings)
    names = list(OF_WORDS)
    if record is not None and {*map(_bare, sources)} <= {*map(_bare, record.corpus.get("sources", ()))}:
        names += OF_FILES
    known = {name: recorded[name] for name in names if name in recorded and name not in given}
    try:
        return CorpusConfig(**known, **given)
    except (SettingsError, TypeError):
        CorpusConfig(**given)  # raises what is wrong with these
    finally:
        if not known and not given:
            progress.message(
                f"{vectors.name} does not say how its text was cut into words: this text is split at white space "
                "(--tokenizer words finds words in running text)",
                "hint",
            )
    progress.message(
        f"{vectors.name} was trained on words that were found in another way (tokenizer {known.get('tokenizer')!r}): "
        "this text is split at white space",
        "warning",
    )
    return CorpusConfig(**given)


def _bare(name: str) -> str:
    return os.path.basename(name)


def _contexts(
    vectors: Vectors,
    a: Reading,
    b: Reading,
    corpus: Corpus,
    window: int | None,
    topn: int,
    given: Mapping[str, Any],
    progress: Progress,
) -> SharedContexts:
    """Read the text, and count in it."""
    for reading in (a, b):
        if reading.word is None:
            raise SettingsError(f"a sum has no contexts in a text: {str(reading)!r}", hint="name two words")
    reading_of_given = CorpusConfig(**given).reading
    texts = Texts(corpus, reading_of_given, tell=progress.message)
    config = corpus_settings(vectors, [source.name for source in texts.sources], given, progress)
    if config.reading != reading_of_given:
        texts = Texts(corpus, config.reading, tell=progress.message)
    if window is None:
        trained = None if vectors.record is None else vectors.record.settings.get("window")
        window = trained if isinstance(trained, int) else LONGEST_WINDOW if trained == "whole" else WINDOW
    from w2v.kernels.llvm.compilation import compiling
    from w2v.tokens.counting import compile_kernels

    with compiling(progress):
        compile_kernels("words" if config.tokenizer == "words" else "whitespace")
    progress.phase("reading the corpus", texts.size, "bytes")
    found = shared_contexts(texts, config, str(a), str(b), window=window, topn=topn, on_block=progress.update)
    missing = [word for word, count in ((str(a), found.count_a), (str(b), found.count_b)) if not count]
    if missing:
        named = " and ".join(map(repr, missing))
        raise CorpusError(
            f"{named} {'is' if len(missing) == 1 else 'are'} not in the text, which has {found.tokens:,} words",
            hint="its words must be spelt and cut as in training: see --tokenizer and --lowercase",
        )
    return found
