"""`w2v data list` as a person sees it. What stands in it is tested with the manifests."""

from __future__ import annotations

import io
import sys

import pytest

from w2v.cli import main
from w2v.data import manifests


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_names_are_whole_in_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are there to be copied."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    assert main(["data", "list", "--color", "never"]) == 0
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert {manifest.name for manifest in manifests()} <= {line.partition(" ")[0] for line in lines}
