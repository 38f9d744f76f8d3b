"""w2v eval: the same figures in every format, gates and the comparison with gensim by their exit codes, errors."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import formats as vector_files
from w2v.cli import main
from w2v.errors import SettingsError
from w2v.evaluation import evaluate, load
from w2v.evaluation.tasks.analogies.sets import AnalogySuite
from w2v.record import RunRecord
from w2v.vectors import Vectors

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: str) -> tuple[int, str, str]:
        code = main(["eval", *args])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vectors:
    """Vectors that know most of the demo's words and some of WordSim-353's, in two files of the current folder."""
    suite = load("demo-world")
    pairs = load("wordsim353")
    assert isinstance(suite, AnalogySuite)
    rng = np.random.default_rng(7)
    words = list(dict.fromkeys([*suite.words[10:], *(word for word in pairs.words if rng.random() < 0.8)]))
    matrix = rng.normal(size=(len(words), 6))
    at = {word: row for row, word in enumerate(words)}
    for a, b in suite.questions[:, :2].tolist():  # relations that are nearly there
        if suite.words[a] in at and suite.words[b] in at:
            matrix[at[suite.words[b]]] = matrix[at[suite.words[a]]] + [2.0, -1.0, 0, 0, 0, 0] + rng.normal(size=6) * 0.2
    monkeypatch.chdir(tmp_path)
    vectors = Vectors(words, matrix.astype(np.float32))
    vector_files.write(vectors, "vectors.bin")
    vector_files.write(Vectors(words[::-1], matrix[::-1].astype(np.float32)), "reversed.safetensors")
    return vectors


@pytest.mark.slow
def test_every_format_has_the_same_figures(world: Vectors, run: Run) -> None:
    report = evaluate(world, ["demo-world", "wordsim353"]).report
    chosen = ("--suite", "demo-world,wordsim353")
    code, out, err = run(*chosen, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["schema"], found["convention"]) == ("w2v.eval/1", "w2v")
    assert found["files"][0]["vectors"] == "vectors.bin"
    assert found["files"][0]["suites"] == json.loads(json.dumps(report.to_dict()["suites"]))
    rows = list(csv.DictReader(io.StringIO(run(*chosen, "--format", "csv")[1])))
    assert [row["name"] for row in rows] == [row["name"] for row in report.rows()]
    assert float(rows[-1]["spearman"]) == report["wordsim353"].metrics()["wordsim353"]
    lines = [json.loads(line) for line in run(*chosen, "--format", "jsonl")[1].splitlines()]
    assert [line["correct"] for line in lines[:-1]] == [int(row["correct"]) for row in rows[:-1]]
    table = run(*chosen)[1]
    total = report["demo-world"].rows()[-1]
    assert f"{total['correct']:,}/{total['scored']:,}" in table
    assert f"{100 * total['accuracy']:.1f} %" in table
    assert f"{report['wordsim353'].metrics()['wordsim353']:.4f}".replace("-", "−") in table
    assert "questions with an unknown word are skipped; the rules of w2v." in table
    assert f"demo-world {found['files'][0]['suites'][0]['protocol']['sha256'][:12]}" in table
    assert table[table.index("mean of sections") :].split("\n\n")[1].startswith("All questions by each method\n")


@pytest.mark.slow
def test_python_has_what_the_command_prints(world: Vectors, run: Run) -> None:
    """The same object: paths or vectors, a set of one's own, several files compared."""
    known = world.words[:30]
    Path("pairs.csv").write_text("".join(f"{a},{b},{n}\n" for n, (a, b) in enumerate(pairwise(known))))
    files = ["vectors.bin", "reversed.safetensors"]
    printed = json.loads(run(*files, "--suite", "wordsim353", "--pairs", "pairs.csv", "--json")[1])
    found = evaluate(files, "wordsim353", pairs="pairs.csv")
    assert json.loads(json.dumps(found.to_dict())) == printed
    assert found["vectors.bin", "pairs"].to_dict() == evaluate(world, pairs=["pairs.csv"])["pairs"].to_dict()
    named = evaluate({"a": world, "b": "vectors.bin"}, "wordsim353", compare=False)
    assert (list(named.reports), named.studies) == (["a", "b"], {})
    assert list(evaluate([world, world], "wordsim353").reports) == [world.name, f"{world.name} (2)"]
    with pytest.raises(SettingsError, match="two sets are called 'pairs'"):
        evaluate(world, pairs=["pairs.csv", Path("pairs.csv")])


