"""A whole bench on a small corpus: what it counts, derives and compares, and that it leaves nothing behind."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from listening import Listening

from w2v.bench import METRICS, BenchReport, Metric, Run, Spread, TrainerReport, bench
from w2v.bench.trainers import W2v
from w2v.bench.workplace import open_workplace
from w2v.errors import SettingsError
from w2v.progress import NullProgress
from w2v.tokens.settings import CorpusConfig
from w2v.training.sgns.model import SgnsConfig

PEER = """
import sys
from collections import Counter
flags = dict(zip(sys.argv[1::2], sys.argv[2::2]))
counts = Counter(open(flags["-train"], encoding="utf-8").read().split())
with open(flags["-output"], "w", encoding="utf-8") as file:
    file.write(f"{len(counts)} 3\\n")
    for row, word in enumerate(counts):
        file.write(f"{word} {row % 7 - 3} {row % 5 - 2} 1\\n")
"""
SGNS = SgnsConfig(dim=16, epochs=2, threads=1, seed=5, sample=1e-3, learning_rate=0.1)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[BenchReport, Listening, Path]:
    folder = tmp_path_factory.mktemp("bench")
    words = [
        "man",
        "woman",
        "boy",
        "girl",
        "he",
        "she",
        "king",
        "queen",
        "brother",
        "sister",
        "father",
        "mother",
        "son",
        "daughter",
    ]
    random = np.random.default_rng(1)
    corpus = folder / "corpus.txt"
    topics = words[:7], words[7:]  # so that there is something to learn
    corpus.write_text("\n".join(" ".join(random.choice(topics[line % 2], 500)) for line in range(30)))
    (folder / "peer.py").write_text(PEER)
    (folder / "temporary").mkdir()
    progress = Listening()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder / "temporary"))
        patch.delenv("W2V_DATA", raising=False)
        report = bench(
            [corpus],
            CorpusConfig(),
            SGNS,
            peers=[("mine", [sys.executable, str(folder / "peer.py")])],
            repeat=1,
            progress=progress,
        )
    assert not list((folder / "temporary").iterdir())
    return report, progress, corpus


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [SgnsConfig(), SgnsConfig(sample=1e-5, learning_rate=1e-9), SgnsConfig(window=1, epochs=1)]
)
def test_the_text_that_warms_up_is_one_that_training_learns_from(settings: SgnsConfig, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("a b c d e f\n" * 100)
    text, settled = CorpusConfig(), settings.settled()
    with open_workplace([corpus], text, 1, NullProgress()) as place:
        W2v(text, settled).warm_up(place, NullProgress())


@pytest.mark.slow
def test_all_train_on_the_same_words(ran: tuple[BenchReport, Listening, Path]) -> None:
    report, progress, corpus = ran
    facts = {name: value for name, value in report.corpus.items() if name != "fingerprint"}
    assert facts == {
        "sources": [str(corpus)],
        "bytes": corpus.stat().st_size,
        "tokens": 15_000,
        "vocabulary": 14,
        "words": 15_000,
    }
    ours, gensim, peer = report.trainers
    assert [trainer.name for trainer in report.trainers] == ["w2v", "gensim", "mine"]
    assert ours.runs[0].figures["trained_words"] == 30_000
    assert gensim.runs[0].figures["trained_words"] == pytest.approx(30_000, rel=0.5)
    assert "trained_words" not in peer.runs[0].figures
    assert (ours.version, gensim.version) == (report.machine["versions"]["w2v"], report.machine["versions"]["gensim"])
    assert [name for name in progress.phases if ", run " in name] == [
        "w2v, run 1 of 1",
        "gensim, run 1 of 1",
        "mine, run 1 of 1",
    ]
    assert not [text for level, text in progress.levels if level in ("info", "detail")]


@pytest.mark.slow
def test_rates_follow_from_what_was_counted(ran: tuple[BenchReport, Listening, Path]) -> None:
    report, _, _ = ran
    pairs = report.trainers[0].runs[0].figures["pairs"]
    assert pairs is not None
    for trainer in report.trainers[:2]:
        figures = dict(trainer.runs[0].figures)
        words, seconds = figures["trained_words"], figures["train_seconds"]
        assert words is not None
        assert seconds is not None
        assert figures["words_per_second"] == pytest.approx(words / seconds)
        flop = 6 * 16 * 6 * pairs * words / 30_000
        assert figures["flop_per_second"] == pytest.approx(flop / seconds)
        assert figures["peak_share"] == pytest.approx(flop / seconds / report.machine_peak.median)
        assert figures["core_peak_share"] == pytest.approx(
            flop / figures["train_cpu_seconds"] / report.core_peak.median  # type: ignore[operator]
        )
    assert report.trainers[2].spread("peak_share") is None
    assert report.trainers[2].spread("wall_seconds") is not None


@pytest.mark.slow
def test_scores_are_of_the_sets_that_are_here(ran: tuple[BenchReport, Listening, Path]) -> None:
    report, progress, _ = ran
    for trainer in report.trainers:
        assert trainer.spread("google-analogies") is not None  # comes with gensim
        assert trainer.spread("google-analogies.30k") is None  # would be the same figure
        assert "google-analogies" in trainer.runs[0].warnings
    assert any(text.startswith("google-analogies: do not quote") for text in report.warnings)
    assert not [text for level, text in progress.levels if level == "warning" and "google" in text]


@pytest.mark.slow
def test_the_report_is_plain_json(ran: tuple[BenchReport, Listening, Path]) -> None:
    report, _, _ = ran
    told = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert set(told) == {"corpus", "settings", "machine", "peak", "warnings", "trainers"}
    assert told["settings"]["threads"] == 1
    assert told["settings"]["learning_rate"] == SGNS.learning_rate
    assert [run["seed"] for run in told["trainers"][0]["runs"]] == [5]
    assert len(told["trainers"][0]["runs"][0]["heldout_loss"]) == 3
    names = {metric.name for metric in METRICS}
    rows = report.rows()
    assert {row["metric"] for row in rows} <= names
    for row in rows:
        assert row["lowest"] <= row["median"] <= row["highest"]
        (trainer,) = (each for each in told["trainers"] if each["name"] == row["trainer"])
        assert trainer["metrics"][row["metric"]]["median"] == row["median"]


def made(name: str, **figures: list[float]) -> TrainerReport:
    count = max(map(len, figures.values()))
    runs = (Run(7 + i, None, {key: values[i] for key, values in figures.items()}, {}) for i in range(count))
    return TrainerReport(name, "1", tuple(runs))


def metric(name: str) -> Metric:
    (found,) = (each for each in METRICS if each.name == name)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "ours", "theirs", "advantage"),
    [
        ("train_seconds", [1.0, 4.0, 2.0], [20.0, 30.0, 25.0], 12.5),
        ("words_per_second", [4e6, 6e6, 5e6], [1e6, 2e6, 1e6], 5.0),
        ("peak_bytes", [200.0], [100.0], 0.5),
        ("google-analogies", [0.38, 0.40], [0.40, 0.44], -0.03),
        ("simlex999", [0.31], [0.30], 0.01),
    ],
)
def test_more_than_one_is_better_for_ratios_and_more_than_zero_for_scores(
    ran: tuple[BenchReport, Listening, Path], name: str, ours: list[float], theirs: list[float], advantage: float
) -> None:
    other = made("gensim", **{name: theirs})
    report = replace(ran[0], trainers=(made("w2v", **{name: ours}), other))
    assert report.advantage(other, metric(name)) == pytest.approx(advantage)
    assert report.advantage(made("mine", other=[1.0]), metric(name)) is None


def test_spread_and_runs_without_a_figure() -> None:
    assert Spread.of([3.0, 1.0, 2.0, 10.0]) == Spread(2.5, 1.0, 10.0)
    trainer = TrainerReport("w2v", "1", (Run(1, None, {"wordsim353": None}, {}), Run(2, None, {"wordsim353": 0.5}, {})))
    assert trainer.spread("wordsim353") == Spread(0.5, 0.5, 0.5)
    assert trainer.spread("simlex999") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"repeat": 0}, "repeat is 0"),
        ({"text": CorpusConfig(max_vocab=100)}, "max_vocab cannot be compared"),
        ({"peers": [("a", ["true"]), ("a", ["true"])]}, "two peers have the same name"),
        ({"peers": [("w2v", ["true"])]}, "cannot be the name"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_read(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        bench(["/nowhere/corpus.txt"], **arguments)  # type: ignore[arg-type]
