"""The site builds without a warning and without network, and its references say what the code says."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import w2v
from w2v.cli import COMMANDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    made = runpy.run_path(str(DOCS / "make_reference.py"))
    assert made["PAGE"].read_text("utf-8") == made["page"](), "run: python docs/make_reference.py"
    for command in COMMANDS:
        assert f"### w2v {command}\n" in made["page"]()


def test_the_page_of_python_names_everything_public() -> None:
    page = (DOCS / "reference" / "python.md").read_text("utf-8")
    named = set(re.findall(r"^\.\. auto\w+:: w2v\.(\w+)$", page, re.MULTILINE))
    assert named >= set(w2v.__all__) - {"__version__"}


def test_links_are_rewritten_for_the_site() -> None:
    rewrite = runpy.run_path(str(DOCS / "conf.py"))["rewrite_links"]
    text = "[a](docs/words.md#x) ![b](docs/report.png) [c](LICENSE) [d](benchmarks/README.md) [e](https://x.org)"
    expected = "[a](words.md#x) ![b](report.png) c [d](evidence/benchmarks.md) [e](https://x.org)"
    assert rewrite(text, "README.md", "index") == expected
    assert rewrite("[a](../docs/speed.md)", "benchmarks/README.md", "evidence/benchmarks") == "[a](../speed.md)"
    assert rewrite("[a](../README.md)", "docs/speed.md", "speed") == "[a](index.md)"


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", str(tmp_path / "trees")]
    done = subprocess.run([*command, str(DOCS), str(tmp_path / "site")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    for page in ("index", "reference/commands", "reference/python", "guides/bias", "evidence/benchmarks"):
        assert (site / f"{page}.html").is_file(), page
    python = (site / "reference" / "python.html").read_text("utf-8")
    assert 'id="w2v.train"' in python
    assert 'id="w2v.Vectors.most_similar"' in python
    pages = "".join(path.read_text("utf-8") for path in site.rglob("*.html"))
    assert not re.findall(r'(?:src|href)="https?://[^"]*\.(?:js|css|woff2?)', pages), "the site must not need a network"
