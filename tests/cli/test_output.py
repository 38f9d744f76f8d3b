"""The five formats of one result, read back by the parsers that users would use."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Group
from rich.table import Table
from rich.text import Text

import w2v.cli.output
from w2v.cli.output import _separated, emit, new_table

ROWS: list[dict[str, Any]] = [{"word": 'a"b,c', "score": 0.1}, {"word": "東京", "score": float("nan"), "note": "x"}]


@pytest.fixture(autouse=True)
def running_command() -> Iterator[None]:
    with click.Context(click.Command("probe")):
        yield


def fail(*args: object) -> Any:
    raise AssertionError("not to be called")


def test_json_is_the_payload_with_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    emit("json", "w2v.x/1", {"rows": ROWS, "none": [], "inf": float("inf")}, ROWS, fail)
    out = capsys.readouterr().out
    assert "東京" in out
    assert json.loads(out, parse_constant=fail) == {
        "schema": "w2v.x/1",
        "rows": [{"word": 'a"b,c', "score": 0.1}, {"word": "東京", "score": None, "note": "x"}],
        "none": [],
        "inf": None,
    }


def test_jsonl_is_a_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    emit("jsonl", "w2v.x/1", {}, ROWS, fail)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"schema": "w2v.x/1", "word": 'a"b,c', "score": 0.1}
    assert lines[1]["score"] is None


@pytest.mark.parametrize(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_and_tsv(output_format: str, delimiter: str, capsys: pytest.CaptureFixture[str]) -> None:
    emit(output_format, "w2v.x/1", {}, ROWS, fail)
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter=delimiter))
    assert found == [
        {"word": 'a"b,c', "score": "0.1", "note": ""},
        {"word": "東京", "score": "", "note": "x"},
    ]


PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


@given(st.lists(st.fixed_dictionaries({"a": PRINTABLE, "b": st.floats(allow_nan=False, allow_infinity=False)})))
def test_any_row_survives_csv(rows: list[dict[str, Any]]) -> None:
    text = _separated([{"first": 1, **row} for row in rows], ",")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [{"a": row["a"], "b": float(row["b"])} for row in found] == rows


@pytest.mark.parametrize(("output_format", "expected"), [("json", []), ("jsonl", ""), ("csv", ""), ("tsv", "")])
def test_nothing_found(output_format: str, expected: Any, capsys: pytest.CaptureFixture[str]) -> None:
    emit(output_format, "w2v.x/1", {"rows": []}, [], fail)
    out = capsys.readouterr().out
    assert (json.loads(out)["rows"] if output_format == "json" else out) == expected


def test_a_table_that_is_piped_is_neither_cut_nor_coloured(capsys: pytest.CaptureFixture[str]) -> None:
    def table() -> Table:
        wide = new_table("caption [not markup] :smile:")
        for column in range(40):
            wide.add_column(f"column-{column}")
        wide.add_row(*["[b]value-that-is-long[/b]"] * 40)
        return wide

    emit("table", "w2v.x/1", {}, [], table)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "…" not in out
    assert "[not markup] :smile:" in out
    assert "column-39" in out
    assert out.count("[b]value-that-is-long[/b]") == 40
    assert all(line == line.rstrip() for line in out.splitlines())


@pytest.mark.parametrize("colour", [False, True])
def test_words_cannot_steer_the_terminal(colour: bool, capsys: pytest.CaptureFixture[str]) -> None:
    word = "\x1b]0;x\x07\x1b[31mred\x9b2J\r"

    def table() -> Group:
        wide = new_table(word)
        wide.add_column(word)
        wide.add_column("next")
        wide.add_row(word, "a")
        wide.add_row(Text(word, style="bold"), "b")
        return Group(wide, Text(f"Known: {word}.", style="dim"), word)

    click.get_current_context().color = colour
    emit("table", "w2v.x/1", {}, [], table)
    out = capsys.readouterr().out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out)  # the styles of the table itself
    assert (plain == out) == (not colour)
    assert "\x1b[31mred" not in out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", plain)
    assert plain.count(r"\x1b]0;x") == 6
    first = next(line for line in plain.splitlines() if line.endswith("  a"))
    assert first == r"\x1b]0;x\x07\x1b[31mred\x9b2J\x0d   a"
    emit("csv", "w2v.x/1", {}, [{"word": word}], fail)
    assert word in capsys.readouterr().out


def test_ascii_streams_do_not_crash(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr(w2v.cli.output.sys, "stdout", narrow)
    emit("csv", "w2v.x/1", {}, [{"word": "−"}], fail)
    assert narrow.buffer.getvalue() == b"word\n\\u2212\n"  # type: ignore[attr-defined]
