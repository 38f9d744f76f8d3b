"""Every reading command can write its result as a page and as Markdown, without what only the terminal needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from w2v.cli import main

pytestmark = pytest.mark.usefixtures("folder")
COMMANDS = {
    "analogy": ("analogy", "king", "man", "woman"),
    "similar": ("similar", "cat", "東京"),
    "similarity": ("similarity", "cat", "dog"),
    "odd-one-out": ("odd-one-out", "breakfast", "lunch", "dinner", "paris"),
    "info": ("info",),
    "data list": ("data", "list"),
    "verify": ("verify",),
    "eval": ("eval", "--pairs", "pairs.csv"),
    "bias": ("bias", "--test", "weat6"),
    "bias WORD": ("bias", "doctor"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_result_as_page_and_markdown(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("pairs.csv").write_text("king,queen,9\nman,woman,8\ncat,dog,7\n")
    shown = {}
    for output_format in ("table", "html", "markdown"):
        assert main([*COMMANDS[command], "--format", output_format]) == 0
        shown[output_format] = capsys.readouterr().out
    assert shown["html"].startswith("<!doctype html>\n")
    assert shown["markdown"].startswith("# ")
    assert f"w2v {COMMANDS[command][0]} " in shown["markdown"]
    if "data" not in command:
        assert "vectors.safetensors" in shown["html"]
    words = [word for word in shown["table"].split() if word.replace(".", "").isdigit() and "." in word]
    for word in words:
        assert word in shown["html"]
        assert word in shown["markdown"]


def test_a_page_needs_no_rich() -> None:
    script = (
        "import sys; from w2v.cli import main; assert main(['similar', 'cat', '--format', 'html']) == 0;"
        "print(sorted({'rich', 'numba', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
