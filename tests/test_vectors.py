"""Vectors against gensim on real vectors, against the naive definition on small ones, and against odd input."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import w2v
from w2v import Vectors
from w2v.errors import SettingsError, UnknownWordsError, VocabularyError
from w2v.vectors import Neighbour

REFERENCE = "eval_sets/vectors/ref-enwiki100MB-sg100-top10k.bin"
QUERIES = [
    (["king", "woman"], ["man"]),
    (["paris", "germany"], ["france"]),
    (["better"], []),
    (["was", "go", "go"], ["is"]),
    (["water", "fire", "earth"], ["air", "sea"]),
]


@pytest.fixture(scope="session")
def wiki(shared: Path) -> Vectors:
    return w2v.load(shared / REFERENCE)


@pytest.fixture(scope="session")
def gensim_wiki(shared: Path) -> Any:
    from gensim.models import KeyedVectors

    return KeyedVectors.load_word2vec_format(str(shared / REFERENCE), binary=True)


def small(rows: int = 8, dim: int = 3, seed: int = 0) -> Vectors:
    matrix = np.random.default_rng(seed).standard_normal((rows, dim))
    return Vectors([f"w{row}" for row in range(rows)], matrix, name="small.bin")


def naive_ranking(vectors: Vectors, plus: list[int], minus: list[int], method: str, candidates: int) -> list[float]:
    """Scores by the definitions, one row and one word at a time, in double precision."""

    def cosine(a: np.ndarray, b: np.ndarray) -> float:
        lengths = float(np.sqrt(a @ a) * np.sqrt(b @ b))
        return float(a @ b) / lengths if lengths else 0.0

    matrix = vectors.matrix.astype(np.float64)
    scores = []
    for row in range(candidates):
        if method == "3cosadd":
            query = np.zeros(vectors.dim)
            for sign, rows in ((1.0, plus), (-1.0, minus)):
                for other in rows:
                    query += sign * matrix[other] / max(np.sqrt(matrix[other] @ matrix[other]), 1e-300)
            scores.append(cosine(matrix[row], query))
        else:
            above = np.prod([(1 + cosine(matrix[row], matrix[other])) / 2 for other in plus])
            below = np.prod([(1 + cosine(matrix[row], matrix[other])) / 2 for other in minus])
            scores.append(float(above / (below + 1e-6)))
    return scores


class TestAgainstGensim:
    def test_the_published_scores(self, wiki: Vectors) -> None:
        (first, queen), (second, princess) = wiki.most_similar(["king", "woman"], ["man"], topn=2)
        assert (first, second) == ("queen", "princess")
        assert queen == pytest.approx(0.71738, abs=5e-6)
        assert princess == pytest.approx(0.70595, abs=5e-6)

    @pytest.mark.parametrize("restrict", [None, 3000])
    @pytest.mark.parametrize(("plus", "minus"), QUERIES)
    def test_3cosadd(
        self, wiki: Vectors, gensim_wiki: Any, plus: list[str], minus: list[str], restrict: int | None
    ) -> None:
        theirs = gensim_wiki.most_similar(plus, minus, topn=50, restrict_vocab=restrict)
        ours = wiki.most_similar(plus, minus, topn=50, restrict_vocab=restrict)
        assert [word for word, _ in ours] == [word for word, _ in theirs]
        assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=1e-6)

    @pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`:DeprecationWarning")  # gensim's own call
    @pytest.mark.parametrize(("plus", "minus"), QUERIES)
    def test_3cosmul(self, wiki: Vectors, gensim_wiki: Any, plus: list[str], minus: list[str]) -> None:
        theirs = gensim_wiki.most_similar_cosmul(plus, minus, topn=50)
        ours = wiki.most_similar(plus, minus, topn=50, method="3cosmul")
        assert [word for word, _ in ours] == [word for word, _ in theirs]
        assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], rel=1e-5)

    def test_doesnt_match(self, wiki: Vectors, gensim_wiki: Any) -> None:
        rng = np.random.default_rng(1)
        for size in (3, 4, 8, 20):
            for _ in range(25):
                words = [wiki.words[row] for row in rng.choice(len(wiki), size, replace=False)]
                assert wiki.doesnt_match(words) == gensim_wiki.doesnt_match(words)
                ranked = [
                    (word, pytest.approx(cosine, abs=1e-6)) for cosine, word in gensim_wiki.rank_by_centrality(words)
                ]
                assert wiki.rank_by_centrality(words) == ranked

    def test_similarity(self, wiki: Vectors, gensim_wiki: Any) -> None:
        for a, b in [("king", "queen"), ("the", "zero"), ("car", "car")]:
            assert wiki.similarity(a, b) == pytest.approx(gensim_wiki.similarity(a, b), abs=1e-6)
            assert wiki.similarity(a, b, "dot") == pytest.approx(float(gensim_wiki[a] @ gensim_wiki[b]), rel=1e-5)
            distance = float(np.linalg.norm(gensim_wiki[a] - gensim_wiki[b]))
            assert wiki.similarity(a, b, "euclidean") == pytest.approx(distance, rel=1e-5)

    @pytest.mark.parametrize(
        ("plus", "minus"),
        [
            ([("king", 1.0), ("woman", 0.5)], [("man", -0.5)]),
            ([("water", 2.0), "fire"], ["air"]),
            ([("was", 0.25)], [("is", -3.0), "are"]),
        ],
    )
    def test_weights(self, wiki: Vectors, gensim_wiki: Any, plus: Any, minus: Any) -> None:
        theirs = gensim_wiki.most_similar(plus, minus, topn=50)
        ours = wiki.most_similar(plus, minus, topn=50)
        assert [word for word, _ in ours] == [word for word, _ in theirs]
        assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=1e-6)

    def test_given_vectors(self, wiki: Vectors, gensim_wiki: Any) -> None:
        """gensim adds a vector as it is, so it is given one of length 1, as the rows of words are added."""
        arrays = [gensim_wiki.get_vector(word, norm=True) for word in ("king", "man")]
        theirs = gensim_wiki.most_similar([(arrays[0], 1.5), "woman"], [arrays[1]], topn=50)
        ours = wiki.most_similar([(arrays[0] * 7, 1.5), "woman"], [arrays[1]], topn=50)
        assert [word for word, _ in ours] == [word for word, _ in theirs]
        assert wiki.most_similar(wiki["king"], topn=5)[0] == ("king", pytest.approx(1.0)), "nothing is left out"

    def test_similarity_of_lists(self, wiki: Vectors, gensim_wiki: Any) -> None:
        lists = ["king", "queen", "prince"], ["water", "fire"]
        assert wiki.n_similarity(*lists) == pytest.approx(gensim_wiki.n_similarity(*lists), abs=1e-6)
        means = [np.mean([wiki[word] / np.linalg.norm(wiki[word]) for word in words], axis=0) for words in lists]
        expected = means[0] @ means[1] / np.linalg.norm(means[0]) / np.linalg.norm(means[1])
        assert wiki.similarity(*lists) == pytest.approx(expected, abs=1e-6)
        assert wiki.similarity("{king queen prince}", list(lists[1])) == wiki.similarity(*lists)


class TestNeighbours:
    def test_inputs_stand_at_their_true_rank(self, wiki: Vectors) -> None:
        found = wiki.neighbours(["king", "woman"], ["man"], topn=2)
        assert [(near.word, near.rank, near.is_input) for near in found] == [
            ("king", 1, True),
            ("queen", 2, False),
            ("princess", 3, False),
        ]

    @pytest.mark.slow
    @given(data=st.data(), method=st.sampled_from(["3cosadd", "3cosmul"]), zeros=st.booleans())
    def test_the_definition(self, data: st.DataObject, method: Any, zeros: bool) -> None:
        vectors = small(rows=data.draw(st.integers(2, 12)), dim=4, seed=data.draw(st.integers(0, 99)))
        if zeros:
            vectors.matrix[1] = 0
        rows = st.integers(0, len(vectors) - 1)
        plus, minus = data.draw(st.lists(rows, min_size=1, max_size=3)), data.draw(st.lists(rows, max_size=2))
        candidates = data.draw(st.integers(1, len(vectors) + 2))
        topn = data.draw(st.integers(0, len(vectors)))
        found = vectors.neighbours(
            [f"w{row}" for row in plus],
            [f"w{row}" for row in minus],
            topn=topn,
            method=method,
            restrict_vocab=candidates,
        )
        assert [near.rank for near in found] == list(range(1, len(found) + 1))
        assert all(near.is_input == (int(near.word[1:]) in plus + minus) for near in found)
        others = [near for near in found if not near.is_input]
        assert len(others) == min(topn, len(set(range(min(candidates, len(vectors)))) - set(plus + minus)))
        assert len(others) < topn or not found or not found[-1].is_input
        signed = {row: plus.count(row) - minus.count(row) for row in plus + minus}
        if method == "3cosadd" and not any(sign for row, sign in signed.items() if vectors.matrix[row].any()):
            return  # the words cancel out, or what is left are zeros: every direction is as good as any other
        scores = naive_ranking(vectors, plus, minus, method, min(candidates, len(vectors)))
        assert [near.score for near in found] == pytest.approx(
            sorted(scores, reverse=True)[: len(found)], rel=1e-4, abs=1e-5
        )

    def test_equal_scores_stand_in_the_order_of_rows(self) -> None:
        words = [f"w{row}" for row in range(40)]
        vectors = Vectors(words, np.tile([[1.0, 2.0], [2.0, 4.0]], (20, 1)))
        for topn in (1, 5, 39):
            assert [word for word, _ in vectors.most_similar("w3", topn=topn)] == [w for w in words if w != "w3"][:topn]

    def test_rows_of_zeros_have_cosine_zero(self) -> None:
        vectors = Vectors(["a", "zero", "b"], [[1, 0], [0, 0], [-1, 0]])
        assert vectors.most_similar("a") == [("zero", 0.0), ("b", -1.0)]
        assert vectors.most_similar("zero") == [("a", 0.0), ("b", 0.0)]
        assert vectors.similarity("a", "zero") == 0.0
        assert np.array_equal(vectors.unit, [[1, 0], [0, 0], [-1, 0]])

    def test_extreme_lengths_neither_overflow_nor_vanish(self) -> None:
        vectors = Vectors(["huge", "tiny", "other"], np.array([[3e38, 0], [1e-44, 0], [0, 1]], np.float32))
        assert vectors.similarity("huge", "tiny") == 1.0
        assert vectors.most_similar("huge", topn=1)[0] == ("tiny", pytest.approx(1.0))
        assert np.array_equal(vectors.unit, [[1, 0], [1, 0], [0, 1]])

    def test_extreme_lengths_keep_their_angles(self) -> None:
        plain = small(rows=6)
        for factor in (1e38, 1e-43):
            scaled = Vectors(plain.words, plain.matrix * np.float32(factor))
            expected = Vectors(plain.words, scaled.matrix.astype(np.float64) / factor).most_similar("w1", topn=5)
            assert scaled.most_similar("w1", topn=5) == [(word, pytest.approx(score)) for word, score in expected]

    def test_topn_may_follow_the_word(self) -> None:
        vectors = small()
        assert vectors.most_similar("w1", 3) == vectors.most_similar("w1", topn=3)
        assert vectors.most_similar("w1", ["w2"], 3) == vectors.most_similar("w1", "w2", topn=3)

    def test_a_sum_is_the_same_however_it_is_asked(self) -> None:
        vectors = small()
        expected = vectors.neighbours(["w1", "w3"], ["w2"])
        assert vectors.neighbours("w1 - w2 + w3") == expected
        assert vectors.neighbours(["w1 - w2", "w3"]) == expected
        assert vectors.neighbours([("w1", 1.0), ("w2", -1.0), "w3"]) == expected
        assert vectors.neighbours_of_each(["w1 - w2 + w3"]) == [expected]
        for sign in (1.0, -1.0):
            assert vectors.neighbours([("w1", 2)], [("w2", sign * 0.5)]) == vectors.neighbours("w1:2 w2:-0.5")
        sums = vectors.most_similar(vectors.vector("w1 - w2 + w3"), topn=8)
        assert [(word, pytest.approx(score, abs=1e-6)) for word, score in sums] == [
            (near.word, near.score) for near in vectors.neighbours("w1 - w2 + w3", topn=8)
        ]

    def test_a_group_is_the_direction_of_its_centroid(self) -> None:
        vectors = small()
        centroid = vectors.unit[[1, 2]].astype(np.float64).mean(axis=0)
        centroid /= np.linalg.norm(centroid)
        for group in ("{w1 w2}", [["w1", "w2"]], [["w1", vectors["w2"] * 9]]):
            near = vectors.neighbours(group, "w3", topn=8)
            query = centroid - vectors.unit[3]
            for each in near:
                cosine = vectors.unit[vectors.index[each.word]] @ query / np.linalg.norm(query)
                assert each.score == pytest.approx(cosine, abs=1e-6)
            assert {each.word for each in near if each.is_input} >= {"w1", "w3"}
        assert np.allclose(vectors.vector(["w1", "w2"]), centroid, atol=1e-6)

    def test_many_queries_at_once(self, wiki: Vectors) -> None:
        queries = [*wiki.words[:600], "{king queen}", "king - man + woman", wiki["water"]]
        found = wiki.neighbours_of_each(queries, topn=5, restrict_vocab=5_000)
        assert found == [wiki.neighbours([query], topn=5, restrict_vocab=5_000) for query in queries]
        assert wiki.neighbours_of_each([]) == []
        assert wiki.neighbours_of_each(["king"], topn=0) == [()]

    @pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
    def test_among_some_words_and_without_others(self, method: Any) -> None:
        vectors = small(rows=20)
        everything = vectors.most_similar("w1", topn=20, method=method)
        some, barred = ["w9", "w3", "w1", "w5", "w7", "w3"], ["w5", "w2"]
        found = vectors.most_similar("w1", topn=20, method=method, among=some, without=barred)
        assert found == [near for near in everything if near[0] in {"w9", "w3", "w7"}]
        found = vectors.most_similar("w1", topn=20, method=method, without=barred, restrict_vocab=8)
        assert found == [near for near in everything if int(near[0][1:]) < 8 and near[0] not in barred]
        assert vectors.most_similar("w1", method=method, among=["w2"], without=["w2"]) == []
        assert vectors.neighbours("w1", method=method, among=some, topn=1)[0] == Neighbour(
            "w1", pytest.approx(1.0), 1, True
        )

    def test_3cosmul_has_no_weights(self) -> None:
        with pytest.raises(SettingsError, match="no weights"):
            small().most_similar("w1:2 w2:-1", method="3cosmul")
        assert small().most_similar("w1:1 w2:-1", method="3cosmul") == small().most_similar(
            "w1", "w2", method="3cosmul"
        )

    def test_rows_that_are_not_finite_are_near_to_nothing(self) -> None:
        matrix = np.array([[1, 0], [np.nan, 1], [1, 1], [np.inf, 0]], np.float32)
        vectors = Vectors.unchecked(["a", "nan", "b", "inf"], matrix)
        for method in ("3cosadd", "3cosmul"):
            assert [word for word, _ in vectors.most_similar("a", method=method)] == ["b"]
            assert vectors.most_similar("nan", method=method) == []

    def test_one_word_may_be_given_as_a_string(self) -> None:
        vectors = small()
        assert vectors.most_similar("w1", "w2") == vectors.most_similar(["w1"], ["w2"])

    @pytest.mark.parametrize(
        "settings",
        [
            {"positive": []},
            {"positive": [], "negative": ["w1"], "method": "3cosmul"},
            {"positive": ["w1"], "method": "cosine"},
            {"positive": ["w1"], "topn": -1},
            {"positive": ["w1"], "restrict_vocab": 0},
        ],
    )
    def test_impossible_settings(self, settings: dict[str, Any]) -> None:
        with pytest.raises(SettingsError) as caught:
            small().most_similar(**settings)
        assert caught.value.hint

    @pytest.mark.parametrize("query", [[None], 3.5, b"w1", ["w1", 3], ("w1", True), [["w1", 2]]])
    def test_what_is_no_query(self, query: Any) -> None:
        """gensim takes numbers of rows here."""
        vectors = small()
        for ask in (vectors.most_similar, vectors.rows, lambda wrong: vectors.most_similar("w0", wrong)):
            with pytest.raises(SettingsError, match="words are wanted, and not "):
                ask(query)
        with pytest.raises(SettingsError, match="words are wanted, and not "):
            vectors[query]

    def test_none_is_no_query_at_all(self) -> None:
        """gensim's defaults are None."""
        vectors = small()
        assert vectors.most_similar("w0", None) == vectors.most_similar("w0")
        assert vectors.most_similar(None, "w0") == vectors.most_similar(negative="w0")
        with pytest.raises(SettingsError, match="the query has no words"):
            vectors.most_similar(None)
        for ask in (vectors.rows, vectors.__getitem__):
            with pytest.raises(SettingsError, match="words are wanted, and not NoneType"):
                ask(None)  # type: ignore[arg-type]
        with pytest.raises(SettingsError, match="topn is None"):
            vectors.most_similar("w0", topn=None)  # type: ignore[arg-type]

    @pytest.mark.parametrize("query", [[("w1", 2.0)], np.ones(3, np.float32), ["w1", np.ones(3)]])
    def test_rows_are_of_words(self, query: Any) -> None:
        for ask in (small().rows, small().__getitem__):
            with pytest.raises(SettingsError, match="words are wanted, and not "):
                ask(query)

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            (np.ones(2), "a vector of 3 numbers is wanted, and not float64 of the shape (2,)"),
            (np.array(["a", "b", "c"]), "a vector of 3 numbers is wanted"),
            (np.array([1.0, np.nan, 0.0]), "a vector holds NaN or infinity"),
            (("w1", float("nan")), "a weight is nan"),
            (["w1", []], "a group is empty"),
        ],
    )
    def test_vectors_and_weights_that_are_none(self, query: Any, message: str) -> None:
        with pytest.raises(SettingsError) as caught:
            small().most_similar(query)
        assert message in caught.value.message
        assert caught.value.hint

    def test_a_row_is_not_a_way_into_the_matrix(self) -> None:
        vectors = small()
        row = vectors["w1"]
        with pytest.raises(ValueError, match="read-only"):
            row *= 2
        vectors.matrix[1] = 7  # the matrix is still its owner's
        assert row.tolist() == [7, 7, 7]

    def test_negative_words_alone_will_do_for_3cosadd(self) -> None:
        (word, _), *_ = small().most_similar([], ["w1"])
        assert word in small()


