"""`w2v verify`: every flipped byte of w2v's own files is found; of the others, what can be, and the rest is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from attacks.tensor_files import checkpoint, cooccurrence_file, deal, token_cache
from attacks.vector_files import good

from w2v import Vectors
from w2v.cli import main
from w2v.formats import write
from w2v.verification import verify

OWN = {
    "safetensors": good(".safetensors", 2),
    "w2v.tokens/1": token_cache(),
    "w2v.cooccurrences/1": cooccurrence_file(),
    "w2v.checkpoint/1": checkpoint(),
    "w2v.deal/1": deal(),
}


@pytest.mark.slow
@pytest.mark.parametrize("form", OWN)
def test_every_flipped_cut_or_added_byte_is_found(form: str, tmp_path: Path) -> None:
    path, whole = tmp_path / "file", OWN[form]
    path.write_bytes(whole)
    found = verify(path)
    assert (found.whole, found.format, found.unchecked, found.warnings) == (True, form, (), ())
    assert found.checked[0] == "its own hashes, over every byte"
    for place in range(len(whole)):
        data = bytearray(whole)
        data[place] ^= 1 << place % 8
        path.write_bytes(data)
        assert not verify(path).whole, place
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert not verify(path).whole, length
    path.write_bytes(whole + b"\0")
    assert not verify(path).whole


def vectors(rows: int = 3) -> Vectors:
    return Vectors(list("abcdef")[:rows], np.eye(rows, 2) + 0.5, np.arange(rows, 0, -1))


@pytest.mark.parametrize("name", ["v.bin", "v.txt", "v.glove.txt", "v.bin.gz", "v.glove.txt.gz"])
def test_formats_without_a_hash_say_what_nobody_can_know(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    write(vectors(), path)
    found = verify(path)
    assert found.whole
    assert f"counts of the same 3 words in {name}.vocab.txt" in found.checked
    assert ("gzip's CRC-32, over all content" in found.checked) == name.endswith(".gz")
    assert any("has no checksum" in text for text in found.unchecked) != name.endswith(".gz")
    beside = path.with_name(f"{name}.vocab.txt")
    for content, problem in (("a 3\nb 2\n", "1 of the 3 words"), ("a 3\nb 2\nc 1\nd 1\n", "counts 4")):
        beside.write_text(content)
        found = verify(path)
        assert not found.whole
        assert problem in (found.problem or "")
        assert found.hint
    beside.unlink()
    assert f"counts: there is no {name}.vocab.txt" in verify(path).unchecked


def test_a_glove_file_cut_behind_a_line_is_given_away_by_its_counts(tmp_path: Path) -> None:
    path = tmp_path / "v.glove.txt"
    write(vectors(), path)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert "has 2 words, and v.glove.txt.vocab.txt counts 3" in (verify(path).problem or "")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    write(vectors(), "vectors.safetensors")
    write(vectors(), "v.txt")
    Path("v.txt").write_bytes(Path("v.txt").read_bytes() + b"b 1 2")
    Path("bad").write_bytes(token_cache()[:-1])
    assert main(["verify"]) == 0
    assert "whole" in capsys.readouterr().out
    assert main(["verify", "vectors.safetensors", "v.txt", "bad", "absent", "."]) == 1
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines() if "FAILED" in line] == ["v.txt", "bad", "absent", "."]
    assert err.splitlines()[0] == "Error: 4 of 5 files cannot be relied on: v.txt, bad, absent, ."
    assert main(["verify", "vectors.safetensors", "bad", "--json"]) == 1
    out, err = capsys.readouterr()
    first, second = json.loads(out)["files"]
    assert (first["whole"], second["whole"]) == (True, False)
    assert "bytes of data instead of" in second["problem"]
    assert main(["verify", "bad"]) == 1
    assert capsys.readouterr().err.startswith("Error: bad: not a whole token cache")


def test_files_that_are_named_replace_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(vectors(), "vectors.safetensors")
    write(vectors(), "v.txt")

    def files(*args: str) -> list[str]:
        main(["verify", *args, "--json"])
        return [file["path"] for file in json.loads(capsys.readouterr().out)["files"]]

    Path("pyproject.toml").write_text("[tool.w2v]\nvectors = 'v.txt'\n")
    assert files() == ["v.txt"]
    monkeypatch.setenv("W2V_VECTORS", "bad")
    assert files() == ["bad"]
    assert files("vectors.safetensors") == ["vectors.safetensors"]
    assert files("-m", "vectors.safetensors", "v.txt") == ["v.txt", "vectors.safetensors"]


def test_a_folder_of_checkpoints_stands_for_all_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "vectors.safetensors.checkpoint"
    folder.mkdir()
    (folder / "000001.checkpoint").write_bytes(checkpoint())
    (folder / "000002.checkpoint").write_bytes(checkpoint()[:-1])
    (folder / "co-occurrences").write_bytes(cooccurrence_file())
    assert main(["verify", str(folder), "--json"]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(Path(file["path"]).name, file["whole"]) for file in files] == [
        ("000002.checkpoint", False),
        ("000001.checkpoint", True),
        ("co-occurrences", True),
    ]
    assert main(["verify", str(tmp_path)]) == 1
    assert "is a folder" in capsys.readouterr().err
