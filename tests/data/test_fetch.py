"""Where sets are found, and what a download may and may not do. The network is played: `requests.get` is replaced."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from w2v.data import Manifest, find, load_manifest, locate, manifest_of, obtain
from w2v.errors import DataError, OutputError

TEXT = b"the quick brown fox\n" * 500


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


ARCHIVE = zipped(fox=TEXT, other=b"x")


def manifest(folder: Path, **source: Any) -> Manifest:
    """A corpus called fox, at two addresses."""
    values = {
        "urls": ["https://one.example/fox.zip", "https://two.example/fox.zip"],
        "member": "fox",
        "sha256": sha256(ARCHIVE),
        "bytes": len(ARCHIVE),
        "member_sha256": sha256(TEXT),
    }
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in {**values, **source}.items() if value is not None]
    source_lines = "\n".join(lines)
    path = folder / "fox.toml"
    path.write_text(
        f"""
        name = "fox"\nkind = "corpus"\nlanguage = "en"\ntitle = "Fox"\ndescription = "Foxes"
        [source]
        {source_lines}
        [rights]
        licence = "CC0-1.0"\nredistributable = true\ncitation = "Nobody (2000)"
        """
    )
    return load_manifest(path)


class Response:
    """As much of requests' answer as pooch looks at."""

    def __init__(self, url: str, data: bytes) -> None:
        self.url = url
        self.data = data
        self.headers: dict[str, str] = {}

    def raise_for_status(self) -> None:
        pass

    def iter_content(self, chunk_size: int) -> Iterator[bytes]:
        for start in range(0, len(self.data), 1000):
            yield self.data[start : start + 1000]


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[str]]:
    """Plays the network: each address gives bytes, an exception, or the address that it redirects to."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    asked: list[str] = []

    def play(**answers: bytes | Exception | str) -> list[str]:
        def get(url: str, *, hooks: dict[str, Callable[[Response], None]], **options: Any) -> Response:
            assert options["headers"]["User-Agent"].startswith("w2v/")
            asked.append(url)
            answer = answers[url.split("/")[2].split(".")[0]]
            if isinstance(answer, Exception):
                raise answer
            response = Response(url, b"") if isinstance(answer, bytes) else Response(answer, b"")
            response.data = answer if isinstance(answer, bytes) else ARCHIVE
            hooks["response"](response)
            return response

        monkeypatch.setattr(requests, "get", get)
        return asked

    return play


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_download_unpack_and_find_again(tmp_path: Path, web: Callable[..., list[str]]) -> None:
    asked = web(one=ARCHIVE)
    fox = manifest(tmp_path)
    assert locate(fox).place == "downloadable"
    with pytest.raises(DataError, match="fox is not on this computer") as caught:
        find(fox)
    assert "w2v data get fox" in caught.value.hint
    path = obtain(fox)
    assert path.read_bytes() == TEXT
    assert obtain(fox) == find(fox) == path
    assert locate(fox).place == "cache"
    assert asked == ["https://one.example/fox.zip"]
    assert files_in(tmp_path / "cache") == ["w2v/data/fox/fox"]


def test_the_second_address_is_tried(tmp_path: Path, web: Callable[..., list[str]]) -> None:
    asked = web(one=requests.ConnectionError("no route"), two=ARCHIVE)
    assert obtain(manifest(tmp_path)).read_bytes() == TEXT
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (zipped(fox=TEXT[:-1], other=b"x"), "what arrived has another sha256 than the pinned"),
        (ARCHIVE + bytes(1), "sends more than the"),
        (requests.ConnectionError("no route"), "no route"),
        ("http://one.example/fox.zip", "is not https"),
    ],
    ids=["another file", "a larger file", "no answer", "leads to http"],
)
def test_nothing_is_kept_of_a_bad_download(
    tmp_path: Path, web: Callable[..., list[str]], answer: bytes | Exception | str, message: str
) -> None:
    web(one=answer, two=answer)
    with pytest.raises(DataError, match=message) as caught:
        obtain(manifest(tmp_path))
    assert caught.value.hint
    assert files_in(tmp_path / "cache") == []


def test_without_a_pinned_hash_nothing_is_fetched(tmp_path: Path, web: Callable[..., list[str]]) -> None:
    asked = web()
    fox = manifest(tmp_path, sha256=None, bytes=None, member=None, member_sha256=None)
    assert locate(fox).place == "by hand"
    with pytest.raises(DataError, match="fox has no pinned sha256") as caught:
        obtain(fox)
    assert "https://one.example/fox.zip" in caught.value.hint
    assert asked == []


@pytest.mark.parametrize(
    ("archive", "member", "message"),
    [
        (ARCHIVE, "absent", "cannot unpack absent"),
        (ARCHIVE[:-30], "fox", "cannot unpack fox"),
        (b"no zip at all", "fox", "cannot unpack fox"),
        (zipped(fox=b"something else"), "fox", "not the pinned one"),
    ],
    ids=["no such member", "truncated", "no zip", "another member"],
)
def test_bad_archives_leave_nothing(
    tmp_path: Path, web: Callable[..., list[str]], archive: bytes, member: str, message: str
) -> None:
    web(one=archive, two=archive)
    fox = manifest(tmp_path, sha256=sha256(archive), bytes=len(archive), member=member)
    with pytest.raises(DataError, match=message):
        obtain(fox)
    assert not (tmp_path / "cache" / "w2v" / "data" / "fox" / member).exists()


def test_names_in_an_archive_are_no_paths(tmp_path: Path, web: Callable[..., list[str]]) -> None:
    archive = zipped(**{"../../../evil/fox": TEXT})
    web(one=archive)
    path = obtain(manifest(tmp_path, sha256=sha256(archive), bytes=len(archive), member="../../../evil/fox"))
    assert path == tmp_path / "cache" / "w2v" / "data" / "fox" / "fox"
    assert files_in(tmp_path) == ["cache/w2v/data/fox/fox", "fox.toml"]


def test_the_users_folder_comes_first(
    tmp_path: Path, web: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name at any depth; under another name by its hash; the archive too; and never with another hash."""
    asked = web()
    own = tmp_path / "own" / "deep" / "down"
    own.mkdir(parents=True)
    fox = manifest(tmp_path)
    (own / "fox").write_bytes(TEXT + b"altered")
    with pytest.raises(DataError, match=f"{own / 'fox'} has sha256 {sha256(TEXT + b'altered')[:12]}"):
        find(fox, tmp_path / "own")
    (own / "fox").write_bytes(TEXT)
    assert find(fox, tmp_path / "own") == obtain(fox, tmp_path / "own") == own / "fox"
    assert locate(fox, tmp_path / "own").place == "local folder"
    monkeypatch.setenv("W2V_DATA", str(tmp_path / "own"))
    assert find(fox) == own / "fox"
    (own / "fox").unlink()
    (own / "renamed.bin").write_bytes(ARCHIVE)
    assert obtain(fox).read_bytes() == TEXT
    assert (own / "renamed.bin").exists()
    plain = manifest(tmp_path, member=None, member_sha256=None, sha256=sha256(TEXT), bytes=len(TEXT))
    (own / "another name").write_bytes(TEXT)
    assert find(plain) == own / "another name"
    assert asked == []


