"""The guides tell the truth: their files are written, and their commands and Python run, in the order of the page."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from w2v.cli import main
from w2v.demo import generate

GUIDES = Path(__file__).parent.parent / "docs" / "guides"
PAGES = (
    "your-own-text",
    "phrases",
    "encode",
    "groups",
    "align",
    "senses",
    "map",
    "axis",
    "plot",
    "drift",
    "drift-test",
    "cosine-of-texts",
    "retrieval",
    "search",
    "going-on",
    "two-models",
    "bias",
    "sessions-and-graphs",
    "what-to-expect",
    "containers-and-ci",
)
BLOCK = re.compile(r"```(\w+)(?: (\S+))?\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def text() -> bytes:
    return generate(1, sentences=5_000).text


def run_typed(typed: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command of w2v, or a file of the page by Python, and return what it prints."""
    command, _, source = typed.partition(" < ")
    program, *arguments = shlex.split(command)
    if program == "python":
        text = Path(source).read_text("utf-8") if source else ""
        done = subprocess.run(
            [sys.executable, *arguments], input=text, capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, (typed, done.stderr)
        return done.stdout
    assert program == "w2v", typed
    code = main(arguments)
    out, err = capsys.readouterr()
    assert code == 0, (typed, err)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_everything_on_the_page_runs(
    page: str, text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("corpus.txt").write_bytes(text + b"the doctor and the nurse met near the coast\n" * 10)
    if page == "bias":
        assert main(["train", "corpus.txt", "-q"]) == 0
    commands = 0
    for kind, name, block in BLOCK.findall((GUIDES / f"{page}.md").read_text("utf-8")):
        if name:
            Path(name).write_text(block, "utf-8")
        elif kind == "python":
            exec(block, {})
        elif kind == "console":
            for line in block.splitlines():
                typed, _, target = line.removeprefix("$ ").partition(" > ")
                out = run_typed(typed, capsys)
                if target:
                    Path(target).write_text(out, "utf-8")
                commands += 1
    if page == "retrieval":
        prompt = Path("prompt.txt").read_text("utf-8")
        assert "[1] corpus.txt:" in prompt
        assert prompt.endswith("Question: where did the doctor meet the nurse\n")
    assert commands >= 2
