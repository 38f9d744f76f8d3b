"""Where the trainers work: a temporary folder with a copy of the corpus that all of them can read.

The copy is plain UTF-8, words between single spaces, in lines of at most 1,000 words: of a longer line gensim's
`corpus_file` silently trains on the beginning alone, and word2vec.c ends a sentence there anyway.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2v.arrays import I32
from w2v.errors import SettingsError, VocabularyError
from w2v.files.whole import replacing, temporary_folder
from w2v.progress import Level, Progress
from w2v.tokens import TokenCache, prepare
from w2v.tokens.settings import CorpusConfig

__all__ = ["LINE", "Workplace", "open_workplace"]

LINE = 1_000  # words in a line of the copy
STEP = 4_000 * LINE  # tokens that are written at once


@dataclass(frozen=True)
class Workplace:
    """A folder that lasts as long as the measurements, and what every trainer must find in the corpus.

    sources: as w2v reads them, absolute. lines: the copy.
    tokens: words of the whole text. vocabulary: distinct words of at least min_count. words: occurrences of those,
        which is what an epoch trains on, counted before subsampling.
    size: bytes of the text. fingerprint: SHA-256 of the sources.
    """

    folder: Path
    sources: tuple[str, ...]
    lines: Path
    tokens: int
    vocabulary: int
    words: int
    size: int
    fingerprint: str


@contextmanager
def open_workplace(
    corpus: Sequence[str | os.PathLike[str]], text: CorpusConfig, threads: int, progress: Progress
) -> Iterator[Workplace]:
    """Make the folder and the copy; remove both when the block ends, however it ends.

    Raises what reading the corpus raises, and SettingsError for standard input, which can be read once only.
    """
    if "-" in map(str, corpus):
        raise SettingsError(
            "the corpus is standard input, which can be read once only", hint="write it to a file, and name that"
        )
    sources = tuple(os.path.abspath(source) for source in corpus)
    with temporary_folder("bench") as folder:
        lines = folder / "corpus.txt"
        everything = replace(text, min_count=1, max_vocab=None)
        with prepare(sources, everything, cache_dir=folder, threads=threads, progress=_Advice(progress)) as cache:
            progress.phase("copying the corpus in lines of 1,000 words", len(cache.tokens), "words")
            with replacing(lines) as file:
                _write_lines(cache, file, progress)
            counts = cache.vocabulary.counts
            kept = counts[counts >= text.min_count]
            if len(kept) < 2:
                raise VocabularyError(
                    f"{len(kept)} of the corpus's {len(counts):,} words occur {text.min_count:,} times or more",
                    hint="lower --min-count, or give more text",
                )
            place = Workplace(
                folder=folder,
                sources=sources,
                lines=lines,
                tokens=cache.report.tokens,
                vocabulary=len(kept),
                words=int(kept.sum()),
                size=cache.report.text_bytes,
                fingerprint=cache.report.fingerprint,
            )
        cache.path.unlink()
        yield place


class _Advice:
    """Passes on everything except facts: a token cache that is soon removed would only confuse a reader."""

    def __init__(self, progress: Progress) -> None:
        self.phase, self.update, self.close = progress.phase, progress.update, progress.close
        self.progress = progress

    def message(self, text: str, level: Level = "info") -> None:
        if level not in ("detail", "info"):
            self.progress.message(text, level)


def _write_lines(cache: TokenCache, file: BinaryIO, progress: Progress) -> None:
    """Write the tokens as text; sentences keep their ends, and one that is longer than a line goes on in the next."""
    words = np.array(cache.vocabulary.words, dtype=object)
    for start in range(0, len(cache.tokens), STEP):
        ids = np.asarray(cache.tokens[start : start + STEP])
        file.write("".join(f"{' '.join(words[line])}\n" for line in _lines_of(ids)).encode())
        progress.update(start + len(ids))


def _lines_of(ids: I32) -> Iterator[I32]:
    first = 0
    for end in (*np.flatnonzero(ids < 0).tolist(), len(ids)):
        for begin in range(first, end, LINE):
            yield ids[begin : min(begin + LINE, end)]
        first = end + 1
