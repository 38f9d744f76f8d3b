"""Questions of one's own from Python: what a file says, tuples, dictionaries and data frames say as well."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from w2v import Vectors, evaluate, save
from w2v.errors import DataError, SettingsError
from w2v.evaluation import Findings

WORDS = ["#cat", "dog", "new york", "it's", "1,2-x", "king", "queen", "man", "woman", "car", "bus", "pear"]
ITEMS: dict[str, list[tuple[Any, ...]]] = {
    "pairs": [(a, b, round(0.37 * n * (n + 3) % 7, 3)) for n, (a, b) in enumerate(itertools.pairwise(WORDS))],
    "analogies": [("man", "woman", "king", "queen", "royal"), ("woman", "man", "queen", "king", "royal")] * 2,
    "categories": [("#cat", "animal"), ("dog", "animal"), ("car", "vehicle"), ("bus", "vehicle"), ("1,2-x", "animal")],
    "outliers": [(["#cat", "dog", "it's"], ["car", "new york"], "animals"), (["car", "bus"], ["pear"], "vehicles")],
    "text_pairs": [("the dog", "a king", 3.5), ("man, woman", "the queen", 1.0), ("a car", 'the "bus"', 2.0)],
    "labels": [("animal", "a dog"), ("vehicle", "the bus, the car")] * 4,
    "collection": [("dog", "a dog, a king", 2), ("dog", "the bus", 0), ("bus", "the bus", 1)],
}
COLUMNS = {
    "pairs": ["Word 1", "word_2", "Rating"],
    "analogies": ["word1", "word2", "word3", "word4", "section"],
    "categories": ["word", "category"],
    "outliers": ["words", "outliers", "topic"],
    "text_pairs": ["Sentence 1", "sentence_2", "Rating"],
    "labels": ["Label", "text"],
    "collection": ["query", "document", "relevance"],
}


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(WORDS, np.random.default_rng(5).normal(size=(len(WORDS), 6)), name="mine")


def written(kind: str, path: Path) -> Path:
    """The same items as a file, as far as a file can hold them."""
    frame = pd.DataFrame(ITEMS[kind], columns=COLUMNS[kind])
    if kind == "outliers":
        frame["words"] = [repr(each) for each in frame["words"]]
        frame["outliers"] = [repr(each) for each in frame["outliers"]]
    frame.to_csv(path, sep="\t", index=False)
    return path


def scores(findings: Findings) -> dict[str, float | None]:
    """The numbers, without the names of the sets."""
    (report,) = findings
    return {name.partition(".")[2]: value for name, value in report.metrics().items()}


@pytest.mark.parametrize("kind", list(ITEMS))
def test_a_file_tuples_dictionaries_and_frames_say_the_same(kind: str, vectors: Vectors, tmp_path: Path) -> None:
    items, columns = ITEMS[kind], COLUMNS[kind]
    frame = pd.DataFrame(items, columns=columns)
    mixed = frame[[*columns[::-1]]].assign(note="x", when=pd.Timestamp("2026-01-01"))
    expected = scores(evaluate(vectors, None, **{kind: written(kind, tmp_path / "mine.tsv")}))
    assert any(value is not None for value in expected.values())
    records = [dict(zip(columns, item, strict=True)) for item in items]
    for given in (items, iter(items), [*map(list, items)], frame, mixed, records, {"own": items}, {"own": frame}):
        found = evaluate(vectors, **{kind: given})
        assert scores(found) == pytest.approx(expected, nan_ok=True), type(given)
        assert found.suites == ("own",) if isinstance(given, dict) else (kind,)
        (report,) = found
        assert report.own is not None
        assert report.own.read().startswith(f"{len(items)} items used; columns ")
        assert report.own.unknown_words == ()


def test_several_tables_and_files_are_several_sets(vectors: Vectors, tmp_path: Path) -> None:
    frame = pd.DataFrame(ITEMS["pairs"], columns=COLUMNS["pairs"])
    found = evaluate(vectors, pairs=[frame, written("pairs", tmp_path / "file.tsv"), frame])
    assert found.suites == ("pairs", "file", "pairs 2")
    assert found.metrics()["pairs"] == found.metrics()["file"] == found.metrics()["pairs 2"]


def test_a_frame_of_polars_is_one_too(vectors: Vectors) -> None:
    class Frame:
        columns: ClassVar = ["Rating", "Word 1", "word_2"]

        def iter_rows(self) -> Iterator[tuple[Any, ...]]:
            return iter([(score, a, b) for a, b, score in ITEMS["pairs"]])

    assert scores(evaluate(vectors, pairs=Frame())) == scores(evaluate(vectors, pairs=ITEMS["pairs"]))


def test_help_names_the_arguments() -> None:
    named = inspect.signature(evaluate).parameters
    assert {"pairs", "analogies", "categories", "outliers", "compare", "progress"} <= set(named)
    assert list(evaluate(Vectors(["a", "b"], np.eye(2)), "wordsim353", pairs=None).suites) == ["wordsim353"]


def test_ratings_keep_every_digit(vectors: Vectors) -> None:
    pairs = [(*WORDS[n : n + 2], np.float64(1 / (n + 1))) for n in range(6)]
    found = evaluate(vectors, pairs=pairs)
    assert scores(found) == scores(evaluate(vectors, pairs=[(a, b, float(value)) for a, b, value in pairs]))


def test_items_that_are_none_are_told(vectors: Vectors) -> None:
    found = evaluate(vectors, pairs=[*ITEMS["pairs"], ("dog", None, 3), ("dog", "king", float("nan")), ("dog",)])
    own = found["pairs"].own
    assert own is not None
    assert "item 12 ('dog, , 3') has nothing in the column of word2" in own.not_used()
    assert "item 13 ('dog, king,') has nothing in the column of score" in own.not_used()
    assert "pairs, not used: item 12" in found.to_markdown()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"pairs": 5}, SettingsError, "pairs= is of the type int"),
        ({"pairs": {("a", "b")}}, SettingsError, "pairs= is of the type set"),
        ({"pairs": [1, 2]}, SettingsError, "item 1 of pairs= is 1"),
        ({"pairs": [(b"a", "b", 1)]}, SettingsError, "which are bytes"),
        ({"pairs": {"mine": "file.txt"}}, SettingsError, "pairs= is 'file.txt' for 'mine'"),
        ({"pairs": [{"a": 1}, 2]}, SettingsError, "item 2 of pairs= is 2, and those before it are dictionaries"),
        ({"categories": {"fruit": ["apple"]}}, SettingsError, "item 1 of categories= is 'apple'"),
        ({"pairs": [("a", "b", "c")]}, DataError, "pairs has no rated pairs; item 1 .* has no number"),
        ({"pairs": [("a", "b")]}, DataError, "is not word, word, number"),
        ({"pairs": pd.DataFrame()}, DataError, "pairs has no rated pairs"),
        ({"pairs": [("dog", "king", 1), *[("a", "b", "c")] * 5]}, DataError, "only 1 of 6 items can be read"),
        ({"pairs": ITEMS["pairs"], "columns": "word1,word2"}, SettingsError, "lack score"),
        ({"pairs": "nowhere.txt"}, DataError, "nowhere.txt"),
        ({"pair": []}, SettingsError, "no kind of suite is called 'pair'"),
    ],
)
def test_what_is_no_set_is_refused(
    given: dict[str, Any], error: type[Exception], message: str, vectors: Vectors
) -> None:
    with pytest.raises(error, match=message):
        evaluate(vectors, **given)


def test_vectors_are_compared_with_others(vectors: Vectors, tmp_path: Path) -> None:
    other = Vectors(WORDS, np.random.default_rng(8).normal(size=(len(WORDS), 6)), name="mine")
    save(other, tmp_path / "other.safetensors")
    pairs = ITEMS["pairs"] * 2
    listed = evaluate([vectors, other], pairs=pairs)
    for given in (other, [other], str(tmp_path / "other.safetensors"), {"two": other}):
        found = evaluate(vectors, pairs=pairs, compare=given)
        assert [*found.metrics().values()] == [*listed.metrics().values()]
        assert "comparison" in found.studies
    assert list(evaluate(vectors, pairs=pairs, compare=other).reports) == ["mine", "mine (2)"]
    assert "comparison" not in evaluate([vectors, other], pairs=pairs, compare=False).studies
    with pytest.raises(SettingsError, match="vectors are wanted, and not int"):
        evaluate(vectors, pairs=pairs, compare=5)  # type: ignore[arg-type]
