"""The toys of hardening/toys stay what they are for: each needs files of its own and one line, and is there at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hardening.toys.__main__ import counted, table
from hardening.toys.copying import KINDS, ROOT, Copy
from hardening.toys.showing import CONFORMANCE, SHOWS, Desk

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="git says which files there are"
)


def test_every_kind_can_be_shown_and_judged() -> None:
    assert set(KINDS) == set(SHOWS) == set(CONFORMANCE)
    for paths in CONFORMANCE.values():
        assert all((ROOT / path).is_file() for path in paths)


@pytest.mark.slow
def test_a_toy_touches_one_line_and_is_there_at_once(tmp_path: Path) -> None:
    """The whole of it, with the tests that judge each kind: python -m hardening.toys."""
    copy = Copy(tmp_path)
    found = counted(copy, KINDS)
    for kind, (own, _) in found.items():
        assert own.changed <= 1, kind
        assert own.changed_lines <= 1, kind
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert table(found) in page, f"put this into docs/architecture.md:\n{table(found)}"
    desk = Desk(copy, tmp_path)
    for kind in ("model", "command"):
        assert list(SHOWS[kind](desk))
