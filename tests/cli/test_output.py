"""Every format of one result, read back by the parsers that users would use."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

import w2v.cli.output
from w2v.cli.output import ARGUMENTS, Result, _separated, emit
from w2v.report.blocks import Column, Document, Note, Row, Table
from w2v.report.tables import text

ROWS: list[dict[str, Any]] = [{"word": 'a"b,c', "score": 0.1}, {"word": "東京", "score": float("nan"), "note": "x"}]


@pytest.fixture(autouse=True)
def running_command() -> Iterator[None]:
    with click.Context(click.Command("probe")):
        yield


def fail(*args: object) -> Any:
    raise AssertionError("not to be called")


def result(
    rows: list[dict[str, Any]], document: Callable[[], Document] = fail, payload: dict[str, Any] | None = None
) -> Result:
    return Result("w2v.x/1", payload or {}, rows, document)


def test_json_is_the_payload_with_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    emit(result(ROWS, payload={"rows": ROWS, "none": [], "inf": float("inf")}), "json")
    out = capsys.readouterr().out
    assert "東京" in out
    assert json.loads(out, parse_constant=fail) == {
        "schema": "w2v.x/1",
        "rows": [{"word": 'a"b,c', "score": 0.1}, {"word": "東京", "score": None, "note": "x"}],
        "none": [],
        "inf": None,
    }


def test_jsonl_is_a_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    emit(result(ROWS), "jsonl")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"schema": "w2v.x/1", "word": 'a"b,c', "score": 0.1}
    assert lines[1]["score"] is None


@pytest.mark.parametrize(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_and_tsv(output_format: str, delimiter: str, capsys: pytest.CaptureFixture[str]) -> None:
    emit(result(ROWS), output_format)
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter=delimiter))
    assert found == [
        {"word": 'a"b,c', "score": "0.1", "note": ""},
        {"word": "東京", "score": "", "note": "x"},
    ]


PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


@given(st.lists(st.fixed_dictionaries({"a": PRINTABLE, "b": st.floats(allow_nan=False, allow_infinity=False)})))
def test_any_row_survives_csv(rows: list[dict[str, Any]]) -> None:
    separated = _separated([{"first": 1, **row} for row in rows], ",")
    found = list(csv.DictReader(io.StringIO(separated, newline="")))
    assert [{"a": row["a"], "b": float(row["b"])} for row in found] == rows


@pytest.mark.parametrize(("output_format", "expected"), [("json", []), ("jsonl", ""), ("csv", ""), ("tsv", "")])
def test_nothing_found(output_format: str, expected: Any, capsys: pytest.CaptureFixture[str]) -> None:
    emit(result([], payload={"rows": []}), output_format)
    out = capsys.readouterr().out
    assert (json.loads(out)["rows"] if output_format == "json" else out) == expected


def test_a_table_that_is_piped_is_neither_cut_nor_coloured(capsys: pytest.CaptureFixture[str]) -> None:
    def document() -> Document:
        columns = tuple(Column(f"column-{number}") for number in range(40))
        row = Row(tuple(text("[b]value-that-is-long[/b]") for _ in columns))
        return Document.of("", Table("caption [not markup] :smile:", columns, (row,)), Note(("word " * 50,)))

    emit(result([], document), "table")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "…" not in out
    assert "[not markup] :smile:" in out
    assert "column-39" in out
    assert out.count("[b]value-that-is-long[/b]") == 40
    assert all(line == line.rstrip() for line in out.splitlines())
    assert len(out.splitlines()) == 5  # a paragraph is a line


@pytest.mark.parametrize("colour", [False, True])
def test_words_cannot_steer_the_terminal(colour: bool, capsys: pytest.CaptureFixture[str]) -> None:
    word = "\x1b]0;x\x07\x1b[31mred\x9b2J\r\u202e"

    def document() -> Document:
        columns = (Column(word, numeric=False), Column("next", numeric=False))
        rows = (Row((text(word), text("a"))), Row((text(word, strong=True), text("b")), quiet=True))
        return Document.of("", Table(word, columns, rows), Note((f"Known: {word}.",), "warning"), Note((word,)))

    click.get_current_context().color = colour
    emit(result([], document), "table")
    out = capsys.readouterr().out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out)  # the styles of the table itself
    assert (plain == out) == (not colour)
    assert "\x1b[31mred" not in out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", plain)
    assert plain.count(r"\x1b]0;x") == 6
    first = next(line for line in plain.splitlines() if line.endswith("  a"))
    assert first == r"\x1b]0;x\x07\x1b[31mred\x9b2J\x0d\u202e   a"
    emit(result([{"word": word}]), "csv")
    assert word in capsys.readouterr().out


def test_ascii_streams_do_not_crash(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr(w2v.cli.output.sys, "stdout", narrow)
    emit(result([{"word": "−"}]), "csv")
    assert narrow.buffer.getvalue() == b"word\n\\u2212\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize("output_format", ["html", "markdown"])
def test_what_is_handed_on_says_how_it_was_made(output_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    click.get_current_context().meta[ARGUMENTS] = ("x", "two words")
    emit(result([], lambda: Document.of("A title", Note(("text",)), file="a.bin")), output_format)
    out = re.sub(r"&#x27;|&quot;", "'", capsys.readouterr().out)
    assert "w2v x 'two words'" in out
    assert re.search(r"Date: \d{4}-\d\d-\d\d", out.replace("\\", ""))
    assert "a.bin" in out
