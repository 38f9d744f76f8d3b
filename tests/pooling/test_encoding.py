"""Texts as vectors: the naive twin, one text and many, threads and blocks, words that are not there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from listening import Listening
from pooling.conftest import RUNNING, WORDS, made, random_texts
from reference.pooling import joined, mean_of_words, sif_rows
from reference.tokenise import running_words

import w2v
from w2v.errors import CorpusError, SettingsError
from w2v.pooling import encoder as encoder_module
from w2v.vectors import Vectors

KINDS = ("mean", "idf", "sif", "usif")


def naive(vectors: Vectors, texts: list[str], *, normalize: bool) -> np.ndarray:
    rows = dict(zip(vectors.words, vectors.matrix.astype(float), strict=True))
    phrases = frozenset(word for word in vectors.words if "_" in word)
    words = [joined(running_words(" ".join(text.lower().replace("e\u0301", "é").split())), phrases) for text in texts]
    return np.stack([mean_of_words(each, rows, vectors.dim, normalize=normalize) for each in words])


def by_kernels(
    vectors: Vectors, texts: list[str], pooling: str = "sif", threads: int = 2, **settings: object
) -> np.ndarray:
    """Encode by kernels, however few texts there are."""
    encoder = vectors.encoder(pooling, **settings)
    encoder._compiled(w2v.progress.NullProgress())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(encoder_module, "VERY_FEW_CHARACTERS", -1)
        return encoder.encode(texts, threads=threads).vectors


@pytest.mark.parametrize("normalize", [True, False])
def test_the_mean_is_that_of_the_naive_twin(vectors: Vectors, normalize: bool) -> None:
    texts = random_texts(60)
    found = vectors.encode(texts, "mean", normalize=normalize)
    assert found.dtype == np.float32
    assert found.shape == (60, 16)
    np.testing.assert_allclose(found, naive(vectors, texts, normalize=normalize), atol=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("normalize", [True, False])
def test_the_kernels_give_the_same(vectors: Vectors, normalize: bool) -> None:
    texts = random_texts(80)
    found = by_kernels(vectors, texts, "mean", normalize=normalize)
    np.testing.assert_allclose(found, naive(vectors, texts, normalize=normalize), atol=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("pooling", KINDS)
def test_a_text_alone_has_the_vector_that_it_has_among_others(vectors: Vectors, pooling: str) -> None:
    texts = random_texts(200, seed=9)
    together = by_kernels(vectors, texts, pooling)
    for number in range(0, 200, 7):
        alone = vectors.encode([texts[number]], pooling)
        np.testing.assert_allclose(alone[0], together[number], atol=1e-6)


@pytest.mark.slow
def test_threads_and_blocks_change_nothing(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = random_texts(3_000, seed=4)
    encoder = vectors.encoder("usif")
    once = encoder.encode(texts, threads=1)
    monkeypatch.setattr(encoder_module, "BLOCK_CHARACTERS", 999)
    for threads in (1, 2, 5):
        again = encoder.encode(texts, threads=threads)
        assert np.array_equal(once.vectors, again.vectors)
        assert np.array_equal(once.words, again.words)
        assert np.array_equal(once.unknown, again.unknown)
    assert np.array_equal(np.concatenate([part.vectors for part in encoder.parts(iter(texts))]), once.vectors)
    assert encoder.tally.texts == 3_000
    assert encoder.tally.words == once.words.sum()


def test_smooth_inverse_frequency_is_a_plain_mean_of_folded_rows(vectors: Vectors) -> None:
    assert vectors.counts is not None
    rows = sif_rows(vectors.words, vectors.matrix, lambda p: 1e-3 / (1e-3 + p), vectors.counts.tolist(), 11)
    folded = vectors.encoder("sif").rows()
    np.testing.assert_allclose(folded, np.stack(list(rows.values())), atol=1e-6)
    text = ["the", "cat", "of", "a", "king"]
    expected = mean_of_words(text, rows, 16, normalize=True)
    np.testing.assert_allclose(vectors.encode([" ".join(text)])[0], expected, atol=1e-6)
    plain = Vectors(vectors.words, folded, record=vectors.record)
    np.testing.assert_allclose(plain.encode([" ".join(text)], "mean")[0], expected, atol=1e-6)


def test_texts_without_known_words_are_zeros(vectors: Vectors) -> None:
    for normalize in (True, False):
        encoder = vectors.encoder(normalize=normalize)
        found = encoder.encode(["", "  \n ", "unheard of", "zzz qqq", "...", "the"])
        assert not found.vectors[[0, 1, 3, 4]].any()
        assert found.vectors[2].any()
        assert found.words.tolist() == [0, 0, 1, 0, 0, 1]
        assert found.unknown.tolist() == [0, 0, 1, 2, 0, 0]
        assert found.examples == ("unheard", "zzz", "qqq")
        assert encoder.tally.without_words == 4
    assert vectors.encode([]).shape == (0, 16)


def test_what_was_left_out_is_said(vectors: Vectors) -> None:

    heard = Listening()
    made({**RUNNING}).encode(["the zyx cat", "qq"], progress=heard)
    (line,) = heard.messages
    assert line == (
        "2 of 4 words (50.0 %) are not in v.safetensors and were left out, such as 'zyx', 'qq'; "
        "1 text has no word in it: its vector is zeros"
    )


@pytest.mark.parametrize("pooling", KINDS)
def test_vectors_have_length_one_unless_it_is_not_wanted(vectors: Vectors, pooling: str) -> None:
    texts = ["the cat", "new york city", "a red shoe"]
    found = vectors.encode(texts, pooling)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    plain = vectors.encode(texts, pooling, normalize=False)
    np.testing.assert_allclose(found, plain / np.linalg.norm(plain, axis=1, keepdims=True), atol=1e-6)


def test_the_first_dimensions_are_vectors_of_their_own(vectors: Vectors) -> None:
    cut = Vectors(vectors.words, vectors.matrix[:, :5].copy(), vectors.counts, vectors.record)
    texts = random_texts(20)
    np.testing.assert_allclose(vectors.encode(texts, dim=5), cut.encode(texts), atol=1e-6)
    with pytest.raises(SettingsError, match="has 16 dimensions"):
        vectors.encode(texts, dim=17)


@pytest.mark.slow
def test_phrases_are_found_by_their_longest_match() -> None:
    words = ["new", "york", "new_york", "new_york_city", "city", "los_angeles", "a_b_c", "b_c"]
    vectors = Vectors(words, np.eye(8, dtype=np.float32), record=w2v.RunRecord("sgns", {**RUNNING, "phrases": 2}))
    texts = ["New York city", "new york", "york new", "los, Angeles", "los", "angeles los", "a b", "a b c", "a b x b c"]
    expected = [[3], [2], [1, 0], [5], [], [], [], [6], [7]]
    for found in (vectors.encode(texts, "mean"), by_kernels(vectors, texts, "mean")):
        assert [sorted(np.flatnonzero(row).tolist()) for row in found] == [sorted(each) for each in expected]
    assert vectors.encoder("mean").encode(texts).unknown.tolist() == [0, 0, 0, 0, 1, 2, 2, 0, 3]
    apart = Vectors(words, np.eye(8, dtype=np.float32), record=w2v.RunRecord("sgns", RUNNING))
    assert np.flatnonzero(apart.encode(["New York city"], "mean")[0]).tolist() == [0, 1, 4]


class Composing(Vectors):
    """Vectors that make a row of any word that begins with z."""

    def compose(self, word: str) -> np.ndarray | None:  # type: ignore[override]
        return np.full(self.dim, len(word), dtype=np.float32) if word.startswith("z") else None


@pytest.mark.slow
def test_unknown_words_are_composed_where_the_vectors_can(vectors: Vectors) -> None:
    record = w2v.RunRecord("sgns", {**RUNNING, "phrases": 1})
    composing = Composing(WORDS, vectors.matrix, vectors.counts, record)
    texts = ["the zebra", "zoo", "qq zoo", "los zoo", "los angeles zoo", "new york", "qq"]
    expected = np.stack(
        [
            (vectors["the"] + 5) / 2,
            np.full(16, 3),
            np.full(16, 3),
            np.full(16, 3),
            (vectors["los_angeles"] + 3) / 2,
            vectors["new_york"],
            np.zeros(16),
        ]
    )
    for found in (
        composing.encode(texts, "mean", normalize=False),
        by_kernels(composing, texts, "mean", normalize=False),
    ):
        np.testing.assert_allclose(found, expected, atol=1e-6)
    encoder = composing.encoder("mean", normalize=False)
    for copies in (1, 20_000):
        encoded = encoder.encode(texts * copies)
        assert encoded.unknown.tolist()[:7] == [0, 0, 1, 1, 0, 0, 1]
        assert (encoded.composed, encoded.parts_of) == (5 * copies, ("zebra", "zoo"))
        assert f"{5 * copies:,} of {11 * copies:,} words" in encoder.tally.describe("v")
        assert "composed of their n-grams, such as 'zebra', 'zoo'; " in encoder.tally.describe("v")
    np.testing.assert_allclose(composing.encode(texts), by_kernels(composing, texts), atol=1e-6)


@pytest.mark.parametrize(
    ("texts", "cure"),
    [
        ("one text", "'a text'"),
        (5, "'a text'"),
        (["a", b"b"], "decode"),
        (["a", None], "empty text"),
        (["a", float("nan")], "empty text"),
        ([["a", "b"]], "join"),
    ],
)
def test_what_is_no_text_is_an_error_with_a_cure(vectors: Vectors, texts: object, cure: str) -> None:
    with pytest.raises(SettingsError) as caught:
        vectors.encode(texts)  # type: ignore[arg-type]
    assert cure in str(caught.value.hint)


@pytest.mark.parametrize("many", [1, 9_000])
def test_half_of_a_pair_is_an_error(vectors: Vectors, many: int) -> None:
    with pytest.raises(CorpusError, match="half of a pair"):
        vectors.encode(["the cat \ud800 sat"] * many + ["the dog"])


def test_impossible_settings_are_errors(vectors: Vectors) -> None:
    for wrong in (
        {"pooling": "max"},
        {"dim": 0},
        {"normalize": 1},
        {"colour": 1},
        {"tokenizer": "letters"},
        {"fit": 3},
    ):
        with pytest.raises(SettingsError) as caught:
            vectors.encode(["a"], **wrong)  # type: ignore[arg-type]
        assert caught.value.hint


def test_rows_that_are_no_numbers_count_for_nothing() -> None:
    matrix = np.ones((3, 4), dtype=np.float32)
    matrix[1] = np.nan
    broken = Vectors.unchecked(["a", "b", "c"], matrix, np.array([9, 5, 1]))
    for pooling in KINDS:
        assert np.isfinite(broken.encode(["a b c", "b"], pooling, tokenizer="whitespace")).all()


def test_texts_are_read_as_they_come(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stream that never ends, only a few blocks are taken."""
    monkeypatch.setattr(encoder_module, "BLOCK_TEXTS", 32)
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "the cat"

    parts = vectors.encoder().parts(endless(), threads=2)
    for _ in range(3):
        assert len(next(parts)) == 32
    parts.close()  # type: ignore[attr-defined]
    assert taken < 20 * 32


def test_one_text_needs_no_numba(vectors: Vectors, tmp_path: Path) -> None:
    w2v.save(vectors, tmp_path / "v.safetensors")
    script = (
        "import sys, json, w2v; v = w2v.load('v.safetensors'); x = v.encode(['The cat, new york!', 'ß 東京 👍']);"
        "print(json.dumps([x.shape, sorted({'numba', 'scipy', 'pandas', 'gensim'} & set(sys.modules))]))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[2, 16], []]
