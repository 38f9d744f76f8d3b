"""Texts from Python: what is a corpus, what is a name of a file, and what is refused with which cure."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from w2v.errors import CorpusError, SettingsError
from w2v.text import Reading, Texts
from w2v.text.python_texts import PythonTexts, names_or_texts

STRINGS = ["the cat sat", "a dog", "two\r\nlines\n"]
TOKENS = [["the", "cat", "sat"], ["a", "dog"], ["two", "lines"]]
LINES = b"the cat sat\na dog\ntwo lines\n"


def generator(items: list[Any]) -> Iterator[Any]:
    yield from items


@pytest.mark.parametrize(
    "corpus",
    [
        STRINGS,
        tuple(STRINGS),
        generator(STRINGS),
        iter(STRINGS),
        pd.Series(STRINGS),
        np.array(STRINGS),
        np.array(STRINGS, dtype=object),
        io.StringIO(LINES.decode()),
        TOKENS,
        map(tuple, TOKENS),
        pd.Series(TOKENS),
        [np.array(tokens) for tokens in TOKENS],
    ],
    ids=lambda corpus: type(corpus).__name__,
)
def test_any_iterable_is_the_lines_of_its_texts(corpus: Any) -> None:
    if not isinstance(corpus, Iterator):
        assert [text.id for text in Texts(corpus)] == ["0", "1", "2"]
    reader = Texts(corpus).reader()
    assert [line.split() for line in b"".join(reader).decode().splitlines() if line.strip()] == TOKENS
    assert reader.fingerprint == hashlib.sha256(LINES).hexdigest()
    assert (reader.bytes_read, reader.text_bytes) == (len(LINES), len(LINES))


def test_what_an_iterator_yields_is_read_once() -> None:
    texts = Texts(generator(STRINGS))
    assert texts.size is None
    assert len(list(texts)) == 3
    with pytest.raises(CorpusError, match="used up"):
        list(texts)


def test_memory_does_not_grow_with_a_generator() -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "one two three"

    blocks = iter(Texts(endless()).reader(block_size=10_000))
    for _ in range(3):
        assert len(next(blocks)) < 20_000
    assert taken < 4_000


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b c.txt", "cat"):
        (tmp_path / name).write_text(f"{name} x\n")
    return tmp_path


@pytest.mark.parametrize(
    ("corpus", "names"),
    [
        ("a.txt", ("a.txt",)),
        (Path("a.txt"), ("a.txt",)),
        (["a.txt", Path("b c.txt")], ("a.txt", "b c.txt")),
        (["-"], ("-",)),
        (["*.txt"], ("*.txt",)),
        (["b c.txt"], ("b c.txt",)),
        (["a.txt", "misspelt.txt"], ("a.txt", "misspelt.txt")),
        (["misspelt.txt"], ("misspelt.txt",)),
        (["mis spelt.txt", "other one.csv"], ("mis spelt.txt", "other one.csv")),
        (["cat"], ("cat",)),
        ("some text", ("some text",)),
        ([], ()),
        ((name for name in ["a.txt", "cat"]), ("a.txt", "cat")),
    ],
)
def test_names_of_files(here: Path, corpus: Any, names: tuple[str, ...]) -> None:
    assert names_or_texts(corpus) == names


def test_a_name_stays_a_name(here: Path) -> None:
    names = names_or_texts("no such folder")
    assert names_or_texts(names) == ("no such folder",)
    with pytest.raises(CorpusError, match="no such folder: no such file or folder") as caught:
        Texts(names)
    assert "in Python, texts are given in a list" in caught.value.hint


@pytest.mark.parametrize(
    "corpus", [["cat", "the cat", "a dog"], ["How are you?", "fine [well]"], ["see a.txt", "and so on"], ["a b"]]
)
def test_texts_that_could_be_names(here: Path, corpus: list[str]) -> None:
    found = names_or_texts(corpus)
    assert isinstance(found, PythonTexts)
    assert [text.text for text in found.texts()] == corpus


def test_paths_from_a_folder(here: Path) -> None:
    assert names_or_texts(here.glob("a*")) == (str(here / "a.txt"),)
    assert [text.text for text in Texts(sorted(here.glob("*.txt")))] == ["a.txt x", "b c.txt x"]


REFUSED: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: 5, "the corpus is of the type int", "an iterable of strings or of lists of tokens"),
    (lambda: None, "the corpus is of the type NoneType", "give names of files"),
    (lambda: b"the cat", "the corpus is of the type bytes", "data.decode()"),
    (lambda: {"a": "the cat"}, "the corpus is of the type dict", "list(texts.values())"),
    (lambda: {"the cat", "a dog"}, "the corpus is of the type set", "sorted(texts)"),
    (lambda: pd.DataFrame({"title": STRINGS}), "the corpus is of the type DataFrame", "table['title']"),
    (lambda: ["the", "cat", "sat"], "a list of single words, such as 'the'", "[['the', 'cat'], …]"),
    (lambda: [1, 2], "text 0 is of the type int, not a string or a list of tokens", "give strings"),
    (lambda: [b"the cat"], "text 0 is of the type bytes", "text.decode()"),
    (lambda: [{"title": "a b"}], "text 0 is of the type dict", "record['title']"),
    (lambda: [{"a", "b"}], "text 0 is of the type set", "sorted(tokens)"),
    (lambda: [[1, 2], [3]], "text 0: token 0 is 1, of the type int, not a string", "[str(token) for token in text]"),
    (lambda: [["a", None]], "text 0: token 1 is None", "str(token)"),
    (lambda: [["a", "new york"]], "text 0: the token 'new york' holds white space", "token.replace(' ', '_')"),
    (lambda: [["a", "b"], ["c", ""]], "text 1: token 1 is empty", "if token.strip()"),
    (lambda: [["a", "\u3000"]], "text 0: token 1 is white space", "if token.strip()"),
    (lambda: [["", "a b"]], "text 0: token 0 is empty", "if token.strip()"),
    (lambda: pd.Series(["a b", None]), "text 1 is missing", "dropna()"),
    (lambda: pd.Series(["a b", float("nan")], dtype=object), "text 1 is missing (nan)", "dropna()"),
    (lambda: ["a b", ["c"]], "text 1 is a list, and those before it are strings", "one or the other"),
    (lambda: [["c"], "a b"], "text 1 is a string, and those before it are lists of tokens", "one or the other"),
    (lambda: ["a b\ud800"], "text 0: character 3 is half of a pair", "'replace'"),
    (lambda: ["a b\0"], "text 0 holds the character NUL", "replace('\\0', ' ')"),
    (lambda: io.BytesIO(LINES), "text 0 is of the type bytes", "text.decode()"),
    (lambda: [iter(["a", "b"])], "text 0 is of the type list_iterator", "lists of tokens"),
    (lambda: [["a"], Path("c")], "text 1 is of the type PosixPath", "give strings"),
]


@pytest.mark.parametrize(("make", "message", "cure"), REFUSED, ids=[message for _, message, _ in REFUSED])
def test_refusals_at_once(here: Path, make: Callable[[], Any], message: str, cure: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Texts(make())
    assert message in caught.value.message
    assert cure in caught.value.hint
    assert "\n" not in str(caught.value)


def test_later_texts_are_refused_with_their_place() -> None:
    for bad, message in ((5, "text 150 is of the type int"), (["a"], "text 150 is a list")):
        with pytest.raises(CorpusError, match=message):
            list(Texts([*["a b"] * 150, bad]).reader())


def test_settings_of_files_are_refused() -> None:
    for options in ({"column": "title"}, {"encoding": "cp1252"}, {"input_format": "html"}, {"id_column": "1"}):
        with pytest.raises(SettingsError, match="the texts are from Python"):
            Texts(["a b"], Reading(**options))  # type: ignore[arg-type]


def test_texts_that_begin_like_compressed_data() -> None:
    reader = Texts(["BZh91AY&SY is how bzip2 begins"]).reader()
    assert b"".join(reader).split()[0] == b"BZh91AY&SY"
