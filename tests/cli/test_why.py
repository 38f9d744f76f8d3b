"""`w2v why`: what it prints in each format. The numbers are compared in tests/explanation."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import w2v
from w2v.cli import main

pytestmark = pytest.mark.usefixtures("folder")

TEXT = "the old king sat on a throne\nthe young queen sat on a throne\na king and a queen met\nthe cat sat\n" * 3


@pytest.fixture(autouse=True)
def text(folder: Path) -> None:
    Path("text.txt").write_text(TEXT)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*args: str) -> tuple[str, str]:
        assert main(["why", *args]) == 0
        out, err = capsys.readouterr()
        return out, err

    return run


def test_json_is_what_the_function_returns(run: Any) -> None:
    out, _ = run("king", "queen", "--corpus", "text.txt", "--window", "2", "--json", "--tokenizer", "whitespace")
    found = json.loads(out)
    vectors = w2v.load("vectors.safetensors")
    expected = w2v.why(vectors, "king", "queen", corpus="text.txt", window=2, tokenizer="whitespace")
    assert expected.contexts is not None
    assert found["schema"] == "w2v.why/1"
    assert (found["cosine"], found["shared"], found["nearest"]) == (expected.cosine, expected.shared, 100)
    assert [near["word"] for near in found["neighbours"]] == [near.word for near in expected.neighbours]
    shown = {each["word"]: each["share"] for each in found["contexts"]["contexts"]}
    assert shown == {each.word: each.share for each in expected.contexts.contexts}
    quote = next(each["quote_a"] for each in found["contexts"]["contexts"] if each["word"] == "and")
    assert quote == {"before": "a", "word": "king", "after": "and a queen met"}


def test_rows_are_neighbours_then_contexts(run: Any) -> None:
    out, _ = run("king", "queen", "-n", "4", "--corpus", "text.txt", "--tokenizer", "words", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    kinds = [row["kind"] for row in rows]
    assert kinds[:4] == ["neighbour"] * 4
    assert set(kinds[4:]) == {"context"}
    assert any(row["quote_a"] == "a king and a queen met" for row in rows)
    lines = [json.loads(line) for line in run("king", "queen", "-n", "4", "--format", "jsonl")[0].splitlines()]
    assert [line["word"] for line in lines] == [row["word"] for row in rows[:4]]


def test_tables_fit_the_terminal(on_a_terminal: Callable[..., list[str]]) -> None:
    lines = on_a_terminal("why", "king", "queen", "--corpus", "text.txt", "--tokenizer", "whitespace")
    assert all(len(line) <= 80 for line in lines)
    assert lines[0] == "king and queen"
    assert "Contexts of both in the text" in lines
    first, second = lines[lines.index("Quotes") + 3 :][:2]
    assert first.index("   king    and") == second.index("   queen   met")  # the words stand below each other
    account = " ".join(lines).partition("In 69 words of text, ")[2]
    assert account.startswith(
        "'king' occurs 6 and 'queen' 6 times; they stand near each other 3 times, more often than"
    )
    assert "Quotes" not in on_a_terminal("why", "king", "queen", "--corpus", "text.txt", "--quotes", "0")


def test_the_text_may_come_from_anywhere(run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    expected, _ = run("king", "queen", "--corpus", "text.txt", "--tokenizer", "whitespace", "--json")
    half = len(TEXT) // 3
    Path("parts").mkdir()
    Path("parts/a.txt").write_text(TEXT[:half])
    Path("parts/b.txt").write_text(TEXT[half:])
    for named in (["parts"], ["parts/*.txt"], ["parts/a.txt", "--corpus", "parts/b.txt"]):
        assert run("king", "queen", "--tokenizer", "whitespace", "--json", "--corpus", *named)[0] == expected
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert run("king", "queen", "--tokenizer", "whitespace", "--json", "--corpus", "-")[0] == expected


def test_how_the_text_was_cut_is_asked_for_where_it_is_not_known(run: Any) -> None:
    _, err = run("king", "queen", "--corpus", "text.txt")
    assert "does not say how its text was cut into words" in err


@pytest.mark.parametrize(
    ("args", "code", "error", "hint"),
    [
        (["king"], 2, "why takes two words, and got 1", "w2v why king queen"),
        ([], 2, "Missing argument 'A B'", "usage: w2v why"),
        (["king", "quen"], 1, "'quen' is not in vectors.safetensors", "'queen'"),
        (["king", "KING"], 2, "'king' is compared with itself", "two different words"),
        (["king", "queen", "--corpus", "none.txt"], 1, "none.txt: no such file", "check the spelling"),
        (["king", "{queen man}", "--corpus", "text.txt"], 2, "a sum has no contexts in a text", "name two words"),
        (["king", "paris", "--corpus", "text.txt"], 1, "'paris' is not in the text, which has 69 words", "--tokenizer"),
        (["king", "queen", "--corpus", "text.txt", "--column", "x"], 1, "text.txt", ""),
    ],
)
def test_what_goes_wrong(args: list[str], code: int, error: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", *args]) == code
    out, err = capsys.readouterr()
    assert out == ""
    first, second = [line for line in err.splitlines() if line.startswith(("Error: ", "Hint: "))][-2:]
    assert error in first
    assert hint in second
