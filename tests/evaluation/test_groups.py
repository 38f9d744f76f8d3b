"""Groups of seeds: how their files are named, what is found, what is said of records, and every form of the result."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v
from w2v import formats
from w2v.cli import main
from w2v.errors import SettingsError
from w2v.evaluation import Report, evaluate
from w2v.evaluation.alike import groups_of_seeds, pattern_of
from w2v.evaluation.grouping import files_of, files_of_groups
from w2v.record import RunRecord
from w2v.vectors import Vectors

Run = Callable[..., tuple[int, str, str]]
ANALOGIES = """: family
man woman king queen
man woman boy girl
king queen boy girl
boy girl man woman
king queen man woman
boy girl king queen
man woman uncle aunt
uncle aunt king queen
uncle aunt boy girl
king queen uncle aunt
: plural
cat cats dog dogs
dog dogs cow cows
cow cows cat cats
"""
WORDS = [
    "man",
    "woman",
    "king",
    "queen",
    "boy",
    "girl",
    "uncle",
    "aunt",
    "cat",
    "cats",
    "dog",
    "dogs",
    "cow",
    "cows",
    "other",
    "more",
    "rest",
]
TEXT = {"fingerprint": "0123456789abcdef" * 4, "tokens": 1234, "sources": ["news.txt"]}


def vectors(seed: int, noise: float, record: RunRecord | None = None) -> Vectors:
    """Words in pairs with one difference, and noise."""
    world, chance = np.random.default_rng(0), np.random.default_rng(seed)
    base = np.repeat(world.normal(size=(9, 8)), 2, axis=0)[: len(WORDS)]
    base[1::2] += world.normal(size=8)
    return Vectors(WORDS, base + noise * chance.normal(size=base.shape), record=record)


def run_record(seed: int, **settings: Any) -> RunRecord:
    return RunRecord(
        "sgns",
        {"dim": 8, "window": 5, "epochs": 5, "seed": seed, **settings},
        TEXT,
        loss=(2.5, 2.25),
        started="2026-01-02",
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three seeds of a good model, two of a bad one, and questions."""
    monkeypatch.chdir(tmp_path)
    for seed in (1, 2, 10):
        formats.write(vectors(seed, 0.1, run_record(seed)), f"good-{seed}.safetensors")
    for seed in (3, 4):
        formats.write(vectors(seed, 2.0, run_record(seed, epochs=3)), f"bad_{seed}.safetensors")
    Path("q.txt").write_text(ANALOGIES)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: str) -> tuple[int, str, str]:
        code = main(["eval", *args])
        return code, *capsys.readouterr()

    return run


BOTH = ("--group", "good=good-*.safetensors", "--group", "bad=bad_*", "--analogies", "q.txt")


# --------------------------------------------------------------------------- names of files


def test_patterns_files_and_folders(folder: Path) -> None:
    assert [path.name for path in files_of("good-*.safetensors")] == [f"good-{n}.safetensors" for n in (1, 2, 10)]
    assert files_of("bad_3.safetensors") == [Path("bad_3.safetensors")]
    assert len(files_of(".")) == 5  # and not q.txt
    Path("odd[1].bin").write_bytes(b"x")
    assert files_of("odd[1].bin") == [Path("odd[1].bin")]
    groups = files_of_groups([("g", "good-1.safetensors"), ("b", "bad_*"), ("g", "good-2.safetensors")])
    assert {name: len(files) for name, files in groups.items()} == {"g": 2, "b": 2}


@pytest.mark.parametrize(
    ("given", "said", "cure"),
    [
        (["x=god-*.safetensors"], "no file fits 'god-*.safetensors'", "good-"),
        (["x=nowhere/*.bin"], "there is no folder nowhere", "check the path"),
        (["x=empty"], "no vector file is in empty", "their names end in"),
        (["good-1.safetensors"], "is not NAME=FILES", "usage"),
        (["a=good-1.safetensors", "b=good-*"], "good-1.safetensors is in 'a' and in 'b'", "in one group, once"),
        (["a=good-1.safetensors", "a=./good-1.safetensors"], "twice in the group 'a'", "in one group, once"),
    ],
)
def test_what_is_no_group(run: Run, given: list[str], said: str, cure: str) -> None:
    Path("empty").mkdir()
    code, _, err = run(*(word for each in given for word in ("--group", each)))
    assert code == 2
    assert said in err
    assert cure in err


