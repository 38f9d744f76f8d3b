"""An old index asked with new vectors: what a rotation saves, what chance leaves, and the file of the rotation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v.cli import main
from w2v.compare.map_file import load_map, save_map
from w2v.compare.old_index import old_index
from w2v.compare.old_index_document import document_of
from w2v.compare.passages import old_passages, overlap
from w2v.errors import FormatError, VocabularyError
from w2v.progress import NullProgress
from w2v.report.blocks import text_of
from w2v.vectors import Vectors

SIZE, DIM = 400, 16


def turned(vectors: Vectors, noise: float, name: str, dim: int = DIM) -> Vectors:
    rng = np.random.default_rng(8)
    by = np.linalg.qr(rng.standard_normal((dim, dim)))[0][: vectors.dim]
    rows = vectors.matrix @ by + noise * rng.standard_normal((len(vectors), dim))
    return Vectors(vectors.words, rows, vectors.counts, name=name)


@pytest.fixture(scope="module")
def old() -> Vectors:
    rng = np.random.default_rng(6)
    counts = (60_000 // np.arange(1, SIZE + 1)).astype(np.int64)
    return Vectors([f"w{number}" for number in range(SIZE)], rng.standard_normal((SIZE, DIM)), counts, name="old")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(7)
    lines = [" ".join(f"w{number}" for number in rng.integers(0, SIZE, 30)) for _ in range(150)]
    path = tmp_path_factory.mktemp("texts") / "text.txt"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_a_turned_space_is_found_again_and_unturned_it_is_chance(old: Vectors, text: Path) -> None:
    new = turned(old, 0.05, "new")
    found = old_index(old, new, old_passages(text, old, new, NullProgress()))
    rotated, unmapped = found.figures("orthogonal"), found.figures("none")
    assert rotated.r_squared > 0.98
    assert rotated.itself == 1.0
    assert rotated.words > 0.85
    assert rotated.passages is not None
    assert rotated.passages > 0.85
    assert unmapped.r_squared < 0
    assert unmapped.words < 0.1
    assert unmapped.passages is not None
    assert unmapped.passages < 0.3
    assert found.fitted + found.held_out == found.shared_words == SIZE
    assert (found.passages, found.queries, found.query_words) == (150, 600, 12)
    assert "if queries are rotated; unrotated it is" in found.sentences[0]
    assert "agreement with the old answers" in found.sentences[1]


def test_a_text_may_be_one_endless_line(
    old: Vectors, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("w2v.text.opening.LONGEST_TEXT", 1_000)
    line = tmp_path / "line.txt"
    line.write_text(text.read_text("utf-8").replace("\n", " "), "utf-8")
    found = old_passages(line, old, old, NullProgress())
    assert len(found) == 90  # of 50 words each
    assert {len(each.split()) for each in found.texts} == {50}


def test_the_sentence_says_what_is_measured(old: Vectors) -> None:
    same = old_index(old, old)
    assert same.sentences == ("The old index answers as before: these vectors of words find the same in both spaces.",)
    noisy = Vectors(old.words, old.matrix + 0.3 * np.random.default_rng(1).standard_normal((SIZE, DIM)), old.counts)
    assert "no rotation is needed" in old_index(old, noisy).sentences[0]
    assert [each.title for each in document_of(same).sections] == [""]
    notes = [text_of(block.pieces) for block in document_of(same).sections[0].blocks if hasattr(block, "pieces")]
    assert notes[0] == same.sentences[0]


def test_spaces_of_other_dimensions_are_mapped_too(old: Vectors) -> None:
    wide = turned(old, 0.01, "wide", dim=20)
    found = old_index(old, wide)
    assert found.map.matrix.shape == (20, 16)
    assert found.figures("orthogonal").words > 0.9
    assert old_index(wide, old).map.matrix.shape == (16, 20)


def test_the_same_seed_gives_the_same_figures(old: Vectors) -> None:
    new = turned(old, 0.5, "new")
    assert old_index(old, new).maps == old_index(old, new).maps
    assert old_index(old, new).maps != old_index(old, new, seed=2).maps


def test_files_may_be_named_and_the_map_be_kept(old: Vectors, text: Path, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("old.safetensors", "new.safetensors")]
    for each, path in zip((old, turned(old, 0.02, "new")), paths, strict=True):
        w2v.save(each, path)
    vectors = [w2v.load(path) for path in paths]
    index = w2v.build_index(text, vectors[0], tmp_path / "docs.w2v")
    found = w2v.old_index(*paths, tmp_path / "docs.w2v")
    assert found.passages == index.file.passages
    found.map.save(tmp_path / "new.map")
    hits = [
        w2v.load_index(tmp_path / "docs.w2v", vectors[1], map=each).search("w3 w40 w170", mode="meaning")
        for each in (found.map, tmp_path / "new.map")
    ]
    assert [hit.id for hit in hits[0]] == [hit.id for hit in hits[1]]


def test_too_few_shared_words(old: Vectors) -> None:
    few = Vectors(old.words[:19], old.matrix[:19], old.counts[:19] if old.counts is not None else None, name="few")
    with pytest.raises(VocabularyError, match="share 19 words, and a map needs 20"):
        old_index(old, few)


def test_overlap_counts_what_was_found_before() -> None:
    assert overlap(np.array([[1, 2, 3, -1]]), np.array([[3, 9, 1, -1]])) == pytest.approx(2 / 3)


def test_a_map_comes_back_from_its_file(old: Vectors, tmp_path: Path) -> None:
    new = turned(old, 0.05, "new")
    made = old_index(old, new).map
    save_map(made, tmp_path / "new.map")
    found = load_map(tmp_path / "new.map")
    assert found.to_dict() == made.to_dict()
    assert (found.matrix == made.matrix).all()
    whole = (tmp_path / "new.map").read_bytes()
    (tmp_path / "bad.map").write_bytes(whole[:-1])
    with pytest.raises(FormatError, match=r"bad\.map"):
        load_map(tmp_path / "bad.map")
    with pytest.raises(FormatError, match="there is no map"):
        load_map(tmp_path / "none.map")


def test_search_refuses_other_vectors_without_a_map(
    old: Vectors, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    w2v.save(old, "old.safetensors")
    w2v.save(turned(old, 0.02, "new"), "new.safetensors")
    w2v.save(turned(old, 0.03, "third"), "third.safetensors")
    assert main(["index", str(text), "-m", "old.safetensors", "-o", "docs.w2v", "-q"]) == 0
    asked = ["search", "w3 w40 w170", "--mode", "meaning", "--json", "-q"]
    assert main([*asked, "-m", "new.safetensors"]) == 1
    assert "--map FILE" in capsys.readouterr().err
    compare = ["drift", "old.safetensors", "new.safetensors", "--old-index", "docs.w2v", "-o", "new.map", "--json"]
    assert main([*compare, "-q"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["schema"] == "w2v.old-index/1"
    assert printed["source"] == "docs.w2v"
    assert main([*asked, "-m", "old.safetensors"]) == 0
    before = [hit["id"] for hit in json.loads(capsys.readouterr().out)["hits"]]
    assert main([*asked, "-m", "new.safetensors", "--map", "new.map"]) == 0
    after = [hit["id"] for hit in json.loads(capsys.readouterr().out)["hits"]]
    assert len(set(before) & set(after)) >= 8
    assert main([*asked, "-m", "third.safetensors", "--map", "new.map"]) == 1
    assert "the map is for queries of" in capsys.readouterr().err
    swapped = ["drift", "new.safetensors", "old.safetensors", "--old-index", "docs.w2v"]
    assert main(swapped) == 1
    assert "was made with old.safetensors, and not with new.safetensors" in capsys.readouterr().err
    assert main(["info", "new.map"]) == 0
    assert main(["verify", "new.map"]) == 0


def test_mistakes_of_the_command_line(
    old: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    w2v.save(old, "a.safetensors")
    Path("a.txt").write_text("w1 w2", "utf-8")
    for typed, said in {
        "drift --old-index a.safetensors a.safetensors": "--old-index last",
        "drift a.safetensors a.safetensors a.safetensors --old-index": "compares two files",
        "drift a.safetensors a.safetensors --word w1 --old-index": "--word does not go with --old-index",
        "drift a.safetensors a.safetensors -o b.map": "add --old-index",
        "drift a.safetensors a.safetensors --seed 5": "--seed is for the test of change",
        "drift a.safetensors a.safetensors --old-index --deals 5": "--deals does not go with --old-index",
        "drift a.safetensors a.safetensors --old-index --by local": "--by does not go with --old-index",
        "drift a.safetensors a.safetensors --old-index a.txt -o a.txt": "a.txt is named twice, by --old-index",
        "drift a.safetensors a.safetensors --old-index -o a.json --report a.json": "a.json is named twice",
        "drift a.safetensors a.safetensors --neighbours 100000": "100000 is not between 1 and 1000",
        "search w1 --map a.map --mode words": "--mode words uses none",
        "search --farthest --map a.map": "--farthest uses none",
    }.items():
        assert main(typed.split()) != 0
        assert said in capsys.readouterr().err
    assert (tmp_path / "a.txt").read_text("utf-8") == "w1 w2"
