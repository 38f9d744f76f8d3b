"""Compiled kernels in the Python environment: a copy compiles nothing, and nobody else's code is ever run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from w2v.files.caches import environment_folder
from w2v.files.private import open_installed, why_not_installed
from w2v.kernels.llvm import compilation
from w2v.kernels.llvm.store import KernelCache

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of others")


def specialised(number: int) -> Callable[[], int]:
    @compilation.kernel
    def answer() -> int:
        return number

    return answer


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python environment of this test's own, with one compiled kernel in it."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "environment").mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setattr(compilation, "_FOLDER", tmp_path / "kept")
    monkeypatch.setattr(compilation, "_INSTALLED", None)
    monkeypatch.setattr(KernelCache, "missing", [])
    before: Any = specialised(3)
    assert before() == 3
    old = environment_folder("kernels", "0" * 16)
    old.mkdir(parents=True)
    folder, number = compilation.install_kernels()
    assert (number, old.exists()) == (1, False)
    return folder


def run_in_a_copy(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], str]:
    """What has to be compiled where the user can keep nothing, and why the environment's kernels are not used."""
    found, reason = compilation._installed_folder()
    monkeypatch.setattr(compilation, "_FOLDER", None)
    monkeypatch.setattr(compilation, "_INSTALLED", found)
    monkeypatch.setattr(KernelCache, "missing", [])
    again: Any = specialised(3)
    assert again() == 3
    return KernelCache.missing, reason


def test_kernels_of_the_environment_are_used(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = environment.iterdir()
    assert (environment.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o755, 0o644)
    assert run_in_a_copy(monkeypatch) == ([], "")


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_others_can_write_to_is_not_run(what: str, environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = environment.iterdir()
    (environment if what == "folder" else file).chmod(0o777)
    monkeypatch.setattr("pickle.loads", lambda _: pytest.fail("it was run"))
    found, reason = compilation._installed_folder()
    assert (found is None) == (what == "folder")
    assert reason == (f"other users can write to {environment}" if what == "folder" else "")
    if what == "file":
        with pytest.raises(ValueError, match="others could have written it"):
            open_installed(file, Path(compilation.__file__))


@ROOT_ONLY
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_another_user_owns_is_not_run(what: str, environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = environment.iterdir()
    os.chown(environment if what == "folder" else file, 65534, 65534)
    found, reason = compilation._installed_folder()
    if what == "folder":
        assert (found, reason) == (None, f"{environment} belongs to another user")
    missing, _ = run_in_a_copy(monkeypatch)
    assert missing == (["answer"] if what == "file" else [])  # without any folder nothing is looked for


def test_a_link_in_the_way_is_not_followed(environment: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    (environment.parent).rename(moved)
    environment.parent.symlink_to(moved)
    base = tmp_path / "environment"
    assert why_not_installed(environment, base, base).endswith("is not a folder")


def test_kernels_of_the_environment_need_no_place_to_keep_more(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is compiled, nothing is said of a cache folder that cannot be written to."""
    told: list[str] = []

    class Told:
        def phase(self, *_: object, **__: object) -> None: ...
        def message(self, text: str, level: str = "info") -> None:
            told.append(text)

    monkeypatch.setattr(compilation, "_REASON", "no cache folder can be written to")
    monkeypatch.setattr(compilation, "_told", [])
    listener: Any = Told()
    run_in_a_copy(monkeypatch)
    with compilation.compiling(listener):
        pass
    assert told == []
    monkeypatch.setattr(KernelCache, "missing", ["answer"])
    with compilation.compiling(listener):
        pass
    assert len(told) == 1
    assert told[0].startswith("compiled kernels cannot be kept")
