"""What w2v keeps on this computer: it is found and removed, the least recently used first, and nothing else goes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from w2v.files.caches import user_cache
from w2v.files.kept import KINDS, entries, kind_named, mark_used, remove, trim
from w2v.files.private import make_private

TOKENS = kind_named("tokens")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for token caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = user_cache("tokens")
    assert found is not None
    make_private(found, tmp_path / "cache")
    return found


def put(folder: Path, name: str, size: int, days: float) -> Path:
    path = folder / f"{name}.tokens"
    path.write_bytes(b"x" * size)
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir())


def test_every_kind_is_found(folder: Path) -> None:
    put(folder, "a", 10, 2)
    put(folder, "b", 20, 1)
    (folder / "notes.txt").write_text("mine")
    kernels, downloads = user_cache("kernels", "0123456789abcdef"), user_cache("data", "text8")
    assert kernels is not None
    assert downloads is not None
    for place in (kernels, downloads):
        place.mkdir(parents=True)
        (place / "file").write_bytes(b"123")
    found = [entry for entry in entries() if not entry.in_environment]
    assert [(entry.kind.name, entry.path.name, entry.bytes) for entry in found] == [
        ("tokens", "b.tokens", 20),
        ("tokens", "a.tokens", 10),
        ("kernels", "0123456789abcdef", 3),
        ("downloads", "text8", 3),
    ]
    assert found[1].days() == pytest.approx(2, abs=0.01)
    assert [remove(entry) for entry in found] == [""] * 4
    assert (names(folder), kernels.exists(), downloads.exists()) == (["notes"], False, False)
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_the_least_recently_used_go_first(folder: Path) -> None:
    for name, days in (("new", 1), ("old", 3), ("middle", 2)):
        put(folder, name, 100, days)
    assert [entry.path.stem for entry in trim(TOKENS, limit=250, days=30)] == ["old"]
    mark_used(folder / "middle.tokens")
    assert [entry.path.stem for entry in trim(TOKENS, limit=150, days=30)] == ["new"]
    assert trim(TOKENS, limit=150, days=30) == []


def test_what_was_not_used_for_long_goes(folder: Path) -> None:
    put(folder, "new", 1, 29)
    put(folder, "old", 1, 31)
    in_use = put(folder, "used now", 1, 40)
    assert [entry.path.stem for entry in trim(TOKENS, limit=10**9, days=30, in_use=in_use)] == ["old"]
    assert names(folder) == ["new", "used now"]
    assert [entry.path.stem for entry in trim(TOKENS, limit=10**9, days=0)] == ["used now", "new"]


def test_nothing_is_removed_where_others_can_write(folder: Path) -> None:
    path = put(folder, "a", 1, 40)
    folder.chmod(0o777)
    (entry,) = entries([TOKENS])
    assert remove(entry) == f"other users can write to {folder}"
    assert trim(TOKENS, limit=0, days=0) == []
    assert path.exists()


def test_links_are_left_alone(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine.tokens"
    target.write_bytes(b"1")
    (folder / "link.tokens").symlink_to(target)
    assert entries([TOKENS]) == []
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    put(tmp_path / "moved", "a", 1, 40)
    assert entries([TOKENS]) == []
