"""How compiled code is kept: two processes that compile at once never run each other's; no place is unsafe."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest

from w2v.kernels.llvm import compilation as jit


def specialised(number: int) -> Callable[[], int]:
    @jit.kernel
    def answer() -> int:
        return number

    return answer


def test_a_race_for_the_index_never_leads_to_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "_FOLDER", str(tmp_path))
    first: Any = specialised(1)
    second: Any = specialised(2)
    late: list[tuple[str, Any]] = []
    files = first._cache._cache_file
    with monkeypatch.context() as slow:
        slow.setattr(files, "_save_data", lambda *file: late.append(file))
        assert first() == 1
    monkeypatch.setattr(second._cache._cache_file, "_load_index", dict)  # it had read the index before
    assert second() == 2
    files._save_data(*late[0])
    again: list[Any] = [specialised(1), specialised(2)]
    assert [function() for function in again] == [1, 2]
    assert sum(sum(function.stats.cache_hits.values()) for function in again) == 1


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
        folder = jit._cache_folder()
        assert folder is not None
        assert Path(folder).parent == own
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
    assert jit._cache_folder() is None
    monkeypatch.setattr(jit, "_FOLDER", None)
    function: Any = specialised(3)
    assert function() == 3
    assert function.stats.cache_path is None


def enclosing(number: int) -> Callable[[], int]:
    inner = specialised(number)

    @jit.kernel
    def outer() -> int:
        return 10 * inner()

    return outer


def test_a_kernel_inside_another_is_known_again_and_not_mistaken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jit, "_FOLDER", str(tmp_path))
    functions: list[Any] = [enclosing(number) for number in (1, 2, 1)]
    assert [function() for function in functions] == [10, 20, 10]
    assert [sum(function.stats.cache_hits.values()) for function in functions] == [0, 0, 1]