def test_files_side_by_side(world: Vectors, run: Run) -> None:
    code, out, _ = run("vectors.bin", "-m", "reversed.safetensors", "--suite", "demo-world", "--suite", "wordsim353")
    assert code == 0
    header = next(line for line in out.splitlines() if line.startswith("section"))
    assert re.split("  +", header) == [
        "section",
        "vectors.bin",
        "95 % interval",
        "reversed.safetensors",
        "95 % interval",
    ]
    line = next(line for line in out.splitlines() if line.startswith("all questions"))
    assert line.split()[2:5] == line.split()[5:8]  # the order of rows does not matter
    assert out.count("the rules of w2v") == 2  # said once for both files


def test_the_same_name_in_two_folders(world: Vectors, run: Run) -> None:
    Path("deeper").mkdir()
    vector_files.write(world, "deeper/vectors.bin")
    out = run("vectors.bin", "deeper/vectors.bin", "--suite", "wordsim353")[1]
    assert "deeper/vectors.bin" in out


@pytest.mark.slow
@pytest.mark.parametrize("as_gensim", [True, False])
def test_gensim_agrees(world: Vectors, run: Run, as_gensim: bool) -> None:
    """Whatever the convention of the scores, the comparison is by gensim's; it reads a .bin itself."""
    options = ["--as", "gensim"] if as_gensim else []
    code, out, err = run("vectors.bin", "reversed.safetensors", "--check", "gensim", "--json", *options)
    assert (code, err) == (0, "")
    for lines in json.loads(out)["studies"]["gensim"].values():
        assert len(lines) == 14 + 1 + 2
        assert all(line["equal"] and line["ours"][-1] == line["gensim"][-1] for line in lines)
    code, out, _ = run("--suite", "demo-world", "--check", "gensim", *options)
    assert (code, out.count(" ="), out.count("≠")) == (0, 5, 0)


def test_a_difference_from_gensim_is_exit_3(world: Vectors, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from w2v.evaluation import conventions

    rules = conventions.CONVENTIONS["gensim"]
    wrong = conventions.Convention(**{**vars(rules), "merge": lambda word: word[:3]})
    monkeypatch.setitem(conventions.CONVENTIONS, "gensim", wrong)
    code, out, err = run("--suite", "wordsim353", "--check", "gensim")
    assert code == 3
    assert "≠" in out
    assert "Error: 1 of 1 lines differ from gensim's, wordsim353 total first" in err


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("demo-world=1%", 0),
        ("demo-world=0.99", 3),
        ("demo-world.capitals=99%", 3),
        ("demo-world.semantic=0", 0),
        ("wordsim353=-1", 0),
        ("wordsim353.pearson=100%", 3),
        ("wordsim353.coverage=0.3", 0),
        ("simlex999=0.1", 2),
        ("demo-world.capitols=0.1", 2),
        ("demo-world.30k=0.1", 3),
        ("demo-world", 2),
        ("demo-world=high", 2),
        ("demo-world=27.5", 2),
        ("=0.3", 2),
        ("demo-world=nan", 2),
    ],
)
def test_gates(world: Vectors, run: Run, gate: str, code: int) -> None:
    found, out, err = run("--suite", "demo-world,wordsim353", "--min", gate)
    assert found == code
    assert bool(out) == (code != 2)
    assert err.count("\n") == (2 if code else 0)  # an error and a hint
    assert ("Error: " in err) == bool(code)


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        ("wordsim=0.1", "did you mean 'wordsim353'?"),
        ("demo=0.1", "did you mean 'demo-world'?"),
        ("wordsim353.pearsn=0.1", "did you mean 'wordsim353.pearson' or"),
        ("demo-world.xyzzy=0.1", "there is demo-world, demo-world.macro"),
    ],
)
def test_a_gate_that_cannot_be_is_refused_before_the_vectors_are_read(run: Run, gate: str, message: str) -> None:
    code, out, err = run("absent.bin", "--suite", "demo-world,wordsim353", "--min", gate)
    assert (code, out) == (2, "")
    assert f"--min {gate.removesuffix('=0.1')}: " in err
    assert message in err


