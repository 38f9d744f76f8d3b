"""Tests of word lists: published numbers, naive twins, WEAT's p under its null, the controls, other tools' mistakes."""

from __future__ import annotations

import json
from math import comb
from pathlib import Path

import numpy as np
import pytest
from reference import bias as naive
from scipy import stats

from w2v import formats
from w2v.errors import DataError
from w2v.evaluation.statistics import holm
from w2v.evaluation.statistics.logistic import cross_validated, fit
from w2v.evaluation.tasks.bias import BiasLists, evaluate_bias, load_lists, read_lists
from w2v.evaluation.tasks.bias.controls import Commonness, matched_rows
from w2v.evaluation.tasks.bias.groups import (
    coherence,
    direct_bias,
    direction,
    mean_cosine_distance,
    relational,
    relative_norms,
    same,
)
from w2v.evaluation.tasks.bias.lipstick import lipstick
from w2v.evaluation.tasks.bias.lookup import Finder
from w2v.evaluation.tasks.bias.report import BiasReport
from w2v.evaluation.tasks.bias.weat import associations, effect_size, permutation_test, single_category
from w2v.vectors import Vectors

OWN = """
title = "mine"
[[association]]
name = "sea"
targets = ["fish", "birds"]
attributes = ["wet", "dry"]
[[groups]]
name = "where"
groups = ["wet", "dry"]
words = "animals"
pairs = "opposites"
[[sentiment]]
name = "mood"
targets = ["fish", "birds"]
positive = "wet"
negative = "dry"
[pairs.opposites]
words = [["wet0", "dry0"], ["wet1", "dry1"]]
"""


def listed(name: str, number: int, start: int = 0) -> str:
    words = ", ".join(f'"{name}{n}"' for n in range(start, start + number))
    return f"[lists.{name}]\nwords = [{words}]\n"


@pytest.fixture(scope="module")
def google(shared: Path) -> Vectors:
    return formats.read(shared / "eval_sets" / "vectors" / "googlenews-weat-347x300.txt")


@pytest.fixture(scope="module")
def weat(google: Vectors) -> BiasReport:
    return evaluate_bias(google, load_lists("weat"))


@pytest.fixture
def own(tmp_path: Path) -> BiasLists:
    path = tmp_path / "mine.toml"
    lists = [("fish", 5), ("birds", 6), ("wet", 4), ("dry", 4), ("animals", 12)]
    path.write_text(OWN + "".join(listed(*each) for each in lists), "utf-8")
    return read_lists(path)


def zoo(seed: int = 3, others: int = 400) -> Vectors:
    rng = np.random.default_rng(seed)
    sizes = {"fish": 5, "birds": 6, "wet": 4, "dry": 4, "animals": 12, "other": others}
    words = [f"{name}{number}" for name, size in sizes.items() for number in range(size)]
    matrix = rng.normal(size=(len(words), 10)).astype(np.float32)
    return Vectors(words, matrix, np.arange(len(words), 0, -1) * 7)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size", "p"),
    [
        ("weat1", 1.5393, None),
        ("weat2", 1.6279, None),
        ("weat6", 1.8899, 0.00008),
        ("weat7", 0.9664, 0.02269),
        ("weat8", 1.2439, 0.00404),
        ("weat9", 1.2967, 0.00758),
    ],
)
def test_the_numbers_that_caliskan_printed(weat: BiasReport, name: str, size: float, p: float | None) -> None:
    [found] = [each for each in weat.associations if each.name == name]
    assert found.effect_size == pytest.approx(size, abs=5e-5)
    assert found.permutation is not None
    if p is None:  # too many partitions to look at: they are drawn, and none reaches the observed one
        assert (found.permutation.exact, found.p) == (False, 1 / found.permutation.examined)
    else:
        assert found.permutation.exact
        assert found.p == pytest.approx(p, abs=5e-6)


def test_numbers_that_wefe_printed(google: Vectors) -> None:
    """Female and male terms by family, in the documentation of its RND and ECT; normalised and as they are."""
    lists = {each.name: each for test in load_lists("weat").associations for each in (*test.targets, *test.attributes)}
    rows = [google.rows(lists[name].words) for name in ("family", "female_terms", "male_terms")]
    plain = [google.matrix[at].astype(np.float64) for at in rows]
    unit = [Finder(google).unit(at) for at in rows]
    assert -relative_norms(*unit).mean() == pytest.approx(-0.0062788, abs=1e-6)
    assert -relative_norms(*plain).mean() == pytest.approx(0.0303818, abs=1e-6)
    assert -relative_norms(*unit)[0] == pytest.approx(0.0400925, abs=1e-6)
    assert coherence(*unit) == pytest.approx(0.7619047619)
    assert coherence(unit[0], *plain[1:]) == pytest.approx(0.6190476190)


