"""Windows that do not shrink, and windows as long as the line: for sessions, baskets and walks on graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from listening import Listening

import w2v
from w2v.cli import main
from w2v.errors import SettingsError, TrainingError
from w2v.kernels.negative_sampling import SENTENCE
from w2v.training.heldout import HeldOut, Sampling
from w2v.training.sgns.model import SGNS, SgnsConfig
from w2v.training.windows import LONGEST, widths
from w2v.vocab import Vocabulary

MODES: list[dict[str, Any]] = [{}, {"deterministic": True}, {"shared_negatives": False}]


@pytest.fixture
def baskets(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    path = tmp_path / "baskets.txt"
    lines = [rng.permutation(20)[: rng.integers(2, 13)] + 20 * rng.integers(0, 2) for _ in range(400)]
    path.write_text("".join(" ".join(f"item{item}" for item in line) + "\n" for line in lines))
    return path


def pairs_of(path: Path, **settings: Any) -> float:
    record = w2v.train(path, dim=8, threads=1, epochs=1, min_count=1, cache_dir=path.parent / "c", **settings).record
    assert record is not None
    return record.trained["pairs"]


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_every_pair_of_a_line_counts_alike(baskets: Path, mode: dict[str, Any]) -> None:
    """Case 15: with --window-shrink off, a pair at distance 7 is trained on as often as neighbours."""
    lengths = [len(line.split()) for line in baskets.read_text().splitlines()]
    every = sum(length * (length - 1) for length in lengths)
    near = sum(min(length - 1, place + 3) - max(0, place - 3) for length in lengths for place in range(length))
    assert pairs_of(baskets, window="whole", **mode) == every
    assert pairs_of(baskets, window=30, window_shrink=False, **mode) == every
    assert pairs_of(baskets, window=3, window_shrink=False, **mode) == near
    assert pairs_of(baskets, window=3, **mode) < near


def test_a_whole_window_on_endless_lines_of_few_words_says_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(" ".join(f"w{word}" for word in np.random.default_rng(1).integers(0, 20, 6_000)) + "\n")
    with pytest.raises(TrainingError, match="training diverged") as caught:
        w2v.train(path, dim=8, threads=1, window="whole", cache_dir=tmp_path / "c")
    assert "break lines into baskets of at most some hundred words, or give a number" in caught.value.hint


@pytest.mark.parametrize("mode", [{}, {"deterministic": True}])
def test_the_record_has_what_subsampling_leaves(mode: dict[str, Any], baskets: Path) -> None:
    def trained(**settings: Any) -> dict[str, float]:
        vectors = w2v.train(baskets, dim=8, threads=1, min_count=1, cache_dir=baskets.parent / "c", **settings, **mode)
        assert vectors.record is not None
        return dict(vectors.record.trained)

    every, some = trained(), trained(sample=0.001)
    assert (every["tokens_kept"], every["pairs_kept"]) == (1.0, 1.0)
    assert 0 < some["pairs_kept"] < some["tokens_kept"] < 0.5
    assert some["pairs"] / every["pairs"] == pytest.approx(some["pairs_kept"], rel=0.15)


def test_order_does_not_matter_in_a_whole_window(tmp_path: Path) -> None:
    for name, line in (("a", "a b c d e"), ("b", "e c a d b")):
        (tmp_path / name).write_text(f"{line}\n" * 40)
    assert pairs_of(tmp_path / "a", window="whole") == pairs_of(tmp_path / "b", window="whole") == 40 * 20


@pytest.mark.slow
def test_the_same_bytes_on_any_number_of_threads(baskets: Path) -> None:
    one, two = (
        w2v.train(
            baskets, dim=8, window="whole", deterministic=True, threads=threads, cache_dir=baskets.parent / "c"
        ).matrix
        for threads in (1, 2)
    )
    assert one.tobytes() == two.tobytes()


@pytest.mark.slow
def test_a_line_that_is_too_long_is_said(tmp_path: Path) -> None:
    heard = Listening()

    path = tmp_path / "long.txt"
    path.write_text("a b c d e f g " * 700 + "\n")
    record = w2v.train(
        path,
        window="whole",
        dim=4,
        epochs=1,
        threads=1,
        shared_negatives=False,
        learning_rate=1e-3,
        cache_dir=tmp_path,
        progress=heard,
    ).record
    assert record is not None
    assert any(
        "the longest line has 4,900 words" in text and "4,096 words at a time" in text for text in heard.messages
    )
    assert record.trained["pairs"] == 4096 * 4095 + 804 * 803


def test_widths() -> None:
    assert LONGEST == SENTENCE
    assert widths(SgnsConfig(window=7), 50) == (1, 7)
    assert widths(SgnsConfig(window=7, window_shrink=False), 50) == (7, 7)
    assert widths(SgnsConfig(window="whole"), 50) == (49, 49)
    assert SGNS.peers["gensim"](SgnsConfig(window=7, window_shrink=False))["shrink_windows"] is False
    assert "shrink_windows" not in SGNS.peers["gensim"](SgnsConfig())


def test_the_held_out_sample_is_cut_as_training_is() -> None:
    tokens = np.array([0, 1, 2, 3, -1] * 200, dtype=np.int32)
    vocabulary = Vocabulary(list("abcd"), np.full(4, 200))
    whole = HeldOut.draw(tokens, vocabulary, Sampling(window=3, least=3, negative=1, sample=0, seed=1))
    together = np.stack([whole.contexts, whole.targets[:, 0]])
    assert (np.bincount(np.abs(together[0] - together[1])) * (4, 2, 3, 6))[1:].std() < 0.02 * len(whole.contexts)


@pytest.mark.parametrize("window", ["all", 0, 1001, 2.5, True])
def test_windows_that_cannot_be(window: Any) -> None:
    with pytest.raises(SettingsError, match=r"window is .* a whole number from 1 to 1,000 or 'whole'"):
        SgnsConfig(window=window)


@pytest.mark.slow
def test_on_the_command_line(
    baskets: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(baskets.parent)
    line = ["train", "baskets.txt", "--dim", "4", "-o", "v.bin", "--threads", "1"]
    assert main([*line, "--window", "whole", "-q"]) == 0
    assert main([*line, "--window", "3", "--window-shrink", "off", "-q"]) == 0
    assert main([*line, "--window", "wide"]) == 2
    assert "'wide' is neither a whole number nor 'whole'" in capsys.readouterr().err
    assert main([*line, "--window", "whole", "--model", "glove"]) == 2
    assert "window is 'whole'" in capsys.readouterr().err
    assert main(["train", "--help"]) == 0
    assert "--window-shrink" in capsys.readouterr().out
