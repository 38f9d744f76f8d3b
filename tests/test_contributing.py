"""The pages for whoever changes w2v: the commands are those that CI runs, the glossary is in order, links lead on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / "docs").glob("*.md"),
    ROOT / "SECURITY.md",
    ROOT / "benchmarks/README.md",
    ROOT / "hardening/README.md",
]
RECIPES = dict(re.findall(r"^([a-z-]+)[^:\n]*:\n    (.+)$", (ROOT / "justfile").read_text("utf-8"), re.MULTILINE))


def test_the_table_says_what_just_runs() -> None:
    page = (ROOT / "docs" / "contributing.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `just ([a-z-]+)[^`]*` \| `([^`]+)` \|", page, re.MULTILINE))
    assert set(rows) == set(RECIPES) - {"default"}
    for name, line in rows.items():
        recipe = re.sub(r"\{\{NAME\}\}", "NAME", re.sub(r" ?\{\{[A-MO-Z]\w*\}\}", "", RECIPES[name]))
        assert line.removesuffix(" …") == recipe


def test_ci_and_pre_commit_run_the_same_checks() -> None:
    ci = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert ci[ci.index("ruff check .") :] == [*RECIPES["check"].split(" && "), RECIPES["test"].split(" {{")[0]]
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert hooks == ["ruff check --fix", "ruff format", "mypy"]


def test_every_script_has_its_line() -> None:
    for folder in ("benchmarks", "hardening"):
        page = (ROOT / folder / "README.md").read_text("utf-8")
        for path in (ROOT / folder).glob("[!_]*"):
            assert path.is_dir() or path.name == "README.md" or path.name in page, path


def test_the_glossary_is_in_order() -> None:
    terms = re.findall(r"^\*\*(.+?)\.?\*\*", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    keys = [re.sub(r"[^a-z0-9 ]", "", term.lower()) for term in terms]
    assert len(keys) > 40
    assert keys == sorted(keys)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
