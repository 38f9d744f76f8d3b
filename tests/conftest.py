"""What all tests share: where the shared data lies, and a home of their own for caches."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("W2V_TEST_SHARED", ROOT.parent / "shared"))

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background process begins with it ignored

sys.path[:0] = [
    str(ROOT / "tests"),  # so that tests can import the naive twins: `from reference import …`
    str(ROOT),  # and the scripts that stand apart: `from benchmarks import …`, `from hardening import …`
]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads a user's settings or writes into a user's cache."""
    for name in [name for name in os.environ if name.startswith("W2V_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder; a test that asks for it is skipped where the folder is absent."""
    if not (SHARED / "eval_sets").is_dir():
        pytest.skip(f"no shared data folder at {SHARED}")
    return SHARED
