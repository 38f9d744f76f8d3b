"""Transforms of vectors: against the obvious computation with SVD, on files of any size, with n-grams, and recorded."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from w2v import RunRecord, Vectors, load, save, transform
from w2v.cli import main
from w2v.errors import FormatError, OutputError, SettingsError
from w2v.files import made, rows
from w2v.formats import numbers
from w2v.ngrams import Ngrams
from w2v.subwords import Subwords
from w2v.transforms import TRANSFORMS, applying, transformed
from w2v.transforms.moments import unit_rows
from w2v.transforms.prune import prune
from w2v.transforms.registry import chosen

RECORD = RunRecord(model="sgns", settings={"dim": 12})


def cloud(words: int = 300, dim: int = 12, seed: int = 0) -> Vectors:
    rng = np.random.default_rng(seed)
    matrix = (rng.normal(size=(words, dim)) * np.geomspace(3, 0.1, dim) + rng.normal(size=dim)) @ np.linalg.qr(
        rng.normal(size=(dim, dim))
    )[0]
    return Vectors([f"w{n}" for n in range(words)], matrix.astype(np.float32), np.arange(words, 0, -1), RECORD)


def naive(vectors: Vectors) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit rows without their mean, that mean, and the principal components by SVD, one a column."""
    unit = vectors.matrix.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    centred = unit - unit.mean(axis=0)
    return centred, unit.mean(axis=0), np.linalg.svd(centred, full_matrices=False)[2].T


def test_the_mean_of_unit_rows_is_removed() -> None:
    vectors = cloud()
    np.testing.assert_allclose(transform(vectors, center=True).matrix, naive(vectors)[0], atol=1e-6)


def test_columns_in_pca_order() -> None:
    vectors = cloud()
    centred, _, components = naive(vectors)
    made = transform(vectors, order_dims=True).matrix
    np.testing.assert_allclose(np.abs(made), np.abs(centred @ components), atol=1e-5)
    np.testing.assert_allclose(made @ made.T, centred @ centred.T, atol=1e-5)
    assert (np.diff(made.var(axis=0)) < 0).all()
    best = transform(vectors, order_dims=True, dim=5)
    np.testing.assert_array_equal(best.matrix, made[:, :5])


def test_all_but_the_top() -> None:
    vectors = cloud()
    centred, _, components = naive(vectors)
    top = components[:, :3]
    made = transform(vectors, all_but_the_top=3).matrix
    np.testing.assert_allclose(made, centred - centred @ top @ top.T, atol=1e-6)
    ordered = transform(vectors, center=True, all_but_the_top=3, order_dims=True).matrix
    np.testing.assert_allclose(ordered @ ordered.T, made @ made.T, atol=1e-5)
    assert np.abs(ordered[:, -3:]).max() < 1e-5


def test_a_prefix_is_the_columns_as_they_lie() -> None:
    vectors = cloud()
    made = transform(vectors, dim=4)
    np.testing.assert_array_equal(made.matrix, vectors.matrix[:, :4])
    assert made.words == vectors.words
    assert made.counts is vectors.counts


def test_rows_of_zeros_stay_and_do_not_count() -> None:
    vectors = cloud()
    matrix = np.insert(vectors.matrix, 7, 0, axis=0)
    with_zero = Vectors(["zero", *vectors.words], np.insert(vectors.matrix, 0, 0, axis=0))
    made = transform(with_zero, order_dims=True, dim=3).matrix
    assert not made[0].any()
    np.testing.assert_array_equal(made[1:], transform(vectors, order_dims=True, dim=3).matrix)
    nothing = Vectors(["a", "b"], np.zeros((2, 3)))
    assert not transform(nothing, order_dims=True).matrix.any()
    assert len(matrix) == len(made)


@pytest.mark.parametrize("size", [1, 2])
def test_very_few_words(size: int) -> None:
    made = transform(cloud(words=size), order_dims=True, dim=2)
    assert made.matrix.shape == (size, 2)
    assert np.isfinite(made.matrix).all()


