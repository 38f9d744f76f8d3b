"""Deals of two texts: what is dealt, how halves are trained, and that a run which is stopped goes on."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compare.deals.conftest import DEALS, DOCUMENTS, MOVED, Toy, run
from hypothesis import given
from hypothesis import strategies as st
from listening import Listening

import w2v
from w2v.compare.deals import dealing
from w2v.compare.deals.dealing import CORPORA, documents_of, seed_of
from w2v.compare.deals.halves import train_half
from w2v.compare.deals.kept import load_deal
from w2v.compare.deals.pool import LINES, Pool, cut_documents, pool_of
from w2v.compare.deals.recipe import Recipe, recipe_of
from w2v.compare.deals.testing import DriftTest, calibrated_drift
from w2v.errors import CorpusError, OutputError, SettingsError, VocabularyError
from w2v.progress import NullProgress
from w2v.tokens import prepare
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.word_lists import WordLists
from w2v.training.models import MODELS


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 12))
def test_documents_are_cut_at_line_ends(lengths: list[int], size: int) -> None:
    lines = [np.arange(length, dtype=np.int32) for length in lengths if length]
    tokens = np.concatenate([np.append(line, np.int32(-1)) for line in lines] or [np.empty(0, dtype=np.int32)])
    cut, ends = cut_documents(tokens, size)
    assert cut[cut >= 0].tolist() == tokens[tokens >= 0].tolist()
    pieces = np.split(cut, ends[:-1]) if len(ends) else []
    assert sum(map(len, pieces)) == len(cut)
    assert all(piece[-1] == -1 and len(piece) <= 2 * size + 1 for piece in pieces)
    assert all(len(piece) >= size for piece in pieces[:-1])
    whole, line_ends = cut_documents(tokens, LINES)
    assert whole.tolist() == tokens.tolist()
    assert len(line_ends) == len(lines)


@pytest.fixture(scope="module")
def pool(toy: Toy) -> Pool:
    caches = [prepare(text, CorpusConfig(min_count=1), cache_dir=toy.cache) for text in toy.texts]
    return pool_of(caches, LINES)


def test_a_pool_holds_both_texts(toy: Toy, pool: Pool) -> None:
    assert pool.documents == 2 * DOCUMENTS
    assert pool.first == DOCUMENTS
    text = "".join(Path(name).read_text("utf-8") for name in toy.texts)
    spelt = [pool.words[word] if word >= 0 else "\n" for word in pool.tokens.tolist()]
    assert Counter(spelt) == Counter([*text.split(), *("\n" for _ in range(2 * DOCUMENTS))])
    lines = [set(line.split()) for line in text.splitlines()]
    word = pool.words.index(MOVED[0])
    assert pool.documents_with(np.array([word])).tolist() == [sum(MOVED[0] in line for line in lines)]


def test_each_deal_exchanges_documents_at_random(pool: Pool) -> None:
    """Under the null a document is in either half of a deal by chance alone; the corpora are in their own."""
    shares = []
    for deal in range(1, 40):
        first, second = (documents_of(pool, deal, half, 1) for half in (0, 1))
        assert len(first) == pool.first
        assert np.array_equal(np.sort(np.concatenate([first, second])), np.arange(pool.documents))
        shares.append((first < pool.first).mean())
    assert abs(np.mean(shares) - 0.5) < 0.02
    assert 0.01 < np.std(shares) < 0.04
    assert documents_of(pool, CORPORA, 0, 1).tolist() == list(range(DOCUMENTS))
    assert documents_of(pool, 1, 0, 1).tolist() != documents_of(pool, 1, 0, 2).tolist()
    assert len({seed_of(deal, half, seed) for deal in range(9) for half in (0, 1) for seed in (1, 2)}) == 36


@pytest.mark.parametrize("model", ["sgns", "cbow", "glove"])
def test_a_half_is_trained_as_any_text(pool: Pool, model: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"dim": 6, "epochs": 2}
    kind = MODELS[model]
    recipe = Recipe(kind, kind.settings(**settings), CorpusConfig(min_count=2, max_vocab=150), WordLists())
    half = documents_of(pool, 1, 0, 1)
    told: list[float] = []
    first, second = (train_half(pool, half, recipe, 5, folder=tmp_path, tell=told.append) for _ in range(2))
    assert first.rows.tobytes() == second.rows.tobytes()
    assert first.rows.shape == (150, 6)
    assert (first.contexts is None) == (model == "glove")
    assert np.isfinite(first.rows).all()
    assert (np.diff(first.counts) <= 0).all()
    assert train_half(pool, half, recipe, 6, folder=tmp_path).rows.tobytes() != first.rows.tobytes()
    assert all(0 <= share <= 1 for share in told)


@pytest.mark.parametrize("settings", [{"stop_words": "en"}, {"max_count": 300}])
def test_a_half_keeps_to_the_lists_of_words(pool: Pool, settings: dict[str, Any], tmp_path: Path) -> None:
    from w2v.compare.deals.halves import token_data
    from w2v.tokens.word_lists import lists_of

    text = CorpusConfig(min_count=2, **settings)
    recipe = Recipe(MODELS["sgns"], MODELS["sgns"].settings(), text, lists_of(text))
    data, words = token_data(pool.joined(documents_of(pool, 1, 0, 1)), pool, recipe, tmp_path)
    assert data.cache.tokens.max() == len(words) - 1
    assert np.array_equal(np.bincount(data.cache.tokens[data.cache.tokens >= 0]), data.vocabulary.counts)
    if "max_count" in settings:
        assert data.vocabulary.counts.max() <= 300


def deals_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*/*.deal"))}


def test_words_that_traded_places_are_found(whole: tuple[Path, DriftTest]) -> None:
    test = whole[1]
    assert {test.words[at] for at in test.found(test.moved).tolist()} == set(MOVED)
    assert test.measures == ("procrustes", "contexts", "second_order")
    assert test.tested == len(test) == 160
    row = test.of(MOVED[0])
    assert row is not None
    assert row["procrustes"] > row["high"] > row["usual"]
    assert test.of("nonsense") is None


def test_nothing_is_found_where_the_texts_are_dealt(toy: Toy, whole: tuple[Path, DriftTest]) -> None:
    """Each deal in the place of the texts, against the others: nothing differs between its halves."""
    from w2v.compare.deals.testing import judged

    folder, test = whole
    more = run(toy, folder, deals=5)
    scores = [load_deal(path)[2] for path in sorted(folder.glob("*/*.deal"))[1:]]
    assert len(scores) == more.deals == 5
    facts: Any = {"seed": 1, "min_count": 20, "documents": (1, 1), "block": 0}
    for each in range(len(scores)):
        order = [scores[each], *(other for at, other in enumerate(scores) if at != each)]
        null = judged(("a", "b"), test.words, test.counts, np.full(len(test), 30), order, **facts)
        assert not len(null.found(null.moved))


def test_more_deals_keep_those_that_are_there(toy: Toy, whole: tuple[Path, DriftTest], tmp_path: Path) -> None:
    folder, before = whole
    trained: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dealing, "train_half", lambda *given, **named: trained.append(given))
        again = run(toy, folder)
    assert not trained
    assert np.array_equal(again.moved.z, before.moved.z)


class _Stops(NullProgress):
    """Interrupts, as Ctrl-C does, once a deal has been kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def update(self, done: int, **fields: float | str) -> None:
        if deals_in(self.folder):
            raise KeyboardInterrupt


