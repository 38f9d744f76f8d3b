"""The suite geometry and --sensitivity of w2v eval: the library's figures, in tables and in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from w2v import formats as vector_files
from w2v.cli import main
from w2v.evaluation import evaluate, gather, load
from w2v.evaluation.studies.sensitivity import sensitivity
from w2v.evaluation.tasks.similarity import PairSuite
from w2v.vectors import Vectors

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: str) -> tuple[int, str, str]:
        code = main(["eval", *args])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vectors:
    suite = load("wordsim353")
    assert isinstance(suite, PairSuite)
    matrix = np.random.default_rng(1).normal(size=(len(suite.words), 7)).astype(np.float32) + 0.4
    matrix[3] = 0.0
    matrix[5] = matrix[4]
    monkeypatch.chdir(tmp_path)
    vectors = Vectors(suite.words, matrix)
    vector_files.write(vectors, "vectors.safetensors")
    vector_files.write(Vectors(suite.words[50:], matrix[50:]), "fewer.bin")
    return vectors


def test_geometry_in_tables_and_json(world: Vectors, run: Run) -> None:
    report = evaluate(world, "geometry")["geometry"].to_dict()
    code, out, err = run("--suite", "geometry", "--json")
    assert (code, err) == (0, "")
    [found] = json.loads(out)["files"][0]["suites"]
    assert found == json.loads(json.dumps(report))
    assert found["health"]["zero"] == found["health"]["repeated"] == 1
    code, out, _ = run("--suite", "geometry")
    assert code == 0
    assert f"zeros: {world.words[3]}." in out
    assert f"a repeated row: {world.words[5]}." in out
    assert f"{report['iso_score']:.3f}" in out
    assert "by the order of rows" in out
    assert f"\n{report['hubs'][0]['word']} " in out[out.index("Hubs: words among the ten nearest of many") :]
    code, out, _ = run("vectors.safetensors", "fewer.bin", "--suite", "geometry", "--min", "geometry.iso-score=0.1")
    assert code == 0
    assert f"{len(world):,} × 7" in out
    assert f"{len(world) - 50:,} × 7" in out


@pytest.mark.slow
def test_sensitivity_in_tables_and_json(world: Vectors, run: Run) -> None:
    names = ("wordsim353", "geometry")
    expected = sensitivity(world, evaluate(world, names).report, gather(names)[0])
    code, out, _ = run("--suite", ",".join(names), "--sensitivity", "--json")
    assert code == 0
    found = json.loads(out)["studies"]["sensitivity"]
    assert found == {"vectors.safetensors": json.loads(json.dumps([asdict(line) for line in expected]))}
    table = run("--suite", ",".join(names), "--sensitivity")[1]
    first = expected[0]
    assert first.plain is not None
    assert first.centred is not None
    assert "How scores move without a common direction · vectors.safetensors" in table
    assert f"{100 * (first.centred - first.plain):+.1f}".replace("-", "−") in table
    assert "sensitivity" not in run("--suite", "wordsim353", "--json")[1]
