"""What a report says about how the vectors were made: settings, corpus, losses, references, date; neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import formats
from w2v.cli import main
from w2v.evaluation import evaluate
from w2v.evaluation.described import facts_of_files, facts_of_groups, how_made
from w2v.evaluation.report import Report
from w2v.evaluation.studies.neighbours import words_of_bands
from w2v.record import RunRecord
from w2v.report.blocks import Folded, Plot, Table, text_of
from w2v.vectors import Vectors

CORPUS = {"fingerprint": "0123456789abcdef" * 4, "tokens": 1234, "sources": ["a.txt", "b.txt", "c.txt", "d.txt"]}
WORDS = [f"word{letter}{other}" for letter in "abcdefghij" for other in "abcdefghij"]


def record(model: str = "sgns", seed: int = 1, **settings: Any) -> RunRecord:
    return RunRecord(
        model,
        {"window": 5, "epochs": 2, "seed": seed, "shared_negatives": True, "locale": None, **settings},
        CORPUS,
        environment={"w2v": "0.1.0", "numpy": "2.0"},
        timings={"train": 3900.0},
        loss=(2.5, 2.25),
        heldout_loss=(4.0, 3.0, 2.0),
        started="2026-01-02T03:04:05+00:00",
    )


def reports(*records: RunRecord | None) -> dict[str, Report]:
    return {f"{number}.bin": Report({}, words=WORDS, dim=3, record=each) for number, each in enumerate(records)}


def cells(table: Table) -> dict[str, list[str]]:
    return {text_of(row.cells[0].pieces): [text_of(cell.pieces) for cell in row.cells[1:]] for row in table.rows}


def test_settings_that_differ_and_all_settings() -> None:
    [section] = how_made(reports(record(), record("glove", 2, window=10, x_max=100.0)))
    runs, differ, folded, *plots = section.blocks
    assert isinstance(runs, Table)
    assert isinstance(differ, Table)
    assert isinstance(folded, Folded)
    told = cells(runs)
    assert told["corpus"] == ["a.txt, b.txt, c.txt and 1 more"] * 2
    assert told["sha256 of the corpus"] == ["0123456789abcdef"] * 2
    assert told["time of training"] == ["65 min"] * 2
    assert told["versions"] == ["w2v 0.1.0, numpy 2.0"] * 2
    assert cells(differ) == {"window": ["5", "10"], "seed": ["1", "2"]}
    assert cells(folded.tables[0])["x_max"] == ["–", "100.0"]
    assert cells(folded.tables[0])["shared_negatives"] == ["on", "on"]
    assert cells(folded.tables[0])["locale"] == ["not set", "not set"]
    titles = [plot.title for plot in plots if isinstance(plot, Plot)]
    assert titles == ["Loss by epoch: sgns", "Cost by epoch: glove"]
    first = plots[0]
    assert isinstance(first, Plot)
    assert [(curve.name, curve.dashed, curve.points[0]) for curve in first.curves] == [
        ("0.bin", False, (1.0, 2.5)),
        ("0.bin, fixed sample", True, (0.0, 4.0)),
    ]


def test_files_without_a_record() -> None:
    assert list(how_made(reports(None, None))) == []
    [section] = how_made(reports(record(), None))
    notes = [text_of(block.pieces) for block in section.blocks if hasattr(block, "pieces")]
    assert "Without a run record, so that nothing is known: 1.bin." in notes
    [section] = how_made(reports(record(), record()))
    assert "The settings of all files are the same." in str(section)


def test_facts_of_files_and_of_groups() -> None:
    files = reports(record(learning_rate=0.1), record(seed=2, learning_rate=0.2))
    first, second = map(dict, facts_of_files(files))
    assert (first["learning_rate"], second["learning_rate"], first["seed"]) == ("0.1", "0.2", "1")
    [group] = map(dict, facts_of_groups(files, {"both": list(files)}))
    assert (group["files"], group["seed"], group["window"]) == ("0.bin, 1.bin", "1, 2", "5")


# --------------------------------------------------------------------------- neighbours


def test_words_of_bands_are_the_same_for_the_same_vocabulary() -> None:
    words = ["".join(letters) for letters in product("abcdefg", repeat=3)]
    found = words_of_bands(words)
    assert found
    assert found == words_of_bands(list(words))
    assert set(found.values()) == {0}  # of ranks 100 to 1,000 alone
    assert not words_of_bands(["a1", "b!"] * 200)


def test_neighbours_side_by_side() -> None:
    matrix = np.random.default_rng(1).normal(size=(100, 5))
    other = matrix.copy()
    other[50:] = np.random.default_rng(2).normal(size=(50, 5))
    files = {"one": Vectors(WORDS, matrix), "two": Vectors(WORDS[:-1], other[:-1])}
    found = evaluate(files, "geometry", words=[WORDS[0], WORDS[-1], "absent"]).studies["neighbours"].to_dict()
    shared, last, absent = found["words"]
    assert [word for word, _ in files["one"].most_similar(WORDS[0])] == list(shared["files"]["one"]["words"])
    assert set(shared["common"]) == set(shared["files"]["one"]["words"]) & set(shared["files"]["two"]["words"])
    assert (last["files"]["one"]["known"], last["files"]["two"]["known"], last["common"]) == (True, False, ())
    assert not any(own["known"] for own in absent["files"].values())
    alone = evaluate(files["one"], "geometry", words=WORDS[0])
    assert "Neighbours side by side" in alone.to_markdown()
    assert "neighbours" not in evaluate(files["one"], "geometry").studies


# --------------------------------------------------------------------------- pages


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    monkeypatch.chdir(tmp_path)
    words = [*WORDS, *["man", "woman", "king", "queen", "boy", "girl", "uncle", "aunt"]]
    matrix = np.random.default_rng(1).normal(size=(len(words), 4))
    formats.write(Vectors(words, matrix, record=record()), "a.safetensors")
    formats.write(Vectors(words, matrix + 0.1, record=record(seed=2)), "b.safetensors")
    Path("analogies.txt").write_text(": family\nman woman king queen\nman woman boy girl\n")
    Path("other.txt").write_text(": family\nboy girl king queen\nuncle aunt boy girl\n")

    def page(*args: str) -> str:
        Path("page.html").unlink(missing_ok=True)
        assert main(["eval", *args, "--report", "page.html", "-q"]) == 0
        capsys.readouterr()
        return Path("page.html").read_text("utf-8")

    return page


def test_contents_name_each_section_once(page: Callable[..., str]) -> None:
    for own in (("analogies.txt",), ("analogies.txt", "other.txt")):
        options = [word for file in own for word in ("--analogies", file)]
        text = page("a.safetensors", "b.safetensors", *options, "--suite", "demo-world,wordsim353", "--conventions")
        contents = re.findall(r'<a href="#section-\d+">([^<]*)</a>', text)
        assert len(set(contents)) == len(contents), contents


def test_a_page_says_what_was_compared(page: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    text = page("a.safetensors", "b.safetensors", "--suite", "wordsim353")
    assert "<p>Date: 2023-11-14</p>" in text
    assert "<p>Command: w2v eval a.safetensors b.safetensors --suite wordsim353 --report page.html -q</p>" in text
    for part in (
        "What was compared",
        "Settings that differ",
        "Loss by epoch: sgns",
        "sha256 of the matrix",
        "<polyline",
    ):
        assert part in text
    assert "Finkelstein, Gabrilovich" in text
    assert "@article{finkelstein2002placing," in text
    assert text == page("a.safetensors", "b.safetensors", "--suite", "wordsim353")


def test_a_date_that_is_none(page: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert main(["eval", "a.safetensors", "--suite", "wordsim353", "--report", "page.html"]) == 2
    assert "SOURCE_DATE_EPOCH is 'yesterday'" in capsys.readouterr().err
