"""What lies around a run and does not come from its user: files of others, settings of a checkout, terminals."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import numpy as np
import pytest

import w2v
from w2v.cli import main
from w2v.cli.options import Session
from w2v.cli.output import Result, emit
from w2v.cli.progress import ConsoleProgress, console_progress
from w2v.errors import OutputError
from w2v.formats import check_output, write
from w2v.formats.registry import suffixes
from w2v.vectors import Vectors

EVIL = "a\x1b]0;title\x07\u202ecod\u2066\x9b31m\u2028z"
RAW = set("\x1b\x07\u202e\u2066\x9b\u2028")
TRAIN = "--threads 1 --epochs 1 --dim 8 --min-count 1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("c.txt").write_text("a b c d e\nb c a e d\n" * 200)
    return tmp_path


def vectors() -> Vectors:
    return Vectors(["a", "b", "c"], np.arange(24, dtype=np.float32).reshape(3, 8), np.array([3, 2, 1]))


def run(line: str, *more: str) -> int:
    return main([*shlex.split(line), *more])


# Files that are somebody's work


NOT_OURS = [b"my thesis\n", b"milk 2\neggs 12\n", b"name,age\nann,7\n", b"\x89PNG\r\n", b"5 3\nnothing like it\n"]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", suffixes())
@pytest.mark.parametrize("content", NOT_OURS)
def test_vectors_replace_no_file_of_another_kind(
    suffix: str, content: bytes, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = Path(f"v{suffix}")
    target.write_bytes(content)
    assert run(f"train c.txt {TRAIN} -o {target}") == 1
    assert capsys.readouterr().err.splitlines() == [
        f"Error: {target} is a file that holds no vectors, so it is not replaced",
        "Hint: choose another name, or remove that file first",
    ]
    assert target.read_bytes() == content
    write(vectors(), folder / "in.bin")
    assert run(f"convert in.bin {target}") == 1
    assert run(f"demo -o {target}") == 1
    assert target.read_bytes() == content


@pytest.mark.parametrize("old", suffixes())
@pytest.mark.parametrize("new", suffixes())
def test_vectors_of_any_format_and_empty_files_are_replaced(old: str, new: str, folder: Path) -> None:
    write(vectors(), folder / f"old{old}")
    os.rename(f"old{old}", f"v{new}")
    check_output(folder / f"v{new}")
    Path(f"v{new}").write_bytes(b"")
    check_output(folder / f"v{new}")


def test_counts_replace_no_file_of_another_kind(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody has named that file."""
    beside = Path("a.bin.vocab.txt")
    beside.write_text("my notes\n")
    assert run(f"train c.txt {TRAIN} -o a.bin") == 1
    message = "the counts of words would replace a.bin.vocab.txt, which holds something else"
    assert capsys.readouterr().err.startswith(f"Error: {message}\nHint: choose another name than a.bin, or remove")
    with pytest.raises(OutputError, match=message):
        w2v.save(vectors(), "a.bin")
    assert (beside.read_text(), Path("a.bin").exists()) == ("my notes\n", False)
    beside.write_text("a 7\nb 5\n")
    assert run(f"train c.txt {TRAIN} -o a.bin") == 0


