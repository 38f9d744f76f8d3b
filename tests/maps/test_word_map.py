"""Maps of words from Python: layouts, neighbours, groups, what is kept, places that are used again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from listening import Listening

import w2v
from w2v import Vectors
from w2v.arrays import F64
from w2v.errors import FormatError, SettingsError, UnknownWordsError
from w2v.maps.kept import share_kept
from w2v.maps.layout import Layout
from w2v.maps.packing import planes_of, steps_of, unpacked
from w2v.maps.result import WordMap
from w2v.progress import NullProgress


def clouds(size: int = 60, groups: int = 4, dim: int = 12, seed: int = 0) -> Vectors:
    """Words around `groups` directions; word number i is in cloud i modulo `groups`, and called "cloud-i"."""
    rng = np.random.default_rng(seed)
    rows = np.eye(dim)[np.arange(size) % groups] + 0.25 * rng.normal(size=(size, dim))
    words = [f"{'abcdefgh'[row % groups]}-{row}" for row in range(size)]
    matrix = rows * rng.uniform(0.5, 3, size=(size, 1))
    return Vectors(words, matrix.astype(np.float32), np.arange(10 * size, 9 * size, -1))


@pytest.fixture(scope="module")
def drawn() -> WordMap:
    return w2v.word_map(clouds(), layout="pca", groups=4)


def naive_neighbours(vectors: Vectors, k: int) -> tuple[list[list[int]], F64]:
    units = vectors.matrix.astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    cosines = units @ units.T
    np.fill_diagonal(cosines, -2)
    order = np.argsort(-cosines, axis=1)[:, :k]
    return order.tolist(), np.take_along_axis(cosines, order, axis=1)


def naive_kept(positions: F64, nearest: list[list[int]]) -> float:
    shares = []
    for row, (place, near) in enumerate(zip(positions, nearest, strict=True)):
        far = np.linalg.norm(positions - place, axis=1)
        far[row] = np.inf
        shares.append(len(set(np.argsort(far, kind="stable")[: len(near)].tolist()) & set(near)) / len(near))
    return float(np.mean(shares))


def test_neighbours_are_those_of_the_full_space(drawn: WordMap) -> None:
    near, cosines = naive_neighbours(clouds(), 10)
    assert drawn.neighbours.tolist() == near
    assert np.allclose(drawn.similarities, cosines, atol=1e-6)


def test_the_share_that_is_kept(drawn: WordMap) -> None:
    near, _ = naive_neighbours(clouds(), 15)
    assert drawn.near == 15
    assert drawn.kept == pytest.approx(naive_kept(drawn.positions, near), abs=1e-12)
    line = np.stack([np.arange(30.0) ** 1.01, np.zeros(30)], axis=1)
    far = np.abs(line[:, :1] - line[:, 0])
    np.fill_diagonal(far, np.inf)
    assert share_kept(line, np.argsort(far, axis=1)[:, :4]) == 1.0
    assert 0 <= share_kept(np.zeros((30, 2)), np.argsort(far, axis=1)[:, :4]) <= 1  # all words in one place


def test_pca_is_the_plane_of_the_largest_variance(drawn: WordMap) -> None:
    units = clouds().unit.astype(np.float64)
    units -= units.mean(axis=0)
    values = np.linalg.svd(units, compute_uv=False)
    assert np.linalg.norm(drawn.positions, axis=0) == pytest.approx(values[:2], rel=1e-5)


def test_groups_are_named_by_frequent_central_words(drawn: WordMap) -> None:
    assert [each.number for each in drawn.groups] == [1, 2, 3, 4]
    named = [{word[0] for word in group.name.split(", ")} for group in drawn.groups]
    assert sorted(map(sorted, named)) == [["a"], ["b"], ["c"], ["d"]]
    many = w2v.word_map(clouds(4_000, dim=6), layout="pca", groups=2, restrict_vocab=4_000)
    for group in many.groups:
        rows = np.flatnonzero(many.labels == group.number)
        for word in group.name.split(", "):
            assert list(rows).index(many.words.index(word)) < max(30, len(rows) // 10)


def test_the_same_seed_gives_the_same_bytes(drawn: WordMap) -> None:
    again = w2v.word_map(clouds(), layout="pca", groups=4)
    assert again.to_html() == drawn.to_html()


def test_which_words(capsys: pytest.CaptureFixture[str]) -> None:
    vectors = clouds()
    chosen = w2v.word_map(vectors, words=["d-7", "a-4", "b-1", "a-4"], layout="pca", groups=8)
    assert list(chosen.words) == ["b-1", "a-4", "d-7"]
    assert chosen.neighbours.shape == (3, 2)
    assert (chosen.near, len(chosen.groups)) == (2, 3)
    assert len(w2v.word_map(vectors, restrict_vocab=20, layout="pca")) == 20
    with pytest.raises(UnknownWordsError):
        w2v.word_map(vectors, words=["nothing"], layout="pca")
    with pytest.raises(SettingsError, match="2 words are too few"):
        w2v.word_map(vectors, restrict_vocab=2, layout="pca")
    with pytest.raises(SettingsError, match="no layout 'sphere'"):
        w2v.word_map(vectors, layout="sphere")
    with pytest.raises(SettingsError, match="300 groups"):
        w2v.word_map(vectors, layout="pca", groups=300)


def test_too_many_words() -> None:
    vectors = Vectors.unchecked([str(row) for row in range(70_001)], np.ones((70_001, 1), dtype=np.float32))
    with pytest.raises(SettingsError, match="70,001 words are too many") as caught:
        w2v.word_map(vectors, restrict_vocab=80_000, layout="pca")
    assert "--limit 70000" in caught.value.hint


def test_words_without_a_direction_are_left_out() -> None:
    vectors = clouds()
    matrix = vectors.matrix.copy()
    matrix[[3, 8]] = 0
    heard = Listening()
    made = w2v.word_map(Vectors(vectors.words, matrix), layout="pca", progress=heard)
    assert heard.messages == ["not on the map: 2 words without a direction (a row of zeros, or no numbers)"]
    assert len(made) == 58
    assert vectors.words[3] not in made.words
    assert made.counts is None


@pytest.mark.parametrize("layout", ["pca", "tsne"])
def test_words_in_one_place_and_on_a_line(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if layout == "tsne":
        pytest.importorskip("openTSNE")
    monkeypatch.setattr("w2v.maps.tsne.LATE", 20)
    monkeypatch.setattr("w2v.maps.tsne.EARLY", 20)
    one = w2v.word_map(Vectors([f"w{row}" for row in range(12)], np.ones((12, 3))), layout=layout)
    assert np.isfinite(one.positions).all()
    assert "w11" in json.loads(unpacked(one.to_html())[1]["words"])
    line = w2v.word_map(Vectors([f"w{row}" for row in range(9)], np.linspace(-1, 1, 9)[:, None] + 0.01), layout=layout)
    assert np.isfinite(line.positions).all()


def test_the_library_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, library in (("tsne", "openTSNE"), ("umap", "umap-learn")):
        monkeypatch.setattr(f"w2v.maps.{name}.find_spec", lambda name: None)
        with pytest.raises(SettingsError, match=f"needs the library {library}") as caught:
            w2v.word_map(clouds(), layout=name)
        assert "pip install" in caught.value.hint


@pytest.mark.slow
def test_tsne_keeps_more_than_pca_and_repeats_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openTSNE")
    monkeypatch.setattr("w2v.maps.tsne.LATE", 120)
    monkeypatch.setattr("w2v.maps.tsne.EARLY", 80)
    vectors = clouds(300, groups=6, dim=20)
    heard: list[tuple[str, int | None]] = []
    steps: list[int] = []

    class Steps(NullProgress):
        def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
            heard.append((name, total))

        def update(self, done: int, **fields: float | str) -> None:
            if heard[-1][0].endswith("t-SNE"):
                steps.append(done)

    made = w2v.word_map(vectors, layout="tsne", progress=Steps())
    assert made.kept > w2v.word_map(vectors, layout="pca").kept + 0.1
    assert ("placing words by t-SNE", 200) in heard
    assert steps == list(range(10, 201, 10))
    assert made.to_html() == w2v.word_map(vectors, layout="tsne").to_html()


def test_places_are_used_again(drawn: WordMap, tmp_path: Path) -> None:
    page = drawn.save(tmp_path / "map.html")
    again = w2v.word_map(clouds(), positions=page, groups=2)
    assert (again.layout, len(again.groups)) == ("PCA", 2)
    assert unpacked(again.to_html())[1]["positions"] == unpacked(drawn.to_html())[1]["positions"]
    scale = np.ptp(again.positions, axis=0).max() / np.ptp(drawn.positions, axis=0).max()
    moved = (drawn.positions - drawn.positions[0]) * scale
    assert np.allclose(again.positions - again.positions[0], moved, atol=2)
    table = tmp_path / "map.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["word", "x", "y"])
        writer.writeheader()
        writer.writerows({"word": word, "x": row, "y": -row} for row, word in enumerate(["a-0", "c-2", "b-5", "gone"]))
    heard = Listening()
    few = w2v.word_map(clouds(), positions=table, progress=heard)
    assert list(few.words) == ["a-0", "c-2", "b-5"]
    assert few.positions.tolist() == [[0, 0], [1, -1], [2, -2]]
    assert few.layout == "the places in map.csv"
    assert heard.messages == ["not on the map: 1 word of map.csv not in the vectors"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("map.csv", "word,x\na,1\n", "no column 'y'"),
        ("map.csv", "word,x,y\na,1,nan\n", "is no place"),
        ("map.tsv", "word\tx\ty\na\tone\t2\n", "could not convert"),
        ("map.jsonl", "[1, 2]\n", ""),
        ("map.jsonl", "{", ""),
        ("map.txt", "a 1 2\n", "its name ends in '.txt'"),
        ("map.html", "<p>", "it is no page of a map"),
    ],
)
def test_files_without_places(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(FormatError) as caught:
        w2v.word_map(clouds(), positions=tmp_path / name)
    assert said in caught.value.message
    assert "word, x and y" in caught.value.hint


def test_a_damaged_page(drawn: WordMap, tmp_path: Path) -> None:
    page = drawn.to_html()
    at = page.index('id="data-positions">') + 60
    for bad in (page[:at] + page[at + 9 :], page[:at] + "AA!A" + page[at + 4 :], page.replace("data-words", "x")):
        (tmp_path / "map.html").write_text(bad, "utf-8")
        with pytest.raises(FormatError, match="cannot read places"):
            w2v.word_map(clouds(), positions=tmp_path / "map.html")


def test_an_interrupted_layout_keeps_its_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stops(Layout):
        name, title = "stops", "Stops"

        def place(self, space: object, positions: F64, *, seed: int, progress: object) -> None:
            positions[:] = np.arange(positions.size).reshape(positions.shape)
            self.reached = "step 1 of 2"
            raise KeyboardInterrupt

    monkeypatch.setattr("w2v.maps.making.layout_named", lambda name: Stops())
    heard = Listening()
    with pytest.raises(KeyboardInterrupt):
        w2v.word_map(clouds(), rescue=tmp_path / "places.csv", progress=heard)
    assert heard.messages[-1].startswith("Stops, interrupted at step 1 of 2: the places so far are in ")
    made = w2v.word_map(clouds(), positions=tmp_path / "places.csv")
    assert made.layout == "Stops, interrupted at step 1 of 2"
    assert made.positions[1].tolist() == [2, 3]


def test_packing() -> None:
    neighbours = np.array([[1, 70_000], [65_536, 2]])
    assert planes_of(neighbours).shape == (2, 2, 2)
    many = np.zeros((70_001, 1), dtype=np.int64)
    many[5] = 70_000
    planes = planes_of(many)
    assert planes.shape == (3, 70_001, 1)
    assert sum(int(planes[byte, 5, 0]) << 8 * byte for byte in range(3)) == 70_000
    falls = steps_of(np.array([[1.0, 0.5, -0.2], [0.3, 0.3, 0.3]]))
    assert np.cumsum(falls.astype(int) * np.array([[1], [-1], [-1]]), axis=0).T.tolist() == [[255, 128, 0], [76] * 3]


def test_what_is_given_on(drawn: WordMap) -> None:
    summary = drawn.to_dict()
    assert (summary["words"], summary["layout"], summary["near"]) == (60, "PCA", 15)
    assert len(drawn.to_frame()) == 60
    assert "keeps" in drawn._repr_html_()
    assert drawn.describe().startswith("the map keeps ")


@pytest.mark.parametrize("chosen", [{"restrict_vocab": 40}, {"words": ["w3", "w5", "w8", "w60", "w110"]}])
def test_near_words_that_are_not_on_the_map_are_known(chosen: dict[str, Any]) -> None:
    rng = np.random.default_rng(7)
    matrix = rng.normal(size=(120, 6))
    matrix[50] = 0
    words = [f"w{row}" for row in range(120)]
    made = w2v.word_map(w2v.Vectors(words, matrix.astype(np.float32)), layout="pca", groups=2, **chosen)
    units = matrix / np.linalg.norm(matrix, axis=1, keepdims=True).clip(1e-9)
    ends = np.cumsum(made.beyond.sizes)
    for word, start, end in zip(made.words, ends - made.beyond.sizes, ends, strict=True):
        own = words.index(word)
        cosines = units @ units[own]
        cosines[[own, 50]] = -1
        nearest = [words[row] for row in np.argsort(-cosines)[:10]]
        assert [made.beyond.words[row] for row in made.beyond.numbers[start:end]] == [
            other for other in nearest if other not in made.words
        ]
        assert made.beyond.similarities[start:end] == pytest.approx(
            [cosines[words.index(other)] for other in nearest if other not in made.words], abs=1e-6
        )
    assert made.beyond.describe() == "Also among the 10 nearest of all 120 words, but not on this map"


def test_a_map_of_all_words_has_no_others() -> None:
    vectors = w2v.Vectors([f"w{row}" for row in range(20)], np.random.default_rng(0).normal(size=(20, 4)))
    made = w2v.word_map(vectors, layout="pca", groups=2)
    assert made.beyond.words == ()
    assert made.beyond.sizes.sum() == 0


def test_of_millions_of_words_the_first_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("w2v.maps.beyond.CANDIDATES", 30)
    vectors = w2v.Vectors([f"w{row}" for row in range(60)], np.random.default_rng(0).normal(size=(60, 4)))
    made = w2v.word_map(vectors, layout="pca", groups=2, restrict_vocab=20)
    assert set(made.beyond.words) <= {f"w{row}" for row in range(20, 30)}
    rare = w2v.word_map(vectors, layout="pca", groups=2, words=["w3", "w40", "w50"])
    assert set(rare.beyond.words) <= {f"w{row}" for row in range(30)} - {"w3"}
    monkeypatch.setattr("w2v.maps.beyond.LARGEST", 19)
    assert not w2v.word_map(vectors, layout="pca", groups=2, restrict_vocab=20).beyond.words
    assert made.beyond.describe() == "Also among the 10 nearest of the first 30 words, but not on this map"