def test_the_record_tells_each_change() -> None:
    made = transform(transform(cloud(), center=True), order_dims=True, dim=5)
    assert made.record is not None
    assert [told["transform"] for told in made.record.transforms] == ["center", "order-dims", "dim"]
    assert [told["dims"] for told in made.record.transforms] == [12, 12, 5]
    assert RunRecord.from_dict(json.loads(json.dumps(made.record.to_dict()))) == made.record
    assert "transforms" not in RECORD.to_dict()
    with pytest.raises(ValueError, match="its transforms are not named"):
        RunRecord.from_dict({**RECORD.to_dict(), "transforms": ["center"]})


def test_what_cannot_be_done() -> None:
    vectors = cloud()
    for wanted, what in (
        ({"dim": 13}, "12 dimensions"),
        ({"dim": 0}, "12 dimensions"),
        ({"all_but_the_top": 12}, "12 dimensions"),
        ({"centre": True}, "there is no transform 'centre'"),
        ({"center": 3}, "center is 3"),
        ({"dim": True}, "dim is True"),
    ):
        with pytest.raises(SettingsError, match=what) as raised:
            transform(vectors, **wanted)  # type: ignore[arg-type]
        assert raised.value.hint
    assert transform(vectors) is vectors
    with pytest.raises(SettingsError, match="dimensions"):
        transform(vectors, dim=5, order_dims=True, all_but_the_top=12)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_says_what_it_does(name: str) -> None:
    vectors = cloud()
    [made] = chosen({name: 3 if TRANSFORMS[name].takes else True})
    assert made.name == name
    assert made.describe()
    told = transformed(vectors, [made]).record.transforms[-1]  # type: ignore[union-attr]
    assert made.describe() in told["in_words"]


# --------------------------------------------------------------------------- n-grams


def with_ngrams(dim: int = 12) -> Vectors:
    base, ngrams = cloud(40, dim), Ngrams(3, 4, 500)
    buckets = np.unique([bucket for word in base.words for bucket in ngrams.buckets_of(word)])
    rows = np.random.default_rng(1).normal(size=(len(buckets), dim)).astype(np.float32) + 1
    return Vectors(base.words, base.matrix, base.counts, RECORD, subwords=Subwords(ngrams, buckets, rows))


def test_unknown_words_are_composed_as_before(tmp_path: Path) -> None:
    """Composing and then mapping is mapping and then composing, also where some n-grams have no row."""
    vectors = with_ngrams()
    matrix = vectors.matrix.astype(np.float64)
    _, _, components = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
    made = transform(transform(vectors, order_dims=True), dim=6)
    for name in ("v.safetensors", "v.fasttext.bin"):
        save(made, tmp_path / name)
        again = load(tmp_path / name)
        for word in ("w7", "w77", "w7x", "zebraw1"):
            if (composed := vectors.subwords.compose(word)) is None:  # type: ignore[union-attr]
                continue
            expected = (composed - matrix.mean(axis=0)) @ components.T[:, :6]
            for each in (made, again):
                np.testing.assert_allclose(np.abs(each.subwords.compose(word)), np.abs(expected), atol=1e-5)  # type: ignore[union-attr]
        np.testing.assert_allclose(again.matrix, made.matrix, atol=1e-4)


def test_ngrams_in_fewer_bytes(tmp_path: Path) -> None:
    vectors = with_ngrams()
    save(vectors, tmp_path / "v.safetensors", dtype="int8")
    again = load(tmp_path / "v.safetensors")
    np.testing.assert_allclose(again.subwords.rows, vectors.subwords.rows, atol=0.03)  # type: ignore[union-attr]
    np.testing.assert_allclose(again.subwords.compose("w7x"), vectors.subwords.compose("w7x"), atol=0.03)  # type: ignore[union-attr,arg-type]