def test_a_kept_matrix_replaces_no_file_of_another_kind(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.cooc").write_text("mine\n")
    line = f"train c.txt {TRAIN} --model glove -o a.bin --keep-cooccurrences m.cooc"
    assert run(line) == 1
    assert "m.cooc is a file that holds no co-occurrences, so it is not replaced" in capsys.readouterr().err
    assert Path("m.cooc").read_text() == "mine\n"
    Path("m.cooc").unlink()
    assert run(line) == 0
    assert Path("m.cooc").stat().st_mode & 0o777 == 0o600  # it tells nearly all of the text
    assert run(line) == 0


def test_a_demo_replaces_no_text_of_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("d.txt").write_text("the king of my own words\n")
    assert run("demo --corpus d.txt") == 1
    assert "--corpus d.txt would replace a file that is not a text of w2v demo" in capsys.readouterr().err
    from w2v.demo import generate

    assert generate(1, 500).resembles(generate(2, 500).text[:4000])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("index.html", "<!doctype html>\n<title>my page</title>"),
        ("r.md", "# My notes\n"),
        ("r.json", '{"schema": "mine"}'),
        ("r.jsonl", '{"a": 1}\n'),
        ("r.csv", "name,age\nann,7\n"),
        ("r.tsv", "name\tage\nann\t7\n"),
    ],
)
def test_reports_replace_only_reports(
    name: str, content: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(vectors(), folder / "v.safetensors")
    Path("pairs.csv").write_text("a,b,1\na,c,2\nb,c,3\n")
    Path(name).write_text(content)
    line = f"eval v.safetensors --pairs pairs.csv --report {name}"
    assert run(line) == 1
    assert f"--report {name} would replace a file that is no report of w2v" in capsys.readouterr().err
    assert Path(name).read_text() == content
    Path(name).unlink()
    assert [run(line), run(line)] == [0, 0]


# Settings that lie around


@pytest.mark.parametrize(
    ("command", "setting", "value"),
    [
        ("train c.txt", "output", '["../x.bin"]'),
        ("train c.txt", "output", '["/tmp/x.bin"]'),
        ("train c.txt", "output", '["inside/../../x.bin"]'),
        ("train c.txt", "output", '["out/x.bin"]'),  # a link that leads outside
        ("train c.txt", "cache_dir", '"../cache"'),
        ("train c.txt", "keep_cooccurrences", '"../m"'),
        ("train c.txt", "log", '"../log"'),
        ("eval v.bin", "report", '["../r.html"]'),
        ("bench c.txt", "report", '["../r.html"]'),
        ("demo", "corpus", '"../d.txt"'),
        ("demo", "output", '["../d.bin"]'),
    ],
)
@pytest.mark.parametrize("origin", ["pyproject.toml", "run.toml"])
def test_a_file_of_settings_names_no_output_outside(
    command: str, setting: str, value: str, origin: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("out").symlink_to(folder.parent)
    table = command.split()[0]
    prefix = "tool.w2v." if origin == "pyproject.toml" else ""
    Path(origin).write_text(f"[{prefix}{table}]\n{setting} = {value}\n")
    config = [] if prefix else ["--config", origin]
    assert run(command, *config) == 2
    error = capsys.readouterr().err
    assert "outside of the current folder" in error
    assert f"name it on the command line: --{setting.replace('_', '-')}" in error


def test_a_file_of_settings_runs_no_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text('[tool.w2v.bench]\npeer = ["x=touch owned"]\n')
    assert run("bench c.txt") == 2
    assert "names a command, which a file of settings cannot have run" in capsys.readouterr().err
    assert not Path("owned").exists()


# Terminals


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, line: str, *more: str) -> str:
    """What a command prints on a terminal."""
    stream = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        assert run(line, *more) == 0
    return stream.getvalue()


@pytest.fixture
def context() -> Iterator[click.Context]:
    with click.Context(click.Command("probe"), obj=Session()) as found:
        yield found


def evil_vectors(folder: Path) -> Path:
    write(Vectors([EVIL, "b", "c"], np.eye(3, dtype=np.float32)), folder / "v.safetensors")
    return folder / "v.safetensors"


@pytest.mark.parametrize("output_format", ["table", "csv", "tsv", "json", "jsonl", "markdown", "html"])
def test_no_character_steers_a_terminal(output_format: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil_vectors(folder)
    out = shown(monkeypatch, "similar b -m v.safetensors --color never --format", output_format)
    assert not RAW & set(out)
    assert "202e" in out


@pytest.mark.parametrize("output_format", ["csv", "tsv", "json", "jsonl"])
def test_in_a_pipe_words_are_whole(output_format: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil_vectors(folder)
    assert run("similar b -m v.safetensors --format", output_format) == 0
    out = capsys.readouterr().out
    if output_format == "json":
        found = {near["word"] for query in json.loads(out)["results"] for near in query["neighbours"]}
    elif output_format == "jsonl":
        found = {json.loads(line)["word"] for line in out.split("\n") if line}
    else:
        found = {
            row["word"] for row in csv.DictReader(io.StringIO(out), delimiter="\t" if "t" in output_format else ",")
        }
    assert EVIL in found
    if "json" in output_format:
        assert not RAW & set(out)


def test_progress_errors_and_hints_are_harmless(
    context: click.Context, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = context.ensure_object(Session)
    session.verbose, session.log = True, folder / "log"
    with console_progress() as progress:
        progress.phase(f"reading {EVIL}")
        progress.message(f"wrote {EVIL}")
        progress.message(f"{EVIL} is odd", "warning")
        progress.update(1, loss=EVIL)
    error = capsys.readouterr().err
    assert not RAW & set(error)
    assert error.count("\\u202e") == 3
    assert not RAW & set(Path("log").read_text())
    assert [json.loads(line).get("text") for line in Path("log").read_text().split("\n")[1:2]] == [f"wrote {EVIL}"]
    assert run("info", f"{EVIL}.bin") == 1
    assert not RAW & set(capsys.readouterr().err)


def test_the_line_of_a_terminal_is_harmless(context: click.Context) -> None:
    from rich.console import Console

    from w2v.progress.stream import Line

    progress = ConsoleProgress(Session(), Terminal())
    progress.phase(f"reading {EVIL}")
    assert progress.current is not None
    progress.current.started -= 10
    console = Console(file=io.StringIO(), width=200)
    console.print(Line(progress))
    progress.close()
    assert not RAW & set(console.file.getvalue())  # type: ignore[attr-defined]


def test_settings_are_printed_harmlessly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not RAW & set(shown(monkeypatch, "train", "--show-config", "-o", f"{EVIL}.bin"))


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_cells_that_a_spreadsheet_would_run_are_text_on_request(
    word: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(Vectors([word, "b"], np.array([[1, 2], [-2, 1.5]], dtype=np.float32)), folder / "v.safetensors")
    for flag, expected in ((["--safe-cells"], f"'{word}"), ([], word)):
        assert run("similar b -m v.safetensors --format csv", *flag) == 0
        rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        assert [row["word"] for row in rows] == [expected]
        assert float(rows[0]["cosine"]) < 1  # numbers stay numbers


def test_cells_of_reports_are_safe_too(context: click.Context, capsys: pytest.CaptureFixture[str]) -> None:
    context.meta["w2v.safe_cells"] = True
    emit(Result("w2v.x/1", {}, [{"a": "=1", "b": -1}], lambda: None), "csv")  # type: ignore[arg-type,return-value]
    assert capsys.readouterr().out == "a,b\n'=1,-1\n"


# Extremes


def fails(line: str, capsys: pytest.CaptureFixture[str], *more: str) -> Sequence[str]:
    assert run(line, *more) != 0
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("model", ["sgns", "glove"])
@pytest.mark.parametrize("rate", ["1e-30", "1e-200", "0", "1e30"])
def test_impossible_learning_rates_are_refused(
    model: str, rate: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = fails(f"train c.txt --model {model} --learning-rate {rate}", capsys)
    assert lines[-1] == "Hint: learning_rate must be a number from 1e-09 to 10"


def test_the_least_learning_rates_train_or_say_why_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"train c.txt {TRAIN} --model glove --learning-rate 1e-9 -o glove.bin") == 0
    assert "a larger --learning-rate changes more" in fails(f"train c.txt {TRAIN} --learning-rate 1e-9", capsys)[-1]


@pytest.mark.slow
@pytest.mark.parametrize("length", [236, 240, 245, 251, 300])
def test_names_that_are_too_long_are_refused_before_training(
    length: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(os.listdir())
    for suffix in (".bin", ".safetensors"):
        name = "a" * (length - len(suffix)) + suffix
        code = run(f"train c.txt {TRAIN} -o {name}")
        error = capsys.readouterr().err
        assert (code == 0) == (Path(name).exists() if length <= 255 else False)
        if code:
            assert "file name too long" in error
            assert "Hint: choose a shorter name" in error
            assert "epoch" not in error
            assert sorted(os.listdir()) == before
        else:
            os.unlink(name)
            Path(f"{name}.vocab.txt").unlink(missing_ok=True)


def test_space_is_looked_up_where_a_link_leads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    usage = shutil.disk_usage
    Path("small").mkdir()
    Path("small/link.bin").symlink_to(folder / "there.bin")
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: usage(path)._replace(free=0) if "small" in str(path) else usage(path)
    )
    check_output("small/link.bin", size=1000)
    with pytest.raises(OutputError, match="0 are free there"):
        check_output("small/other.bin", size=1000)


@pytest.mark.slow
def test_a_log_that_nobody_reads_costs_a_line(folder: Path) -> None:
    """The work is done, and the error says what is not."""
    os.mkfifo("log")
    command = f"{sys.executable} -m w2v train c.txt {TRAIN} -o a.bin --log log"
    with subprocess.Popen(shlex.split(command), stderr=subprocess.PIPE, text=True) as process:
        open("log").close()  # a reader that comes and goes
        error = process.communicate(timeout=120)[1]
    assert (process.returncode, Path("a.bin").exists()) == (1, True)
    assert "Error: cannot write log: broken pipe; the log is not whole, the work is done" in error


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_under_help_is_one_line_and_a_cure() -> None:
    for words in ("--help", "--version", "train --help"):
        found = subprocess.run(
            f"{sys.executable} -m w2v {words} > /dev/full", shell=True, capture_output=True, text=True, timeout=60
        )
        assert found.returncode == 1
        assert len(found.stderr.splitlines()) == 2
        assert "no space left on device" in found.stderr
        assert "Hint: " in found.stderr


@pytest.mark.slow
@pytest.mark.parametrize("files", [6, 7, 8, 9, 10])
def test_few_open_files_are_one_line_and_a_true_cure(files: int, folder: Path) -> None:
    resource = pytest.importorskip("resource")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    found = subprocess.run(
        [sys.executable, "-m", "w2v", "train", "c.txt", *TRAIN.split()],
        capture_output=True, text=True, timeout=120, preexec_fn=limit,
    )  # fmt: skip
    assert "this is a bug" not in found.stderr
    assert found.returncode == 0 or "ulimit -n" in found.stderr
