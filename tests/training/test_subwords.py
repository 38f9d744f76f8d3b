"""Skip-gram with subwords as a whole: what it learns, unknown words, files, what it refuses; small corpora only."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference import ngrams as naive
from training.test_sgns import WORDS, corpus

import w2v
from w2v.cli import main
from w2v.errors import SettingsError, UnknownWordsError
from w2v.evaluation.tasks.bias import ask_words
from w2v.files import tensors
from w2v.formats.native import FORMAT
from w2v.ngrams import Ngrams
from w2v.progress import NullProgress
from w2v.subwords import Subwords
from w2v.training.loop import Loop
from w2v.training.sgns.model import SGNS, SgnsConfig
from w2v.training.sgns.subwords import SubwordTrainer, rows_for, subwords_of
from w2v.training.state import Trained
from w2v.vocab import Vocabulary

SMALL = SgnsConfig(dim=16, window=3, negative=5, sample=0.05, epochs=4, threads=1, subwords="3-6", buckets=5_000)


def trainer(**changes: Any) -> SubwordTrainer:
    return SubwordTrainer(*corpus(), SgnsConfig(**{**SMALL.__dict__, **changes}), progress=NullProgress())


def train(**changes: Any) -> Trained:
    made = trainer(**changes)
    loop = Loop(made, SGNS, made.config.epochs, NullProgress())
    loop.run(lambda _: False)
    return loop.result()


@pytest.mark.slow
def test_one_thread_and_a_seed_give_the_same_bytes() -> None:
    first, again, other = (train(seed=seed) for seed in (3, 3, 4))
    for name in ("words", "rows"):
        assert first.arrays[name].tobytes() == again.arrays[name].tobytes()
        assert first.arrays[name].tobytes() != other.arrays[name].tobytes()
    assert (first.loss, first.heldout_loss) == (again.loss, again.heldout_loss)


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 3])
def test_it_learns_which_words_belong_together(threads: int) -> None:
    result = train(threads=threads, epochs=8)
    _, vocabulary = corpus()
    unit = result.matrix / np.linalg.norm(result.matrix, axis=1, keepdims=True)
    nearest = np.argsort(-(unit @ unit.T), axis=1)[:, 1]
    topic = np.array([word.rstrip("0123456789") for word in vocabulary.words])
    assert (topic[nearest] == topic).mean() > 0.9
    assert result.matrix.shape == (WORDS, 16)
    assert result.matrix.dtype == np.float32
    assert result.words < result.pairs < 2 * SMALL.window * result.words
    assert result.loss[-1] < result.loss[0]
    assert result.heldout_loss[-1] < result.heldout_loss[0]


def test_the_loss_of_an_untrained_model_is_ln_2_for_every_target() -> None:
    result = train(epochs=1, learning_rate=1e-7)
    assert result.loss[0] == pytest.approx(6 * np.log(2), abs=0.35)  # a noise word that is the centre is not counted
    assert result.heldout_loss[0] == pytest.approx(result.loss[0], rel=0.02)


def test_a_word_is_the_mean_of_its_own_row_and_of_its_ngrams() -> None:
    made = trainer(epochs=1)
    loop = Loop(made, SGNS, 1, NullProgress())
    loop.run(lambda _: False)
    arrays, (_, vocabulary) = loop.result().arrays, corpus()
    rows = rows_for(vocabulary, Ngrams(3, 6, 5_000))
    subwords = subwords_of(made.config, vocabulary, arrays)
    assert subwords is not None
    by_bucket = dict(zip(rows.buckets.tolist(), subwords.rows[:].astype(float), strict=True))
    for i, word in enumerate(vocabulary.words):
        own = made.model.input[rows.own[i], :16].astype(float) / rows.members[rows.own[i]]
        parts = [by_bucket[naive.bucket(ngram, 5_000)] for ngram in naive.ngrams(word, 3, 6)]
        np.testing.assert_allclose(arrays["words"][i], np.mean([own, *parts], axis=0), atol=1e-5)
    assert len(made.words_without_pairs()) == 0
    assert made.sizes() == {"ngrams": len(rows.buckets), "rows": len(rows.members)}


def test_words_without_a_pair_are_found() -> None:
    tokens = np.array([0, 1, 0, 1, -1, 2, -1], dtype=np.int32)
    vocabulary = Vocabulary(["word", "words", "wordy"], np.array([2, 2, 1]))
    config = SgnsConfig(**{**SMALL.__dict__, "sample": 0.0, "epochs": 1})
    made = SubwordTrainer(tokens, vocabulary, config, progress=NullProgress())
    Loop(made, SGNS, 1, NullProgress()).run(lambda _: False)
    assert made.words_without_pairs().tolist() == [2], "its n-grams have changed, but not its own row"


def test_unknown_words_are_composed_as_fasttext_does(shared: Path) -> None:
    """A file by hand, and what fastText answers for words that are not in it."""
    hand = json.loads((shared / "eval_sets" / "subwords" / "fasttext_hand.json").read_text("utf-8"))
    assert len(base64.b64decode(hand["file_base64"])) == hand["file_bytes"]
    args, words = hand["args"], len(hand["words"])
    numbers = np.arange(words, words + args["bucket"], dtype=np.float32)
    rows = np.stack((numbers, numbers / 8, -numbers, np.ones_like(numbers)), axis=1)
    ngrams = Ngrams(args["minn"], args["maxn"], args["bucket"])
    subwords = Subwords(ngrams, np.arange(args["bucket"]), rows)
    for answer in hand["answers"]:
        word = answer["word"]
        asked = [words + bucket for bucket in ngrams.buckets_of(word)]
        if answer["in_vocabulary"]:
            assert [hand["words"].index(word), *asked] == answer["rows"]
            continue
        assert asked == answer["rows"]
        found = subwords.compose(word)
        if not asked:  # fastText gives zeros, which have no direction
            assert found is None
            continue
        assert found is not None
        np.testing.assert_allclose(found, answer["vector"], rtol=1e-6)


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> w2v.Vectors:
    tokens, vocabulary = corpus()
    words = [*vocabulary.words, "\n"]
    text = tmp_path_factory.mktemp("corpus") / "corpus.txt"
    text.write_text(" ".join(words[token] for token in tokens), "utf-8")
    return w2v.train(text, **{**SMALL.__dict__, "noise_power": None, "learning_rate": None})


def test_the_record_says_what_was_chosen(vectors: w2v.Vectors) -> None:
    assert vectors.record is not None
    chosen = {name: vectors.record.settings[name] for name in ("subwords", "noise_power", "learning_rate", "buckets")}
    assert chosen == {"subwords": "3-6", "noise_power": 0.5, "learning_rate": 0.04, "buckets": 5_000}
    assert vectors.subwords is not None
    assert vectors.record.vocabulary["ngrams"] == len(vectors.subwords.buckets)


def test_unknown_words_have_vectors_only_where_that_is_asked_for(vectors: w2v.Vectors) -> None:
    found = vectors.vector("even777", unknown="subwords")
    near = vectors.most_similar(found, topn=5)
    assert all(word.startswith("even") for word, _ in near)
    assert vectors.lookup.find("even777").how == "composed"
    assert "composed from the parts" in vectors.lookup.find("even777").remark("v")
    with pytest.raises(UnknownWordsError):
        vectors.vector("even777")
    with pytest.raises(UnknownWordsError):
        vectors.vector("qqq", unknown="subwords")
    np.testing.assert_array_equal(vectors.vector("even0", unknown="subwords"), vectors["even0"])


def test_bias_takes_unknown_words(vectors: w2v.Vectors) -> None:
    (found,) = ask_words(vectors, ["even777"], None, minus="even1", plus="even2", topn=3)
    assert (found.found, found.how, found.below) == ("even777", "composed", None)
    reading = vectors.lookup.read("even777 - even1 + even2")
    assert found.neighbours == vectors.neighbours(reading, topn=3)


def test_a_file_keeps_the_rows_of_ngrams(
    vectors: w2v.Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    w2v.save(vectors, "v.safetensors")
    asked = vectors.vector("even777", unknown="subwords")
    for read in (w2v.load("v.safetensors"), w2v.load("v.safetensors", limit=7), w2v.load("v.safetensors").only([3, 1])):
        assert read.subwords is not None
        assert read.subwords.ngrams == Ngrams(3, 6, 5_000)
        np.testing.assert_array_equal(read.vector("even777", unknown="subwords"), asked)
    assert main(["convert", "v.safetensors", "again.safetensors"]) == 0
    np.testing.assert_array_equal(w2v.load("again.safetensors").vector("even777", unknown="subwords"), asked)
    assert main(["similar", "even777", "-m", "again.safetensors"]) == 0
    output = capsys.readouterr()
    assert "even" in output.out
    assert "its vector is composed from the parts of the word" in output.out + output.err
    assert main(["similar", "even777", "-m", "again.safetensors", "--json"]) == 0
    assert '"composed"' in capsys.readouterr().out
    assert main(["convert", "v.safetensors", "v.bin"]) == 0
    assert "not written to v.bin: the n-grams" in " ".join(capsys.readouterr().err.split())
    assert w2v.load("v.bin").subwords is None


def test_a_large_file_is_mapped_and_answers_the_same(
    vectors: w2v.Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("w2v.formats.native.SMALL", 0)
    w2v.save(vectors, tmp_path / "v.safetensors")
    read = w2v.load(tmp_path / "v.safetensors")
    assert read.subwords is not None
    assert not np.asarray(read.subwords.rows).flags.owndata
    asked = vectors.vector("even777", unknown="subwords")
    np.testing.assert_array_equal(read.vector("even777", unknown="subwords"), asked)
    assert w2v.load(tmp_path / "v.safetensors", check_all=True).subwords is not None


DAMAGES = {
    "no rows": ({"ngram_rows": None}, {}, "not lengths, rows and buckets alike"),
    "no buckets": ({"ngram_buckets": None}, {}, "not lengths, rows and buckets alike"),
    "no lengths": ({}, {"ngrams": None}, "not lengths, rows and buckets alike"),
    "lengths are text": ({}, {"ngrams": '{"shortest": "3", "longest": 6, "buckets": 5000}'}, "are no numbers"),
    "a list": ({}, {"ngrams": "[3, 6]"}, "is no JSON object"),
    "too long": ({}, {"ngrams": '{"shortest": 3, "longest": 600000, "buckets": 5000}'}, "there are no n-grams of 3 to"),
    "reversed": ({}, {"ngrams": '{"shortest": 6, "longest": 3, "buckets": 5000}'}, "there are no n-grams of 6 to 3"),
    "no bucket": ({}, {"ngrams": '{"shortest": 3, "longest": 6, "buckets": 0}'}, "in 0 buckets"),
    "few buckets": ({}, {"ngrams": '{"shortest": 3, "longest": 6, "buckets": 9}'}, "are not in order"),
    "not in order": ({"ngram_buckets": lambda old: old[::-1].copy()}, {}, "are not in order"),
    "twice": ({"ngram_buckets": lambda old: np.maximum(old, old[1])}, {}, "are not in order"),
    "infinite": ({"ngram_rows": lambda old: old * np.float32(np.inf)}, {}, "rows of n-grams hold NaN or infinity"),
    "too few rows": ({"ngram_rows": lambda old: old[1:]}, {}, "N"),
    "other width": ({"ngram_rows": lambda old: old[:, 1:].copy()}, {}, "D"),
}


@pytest.mark.parametrize(("arrays", "metadata", "message"), DAMAGES.values(), ids=list(DAMAGES))
def test_files_that_lie_about_ngrams_are_refused(
    vectors: w2v.Vectors, tmp_path: Path, arrays: dict[str, Any], metadata: dict[str, Any], message: str
) -> None:
    path = tmp_path / "v.safetensors"
    w2v.save(vectors, path)
    found = tensors.read(path, FORMAT, None)
    told = {name: found.metadata[name] for name in ("run", "ngrams")} | metadata
    held = {name: np.array(array) for name, array in found.arrays.items()}
    changed = {name: None if change is None else change(held[name]) for name, change in arrays.items()}
    with (tmp_path / "lies.safetensors").open("wb") as file:
        kept = {name: array for name, array in (held | changed).items() if array is not None}
        tensors.write(file, FORMAT, kept, {name: text for name, text in told.items() if text is not None}, found.times)
    with pytest.raises(w2v.W2VError, match=message):
        w2v.load(tmp_path / "lies.safetensors")


def test_what_goes_together() -> None:
    assert SgnsConfig().settled().learning_rate == 0.025
    assert SgnsConfig().settled().noise_power == 0.75
    with_subwords = SgnsConfig(subwords=" 4 ").settled()
    assert (with_subwords.learning_rate, with_subwords.noise_power) == (0.04, 0.5)
    assert with_subwords.ngrams == Ngrams(4, 4, 2_000_000)
    assert SgnsConfig(subwords="3-6", learning_rate=0.1, noise_power=0.75).settled().initial_rate == 0.1
    assert SgnsConfig(subwords="off") == SgnsConfig()
    for changes in ({"deterministic": True}, {"shared_negatives": False}):
        with pytest.raises(SettingsError, match="|".join(changes)):
            SgnsConfig(subwords="3-6", **changes)
    with pytest.raises(SettingsError, match="buckets is 1000, and words are not composed of n-grams"):
        SgnsConfig(buckets=1_000)
    with pytest.raises(SettingsError, match="subwords is '6-3'"):
        SgnsConfig(subwords="6-3")


def test_peers_are_asked_for_subwords_too() -> None:
    asked = SGNS.peers["gensim"](SgnsConfig(subwords="2-4", buckets=100))
    assert asked.items() >= {"class": "FastText", "sg": 1, "min_n": 2, "max_n": 4, "bucket": 100}.items()
    assert (asked["alpha"], asked["ns_exponent"]) == (0.04, 0.5)
    assert "class" not in SGNS.peers["gensim"](SgnsConfig())