def test_a_run_that_is_interrupted_goes_on(toy: Toy, whole: tuple[Path, DriftTest], tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(toy, tmp_path, progress=_Stops(tmp_path), deals=40, threads=1)
    first = deals_in(tmp_path)
    assert 0 < len(first) < 41
    test = run(toy, tmp_path)
    assert np.array_equal(test.moved.z, whole[1].moved.z)
    after, expected = deals_in(tmp_path), deals_in(whole[0])
    assert all(after[name] == expected[name] for name in expected if name < "0004")
    assert all(after[name] == data for name, data in first.items())


def test_a_run_that_is_killed_goes_on(toy: Toy, whole: tuple[Path, DriftTest], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "w2v", "drift", *toy.files, "--min-count", "20", "--deal-block", "lines"]
    command += ["--deals", "200", "--run-dir", str(tmp_path)]
    command += [part for text in toy.texts for part in ("--corpus", text)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not deals_in(tmp_path):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert deals_in(tmp_path)
    assert np.array_equal(run(toy, tmp_path).moved.z, whole[1].moved.z)


@pytest.mark.parametrize("damage", ["cut", "changed", "of another run", "not private"])
def test_a_damaged_deal_is_trained_again(toy: Toy, whole: tuple[Path, DriftTest], tmp_path: Path, damage: str) -> None:
    shutil.copytree(whole[0], tmp_path, dirs_exist_ok=True)
    (path,) = tmp_path.glob("*/0002.deal")
    good = path.read_bytes()
    if damage == "cut":
        path.write_bytes(good[:-5])
    elif damage == "changed":
        path.write_bytes(good[:-200] + bytes([good[-200] ^ 1]) + good[-199:])
    elif damage == "of another run":
        path.write_bytes(path.with_name("0001.deal").read_bytes())
    else:
        path.chmod(0o666)
    heard = Listening()

    test = run(toy, tmp_path, progress=heard)
    assert any("this deal is trained again" in text for text in heard.messages)
    assert np.array_equal(test.moved.z, whole[1].moved.z)
    assert path.read_bytes() == good


def test_threads_change_nothing(toy: Toy, whole: tuple[Path, DriftTest], tmp_path: Path) -> None:
    run(toy, tmp_path, threads=1)
    assert deals_in(tmp_path) == {name: data for name, data in deals_in(whole[0]).items() if name < "0004"}


def test_a_failure_in_a_training_ends_all(toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object, **named: object) -> None:
        raise VocabularyError("nothing is left")

    monkeypatch.setattr(dealing, "train_half", fail)
    with pytest.raises(VocabularyError, match="nothing is left"):
        run(toy, tmp_path)


def test_a_full_disk_and_a_folder_that_cannot_be_made(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make the folder"):
        run(toy, tmp_path / "file")
    monkeypatch.setattr("w2v.compare.deals.dealing.train_half", lambda *given, **named: pytest.fail("it trained"))
    monkeypatch.setattr("w2v.files.whole._free", lambda path: 1000)
    with pytest.raises(OutputError, match="and 1,000 are free there"):
        run(toy, tmp_path / "full")


def test_memory_for_no_training(toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dealing, "free_memory", lambda: 1000)
    with pytest.raises(SettingsError, match="a training of a deal needs about"):
        run(toy, tmp_path)


def test_texts_must_be_those_of_the_files(toy: Toy, whole: tuple[Path, DriftTest], tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is not the text that"):
        calibrated_drift(toy.vectors, toy.texts[::-1], cache_dir=toy.cache)
    packed = []
    for text in toy.texts:
        packed.append(str(tmp_path / f"{Path(text).name}.gz"))
        Path(packed[-1]).write_bytes(gzip.compress(Path(text).read_bytes()))
    assert recipe_of(toy.vectors).values["dim"] == 10
    found = calibrated_drift(
        toy.vectors, packed, deals=3, min_count=20, block=LINES, run_dir=whole[0], cache_dir=tmp_path
    )
    assert np.array_equal(found.moved.z, whole[1].moved.z)


def test_two_files_and_two_texts_are_needed(toy: Toy, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="2 files and 1 text were"):
        calibrated_drift(toy.vectors, toy.texts[:1], cache_dir=toy.cache)
    with pytest.raises(SettingsError, match="deals is 2"):
        calibrated_drift(toy.vectors, toy.texts, deals=2, cache_dir=toy.cache)


def test_too_few_words_or_documents(toy: Toy, tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match="0 words occur at least 5,000 times in each text"):
        run(toy, tmp_path, min_count=5_000)
    with pytest.raises(CorpusError, match="too few to be dealt"):
        run(toy, tmp_path, block=1_000_000)


def test_from_python_and_in_a_notebook(toy: Toy, whole: tuple[Path, DriftTest]) -> None:
    found = w2v.drift(
        *toy.files, corpora=toy.texts, deals=DEALS, min_count=20, block=LINES, run_dir=whole[0], words=[MOVED[0]]
    )
    assert found.significance is not None
    assert set(found.significance.to_dict()["moved"]) == set(MOVED)
    assert {each.word for each in found.most_changed(2)} == set(MOVED)
    assert found[MOVED[0]].significance["moved_q"] < 0.05
    assert os.listdir(whole[0])
