"""The table of a cluster follows from its constants; the account of a run adds up."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cluster import runs, table
from benchmarks.cluster.corpus import write_corpus
from benchmarks.cluster.table import Assumed, Constants, print_table

MEASURED = Constants(
    machine="m",
    corpus="c",
    dim=300,
    tile_ns=300.0,
    split_ns=20.0,
    pairs_a_token=3.0,
    cpu_s_a_gb=2.0,
    task_ms=2.0,
    base_mb=120.0,
    times=2.0,
    save_cpu_s_a_gb=1.0,
)
ASSUMED = Assumed(
    tokens=1e9,
    words=50_000,
    dim=300,
    cores=2,
    slower=1.0,
    links=(10.0,),
    used=0.88,
    batches=8,
    sample=1e-4,
    pairs_a_token=None,
)


def rows(text: str) -> list[list[float]]:
    lines = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    return [[float(cell) for cell in re.findall(r"[\d.]+", line.replace(",", ""))] for line in lines]


def test_more_nodes_take_less_time_until_the_hottest_row_limits_them(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(MEASURED, ASSUMED)
    said = capsys.readouterr().out
    assert "tile_ns = 300" in said.partition("Assumed:")[0]
    assert "cores = 2" in said.partition("Assumed:")[2]
    found = rows(said)
    assert [row[0] for row in found] == list(table.NODES)
    lanes = [row[1] for row in found]
    assert lanes == sorted(lanes)
    limit = float(re.findall(r"hottest row: (\d+) lanes", said)[0])
    assert lanes[-1] <= limit
    pairs = 3e9 / lanes[0]
    assert found[0][3] == pytest.approx(pairs * 320e-9, rel=0.05)  # one node: pairs by the time of a pair


def test_the_rotation_of_equal_parts_keeps_all_threads_at_work() -> None:
    even = replace(ASSUMED, sample=1e-12, words=1 << 12)  # all words are kept alike, or nearly so
    kept = table._kept(even)
    assert kept.sum() == pytest.approx(1)
    assert table._lanes(replace(even, words=4), 4, 4) <= 4
    assert table._hottest(ASSUMED) == pytest.approx(1 / table._kept(ASSUMED).max())


def test_the_corpus_has_every_word_and_is_by_zipf(tmp_path: Path) -> None:
    write_corpus(tmp_path / "text", 5_000, 100)
    words = (tmp_path / "text").read_text().split()
    assert len(words) == 5_100
    counts = np.bincount(np.array(words, dtype=int), minlength=100)
    assert counts.min() >= 1
    assert counts.max() > 5 * np.median(counts)


def test_the_account_adds_up_what_all_workers_have_noted(tmp_path: Path) -> None:
    def line(name: str, task: float, loop: float, **received: int) -> str:
        cpu = {"task": task, "loop": 0.25, "offload": 0.0}
        so_far = {"process": 9.0, "loop": loop, "offload": 0.0}
        return json.dumps({"name": name, "cpu": cpu, "so_far": so_far, "received": received}) + "\n"

    files = [tmp_path / "1.jsonl", tmp_path / "2.jsonl"]
    files[0].write_text(line("start", 1.0, 0.5) + line("tile", 2.0, 1.5, inputs=100, pairs=5))
    files[1].write_text(line("start", 1.0, 0.5) + line("tile", 3.0, 2.0, inputs=10))
    found = runs._account(files)
    assert found["moved"] == {"inputs": 110, "pairs": 5}
    assert found["loop"] == 2.5
    assert (found["tasks"]["tile"].number, found["tasks"]["tile"].most) == (2, 3.0)
    assert found["tasks"]["start"].cpu_seconds == 2.5  # with what the event loop has taken by then
