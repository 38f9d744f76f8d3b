"""Exit codes, error lines, colours and streams of the command line, through `main` and through a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

import w2v.cli
from w2v.cli import main
from w2v.cli.options import Command
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.errors import FormatError, GateError, SettingsError, UnknownWordsError
from w2v.report.blocks import Document, Note

FAILURES: dict[str, Callable[[], None]] = {}


@click.command(cls=Command)
@click.argument("failure")
def probe(failure: str) -> None:
    """Fail in the way that is asked for."""
    FAILURES[failure]()


@pytest.fixture(autouse=True)
def with_probe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(w2v.cli, "COMMANDS", ("probe",))
    monkeypatch.setitem(w2v.cli.cli.commands, "probe", probe)
    yield
    FAILURES.clear()


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def w2v_process(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    return subprocess.run(
        [sys.executable, "-m", "w2v", *args], capture_output=True, text=True, env={**clean, **environment}, timeout=60
    )


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (
            FormatError("x.bin is cut short", hint="copy it again"),
            1,
            ["Error: x.bin is cut short", "Hint: copy it again"],
        ),
        (SettingsError("dim is 0"), 2, ["Error: dim is 0"]),
        (GateError("0.24 < 0.25", hint="train longer"), 3, ["Error: 0.24 < 0.25", "Hint: train longer"]),
        (
            UnknownWordsError(["kingg", "x"], {"kingg": ["king"]}, "v.bin (5 words)"),
            1,
            ["Error: 'kingg', 'x' are not in v.bin (5 words)", "Hint: did you mean 'king' for 'kingg'?"],
        ),
        (FormatError("two\nlines"), 1, ["Error: two lines"]),
        (MemoryError("Unable to allocate 7 GiB"), 1, ["Error: not enough memory: Unable to allocate 7 GiB", "Hint: "]),
        (KeyboardInterrupt(), 130, ["", "Interrupted."]),
        (
            KeyError("dim"),
            1,
            ["Error: unexpected KeyError: 'dim'; this is a bug in w2v", "Hint: run again with W2V_DEBUG=1"],
        ),
        (
            OSError(5, "Input/output error"),
            1,
            ["Error: a file or a stream: input/output error", "Hint: check the disk or the device"],
        ),
    ],
)
def test_failures_are_one_line_a_hint_and_a_code(
    error: BaseException, code: int, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    FAILURES["it"] = raising(error)
    assert main(["probe", "it"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    found = err.splitlines()
    assert len(found) == len(lines), err
    for line, expected in zip(found, lines, strict=True):
        assert line.startswith(expected)


def test_debug_shows_the_traceback_and_keeps_the_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    FAILURES["it"] = raising(FormatError("x.bin is cut short"))
    monkeypatch.setenv("W2V_DEBUG", "1")
    assert main(["probe", "it"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Traceback")
    assert err.endswith("Error: x.bin is cut short\n")


@pytest.mark.parametrize(
    ("args", "error", "hint"),
    [
        (["prob", "x"], "No such command 'prob'.", "did you mean 'probe'?"),
        (["nothing-like-it"], "No such command 'nothing-like-it'.", "usage: w2v"),
        (["probe", "--quite", "x"], "No such option '--quite'.", "did you mean '--quiet'?"),
        (["probe", "-x"], "No such option '-x'.", "put '--' before a word that begins with '-'"),
        (["probe"], "Missing argument 'FAILURE'.", "usage: w2v probe [OPTIONS] FAILURE; more with 'w2v probe --help'"),
        (["probe", "--color", "blue", "x"], "Invalid value for '--color'", "usage: w2v probe"),
        (["probe", ""], "an argument is empty", "perhaps it was a shell variable that has no value"),
        (["probe", "x", "--config="], "--config is empty", "perhaps it was a shell variable that has no value"),
        (["probe", "a", "b"], "Got unexpected extra argument (b)", "usage: w2v probe"),
    ],
)
def test_usage_errors(args: list[str], error: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(args) == 2
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert out == ""
    assert first.startswith(f"Error: {error}")
    assert second.startswith("Hint: ")
    assert hint in second


def test_sigterm_is_143_and_the_handler_is_put_back(capsys: pytest.CaptureFixture[str]) -> None:
    FAILURES["it"] = lambda: os.kill(os.getpid(), signal.SIGTERM)
    before = signal.getsignal(signal.SIGTERM)
    assert main(["probe", "it"]) == 143
    assert signal.getsignal(signal.SIGTERM) is before
    assert capsys.readouterr().err == "\nInterrupted.\n"


@pytest.mark.parametrize(
    ("args", "environment", "colours"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {}, False),
        ([], {"W2V_COLOR": "always"}, True),
    ],
)
def test_colours(
    args: list[str],
    environment: dict[str, str],
    colours: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        with console_progress() as progress:
            progress.message("odd", "warning")
        emit(Result("w2v.probe/1", {}, [], lambda: Document.of("", Note(("grey",)))), "table")
        raise FormatError("bad", hint="cure")

    FAILURES["it"] = fail
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["probe", "it", *args]) == 1
    out, err = capsys.readouterr()
    assert ("\x1b[" in out) == colours
    assert (err.count("\x1b[") >= 6) == colours  # Warning, Error, Hint: on and off
    assert click.unstyle(err) == "Warning: odd\nError: bad\nHint: cure\n"


def test_results_and_errors_keep_to_their_streams() -> None:
    version = w2v_process("--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout.startswith("w2v ")
    wrong = w2v_process("--nonsense")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    bare = w2v_process()
    assert (bare.returncode, bare.stdout) == (2, "")
    assert bare.stderr.startswith("Usage: w2v")


def test_a_closed_stderr_is_no_reason_to_fail() -> None:
    command = f'"{sys.executable}" -m w2v simlar 2>&-'
    run = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (2, "")


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_an_expected_failure() -> None:
    script = (
        "import sys, click; from w2v.cli.output import Result, emit\n"
        "import w2v.cli; from w2v.cli.options import Command\n"
        "@click.command(cls=Command)\n"
        "def probe(): emit(Result('w2v.probe/1', {}, [], None), 'json')\n"
        "w2v.cli.cli.add_command(probe); sys.exit(w2v.cli.main(['probe']))\n"
    )
    for redirection, reason in (("> /dev/full", "no space left on device"), (">&-", "standard output is closed")):
        command = f'"{sys.executable}" -c "$0" {redirection}'
        run = subprocess.run(["bash", "-c", command, script], stderr=subprocess.PIPE, text=True, timeout=60)
        assert run.returncode == 1
        first, hint = run.stderr.splitlines()
        assert first == f"Error: cannot print the result: {reason}"
        assert hint.startswith("Hint: ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "options"),
    [
        ("emit(Result('w2v.probe/1', {}, [], lambda: Document.of('x')), 'table')", "[]"),
        ("print_line('x')", "[]"),
        ("pass", "['--show-config']"),
    ],
)
def test_every_result_fails_alike_where_stdout_is_closed(call: str, options: str) -> None:
    script = (
        "import sys, click; from w2v.cli.output import Result, emit, print_line; from w2v.report import Document\n"
        "import w2v.cli; from w2v.cli.options import Command\n"
        "@click.command(cls=Command)\n"
        f"def probe(): {call}\n"
        f"w2v.cli.cli.add_command(probe); sys.exit(w2v.cli.main(['probe', *{options}]))\n"
    )
    command = f'"{sys.executable}" -c "$0" >&-'
    run = subprocess.run(["bash", "-c", command, script], stderr=subprocess.PIPE, text=True, timeout=60)
    assert run.returncode == 1
    assert run.stderr.splitlines()[0] == "Error: cannot print the result: standard output is closed"


@pytest.mark.slow
def test_a_closed_pipe_is_quiet() -> None:
    script = (
        "import sys, click; from w2v.cli.output import Result, emit\n"
        "import w2v.cli; from w2v.cli.options import Command\n"
        "@click.command(cls=Command)\n"
        "def probe(): emit(Result('w2v.probe/1', {}, [{'n': n} for n in range(99999)], None), 'jsonl')\n"
        "w2v.cli.cli.add_command(probe); sys.exit(w2v.cli.main(['probe']))\n"
    )
    command = f'"{sys.executable}" -c "$0" | head -n 1'
    run = subprocess.run(["bash", "-c", command, script], capture_output=True, text=True, timeout=60)
    assert run.stdout == '{"schema": "w2v.probe/1", "n": 0}\n'
    assert run.stderr == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_when_all_is_done_comes_too_late(number: int) -> None:
    script = (
        "import atexit, os, sys; from w2v.cli import main\n"
        f"atexit.register(os.kill, os.getpid(), {int(number)})\n"
        "sys.argv = ['w2v', '--version']; sys.exit(main())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_on_a_full_disk_is_an_error_with_a_cure(option: str) -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run([sys.executable, "-m", "w2v", option], stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 1
    assert "no space left" in ended.stderr
    assert "bug" not in ended.stderr


def test_what_cannot_be_told_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text("2 2\na 1 0\nb 0 1\n")
    command = [sys.executable, "-m", "w2v", "convert", "-v", str(tmp_path / "v.txt"), str(tmp_path / "v.bin")]
    with open("/dev/full", "w") as full:
        assert subprocess.run(command, stderr=full).returncode == 0
    assert (tmp_path / "v.bin").is_file()


def test_long_errors_break_at_blanks_on_a_terminal_and_keep_commands_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = "w2v train corpus.txt --output vectors.safetensors"
    error = SettingsError("word " * 30, hint=f"a command that somebody will paste stands in one line: '{command}'")
    FAILURES["it"] = raising(error)
    assert main(["probe", "it"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["probe", "it"]) == 2
    lines = click.unstyle(capsys.readouterr().err).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert " ".join(lines[:2]) == f"Error: {('word ' * 30).strip()}"
    assert f"'{command}'" in lines[-1]
