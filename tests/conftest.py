"""What all tests share: the folder of shared data, a home folder of their own, and a cache of compiled kernels."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("W2V_TEST_SHARED", ROOT.parent / "shared"))

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background process begins with it ignored

sys.path[:0] = [
    str(ROOT / "tests"),  # so that tests can import the naive twins: `from reference import …`
    str(ROOT),  # and the scripts that stand apart: `from benchmarks import …`, `from hardening import …`
]

for name in ("COLUMNS", "LINES"):  # pytest-xdist tells its processes how wide the terminal of pytest is
    os.environ.pop(name, None)

settings.register_profile("w2v", deadline=None)  # no test is about the clock
settings.load_profile("w2v")

# Compiling all kernels takes a minute. The compiled code is kept between two sessions of pytest, in the checkout; the
# folder of a version is named after a hash of all kernel sources, so that no test runs old code. Processes that
# tests start inherit the variable. It must be set before Numba is imported. A fresh clone compiles everything.
KERNELS = ROOT / ".pytest_cache" / "w2v-kernels"
KEPT = 3  # versions of the kernels; a version takes a few megabytes

if os.access(ROOT, os.W_OK):
    os.environ.setdefault("NUMBA_CACHE_DIR", str(KERNELS))


def pytest_sessionfinish() -> None:
    """Remove compiled code of kernels that have changed since."""
    versions = [folder for folder in KERNELS.glob("[0-9a-f]" * 16) if folder.is_dir()]
    for old in sorted(versions, key=lambda folder: folder.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


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
