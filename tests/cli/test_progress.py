"""Progress on the console: rates, time left, lines, levels, the log. The clock is moved by hand."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import click
import pytest

from w2v.cli import progress as module
from w2v.cli.options import Session
from w2v.cli.progress import ConsoleProgress
from w2v.errors import OutputError
from w2v.progress import phase as phase_module
from w2v.progress import stream as stream_module
from w2v.progress.phase import Phase, amount, clock


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for each in (module, phase_module, stream_module):
        monkeypatch.setattr(each, "time", clock)
    return clock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (0, "words", "0 words"),
        (999, "words", "999 words"),
        (999.6, "words", "1.00 k words"),
        (1000, "words", "1.00 k words"),
        (12_345, "words", "12.3 k words"),
        (999_999, "words", "1.00 M words"),
        (1_240_000, "words", "1.24 M words"),
        (123_456_789, "bytes", "123 MB"),
        (2.5e12, "bytes", "2.50 TB"),
        (5, "", "5"),
    ],
)
def test_amounts(number: float, unit: str, text: str) -> None:
    assert amount(number, unit) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (42.4, "0:42"), (725, "12:05"), (10_810, "3:00:10")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_the_line_of_the_handbook(time: Clock) -> None:
    phase = Phase("epoch 2/5", 62_000_000, "words")
    time.now += 20.5
    phase.done, phase.fields = 25_420_000, {"loss": 0.2312, "learning_rate": 0.01478}
    left = (4 * 62.0 - 25.42) / 1.24
    assert phase.left == pytest.approx(left)
    assert phase.facts() == f"41 %  1.24 M words/s  loss 0.231  lr 0.0148  ETA {clock(left)}"


def test_what_an_earlier_run_did_makes_this_one_no_faster(time: Clock) -> None:
    phase = Phase("epoch 5/5", 1000, "words", before=500)
    assert phase.facts() == "50 %"
    time.now += 10
    phase.done = 600
    assert phase.facts() == "60 %  10 words/s  ETA 0:40"


def test_what_is_unknown_is_left_out(time: Clock) -> None:
    phase = Phase("reading", None, "bytes")
    assert phase.facts() == ""
    time.now += 2
    phase.done = 3_000_000
    assert phase.facts() == "3.00 MB  1.50 MB/s"
    assert Phase("empty", 0, "words").facts() == ""
    assert Phase("compiling", 7, "").facts() == "0 %"


def test_plain_lines_come_every_ten_seconds_however_often_updates_do(time: Clock) -> None:
    stream = io.StringIO()
    progress = ConsoleProgress(Session(), stream)
    progress.update(5)  # before any phase: nothing to say
    progress.phase("epoch 1/1", 1000, "words")
    for step in range(1, 31):
        time.now += 1
        progress.update(step * 10)
    progress.close()
    assert [line.split("  ")[:2] for line in stream.getvalue().splitlines()] == [
        ["epoch 1/1", "10 %"],
        ["epoch 1/1", "20 %"],
        ["epoch 1/1", "30 %"],
    ]
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(
    ("session", "lines"),
    [
        (Session(), ["fact", "Hint: advice", "Warning: odd"]),
        (Session(quiet=True), ["Warning: odd"]),
        (Session(quiet=True, verbose=True), ["Warning: odd"]),
        (Session(verbose=True), ["detail", "fact", "Hint: advice", "Warning: odd", "reading: 61.00 s, 9 words"]),
    ],
)
@pytest.mark.parametrize("stream_class", [io.StringIO, Terminal])
def test_levels(session: Session, lines: list[str], stream_class: type[io.StringIO], time: Clock) -> None:
    stream = stream_class()
    with click.Context(click.Command("x"), obj=session):
        progress = ConsoleProgress(session, stream)
        progress.message("detail", "detail")
        progress.message("fact")
        progress.message("advice", "hint")
        progress.message("odd", "warning")
        progress.phase("reading", 9, "words")
        progress.update(9)
        time.now += 61
        progress.close()
        progress.close()
    assert click.unstyle(stream.getvalue()).replace("\r", "").splitlines()[: len(lines)] == lines
    if stream_class is io.StringIO:
        assert len(stream.getvalue().splitlines()) == len(lines)


@pytest.mark.parametrize(("columns", "bar"), [(200, 24), (70, 19), (50, 0), (20, 0)])
def test_the_bar_makes_room_for_the_facts(columns: int, bar: int, time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = Terminal()
    progress = ConsoleProgress(Session(), stream)
    progress.phase("epoch 1/2", 100, "words")
    time.now += 5
    progress.update(50, loss=0.5)
    assert progress.live is not None
    progress.live.refresh()
    line = click.unstyle(stream.getvalue()).splitlines()[-1].replace("\r", "")
    progress.close()
    assert line.count("━") == bar
    assert len(line) <= columns
    assert ("ETA 0:15" in line) == (columns > 20)


def test_a_terminal_gets_one_line_and_messages_above_it(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    stream = Terminal()
    progress = ConsoleProgress(Session(), stream)
    progress.phase("epoch 1/2", 100, "words")
    assert progress.live is not None
    progress.live.refresh()
    assert "epoch" not in stream.getvalue()  # too young to be shown
    time.now += 5
    progress.update(50, loss=0.5)
    progress.live.refresh()
    expected = f"epoch 1/2  {'━' * 24}  50 %  10 words/s  loss 0.500  ETA 0:15"
    assert expected in click.unstyle(stream.getvalue())
    progress.message("corpus.txt [2 files] looks odd", "warning")
    assert "Warning: corpus.txt [2 files] looks odd" in click.unstyle(stream.getvalue())
    progress.close()
    assert progress.live is None
    assert stream.getvalue().rstrip().endswith("\x1b[?25h")  # the cursor is back


def test_no_colours_on_a_terminal_that_does_not_want_them(time: Clock) -> None:
    stream = Terminal()
    progress = ConsoleProgress(Session(colour=False), stream)
    progress.phase("epoch 1/2", 100, "words")
    time.now += 5
    progress.update(50)
    progress.message("odd", "warning")
    progress.close()
    assert not set("m") & {code[-1] for code in re.findall(r"\x1b\[[0-9;]*[A-Za-z]", stream.getvalue())}


def test_a_dumb_terminal_gets_plain_lines(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    progress = ConsoleProgress(Session(colour=False), stream)
    progress.phase("epoch 1/2", 100, "words")
    time.now += 11
    progress.update(50)
    progress.close()
    assert stream.getvalue() == "epoch 1/2  50 %  5 words/s  ETA 0:33\n"


def test_the_log_holds_what_was_reported(time: Clock, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    progress = ConsoleProgress(Session(quiet=True, log=path), io.StringIO())
    progress.phase("epoch 1/1", 100, "words")
    for step in range(1, 11):
        time.now += 0.25
        progress.update(step * 10, loss=1 / step)
    progress.message("ä", "hint")
    progress.close()
    entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [entry["event"] for entry in entries] == ["phase", "update", "update", "message", "end"]
    assert all(entry["time"].endswith("+00:00") for entry in entries)
    assert {key: entries[1][key] for key in ("phase", "done", "total", "unit", "rate", "seconds_left", "loss")} == {
        "phase": "epoch 1/1",
        "done": 40,
        "total": 100,
        "unit": "words",
        "rate": 40.0,
        "seconds_left": 1.5,
        "loss": 0.25,
    }
    assert (entries[3]["level"], entries[3]["text"]) == ("hint", "ä")
    assert (entries[4]["done"], entries[4]["seconds"]) == (100, 2.5)


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no such file or directory"):
        ConsoleProgress(Session(log=tmp_path / "none" / "run.jsonl"))


def test_no_word_of_a_message_is_broken_on_a_terminal(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    progress = ConsoleProgress(Session(colour=False), stream)
    text = "5,980 words in vocabulary, 12 characters dropped because nobody needs them"
    progress.message(text, "warning")
    progress.close()
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= 40
    assert " ".join(lines) == f"Warning: {text}"
