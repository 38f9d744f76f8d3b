"""Folders for the Hub in the programs that they are for. Run it with `pip install '.[stores]'`: not a part of CI.

`python -m pytest -m stores`
"""

from __future__ import annotations

import lzma
import os
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

import numpy as np
import pytest

from w2v import RunRecord, Vectors
from w2v.export import export_hub
from w2v.export.tokenizer import tokenizer_json
from w2v.export.word_pattern import whitespace_pattern, word_pattern
from w2v.formats import read
from w2v.pooling.rules import rules_of
from w2v.text.word_splitting import words_in

os.environ["HF_HUB_OFFLINE"] = "1"
pytestmark = [pytest.mark.stores, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
tokenizers = pytest.importorskip("tokenizers")
TEXTS = [
    f"Word{place}, word{place * 7 % 300} and word{place * 31 % 300}: C++ #tag :) é e\u0301 nobody"
    for place in range(1_000)
]
ODD = [
    "ΟΔΟΣ ΟΔΟΣ. ΑΣ",
    "ΟΔΟΣ' ΟΔΟ’Σ ΑΣ\u0301 Α\u0301'Σ’Α",
    "İI",
    "👍🏽 🇩🇪🇫🇷",
    "don't rock-n-roll 3.14",
    "東京 2020",
    "a\u00a0b\u2028c",
]


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    words = [*(f"word{row}" for row in range(300)), "c++", "tag", ":)", "é", "οδος", "i̇i", "👍🏽", "東", "don't"]
    record = RunRecord("sgns", {"tokenizer": "words", "lowercase": True})
    rows = np.random.default_rng(0).standard_normal((len(words), 20)).astype(np.float32)
    return Vectors(words, rows, np.arange(len(words), 0, -1) ** 2, record)


@pytest.mark.parametrize("keep_tags", [False, True])
def test_every_code_point_is_cut_alike(keep_tags: bool) -> None:
    pattern = tokenizers.Regex(word_pattern(keep_tags=keep_tags))
    split = tokenizers.pre_tokenizers.Split(pattern, "removed", invert=True)
    for point in range(0x110000):
        letter = chr(point)
        if category(letter) not in ("Cn", "Cs"):
            text = f"a{letter}b {letter} {letter}1 #{letter} x{letter}@y"
            assert [word for word, _ in split.pre_tokenize_str(text)] == words_in(text, keep_tags=keep_tags), hex(point)


def test_every_code_point_is_lower_cased_alike() -> None:
    """Alone, and around a capital sigma, whose lower case depends on what stands beside it."""
    rules = rules_of(Vectors(["a"], [[1.0]]), {"tokenizer": "words", "lowercase": True, "normal_form": "none"})
    normalizer = tokenizers.Tokenizer.from_str(tokenizer_json(["a"], [], rules).json).normalizer
    for point in range(0x110000):
        letter = chr(point)
        if category(letter) not in ("Cn", "Cs"):
            text = f"{letter} a{letter}Σ aΣ{letter}a Σ{letter} {letter}Σ aΣ{letter}"
            assert normalizer.normalize_str(text) == text.lower(), hex(point)


def test_white_space() -> None:
    split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(whitespace_pattern()), "removed", invert=True)
    for point in range(0x3100):
        text = f"a{chr(point)}b {chr(point)}"
        assert [word for word, _ in split.pre_tokenize_str(text)] == text.split()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["books-en", "wiki-de", "wiki-zh"])
