"""`w2v cache`, and what `w2v train` keeps of a text: for how long, how much, and nothing where that is asked for."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest

import w2v
from w2v.cli import main
from w2v.errors import SettingsError
from w2v.tokens.folder import Caching

TRAIN = ["--threads", "1", "--epochs", "1", "--dim", "8", "--min-count", "1", "-q"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two texts, a user's cache folder, and a Python environment without anything in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    for name, words in (("a", "a b c d e\n"), ("b", "f g h i j\n")):
        Path(f"{name}.txt").write_text(words * 200)
    return tmp_path


def kept() -> list[Path]:
    return sorted(Path("cache/w2v/tokens").glob("*.tokens")) if Path("cache/w2v/tokens").is_dir() else []


def listed(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["cache", *(more or ("list",)), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def age(path: Path, days: float) -> None:
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


def test_list_and_clear(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "a.txt", *TRAIN]) == 0
    (entry,) = listed(capsys)["entries"]
    assert (entry["kind"], entry["what"]) == ("tokens", "1,000 tokens, 5 words")
    assert entry["path"] == str(kept()[0].absolute())
    assert entry["bytes"] == kept()[0].stat().st_size
    assert main(["cache", "list"]) == 0
    assert "1,000 tokens, 5 words" in capsys.readouterr().out
    age(kept()[0], 10)
    assert listed(capsys, "clear", "--older-than", "2w")["entries"] == []
    assert listed(capsys, "clear", "--kind", "kernels")["entries"] == []
    (gone,) = listed(capsys, "clear", "--older-than", "9d", "--dry-run")["entries"]
    assert (gone["removed"], len(kept())) == (False, 1)
    (gone,) = listed(capsys, "clear", "--older-than", "9d", "--kind", "tokens")["entries"]
    assert (gone["removed"], kept()) == (True, [])
    assert main(["cache", "clear"]) == 0
    assert "Nothing to remove." in capsys.readouterr().out
    assert main(["cache", "list"]) == 0
    assert "Nothing is kept." in capsys.readouterr().out


def test_a_damaged_cache_is_listed_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "a.txt", *TRAIN]) == 0
    kept()[0].write_bytes(b"nothing")
    assert listed(capsys)["entries"][0]["what"] == "damaged"
    assert main(["cache", "clear"]) == 0
    assert kept() == []


def test_a_terminal_is_asked_before_everything_goes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "a.txt", *TRAIN]) == 0
    asked: list[str] = []

    def no(text: str, **_: Any) -> None:
        asked.append(text)
        raise click.Abort

    monkeypatch.setattr(click, "confirm", no)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert main(["cache", "clear"]) != 0
    assert "(1 of tokens)?" in asked[0]
    assert len(kept()) == 1
    assert main(["cache", "clear", "--yes"]) == 0
    assert (len(asked), kept()) == (1, [])


def test_a_row_of_the_list_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "a.txt", *TRAIN]) == 0
    Path("cache/w2v/data/text8").mkdir(parents=True)
    monkeypatch.setenv("COLUMNS", "80")
    capsys.readouterr()
    assert main(["cache", "list"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if " ago " in line]
    assert [line.split()[0] for line in lines] == ["tokens", "downloads"]
    assert "a download" in lines[1]


def test_an_age_is_an_age(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "clear", "--older-than", "soon"]) == 2
    assert "'soon' is no age such as 30d, 12h or 2w" in capsys.readouterr().err


@pytest.mark.parametrize("how", ["option", "variable", "python"])
def test_nothing_is_kept_where_that_is_asked_for(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "variable":
        monkeypatch.setenv("W2V_NO_CACHE", "1")
    if how == "python":
        w2v.train("a.txt", dim=8, epochs=1, min_count=1, threads=1, cache=False)
    else:
        assert main(["train", "a.txt", *TRAIN, *(["--no-cache"] if how == "option" else [])]) == 0
    assert not Path("cache").exists() or not list(Path("cache/w2v").rglob("*.tokens"))


def test_no_cache_uses_nothing_that_is_there() -> None:
    assert main(["train", "a.txt", *TRAIN]) == 0
    (path,) = kept()
    age(path, 3)
    before = path.stat().st_mtime
    assert main(["train", "a.txt", *TRAIN, "--no-cache", "-o", "b.bin"]) == 0
    assert path.stat().st_mtime == before
    assert main(["train", "a.txt", *TRAIN, "-o", "b.bin"]) == 0
    assert path.stat().st_mtime > before, "a cache that is used again is young again"


def test_a_text_is_not_kept_longer_than_told() -> None:
    assert main(["train", "a.txt", *TRAIN]) == 0
    (old,) = kept()
    age(old, 8)
    assert main(["train", "b.txt", *TRAIN]) == 0
    assert len(kept()) == 2
    assert main(["train", "b.txt", *TRAIN, "--cache-days", "7"]) == 0
    assert old not in kept()
    assert len(kept()) == 1


@pytest.mark.parametrize("how", ["option", "variable", "file"])
def test_a_limit_removes_the_least_recently_used(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["train", "a.txt", *TRAIN]) == 0
    (old,) = kept()
    age(old, 1)
    size = old.stat().st_size
    limit = str(size + size // 2)
    if how == "variable":
        monkeypatch.setenv("W2V_CACHE_LIMIT", limit)
    if how == "file":
        Path("pyproject.toml").write_text(f"[tool.w2v.train]\ncache-limit = {limit}\n")
    assert main(["train", "b.txt", *TRAIN, *(["--cache-limit", limit] if how == "option" else [])]) == 0
    assert len(kept()) == 1
    assert not old.exists()


def test_what_is_larger_than_the_limit_is_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "a.txt", *TRAIN[:-1], "--cache-limit", "1KB"]) == 0
    assert "the token cache goes when this run ends" in capsys.readouterr().err
    assert kept() == []


def test_nothing_is_removed_from_a_folder_of_the_user() -> None:
    for name in ("a.txt", "b.txt"):
        assert main(["train", name, *TRAIN, "--cache-dir", "mine", "--cache-limit", "1KB", "--cache-days", "0"]) == 0
    assert len(list(Path("mine").glob("*.tokens"))) == 2


def test_the_variables_count_in_python_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (Caching().limit_in_force, Caching().days_in_force, Caching().is_kept) == (2_000_000_000, 30, True)
    monkeypatch.setenv("W2V_CACHE_LIMIT", "1.5GB")
    monkeypatch.setenv("W2V_CACHE_DAYS", "7")
    assert (Caching().limit_in_force, Caching().days_in_force) == (1_500_000_000, 7)
    assert Caching(limit=5, days=2).limit_in_force == 5
    for name, value in (("W2V_CACHE_LIMIT", "much"), ("W2V_CACHE_DAYS", "long")):
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            with pytest.raises(SettingsError, match=f"{name} is '{value}'"):
                w2v.train("a.txt", dim=8, epochs=1, min_count=1)


@pytest.mark.slow
def test_warm_puts_kernels_into_the_environment(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["cache", "warm", "--model", "sgns", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    place = Path(found["folder"])
    assert place.parent == folder / "environment" / "share" / "w2v" / "kernels"
    assert found["kernels"] == len(list(place.iterdir())) > 5
    assert {path.stat().st_mode & 0o777 for path in place.iterdir()} == {0o644}
    entries = listed(capsys, "list", "--kind", "kernels")["entries"]
    assert entries[-1]["what"] == "in the Python environment"
    assert listed(capsys, "clear")["entries"] == []
    assert len(listed(capsys, "clear", "--kind", "kernels")["entries"]) == len(entries)
    assert not place.exists()
    assert main(["cache", "warm", "--model", "sgns", "--x-max", "3"]) == 2
