"""Two small texts of topics, in which two words trade places, and vectors trained on each."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import w2v
from w2v.compare.deals.pool import LINES
from w2v.compare.deals.testing import DriftTest, calibrated_drift
from w2v.vectors import Vectors

TOPICS, OF_A_TOPIC, DOCUMENTS, LENGTH = 8, 20, 320, 60
DEALS = 3
MOVED = ("t0w3", "t5w4")
SETTINGS: dict[str, Any] = {"dim": 10, "epochs": 6, "window": 5, "sample": 0.0, "threads": 1, "learning_rate": 0.1}


class Toy(NamedTuple):
    """The names of the texts, the vectors of each, in memory and as files, and a folder for token caches."""

    texts: list[str]
    vectors: list[Vectors]
    files: list[str]
    cache: Path


def documents(seed: int, *, swapped: bool) -> str:
    """A text: a line is a document of one topic, with a third of words from anywhere."""
    rng = np.random.default_rng(seed)
    lines = []
    for _ in range(DOCUMENTS):
        topic = rng.integers(TOPICS)
        words = [
            f"t{topic if rng.random() < 0.67 else rng.integers(TOPICS)}w{int(rng.integers(OF_A_TOPIC))}"
            for _ in range(LENGTH)
        ]
        if swapped:
            words = [dict(zip(MOVED, reversed(MOVED), strict=True)).get(word, word) for word in words]
        lines.append(" ".join(words))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    folder: Path = tmp_path_factory.mktemp("deals")
    made = Toy([], [], [], folder / "cache")
    for name, seed, swapped in (("old", 1, False), ("new", 2, True)):
        text = folder / f"{name}.txt"
        text.write_text(documents(seed, swapped=swapped), "utf-8")
        trained = w2v.train(str(text), cache_dir=made.cache, **SETTINGS)
        w2v.save(trained, folder / f"{name}.safetensors")
        made.texts.append(str(text))
        made.files.append(str(folder / f"{name}.safetensors"))
        made.vectors.append(w2v.load(made.files[-1]))
    return made


def run(toy: Toy, folder: Path, **given: Any) -> DriftTest:
    asked = {"deals": DEALS, "min_count": 20, "block": LINES, "threads": 2, **given}
    return calibrated_drift(toy.vectors, toy.texts, run_dir=folder, cache_dir=toy.cache, **asked)


@pytest.fixture(scope="session")
def whole(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DriftTest]:
    """A run that nobody stopped, and its folder."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, run(toy, folder)
