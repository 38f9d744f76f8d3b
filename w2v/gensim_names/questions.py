"""gensim's questions to vectors, under gensim's names: each function takes the vectors first, as a method does.

The answers are gensim's, but for the last digits, and as gensim's they may be numbers of a row in place of a word. What
is unknown raises `UnknownWordsError`, which is a KeyError as gensim's is, with words that may be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from w2v.arrays import F32, F64, Array
from w2v.errors import SettingsError
from w2v.queries import Query
from w2v.vectors import Vectors

__all__ = ["closer_than", "cosine_similarities", "distance", "distances", "fill_norms", "get_index", "get_mean_vector"]
__all__ += ["get_normed_vectors", "get_vecattr", "get_vector", "has_index_for", "index_to_key", "key_to_index"]
__all__ += ["most_similar_cosmul", "most_similar_to_given", "rank", "relative_cosine_similarity", "similar_by_key"]
__all__ += ["similar_by_vector", "similar_by_word", "vector_size", "vectors", "word_vec", "words_closer_than", "wv"]

Key = str | int
"""A word, or the number of its row."""


def wv(vectors: Vectors) -> Vectors:
    """Return the vectors themselves: w2v has no model around them."""
    return vectors


def vectors(vectors: Vectors) -> F32:
    """Return the matrix, [V, D] float32."""
    return vectors.matrix


def index_to_key(vectors: Vectors) -> list[str]:
    """Return the words [V], in the order of the rows."""
    return vectors.words


def key_to_index(vectors: Vectors) -> dict[str, int]:
    """Return the row of each word."""
    return vectors.index


def vector_size(vectors: Vectors) -> int:
    """Return how many dimensions the vectors have."""
    return vectors.dim


def get_index(vectors: Vectors, key: Key, default: int | None = None) -> int:
    """Return the row of a word; `default` for a word that is not there. Raise `UnknownWordsError` without a default."""
    if isinstance(key, (int, np.integer)):
        if 0 <= key < len(vectors):
            return int(key)
        key = str(key)
    if default is not None and key not in vectors:
        return default
    return int(vectors.rows(key)[0])


def _word(vectors: Vectors, key: Key) -> str:
    """Return the word of a row; a word as it is. Of packed words no list is made for that."""
    return key if isinstance(key, str) else vectors.words[get_index(vectors, key)]


def has_index_for(vectors: Vectors, key: Key) -> bool:
    """Return whether a word has a row."""
    return get_index(vectors, key, -1) >= 0


def get_vector(vectors: Vectors, key: Key, norm: bool = False) -> F32:
    """Return the vector of a word, [D] float32, read-only. norm: at length 1."""
    vector = vectors[_word(vectors, key)]
    if norm:
        vector = (vector / (np.linalg.norm(vector.astype(np.float64)) or 1.0)).astype(np.float32)
        vector.flags.writeable = False
    return vector


word_vec = get_vector


def get_vecattr(vectors: Vectors, key: Key, attr: str) -> int:
    """Return how often a word occurred. Raise `SettingsError` for any other attr than "count", or without counts."""
    row = get_index(vectors, key)
    if attr != "count":
        raise SettingsError(f"words have no {attr!r}", hint="'count' is how often a word occurred")
    if vectors.counts is None:
        raise SettingsError(f"{vectors.name} has no counts", hint="a .safetensors file of w2v keeps them")
    return int(vectors.counts[row])


def get_normed_vectors(vectors: Vectors) -> F32:
    """Return the matrix with rows of length 1, [V, D] float32."""
    return vectors.unit


def fill_norms(vectors: Vectors, force: bool = False) -> None:
    """Compute the lengths of the rows, which are `vectors.norms`; nothing has to ask for that."""
    _ = vectors.norms


def get_mean_vector(
    vectors: Vectors,
    keys: Sequence[Key | F32],
    weights: Sequence[float] | F32 | None = None,
    pre_normalize: bool = True,
    post_normalize: bool = False,
    ignore_missing: bool = True,
) -> F32:
    """Return the weighted mean of vectors, [D] float32.

    keys: words, or vectors [D], which stay as they are. weights: a number for each key. pre_normalize: bring those of
    words to the length 1 first. post_normalize: bring the mean to the length 1. ignore_missing: leave unknown words
    out; otherwise they raise `UnknownWordsError`. Raise `SettingsError` without keys, and for other weights than keys.
    """
    given = np.ones(len(keys)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(keys) or len(given) != len(keys):
        raise SettingsError(
            f"there are {len(keys)} words and {len(given)} weights", hint="name at least one word, each with a weight"
        )
    total, weight = np.zeros(vectors.dim), 0.0
    for key, factor in zip(keys, given.tolist(), strict=True):
        if isinstance(key, np.ndarray):
            vector: Array = key
        elif ignore_missing and not has_index_for(vectors, key):
            continue
        else:
            vector = get_vector(vectors, key, norm=pre_normalize)
        total += factor * vector
        weight += abs(factor)
    total /= weight or 1.0
    length = float(np.linalg.norm(total))
    mean: F32 = (total / length if post_normalize and length else total).astype(np.float32)
    return mean


def similar_by_key(
    vectors: Vectors, key: Key, topn: int = 10, restrict_vocab: int | None = None
) -> list[tuple[str, float]]:
    """Return the `topn` words nearest to a word, with their cosines, best first."""
    return vectors.most_similar(_word(vectors, key), topn=topn, restrict_vocab=restrict_vocab)


similar_by_word = similar_by_key


def similar_by_vector(
    vectors: Vectors, vector: F32 | F64, topn: int = 10, restrict_vocab: int | None = None
) -> list[tuple[str, float]]:
    """Return the `topn` words nearest to a vector [D], with their cosines, best first."""
    return vectors.most_similar(np.asarray(vector), topn=topn, restrict_vocab=restrict_vocab)


def most_similar_cosmul(
    vectors: Vectors,
    positive: Query = (),
    negative: Query = (),
    topn: int = 10,
    restrict_vocab: int | None = None,
) -> list[tuple[str, float]]:
    """Return the `topn` words of the largest product of cosines (3CosMul; Levy & Goldberg 2014, equation 4).

    Unlike gensim's, `restrict_vocab` counts.
    """
    return vectors.most_similar(
        [] if positive is None else positive,
        [] if negative is None else negative,
        topn,
        method="3cosmul",
        restrict_vocab=restrict_vocab,
    )


def most_similar_to_given(vectors: Vectors, key1: str, keys_list: Sequence[str]) -> str:
    """Return the word of a list that is nearest to a word; the first of equals."""
    return keys_list[int(np.argmax([vectors.similarity(key1, key) for key in keys_list]))]


def cosine_similarities(vector_1: Array, vectors_all: Array) -> Array:
    """Return the cosines of a vector [D] with the rows of a matrix [N, D], [N]."""
    lengths = np.linalg.norm(vector_1) * np.linalg.norm(vectors_all, axis=1)
    cosines: Array = vectors_all @ vector_1 / lengths
    return cosines


def distances(vectors: Vectors, word_or_vector: Key | F32, other_words: Iterable[Key] = ()) -> F32:
    """Return 1 − cosine of a word, or of a vector [D], with each of some words, [n], or with all of them, [V]."""
    one = word_or_vector if isinstance(word_or_vector, np.ndarray) else get_vector(vectors, word_or_vector)
    listed = list(other_words)
    rows: Any = [get_index(vectors, word) for word in listed] if listed else slice(None)
    lengths = vectors.norms[rows] * float(np.linalg.norm(one.astype(np.float64)))
    products = (vectors.matrix[rows] @ one.astype(np.float32)).astype(np.float64)
    cosines = np.divide(products, lengths, out=np.zeros(len(products)), where=lengths > 0)
    found: F32 = (1.0 - cosines).astype(np.float32)
    return found


def distance(vectors: Vectors, w1: Query, w2: Query) -> float:
    """Return 1 − cosine of two words."""
    return 1.0 - vectors.similarity(w1, w2)


def closer_than(vectors: Vectors, key1: Key, key2: Key) -> list[str]:
    """Return the words that are nearer to the first word than the second one is, in the order of rows."""
    first, second = get_index(vectors, key1), get_index(vectors, key2)
    apart = distances(vectors, key1)
    return [vectors.words[row] for row in np.flatnonzero(apart < apart[second]).tolist() if row != first]


words_closer_than = closer_than


def rank(vectors: Vectors, key1: Key, key2: Key) -> int:
    """Return the rank of the second word among the neighbours of the first one, from 1."""
    return len(closer_than(vectors, key1, key2)) + 1


def relative_cosine_similarity(vectors: Vectors, wa: str, wb: str, topn: int = 10) -> float:
    """Return the cosine of two words as a share of the cosines of the first one's `topn` neighbours.

    Leeuwenberg, Vela, Dehdari & van Genabith (2016), equation 1.
    """
    return vectors.similarity(wa, wb) / sum(score for _, score in similar_by_word(vectors, wa, topn))
