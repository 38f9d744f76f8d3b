"""`SearchIndex`: documents that can be searched, by words, by meaning, or by both.

index = w2v.load_index("docs.w2v", w2v.load("vectors.safetensors"))
for hit in index.search("how to fix a slow laptop", n=3):
    print(hit.score, hit.id, hit.text)
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from w2v.arrays import F32, F64, Places
from w2v.compare.joint import fingerprints_of_space
from w2v.errors import FormatError, SettingsError, UnknownWordsError
from w2v.given import number_given, path_given, vectors_given
from w2v.pooling.folding import NOTHING_COMMON
from w2v.pooling.making import make_encoder
from w2v.pooling.rules import TextRules
from w2v.pooling.source import WordRows
from w2v.pooling.words import words_of_texts
from w2v.progress import ProgressChoice, reporting
from w2v.search.explaining import WordsWithRows, is_content, marks_of, pairs_of, shares_of
from w2v.search.fingerprint import fingerprint_of
from w2v.search.hits import Explanation, Hit, Hits, Unlike, UnlikeDocuments
from w2v.search.index_file import IndexFile, open_index
from w2v.search.scoring import MODES, Mode, Scores
from w2v.tokens.settings import CorpusConfig

if TYPE_CHECKING:
    from w2v.clusters.groups import Groups
    from w2v.compare.map_file import VectorMap
    from w2v.pooling.encoder import TextEncoder

__all__ = ["SearchIndex", "check_vectors", "load_index"]

LARGE = 1 << 24  # numbers in all rows, from which on the first look takes a byte for each
EXPLAINED = 5  # unknown words that get suggestions
TOLD = 8
"""The power of what a word of the query tells: 1 in no passage, 0.43 in a tenth of all, 0.06 in a third."""
WARM = 2  # queries after which a process is worth the start of compiled code


class SearchIndex:
    """Documents that can be searched. Several threads may use it.

    file: the index itself (index_file.py). vectors: those that it was made with; None where only words are searched.
    map: turns queries of other vectors to the space of the index (compare/map_file.py).
    """

    def __init__(self, file: IndexFile, vectors: WordRows | None = None, *, map: VectorMap | None = None) -> None:  # noqa: A002
        """Raises FormatError for other vectors than those that the index was made with, or the map is made for."""
        self.file, self.vectors, self.map = file, vectors, map
        self._queries = 0
        if vectors is not None:
            vectors_given(vectors)
            check_vectors(file, vectors, map)

    @property
    def name(self) -> str:
        """What messages call the index: its path."""
        return self.file.name

    def __len__(self) -> int:
        """The number of documents."""
        return len(self.file)

    def __repr__(self) -> str:
        return f"<SearchIndex {self.name!r}: {len(self):,} documents in {self.file.passages:,} passages>"

    def _repr_html_(self) -> str:
        from w2v.display import table

        made = self.file.made
        known = {
            "documents": f"{len(self):,}",
            "passages": f"{self.file.passages:,}",
            "vectors": f"{made.vectors} ({made.words:,} words × {self.file.dim})",
        }
        return table(f"Search index: {self.name}", (), list(known.items()), words=2)

    def search(
        self,
        query: str,
        n: int = 10,
        *,
        mode: Mode = "both",
        threshold: float | None = None,
        explain: bool = True,
    ) -> Hits:
        """Return the n documents that fit a query best, by their best passages.

        mode: "words" (BM25: the words of the query, as they stand), "meaning" (the cosine of the query with the text),
        or "both" (0.7 z(BM25) + 0.3 z(cosine), z over all passages). threshold: the least score of a hit. explain:
        whether each hit says why it was found. With "words", documents that share no word with the query are no hits.

        Raises `SettingsError` for impossible arguments, and `UnknownWordsError` where no word of the query is known.
        """
        if not isinstance(query, str):
            raise SettingsError(f"the query is of the type {type(query).__name__}", hint="give a text")
        number_given("n", n, 1, "give the number of hits")
        if mode not in MODES:
            raise SettingsError(f"mode is {mode!r:.40}", hint=f"choose one of {', '.join(MODES)}")
        if not len(self):
            raise FormatError(f"{self.name} holds no documents", hint="index some: w2v index DOCS")
        asked = self._asked(query, mode)
        self._queries += 1
        coded = self.file.rows.size >= LARGE and self._queries > WARM
        vector = None if asked.meant is None else asked.meant.vector
        scores = Scores(self.file, asked.words, vector, coded=coded)
        hits = self._hits(scores, n, asked, threshold, explain)
        vectors = "" if mode == "words" or self.vectors is None else self.vectors.name
        return Hits(query, mode, self.name, vectors, len(self), asked.without_vector, asked.in_no_text, hits)

    def farthest(self, n: int = 10, *, progress: ProgressChoice = None) -> UnlikeDocuments:
        """Return the n documents that are like no other: whose most similar other document is least similar to them."""
        from w2v.search.farthest import farthest_rows

        number_given("n", n, 1, "give the number of documents")
        file = self.file
        documents = file.document_of(np.arange(file.passages))
        with reporting(progress) as heard:
            found = farthest_rows(file.rows, documents, n, heard)
        hits = []
        for rank, (row, near, cosine) in enumerate(zip(*(each.tolist() for each in found), strict=True), start=1):
            place = self._place(row)
            other = file.id(int(documents[near]))
            hits.append(Unlike(rank, *place, file.text(row), cosine, other, file.text(near)))
        with_vectors = np.unique(documents[file.rows.any(axis=1)])
        return UnlikeDocuments(self.name, len(self), len(self) - len(with_vectors), tuple(hits))

    def groups(
        self, k: int, *, seed: int = 1, starts: int = 4, topn: int = 10, progress: ProgressChoice = None
    ) -> Groups:
        """Return k groups of like documents, named by their words. Arguments and errors: as of `w2v.groups`."""
        from w2v.search.groups import group_documents

        return group_documents(self.file, k, seed=seed, starts=starts, topn=topn, progress=progress)

    @cached_property
    def encoder(self) -> TextEncoder:
        """Makes the vectors of queries, as those of the documents were made. Raises SettingsError without vectors."""
        if self.vectors is None:
            raise SettingsError(
                f"no vectors are given, and {self.name} is searched by meaning",
                hint='give the vectors that it was made with, or search with mode="words"',
            )
        made = self.file.made
        rules = {("normal_form" if name == "normalize" else name): value for name, value in made.rules.items()}
        if self.map is None:
            return make_encoder(self.vectors, made.pooling, common=self.file.common, **rules)
        nothing = NOTHING_COMMON(self.vectors.stored.shape[1])  # it is taken off in the space of the index
        return make_encoder(self.vectors, made.pooling, common=nothing, **rules)

    def _words_of(self, text: str) -> tuple[list[str], F32]:
        """The words of a text that have a vector, and their rows in the space of the index, float32 [words, D]."""
        words, rows = self.encoder.words_of(text)
        if self.map is None:
            return words, rows
        return words, self.file.common.taken_off(self.map.turned(rows)).astype(np.float32)

    @cached_property
    def term_rules(self) -> TextRules:
        """How a query becomes terms."""
        return TextRules(CorpusConfig(**self.file.made.terms), False)

    def _asked(self, query: str, mode: Mode) -> _Asked:
        """Raises SettingsError for a query without words, UnknownWordsError where nothing is known of any of them."""
        found = words_of_texts([query], self.term_rules, {}, size=0, composes=True)
        if not len(found.ids):
            raise SettingsError("the query has no word in it", hint="ask with words: w2v search 'a slow laptop'")
        terms = {word: self.file.terms.get(word) for word in found.others}
        missing = tuple(word for word, number in terms.items() if number is None)
        has_terms = mode != "meaning" and len(missing) < len(terms)
        names = {number: word for word, number in terms.items() if number is not None}
        numbers = (terms[found.others[at]] for at in found.ids.tolist())
        times = Counter(number for number in numbers if number is not None)
        if mode == "words":
            if not has_terms:
                raise self._unknown(missing)
            return _Asked(query, self._bm25(times), None, names, times, (), missing)
        meant = self._meant(query)
        without_vector = self._without_vector(query, meant.words)
        if not meant.words and not has_terms:
            raise self._unknown(missing) if mode == "both" else self._no_meaning(without_vector)
        words = None if mode == "meaning" else self._bm25(times)
        return _Asked(query, words, meant, names, times, without_vector, missing)

    def _meant(self, query: str) -> WordsWithRows:
        """The words of a query that have a vector. One that stands in many passages counts less, as it tells less."""
        words, rows = self._words_of(query)
        weights = np.array([self._told_by(word) for word in words])
        return WordsWithRows(words, rows * weights.astype(np.float32)[:, None])

    def _told_by(self, word: str) -> float:
        """(1 − share of the passages with a word) to a power; of a phrase, that of its rarest word."""
        bm25 = self.file.bm25
        spelt = word.replace("_", " ")
        parts = words_of_texts([spelt], self.term_rules, self.file.terms, size=bm25.terms, composes=False)
        found = [bm25.holding(term) if term >= 0 else 0 for term in parts.ids.tolist()]
        share = min(found, default=0) / (self.file.passages + 1)  # never 1, so that no query is without any direction
        return float((1.0 - share) ** TOLD)

    def _bm25(self, times: Counter[int]) -> F32:
        try:
            return self.file.bm25.scores(np.array(list(times.elements()), dtype=np.int32))
        except IndexError as error:
            raise self.file.damaged("a term is in a passage that is not there") from error

    def _without_vector(self, query: str, words: Sequence[str]) -> tuple[str, ...]:
        """The words of a query that have no vector. words: those that have one."""
        known = {part for word in words for part in (word, *word.split("_"))}
        rules = TextRules(self.encoder.rules.config, False)
        there = words_of_texts([query], rules, {}, size=0, composes=True).others
        return tuple(word for word in there if word not in known)

    def _unknown(self, words: Sequence[str]) -> UnknownWordsError:
        """The error for a query of words that no document has."""
        from w2v.spelling import nearest_in_spelling

        there = list(self.file.terms)
        near = {word: nearest_in_spelling(word, there, 3) for word in words[:EXPLAINED]}
        known = "the documents" if self.vectors is None else f"the documents, nor in {self.vectors.name}"
        return UnknownWordsError(words, near, f"{known} ({self.name})", "ask with other words")

    def _no_meaning(self, words: Sequence[str]) -> UnknownWordsError:
        assert self.vectors is not None
        lookup = self.vectors.lookup
        near = {word: lookup.suggestions(word) for word in words[:EXPLAINED]}
        return UnknownWordsError(words, near, self.vectors.name, "ask with other words, or with --mode words")

    def _hits(self, scores: Scores, n: int, asked: _Asked, threshold: float | None, explain: bool) -> tuple[Hit, ...]:
        passages, totals = self._best(scores, n)
        if asked.meant is None:
            totals, passages = totals[totals > 0], passages[totals > 0]
        if threshold is not None:
            totals, passages = totals[totals >= threshold], passages[totals >= threshold]
        words, meaning = scores.parts(passages)
        cosines = scores.cosines(passages)
        hits = []
        for at, passage in enumerate(passages.tolist()):
            name, number, count = self._place(passage)
            text = self.file.text(passage)
            hits.append(
                Hit(
                    at + 1,
                    name,
                    number,
                    count,
                    text,
                    float(totals[at]),
                    float(words[at]),
                    float(meaning[at]),
                    None if asked.words is None else float(asked.words[passage]),
                    None if asked.meant is None else float(cosines[at]),
                    self._explained(asked, passage, text) if explain else None,
                )
            )
        return tuple(hits)

    def _best(self, scores: Scores, n: int) -> tuple[Places, F64]:
        """The best passage of each of the n best documents, and their scores."""
        n = min(n, len(self.file))
        wanted = n if len(self.file) == self.file.passages else 2 * n
        while True:
            passages, totals = scores.top(wanted)
            _, first = np.unique(self.file.document_of(passages), return_index=True)
            if len(first) >= n or wanted >= self.file.passages:
                chosen = np.sort(first)[:n]
                return passages[chosen], totals[chosen]
            wanted *= 4

    def _place(self, passage: int) -> tuple[str, int, int]:
        """The id of the document of a passage, which of its passages it is, from 1, and how many there are."""
        document = int(self.file.document_of(np.array([passage]))[0])
        begin, end = self.file.first_passages[document : document + 2].tolist()
        return self.file.id(document), passage - begin + 1, end - begin

    def _explained(self, asked: _Asked, passage: int, text: str) -> Explanation:
        pairs = () if asked.meant is None else pairs_of(asked.meant, WordsWithRows(*self._words_of(text)))
        there = words_of_texts([text], self.term_rules, {}, size=0, composes=True).others
        same = [word for word in asked.terms.values() if word in set(there)]
        same = [word for word in same if is_content(word)] or same
        terms = {} if asked.words is None else asked.terms
        shares = [(word, asked.times[term] * self.file.bm25.share_in(term, passage)) for term, word in terms.items()]
        return Explanation(pairs, shares_of(shares), marks_of(text, same, pairs))


@dataclass(frozen=True)
class _Asked:
    """A query as it is asked of an index.

    words: the scores of BM25, float32 [N], None where words do not count. meant: its words that have a vector, None
    where meaning does not count. terms: its words by the number of their term; times: how often each stands in it.
    without_vector, in_no_text: words of the query.
    """

    query: str
    words: F32 | None
    meant: WordsWithRows | None
    terms: Mapping[int, str]
    times: Counter[int]
    without_vector: tuple[str, ...]
    in_no_text: tuple[str, ...]


def check_vectors(file: IndexFile, vectors: WordRows, map: VectorMap | None = None) -> None:  # noqa: A002
    """Raise FormatError where an index was made with other vectors: then no cosine would mean anything.

    map: turns these vectors to those of the index. Raises FormatError for a map between other vectors.
    """
    made = file.made
    if map is not None:
        _check_map(file, vectors, map)
        return
    same_shape = vectors.stored.shape == (made.words, file.dim)
    if same_shape and fingerprint_of(vectors) == made.fingerprint:
        return
    if _in_one_space(vectors, made.fingerprint):
        return
    raise FormatError(
        f"{vectors.name} has other vectors than those that {file.name} was made with ({made.vectors}, {made.words:,} "
        f"words × {file.dim}): its words lie elsewhere, so queries would not fit the texts (embedding drift)",
        hint=_cure_of_other_vectors(file, vectors),
    )


def _cure_of_other_vectors(file: IndexFile, vectors: WordRows) -> str:
    again = f"index the documents again: w2v index DOCS -o {file.name}"
    words = "--mode words needs no vectors"
    if fingerprints_of_space(vectors.record):
        return (
            f"{vectors.name} is one of two files that 'w2v align' wrote, and the index is of neither: with the file of "
            f"that pair in the language of the documents, {again} -m FILE; {words}"
        )
    return (
        f"use the vectors of the index with -m, or {again}; or rotate the queries: --map FILE, which 'w2v drift OLD "
        "NEW --old-index -o FILE' writes; for vectors of another language, 'w2v align' brings both files into one "
        f"space, and the index is made again with the aligned file; {words}"
    )


def _in_one_space(vectors: WordRows, fingerprint: str) -> bool:
    """Whether `w2v align` has written vectors together with those of that fingerprint, and neither was changed since.

    Then texts in one language can be searched in another.
    """
    together = fingerprints_of_space(vectors.record)
    return fingerprint in together and fingerprint_of(vectors) in together


def _check_map(file: IndexFile, vectors: WordRows, map: VectorMap) -> None:  # noqa: A002
    cure = "make the map of these two: w2v drift OLD NEW --old-index -o FILE"
    if map.old_fingerprint != file.made.fingerprint or map.matrix.shape[1] != file.dim:
        raise FormatError(f"the map leads to {map.old}, and {file.name} was made with {file.made.vectors}", hint=cure)
    if vectors.stored.shape[1] != map.matrix.shape[0] or fingerprint_of(vectors) != map.new_fingerprint:
        raise FormatError(f"the map is for queries of {map.new}, and these are of {vectors.name}", hint=cure)


def load_index(
    path: str | os.PathLike[str],
    vectors: WordRows | None = None,
    *,
    map: VectorMap | str | os.PathLike[str] | None = None,  # noqa: A002
) -> SearchIndex:
    """Open an index that `w2v index` or `w2v.build_index` has written. It is mapped, and takes hardly any memory.

    vectors: those that the index was made with; without them only words are searched. map: a map, or its
    file, for queries of other vectors: `w2v.old_index` makes one. Raises `FormatError` for a file that
    is no index or no map, or is damaged, and for other vectors.
    """
    if isinstance(map, (str, os.PathLike)):
        from w2v.compare.map_file import load_map

        map = load_map(map)  # noqa: A001
    return SearchIndex(open_index(path_given(path)), vectors, map=map)
