"""z, p and q from the scores of texts and deals: against the naive twin, under the null, and where something moved."""

from __future__ import annotations

import numpy as np
import pytest
from reference import calibration as naive
from scipy.stats import false_discovery_control

from w2v.arrays import F64, I64
from w2v.compare.deals.calibration import BAND, adjusted, bands_of, calibrated, combined, moderated
from w2v.errors import SettingsError


def world(words: int, deals: int, seed: int, free: float = 12.0) -> tuple[F64, F64, I64]:
    """Logs of scores without change: words in fewer documents are spread more, and words differ beside."""
    rng = np.random.default_rng(seed)
    documents = rng.integers(20, 2_000, words)
    spread = 0.3 * documents**-0.25 * np.sqrt(free / rng.chisquare(free, words))
    scores = rng.normal(-1.5, 0.5, words) + spread * rng.standard_normal((deals + 1, words))
    return scores[0], scores[1:], documents


@pytest.mark.parametrize("words", [60, 2 * BAND])
@pytest.mark.parametrize("deals", [3, 10])
def test_the_naive_twin_gives_the_same(words: int, deals: int) -> None:
    observed, chance, documents = world(words, deals, 1)
    found = calibrated(observed, chance, documents)
    p, q = naive.tested(observed, chance, documents, max(1, words // BAND))
    assert found.p == pytest.approx(p, rel=1e-6, abs=1e-12)
    assert found.q == pytest.approx(q, rel=1e-6, abs=1e-12)


def test_q_values_of_the_known_answer_and_of_scipy() -> None:
    assert adjusted(np.array([0.01, 0.02, 0.03, 0.5])).tolist() == [0.04, 0.04, 0.04, 0.5]
    p = np.random.default_rng(2).random(500) ** 3
    assert adjusted(p) == pytest.approx(false_discovery_control(p))
    assert adjusted(p) == pytest.approx(naive.q_values(p.tolist()))


def test_nothing_is_found_where_nothing_changed() -> None:
    found, small = [], 0.0
    for seed in range(20):
        test = calibrated(*world(5_000, 10, seed))
        found.append(int((test.q < 0.05).sum()))
        small += float((test.p < 0.05).mean()) / 20
        assert abs(float(test.z.std()) - 1) < 0.05
    assert sum(found) <= 4
    assert 0.045 < small < 0.055


def test_pooling_over_all_words_alike_would_find_much() -> None:
    """Words in few documents are spread more: with one spread for all, they would be called changed."""
    observed, chance, documents = world(5_000, 10, 3, free=6.0)
    residuals = chance - chance.mean(axis=0)
    z = (observed - chance.mean(axis=0)) / (np.sqrt((residuals**2).sum() / (9 * 5_000)) * np.sqrt(1.1))
    assert (z > 4.5).sum() > 5
    assert (calibrated(observed, chance, documents).q < 0.05).sum() <= 1


def test_words_that_moved_are_found() -> None:
    observed, chance, documents = world(5_000, 10, 4)
    observed[::500] += 1.0
    found = np.flatnonzero(calibrated(observed, chance, documents).q < 0.05)
    assert len(np.intersect1d(found, np.arange(0, 5_000, 500))) >= 9
    assert len(found) <= 11


def test_a_shift_or_a_scale_of_scores_changes_nothing() -> None:
    observed, chance, documents = world(800, 5, 5)
    before = calibrated(observed, chance, documents)
    after = calibrated(3 * observed - 7, 3 * chance - 7, documents)
    assert after.z == pytest.approx(before.z, abs=1e-8)


def test_a_word_that_a_half_lacks_is_not_tested() -> None:
    observed, chance, documents = world(700, 4, 6)
    chance[2, 5] = np.nan
    found = calibrated(observed, chance, documents)
    assert np.flatnonzero(np.isnan(found.p)).tolist() == [5]
    rest = np.delete(np.arange(700), 5)
    assert found.q[rest] == pytest.approx(calibrated(observed[rest], chance[:, rest], documents[rest]).q)


def test_words_of_equal_spread_have_many_degrees_of_freedom() -> None:
    rng = np.random.default_rng(7)
    equal = rng.chisquare(9, 20_000) / 9
    drawn, free = moderated(equal, 9, np.zeros(20_000, dtype=np.int64))
    assert free > 500
    assert np.abs(drawn - 1).max() < 0.2
    different = equal * 5 / rng.chisquare(5, 20_000)
    assert 12 < moderated(different, 9, np.zeros(20_000, dtype=np.int64))[1] < 16


def test_bands_are_of_equal_size_and_by_documents() -> None:
    documents = np.random.default_rng(8).integers(1, 100, 3 * BAND + 7)
    bands = bands_of(documents)
    assert set(np.diff(np.sort(np.bincount(bands)))) <= {0, 1}
    assert bands.max() == 2
    assert documents[bands == 0].max() <= documents[bands == 1].min()
    assert bands_of(documents[:10]).tolist() == [0] * 10


def test_scores_are_combined_by_their_spread() -> None:
    rng = np.random.default_rng(9)
    small, large = np.exp(rng.normal(0, 0.1, (6, 500))), np.exp(rng.normal(0, 3.0, (6, 500)))
    both = combined([[small], [large]])
    alone = [np.log(each) / np.sqrt(np.log(each[1:]).var(axis=0, ddof=1).mean()) for each in (small, large)]
    assert both == pytest.approx((alone[0] + alone[1]) / 2)
    assert combined([[small, small], [large]]) == pytest.approx(both)
    assert np.isfinite(combined([[np.zeros((4, 3))]])).all()


def test_two_deals_are_too_few() -> None:
    observed, chance, documents = world(50, 2, 1)
    with pytest.raises(SettingsError, match="2 deals tell no spread"):
        calibrated(observed, chance, documents)