def test_folders_that_are_not_there(
    tmp_path: Path, web: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    web(one=ARCHIVE)
    with pytest.raises(DataError, match="there is no data folder"):
        find(manifest(tmp_path), tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputError, match="cannot create"):
        obtain(manifest(tmp_path))


def test_an_altered_package_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As if another version of gensim had another file."""
    altered = tmp_path / "gensim" / "test" / "test_data" / "wordsim353.tsv"
    altered.parent.mkdir(parents=True)
    altered.write_text("tiger\tcat\t7.35\n")
    wordsim = manifest_of("wordsim353")
    true_path = find(wordsim)
    spec = importlib.util.spec_from_loader("gensim", None, is_package=True)
    assert spec is not None
    spec.submodule_search_locations = [str(tmp_path / "gensim")]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(DataError, match="wordsim353 is not where gensim should have it") as caught:
        find(wordsim)
    assert "--data-dir" in caught.value.hint
    assert find(wordsim, true_path.parent) == true_path


@pytest.mark.shared
def test_the_shared_folder_works_as_it_is(shared: Path, tmp_path: Path) -> None:
    """Sets that lie there are found by name, below folders of any depth, and by hash under another name."""
    path = shared / "eval_sets" / "similarity" / "EN-MEN-TR-3k.txt"
    source = {"urls": ["https://one.example/EN-MEN-TR-3k.txt"], "member": None, "member_sha256": None}
    pinned = {"sha256": sha256(path.read_bytes()), "bytes": path.stat().st_size}
    assert find(manifest(tmp_path, **source, **pinned), shared / "eval_sets") == path
    source["urls"] = ["https://one.example/men.txt"]
    assert find(manifest(tmp_path, **source, **pinned), shared / "eval_sets") == path


def test_a_set_of_several_files(tmp_path: Path) -> None:
    """All of them must be there, each the pinned one; the folder that holds them is what is found."""
    from w2v.data.manifest import listing_sha256

    texts = {"one.txt": b"a\tb\n", "two.txt": b"c\td\n"}
    files = {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}
    pinned = "\n".join(f'"{name}" = "{digest}"' for name, digest in files.items())
    (tmp_path / "set.toml").write_text(
        'name = "set"\nkind = "analogy"\nlanguage = "en"\ntitle = "S"\ndescription = "s"\n[source]\n'
        f'urls = ["https://example.org/"]\nsha256 = "{listing_sha256(files)}"\nbytes = 8\n[source.files]\n{pinned}\n'
        '[rights]\nlicence = "CC0-1.0"\nredistributable = true\ncitation = "Nobody"\n'
    )
    manifest = load_manifest(tmp_path / "set.toml")
    folder = tmp_path / "data" / "deep"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        with pytest.raises(DataError, match="set is not on this computer"):
            find(manifest, tmp_path / "data")
        (folder / name).write_bytes(text)
    assert find(manifest, tmp_path / "data") == folder
    (folder / "two.txt").write_bytes(b"x\ty\n")
    with pytest.raises(DataError, match=r"two\.txt is missing or has another sha256"):
        find(manifest, tmp_path / "data")


def test_what_nobody_publishes_is_not_downloaded() -> None:
    with pytest.raises(DataError, match="esslli-1a is not on this computer") as caught:
        obtain(manifest_of("esslli-1a"))
    assert "--data-dir" in caught.value.hint
