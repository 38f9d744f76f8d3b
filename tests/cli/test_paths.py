"""No command writes over what it reads, or two things into one file; each case is refused before anything is read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from w2v.cli import main

TEXT = b"one two three one two three\n" * 20


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "texts"
    folder.mkdir()
    path = folder / "plain.txt"
    path.write_bytes(TEXT)
    (tmp_path / "link.txt").symlink_to(path)
    return path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("texts/plain.txt -o texts/plain.txt", "part of the corpus"),
        ("texts/plain.txt -o link.txt", "part of the corpus"),
        ("texts -o texts/new.bin", "a folder of the corpus"),
        (". ", "a folder of the corpus"),
        ("texts/*.txt -o v.bin --model glove --keep-cooccurrences texts/plain.txt", "part of the corpus"),
        ("texts/plain.txt -o v.bin -o ./v.bin", "names v.bin twice"),
        ("texts/plain.txt -o v.bin --log v.bin", "named twice"),
        ("texts/plain.txt -o v.bin --log v.bin.vocab.txt", "named twice"),
        ("texts/plain.txt -o v.bin --log texts/plain.txt", "part of the corpus"),
        ("--model glove --cooccurrences link.txt -o v.bin -o texts/plain.txt", "named twice, by --cooccurrences and"),
        ("--model glove --cooccurrences v.bin -o v.bin", "named twice, by --cooccurrences and --output"),
    ],
)
def test_train(corpus: Path, arguments: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path.name for path in corpus.parent.parent.rglob("*"))
    assert main(["train", *arguments.split(), "--min-count", "1"]) == 2
    assert message in capsys.readouterr().err
    assert corpus.read_bytes() == TEXT
    assert sorted(path.name for path in corpus.parent.parent.rglob("*")) == before


def test_demo(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--corpus", "d.txt", "-o", "d.txt"]) == 2
    assert "named twice" in capsys.readouterr().err
    assert not Path("d.txt").exists()


def test_a_log_replaces_nothing_but_a_log(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = ["train", "texts/plain.txt", "--min-count", "1", "--epochs", "1", "--sample", "0", "-o", "v.bin", "--log"]
    assert main([*train, "run.jsonl"]) == 0
    assert main([*train, "run.jsonl"]) == 0
    vectors = Path("v.bin").read_bytes()
    assert main(["info", "v.bin", "--log", "v.bin"]) == 2 or "No such option" in capsys.readouterr().err
    assert main(["eval", "v.bin", "--log", "v.bin"]) == 2
    assert "is not a log" in capsys.readouterr().err
    assert Path("v.bin").read_bytes() == vectors


@pytest.mark.slow
def test_an_output_belongs_to_one_run(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever another run has said that it will write is refused before anything is read, a log too."""
    code = "import sys; from w2v.files.whole import locked\n"
    code += "with locked('v.bin'): print('in', flush=True), sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        for more in (
            ["-o", "v.bin"],
            ["-o", "w.bin", "--log", "v.bin"],
            ["--model", "glove", "--keep-cooccurrences", "v.bin"],
        ):
            assert main(["train", "texts/plain.txt", "--min-count", "1", *more]) == 1
            out, err = capsys.readouterr()
            assert (out, len(err.splitlines())) == ("", 2)
            assert f"cannot write v.bin: another run (process {other.pid} on " in err
    assert sorted(path.name for path in Path().iterdir()) == ["link.txt", "texts"]


@pytest.mark.parametrize("command", ["output", "log", "cache_dir"])
def test_a_file_of_settings_names_no_output_outside_of_the_folder(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that somebody else has filled does not choose what is overwritten elsewhere."""
    precious = tmp_path / "thesis.txt"
    precious.write_text("my only copy")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    monkeypatch.chdir(checkout)
    value = f'["{precious}"]' if command == "output" else f'"{precious}"'
    (checkout / "pyproject.toml").write_text(f"[tool.w2v.train]\n{command} = {value}\n")
    (checkout / "run.toml").write_text(f"[train]\n{command} = {value}\n")
    for arguments in (["train", "c.txt"], ["train", "c.txt", "--config", "run.toml"]):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert "outside of the current folder" in error
        assert "name it on the command line" in error
    (checkout / "pyproject.toml").write_text('[tool.w2v.train]\noutput = ["models/v.bin"]\n')
    assert main(["train", "--show-config"]) == 0
    assert precious.read_text() == "my only copy"


def test_what_is_replaced_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Also where nobody has named the file: vectors.safetensors is written by each `w2v train`."""
    monkeypatch.chdir(tmp_path)
    Path("c.txt").write_text("a b c d e\nb c a e d\n" * 200)
    train = ["train", "c.txt", "--dim", "8", "--epochs", "1", "--threads", "1"]
    assert main(train) == 0
    assert "will be replaced" not in capsys.readouterr().err
    os.utime("vectors.safetensors", (then := time.time() - 7_300, then))
    assert main(train) == 0
    said = capsys.readouterr().err
    assert re.search(r"^vectors\.safetensors will be replaced \([\d.]+ kB, written 2 hours ago\)$", said, re.MULTILINE)
    assert main([*train, "--min-count", "9999"]) == 1
    assert main(["convert", "none.bin", "vectors.safetensors"]) == 1
    assert "will be replaced" not in capsys.readouterr().err, "nothing was"
    assert main(["convert", "vectors.safetensors", "v.bin"]) == 0
    assert main(["convert", "vectors.safetensors", "v.bin"]) == 0
    assert "v.bin will be replaced (" in capsys.readouterr().err
