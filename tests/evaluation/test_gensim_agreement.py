"""Under gensim's rules every count is gensim's, whatever the vectors: cased, tied, with gaps, zeros and repeats."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import KeyedVectors

from w2v.data import find, manifest_of
from w2v.evaluation import AnalogyReport, SimilarityReport, evaluate, evaluate_suite
from w2v.evaluation.tasks.analogies.sets import read_analogies
from w2v.evaluation.tasks.similarity import read_pairs
from w2v.vectors import Vectors

KINDS = ("random", "tied", "zeros", "few words")
STEMS = (
    "king",
    "Queen",
    "straße",
    "été",
    "İzmir",
    "ŉoon",
    "paris",
    "ROME",
    "ox",
    "a",
    "dog",
    "cat",
    "sun",
    "moon",
    "sea",
)


def variants(rng: np.random.Generator, word: str, count: int) -> list[str]:
    """`word` and up to `count` others that differ from it in case only."""
    made = [word]
    for _ in range(count):
        flips = rng.random(len(word)) < 0.5
        made.append("".join(letter.swapcase() if flip else letter for letter, flip in zip(word, flips, strict=True)))
    return made


def make_world(seed: int, kind: str) -> tuple[Vectors, list[str]]:
    """Small vectors with many case variants, and the words to ask about (some unknown)."""
    rng = np.random.default_rng(seed)
    stems = STEMS[:4] if kind == "few words" else STEMS
    words = list(dict.fromkeys(form for stem in stems for form in variants(rng, stem, int(rng.integers(0, 9)))))
    rng.shuffle(words)
    shape = (len(words), int(rng.integers(2, 6)))
    matrix = rng.normal(size=shape) if kind != "tied" else rng.integers(-1, 2, size=shape)
    matrix = np.asarray(matrix, dtype=np.float32) * rng.uniform(0.1, 9.0, size=(len(words), 1)).astype(np.float32)
    if kind == "zeros":
        matrix[rng.random(len(words)) < 0.2] = 0.0
    return Vectors(words, matrix), [*words, *STEMS, "unknown", "Unknown"]


def write_questions(path: Path, seed: int, words: list[str], count: int = 120) -> Path:
    rng = np.random.default_rng(seed + 1)
    lines = [": first"]
    for number in range(count):
        lines.append(" ".join(rng.choice(words, size=4)))
        if number == count // 2:
            lines += [": second", "three words only", "", ": empty", ": second", lines[1]]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def keyed(vectors: Vectors) -> Any:
    model = KeyedVectors(vectors.dim)
    model.add_vectors(vectors.words, vectors.matrix)
    return model


def gensim_counts(vectors: Vectors, path: Path, restrict_vocab: int | None) -> list[tuple[str, int, int]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gensim divides by the length of zero vectors
        _, sections = keyed(vectors).evaluate_word_analogies(str(path), restrict_vocab=restrict_vocab)
    return [
        (section["section"], len(section["correct"]), len(section["correct"]) + len(section["incorrect"]))
        for section in sections
    ]


def our_counts(report: AnalogyReport | SimilarityReport) -> list[tuple[str, int, int]]:
    assert isinstance(report, AnalogyReport)
    tallies = [*report.sections, report.total]
    return [(tally.name.replace("total", "Total accuracy"), tally.correct, tally.scored) for tally in tallies]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))])
def test_analogies_with_case_variants(tmp_path: Path, kind: str, seed: int) -> None:
    vectors, words = make_world(seed, kind)
    path = write_questions(tmp_path / "questions.txt", seed, words)
    for restrict_vocab in (300_000, len(vectors) // 2, 3):
        report = evaluate_suite(vectors, read_analogies(path), convention="gensim", restrict_vocab=restrict_vocab)
        assert our_counts(report) == gensim_counts(vectors, path, restrict_vocab)
    assert report.total.total == 121
    assert report.protocol.invalid_lines == 1


def test_words_are_all_unknown(tmp_path: Path) -> None:
    vectors, _ = make_world(1, "random")
    path = tmp_path / "questions.txt"
    path.write_text(": one\nx1 x2 x3 x4\n")
    report = evaluate_suite(vectors, read_analogies(path), convention="gensim")
    assert our_counts(report) == gensim_counts(vectors, path, 300_000) == [("one", 0, 0), ("Total accuracy", 0, 0)]
    assert isinstance(report, AnalogyReport)
    assert report.total.accuracy is None  # gensim says 0.0
    assert report.warning.startswith("no score")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_google_set_on_random_vectors(seed: int) -> None:
    """Thousands of questions over two blocks of candidates and more, with duplicates of vectors among them."""
    rng = np.random.default_rng(seed)
    path = find(manifest_of("google-analogies"))
    suite = read_analogies(path)
    known = [word.lower() if seed % 2 else word for word in suite.words if rng.random() < 0.5]
    words = list(
        dict.fromkeys([*known, *(f"w{number}" for number in range(1500)), *(word.upper() for word in known[::3])])
    )
    rng.shuffle(words)
    matrix = rng.normal(size=(len(words), 5)).astype(np.float32)  # few dimensions: neighbours are near each other
    copies = rng.integers(0, len(words), size=(2, 300))
    matrix[copies[0]] = matrix[copies[1]]
    vectors = Vectors(words, matrix)
    report = evaluate_suite(vectors, suite, convention="gensim")
    assert our_counts(report) == gensim_counts(vectors, path, 300_000)
    assert report.total.scored > 500


@pytest.fixture(scope="module")
def reference(shared: Path) -> tuple[Vectors, dict[str, Any]]:
    """Real vectors, and gensim 4.4's own scores for them."""
    folder = shared / "eval_sets" / "vectors"
    model = KeyedVectors.load_word2vec_format(str(folder / "ref-enwiki100MB-sg100-top10k.bin"), binary=True)
    return Vectors(model.index_to_key, model.vectors), json.loads((folder / "ref-expected.json").read_text())


