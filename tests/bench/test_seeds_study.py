"""The seeds study on made-up runs: what its tables say, and that a broken-off study is taken up where it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import seeds_study
from benchmarks.seeds_study import Result, losses_table, main, scores_table
from w2v.bench import Run


def made(trainer: str, seed: int, google: float, simlex: float, *loss: float) -> Result:
    figures = {"google-analogies": google, "simlex999": simlex}
    return Result(trainer, seed, figures, loss)


RUNS = [
    made("w2v", 1, 0.28, 0.30, 4.15, 2.5),
    made("gensim", 1, 0.29, 0.305),
    made("w2v exact", 1, 0.30, 0.31, 4.15, 2.4),
    made("w2v", 2, 0.29, 0.31, 4.25, 2.7),
    made("gensim", 2, 0.29, 0.315),
    made("w2v exact", 2, 0.28, 0.29, 4.25, 2.62),
]


def cells(table: str) -> dict[str, list[str]]:
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    return {first: rest for first, *rest in rows}


def test_scores_are_means_with_their_sample_deviation() -> None:
    table = cells(scores_table(RUNS))
    assert table["mean ± SD"][0] == "seeds"
    assert table["w2v"] == ["2", "–", "28.50 ± 0.71", "–", "0.305 ± 0.007"]
    assert table["gensim"] == ["2", "–", "29.00 ± 0.00", "–", "0.310 ± 0.007"]
    assert table["w2v against gensim"] == ["", "–", "−0.50", "–", "−0.005"]
    assert table["w2v exact against gensim"] == ["", "–", "+0.00", "–", "−0.010"]


def test_what_is_too_far_below_gensim_is_marked() -> None:
    worse = [made("w2v", 1, 0.2849, 0.294), made("gensim", 1, 0.29, 0.305)]
    assert cells(scores_table(worse))["w2v against gensim"][2:] == ["**−0.51: too low**", "–", "**−0.011: too low**"]


def test_losses_are_compared_seed_by_seed() -> None:
    assert losses_table(RUNS).splitlines() == [
        "| epoch | w2v | w2v exact | w2v exact − w2v |",
        "| ---: | ---: | ---: | ---: |",
        "| 0 | 4.2000 ± 0.0707 | 4.2000 ± 0.0707 | 0.0000 ± 0.0000 |",
        "| 1 | 2.6000 ± 0.1414 | 2.5100 ± 0.1556 | −0.0900 ± 0.0141 |",
    ]
    assert losses_table(RUNS[:2]).splitlines()[2:] == ["| 0 | 4.1500 |", "| 1 | 2.5000 |"]


@pytest.mark.slow
def test_a_study_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("one two three four five six seven\n" * 20)
    calls: list[tuple[str, int]] = []

    def fake(trainer: Any, place: Any, seed: int, suites: Any, progress: Any) -> tuple[str, Run]:
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append((trainer.name, seed))
        return "1", Run(seed, 0.0, {"simlex999": 0.1 * seed}, {}, (4.0, 3.0))

    monkeypatch.setattr(seeds_study, "run_once", fake)
    monkeypatch.setattr(seeds_study.W2v, "warm_up", lambda *_: None)
    output = tmp_path / "study.md"
    line = [str(corpus), "--seeds", "1", "2", "--exact", "--work", str(tmp_path / "work"), "--output", str(output)]
    with pytest.raises(KeyboardInterrupt):
        main([*line, "--epochs", "1"])
    assert calls == [("w2v", 1), ("gensim", 1), ("w2v exact", 1)]
    assert not output.exists()
    calls.clear()
    main([*line, "--epochs", "1"])
    assert calls == [("w2v", 2), ("gensim", 2), ("w2v exact", 2)]
    written = output.read_text("utf-8")
    assert "python -m benchmarks.seeds_study corpus.txt --seeds 1 2 --exact --dim 100" in written
    assert "--epochs 1" in written
    assert str(tmp_path) not in written
    assert "| gensim | 2 | – | – | – | 0.150 ± 0.071 |" in written
    calls.clear()
    with pytest.raises(KeyboardInterrupt):  # other settings: nothing of it counts
        main([*line, "--epochs", "2"])
    assert len(calls) == 3
