"""`Vectors`: a matrix with a word for each row, and the questions that can be put to it. Only numpy is imported.

Files are read and written by `w2v.formats`, whole sets of questions are scored by `w2v.evaluation`. Rows keep the order
that they came in, which is by falling frequency in what w2v trains; "the first n rows" therefore means the n most
frequent words. How words are looked up is in `w2v.lookup`, how the nearest rows are found in `w2v.neighbours`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from w2v.answers import Neighbour, Neighbours, ScoredWords
from w2v.arrays import F32, F64, I64, Places
from w2v.chance import Chance, Part, Parts, Percentile, parts_of
from w2v.errors import SettingsError
from w2v.files.made import ScaledRows
from w2v.files.rows import FileRows, first_rows, whole_rows
from w2v.files.tensors import MANY, PackedIndex, PackedWords
from w2v.gensim_names.table import GensimNames
from w2v.given import check_number, counts_given, matrix_given, number_given, words_given
from w2v.lookup import AS_SPELT, Lookup, Reading
from w2v.neighbours import add_cosines, best, multiply_cosines, nearest
from w2v.pooling.face import EncodesTexts
from w2v.queries import Query, Resolver, Terms, listed
from w2v.subwords import Subwords

if TYPE_CHECKING:
    import pandas

    from w2v.record import RunRecord

__all__ = ["Method", "Metric", "Neighbour", "Unknown", "Vectors", "lengths_of"]

Method = Literal["3cosadd", "3cosmul"]
Metric = Literal["cosine", "dot", "euclidean"]
Unknown = Literal["error", "subwords"]
LARGE = 1 << 29  # bytes of a matrix whose rows at length 1 are computed when they are read
NORMS_AT_ONCE = 512  # rows in double precision, which then stay in the cache
FIRST_WORDS = 10  # shown in a notebook
UNNAMED = "these vectors"  # which were not read from a file
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul")
METRICS: tuple[Metric, ...] = ("cosine", "dot", "euclidean")

Candidates = tuple[int, I64 | None]
"""How many of the first rows may answer, and the rows among them; None for all of them."""
AnyQuery = TypeVar("AnyQuery", bound=Query)


def lengths_of(matrix: F32 | FileRows) -> F64:
    """Return the Euclidean length of each row of a matrix [V, D], float64 [V]: squares of large float32 overflow."""
    squares = np.empty(len(matrix))
    for start in range(0, len(matrix), NORMS_AT_ONCE):
        rows = matrix[start : start + NORMS_AT_ONCE].astype(np.float64)
        np.einsum("ij,ij->i", rows, rows, out=squares[start : start + NORMS_AT_ONCE])
    lengths: F64 = np.sqrt(squares)
    return lengths


class Vectors(EncodesTexts, GensimNames):
    """Words [V], matrix [V, D] float32, and where known counts [V] int64 and the record of the run that made them.

    Immutable by convention: nothing here writes to the arrays, and a matrix read from a file may be read-only.
    The cosine with a row of zeros is defined as 0. Rows with NaN or infinity are near to nothing.

    A query (`w2v.queries`) is a word, a sum of words as 'king - man + woman', a vector, one of these with a weight as
    ('king', 0.5), or a list of these, which is a group and stands for its centroid. Words are exactly those that are
    named, in either Unicode normal form; `vectors.lookup.read` also looks for other cases and phrases. gensim's names
    of attributes and methods are there too (`w2v.gensim_names`).

    compose: returns the vector [D] of a word that has no row, or None; for vectors that are trained with subwords.
    """

    compose: Callable[[str], F32 | None] | None = None
    _origin: Vectors | None = None  # must live as long as these, because it keeps the file open that rows are maps of

    def __init__(
        self,
        words: Sequence[str],
        matrix: npt.ArrayLike,
        counts: npt.ArrayLike | None = None,
        record: RunRecord | None = None,
        *,
        name: str = UNNAMED,
        norms: F64 | None = None,
        contexts: F32 | None = None,
        tokenizer: Mapping[str, Any] | None = None,
        subwords: Subwords | None = None,
    ) -> None:
        """Check and wrap. `name` is what error messages call the vectors (a file name).

        norms: the lengths of the rows [V], where they are known. contexts: the vectors of the words as contexts [V, D],
        which only going on with training needs. tokenizer: the rules by which the text was cut into words, as JSON.
        subwords: the rows of n-grams, of which unknown words are composed.

        Raises `SettingsError` for arrays of the wrong shape or type, for NaN, and for what are no words;
        `VocabularyError` for words that are missing, too many, empty or repeated.
        """
        listed = words_given(words)
        rows = matrix_given(matrix, listed)
        given_contexts = None if contexts is None else matrix_given(contexts, listed, "contexts")
        if given_contexts is not None and given_contexts.shape != rows.shape:
            raise SettingsError(
                f"contexts have the shape {given_contexts.shape}, not {rows.shape}", hint="give a row for each word"
            )
        if norms is not None and np.shape(norms) != (len(listed),):
            raise SettingsError(
                f"norms have the shape {np.shape(norms)}, not ({len(listed)},)",
                hint="leave norms out: they are computed",
            )
        self._wrap(
            listed,
            rows,
            None if counts is None else counts_given(counts, listed),
            record,
            name,
            None if norms is None else np.asarray(norms, dtype=np.float64),
            given_contexts,
            tokenizer,
            subwords,
        )

    def _wrap(
        self,
        words: Sequence[str],
        matrix: F32 | FileRows,
        counts: I64 | None,
        record: RunRecord | None,
        name: str,
        norms: F64 | None,
        contexts: F32 | FileRows | None,
        tokenizer: Mapping[str, Any] | None,
        subwords: Subwords | None,
    ) -> None:
        self._words = words
        self.stored = matrix
        self.counts = counts
        self.record = record
        self.name = name
        self.contexts = contexts
        self.tokenizer = tokenizer
        self.subwords = subwords
        if subwords is not None:
            self.compose = subwords.compose
        if norms is not None:
            self.norms = norms

    @classmethod
    def unchecked(
        cls,
        words: Sequence[str],
        matrix: F32 | FileRows,
        counts: I64 | None = None,
        record: RunRecord | None = None,
        *,
        name: str = UNNAMED,
        norms: F64 | None = None,
        contexts: F32 | FileRows | None = None,
        tokenizer: Mapping[str, Any] | None = None,
        subwords: Subwords | None = None,
    ) -> Vectors:
        """Wrap what has been checked already, or what is too large to look at, such as a mapped file.

        The arrays are those of `Vectors(...)`, of the right types. matrix: an array, or rows that stay in a file.
        words: if they are packed, strings are made of those that are asked for.
        """
        vectors = cls.__new__(cls)
        vectors._wrap(words, matrix, counts, record, name, norms, contexts, tokenizer, subwords)
        return vectors

    @property
    def matrix(self) -> F32:
        """Return the vectors [V, D], a row for each word.

        Those of a large file are read into memory when this is first called; questions alone leave them in the file.
        """
        self.stored = whole_rows(self.stored)
        return self.stored

    @property
    def stored_words(self) -> Sequence[str]:
        """The words [V]; of those of a large file strings are only made when they are asked for."""
        return self._words

    @property
    def listed_words(self) -> Sequence[str]:
        """The words [V] for those who look at all of them again and again: a list, unless they are too many for one."""
        return self._words if len(self._words) > MANY else self.words

    @cached_property
    def words(self) -> list[str]:
        """Return the words [V], in the order of the rows; those of ten million words take a gigabyte."""
        return self._words if isinstance(self._words, list) else list(self._words)

    @cached_property
    def index(self) -> dict[str, int]:
        """Return the row of each word."""
        if isinstance(self._words, PackedWords):
            return PackedIndex(self._words).rows
        return dict(zip(self.words, range(len(self.words)), strict=True))

    @cached_property
    def _index(self) -> Mapping[str, int]:
        """The same, for a few words: of packed words no dictionary is made."""
        return PackedIndex(self._words) if isinstance(self._words, PackedWords) else self.index

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, word: object) -> bool:
        return word in self._index

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __getitem__(self, word: str | Sequence[str]) -> F32:
        """The row of a word, [D], read-only; of a list of words a copy of their rows, [n, D].

        Raise `UnknownWordsError`, which is a KeyError.
        """
        rows = self.rows(word)
        if not isinstance(word, str):
            return self.stored[rows]
        row: F32 = self.stored[rows[0]]
        row.flags.writeable = False
        return row

    def __repr__(self) -> str:
        counted = "" if self.counts is None else ", with counts"
        named = "" if self.name == UNNAMED else f" {self.name!r}"
        return f"<Vectors{named}: {len(self):,} words × {self.dim} dimensions{counted}>"

    def _repr_html_(self) -> str:
        """A notebook shows the size, how the vectors were trained, and the first words."""
        from w2v.display import table

        known = {"words": f"{len(self):,}", "dimensions": f"{self.dim:,}"}
        if self.record is not None:
            tokens = self.record.corpus.get("tokens")
            known["trained with"] = self.record.model + (f" on {tokens:,} tokens" if isinstance(tokens, int) else "")
        known["first words"] = ", ".join(islice(self._words, FIRST_WORDS))
        title = "Vectors" if self.name == UNNAMED else f"Vectors: {self.name}"
        return table(title, (), list(known.items()), words=2)

    def to_frame(self) -> pandas.DataFrame:
        """Return a data frame with a row for each word and a column for each dimension, [V, D] float32: a copy."""
        import pandas

        return pandas.DataFrame(self.matrix.copy(), index=pandas.Index(self.words, name="word"))

    @property
    def dim(self) -> int:
        """Return the number of dimensions."""
        return int(self.stored.shape[1])

    def only(self, rows: Sequence[int] | Places) -> Vectors:
        """Return vectors with some of the rows, in the given order."""
        chosen = np.asarray(rows, dtype=np.intp)
        return Vectors(
            [self.listed_words[row] for row in chosen.tolist()],
            self.stored[chosen],
            None if self.counts is None else self.counts[chosen],
            self.record,
            name=self.name,
            contexts=None if self.contexts is None else self.contexts[chosen],
            tokenizer=self.tokenizer,
            subwords=self.subwords,
        )

    def respelt(self, words: Sequence[str]) -> Vectors:
        """Return vectors with other words for the same rows, [V]; rows that lie in a file stay there.

        Raise `SettingsError` for what are no words; `VocabularyError` for words that are missing, too many, empty or
        repeated.
        """
        listed = words_given(words)
        check_number(listed, len(self))
        made = Vectors.unchecked(
            listed,
            self.stored,
            self.counts,
            self.record,
            name=self.name,
            contexts=self.contexts,
            tokenizer=self.tokenizer,
            subwords=self.subwords,
        )
        made._origin = self
        return made

    @cached_property
    def norms(self) -> F64:
        """Return the length of each row, [V], in double precision."""
        return lengths_of(self.stored)

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
        """Return the rows at length 1, [V, D] float32: a second matrix in memory. Rows of zeros stay zeros."""
        rows: F32 = np.empty_like(self.matrix)
        np.multiply(self.matrix, self._inverse_norms[:, None], out=rows, casting="same_kind")
        return rows

    @cached_property
    def units(self) -> F32 | FileRows:
        """Return the same as `unit`, [V, D]; of a large matrix, rows that are computed when they are read."""
        if self.stored.nbytes <= LARGE:
            return self.unit
        return ScaledRows(self.stored, self._inverse_norms)

    def rows(self, words: str | Iterable[str]) -> I64:
        """Return the numbers of the rows of words, [n].

        Raise `UnknownWordsError` for all unknown ones at once, with words that may be meant, and `SettingsError` for
        what is no word.
        """
        asked = [words] if isinstance(words, (str, bytes)) or not isinstance(words, Iterable) else list(words)
        for word in asked:
            if not isinstance(word, str):
                raise SettingsError(
                    f"words are wanted, and not {type(word).__name__}",
                    hint="name a word, as 'king', or several: ['king', 'woman']; vectors.matrix has rows by number",
                )
        if all(word in self._index for word in asked):
            return np.array([self._index[word] for word in asked], dtype=np.int64)
        return np.array([found.row for found in self.lookup.find_all(asked, AS_SPELT)], dtype=np.int64)

    @cached_property
    def lookup(self) -> Lookup:
        """Return what finds words and reads sums of words, also in other cases and forms, as the command line does."""
        return Lookup(self._words, self._index, name=f"{self.name} ({len(self):,} words)", compose=self.compose)

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self.lookup, self.dim, self._unit_rows)

    def _unit_rows(self, rows: I64) -> F64:
        with np.errstate(invalid="ignore"):  # infinity times 0, in rows that have no direction
            selected: F64 = self.stored[rows] * self._inverse_norms[rows, None]
        return selected

    def vector(self, query: Query, *, unknown: Unknown = "error") -> F32:
        """Return the vector of a query, [D]: of a word its row, of a sum the weighted sum of terms of length 1.

        unknown: "subwords" composes a word without a row from its parts, in vectors that are trained with subwords.
        """
        if unknown not in ("error", "subwords"):
            raise SettingsError(f"unknown is {unknown!r}", hint="choose 'error' or 'subwords'")
        if unknown == "subwords":
            if self.compose is None:
                raise SettingsError(
                    f"{self.name} has no subwords, of which unknown words could be composed", hint="leave out unknown="
                )
            if isinstance(query, str):
                query = self.lookup.read(query, AS_SPELT._replace(composed=True))
        return self._vector(query).astype(np.float32)

    def _vector(self, query: Query) -> F64:
        """The vector of a query, [D]: the row of a word, a vector that is given, otherwise a sum of unit vectors."""
        (terms,) = self._resolver.each([query])
        if isinstance(query, str):
            query = self.lookup.read(query, AS_SPELT)
        found = query.word if isinstance(query, Reading) else None
        if isinstance(query, np.ndarray):
            return query.astype(np.float64)
        if found is not None:
            row = found.vector if found.row is None else self.stored[found.row]
            assert row is not None
            return row.astype(np.float64)
        return terms.total

    def most_similar(
        self,
        positive: Query | None = (),
        negative: Query | int | None = (),
        topn: int = 10,
        *,
        method: Method = "3cosadd",
        restrict_vocab: int | None = None,
        among: Iterable[str] | None = None,
        without: Iterable[str] = (),
    ) -> ScoredWords:
        """Return the `topn` words nearest to positive − negative, best first, without the inputs, as gensim does.

        positive, negative: a query, or a list of queries, which are added up; a list within such a list is a group.
        `most_similar("king", 3)` is `most_similar("king", topn=3)`. A weight in `negative` is subtracted whatever its
        sign is, so ("man", 0.5) and gensim's ("man", -0.5) are the same. Unlike in gensim, a vector that is given is
        brought to the length 1, as a word's is.

        "3cosadd": cosine with the weighted sum of unit vectors. "3cosmul": the product of the cosines with positive
        words over that with negative ones, each shifted to 0..1 (Levy & Goldberg 2014, equation 4). Only the first
        `restrict_vocab` rows are candidates, of these only the words of `among`, and never those of `without`. Equal
        scores stand in the order of rows.

        Raise `UnknownWordsError`, and `SettingsError` for an empty query, for what is no query, or for an impossible
        setting.
        """
        found = self.neighbours(
            () if positive is None else positive,
            () if negative is None or isinstance(negative, int) else negative,
            topn=negative if isinstance(negative, int) else topn,
            method=method,
            restrict_vocab=restrict_vocab,
            among=among,
            without=without,
        )
        return ScoredWords((near.word, near.score) for near in found if not near.is_input)

    def neighbours(
        self,
        positive: Query,
        negative: Query = (),
        *,
        topn: int = 10,
        method: Method = "3cosadd",
        restrict_vocab: int | None = None,
        among: Iterable[str] | None = None,
        without: Iterable[str] = (),
    ) -> Neighbours:
        """Return what `most_similar` returns, with the inputs kept at their true rank and flagged.

        The last one is the `topn`-th word that is not an input; inputs that rank below it are left out, and so are
        those that are no candidates. Arguments and errors are those of `most_similar`.
        """
        if method not in METHODS:
            raise SettingsError(f"there is no method {method!r}", hint=f"choose one of {', '.join(METHODS)}")
        terms = self._resolver.sum(listed(positive), listed(negative))
        if not len(terms.weights):
            raise SettingsError("the query has no words", hint="name at least one positive word")
        candidates = self._candidates(topn, restrict_vocab, among, without)
        if method == "3cosadd":
            return self._near([terms], topn, *candidates)[0]
        return self._near_by_product(terms, topn, *candidates)

    def neighbours_of_each(
        self,
        queries: Iterable[Query],
        *,
        topn: int = 10,
        restrict_vocab: int | None = None,
        among: Iterable[str] | None = None,
        without: Iterable[str] = (),
    ) -> list[Neighbours]:
        """Return `[neighbours(query, …) for query in queries]`, in blocks: a thousand queries in a second.

        A query that is a list is a group here, and stands for its centroid.
        """
        terms = self._resolver.each(list(queries))
        return self._near(terms, topn, *self._candidates(topn, restrict_vocab, among, without))

    def _candidates(
        self, topn: int, restrict_vocab: int | None, among: Iterable[str] | None, without: Iterable[str]
    ) -> Candidates:
        if not len(self):
            raise SettingsError(
                f"{self.name} has n-grams and no list of words, among which the nearest could be found",
                hint="name a list: --only-words FILE, in Python w2v.load(file, only_words=[...])",
            )
        number_given("topn", topn, 0, "ask for at least one word; vectors.distances(word) has 1 − cosine of all words")
        if restrict_vocab is not None:
            number_given("restrict_vocab", restrict_vocab, 1, "leave at least one word as a candidate")
        limit = min(restrict_vocab or len(self), len(self))
        barred = self.rows(without)
        if among is None and not len(barred):
            return limit, None
        rows = np.arange(limit) if among is None else np.unique(self.rows(among))
        return limit, np.setdiff1d(rows[rows < limit], barred)

    def _near(self, queries: Sequence[Terms], topn: int, limit: int, among: I64 | None) -> list[Neighbours]:
        """The neighbours of each query by 3CosAdd."""
        if not queries or topn == 0:
            return [Neighbours() for _ in queries]
        found = nearest(
            first_rows(self.stored, limit),
            np.stack([add_cosines(query.units, query.weights) for query in queries]),
            topn + max(len(query.rows) for query in queries),
            scale=self._inverse_norms[:limit],
            among=among,
            precision=self._precision,
        )
        return [
            self._named(rows[rows >= 0], scores, query.rows, topn)
            for query, rows, scores in zip(queries, found.rows, found.scores, strict=True)
        ]

    def _near_by_product(self, query: Terms, topn: int, limit: int, among: I64 | None) -> Neighbours:
        """The neighbours of a query by 3CosMul."""
        if not np.isin(query.weights, (-1.0, 1.0)).all():
            raise SettingsError("3cosmul has no weights", hint="leave them out, or use 3cosadd")
        positive = query.weights > 0
        if not positive.any():
            raise SettingsError("the query has no positive words", hint="name at least one, or use 3cosadd")
        if topn == 0:
            return Neighbours()
        scores = multiply_cosines(
            first_rows(self.stored, limit),
            query.units[positive],
            query.units[~positive],
            scale=self._inverse_norms[:limit],
            among=among,
            precision=self._precision,
        )
        order = best(scores, topn + len(query.rows))
        order = order[scores[order] > -np.inf]
        return self._named(order if among is None else among[order], scores[order], query.rows, topn)

    def _named(self, rows: I64 | Places, scores: F64, inputs: frozenset[int], topn: int) -> Neighbours:
        """The neighbours of a query, down to the `topn`-th that is no input."""
        found: list[Neighbour] = []
        for rank, (row, score) in enumerate(zip(rows.tolist(), scores.tolist(), strict=False), start=1):
            found.append(Neighbour(self._words[row], score, rank, row in inputs))
            topn -= row not in inputs
            if topn == 0:
                break
        return Neighbours(found)

    def similarity(self, a: Query, b: Query, metric: Metric = "cosine") -> float:
        """Return the cosine (−1..1), inner product, or Euclidean distance (0 is the same) of two queries.

        A list is a group: `similarity(["cat", "dog"], "animal")` is the cosine of its centroid with the word.
        """
        if metric not in METRICS:
            raise SettingsError(f"there is no metric {metric!r}", hint=f"choose one of {', '.join(METRICS)}")
        if metric == "cosine":
            units = self._units([a, b])
            return float(np.clip(units[0] @ units[1], -1.0, 1.0))
        first, second = self._vector(a), self._vector(b)
        return float(first @ second if metric == "dot" else np.linalg.norm(first - second))

    def percentile(self, a: Query, b: Query, cosine: float | None = None) -> Percentile | None:
        """Return how many percent of random pairs of words of like frequency have a lower cosine than two queries.

        Of two sums or groups: random sums or groups of the same form (`w2v.chance`). Returns the `value`, from 0.1
        ("or less") to 99.9 ("or more"), and what words are alike `by`: "frequency", or "rank" where counts are not
        known. None where it says nothing: if both have a word in common or one has no direction, for vectors that are
        given, for words that are composed, and in vocabularies of less than 20 words.

        cosine: of the two, where it is known.
        """
        parts = [self._parts(query) for query in (a, b)]
        cosine = self.similarity(a, b) if cosine is None else cosine
        if parts[0] is None or parts[1] is None:
            return None
        return self._chance.percentile(parts[0], parts[1], cosine)

    def _parts(self, query: Query) -> Parts | None:
        if isinstance(query, str):
            query = self.lookup.read(query, AS_SPELT)
        if isinstance(query, Reading):
            return parts_of(query)
        if isinstance(query, Sequence) and query and all(isinstance(word, str) and word in self for word in query):
            return (Part(1.0, tuple(self._index[word] for word in query if isinstance(word, str))),)
        return None

    @cached_property
    def _chance(self) -> Chance:
        return Chance(self.stored, self._inverse_norms, self.counts, self._precision)

    def similarities(self, queries: Sequence[Query]) -> F64:
        """Return the cosines of all pairs of queries, [n, n]; of each with itself 1, or 0 where it has no direction."""
        units = self._units(queries)
        cosines: F64 = np.clip(units @ units.T, -1.0, 1.0)
        return cosines

    def n_similarity(self, a: Sequence[str], b: Sequence[str]) -> float:
        """Return the cosine of the means of two lists of words, each at the length that its row has, as gensim does.

        In `similarity` of two lists each word counts the same, however long its row is.
        """
        first, second = (self.stored[self.rows(words)].astype(np.float64) for words in (a, b))
        if not len(first) or not len(second):
            raise SettingsError("a list of words is empty", hint="name at least one word in each")
        return self.similarity(first.mean(axis=0), second.mean(axis=0))

    def doesnt_match(self, words: Sequence[AnyQuery]) -> AnyQuery:
        """Return the word farthest from the mean of the unit vectors of all, as gensim does; the first of equals.

        Unlike gensim, unknown words are an error, and so are fewer than three different words, of which any could be
        the odd one.
        """
        if isinstance(words, str) or not isinstance(words, Sequence) or len(words) < 3:
            raise SettingsError(
                "an odd one out needs a list of at least three words", hint="add words that belong together"
            )
        different = {str(word) if isinstance(word, (str, Reading)) else id(word) for word in words}
        if len(different) < 3:
            raise SettingsError(
                f"an odd one out needs at least three different words, and these {len(words):,} are "
                f"{'one word' if len(different) == 1 else 'only two'}",
                hint="add other words that belong together",
            )
        return words[int(np.argmin(self._centrality(words)))]

    def rank_by_centrality(self, words: Sequence[AnyQuery]) -> list[tuple[AnyQuery, float]]:
        """Return each word with its cosine to the mean of the unit vectors of all, best first; equals keep their order.

        gensim's `rank_by_centrality` has the cosine first. The cosine of a row of zeros is 0.
        """
        fits = zip(words, self._centrality(words).tolist(), strict=True)
        return sorted(fits, key=lambda fit: -fit[1])

    def _centrality(self, words: Sequence[Query]) -> F64:
        unit = self._units(words)
        mean = unit.mean(axis=0)
        cosines: F64 = unit @ mean / (np.linalg.norm(mean) or 1.0)
        return cosines

    def _units(self, queries: Sequence[Query]) -> F64:
        """The directions of queries, [n, D]: vectors of length 1, or zeros."""
        resolved = self._resolver.each(listed(queries))
        if not resolved:
            raise SettingsError("there are no words", hint="name at least one word")
        return np.stack([add_cosines(terms.units, terms.weights) for terms in resolved])

    def suggestions(self, word: str, limit: int = 3) -> tuple[str, ...]:
        """Return words that may be meant by an unknown one: in another form or case, else the nearest in spelling."""
        return self.lookup.suggestions(word, limit)