@pytest.mark.slow
@pytest.mark.shared
def test_known_analogies(reference: tuple[Vectors, dict[str, Any]]) -> None:
    vectors, expected = reference
    report = evaluate(vectors, "google-analogies", convention="gensim")["google-analogies"]
    assert isinstance(report, AnalogyReport)
    sections = expected["gensim_default"]["sections"]
    assert {name: [correct, answered] for name, correct, answered in our_counts(report)} == sections
    assert (report.total.correct, report.total.scored, report.total.total) == (2723, 5265, 19544)
    assert report.macro == pytest.approx(expected["numpy"]["add"]["macro"], abs=1e-12)
    assert report.total.correct / report.total.total == pytest.approx(expected["gensim_dummy4unknown"])
    few = evaluate(vectors, "google-analogies", convention="gensim", restrict_vocab=5000)["google-analogies"]
    assert [few.total.correct, few.total.scored] == expected["gensim_restrict5000"][1:]


@pytest.mark.shared
def test_known_figure_with_inputs_allowed(reference: tuple[Vectors, dict[str, Any]]) -> None:
    vectors, expected = reference
    report = evaluate(vectors, "google-analogies")["google-analogies"]
    assert isinstance(report, AnalogyReport)
    assert report.total.correct == expected["numpy"]["add"]["correct"]
    assert report.total.allowing_inputs == expected["numpy"]["add_honest"]["correct"] == 739


@pytest.mark.slow
@pytest.mark.shared
def test_known_correlations(reference: tuple[Vectors, dict[str, Any]], shared: Path) -> None:
    vectors, expected = reference
    shipped = evaluate(vectors, "similarity", convention="gensim")
    ours = {"gensim:wordsim353.tsv": shipped["wordsim353"], "gensim:simlex999.txt": shipped["simlex999"]}
    for path in (shared / "eval_sets" / "similarity").glob("*.txt"):
        ours[path.name] = evaluate_suite(vectors, read_pairs(path), convention="gensim")
    assert len(ours) == 10
    for name, report in ours.items():
        assert isinstance(report, SimilarityReport)
        known = expected["word_pairs"][name]
        assert report.spearman == pytest.approx(known["spearman"], abs=1e-9), name
        assert report.pearson == pytest.approx(known["pearson"], abs=1e-9), name
        assert 100 * (1 - report.scored / report.total) == pytest.approx(known["oov_ratio"]), name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_pairs_with_case_variants(tmp_path: Path, kind: str, seed: int) -> None:
    vectors, words = make_world(seed, kind)
    rng = np.random.default_rng(seed)
    pairs = [f"{a}\t{b}\t{rng.integers(0, 9)}" for a, b in rng.choice(words, size=(150, 2))]
    path = tmp_path / "pairs.tsv"
    path.write_text("# a comment\nword1\tword2\tmean\n" + "\n".join([*pairs, "no number\tat\tall", ""]), "utf-8")
    report = evaluate_suite(vectors, read_pairs(path), convention="gensim", restrict_vocab=20)
    assert isinstance(report, SimilarityReport)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pearson, spearman, unknown = keyed(vectors).evaluate_word_pairs(str(path), restrict_vocab=20)
    assert report.spearman == pytest.approx(spearman[0], abs=1e-9)
    assert report.pearson == pytest.approx(pearson[0], abs=1e-9)
    assert 100 * (1 - report.scored / report.total) == pytest.approx(unknown)
    assert report.protocol.invalid_lines == 1
