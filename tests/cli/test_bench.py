"""`w2v bench` as a command: options, table, JSON, exit codes, Ctrl-C. The measurements are tried in tests/bench."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import w2v.bench
from w2v.bench import BenchReport, Run, Spread, TrainerReport
from w2v.cli import main
from w2v.tokens.settings import CorpusConfig
from w2v.training.sgns.model import SgnsConfig

FIGURES = {
    "wall_seconds": (10.0, 80.0, 12.0),
    "train_seconds": (3.1416, 60.0, None),
    "words_per_second": (5_012_345.0, 400_000.0, None),
    "flop_per_second": (41e9, 3.3e9, None),
    "peak_share": (0.25, 0.02, None),
    "peak_bytes": (312e6, 290e6, 2.05e9),
    "google-analogies": (0.384, 0.3842, 0.30),
    "simlex999": (0.31, 0.313, -0.05),
}


def trainer(name: str, column: int) -> TrainerReport:
    runs = []
    for seed, factor in ((1, 0.9), (2, 1.0), (3, 1.1)):
        figures = {key: values[column] * factor for key, values in FIGURES.items() if values[column] is not None}
        runs.append(Run(seed, 0.0, figures, {"google-analogies": ""}))
    return TrainerReport(name, "", tuple(runs))


REPORT = BenchReport(
    corpus={"sources": ["/data/wiki8s.txt"], "vocabulary": 68_622, "words": 16_718_844},
    settings={**vars(CorpusConfig()), **vars(SgnsConfig(sample=1e-3, threads=2, shared_negatives=False).settled())},
    machine={
        "cpu": "A CPU", "cores": 2, "load_before": 0.5,
        "versions": {"w2v": "0.1.0", "numba": "0.68", "gensim": "4.4.0", "python": "3.12.1"},
    },
    core_peak=Spread(112e9, 111e9, 113e9),
    machine_peak=Spread(220e9, 219e9, 221e9),
    trainers=(trainer("w2v", 0), trainer("gensim", 1), trainer("word2vec.c", 2)),
    warnings=("the machine was not quiet",),
)  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command asks of `bench`, which answers with REPORT."""
    arguments: dict[str, Any] = {}

    def fake(corpus: object, text: object, settings: object, **rest: object) -> BenchReport:
        arguments.update({"corpus": corpus, "text": text, "settings": settings, **rest})
        return REPORT

    monkeypatch.setattr(w2v.bench, "bench", fake)
    return arguments


def test_options_become_settings(asked: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    line = "bench a.txt b/*.gz --dim 300 --sample 1e-4 --threads 2 --seed 9 --min-count 2 --lowercase --repeat 5"
    peer = ["--peer", "word2vec.c=./word2vec -debug 0", "--peer", "mine=python 'my trainer.py' --x=1"]
    assert main([*line.split(), *peer, "--json"]) == 0
    capsys.readouterr()
    asked.pop("progress")
    assert asked == {
        "corpus": ("a.txt", "b/*.gz"),
        "text": CorpusConfig(min_count=2, lowercase=True),
        "settings": SgnsConfig(dim=300, sample=1e-4, threads=2, seed=9),
        "peers": (("word2vec.c", ("./word2vec", "-debug", "0")), ("mine", ("python", "my trainer.py", "--x=1"))),
        "repeat": 5,
        "data_dir": None,
    }


def test_the_help_has_the_defaults_as_one_types_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "(off: exact, slower). [default: (sgns on)]" in shown
    assert re.search(r"--seed N [^[]*\[default: 1\]", shown)


def test_the_defaults_are_those_of_train(asked: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "a.txt"]) == 0
    capsys.readouterr()
    assert (asked["text"], asked["settings"], asked["repeat"]) == (CorpusConfig(), SgnsConfig(), 3)


