"""The kinds of texts that the conformance tests run over: all of the registry, and a toy that is put into it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that tests can import the samples: `from samples import …`

from samples import Toy

from w2v.text.kinds import KINDS


@pytest.fixture(params=[*KINDS, "toy"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a kind, which the library for it is installed for."""
    if request.param == "pdf":
        pytest.importorskip("pypdf")
    if request.param == "toy":
        module = ModuleType("toy_kind")
        module.TOY = Toy()  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "toy_kind", module)
        monkeypatch.setitem(KINDS, "toy", "toy_kind:TOY")
    return str(request.param)
