"""numpy's .npy with a list of words: files of other programs, types of numbers, names of lists, pairs of files."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from listening import Listening

from w2v import Vectors
from w2v.cli import main
from w2v.errors import FormatError, OutputError
from w2v.formats import check_output, read, write

WORDS = ["the", "new york", "für", "12"]
MATRIX = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    np.save("v.npy", MATRIX)
    return tmp_path


def listed(name: str, *lines: str, end: str = "\n") -> None:
    Path(name).write_bytes("".join(line + end for line in lines).encode())


def test_numpy_reads_what_is_written(folder: Path) -> None:
    paths = write(Vectors(WORDS, MATRIX), "v.npy")
    assert [path.name for path in paths] == ["v.npy", "v.words.txt"]
    assert np.load("v.npy", allow_pickle=False).tobytes() == MATRIX.tobytes()
    assert Path("v.words.txt").read_text("utf-8").splitlines() == WORDS


@pytest.mark.parametrize("code", ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("choice", [{}, {"limit": 3}, {"only_words": ["für", "the"]}])
def test_every_type_of_number_and_order(code: str, order: str, choice: dict[str, object], folder: Path) -> None:
    array = np.array(MATRIX.astype(code), order=order)  # type: ignore[call-overload]
    np.save("v.npy", array)
    listed("v.words.txt", *WORDS)
    found = read("v.npy", **choice)  # type: ignore[arg-type]
    kept = [0, 2] if "only_words" in choice else list(range(len(found.words)))
    assert (found.words, found.matrix.dtype) == ([WORDS[row] for row in kept], np.float32)
    assert np.array_equal(found.matrix, array.astype(np.float32)[kept])


def test_rows_of_float32_are_mapped(folder: Path) -> None:
    listed("v.words.txt", *WORDS)
    matrix = read("v.npy").matrix
    assert not matrix.flags.owndata
    assert not matrix.flags.writeable


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
@pytest.mark.parametrize("name", ["v.vocab", "v.txt", "v.words", "v.vocab.txt", "words.txt", "vocab.txt"])
def test_the_list_may_have_other_names(name: str, version: tuple[int, int], folder: Path) -> None:
    with Path("v.npy").open("wb") as file:
        np.lib.format.write_array(file, MATRIX, version=version)
    listed(name, *WORDS, end="\r\n")
    told = Listening()
    assert read("v.npy", progress=told).words == WORDS
    assert told.messages == [f"v.npy: its words are taken from {name}"]


def test_a_list_of_another_program_may_have_counts(folder: Path) -> None:
    listed("v.vocab", "the 40", "new york\t30", "für 20", "12 10")
    told = Listening()
    found = read("v.npy", progress=told)
    assert (found.words, found.counts.tolist()) == (WORDS, [40, 30, 20, 10])  # type: ignore[union-attr]
    assert told.messages == ["v.npy: its words are taken from v.vocab, with their counts"]
    assert read("v.npy", only_words=["für"]).counts.tolist() == [20]  # type: ignore[union-attr]


def test_words_that_look_like_words_and_counts_stay_whole_in_w2vs_own_list(folder: Path) -> None:
    write(Vectors(["route 66", "area 51"], MATRIX[:2]), "v.npy")
    assert read("v.npy").words == ["route 66", "area 51"]


def test_vectors_are_no_list_of_words(folder: Path) -> None:
    write(Vectors(["a", "b"], np.eye(2, 6) + 0.5), "v.txt")
    listed("vocab.txt", *WORDS)
    assert read("v.npy").words == WORDS


def test_a_list_in_another_programs_spelling(folder: Path) -> None:
    Path("v.words.txt").write_bytes("\ufeff".encode() + "\n".join(WORDS).encode() + b"\n\n \n")
    assert read("v.npy").words == WORDS


def test_a_first_word_with_a_byte_order_mark_comes_back(folder: Path) -> None:
    write(Vectors(["\ufeffthe", "\ufeff"], MATRIX[:2]), "v.npy")
    assert read("v.npy").words == ["\ufeffthe", "\ufeff"]


def test_a_missing_list_is_an_error_that_names_it(folder: Path) -> None:
    with pytest.raises(FormatError, match=r"v\.npy: the list of its words is missing") as caught:
        read("v.npy")
    assert "into v.words.txt" in caught.value.hint


def test_a_word_that_occurs_twice(folder: Path) -> None:
    listed("v.words.txt", "a", "b", "a", "c")
    told = Listening()
    found = read("v.npy", progress=told)
    assert found.words == ["a", "b", "c"]
    assert np.array_equal(found.matrix, MATRIX[[0, 1, 3]])
    assert "1 rows repeat a word ('a')" in told.messages[0]


@pytest.mark.parametrize(("bad_rows", "words"), [("skip", ["the", "12"]), ("replace", ["the", "_", "f\ufffdr", "12"])])
def test_lines_that_are_no_words(bad_rows: str, words: list[str], folder: Path) -> None:
    Path("v.words.txt").write_bytes(b"the\n\nf\xfcr\n12\n")
    with pytest.raises(FormatError, match="line 2 is empty: the word of a row is missing; 2 of 4 rows") as caught:
        read("v.npy")
    assert "--bad-rows skip leaves out 2 rows, replace mends 2" in caught.value.hint
    found = read("v.npy", bad_rows=bad_rows)  # type: ignore[arg-type]
    kept = [0, 3] if bad_rows == "skip" else [0, 1, 2, 3]
    assert (found.words, found.matrix.tobytes()) == (words, MATRIX[kept].tobytes())


def test_objects_are_never_unpickled(folder: Path) -> None:
    np.save("v.npy", np.array([[print]], dtype=object), allow_pickle=True)
    listed("v.words.txt", "a")
    with pytest.raises(FormatError, match="Python objects, which only unpickling restores"):
        read("v.npy")


def test_the_command_writes_what_can_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Vectors(["a", "b\nc"], MATRIX[:2]), "odd.safetensors")
    assert main(["convert", "odd.safetensors", "odd.npy"]) == 1
    assert "they hold a line end" in capsys.readouterr().err
    assert not Path("odd.npy").exists()
    assert not Path("odd.words.txt").exists()
    assert main(["convert", "odd.safetensors", "odd.npy", "--unwritable", "escape", "-q"]) == 0
    assert read("odd.npy").words == ["a", "b_c"]


def test_a_list_of_somebody_is_not_replaced(folder: Path) -> None:
    listed("mine.words.txt", "my only copy")
    for call in (lambda: write(Vectors(WORDS, MATRIX), "mine.npy"), lambda: check_output("mine.npy")):
        with pytest.raises(
            OutputError, match=r"would replace mine\.words\.txt, which belongs to no mine\.npy"
        ) as caught:
            call()
        assert caught.value.hint
    assert Path("mine.words.txt").read_text() == "my only copy\n"
    assert not Path("mine.npy").exists()


def test_a_second_run_replaces_both(folder: Path) -> None:
    write(Vectors(WORDS, MATRIX, np.arange(4)), "v.npy")
    write(Vectors(["a"], np.eye(1, 2)), "v.npy")
    assert read("v.npy").words == ["a"]
    assert sorted(path.name for path in folder.iterdir()) == ["v.npy", "v.words.txt"]


def test_its_list_is_no_text_for_training(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Vectors(WORDS, MATRIX), "v.npy")
    Path("a.txt").write_text("alpha beta gamma delta epsilon\n" * 30)
    assert main(["train", "*.txt", "v.npy", "-o", "t.bin", "--dim", "8", "--cache-dir", "c"]) == 1
    assert "v.npy: these are vectors, not text" in capsys.readouterr().err
    assert main(["train", "*.txt", "-o", "t.bin", "--dim", "8", "--cache-dir", "c"]) == 0
    assert "v.words.txt holds the words of v.npy, not text: it is left out" in capsys.readouterr().err


def test_a_list_that_was_changed_is_told(folder: Path) -> None:
    write(Vectors(WORDS, MATRIX), "v.npy")
    listed("v.words.txt", *reversed(WORDS))
    with pytest.raises(
        FormatError, match=r"v\.words\.txt: this is not the list that was written with v\.npy"
    ) as caught:
        read("v.npy")
    assert "rename it to v.vocab" in caught.value.hint
    Path("v.words.txt").rename("v.vocab")
    assert read("v.npy").words == WORDS[::-1]


def test_a_matrix_of_w2v_whose_list_is_gone_may_be_replaced_and_another_may_not(folder: Path) -> None:
    with pytest.raises(OutputError, match="holds no vectors"):
        check_output("v.npy")
    write(Vectors(WORDS, MATRIX), "v.npy")
    Path("v.words.txt").unlink()
    check_output("v.npy")
    write(Vectors(WORDS, MATRIX), "v.npy")
    assert read("v.npy").words == WORDS


def test_a_failure_brings_the_old_pair_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(Vectors(WORDS, MATRIX, np.arange(4)), "v.npy")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    renamed: list[Path] = []
    rename = os.replace

    def fail_at_the_matrix(source: Path, target: Path) -> None:
        renamed.append(Path(target))
        if target == folder / "v.npy":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rename(source, target)

    monkeypatch.setattr("w2v.files.whole.os.replace", fail_at_the_matrix)
    with pytest.raises(OutputError):
        write(Vectors(["a", "b"], np.eye(2)), "v.npy")
    assert [path.name for path in renamed[:2]] == ["v.words.txt", "v.npy"]
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert (after["v.npy"], after["v.words.txt"]) == (before["v.npy"], before["v.words.txt"])
    assert set(after) <= set(before)
