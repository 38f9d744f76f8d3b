"""--report and the formats of reports: as on standard output, whole or absent, refused before the work begins."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.test_bench import REPORT

import w2v.bench
from w2v.cli import main

Run = Callable[..., tuple[int, str, str]]
PAIRS = "king,queen,9\nman,woman,8\ncat,dog,7\nbank,cat,1\nparis,france,6\nberlin,germany,6.5\n"
ENDINGS = {".html": "html", ".md": "markdown", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".tsv": "tsv"}


def unsigned(text: str) -> str:
    """A page or Markdown without the command that made it."""
    return re.sub(r"Command: [^\n<]*", "Command", text)


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    Path("pairs.csv").write_text(PAIRS)

    def run(*args: str) -> tuple[int, str, str]:
        code = main(list(args))
        return code, *capsys.readouterr()

    return run


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [("eval", "--pairs", "pairs.csv"), ("bias", "--test", "names"), ("bias", "doctor", "nurse"), ("bench", "a.txt")],
)
def test_a_file_holds_what_would_be_printed(
    run: Run, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every format, several at once, while the table is printed as ever."""
    monkeypatch.setattr(w2v.bench, "bench", lambda *_, **__: REPORT)
    Path("a.txt").write_text("text")
    files = [f"out{ending.upper() if ending == '.md' else ending}" for ending in ENDINGS]
    options = [word for file in files for word in ("--report", file)]
    code, table, err = run(*command, *options)
    assert code == 0
    hint = re.compile("\n+Every single question[^\n]*")  # who has the page needs no hint at it
    assert hint.sub("", table) == hint.sub("", run(*command)[1])
    for file, output_format in zip(files, ENDINGS.values(), strict=True):
        printed, written = run(*command, "--format", output_format)[1], Path(file).read_text("utf-8")
        assert unsigned(written) == unsigned(printed)
        assert f"wrote {file}: {len(written.encode()):,} bytes\n" in err
    assert sorted(path.name for path in Path().iterdir()) == sorted(
        [*files, "a.txt", "pairs.csv", "vectors.safetensors"]
    )


@pytest.mark.parametrize(
    ("options", "code", "message", "hint"),
    [
        (["--report", "out.pdf"], 2, "--report out.pdf: no format has that ending", "use .html, .md, .json"),
        (["--report", "out"], 2, "--report out: no format has that ending", "use .html"),
        (["--report", "absent/out.html"], 1, "cannot write absent/out.html", "create the folder first"),
        (["--report", "x.html", "--report", "./x.html"], 2, "--report names x.html twice", "name it once"),
        (["--report", "pairs.csv"], 2, "--report pairs.csv would replace a file that is read", "another name"),
        (["--report", "x.json", "--log", "x.json"], 2, "x.json is named twice", "choose two names"),
        (["--format", "pdf"], 2, "'pdf' is not one of", "usage"),
    ],
)
def test_what_cannot_be_written_is_refused_first(
    run: Run, options: list[str], code: int, message: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_yet(*args: object, **kwargs: object) -> None:
        raise AssertionError("vectors were read")

    monkeypatch.setattr("w2v.formats.read", not_yet)
    found, out, err = run("eval", "--pairs", "pairs.csv", *options)
    assert (found, out) == (code, "")
    assert message in err
    assert hint in err
    assert Path("pairs.csv").read_text() == PAIRS
    assert not list(Path().glob("x.*"))


def test_a_full_disk_leaves_the_old_report_and_the_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("eval", "--pairs", "pairs.csv", "--report", "out.html")[0] == 0
    old = Path("out.html").read_bytes()

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("w2v.files.whole.os.fsync", full)
    code, out, err = run("eval", "--pairs", "pairs.csv", "--report", "out.html")
    assert code == 1
    assert "Similarity · Spearman ρ by set" in out
    assert "cannot write out.html: no space left on device" in err
    assert Path("out.html").read_bytes() == old
    assert not list(Path().glob(".out*"))


def test_a_failed_gate_does_not_keep_the_report_back(run: Run) -> None:
    code, _, _ = run("eval", "--pairs", "pairs.csv", "--min", "pairs=1", "--report", "out.json")
    assert code == 3
    assert json.loads(Path("out.json").read_text())["files"][0]["suites"][0]["suite"] == "pairs"
    baseline = ("--baseline", "out.json", "--fail-under", "1")
    assert run("eval", "--pairs", "pairs.csv", *baseline)[0] == 0
    assert run("eval", "--pairs", "pairs.csv", *baseline, "--report", "out.json")[0] == 2


def test_names_of_files_that_are_no_text(run: Run) -> None:
    """A path may hold any bytes; the report says which, and stays UTF-8."""
    name = b"caf\xe9.safetensors".decode("utf-8", "surrogateescape")
    Path("vectors.safetensors").rename(name)
    code, _, _ = run(
        "eval", name, "--pairs", "pairs.csv", "--report", "out.html", "--report", "out.md", "--format", "json"
    )
    assert code == 0
    assert "caf\\udce9.safetensors" in Path("out.html").read_text("utf-8")


def test_settings_know_reports(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pyproject.toml").write_text('[tool.w2v.eval]\nreport = ["out.md"]\n')
    assert run("eval", "--pairs", "pairs.csv")[0] == 0
    assert Path("out.md").is_file()