# --------------------------------------------------------------------------- large matrices


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (rows, applying, numbers):
        monkeypatch.setattr(module, "SMALL", 0)


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize("ending", ["safetensors", "bin", "txt", "npy", "csv", "fasttext.bin"])
def test_rows_that_are_made_when_they_are_read(ending: str, tmp_path: Path) -> None:
    vectors = cloud()
    lazy = transform(vectors, order_dims=True, dim=5)
    assert isinstance(lazy.stored, made.MadeRows)
    whole = lazy.stored.whole()
    save(lazy, tmp_path / f"v.{ending}")
    np.testing.assert_array_equal(load(tmp_path / f"v.{ending}").matrix, whole)
    np.testing.assert_array_equal(lazy.stored[[5, -1]], whole[[5, -1]])
    np.testing.assert_array_equal(lazy.stored[3], whole[3])
    lazy = transform(vectors, order_dims=True, dim=5)
    assert isinstance(lazy.stored, made.MadeRows)
    np.testing.assert_array_equal(lazy.stored.only(np.array([4, 2]))[:], whole[[4, 2]])
    np.testing.assert_array_equal(lazy.stored.first(3)[:], whole[:3])
    assert lazy.most_similar("w3")[0][0] == Vectors(vectors.words, whole).most_similar("w3")[0][0]
    with pytest.raises(IndexError):
        lazy.stored[np.array([300])]


