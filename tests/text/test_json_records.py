"""JSON: lines, arrays, values one after the other; keys, dotted paths; what is nested, cut or endless."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import CorpusError
from w2v.text import Reading, Texts
from w2v.text.json_records import _Stream


def read(tmp_path: Path, content: str, name: str = "records.json", **options: Any) -> list[tuple[str, str]]:
    """Ids, without the name of the file, and texts."""
    path = tmp_path / name
    path.write_text(content, "utf-8")
    return [(text.id.removeprefix(str(path)), text.text) for text in Texts(path, Reading("json", **options))]


def refusal(tmp_path: Path, content: str, name: str = "records.json", **options: Any) -> tuple[str, str]:
    with pytest.raises(CorpusError) as caught:
        read(tmp_path, content, name, **options)
    assert "\n" not in str(caught.value)
    return caught.value.message, caught.value.hint


RECORDS = [{"id": 1, "doc": {"title": "a b", "tags": ["x", "y"]}}, {"id": "two", "doc": {"title": "c\nd"}}, {"id": 3}]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("\n".join(map(json.dumps, RECORDS)), "records.jsonl"),
        ("\n".join(map(json.dumps, RECORDS)), "records.json"),
        ("\n\n" + "\r\n".join(map(json.dumps, RECORDS)), "records.ndjson"),
        (json.dumps(RECORDS), "records.json"),
        (json.dumps(RECORDS, indent=2), "records.json"),
        ("".join(json.dumps(record, indent=2) for record in RECORDS), "records.json"),
    ],
)
def test_all_layouts(tmp_path: Path, content: str, name: str) -> None:
    found = read(tmp_path, content, name, column="doc.title", id_column="id")
    assert found == [("1", "a b"), ("two", "c d")]
    assert [text for _, text in read(tmp_path, content, name, column="doc.tags")] == ["x y"]
    assert [text for _, text in read(tmp_path, content, name, column="doc.tags.1")] == ["y"]


def test_texts_without_keys(tmp_path: Path) -> None:
    assert read(tmp_path, '["a b", ["c", "d"], null, ""]') == [(":1", "a b"), (":2", "c d")]
    assert read(tmp_path, '"a b"\n["c", 17, 1.50]\n', "t.jsonl") == [(":1", "a b"), (":2", "c 17 1.50")]
    assert read(tmp_path, '{"a.b": "c d"}', column="a.b") == [(":1", "c d")]
    assert read(tmp_path, "[]") == []
    assert read(tmp_path, "") == []


@pytest.mark.parametrize(
    ("content", "column", "message", "cure"),
    [
        ('{"a": "b"}\n{"a": "b\n', "a", "line 2 is not JSON: unterminated string at character 7", "correct the line"),
        ('{"a": "b"}\n', "b", "none of its records has a text with the key 'b': the first has a", "--column"),
        ('{"titel": "b"}\n' * 2000, "title", "none of the first 1,000 records", "did you mean 'titel'?"),
        ('{"a": {"b": "c"}}\n', "a", "'a' is an object, not a text", "--column a.b"),
        ('{"a": "b"}\n', None, "no key is chosen (it has a)", "--column KEY"),
        ('{"a": true}\n', "a", "is true or false, not a text", "strings"),
        ('{"a": ["b", {}]}\n', "a", "a list of other things than strings", "strings"),
        ('{"a": ["new york"]}\n', "a", "the token 'new york' holds white space", "_"),
        ('[{"a": "b"}', "a", "value 1 is not whole JSON: the array does not end", "cut short"),
        ('[{"a": "b"} {"a": "c"}]', "a", "no comma follows it", "cut short"),
        ('[{"a": "b"}, {"a": ', "a", "value 2 is not whole JSON: expecting value", "cut short"),
        ('[{"a": "b"}] more', "a", "something else follows the array", ".jsonl"),
        ('["a"]\n["b"]\n', None, "something else follows the array", ".jsonl"),
        ('{"a": "b \\ud800"}\n', "a", "character 3 of the text is U+D800", "--encoding-errors replace"),
        ("[" * 100_000, None, "value 1 is nested too deeply", "levels"),
        ('{"a": ' * 100_000 + "1" + "}" * 100_000, "a", "value 1 is nested too deeply", "levels"),
        ('{"a": ' * 100_000 + "1" + "}" * 100_000 + "\n" * 2, "a", "value 1 is nested too deeply", "levels"),
    ],
)
def test_refusals(tmp_path: Path, content: str, column: str | None, message: str, cure: str) -> None:
    path = tmp_path / "records.json"
    path.write_text(content, "utf-8")
    with pytest.raises(CorpusError) as caught:
        list(Texts(path, Reading("json", column=column)).reader())
    assert message in caught.value.message
    assert cure in caught.value.hint


@pytest.mark.slow
def test_what_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    said, _ = refusal(tmp_path, '["' + "word " * (8 << 20))
    assert "value 1 is not whole JSON: it does not end within 16,777,216 characters" in said
    said, _ = refusal(tmp_path, '{"a": "' + "word " * (4 << 20), "lines.jsonl", column="a")
    assert "line 1 is longer than 16,777,216 characters" in said
    assert len(read(tmp_path, "[" + "1" * 1_000_000 + "]")[0][1]) == 1_000_000


def test_escapes_that_no_text_holds_are_replaced_and_counted(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('"a \\ud800 b \\u0000"\n"ok \\ud83d\\ude00"\n')
    reader = Texts(tmp_path, Reading("json", encoding_errors="replace")).reader()
    assert b"".join(reader).decode().split() == ["a", "\ufffd", "b", "\ufffd", "ok", "😀"]
    assert reader.tally.replaced_places == 2


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(records=st.lists(values, max_size=5), step=st.integers(1, 20), indent=st.sampled_from([None, 1]))
def test_a_stream_of_values_in_any_pieces(records: list[Any], step: int, indent: int | None) -> None:
    def in_pieces(text: str) -> Any:
        return (text[begin : begin + step] for begin in range(0, len(text), step))

    strings = json.loads(json.dumps(records), parse_int=str)
    array = _Stream(in_pieces(json.dumps(records, indent=indent)), "t").values()
    assert [value for _, value in array] == strings
    if records and not isinstance(records[0], list):
        one_by_one = _Stream(in_pieces(" ".join(map(json.dumps, records))), "t").values()
        assert [value for _, value in one_by_one] == strings


@pytest.mark.parametrize("column", ["items.t", "items[].t"])
def test_a_key_of_the_objects_in_a_list_gives_one_text(tmp_path: Path, column: str) -> None:
    lines = '{"items": [{"t": "a b"}, {"t": "c"}, {"u": "x"}]}\n{"items": [{"t": ["d", "e"]}]}\n'
    assert [text for _, text in read(tmp_path, lines, "t.jsonl", column=column)] == ["a b c", "d e"]


def test_the_hint_on_a_list_of_objects_names_a_key_that_works(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        read(tmp_path, '{"items": [{"t": "a b"}]}\n', "t.jsonl", column="items")
    assert caught.value.hint == "choose a key inside of it: --column items.t"
