"""Who sees progress: a caller's object, a notebook, a terminal, or nobody; and what they see. The clock is real."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import w2v
from w2v.demo import generate
from w2v.errors import SettingsError
from w2v.progress import NullProgress, choosing, reporting
from w2v.progress import notebook as notebook_module
from w2v.progress.notebook import NotebookProgress
from w2v.progress.stream import StreamProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        super().isatty()  # raises if it is closed
        return True


class Handle:
    """What IPython's `display` returns, with all that the page was ever told."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []

    def update(self, data: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.shown.append(data)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Handle:
    """A notebook: IPython is loaded, and its shell has a kernel."""
    handle = Handle()

    def display(data: dict[str, str], *, raw: bool, display_id: bool) -> Handle:
        assert display_id
        handle.update(data, raw=raw)
        return handle

    ipython: Any = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    shown: Any = ModuleType("IPython.display")
    shown.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", shown)
    monkeypatch.setattr(notebook_module, "PATIENCE", 0.0)
    monkeypatch.setattr(notebook_module, "EVERY", 0.0)
    return handle


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    stream = Terminal()
    standard_error(monkeypatch, stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def standard_error(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    """Give `reporting` another standard error; pytest has its own, and puts it back before each test."""
    monkeypatch.setattr(choosing, "sys", SimpleNamespace(stderr=stream, modules=sys.modules))


def test_nobody_looks_at_a_script() -> None:
    with reporting() as heard:
        assert isinstance(heard, NullProgress)


def test_a_terminal_gets_a_line(terminal: Terminal) -> None:
    with reporting() as heard:
        assert isinstance(heard, StreamProgress)
        heard.message("a file looks odd", "warning")
        with reporting() as inner:  # one line at a time
            assert isinstance(inner, NullProgress)
    assert "Warning:" in terminal.getvalue()
    with reporting(False) as heard:
        assert isinstance(heard, NullProgress)
    with reporting() as heard:
        assert isinstance(heard, StreamProgress)


def test_other_threads_show_no_line(terminal: Terminal) -> None:
    found: list[object] = []

    def work() -> None:
        with reporting() as heard:
            found.append(heard)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert isinstance(found[0], NullProgress)


def test_a_dumb_terminal_and_a_closed_one_get_nothing(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with reporting() as heard:
        assert isinstance(heard, NullProgress)
    monkeypatch.setenv("TERM", "xterm")
    terminal.close()
    with reporting() as heard:
        assert isinstance(heard, NullProgress)
    standard_error(monkeypatch, None)
    for choice in (None, True):
        with reporting(choice) as heard:
            assert isinstance(heard, NullProgress)


def test_lines_in_a_file_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    standard_error(monkeypatch, stream)
    with reporting(True) as heard:
        heard.message("one fact")
    assert stream.getvalue() == "one fact\n"


def test_an_object_of_the_caller_stays_open() -> None:
    class Own(NullProgress):
        closed = False

        def close(self) -> None:
            self.closed = True

    own = Own()
    with reporting(own) as heard:
        assert heard is own
    assert not own.closed


@pytest.mark.parametrize("choice", ["yes", 1, object()])
def test_what_is_no_progress_is_refused(choice: Any) -> None:
    with pytest.raises(SettingsError, match="progress is"), reporting(choice):
        pass


def test_a_notebook_gets_one_line_in_place(page: Handle) -> None:
    with reporting() as heard:
        assert isinstance(heard, NotebookProgress)
        heard.phase("reading <b>.txt", 100, "bytes")
        heard.update(50)
        heard.message("<i> looks odd", "warning")
        heard.message("not for everybody", "detail")
        heard.begun -= 75
    half, warned, last = page.shown
    assert '<progress value="50" max="100"></progress> reading &lt;b&gt;.txt  50 %' in half["text/html"]
    assert "Warning: &lt;i&gt; looks odd<br>" in warned["text/html"]
    assert "<progress" not in last["text/html"]
    assert last["text/plain"].endswith("1:15 in all")
    assert not any("everybody" in each["text/plain"] for each in page.shown)


def test_a_notebook_keeps_nothing_of_a_short_run(page: Handle) -> None:
    with reporting() as heard:
        heard.phase("compiling")
    assert [each["text/plain"] for each in page.shown] == ["compiling  ", ""]


def test_a_page_that_is_gone_ends_no_work(page: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object, **named: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(sys.modules["IPython.display"], "display", fails)
    with reporting() as heard:
        heard.phase("compiling")
        heard.update(1)


@pytest.mark.slow
def test_functions_show_progress_in_a_notebook(page: Handle, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.txt"
    corpus.write_bytes(generate(1, sentences=3_000).text)
    vectors = w2v.train(corpus, dim=10, epochs=2, cache_dir=tmp_path)
    assert any("epoch 2/2" in each["text/plain"] for each in page.shown)
    page.shown.clear()
    w2v.evaluate(vectors, "wordsim353")
    w2v.save(vectors, tmp_path / "v.bin")
    w2v.load(tmp_path / "v.bin")
    assert any("reading v.bin" in each["text/plain"] for each in page.shown)
    page.shown.clear()
    w2v.train(corpus, dim=10, epochs=1, cache_dir=tmp_path, progress=False)
    w2v.evaluate(w2v.load(tmp_path / "v.bin", progress=False), "wordsim353", progress=False)
    assert page.shown == []


def test_a_script_imports_neither_rich_nor_ipython(tmp_path: Path) -> None:
    w2v.save(w2v.Vectors(["a", "b"], np.eye(2)), tmp_path / "v.bin")
    loads = f"import sys, w2v; w2v.load({str(tmp_path / 'v.bin')!r})"
    script = f"{loads}; print('rich' in sys.modules, 'IPython' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("False False\n", "")