@pytest.mark.slow
def test_memory_of_a_large_file(tmp_path: Path) -> None:
    """The rows of the result are never in memory: what the process takes stays below the input and some blocks."""
    source, target = tmp_path / "in.safetensors", tmp_path / "out.safetensors"
    matrix = np.random.default_rng(0).standard_normal((120_000, 100), dtype=np.float32)
    save(Vectors([f"w{n}" for n in range(len(matrix))], matrix), source)
    del matrix
    gc.collect()
    script = (
        "import resource, sys; from w2v.cli import main; code = main(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
    )
    sizes = []
    for options in ([], ["--order-dims"]):
        command = [sys.executable, "-c", script, "convert", str(source), str(target), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        sizes.append(int(done.stdout) << 10)
    assert sizes[1] - sizes[0] < 32 << 20  # the result alone has 46 MiB
    assert resource.getpagesize() <= 1 << 16


# --------------------------------------------------------------------------- fewer words, fewer bytes


def test_prune_keeps_the_most_frequent(tmp_path: Path) -> None:
    vectors = Vectors(list("abcd"), np.eye(4), [3, 9, 1, 7])
    kept = prune(vectors, 2)
    assert (kept.vectors.words, kept.share) == (["b", "d"], 0.8)
    np.testing.assert_array_equal(kept.vectors.matrix, np.eye(4)[[1, 3]])
    uncounted = prune(Vectors(list("abcd"), np.eye(4)), 2)
    assert (uncounted.vectors.words, uncounted.share) == (["a", "b"], None)
    assert prune(vectors, 9).vectors is vectors
    with pytest.raises(SettingsError):
        prune(vectors, 0)


@pytest.mark.parametrize(("dtype", "error"), [("float16", 2e-3), ("int8", 0.03)])
def test_fewer_bytes(dtype: str, error: float, tmp_path: Path) -> None:
    vectors, first, second = cloud(), tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    save(vectors, first, dtype=dtype)
    again = load(first, check_all=True)
    assert again.matrix.dtype == np.float32
    np.testing.assert_allclose(again.matrix, vectors.matrix, atol=error)
    np.testing.assert_allclose(again.norms, np.linalg.norm(again.matrix.astype(np.float64), axis=1))
    save(Vectors(again.words, again.matrix, again.counts, vectors.record), second, dtype=dtype)
    np.testing.assert_array_equal(load(second).matrix, again.matrix)
    assert again.record is not None
    assert dtype in again.record.transforms[-1]["in_words"]
    assert len(load(first, limit=3)) == 3


def test_int8_has_one_scale_and_the_largest_value_is_127(tmp_path: Path) -> None:
    vectors = cloud()
    scale = numbers.scale_of(vectors.matrix)
    assert scale == pytest.approx(np.abs(vectors.matrix).max() / 127, rel=1e-4)
    stored = numbers.encoded(vectors.matrix, "int8", scale)
    assert np.abs(stored.astype(int)).max() == 127
    assert np.abs(numbers.decoded(stored, "int8", scale) - vectors.matrix).max() <= scale / 2 + 1e-7
    save(Vectors(["a"], [[0.0, 0.0]]), tmp_path / "v.safetensors", dtype="int8")
    assert not load(tmp_path / "v.safetensors").matrix.any()


def test_what_cannot_be_stored(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="word2vec binary does not store numbers as int8"):
        save(cloud(), tmp_path / "v.bin", dtype="int8")
    with pytest.raises(SettingsError, match="does not store"):
        save(cloud(), tmp_path / "v.safetensors", dtype="int4")
    with pytest.raises(OutputError, match="too large for float16"):
        save(Vectors(["a"], [[1e6, 0]]), tmp_path / "v.safetensors", dtype="float16")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_a_file_that_is_cut_or_changed_is_refused(dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "v.safetensors"
    save(cloud(), path, dtype=dtype)
    data = path.read_bytes()
    for size in range(0, len(data), max(1, len(data) // 40)):
        path.write_bytes(data[:size])
        with pytest.raises(FormatError):
            load(path)
    for place in range(0, len(data), max(1, len(data) // 40)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        with pytest.raises(FormatError):
            load(path)


@pytest.mark.parametrize("scales", ["{}", '{"embeddings": -1.0}', '{"embeddings": 1e300}', "[]", '{"embeddings": "1"}'])
def test_a_scale_that_is_none(scales: str, tmp_path: Path) -> None:
    from w2v.files.tensors import Stream, write

    path = tmp_path / "v.safetensors"
    arrays = {
        "embeddings": np.ones((1, 2), dtype=np.int8),
        "words": np.frombuffer(b"a", dtype=np.uint8),
        "word_offsets": np.array([0, 1]),
    }
    with path.open("wb") as file:
        write(file, "w2v.vectors/2", dict[str, np.ndarray | Stream](arrays), {"numbers": "int8", "scales": scales})
    with pytest.raises(FormatError, match=r"scale of its embeddings|no JSON object"):
        load(path)
    with path.open("wb") as file:
        write(file, "w2v.vectors/2", dict[str, np.ndarray | Stream](arrays), {"numbers": "float16"})
    with pytest.raises(FormatError, match="says that its numbers are"):
        load(path)


# --------------------------------------------------------------------------- the command


def test_convert_tells_what_was_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.safetensors", tmp_path / "out.safetensors"
    save(cloud(), source)
    options = ["--order-dims", "--dim", "4", "--prune", "100", "--dtype", "float16"]
    assert main(["convert", str(source), str(target), *options]) == 0
    told = capsys.readouterr().err
    assert "kept 100 of 300 words, the most frequent ones, which are 55.5 % of the tokens" in told
    assert "changed: rows at length 1, mean removed, columns in PCA order" in told
    assert load(target).matrix.shape == (100, 4)
    assert main(["info", str(target)]) == 0
    shown = capsys.readouterr().out
    for what in ("the 100 most frequent of 300 words kept", "first 4 columns kept", "numbers rounded to float16"):
        assert what in shown
    assert main(["verify", str(target)]) == 0
    capsys.readouterr()
    assert main(["convert", str(source), str(target), "--dim", "13"]) == 2
    assert "12 dimensions" in capsys.readouterr().err
    assert main(["convert", str(source), str(tmp_path / "v.txt"), "--dtype", "int8"]) == 2
    assert "does not store numbers as int8" in capsys.readouterr().err


def test_vectors_of_another_program_tell_how_they_were_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.safetensors"
    save(Vectors(list("abc"), np.eye(3)), source)
    assert main(["convert", str(source), str(target), "--center"]) == 0
    assert main(["info", str(target)]) == 0
    shown = capsys.readouterr()
    assert "mean removed" in shown.out
    assert "nothing says which model made these vectors" in shown.err
    assert main(["info", "--as-config", str(target)]) == 1
    assert "no record of the run" in capsys.readouterr().err


def test_a_warning_for_models_that_lose_by_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.safetensors", tmp_path / "out.safetensors"
    save(Vectors(list("abc"), np.eye(3), record=RunRecord(model="glove", settings={})), source)
    assert main(["convert", str(source), str(target), "--center"]) == 0
    assert "Warning: glove vectors" in capsys.readouterr().err
    assert main(["convert", str(source), str(target), "--dim", "2"]) == 0
    assert "Warning" not in capsys.readouterr().err


def test_unit_rows_do_not_overflow() -> None:
    np.testing.assert_allclose(unit_rows(np.array([[3e38, 0], [0, 0], [1e-45, 0]], dtype=np.float32))[:, 0], [1, 0, 1])
