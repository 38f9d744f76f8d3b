"""Published texts and vectors: the scores that were measured independently of w2v, in shared data beside the clone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

import w2v
from w2v.pooling.encoder import TextEncoder
from w2v.pooling.folding import NOTHING_COMMON, FoldedRows
from w2v.pooling.frequencies import frequencies_of
from w2v.pooling.registry import pooling_named
from w2v.pooling.rules import rules_of
from w2v.vectors import Vectors

pytestmark = [pytest.mark.shared, pytest.mark.slow]

REST = "</rest>"  # stands for all words of Wikipedia that have no vector, so that frequencies are those of all words


@pytest.fixture(scope="module")
def texts(shared: Path) -> Path:
    folder = shared / "eval_sets" / "texts"
    if not folder.is_dir():
        pytest.skip("no texts in the shared data folder")
    return folder


@pytest.fixture(scope="module")
def vectors(shared: Path, texts: Path) -> Vectors:
    reference = w2v.load(shared / "eval_sets" / "vectors" / "ref-enwiki100MB-sg100-top10k.bin")
    lines = (texts / "enwiki_vocab_min200.txt").read_text("utf-8").split("\n")
    counts = {word: int(count) for word, count in (line.split() for line in lines if line)}
    ours = [counts.get(word, 0) for word in reference.words]
    matrix = np.concatenate([reference.matrix, np.zeros((1, reference.dim), dtype=np.float32)])
    return Vectors([*reference.words, REST], matrix, [*ours, sum(counts.values()) - sum(ours)])


@pytest.fixture(scope="module")
def answers(texts: Path) -> dict[str, list[float]]:
    found: dict[str, list[float]] = json.loads((texts / "known-answers-ref10k.json").read_text("utf-8"))
    return found


def pairs(texts: Path, part: str) -> tuple[np.ndarray, list[str]]:
    """The gold scores, and the texts: all on the left, then all on the right. Quotes in this file mean nothing."""
    lines = (texts / "sts-benchmark" / f"sts-{part}.csv").read_text("utf-8").split("\n")
    rows = [line.split("\t") for line in lines if line]
    return np.array([float(row[4]) for row in rows]), [row[5] for row in rows] + [row[6] for row in rows]


def scores(gold: np.ndarray, encoded: np.ndarray) -> list[float]:
    cosines = (encoded[: len(gold)] * encoded[len(gold) :]).sum(axis=1)
    return [float(np.corrcoef(gold, cosines)[0, 1]), float(spearmanr(gold, cosines)[0])]


@pytest.mark.parametrize("part", ["dev", "test"])
def test_the_mean_of_rows(vectors: Vectors, texts: Path, answers: dict[str, list[float]], part: str) -> None:
    gold, both = pairs(texts, part)
    assert scores(gold, vectors.encode(both, "mean")) == pytest.approx(
        answers[f"STSb-{part} | mean of rows | removed 0"][:2], abs=5e-5
    )


@pytest.mark.parametrize("part", ["dev", "test"])
def test_smooth_inverse_frequency_fitted_to_the_set(
    vectors: Vectors, texts: Path, answers: dict[str, list[float]], part: str
) -> None:
    gold, both = pairs(texts, part)
    assert scores(gold, vectors.encode(both, "sif", fit=both)) == pytest.approx(
        answers[f"STSb-{part} | SIF a=1e-3, unit rows | removed 1"][:2], abs=5e-4
    )


@pytest.mark.parametrize(("unit", "rows"), [(True, "unit rows"), (False, "rows")])
def test_weights_without_a_component(
    vectors: Vectors, texts: Path, answers: dict[str, list[float]], unit: bool, rows: str
) -> None:
    gold, both = pairs(texts, "test")
    sif = pooling_named("sif")
    weights = sif.weights(frequencies_of(vectors).shares)
    folded = FoldedRows(vectors.matrix, weights, NOTHING_COMMON(vectors.dim), unit=unit, dim=vectors.dim)
    encoder = TextEncoder(
        vectors, sif, rules_of(vectors, {}), folded, dim=vectors.dim, normalize=True, unseen_weight=1.0
    )
    assert scores(gold, encoder.encode(both).vectors) == pytest.approx(
        answers[f"STSb-test | SIF a=1e-3, {rows} | removed 0"][:2], abs=5e-5
    )
