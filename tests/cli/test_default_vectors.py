"""The vector file that answers when none is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from w2v import Vectors
from w2v.cli import main
from w2v.formats import write


@pytest.mark.parametrize("newest", ["vectors.txt", "vectors.safetensors"])
def test_of_two_files_the_newest_answers_and_a_line_says_so(
    newest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("W2V_VECTORS", raising=False)
    files = ["vectors.safetensors", "vectors.txt"]
    for file in files:
        write(Vectors(["word", f"from-{file}"], [[1.0, 0.0], [1.0, 1.0]]), file)
        os.utime(file, (1_000, 1_000 + (file == newest)))
    older = next(file for file in files if file != newest)
    for quiet in ([], ["-q"]):
        assert main(["similar", "word", "--json", *quiet]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out)["results"][0]["neighbours"][0]["word"] == f"from-{newest}"
        assert f"{newest} is used, it is newer than {older}" in err
    Path(older).unlink()
    assert main(["similar", "word"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("ending", "cure"), [(".checkpoint", "--resume"), (".run", "--resume --workers N")])
@pytest.mark.parametrize("name", ["vectors.safetensors", "odd name.bin"])
def test_training_that_was_not_finished_is_named(
    name: str,
    ending: str,
    cure: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("W2V_VECTORS", raising=False)
    Path(name + ending).mkdir()
    Path(f"{name}.gz").touch()  # spelt alike, and not what is meant
    asked = [["-m", name]] + [[]] * (name == "vectors.safetensors")
    for options in asked:
        assert main(["similar", "word", *options]) in (1, 2)
        err = " ".join(capsys.readouterr().err.split())
        quoted = f"'{name}'" if " " in name else name
        assert f"there is no {'file ' * bool(options)}{name}" in err
        assert f"and {name}{ending} has a checkpoint: go on with 'w2v train {cure} -o {quoted}'" in err
