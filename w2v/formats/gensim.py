"""gensim's own files: `KeyedVectors.save` (.kv), and `save` of Word2Vec, FastText and Doc2Vec (.model).

They are pickles, which are read here without running anything (pickled.py). gensim puts arrays of more than 10 MB into
files of their own beside the pickle, as `NAME.vectors.npy` or `NAME.wv.vectors.npy`; these are mapped. Files of gensim
0.12 to 4.4 are read:

    words     index_to_key; before 4.0 index2word
    rows      vectors; before 3.3 syn0; of FastText the means of its vectors_vocab and vectors_ngrams
    counts    expandos["count"]; before 4.0 those of the objects in vocab
    contexts  syn1neg of the model, or of its trainables; only where the model has a row for each word

A model keeps them in its attribute wv; before 0.13.4 it had them itself. Of Doc2Vec the vectors of the words are read.
The n-grams of FastText come along where gensim has hashed them as fastText does, from 3.8 on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from w2v.arrays import F32, I64, Array
from w2v.formats.columns import contents_of
from w2v.formats.contents import Contents
from w2v.formats.fasttext import composed
from w2v.formats.format import Claim, ReadOnlyFile
from w2v.formats.npy import as_float32, matrix_in
from w2v.formats.pickled import PROTOCOLS, load
from w2v.formats.pickled_values import PickleError, Record, RefusedError, array_in
from w2v.formats.rows import RowChoice
from w2v.formats.source import Source, Start
from w2v.ngrams import LONGEST, Ngrams
from w2v.progress import Progress
from w2v.subwords import Subwords

__all__ = ["Gensim"]

IN_PYTHON = (
    "where you trust the file, in Python: gensim.models.KeyedVectors.load(FILE).save_word2vec_format('vectors.bin', "
    "binary=True)"
)
WORDS = ("index_to_key", "index2word", "index2entity")
ROWS = ("vectors", "syn0")
CONTEXTS = "syn1neg"
SAVE_AGAIN = "copy it again, with all files beside it; it must be what save() of gensim has written"


class Gensim(ReadOnlyFile):
    counts = "inside"
    holds_contexts = True
    holds_subwords = True
    unchecked = ("changed values, as it carries no checksum",)

    def claims(self, start: Start) -> Claim:
        return Claim.CERTAIN if start.head.startswith(PROTOCOLS) else Claim.NO

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        if source.compressed:
            raise source.fault(f"{self.title} is not read through gzip", "decompress the file first (gunzip)")
        data = source.read(source.size)
        try:
            found = load(data)
            return _contents(_Model(source, found), source, choice, progress)
        except RefusedError as error:
            raise source.fault(f"this is a Python pickle that is not read: {error}", IN_PYTHON) from error
        except PickleError as error:
            raise source.fault(
                f"this is a Python pickle without whole vectors of gensim: {error}", SAVE_AGAIN
            ) from error


@dataclass(frozen=True)
class _Part:
    """An object of the model, and the beginning of the names of the files that have its arrays."""

    record: Record
    prefix: str

    def part(self, name: str) -> _Part | None:
        found = self.record.attribute(name)
        return _Part(found, f"{self.prefix}{name}.") if isinstance(found, Record) else None


class _Model:
    """What a pickle holds, with the files beside it."""

    def __init__(self, source: Source, found: Any) -> None:
        self.source = source
        if not isinstance(found, Record) or not found.name.startswith("gensim.") or not isinstance(found.state, dict):
            raise PickleError("it holds no vectors of gensim")
        self.model = _Part(found, "")
        inside = self.model.part("wv")
        self.words_part = inside if inside is not None and any(map(inside.record.has, WORDS)) else self.model

    def words(self) -> list[str]:
        record = self.words_part.record
        found = next((record.attribute(name) for name in WORDS if record.has(name)), None)
        if type(found) is not list or not found:
            raise PickleError(f"this {record.name.split()[-1]} has no words")
        if not all(type(word) is str for word in found):
            raise PickleError("its keys are no words, but numbers or other things")
        return found

    def matrix(self, part: _Part, name: str) -> Array | None:
        """Return an array of an object, from the pickle or from its file; None where there is none."""
        beside = part.record.attribute("__numpys")
        if type(beside) is list and name in beside:
            path = self.source.path.with_name(f"{self.source.path.name}.{part.prefix}{name}.npy")
            if not path.is_file():
                raise self.source.fault(f"the file {path.name} beside it is missing", "copy that file beside it, too")
            with Source(path) as opened:
                return matrix_in(opened)
        return array_in(part.record.attribute(name))

    def rows(self, total: int) -> Array | None:
        """Return the rows of the words [total, D]; None where they have to be composed of n-grams."""
        for name in ROWS:
            found = self.matrix(self.words_part, name)
            if found is not None:
                return _rows_of_words(found, name, total)
        return None

    def counts(self, words: list[str]) -> I64 | None:
        record = self.words_part.record
        expandos, vocab = record.attribute("expandos"), record.attribute("vocab")
        if isinstance(expandos, dict):
            found = array_in(expandos.get("count"))
            whole = found is not None and found.shape == (len(words),) and found.dtype.kind in "iu"
            return _counts(found.tolist()) if found is not None and whole else None
        if isinstance(vocab, dict):
            objects = (vocab.get(word) for word in words)
            return _counts([each.attribute("count") if isinstance(each, Record) else None for each in objects])
        return None

    def contexts(self, shape: tuple[int, ...]) -> F32 | None:
        for part in (self.model, self.model.part("trainables")):
            found = None if part is None else self.matrix(part, CONTEXTS)
            if found is not None and found.shape == shape and found.dtype.kind == "f":
                return as_float32(found)
        return None

    def subwords(self, dim: int | None) -> Subwords | None:
        """Return the n-grams, where they are hashed as fastText hashes them."""
        part = self.words_part
        shortest, longest, buckets = (part.record.attribute(name) for name in ("min_n", "max_n", "bucket"))
        rows = self.matrix(part, "vectors_ngrams")
        if rows is None or part.record.attribute("compatible_hash") is not True or type(buckets) is not int:
            return None
        if type(shortest) is not int or type(longest) is not int or not 0 < shortest <= longest <= LONGEST:
            return None
        if rows.ndim != 2 or rows.dtype.kind != "f" or (dim is not None and rows.shape[1] != dim):
            raise PickleError(f"its n-grams have the shape {rows.shape}")
        of_bucket = part.record.attribute("hash2index")
        ngrams = Ngrams(shortest, longest, buckets) if 0 < buckets < 1 << 31 else None
        if ngrams is None or (len(rows) != buckets and not isinstance(of_bucket, dict)):
            return None
        if len(rows) == buckets:
            return Subwords(ngrams, np.arange(buckets), as_float32(rows))
        return _of_some_buckets(ngrams, of_bucket, rows)


def _of_some_buckets(ngrams: Ngrams, of_bucket: dict[Any, Any], rows: Array) -> Subwords | None:
    """gensim 3.8 keeps only the buckets that are used, and in which row each is."""
    pairs = [(bucket, row) for bucket, row in of_bucket.items() if type(bucket) is int and type(row) is int]
    sound = all(0 <= bucket < ngrams.buckets and 0 <= row < len(rows) for bucket, row in pairs)
    if len(pairs) != len(of_bucket) or not sound:
        raise PickleError("the buckets of its n-grams are not those of its rows")
    pairs.sort()
    buckets = np.array([bucket for bucket, _ in pairs], dtype=np.int64)
    places = np.array([row for _, row in pairs], dtype=np.intp)
    return Subwords(ngrams, buckets, as_float32(rows[places])) if pairs else None


def _contents(model: _Model, source: Source, choice: RowChoice, progress: Progress) -> Contents:
    words = model.words()
    rows, counts = model.rows(len(words)), model.counts(words)
    subwords = model.subwords(None if rows is None else rows.shape[1])
    if rows is None:
        own = model.matrix(model.words_part, "vectors_vocab")
        if own is None or (subwords is None and model.words_part.record.attribute("bucket") != 0):
            raise PickleError("the rows of its words are not in it")
        rows = as_float32(_rows_of_words(own, "vectors_vocab", len(words)))
        words = words[: choice.limit]
        counts = None if counts is None else counts[: choice.limit]
        if subwords is not None:  # max_n=0 trains no n-grams
            rows = _composed(words, rows, subwords, progress)
    made = contents_of(source, choice, words, rows, counts)
    if len(made.words) == len(words) == len(rows):
        made = replace(made, contexts=model.contexts(rows.shape))
    return replace(made, subwords=subwords)


def _composed(words: list[str], own: F32, subwords: Subwords, progress: Progress) -> F32:
    """Return the rows of FastText's words [V, D]: the means of their own rows and those of their n-grams."""
    if own.shape[1] != subwords.rows.shape[1]:
        raise PickleError(f"its n-grams have {subwords.rows.shape[1]} dimensions, and its words {own.shape[1]}")
    return composed([word.encode(errors="replace") for word in words], own, subwords, progress)


def _rows_of_words(found: Array, name: str, total: int) -> Array:
    if found.ndim != 2 or found.dtype.kind != "f" or not found.shape[1] or len(found) < total:
        raise PickleError(f"its {name} have the shape {found.shape}, and it has {total:,} words")
    return found[:total]  # gensim may have room for more words


def _counts(found: list[Any]) -> I64 | None:
    """Counts of all words; None where one is no count, or where gensim has made them up.

    Where gensim reads a file without counts, it counts down from the number of words to 1.
    """
    if not all(type(count) is int and 0 <= count < 1 << 60 for count in found):
        return None
    return None if found == list(range(len(found), 0, -1)) else np.array(found, dtype=np.int64)
