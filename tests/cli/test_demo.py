"""`w2v demo` as a user meets it, on a tenth of its text: what it says, what it keeps, and that it cleans up."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

import w2v.demo
from w2v import formats
from w2v.cli import main
from w2v.demo.world import World, generate
from w2v.training import train

SENTENCES = 20_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a folder `temporary` in it for temporary files; `w2v demo` makes a small world there."""

    def generate_few(seed: int) -> World:
        return generate(seed, SENTENCES)

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(w2v.demo, "generate", generate_few)
    return tmp_path


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")} - {"temporary"}


@pytest.mark.slow
def test_the_story(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--seed", "3", "--threads", "2"]) == 0
    told, aside = capsys.readouterr()
    steps = [
        "A synthetic text",
        "20,000 sentences",
        "seed 3",
        "Training on this text",
        "100 dimensions; 5 epochs in",
        "on 2 threads",
        "What is to woman as king is to man?",
        "king − man + woman",
        "royalty-and-gender",
        "all questions",
        "nearest neighbour of the third word",
        "Your own text",
        "w2v train your.txt -o vectors.safetensors\n",
        "w2v analogy king man woman -m vectors.safetensors\n",
        "w2v eval vectors.safetensors --suite google-analogies\n",
    ]
    places = [told.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    assert max(map(len, told.splitlines())) <= 100
    assert files_in(folder) == set()
    assert "temporary" not in aside


@pytest.mark.slow
def test_what_is_kept_can_be_trained_on_and_scored_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = ["--corpus", "my text.txt", "-o", "my.safetensors", "-o", "my.bin"]
    assert main(["demo", "--seed", "2", "--threads", "1", "--json", *kept]) == 0
    result = json.loads(capsys.readouterr().out)
    assert files_in(folder) == {"my text.txt", "my.safetensors", "my.bin", "my.bin.vocab.txt"}
    assert result["schema"] == "w2v.demo/1"
    assert (result["corpus"], result["output"]) == ("my text.txt", ["my.safetensors", "my.bin"])
    assert result["world"]["synthetic"] is True
    assert result["world"]["seed"] == result["run"]["settings"]["seed"] == 2
    assert result["world"]["sha256"] == hashlib.sha256(Path("my text.txt").read_bytes()).hexdigest()
    assert result["neighbours"][0]["query"] == "paris"

    assert main(["eval", "my.safetensors", "--suite", "demo-world", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)["files"][0]["suites"]
    assert again == result["planted"]["suites"]
    assert again[0]["total"]["scored"] == again[0]["total"]["total"]
    assert main(["analogy", "king", "man", "woman", "-m", "my.safetensors", "-n", "5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"] == [
        near for near in result["analogy"] if not near["is_input"]
    ]
    with_defaults = train("my text.txt", seed=2, threads=1, cache_dir=folder / "temporary")
    np.testing.assert_array_equal(with_defaults.matrix, formats.read("my.safetensors").matrix)


@pytest.mark.slow
def test_whoever_has_no_vectors_is_told_how_to_get_some(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command that the hint names makes the file that was missing."""
    asked = ["analogy", "king", "man", "woman"]
    assert main(asked) == 2
    (hint,) = (line for line in capsys.readouterr().err.splitlines() if line.startswith("Hint: "))
    (command,) = re.findall(r"'w2v (demo[^']*)'", hint)
    assert main(command.split()) == 0
    assert main(asked) == 0
    assert main(["eval", "--suite", "demo-world"]) == 0


@pytest.mark.slow
def test_the_story_says_how_to_use_what_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--corpus", "it's.txt", "-o", "my vectors.txt"]) == 0
    told = capsys.readouterr().out
    assert """ w2v train 'it'"'"'s.txt' --seed 1 -o again.safetensors\n""" in told
    assert " w2v eval 'my vectors.txt' --suite demo-world\n" in told
    assert "No file was kept" not in told


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--seed", "-1"], 2, "seed is -1"),
        (["--threads", "0"], 2, "threads is 0"),
        (["-o", "vectors.doc"], 2, "vectors.doc"),
        (["-o", "nowhere/vectors.bin"], 1, "nowhere"),
        (["--corpus", "nowhere/text.txt"], 1, "nowhere"),
        (["--corpus", "."], 1, "folder"),
    ],
)
def test_what_cannot_be_done_is_said_before_the_work_begins(
    options: list[str],
    code: int,
    said: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(w2v.demo, "generate", pytest.fail)
    assert main(["demo", *options]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert files_in(folder) == set()


def test_ctrl_c_leaves_nothing_behind(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        assert len(files_in(folder)) > 0
        raise KeyboardInterrupt

    monkeypatch.setattr("w2v.training.loop.Loop.run", interrupted)
    assert main(["demo", "-o", "vectors.bin"]) == 130
    assert files_in(folder) == set()
