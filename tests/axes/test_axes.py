"""Words on axes: the arithmetic against plain numpy, the controls, and the command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v.axes.direction import spread_of
from w2v.axes.projecting import axis, project
from w2v.axes.written import axes_given, pairs_of_lines, read_axis
from w2v.cli import main
from w2v.errors import SettingsError, UnknownWordsError
from w2v.lookup import AS_SPELT
from w2v.vectors import Vectors

PAIRS = (("he", "she"), ("man", "woman"), ("king", "queen"))
GENDER = "gender=he,she+man,woman+king,queen"


def planted(words: int = 600, dim: int = 40, strength: float = 4.0) -> Vectors:
    """Random words, and pairs that differ along one direction, which `nurse` leans to and `table` does not."""
    rng = np.random.default_rng(3)
    direction = rng.normal(size=dim)
    direction *= strength / np.linalg.norm(direction)
    names = [f"word{number}" for number in range(words)]
    matrix = rng.normal(size=(words, dim))
    for number, (first, second) in enumerate(PAIRS):
        names[2 * number], names[2 * number + 1] = first, second
        topic = rng.normal(size=dim)
        matrix[2 * number], matrix[2 * number + 1] = topic - direction, topic + direction
    names[10], names[11] = "nurse", "table"
    matrix[10] += direction
    matrix[11] -= (matrix[11] @ direction) * direction / (direction @ direction)
    return Vectors(names, matrix.astype(np.float32), counts=10 * np.arange(words, 0, -1), name="planted")


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return planted()


def units(vectors: Vectors, *words: str) -> np.ndarray:
    rows = vectors.matrix[vectors.rows(words)].astype(np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_mirrored_axis_mirrors_everything(vectors: Vectors) -> None:
    """Also with one pair turned round, and beside other axes, which draw their own random pairs."""
    pairs = [("he", "she"), ("woman", "man"), ("king", "queen")]
    mirrored = [(second, first) for first, second in pairs]
    words = ["nurse", "table", *vectors.words[12:300:7]]
    one = axis(vectors, {"line": pairs}, words)
    other = axis(vectors, {"other": [("word50", "word60")], "line": pairs, "mirrored": mirrored}, words)
    alone = axis(vectors, {"line": mirrored}, words)
    for this, that in ((one.on("line"), alone.on("line")), (other.on("line"), other.on("mirrored"))):
        for left, right in zip(this, that, strict=True):
            assert right.value == -left.value
            assert right.low == -(left.high or 0.0)
            assert right.high == -(left.low or 0.0)
            for band, turned in ((left.random_words, right.random_words), (left.random_pairs, right.random_pairs)):
                assert band is not None
                assert turned == (-band[1], -band[0])
            assert right.percentile == pytest.approx(100 - (left.percentile or 0.0))
            assert right.toward == left.toward
    assert one.axes[0].random_agreement == alone.axes[0].random_agreement
    assert one.axes[0].random_spread == alone.axes[0].random_spread


def test_projections_and_ranges_are_those_of_plain_numpy(vectors: Vectors) -> None:
    found = axis(vectors, GENDER, ["nurse", "table"])
    differences = np.array([units(vectors, second)[0] - units(vectors, first)[0] for first, second in PAIRS])
    for each, unit in zip(found.projections, units(vectors, "nurse", "table"), strict=True):
        direction = differences.mean(axis=0)
        assert each.value == pytest.approx(unit @ direction / np.linalg.norm(direction), abs=1e-12)
        without = [np.delete(differences, number, axis=0).mean(axis=0) for number in range(len(PAIRS))]
        values = [unit @ each / np.linalg.norm(each) for each in without]
        assert (each.low, each.high) == pytest.approx((min(values), max(values)), abs=1e-12)
    (made,) = found.axes
    unit_differences = differences / np.linalg.norm(differences, axis=1, keepdims=True)
    cosines = unit_differences @ unit_differences.T
    assert made.agreement == pytest.approx(cosines[np.triu_indices(3, 1)].mean(), abs=1e-12)
    assert made.random_agreement is not None
    assert made.agreement > made.random_agreement


def test_a_planted_word_leans_and_another_does_not(vectors: Vectors) -> None:
    nurse, table, king = axis(vectors, GENDER, ["nurse", "table", "king"]).projections
    assert nurse.toward == "she"
    assert nurse.is_beyond_random_pairs
    assert table.toward is None
    assert not table.is_pole
    assert king.is_pole
    assert king.toward == "he"


def test_one_random_word_in_twenty_lies_outside_of_the_band(vectors: Vectors) -> None:
    """The bands are what they are called: 95 % of words that have nothing to do with the axis are within."""
    words = vectors.words[20:]
    found = axis(vectors, "he,she", words).projections
    outside = np.mean([each.toward is not None for each in found])
    assert 0.03 <= outside <= 0.07
    assert 0.03 <= np.mean([each.is_beyond_random_pairs for each in found]) <= 0.07


def test_turning_and_padding_the_space_changes_no_projection(vectors: Vectors) -> None:
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(40, 40)))[0]
    turned = np.pad(vectors.matrix @ rotation, ((0, 0), (0, 5))).astype(np.float32)
    before = axis(vectors, [GENDER, "word50,word60"], ["nurse", "table"])
    after = axis(Vectors(vectors.words, turned, vectors.counts), [GENDER, "word50,word60"], ["nurse", "table"])
    for one, other in zip(before.projections, after.projections, strict=True):
        assert other.value == pytest.approx(one.value, abs=3e-7)
        assert other.random_words == pytest.approx(one.random_words, abs=3e-7)
    assert after.angles[0].cosine == pytest.approx(before.angles[0].cosine, abs=3e-7)


def test_a_direction_is_said_to_be_spread_only_where_it_is(vectors: Vectors) -> None:
    (spread,) = axis(vectors, GENDER).axes
    assert spread.sentence.startswith("Directions are spread over all dimensions; no dimension is gender:")
    assert spread_of(np.array([0.6, 0.0, 0.8])) == (3, 0.8, 1)
    matrix = vectors.matrix.copy()
    matrix[0, 7], matrix[1, 7] = -90, 90
    (narrow,) = axis(Vectors(vectors.words, matrix), "he,she").axes
    assert narrow.spread.dimension == 8
    assert narrow.sentence.startswith("This direction lies mostly in few dimensions: the nearest one (number 8)")


def test_ends_are_the_words_farthest_out_without_the_poles(vectors: Vectors) -> None:
    (made,) = axis(vectors, GENDER, topn=3).axes
    low, high = made.ends
    assert (low.pole, high.pole) == ("he", "she")
    assert high.words[0][0] == "nurse"
    assert high.words[0][1] > high.words[1][1] > 0 > low.words[1][1] > low.words[0][1]
    poles = {word for pair in PAIRS for word in pair}
    assert not poles & {word for end in made.ends for word, _ in end.words}


def test_equal_calls_give_equal_results_and_words_stand_once(vectors: Vectors) -> None:
    one, other = (axis(vectors, "he,she", ["nurse", "nurse"]) for _ in range(2))
    assert one.rows() == other.rows()
    assert one.words == ("nurse",)
    assert len(one.to_frame()) == 1
    assert "<table>" in one._repr_html_()


def test_axes_may_be_given_in_several_ways(vectors: Vectors) -> None:
    ways = [GENDER, [GENDER], {"gender": list(PAIRS)}, {"gender": "he,she+man,woman+king,queen"}]
    values = {axis(vectors, way, ["nurse"]).projections[0].value for way in ways}
    assert len(values) == 1
    assert w2v.axis(vectors, list(PAIRS), "nurse").projections[0].value in values
    assert [each.name for each in axes_given(["he,she", "poor,rich"])] == ["he → she", "poor → rich"]


@pytest.mark.parametrize("text", ["he", "he,", "he,she,it", "he,she+", ",", "he,he", "he,she+he,she", "g=he"])
def test_what_is_no_axis_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_axis(text)
    assert error.value.hint


def test_names_and_lines_are_read() -> None:
    assert read_axis("gender = he, she + man, woman") == ("gender", (("he", "she"), ("man", "woman")))
    assert read_axis("he,she+man,woman").name == "he → she and 1 more"
    assert pairs_of_lines(["# women", "he\tshe", "", "new york,los angeles"], "x").pairs[1] == (
        "new york",
        "los angeles",
    )
    with pytest.raises(SettingsError, match="line 2"):
        pairs_of_lines(["he,she", "man"], "pairs.txt")


def test_impossible_axes_say_so(vectors: Vectors) -> None:
    with pytest.raises(UnknownWordsError, match="nobody"):
        axis(vectors, "he,nobody", ["nurse"])
    with pytest.raises(SettingsError, match="cancel"):
        axis(vectors, [[("he", "she"), ("she", "he")]], ["nurse"])
    with pytest.raises(SettingsError, match="two axes"):
        axis(vectors, ["he,she", "he,she"])
    same = Vectors(["a", "b", "c"], [[1, 0], [2, 0], [0, 1]])
    with pytest.raises(SettingsError, match="no difference"):
        axis(same, "a,b")
    few = axis(same, "a,c", ["b"]).projections[0]
    assert few.random_words is None
    assert few.toward is None


def test_words_without_a_row_are_projected_and_not_judged(vectors: Vectors) -> None:
    composing = planted()
    composing.compose = lambda word: np.ones(40, dtype=np.float32) if word == "nursery" else None
    composing.__dict__.pop("lookup", None)
    written = axes_given("he,she")
    found = project(composing, written, ["nursery"], AS_SPELT._replace(composed=True)).projections[0]
    assert found.random_words is None
    assert found.random_pairs is not None


@pytest.fixture
def file(vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    w2v.save(vectors, "vectors.safetensors")
    return tmp_path / "vectors.safetensors"


def test_the_command_prints_tables_and_rows(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["axis", GENDER, "word50,word60", "nurse", "Table", "--report", "page.html"]) == 0
    out, err = capsys.readouterr()
    assert "'Table' is 'table' in" in err
    assert "toward she" in out
    assert "as random words" in out
    assert "no dimension is gender" in out
    assert "Between the axes" in out
    assert 'class="band"' in Path("page.html").read_text("utf-8")
    assert main(["axis", "he,she", "nurse", "--json"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert payload["schema"] == "w2v.axis/1"
    assert payload["projections"][0]["toward"] == "she"
    Path("gender.txt").write_text("he she\nman,woman\nhe,nobody\n")
    assert main(["axis", "--pairs", "gender.txt", "--format", "csv", "--unknown-words", "skip", "-n", "2"]) == 0
    out, err = capsys.readouterr()
    assert "left out" in err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["end"] for row in rows] == ["he", "he", "she", "she"]
    assert {row["axis"] for row in rows} == {"gender"}
    assert main(["axis", "he,she", "he", "she"]) == 0
    assert "Only words of the axis itself are named: name others" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nurse"], 2, "no axis is named"),
        (["he,she", "king - man + woman"], 2, "is a sum"),
        (["he,nobody", "nurse"], 1, "'nobody' is not in"),
        (["he,nobody", "nurse", "--unknown-words", "skip"], 2, "no pair of the axis"),
    ],
)
def test_the_command_refuses(
    arguments: list[str], code: int, message: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["axis", *arguments]) == code
    assert message in capsys.readouterr().err