def test_the_table(asked: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "a.txt"]) == 0
    out, err = capsys.readouterr()
    assert err == "Warning: the machine was not quiet\n"
    lines = out.splitlines()
    assert lines[0].strip() == "wiki8s.txt"
    rows = {line[:20].strip(): " ".join(line[20:].split()) for line in lines if line.strip()}
    assert rows["text to file"] == "10.0 s (9.0–11.0) 80.0 s (72.0–88.0) 8.0 × 12.0 s (10.8–13.2) 1.2 ×"
    assert rows["training"] == "3.14 s (2.83–3.46) 60.0 s (54.0–66.0) 19.1 × – –"
    assert rows["words a second"] == "5.01 M (4.51–5.51) 400 k (360–440) 12.5 × – –"
    assert rows["FLOP a second"] == "41.0 G (36.9–45.1) 3.30 G (2.97–3.63) 12.4 × – –"
    assert rows["share of the peak"] == "25.0 % (22.5–27.5) 2.0 % (1.8–2.2) 12.5 × – –"
    assert rows["peak memory"] == "312 MB (281–343) 290 MB (261–319) 0.93 × 2.05 GB (1.84–2.25) 6.6 ×"
    assert rows["Google, all words"] == "38.4 % (34.6–42.2) 38.4 % (34.6–42.3) +0.0 30.0 % (27.0–33.0) +8.4"
    assert rows["SimLex-999 ρ"].endswith("−0.003 −0.050 (−0.055–−0.045) +0.360")
    assert "counting, encoding" not in rows  # nobody told it
    notes = " ".join(out.split())
    assert "Medians (lowest–highest) of 3 runs in turn, seeds 1 to 3." in notes
    assert "68,622; 16,718,844 words an epoch" in notes
    assert "window 5, negative 5, sample 0.001" in notes
    assert "shared_negatives off (w2v)" in notes
    assert "112 GFLOP/s a core, 220 with 2 threads" in notes
    assert (
        "A CPU, 2 cores, load 0.50 before the first run; w2v 0.1.0, numba 0.68, gensim 4.4.0, python 3.12.1." in notes
    )


def test_two_trainers_fit_into_80_columns(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, on_a_terminal: Callable[..., list[str]]
) -> None:
    monkeypatch.setattr(w2v.bench, "bench", lambda *_, **__: replace(REPORT, trainers=REPORT.trainers[:2]))
    table, _, notes = "\n".join(on_a_terminal("bench", "a.txt")).partition("Medians")
    assert notes
    assert max(map(len, table.splitlines())) <= 80


def test_json_and_csv(asked: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "a.txt", "--json", "-q"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"schema": "w2v.bench/1", **json.loads(json.dumps(REPORT.to_dict()))}
    assert told["trainers"][1]["metrics"]["words_per_second"]["w2v_better_by"] == pytest.approx(12.53, abs=0.01)
    assert main(["bench", "a.txt", "--format", "csv", "-q"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["metric"] for row in rows if row["trainer"] == "w2v"] == list(FIGURES)
    assert set(rows[0]) == {"trainer", "metric", "unit", "median", "lowest", "highest", "w2v_better_by"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--peer", "word2vec"], "'word2vec' is not NAME=COMMAND"),
        (["--peer", "=run"], "is not NAME=COMMAND"),
        (["--peer", "a='run"], "no closing quotation"),
        (["--peer", "mine=./nowhere"], "mine: there is no program './nowhere'"),
        (["--max-vocab", "5"], "No such option"),
        (["--dim", "0"], "dim is 0"),
    ],
)
def test_usage(tmp_path: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("a b c")
    assert main(["bench", str(tmp_path / "a.txt"), *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


def test_a_corpus_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", str(tmp_path / "a.txt")]) == 1
    assert "a.txt" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_leaves_no_files_and_no_process(tmp_path: Path, number: signal.Signals, code: int) -> None:
    corpus, temporary = tmp_path / "corpus.txt", tmp_path / "temporary"
    corpus.write_text("one two three four five\n" * 2_000)
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "w2v", "bench", str(corpus), "--dim", "16"],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(temporary.glob("*/w2v.log")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids = children.read_text().split() if children.exists() else []
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert err.endswith("Interrupted.\n")
    assert not list(temporary.iterdir())
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
