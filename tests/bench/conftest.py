"""What the bench's tests share: a cache of compiled kernels, so that no child has to compile what this process has."""

from __future__ import annotations

from pathlib import Path

import pytest

from w2v.kernels.llvm import compilation as jit


@pytest.fixture(autouse=True)
def shared_kernels(own_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(Path(jit._FOLDER).parent))
