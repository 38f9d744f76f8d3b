"""`w2v phrases`, and `w2v train --phrases`, as a user sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import w2v
from w2v.cli import main

LINES = ["i love new york city", "new york is big", "the bank of america", "we love the city", "it is a big city"] * 40


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("corpus.txt").write_text("\n".join(LINES) + "\n", "utf-8")
    return tmp_path


@pytest.mark.slow
def test_the_table_and_the_joined_text(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["phrases", "corpus.txt", "--phrase-threshold", "3", "--connectors", "en", "-o", "joined.txt"]
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "w2v.phrases/1"
    phrases = {each["phrase"]: each for each in found["phrases"]}
    assert {"new_york", "bank_of_america"} <= phrases.keys()
    assert phrases["new_york"]["count"] == 80
    joined = Path("joined.txt").read_text("utf-8")
    assert joined.splitlines()[2] == "the bank_of_america"
    assert len(joined.split()) == found["joined_tokens"]
    assert main([*arguments, "-n", "1", "--sort", "count"]) == 0
    assert "of " in capsys.readouterr().out.splitlines()[4]


@pytest.mark.slow
def test_training_joins_the_same_and_questions_find_them(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--phrases", "1", "--phrase-threshold", "3", "--dim", "8", "-q"]
    assert main(["train", "corpus.txt", *given]) == 0
    vectors = w2v.load("vectors.safetensors")
    assert "new_york" in vectors.words
    assert vectors.record is not None
    assert vectors.record.corpus["phrases"]["passes"][0]["threshold"] == 3.0
    capsys.readouterr()
    assert main(["similar", "new york", "-n", "2", "--json"]) == 0
    assert main(["train", "corpus.txt", *given, "-o", "again.safetensors"]) == 0  # from the token cache
    assert w2v.load("again.safetensors").record.corpus["phrases"] == vectors.record.corpus["phrases"]  # type: ignore[union-attr]
    found = w2v.find_phrases("corpus.txt", phrase_threshold=3)
    assert {each.phrase for each in found.phrases} >= {"new_york"}
    assert list(found.to_frame().columns)[:2] == ["phrase", "count"]


def test_no_phrases_are_said_with_a_cure(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["phrases", "corpus.txt", "--phrase-threshold", "1e9"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "No phrases were found" in out
    assert "try a lower --phrase-threshold" in out


@pytest.mark.slow
def test_a_list_of_ones_own(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("list.txt").write_text("new york\nnew_york_city\nold town\n", "utf-8")
    assert main(["phrases", "corpus.txt", "--phrase-list", "list.txt", "-o", "joined.txt"]) == 0
    out = capsys.readouterr().out
    assert "Of the 3 phrases of the list, 1 is not in the text: 'old town'\n" in out
    assert Path("joined.txt").read_text("utf-8").splitlines()[0] == "i love new_york_city"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["phrases", "nowhere.txt"], "nowhere.txt: no such file", "spelling of the path"),
        (["phrases", "corpus.txt", "-o", "corpus.txt"], "is part of the corpus", "another file"),
        (["phrases", "corpus.txt", "--phrases", "0"], "nothing would be joined", "1 or more"),
        (["phrases", "corpus.txt", "--phrase-threshold", "x"], "phrase_threshold is 'x'", "a number"),
        (["phrases", "corpus.txt", "--phrase-threshold", "1,2"], "phrase_threshold is '1,2'", "for each pass"),
        (["phrases", "corpus.txt", "--phrase-score", "npmi", "--phrase-threshold", "1"], "above 1", "be below 1"),
        (["phrases", "corpus.txt", "--connectors", "fr"], "fr: cannot be read", "a language: en, de"),
        (["phrases", "corpus.txt", "--phrase-list", "one.txt"], "line 1 holds one word", "a phrase a line"),
        (["phrases", "corpus.txt", "--phrase-list", "none.txt"], "holds no phrases", "such as new york"),
        (["train", "corpus.txt", "--connectors", "en"], "no phrases are looked for", "phrases must be 1"),
    ],
)
def test_what_cannot_be(
    corpus: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str, hint: str
) -> None:
    Path("one.txt").write_text("york\n", "utf-8")
    Path("none.txt").write_text("\n", "utf-8")
    assert main(arguments) in (1, 2)
    error = capsys.readouterr().err
    assert message in error
    assert hint in error
    assert not Path("vectors.safetensors").exists()
    assert Path("corpus.txt").read_text("utf-8").splitlines() == LINES
