"""`w2v similarity` with many pairs in a file, and its matrix in CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from w2v.cli import main
from w2v.vectors import Vectors

pytestmark = pytest.mark.usefixtures("folder")


def rows_of(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, str]]:
    assert main([*args, "--format", "csv"]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


@pytest.mark.parametrize("between", [" ", "\t", ",", ", ", ";", "  "])
def test_a_line_is_a_pair(between: str, vectors: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    Path("pairs.txt").write_text(f"king{between}queen\n\ncat{between}dog\n")
    rows = rows_of(capsys, "similarity", "-i", "pairs.txt")
    assert [(row["a"], row["b"]) for row in rows] == [("king", "queen"), ("cat", "dog")]
    for row in rows:
        assert float(row["cosine"]) == vectors.similarity(row["a"], row["b"])
        assert float(row["euclidean"]) == vectors.similarity(row["a"], row["b"], "euclidean")


def test_forms_of_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    Path("pairs.csv").write_text('"king - man",queen,7.5\n{cat dog} bank\nking,nix\n')
    assert main(["similarity", "-i", "pairs.csv", "paris", "berlin", "--unknown-words", "skip", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "left out, not in vectors.safetensors: 'nix'" in err
    found = json.loads(out)
    assert found["schema"] == "w2v.similarity-pairs/1"
    assert [(each["a"], each["b"]) for each in found["pairs"]] == [
        ("paris", "berlin"),
        ("king − man", "queen"),
        ("{cat dog}", "bank"),
    ]
    assert main(["similarity", "-i", "pairs.csv", "--unknown-words", "skip"]) == 0
    assert "random pairs below" in capsys.readouterr().out
    Path("two.txt").write_text("cat\ndog\n")  # a word in each line is one pair, as on the command line
    assert rows_of(capsys, "similarity", "-i", "two.txt") == rows_of(capsys, "similarity", "cat", "dog")


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("king queen cat", "pairs.txt: pair 1 (king queen cat) is not two words"),
        ("king queen\ncat", "pairs.txt: pair 2 (cat) is not two words"),
        ("nix nox", "'nix', 'nox' are not in vectors.safetensors"),
        ("", "pairs.txt has no pairs"),
    ],
)
def test_lines_that_are_no_pairs(lines: str, error: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("pairs.txt").write_text(lines)
    assert main(["similarity", "-i", "pairs.txt"]) == 1
    assert error in " ".join(capsys.readouterr().err.split())


def test_no_pair_with_both_words(capsys: pytest.CaptureFixture[str]) -> None:
    Path("pairs.txt").write_text("king nix\nnox cat\n")
    assert main(["similarity", "-i", "pairs.txt", "--unknown-words", "skip"]) == 1
    assert "of none of the 2 pairs vectors.safetensors has both words" in " ".join(capsys.readouterr().err.split())


def test_the_matrix_in_csv_has_names(vectors: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["cat", "dog", "king"]
    rows = rows_of(capsys, "similarity", "--matrix", *words)
    assert [row[""] for row in rows] == words
    assert list(rows[0]) == ["", *words]
    assert float(rows[0]["dog"]) == pytest.approx(vectors.similarity("cat", "dog"))
    assert main(["similarity", "--matrix", *words, "--format", "jsonl"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["a"], each["b"]) for each in listed] == [("cat", "dog"), ("cat", "king"), ("dog", "king")]
    assert [row[""] for row in rows_of(capsys, "similarity", "--matrix", "KING", "king")] == ["KING", "king"]
