"""Evaluation of files of which neither the matrix nor the words may be copied: the same scores, in little memory."""

from __future__ import annotations

import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v.evaluation.lookup
import w2v.files.tensors.index
import w2v.lookup
import w2v.vectors
from w2v import Vectors
from w2v.evaluation import evaluate
from w2v.evaluation.tasks.analogies import contest
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.tasks.bias import lipstick
from w2v.evaluation.tasks.geometry import measuring
from w2v.evaluation.tasks.registry import TASKS
from w2v.files.made import ScaledRows
from w2v.formats import binary_rows, native, read, word2vec_binary, write
from w2v.pooling import folding
from w2v.transforms import moments

OWN = [kind for kind, listed in TASKS.items() if listed.own_file is not None]
MEASURES = [kind for kind, listed in TASKS.items() if listed.own_file is None]


def words_for(kind: str, folder: Path) -> tuple[list[str], dict[str, Any]]:
    """Words with which an example of a kind is answered, some in another case, and how the example is given."""
    task = task_of(kind)
    words = ["the", "Money", "money", "MONEY", "straße", "STRASSE", "new_york", "It's", "ἀγορά"]
    given: dict[str, Any] = {"suite": kind}
    if task.listed.own_file is not None:
        (folder / "own.txt").write_text(task.example)
        words += task.read_own(folder / "own.txt").words
        given = {task.listed.own_file.name: folder / "own.txt"}
    else:
        words += ["he", "she", "man", "woman", "doctor", "nurse", "john", "amy", "math", "poetry", "executive", "home"]
    spelt = [word.capitalize() if place % 3 == 0 else word for place, word in enumerate(dict.fromkeys(words))]
    return list(dict.fromkeys([*spelt, *(f"wörd{number}" for number in range(120))])), given


def vectors_of(words: list[str], dim: int = 9) -> Vectors:
    matrix = np.random.default_rng(3).standard_normal((len(words), dim)).astype(np.float32)
    matrix[-1], matrix[-2], matrix[-3] = 0.0, matrix[-4], -0.0
    return Vectors(words, matrix, np.arange(len(words), 0, -1))


def everything_is_large(monkeypatch: pytest.MonkeyPatch, words: int = 0) -> None:
    """Compute rows at length 1 when they are read, and find words by their hashes where there are more than `words`."""
    for module in (w2v.vectors, w2v.lookup, w2v.evaluation.lookup, w2v.files.tensors.index):
        monkeypatch.setattr(module, "MANY", words)
    for module in (native, word2vec_binary, binary_rows):
        monkeypatch.setattr(module, "SMALL", 0)
    monkeypatch.setattr(w2v.vectors, "LARGE", 0)


@pytest.mark.parametrize("suffix", [".safetensors", ".bin"])
@pytest.mark.parametrize("kind", [*OWN, *MEASURES])
def test_a_large_file_has_the_same_scores(
    kind: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, given = words_for(kind, tmp_path)
    vectors = vectors_of(words)
    write(vectors, tmp_path / f"v{suffix}")
    limits = [None, len(words) // 2]
    whole = [evaluate(vectors, **given, restrict_vocab=limit, compare=False) for limit in limits]
    everything_is_large(monkeypatch)
    for limit, before in zip(limits, whole, strict=True):
        found = read(tmp_path / f"v{suffix}")
        after = evaluate(found, **given, restrict_vocab=limit, compare=False)
        first, second = (next(iter(findings.reports.values())) for findings in (before, after))
        assert second.to_dict() == first.to_dict()
        assert second.sha256 == first.sha256
        assert isinstance(found.units, ScaledRows)
        assert not {"unit", "words", "index"} & set(vars(found))


@pytest.mark.parametrize("convention", ["gensim", "word2vec", "glove"])
def test_a_large_file_has_the_same_scores_by_other_rules(
    convention: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, given = words_for("analogy", tmp_path)
    words = [each for word in words for each in dict.fromkeys([word.upper(), word])]
    vectors = vectors_of([*dict.fromkeys(words), "<unk>"])
    for suffix in (".safetensors", ".bin"):
        write(vectors, tmp_path / f"v{suffix}")
    before = next(iter(evaluate(vectors, **given, convention=convention).reports.values())).to_dict()
    everything_is_large(monkeypatch)
    for suffix in (".safetensors", ".bin"):
        found = read(tmp_path / f"v{suffix}")
        assert next(iter(evaluate(found, **given, convention=convention).reports.values())).to_dict() == before


def blocks_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let blocks of rows be small beside the matrix of a test, as they are beside one of 12 GB."""
    monkeypatch.setattr(contest, "STRIP", 1 << 16)
    monkeypatch.setattr(contest, "CANDIDATES", 250)
    monkeypatch.setattr(contest, "COPIED", 1 << 19)
    monkeypatch.setattr(folding, "BLOCK", 256)
    monkeypatch.setattr(lipstick, "SEARCHED", 2_000)
    monkeypatch.setattr(measuring, "HUB_WORDS", 500)
    monkeypatch.setattr(measuring, "PART", 1 << 19)
    for module in (moments, measuring):
        monkeypatch.setattr(module, "blocks", partial(moments.blocks, size=256))


def peak_of(vectors: Path, given: dict[str, Any]) -> int:
    """Return the most memory that an evaluation allocates, in bytes."""
    tracemalloc.start()
    try:
        evaluate(vectors, **given)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["similarity", "analogy", "bias", "geometry", "text-similarity"])
def test_no_evaluation_copies_the_matrix(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All memory together is less than half of the matrix (64 MB): so no copy hides behind what others take."""
    known, given = words_for(kind, tmp_path)
    words = [*known, *(f"{row:x}-{row % 7}" for row in range(40_000 - len(known)))]
    quarter = np.random.default_rng(1).standard_normal((len(words) // 4, 400), dtype=np.float32)
    matrix = np.concatenate([quarter * factor for factor in (4, 3, 2, 1)])
    blocks_are_small(monkeypatch)
    write(Vectors(words, matrix, np.arange(len(words), 0, -1)), tmp_path / "v.safetensors")
    evaluate(Vectors(known, matrix[: len(known)]), **given)  # what is compiled or imported stays in memory
    everything_is_large(monkeypatch, 1000)
    assert peak_of(tmp_path / "v.safetensors", given) < matrix.nbytes / 2
    if kind == "analogy":
        monkeypatch.setattr(w2v.vectors, "LARGE", 1 << 30)  # then there is a copy of length 1
        assert peak_of(tmp_path / "v.safetensors", given) > matrix.nbytes


def test_repeated_rows_are_found_by_their_bytes(tmp_path: Path) -> None:
    values = np.repeat(np.random.default_rng(2).standard_normal((40, 6)).astype(np.float32), [1, 2, 5, 1] * 10, axis=0)
    values = values[np.random.default_rng(4).permutation(len(values))]
    words = [f"w{row}" for row in range(len(values))]
    rows = [row.tobytes() for row in values]
    repeated = [word for number, word in enumerate(words) if rows.index(rows[number]) < number]
    health = next(iter(evaluate(Vectors(words, values), "geometry").reports.values()))["geometry"].health
    assert (health.repeated, health.repeated_words) == (len(repeated), tuple(repeated[:5]))
