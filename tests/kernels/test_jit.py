"""How compiled code is kept: two processes that compile at once never run each other's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from w2v.kernels import jit


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
