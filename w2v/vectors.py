"""`Vectors`: a matrix with a word for each row, and the questions that can be put to it. numpy only.

Not here: files (w2v.formats), scores over whole question sets (w2v.evaluation), training. Rows keep the order that they
came in, which is by falling frequency in what w2v trains; "the first n rows" therefore means the n most frequent words.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from w2v.arrays import F32, F64, I64, Places
from w2v.errors import SettingsError, UnknownWordsError, VocabularyError

if TYPE_CHECKING:
    from w2v.record import RunRecord

__all__ = ["Method", "Metric", "Neighbour", "Vectors"]

Method = Literal["3cosadd", "3cosmul"]
Metric = Literal["cosine", "dot", "euclidean"]
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul")
METRICS: tuple[Metric, ...] = ("cosine", "dot", "euclidean")

EPSILON = 1e-6  # keeps 3CosMul's quotient finite (Levy & Goldberg 2014, section 5.1)
SEARCHED_FOR_SPELLING = 100_000  # rows looked through for a word of similar spelling: the frequent ones
COMPARED_IN_DETAIL = 300
EXPLAINED_WORDS = 5  # unknown words that get suggestions; a longer list is not a matter of spelling


@dataclass(frozen=True)
class Neighbour:
    """A word near a query: its score, its rank (1 is the nearest, inputs counted), and whether it was an input."""

    word: str
    score: float
    rank: int
    is_input: bool


class Vectors:
    """Words [V], matrix [V, D] float32, and where known counts [V] int64 and the record of the run that made them.

    Immutable by convention: nothing here writes to the arrays, and a matrix read from a file may be read-only.
    The cosine with a row of zeros is defined as 0.
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: npt.ArrayLike,
        counts: npt.ArrayLike | None = None,
        record: RunRecord | None = None,
        *,
        name: str = "these vectors",
        norms: F64 | None = None,
        contexts: F32 | None = None,
        tokenizer: Mapping[str, Any] | None = None,
    ) -> None:
        """Check and wrap. `name` is what error messages call the vectors (a file name).

        norms: the lengths of the rows [V], where they are known. contexts: the vectors of the words as contexts [V, D],
        which only going on with training needs. tokenizer: the rules by which the text was cut into words, as JSON.

        Raises ValueError for arrays of the wrong shape or type, `VocabularyError` for words that are missing, too many,
        empty or repeated.
        """
        array = np.asarray(matrix)
        if array.ndim != 2 or array.shape[1] < 1:
            raise ValueError(f"the matrix must have two dimensions [words, values], not the shape {array.shape}")
        if array.dtype.kind not in "fiu":
            raise ValueError(f"the matrix must hold real numbers, not {array.dtype}")
        self.words: list[str] = list(words)
        self.matrix: F32 = np.ascontiguousarray(array, dtype=np.float32)
        self.counts: I64 | None = None if counts is None else np.asarray(counts, dtype=np.int64)
        self.record = record
        self.name = name
        self.contexts = contexts
        self.tokenizer = tokenizer
        if norms is not None:
            self.norms = norms
        if len(self.words) != len(self.matrix):
            raise VocabularyError(f"{len(self.words):,} words and {len(self.matrix):,} rows do not match")
        if not self.words:
            raise VocabularyError("there are no words", hint="vectors need at least one word")
        if contexts is not None and contexts.shape != self.matrix.shape:
            raise ValueError(f"contexts have the shape {contexts.shape}, not {self.matrix.shape}")
        if self.counts is not None and self.counts.shape != (len(self.words),):
            raise ValueError(f"counts have the shape {self.counts.shape}, not ({len(self.words)},)")
        self.index: dict[str, int] = {word: row for row, word in enumerate(self.words)}
        if len(self.index) != len(self.words):
            repeated = next(word for row, word in enumerate(self.words) if self.index[word] != row)
            raise VocabularyError(f"the word {repeated!r} stands for more than one row", hint="make the words unique")
        if "" in self.index:
            raise VocabularyError(f"row {self.index[''] + 1} has an empty word", hint="give every row a word")

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __getitem__(self, word: str) -> F32:
        """The row of a word, [D], read-only. Raises `UnknownWordsError`, which is a KeyError."""
        row: F32 = self.matrix[self.rows([word])[0]]
        row.flags.writeable = False
        return row

    def __repr__(self) -> str:
        counted = "" if self.counts is None else ", with counts"
        return f"<Vectors {self.name!r}: {len(self):,} words × {self.dim} dimensions{counted}>"

    @property
    def dim(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def norms(self) -> F64:
        """Euclidean length of each row, [V]. In double precision: squares of large float32 values overflow."""
        lengths: F64 = np.sqrt(np.einsum("ij,ij->i", self.matrix, self.matrix, dtype=np.float64, casting="same_kind"))
        return lengths

    @cached_property
    def _inverse_norms(self) -> F64:
        """1 / norm, and 0 for rows of zeros."""
        return np.divide(1.0, self.norms, out=np.zeros(len(self)), where=self.norms > 0)

    @cached_property
    def _precision(self) -> type[np.float32] | type[np.float64]:
        """What inner products are computed in: float32, unless lengths are so extreme that it overflows or vanishes."""
        usual = (self.norms == 0) | ((self.norms > 1e-30) & (self.norms < 1e38))
        return np.float32 if usual.all() else np.float64

    @cached_property
    def unit(self) -> F32:
        """The rows divided by their lengths, [V, D] float32; rows of zeros stay zeros. A second matrix in memory."""
        rows: F32 = np.empty_like(self.matrix)
        np.multiply(self.matrix, self._inverse_norms[:, None], out=rows, casting="same_kind")
        return rows

    def rows(self, words: Sequence[str]) -> I64:
        """The row of each word.

        Raises `UnknownWordsError` for all unknown ones at once, with words spelt like them, and `SettingsError` for
        what is no word.
        """
        words = _listed(words)
        unknown = [word for word in dict.fromkeys(words) if word not in self.index]
        if unknown:
            near = {word: self.suggestions(word) for word in unknown[:EXPLAINED_WORDS]}
            raise UnknownWordsError(unknown, near, f"{self.name} ({len(self):,} words)")
        return np.array([self.index[word] for word in words], dtype=np.int64)

    def most_similar(
        self,
        positive: str | Sequence[str],
        negative: str | Sequence[str] = (),
        *,
        topn: int = 10,
        method: Method = "3cosadd",
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]]:
        """The `topn` words nearest to positive − negative, best first, inputs left out: gensim's `most_similar`.

        "3cosadd": cosine with the mean of the unit vectors, negative ones with weight −1. "3cosmul": the product of the
        cosines with positive words over that with negative ones, each shifted to 0..1 (Levy & Goldberg 2014,
        equation 4). Only the first `restrict_vocab` rows are candidates. Equal scores stand in the order of rows.

        Raises `UnknownWordsError`, and `SettingsError` for an empty query, for what is no word (gensim also takes
        vectors and weights), or for an impossible setting.
        """
        found = self.neighbours(positive, negative, topn=topn, method=method, restrict_vocab=restrict_vocab)
        return [(near.word, near.score) for near in found if not near.is_input]

    def neighbours(
        self,
        positive: str | Sequence[str],
        negative: str | Sequence[str] = (),
        *,
        topn: int = 10,
        method: Method = "3cosadd",
        restrict_vocab: int | None = None,
    ) -> tuple[Neighbour, ...]:
        """As `most_similar`, with the inputs kept at their true rank and flagged.

        Ends with the `topn`-th word that is not an input; inputs that rank below it are not shown, nor those outside
        the first `restrict_vocab` rows.
        """
        plus, minus = _listed(positive), _listed(negative)
        if method not in METHODS:
            raise SettingsError(f"there is no method {method!r}", hint=f"choose one of {', '.join(METHODS)}")
        if topn < 0:
            raise SettingsError(f"topn is {topn}", hint="ask for at least one word")
        if restrict_vocab is not None and restrict_vocab < 1:
            raise SettingsError(f"restrict_vocab is {restrict_vocab}", hint="leave at least one word as a candidate")
        if not plus and not (minus and method == "3cosadd"):
            raise SettingsError("the query has no words", hint="name at least one positive word")
        if topn == 0:
            return ()
        inputs = self.rows([*plus, *minus])
        score = self._sums if method == "3cosadd" else self._quotients
        scores = score(inputs, len(plus), min(restrict_vocab or len(self), len(self)))
        given = set(inputs.tolist())
        found: list[Neighbour] = []
        for rank, row in enumerate(_best(scores, topn + len(given)).tolist(), start=1):
            found.append(Neighbour(self.words[row], float(scores[row]), rank, row in given))
            topn -= row not in given
            if topn == 0:
                break
        return tuple(found)

    def _cosines(self, queries: F64, candidates: int) -> F64:
        """Cosines of the first rows with unit vectors [D] or [D, k]."""
        rows = self.matrix[:candidates].astype(self._precision, copy=False)
        products = rows @ queries.astype(self._precision)
        inverse = self._inverse_norms[:candidates]
        cosines: F64 = products * (inverse if queries.ndim == 1 else inverse[:, None])
        return cosines

    def _unit_rows(self, rows: I64) -> F64:
        selected: F64 = self.matrix[rows] * self._inverse_norms[rows, None]
        return selected

    def _sums(self, inputs: I64, positives: int, candidates: int) -> F64:
        """3CosAdd (Mikolov, Yih & Zweig 2013): cosine with the normalised sum of signed unit vectors."""
        signs = np.where(np.arange(len(inputs)) < positives, 1.0, -1.0)
        query: F64 = signs @ self._unit_rows(inputs)
        length = float(np.linalg.norm(query))
        return self._cosines(query / length if length > 0 else query, candidates)

    def _quotients(self, inputs: I64, positives: int, candidates: int) -> F64:
        """3CosMul (Levy & Goldberg 2014, equation 4; cosines shifted to 0..1 as in its footnote 7)."""
        shifted = np.clip((1.0 + self._cosines(self._unit_rows(inputs).T, candidates)) / 2.0, 0.0, 1.0)
        scores: F64 = shifted[:, :positives].prod(axis=1)
        scores /= shifted[:, positives:].prod(axis=1) + EPSILON
        return scores

    def similarity(self, a: str, b: str, metric: Metric = "cosine") -> float:
        """Cosine (−1..1), inner product, or Euclidean distance (0 is the same; smaller is nearer) of two words."""
        if metric not in METRICS:
            raise SettingsError(f"there is no metric {metric!r}", hint=f"choose one of {', '.join(METRICS)}")
        rows = self.rows([a, b])
        first, second = self.matrix[rows].astype(np.float64)
        if metric == "dot":
            return float(first @ second)
        if metric == "euclidean":
            return float(np.linalg.norm(first - second))
        inverse = self._inverse_norms[rows]
        return float(np.clip((first * inverse[0]) @ (second * inverse[1]), -1.0, 1.0))

    def doesnt_match(self, words: Sequence[str]) -> str:
        """The word farthest from the mean of the unit vectors of all: gensim's `doesnt_match`; the first of equals.

        Unlike gensim, unknown words are an error, and so are fewer than three, of which any could be the odd one.
        """
        if isinstance(words, str) or len(words) < 3:
            raise SettingsError(
                "an odd one out needs a list of at least three words", hint="add words that belong together"
            )
        return words[int(np.argmin(self._centrality(words)))]

    def rank_by_centrality(self, words: Sequence[str]) -> list[tuple[str, float]]:
        """Each word with its cosine to the mean of the unit vectors of all, best first; equals keep their order.

        gensim's `rank_by_centrality`, with the word first. The cosine of a row of zeros is 0.
        """
        fits = zip(_listed(words), self._centrality(words).tolist(), strict=True)
        return sorted(fits, key=lambda fit: -fit[1])

    def _centrality(self, words: Sequence[str]) -> F64:
        unit = self._unit_rows(self.rows(words))
        mean = unit.mean(axis=0)
        cosines: F64 = unit @ mean / (np.linalg.norm(mean) or 1.0)
        return cosines

    def suggestions(self, word: str, limit: int = 3) -> tuple[str, ...]:
        """Known words that may have been meant: `word` in another case, otherwise the nearest in spelling.

        Only frequent words are compared by spelling, after a cheap count of common letter pairs, so that millions of
        words cost a fraction of a second.
        """
        wanted = word.casefold()
        cases = [case for case in (word.lower(), word.capitalize(), word.upper(), word.title()) if case in self.index]
        frequent: dict[str, int] = {}
        for row, candidate in enumerate(self.words[:SEARCHED_FOR_SPELLING]):
            if -2 <= len(candidate) - len(word) <= 2:
                frequent.setdefault(candidate.casefold(), row)
        if wanted in frequent:
            cases.append(self.words[frequent[wanted]])
        if cases:
            return tuple(dict.fromkeys(cases))[:limit]
        pairs = _letter_pairs(wanted)
        likely = heapq.nlargest(
            COMPARED_IN_DETAIL,
            frequent,
            key=lambda candidate: len(pairs & _letter_pairs(candidate)) / (len(wanted) + len(candidate) + 2),
        )
        nearest = _nearest_in_spelling(wanted, sorted(likely, key=frequent.__getitem__))
        return tuple(self.words[frequent[near]] for near in nearest[:limit])


