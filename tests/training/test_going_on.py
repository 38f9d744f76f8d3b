"""Going on with new text: what training begins with, what stays as it is, and which words the result has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from listening import Listening

import w2v
from w2v.cli import main
from w2v.demo import generate
from w2v.errors import SettingsError
from w2v.training.beginning import Beginning

GIVEN: dict[str, Any] = {"dim": 16, "min_count": 2, "epochs": 1, "threads": 1}


@pytest.fixture(scope="module")
def texts() -> tuple[list[str], list[str]]:
    lines = generate(3, sentences=4_000).text.decode().splitlines()
    return [f"{line} onlyold" for line in lines[:2_000]], [f"{line} onlynew" for line in lines[2_000:]]


@pytest.fixture(scope="module")
def old(texts: tuple[list[str], list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("old") / "old.safetensors"
    w2v.save(w2v.train(texts[0], keep_contexts=True, progress=False, **GIVEN), path)
    return path


def test_a_file_can_hold_the_contexts(old: Path) -> None:
    loaded = w2v.load(old)
    assert loaded.contexts is not None
    assert loaded.contexts.shape == loaded.matrix.shape
    assert np.abs(loaded.contexts).max() > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("model", ["sgns", "cbow"])
@pytest.mark.parametrize("deterministic", [False, True])
def test_training_begins_where_the_file_ended(
    texts: tuple[list[str], list[str]], old: Path, model: str, deterministic: bool
) -> None:
    if model == "cbow" and deterministic:
        return
    more = {"deterministic": True} if deterministic else {}
    at_rest = {**GIVEN, **more, "learning_rate": 1e-9, "init": old, "progress": False}
    before = w2v.load(old)
    after = w2v.train(texts[1], model, keep_contexts=True, **at_rest)
    shared = [word for word in before.words if word in after]
    np.testing.assert_allclose(after.matrix[after.rows(shared)], before.matrix[before.rows(shared)], atol=1e-6)
    assert after.contexts is not None
    assert before.contexts is not None
    places = [[vectors.index[word] for word in shared] for vectors in (after, before)]
    np.testing.assert_allclose(after.contexts[places[0]], before.contexts[places[1]], atol=1e-6)


@pytest.mark.slow
def test_which_words_the_result_has(texts: tuple[list[str], list[str]], old: Path) -> None:
    before = w2v.load(old)
    found = {
        words: w2v.train(texts[1], init=old, init_words=words, progress=False, **GIVEN)
        for words in ("old", "new", "union")
    }
    assert set(found["old"].words) == set(before.words)
    assert "onlynew" in found["new"]
    assert "onlyold" not in found["new"]
    assert set(found["union"].words) == set(before.words) | set(found["new"].words)
    for words in ("old", "union"):
        np.testing.assert_array_equal(
            found[words].matrix[found[words].rows(["onlyold"])], before.matrix[before.rows(["onlyold"])]
        )
        counts = found[words].counts
        assert counts is not None
        assert list(counts) == sorted(counts, reverse=True)
    assert before.counts is not None
    union = found["union"]
    assert union.counts is not None
    assert union.counts[union.index["onlyold"]] == before.counts[before.index["onlyold"]]
    assert union.counts[union.index["the"]] > before.counts[before.index["the"]]
    assert union.record is not None
    assert union.record.corpus["init"]["words"] == len(before)


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_frozen_keeps_its_bytes(texts: tuple[list[str], list[str]], old: Path, threads: int) -> None:
    before = w2v.load(old)
    given = {**GIVEN, "threads": threads, "init": old, "keep_contexts": True, "progress": False}
    after = w2v.train(texts[1], freeze="old", **given)
    rows = [after.index[word] for word in before.words]
    np.testing.assert_array_equal(after.matrix[rows], before.matrix)
    assert after.contexts is not None
    assert before.contexts is not None
    np.testing.assert_array_equal(after.contexts[rows], before.contexts)
    assert np.abs(after["onlynew"]).max() > 0.05  # new words are learnt
    compass = w2v.train(texts[1], freeze="contexts", **given)
    rows = [compass.index[word] for word in before.words]
    assert compass.contexts is not None
    np.testing.assert_array_equal(compass.contexts[rows], before.contexts)
    met = {word for line in texts[1] for word in line.split()}
    common = [word for word in before.words if word in met]
    moved = np.abs(compass.matrix[compass.rows(common)] - before.matrix[before.rows(common)]).max(axis=1)
    assert (moved > 0).mean() > 0.9


@pytest.mark.slow
def test_new_words_are_composed_where_the_file_has_ngrams(texts: tuple[list[str], list[str]], tmp_path: Path) -> None:
    path = tmp_path / "subwords.safetensors"
    w2v.save(w2v.train(texts[0], subwords="3-6", progress=False, **GIVEN), path)
    before = w2v.load(path)
    after = w2v.train(texts[1], init=path, progress=False, **{**GIVEN, "learning_rate": 1e-9})
    assert before.subwords is not None
    np.testing.assert_allclose(after["onlynew"], before.subwords.compose("onlynew"), atol=1e-6)


@pytest.mark.slow
def test_an_interrupted_run_goes_on_with_the_same_bytes(
    texts: tuple[list[str], list[str]], old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("new.txt").write_text("\n".join(texts[1]), "utf-8")
    given = {**GIVEN, "epochs": 2, "init": old, "freeze": "old", "progress": False}
    whole = w2v.train("new.txt", **given)

    class Stop:
        """Stops in the second epoch."""

        def phase(self, name: str, *rest: Any, **more: Any) -> None:
            if name == "epoch 2/2":
                raise KeyboardInterrupt

        def update(self, *rest: Any, **more: Any) -> None: ...

        def message(self, *rest: Any, **more: Any) -> None: ...

        def close(self) -> None: ...

    with pytest.raises(KeyboardInterrupt):
        w2v.train("new.txt", checkpoint="kept", **{**given, "progress": Stop()})
    again = w2v.train("new.txt", checkpoint="kept", resume=True, **given)
    np.testing.assert_array_equal(again.matrix, whole.matrix)
    assert again.words == whole.words


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"dim": 20}, "has 16 dimensions, and dim is 20"),
        ({"init": None, "init_words": "old"}, "there are no vectors to begin with"),
        ({"init": None, "freeze": "old"}, "there are no vectors to begin with"),
        ({"freeze": "old", "deterministic": True}, "the default way of training"),
        ({"freeze": "old", "shared_negatives": False}, "the default way of training"),
        ({"subwords": "3-6", "freeze": "old"}, "old.safetensors has no n-grams"),
        ({"subwords": "3-6", "freeze": "contexts", "deterministic": True}, "which no thread can own"),
        ({"final_learning_rate": 1.0}, "the learning rate cannot rise"),
    ],
)
def test_what_cannot_be(texts: tuple[list[str], list[str]], old: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        w2v.train(texts[1], progress=False, **{**GIVEN, "init": old, **given})


def test_frozen_contexts_must_be_there(texts: tuple[list[str], list[str]], old: Path, tmp_path: Path) -> None:
    w2v.save(w2v.load(old), tmp_path / "old.bin")
    with pytest.raises(SettingsError, match="has no vectors of contexts"):
        w2v.train(texts[1], init=tmp_path / "old.bin", freeze="contexts", progress=False, **GIVEN)


@pytest.mark.slow
def test_other_rules_for_words_are_told_once(tmp_path: Path, capsys: Any) -> None:
    lower, upper = (tmp_path / f"{name}.txt" for name in ("lower", "upper"))
    text = re.sub("[^a-z\n]+", " ", generate(3, sentences=1_000).text.decode().lower())
    lower.write_text(text, "utf-8")
    upper.write_text(text.upper(), "utf-8")
    given = ["--dim", "16", "--epochs", "1", "--threads", "1"]
    old, new = str(tmp_path / "old.safetensors"), str(tmp_path / "new.safetensors")
    assert main(["train", str(lower), "--lowercase", *given, "-o", old]) == 0
    capsys.readouterr()
    assert main(["train", str(upper), "--init", old, *given, "-o", new]) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert told.count("old.safetensors was trained with lowercase on, and now it is lowercase off") == 1
    assert told.count("give the options of the old run") == 1
    assert told.count("old.safetensors is in the vocabulary of the text: all its words begin at random") == 1
    assert main(["train", str(upper), "--lowercase", "--init", old, *given, "-o", new]) == 0
    told = capsys.readouterr().err
    assert "was trained with" not in told
    assert "no word of" not in told


@pytest.mark.slow
def test_the_command_line(
    texts: tuple[list[str], list[str]], old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("new.txt").write_text("\n".join(texts[1]), "utf-8")
    w2v.save(w2v.load(old), "old.bin")
    assert main(["train", "new.txt", "--init", "old.bin", "--dim", "16", "--epochs", "1", "-o", "more.bin"]) == 0
    told = capsys.readouterr().err
    assert "old.bin has no vectors of contexts" in told
    assert "words of the vectors occur in the text" in told
    assert "onlyold" in w2v.load("more.bin")
    assert main(["train", "new.txt", "--init", "new.txt", "--dim", "16"]) == 1
    assert main(["train", "new.txt", "--init", "more.bin", "--dim", "16", "-o", "more.bin"]) == 2  # its own input


def test_a_final_learning_rate() -> None:
    from w2v.training.schedule import LinearRate

    usual, set_ = LinearRate(0.05, 100, 2), LinearRate(0.05, 100, 2, 0.01)
    assert usual.at(0) == set_.at(0) == 0.05
    assert set_.at(1, 100) == pytest.approx(0.01)
    assert set_.at(1) == pytest.approx(0.03)
    assert usual.at(1, 100) == 0.05 * 1e-4


# With subwords: files that hold n-grams, w2v's own and fastText's


@pytest.fixture(scope="module")
def composed(texts: tuple[list[str], list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("composed") / "composed.safetensors"
    w2v.save(w2v.train(texts[0], keep_contexts=True, **SUBWORDS), path)
    return path


SUBWORDS: dict[str, Any] = {**GIVEN, "subwords": "3-6", "buckets": 20_000, "progress": False}
AT_REST = {**SUBWORDS, "learning_rate": 1e-9}
LEARNT = "onlyoldest"  # a word of no text, whose n-grams the old text has


@pytest.mark.slow
@pytest.mark.parametrize("model", ["sgns", "cbow"])
@pytest.mark.parametrize("suffix", ["safetensors", "bin"])
def test_words_ngrams_and_contexts_begin_where_the_file_ended(
    texts: tuple[list[str], list[str]], composed: Path, tmp_path: Path, model: str, suffix: str
) -> None:
    path, before = composed, w2v.load(composed)
    if suffix == "bin":  # fastText's own format, which has a row for every bucket
        path = tmp_path / "composed.bin"
        w2v.save(before, path, format="fasttext")
    after = w2v.train(texts[1], model, init=path, keep_contexts=True, **AT_REST)
    shared = [word for word in before.words if word in after]
    assert len(shared) == len(before)
    np.testing.assert_allclose(after[shared], before[shared], atol=1e-6)
    assert after.contexts is not None
    assert before.contexts is not None
    np.testing.assert_allclose(after.contexts[after.rows(shared)], before.contexts[before.rows(shared)], atol=1e-6)
    for word in (LEARNT, "onlyold"):
        now, then = (vectors.vector(word, unknown="subwords") for vectors in (after, before))
        np.testing.assert_allclose(now, then, atol=1e-6)
    assert after.subwords is not None
    assert before.subwords is not None
    assert len(before.subwords.buckets) < len(after.subwords.buckets) < 20_000
    composed_start = before.subwords.compose("onlynew")
    assert composed_start is not None
    assert np.dot(after["onlynew"], composed_start) > 0.9 * np.linalg.norm(composed_start) ** 2


@pytest.mark.slow
@pytest.mark.parametrize("words", ["old", "new", "union"])
def test_which_ngrams_the_result_has(texts: tuple[list[str], list[str]], composed: Path, words: str) -> None:
    from w2v.training.ngram_rows import buckets_of

    before = w2v.load(composed)
    after = w2v.train(texts[1], init=composed, init_words=words, **SUBWORDS)
    assert after.subwords is not None
    np.testing.assert_array_equal(after.subwords.buckets, buckets_of(after.words, after.subwords.ngrams))
    assert np.abs(after.subwords.rows[:]).max(axis=1).min() > 0, "each n-gram has a row of its own"
    if words != "new":
        np.testing.assert_array_equal(after["onlyold"], before["onlyold"])


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_frozen_keeps_its_bytes_with_subwords(
    texts: tuple[list[str], list[str]], composed: Path, threads: int
) -> None:
    before = w2v.load(composed)
    assert before.subwords is not None
    assert before.contexts is not None
    given = {**SUBWORDS, "threads": threads, "init": composed, "keep_contexts": True}
    after = w2v.train(texts[1], freeze="old", **given)
    rows = after.rows(before.words)
    assert after.contexts is not None
    assert after.subwords is not None
    assert after.matrix[rows].tobytes() == before.matrix.tobytes()
    assert after.contexts[rows].tobytes() == before.contexts.tobytes()
    there = np.searchsorted(after.subwords.buckets, before.subwords.buckets)
    assert after.subwords.rows[there].tobytes() == before.subwords.rows.tobytes()
    assert np.abs(after["onlynew"]).max() > 0.05  # new words are learnt
    compass = w2v.train(texts[1], freeze="contexts", **given)
    assert compass.contexts is not None
    assert compass.contexts[compass.rows(before.words)].tobytes() == before.contexts.tobytes()
    met = {word for line in texts[1] for word in line.split()}
    common = [word for word in before.words if word in met]
    moved = np.abs(compass[common] - before[common]).max(axis=1)
    assert (moved > 0).mean() > 0.9


@pytest.mark.slow
def test_plain_vectors_can_begin_a_run_with_subwords_and_the_other_way_round(
    texts: tuple[list[str], list[str]], old: Path, composed: Path
) -> None:
    plain, heard = w2v.load(old), Listening()
    after = w2v.train(texts[1], init=old, **{**AT_REST, "progress": heard})
    np.testing.assert_allclose(after[plain.words], plain.matrix, atol=1e-6)
    assert any("has no n-grams: these begin at random" in text for text in heard.messages)
    before, heard = w2v.load(composed), Listening()
    after = w2v.train(texts[1], init=composed, progress=heard, **{**GIVEN, "learning_rate": 1e-9})
    assert after.subwords is None
    np.testing.assert_allclose(after[before.words], before.matrix, atol=1e-6)
    assert any("--subwords 3-6 --buckets 20000 trains them further" in text for text in heard.messages)


def test_other_ngrams_are_refused(texts: tuple[list[str], list[str]], composed: Path) -> None:
    with pytest.raises(SettingsError, match="has n-grams of 3-6 letters in 20,000 buckets") as caught:
        w2v.train(texts[1], init=composed, **{**SUBWORDS, "subwords": "4-5"})
    assert caught.value.hint == "give --subwords 3-6 --buckets 20000"


def test_counts_and_tokenizer_are_completed(old: Path) -> None:
    before = w2v.load(old).only([0, 1, 2])
    new = w2v.Vectors([before.words[1], "new"], np.ones((2, 16), dtype=np.float32), [5, 3])
    whole = Beginning(before, "union").complete(new)
    assert before.counts is not None
    assert whole.words[-1] == "new"
    assert whole.counts is not None
    assert whole.counts.tolist() == sorted([before.counts[0], before.counts[1] + 5, before.counts[2], 3], reverse=True)
    bare = w2v.Vectors(before.words, before.matrix, tokenizer={"tokenizer": "words"})
    whole = Beginning(bare, "union").complete(new)
    assert whole.counts is not None
    assert dict(zip(whole.words, whole.counts.tolist(), strict=True)) == {
        before.words[1]: 5,
        "new": 3,
        before.words[0]: 0,
        before.words[2]: 0,
    }
    assert whole.tokenizer == {"tokenizer": "words"}


@pytest.mark.slow
def test_the_words_of_the_file_are_counted_in_memory_and_on_the_disk(
    texts: tuple[list[str], list[str]], composed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = tmp_path / "big.safetensors"
    before = w2v.load(composed)
    words = [*before.words, *(f"absent{number}" for number in range(40_000))]
    w2v.save(w2v.Vectors(words, np.ones((len(words), 16), dtype=np.float32), subwords=before.subwords), big)
    monkeypatch.setattr("w2v.training.requirements.free_memory", lambda: 3_000_000)
    w2v.train(texts[1], init=big, init_words="new", **SUBWORDS)
    with pytest.raises(SettingsError, match="words of 16 dimensions need") as caught:
        w2v.train(texts[1], init=big, **SUBWORDS)
    assert "--init-words new" in str(caught.value.hint)
    monkeypatch.setattr("w2v.training.beginning.free_memory", lambda: 1_000_000)
    monkeypatch.setattr("w2v.training.beginning.SMALL", 0)
    with pytest.raises(SettingsError, match="vectors to begin with") as caught:
        w2v.train(texts[1], init=big, **SUBWORDS)
    assert "w2v convert" in str(caught.value.hint)
