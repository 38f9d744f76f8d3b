"""Too little text for the settings is said when training ends, with advice that helps; enough text is not scolded."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v.cli import main
from w2v.demo import generate
from w2v.training.sufficiency import nearest_cosine

SAID = "too little text for these settings: the ten nearest words of a word have a cosine of"


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 50,000 tokens."""
    path = tmp_path_factory.mktemp("little") / "little.txt"
    path.write_bytes(generate(1, sentences=5_000).text)
    return path


def test_little_text_is_said_in_the_record(little: Path) -> None:
    vectors = w2v.train(little, threads=1)
    assert vectors.record is not None
    (warning,) = vectors.record.warnings
    assert warning.startswith(SAID)
    assert warning.endswith("train with --epochs 15 --window 10 --dim 50, or with more text")
    alike = nearest_cosine(vectors.matrix)
    assert alike is not None
    assert alike > 0.95
    assert w2v.RunRecord.from_dict(vectors.record.to_dict()) == vectors.record


@pytest.mark.slow
def test_the_advice_helps(little: Path) -> None:
    some = w2v.train(little, threads=1, epochs=15, window=10, dim=50)
    assert some.record is not None
    assert some.record.warnings[0].endswith("; train with --epochs 50, or with more text")
    vectors = w2v.train(little, threads=1, epochs=50, window=10, dim=50)
    assert vectors.record is not None
    assert vectors.record.warnings == ()
    alike = nearest_cosine(vectors.matrix)
    assert alike is not None
    assert alike < 0.8


def test_only_what_would_help_is_advised(little: Path) -> None:
    vectors = w2v.train(little, threads=1, epochs=1, window=12, dim=20)
    assert vectors.record is not None
    assert vectors.record.warnings[0].endswith("; train with --epochs 15, or with more text")


def test_the_command_line_says_it_even_if_quiet(
    little: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", str(little), "-q", "--threads", "1"]) == 0
    assert capsys.readouterr().err.startswith(f"Warning: {SAID}")
    assert main(["info", "--json"]) == 0
    (warning,) = json.loads(capsys.readouterr().out)["record"]["warnings"]
    assert warning.startswith(SAID)
    assert main(["info"]) == 0
    assert "warning" in capsys.readouterr().out


def test_words_that_the_text_uses_alike_are_not_scolded(tmp_path: Path) -> None:
    """Three groups of words, each as good as the next in its group: their vectors must be near each other."""
    rng = np.random.default_rng(1)
    groups = rng.integers(0, 3, 3_000)
    lines = [" ".join(f"w{40 * group + one}" for one in rng.integers(0, 40, 10)) for group in groups]
    (tmp_path / "c.txt").write_text("\n".join(lines))
    vectors = w2v.train(tmp_path / "c.txt", threads=1)
    assert vectors.record is not None
    assert vectors.record.warnings == ()
    alike = nearest_cosine(vectors.matrix)
    assert alike is not None
    assert alike > 0.95


def test_few_words_are_not_judged() -> None:
    assert nearest_cosine(np.ones((99, 5), dtype=np.float32)) is None
    assert nearest_cosine(np.ones((100, 5), dtype=np.float32)) == pytest.approx(1.0)
    assert nearest_cosine(np.zeros((100, 5), dtype=np.float32)) == 0.0