class TestSimilarityAndOdd:
    def test_all_pairs(self) -> None:
        vectors = small()
        queries = ["w1", "w2 - w3", ["w4", "w5"], np.ones(3)]
        found = vectors.similarities(queries)
        assert found.shape == (4, 4)
        for a, first in enumerate(queries):
            for b, second in enumerate(queries):
                assert found[a, b] == pytest.approx(vectors.similarity(first, second))

    def test_unknown_metric(self) -> None:
        with pytest.raises(SettingsError, match="manhattan"):
            small().similarity("w1", "w2", "manhattan")  # type: ignore[arg-type]

    def test_too_few_words_have_no_odd_one(self) -> None:
        for words in (["w1", "w2"], "w1 w2 w3"):
            with pytest.raises(SettingsError, match="three"):
                small().doesnt_match(words)


class TestUnknownWords:
    def test_all_at_once_with_suggestions(self, wiki: Vectors) -> None:
        with pytest.raises(UnknownWordsError) as caught:
            wiki.most_similar(["kingg", "woman"], ["Man", "xqzzt"])
        assert caught.value.words == ("kingg", "Man", "xqzzt")
        assert caught.value.suggestions["kingg"][0] == "king"
        assert caught.value.suggestions["Man"] == ("man",)
        assert caught.value.suggestions["xqzzt"] == ()
        assert f"{REFERENCE} (10,000 words)" in caught.value.message
        assert "'king'" in caught.value.hint

    @pytest.mark.parametrize(
        ("wrong", "right"), [("qween", "queen"), ("Berlni", "berlin"), ("WORLD", "world"), ("goverment", "government")]
    )
    def test_spelling(self, wiki: Vectors, wrong: str, right: str) -> None:
        assert right in wiki.suggestions(wrong)

    def test_another_case_comes_first_whatever_the_case(self) -> None:
        vectors = Vectors(["iPhon", "iPhone", "NASA", "Straße", "nasal"], np.eye(5))
        assert vectors.suggestions("iphone") == ("iPhone",)
        assert vectors.suggestions("nasa") == ("NASA",)
        assert vectors.suggestions("STRASSE") == ("Straße",)

    def test_of_equally_near_words_the_frequent_come_first(self) -> None:
        assert Vectors(["word", "ward", "wordy", "cord"], np.eye(4)).suggestions("wurd")[:2] == ("word", "ward")

    def test_odd_queries_get_no_suggestion_and_no_other_error(self) -> None:
        for word in ("", " ", "\ud800", "x" * 10_000):
            with pytest.raises(UnknownWordsError):
                small()[word]

    def test_python_takes_words_exactly_as_they_are_spelt_in_either_normal_form(self) -> None:
        vectors = Vectors(["könig", "new_york"], np.eye(2))
        assert vectors[normalize("NFD", "könig")].tolist() == [1, 0]
        assert vectors.similarity(normalize("NFD", "könig"), "könig") == 1.0
        for word, meant in (("König", "könig"), ("New York", "new_york")):
            with pytest.raises(UnknownWordsError) as caught:
                vectors.most_similar(word)
            assert caught.value.suggestions[word] == (meant,)
            found = vectors.lookup.find(word)
            assert found is not None
            assert found.word == meant


