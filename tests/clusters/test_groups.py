"""Spherical k-means and silhouettes against naive twins; odd input; the command."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v import Vectors, save
from w2v.arrays import F32, F64, I64
from w2v.cli import main
from w2v.clusters import kmeans
from w2v.clusters.groups import silhouettes
from w2v.errors import SettingsError, UnknownWordsError
from w2v.progress import NullProgress


def unit(rows: F64) -> F32:
    made: F32 = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return made


def clouds(sizes: tuple[int, ...] = (40, 25, 10), dim: int = 8, spread: float = 0.15, seed: int = 0) -> Vectors:
    """Groups around directions at right angles; the words of group g are called g0, g1, …"""
    rng = np.random.default_rng(seed)
    rows, words = [], []
    for group, size in enumerate(sizes):
        rows.append(np.eye(dim)[group] + spread * rng.normal(size=(size, dim)))
        words += [f"{'abcdefgh'[group]}{number}" for number in range(size)]
    matrix = np.concatenate(rows) * rng.uniform(0.5, 3, size=(len(words), 1))
    return Vectors(words, matrix.astype(np.float32))


def naive_rounds(rows: F32, centres: F64) -> tuple[I64, F64]:
    """Lloyd's rounds, a row at a time."""
    wide, before = rows.astype(np.float64), None
    while True:
        labels = np.array([max(range(len(centres)), key=lambda g: (row @ centres[g], -g)) for row in wide])
        if before is not None and (labels == before).all():
            return labels, centres
        before = labels
        sums = np.array([wide[labels == group].sum(axis=0) for group in range(len(centres))])
        centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)


def naive_silhouettes(rows: F32, labels: I64) -> F64:
    """By the definition: from the distances of all pairs."""
    distances = 1 - rows.astype(np.float64) @ rows.astype(np.float64).T
    found = []
    for row, label in enumerate(labels):
        own = [other for other in np.flatnonzero(labels == label) if other != row]
        if not own:
            found.append(0.0)
            continue
        inside = distances[row, own].mean()
        outside = min(distances[row, labels == other].mean() for other in set(labels.tolist()) - {label})
        found.append((outside - inside) / max(inside, outside))
    return np.array(found)


def test_groups_that_are_there_are_found() -> None:
    found = w2v.groups(clouds(), 3)
    assert [group.size for group in found.groups] == [40, 25, 10]
    for number, letter in zip((1, 2, 3), "abc", strict=True):
        assert {word[0] for word in found[number]} == {letter}
    assert found.silhouette is not None
    assert found.silhouette > 0.6
    assert [each.name for each in found.groups[0].typical] == found[1][:10]
    assert found.groups[0].typical[0].score >= found.groups[0].typical[1].score
    with pytest.raises(KeyError):
        found[4]


@pytest.mark.parametrize("seed", range(4))
def test_rounds_are_those_of_the_naive_twin(seed: int) -> None:
    rows = unit(np.random.default_rng(seed).normal(size=(200, 6)))
    centres = kmeans._seeds(rows, 7, np.random.default_rng(seed))
    labels, ends = naive_rounds(rows, centres)
    found = kmeans._settled(rows, centres)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_allclose(found.centres, ends)
    assert found.converged
    assert found.objective == pytest.approx((rows * ends[labels]).sum(axis=1).mean(), abs=1e-6)


def test_silhouettes_are_those_of_all_pairs() -> None:
    rows = unit(np.random.default_rng(1).normal(size=(120, 5)))
    labels = kmeans.cluster(rows, 6, seed=0, starts=1, progress=NullProgress()).labels
    labels[labels == 5] = 4
    labels[0] = 5  # alone
    expected = naive_silhouettes(rows, labels)
    np.testing.assert_allclose(silhouettes(rows, labels, 6), expected, atol=1e-6)


