"""How compiled code is kept: two processes that compile at once never run each other's; no place is unsafe."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest

from w2v.files.private import make_private, why_unsafe
from w2v.kernels.llvm import compilation
from w2v.kernels.llvm.store import KernelCache


def specialised(number: int) -> Callable[[], int]:
    @compilation.kernel
    def answer() -> int:
        return number

    return answer


def test_what_two_processes_compile_at_once_is_never_mistaken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "_FOLDER", tmp_path)
    first: Any = specialised(1)
    second: Any = specialised(2)
    assert (first(), second()) == (1, 2)
    again: list[Any] = [specialised(1), specialised(2)]
    assert [function() for function in again] == [1, 2]
    assert [sum(function.stats.cache_hits.values()) for function in again] == [1, 1]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "another", "no hash", "of another kernel"])
def test_a_damaged_entry_is_compiled_again(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "_FOLDER", tmp_path)
    monkeypatch.setattr(KernelCache, "damaged", [])
    before: Any = specialised(5)
    assert before() == 5
    [entry] = tmp_path.iterdir()
    content = entry.read_bytes()
    other: Any = specialised(6)
    assert other() == 6
    [beside] = set(tmp_path.iterdir()) - {entry}
    wrong = {
        "of another kernel": beside.read_bytes(),
        "empty": b"",
        "cut": content[:-100],
        "flipped": content[:500] + bytes([content[500] ^ 1]) + content[501:],
        "another": b"x" * len(content),
        "no hash": content[32:],
    }
    entry.write_bytes(wrong[damage])
    function: Any = specialised(5)
    assert function() == 5
    assert KernelCache.damaged == [str(entry)]
    again: Any = specialised(5)
    assert again() == 5
    assert sum(again.stats.cache_hits.values()) == 1


@pytest.mark.parametrize("place", ["base", "middle", "last"])
@pytest.mark.parametrize("fault", ["group can write", "all can write", "of another user"])
def test_a_folder_that_others_can_fill_is_not_used(place: str, fault: str, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir(mode=0o700)
    folder = base / "w2v" / "kernels"
    make_private(folder, base)
    assert why_unsafe(folder, base) == ""
    wrong = {"base": base, "middle": folder.parent, "last": folder}[place]
    if fault == "of another user":
        if os.geteuid():
            pytest.skip("only root can give a folder away")
        os.chown(wrong, 65534, 65534)
    else:
        wrong.chmod(0o770 if fault == "group can write" else 0o777)
    assert str(wrong) in why_unsafe(folder, base)


def test_a_sticky_base_is_safe_for_folders_of_our_own(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    base.chmod(0o1777)
    make_private(base / "w2v", base)
    assert why_unsafe(base / "w2v", base) == ""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of somebody who has no home."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    return folder


@pytest.mark.parametrize("home", ["", "relative", "/dev/null"])
def test_without_a_home_code_is_kept_where_only_its_user_can_write(
    home: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    own = temporary / f"w2v-kernels-{os.getuid()}"
    for _ in range(2):
        folder, reason = compilation._cache_folder()
        assert (folder is not None, reason) == (True, "")
        assert folder is not None
        assert folder.parent == own
        assert own.stat().st_mode & 0o777 == 0o700
    assert list(Path.cwd().iterdir()) == [temporary]


@pytest.mark.parametrize("kind", ["anybody can write", "a link", "a file"])
def test_code_is_never_loaded_from_a_place_that_others_may_have_filled(
    kind: str, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = temporary / f"w2v-kernels-{os.getuid()}"
    if kind == "a link":
        own.symlink_to(tmp_path)
    elif kind == "a file":
        own.touch()
    else:
        own.mkdir()
        own.chmod(0o777)
    assert compilation._cache_folder()[0] is None
    monkeypatch.setattr(compilation, "_FOLDER", None)
    function: Any = specialised(3)
    assert function() == 3
    assert function.stats.cache_path is None


def enclosing(number: int) -> Callable[[], int]:
    inner = specialised(number)

    @compilation.kernel
    def outer() -> int:
        return 10 * inner()

    return outer


def test_a_kernel_inside_another_is_known_again_and_not_mistaken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compilation, "_FOLDER", tmp_path)
    functions: list[Any] = [enclosing(number) for number in (1, 2, 1)]
    assert [function() for function in functions] == [10, 20, 10]
    assert [sum(function.stats.cache_hits.values()) for function in functions] == [0, 0, 1]
