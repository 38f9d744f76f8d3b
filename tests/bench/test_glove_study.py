"""The GloVe study: its plain loop is glove.c's update over all records; its tables say what was measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reference import glove as naive

from benchmarks import glove_study
from benchmarks.glove_study import Result, costs_table, plain_epoch, scores_table, shuffle


def test_the_plain_loop_is_the_naive_twin() -> None:
    random = np.random.default_rng(0)
    cells = {(int(i), int(j)): float(random.lognormal()) for i, j in np.argwhere(random.random((9, 9)) < 0.6)}
    rows, columns = np.array(list(cells), dtype=np.int32).T.copy()
    values = np.array(list(cells.values()), dtype=np.float32)
    order = np.arange(len(cells), dtype=np.int32)
    shuffle(order, 3)
    assert sorted(order) == list(range(len(cells)))
    assert list(order) != sorted(order)
    w, c = ((random.random((9, 6)) - 0.5) for _ in range(2))
    twin = naive.Model(w[:, :5], c[:, :5], w[:, 5], c[:, 5], 0.05)
    acc_w, acc_c = np.ones_like(w), np.ones_like(c)
    for _ in range(3):
        cost = plain_epoch(rows, columns, values, order, w, c, acc_w, acc_c, 3.0, 0.75, 0.05)
        wanted = sum(twin.step(rows[i], columns[i], float(values[i]), 3.0, 0.75) for i in order) / len(order)
        assert cost == pytest.approx(wanted, rel=1e-9)
    np.testing.assert_allclose(np.column_stack((twin.w, twin.b_w)), w, rtol=1e-9)
    np.testing.assert_allclose(np.column_stack((twin.c, twin.b_c)), c, rtol=1e-9)


def test_tables() -> None:
    results = [
        Result("w2v", 1, {"men": 0.47, "google-analogies": 0.26}, [0.07, 0.05]),
        Result("w2v", 2, {"men": 0.49, "google-analogies": 0.28}, [0.08, 0.06]),
        Result("plain loop", 1, {"men": 0.46}, [0.09, 0.04]),
    ]
    assert scores_table(results).splitlines() == [
        "| mean ± SD | w2v (2 seeds) | plain loop (1 seed) | w2v − plain loop |",
        "| --- | ---: | ---: | ---: |",
        "| MEN | 0.480 ± 0.014 | 0.460 | +0.020 |",
    ]
    assert "+0.010 (+0.7 SE)" in scores_table([*results, Result("plain loop", 2, {"men": 0.48}, [0.1, 0.05])])
    assert costs_table(results).splitlines()[-1] == "| 2 | 0.050000 | 0.060000 | 0.040000 |"


def test_a_study_is_taken_up_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("one two three four five six seven\n" * 20)
    calls: list[tuple[str, int]] = []

    def fake(trainer: str, matrix: Path, config: glove_study.GloveConfig) -> Result:
        calls.append((trainer, config.seed))
        return Result(trainer, config.seed, {"men": 0.1 * config.seed}, [0.1])

    monkeypatch.setattr(glove_study, "run", fake)
    monkeypatch.setattr(glove_study.w2v, "train", lambda *_, keep_cooccurrences, **__: keep_cooccurrences.touch())
    line = [str(corpus), "--seeds", "1", "2", "--work", str(tmp_path / "work"), "--output", str(tmp_path / "study.md")]
    glove_study.main([*line, "--plain-seeds", "1"])
    assert calls == [("w2v", 1), ("w2v", 2), ("plain loop", 1)]
    glove_study.main(line)
    assert calls[3:] == [("plain loop", 2)]
    written = (tmp_path / "study.md").read_text("utf-8")
    assert "python -m benchmarks.glove_study corpus.txt --seeds 1 2 --orders one --dim 100" in written
    assert "| MEN | 0.150 ± 0.071 | 0.150 ± 0.071 |" in written
    assert str(tmp_path) not in written