def test_the_lists_are_those_that_were_published(shared: Path) -> None:
    """Against WEFE's copy, which has Bill where the paper has Billy."""
    theirs = json.loads((shared / "eval_sets/bias/wefe/WEAT.json").read_text("utf-8"))
    lists = load_lists("weat")
    ours = {each.name: each.words for test in lists.associations for each in (*test.targets, *test.attributes)}
    theirs["young_people_names"] = [{"Bill": "Billy"}.get(word, word) for word in theirs["young_people_names"]]
    assert {name: list(words) for name, words in ours.items()} == theirs
    assert [each.name for each in lists.associations] == [f"weat{number}" for number in range(1, 11)]
    folder = shared / "eval_sets/bias/bolukbasi"
    [gender] = load_lists("gender-professions").groups
    rated = {word: rating for word, _, rating in json.loads((folder / "professions.json").read_text("utf-8"))}
    assert dict(zip(gender.words.words, gender.words.ratings, strict=True)) == rated
    pairs = json.loads((folder / "definitional_pairs.json").read_text("utf-8"))
    assert [[second, first] for first, second in gender.pairs] == pairs
    assert gender.excluded is not None
    assert list(gender.excluded.words) == json.loads((folder / "gender_specific_seed.json").read_text("utf-8"))


def test_measures_are_their_naive_twins() -> None:
    rng = np.random.default_rng(1)
    x, y, a, b, w = (rng.normal(size=(number, 6)) for number in (4, 5, 3, 4, 7))
    ux, uy, ua, ub, uw = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (x, y, a, b, w))
    size = effect_size(associations(ux, ua, ub), associations(uy, ua, ub))
    assert size == pytest.approx(naive.effect_size(x, y, a, b))
    assert single_category(uw, ua, ub) == pytest.approx([naive.single_category(each, a, b) for each in w])
    assert relative_norms(uw, ua, ub) == pytest.approx([naive.relative_norm(each, a, b) for each in w])
    assert mean_cosine_distance(uw, ua, ub) == pytest.approx(naive.mean_cosine_distance(w, a, b))
    assert same(uw, ua, ub) == pytest.approx([naive.same(each, a, b) for each in w])
    pairs = list(zip(a, b[:3], strict=True))
    assert relational(w, a, b[:3]).mean(axis=1) == pytest.approx([naive.relational(each, pairs) for each in w])
    middles = [[naive.cosine(each, naive.centre(group)) for each in w] for group in (a, b)]
    assert coherence(uw, ua, ub) == pytest.approx(stats.spearmanr(*middles).statistic)


@pytest.mark.shared
def test_ripa_is_what_wefe_documents(shared: Path) -> None:
    """WEFE's documentation prints .18600442, per word .0080 to .3968: by its first seven pairs, without daughter and
    son. All eight, which stand in its example, give .19969."""
    vectors = formats.load(shared / "eval_sets" / "vectors" / "googlenews-weat-347x300.txt")
    female = ["female", "woman", "girl", "sister", "she", "her", "hers", "daughter"]
    male = ["male", "man", "boy", "brother", "he", "him", "his", "son"]
    words = ["home", "parents", "children", "family", "cousins", "marriage", "wedding", "relatives"]
    asked, first, second = (np.stack([vectors[word] for word in each]) for each in (words, female, male))
    seven = relational(asked, first[:7], second[:7]).mean(axis=1)
    printed = [0.008022693, 0.2038254, 0.30370313, 0.07277942, -0.040398445, 0.37971354, 0.39682359, 0.16356598]
    assert seven == pytest.approx(printed, abs=1e-6)
    assert seven.mean() == pytest.approx(0.18600442, abs=1e-6)
    assert relational(asked, first, second).mean() == pytest.approx(0.19969, abs=1e-5)


