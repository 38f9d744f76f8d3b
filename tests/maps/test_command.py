"""`w2v map`: what it writes, prints and refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v.cli import main
from w2v.maps.packing import unpacked


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    words = [f"word{row}" for row in range(80)]
    w2v.save(w2v.Vectors(words, rng.normal(size=(80, 6)), np.arange(180, 100, -1)), "vectors.safetensors")
    return tmp_path


def test_what_it_writes_and_prints(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "--layout", "pca", "-k", "3", "-o", "map.html", "-o", "map.csv"]) == 0
    out, err = capsys.readouterr()
    assert "80 words of vectors.safetensors, by PCA" in out
    assert "of the 15 nearest; distances on it are not distances in the space." in out
    assert "wrote map.html (" in err
    assert "Hint: PCA shows 2 of many dimensions" in err
    facts, arrays = unpacked(Path("map.html").read_text("utf-8"))
    assert facts["words"] == 80
    with Path("map.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["word"] for row in rows] == json.loads(arrays["words"])
    assert set(rows[0]) == {"word", "x", "y", "group", "layout"}
    assert main(["map", "--positions", "map.csv", "-k", "2", "-o", "again.html", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["words"], found["layout"], len(found["groups"])) == ("w2v.map/1", 80, "PCA", 2)
    assert unpacked(Path("again.html").read_text("utf-8"))[1]["positions"] == arrays["positions"]
    assert sum(group["size"] for group in found["groups"]) == 80


def test_which_words_it_takes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("w2v.cli.map.WORDS", 50)
    assert main(["map", "--layout", "pca", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["words"] == 50
    assert "the first 50 of 80 words are taken; --limit N takes more or fewer" in err
    assert main(["map", "--layout", "pca", "--limit", "70", "--only-matching", "[0-4]$", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["words"] == 35


def test_a_page_is_whole_or_not_there(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("w2v.maps.result.page_of", lambda *_, **__: 1 / 0)
    assert main(["map", "--layout", "pca"]) == 1
    assert not Path("map.html").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-o", "map.png"], 2, "no page or table has that ending"),
        (["--layout", "pca", "--positions", "map.csv"], 2, "--positions has the places already"),
        (["-o", "vectors.safetensors.html", "-m", "vectors.safetensors.html"], 2, "is named twice"),
        (["--positions", "vectors.safetensors"], 1, "is NUL, which no text holds"),
        (["--layout", "pca", "--limit", "2"], 2, "2 words are too few for a map"),
        (["-o", "nowhere/map.html"], 1, "nowhere"),
    ],
)
def test_what_it_refuses(arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", *arguments]) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_without_the_library_one_line_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("w2v.maps.tsne.find_spec", lambda name: None)
    assert main(["map"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "Error: --layout tsne needs the library openTSNE",
        "Hint: pip install 'w2v[map]', or --layout pca, which needs nothing and keeps far fewer neighbours",
    ]
