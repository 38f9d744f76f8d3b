"""`w2v encode` as a user sees it: texts and files in, tables, JSON and files out, errors with cures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v.cli import main
from w2v.vectors import Vectors

TEXTS = "the king and the queen\n\nCat, dog!\nqqq zzz\n"


def payload(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, object]:
    assert main(["encode", *args, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_texts_of_the_command_line(folder: Path, vectors: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    found = payload(capsys, "the king", "qqq")
    assert found["schema"] == "w2v.encode/1"
    assert found["pooling"] == "sif"
    first, second = found["texts"]  # type: ignore[misc]
    assert (first["id"], first["text"], first["words"], first["unknown"]) == ("1", "the king", 2, 0)
    np.testing.assert_allclose(first["vector"], vectors.encode(["the king"])[0], atol=1e-7)
    assert second["words"] == 0
    assert not any(second["vector"])
    assert main(["encode", "the king", "qqq"]) == 0
    out, err = capsys.readouterr()
    assert "the king" in out
    assert "1 of 3 words (33.3 %) are not in vectors.safetensors and were left out, such as 'qqq'" in err
    assert "texts are read so" in err


def test_a_file_to_an_array_has_a_row_for_each_line(
    folder: Path, vectors: Vectors, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("texts.txt").write_text(TEXTS, "utf-8")
    assert main(["encode", "-i", "texts.txt", "-o", "out.npy", "--pooling", "usif"]) == 0
    assert "wrote out.npy: 4 texts × 12 dimensions" in capsys.readouterr().err
    found = np.load("out.npy")
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, vectors.encode(TEXTS.split("\n")[:4], "usif"), atol=1e-7)
    assert np.linalg.norm(found, axis=1).round(3).tolist() == [1, 0, 1, 0]


def test_json_lines_have_ids_texts_and_exact_numbers(
    folder: Path, vectors: Vectors, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("texts.txt").write_text(TEXTS, "utf-8")
    assert main(["encode", "-i", "texts.txt", "-o", "out.jsonl", "--no-normalize", "--dim", "5", "-q"]) == 0
    rows = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == [f"texts.txt:{number}" for number in (1, 2, 3, 4)]
    assert rows[2] == {**rows[2], "text": "Cat, dog!", "words": 2, "unknown": 0}
    expected = vectors.encode(TEXTS.split("\n")[:4], normalize=False, dim=5)
    assert np.array_equal(np.array([row["vector"] for row in rows], dtype=np.float32), expected)


def test_parquet(folder: Path, vectors: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    Path("texts.txt").write_text(TEXTS, "utf-8")
    assert main(["encode", "-i", "texts.txt", "-o", "out.parquet"]) == 0
    table = parquet.read_table("out.parquet")
    assert table.column_names == ["id", "text", "words", "unknown", "vector"]
    assert table["words"].to_pylist() == [4, 0, 2, 0]
    found = np.array(table["vector"].to_pylist(), dtype=np.float32)
    assert np.array_equal(found, vectors.encode(TEXTS.split("\n")[:4]))


def test_parquet_without_its_library_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["encode", "the", "-o", "out.parquet"]) == 2
    assert capsys.readouterr().err.endswith(
        "Error: writing Parquet needs the library pyarrow\nHint: pip install 'w2v[parquet]'\n"
    )
    assert not Path("out.parquet").exists()


def test_columns_and_ids(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.csv").write_text("sku,title\na7,the cat\na8,\na9,the dog\n", "utf-8")
    found = payload(capsys, "-i", "shop.csv", "--column", "title", "--id-column", "sku")
    assert [(row["id"], row["text"], row["words"]) for row in found["texts"]] == [  # type: ignore[attr-defined]
        ("a7", "the cat", 2),
        ("a8", "", 0),
        ("a9", "the dog", 2),
    ]
    Path("shop.jsonl").write_text('{"t": "the cat"}\n{"t": ""}\n{"t": "dog"}\n', "utf-8")
    found = payload(capsys, "-i", "shop.jsonl", "--column", "t")
    assert [row["words"] for row in found["texts"]] == [2, 0, 1]  # type: ignore[attr-defined]
    assert main(["encode", "-i", "shop.csv"]) == 0
    assert "looks like CSV: --column" in capsys.readouterr().err
    Path("page.html").write_text("<p>the cat</p><p>the dog</p>", "utf-8")
    found = payload(capsys, "-i", "page.html", "--input-format", "html")
    assert [row["words"] for row in found["texts"]] == [4]  # type: ignore[attr-defined]


def test_standard_input(folder: Path) -> None:
    Path("texts.txt").write_text(TEXTS, "utf-8")
    with open("texts.txt", "rb") as stdin:
        done = subprocess.run(
            [sys.executable, "-m", "w2v", "encode", "-", "--format", "csv"], stdin=stdin, capture_output=True, text=True
        )
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("id,text,words,unknown,vector")
    assert [line.split(",")[0] for line in lines[1:]] == [f"standard input:{number}" for number in (1, 2, 3, 4)]


def test_a_few_texts_from_the_shell_import_nothing_heavy(folder: Path) -> None:
    script = (
        "import sys; from w2v.cli import main; code = main(['encode', 'The cat, 東京!', '--json']);"
        "print(sorted({'numba', 'scipy', 'pandas', 'gensim', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] in ("[]", "['rich']")


def test_texts_to_fit(folder: Path, vectors: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    Path("fit.txt").write_text("the king\nthe queen\nthe cat and the dog\n", "utf-8")
    fit = Path("fit.txt").read_text("utf-8").splitlines()
    found = payload(capsys, "king paris", "--fit", "fit.txt")
    np.testing.assert_allclose(
        found["texts"][0]["vector"],  # type: ignore[index]
        vectors.encode(["king paris"], fit=fit)[0],
        atol=1e-6,
    )


def test_a_text_that_is_the_name_of_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("texts.txt").write_text(TEXTS, "utf-8")
    assert main(["encode", "texts.txt", "cat"]) == 0
    err = capsys.readouterr().err
    assert "Warning: texts.txt is encoded as a text, and there is a file of this name: -i texts.txt reads it" in err
    assert "cat is encoded" not in err


@pytest.mark.parametrize(
    ("args", "error", "cure"),
    [
        ((), "Missing argument 'TEXT...'.", "usage: w2v encode"),
        (("the", "-o", "out.csv"), "cannot write out.csv: its suffix says no format", "choose .npy, .parquet, .jsonl"),
        (("the", "-o", "no/out.npy"), "cannot write no/out.npy", "create the folder first"),
        (("-i", "nothing.txt"), "nothing.txt: no such file or folder", "check the spelling"),
        (("the", "--dim", "13"), "dim is 13, and vectors.safetensors has 12 dimensions", "at most 12"),
        (("the", "--pooling", "mean", "--fit", "texts.txt"), "pooling 'mean' has nothing to fit", "leave out fit"),
        (("-i", "many.txt"), "there are more than 1,000 texts", "-o texts.npy"),
        (("-i", "texts.txt", "-o", "texts.jsonl", "-m", "texts.jsonl"), "texts.jsonl", "choose two names"),
        (
            ("the", "--column", "t"),
            "--column says how files are read, and no file is named with -i",
            "w2v encode --help",
        ),
        (("the \udcff",), "half of a pair", "replace such characters"),
    ],
)
def test_errors_have_cures(
    folder: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], error: str, cure: str
) -> None:
    Path("texts.txt").write_text(TEXTS, "utf-8")
    Path("texts.jsonl").write_text("{}\n", "utf-8")
    Path("many.txt").write_text("the cat\n" * 1_001, "utf-8")
    assert main(["encode", *args]) in (1, 2)
    out, err = capsys.readouterr()
    assert out == ""
    assert error in err.replace("\\udcff", "\udcff")
    assert cure in err


def test_a_failure_leaves_the_old_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.jsonl").write_text('{"t": "the cat"}\n' * 9 + "{broken\n", "utf-8")
    Path("out.npy").write_bytes(b"old")
    assert main(["encode", "-i", "bad.jsonl", "--column", "t", "-o", "out.npy"]) == 1
    assert Path("out.npy").read_bytes() == b"old"
    assert not [path for path in folder.iterdir() if path.name.startswith((".out", "out.npy."))]
    assert "bad.jsonl" in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_leaves_no_file(folder: Path) -> None:
    """The texts come from a pipe that never ends."""
    done = subprocess.Popen(
        [sys.executable, "-m", "w2v", "encode", "-", "-o", "out.npy"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.stdin is not None
    done.stdin.write("the cat and the dog\n" * 40_000)
    done.stdin.flush()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(folder.iterdir())) < 2:
        time.sleep(0.05)
    os.kill(done.pid, signal.SIGINT)
    _, err = done.communicate(timeout=60)
    assert done.returncode == 130, err
    assert not Path("out.npy").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["vectors.safetensors"]


@pytest.mark.slow
def test_many_texts_by_any_number_of_threads(
    folder: Path, vectors: Vectors, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"the king number {number} and the queen" for number in range(40_000)]
    Path("texts.txt").write_text("\n".join(lines) + "\n", "utf-8")
    for threads in ("1", "3"):
        assert main(["encode", "-i", "texts.txt", "-o", f"{threads}.npy", "--threads", threads, "-q"]) == 0
    assert Path("1.npy").read_bytes() == Path("3.npy").read_bytes()
    found = np.load("1.npy")
    assert found.shape == (40_000, 12)
    np.testing.assert_allclose(found[[0, 39_999]], vectors.encode([lines[0], lines[-1]]), atol=1e-6)
    assert w2v.load("vectors.safetensors").encode(lines[:1]).shape == (1, 12)
