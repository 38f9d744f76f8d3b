"""What every kind of suite and every study must do, run over their registries, and over the toys of hardening/toys.

A new kind or study is covered by this file as soon as its line stands in the registry.
"""

from __future__ import annotations

import html
import importlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import w2v.cli.eval
import w2v.cli.eval_options
import w2v.evaluation.studies
import w2v.evaluation.tasks
from w2v import formats
from w2v.cli import cli, main
from w2v.cli.terminal import draw
from w2v.data import manifest as manifests
from w2v.errors import SettingsError
from w2v.evaluation import Findings, evaluate
from w2v.evaluation.schema import schema
from w2v.evaluation.statistics import difference_of
from w2v.evaluation.studies.base import Run, studies
from w2v.evaluation.studies.registry import STUDIES, Option
from w2v.evaluation.studies.registry import Listed as ListedStudy
from w2v.evaluation.suites import groups
from w2v.evaluation.tasks.base import Task, task_of
from w2v.evaluation.tasks.registry import TASKS, Listed, OwnFile
from w2v.ngrams import Ngrams
from w2v.subwords import Subwords
from w2v.vectors import Vectors

TOYS = Path(__file__).parents[2] / "hardening" / "toys"
w2v.evaluation.tasks.__path__.append(str(TOYS / "task" / "tree" / "w2v" / "evaluation" / "tasks"))
w2v.evaluation.studies.__path__.append(str(TOYS / "study" / "tree" / "w2v" / "evaluation" / "studies"))
TOY = Listed("w2v.evaluation.tasks.toy:TASK", "toys", OwnFile("toys", "Your own toys: a word a line."))
COUNT = ListedStudy("w2v.evaluation.studies.count:STUDY", Option("--count", "Also count the suites."))
GIVEN: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "groups": ({"groups": {"one": "a.bin", "two": "b.bin"}}, ("--group", "one=a.bin", "--group", "two=b.bin")),
    "dims": ({"vectors": ["a.bin", "b.bin"], "dims": [2, 4]}, ("a.bin", "b.bin", "--dims", "2,4")),
    "neighbours": ({"vectors": ["a.bin", "b.bin"], "words": "money"}, ("a.bin", "b.bin", "--words", "money")),
    "composed": ({"vectors": ["composing.safetensors", "b.bin"]}, ("composing.safetensors", "b.bin")),
}
"""What Python and the command line are given for a study that has no option of its own, if not two files alone."""
KINDS, NAMES = list(TASKS | {"toy": TOY}), list(STUDIES | {"count": COUNT})


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One line a registry, and a fresh command: what is in the registries when w2v starts."""
    monkeypatch.setitem(TASKS, "toy", TOY)
    monkeypatch.setitem(STUDIES, "count", COUNT)
    monkeypatch.setattr("w2v.evaluation.studies.dims.prefixes._milliseconds", lambda *_: 1.0)  # else never the same
    groups.cache_clear()
    importlib.reload(w2v.cli.eval_options)
    monkeypatch.setitem(cli.commands, "eval", importlib.reload(w2v.cli.eval).command)
    yield
    groups.cache_clear()
    monkeypatch.undo()
    importlib.reload(w2v.cli.eval_options)
    importlib.reload(w2v.cli.eval)


# --------------------------------------------------------------------------- what they are tried on


@dataclass(frozen=True)
class Trial:
    """Two vector files, a set of the kind, and how each is named on the command line."""

    findings: Findings
    suite: str
    asked: tuple[str, ...]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*args: str) -> tuple[int, str, str]:
        code = main(["eval", *args])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def trial(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """Of a kind: its example, or what it measures, scored on two small files."""
    monkeypatch.chdir(tmp_path)
    task = task_of(request.param)
    own = task.listed.own_file
    words = ["some", "words", "that", "no", "set", "has"]
    if own is None:
        suite, asked = task.kind, ("--suite", task.kind)
    else:
        Path("own.txt").write_text(task.example)
        suite, asked = "own", (own.flag, "own.txt")
        words = list(dict.fromkeys([*words, *task.read_own(Path("own.txt")).words]))
    for seed, name in enumerate(("a.bin", "b.bin")):
        matrix = np.random.default_rng(seed).normal(size=(len(words), 5)).astype(np.float32)
        formats.write(Vectors(words, matrix), name)
    files = {} if own is None else {own.name: "own.txt"}
    return Trial(evaluate(["a.bin", "b.bin"], None if own else suite, **files), suite, asked)


def texts_of(findings: Findings) -> list[str]:
    """In the terminal, as Markdown, and as a page."""
    drawn = draw(findings.document(), width=80, colour=False)
    assert max(map(len, drawn.splitlines())) <= 80
    return [drawn, findings.to_markdown(), html.unescape(findings.to_html())]


def check_json(findings: Findings) -> None:
    Draft202012Validator(schema()).validate(json.loads(json.dumps(findings.to_dict())))


# --------------------------------------------------------------------------- every kind of suite


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_what_it_is(kind: str, run: Callable[..., tuple[int, str, str]]) -> None:
    task: Task[Any, Any] = task_of(kind)
    assert task.kind == kind
    listed = task.listed
    assert set(groups()[listed.group]) <= set(groups()["all"])
    assert not listed.is_measure or (listed.group, groups()[listed.group]) == (kind, (kind,))
    help_page = run("--help")[1]
    assert listed.group in re.sub(r"-\n +", "-", help_page)  # a name may be broken behind a hyphen
    assert bool(task.example) == (listed.own_file is not None)
    if listed.own_file is not None:
        assert f"{listed.own_file.flag} FILE" in help_page


@pytest.mark.slow
@pytest.mark.parametrize("trial", KINDS, indirect=True)
def test_a_kind_reads_scores_and_shows(trial: Trial) -> None:
    report = trial.findings["a.bin", trial.suite]
    assert (report.suite, next(iter(report.metrics())).partition(".")[0]) == (trial.suite, trial.suite)
    assert set(report.main_metrics()) <= set(report.metrics())
    assert all(row["suite"] == trial.suite for row in report.rows())
    assert len(report.to_frame()) == len(report.rows()) > 0
    check_json(trial.findings)
    for text in texts_of(trial.findings):
        assert task_of(report.kind).title in text or report.title in text


@pytest.mark.parametrize("trial", KINDS, indirect=True)
def test_a_score_has_an_interval_and_its_difference_a_test(trial: Trial) -> None:
    report, other = (trial.findings[file, trial.suite] for file in ("a.bin", "b.bin"))
    task = task_of(report.kind)
    paired = task.paired([report, other])
    assert (report.primary is None) == (paired is None) == task.listed.is_measure
    if report.primary is None or paired is None:
        return
    assert report.primary.name == paired.score
    assert report.primary.interval is not None
    assert report.primary.interval.low <= report.primary.value <= report.primary.interval.high
    assert paired.items == report.primary.scored == report.primary.total
    assert paired.scores == pytest.approx([report.primary.value, other.primary.value])  # type: ignore[union-attr]
    difference = difference_of(paired, 0, 1)
    assert difference.low is not None or difference.p == 1
    [compared] = trial.findings.to_dict()["studies"]["comparison"]
    assert compared["differences"][0]["difference"] == difference.size


@pytest.mark.slow
@pytest.mark.parametrize("trial", KINDS, indirect=True)
def test_gates_know_the_scores_of_a_kind(trial: Trial, run: Callable[..., tuple[int, str, str]]) -> None:
    report = trial.findings["a.bin", trial.suite]
    name, value = next((name, value) for name, value in report.metrics().items() if value is not None)
    assert run("a.bin", *trial.asked, "--min", f"{name}={max(-1.0, value - 0.01)}")[0] == 0
    if value < 1:
        assert run("a.bin", *trial.asked, "--min", f"{name}={value + 0.001}")[0] == 3
    code, _, err = run("a.bin", *trial.asked, "--min", f"{trial.suite}.xyzzy=0")
    assert (code, "there is no such score" in err) == (2, True)
    Path("old.json").write_text(run("a.bin", *trial.asked, "--json")[1])
    code, _, err = run("a.bin", *trial.asked, "--baseline", "old.json", "--fail-under", "1")
    assert code == (2 if report.primary is None else 0), err


@pytest.mark.slow
@pytest.mark.parametrize("trial", KINDS, indirect=True)
def test_vectors_without_a_word_of_a_set(trial: Trial) -> None:
    """No score, a warning, and the same forms."""
    nothing = evaluate(
        Vectors(["\0", "\1"], [[1.0, 2.0], [2.0, 0.0]]), trial.findings.reports["a.bin"].sets[trial.suite]
    )
    report = nothing[trial.suite]
    assert (report.headline, bool(report.warning)) == (None, True)
    check_json(nothing)
    texts_of(nothing)
    assert next(iter(report.metrics())) == next(iter(trial.findings["a.bin", trial.suite].metrics()))


def test_a_set_of_a_known_kind_is_one_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., tuple[int, str, str]]
) -> None:
    """And the file that it describes: it joins its group, is listed, loaded and scored."""
    manifest = (manifests.PACKAGE.parent / "eval_sets" / "outliers-888.toml").read_text("utf-8")
    data = "category,outliers,words\nfruit,\"['saw', 'dog']\",\"['pear', 'plum', 'fig']\"\n"
    (tmp_path / "few.csv").write_text(data)
    about, _, rest = manifest.partition("[source]")
    digest = __import__("hashlib").sha256(data.encode()).hexdigest()
    source = f'path = "few.csv"\nsha256 = "{digest}"\nbytes = {len(data)}\n'
    own = about.replace('"outliers-888"', '"few"') + f"[source]\n{source}\n[format]{rest.partition('[format]')[2]}"
    (tmp_path / "few.toml").write_text(own.replace("items = 64", "items = 2"))
    folders = manifests._folders()
    monkeypatch.setattr(manifests, "_folders", lambda: (*folders, tmp_path))
    groups.cache_clear()
    assert groups()["outliers"] == ("few", "outliers-888")
    monkeypatch.chdir(tmp_path)
    words = ["saw", "dog", "pear", "plum", "fig"]
    formats.write(Vectors(words, np.eye(5, dtype=np.float32)), "v.bin")
    code, out, _ = run("v.bin", "--suite", "few", "--json")
    assert (code, json.loads(out)["files"][0]["suites"][0]["scored"]) == (0, 2)


def test_manifests_are_of_known_kinds() -> None:
    kinds = {each.kind for each in manifests.manifests()}
    assert kinds - {"corpus", "vectors"} <= set(TASKS)


# --------------------------------------------------------------------------- every study


@pytest.fixture
def two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Two files that know some words of two sets; and the options that name the sets."""
    monkeypatch.chdir(tmp_path)
    from w2v.evaluation import load

    rng = np.random.default_rng(3)
    suites = [load(name) for name in ("wordsim353", "demo-world")]
    words = [word for suite in suites for word in dict.fromkeys(suite.words) if rng.random() < 0.5]  # type: ignore[attr-defined]
    words = list(dict.fromkeys(words))
    for name in ("a.bin", "b.bin"):
        formats.write(Vectors(words, rng.normal(size=(len(words), 6)).astype(np.float32)), name)
    rows = rng.normal(size=(50, 6)).astype(np.float32)
    subwords = Subwords(Ngrams(3, 4, 50), np.arange(50), rows)
    matrix = rng.normal(size=(len(words), 6)).astype(np.float32)
    formats.write(Vectors(words, matrix, subwords=subwords), "composing.safetensors")
    return ("--suite", "wordsim353,demo-world")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_study_is_asked_for_and_shown(
    name: str, two_files: tuple[str, ...], run: Callable[..., tuple[int, str, str]]
) -> None:
    study = studies()[name]
    assert study.name == name
    given, files = GIVEN.get(name, ({"vectors": ["a.bin", "b.bin"]}, ("a.bin", "b.bin")))
    chosen = [name] if study.option else ()
    findings = evaluate(suite=["wordsim353", "demo-world"], study=chosen, **given)
    result = findings.studies[name]
    check_json(findings)
    section = result.section(findings.labels)
    assert section is not None
    for text in texts_of(findings):
        assert section.title in text
    option = study.option
    asked = () if option is None else (option.flag, option.value) if option.value else (option.flag,)
    code, out, err = run(*files, *two_files, *asked, "--json")
    assert code == 0, err
    assert json.loads(out)["studies"][name] == json.loads(json.dumps(result.to_dict()))
    if option is not None:
        assert option.flag in run("--help")[1]
        without = json.loads(run(*files, *two_files, "--json")[1])["studies"]
        assert (name in without) == STUDIES[name].shows


@pytest.mark.parametrize("name", NAMES)
def test_a_study_says_what_it_needs(name: str) -> None:
    """Of a single file and a suite without questions: refused by a sentence, or done."""
    study, vectors = studies()[name], Vectors(["a", "b", "c"], np.eye(3, dtype=np.float32))
    if study.option is None:
        assert name not in evaluate(vectors, "geometry").studies
        return
    alone = Run({"": vectors}, evaluate(vectors, "geometry").report.sets)
    with suppress(SettingsError):
        study.check(alone)
        check_json(findings := evaluate(vectors, "geometry", study=name))
        texts_of(findings)
        return
    with pytest.raises(SettingsError, match=study.option.flag) as refused:
        evaluate(vectors, "geometry", study=name)
    assert refused.value.hint


def test_a_study_that_there_is_not() -> None:
    with pytest.raises(SettingsError, match="there is no study 'xyzzy'"):
        evaluate(Vectors(["a"], [[1.0]]), "geometry", study="xyzzy")
    with pytest.raises(SettingsError, match="no kind of suite is called 'xyzzy'"):
        evaluate(Vectors(["a"], [[1.0]]), xyzzy="file.txt")
