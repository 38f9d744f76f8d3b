"""A small vector file, with counts and a run record, that the commands which read vectors are tried on."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from w2v import formats as vector_files
from w2v.cli import main
from w2v.record import RunRecord
from w2v.vectors import Vectors

WORDS = ["the", "king", "queen", "man", "woman", "prince", "princess", "paris", "france", "germany", "berlin", "doctor"]
WORDS += ["nurse", "cat", "dog", "bank", "breakfast", "lunch", "dinner", "-dash", "東京", "café"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The lines that a command prints on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def lines(*args: str) -> list[str]:
        with monkeypatch.context() as patched:
            patched.setattr("sys.stdout", terminal := Terminal())
            assert main([*args, "--color", "never"]) == 0
        return terminal.getvalue().splitlines()

    return lines


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(len(WORDS), 12)).astype(np.float32)
    at = {word: row for row, word in enumerate(WORDS)}
    man, woman, royal = (rng.normal(size=12) * 2 for _ in range(3))
    for word, row in {"man": man, "woman": woman, "king": man + royal, "queen": woman + royal}.items():
        matrix[at[word]] = row + rng.normal(size=12) * 0.2
    matrix[at["breakfast"]], matrix[at["lunch"]], matrix[at["dinner"]] = (man + rng.normal(size=12) for _ in range(3))
    record = RunRecord(
        model="sgns",
        settings={"dim": 12, "window": 5},
        corpus={"tokens": 123_456, "seconds": 1.2361604650},
        timings={"train": 12.5},
        loss=(2.5, 1.25, 1.0),
        heldout_loss=(4.0, 2.0, 1.5, 1.4),
    )
    return Vectors(WORDS, matrix, np.arange(len(WORDS), 0, -1) * 10, record, name="vectors.safetensors")


@pytest.fixture
def folder(vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of the test; it holds `vectors.safetensors`."""
    monkeypatch.chdir(tmp_path)
    vector_files.write(vectors, "vectors.safetensors")
    return tmp_path