def test_lengths_and_rotations_do_not_matter_and_the_order_of_lists_is_the_sign(tmp_path: Path) -> None:
    lists = {"fish": 5, "birds": 6, "wet": 4, "dry": 4}
    sizes = {}
    vectors = zoo()
    rng = np.random.default_rng(4)
    turn = np.linalg.qr(rng.normal(size=(10, 10)))[0]
    turned = Vectors(vectors.words, (vectors.matrix * rng.uniform(0.1, 9, (len(vectors), 1))) @ turn, vectors.counts)
    plain = OWN.split("[[groups]]")[0]
    for name, text in {
        "plain": plain,
        "targets": plain.replace('["fish", "birds"]', '["birds", "fish"]'),
        "attributes": plain.replace('["wet", "dry"]', '["dry", "wet"]'),
    }.items():
        path = tmp_path / "lists.toml"
        path.write_text(text + "".join(listed(*each) for each in lists.items()), "utf-8")
        [sizes[name]] = evaluate_bias(vectors, read_lists(path)).associations
        [again] = evaluate_bias(turned, read_lists(path)).associations
        assert again.effect_size == pytest.approx(sizes[name].effect_size, abs=1e-5)
        assert again.p == sizes[name].p
        assert again.null is not None
        assert again.null.low == pytest.approx(sizes[name].null.low, abs=1e-5)
    assert sizes["targets"].effect_size == pytest.approx(-sizes["plain"].effect_size)
    assert sizes["attributes"].effect_size == pytest.approx(-sizes["plain"].effect_size)
    assert sizes["targets"].p == pytest.approx(sizes["attributes"].p)
    assert sizes["targets"].p + sizes["plain"].p == pytest.approx(1 + 1 / comb(11, 5))


def test_the_direction_is_the_first_component_of_centred_pairs() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 8, 5))
    middle = (first + second) / 2
    points = np.concatenate([first - middle, second - middle])
    values, vectors = np.linalg.eigh(np.cov(points.T, bias=True))
    axis = direction(first, second)
    assert abs(axis @ vectors[:, -1]) == pytest.approx(1.0)
    assert ((first - second) @ axis).sum() > 0
    assert direction(second, first) == pytest.approx(-axis)
    assert direct_bias(np.array([axis, -axis]), axis) == pytest.approx(1.0)
    assert values[-1] > values[-2]


@pytest.mark.parametrize(("first", "second"), [(3, 3), (4, 2), (2, 5), (5, 5)])
def test_exact_p_is_a_count_of_partitions(first: int, second: int) -> None:
    rng = np.random.default_rng(first * 10 + second)
    for ties in (False, True):
        x, y = (rng.integers(0, 3, n) / 3.0 if ties else rng.normal(size=n) for n in (first, second))
        found = permutation_test(x, y)
        assert found.p == pytest.approx(naive.exact_p(x.tolist(), y.tolist()))
        assert (found.exact, found.partitions) == (True, comb(first + second, first))