def _listed(words: str | Iterable[str]) -> list[str]:
    """Words, or one word, as a list. Raises `SettingsError` for anything else, as a vector."""
    listed = [words] if isinstance(words, str) or not isinstance(words, Iterable) else list(words)
    for word in listed:
        if not isinstance(word, str):
            raise SettingsError(
                f"words are wanted, and not {type(word).__name__}",
                hint="name words, as 'king' or ['king', 'woman']; neither weights nor vectors can be given",
            )
    return listed


def _letter_pairs(word: str) -> set[tuple[str, str]]:
    return set(zip("^" + word, word + "$", strict=True))


def _nearest_in_spelling(wanted: str, candidates: Sequence[str], cutoff: float = 0.7) -> list[str]:
    """Candidates by falling ratio of matching characters, those under `cutoff` left out; equals keep their order."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher()
    matcher.set_seq2(wanted)
    rated: list[tuple[float, str]] = []
    for candidate in candidates:
        matcher.set_seq1(candidate)
        if matcher.quick_ratio() >= cutoff and (ratio := matcher.ratio()) >= cutoff:
            rated.append((ratio, candidate))
    return [candidate for _, candidate in sorted(rated, key=lambda pair: -pair[0])]


def _best(scores: F64, n: int) -> Places:
    """Rows of the `n` highest scores, best first, equal ones in the order of rows."""
    if n < len(scores):
        lowest = np.partition(scores, len(scores) - n)[len(scores) - n]
        rows = np.flatnonzero(scores >= lowest)
    else:
        rows = np.arange(len(scores))
    return rows[np.argsort(-scores[rows], kind="stable")][:n]
