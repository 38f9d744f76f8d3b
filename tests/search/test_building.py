"""How an index is made: from texts and files, in blocks or at once, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from listening import Listening
from search.conftest import some_texts

import w2v
from w2v.errors import CorpusError, FormatError, OutputError, SettingsError
from w2v.pooling import encoder
from w2v.progress import NullProgress
from w2v.search import building, terms
from w2v.search.index_file import describe, is_index, open_index, verify
from w2v.text import Text
from w2v.vectors import Vectors


def written(path: Path, texts: list[str], vectors: Vectors, **settings: int) -> bytes:
    stream = [Text(str(number), text) for number, text in enumerate(texts)]
    building.write_index(path, stream, vectors, building.Settings(**settings))  # type: ignore[arg-type]
    return path.read_bytes()


def test_everything_is_in_the_file(vectors: Vectors, tmp_path: Path) -> None:
    texts = ["A slow laptop.", "Brot & Salz: 東京 😀", "bread bread bread"]
    written(tmp_path / "docs.w2v", texts, vectors)
    file = open_index(tmp_path / "docs.w2v")
    assert [file.id(document) for document in range(len(file))] == ["0", "1", "2"]
    assert [file.text(passage) for passage in range(file.passages)] == texts
    assert file.hashes[1].tobytes() == hashlib.sha256(texts[1].encode()).digest()
    assert set(file.terms) == {"a", "slow", "laptop", "brot", "salz", "東", "京", "😀", "bread"}
    assert not file.rows[1].any()
    np.testing.assert_allclose(file.rows, vectors.encode(texts), atol=1e-6)
    assert stat.S_IMODE((tmp_path / "docs.w2v").stat().st_mode) == 0o600
    assert is_index(tmp_path / "docs.w2v")
    assert describe(tmp_path / "docs.w2v", NullProgress()).values["documents"] == 3
    assert "3 documents in 3 passages" in verify(tmp_path / "docs.w2v", NullProgress())[0]


@pytest.mark.slow
def test_blocks_and_threads_do_not_change_the_file(
    vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [*some_texts(2_000), "of\nseveral lines\r\n", "", "東京 of-it"]
    few = written(tmp_path / "few", texts, vectors, passage_words=6)
    monkeypatch.setattr(terms, "FEW_CHARACTERS", 30_000)  # from then on compiled, with the terms so far
    monkeypatch.setattr(encoder, "FEW_CHARACTERS", 1)
    monkeypatch.setattr(encoder, "VERY_FEW_CHARACTERS", 1)
    monkeypatch.setattr(encoder, "BLOCK_CHARACTERS", 10_000)
    many = written(tmp_path / "many", texts, vectors, passage_words=6)
    one, other = open_index(tmp_path / "few"), open_index(tmp_path / "many")
    assert list(one.terms) == list(other.terms)
    assert np.array_equal(one.bm25.postings.documents, other.bm25.postings.documents)
    np.testing.assert_allclose(one.rows, other.rows, atol=1e-5)
    assert one.made.fitted
    assert other.made.fitted
    assert len(few) == len(many)


def test_a_fitted_index_answers_as_its_rows_say(vectors: Vectors) -> None:
    index = w2v.build_index([*some_texts(1_500), "a slow laptop"], vectors)
    assert index.file.made.fitted
    hit = index.search("a slow laptop", 1, mode="both")[0]
    assert hit.text in ("a slow laptop", "slow laptop")
    text = index.file.text(7)
    row = index.encoder.encode([text]).vectors[0]
    np.testing.assert_allclose(row, index.file.rows[7], atol=1e-5)


def test_the_old_index_stays_where_a_new_one_fails(vectors: Vectors, tmp_path: Path) -> None:
    path = tmp_path / "docs.w2v"
    old = written(path, ["a rose"], vectors)

    def failing() -> Iterator[Text]:
        yield Text("1", "bread")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        building.write_index(path, failing(), vectors, building.Settings())
    with pytest.raises(CorpusError, match="no texts to index"):
        building.write_index(path, [], vectors, building.Settings())
    assert path.read_bytes() == old
    assert os.listdir(tmp_path) == ["docs.w2v"]


def test_files_of_many_kinds(vectors: Vectors, tmp_path: Path) -> None:
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    docs = tmp_path / "docs"
    (docs / "a.md").write_text("# Bread\n\nflour and *salt*\n", "utf-8")
    (docs / "deep" / "b.html").write_text("<html><body><p>a slow<script>evil()</script> laptop</html>", "utf-8")
    (docs / "c.jsonl").write_text('{"title": "rose", "n": "x7"}\n{"title": "leaf", "n": "x8"}\n', "utf-8")
    (docs / ".hidden.txt").write_text("ram", "utf-8")
    (docs / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (tmp_path / "secret.txt").write_text("secret windows", "utf-8")
    (docs / "link.txt").symlink_to(tmp_path / "secret.txt")
    (docs / "out").symlink_to(tmp_path)
    (docs / "same.md").symlink_to(docs / "a.md")
    os.mkfifo(docs / "pipe")
    heard = Listening()

    index = w2v.build_index([docs], vectors, progress=heard, column="title", id_column="n")
    ids = [index.file.id(document) for document in range(len(index))]
    assert ids == [str(docs / "a.md"), "x7", "x8", str(docs / "deep" / "b.html")]
    assert "evil" not in index.file.text(3)
    for name in ("link.txt", "out", "pipe", "picture.png"):
        assert sum(str(docs / name) in each for each in heard.messages) == 1, heard.messages
    assert any("is the same file as" in each for each in heard.messages)
    with pytest.raises(CorpusError, match="PNG"):
        w2v.build_index([docs / "picture.png"], vectors)


def test_patterns_do_not_lead_out_either(vectors: Vectors, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "out.txt").write_text("secret", "utf-8")
    (tmp_path / "docs" / "in.txt").write_text("a rose\nbread", "utf-8")
    (tmp_path / "docs" / "link.txt").symlink_to(tmp_path / "out.txt")
    index = w2v.build_index(str(tmp_path / "docs" / "*.txt"), vectors)
    assert [index.file.text(0), len(index)] == ["a rose\nbread", 1]
    lines = w2v.build_index(str(tmp_path / "docs" / "in.txt"), vectors)
    assert [lines.file.text(each) for each in range(2)] == ["a rose", "bread"]


def test_impossible_arguments(vectors: Vectors, tmp_path: Path) -> None:
    for arguments, said in (
        ({"passage_words": 0}, "passage_words is 0"),
        ({"pooling": "max"}, "pooling is 'max'"),
        ({"column": "x"}, "column is for files"),
    ):
        with pytest.raises(SettingsError, match=said):
            w2v.build_index(["a b"], vectors, **arguments)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="no setting 'colunm'"):
        w2v.build_index([tmp_path], vectors, colunm="x")
    with pytest.raises(OutputError, match="no such file or directory"):
        w2v.build_index(["a b"], vectors, tmp_path / "nowhere" / "docs.w2v")
    with pytest.raises(FormatError, match="there is no index"):
        w2v.load_index(tmp_path / "docs.w2v")


def test_an_index_that_is_cut_anywhere_is_refused(vectors: Vectors, tmp_path: Path) -> None:
    whole = written(tmp_path / "docs.w2v", ["a rose", "bread"], vectors)
    path = tmp_path / "cut.w2v"
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(FormatError, match="not a whole index") as caught:
            w2v.load_index(path)
        assert "w2v index DOCS" in caught.value.hint


def test_a_large_file_is_opened_without_reading_it(
    vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("w2v.search.index_file.ALL_CHECKED", 10)
    path = tmp_path / "docs.w2v"
    whole = bytearray(written(path, ["a rose " * 90_000], vectors, passage_words=1 << 20))
    whole[whole.index(b"rose", 1 << 19)] ^= 32  # in the second block, which has nothing but text
    path.write_bytes(whole)
    assert len(open_index(path)) == 1
    with pytest.raises(FormatError, match="the sha256 of block"):
        open_index(path, check=True)
