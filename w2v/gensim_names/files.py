"""gensim's functions that read and write word2vec's formats, under gensim's names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np

from w2v import formats
from w2v.errors import SettingsError
from w2v.files.whole import locked, replacing
from w2v.formats.counts import counts_path, write_counts
from w2v.vectors import Vectors

__all__ = ["load_word2vec_format", "save_word2vec_format"]

AnyPath = str | os.PathLike[str]


def save_word2vec_format(
    vectors: Vectors,
    fname: AnyPath,
    fvocab: AnyPath | None = None,
    binary: bool = False,
    total_vec: int | None = None,
    write_header: bool = True,
    prefix: str = "",
    append: bool = False,
    sort_attr: str = "count",
) -> None:
    """Write vectors as word2vec text, or binary, the most frequent words first; `w2v.save` does the same by the suffix.

    fvocab: a file for the counts, `word count` a line. write_header: False writes GloVe's text, which has no first
    line. Raise `SettingsError` for what w2v does not do (append, prefix, total_vec), and what `w2v.save` raises.
    """
    _refuse(append=append, prefix=prefix, total_vec=total_vec)
    if binary and not write_header:
        raise SettingsError("a binary file without a header cannot be read", hint="leave out write_header")
    if fvocab is not None and vectors.counts is None:
        raise SettingsError(f"{vectors.name} has no counts for fvocab", hint="leave out fvocab")
    if vectors.counts is not None and sort_attr == "count" and (np.diff(vectors.counts) > 0).any():
        vectors = vectors.only(np.argsort(-vectors.counts, kind="stable"))
    bare = copy(vectors)
    bare.counts = None
    name = "word2vec-binary" if binary else "word2vec-text" if write_header else "glove-text"
    formats.save(bare, fname, format=name)
    if fvocab is not None and vectors.counts is not None:
        path = Path(fvocab)
        with locked(path), replacing(path) as file:
            write_counts(vectors.words, vectors.counts, file)


def load_word2vec_format(
    fname: AnyPath,
    fvocab: AnyPath | None = None,
    binary: bool = False,
    encoding: str = "utf8",
    unicode_errors: str = "strict",
    limit: int | None = None,
    datatype: Any = np.float32,
    no_header: bool = False,
) -> Vectors:
    """Read vectors; `w2v.load` does the same. The content of the file decides its format, not `binary`, `no_header`.

    fvocab: the file of the counts, which w2v looks for beside the vectors. unicode_errors: "strict", or "replace" and
    "ignore", with which bytes that are no letters become U+FFFD. limit: read only so many rows.

    Raise `SettingsError` for another encoding, another data type, or counts elsewhere, and what `w2v.load` raises.
    """
    if encoding.lower().replace("-", "") != "utf8":
        raise SettingsError(f"the encoding is {encoding!r}, and vector files are UTF-8", hint="leave out encoding")
    if np.dtype(datatype) != np.float32:
        raise SettingsError(f"vectors are float32, and not {np.dtype(datatype)}", hint="leave out datatype")
    beside = counts_path(Path(fname))
    if fvocab is not None and Path(fvocab).absolute() != beside.absolute():
        raise SettingsError(f"the counts are looked for in {beside}", hint="rename the file, and leave out fvocab")
    return formats.load(fname, limit=limit, bad_rows="error" if unicode_errors == "strict" else "replace")


def _refuse(**given: Any) -> None:
    wrong: Sequence[str] = [name for name, value in given.items() if value]
    if wrong:
        raise SettingsError(f"w2v has no {wrong[0]}=", hint="w2v.save(vectors, path) writes all vectors")
