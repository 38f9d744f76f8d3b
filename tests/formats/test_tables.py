"""TSV and CSV: as spreadsheets and pandas write them; and a vector for unknown words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from w2v import Vectors
from w2v.cli import main
from w2v.errors import FormatError
from w2v.formats import inspect, read, write

WORDS = ["king", "a,b", 'say "no"', "new york", " x ", "1", "word"]


def some_vectors() -> Vectors:
    matrix = np.random.default_rng(0).standard_normal((len(WORDS), 4))
    return Vectors(WORDS, matrix, np.arange(len(WORDS), 0, -1))


@pytest.mark.parametrize("name", ["v.csv", "v.tsv", "v.csv.gz"])
def test_pandas_reads_it(name: str, tmp_path: Path) -> None:
    write(some_vectors(), tmp_path / name)
    tab = "v.tsv" in name
    settings = {"sep": "\t", "header": None, "quoting": 3} if tab else {}
    frame = pd.read_csv(tmp_path / name, **settings, dtype={0: str, "word": str}, keep_default_na=False)
    assert frame.iloc[:, 0].tolist() == WORDS
    assert np.array_equal(frame.iloc[:, 1:].to_numpy(np.float32), some_vectors().matrix)


@pytest.mark.parametrize("index", [None, "token"])
@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize("names", [range(4), range(1, 5), [f"dim_{number}" for number in range(4)]])
def test_it_reads_what_pandas_writes(index: str | None, separator: str, names: object, tmp_path: Path) -> None:
    words = ["king", "new york", "cafe"]
    matrix = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
    frame = pd.DataFrame(matrix, index=words, columns=list(names))  # type: ignore[call-overload]
    path = tmp_path / ("v.csv" if separator == "," else "v.tsv")
    frame.to_csv(path, sep=separator, index_label=index)
    back = read(path)
    assert back.words == words
    assert np.array_equal(back.matrix, matrix)
    assert inspect(path).format == path.suffix[1:]


def test_rows_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "v.tsv"
    path.write_bytes(b"a\t1\t2\nb\t1\n\t3\t4\n\nc\t5\tx\nd\t7\t8\n")
    with pytest.raises(FormatError, match=r"line 2 has 1 values, not 2; 4 of 6 rows cannot be used"):
        read(path)
    assert read(path, bad_rows="skip").words == ["a", "d"]
    assert read(path, bad_rows="replace").words == ["a", "_", "d"]
    assert read(path, limit=1).words == ["a"]


@pytest.mark.parametrize(("choice", "expected"), [("mean", [2.0, 3.0]), ("zero", [0.0, 0.0]), ("b", [3.0, 4.0])])
def test_a_vector_for_unknown_words(
    choice: str, expected: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Vectors(["a", "b"], [[1.0, 2.0], [3.0, 4.0]], [5, 4]), "v.bin")
    assert main(["convert", "v.bin", "w.txt", "--unknown-vector", choice, "-q"]) == 0
    found = read("w.txt")
    assert (found.words, found["<unk>"].tolist()) == (["a", "b", "<unk>"], expected)
    assert found.counts is not None
    assert found.counts.tolist() == [5, 4, 0]
    assert main(["convert", "w.txt", "x.txt", "--unknown-vector", choice]) == 1
    assert main(["convert", "v.bin", "x.txt", "--unknown-vector", "nobody"]) == 1
