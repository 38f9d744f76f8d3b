"""What every format of the registry must do, and the two toys of hardening/toys."""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from formats.toys import TOYS

from w2v import RunRecord, Vectors
from w2v.cli import cli, main
from w2v.errors import FormatError, OutputError, SettingsError
from w2v.formats import FORMATS, check_output, inspect, output_bytes, read, write
from w2v.formats.entry import FormatEntry
from w2v.formats.registry import format_named, load
from w2v.verification import verify

ENTRIES = {entry.name: entry for entry in (*FORMATS.values(), *TOYS)}
EACH = pytest.mark.parametrize("name", ENTRIES)
ODD_WORDS = [
    *(
        "e\u0301",
        "\u0301",
        "👩‍👩‍👧",
        "\ufeffthe",
        "12",
        "-0.5",
        "nan",
        "\0",
        "\x7f",
        "a\u200bb",
        "'",
        '"',
        "\\",
        "</s>",
    ),
    *("٣", "1e5", "\ufffd", "東京", "{", "a,b"),
]
RECORD = RunRecord(model="sgns", settings={"dim": 2}, loss=(0.5, 0.25), timings={"train": 1.5})


@pytest.fixture(autouse=True)
def _with_toys(monkeypatch: pytest.MonkeyPatch) -> None:
    for toy in TOYS:
        monkeypatch.setitem(FORMATS, toy.name, toy)


def path_for(entry: FormatEntry, folder: Path) -> Path:
    return folder / f"v{entry.suffixes[0]}"


def some_vectors(rows: int = 6, dim: int = 3) -> Vectors:
    matrix = np.random.default_rng(0).standard_normal((rows, dim)).astype(np.float32)
    return Vectors([f"wörd{row}" for row in range(rows)], matrix, np.arange(rows, 0, -1), RECORD)


@EACH
@pytest.mark.parametrize("dtype", ["float32", "float16", "int8"])
def test_numbers_are_stored_as_the_format_says(name: str, dtype: str, tmp_path: Path) -> None:
    """In each of `Format.dtypes`; what is read is float32, and written again it is the same."""
    entry, vectors = ENTRIES[name], some_vectors()
    path, again = path_for(entry, tmp_path), path_for(entry, tmp_path / "again")
    (tmp_path / "again").mkdir()
    if dtype not in load(entry).dtypes:
        with pytest.raises(SettingsError, match=f"does not store numbers as {dtype}"):
            write(vectors, path, format=name, dtype=dtype)
        return
    write(vectors, path, format=name, dtype=dtype)
    found = read(path, format=name)
    assert found.matrix.dtype == np.float32
    np.testing.assert_allclose(found.matrix, vectors.matrix, atol={"float32": 0, "float16": 2e-3, "int8": 2e-2}[dtype])
    write(found, again, format=name, dtype=dtype)
    np.testing.assert_array_equal(read(again, format=name).matrix, found.matrix)


def size_of(path: Path) -> int:
    return sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())


def rename(name: str, path: Path, target: Path) -> None:
    """Rename a file or folder, and the files that it cannot be read without."""
    chosen = load(ENTRIES[name])
    for before, after in zip([path, *chosen.companions(path)], [target, *chosen.companions(target)], strict=True):
        before.rename(after)


def remove(name: str, path: Path) -> None:
    for file in [path, *load(ENTRIES[name]).companions(path)]:
        shutil.rmtree(file) if file.is_dir() else file.unlink()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@EACH
def test_everything_that_it_holds_comes_back(name: str, tmp_path: Path) -> None:
    matrix = np.random.default_rng(1).standard_normal((len(ODD_WORDS), 5)).astype(np.float32)
    matrix[0] = [0.0, -0.0, 1e-38, 3e38, 1e-7]
    vectors = Vectors(ODD_WORDS, matrix, np.arange(len(ODD_WORDS), 0, -1), RECORD)
    chosen = format_named(name)
    path, *beside = write(vectors, path_for(ENTRIES[name], tmp_path))
    back = read(path)
    assert back.words == ODD_WORDS
    assert back.matrix.tobytes() == matrix.tobytes()
    assert len(beside) == (chosen.counts == "beside") + len(chosen.companions(path))
    assert (back.counts is None) == (chosen.counts == "nowhere")
    assert back.counts is None or np.array_equal(back.counts, vectors.counts)
    assert back.record == (RECORD if chosen.holds_record else None)


@EACH
def test_the_same_vectors_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        write(some_vectors(), path_for(ENTRIES[name], folder))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@EACH
@pytest.mark.parametrize("limit", [1, 4, 6, 100])
def test_a_limit_takes_the_first_rows(name: str, limit: int, tmp_path: Path) -> None:
    vectors = some_vectors()
    write(vectors, path_for(ENTRIES[name], tmp_path))
    some = read(path_for(ENTRIES[name], tmp_path), limit=limit)
    assert some.words == vectors.words[:limit]
    assert np.array_equal(some.matrix, vectors.matrix[:limit])


