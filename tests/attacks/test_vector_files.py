"""Vector files damaged at random, and paths that are no files: nothing but an error with a cure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from attacks.vector_files import SUFFIXES, good
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import FormatError
from w2v.formats import FORMATS, read

GOOD = {suffix: good(suffix) for suffix in SUFFIXES}


def test_the_good_files_are_good(tmp_path: Path) -> None:
    for suffix, data in GOOD.items():
        (tmp_path / f"v{suffix}").write_bytes(data)
        assert len(read(tmp_path / f"v{suffix}")) == 4


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bin")
    (tmp_path / "loop.bin").symlink_to("loop.bin")
    for path, fragment in (
        (tmp_path, "is a folder"),
        (tmp_path / "absent.bin", "there is no file"),
        (tmp_path / "pipe.bin", "is not a regular file"),
        (tmp_path / "loop.bin", "loop.bin"),
        (Path("nul\0byte"), "cannot read"),
        (tmp_path / ("y" * 300), "name too long"),
    ):
        with pytest.raises(FormatError, match=fragment) as caught:
            read(path)
        assert caught.value.hint


@pytest.mark.slow
@settings(max_examples=400)
@given(data=st.data())
def test_random_damage_is_an_error_or_harmless(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cut, flip, insert, delete, repeat: whatever comes of it, nothing but FormatError."""
    suffix = data.draw(st.sampled_from(SUFFIXES))
    content = bytearray(GOOD[suffix])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, max(len(content) - 1, 0)))
        length = data.draw(st.integers(1, 20))
        match data.draw(st.sampled_from(["cut", "set", "insert", "delete", "repeat"])):
            case "cut":
                del content[place:]
            case "set":
                content[place : place + length] = data.draw(st.binary(min_size=1, max_size=4))
            case "insert":
                content[place:place] = data.draw(st.sampled_from([b" ", b"\n", b"\0", b"9", b"-", b"nan", b"\xff"]))
            case "delete":
                del content[place : place + length]
            case "repeat":
                content[place:place] = content[place : place + 40 * length]
    path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"
    path.write_bytes(content)
    try:
        vectors = read(path)
    except FormatError:
        return
    assert 1 <= len(vectors) == len(vectors.matrix)
    assert suffix != ".safetensors" or content == GOOD[suffix]


@pytest.mark.slow
@settings(max_examples=200)
@given(content=st.binary(max_size=200) | st.text(alphabet="ab01 .-\n\té", max_size=60).map(str.encode))
def test_any_bytes(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(content)
    for name in (None, *FORMATS):
        try:
            vectors = read(path, format=name)
        except FormatError as error:
            assert error.hint  # noqa: PT017
        else:
            assert len(vectors) >= 1
