"""The guides tell the truth: their files are written, and their commands and Python run, in the order of the page."""

from __future__ import annotations

import re
import shlex
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
    "cosine-of-texts",
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
                command = shlex.split(line.removeprefix("$ "))
                assert command[0] == "w2v", line
                assert main(command[1:]) == 0, (line, capsys.readouterr().err)
                commands += 1
    assert commands >= 2
