"""`w2v.build_index`: an index of texts from Python or of files, in a file or without a name. How: building.py."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from w2v.errors import SettingsError
from w2v.files.whole import check_writable, scratch
from w2v.given import number_given, path_given, vectors_given
from w2v.pooling.registry import DEFAULT
from w2v.pooling.source import WordRows
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.search.building import Settings, write_index
from w2v.search.index_file import index_in
from w2v.search.passages import PASSAGE_WORDS
from w2v.search.searching import SearchIndex, load_index
from w2v.text.kind import Text
from w2v.text.python_texts import Corpus, PythonTexts, names_or_texts
from w2v.text.reading import AUTO, Reading
from w2v.text.texts import Texts

__all__ = ["build_index"]

UNNAMED = "this index"
READING = {field.name for field in fields(Reading)}


def build_index(
    texts: Corpus,
    vectors: WordRows,
    path: str | os.PathLike[str] | None = None,
    *,
    passage_words: int = PASSAGE_WORDS,
    pooling: str = DEFAULT,
    threads: int | None = None,
    progress: ProgressChoice = None,
    **reading: Any,
) -> SearchIndex:
    """Make an index of texts, and return it, ready to be searched.

    texts: an iterable of strings, each of which is a document with its place from 0 as its id; or names of files,
    folders or patterns. path: the file to write; without it, the index has no name and is gone when it is no longer
    used. passage_words: longer documents are cut into passages of at most so many words. pooling: as for
    `vectors.encode`. reading: how files are read: input_format, column, id_column, encoding, encoding_errors and
    whole_files (w2v/text/reading.py).

    Raises `CorpusError` for texts that cannot be read, `SettingsError` for impossible arguments, `OutputError`.
    """
    vectors_given(vectors)
    number_given("passage_words", passage_words, 1, "give the number of words of a passage")
    settings = Settings(pooling, passage_words)
    with reporting(progress) as heard:
        stream = documents_of(texts, heard, **reading)
        if path is not None:
            target = path_given(path)
            check_writable(target)
            write_index(target, stream, vectors, settings, threads=threads, progress=heard)
            return load_index(target, vectors)
        with scratch(tempfile.gettempdir()) as file:
            write_index(file, stream, vectors, settings, threads=threads, progress=heard)
            return SearchIndex(index_in(file, UNNAMED), vectors)


def documents_of(texts: Corpus, progress: Progress, **reading: Any) -> Iterable[Text]:
    """Return the texts of files or of Python as documents. Raises SettingsError, CorpusError."""
    found = names_or_texts(texts, without_blanks=True)
    if isinstance(found, PythonTexts):
        if reading:
            raise SettingsError(
                f"{next(iter(reading))} is for files, and the texts are from Python", hint="leave it out"
            )
        return Texts(found)
    strange = sorted(set(reading) - READING)
    if strange:
        raise SettingsError(f"there is no setting {strange[0]!r}", hint=f"choose among {', '.join(sorted(READING))}")
    how = Reading(**{"input_format": AUTO, "whole_files": None, **reading})
    return Texts(found, how, tell=lambda text: progress.message(text, "warning"), skips_unusable=True)
