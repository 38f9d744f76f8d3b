"""`w2v train` on files that are not plain UTF-8 text: the options that read them, and what is said without them."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from w2v import formats
from w2v.cli import main

OPTIONS = ["--dim", "4", "--epochs", "1", "--threads", "1", "--sample", "0", "--min-count", "2", "-o", "v.safetensors"]
TITLES = ["cordless drill", "cordless saw", "blue drill", 'big "blue" saw, cordless'] * 5


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join('{},"{}",9.5\n'.format(number, title.replace('"', '""')) for number, title in enumerate(TITLES))
    Path("products.csv").write_text(f"id,title,price\n{rows}", "utf-8")
    Path("products.jsonl").write_text("".join(json.dumps({"title": title}) + "\n" for title in TITLES), "utf-8")
    Path("page.html").write_text("<html>" + "".join(f"<p>{title}</p>" for title in TITLES), "utf-8")
    Path("alt (Windows).txt").write_bytes(("Für Äpfel und Öl größer\n" * 9).encode("cp1252"))


def words(*arguments: str) -> list[str]:
    assert main(["train", *arguments, *OPTIONS, "-q"]) == 0
    return sorted(formats.read("v.safetensors").words)


def test_columns() -> None:
    expected = ["blue", "cordless", "drill", "saw", "big"]
    for corpus, column in (("products.csv", "title"), ("products.csv", "2"), ("products.jsonl", "title")):
        assert words(corpus, "--column", column, "--tokenizer", "words") == sorted(expected)
    record = formats.read("v.safetensors").record
    assert record is not None
    assert (record.corpus["kind"], record.corpus["column"], record.corpus["texts"]) == ("json", "title", 20)
    assert record.settings["column"] == "title"


def test_quoted_commas_and_numbers_with_units_stay_whole() -> None:
    """A title in quotes may have commas, and 2.4GHz is a word and no 4ghz."""
    rows = '7,"Drill, cordless, 2.4GHz 2.0Ah",9.5\n8,"Saw, ""cordless"" 2.4GHz",1\n'
    Path("radio.csv").write_text("id,title,price\n" + rows * 5, "utf-8")
    found = words("radio.csv", "--column", "title", "--tokenizer", "words", "--lowercase")
    assert found == ["2.0ah", "2.4ghz", "cordless", "drill", "saw"]


def test_a_column_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    data = Path("products.csv").read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data), closed=False))
    assert "drill" in words("-", "--column", "title")


def test_html_and_auto() -> None:
    assert "saw</p><p>blue" in words("page.html", "--input-format", "plain")
    assert words("page.html", "--input-format", "html") == words("page.html", "--input-format", "auto")


def test_another_encoding(capsys: pytest.CaptureFixture[str]) -> None:
    """The first try names both cures; each of them works when it is copied."""
    assert main(["train", "alt (Windows).txt", *OPTIONS]) == 1
    hint = capsys.readouterr().err.splitlines()[-1]
    assert "--encoding cp1252 reads it" in hint
    command = hint.partition("convert it: ")[2]
    assert shlex.split(command)[:5] == ["iconv", "-f", "WINDOWS-1252", "-t", "UTF-8"]
    subprocess.run(command, shell=True, check=True)
    assert (
        words("alt (Windows).txt", "--encoding", "cp1252")
        == words("text.txt")
        == ["Für", "größer", "und", "Äpfel", "Öl"]
    )


@pytest.mark.parametrize(
    ("corpus", "said"),
    [
        ("products.csv", "Warning: products.csv looks like CSV: --column NAME or --column NUMBER reads one"),
        ("products.jsonl", "Warning: products.jsonl looks like JSON: --column KEY"),
        ("page.html", "Warning: page.html looks like HTML: --input-format html"),
    ],
)
def test_without_the_option_a_warning_names_it(corpus: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", corpus, *OPTIONS]) == 0
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (["products.csv", "--column", "titel"], 1, "it has no column 'titel'", "did you mean 'title'?"),
        (["products.jsonl", "--column", "titel"], 1, "with the key 'titel'", "did you mean 'title'?"),
        (
            ["products.csv", "--input-format", "csv"],
            1,
            "3 columns (id, title, price), and none is chosen",
            "--column title",
        ),
        (["page.html", "--column", "title"], 1, "looks like HTML, which has no columns", "--input-format html"),
        (["page.html", "--input-format", "html", "--column", "x"], 2, "HTML has no columns", "json, tsv, csv"),
        (["page.html", "--encoding", "utf9"], 2, "encoding is 'utf9'", "did you mean 'utf-8'"),
        (["products.csv", "--colum", "title"], 2, "No such option '--colum'", "--column"),
    ],
)
def test_wrong_uses(
    arguments: list[str], code: int, message: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *arguments, *OPTIONS]) == code
    *_, error, cure = capsys.readouterr().err.splitlines()
    assert message in error
    assert hint in cure
