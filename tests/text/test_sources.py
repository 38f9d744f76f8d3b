"""What names stand for: files, folders, patterns, standard input."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from w2v.errors import CorpusError
from w2v.text.sources import expand, fingerprint


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "b.txt",
        "a.txt",
        "B.txt",
        "sub/c.txt",
        "sub/deep/d.txt",
        "sub-1.txt",
        ".hidden",
        ".git/config",
        "[1].txt",
    ):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "tree"


def names(tree: Path, *sources: str | Path) -> list[str]:
    return [str(source.path.relative_to(tree)) for source in expand(sources) if source.path]


def test_folder(tree: Path) -> None:
    """All files below, in the order of their paths, hidden ones left out."""
    expected = ["B.txt", "[1].txt", "a.txt", "b.txt", "sub/c.txt", "sub/deep/d.txt", "sub-1.txt"]
    assert names(tree, tree) == expected


def test_patterns(tree: Path) -> None:
    assert names(tree, f"{tree}/?.txt", f"{tree}/a.txt") == ["B.txt", "a.txt", "b.txt", "a.txt"]
    assert names(tree, f"{tree}/**/*.txt")[-2:] == ["sub/c.txt", "sub/deep/d.txt"]
    assert names(tree, f"{tree}/su*") == ["sub/c.txt", "sub/deep/d.txt", "sub-1.txt"]
    assert len(names(tree, f"{tree}/**")) == 7
    assert names(tree, tree / "[1].txt") == ["[1].txt"]  # a file of that name comes before the pattern


def test_links(tree: Path) -> None:
    """Links are followed, but not round in circles."""
    (tree / "sub" / "up").symlink_to(tree)
    (tree / "linked.txt").symlink_to(tree / "a.txt")
    assert len(names(tree, tree)) == 8


@pytest.mark.parametrize(
    ("make", "message", "cure"),
    [
        (lambda tree: [], "no corpus is named", "name a text file"),
        (lambda tree: [""], "the name of a source is empty", "name a text file"),
        (lambda tree: [tree / "none.txt"], "none.txt: no such file or folder", "spelling"),
        (lambda tree: [tree / "none" / "x.txt"], "x.txt: no such file or folder", "none is no folder"),
        (lambda tree: [tree / "a.txt" / "x.txt"], "no such file or folder", "a.txt is no folder"),
        (lambda tree: [f"{tree}/*.gz"], "*.gz: no file matches this pattern", "check the path"),
        (lambda tree: ["-", "-"], "standard input (-) is named more than once", "only once"),
        (lambda tree: [tree / "empty"], "empty: no files in this folder", "hidden"),
        (lambda tree: [tree / "broken"], "broken", "check"),
        (lambda tree: ["some text " * 1000], "some text …: cannot be read: file name too long", "standard input"),
        (lambda tree: ["a\0b"], "a\0b", "check"),
    ],
)
def test_refusals(tree: Path, make: Callable[[Path], list[str | Path]], message: str, cure: str) -> None:
    (tree / "empty").mkdir()
    (tree / "empty" / ".keep").touch()
    (tree / "broken").symlink_to(tree / "nowhere")
    with pytest.raises(CorpusError) as caught:
        expand(make(tree))
    assert message in caught.value.message
    assert cure in caught.value.hint


def test_permission(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = expand([tree / "a.txt"])

    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(CorpusError, match=r"a\.txt: cannot be read: permission denied .*right to read"):
        list(source.read(10))


def test_fingerprint_is_that_of_the_bytes_in_order(tree: Path) -> None:
    sources = expand([tree / "b.txt", tree / "a.txt"])
    heard: list[int] = []
    assert fingerprint(sources, heard.append) == hashlib.sha256(b"b.txta.txt").hexdigest()
    assert heard == [5, 10]
    assert [source.size for source in sources] == [5, 5]


def test_standard_input_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO(b"a b c")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream, closed=False))
    (source,) = expand(["-"])
    assert (source.size, list(source.read(2))) == (None, [b"a ", b"b ", b"c"])
    assert not stream.closed
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CorpusError, match="standard input is closed"):
        list(source.read(2))


def test_a_named_pipe_has_no_size(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert expand([tmp_path / "pipe"])[0].size is None
    with pytest.raises(CorpusError, match="pipe is a pipe or a device"):  # nobody may ever write into it
        expand([tmp_path])
