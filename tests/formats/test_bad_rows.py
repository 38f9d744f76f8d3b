"""Rows that cannot be used, rows that are not wanted, and words that a format cannot hold: the same in every format."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v import Vectors
from w2v.cli import main
from w2v.errors import FormatError, OutputError, SettingsError
from w2v.formats import FORMATS, inspect, read, write

KING, QUEEN = b"king 1 2", b"queen 3 4"
# What follows `king` and goes before `queen`; the word that "replace" makes of it, None where it is left out.
BAD_LINES = [
    (b"", None),
    (b"  5 6", "_"),
    (b" \t 5 6", "_"),
    (b"one 5", None),
    (b"one 5 6 7", None),
    (b"one 5 x", None),
    (b"caf\xe9 5 6", "caf\ufffd"),
    (b"a\tb 5 6", "a_b"),
    (b"one nan 6", "one"),
    (b"one 5 -inf", "one"),
]
LINES = [*(line for line, _ in BAD_LINES), KING, QUEEN]


def packed(*words: bytes, values: tuple[float, ...] = (1.0, 2.0)) -> bytes:
    return b"%d 2\n" % len(words) + b"".join(word + b" " + struct.pack("<2f", *values) for word in words)


@pytest.mark.parametrize(("line", "replaced"), BAD_LINES)
@pytest.mark.parametrize("header", [True, False])
def test_lines(line: bytes, replaced: str | None, header: bool, tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_bytes(b"3 2\n" * header + b"\n".join([KING, line, QUEEN, b""]))
    name = "word2vec-text" if header else "glove-text"
    with pytest.raises(FormatError, match="go on: --bad-rows skip leaves out 1 row") as caught:
        read(path, format=name)
    assert ("replace mends 1 of these" in caught.value.hint) == (replaced is not None)
    skipped = read(path, format=name, bad_rows="skip")
    assert (skipped.words, skipped.matrix.tolist()) == (["king", "queen"], [[1, 2], [3, 4]])
    mended = read(path, format=name, bad_rows="replace")
    assert mended.words == ["king", *([] if replaced is None else [replaced]), "queen"]
    info = inspect(path, format=name, bad_rows="replace")
    assert (info.skipped, info.replaced) == ((1, 0) if replaced is None else (0, 1))


@pytest.mark.parametrize(("word", "replaced"), [(b"", "_"), (b"\xe6\x97\xe6", "\ufffd\ufffd"), (b"a\nb", "a_b")])
def test_binary_rows(word: bytes, replaced: str, tmp_path: Path) -> None:
    path = tmp_path / "v.bin"
    path.write_bytes(packed(b"king", word, b"queen", word))
    with pytest.raises(FormatError, match=r"row 2 .*; 2 of 4 rows cannot be used.*leaves out 2 rows"):
        read(path, format="word2vec-binary")
    assert read(path, format="word2vec-binary", bad_rows="skip").words == ["king", "queen"]
    assert read(path, format="word2vec-binary", bad_rows="replace").words[:3] == ["king", replaced, "queen"]


def test_all_bad_rows_are_counted_before_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    lines = [b"a 1 2", b"b nan 2", b"c 1", b"d 1 2", b"e 1 inf", b"f\xff 1 2"]
    path.write_bytes(b"\n".join([b"6 2", *lines, b""]))
    with pytest.raises(FormatError, match=r"line 4 has 1 values, not 2; 4 of 6 rows cannot be used") as caught:
        read(path)
    assert "leaves out 4 rows, replace mends 3 of these" in caught.value.hint
    assert read(path, bad_rows="skip").words == ["a", "d"]


def test_nothing_left(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_bytes(b"2 2\na 1.00000\nb 2\n")
    with pytest.raises(FormatError, match="none of its 2 rows can be used: line 2 has 1 values"):
        read(path, bad_rows="skip")
    path.write_bytes(b"1 2\na nan 1\n")
    with pytest.raises(FormatError, match="every row holds NaN"):
        read(path, bad_rows="skip")


@pytest.mark.parametrize("name", FORMATS)
def test_wanted_rows(name: str, tmp_path: Path) -> None:
    words = [f"w{row}" for row in range(20)]
    vectors = Vectors(words, np.random.default_rng(0).standard_normal((20, 3)), np.arange(20, 0, -1))
    path, *_ = write(vectors, tmp_path / "v", format=name)

    def rows_of(**choice: object) -> list[str]:
        found = read(path, format=name, **choice)  # type: ignore[arg-type]
        assert np.array_equal(found.matrix, vectors.matrix[[words.index(word) for word in found.words]])
        assert found.counts is None or found.counts.tolist() == [20 - words.index(word) for word in found.words]
        return found.words

    assert rows_of(only_words=["w7", "w3", "nowhere"]) == ["w3", "w7"]
    assert rows_of(only_matching="^w1[0-4]$") == ["w10", "w11", "w12", "w13", "w14"]
    assert rows_of(only_matching=re.compile("[05]"), limit=11, only_words={"w0", "w1", "w10", "w15"}) == ["w0", "w10"]
    with pytest.raises(FormatError, match="none of its rows has a word that is wanted"):
        rows_of(only_words=["nowhere"])


@pytest.mark.parametrize(
    ("choice", "fault"),
    [
        ({"bad_rows": "drop"}, "bad_rows is 'drop'"),
        ({"limit": 0}, "limit is 0"),
        ({"only_words": "king"}, "only_words is no list of words"),
        ({"only_words": [1]}, "only_words is no list of words"),
        ({"only_words": []}, "only_words is empty"),
        ({"only_matching": "("}, "only_matching is no regular expression"),
        ({"only_matching": 3}, "only_matching is no regular expression"),
    ],
)
def test_impossible_choices(choice: dict[str, object], fault: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=re.escape(fault)) as caught:
        read(tmp_path / "v.txt", **choice)  # type: ignore[arg-type]
    assert caught.value.hint


@pytest.mark.slow
@settings(max_examples=150)
@given(lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=8), data=st.data())
def test_any_mixture_of_rows(lines: list[bytes], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the rows are and wherever the file is cut, nothing but FormatError comes, and no NaN."""
    path = tmp_path_factory.getbasetemp() / "mixture.txt"
    content = b"\n".join([b"%d 2" % len(lines), *lines, b""])
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    for bad_rows in ("skip", "replace"):
        try:
            found = read(path, format="word2vec-text", bad_rows=bad_rows, limit=data.draw(st.sampled_from([None, 3])))
        except FormatError as error:
            assert error.hint  # noqa: PT017
        else:
            assert np.isfinite(found.matrix).all()
            assert len(found.words) == len(found.matrix) == len(set(found.words)) > 0