def test_whole_corpora_are_cut_alike(name: str, shared: Path) -> None:
    rules = {keep_tags: tokenizers.Regex(word_pattern(keep_tags=keep_tags)) for keep_tags in (False, True)}
    splits = {keep: tokenizers.pre_tokenizers.Split(rule, "removed", invert=True) for keep, rule in rules.items()}
    blanks = tokenizers.pre_tokenizers.Split(tokenizers.Regex(whitespace_pattern()), "removed", invert=True)
    words = 0
    with lzma.open(shared / "corpora" / f"{name}.txt.xz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            text = normalize("NFC", line)
            assert [word for word, _ in blanks.pre_tokenize_str(text)] == text.split()
            for keep, split in splits.items():
                wanted = words_in(text, keep_tags=keep)
                assert [word for word, _ in split.pre_tokenize_str(text)] == wanted
                words += len(wanted)
    assert words > 1_000_000


def test_the_whole_tokenizer(vectors: Vectors) -> None:
    made = tokenizers.Tokenizer.from_str(tokenizer_json(vectors.words, [], rules_of(vectors, {})).json)
    encoder = vectors.encoder(progress=False)
    for text in [*TEXTS[:50], *ODD]:
        (words,) = encoder.words([text])
        found = [number for number in made.encode(text).ids if number < len(vectors)]
        assert found == [number for number in words.ids.tolist() if number >= 0], text


@pytest.mark.parametrize("pooling", ["sif", "mean", "usif"])
def test_both_programs_give_what_encode_gives(pooling: str, vectors: Vectors, tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec")
    sentence_transformers = pytest.importorskip("sentence_transformers")
    texts = [*TEXTS, *ODD, "", "!!!"]
    wanted = vectors.encode(texts, pooling, progress=False)
    path = str(tmp_path / "m")
    export_hub(vectors, path, pooling=pooling, progress=False)
    model = model2vec.StaticModel.from_pretrained(path)
    assert np.allclose(model.encode(texts), wanted, rtol=0, atol=1e-6)
    model.save_pretrained(str(tmp_path / "again"))
    again = model2vec.StaticModel.from_pretrained(str(tmp_path / "again"))
    assert np.array_equal(again.encode(texts), model.encode(texts))
    other = sentence_transformers.SentenceTransformer(path, device="cpu")
    found = other.encode(texts)
    assert np.allclose(found, wanted, rtol=0, atol=1e-6)
    assert np.allclose(other.similarity(found[:9], found[:9]).numpy(), wanted[:9] @ wanted[:9].T, atol=1e-5)
    other.save(str(tmp_path / "st"))
    for saved in ("m", "again", "st"):
        assert read(tmp_path / saved).words[:3] == vectors.words[:3]


def test_clitics(tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec")
    words = ["'s", "n't", "dog", "do", "s", "t", "can", "i", "n"]
    apart = Vectors(words, np.eye(9), np.arange(9, 0, -1))
    export_hub(apart, tmp_path / "m", progress=False)
    texts = ["The dog's s", "I don't, I DON’T", "can 't dog 's", "n't o'do i'll"]
    model = model2vec.StaticModel.from_pretrained(str(tmp_path / "m"))
    assert np.allclose(model.encode(texts), apart.encode(texts, progress=False), atol=1e-6)


def test_small_numbers(vectors: Vectors, tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec")
    sentence_transformers = pytest.importorskip("sentence_transformers")
    wanted = vectors.encode(TEXTS, progress=False)
    found: dict[str, Any] = {}
    for dtype in ("float16", "int8"):
        export_hub(vectors, tmp_path / dtype, dtype=dtype, progress=False)  # type: ignore[arg-type]
        found[dtype] = model2vec.StaticModel.from_pretrained(str(tmp_path / dtype)).encode(TEXTS)
    assert np.allclose(found["float16"], wanted, atol=2e-3)
    assert (np.einsum("ij,ij->i", found["int8"], wanted) > 0.99).all()
    other = sentence_transformers.SentenceTransformer(str(tmp_path / "float16"), device="cpu")
    assert np.isnan(other.encode(["!!!"])).all()
    with pytest.raises(RuntimeError, match="floating point"):
        sentence_transformers.SentenceTransformer(str(tmp_path / "int8"), device="cpu")


def test_phrases(tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec")
    record = RunRecord("sgns", {"tokenizer": "words", "lowercase": True, "phrases": 2})
    words = ["new", "york", "city", "new_york", "new_york_city", "a"]
    phrases = Vectors(words, np.eye(6), np.arange(6, 0, -1), record)
    export_hub(phrases, tmp_path / "m", progress=False)
    texts = ["New York City a", "a new york", "new_york", "newyork a", "york new"]
    model = model2vec.StaticModel.from_pretrained(str(tmp_path / "m"))
    assert np.allclose(model.encode(texts), phrases.encode(texts, progress=False), atol=1e-6)


def test_what_model2vec_tests_of_a_model(vectors: Vectors, tmp_path: Path) -> None:
    """One text and several, rows in their order, texts of no word, other lengths and types, saved and loaded."""
    static_model = pytest.importorskip("model2vec").StaticModel
    export_hub(vectors, tmp_path / "m", progress=False)
    model = static_model.from_pretrained(tmp_path / "m")
    assert (model.dim, model.embedding.dtype, model.normalize) == (20, np.float32, True)
    assert model.encode(TEXTS[0]).shape == (20,)
    assert np.array_equal(model.encode(TEXTS[:2])[0], model.encode(TEXTS[0]))
    assert not model.encode("").any()
    rows = model.encode_as_sequence("word7 nobody word3")
    assert rows.shape[1] == 20
    assert np.allclose(rows[[0, -1]], model.embedding[[7, 3]])
    mean = model.encode("word7 word3", normalize=False)
    assert np.allclose(mean / np.linalg.norm(mean), model.encode("word7 word3"), atol=1e-6)
    many = [text for text in TEXTS for _ in range(12)]  # more than those for which it starts processes
    assert np.allclose(model.encode(many, use_multiprocessing=False)[::12], model.encode(TEXTS), atol=1e-6)
    model.save_pretrained(tmp_path / "again")
    again = static_model.from_pretrained(tmp_path / "again")
    assert np.array_equal(again.embedding, model.embedding)
    assert again.tokenizer.get_vocab() == model.tokenizer.get_vocab()
    assert again.config == model.config
    assert static_model.from_pretrained(tmp_path / "m", dimensionality=8).encode(TEXTS[0]).shape == (8,)
    assert static_model.from_pretrained(tmp_path / "m", quantize_to="int8").embedding.dtype == np.int8


def test_what_sentence_transformers_tests_of_a_static_model(vectors: Vectors, tmp_path: Path) -> None:
    """Tokens, a pass forward, a similarity run, saved and loaded, and taken from model2vec's files."""
    sentence_transformers = pytest.importorskip("sentence_transformers")
    from scipy.stats import pearsonr, spearmanr
    from sentence_transformers.evaluation import EmbeddingSimilarityEvaluator
    from sentence_transformers.models import StaticEmbedding

    export_hub(vectors, tmp_path / "m", progress=False)
    model = sentence_transformers.SentenceTransformer(str(tmp_path / "m"), device="cpu")
    assert model.get_sentence_embedding_dimension() == 20
    assert model.max_seq_length == float("inf")
    assert type(model[0]) is StaticEmbedding
    assert {"input_ids", "offsets"} <= set(model.tokenize(TEXTS[:2]))
    assert model[0](model[0].tokenize(TEXTS[:2]))["sentence_embedding"].shape == (2, 20)

    first, second = TEXTS[:400], TEXTS[400:800]
    rated = np.random.default_rng(1).random(400).tolist()
    found = EmbeddingSimilarityEvaluator(first, second, rated, write_csv=False)(model)
    a, b = (vectors.encode(texts, progress=False) for texts in (first, second))
    cosines = np.einsum("ij,ij->i", a, b)
    assert found["pearson_cosine"] == pytest.approx(pearsonr(cosines, rated)[0], abs=1e-5)
    assert found["spearman_cosine"] == pytest.approx(spearmanr(cosines, rated)[0], abs=1e-4)
    assert np.allclose(model.similarity_pairwise(model.encode(first), model.encode(second)).numpy(), cosines, atol=1e-5)

    model.save(str(tmp_path / "saved"))
    saved = sentence_transformers.SentenceTransformer(str(tmp_path / "saved"), device="cpu")
    assert np.array_equal(saved.encode(TEXTS[:50]), model.encode(TEXTS[:50]))
    taken = StaticEmbedding.from_model2vec(str(tmp_path / "m"))
    assert np.array_equal(taken.embedding.weight.detach().numpy(), model[0].embedding.weight.detach().numpy())
