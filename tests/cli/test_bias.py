"""w2v bias: the same figures in every format, words and phrases, own lists, the suite in w2v eval, and errors."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from w2v import formats as vector_files
from w2v.cli import main
from w2v.evaluation import evaluate
from w2v.evaluation.tasks.bias import BiasReport, evaluate_bias, published
from w2v.vectors import Vectors

Run = Callable[..., tuple[int, str, str]]

OWN = """
title = "Sea and sky"
[lists.fish]
words = ["cod", "eel", "Hake"]
[lists.birds]
words = ["owl", "tit", "sea gull"]
[lists.wet]
words = ["rain", "river"]
[lists.dry]
words = ["dust", "sand", "unheard-of"]
[[association]]
name = "habitat"
targets = ["fish", "birds"]
attributes = ["wet", "dry"]
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(command: str, *args: str) -> tuple[int, str, str]:
        code = main([command, *args])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vectors:
    """Most of the listed words and a few others, in ./vectors.safetensors; and own lists in ./mine.toml."""
    rng = np.random.default_rng(3)
    lists = published()
    listed = [
        word
        for design in lists.associations
        for part in (*design.targets, *design.attributes)
        for word in part.words
        if rng.random() < 0.95
    ]
    [gender] = lists.groups
    words = [*listed, *(word for pair in gender.pairs for word in pair), *gender.words.words[:120]]
    words += ["cod", "eel", "hake", "owl", "tit", "sea_gull", "rain", "river", "dust", "sand", "computer_programmer"]
    words = list(dict.fromkeys([*words, *(f"other{number}" for number in range(600))]))
    matrix = rng.normal(size=(len(words), 8)).astype(np.float32)
    at = {word: row for row, word in enumerate(words)}
    matrix[at["woman"]] = matrix[at["man"]] + 0.3 * matrix[at["other1"]]
    vectors = Vectors(words, matrix, np.arange(len(words), 0, -1) * 9)
    monkeypatch.chdir(tmp_path)
    vector_files.write(vectors, "vectors.safetensors")
    Path("mine.toml").write_text(OWN, "utf-8")
    return vectors


@pytest.mark.slow
def test_every_format_has_the_same_figures(world: Vectors, run: Run) -> None:
    lists = published().only(["weat6", "gender-professions", "names"])
    report = evaluate_bias(world, lists)
    chosen = ("--test", "weat6", "--test", "gender-professions", "--test", "names")
    code, out, err = run("bias", *chosen, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["schema"], found["vectors"]) == ("w2v.bias/1", "vectors.safetensors")
    assert found["associations"] == json.loads(json.dumps(report.to_dict()["associations"]))
    rows = list(csv.DictReader(io.StringIO(run("bias", *chosen, "--format", "csv")[1])))
    assert [row["level"] for row in rows] == [row["level"] for row in report.rows()]
    assert float(rows[0]["effect_size"]) == report.associations[0].effect_size
    each = list(csv.DictReader(io.StringIO(run("bias", "--test", "weat6", "--words", "--format", "csv")[1])))
    assert {row["word"]: float(row["score"]) for row in each} == {
        word.word: word.score for word in report.associations[0].words
    }
    table = run("bias", *chosen, "--words")[1]
    assert f"{report.associations[0].effect_size:.2f}".replace("-", "−") in table
    assert "differential association" in table
    assert "nearest to male terms" in table
    assert "two clusters part the" in table
    assert "Divergence from equal shares" in table
    assert "male names / female names : career / family" in table
    assert "biased" not in table + out


@pytest.mark.slow
def test_the_suite_of_w2v_eval_is_the_command(world: Vectors, run: Run) -> None:
    report = evaluate(world, "bias")["bias"]
    assert isinstance(report, BiasReport)
    metrics = report.metrics()
    assert next(iter(metrics)) == "bias.coverage"
    assert {"bias.weat1", "bias.weat10", "bias.gender-professions.wefat", "bias.names.rnsb"} <= set(metrics)
    code, out, _ = run("eval", "--suite", "bias", "--json", "--min", "bias.coverage=0.1")
    assert code == 0
    assert (
        json.loads(out)["files"][0]["suites"][0]["associations"] == json.loads(run("bias", "--json")[1])["associations"]
    )
    code, out, _ = run("eval", "--suite", "bias")
    assert (code, "Differential associations (WEAT)" in out) == (0, True)
    limited = evaluate(world, "bias", restrict_vocab=200)["bias"]
    assert isinstance(limited, BiasReport)
    assert limited.protocol.vocabulary == 200
    assert limited.metrics()["bias.coverage"] != metrics["bias.coverage"]


def test_words_have_both_answers(world: Vectors, run: Run) -> None:
    code, out, _ = run("bias", "doctor", "Computer Programmer", "--json", "-n", "4")
    assert code == 0
    doctor, phrase = json.loads(out)["words"]
    assert doctor["formula"] == "doctor − man + woman"
    assert doctor["honest"]["word"] == "doctor"
    assert doctor["honest"]["is_input"]
    expected = world.neighbours(["doctor", "woman"], ["man"], topn=4)
    assert [near["word"] for near in doctor["neighbours"]] == [near.word for near in expected]
    assert phrase["found"] == "computer_programmer"
    assert 0 <= doctor["below"] <= 1
    assert doctor["groups"] == ["male terms", "female terms"]
    table = run("bias", "doctor", "--minus", "woman", "--plus", "man")[1]
    assert "WORD − woman + man" in table
    others = [near.word for near in expected if not near.is_input]
    for options, shown in (((), 3), (("-n", "4"), 4)):
        table = run("bias", "doctor", *options)[1]
        assert [f"{word} " in table for word in others] == [True] * shown + [False] * (4 - shown)
    rows = list(csv.DictReader(io.StringIO(run("bias", "doctor", "-n", "2", "--format", "csv")[1])))
    assert [row["answer"] for row in rows if row["is_input"] == "False"] == [
        near.word for near in expected if not near.is_input
    ][:2]


def test_a_default_of_the_lists_does_not_change_what_is_said_of_words(
    world: Vectors, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run("bias", "doctor", "--json")
    monkeypatch.setenv("W2V_TEST", "weat1")
    assert run("bias", "doctor", "--json") == expected


def test_own_lists(world: Vectors, run: Run) -> None:
    code, out, err = run("bias", "--lists", "mine.toml", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    [habitat] = found["associations"]
    assert (found["title"], found["groups"]) == ("Sea and sky", [])
    assert [part["in_vocabulary"] for part in habitat["coverage"]] == [3, 3, 2, 2]  # Hake is hake, "sea gull" sea_gull
    assert habitat["coverage"][3]["missing"] == ["unheard-of"]
    code, out, _ = run("bias", "cod", "--lists", "mine.toml", "--json")
    assert code == 0
    assert json.loads(out)["words"][0]["association"] is None
    assert run("bias", "cod", "--lists", "mine.toml")[0] == 0


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("kingg",), 1, "'kingg' is not in"),
        (("doctor", "--minus", "mann"), 1, "'mann' is not in"),
        (("--test", "weat11"), 2, "there is no test 'weat11'"),
        (("doctor", "--test", "weat1"), 2, "--test does not go with words"),
        (("doctor", "--words"), 2, "--words does not go with words"),
        (("--plus", "girl"), 2, "--plus needs a WORD"),
        (("--lists", "none.toml"), 1, "cannot read none.toml"),
    ],
)
def test_errors(world: Vectors, run: Run, args: tuple[str, ...], code: int, message: str) -> None:
    found, out, err = run("bias", *args)
    assert (found, out) == (code, "")
    assert message in err
    assert "Hint:" in err
