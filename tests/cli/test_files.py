"""info and convert: what they say of a file, what they write, what they refuse; and the examples of all help pages."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors

from w2v import formats
from w2v.cli import cli, main
from w2v.cli.info import _curve
from w2v.vectors import Vectors

pytestmark = pytest.mark.usefixtures("folder")
READING = ("analogy", "similar", "similarity", "odd-one-out", "info", "convert", "verify")


def test_info_is_what_inspect_finds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = formats.inspect("vectors.safetensors").to_dict()
    assert found == json.loads(json.dumps({"schema": "w2v.info/1", **expected}))
    assert found["record"]["settings"] == {"dim": 12, "window": 5}
    assert found["verified"] is True


def test_info_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = {line[:13].strip(): line[13:].strip() for line in out.splitlines()}
    info = formats.inspect("vectors.safetensors")
    assert lines["file"] == "vectors.safetensors"
    assert lines["vectors"] == "22 words × 12 dimensions"
    assert lines["format"].endswith("its own hashes are right")
    assert lines["matrix sha256"] == info.embeddings_sha256
    assert lines["settings"] == "dim=12  window=5"
    assert lines["corpus"] == "tokens=123,456  seconds=1.236"
    assert lines["loss"] == "█▂▁  2.5000  1.2500  1.0000"
    assert max(map(len, out.splitlines()[:10])) <= 80


def test_info_without_a_record_and_the_ways_to_name_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, vectors: Vectors
) -> None:
    formats.write(Vectors(vectors.words, vectors.matrix), "a.bin")
    formats.write(vectors, "b.txt.gz")

    def file_of(*args: str) -> str:
        assert main(["info", "--format", "csv", *args]) == 0
        header, row = capsys.readouterr().out.splitlines()
        return dict(zip(header.split(","), row.split(","), strict=True))["path"]

    assert file_of() == "vectors.safetensors"
    monkeypatch.setenv("W2V_VECTORS", "b.txt.gz")
    assert file_of() == "b.txt.gz"
    assert file_of("-m", "a.bin") == "a.bin"
    assert file_of("a.bin") == "a.bin"
    Path("run.toml").write_text("vectors = 'gone.bin'\n")
    assert file_of("a.bin", "--config", "run.toml") == "a.bin"
    assert main(["info", "a.bin", "-m", "b.txt.gz"]) == 2
    assert "info describes one file, and a.bin and b.txt.gz are named" in capsys.readouterr().err
    assert main(["info", "a.bin"]) == 0
    out = capsys.readouterr().out
    assert "settings" not in out
    assert main(["info", "b.txt.gz"]) == 0
    assert "gzip" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("losses", "curve"),
    [((), "none"), ((1.0,), "▁  1.0000"), ((1.0, 1.0), "▁▁  1.0000  1.0000"), ((0.0, 7.0), "▁█  0.0000  7.0000")],
)
def test_curves(losses: tuple[float, ...], curve: str) -> None:
    assert _curve(losses) == curve


@pytest.mark.parametrize("name", ["out.bin", "out.txt", "out.vec", "out.bin.gz", "out.safetensors", "out.glove.txt"])
def test_convert_keeps_every_bit(name: str, vectors: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "vectors.safetensors", name]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    back = formats.read(name)
    assert back.words == vectors.words
    np.testing.assert_array_equal(back.matrix, vectors.matrix)
    assert back.counts is not None
    assert vectors.counts is not None
    np.testing.assert_array_equal(back.counts, vectors.counts)
    native = name.endswith(".safetensors")
    assert err.startswith(f"wrote {name}: 22 words × 12 dimensions, ")
    assert (f"wrote {name}.vocab.txt: " in err) != native
    assert ("not written: the run record" in err) != native
    assert (back.record is None) != native
    if name in ("out.bin", "out.txt", "out.vec", "out.bin.gz"):
        keyed = KeyedVectors.load_word2vec_format(name, binary=".bin" in name, fvocab=f"{name}.vocab.txt")
        np.testing.assert_array_equal(keyed.vectors, vectors.matrix)


def test_convert_by_format_and_limit(capsys: pytest.CaptureFixture[str], vectors: Vectors) -> None:
    assert main(["convert", "vectors.safetensors", "odd.name", "--to", "glove-text", "--limit", "3", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    back = formats.read("odd.name")
    assert back.words == vectors.words[:3]


def test_the_help_names_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    for each in formats.FORMATS.values():
        assert each.name in out
        assert all(suffix in re.findall(r"[.a-z]+", out) for suffix in each.suffixes)


@pytest.mark.parametrize(
    ("args", "code", "error"),
    [
        (["vectors.safetensors", "vectors.safetensors"], 2, "are the same file"),
        (["vectors.safetensors", "link.bin"], 2, "are the same file"),
        (["vectors.safetensors", "hard.bin"], 2, "are the same file"),
        (["vectors.safetensors", "out.docx"], 2, "does not say which format to write"),
        (["vectors.safetensors", "out.bin", "--to", "docx"], 2, "there is no format 'docx'"),
        (["vectors.safetensors", "none/out.bin"], 1, "cannot write none/out.bin"),
        (["none.bin", "out.bin"], 1, "none.bin"),
        (["broken.bin", "out.bin"], 1, "broken.bin"),
    ],
)
def test_convert_refuses_and_leaves_everything_as_it_was(
    args: list[str], code: int, error: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "link.bin").symlink_to("vectors.safetensors")
    (folder / "hard.bin").hardlink_to("vectors.safetensors")
    (folder / "broken.bin").write_bytes(b"3 2\nking ")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["convert", *args]) == code
    out, err = capsys.readouterr()
    first, hint = err.splitlines()
    assert (out, first.startswith("Error: "), hint.startswith("Hint: ")) == ("", True, True)
    assert error in first
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.slow
def test_convert_into_a_pipe_that_is_closed_early(vectors: Vectors) -> None:
    big = Vectors([str(n) for n in range(20_000)], np.ones((20_000, 30), np.float32))
    formats.write(big, "big.bin")
    command = f'"{sys.executable}" -m w2v convert big.bin /dev/stdout --to word2vec-text | head -n 1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("20000 30\n", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "example",
    [
        example
        for name in READING
        for example in getattr(cli.get_command(None, name), "examples", ())  # type: ignore[arg-type]
    ],
)
def test_examples_run(example: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if "--dim 50" in example:
        wide = np.random.default_rng(1).normal(size=(100, 60)).astype(np.float32)
        formats.write(
            Vectors([str(number) for number in range(100)], wide, np.arange(100, 0, -1)), "vectors.safetensors"
        )
    assert main(["convert", "vectors.safetensors", "vectors.bin"]) == 0
    assert main(["convert", "vectors.safetensors", "glove.6B.100d.txt"]) == 0
    for name in ("sgns.bin", "glove.bin", "a.bin", "b.bin"):
        shutil.copy("vectors.bin", name)
    (folder / "pairs.txt").write_text("cat dog\nking,queen\n")
    (folder / "words.txt").write_text("cat\nking - man + woman\nno_such_word\n")
    capsys.readouterr()
    lexer = shlex.shlex(example, posix=True, punctuation_chars="|>")
    lexer.whitespace_split = True
    words = list(lexer)
    end = next((at for at, word in enumerate(words) if word in ("|", ">")), len(words))
    assert main(words[1:end]) == 0
    out, err = capsys.readouterr()
    assert "Error" not in err
    assert bool(out) == (words[1] != "convert")
    if "jq" in words:
        path = next(word for word in words[end + 1 :] if word.startswith("."))
        value = json.loads(out)
        for key in path.replace("[", ".").replace("]", "").strip(".").split("."):
            value = value[int(key)] if key.isdigit() else value[key]
        assert value
