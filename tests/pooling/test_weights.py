"""Weights, common components, frequencies: the formulas of the papers; files without counts; texts to fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pooling.conftest import RUNNING, WORDS, made, random_texts

from w2v.errors import CorpusError, SettingsError
from w2v.pooling.folding import NOTHING_COMMON, FoldedRows, common_of_words
from w2v.pooling.frequencies import frequencies_of, shares_of
from w2v.pooling.registry import DEFAULT, POOLINGS, pooling_named
from w2v.vectors import Vectors


def test_the_registry_has_each_kind_under_its_name() -> None:
    assert [pooling_named(name).name for name in POOLINGS] == list(POOLINGS)
    assert DEFAULT == "sif"


@pytest.mark.parametrize("name", POOLINGS)
def test_each_kind_keeps_the_promises_of_all_kinds(name: str, vectors: Vectors) -> None:
    """What docs/contributing.md asks of a new kind of pooling: no more is needed for it to be tested."""
    kind = pooling_named(name)
    assert name in str(kind.__class__.__module__)
    frequencies = np.array([0.3, 0.2, 1e-4, 1e-9, 0.4999])
    weights = kind.weights(frequencies)
    assert weights.shape == frequencies.shape
    assert np.isfinite(weights).all()
    assert (weights >= 0).all()
    assert (np.diff(weights[np.argsort(frequencies)]) <= 0).all(), "a frequent word weighs no more than a rare one"
    assert kind.removed(np.array([2.0, 1.0, 0.5, 0.1, 0.0])[: kind.components]).shape == (kind.components,)
    if kind.counts_texts:
        assert np.isfinite(kind.weights_of_fit(9, np.array([9.0, 3.0, 0.0]))).all()
    texts = ["the cat of the king", "", "unknown words", "a red shoe"]
    encoder = vectors.encoder(name)
    found = encoder.encode(texts).vectors
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 0, 0, 1], abs=1e-5)
    mean = encoder.rows()[[vectors.index[word] for word in texts[0].split()]].mean(axis=0)
    np.testing.assert_allclose(found[0], mean / np.linalg.norm(mean), atol=1e-6)


def test_weights_of_smooth_inverse_frequency() -> None:
    assert pooling_named("sif").weights(np.array([1e-3, 0.1])).tolist() == pytest.approx([0.5, 1e-3 / 0.101])


def test_weights_of_unsupervised_smooth_inverse_frequency() -> None:
    shares = np.array([0.6, 0.2, 0.1, 0.05, 0.03, 0.02])
    # 1 − (1 − 1/6)^11 = 0.865: no word is that frequent; with 1,000 words the threshold is 0.011
    assert set(pooling_named("usif").weights(shares).tolist()) == {2.0}
    many = np.concatenate([[0.3, 0.2], np.full(998, 0.5 / 998)])
    a = (1 - 2 / 1000) / (2 / 1000 * 500)
    np.testing.assert_allclose(pooling_named("usif").weights(many), a / (a / 2 + many))
    assert pooling_named("usif").removed(np.array([3.0, 1.0])).tolist() == [0.75, 0.25]


def test_inverse_document_frequency() -> None:
    idf = pooling_named("idf")
    assert idf.weights(np.array([1.0, 0.1])).tolist() == pytest.approx([0, np.log(10)])
    assert idf.weights_of_fit(9, np.array([9.0, 0.0])).tolist() == pytest.approx([0, np.log(10)])


def test_the_component_is_that_of_texts_of_independent_words(vectors: Vectors) -> None:
    """Texts of eleven words drawn by their frequency have the first component that the closed form gives."""
    sif = pooling_named("sif")
    shares = frequencies_of(vectors).shares
    weights = sif.weights(shares)
    closed = common_of_words(vectors.matrix, weights, shares, sif, 16).directions[0]
    rows = FoldedRows(vectors.matrix, weights, NOTHING_COMMON(16), unit=True, dim=16).every_row()[:].astype(float)
    drawn = np.random.default_rng(0).choice(len(WORDS), size=(200_000, 11), p=shares)
    texts = np.zeros((len(drawn), 16))
    for column in drawn.T:
        texts += rows[column] / 11
    first = np.linalg.eigh(texts.T @ texts)[1][:, -1]
    assert abs(float(first @ closed)) > 0.999


def test_fitting_takes_the_component_of_the_texts(vectors: Vectors, tmp_path: Path) -> None:
    texts = [text.replace("\n", " ").replace("\r", " ") for text in random_texts(300)]
    sif = pooling_named("sif")
    weights = sif.weights(frequencies_of(vectors).shares)
    plain = Vectors(
        vectors.words,
        FoldedRows(vectors.matrix, weights, NOTHING_COMMON(16), unit=True, dim=16).every_row(),
        record=vectors.record,
    )
    of_texts = plain.encode(texts, "mean", normalize=False).astype(float)
    first = np.linalg.eigh(of_texts.T @ of_texts)[1][:, -1]
    taken_off = of_texts - np.outer(of_texts @ first, first)
    expected = taken_off / np.maximum(np.linalg.norm(taken_off, axis=1, keepdims=True), 1e-30)
    np.testing.assert_allclose(vectors.encode(texts, fit=texts), expected, atol=1e-5)
    (tmp_path / "fit.txt").write_text("\n".join(texts), "utf-8")
    np.testing.assert_allclose(vectors.encode(texts, fit=tmp_path / "fit.txt"), expected, atol=1e-5)
    np.testing.assert_allclose(vectors.encode(texts, fit=str(tmp_path / "fit.txt")), expected, atol=1e-5)


def test_fitting_idf_counts_the_texts_with_a_word(vectors: Vectors) -> None:
    fit = ["the cat", "the the dog", "the"]
    found = vectors.encode(["cat"], "idf", fit=fit, normalize=False)[0]
    np.testing.assert_allclose(found, vectors["cat"] * np.log(4 / 2), rtol=1e-6)
    assert not vectors.encode(["the"], "idf", fit=fit, normalize=False).any()


def test_a_file_without_counts_is_a_guess_that_is_said() -> None:
    guessed = frequencies_of(made(RUNNING, counts=False))
    np.testing.assert_allclose(guessed.shares * np.arange(1, len(WORDS) + 1), guessed.shares[0])
    assert "does not say how often" in guessed.warning
    assert "Zipf" in guessed.warning
    assert made(RUNNING, counts=False).encoder("sif").notes[0][0] == "warning"
    assert not made(RUNNING, counts=False).encoder("mean").notes


def test_words_in_alphabetical_order_tell_nothing() -> None:
    words = sorted(f"w{number:04}" for number in range(300))
    vectors = Vectors(words, np.ones((300, 2), dtype=np.float32), name="a.vec")
    with pytest.raises(SettingsError, match="alphabetical") as caught:
        vectors.encode(["w0001"])
    assert "--pooling mean" in caught.value.hint
    assert vectors.encode(["w0001"], "mean").any()
    fitted = vectors.encoder("sif", fit=["w0001 w0002", "w0001 w0003"] * 5)
    assert not fitted.notes or all("Zipf" not in note for _, note in fitted.notes)


def test_counts_that_are_all_the_same_tell_nothing() -> None:
    vectors = Vectors(WORDS, made(None).matrix, np.full(len(WORDS), 1))
    assert "does not say" in frequencies_of(vectors).warning


def test_a_word_that_was_never_met_has_half_a_count() -> None:
    assert shares_of(np.array([3, 0])).tolist() == pytest.approx([3 / 3.5, 0.5 / 3.5])


def test_fitting_fails_with_a_cure(vectors: Vectors, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing to fit"):
        vectors.encode(["a"], "mean", fit=["a"])
    for pooling in ("sif", "idf"):
        with pytest.raises(SettingsError, match="hardly any word"):
            vectors.encode(["a"], pooling, fit=["qq", "zz"])
    with pytest.raises(CorpusError, match="no such file"):
        vectors.encode(["a"], fit="nothing.txt")
    with pytest.raises(SettingsError, match="read only once"):
        made(RUNNING, counts=False).encode(["a"], fit=iter(["the cat", "the dog"]))


def test_vectors_of_one_dimension_keep_it() -> None:
    vectors = Vectors(["a", "b"], np.array([[1], [-2]], dtype=np.float32), np.array([5, 1]))
    assert vectors.encode(["a", "b"]).tolist() == [[1], [-1]]