class TestUnwritable:
    WORDS = (". . .", "\u2009king", "new york", "new_york", "king", "bad\ud800")

    @pytest.mark.parametrize("name", FORMATS)
    def test_each_format(self, name: str, tmp_path: Path) -> None:
        vectors = Vectors(self.WORDS, np.arange(12.0).reshape(6, 2), np.arange(6, 0, -1))
        with pytest.raises(OutputError, match="surrogate") as caught:
            write(vectors, tmp_path / "v", format=name)
        assert caught.value.hint
        write(vectors, tmp_path / "skipped", format=name, unwritable="skip")
        assert {"new_york", "king"} <= set(read(tmp_path / "skipped", format=name).words) < set(self.WORDS)
        write(vectors, tmp_path / "escaped", format=name, unwritable="escape")
        back = read(tmp_path / "escaped", format=name)
        assert np.array_equal(back.matrix, vectors.matrix)
        assert back.counts is None or back.counts.tolist() == [6, 5, 4, 3, 2, 1]
        assert back.words[3:] == ["new_york", "king", "bad\\ud800"]
        if name == "word2vec-binary":
            assert back.words[:3] == ["._._.", "_king", "new\\u0020york"]

    def test_what_is_neither(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="unwritable is 'drop'"):
            write(Vectors(["a b"], [[1.0]]), tmp_path / "v.bin", unwritable="drop")  # type: ignore[arg-type]
        with pytest.raises(OutputError, match="no word can be written"):
            write(Vectors(["a b"], [[1.0]]), tmp_path / "v.bin", unwritable="skip")
        assert list(tmp_path.iterdir()) == []


class TestCommands:
    """The files are those of reports: a word of three points with thin spaces, a word that is a space, a cut letter."""

    @pytest.fixture(autouse=True)
    def _files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("thin.vec").write_bytes("4 2\nking 1 2\n. . . 3 4\n...\u2009king 5 6\nqueen 1 3\n".encode())
        Path("space.vec").write_bytes(b"3 2\nking 1 2\n  3 4\nqueen 1 3\n")
        Path("cut.bin").write_bytes(packed(b"king", b"\xe6\x97\xe6", b"queen"))

    def test_convert_goes_on(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["convert", "thin.vec", "v.bin"]) == 1
        assert "--unwritable" in capsys.readouterr().err
        assert main(["convert", "thin.vec", "v.bin", "--unwritable", "escape"]) == 0
        assert "Warning: 2 of 4 words written with _ for white space" in capsys.readouterr().err
        assert read("v.bin").words == ["king", "._._.", "..._king", "queen"]
        assert main(["convert", "thin.vec", "v.bin", "--unwritable", "skip"]) == 0
        assert "2 of 4 words left out" in capsys.readouterr().err
        assert read("v.bin").words == ["king", "queen"]
        assert main(["convert", "cut.bin", "v.txt", "--bad-rows", "skip", "-q"]) == 0
        assert "1 row that cannot be used is left out (the first: row 2 has a word" in capsys.readouterr().err
        assert read("v.txt").words == ["king", "queen"]

    @pytest.mark.parametrize(
        "command",
        [
            ["similar", "king"],
            ["similarity", "king", "queen"],
            ["vector", "king"],
            ["analogy", "king - queen"],
            ["eval", "--suite", "geometry"],
        ],
    )
    def test_every_command_that_reads_vectors(self, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        assert main([*command, "-m", "space.vec"]) == 1
        assert "--bad-rows skip leaves out 1 row" in capsys.readouterr().err
        main([*command, "-m", "space.vec", "--bad-rows", "skip"])
        assert "1 row that cannot be used is left out (the first: line 3 begins" in capsys.readouterr().err

    def test_info_counts(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["info", "space.vec", "--bad-rows", "skip", "--json"]) == 0
        assert '"skipped": 1' in capsys.readouterr().out

    def test_wanted_rows(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("list.txt").write_text("queen\nnowhere\n")
        assert main(["convert", "thin.vec", "v.bin", "--only-words", "list.txt"]) == 0
        assert "1 row has a word that is wanted; 1 of the 2 words asked for have none" in capsys.readouterr().err
        assert read("v.bin").words == ["queen"]
        assert main(["convert", "thin.vec", "v.bin", "--only-matching", "^[a-z]+$", "--limit", "3", "-q"]) == 0
        assert read("v.bin").words == ["king"]
