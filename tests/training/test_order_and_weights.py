"""Training on the chunks in random order (--shuffle), and weights for distances (--window-weights)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v
from w2v.cli import main
from w2v.errors import SettingsError
from w2v.progress import NullProgress
from w2v.training.cbow.model import CbowConfig
from w2v.training.negative_sampling import chunk_order
from w2v.training.sgns.model import SgnsConfig
from w2v.training.windows import weights_by_distance

GIVEN: dict[str, Any] = {"dim": 16, "epochs": 2, "threads": 1, "seed": 3, "progress": False}


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One line of about 60,000 words without an end: four chunks."""
    words = np.random.default_rng(0).zipf(1.3, 90_000)
    path = tmp_path_factory.mktemp("endless") / "endless.txt"
    path.write_text(" ".join(map(str, words[words <= 2000][:60_000])), "utf-8")
    return path


def test_each_epoch_has_an_order_of_its_own_that_the_seed_gives() -> None:
    shuffled = SgnsConfig(shuffle=True, seed=7)
    orders = [chunk_order(shuffled, 50, epoch) for epoch in range(3)]
    assert all(sorted(order) == list(range(50)) and order.dtype == np.int32 for order in orders)
    assert len({tuple(order) for order in orders}) == 3
    np.testing.assert_array_equal(orders[1], chunk_order(shuffled, 50, 1))
    assert tuple(orders[0]) != tuple(chunk_order(SgnsConfig(shuffle=True, seed=8), 50, 0))
    assert len(chunk_order(SgnsConfig(), 50, 0)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("more", [{}, {"deterministic": True}], ids=["lock-free", "deterministic"])
def test_one_endless_line_is_shuffled_too(endless: Path, more: dict[str, Any]) -> None:
    plain = w2v.train(endless, **GIVEN, **more)
    shuffled = w2v.train(endless, **GIVEN, **more, shuffle=True)
    assert plain.record is not None
    assert shuffled.record is not None
    assert shuffled.matrix.tobytes() != plain.matrix.tobytes()
    assert shuffled.record.trained["words"] == plain.record.trained["words"]
    assert shuffled.record.trained["pairs"] == plain.record.trained["pairs"]  # all chunks, each once an epoch
    threads = 3 if more else 1
    again = w2v.train(endless, **{**GIVEN, "threads": threads}, **more, shuffle=True)
    assert again.matrix.tobytes() == shuffled.matrix.tobytes()


class _Stop(NullProgress):
    """Stops, as Ctrl-C does, when the second epoch begins or in the midst of it."""

    def __init__(self, updates: int) -> None:
        self.left, self.second = updates, False

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        self.second = name == "epoch 2/2"
        if self.second and not self.left:
            raise KeyboardInterrupt

    def update(self, done: int, **fields: float | str) -> None:
        self.left -= self.second
        if self.second and self.left <= 0:
            raise KeyboardInterrupt


@pytest.mark.slow
@pytest.mark.parametrize("updates", [0, 1])
@pytest.mark.parametrize("more", [{}, {"deterministic": True}], ids=["lock-free", "deterministic"])
def test_a_shuffled_run_goes_on_in_the_same_order(
    endless: Path, more: dict[str, Any], updates: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("w2v.workers.POLL", 0.0005)
    given = {**GIVEN, **more, "shuffle": True}
    whole, folder = w2v.train(endless, **given), tmp_path / "run.checkpoint"
    try:
        w2v.train(endless, **{**given, "progress": _Stop(updates)}, checkpoint=folder)
        assert updates, "a fast machine may give no update at all"
    except KeyboardInterrupt:
        again = w2v.train(checkpoint=folder, resume=True, progress=False)
        assert again.matrix.tobytes() == whole.matrix.tobytes()


@pytest.mark.parametrize(
    ("given", "window", "weights"),
    [
        ("linear", 5, (1, 0.8, 0.6, 0.4, 0.2)),
        ("harmonic", 4, (1, 1 / 2, 1 / 3, 1 / 4)),
        ("flat", 3, None),
        ("1,1", 2, None),
        ("2,2", 2, (2, 2)),
        ("0, 1.5 ,0.25", 3, (0, 1.5, 0.25)),
        ("10", 1, (10,)),
        (None, 5, None),
    ],
)
def test_rules_and_lists_of_weights(given: str | None, window: int, weights: tuple[float, ...] | None) -> None:
    for group in (SgnsConfig, CbowConfig):
        found = weights_by_distance(group(window=window, window_weights=given))
        assert found == (weights if weights is None else pytest.approx(weights))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"window_weights": "1,0.5"}, "has 2 weights, and window is 5"),
        ({"window_weights": "0,0,0,0,0"}, "window_weights is '0,0,0,0,0'"),
        ({"window_weights": "1,1,1,1,10.5"}, "window_weights is"),
        ({"window_weights": "-1,1,1,1,1"}, "window_weights is"),
        ({"window_weights": "near"}, "window_weights is"),
        ({"window_weights": "linear", "window": "whole"}, "distances of a line"),
        ({"window_weights": "linear", "subwords": "3-6"}, "composed of subwords"),
        ({"window_weights": "linear", "deterministic": True}, "sorts pairs by their words"),
        ({"window_weights": "linear", "shared_negatives": False}, "shared_negatives is False"),
    ],
)
def test_what_cannot_be(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        SgnsConfig(**given)
    assert caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize("model", ["sgns", "cbow"])
def test_weights_change_the_vectors_and_flat_ones_do_not(endless: Path, model: str) -> None:
    given = {**GIVEN, "window_shrink": False, "model": model}
    plain, flat, weighted = (
        w2v.train(endless, **given, window_weights=weights) for weights in (None, "flat", "harmonic")
    )
    assert flat.matrix.tobytes() == plain.matrix.tobytes()
    assert weighted.matrix.tobytes() != plain.matrix.tobytes()
    assert weighted.record is not None
    assert weighted.record.settings["window_weights"] == "harmonic"


def test_the_command_line(endless: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["train", str(endless), "--window", "2", "--window-weights", "1,0.5", "--shuffle", "--show-config"]) == 0
    )
    shown = capsys.readouterr().out
    assert 'window_weights = "1,0.5"' in shown
    assert "shuffle = true" in shown
    assert main(["train", str(endless), "--window-weights", "1,0.5"]) == 2
    told = capsys.readouterr().err
    assert "2 weights" in told
    assert main(["train", str(endless), "--model", "glove", "--shuffle"]) == 2
    assert "shuffle" in capsys.readouterr().err