class TestVector:
    def test_of_a_word_its_row_and_of_a_sum_the_sum_of_unit_vectors(self) -> None:
        vectors = Vectors(["a", "b", "c"], [[3, 4], [0, 2], [5, 0]])
        assert vectors.vector("a").tolist() == [3, 4]
        assert vectors.vector("a").dtype == np.float32
        assert vectors.vector("a - b").tolist() == pytest.approx([0.6, -0.2])
        assert vectors.vector("a:10 c:-1").tolist() == pytest.approx([5, 8])
        assert vectors.vector(("a", 10)).tolist() == pytest.approx([6, 8])
        assert vectors.vector("{b c}").tolist() == pytest.approx([0.5**0.5, 0.5**0.5])
        assert vectors.vector(np.array([7.0, 8.0])).tolist() == [7, 8]
        with pytest.raises(SettingsError, match="'zeros'"):
            vectors.vector("a", unknown="zeros")  # type: ignore[arg-type]

    def test_words_that_are_composed(self) -> None:
        vectors = Vectors(["a", "b"], [[3, 4], [0, 2]])
        with pytest.raises(SettingsError, match="has no subwords"):
            vectors.vector("ab", unknown="subwords")
        vectors = Vectors(["a", "b"], [[3, 4], [0, 2]])
        vectors.compose = lambda word: np.array([8, 6], np.float32) if word == "ab" else None
        assert vectors.vector("ab", unknown="subwords").tolist() == [8, 6]
        assert vectors.vector("a - ab", unknown="subwords").tolist() == pytest.approx([-0.2, 0.2])
        with pytest.raises(UnknownWordsError):
            vectors.vector("ba", unknown="subwords")
        with pytest.raises(UnknownWordsError):
            vectors.vector("ab")
        reading = vectors.lookup.read("ab")
        assert [word for word, _ in vectors.most_similar(reading)] == ["a", "b"]
        assert vectors.similarity(reading, "a") == pytest.approx(0.96)


