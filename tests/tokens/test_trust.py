"""Which token caches are believed: those of this user, of this very text, whole, and never changed while in use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tokens.test_preparing import Listener, content

from w2v.errors import OutputError
from w2v.files.whole import replacing
from w2v.tokens import counting, prepare, preparing
from w2v.tokens.settings import CorpusConfig

ALL = CorpusConfig(min_count=1)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text("a b a c\n" * 50)
    return path


@pytest.fixture
def cache_dir(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.mark.parametrize("umask", [0o022, 0o000, 0o177])
def test_caches_are_private_whatever_the_umask(
    corpus: Path, tmp_path: Path, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home" / "cache"))
    before = os.umask(umask)
    try:
        with prepare([corpus], ALL) as cache:
            folders = [cache.path.parent, cache.path.parent.parent, tmp_path / "home" / "cache"]
            assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
            assert cache.path.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize("swap", ["another text", "other settings"])
def test_a_cache_of_another_text_under_this_name_is_made_again(corpus: Path, cache_dir: Path, swap: str) -> None:
    """Whole, with right hashes, of this user: only what it says of itself is another thing."""
    with prepare([corpus], ALL, cache_dir=cache_dir) as cache:
        right, path = content(cache), cache.path
    if swap == "another text":
        corpus.write_text(corpus.read_text()[::-1])
        other = prepare([corpus], ALL, cache_dir=cache_dir).path
        corpus.write_text(corpus.read_text()[::-1])
    else:
        other = prepare([corpus], CorpusConfig(min_count=1, lowercase=True), cache_dir=cache_dir).path
    shutil.copy(other, path)
    listener = Listener()
    with prepare([corpus], ALL, cache_dir=cache_dir, progress=listener) as cache:
        assert (content(cache), cache.reused) == (right, False)
    assert listener.said("warning").splitlines() == [
        f"{path}: not a whole token cache (it is that of another text): it is made again"
    ]
    with prepare([corpus], ALL, cache_dir=cache_dir) as cache:
        assert cache.reused


@pytest.mark.parametrize("mode", [0o770, 0o777])
def test_a_folder_that_others_can_write_to_is_not_used(corpus: Path, cache_dir: Path, mode: int) -> None:
    with prepare([corpus], ALL, cache_dir=cache_dir) as cache:
        right, path = content(cache), cache.path
    cache_dir.chmod(mode)
    for _ in range(2):
        listener = Listener()
        with prepare([corpus], ALL, cache_dir=cache_dir, progress=listener) as cache:
            assert (content(cache), cache.reused) == (right, False)
        assert listener.said("warning") == (
            f"other users can write to {cache_dir}: no token cache in {cache_dir} is used, and none is kept there"
        )
    assert list(cache_dir.iterdir()) == [path]


def test_a_cache_that_others_can_write_to_is_made_again(corpus: Path, cache_dir: Path) -> None:
    path = prepare([corpus], ALL, cache_dir=cache_dir).path
    path.chmod(0o666)
    listener = Listener()
    assert not prepare([corpus], ALL, cache_dir=cache_dir, progress=listener).reused
    assert "(other users can write to it): it is made again" in listener.said("warning")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_usual_folder_that_others_can_write_to_gives_way_to_a_temporary_one(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xdg").mkdir()
    (tmp_path / "xdg").chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    listener = Listener()
    with prepare([corpus], ALL, progress=listener):
        pass
    assert listener.said("warning").startswith(f"other users can write to {tmp_path / 'xdg'}: what is kept there goes")
    assert not any(path.is_file() for path in (tmp_path / "xdg").rglob("*"))


@pytest.mark.parametrize("when", ["reading", "writing"])
def test_a_usual_folder_whose_disk_fills_gives_way_to_a_temporary_one(
    corpus: Path, when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    full, temporary = tmp_path / "xdg" / "w2v" / "tokens", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    counting.compile_kernels("whitespace", temporary)

    def refuse() -> None:
        raise OutputError(f"cannot write {full}: no space left on device")

    @contextmanager
    def no_scratch(folder: Path) -> Iterator[Any]:
        if Path(folder) == full:
            refuse()
        with scratch(folder) as file:
            yield file

    @contextmanager
    def no_file(path: Path, size: int = 0, *, private: bool = False) -> Iterator[Any]:
        refuse()
        with replacing(path, size, private=private) as file:
            yield file

    scratch = preparing.scratch
    monkeypatch.setattr(preparing, *(("scratch", no_scratch) if when == "reading" else ("replacing", no_file)))
    listener = Listener()
    with prepare([corpus], ALL, progress=listener) as cache:
        assert cache.vocabulary.words == ["a", "b", "c"]
        assert cache.path.parent == temporary
    assert listener.said("warning").startswith(f"cannot write {full}: no space left on device: what is kept there goes")
    assert list(temporary.iterdir()) == []


def test_a_cache_that_is_cut_while_in_use_stays_as_it_was(corpus: Path, cache_dir: Path) -> None:
    with prepare([corpus], ALL, cache_dir=cache_dir):
        pass
    listener = Listener()
    with prepare([corpus], ALL, cache_dir=cache_dir, progress=listener) as cache:
        assert cache.guard is not None
        if not cache.guard.leased:
            pytest.skip("this file system has no leases")
        before = content(cache)
        cut = "import os, sys; os.close(os.open(sys.argv[1], os.O_WRONLY | os.O_TRUNC))"
        subprocess.run([sys.executable, "-c", cut, str(cache.path)], check=True)
        assert cache.path.stat().st_size == 0
        assert content(cache) == before
        cache.check(listener)
        cache.check(listener)
        assert listener.said("warning") == (
            f"another program changes {cache.path}: this run goes on with a copy of its own"
        )
        cache.guard.failure = OutputError("no")
        with pytest.raises(OutputError, match="no"):
            cache.check(listener)
    with prepare([corpus], ALL, cache_dir=cache_dir) as cache:
        assert (content(cache), cache.reused) == (before, False)


def test_a_full_disk_is_seen_before_standard_input_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    usage = shutil.disk_usage

    def full(path: Path) -> Any:
        return usage(path)._replace(free=0) if "xdg" in str(path) else usage(path)

    monkeypatch.setattr(shutil, "disk_usage", full)
    listener = Listener()
    with prepare(corpus.read_text().splitlines(), ALL, progress=listener):
        pass
    assert "0 are free there: what is kept there goes to" in listener.said("warning")
