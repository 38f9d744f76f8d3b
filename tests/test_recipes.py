"""The recipes for containers and CI: what the page shows is what the files hold, and the script does what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from w2v.cli import main
from w2v.demo import generate

RECIPES = Path(__file__).parent.parent / "docs" / "recipes"
PAGE = (RECIPES.parent / "guides" / "containers-and-ci.md").read_text("utf-8")


def without_comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(("kind", "name"), [("dockerfile", "Dockerfile"), ("sh", "ci.sh")])
def test_the_page_shows_the_recipe(kind: str, name: str) -> None:
    (shown,) = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert without_comments(shown) == without_comments((RECIPES / name).read_text("utf-8"))


def test_the_commands_of_the_image_exist(capsys: pytest.CaptureFixture[str]) -> None:
    lines = (RECIPES / "Dockerfile").read_text("utf-8").splitlines()
    commands = [shlex.split(line)[2:] for line in lines if line.startswith("RUN w2v ")]
    assert commands == [["cache", "warm"]]
    assert main([*commands[0], "--show-config"]) == 0
    assert main(["train", "--show-config"]) == 0
    assert "no_cache = false" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(("least", "code", "sentences"), [("0.2", 0, 60_000), ("0.999", 3, 6_000)])
def test_the_script_of_ci(least: str, code: int, sentences: int, tmp_path: Path) -> None:
    (tmp_path / "corpus.txt").write_bytes(generate(1, sentences=sentences).text)
    (tmp_path / "w2v").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m w2v "$@"\n')
    (tmp_path / "w2v").chmod(0o755)
    cache = tmp_path / "cache"
    given = {"XDG_CACHE_HOME": str(cache), "SUITE": "demo-world", "LEAST": least}
    given |= {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", str(RECIPES / "ci.sh")], cwd=tmp_path, env={**os.environ, **given}, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    assert (tmp_path / "report.html").is_file()
    assert not list(cache.rglob("*.tokens"))