def test_more_starts_are_never_worse() -> None:
    rows = unit(np.random.default_rng(2).normal(size=(300, 4)))
    scores = [kmeans.cluster(rows, 9, seed=3, starts=n, progress=NullProgress()).objective for n in (1, 2, 5)]
    assert scores == sorted(scores)


def test_kmeans_plus_plus_spreads_the_first_centres() -> None:
    """Of three tight clouds of which one is tiny, the first centres are nearly always one of each."""
    vectors = clouds((200, 200, 4), spread=0.01)
    rows = unit(vectors.matrix.astype(np.float64))
    hits = 0
    for seed in range(20):
        seeds = kmeans._seeds(rows, 3, np.random.default_rng(seed))
        hits += len(set(np.abs(seeds).argmax(axis=1).tolist())) == 3
    assert hits >= 18


def test_the_seed_decides_and_nothing_else() -> None:
    vectors = Vectors([f"w{n}" for n in range(400)], np.random.default_rng(0).normal(size=(400, 16)))
    first, again, other = (w2v.groups(vectors, 12, seed=seed, starts=1) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.labels, again.labels)
    assert not np.array_equal(first.labels, other.labels)


@pytest.mark.slow
def test_threads_of_the_library_change_nothing(tmp_path: Path) -> None:
    save(Vectors([f"w{n}" for n in range(3000)], np.random.default_rng(0).normal(size=(3000, 64))), tmp_path / "v.bin")
    command = [sys.executable, "-m", "w2v", "groups", "-k", "25", "-m", "v.bin", "--starts", "1", "--format", "csv"]
    outputs = set()
    for threads in ("1", "2"):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_rows_between_two_centres_are_decided_exactly() -> None:
    """Rounding in single precision must not decide: rows that are equally near go to the first centre."""
    centres = np.array([[0.6, 0.8], [0.8, 0.6], [0.6, 0.8]])
    rows = unit(np.array([[1.0, 1.0], [1.0, 1.0 + 1e-6], [1.0 + 1e-6, 1.0], [0.0, 1.0]]))
    labels, cosines = kmeans._assigned(rows, centres)
    exact = (rows.astype(np.float64)[:, None] * centres).sum(axis=2)
    np.testing.assert_array_equal(labels, exact.argmax(axis=1))
    np.testing.assert_allclose(cosines, exact.max(axis=1))


# --------------------------------------------------------------------------- odd input


def test_as_many_groups_as_words() -> None:
    found = w2v.groups(clouds((5, 3)), 8)
    assert sorted(group.size for group in found.groups) == [1] * 8
    assert found.silhouette == 0


def test_one_group() -> None:
    found = w2v.groups(clouds((5,)), 1)
    assert (len(found), found.silhouette, found.groups[0].silhouette) == (1, None, None)
    assert found.rows()[0]["silhouette"] is None


def test_rows_of_one_direction_are_one_group() -> None:
    """Fewer directions than groups: fewer groups, and none is empty."""
    rows = np.array([[1, 0], [2, 0], [3, 0], [0, 1], [0, 5]], dtype=np.float32)
    found = w2v.groups(Vectors(list("abcde"), rows), 4)
    assert [group.size for group in found.groups] == [3, 2]
    assert found.asked == 4
    assert found.silhouette == pytest.approx(1.0)
    same = w2v.groups(Vectors(list("abc"), np.ones((3, 2))), 3)
    assert [group.size for group in same.groups] == [3]


def test_rows_without_a_direction_are_in_no_group() -> None:
    vectors = clouds((6, 4))
    matrix = np.concatenate([np.zeros((1, 8)), vectors.matrix])
    found = w2v.groups(Vectors(["zero", *vectors.words], matrix), 2)
    assert (found.labels[0], found.without_direction) == (0, 1)
    assert found.rows()[0] == {"word": "zero", "group": None, "cosine": None, "silhouette": None}
    assert found.silhouette == pytest.approx(w2v.groups(vectors, 2).silhouette)
    with pytest.raises(SettingsError, match="1 groups of 0 words with a direction"):
        w2v.groups(Vectors(["a"], [[0.0, 0.0]]), 1)