@EACH
@pytest.mark.parametrize("other", ["v", "v.txt", "v.bin", "v.safetensors", "v.parquet"])
def test_its_content_is_recognised_whatever_the_name(name: str, other: str, tmp_path: Path) -> None:
    path = path_for(ENTRIES[name], tmp_path)
    write(some_vectors(), path)
    rename(name, path, tmp_path / other)
    assert inspect(tmp_path / other).format == name


@EACH
def test_its_estimate_of_the_size_is_near(name: str, tmp_path: Path) -> None:
    vectors, entry = some_vectors(400, 60), ENTRIES[name]
    path = path_for(entry, tmp_path)
    for target in [path, *([path.with_name(f"{path.name}.gz")] if entry.compressible else [])]:
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        write(vectors, target)
        assert size_of(tmp_path) <= output_bytes(target, vectors.words, vectors.dim) <= 2 * size_of(tmp_path)


def files_of(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def error_of(path: Path, name: str) -> FormatError | None:
    try:
        read(path, format=name)
    except FormatError as error:
        return error
    return None


@pytest.mark.slow
@EACH
def test_a_file_that_is_cut_or_too_long_is_an_error(name: str, tmp_path: Path) -> None:
    """Cut at any byte, emptied, or with bytes behind the end; only the last decimals of text may go unnoticed."""
    path, vectors = path_for(ENTRIES[name], tmp_path), some_vectors()
    write(Vectors(vectors.words, vectors.matrix), path)
    knows_its_length = not any("number of rows" in text for text in load(ENTRIES[name]).unchecked)
    for file in files_of(path):
        whole = file.read_bytes()
        for data in [*(whole[:length] for length in range(len(whole))), whole + b"\0\0x", whole + whole]:
            file.write_bytes(data)
            error = error_of(path, name)
            if error is None:
                assert not knows_its_length or 0 < len(whole) - len(data) <= 12, data[-20:]
            else:
                assert error.hint
                assert str(path) in error.message
        file.write_bytes(whole)
    assert read(path).words == vectors.words


@EACH
def test_nan_is_neither_written_nor_read(name: str, tmp_path: Path) -> None:
    for value in (np.nan, np.inf):
        with pytest.raises(OutputError, match="NaN or infinity, that of 'b' first"):
            write(
                Vectors.unchecked(["a", "b"], np.array([[1.0], [value]], np.float32)), path_for(ENTRIES[name], tmp_path)
            )
    assert list(tmp_path.iterdir()) == []


@EACH
def test_words_that_would_not_come_back_are_refused(name: str, tmp_path: Path) -> None:
    chosen, path = load(ENTRIES[name]), path_for(ENTRIES[name], tmp_path)
    for word in ("new york", "route 66", "a\u00a0b", "a\nb", " ", "a ", "a\tb", "a\x1fb", "\u2028"):
        vectors = Vectors(["the", word], np.eye(2))
        if chosen.refuses(word):
            with pytest.raises(OutputError) as caught:
                write(vectors, path)
            assert caught.value.hint
            assert not path.exists()
        else:
            write(vectors, path)
            assert read(path, format=name).words == vectors.words
            remove(name, path)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("w2v.files.whole.os.fsync", full)
    yield
    monkeypatch.undo()


@EACH
@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no space left") as caught:
        write(some_vectors(), path_for(ENTRIES[name], tmp_path))
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


@EACH
def test_what_fails_in_the_midst_leaves_nothing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_for(ENTRIES[name], tmp_path)
    write(some_vectors(), path)
    before = contents(tmp_path)
    chosen = load(ENTRIES[name])

    def broken(vectors: Vectors, target: object) -> None:
        type(chosen).write(chosen, vectors, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(chosen, "write", broken)
    if chosen.is_folder:
        path = path.with_name(f"other-{path.name}")
    with pytest.raises(KeyboardInterrupt):
        write(some_vectors(rows=2), path)
    assert contents(tmp_path) == before


@EACH
def test_verify_and_inspect(name: str, tmp_path: Path) -> None:
    path = path_for(ENTRIES[name], tmp_path)
    write(some_vectors(), path)
    info = inspect(path)
    assert (info.format, info.words, info.dim, info.bytes) == (name, 6, 3, size_of(path))
    assert info.embeddings_sha256 == inspect(path).embeddings_sha256
    found = verify(path)
    assert (found.whole, found.format, found.sha256) == (True, name, info.file_sha256)
    assert bool(info.verified) != any("no checksum" in text for text in found.unchecked)


@EACH
def test_help_and_errors_name_it(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = ENTRIES[name]
    for command in ("convert", "train"):
        monkeypatch.delitem(sys.modules, f"w2v.cli.{command}", raising=False)
        monkeypatch.delitem(cli.commands, command, raising=False)
        assert main([command, "--help"]) == 0
        page = capsys.readouterr().out
        assert all(suffix in page for suffix in entry.suffixes)
        assert name in "".join(page.split()) or command == "train"  # lines may break behind a hyphen
        monkeypatch.delitem(cli.commands, command)
        monkeypatch.delitem(sys.modules, f"w2v.cli.{command}")
    with pytest.raises(SettingsError) as caught:
        check_output("v.doc")
    assert all(suffix in caught.value.hint for suffix in entry.suffixes)
    with pytest.raises(SettingsError) as caught:
        read("v", format="doc")
    assert name in caught.value.hint


@EACH
def test_convert_goes_both_ways(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    vectors = some_vectors()
    write(vectors, "v.safetensors")
    assert main(["convert", "v.safetensors", "there", "--to", name, "-q"]) == 0
    assert main(["convert", "there", "back.bin", "-q"]) == 0
    back = read("back.bin")
    assert (back.words, back.matrix.tobytes()) == (vectors.words, vectors.matrix.tobytes())


@EACH
def test_only_some_are_compressed(name: str, tmp_path: Path) -> None:
    entry = ENTRIES[name]
    path = path_for(entry, tmp_path)
    packed = path.with_name(f"{path.name}.gz")
    if entry.compressible:
        write(some_vectors(), packed)
        assert packed.read_bytes()[:2] == b"\x1f\x8b"
        assert (inspect(packed).format, inspect(packed).compressed) == (name, True)
        return
    with pytest.raises(SettingsError, match="is not compressed"):
        write(some_vectors(), packed)
    write(some_vectors(), path)
    if path.is_file():
        packed.write_bytes(gzip.compress(path.read_bytes()))
        with pytest.raises(FormatError, match="is not read through gzip"):
            read(packed)


class TestFolders:
    def test_a_folder_with_files_is_never_replaced(self, tmp_path: Path) -> None:
        target = tmp_path / "v.toys"
        write(some_vectors(), target)
        before = contents(tmp_path)
        for call in (lambda: write(some_vectors(2), target), lambda: check_output(target)):
            with pytest.raises(OutputError, match="not empty") as caught:
                call()
            assert "remove it first" in caught.value.hint
        assert contents(tmp_path) == before

    def test_an_empty_folder_and_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "v.toys").mkdir()
        check_output(tmp_path / "v.toys")
        write(some_vectors(), tmp_path / "v.toys")
        assert len(read(tmp_path / "v.toys")) == 6
        (tmp_path / "w.toys").write_text("a file")
        for call in (lambda: write(some_vectors(2), tmp_path / "w.toys"), lambda: check_output(tmp_path / "w.toys")):
            with pytest.raises(OutputError, match="cannot write"):
                call()
        assert (tmp_path / "w.toys").read_text() == "a file"

    def test_no_room_is_told_beforehand(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="it needs"):
            check_output(tmp_path / "v.toys", size=10**18)
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_of_something_else(self, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("dear")
        with pytest.raises(FormatError, match="is a folder, not a vector file"):
            read(tmp_path)

    def test_links_are_not_followed(self, tmp_path: Path) -> None:
        write(some_vectors(), tmp_path / "v.toys")
        (tmp_path / "v.toys" / "rows.npy").rename(tmp_path / "elsewhere.npy")
        (tmp_path / "v.toys" / "rows.npy").symlink_to(tmp_path / "elsewhere.npy")
        with pytest.raises(FormatError, match=r"there is no rows\.npy in it"):
            read(tmp_path / "v.toys")


def test_the_extra_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needy = FormatEntry(
        "needy", "needy vectors", (".needy",), "w2v.formats.toy_lines:ToyLines", extra="needy", packages=("noone",)
    )
    monkeypatch.setitem(FORMATS, "needy", needy)
    for call in (lambda: check_output(tmp_path / "v.needy"), lambda: load(needy).package("noone")):
        with pytest.raises(SettingsError) as caught:
            call()
        assert str(caught.value) == (
            "needy vectors needs the package noone, which is not installed (pip install 'w2v[needy]')"
        )


def test_of_two_formats_with_a_suffix_the_first_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rival = FormatEntry("rival", "rival", (".bin",), "w2v.formats.toy_lines:ToyLines")
    monkeypatch.setitem(FORMATS, "rival", rival)
    assert check_output(tmp_path / "v.bin").name == "word2vec-binary"
    assert check_output(tmp_path / "v.bin", format="rival").name == "rival"


def test_the_list_is_cheap() -> None:
    """Help texts are made of it, and import neither numpy nor any format."""
    code = (
        "import sys; from w2v.formats import FORMATS; print([m for m in sys.modules if m.startswith(('w2v', 'numpy'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(eval(done.stdout)) == {
        *("w2v", "w2v.lazy", "w2v.errors", "w2v.formats", "w2v.formats.entry", "w2v.formats.registry"),
    }
