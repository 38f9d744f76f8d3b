"""`w2v data list` as a person sees it. What stands in it is tested with the manifests."""

from __future__ import annotations

from collections.abc import Callable

from w2v.data import manifests


def test_names_are_whole_in_80_columns(on_a_terminal: Callable[..., list[str]]) -> None:
    """They are there to be copied."""
    lines = on_a_terminal("data", "list")
    assert max(map(len, lines)) <= 80
    assert {manifest.name for manifest in manifests()} <= {line.partition(" ")[0] for line in lines}