class TestConstruction:
    def test_contents(self) -> None:
        vectors = Vectors(["a", "b"], [[1, 2], [3, 4]], [7, 5], name="file.bin")
        assert vectors.matrix.dtype == np.float32
        assert vectors.counts is not None
        assert vectors.counts.dtype == np.int64
        assert (len(vectors), vectors.dim, list(vectors), vectors.index) == (2, 2, ["a", "b"], {"a": 0, "b": 1})
        assert "a" in vectors
        assert "c" not in vectors
        assert vectors["b"].tolist() == [3, 4]
        assert vectors.rows(["b", "a", "b"]).tolist() == [1, 0, 1]
        assert vectors[["b", "a", "b"]].tolist() == [[3, 4], [1, 2], [3, 4]]
        assert vectors[[]].shape == (0, 2)
        assert repr(vectors) == "<Vectors 'file.bin': 2 words × 2 dimensions, with counts>"
        with pytest.raises(KeyError):
            vectors["c"]

    @pytest.mark.parametrize(
        ("words", "matrix", "counts", "error"),
        [
            (["a"], [1.0, 2.0], None, SettingsError),
            (["a"], [[]], None, SettingsError),
            (["a"], [["x"]], None, SettingsError),
            (["a"], [[1j]], None, SettingsError),
            (["a"], [[1.0]], [1, 2], SettingsError),
            (["a"], [[1.0]], [1.5], SettingsError),
            (["a"], [[1.0]], [-1], SettingsError),
            (["a"], [[1.0]], ["x"], SettingsError),
            (["a", "b"], [[1.0], [1.0, 2.0]], None, SettingsError),
            (["a"], [[True]], None, SettingsError),
            (["a"], None, None, SettingsError),
            ([1], [[1.0]], None, SettingsError),
            ([b"a"], [[1.0]], None, SettingsError),
            ("ab", [[1.0], [2.0]], None, SettingsError),
            ({"a": 0}, [[1.0]], None, SettingsError),
            (None, [[1.0]], None, SettingsError),
            (["a", "b"], [[1.0]], None, VocabularyError),
            ([], np.empty((0, 3)), None, VocabularyError),
            (["a", "b", "a"], np.eye(3), None, VocabularyError),
            (["a", ""], np.eye(2), None, VocabularyError),
        ],
    )
    def test_refused(self, words: list[str], matrix: Any, counts: Any, error: type[Exception]) -> None:
        with pytest.raises(error) as caught:
            Vectors(words, matrix, counts)
        assert caught.value.hint  # type: ignore[attr-defined]

    @pytest.mark.parametrize(("value", "said"), [(np.nan, "nan"), (-np.inf, "-inf"), (1e300, "1e+300, too large for")])
    def test_nan_is_refused_and_named(self, value: float, said: str) -> None:
        with pytest.raises(SettingsError, match=re.escape(f"row 2 of the matrix ('b') holds {said}")):
            Vectors(["a", "b"], [[1.0, 2.0], [3.0, value]])
        with pytest.raises(SettingsError, match=r"row 1 of the contexts .*; 2 of 2 rows hold such values"):
            Vectors(["a", "b"], np.eye(2), contexts=np.full((2, 2), np.nan, np.float32))

    @pytest.mark.parametrize("value", ["3", 2.5, True, None])
    def test_numbers_that_are_none(self, value: Any) -> None:
        for name in ("topn", "restrict_vocab"):
            if (name, value) != ("restrict_vocab", None):
                with pytest.raises(SettingsError, match=f"{name} is"):
                    small().most_similar("w1", **{name: value})

    @pytest.mark.parametrize("value", [None, 3, b"v.bin"])
    def test_names_that_are_none(self, value: Any) -> None:
        for call in (lambda: w2v.load(value), lambda: w2v.save(small(), value), lambda: w2v.evaluate(value)):
            with pytest.raises(SettingsError) as caught:
                call()
            assert caught.value.hint
        with pytest.raises(SettingsError, match="vectors are wanted"):
            w2v.save(value, "v.bin")
        with pytest.raises(SettingsError):
            w2v.evaluate(small(), suite=3)  # type: ignore[arg-type]

    def test_other_words_for_the_same_rows(self) -> None:
        vectors = small(3)
        respelt = vectors.respelt(["a", "b", "c"])
        assert respelt.words == ["a", "b", "c"]
        assert respelt.stored is vectors.stored
        for words in (["a", "b"], ["a", "b", "b"]):
            with pytest.raises(VocabularyError):
                vectors.respelt(words)

    @pytest.mark.slow
    @given(matrix=hnp.arrays(np.float32, (5, 3), elements=st.floats(allow_nan=False, allow_infinity=False, width=32)))
    def test_scores_are_always_finite(self, matrix: np.ndarray) -> None:
        vectors = Vectors(list("abcde"), matrix)
        for method in ("3cosadd", "3cosmul"):
            scores = [near.score for near in vectors.neighbours(["a", "b"], ["c"], topn=5, method=method)]
            assert np.isfinite(scores).all()
        assert np.isfinite(vectors.unit).all()

    def test_a_neighbour_is_frozen(self) -> None:
        with pytest.raises(AttributeError):
            Neighbour("a", 1.0, 1, False).score = 2.0  # type: ignore[misc]

    def test_only_numpy_is_imported(self) -> None:
        code = (
            "import sys, w2v.vectors, numpy; w2v.vectors.Vectors(['a', 'b'], numpy.eye(2)).most_similar('a');"
            "print([m for m in ('numba', 'scipy', 'pandas', 'gensim', 'rich', 'click', 'safetensors', 'difflib') "
            "if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "[]\n"
