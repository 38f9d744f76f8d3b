"""Scores by how rare words are: bands of frequency, and unknown words composed or as zeros."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import formats
from w2v.cli import main
from w2v.evaluation import Findings, evaluate
from w2v.evaluation.statistics import spearman
from w2v.evaluation.studies.bands import BANDS, ranks_of
from w2v.ngrams import Ngrams
from w2v.subwords import Subwords
from w2v.vectors import Vectors

KNOWN = [f"word{number}" for number in range(12)]
UNKNOWN = [f"rare{number}" for number in range(12)]
Pairs = list[tuple[str, str, float]]


def composing(seed: int = 0, **more: Any) -> Vectors:
    """Vectors of the known words that can compose all others."""
    rng = np.random.default_rng(seed)
    subwords = Subwords(Ngrams(3, 4, 100), np.arange(100), rng.normal(size=(100, 8)).astype(np.float32))
    return Vectors(KNOWN, rng.normal(size=(12, 8)).astype(np.float32), subwords=subwords, **more)


def pairs() -> Pairs:
    """Twelve pairs of known words, and twelve with an unknown one."""
    rng = np.random.default_rng(5)
    known = [(KNOWN[at], KNOWN[at - 1], float(rng.random())) for at in range(12)]
    return known + [(KNOWN[at], UNKNOWN[at], float(rng.random())) for at in range(12)]


def found(findings: Findings, file: str = "") -> Mapping[str, Any]:
    """Return the scores of the only suite with its unknown words composed, as JSON has them."""
    files = findings.studies["composed"].to_dict()["files"]
    [suite] = files[file or next(iter(files))]
    return dict(suite)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def test_known_composed_and_zero_stand_in_one_table() -> None:
    vectors, asked = composing(), pairs()
    findings = evaluate(vectors, pairs=asked)
    suite = found(findings)
    assert (suite["unknown_words"], suite["composed_words"]) == (12, 12)
    assert (suite["in_vocabulary"]["scored"], suite["in_vocabulary"]["total"]) == (12, 24)
    assert (suite["composed"]["scored"], suite["zeros"]["scored"], suite["unknown_composed"]["scored"]) == (24, 24, 12)
    ratings = np.array([rating for _, _, rating in asked])
    own = [[vectors.vector(word, unknown="subwords") for word in (a, b)] for a, b, _ in asked]
    cosines = np.array([cosine(a, b) for a, b in own])
    assert suite["composed"]["value"] == pytest.approx(spearman(ratings, cosines), abs=1e-9)
    assert suite["unknown_composed"]["value"] == pytest.approx(spearman(ratings[12:], cosines[12:]), abs=1e-9)
    assert suite["in_vocabulary"]["value"] == findings["pairs"].primary.value  # type: ignore[union-attr]
    zeros = np.where(np.arange(24) < 12, cosines, 0.0)
    assert suite["zeros"]["value"] == pytest.approx(spearman(ratings, zeros), abs=1e-9)
    difference = suite["difference"]
    assert difference["difference"] == pytest.approx(suite["composed"]["value"] - suite["zeros"]["value"])
    assert difference["items"] == 24
    assert difference["low"] < difference["difference"] < difference["high"]
    assert difference["adjusted"] == difference["p"]
    for text in (findings.to_markdown(), findings.to_html()):
        for row in ("in the vocabulary", "all, unknown composed", "all, unknown as zeros"):
            assert row in text
        assert difference["verdict"] in text


def test_two_files_that_compose_are_compared() -> None:
    findings = evaluate({"a": composing(1), "b": composing(2), "plain": Vectors(KNOWN, np.eye(12))}, pairs=pairs())
    result = findings.studies["composed"].to_dict()
    assert list(result["files"]) == ["a", "b"]
    [between] = result["between_files"]
    assert (between["first"], between["second"], between["items"]) == ("a", "b", 24)
    expected = found(findings, "b")["composed"]["value"] - found(findings, "a")["composed"]["value"]
    assert between["difference"] == pytest.approx(expected)
    p = [found(findings, "a")["difference"], found(findings, "b")["difference"], between]
    assert all(each["adjusted"] >= each["p"] for each in p)
    assert "Not here: plain, with no words to compose." in findings.to_markdown()


def test_there_is_no_table_where_nothing_can_be_composed() -> None:
    for vectors, asked in (
        (Vectors(KNOWN, np.eye(12)), pairs()),
        (composing(), pairs()[:12]),
    ):
        assert "composed" not in evaluate(vectors, pairs=asked).studies
    assert "composed" not in evaluate(composing(), pairs=pairs(), convention="gensim").studies
    questions = [(*KNOWN[:3], UNKNOWN[0])]
    assert "composed" not in evaluate(composing(), analogies=questions, pairs=pairs()[:12]).studies


def test_words_that_no_n_gram_has_stay_unknown() -> None:
    vectors = composing()
    nothing = Subwords(Ngrams(3, 4, 10**6), np.arange(1), np.ones((1, 8), dtype=np.float32))
    assert "composed" not in evaluate(Vectors(KNOWN, vectors.matrix, subwords=nothing), pairs=pairs()).studies


def test_a_limit_makes_later_rows_unknown() -> None:
    suite = found(evaluate(composing(), pairs=pairs(), restrict_vocab=6))
    assert suite["unknown_words"] == 18
    assert suite["composed"]["scored"] == 24


def test_bands_add_up_to_the_score() -> None:
    """Two words in each of the first bands, ranked by counts that are not in the order of the rows."""
    rng = np.random.default_rng(1)
    words = [f"w{number}" for number in range(12_000)]
    matrix = rng.normal(size=(12_000, 4)).astype(np.float32)
    counts = np.arange(1, 12_001)  # the last row is the most frequent word
    asked = [(words[-at - 1], words[-at - 2], float(rng.random())) for at in range(0, 12_000 - 2, 100)]
    vectors = Vectors(words, matrix, counts)
    assert (ranks_of(vectors)[-1], ranks_of(vectors)[0]) == (1, 12_000)
    result = evaluate(vectors, pairs=asked).studies["bands"].to_dict()[vectors.name]
    assert result["ranks_by"] == "counts"
    [suite] = result["suites"]
    assert [(band["band"], band["scored"]) for band in suite["bands"]] == [
        ("1–1,000", 10),
        ("1,001–10,000", 90),
        ("10,001–50,000", 20),
    ]
    first = [pair for pair in asked if int(pair[1][1:]) >= 11_000]
    alone = evaluate(vectors, pairs=first)["pairs"]
    assert suite["bands"][0]["value"] == pytest.approx(alone.primary.value)  # type: ignore[union-attr]
    by_rows = evaluate(Vectors(words, matrix), pairs=asked).studies["bands"].to_dict()["these vectors"]
    assert by_rows["ranks_by"] == "rows"
    assert by_rows["suites"][0]["bands"][0]["first_rank"] == 1
    assert by_rows["suites"][0]["bands"][0]["value"] != suite["bands"][0]["value"]


def test_unknown_words_have_a_band_of_their_own() -> None:
    [suite] = evaluate(composing(), pairs=pairs()).studies["bands"].to_dict()["these vectors"]["suites"]
    assert [(band["band"], band["first_rank"], band["scored"]) for band in suite["bands"]] == [
        ("1–1,000", 1, 12),
        ("unknown, composed", None, 12),
    ]
    few = evaluate(composing(), pairs=pairs()[:5]).studies["bands"].to_dict()["these vectors"]["suites"][0]["bands"]
    assert (few[0]["scored"], few[0]["low"]) == (5, None)


def test_each_kind_with_words_has_bands() -> None:
    words = [f"{topic}{number}" for topic in "xy" for number in range(6)]
    vectors = Vectors(words, np.random.default_rng(0).normal(size=(12, 4)))
    given: dict[str, Any] = {
        "pairs": [(words[at], words[at + 1], float(at)) for at in range(11)],
        "analogies": [tuple(words[at : at + 4]) for at in range(8)],
        "categories": [(word, word[0]) for word in words],
        "outliers": [(words[:6], words[6:8])],
    }
    result = evaluate(vectors, **given).studies["bands"].to_dict()["these vectors"]["suites"]
    scored = {suite["suite"]: sum(band["scored"] for band in suite["bands"]) for suite in result}
    assert scored == {"analogies": 8, "pairs": 11, "categories": 12, "outliers": 2}
    assert BANDS[0] == (1, 1_000)


def test_the_terminal_shows_bands_when_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    formats.write(composing(), "v.safetensors")
    Path("own.txt").write_text("".join(f"{a},{b},{rating}\n" for a, b, rating in pairs()))
    assert main(["eval", "v.safetensors", "--pairs", "own.txt"]) == 0
    out = capsys.readouterr().out
    assert "Unknown words composed" in out
    assert "by the rank of the rarest word" not in out
    assert main(["eval", "v.safetensors", "--pairs", "own.txt", "--bands"]) == 0
    out = capsys.readouterr().out
    assert "Scores by frequency" in out
    assert "v.safetensors: without counts" in out.replace("\n", " ")
    assert main(["eval", "v.safetensors", "--pairs", "own.txt", "--json"]) == 0
    studies = json.loads(capsys.readouterr().out)["studies"]
    assert set(studies) == {"composed", "bands"}
    assert main(["eval", "v.safetensors", "--pairs", "own.txt", "--format", "csv"]) == 0
    assert ",composed," in capsys.readouterr().out