def test_a_score_has_one_gate(run: Run) -> None:
    """The second would replace the first without a word."""
    code, out, err = run("absent.bin", "--suite", "wordsim353", "--min", "wordsim353=0.9", "--min", "wordsim353=0.1")
    assert (code, out) == (2, "")
    assert err.startswith("Error: --min wordsim353 is given twice\n")


def test_a_gate_on_a_figure_that_these_vectors_cannot_have(world: Vectors, run: Run, tmp_path: Path) -> None:
    _, _, err = run("--suite", "demo-world", "--min", "demo-world.30k=0.1")
    assert f"vectors.bin has no demo-world.30k: it takes more than 30,000 words, and {len(world)} were looked" in err
    (tmp_path / "x.txt").write_text("2 2\nxx 1 0\nyy 0 1\n")
    _, _, err = run("x.txt", "--suite", "wordsim353", "--min", "wordsim353=-1")
    assert "x.txt has no wordsim353: none of its items could be scored" in err


def test_all_failing_gates_are_named(world: Vectors, run: Run) -> None:
    chosen = ("--suite", "demo-world,wordsim353")
    _, _, err = run(*chosen, "--min", "demo-world=0.99", "--min", "wordsim353=99%", "--min", "demo-world.coverage=0")
    assert "demo-world of vectors.bin is" in err
    assert "wordsim353 of vectors.bin is" in err
    assert "coverage" not in err