def test_an_empty_group_gets_the_farthest_row() -> None:
    labels = kmeans._without_empty(np.array([0, 0, 0, 2]), np.array([0.9, 0.1, 0.5, 0.0]), 4)
    np.testing.assert_array_equal(labels, [0, 1, 3, 2])


def test_lengths_do_not_matter_not_even_extreme_ones() -> None:
    vectors = clouds()
    scaled = vectors.matrix * np.where(np.arange(len(vectors)) % 2, 1e-30, 1e30)[:, None].astype(np.float32)
    np.testing.assert_array_equal(w2v.groups(vectors, 3).labels, w2v.groups(Vectors(vectors.words, scaled), 3).labels)


def test_what_is_refused() -> None:
    vectors = clouds((4, 3))
    for wanted in ({"k": 8}, {"k": 0}, {"k": 2, "seed": -1}, {"k": 2, "starts": 0}, {"k": 2, "restrict_vocab": 0}):
        with pytest.raises(SettingsError) as raised:
            w2v.groups(vectors, **wanted)
        assert raised.value.hint
    with pytest.raises(UnknownWordsError):
        w2v.groups(vectors, 2, words=["a0", "zebra"])


def test_some_words_only() -> None:
    found = w2v.groups(clouds(), 2, words=["a0", "b0", "a1", "b1", "a0"])
    assert sorted(found.members) == ["a0", "a1", "b0", "b1"]
    assert {frozenset(found[1]), frozenset(found[2])} == {frozenset({"a0", "a1"}), frozenset({"b0", "b1"})}
    assert len(w2v.groups(clouds(), 2, restrict_vocab=30).members) == 30


# --------------------------------------------------------------------------- the command


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    save(clouds(), "vectors.safetensors")
    return tmp_path


@pytest.mark.usefixtures("inside")
def test_the_command_and_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["groups", "-k", "3", "-o", "g.csv", "-o", "g.jsonl", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "w2v.groups/1"
    assert [group["size"] for group in found["groups"]] == [40, 25, 10]
    assert found["members"] == len(found["words"]) == 75
    with open("g.csv", encoding="utf-8", newline="") as file:
        table = {row["word"]: row["group"] for row in csv.DictReader(file)}
    assert table["a0"] == "1"
    assert table["c9"] == "3"
    assert json.loads(Path("g.jsonl").read_text("utf-8").splitlines()[0])["word"] == "a0"
    assert main(["groups", "-k", "3"]) == 0
    shown = capsys.readouterr().out
    assert "75 words of vectors.safetensors in 3 groups" in shown


@pytest.mark.usefixtures("inside")
def test_the_command_takes_words(capsys: pytest.CaptureFixture[str]) -> None:
    Path("words.txt").write_text("a0\nb0\nzebra\na1\n")
    assert main(["groups", "-k", "2", "-i", "words.txt"]) == 1
    assert "zebra" in capsys.readouterr().err
    assert main(["groups", "-k", "2", "-i", "words.txt", "--unknown-words", "skip", "--format", "csv"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "word,group,cosine,silhouette"
    assert [line.split(",")[:2] for line in out[1:]] == [["a0", "1"], ["b0", "2"], ["a1", "1"]]
    for options, what in (
        (["-k", "9", "a0", "b0"], "9 groups of 2 words"),
        (["-k", "1", "a0 + b0"], "is a sum"),
        (["-k", "1", "c0", "--restrict-vocab", "3"], "none of these words"),
        (["-k", "2", "-o", "g.bin"], "no table has that ending"),
        (["-k", "2", "-o", "vectors.csv", "-m", "vectors.csv"], ""),
        ([], "-k"),
    ):
        assert main(["groups", *options]) == 2
        assert what in capsys.readouterr().err
