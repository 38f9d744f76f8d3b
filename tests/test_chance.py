"""Where cosines stand among random pairs: the same as pair by pair, and None where it says nothing."""

from __future__ import annotations

import doctest
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference.chance import bands, percentile, random_number

from w2v import Vectors, chance
from w2v.chance import PAIRS, Percentile, bands_of, uniform

SETTINGS = {"pairs": PAIRS, "at_once": chance.DRAWN, "blocks": chance.BLOCKS, "smallest": chance.SMALLEST}


def zipf(rows: int, dim: int = 8, seed: int = 1, **options: Any) -> Vectors:
    """Random vectors that lean one way, the rarer the more."""
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((rows, dim)) + np.linspace(0, 1.5, rows)[:, None]
    options.setdefault("counts", 40_000 // np.arange(1, rows + 1))
    return Vectors([f"w{row}" for row in range(rows)], matrix, **options)


def test_random_numbers_are_those_of_the_paper() -> None:
    assert uniform(3, 5).tolist() == [random_number(place) for place in range(3, 8)]
    assert uniform(1 << 40, 2).tolist() == [random_number((1 << 40) + place) for place in range(2)]
    assert int(random_number(0) * 2**53) == 0xE220A8397B1DCDAF >> 11  # the first number of the seed 0
    many = uniform(0, 10_000)
    assert 0 <= many.min() < 0.01
    assert 0.99 < many.max() < 1


@pytest.mark.parametrize("size", [3, 22, 150, 1000, 3000])
def test_bands_are_those_of_the_powers_of_two(size: int) -> None:
    for vectors in (zipf(size), zipf(size, counts=None), zipf(size, counts=np.full(size, 7))):
        edges = np.cumsum([0, *map(len, bands(vectors, chance.SMALLEST))])[:-1]
        assert bands_of(size, vectors.counts).tolist() == edges.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("case", ["counts", "no counts", "in any order", "zeros", "few", "extreme"])
def test_the_same_as_pair_by_pair(case: str) -> None:
    vectors = zipf(25 if case == "few" else 1500, **({"counts": None} if case == "no counts" else {}))
    if case == "in any order":
        order = np.random.default_rng(2).permutation(1500)
        assert vectors.counts is not None
        vectors = Vectors([vectors.words[row] for row in order], vectors.matrix[order], vectors.counts[order])
    if case == "zeros":
        vectors.matrix[5::7] = 0
    if case == "extreme":
        vectors.matrix[7] *= np.float32(1e38)
    words = [f"w{row}" for row in (0, 7, 13, 24, 150, 700, 1499) if row < len(vectors)]
    for a, b in itertools.combinations(words, 2):
        found = vectors.percentile(a, b)
        assert found is not None
        expected = min(max(percentile(vectors, a, b, **SETTINGS), 0.1), 99.9)
        assert found.value == pytest.approx(expected, abs=100 / PAIRS)  # one pair may be a tie
        assert found.by == ("rank" if case == "no counts" else "frequency")
        assert vectors.percentile(b, a) == found


def test_what_else_is_asked_does_not_matter() -> None:
    pairs = [("w3", "w900"), ("w3 - w40 + w9", "w2"), ("w900", "w901"), ("{w1 w5}", "{w700 w2}"), ("w700", "w3")]
    vectors = zipf(1000)
    forwards = [vectors.percentile(*pair) for pair in pairs]
    again = zipf(1000)
    assert [again.percentile(*pair) for pair in reversed(pairs)] == forwards[::-1]
    assert vectors.percentile("w9 - w40 + w3", "w2") == forwards[1]
    assert vectors.percentile(["w1", "w5"], ["w700", "w2"]) == forwards[3]


def test_frequency_matters() -> None:
    """Rare words of these vectors lean the same way, so that the same cosine means less among them."""
    vectors = zipf(2000)
    low = vectors.percentile("w1990", "w1995", 0.5)
    high = vectors.percentile("w3", "w40", 0.5)
    assert low is not None
    assert high is not None
    assert low.value < 50 < 85 < high.value


def test_a_sum_is_compared_with_random_sums() -> None:
    vectors = zipf(400, dim=5, counts=np.full(400, 9))
    rng = np.random.default_rng(0)
    unit = vectors.matrix.astype(float) / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    rows = np.array([rng.choice(400, 4, replace=False) for _ in range(20_000)])
    group = unit[rows[:, 0]] + unit[rows[:, 1]]
    query = group / np.linalg.norm(group, axis=1, keepdims=True) - 0.5 * unit[rows[:, 2]]
    cosines = (query * unit[rows[:, 3]]).sum(axis=1) / np.linalg.norm(query, axis=1)
    for cosine in (-0.4, 0.0, 0.5, 0.8):
        found = vectors.percentile("{w1 w2} - w3:0.5", "w9", cosine)
        assert found is not None
        assert found.value == pytest.approx(100 * (cosines < cosine).mean(), abs=4)


def test_ends_are_open() -> None:
    vectors = zipf(500, dim=50)
    assert vectors.percentile("w1", "w2", 1.0) == Percentile(99.9, "frequency")
    assert vectors.percentile("w1", "w2", -1.0) == Percentile(0.1, "frequency")
    assert [str(Percentile(value, "rank")) for value in (0.1, 0.15, 50.0, 99.85, 99.9)] == [
        "< 0.1 %",
        "0.1 %",
        "50.0 %",
        "99.8 %",
        "> 99.9 %",
    ]


def test_none_where_it_says_nothing() -> None:
    vectors = zipf(300)
    vectors.matrix[8] = 0
    vectors.matrix[9, 0] = np.inf
    for a, b in (("w1", "w1"), ("w1 - w2", "w2"), ("w8", "w1"), ("w1", "w9"), ("w8", "w9")):
        assert vectors.percentile(a, b, 0.5) is None
    assert vectors.percentile(vectors.matrix[1], "w2") is None
    assert vectors.percentile(("w1", 0.5), "w2") is None
    assert zipf(3).percentile("w0", "w1") is None
    assert zipf(19).percentile("w0", "w1") is None
    assert zipf(20).percentile("w0", "w1") is not None
    hardly_any = Vectors([f"w{row}" for row in range(40)], np.eye(40)[:, :20])
    assert hardly_any.percentile("w0", "w1") is None  # three of four random pairs have a row of zeros


def test_the_example_of_the_page() -> None:
    page = Path(__file__).parent.parent / "docs" / "cosine.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert (failed, tried) == (0, 4)


def test_the_page_has_the_numbers_of_the_code() -> None:
    page = (Path(__file__).parent.parent / "docs" / "cosine.md").read_text("utf-8")
    for told in (
        f"how many of {PAIRS:,} random pairs",
        f"less than {chance.RARE} times",
        f"words of {chance.STEADY} occurrences",
        f"most frequent {chance.SMALLEST} or more words",
        f"vocabularies of less than {chance.FEWEST} words",
        f"**{chance.RESOLUTION} to {100 - chance.RESOLUTION}.**",
    ):
        assert told in " ".join(page.split()), told


def test_many_forms_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chance, "KEPT", 3)
    vectors = zipf(1500)
    for row in range(1, 1500, 60):
        vectors.percentile("w0", f"w{row}")
        assert len(vectors._chance._cosines) <= 3
