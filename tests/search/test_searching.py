"""What an index answers: exact ranks whatever the first look is, explanations that sum up, errors with cures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from search.conftest import made, some_texts

import w2v
from tests.reference import search as reference
from w2v.errors import FormatError, SettingsError, UnknownWordsError
from w2v.search import scoring, searching
from w2v.search.farthest import farthest_rows
from w2v.search.scoring import MODES, Scores
from w2v.search.searching import SearchIndex
from w2v.vectors import Vectors

QUERY = "how to fix a slow laptop"
TEN = [
    "speed up your computer",
    "Windows upgrade",
    "RAM upgrade software",
    "how to fix a rose",
    "how to fix a cake",
    "how to fix a leaf",
    "recipe of bread",
    "grow a tomato in water",
    "the seed and the soil",
    "salt, flour and a pan",
]


@pytest.fixture(scope="module")
def ten(vectors: Vectors) -> SearchIndex:
    return w2v.build_index(TEN, vectors)


@pytest.fixture(scope="module")
def many(vectors: Vectors) -> SearchIndex:
    return w2v.build_index(some_texts(1_500), vectors, passage_words=5)


def cosines(index: SearchIndex, query: str) -> np.ndarray:
    return index.file.rows.astype(np.float64) @ index._meant(query).vector


def naive(index: SearchIndex, query: str, mode: str) -> np.ndarray:
    """The score of each passage, by the slow twins."""
    bm25 = index.file.bm25
    terms = dict(enumerate(index.file.terms))
    numbers = {word: number for number, word in terms.items()}
    documents = [[] for _ in range(index.file.passages)]
    for term in terms:
        held = slice(*bm25.postings.offsets[term : term + 2])
        for passage, count in zip(bm25.postings.documents[held], bm25.postings.counts[held], strict=True):
            documents[passage] += [term] * int(count)
    words = reference.bm25(documents, [numbers[word] for word in query.split() if word in numbers])
    meaning = cosines(index, query).tolist()
    if mode == "both":
        pairs = zip(reference.z(words), reference.z(meaning), strict=True)
        return np.array([0.7 * a + 0.3 * b for a, b in pairs])
    return np.array(words if mode == "words" else meaning)


@pytest.mark.parametrize("mode", MODES)
def test_scores_are_those_of_the_slow_twin(many: SearchIndex, mode: str) -> None:
    query = "a slow laptop of bread"
    expected = naive(many, query, mode)
    best = np.full(len(many), -np.inf)
    np.maximum.at(best, many.file.document_of(np.arange(many.file.passages)), expected)
    found = many.search(query, 20, mode=mode, explain=False)  # type: ignore[arg-type]
    assert [hit.score for hit in found] == pytest.approx(np.sort(best)[::-1][:20].tolist(), rel=1e-5, abs=1e-5)
    assert len({hit.id for hit in found}) == 20
    for hit in found:
        assert best[int(hit.id)] == pytest.approx(hit.score, rel=1e-5, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["meaning", "both"])
def test_the_first_look_does_not_change_the_ranks(many: SearchIndex, mode: str) -> None:
    for query in ("slow laptop", "grow bread", "the", "tomato soil seed water", "cake in a pan"):
        asked = many._asked(query, mode)  # type: ignore[arg-type]
        assert asked.meant is not None
        answers = [
            Scores(many.file, asked.words, asked.meant.vector, coded=coded).top(n)
            for coded in (False, True)
            for n in (1, 10, 5_000)
        ]
        for plain, coded in zip(answers[:3], answers[3:], strict=True):
            assert plain[0].tolist() == coded[0].tolist()
            assert plain[1].tolist() == coded[1].tolist()
        assert len(answers[2][0]) == many.file.passages


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(1, 60), st.sampled_from([0.0, 1.5]))
def test_every_score_that_may_be_among_the_best_is_looked_at(scores: list[int], k: int, below: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "BLOCK", 4)
        k = min(k, len(scores))
        found = scoring._reaching(np.array(scores, dtype=np.float32), k, below)
    limit = sorted(scores, reverse=True)[k - 1] - below
    assert found.tolist() == [place for place, score in enumerate(scores) if score >= limit]


def test_coded_rows_are_as_near_as_they_say(many: SearchIndex) -> None:
    file = many.file
    rest = file.rows - file.coded * file.scales[:, None]
    assert (np.linalg.norm(rest, axis=1) <= file.slack + 1e-7).all()
    assert file.slack.max() < 0.03
    np.testing.assert_allclose(file.mean, file.rows.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(file.moments, file.rows.T @ file.rows / file.passages, atol=1e-6)


def test_meaning_finds_what_shares_no_word(ten: SearchIndex) -> None:
    found = ten.search(QUERY, 3, mode="meaning")
    assert {hit.text for hit in found} == set(TEN[:3])
    assert [hit.rank for hit in found] == [1, 2, 3]
    assert {hit.text for hit in ten.search(QUERY, 3, mode="words")} == set(TEN[3:6])


@pytest.mark.parametrize("mode", MODES)
def test_shares_sum_to_the_scores(ten: SearchIndex, mode: str) -> None:
    for hit in ten.search(QUERY, 10, mode=mode):  # type: ignore[arg-type]
        assert hit.explanation is not None
        assert hit.score == pytest.approx(hit.words_part + hit.meaning_part)
        if hit.cosine is not None:
            assert sum(pair.share for pair in hit.explanation.pairs) == pytest.approx(hit.cosine, abs=1e-6)
        if hit.bm25 is not None:
            assert sum(word.share for word in hit.explanation.words) == pytest.approx(hit.bm25, rel=1e-5)


def test_an_explanation_shows_content_words_first_and_marks_words(ten: SearchIndex) -> None:
    hit = next(hit for hit in ten.search(QUERY) if hit.text == "how to fix a rose")
    assert hit.explanation is not None
    kinds = [pair.is_content for pair in hit.explanation.pairs]
    assert kinds == sorted(kinds, reverse=True)
    marked = {hit.text[mark.begin : mark.end]: mark.kind for mark in hit.explanation.marks}
    assert marked["fix"] == "same"
    assert "how" not in marked
    near = ten.search(QUERY, 1, mode="meaning")[0]
    assert near.explanation is not None
    assert {mark.kind for mark in near.explanation.marks} == {"near"}


def test_words_need_no_vectors_and_case_does_not_count(ten: SearchIndex) -> None:
    alone = SearchIndex(ten.file)
    assert [hit.text for hit in alone.search("WINDOWS", mode="words")] == ["Windows upgrade"]
    assert alone.search("rose", mode="words").vectors == ""
    with pytest.raises(SettingsError, match="no vectors are given"):
        alone.search("rose")


def test_other_vectors_are_refused(ten: SearchIndex) -> None:
    with pytest.raises(FormatError, match="embedding drift") as caught:
        SearchIndex(ten.file, made(seed=2))
    assert "--mode words needs no vectors" in caught.value.hint
    SearchIndex(ten.file, made())  # the same ones, made again


def test_words_that_nobody_knows(ten: SearchIndex) -> None:
    found = ten.search("a qwyjibo laptop")
    assert found.not_in_vectors == ("qwyjibo",)
    assert found.not_in_texts == ("qwyjibo", "laptop")
    assert any("'qwyjibo'" in note for note in found.notes)
    with pytest.raises(UnknownWordsError, match="'qwyjibo' is not in the documents, nor in vectors"):
        ten.search("qwyjibo")
    with pytest.raises(UnknownWordsError, match="'qwyjibo' is not in vectors"):
        ten.search("qwyjibo", mode="meaning")
    with pytest.raises(UnknownWordsError, match="'tomate'") as caught:
        ten.search("tomate", mode="words")
    assert "'tomato'" in caught.value.hint
    with pytest.raises(SettingsError, match="no word in it"):
        ten.search(" ?! ")


def test_a_query_of_words_in_every_text_still_has_a_direction(vectors: Vectors) -> None:
    index = w2v.build_index(["laptop", "a laptop"], vectors)
    assert index.search("laptop", mode="meaning")[0].score == pytest.approx(1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"query": 5}, "of the type int"), ({"n": 0}, "n is 0"), ({"mode": "all"}, "mode is 'all'")],
)
def test_impossible_arguments(ten: SearchIndex, arguments: dict, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        ten.search(**{"query": "rose", **arguments})


def test_a_threshold_leaves_out_lower_scores(ten: SearchIndex) -> None:
    every = ten.search(QUERY, mode="meaning")
    limit = every[4].score
    assert len(ten.search(QUERY, mode="meaning", threshold=limit)) == 5


def test_results_as_frames_and_pages(ten: SearchIndex) -> None:
    found = ten.search("<b>rose</b>", 2, mode="words")
    assert list(found.to_frame()["text"]) == [hit.text for hit in found]
    assert "<b>rose" not in found._repr_html_()
    assert "10" in ten._repr_html_()
    unlike = ten.farthest(2)
    assert len(unlike.to_frame()) == 2
    assert unlike._repr_html_()


def test_documents_like_no_other(many: SearchIndex) -> None:
    file = many.file
    documents = file.document_of(np.arange(file.passages))
    rows = file.rows[:400]
    found = farthest_rows(rows, documents[:400], 7)
    cosine = rows @ rows.T
    cosine[documents[:400][:, None] == documents[:400]] = -np.inf
    cosine[:, ~rows.any(axis=1)] = -np.inf
    lowest = np.where(rows.any(axis=1), cosine.max(axis=1), np.inf)
    by_document = {}
    for place, value in zip(documents[:400].tolist(), lowest.tolist(), strict=True):
        by_document[place] = min(value, by_document.get(place, np.inf))
    assert found.cosines == pytest.approx(np.sort(list(by_document.values()))[:7], abs=1e-6)
    one = many.farthest(3)
    assert [each.rank for each in one] == [1, 2, 3]
    assert one.documents == 1_500


def test_a_document_is_found_by_its_best_passage(vectors: Vectors) -> None:
    book = "the seed is in the soil. " * 10 + "a slow laptop. " + "salt and flour. " * 10
    index = w2v.build_index([book, "a rose"], vectors, passage_words=6)
    hit = index.search("slow laptop", 1)[0]
    assert (hit.id, "slow laptop" in hit.text) == ("0", True)
    assert 1 < hit.passage < hit.passages
    assert len(index.search("slow laptop", 5)) == 2


def test_many_queries_do_not_change_the_answer(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    index = w2v.build_index(some_texts(300), vectors)
    first = index.search("slow laptop", 5)
    monkeypatch.setattr(searching, "LARGE", 1)
    for _ in range(4):
        assert [hit.id for hit in index.search("slow laptop", 5)] == [hit.id for hit in first]
