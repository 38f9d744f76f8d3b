"""Translations: what counts as right, what as missing, and what the command says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import formats
from w2v.cli import main
from w2v.errors import SettingsError
from w2v.evaluation import evaluate
from w2v.evaluation.tasks.bilingual import BilingualReport
from w2v.report.blocks import Items
from w2v.vectors import Vectors

ENGLISH = ["house", "dog", "cat", "tree", *(f"word{n}" for n in range(16))]
GERMAN = ["haus", "gebäude", "Hund", "katze", *(f"wort{n}" for n in range(16))]
ROWS = np.random.default_rng(2).normal(size=(20, 8)).astype(np.float32)
FIRST = Vectors(ENGLISH, ROWS, name="en")
SECOND = Vectors(GERMAN, ROWS, name="de")


def scored(pairs: Any, other: Vectors | None = SECOND, **more: Any) -> BilingualReport:
    report: Any = evaluate(FIRST, dictionary=pairs, other=other, progress=False, **more)["dictionary"]
    return report


def test_several_translations_count_once() -> None:
    """The row of dog is that of gebäude, and so on: house is right, dog and cat are one place off."""
    found = scored([("house", "Haus"), ("house", "Gebäude"), ("dog", "Hund"), ("cat", "Hund"), ("word3", "wort3")])
    assert (found.scored, found.total) == (4, 4)
    assert found.ranks.tolist()[0] == 1
    assert (found.ranks[1] != 1, found.ranks[2], found.ranks[3]) == (True, 1, 1)
    assert found.csls[0] == found.nearest[0] == 0.75


def test_missing_words_count_in_the_second_figure() -> None:
    found = scored([("house", "Haus"), ("nowhere", "Haus"), ("dog", "nirgends"), ("dog", "Gebäude"), ("cat", "fehlt")])
    assert (found.scored, found.total, found.missing_source, found.missing_target) == (2, 4, 1, 1)
    assert found.csls[0] == 1.0
    scores = found.scores
    assert (scores["csls_p1"], scores["csls_p1_all"], scores["nearest_p10_all"]) == (1.0, 0.5, 0.5)
    assert found.to_dict()["with"] == "de"
    assert "do not quote" in found.warning


def test_files_that_are_not_aligned_are_named() -> None:
    """Nothing is found, and nobody has said that the files lie in one space: this is the likely reason."""
    words = [f"word{n}" for n in range(16)]
    apart = Vectors(GERMAN, np.roll(ROWS, 7, axis=0), name="apart")
    found = scored([(word, f"wort{word[4:]}") for word in words], apart)
    assert found.csls[0] == 0.0
    assert "do not say that 'w2v align' wrote en and apart together" in found.hint
    result: Any = evaluate(FIRST, dictionary=[("word1", "wort1")], other=apart, progress=False)
    assert "a score near 0" in result.to_markdown()
    assert scored([(word, f"wort{word[4:]}") for word in words]).hint == ""


def test_names_of_columns(tmp_path: Path) -> None:
    """Names that w2v knows are no pair; a first line of other strange words is pointed out, if the others are there."""
    lines = [f"word{n}\twort{n}" for n in range(12)]
    path = tmp_path / "dictionary.tsv"
    path.write_text("\n".join(["source\ttarget", *lines]), "utf-8")
    assert (scored(path).total, scored(path).hint) == (12, "")
    path.write_text("\n".join(["English\tDeutsch", *lines]), "utf-8")
    found = scored(path)
    assert (found.scored, found.total) == (12, 13)
    assert "the words of the first line, 'English' and 'Deutsch', are in neither file" in found.hint
    for others in (["house\tDeutsch", *lines], ["English\tHund", *lines], ["English\tDeutsch", *lines, "a\tb", "c\td"]):
        path.write_text("\n".join(others), "utf-8")
        assert scored(path).hint == ""


def test_the_page_names_the_file_of_an_outcome_where_there_are_several() -> None:
    pairs = [("house", "Haus"), ("word3", "wort3")]
    found = []
    for given in (FIRST, {"old": FIRST, "new": FIRST}):
        document = evaluate(given, dictionary=pairs, other=SECOND, progress=False).document()
        blocks = [block for section in document.sections for block in section.blocks if isinstance(block, Items)]
        found.append([(block.title, [column.title for column in block.columns]) for block in blocks])
    asked, nearest = ["word", "translations"], "nearest, by CSLS"
    assert found == [
        [("Every word of dictionary", [*asked, "found", nearest])],
        [("Every word of dictionary", [*asked, "found: old", nearest, "found: new", nearest])],
    ]


def test_csls_turns_down_a_hub() -> None:
    """A row near to all others is the nearest of everything; CSLS finds the translations."""
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(200, 20)) + 1.5
    noisy = (rows + 0.9 * rng.normal(size=rows.shape)).astype(np.float32)
    noisy[0] = 1.0
    first = Vectors([f"a{n}" for n in range(200)], rows.astype(np.float32))
    second = Vectors([f"b{n}" for n in range(200)], noisy)
    pairs = [(f"a{n}", f"b{n}") for n in range(1, 200)]
    found: Any = evaluate(first, dictionary=pairs, other=second, progress=False)["dictionary"]
    assert found.nearest[0] < found.csls[0] - 0.1


def test_only_the_first_words_are_looked_at() -> None:
    pairs = [("house", "Haus"), ("word15", "wort15")]
    assert scored(pairs).scored == 2
    assert scored(pairs, restrict_vocab=10).scored == 1


def test_without_a_second_file_no_word_answers_itself() -> None:
    both = Vectors([*ENGLISH, *GERMAN], np.concatenate([ROWS, ROWS]), name="both")
    found: Any = evaluate(both, dictionary=[("house", "haus"), ("dog", "dog")], progress=False)["dictionary"]
    assert (found.scored, found.csls[0]) == (1, 1.0)


def test_what_is_refused() -> None:
    wide = Vectors(GERMAN, np.ones((20, 9), dtype=np.float32), name="wide")
    with pytest.raises(SettingsError, match="8 dimensions and wide 9: they are not in one space"):
        scored([("house", "Haus")], wide)
    with pytest.raises(SettingsError, match="no set of translations was chosen"):
        evaluate(FIRST, "geometry", other=SECOND)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    formats.write(FIRST, "en.safetensors")
    formats.write(SECOND, "de.safetensors")
    lines = [f"word{n}\twort{n}" for n in range(14)]
    Path("test.tsv").write_text("\n".join([*lines, "house\tGebäude", "house\tHaus", "absent\tfehlt"]), "utf-8")
    asked = ["eval", "en.safetensors", "--with", "de.safetensors", "--dictionary", "test.tsv"]
    assert main([*asked, "--json"]) == 0
    [suite] = json.loads(capsys.readouterr().out)["files"][0]["suites"]
    assert (suite["scored"], suite["total"], suite["csls_p1"], suite["csls_p1_all"]) == (15, 16, 1.0, 15 / 16)
    assert main(asked) == 0
    shown = capsys.readouterr().out
    coverage = shown.index("15 of 16 words (93.8 %) can be answered with words of de.safetensors")
    assert coverage < shown.index("P@1")
    assert main([*asked[:4], "--suite", "geometry"]) == 2
    assert main([*asked, "--min", "test.csls_p10=1"]) == 0
    assert main([*asked, "--min", "test.nearest_p1_all=0.99"]) == 3