@pytest.mark.slow
def test_nothing_can_be_answered(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("2 2\nxx 1 0\nyy 0 1\n")
    code, out, _ = run(str(path), "--check", "gensim")
    assert code == 0
    assert "No score: the vectors know the words of none of the 19,544 questions" in out
    assert "wordsim353: no score: the vectors know the words of none of the 353 pairs" in out
    assert run(str(path), "--suite", "wordsim353", "--min", "wordsim353=-1")[0] == 3


@pytest.mark.parametrize(
    ("args", "code", "message", "hint"),
    [
        (["--suite", "wordsim"], 2, "there is no set or corpus called 'wordsim'", "did you mean 'wordsim353'?"),
        (["--suite", "geometri"], 2, "there is no suite 'geometri'", "did you mean 'geometry'?"),
        (["--suite", "analogy"], 2, "there is no suite 'analogy'", "did you mean 'analogies'?"),
        (["--suite", "text8"], 2, "text8 is a corpus, not an evaluation set", "'w2v train' reads it"),
        (["--data-dir", "nowhere"], 1, "there is no folder nowhere", "--data-dir and W2V_DATA"),
        (["--restrict-vocab", "-5"], 2, "-5 is less than 0", "usage: w2v eval"),
        (["absent.bin"], 1, "absent.bin", ""),
    ],
)
def test_errors(world: Vectors, run: Run, args: list[str], code: int, message: str, hint: str) -> None:
    found, out, err = run(*args)
    assert (found, out) == (code, "")
    assert message in err
    assert hint in err


def test_no_vectors_at_all(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run()
    assert code == 2
    assert "-m PATH" in err
    assert "W2V_VECTORS" in err


def test_limits_and_environment(world: Vectors, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("W2V_VECTORS", "reversed.safetensors")
    monkeypatch.setenv("W2V_SUITE", "wordsim353")
    monkeypatch.setenv("W2V_RESTRICT_VOCAB", "50")
    out = run("--json")[1]
    [file] = json.loads(out)["files"]
    assert file["vectors"] == "reversed.safetensors"
    assert [suite["suite"] for suite in file["suites"]] == ["wordsim353"]
    assert file["suites"][0]["protocol"]["vocabulary"] == 50
    assert "over the first 50 words" in file["suites"][0]["protocol"]["words"]
    assert json.loads(run("--json", "--restrict-vocab", "0")[1])["files"][0]["suites"][0]["scored"] > 100


@pytest.fixture(params=["environment", "project file", "file of settings"])
def by_default(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Give an option a default, in each of the places where a default can stand."""

    def set_default(name: str, value: str) -> None:
        if request.param == "environment":
            monkeypatch.setenv(f"W2V_{name.upper()}", value)
        elif request.param == "project file":
            Path("pyproject.toml").write_text(f"[tool.w2v]\n{name} = '{value}'\n")
        else:
            Path("mine.toml").write_text(f"[eval]\n{name} = '{value}'\n")
            monkeypatch.setenv("W2V_CONFIG", "mine.toml")

    return set_default


@pytest.mark.slow
@pytest.mark.parametrize("named", [("vectors.bin",), ("-m", "vectors.bin")])
def test_files_that_are_named_replace_the_default(
    world: Vectors, run: Run, by_default: Callable[[str, str], None], named: tuple[str, ...]
) -> None:
    """A default that joined them would change the p values, and gates would judge it."""
    vector_files.write(Vectors(world.words, -world.matrix[::-1]), "bad.bin")

    def files(*args: str) -> list[str]:
        code, out, err = run(*args, "--suite", "wordsim353", "--json")
        assert (code, err) == (0, "")
        return [file["vectors"] for file in json.loads(out)["files"]]

    by_default("vectors", "bad.bin")
    assert files() == ["bad.bin"]
    assert files(*named) == ["vectors.bin"]
    assert files(*named, "-m", "reversed.safetensors") == ["vectors.bin", "reversed.safetensors"]
    score = evaluate(world, "wordsim353").metrics()["wordsim353"]
    assert run(*named, "--suite", "wordsim353", "--min", f"wordsim353={score}")[0] == 0
    by_default("vectors", "gone.bin")
    assert files(*named) == ["vectors.bin"]


def test_sets_that_are_named_replace_the_default(
    world: Vectors, run: Run, by_default: Callable[[str, str], None]
) -> None:
    Path("pairs.csv").write_text(f"{world.words[0]},{world.words[1]},1\n{world.words[2]},{world.words[3]},2\n")

    def sets(*args: str) -> list[str]:
        return [suite["suite"] for suite in json.loads(run("vectors.bin", *args, "--json")[1])["files"][0]["suites"]]

    by_default("suite", "wordsim353")
    assert sets() == ["wordsim353"]
    assert sets("--pairs", "pairs.csv") == ["pairs"]
    assert sets("--pairs", "pairs.csv", "--suite", "geometry") == ["geometry", "pairs"]


def test_a_narrow_terminal_gets_whole_lines(world: Vectors, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80 columns the widest table of a single file is not folded."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    out = run("--suite", "google-analogies")[1]
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("capital-common-countries ") for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize(("suites", "needed"), [("similarity", ""), ("demo-world", "numba scipy")])
def test_light_imports(world: Vectors, suites: str, needed: str) -> None:
    """Scores need neither gensim nor pandas nor requests; Numba, which brings scipy, only where analogies are asked."""
    program = (
        f"import sys; from w2v.cli import main; code = main(['eval', '-q', '--suite', '{suites}']);"
        f"heavy = {{'gensim', 'pandas', 'scipy', 'numba', 'requests'}} & set(sys.modules) - set('{needed}'.split());"
        "sys.exit(code or ' '.join(heavy) or None)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_data_commands(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def call(*args: str) -> tuple[int, str, str]:
        code = main(["data", *args])
        return code, *capsys.readouterr()

    code, out, _ = call("list", "--json")
    sets: dict[str, Any] = {each["name"]: each for each in json.loads(out)["sets"]}
    assert code == 0
    assert sets["wordsim353"]["place"] == "package"
    assert Path(sets["demo-world"]["path"]).name == "demo-world.txt"
    assert (sets["text8"]["place"], sets["text8"]["path"]) == ("downloadable", None)
    assert all(each["licence"] and each["citation"] for each in sets.values())
    table = call("list")[1]
    assert all(name in table for name in sets)
    path = call("path", "wordsim353")[1].strip()
    assert Path(path).name == "wordsim353.tsv"
    code, out, err = call("get", "wordsim353")
    assert (code, out.strip()) == (0, path)
    assert "cite Finkelstein" in err
    code, out, err = call("path", "text8")
    assert (code, out) == (1, "")
    assert "'w2v data get text8'" in err
    code, out, err = call("get", "enwiki-latest")
    assert (code, out) == (1, "")
    assert "https://dumps.wikimedia.org/" in err
    (tmp_path / "wordsim353.tsv").write_bytes(Path(path).read_bytes())
    monkeypatch.setenv("W2V_DATA", str(tmp_path))
    assert call("path", "wordsim353")[1].strip() == str(tmp_path / "wordsim353.tsv")


def test_own_sets(world: Vectors, run: Run, tmp_path: Path) -> None:
    """Own sets alone are evaluated, by the names of their files; gates know them."""
    known = world.words[:40]
    rated = [f"{a},{b},{n}\n" for n, (a, b) in enumerate(zip(known[5:], known[:-5], strict=True))]
    Path("pairs.csv").write_text("a,b,score\n" + "".join(rated))
    Path("asked.tsv").write_text("\t".join(known[:4]) + "\n")
    Path("odd.txt").write_text(f"{' '.join(known[:5])} | {known[9]}\n")
    own = ("vectors.bin", "--pairs", "pairs.csv", "--analogies", "asked.tsv", "--outliers", "odd.txt")
    code, out, _ = run(*own, "--json")
    assert code == 0
    suites = json.loads(out)["files"][0]["suites"]
    assert [(suite["suite"], suite["kind"]) for suite in suites] == [
        ("asked", "analogy"),
        ("pairs", "similarity"),
        ("odd", "outliers"),
    ]
    assert run(*own, "--min", "pairs=0.99")[0] == 3
    assert run(*own, "--pairs", "pairs.csv")[0] == 2
    assert run("vectors.bin", "--pairs", "absent.csv")[0] == 1


@pytest.mark.slow
def test_baseline(world: Vectors, run: Run) -> None:
    chosen = ("--suite", "demo-world,wordsim353")
    out = run(*chosen, "--json")[1]
    Path("old.json").write_text(out)
    gate = ("--baseline", "old.json", "--fail-under", "1")
    assert run(*chosen, *gate)[0] == 0
    better = json.loads(out)
    was = better["files"][0]["suites"][1]["score"]["value"]
    better["files"][0]["suites"][1]["score"]["value"] = was + 0.02
    Path("old.json").write_text(json.dumps(better))
    code, _, err = run(*chosen, *gate)
    assert code == 3
    assert f"wordsim353 of vectors.bin is {was:.4f}, and was {was + 0.02:.4f}" in err
    assert run(*chosen, "--baseline", "old.json", "--fail-under", "2.1")[0] == 0
    assert run("--suite", "demo-world", *gate)[0] == 0  # what is not evaluated cannot have fallen
    code, _, err = run(*chosen, *gate, "--restrict-vocab", "50")
    assert (code, "by other rules" in err) == (1, True)
    assert run(*chosen, "--baseline", "old.json")[0] == 2
    assert run("vectors.bin", "reversed.safetensors", *chosen, *gate)[0] == 2
    for text in ("{", "[]", '{"schema": "w2v.info/1"}'):
        Path("old.json").write_text(text)
        code, _, err = run(*chosen, *gate)
        assert (code, "old.json is no" in err) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("reversed.safetensors",), ("reversed.safetensors", "--replicates")])
def test_tables_are_whole_in_80_columns(
    world: Vectors, on_a_terminal: Callable[..., list[str]], options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not options:
        monkeypatch.setenv("COLUMNS", "78")
    lines = on_a_terminal("eval", "vectors.bin", *options, "--suite", "demo-world,wordsim353", "--conventions", "-q")
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines)
    cells = {cell.strip() for line in lines for cell in line.split("   ")}
    if not options:
        assert {"3CosMul", "PairDirection", "nearest to c"} <= cells
    elif len(options) == 1:
        assert "reversed.safetensors − vectors.bin, in points" in " ".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("sets", ["--suite wordsim353,geometry", "--pairs pairs.csv"])
@pytest.mark.parametrize("output_format", ["table", "json", "markdown", "html"])
def test_conventions_without_analogies(
    world: Vectors, run: Run, sets: str, output_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the command line the option is refused before the vectors are read; as a default it has nothing to show."""
    Path("pairs.csv").write_text(f"{world.words[0]},{world.words[1]},1\n{world.words[2]},{world.words[3]},2\n")
    chosen = (*sets.split(), "--format", output_format)
    code, out, err = run("absent.bin", *chosen, "--conventions", "--report", "out.html")
    assert (code, out) == (2, "")
    assert "no set of analogies was chosen" in err
    assert "Hint: add '--suite google-analogies' or '--analogies FILE'" in err
    expected = run("vectors.bin", *chosen)
    monkeypatch.setenv("W2V_CONVENTIONS", "true")
    found = run("vectors.bin", *chosen, "--report", "out.html")
    assert (found[0], found[2]) == (0, "wrote out.html: {:,} bytes\n".format(Path("out.html").stat().st_size))
    seen = [re.sub("Command: [^\n<]*|\n+Every single question[^\n]*", "", out) for out in (found[1], expected[1])]
    assert seen[0] == seen[1]  # who has the page needs no hint at it


def test_a_check_that_would_check_nothing_is_refused(world: Vectors, run: Run) -> None:
    code, out, err = run("absent.bin", "--suite", "geometry", "--check", "gensim")
    assert (code, out) == (2, "")
    assert "--check gensim is for sets of analogies and of rated pairs, and none was chosen" in err


@pytest.mark.slow
def test_comparison_conventions_and_replicates(world: Vectors, run: Run) -> None:
    chosen = ("vectors.bin", "reversed.safetensors", "--suite", "demo-world,wordsim353")
    code, out, _ = run(*chosen, "--conventions")
    assert code == 0
    assert "Comparison, on the questions that every file can answer" in out
    assert "reversed.safetensors − vectors.bin, in points" in out
    assert out.count("3CosAdd: ") == 2
    found = json.loads(run(*chosen, "--json")[1])
    assert [each["suite"] for each in found["studies"]["comparison"]] == ["demo-world", "wordsim353"]
    assert all(each["differences"][0]["adjusted"] == 1.0 for each in found["studies"]["comparison"])
    code, out, _ = run(*chosen, "--replicates", "--json")
    assert json.loads(out)["studies"]["replicates"]["scores"][0]["sd"] == 0
    assert json.loads(out)["studies"]["replicates"]["bands"][0]["overlap"] == 1
    assert "Spread of 2 seeds" in run(*chosen, "--replicates")[1]
    assert run("vectors.bin", "--replicates")[0] == 2


@pytest.mark.slow
@pytest.mark.parametrize("output_format", ["table", "json", "html"])
def test_replicates_are_seeds_of_one_model(world: Vectors, run: Run, output_format: str) -> None:
    """The mean of two models would be no result at all; what cannot be known is said."""
    for name, model, seed in (("a", "sgns", 1), ("b", "sgns", 2), ("c", "glove", 3)):
        record = RunRecord(model, {"dim": world.dim, "seed": seed})
        vector_files.write(Vectors(world.words, world.matrix, record=record), f"{name}.safetensors")
    chosen = ("--replicates", "--suite", "wordsim353", "--format", output_format)
    assert run("a.safetensors", "b.safetensors", *chosen)[::2] == (0, "")
    code, out, err = run("a.safetensors", "b.safetensors", "c.safetensors", *chosen, "--report", "out.html")
    assert (code, out, Path("out.html").exists()) == (2, "", False)
    assert "Error: the files differ in more than their seeds: model is glove in c.safetensors and sgns in a.s" in err
    code, out, err = run("a.safetensors", "vectors.bin", *chosen)
    assert (code, bool(out)) == (0, True)
    assert err == "Warning: without a run record it cannot be checked that only the seeds differ: vectors.bin\n"


def test_a_group_says_what_is_not_here(world: Vectors, run: Run) -> None:
    out = run("--suite", "similarity")[1]
    assert "Not on this computer, and left out: wordsim353-sim" in out
    mixed = json.loads(run("--suite", "outliers,wordsim353", "--json")[1])
    assert mixed["files"][0]["missing"] == ["outliers-888"]
    code, _, err = run("--suite", "men")
    assert (code, "'w2v data get men'" in err) == (1, True)


@pytest.mark.parametrize(
    ("suite", "error", "cure"),
    [
        ("bilingual", "xling-en-de is not on this computer", "Hint: 'w2v data get xling-en-de'"),
        ("in-context", "wic, scws-first are not on this computer", "w2v cannot download: name the folder"),
        ("bilingual,in-context", "xling-en-de, wic, scws-first are", "of xling-en-de: 'w2v data get"),
    ],
)
def test_a_group_of_which_nothing_is_here_is_an_error(
    world: Vectors, run: Run, suite: str, error: str, cure: str
) -> None:
    code, out, err = run("--suite", suite)
    assert (code, out) == (1, "")
    assert f"Error: there is nothing to score: {error}" in " ".join(err.split())
    assert cure in " ".join(err.split())
    assert run("--suite", f"{suite},wordsim353")[0] == 0
