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
FIRST, _, REST = README.partition("## Texts of every kind")
WALK = [
    line
    for block in re.findall(r"```console\n(.*?)```", FIRST.partition("in four steps")[2], re.DOTALL)
    for line in block.splitlines()
]
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
    typed = re.findall(r"^\$ (w2v .*)$", REST, re.MULTILINE)
    commands = [line for line in typed if line in TYPED]
    assert len(commands) >= 4
    for line in commands:
        assert main(shlex.split(line)[1:]) == 0, line
    assert "queen" in capsys.readouterr().out


def normal(line: str) -> str:
    """Without what differs from run to run, or with the pages of docs: numbers, and the word on the fourth rank."""
    masked = re.sub(r"^ +4 +\w+", "4 word", line)
    return re.sub(r"\d[\d,.]*", "N", " ".join(masked.split()))


@pytest.mark.slow
def test_the_four_steps_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("W2V_THREADS", "1")  # several threads without locks train a little differently each time
    Path("docs").symlink_to(ROOT / "docs")
    printed: list[str] = []
    steps = 0
    for line in WALK:
        if line.startswith("$ "):
            command, _, target = line.removeprefix("$ ").partition(" > ")
            assert main(shlex.split(command)[1:]) == 0, command
            out, err = capsys.readouterr()
            if target:
                Path(target).write_text(out, "utf-8")
            printed = [*err.splitlines(), *out.splitlines()]
            steps += 1
            continue
        found = [number for number, each in enumerate(printed) if normal(each) == normal(line)]
        assert found, (line, printed)
        if line.startswith("corpus: "):
            assert printed[found[0]] == line, "the text is the same everywhere"
        printed = printed[found[0] + 1 :]
    assert steps >= 6


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