def test_exact_p_is_uniform_under_its_null() -> None:
    """FEE's p is always 0 or 1. Over 2,000 random tests every p of a grid of k / 252 is as likely as any other."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(2_000):
        words, a, b = rng.normal(size=(10, 8)), rng.normal(size=(4, 8)), rng.normal(size=(4, 8))
        scores = associations(words, a, b)
        found.append(permutation_test(scores[:5], scores[5:]).p)
    steps = np.array(found) * comb(10, 5)
    assert steps == pytest.approx(np.round(steps))
    assert steps.min() >= 1
    observed = np.bincount(((np.round(steps).astype(int) - 1) * 12) // 252, minlength=12)
    assert stats.chisquare(observed).pvalue > 0.01
    assert 0.035 < np.mean(np.array(found) <= 0.05) < 0.065


def test_drawn_partitions_agree_with_counted_ones_and_never_give_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(6)
    x, y = rng.normal(0.4, 1, 7), rng.normal(0, 1, 8)
    counted = permutation_test(x, y)
    monkeypatch.setattr("w2v.evaluation.tasks.bias.weat.MOST_PARTITIONS", 10)
    drawn = permutation_test(x, y, seed=1)
    assert not drawn.exact
    assert drawn.p == pytest.approx(counted.p, abs=0.006)
    assert permutation_test(x, y, seed=1) == drawn
    assert permutation_test(x + 100, y, draws=99).p >= 1 / 100


def test_partitions_are_not_drawn_with_replacement(monkeypatch: pytest.MonkeyPatch) -> None:
    """WEFE draws words with replacement: then samples exceed any partition. Here the best partition is the bound."""
    monkeypatch.setattr("w2v.evaluation.tasks.bias.weat.MOST_PARTITIONS", 0)
    x, y = np.array([10.0, 9.0, 8.0]), np.array([1.0, 2.0, 3.0])
    found = permutation_test(x, y, draws=20_000)
    assert found.p == pytest.approx(1 / 20, abs=0.006)  # drawn with replacement it would be 0.14
    assert permutation_test(y, x, draws=500).p == 1.0


def test_the_deviation_is_the_samples(google: Vectors, weat: BiasReport) -> None:
    """WEFE divides by n: 1.9519 for WEAT 6, where the paper has 1.89."""
    [found] = [each for each in weat.associations if each.name == "weat6"]
    scores = np.array([word.score for word in found.words])
    assert found.effect_size is not None
    assert found.effect_size * scores.std(ddof=1) == pytest.approx(scores[:8].mean() - scores[8:].mean())
    assert found.effect_size * np.sqrt(16 / 15) == pytest.approx(1.9519, abs=1e-4)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_null_band_is_what_nothing_looks_like(tmp_path: Path) -> None:
    """With 8 + 8 words |d| averages 0.40 although there is nothing."""
    rng = np.random.default_rng(0)
    names = ("fish", "birds", "wet", "dry")
    words = [f"{name}{number}" for name in names for number in range(8)] + [f"other{number}" for number in range(3_000)]
    path = tmp_path / "lists.toml"
    path.write_text(OWN.split("[[groups]]")[0] + "".join(listed(name, 8) for name in names), "utf-8")
    vectors = Vectors(words, rng.normal(size=(len(words), 50)).astype(np.float32))
    [found] = evaluate_bias(vectors, read_lists(path)).associations
    assert found.null is not None
    assert found.null.mean_absolute == pytest.approx(0.40, abs=0.02)
    assert found.null.low == pytest.approx(-0.95, abs=0.08)
    assert found.null.high == pytest.approx(0.95, abs=0.08)
    assert found.effect_size is not None
    inside = found.null.low <= found.effect_size <= found.null.high
    assert ("not stronger than random words of the same frequency" in found.remarks) == inside


def test_words_are_drawn_at_the_same_frequency_and_once() -> None:
    vectors = zoo(others=3_000)
    common = Commonness(Finder(vectors))
    rows = np.array([0, 1, 2, 1_500, 3_020])
    drawn = matched_rows(common, rows, np.concatenate([rows, np.arange(31)]), 500, np.random.default_rng(0))
    assert drawn is not None
    assert drawn.shape == (500, 5)
    assert all(len(set(draw)) == 5 for draw in drawn.tolist())
    assert not np.isin(drawn, [*rows, *range(31)]).any()
    assert (np.abs(drawn - rows) <= 231).all()
    assert np.abs(drawn.mean(axis=0) - [131, 131, 131, 1_500, 2_930]).max() < 15
    assert matched_rows(common, rows, np.arange(3_020), 5, np.random.default_rng(0)) is None


def test_leave_one_out_and_frequencies_by_hand(own: BiasLists) -> None:
    vectors = zoo()
    [whole] = evaluate_bias(vectors, own).associations
    sizes = {}
    design = own.associations[0]
    for left in (word for listed in (*design.targets, *design.attributes) for word in listed.words):
        lists = [
            [vectors.matrix[vectors.index[word]].tolist() for word in listed.words if word != left]
            for listed in (*design.targets, *design.attributes)
        ]
        sizes[left] = naive.effect_size(*lists)
    assert whole.leave_one_out is not None
    assert whole.leave_one_out.low == pytest.approx(min(sizes.values()), abs=1e-6)
    assert whole.leave_one_out.low_without == min(sizes, key=sizes.__getitem__)
    assert whole.leave_one_out.high == pytest.approx(max(sizes.values()), abs=1e-6)
    assert whole.leave_one_out.high_without == max(sizes, key=sizes.__getitem__)
    counts = vectors.counts
    assert counts is not None
    assert whole.frequencies is not None
    assert whole.frequencies.targets == pytest.approx(np.median(counts[:5]) / np.median(counts[5:11]))
    counts[:5] *= 9
    [rarer] = evaluate_bias(vectors, own).associations
    assert any("the targets differ" in remark for remark in rarer.remarks)


def test_coverage_is_named_and_thin_lists_are_warned_of(own: BiasLists) -> None:
    vectors = zoo()
    kept = [
        row for row, word in enumerate(vectors.words) if word not in ("fish1", "fish2", "fish3", "dry3", "animals7")
    ]
    words = [vectors.words[row].replace("wet2", "Wet2") for row in kept]
    matrix = vectors.matrix[kept].copy()
    matrix[words.index("birds0")] = 0.0
    matrix[words.index("birds1")] = np.nan
    matrix[-1] = np.inf
    report = evaluate_bias(Vectors.unchecked(words, matrix), own)
    [found] = report.associations
    x, y, a, b = found.coverage
    assert (x.in_vocabulary, x.total, x.missing) == (2, 5, ("fish1", "fish2", "fish3"))
    assert y.missing == ("birds0", "birds1")  # zeros and NaN have no direction
    assert (a.in_vocabulary, b.missing) == (4, ("dry3",))
    assert found.warning == "only 2 of 5 fish are in the vocabulary"
    assert a.other_case == (("wet2", "Wet2"),)
    assert found.remarks[-1] == "1 in the vocabulary in another case only (wet2 as Wet2)"
    assert found.effect_size is not None
    assert report.warning == ""
    assert report.metrics()["mine.coverage"] == pytest.approx(44 / 58)
    nobody = evaluate_bias(Vectors(["a", "b"], np.eye(2)), own)
    assert nobody.warning
    assert all(value is None for name, value in nobody.metrics().items() if not name.endswith("coverage"))
    assert nobody.to_dict()["associations"][0]["effect_size"] is None


def test_two_spellings_of_one_row_count_once(tmp_path: Path) -> None:
    path = tmp_path / "lists.toml"
    path.write_text(
        OWN.split("[[groups]]")[0]
        + '[lists.fish]\nwords = ["Sea Horse", "sea_horse", "cod"]\n'
        + "".join(listed(name, 3) for name in ("birds", "wet", "dry")),
        "utf-8",
    )
    words = ["sea_horse", "cod", *(f"{name}{number}" for name in ("birds", "wet", "dry") for number in range(3))]
    vectors = Vectors(words, np.random.default_rng(1).normal(size=(len(words), 4)))
    [found] = evaluate_bias(vectors, read_lists(path)).associations
    assert (found.coverage[0].in_vocabulary, found.coverage[0].missing) == (2, ())


def test_a_planted_association_is_found_by_every_test(own: BiasLists) -> None:
    """Fish and half of the animals lie towards wet, birds and the others towards dry."""
    rng = np.random.default_rng(8)
    vectors = zoo(others=800)
    axis = np.zeros(10, dtype=np.float32)
    axis[0] = 3.0
    matrix = vectors.matrix.copy()
    for row, word in enumerate(vectors.words):
        wet = word.startswith(("fish", "wet")) or word in {f"animals{number}" for number in range(6)}
        dry = word.startswith(("birds", "dry", "animals")) and not wet
        matrix[row] += axis * (wet - 1.0 * dry) + (rng.normal() * axis if word.startswith("other") else 0)
    report = evaluate_bias(Vectors(vectors.words, matrix, vectors.counts), own)
    [weat], [where], [mood] = report.associations, report.groups, report.sentiments
    assert weat.effect_size is not None
    assert weat.effect_size > 1.5
    assert weat.p == pytest.approx(1 / comb(11, 5))
    assert weat.null is not None
    assert weat.null.beyond < 0.005
    value = {measure.name: measure.value for measure in where.measures}
    assert value["same"] is not None
    assert value["same"] > 0.5
    assert value["direct-bias"] is not None
    assert value["direct-bias"] > 0.4
    assert value["ect"] is not None
    assert value["ect"] < 0
    scores = {word.word: word.score for word in where.words}
    assert min(scores[f"animals{n}"] for n in range(6)) > max(scores[f"animals{n}"] for n in range(6, 12))
    assert (mood.accuracy, mood.lists[0][1] < 0.3, mood.lists[1][1] > 0.7) == (1.0, True, True)
    shares = [word.score for word in mood.words]
    assert mood.divergence == pytest.approx(naive.divergence_from_equal(shares))


def test_the_report_repeats_itself_and_says_association(own: BiasLists) -> None:
    vectors = zoo()
    report = evaluate_bias(vectors, own, seed=4)
    first, again = report.to_dict(), evaluate_bias(vectors, own, seed=4).to_dict()
    assert first == again
    assert evaluate_bias(vectors, own, seed=5).associations[0].effect_size == first["associations"][0]["effect_size"]
    assert "biased" not in json.dumps(first)
    rows = report.rows()
    assert [row["level"] for row in rows[:2]] == ["association", "sc-weat"]
    assert report.headline is None


@pytest.mark.slow
def test_logistic_regression_is_its_naive_twin() -> None:
    rng = np.random.default_rng(9)
    features = rng.normal(size=(14, 3))
    labels = features[:, 0] + rng.normal(size=14) > 0
    for strength in (0.1, 2.0):
        solution = fit(features, labels, strength)
        assert solution == pytest.approx(naive.logistic(features.tolist(), labels, strength), abs=2e-4)
    model = cross_validated(features, labels, seed=1)
    assert model is not None
    assert 0.0 <= model.accuracy <= 1.0
    assert cross_validated(features, np.arange(14) == 0) is None


def test_accuracy_is_that_of_unseen_words() -> None:
    """Thirty words in forty dimensions are always separable; words that mean nothing must come out near one half."""
    rng = np.random.default_rng(10)
    accuracy = []
    for seed in range(4):
        model = cross_validated(rng.normal(size=(30, 40)), np.arange(30) < 15, seed)
        assert model is not None
        accuracy.append(model.accuracy)
    assert 0.35 < np.mean(accuracy) < 0.65


def test_lipstick_sees_what_a_projection_hides() -> None:
    """A gender that shows in two dimensions survives the removal of one; one that shows in a single one does not."""
    rng = np.random.default_rng(11)
    gender = rng.normal(size=1_000)
    noise = rng.normal(size=(1_000, 20)) * 0.4
    axis = np.eye(20)[0]
    rows = np.arange(1_000)
    found = {}
    for name, dimensions in (("hidden", [0, 1, 2]), ("single", [0])):
        matrix = noise.copy()
        matrix[:, dimensions] += gender[:, None]
        unit = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)
        result = lipstick(unit, rows[50:], rows[:50], axis, a_side=100)
        assert result is not None
        assert lipstick(unit, rows[50:], rows[:50], axis, a_side=100) == result
        found[name] = result
    assert found["hidden"].clusters_before > 0.95
    assert found["hidden"].clusters_after > 0.95
    assert found["single"].clusters_before > 0.95
    assert found["single"].clusters_after < 0.65
    hidden, single = found["hidden"].neighbourhood_after, found["single"].neighbourhood_after
    assert hidden is not None
    assert single is not None
    assert hidden > 0.7
    assert abs(single) < 0.35
    assert lipstick(unit, rows[:15], rows[:5], axis) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'targets = ["fish", "birds"]\nattributes',
            'targets = ["fish"]\nattributes',
            "association[1].targets does not",
        ),
        ('"wet", "dry"]\n[[groups]]', '"wet", "damp"]\n[[groups]]', "no [lists.damp]"),
        ('pairs = "opposites"', 'pairs = "twins"', "no [pairs.twins]"),
        ("[pairs.opposites]\n", "[pairs.opposites]\nword = 1\n", "unknown: pairs.opposites.word"),
        ('["wet1", "dry1"]', '["wet1"]', "no pair of words"),
        ('name = "mood"', 'name = "sea"', "'sea' is given twice"),
        ('positive = "wet"', 'positives = "wet"', "unknown: sentiment[1].positives"),
        ("[lists.birds]\n", "[lists.birds]\nratings = [1, 2]\n", "6 words and 2 ratings"),
        ('"fish0", "fish1"', '"fish0", "fish0"', "'fish0' twice"),
        ('title = "mine"', "title = 3", "title is missing or is not a text"),
        ('title = "mine"', "title = ", "not TOML"),
    ],
)
def test_wrong_lists_say_where(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = OWN + "".join(listed(*each) for each in (("fish", 5), ("birds", 6), ("wet", 4), ("dry", 4), ("animals", 3)))
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DataError) as caught:
        read_lists(path)
    assert message in caught.value.message
    assert "mine.toml" in caught.value.message


def test_lists_that_ask_nothing_or_are_no_lists(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(listed("fish", 3), "utf-8")
    with pytest.raises(DataError, match="nothing is asked"):
        read_lists(path)
    with pytest.raises(DataError, match="cannot read"):
        read_lists(tmp_path / "none.toml")
    with pytest.raises(DataError, match="no set of bias lists"):
        load_lists("wordsim353")
