"""A map whose words try to break the page, and whose places are known."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v import Vectors
from w2v.maps.result import WordMap

EVIL = [
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=alert(1)>",
    "שלום",
    "\u202ebackwards",
    "tab\there",
    "a\nb",
    "50 % & more",
    "#?/\\'\"`${x}",
    "half\ud800",
    "x" * 300,
    "@@SCRIPT@@",
    "café",
]


def vectors_for_the_page() -> Vectors:
    """The words king, queen and others, in 120 rows; "king" is nearest to "queen"."""
    rng = np.random.default_rng(5)
    words = ["king", "queen", "Kingdom", "making", *EVIL, *(f"word{row}" for row in range(104))]
    matrix = rng.normal(size=(120, 20)) + 2 * np.eye(20)[np.arange(120) % 4]
    matrix[1] = matrix[0] + 0.05 * rng.normal(size=20)
    return Vectors(words, matrix.astype(np.float32), np.arange(5_000, 4_880, -1), name="folder/<b>&.vec")


def made_in(folder: Path) -> WordMap:
    """Words on a circle, "king" at its right."""
    vectors = vectors_for_the_page()
    with (folder / "places.csv").open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("word", "x", "y", "layout"))
        for row, word in enumerate(vectors.words):
            if word != "half\ud800":  # no file in UTF-8 can hold it
                angle = 2 * np.pi * row / 120
                writer.writerow((word, float(np.cos(angle)), float(np.sin(angle)), "a circle"))
    return w2v.word_map(vectors, positions=folder / "places.csv", groups=4, progress=False)


@pytest.fixture(scope="session")
def circle(tmp_path_factory: pytest.TempPathFactory) -> WordMap:
    return made_in(tmp_path_factory.mktemp("places"))
