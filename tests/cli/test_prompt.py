"""`w2v ask`: lines from a file, and what a person types at a prompt, through a pseudo-terminal."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import re
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import formats as vector_files
from w2v.cli import main
from w2v.cli.pairs import split
from w2v.vectors import Vectors

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def script(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run lines as a script; return the exit code, and what was printed on stdout and stderr."""

    def run(*lines: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        code = main(["ask", *options])
        return code, *capsys.readouterr()

    return run


def outputs(*commands: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    for command in commands:
        assert main(command) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("king", ("similar", "king")),
        ("king queen -n 3", ("similar", "king", "queen", "-n", "3")),
        ("KING", ("similar", "KING")),
        ("{cat dog}", ("similar", "{cat dog}")),
        ("東京", ("similar", "東京")),
        ("king - man + woman", ("analogy", "king - man + woman")),
        ("king -man +woman -n 3", ("analogy", "king - man + woman", "-n", "3")),
        ("king-man+woman --method 3cosmul", ("analogy", "king-man+woman", "--method", "3cosmul")),
        ("king − man + woman", ("analogy", "king", "−", "man", "+", "woman")),
        ("'king - man + woman' -n 2", ("analogy", "king - man + woman", "-n", "2")),
        ("analogy king man woman", ("analogy", "king", "man", "woman")),
        ("similar 'king - man + woman'", ("similar", "king - man + woman")),
        ("similar king -n 2 --json", ("similar", "king", "-n", "2", "--json")),
        ("similarity cat dog", ("similarity", "cat", "dog")),
        ("similarity --matrix cat dog king", ("similarity", "--matrix", "cat", "dog", "king")),
        ("odd-one-out breakfast lunch dinner paris", ("odd-one-out", "breakfast", "lunch", "dinner", "paris")),
        ("vector cat --format csv", ("vector", "cat", "--format", "csv")),
        ("why king queen -n 3", ("why", "king", "queen", "-n", "3")),
        ("info", ("info",)),
        ("help similar", ("similar", "--help")),
    ],
)
def test_a_line_answers_as_the_command_does(
    script: Any, line: str, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    expected = outputs(command, capsys=capsys)
    assert expected
    code, out, _ = script(line)
    assert (code, out) == (0, expected)


def test_errors_do_not_end_a_script_and_give_its_exit_code(script: Any) -> None:
    code, out, err = script(
        "similar kign --json", "", "# a comment", "vector cat --cols", "vector cat --json", "quit", "king"
    )
    assert code == 1
    assert json.loads(out)["words"][0]["word"] == "cat"
    first, hint, second, _ = err.splitlines()
    assert first == "Error: line 1: 'kign' is not in vectors.safetensors (22 words)"
    assert hint.startswith("Hint: did you mean 'king'")
    assert "No such option" in second
    assert script("exit", "kign")[0] == 0
    assert script()[0] == 0


def test_commands_of_the_shell_and_help(script: Any) -> None:
    code, out, err = script("help eval", "?", "w2v similar king -n 1 --json", "quit()", "nothing")
    assert (code, err) == (0, "")
    assert "Usage: w2v eval" in out
    assert "List the words nearest to a word." in out
    assert '"query": "king"' in out
    code, out, err = script("train x.txt", "eval", "help nosuch", "similar", "similar king --dim 3")
    assert (code, out) == (2, "")
    said = err.splitlines()
    assert said[0] == "Error: line 1: the command train is not for the prompt"
    assert said[1].startswith("Hint: run it in the shell: w2v train x.txt; quit leaves")
    assert said[2] == "Error: line 2: the command eval is not for the prompt"
    assert said[4] == "Error: line 3: there is no command 'nosuch'"
    assert said[7] == "Hint: usage: similar [OPTIONS] WORD...; more with 'help similar'"
    assert said[9].endswith("see 'help similar'")


def test_rows_of_a_script_name_their_question(script: Any) -> None:
    _, out, _ = script("king - man + woman", options=("--format", "csv", "-n", "1"))
    assert out.splitlines()[0].startswith("query,rank,word")
    assert all(row.startswith("king - man + woman,") for row in out.splitlines()[1:])


def test_a_word_of_which_nothing_is_there(script: Any) -> None:
    code, out, err = script("don't", '"not closed', "l'homme")
    assert (code, out) == (1, "")
    assert [line for line in err.splitlines() if line.startswith("Error")] == [
        'Error: line 1: "don\'t" is not in vectors.safetensors (22 words)',
        "Error: line 2: cannot read '\"not closed': the quote \" is not closed, at character 1",
        'Error: line 3: "l\'homme" is not in vectors.safetensors (22 words)',
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a  b\tc\n", ["a", "b", "c"]),
        ("'a b' \"c d\" {e f} don't", ["a b", "c d", "{e f}", "don't"]),
        (r'"a \" b"', ['a " b']),
        ("--corpus='a b.txt' x", ["--corpus=a b.txt", "x"]),
        ("'a", ["'a"]),
        ('"a"b', ['"a"b']),
        ("", []),
    ],
)
def test_how_a_line_is_cut(line: str, words: list[str]) -> None:
    assert split(line) == words


