"""`--dims`: first columns as vectors of their own, against the scores of such vectors, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from w2v import Vectors, save
from w2v.cli import main
from w2v.errors import SettingsError
from w2v.evaluation import Findings, evaluate, load
from w2v.evaluation.statistics import difference_of, holm
from w2v.evaluation.studies.dims.prefixes import FileDims
from w2v.evaluation.tasks.base import task_of
from w2v.transforms import transform

SUITES = ["wordsim353", "simlex999"]


def some_vectors(dim: int = 12) -> Vectors:
    """Vectors in which words that people find alike are a little alike, on the first columns most of all."""
    rng = np.random.default_rng(0)
    words, rows = [], []
    for suite in SUITES:
        for word in load(suite).words:  # type: ignore[attr-defined]
            if word not in words and rng.random() < 0.8:
                words.append(word)
                rows.append(rng.normal(size=dim) * np.geomspace(1, 0.3, dim) + 0.2)
    return Vectors(words, np.array(rows, dtype=np.float32))


def dims_of(findings: Findings) -> FileDims:
    [found] = findings.studies["dims"].files.values()  # type: ignore[attr-defined]
    return found


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return some_vectors()


def test_prefixes_are_scored_as_vectors_of_their_own(vectors: Vectors) -> None:
    findings = evaluate(vectors, SUITES, dims=[8, 4, 8, 12])
    found = dims_of(findings)
    assert [(row.dims, row.is_full) for row in found.rows] == [(4, False), (8, False), (12, True)]
    alone = evaluate(Vectors(vectors.words, vectors.matrix[:, :4]), SUITES)
    for score in found.rows[0].scores:
        assert score.value == alone[score.suite].primary.value  # type: ignore[union-attr]
        paired = task_of(alone[score.suite].kind).paired([findings[score.suite], alone[score.suite]])
        difference = difference_of(paired, 0, 1)  # type: ignore[arg-type]
        assert (score.difference, score.p) == (difference.size, difference.p)
    p = [score.p for row in found.rows for score in row.scores if score.p is not None]
    adjusted = [score.adjusted for row in found.rows for score in row.scores if score.p is not None]
    assert adjusted == pytest.approx(holm(p))
    assert [score.value for score in found.full.scores] == [report.primary.value for report in findings]  # type: ignore[union-attr]


def test_pca_order_is_that_of_convert(vectors: Vectors) -> None:
    found = dims_of(evaluate(vectors, "wordsim353", dims=[5, 12], order="pca"))
    assert [(row.dims, row.is_full) for row in found.rows] == [(5, False), (12, False), (12, True)]
    alone = evaluate(transform(vectors, order_dims=True, dim=5), "wordsim353")
    assert found.rows[0].scores[0].value == pytest.approx(alone["wordsim353"].primary.value)  # type: ignore[union-attr]


def test_neighbours_that_are_shared(vectors: Vectors) -> None:
    found = dims_of(evaluate(vectors, "wordsim353", dims=6))
    unit = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    first = vectors.matrix[:, :6] / np.linalg.norm(vectors.matrix[:, :6], axis=1, keepdims=True)
    asked = np.unique(np.linspace(0, len(unit) - 1, 500).astype(int))
    shares = []
    for row in asked:
        near = [set([each for each in np.argsort(-(rows @ rows[row])) if each != row][:10]) for rows in (unit, first)]
        shares.append(len(near[0] & near[1]) / 10)
    assert found.rows[0].shared == pytest.approx(np.mean(shares), abs=1e-3)
    assert found.rows[0].milliseconds > 0
    assert (found.searched, found.asked) == (len(vectors), len(asked))


def test_the_cheapest_that_is_not_shown_to_be_worse() -> None:
    """Of columns without any content, so that a few are as good as all, but the first two, which are not."""
    pairs = load("wordsim353")
    rng = np.random.default_rng(1)
    words = list(pairs.words)  # type: ignore[attr-defined]
    matrix = rng.normal(size=(len(words), 12)).astype(np.float32)
    rows = dict(zip(words, matrix, strict=True))
    ratings = evaluate(Vectors(words, matrix), "wordsim353")
    assert ratings["wordsim353"].primary is not None
    matrix[:, 6:] = 0
    found = dims_of(evaluate(Vectors(words, matrix), "wordsim353", dims=[6, 9]))
    assert [row.is_no_worse for row in found.rows] == [True, True, False]
    assert found.cheapest is not None
    assert found.cheapest.dims == 6
    assert found.rows[0].shared == 1.0
    assert len(rows) == len(words)


def test_the_sentence_and_the_rows(vectors: Vectors) -> None:
    findings = evaluate(vectors, SUITES, dims=[4, 8])
    [verdict] = findings.verdicts()["dims"]
    found = dims_of(findings)
    if found.cheapest is None:
        assert "Every prefix is shown to be worse" in verdict
    else:
        assert f"{found.cheapest.dims} of 12 dimensions" in verdict
    rows = [row for row in findings.rows() if row["level"] == "dims"]
    assert len(rows) == 3 * len(SUITES)
    assert rows[0]["int8_bytes"] == 4


@pytest.mark.parametrize(
    ("dims", "order", "what"),
    [
        ([0], "stored", "0 is no number of dimensions"),
        ([-1], "stored", "-1 is no number"),
        ([2.5], "stored", "2.5 is no number"),
        ([True], "stored", "True is no number"),
        ([13], "stored", "has 12 dimensions"),
        ([3], "size", "there is no order 'size'"),
    ],
)
def test_what_is_refused(dims: list[int], order: str, what: str, vectors: Vectors) -> None:
    with pytest.raises(SettingsError, match=what) as raised:
        evaluate(vectors, "wordsim353", dims=dims, order=order)  # type: ignore[arg-type]
    assert raised.value.hint


def test_measures_have_no_score_to_compare(vectors: Vectors) -> None:
    with pytest.raises(SettingsError, match="no set has one"):
        evaluate(vectors, "geometry", dims=[3])


def test_the_command(
    vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    save(vectors, "v.safetensors")
    asked = ["eval", "v.safetensors", "--suite", "wordsim353"]
    assert main([*asked, "--dims", "4, 8", "--order", "pca", "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["studies"]["dims"].values()
    assert [row["dims"] for row in found["rows"]] == [4, 8, 12]
    for options, what in (
        (["--dims", "4,x"], "'x' is no number of dimensions"),
        (["--dims", "0"], "0 is no number of dimensions"),
        (["--dims", "13"], "v.safetensors has 12 dimensions"),
        (["--order", "pca"], "--order is for --dims"),
        (["--dims", "-5"], "-5"),
    ):
        assert main([*asked, *options]) == 2, options
        assert what in capsys.readouterr().err
