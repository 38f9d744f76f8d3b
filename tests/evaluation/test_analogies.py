"""Analogies under the conventions of w2v and word2vec, against a naive twin, and what the report says of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reference.analogies import counts

from w2v.errors import DataError, SettingsError
from w2v.evaluation import AnalogyReport, AnalogySuite, evaluate, evaluate_suite
from w2v.evaluation.tasks.analogies.sets import read_analogies
from w2v.vectors import Vectors

STEMS = ("king", "Queen", "straße", "été", "İzmir", "paris", "ROME", "ox", "a", "dog", "cat", "sun", "moon", "sea")


def make_suite(path: Path, questions: list[tuple[str, ...]]) -> AnalogySuite:
    path.write_text(": all\n" + "\n".join(" ".join(question) for question in questions) + "\n", "utf-8")
    return read_analogies(path)


def score(vectors: Vectors, suite: AnalogySuite, convention: str, restrict_vocab: int | None = None) -> AnalogyReport:
    report = evaluate_suite(vectors, suite, convention=convention, restrict_vocab=restrict_vocab)  # type: ignore[arg-type]
    assert isinstance(report, AnalogyReport)
    return report


@pytest.mark.parametrize("convention", ["w2v", "word2vec", "glove"])
@pytest.mark.parametrize("kind", ["random", "axes", "zeros"])
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))])
def test_naive_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, kind: str, convention: str) -> None:
    """Case variants, exact ties (vectors along axes, for which all sums are exact), zeros, repeated words."""
    if seed % 2:
        monkeypatch.setattr(
            "w2v.evaluation.tasks.analogies.answering.AT_ONCE", 23
        )  # more than one pass over the candidates
    rng = np.random.default_rng(seed)
    forms = [form for stem in STEMS for form in (stem, stem.lower(), stem.upper(), stem.title(), stem.swapcase())]
    words = list(dict.fromkeys(form for form in forms if rng.random() < 0.7))
    words += [f"filler{number}" for number in range(1200)]  # more than one block of candidates
    rng.shuffle(words)
    if kind == "axes":  # fillers point where no question does, so that the few others tie across blocks
        axis = [8 if word.startswith("filler") else rng.integers(0, 8) for word in words]
        matrix = rng.choice([-1.0, 1.0], size=(len(words), 1)) * np.eye(9)[axis]
    else:
        matrix = rng.normal(size=(len(words), 3))
    if kind == "zeros":
        matrix[rng.random(len(words)) < 0.3] = 0.0
    vectors = Vectors(words, matrix.astype(np.float32))
    near = [*STEMS, *forms, *words[:8], "unknown"]
    questions = [tuple(rng.choice(near, size=4)) for _ in range(120)]
    top = vectors.most_similar(["king", "Queen"], ["ox"], topn=2) if {"king", "Queen", "ox"} <= set(words) else []
    questions += [("ox", "king", "Queen", word) for word, _ in top]
    for limit in (0, 900):
        report = score(vectors, make_suite(tmp_path / "set.txt", questions), convention, limit)
        kept = limit or len(words)
        right, allowing, answered = counts(words[:kept], vectors.matrix[:kept], questions, convention)
        assert (report.total.correct, report.total.scored) == (right, answered)
        if convention == "w2v":
            assert report.total.allowing_inputs == allowing
    assert answered > (10 if convention == "glove" else 30)


@pytest.mark.parametrize(("convention", "correct"), [("w2v", 1), ("word2vec", 0)])
def test_answers_with_a_negative_cosine(tmp_path: Path, convention: str, correct: int) -> None:
    """The best of a bad lot is found, zero vectors do not count, and word2vec wants a cosine above 0."""
    vectors = Vectors(["zero", "a", "b", "c", "d"], [[0, 0], [-1, 0.1], [1, 0.1], [1, -0.1], [-1, 0]])
    questions = [("a", "b", "c", "d"), ("zero", "b", "c", "d"), ("a", "b", "c", "zero")]
    tallies = [score(vectors, make_suite(tmp_path / "set.txt", [each]), convention).total for each in questions]
    assert [tally.correct for tally in tallies] == [correct, 0, 0]
    assert [tally.scored for tally in tallies] == [1, 1, 1]


def test_figure_for_the_first_30000(tmp_path: Path) -> None:
    """It is what a limit of 30,000 gives, words found there by another case included."""
    rng = np.random.default_rng(5)
    words = [f"w{number}" for number in range(30_400)]
    words[30_100:30_200] = [f"W{number}" for number in range(100)]  # exact, but too rare: there w0..w99 stand for them
    vectors = Vectors(words, rng.normal(size=(len(words), 12)).astype(np.float32))
    asked = [*(f"W{number}" for number in range(120)), "w30300", "w29999"]
    questions = [tuple(rng.choice(asked, size=4)) for _ in range(20)]
    questions += [  # questions that are right somewhere
        (a, b, c, next(word for word, _ in near))
        for a, b, c in (rng.choice(asked[:100], size=3, replace=False) for _ in range(8))
        for near in [vectors.most_similar([b, c], [a], topn=1)]
    ]
    suite = make_suite(tmp_path / "set.txt", questions)
    whole, small = score(vectors, suite, "w2v"), score(vectors, suite, "w2v", 30_000)
    assert (whole.total.correct_30k, whole.total.scored_30k) == (small.total.correct, small.total.scored)
    assert whole.total.accuracy_30k == small.total.accuracy
    assert whole.total.correct >= 8
    assert (whole.total.correct, whole.total.scored) != (small.total.correct, small.total.scored)
    assert small.total.correct_30k is None  # it would be the same figure


def test_default_limits(tmp_path: Path) -> None:
    vectors = Vectors(["a", "b", "c", "d"], np.eye(4, dtype=np.float32))
    suite = make_suite(tmp_path / "set.txt", [("a", "b", "c", "d")])
    limits = {name: score(vectors, suite, name).protocol.restrict_vocab for name in ("w2v", "gensim", "word2vec")}
    assert limits == {"w2v": None, "gensim": 300_000, "word2vec": 30_000}
    assert score(vectors, suite, "gensim", 0).protocol.restrict_vocab is None
    assert score(vectors, suite, "gensim", 3).total.scored == 0
    with pytest.raises(SettingsError, match="convention 'fasttext'"):
        score(vectors, suite, "fasttext")
    with pytest.raises(SettingsError, match="restrict_vocab is -1"):
        score(vectors, suite, "w2v", -1)


def test_report_of_the_demo_world() -> None:
    """Groups add up, macro averages sections, and every form of the report says the same."""
    from w2v.evaluation.suites import load

    suite = load("demo-world")
    assert isinstance(suite, AnalogySuite)
    rng = np.random.default_rng(1)
    known = [word for word in suite.words if rng.random() < 0.9]
    vectors = Vectors(known, rng.normal(size=(len(known), 3)).astype(np.float32))
    whole = evaluate(vectors, ["demo-world"])
    report = whole["demo-world"]
    assert isinstance(report, AnalogyReport)
    for group in report.groups:
        members = [section for section in report.sections if section.name in suite.groups[group.name]]
        assert group.correct == sum(section.correct for section in members)
        assert group.scored == sum(section.scored for section in members)
    assert report.macro == pytest.approx(np.mean([section.accuracy for section in report.sections]))
    assert report.total.total == len(suite) == 1528
    frame = whole.to_frame()
    assert frame.set_index("name").loc["total", "correct"] == report.total.correct
    assert len(frame) == len(report.sections) + len(report.groups) + 1
    [suites] = (file["suites"] for file in whole.to_dict()["files"])
    assert whole.metrics()["demo-world"] == report.total.accuracy == suites[0]["total"]["accuracy"]
    assert whole.metrics()["demo-world.capitals"] == next(s for s in report.sections if s.name == "capitals").accuracy
    assert suites[0]["protocol"]["sha256"] == suite.sha256


def test_a_section_called_by_dots_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "set.txt"
    path.write_text(": .\na b c d\n: rest\na b c x\n")
    vectors = Vectors(list("abcdx"), np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [-1, 0, -1]], np.float32))
    found = score(vectors, read_analogies(path), "w2v").metrics()
    assert (found["set"], found["set.."], found["set.rest"]) == (0.5, 1.0, 0.0)


@pytest.mark.parametrize(
    ("share", "warning"),
    [(0.0, "no score"), (0.4, "do not quote this score: the vectors know"), (1.0, "")],
    ids=["none", "few", "all"],
)
def test_low_coverage_has_no_headline(share: float, warning: str) -> None:
    from w2v.evaluation.suites import load

    suite = load("demo-world")
    words = ["filler", *suite.words[: int(share * len(suite.words))]]
    vectors = Vectors(words, np.random.default_rng(0).normal(size=(len(words), 4)).astype(np.float32))
    report = evaluate_suite(vectors, suite)
    assert report.warning.startswith(warning)
    assert (report.headline is None) == bool(warning)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b c d\n", "line 1: a question before the first section"),
        (": empty\n\n", "has no questions"),
        (": one\na b c\n", "has no questions"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "set.txt"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        read_analogies(path)
    assert caught.value.hint


def test_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "set.txt"
    path.write_bytes(": ein\nMünchen Bayern Köln NRW\n".encode("latin-1"))
    with pytest.raises(DataError, match="is not UTF-8, at byte 7"):
        read_analogies(path)
    assert len(read_analogies(path, encoding="latin-1")) == 1
