"""`w2v info --as-config` runs a record again: the same settings, the same text, the same content."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v
from w2v.cli import main
from w2v.record import RunRecord
from w2v.vectors import Vectors


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("c.txt").write_text("The cat sat on the mat\nthe dog lay on a rug\n" * 200)
    Path("d.csv").write_text("id,title\n" + '1,"Drill, cordless 2.4GHz"\n2,"Saw, cordless"\n' * 100)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    capsys.readouterr()
    assert main(list(args)) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        ("c.txt", "--deterministic", "--lowercase", "--threads", "2", "--window", "whole"),
        ("c.txt", "--threads", "1", "--window-shrink", "off", "--sample", "0.05", "--max-vocab", "7"),
        ("c.txt", "--model", "glove", "--x-max", "3.5", "--contexts", "left", "--seed", "7"),
        ("d.csv", "--column", "title", "--tokenizer", "words", "--threads", "1"),
    ],
)
def test_a_record_runs_again(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--dim", "8", "--epochs", "3", "--min-count", "2", "-q")
    assert main(["train", *options, *small, "-o", "a.safetensors"]) == 0
    Path("run.toml").write_text(printed(capsys, "info", "--as-config", "a.safetensors"), "utf-8")
    assert main(["train", "--config", "run.toml", "-o", "b.safetensors", "-q"]) == 0
    found = [json.loads(printed(capsys, "info", name, "--json")) for name in ("a.safetensors", "b.safetensors")]
    assert found[0]["content_sha256"] == found[1]["content_sha256"]
    assert found[0]["record"]["settings"] == found[1]["record"]["settings"]
    assert printed(capsys, "train", "--config", "run.toml", "--show-config")


def test_a_matrix_runs_again(capsys: pytest.CaptureFixture[str]) -> None:
    glove = ["train", "--model", "glove", "--dim", "8", "--epochs", "2", "-q"]
    assert main([*glove, "c.txt", "--keep-cooccurrences", "m.cooc", "-o", "first.safetensors"]) == 0
    assert main([*glove, "--cooccurrences", "m.cooc", "-o", "a.safetensors"]) == 0
    Path("run.toml").write_text(printed(capsys, "info", "--as-config", "a.safetensors"), "utf-8")
    assert main(["train", "--config", "run.toml", "-o", "b.safetensors", "-q"]) == 0
    found = [json.loads(printed(capsys, "info", name, "--json")) for name in ("a.safetensors", "b.safetensors")]
    assert found[0]["content_sha256"] == found[1]["content_sha256"]


def test_what_cannot_be_run_again_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    vectors = w2v.train(["a b c d e"] * 100, dim=4, epochs=1, threads=2, min_count=1)
    w2v.save(vectors, "v.safetensors")
    shown = printed(capsys, "info", "--as-config", "v.safetensors")
    assert "# The text is not here: it was " in shown
    assert "# 2 threads trained without locks, so the numbers will differ a little." in shown
    assert "corpus" not in tomllib.loads(shown)["train"]
    w2v.save(vectors, "v.bin")
    assert main(["info", "--as-config", "v.bin"]) == 1
    assert "v.bin has no record of the run that made it" in capsys.readouterr().err


def test_a_function_of_python_is_in_no_file_of_settings(capsys: pytest.CaptureFixture[str]) -> None:
    vectors = w2v.train("c.txt", tokenize=str.split, dim=4, epochs=1, min_count=1)
    w2v.save(vectors, "v.safetensors")
    assert main(["info", "--as-config", "v.safetensors"]) == 1
    error = capsys.readouterr().err
    assert "cannot be run again from a file of settings: a function of Python, 'str.split'" in error
    assert "w2v.train(corpus, tokenize=FUNCTION" in error


def test_toml_and_json_at_once_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    w2v.save(w2v.train("c.txt", dim=4, epochs=1), "v.safetensors")
    assert main(["info", "v.safetensors", "--as-config", "--json"]) == 2
    assert "--as-config prints a file of settings" in capsys.readouterr().err


def test_a_text_that_has_changed_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--dim", "4", "--epochs", "1", "-q")
    assert main(["train", "c.txt", *small, "-o", "a.safetensors"]) == 0
    Path("run.toml").write_text(printed(capsys, "info", "--as-config", "a.safetensors"), "utf-8")
    assert main(["train", "--config", "run.toml", "-q", "-o", "b.safetensors"]) == 0
    assert "the text has changed" not in capsys.readouterr().err
    Path("c.txt").write_text("the cat sat on the dog\n" * 200)
    assert main(["train", "--config", "run.toml", "-q", "-o", "b.safetensors"]) == 0
    assert "Warning: the text has changed, so the vectors will be others" in capsys.readouterr().err


def test_a_record_of_others_sets_nothing_but_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    evil = '\n[train]\noutput = "/tmp/x"\n'
    record = RunRecord(
        model="sgns",
        settings={"dim": 2, f"x{evil}": 1, "encoding": f"w{evil}", "output": "y"},
        corpus={"sources": [f"none{evil}"], "fingerprint": evil, "tokens": 3},
        environment={f"python{evil}": evil},
        started=evil,
    )
    w2v.save(Vectors(["a", "b"], np.ones((2, 2), dtype=np.float32), None, record), "v.safetensors")
    found = tomllib.loads(printed(capsys, "info", "--as-config", "v.safetensors"))
    assert found == {"train": {"model": "sgns", "dim": 2, "encoding": f"w{evil}"}}


def test_a_corpus_of_many_files_is_not_a_paragraph(capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(41):
        Path(f"text-{number:02}.txt").write_text("a b c d e\n" * 10)
    assert main(["train", *map(str, sorted(Path().glob("text-*"))), "--dim", "4", "-q", "-o", "v.safetensors"]) == 0
    shown = printed(capsys, "info", "v.safetensors")
    assert "sources=text-00.txt, text-01.txt, text-02.txt and 38 more (all of them: --json)" in shown
    record: dict[str, Any] = json.loads(printed(capsys, "info", "v.safetensors", "--json"))["record"]
    assert len(record["corpus"]["sources"]) == 41


@pytest.mark.parametrize(
    ("given_options", "error"),
    [
        (["--epochs", "0"], "epochs is 0"),
        (["--parts", "3"], "parts is 3, and deterministic is False"),
        (["--model", "glove", "--subwords", "3-6"], "'subwords' is not a setting of glove"),
        (["--workers", "2", "--shared-negatives", "off"], "shared_negatives is False"),
        (["--parts", "3", "--workers", "2"], None),
        (["--parts", "3", "--resume"], None),
        (["--model", "glove", "--x-max", "5"], None),
    ],
)
def test_impossible_settings_of_training_are_not_shown(
    given_options: list[str], error: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *given_options, "--show-config"]) == (0 if error is None else 2)
    out, err = capsys.readouterr()
    assert (out == "") == (error is not None)
    assert error is None or err.startswith(f"Error: {error}")
