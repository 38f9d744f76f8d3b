"""Settings that carry help and bounds: which values there are, errors for others, and what the class says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from w2v.errors import SettingsError
from w2v.settings import Settings, markdown_table, plain_values, setting, settings_of


@dataclass(frozen=True)
class Example(Settings):
    """An example."""

    size: int = setting(5, "Its size.", at_least=1, at_most=10_000)
    share: float = setting(0.5, "Its share.", detail="it grows", at_least=0, below=1)
    rate: float = setting(0.1, "Its rate.", above=0, at_most=10)
    room: int | None = setting(None, "Its room.", kind="bytes", unset="half of it", at_least=1_000)
    on: bool = setting(True, "Whether it is on.")
    side: str = setting("left", "Its side.", choices=("left", "right"))
    end: str | None = setting(None, "Its end.", choices=("a", "b", "c"))
    name: str = setting("x", "Its name.", kind="text")
    file: str | Path | None = setting(None, "Its file.", kind="input", changes_result=False)
    seed: int = setting(1, "Its seed.", at_least=0, at_most=2**63 - 1)
    note: str = "a field that is no setting"


@pytest.mark.parametrize(
    ("name", "wrong", "allowed"),
    [
        ("size", (0, 10_001, True, 5.0, "5", None, float("nan")), "a whole number from 1 to 10,000"),
        ("share", (-0.1, 1, 1.0, "half", None, False), "a number of at least 0 and below 1"),
        ("rate", (0, 10.5, float("inf"), float("nan")), "a number above 0 and at most 10"),
        ("room", (999, 1000.0), "a whole number of bytes of at least 1,000"),
        ("on", (1, "on", None), "True or False"),
        ("side", ("up", None, 1), "'left' or 'right'"),
        ("end", ("d", 0), "one of 'a', 'b', 'c'"),
        ("name", (1, None), "a text"),
        ("file", (3, b"x"), "the path of a file"),
        ("seed", (-1, 2**63), "a whole number from 0 to 2^63 - 1"),
    ],
)
def test_wrong_values_are_named_with_what_is_allowed(name: str, wrong: tuple, allowed: str) -> None:
    for value in wrong:
        with pytest.raises(SettingsError) as caught:
            Example(**{name: value})
        assert caught.value.message == f"{name} is {value!r}"
        assert caught.value.hint == f"{name} must be {allowed}"


def test_right_values_stay_and_those_of_numpy_become_plain() -> None:
    given = {"size": np.int64(7), "share": np.float32(0.25), "on": np.bool_(False), "rate": 1, "room": 10**9}
    found = Example(**given, file=Path("a") / "b")
    assert plain_values(found) == {
        **plain_values(Example()), "size": 7, "share": 0.25, "on": False, "rate": 1, "room": 10**9, "file": "a/b",
    }  # fmt: skip
    assert [type(getattr(found, name)) for name in ("size", "share", "on")] == [int, float, bool]
    assert Example.size == 5


def test_the_class_says_what_its_settings_are() -> None:
    assert [one.name for one in settings_of(Example)][:3] == ["size", "share", "rate"]
    assert "note" not in {one.name for one in settings_of(Example)}
    assert Example.__doc__ is not None
    assert "\n    share: Its share. It grows. Default: 0.5.\n" in Example.__doc__
    assert "room: Its room. Default: half of it." in Example.__doc__
    table = markdown_table(Example)
    assert "| `share` | 0.5 | a number of at least 0 and below 1 | Its share. It grows. |\n" in table
    assert "| `file` | – | the path of a file | Its file. |\n" in table
