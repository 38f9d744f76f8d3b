"""Where sets are found, and what a download may and may not do, from a server on loopback that lies in every way."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import CERTIFICATE, Loopback

from w2v.data import Manifest, find, load_manifest, locate, manifest_of, obtain
from w2v.data import download as downloading
from w2v.data.manifest import listing_sha256
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


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    """A server that has ARCHIVE. It is trusted, and no proxy stands in between."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    monkeypatch.setenv("NO_PROXY", "*")
    with Loopback(ARCHIVE) as server:
        yield server


def at(web: Loopback, *ways: str) -> list[str]:
    return [web.url(way) for way in ways]


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_download_unpack_and_find_again(tmp_path: Path, web: Loopback) -> None:
    fox = manifest(tmp_path, urls=at(web, "honest"))
    assert locate(fox).place == "downloadable"
    with pytest.raises(DataError, match="fox is not on this computer") as caught:
        find(fox)
    assert "w2v data get fox" in caught.value.hint
    path = obtain(fox)
    assert path.read_bytes() == TEXT
    assert obtain(fox) == find(fox) == path
    assert locate(fox).place == "cache"
    assert web.asked == [("honest", None)]
    assert files_in(tmp_path / "cache") == ["w2v/data/fox/fox"]


@pytest.mark.parametrize(
    "way", ["chunked", "without_ranges", "no_such_range", "led", "led_to_another_host", "absurd_length", "endless"]
)
def test_odd_but_right(tmp_path: Path, web: Loopback, way: str) -> None:
    assert obtain(manifest(tmp_path, urls=at(web, way))).read_bytes() == TEXT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("other_bytes", "the sha256 of what arrived is not the pinned"),
        ("range_of_something_else", ""),
        ("longer", f"offers {len(ARCHIVE) + 1:,} bytes instead of {len(ARCHIVE):,}: the file there is a different one"),
        ("endless_zeros", "the sha256 of what arrived is not the pinned"),
        ("page", "offers 37 bytes instead of"),
        ("bomb", "bytes instead of"),
        ("packed", "bytes instead of"),
        ("absent", "answers 404 Not Found"),
        ("broken", "answers 500 Internal Server Error"),
        ("led_to_http", r"leads to http://localhost:\d+/honest, which is not https"),
        ("led_to_a_file", "leads to file:///etc/passwd, which is not https"),
        ("led_in_a_circle", "is redirected more than 5 times"),
        ("led_nowhere", "no connection"),
        ("nonsense", "no connection"),
        ("nothing", "no connection"),
    ],
)
def test_the_next_address_is_tried_and_nothing_is_kept_of_a_bad_one(
    tmp_path: Path, web: Loopback, way: str, message: str
) -> None:
    if message:
        with pytest.raises(DataError, match=message) as caught:
            obtain(manifest(tmp_path, urls=at(web, way)))
        advice = "check the connection, or download the file yourself and name its folder with --data-dir"
        assert caught.value.hint == f"{advice}; the sha256 of the file is {sha256(ARCHIVE)}"
        assert "\n" not in caught.value.message
        assert files_in(tmp_path / "cache") == []
    assert obtain(manifest(tmp_path, urls=at(web, way, "honest"))).read_bytes() == TEXT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("half", "the connection was lost"),
        ("half_of_unknown", f"stopped after {len(ARCHIVE) // 2:,} of {len(ARCHIVE):,} bytes"),
        ("silent", "no answer within 2 seconds"),
        ("slow", "sends fewer than 1,000 bytes a second"),
    ],
)
def test_what_came_before_it_broke_off_is_gone_on_from(
    tmp_path: Path, web: Loopback, way: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the next attempt, and by the next address of the same one; a server that has no ranges sends all of it."""
    with monkeypatch.context() as patience:
        if way == "silent":
            patience.setattr(downloading, "SILENCE", 2.0)
        if way == "slow":
            patience.setattr(downloading, "PATIENCE", 0.2)
        with pytest.raises(DataError, match=message) as caught:
            obtain(manifest(tmp_path, urls=at(web, way)))
    (part,) = (tmp_path / "cache").rglob("*.part")
    kept = part.stat().st_size
    assert 0 < kept < len(ARCHIVE)
    assert caught.value.hint.startswith(f"{kept:,} bytes have arrived, and the next attempt goes on from there; ")
    assert files_in(tmp_path / "cache") == [f"w2v/data/fox/{part.name}"]
    saved = part.read_bytes()
    for last in ("honest", "without_ranges", "another_range", "no_such_range", "range_of_something_else"):
        web.asked.clear()
        assert obtain(manifest(tmp_path, urls=at(web, "absent", last))).read_bytes() == TEXT
        assert web.asked[0] == ("absent", f"bytes={kept}-")
        assert web.asked[2:][:1] == [(last, f"bytes={kept}-")]
        assert len(web.asked) == (3 if last in ("honest", "without_ranges") else 4)
        assert files_in(tmp_path / "cache") == ["w2v/data/fox/fox"]
        (part.parent / "fox").unlink()
        part.write_bytes(saved)


@pytest.mark.parametrize(
    ("part", "asked"),
    [
        (ARCHIVE, []),
        (bytes(len(ARCHIVE)), [None]),
        (ARCHIVE + b"!", [None]),
        (bytes(100), ["bytes=100-", None]),
        (b"", [None]),
    ],
    ids=["whole", "another file", "too long", "a wrong beginning", "empty"],
)
def test_any_beginning_is_checked(tmp_path: Path, web: Loopback, part: bytes, asked: list[str | None]) -> None:
    folder = tmp_path / "cache" / "w2v" / "data" / "fox"
    folder.mkdir(parents=True)
    (folder / "..fox.zip.part").write_bytes(part)
    assert obtain(manifest(tmp_path, urls=at(web, "honest"))).read_bytes() == TEXT
    assert [place for _, place in web.asked] == asked
    assert files_in(tmp_path / "cache") == ["w2v/data/fox/fox"]


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path, web: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(DataError, match="its certificate is not trusted"):
        obtain(manifest(tmp_path, urls=at(web, "honest")))
    assert web.asked == []


def test_offline(tmp_path: Path, web: Loopback) -> None:
    urls = ["https://localhost:1/fox.zip", "https://no-such-host.invalid/fox.zip"]
    with pytest.raises(DataError) as caught:
        obtain(manifest(tmp_path, urls=urls))
    assert caught.value.message == f"cannot download fox: {urls[0]}: no connection; {urls[1]}: no connection"
    assert files_in(tmp_path / "cache") == []


def test_a_set_of_files_is_fetched_whole(tmp_path: Path, web: Loopback) -> None:
    """The cap of each is the sum of all; a set of which one file cannot be had is not had."""
    digest = sha256(ARCHIVE)
    for right in (True, False):
        files = {"fox.zip": digest, "second.zip": digest if right else sha256(TEXT)}
        pinned = "\n".join(f'"{name}" = "{digest}"' for name, digest in files.items())
        (tmp_path / "set.toml").write_text(
            'name = "set"\nkind = "analogy"\nlanguage = "en"\ntitle = "S"\ndescription = "s"\n[source]\n'
            f'urls = ["{web.url("honest").removesuffix("fox.zip")}"]\nsha256 = "{listing_sha256(files)}"\n'
            f"bytes = {2 * len(ARCHIVE)}\n[source.files]\n{pinned}\n"
            '[rights]\nlicence = "CC0-1.0"\nredistributable = true\ncitation = "Nobody"\n'
        )
        both = load_manifest(tmp_path / "set.toml")
        if right:
            assert obtain(both) == find(both) == tmp_path / "cache" / "w2v" / "data" / "set"
        else:
            web.asked.clear()
            with pytest.raises(DataError, match=r"cannot download set: .*is not the pinned"):
                obtain(both)
            assert len(web.asked) == 1  # what is there and right is not fetched again
    assert files_in(tmp_path / "cache") == ["w2v/data/set/fox.zip", "w2v/data/set/second.zip"]


def test_only_the_beginning_of_a_file_is_taken(tmp_path: Path, web: Loopback) -> None:
    """Where somebody added lines to a copy of a set, what is before them has the pinned hash."""
    files = {"fox.zip": sha256(ARCHIVE[:100])}

    def written(size: int) -> Manifest:
        (tmp_path / "set.toml").write_text(
            'name = "set"\nkind = "analogy"\nlanguage = "en"\ntitle = "S"\ndescription = "s"\n[source]\n'
            f'urls = ["{web.url("honest").removesuffix("fox.zip")}"]\nsha256 = "{listing_sha256(files)}"\n'
            f'bytes = 100\n[source.files]\n"fox.zip" = "{files["fox.zip"]}"\n[source.beginnings]\n"fox.zip" = {size}\n'
            '[rights]\nlicence = "CC0-1.0"\nredistributable = true\ncitation = "Nobody"\n'
        )
        return load_manifest(tmp_path / "set.toml")

    assert (obtain(written(100)) / "fox.zip").read_bytes() == ARCHIVE[:100]
    (tmp_path / "cache" / "w2v" / "data" / "set" / "fox.zip").unlink()
    with pytest.raises(DataError, match="is not the pinned"):
        obtain(written(99))
    with pytest.raises(DataError, match="is a different one"):
        obtain(written(len(ARCHIVE) + 1))
    with pytest.raises(DataError, match=r"source.beginnings has 'fox.zip' = 0"):
        written(0)


@pytest.mark.slow
def test_two_runs_do_not_fetch_the_same(tmp_path: Path, web: Loopback) -> None:
    """Both at once, in processes of their own: one fetches, the other waits, and both have it."""
    manifest(tmp_path, urls=at(web, "honest"))
    code = f"""
from pathlib import Path
from w2v.data import load_manifest, obtain
print(obtain(load_manifest(Path({str(tmp_path / "fox.toml")!r}))))
"""
    team = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(3)]
    assert len({process.communicate(timeout=60)[0] for process in team}) == 1
    assert [process.returncode for process in team] == [0] * 3
    assert web.asked == [("honest", None)]
    assert files_in(tmp_path / "cache") == ["w2v/data/fox/fox"]


def test_without_a_pinned_hash_nothing_is_fetched(tmp_path: Path, web: Loopback) -> None:
    fox = manifest(tmp_path, sha256=None, bytes=None, member=None, member_sha256=None)
    assert locate(fox).place == "by hand"
    with pytest.raises(DataError, match="fox has no pinned sha256") as caught:
        obtain(fox)
    assert "https://one.example/fox.zip" in caught.value.hint
    assert web.asked == []


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
def test_bad_archives_leave_nothing(tmp_path: Path, web: Loopback, archive: bytes, member: str, message: str) -> None:
    web.server.data = archive
    fox = manifest(tmp_path, urls=at(web, "honest"), sha256=sha256(archive), bytes=len(archive), member=member)
    with pytest.raises(DataError, match=message):
        obtain(fox)
    assert files_in(tmp_path / "cache") == []


@pytest.mark.parametrize("name", ["../../../evil/fox", "/etc/fox", "C:\\fox", "deep/fox", "fox"])
def test_names_in_an_archive_are_no_paths(tmp_path: Path, web: Loopback, name: str) -> None:
    """The other members are not even looked at; one that says it is a link is a file like others."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        link = zipfile.ZipInfo(name)
        link.external_attr = 0o120777 << 16
        packed.writestr(link, TEXT)
        packed.writestr("../../outside", b"x")
    archive = web.server.data = buffer.getvalue()
    fox = manifest(tmp_path, urls=at(web, "honest"), sha256=sha256(archive), bytes=len(archive), member=name)
    path = obtain(fox)
    assert path == tmp_path / "cache" / "w2v" / "data" / "fox" / Path(name).name
    assert path.read_bytes() == TEXT
    assert not path.is_symlink()
    assert files_in(tmp_path) == [str(path.relative_to(tmp_path)), "fox.toml"]


def test_the_users_folder_comes_first(tmp_path: Path, web: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name at any depth; under another name by its hash; the archive too; and never with another hash."""
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
    assert web.asked == []


def test_folders_that_are_not_there(tmp_path: Path, web: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="there is no folder"):
        find(manifest(tmp_path), tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputError, match="cannot create"):
        obtain(manifest(tmp_path))


def test_without_a_home_nothing_is_fetched_and_the_rest_goes_on(
    tmp_path: Path, web: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("w2v.data.fetch.user_cache", lambda *names: None)
    assert locate(manifest(tmp_path)).place == "downloadable"
    with pytest.raises(OutputError, match="no home folder"):
        obtain(manifest(tmp_path))
    assert obtain(manifest_of("wordsim353")).is_file()
    assert web.asked == []


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
    with pytest.raises(DataError, match="gensim should contain wordsim353 as ") as caught:
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
    with pytest.raises(DataError, match=r"two\.txt is missing or has a wrong sha256"):
        find(manifest, tmp_path / "data")


def test_what_nobody_publishes_is_not_downloaded() -> None:
    with pytest.raises(DataError, match="esslli-1a is not on this computer") as caught:
        obtain(manifest_of("esslli-1a"))
    assert "--data-dir" in caught.value.hint