def test_options_of_ask_hold_for_every_line(script: Any, capsys: pytest.CaptureFixture[str]) -> None:
    expected = outputs(
        ("similar", "cat", "-n", "2", "--json", "--limit", "15"),
        ("similar", "cat", "-n", "3", "--json", "--limit", "15"),
        ("similarity", "cat", "dog", "--format", "csv", "--limit", "15"),
        capsys=capsys,
    )
    lines = ("cat", "cat -n 3", "similarity cat dog --format csv")
    code, out, _ = script(*lines, options=("-n", "2", "--json", "--limit", "15"))
    assert (code, out) == (0, expected)


def test_several_files_side_by_side(script: Any, vectors: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    vector_files.write(Vectors(vectors.words, -vectors.matrix[::-1]), "other.bin")
    files = ("-m", "vectors.safetensors", "-m", "other.bin")
    expected = outputs(
        ("similar", "cat", *files),
        ("analogy", "king - man + woman", *files),
        ("why", "king", "queen", *files[:2]),
        capsys=capsys,
    )
    code, out, _ = script("cat", "king - man + woman", "why king queen", options=files)
    assert (code, out) == (0, expected)
    assert script("similar cat -m other.bin", options=files)[1] == outputs(
        ("similar", "cat", "-m", "other.bin"), capsys=capsys
    )


def test_the_file_is_read_once_and_again_when_it_has_changed(
    script: Any, vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = vector_files.read

    def counted(path: Any, **options: Any) -> Vectors:
        read.append(str(path))
        return original(path, **options)

    monkeypatch.setattr("w2v.formats.read", counted)
    assert script("cat", "king", "similarity cat dog", "why king queen")[0] == 0
    assert read == ["vectors.safetensors"]
    script("cat", "similar cat --limit 15", "similar dog --limit 15", "king")
    assert read == ["vectors.safetensors"] * 3


def test_no_vectors_is_said_at_once(script: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = script("king", options=("-m", "none.bin"))
    assert (code, out) == (1, "")
    assert "none.bin" in err


class Session:
    """`w2v ask` in a pseudo-terminal."""

    def __init__(self, home: Path, *options: str) -> None:
        self.master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "XDG_CACHE_HOME": str(home), "NO_COLOR": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "w2v", "ask", *options],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
        )
        os.close(slave)
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C until a new prompt is there.

        Python's prompt notices a signal while it waits for a key, and not while it shows one: a Ctrl-C in that
        moment is noticed with the next key.
        """
        for _ in range(10):
            self.type("\x03")
            with contextlib.suppress(AssertionError):
                self.wait_for(r"w2v> $", seconds=3)
                return
        raise AssertionError("no new prompt came after Ctrl-C")

    def wait_for(self, pattern: str, seconds: float = 30) -> str:
        """Read until the new output has the pattern; return it."""
        new, end = "", time.monotonic() + seconds
        while not re.search(pattern, new):
            assert time.monotonic() < end, f"{pattern!r} did not come: {new!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    new += os.read(self.master, 4096).decode(errors="replace")
                except OSError:  # the terminal is closed
                    break
        self.seen += new
        return new

    def end(self) -> int:
        code = self.process.wait(20)
        os.close(self.master)
        return code


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def prompt(home: Path) -> Iterator[Any]:
    sessions: list[Session] = []

    def begin(*options: str) -> Session:
        sessions.append(Session(home, *options))
        sessions[-1].wait_for("w2v> ")
        return sessions[-1]

    yield begin
    for session in sessions:
        if session.process.poll() is None:
            session.process.kill()
            session.process.wait()


@pytest.mark.slow
def test_a_person_at_the_prompt(prompt: Any, home: Path) -> None:
    session = prompt("-n", "2")
    assert "22 words × 12 dimensions" in session.seen
    session.type("king\n")
    assert "rank" in session.wait_for(r"w2v> $")
    session.type("kingg\n")
    assert "did you mean 'king'" in session.wait_for(r"w2v> $")
    time.sleep(0.5)  # readline is ready a little after its prompt is there
    session.type("king - wom")
    session.wait_for("wom")
    session.interrupt()  # Ctrl-C begins a new line
    time.sleep(2)  # longer than a signal may wait to be noticed
    session.type("simil")
    session.type("\t")
    session.wait_for("ar")
    session.interrupt()
    session.type("similarity breakf\t lun\t\n")
    assert "breakfast and lunch" in session.wait_for(r"euclidean[^>]*w2v> $")
    session.type("\x04")
    assert session.end() == 0
    file = home / "w2v" / "ask" / "history"
    typed = [line.rstrip() for line in file.read_text().splitlines()]
    assert typed == ["king", "kingg", "similarity breakfast lunch"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    again = prompt()
    again.type("\x1b[A\n")  # the line before
    again.wait_for(r"euclidean[^>]*w2v> $")
    again.type("quit\n")
    assert again.end() == 0


@pytest.mark.slow
def test_no_history_and_a_signal(prompt: Any, home: Path) -> None:
    session = prompt("--no-history")
    session.type("cat\n")
    session.wait_for(r"w2v> $")
    session.process.send_signal(signal.SIGTERM)
    session.wait_for("Interrupted")
    assert session.end() == 143
    assert not (home / "w2v" / "ask").exists()


@pytest.mark.slow
def test_ctrl_c_while_it_works(prompt: Any, vectors: Vectors, tmp_path: Path) -> None:
    """A text that takes long is given up, and the prompt goes on."""
    rng = np.random.default_rng(1)
    line = " ".join(rng.choice([word for word in vectors.words if word != "-dash"], 50_000)) + "\n"
    Path("long.txt").write_text(line * 100)
    session = prompt()
    os.mkfifo("pipe")
    session.type("why king queen --corpus pipe --tokenizer whitespace\n")
    time.sleep(3)  # nobody writes to the pipe
    session.type("\x03")
    assert "Interrupted" in session.wait_for(r"Interrupted[^>]*w2v> $")
    session.type("why king queen --corpus long.txt --tokenizer whitespace -n 3\n")
    session.wait_for(r"Quotes[^>]*w2v> $")
    session.type("\x04")
    assert session.end() == 0


def test_without_readline(script: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A Python without readline still has a prompt."""
    from w2v.cli import line_reader

    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setitem(sys.modules, "readline", None)
    monkeypatch.setattr("sys.stdin", Keyboard("cat --json\n"))
    assert line_reader.is_prompt()
    assert main(["ask"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["results"][0]["query"] == "cat"
    assert "w2v> " in err
