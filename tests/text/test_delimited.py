"""CSV and TSV: quotes, delimiters, columns by name and number, rows that are wrong."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import CorpusError, SettingsError
from w2v.text import Reading, Texts
from w2v.text.delimited import find_dialect


def read(tmp_path: Path, content: str, name: str = "table.csv", **options: Any) -> list[tuple[str, str]]:
    """Ids, without the name of the file, and texts."""
    path = tmp_path / name
    path.write_bytes(content.encode())
    return [(text.id.removeprefix(str(path)), text.text) for text in Texts(path, Reading(**options))]


def refusal(tmp_path: Path, content: str, name: str = "table.csv", **options: Any) -> tuple[str, str]:
    with pytest.raises(CorpusError) as caught:
        read(tmp_path, content, name, **options)
    assert "\n" not in str(caught.value)
    return caught.value.message, caught.value.hint


def test_quotes_and_line_breaks(tmp_path: Path) -> None:
    content = 'id,title\r\n1,"a, b ""c"""\r\n2,"two\r\nlines"\r\n\r\n3,d"e\r\n4,"a\nb\rc"\r\n'
    found = read(tmp_path, content, column="title")
    assert found == [(":2", 'a, b "c"'), (":3", "two lines"), (":6", 'd"e'), (":7", "a b c")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [True, False])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str, header: bool) -> None:
    """Also where texts hold all other delimiters, equally often."""
    file = io.StringIO()
    rows = csv.writer(file, delimiter=delimiter)
    if header:
        rows.writerow(["number", "text", "price"])
    rows.writerows([number, f"text {number}, b; c | d", f"{number},5"] for number in range(1, 4))
    found = [text for _, text in read(tmp_path, file.getvalue(), column="text" if header else "2")]
    assert found == [f"text {number}, b; c | d" for number in range(1, 4)]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufefftitle,price\na b,1\n", column="title") == [(":2", "a b")]


def test_tsv_without_quoting(tmp_path: Path) -> None:
    """Quotes in it are quotes, where the rows then have the same number of fields."""
    content = 'score\ttext\n1\t"It is" he said\n2\t"open\n3\tplain\n'
    assert [text for _, text in read(tmp_path, content, "sts.tsv", column="text")] == [
        '"It is" he said',
        '"open',
        "plain",
    ]
    assert read(tmp_path, '1\t"a\tb\nc"\n2\td\n', "t.tsv", column="2") == [(":1", "a\tb c"), (":3", "d")]


def test_columns(tmp_path: Path) -> None:
    content = "sku,title,3\nx1,a b,c d\nx2,,e f\nx3\nx4,g h,,,\n"
    assert read(tmp_path, content, column="title") == [(":2", "a b"), (":5", "g h")]
    assert read(tmp_path, content, column="title", id_column="sku") == [("x1", "a b"), ("x4", "g h")]
    assert read(tmp_path, content, column="title", id_column="1") == [("x1", "a b"), ("x4", "g h")]
    assert read(tmp_path, content, column="3") == [(":2", "c d"), (":3", "e f")]  # a name comes before a number
    assert read(tmp_path, content, column="2") == [(":1", "title"), (":2", "a b"), (":5", "g h")]
    assert Reading(column=2) == Reading(column="2")  # type: ignore[arg-type]
    texts = Texts(tmp_path / "table.csv", Reading(column="title"))
    assert len(list(texts)) == 2
    assert (texts.tally.texts, texts.tally.without_text) == (2, 2)
    assert read(tmp_path, "one column\nof texts\n", input_format="csv") == [(":1", "one column"), (":2", "of texts")]
    assert read(tmp_path, "", column="title") == []


@pytest.mark.parametrize(
    ("content", "column", "message", "cure"),
    [
        (
            "id,title\n1,a\n",
            "titel",
            "it has no column 'titel': its first line holds id, title",
            "did you mean 'title'?",
        ),
        ("id,title\n1,a\n", "9", "it has no column '9'", "by its number from 1 to 2"),
        ("a,a\n1,b\n", "a", "2 columns have the name 'a'", "--column 1 or --column 2"),
        ("id,title\n1,a\n", "title,id", "'title,id' names 2 columns", "name one, as --column title"),
        ("id,title\n1,a long text\n", None, "it has 2 columns (id, title), and none is chosen", "--column title"),
        ("id,title\n1,a\n", None, "it has 2 columns (id, title), and none is chosen", "--column id"),
        ("id,title\n1,a b, c\n", "title", "line 2 has 3 fields, and the first line has 2", "in double quotes"),
        ('id,title\n1,"a" b\n', "title", "line 2: wrong quotes", 'write a quote as ""'),
        ('id,title\n1,ab\n2,"a\nb\n', "title", "line 3: a quoted field does not end", 'write a quote as ""'),
    ],
)
def test_refusals(tmp_path: Path, content: str, column: str | None, message: str, cure: str) -> None:
    said, hint = refusal(tmp_path, content, input_format="csv", column=column)
    assert message in said
    assert cure in hint


@pytest.mark.slow
def test_what_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    long = "x " * 500_000
    assert read(tmp_path, f"id,title\n1,{long}\n", column="title") == [(":2", long)]
    for endless in ('1,"' + "word word\n" * (2 << 20), '1,"x\n' + '","x\n' * (4 << 20)):
        said, hint = refusal(tmp_path, f"id,title\n{endless}", column="title")
        assert "the row that begins in line 2 is longer than 16,777,216 characters" in said
        assert "does a quoted field not end?" in hint
    said, _ = refusal(tmp_path, "id,title\n1," + "x x " * (5 << 20), column="title")
    assert "line 2 is longer than 16,777,216 characters" in said


def test_a_kind_without_columns(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="column is 'title', and HTML has no columns") as caught:
        read(tmp_path, "", input_format="html", column="title")
    assert "json, tsv, csv" in caught.value.hint
    said, hint = refusal(tmp_path, "<!DOCTYPE html><p>a, b", "page.html", column="title")
    assert "looks like HTML, which has no columns" in said
    assert "--input-format html" in hint


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.text(alphabet='ab,;"\n\r\t |', max_size=8), min_size=2, max_size=2), min_size=2, max_size=8
    )
)
def test_what_python_writes_is_read(rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["key", "text"], *rows])
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_bytes(file.getvalue().encode())
    if find_dialect(file.getvalue(), ",;\t|", whole=True).delimiter != ",":
        return  # quotes around everything leave a table of other delimiters possible
    wanted = [text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ") for _, text in rows]
    assert [text.text for text in Texts(path, Reading(column="text"))] == [text for text in wanted if text.strip()]
