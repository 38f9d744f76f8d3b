"""The README tells the truth: its commands and its Python run, on a small text, as a reader would type them."""

from __future__ import annotations

import gzip
import json
import re
import shlex
from pathlib import Path

import pytest

from w2v.cli import COMMANDS, main
from w2v.demo import generate

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
TYPED = [line.removeprefix("$ ") for kind, block in BLOCKS if kind == "console" for line in block.splitlines()]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("readme") / "corpus.txt"
    path.write_bytes(generate(1, sentences=20_000).text)
    lines = path.read_text("utf-8").splitlines()
    folder = path.parent
    (folder / "products.csv").write_text("\n".join(["id,title", *(f"1,{line}" for line in lines)]), "utf-8")
    records = "\n".join(json.dumps({"review": {"text": line}}) for line in lines)
    (folder / "reviews.jsonl.gz").write_bytes(gzip.compress(records.encode(), 1))
    (folder / "pages").mkdir()
    (folder / "pages" / "page.html").write_text("".join(f"<p>{line}</p>" for line in lines), "utf-8")
    (folder / "alt (Windows).txt").write_text("\n".join(lines), "cp1252")
    return path


def test_two_commands_install_and_test() -> None:
    installs = [line for line in TYPED if "pip install" in line]
    assert len(installs) == 2
    assert installs[0].endswith("&& w2v demo")
    install, test = installs[1].split(" && ")
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert install.replace("'", "").removeprefix("pip install ") in ci.replace('"', "")
    assert test in ci


@pytest.mark.slow
def test_the_commands_run(corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(corpus.parent)
    commands = [line for line in TYPED if line.startswith("w2v ")]
    assert len(commands) >= 4
    for line in commands:
        assert main(shlex.split(line)[1:]) == 0, line
    assert "queen" in capsys.readouterr().out


@pytest.mark.slow
def test_the_python_runs(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(corpus.parent)
    (code,) = [block for kind, block in BLOCKS if kind == "python"]
    names: dict[str, object] = {}
    exec(code, names)
    assert (corpus.parent / "vectors.safetensors").is_file()
    assert names["findings"] is not None


def test_every_command_is_in_the_table() -> None:
    listed = set(re.findall(r"^\| `w2v ([\w-]+)", README, re.MULTILINE))
    assert listed == set(COMMANDS)


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_every_page_is_listed() -> None:
    docs = ROOT / "docs"
    for page in [*docs.glob("*.md"), *docs.glob("guides/*.md"), *docs.glob("reference/*.md")]:
        name = page.relative_to(ROOT).as_posix()
        assert f"| [{name}]({name}) |" in README, page
