"""What a toy must show once it is in the tree: commands of w2v, run as a user runs them. Copying: copying.py."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hardening.toys.copying import Copy

__all__ = ["CONFORMANCE", "SHOWS", "Desk"]

CONFORMANCE = {
    "model": ("tests/training/test_conformance.py",),
    "format-file": ("tests/formats/test_conformance.py", "tests/formats/test_docs.py"),
    "format-folder": ("tests/formats/test_conformance.py", "tests/formats/test_docs.py"),
    "task": ("tests/evaluation/test_conformance.py", "tests/evaluation/test_schema.py"),
    "study": ("tests/evaluation/test_conformance.py", "tests/evaluation/test_schema.py"),
    "set": ("tests/data/test_manifest.py",),
    "command": ("tests/cli/test_help.py",),
}
"""The tests that judge a kind, besides tests/test_architecture.py."""

PEER = """
import sys
flags = dict(zip(sys.argv[1::2], sys.argv[2::2]))
words = sorted(set(open(flags["-train"]).read().split()))
with open(flags["-output"], "w") as file:
    file.write(f"{len(words)} 2\\n")
    file.writelines(f"{word} {number} 1\\n" for number, word in enumerate(words))
"""


class Desk:
    """A folder with a corpus and vectors, in which commands of the copy's w2v are run."""

    def __init__(self, copy: Copy, folder: Path) -> None:
        from w2v.demo import generate

        self.copy, self.folder = copy, folder / "desk"
        self.folder.mkdir()
        (self.folder / "corpus.txt").write_bytes(generate(1, sentences=12_000).text)
        self.w2v("train", "corpus.txt", "--model", "glove", "--epochs", "2", "--dim", "10", "-o", "vectors.bin")

    def w2v(self, *arguments: str, code: int = 0) -> str:
        """Run a command of w2v; return its results. Fails where it does not end with that exit code."""
        done = self.start(*arguments)
        out, err = done.communicate()
        assert done.returncode == code, f"w2v {' '.join(arguments)} gave {done.returncode}: {err[-2000:]}"
        return out

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of w2v."""
        return subprocess.Popen(
            [sys.executable, "-m", "w2v", *arguments],
            cwd=self.folder,
            env=self.copy.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def everywhere(self, name: str, *command: str) -> Iterator[str]:
        """Find a text in what a reading command prints on the terminal, as JSON, in Markdown and on a page."""
        for form in ("table", "json", "markdown", "html"):
            said = self.w2v(*command, "--format", form)
            assert name in said, f"{name!r} is not in {form} of w2v {' '.join(command)}:\n{said[:2000]}"
            yield {"table": "terminal", "json": "JSON", "markdown": "Markdown", "html": "HTML"}[form]


def model(desk: Desk) -> Iterator[str]:
    """Help, training, what a file says of its run, stop and resume, and `w2v bench`."""
    title = "toy: a toy that shows how little"
    for command in ("train", "bench"):
        assert title in " ".join(desk.w2v(command, "--help").split())
        yield f"help of {command}"
    settings = ("--model", "toy", "--epochs", "12", "--pull", "0.05")
    desk.w2v("train", "corpus.txt", *settings, "-o", "whole.safetensors")
    yield from desk.everywhere("toy", "info", "whole.safetensors")
    shutil.copy(desk.folder / "whole.safetensors", desk.folder / "trained.safetensors")
    _stop(desk, *settings)
    desk.w2v("train", "--resume", "-o", "stopped.bin")
    desk.w2v("convert", "whole.safetensors", "whole.bin")
    assert (desk.folder / "stopped.bin").read_bytes() == (desk.folder / "whole.bin").read_bytes()
    yield "stop and resume"
    (desk.folder / "peer.py").write_text(PEER)
    peer = f"other={sys.executable} peer.py"
    reports = [word for suffix in ("md", "html", "json") for word in ("--report", f"bench.{suffix}")]
    table = desk.w2v("bench", "corpus.txt", *settings, "--repeat", "1", "--peer", peer, *reports)
    assert "other" in table
    assert json.loads((desk.folder / "bench.json").read_text("utf-8"))["settings"]["model"] == "toy"
    assert all("other" in (desk.folder / f"bench.{suffix}").read_text("utf-8") for suffix in ("md", "html"))
    yield "bench, with a peer"


def _stop(desk: Desk, *settings: str) -> None:
    """Press Ctrl-C in the second epoch or later."""
    log = desk.folder / "run.jsonl"
    run = desk.start("train", "corpus.txt", *settings, "-o", "stopped.bin", "--log", str(log))
    while run.poll() is None and not (log.exists() and "epoch 2/" in log.read_text("utf-8")):
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate()
    assert run.returncode == 130, err[-2000:]
    assert (desk.folder / "stopped.bin.checkpoint").is_dir()


def format_file(desk: Desk) -> Iterator[str]:
    """Help, convert there and back, verify, info, and any command that reads vectors."""
    yield from _format(desk, "toy-lines", ".toy")


def format_folder(desk: Desk) -> Iterator[str]:
    """The same as a format of one file."""
    yield from _format(desk, "toy-folder", ".toys")


def _format(desk: Desk, name: str, suffix: str) -> Iterator[str]:
    for command in ("convert", "train"):
        assert suffix in desk.w2v(command, "--help")
        yield f"help of {command}"
    desk.w2v("convert", "vectors.bin", f"there{suffix}")
    desk.w2v("convert", f"there{suffix}", f"back{suffix}.bin")
    assert (desk.folder / f"back{suffix}.bin").read_bytes() == (desk.folder / "vectors.bin").read_bytes()
    yield "convert there and back"
    assert json.loads(desk.w2v("verify", f"there{suffix}", "--json"))["files"][0]["format"] == name
    yield "verify"
    yield from (f"info: {place}" for place in desk.everywhere(name, "info", f"there{suffix}"))
    desk.w2v("similar", "king", "-m", f"there{suffix}")
    yield "similar -m"


def task(desk: Desk) -> Iterator[str]:
    """Help, all forms of output, the JSON Schema, a gate that is passed and one that is not."""
    assert "--toys FILE" in desk.w2v("eval", "--help")
    yield "help"
    (desk.folder / "few.txt").write_text("king\nqueen\nman\nwoman\nnobody-knows-this\n")
    asked = ("eval", "vectors.bin", "--toys", "few.txt")
    yield from desk.everywhere("few", *asked)
    yield from _fits_the_schema(desk, *asked)
    desk.w2v(*asked, "--min", "few=0")
    desk.w2v(*asked, "--min", "few.coverage=0.9", code=3)
    yield "--min"


def study(desk: Desk) -> Iterator[str]:
    """Help, all forms of output, and the JSON Schema."""
    assert "--count" in desk.w2v("eval", "--help")
    yield "help"
    asked = ("eval", "vectors.bin", "--suite", "wordsim353", "--count")
    for form, name in (("table", "terminal"), ("markdown", "Markdown"), ("html", "HTML")):
        assert "Counted" in desk.w2v(*asked, "--format", form)
        yield name
    assert json.loads(desk.w2v(*asked, "--json"))["studies"]["count"] == 1
    yield "JSON"
    yield from _fits_the_schema(desk, *asked)


def _fits_the_schema(desk: Desk, *asked: str) -> Iterator[str]:
    from jsonschema import Draft202012Validator

    schema = json.loads((desk.copy.folder / "w2v" / "evaluation" / "results.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(desk.w2v(*asked, "--json")))
    yield "JSON Schema"


def evaluation_set(desk: Desk) -> Iterator[str]:
    """The list of sets, and its scores."""
    assert "toy-pairs" in desk.w2v("data", "list")
    yield "data list"
    yield from desk.everywhere("toy-pairs", "eval", "vectors.bin", "--suite", "toy-pairs")
    desk.w2v("eval", "vectors.bin", "--suite", "toy-pairs", "--min", "toy-pairs=-1")
    yield "--min"
    assert "toy-pairs" in desk.w2v("eval", "vectors.bin", "--suite", "similarity", "--json")
    yield "its group"


def command(desk: Desk) -> Iterator[str]:
    """The list of commands, its own help, the error for a misspelling, and all forms of output."""
    assert "toy " in desk.w2v("--help")
    assert "Count the letters of words." in desk.w2v("toy", "--help")
    yield "help"
    yield from desk.everywhere("king", "toy", "king", "-m", "vectors.bin")
    assert desk.w2v("toy", "king", "-m", "vectors.bin", "--format", "csv").splitlines()[1] == "king,king,4"
    yield "CSV"


SHOWS: dict[str, Callable[[Desk], Iterator[str]]] = {
    "model": model,
    "format-file": format_file,
    "format-folder": format_folder,
    "task": task,
    "study": study,
    "set": evaluation_set,
    "command": command,
}
