"""Damaged, hostile and mistaken vector files: one error each, with a cure, in little memory; no code is run."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from attacks.vector_files import ATTACKS, good
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import FormatError
from w2v.io import FORMATS, inspect, read

SUFFIXES = (".safetensors", ".bin", ".txt", ".glove.txt", ".bin.gz", ".txt.gz")
GOOD = {suffix: good(suffix) for suffix in SUFFIXES}
MOST_MEMORY = 64 << 20


def test_the_good_files_are_good(tmp_path: Path) -> None:
    for suffix, data in GOOD.items():
        (tmp_path / f"v{suffix}").write_bytes(data)
        assert len(read(tmp_path / f"v{suffix}")) == 4


@pytest.mark.parametrize(("name", "data", "fragment"), ATTACKS, ids=[name for name, _, _ in ATTACKS])
def test_one_error_with_a_cure(name: str, data: bytes, fragment: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    tracemalloc.start()
    try:
        with pytest.raises(FormatError) as caught:
            read(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert fragment in caught.value.message
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert len(caught.value.message) < len(str(path)) + 300
    assert peak < MOST_MEMORY
    with pytest.raises(FormatError):
        inspect(path)


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


def test_loading_runs_no_code(tmp_path: Path) -> None:
    """All attacks, read in a process whose audit hook ends it at the first event that runs or fetches anything."""
    for name, data, _ in ATTACKS:
        (tmp_path / name).write_bytes(data)
    for suffix, data in GOOD.items():
        (tmp_path / f"good{suffix}").write_bytes(data)
    script = """
import os, sys
from pathlib import Path
from w2v.io import read
from w2v.errors import FormatError
folder = Path(sys.argv[1])
for path in sorted(folder.glob("good*")):
    read(path)
import encodings.utf_16, gzip, zlib
def hook(event, args):
    if event in ("exec", "compile", "import", "marshal.loads", "pickle.find_class", "os.system", "os.exec",
                 "subprocess.Popen", "os.fork", "ctypes.dlopen") or event.startswith("socket"):
        print(event, args, flush=True)
        os._exit(9)
sys.addaudithook(hook)
refused = 0
for path in sorted(folder.iterdir()):
    try:
        read(path)
    except FormatError:
        refused += 1
print("refused", refused)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == (f"refused {len(ATTACKS)}\n", 0), done.stderr