def test_a_file_outside_of_the_groups(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = run("good-1.safetensors", "--group", "b=bad_*")
    assert (code, "--group good-1=good-1.safetensors" in err) == (2, True)
    monkeypatch.setenv("W2V_VECTORS", "/gone.bin")  # a default, which groups replace
    assert run(*BOTH)[0] == 0
    monkeypatch.setenv("W2V_GROUP", "x=/gone-*.bin")  # a default, which files replace
    assert run("good-1.safetensors", "--analogies", "q.txt")[0] == 0


# --------------------------------------------------------------------------- what is found


def test_means_spreads_and_differences(folder: Path) -> None:
    files = {"good": "good-*.safetensors", "bad": [Path("bad_3.safetensors"), "bad_4.safetensors"]}
    findings = w2v.evaluate(groups=files, analogies="q.txt")  # type: ignore[arg-type]
    result = findings.studies["groups"].to_dict()
    assert [len(group["files"]) for group in result["groups"]] == [3, 2]
    [suite] = result["suites"]
    own = {file: findings[file, suite["suite"]].primary.value for file in findings.reports}  # type: ignore[union-attr]
    good = [value for file, value in own.items() if "good" in file]
    assert suite["groups"]["good"]["mean"] == pytest.approx(np.mean(good))
    assert suite["groups"]["good"]["sd"] == pytest.approx(np.std(good, ddof=1))
    [difference] = suite["differences"]
    bad = suite["groups"]["bad"]["mean"]
    assert difference["difference"] == pytest.approx(bad - np.mean(good))
    assert difference["low"] < difference["difference"] < difference["high"]
    assert [(part["name"], part["items"]) for part in suite["sections"]] == [("family", 10), ("plural", 3)]
    assert suite["sections"][1]["differences"][0]["low"] is None  # three questions tell nothing
    assert "comparison" not in findings.studies


def test_vectors_in_memory_and_groups_of_one(folder: Path) -> None:
    findings = evaluate(groups={"a": vectors(1, 0.1), "b": [vectors(2, 0.1), vectors(3, 0.1)]}, analogies="q.txt")
    result = findings.studies["groups"].to_dict()
    assert (result["suites"][0]["groups"]["a"]["sd"], result["suites"][0]["groups"]["b"]["seeds"]) == (None, 2)
    assert result["warnings"][1]["without_record"] == ["these vectors (2)", "these vectors (3)"]
    alone = evaluate(groups={"a": ["good-1.safetensors", "good-2.safetensors"]}, analogies="q.txt")
    assert alone.studies["groups"].to_dict()["suites"][0]["differences"] == []
    assert "a: 2 seeds" in alone.to_markdown()
    assert "a (2 seeds) & " in alone.to_latex()
    assert "@article{owen2007pigeonhole," in alone.to_bibtex()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"vectors": "good-1.safetensors", "groups": {"a": "bad_*"}}, "both vectors= and groups="),
        ({"groups": {}}, "groups= has no groups"),
        ({"groups": {"a": []}}, "the group 'a' has no files"),
        ({}, "there are no vectors to score"),
        ({"vectors": "good-1.safetensors", "study": "groups"}, "there are no groups of seeds"),
    ],
)
def test_what_python_refuses(folder: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        evaluate(analogies="q.txt", **given)
    assert refused.value.hint


def test_records_that_differ_are_named(run: Run) -> None:
    formats.write(vectors(7, 0.1, run_record(7, window=10)), "good-7.safetensors")
    formats.write(vectors(8, 0.1, run_record(2)), "good-8.safetensors")
    formats.write(vectors(9, 0.1), "good-9.safetensors")
    code, out, _ = run(*BOTH)
    said = " ".join(out.split())
    assert code == 0
    assert "the run records differ in more than the seed: window is 5 in good-1.safetensors" in said
    assert "and 10 in good-7.safetensors." in said
    assert "without a run record it cannot be checked that only the seeds differ: good-9.safetensors" in said
    assert "trained with the same seed, 2, so the spread is too small: good-2.safetensors, good-8.safetensors" in said
    result = json.loads(run(*BOTH, "--json")[1])["studies"]["groups"]["warnings"][0]
    assert result["differing"][0]["setting"] == "window"
    assert result["differing"][0]["values"]["good-7.safetensors"] == "10"


def test_three_groups(run: Run) -> None:
    """Differences of every two stand in a table of their own."""
    more = ("--group", "third=good-10.safetensors")
    first = ("--group", "good=good-1.safetensors", "--group", "good=good-2.safetensors", *BOTH[2:])
    code, out, _ = run(*first, *more)
    assert code == 0
    assert "Differences of the means, in points" in out
    assert "good → bad" in out
    assert "bad → third" in out
    assert "third has one seed, so the intervals of its differences" in " ".join(out.split())


def test_every_form(run: Run) -> None:
    code, out, _ = run(*BOTH, "--report", "p.tex", "--report", "p.bib", "--report", "p.html", "--report", "p.csv")
    assert code == 0
    assert "Scores at a glance" not in out  # of single files, which are for pages
    rows = list(csv.DictReader(io.StringIO(Path("p.csv").read_text())))
    means = {row["vectors"]: row for row in rows if row["level"] == "mean"}
    assert (means["good"]["seeds"], means["bad"]["seeds"]) == ("3", "2")
    [difference] = [row for row in rows if row["level"] == "mean difference"]
    assert (difference["vectors"], difference["compared_with"]) == ("bad", "good")
    assert {row["name"] for row in rows if row["level"] == "section mean difference"} == {"family", "plural"}
    assert run(*BOTH, "--report", "p.tex", "--report", "p.bib")[0] == 0  # what w2v has written may be replaced
    Path("mine.tex").write_text(r"\documentclass{article}")
    code, _, err = run(*BOTH, "--report", "mine.tex")
    assert (code, "a file that is no report of w2v" in err) == (1, True)
    page = Path("p.html").read_text()
    assert "good is better by" in " ".join(out.split()) or "no difference shown" in " ".join(out.split())
    for part in ("Groups of seeds", "Single files", "Settings that differ", "Cameron, Gelbach, Miller (2011)"):
        assert part in page
    assert "good (3 seeds) & " in Path("p.tex").read_text()
    assert "@article{cameron2011robust," in Path("p.bib").read_text()


def test_rows_of_a_comparison(run: Run) -> None:
    out = run("good-1.safetensors", "bad_3.safetensors", "--analogies", "q.txt", "--format", "csv")[1]
    [row] = [row for row in csv.DictReader(io.StringIO(out)) if row["level"] == "difference"]
    assert (row["vectors"], row["compared_with"]) == ("bad_3.safetensors", "good-1.safetensors")
    assert float(row["low"]) < float(row["difference"]) < float(row["high"])
    assert row["p_adjusted"]


def test_replicates_of_two_models_are_refused_and_groups_are_the_cure(run: Run) -> None:
    code, _, err = run("good-1.safetensors", "bad_3.safetensors", "--analogies", "q.txt", "--replicates")
    assert code == 2
    assert "--group NAME=FILES" in err


def test_what_too_few_items_of_all_files_make_is_not_to_be_quoted(folder: Path) -> None:
    few = vectors(2, 0.1)
    groups = {"a": [vectors(1, 0.1)], "b": [Vectors(few.words[:-1], few.matrix[:-1])]}
    found = evaluate(groups=groups, analogies="q.txt")
    assert all("(do not quote)" in line for line in found.summaries())
    assert "over all words" in found.to_markdown()
    assert "q: accuracy; 1 point is" in found.to_latex()


def test_seeds_of_models_are_recognised() -> None:
    reports = {
        f"{model}-{seed}.bin": Report({}, words=("a",), dim=2, record=replace(run_record(seed), model=model))
        for model in ("sgns", "glove")
        for seed in (1, 2)
    }
    found = groups_of_seeds(reports)
    assert {name: pattern_of(files) for name, files in found.items()} == {"sgns": "sgns-*.bin", "glove": "glove-*.bin"}
    assert groups_of_seeds({"x": reports["sgns-1.bin"], "y": reports["glove-1.bin"]}) == {}
