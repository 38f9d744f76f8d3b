"""docs/own-sets.md tells the truth: its examples run, and no line and no word of them is lost."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import save
from w2v.cli import main
from w2v.files.column_names import NAMES
from w2v.vectors import Vectors

PAGE = (Path(__file__).parent.parent / "docs" / "own-sets.md").read_text("utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
TYPED = re.findall(r"^\$ w2v (.*)$", PAGE, re.MULTILINE)
WORDS = (
    "cat tiger new_york 1066 2,4-D 1,2-dichlorobenzene #dog #cat dog man woman king queen boy girl :( :) :D sad happy"
)
WORDS += " pear plum fig saw london paris"


@pytest.mark.parametrize("typed", TYPED)
def test_an_example_runs(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, "utf-8")
    words = WORDS.split()
    save(Vectors(words, np.random.default_rng(0).normal(size=(len(words), 8))), "vectors.txt")
    assert main([*shlex.split(typed), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (suite,) = found["files"][0]["suites"] if "files" in found else [found]
    assert suite["score"] is None or suite["score"]["scored"] == suite["score"]["total"] > 0
    assert suite["own"]["unknown_words"] == []
    assert all("comment" in each["reason"] for each in suite["own"]["not_used"])
    lines = [line for line in FILES[f"{suite['title']}"].splitlines() if not line.startswith(("#", ": "))]
    assert suite["own"]["lines_used"] == len(lines) - (suite["own"]["names_in_line"] is not None)


def test_every_name_of_a_column_in_the_page_is_one() -> None:
    rows = re.findall(r"^\| (?:pairs|categories|) ?\| [^|]* \| (word1|word2|score|word|category), (.*) \|$", PAGE, re.M)
    assert len(rows) == 5
    for role, names in rows:
        plain = {"".join(filter(str.isalnum, name)) for name in names.split(", ")}
        assert plain <= set(NAMES[role]), role


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = WORDS.split()
    save(Vectors(words, np.random.default_rng(0).normal(size=(len(words), 8))), "vectors.txt")
    names: dict[str, Any] = {}
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    exec(code, names)
    findings = names["findings"]
    assert findings.suites == ("tuples", "frame", "analogies", "categories", "outliers")
    assert findings["tuples"].spearman == findings["frame"].spearman
    assert all(report.primary.scored == report.primary.total for report in findings)
