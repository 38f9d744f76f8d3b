"""`w2v plot`: the files and rows that it writes, and what it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import w2v
from w2v.cli import main
from w2v.vectors import Vectors

pytest.importorskip("matplotlib")


@pytest.fixture(autouse=True)
def folder(vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    w2v.save(vectors, "vectors.safetensors")


def test_it_writes_pictures_and_prints_places(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", "king", "queen", "man", "Woman", "--dpi", "40"]) == 0
    out, err = capsys.readouterr()
    assert "wrote plot.png" in err
    assert "'Woman' is 'woman'" in err
    assert "principal components" in out
    assert Path("plot.png").read_bytes().startswith(b"\x89PNG")
    outputs = ["-o", "a.svg", "-o", "b.pdf", "--size", "12x9cm", "--theme", "dark", "--title", "Kings"]
    assert main(["plot", "--analogy", "king", "man", "woman", *outputs, "--json"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert payload["schema"] == "w2v.plot/1"
    assert payload["kind"] == "analogy"
    assert payload["files"] == ["a.svg", "b.pdf"]
    assert 'width="340' in Path("a.svg").read_text("utf-8")
    assert "#15171a" in Path("a.svg").read_text("utf-8")
    assert main(["plot", "--axis", "he,she", "--axis", "boy,girl", "king", "--format", "csv", "-o", "a.svg"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("word,x,y,group,kind\nking,")
    assert "a.svg will be replaced" in err
    groups = ["--group", "men=king,man,nobody", "--group", "women=queen,woman"]
    assert main(["plot", *groups, "--heatmap", "-o", "c.svg", "--unknown-words", "skip"]) == 0
    assert "left out, not in vectors.safetensors: 'nobody'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "Missing argument"),
        (["king", "queen"], 2, "needs at least 3 words"),
        (["king", "queen", "man", "-o", "a.gif"], 2, "a.gif: no picture has that ending"),
        (["king", "queen", "man", "-o", "vectors.safetensors"], 2, "no picture has that ending"),
        (["--heatmap", "--analogy", "king", "man", "woman"], 2, "--analogy and --heatmap are two figures"),
        (["king", "--size", "wide"], 2, "--size 'wide' is no size"),
        (["king", "--size", "0x3"], 2, "inches"),
        (["--group", "king"], 2, "is no group"),
        (["king - man + woman", "king", "man"], 2, "is a sum"),
        (["--analogy", "king", "man", "woman", "king"], 2, "'king' is named twice"),
        (["--analogy", "king", "man", "King"], 2, "'king' is named twice"),
        (["--analogy", "king", "man"], 2, "Hint: name A B C"),
        (["king", "queen", "nobody"], 1, "'nobody' is not in"),
        (["king", "queen", "man", "--font", "nothing.ttf"], 2, "cannot be read as a font"),
    ],
)
def test_it_refuses(arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", *arguments]) == code
    out, err = capsys.readouterr()
    assert message in err
    assert not out
    assert not Path("plot.png").exists()


def test_without_matplotlib_it_says_so_before_it_reads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["plot", "king", "queen", "man", "-m", "not-there.bin"]) == 2
    err = capsys.readouterr().err
    assert err == "Error: figures need the library matplotlib\nHint: pip install 'w2v[plot]'\n"
