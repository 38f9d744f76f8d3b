"""`w2v drift --corpus --deals`: what it prints, its JSON, its page, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from compare.deals.conftest import DEALS, MOVED, Toy
from jsonschema import Draft202012Validator

from w2v.cli import main
from w2v.compare.deals.testing import DriftTest
from w2v.evaluation.schema import schema

Drift = Callable[..., tuple[int, str, str]]


@pytest.fixture
def drift(toy: Toy, whole: tuple[Path, DriftTest], capsys: pytest.CaptureFixture[str]) -> Drift:
    """Runs the command on the toy with its texts, and returns its exit code and what it printed."""

    def run(*given: str) -> tuple[int, str, str]:
        command = ["drift", *toy.files, "--min-count", "20", "--deal-block", "lines", "--run-dir", str(whole[0])]
        command += ["--deals", str(DEALS)] + [part for text in toy.texts for part in ("--corpus", text)]
        code = main([*command, *given])
        return (code, *capsys.readouterr())

    return run


def test_words_that_moved_stand_apart(drift: Drift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = drift("-n", "5", "--word", MOVED[0])
    assert code == 0
    assert "chance does not explain how far it moved (q " in " ".join(out.split())
    code, out, _ = drift("-n", "5")
    assert code == 0
    assert "Moved: 2 of 160 words tested (q < 0.05)" in out
    assert "Its neighbourhood moved" in out
    assert "Tested against 3 deals: the 640 lines of both texts" in out
    assert "not that its meaning has changed" in " ".join(out.split())
    assert "This is a ranking, not a test" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_json_has_the_test_and_its_figures_for_each_word(drift: Drift) -> None:
    code, out, _ = drift("--json", "--word", MOVED[0])
    assert code == 0
    values = json.loads(out)
    Draft202012Validator(schema()).validate(values)
    test: dict[str, Any] = values["significance"]
    assert set(test["moved"]) == set(MOVED)
    assert test["deals"] == DEALS
    assert test["measures"] == ["procrustes", "contexts", "second_order"]
    assert test["documents"] == [320, 320]
    first = values["words"][0]
    assert first["word"] in MOVED
    assert first["moved_q"] < 0.05 < values["words"][5]["moved_q"]
    assert first["by_chance"] < first["by_chance_high"] < first["procrustes"]
    assert values["histories"][0]["change"]["moved_z"] > 3


def test_csv_has_a_row_for_each_word(drift: Drift) -> None:
    code, out, _ = drift("--format", "csv", "-n", "1000")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 160
    assert {row["word"] for row in rows if float(row["moved_q"]) < 0.05} == set(MOVED)


def test_a_page_has_the_figures_of_all_words(drift: Drift, tmp_path: Path) -> None:
    code, _, _ = drift("--report", str(tmp_path / "drift.html"))
    assert code == 0
    page = (tmp_path / "drift.html").read_text("utf-8")
    assert "Moved: 2 of 160 words tested" in page
    assert "by chance" in page
    assert "Every shared word" in page


def test_options_of_the_test_need_the_texts(toy: Toy, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", *toy.files, "--deals", "5"]) == 2
    assert "--deals is for the test of change, which needs the texts" in capsys.readouterr().err
    assert main(["drift", *toy.files, "--corpus", toy.texts[0]]) == 2
    assert "2 files and 1 text were given" in capsys.readouterr().err
    assert main(["drift", *toy.files, "--deal-block", "pages"]) == 2
    assert "neither a number of tokens" in capsys.readouterr().err


def test_a_file_against_itself_needs_no_test(toy: Toy, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", toy.files[0], toy.files[0], *["--corpus", toy.texts[0]] * 2, "--min-count", "20"]) == 0
    assert "hold the same vectors: nothing has moved" in " ".join(capsys.readouterr().out.split())


def test_a_deal_can_be_described_and_checked(whole: tuple[Path, DriftTest], capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = whole[0].glob("*/0001.deal")
    assert main(["info", str(path)]) == 0
    assert "deal 1" in capsys.readouterr().out
    assert main(["verify", str(path)]) == 0
    assert "scores of 160 words" in capsys.readouterr().out
