"""Mistakes that other evaluators make, each of which w2v must not: one test a mistake (those of bias stand apart)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from w2v import formats
from w2v.errors import FormatError, SettingsError
from w2v.evaluation import AnalogyReport, SimilarityReport, evaluate, evaluate_suite
from w2v.evaluation.tasks.analogies.sets import read_analogies
from w2v.evaluation.tasks.similarity import read_pairs
from w2v.vectors import Vectors


@pytest.fixture
def vectors() -> Vectors:
    rng = np.random.default_rng(0)
    return Vectors(["Apple", "apple", "pear", "car", "bus", "truck"], rng.normal(3, 1, size=(6, 8)).astype(np.float32))


def test_a_method_that_does_not_exist_is_an_error(vectors: Vectors) -> None:
    """gensim ignores similarity_function, and scores 3CosAdd under any name."""
    with pytest.raises(SettingsError, match="there is no method"):
        vectors.most_similar(["apple"], method="nonsense")  # type: ignore[arg-type]


def test_vectors_by_the_path_of_their_file(vectors: Vectors, tmp_path: Path) -> None:
    formats.write(vectors, tmp_path / "v.bin")
    for path in (tmp_path / "v.bin", str(tmp_path / "v.bin")):
        assert evaluate(path, "wordsim353").metrics() == evaluate(vectors, "wordsim353").metrics()
    with pytest.raises(SettingsError, match="vectors are wanted, and not ndarray") as caught:
        evaluate(vectors.matrix, "wordsim353")  # type: ignore[arg-type]
    assert "w2v.load" in caught.value.hint


def test_3cosmul_heeds_the_limit(vectors: Vectors) -> None:
    """gensim's most_similar_cosmul ignores restrict_vocab."""
    found = vectors.most_similar(["pear", "car"], ["bus"], method="3cosmul", restrict_vocab=4)
    assert {word for word, _ in found} == {"Apple", "apple"}


def test_methods_heed_the_limit(vectors: Vectors, tmp_path: Path) -> None:
    path = tmp_path / "set.txt"
    path.write_text(": one\nApple apple pear car\nApple apple pear truck\n")
    report = evaluate_suite(vectors, read_analogies(path), restrict_vocab=4)
    assert isinstance(report, AnalogyReport)
    assert {each.method: each.correct for each in report.total.methods} == dict.fromkeys(
        ("3cosadd", "3cosmul", "pair-direction", "only-b", "ignore-a"), 1
    )
    assert report.total.scored == 1


def test_an_error_leaves_the_vocabulary_as_it_was(vectors: Vectors, tmp_path: Path) -> None:
    """In gensim an exception during evaluation leaves all words in upper case."""
    path = tmp_path / "set.txt"
    path.write_text(": one\nApple apple pear car\n")
    before = list(vectors.words), dict(vectors.index)
    suite = read_analogies(path)
    with pytest.raises(SettingsError):
        evaluate_suite(vectors, suite, convention="gensim", restrict_vocab=-1)
    evaluate_suite(vectors, suite, convention="gensim")
    assert (vectors.words, vectors.index) == before


def test_unknown_words_get_no_vector_and_lengths_do_not_matter(vectors: Vectors, tmp_path: Path) -> None:
    """kudkudak's word-embeddings-benchmarks gives unknown words the mean vector, and does not normalise."""
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("apple\tpear\t9\napple\tcar\t3\nbus\ttruck\t8\npear\tbus\t1\napple\tplum\t9\nplum\tcar\t2\n")
    whole = evaluate_suite(vectors, read_pairs(pairs))
    longer = Vectors(vectors.words, vectors.matrix * np.array([[1], [9], [0.1], [5], [2], [7]], dtype=np.float32))
    again = evaluate_suite(longer, read_pairs(pairs))
    assert isinstance(whole, SimilarityReport)
    assert isinstance(again, SimilarityReport)
    assert (whole.scored, whole.total) == (4, 6)
    assert np.isnan(whole.cosines[4:]).all()
    assert again.spearman == whole.spearman
    assert again.cosines[:4] == pytest.approx(whole.cosines[:4], abs=1e-6)


def test_case_variants_keep_their_own_vectors(vectors: Vectors, tmp_path: Path) -> None:
    """mfaruqui's eval-word-vectors lower-cases while it reads, so that the last variant overwrites the first."""
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("Apple\tpear\t1\napple\tpear\t2\nAPPLE\tpear\t3\n")
    report = evaluate_suite(vectors, read_pairs(pairs))
    assert isinstance(report, SimilarityReport)
    expected = [vectors.similarity(word, "pear") for word in ("Apple", "apple", "Apple")]
    assert report.cosines == pytest.approx(expected, abs=1e-6)


def test_rows_that_are_not_finite_are_no_vectors(vectors: Vectors, tmp_path: Path) -> None:
    """Files with such rows are refused when they are read; vectors in memory must not score by them either."""
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("apple\tpear\t9\napple\tcar\t3\n")
    matrix = vectors.matrix.copy()
    matrix[0] = np.inf
    with pytest.raises(FormatError, match="in 1 of 6 rows"):
        evaluate_suite(Vectors.unchecked(vectors.words, matrix), read_pairs(pairs))


def test_nothing_answered_is_no_score(tmp_path: Path) -> None:
    """gensim says 0.0 where it should say that it answered nothing."""
    path = tmp_path / "set.txt"
    path.write_text(": one\nx1 x2 x3 x4\n")
    report = evaluate_suite(Vectors(["a", "b"], np.eye(2, dtype=np.float32)), read_analogies(path))
    assert isinstance(report, AnalogyReport)
    assert report.total.accuracy is None
    assert all(each.accuracy is None and each.mrr is None for each in report.total.methods)
    assert report.total.lift is None
    assert report.warning.startswith("no score")
