"""Verdicts in sentences, too few items, languages, and what of a user's own file was not scored."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import formats
from w2v.cli import main
from w2v.cli.terminal import draw
from w2v.errors import SettingsError
from w2v.evaluation import Findings, PairSuite, Report, SimilarityReport, evaluate, evaluate_suite, load
from w2v.evaluation.language import FUNCTION_WORDS, guess_language
from w2v.evaluation.scoring import evaluate_sets
from w2v.evaluation.statistics import FEWEST, Paired, clustered_interval, difference_of
from w2v.evaluation.studies.comparison import Comparison, compare
from w2v.evaluation.studies.conventions import Grids
from w2v.evaluation.studies.replicates import Spread
from w2v.evaluation.studies.sensitivity import Sensitivity, Shift
from w2v.evaluation.tasks.base import GridRow
from w2v.evaluation.tasks.bias import evaluate_bias, published
from w2v.evaluation.verdicts import Compared, of_difference, of_suite
from w2v.report.blocks import BOLD, FEW, TOO_FEW
from w2v.vectors import Vectors

FOUND = Compared("rated", "pairs", 318, 353, 100, "a.bin", "b.bin", 0.032, 0.011, 0.053, 0.003, 0.006, 0.145)


def vectors_of(words: list[str], seed: int = 1) -> Vectors:
    return Vectors(words, np.random.default_rng(seed).normal(size=(len(words), 6)).astype(np.float32))


def pairs_of(items: int) -> PairSuite:
    words = tuple(f"w{number}" for number in range(2 * items))
    ratings = np.random.default_rng(2).normal(size=items)
    return PairSuite("rated", "Rated", "0", words, np.arange(2 * items).reshape(-1, 2), ratings)


def compared(items: int) -> Findings:
    suite = pairs_of(items)
    reports = {
        name: evaluate_sets(vectors_of(list(suite.words), seed), {"rated": suite})
        for seed, name in enumerate(("a.bin", "b.bin"))
    }
    return Findings(reports, studies={"comparison": Comparison(compare(reports))})


def texts_of(findings: Findings) -> list[str]:
    document = findings.document()
    drawn = " ".join(draw(document, width=80, colour=False).split())
    page = re.sub(r"<[^>]+>", "", findings.to_html()).replace("\N{NO-BREAK SPACE}", " ")
    return [drawn, findings.to_markdown().replace("\\", ""), page]


# --------------------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "b.bin is better by 3.2 points (1.1 to 5.3)"),
        ({"difference": -0.032, "low": -0.053, "high": -0.011}, "a.bin is better by 3.2 points (1.1 to 5.3)"),
        ({"p": 0.3, "adjusted": 0.3}, "no difference shown; 318 pairs would have shown 14.5 points"),
        (
            {"p": 0.03, "adjusted": 0.09},
            "no difference shown once all comparisons of the table are counted (p 0.0900); 318 pairs would have shown "
            "14.5 points",
        ),
        ({"p": 0.3, "adjusted": 0.3, "detectable": None}, "no difference shown; 318 pairs would hardly have shown any"),
        (
            {"items": 9, "low": None, "high": None, "p": None, "adjusted": None},
            "9 pairs are too few to compare; 10 or more are needed",
        ),
        ({"difference": 0.0, "low": None, "high": None, "p": 1.0, "adjusted": 1.0}, "no difference on 318 pairs"),
        (
            {"low": None, "high": None, "p": None, "adjusted": None},
            "b.bin is better by 3.2 points on 318 pairs; how sure that is cannot be told",
        ),
        (
            {"items": 150, "total": 999},
            "b.bin is better by 3.2 points (1.1 to 5.3); do not quote it: only 150 of 999 pairs",
        ),
        ({"items": 24}, "b.bin is better by 3.2 points (1.1 to 5.3); do not quote it: 24 pairs are too few"),
    ],
)
def test_a_difference_in_a_sentence(change: dict[str, Any], said: str) -> None:
    found = FOUND._replace(**change)
    assert of_difference(found) == of_suite([found]) == f"rated: {said}."
    assert found.is_quotable == (said.endswith(")") and "shown" not in said)


def test_several_differences_in_a_sentence() -> None:
    same = FOUND._replace(second="c.bin", p=0.4, adjusted=0.8, detectable=0.2)
    assert of_suite([FOUND, same, same]) == (
        "rated: b.bin is better than a.bin by 3.2 points (1.1 to 5.3); no difference shown in 2 of 3 comparisons; 318 "
        "pairs would have shown 20.0 points."
    )


def test_every_output_has_the_same_sentences() -> None:
    findings = compared(120)
    [suite] = findings.to_dict()["studies"]["comparison"]
    verdict = suite["verdict"]
    assert verdict == suite["differences"][0]["verdict"]
    assert findings.to_dict()["verdicts"] == {"comparison": [verdict]}
    assert re.fullmatch(r"rated: no difference shown; 120 pairs would have shown [\d.]+ points\.", verdict)
    for text in texts_of(findings):
        assert verdict in text
        assert "1 point is 1 % of an accuracy, and 0.01 of a correlation" in text
        for line in findings.summaries():
            assert line in text
    assert draw(findings.document(), width=200, colour=False).splitlines()[-1] == findings.summaries()[-1]


def test_the_last_line_has_the_main_scores() -> None:
    score = evaluate_suite(vectors_of(list(pairs_of(120).words)), pairs_of(120))
    assert isinstance(score, SimilarityReport)
    good = replace(score, spearman=0.5474, suite="wordsim353")
    few = replace(score, spearman=-0.0818, suite="simlex999", scored=11, total=999)
    none = replace(score, spearman=None, suite="men", scored=0)
    assert Report({each.suite: each for each in (good, few, none)}).summary == (
        "wordsim353 .547, simlex999 −.082 (do not quote: 11 of 999 pairs), men – (0 of 120 pairs)"
    )
    assert replace(good, spearman=0.99999).in_short == "wordsim353 1.000"
    assert good.verdict.startswith("wordsim353: Spearman ρ .547 on 120 pairs; on other pairs of the same kind probably")
    assert "do not quote" in few.verdict


def test_studies_speak_in_points() -> None:
    spread = Spread("rated", 0.7946, 0.0306, 0.7626, 0.8236, 3)
    assert spread.verdict == (
        "rated: 79.5 ± 3.1 points over 3 seeds; in 95 % of cases two single runs that differ only in their "
        "seeds are less than 18.5 points apart."
    )
    assert "too few to say" in replace(spread, files=2).verdict
    assert replace(spread, warning="do not quote this score: 3 pairs are too few").verdict.endswith("are too few.")
    row = GridRow("google", 5000, 2250, 19544, 0.647, 0.14, 0.197, 0.257)
    [said] = Grids({"a": [row]}).verdicts({"a": "a"})
    assert said == (
        "google: the same vectors score 14.0 % (first 5,000 words, inputs allowed) or 64.7 % (first 5,000 words); "
        "compare only scores of one convention."
    )
    shift = Shift("rated", 0.5, 0.52, 0.47, main=True)
    assert Sensitivity({"a": [shift]}).verdicts({"a": "a"}) == (
        "a: rated moves most, by −3.0 points (all but the top).",
    )


# --------------------------------------------------------------------------- too few items


def test_below_ten_items_there_is_no_interval() -> None:
    for items in (FEWEST - 1, FEWEST):
        findings, few = compared(items), items < FEWEST
        [suite] = findings.to_dict()["studies"]["comparison"]
        [found] = suite["differences"]
        for name in ("low", "high", "p", "adjusted", "detectable"):
            assert (found[name] is None) == few or (name == "detectable" and not few)
        score = findings.to_dict()["files"][0]["suites"][0]
        assert (score["low"] is None) == (score["score"]["high"] is None) == few
        for text in texts_of(findings):
            assert (TOO_FEW in text) == (FEW in text) == few
            assert ("9 pairs are too few to compare" in text) == few
    assert clustered_interval(np.array([1, 2, 3]), np.array([3, 3, 3])) is None
    assert clustered_interval(np.array([1, 2, 3]), np.array([3, 3, 4])) is not None


def test_an_interval_ends_where_the_possible_ends() -> None:
    def wide(first: int, second: int) -> tuple[float, int]:
        return 0.9, 9

    found = difference_of(Paired("spearman", 10, 10, (0.1, 0.3), wide, span=2.0), 0, 1)
    assert (found.low, found.high, found.detectable) == (pytest.approx(0.2 - 2.262 * 0.9, abs=0.01), 2.0, None)
    found = difference_of(Paired("accuracy", 10, 10, (0.1, 0.3), wide), 0, 1)
    assert (found.low, found.high) == (-1.0, 1.0)


# --------------------------------------------------------------------------- languages


@pytest.mark.parametrize("code", FUNCTION_WORDS)
def test_a_language_is_known_by_its_function_words(code: str) -> None:
    common = FUNCTION_WORDS[code].split()
    words = [word for pair in zip(common, map("word{}".format, range(len(common))), strict=True) for word in pair]
    guess = guess_language([*words, *(f"more{number}" for number in range(3000))])
    assert guess is not None
    assert guess.code == code


def test_no_language_is_claimed_without_need() -> None:
    """Small vocabularies, other orders of rows, two languages at once."""
    assert guess_language(["king", "queen", "man", "woman"]) is None
    assert guess_language([*(f"a{number}" for number in range(600)), *FUNCTION_WORDS["de"].split()]) is None
    assert guess_language([*FUNCTION_WORDS["de"].split(), *FUNCTION_WORDS["en"].split()]) is None


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vectors:
    monkeypatch.chdir(tmp_path)
    made = vectors_of([*FUNCTION_WORDS["de"].split(), *(f"Wort{number}" for number in range(900)), "king", "queen"])
    formats.write(made, "de.bin")
    Path("de.csv").write_text("".join(f"Wort{n},Wort{n + 1},{n}\n" for n in range(30)))
    return made


def test_german_vectors_are_not_scored_on_english_sets_unasked(
    german: Vectors, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "de.bin"]) == 0
    out = capsys.readouterr().out
    assert "seem to be German" in out
    assert "google-analogies, wordsim353, simlex999 are English and were left out" in out
    assert "--analogies FILE" in out
    assert len(out.splitlines()) < 24
    assert main(["eval", "de.bin", "--json"]) == 0
    printed = capsys.readouterr()
    [file] = json.loads(printed.out)["files"]
    assert (file["suites"], file["language"]) == ([], "de")
    assert file["left_out"] == ["google-analogies", "wordsim353", "simlex999"]
    assert file["notes"][0] in printed.err
    assert main(["eval", "de.bin", "--min", "wordsim353=0.3"]) == 3


def test_sets_that_are_named_are_scored_with_a_remark(german: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "de.bin", "--suite", "wordsim353"]) == 0
    out = capsys.readouterr().out
    assert out.index("wordsim353 is English, so the scores say little") < out.index("Similarity")
    assert "The set is English" in out or "the set is English: use --pairs FILE for other languages" in out


def test_language_chooses(german: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "de.bin", "--language", "de"]) == 2
    err = capsys.readouterr().err
    assert "no set to score is German" in err
    assert "--pairs FILE" in err
    assert main(["eval", "de.bin", "--language", "de", "--pairs", "de.csv", "--suite", "wordsim353"]) == 0
    out = capsys.readouterr().out
    assert "Left out, because they are not German: wordsim353." in out
    assert "30 of 30" in out
    assert main(["eval", "de.bin", "--language", "en", "--suite", "wordsim353", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["suites"][0]["language"] == "en"


def test_language_from_python(german: Vectors) -> None:
    found = evaluate(german)
    assert (found.suites, found.report.left_out) == ((), ("google-analogies", "wordsim353", "simlex999"))
    assert evaluate(german, language="en", pairs="de.csv").suites == ("de",)
    with pytest.raises(SettingsError, match="no set to score is German"):
        evaluate(german, language="German")
    with pytest.raises(SettingsError, match="wordsim353 was left out: The vectors seem to be German"):
        found["wordsim353"]
    assert evaluate(german, "wordsim353")["wordsim353"].language == "en"


def test_english_and_small_vocabularies_are_left_alone() -> None:
    english = vectors_of([*FUNCTION_WORDS["en"].split(), "king", "queen"])
    for vectors in (english, vectors_of(["king", "queen", "man"])):
        found = evaluate(vectors, ["wordsim353", "geometry"])
        assert found.report.notes == ()
        assert evaluate(vectors).report.left_out == ()
    assert "English" not in evaluate(english, "wordsim353")["wordsim353"].warning
    few = evaluate(vectors_of(["xx", "yy"]), "wordsim353")["wordsim353"].warning
    assert few.endswith("the set is English: use --pairs FILE for other languages")


def test_every_published_set_says_its_language() -> None:
    assert {load(name).language for name in ("wordsim353", "demo-world")} == {"en"}
    assert published().language == "en"


# --------------------------------------------------------------------------- own files, bias, tables


def test_items_that_were_not_scored_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["cat", "dog", "cow", "saw", "drill"]
    files = {
        "pairs": ("cat,dog,3\ncat,zebra,4\n", "cat – zebra"),
        "analogies": ("cat dog cow saw\ncat dog cow zebra\n", "cat dog cow zebra"),
        "outliers": ("animals: cat dog cow | saw zebra\n", "zebra in animals"),
        "text_pairs": ("cat dog,dog,3\nzebra,dog,1\n", "zebra – dog"),
    }
    for option, (text, named) in files.items():
        Path(f"{option}.txt").write_text(text)
        report = evaluate(vectors_of(words), **{option: f"{option}.txt"}).report[option]
        assert report.to_dict()["own"]["unscored"] == [named]
        for shown in texts_of(evaluate(vectors_of(words), **{option: f"{option}.txt"})):
            assert f"{report.items} not scored (1): {named}" in shown


def test_every_malformed_line_has_a_number_and_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["cat", "dog", "cow", "saw", "drill"]
    files = {
        "pairs": "cat,dog,3\ncow,saw,4\ncat,dog\n",
        "analogies": "cat dog cow saw\ndog cat cow saw\ncat dog cow\n",
        "categories": "cat,animal\nsaw,tool\ncat,tool\n",
        "outliers": "animals: cat dog cow | saw\ntools: saw drill | cat\nnothing here\n",
        "text_pairs": "cat dog,dog,3\nsaw,cow,1\ncat,dog\n",
    }
    for option, text in files.items():
        Path(f"{option}.txt").write_text(text)
        own = evaluate(vectors_of(words), **{option: f"{option}.txt"}).report[option].to_dict()["own"]
        assert own["lines_used"] == 2
        assert [(each["first_line"], bool(each["reason"])) for each in own["not_used"]] == [(3, True)], option


def test_bias_of_a_tiny_vocabulary_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = Findings({"a": Report({"bias": evaluate_bias(vectors_of(["xx", "yy"]), published())})})
    drawn = draw(findings.document("Associations of words"), width=80, colour=False)
    assert len(drawn.splitlines()) < 24
    assert "nothing could be tested: only 0 of " in drawn
    assert "flowers: aster, clover, hyacinth and 22 more" in " ".join(drawn.split())


def test_bias_says_how_many_tests_stand_out() -> None:
    lists = published().only(["weat6", "weat7"])
    words = [
        word for design in lists.associations for part in (*design.targets, *design.attributes) for word in part.words
    ]
    common = [*dict.fromkeys(words), *(f"more{number}" for number in range(400))]
    report = evaluate_bias(vectors_of(common), lists)
    shown = sum(each.is_shown for each in report.associations)
    assert report.verdict.startswith(f"bias: {shown} of 2 tests show")
    assert report.in_short == f"bias {shown} of 2 tests stronger than random words"
    assert all(each.to_dict()["verdict"].startswith(f"{each.name}: ") for each in report.associations)


def test_grey_is_dim_and_never_bright_black() -> None:
    """In some themes bright black is the background."""
    package = Path(formats.__file__).parents[1]
    for path in package.rglob("*.py"):
        text = path.read_text("utf-8")
        assert "bright_black" not in text, path
        assert "[90m" not in text, path


def test_a_mark_that_may_not_be_quoted_is_hollow() -> None:
    """In the scores, in the comparison and in analogies alike; and bold is never hollow."""
    words = [word for word in load("demo-world").words if not word.startswith("a")]  # type: ignore[attr-defined]
    for findings in (compared(20), evaluate(vectors_of(words[:60]), "demo-world")):
        page = findings.to_html()
        drawn = re.findall(r'<g class="([^"]+)"', page)
        assert drawn
        assert all(mark.endswith(" faint") for mark in drawn)
        assert BOLD not in page
    page = compared(120).to_html()
    assert re.findall(r'<g class="([^"]+)"', page) == ["s5 faint", "s0", "s1"]
    assert page.count('<div class="cell"><b>') == 2


def test_the_first_score_stands_on_the_first_screen() -> None:
    """However much is known of however many files."""
    findings = compared(120)
    facts = tuple((f"setting {number}", "a value that is long") for number in range(30))
    document = findings.document()._replace(facts=(facts, tuple((name, f"{value}s") for name, value in facts)))
    lines = draw(document, width=80, colour=False).splitlines()
    assert any(line.startswith("rated ") for line in lines[:24])


@pytest.mark.parametrize("width", [80, 60, 40])
def test_no_word_is_broken_at_the_end_of_a_line(width: int) -> None:
    findings = compared(120)
    words = set(re.findall(r"[a-z]{4,}", draw(findings.document(), width=10_000, colour=False)))
    drawn = draw(findings.document(), width=width, colour=False)
    assert set(re.findall(r"[a-z]{4,}", drawn)) <= {*words, "continued"}
