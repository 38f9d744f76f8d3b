"""Alignment of two small worlds: the same words with other names, turned, with noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import w2v
from w2v import formats
from w2v.arrays import F32
from w2v.cli import main
from w2v.compare.align import align
from w2v.compare.alignment import Alignment
from w2v.compare.cipher import measure_cipher
from w2v.compare.csls import best_by_cosine
from w2v.compare.joint import fingerprints_of_space
from w2v.compare.maps import METHODS, fit_rotation, prepared
from w2v.errors import FormatError, SettingsError
from w2v.evaluation.schema import schema
from w2v.ngrams import Ngrams
from w2v.progress import Remembering
from w2v.progress.reports import NullProgress
from w2v.record import RunRecord
from w2v.search.fingerprint import fingerprint_of
from w2v.subwords import Subwords
from w2v.vectors import Vectors

WORDS, DIM = 600, 24
KNOWN = {f"word{n}": f"wort{n}" for n in range(0, 300, 12)}  # 25 pairs


def world(noise: float = 0.6, dim: int = DIM, seed: int = 1) -> tuple[Vectors, Vectors]:
    """Words in groups, so that some are nearer to each other; and the same, turned, moved, with noise."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(60, DIM))[np.arange(WORDS) % 60] * 0.7 + rng.normal(size=(WORDS, DIM))
    turn = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
    wide = np.zeros((WORDS, dim))
    wide[:, :DIM] = rows
    other = (wide + noise * rng.normal(size=wide.shape)) @ turn + 0.3
    lengths = rng.uniform(1, 4, size=(WORDS, 1))
    counts = np.arange(WORDS, 0, -1)
    first = Vectors([f"word{n}" for n in range(WORDS)], (rows * lengths).astype(np.float32), counts, name="first")
    return first, Vectors([f"wort{n}" for n in range(WORDS)], other.astype(np.float32), counts, name="second")


def found(alignment: Alignment) -> float:
    """The share of the words whose nearest word is their translation."""
    best = best_by_cosine(alignment.source.unit, alignment.target.unit, 1).rows[:, 0]
    return float((best == np.arange(WORDS)).mean())


@pytest.fixture(scope="module")
def both() -> tuple[Vectors, Vectors]:
    return world()


@pytest.mark.parametrize("method", METHODS)
def test_refinement_finds_words_from_a_few_pairs(both: tuple[Vectors, Vectors], method: str) -> None:
    once, refined = (align(*both, KNOWN, refine=refine, method=method) for refine in (0, 5))
    assert found(refined) > 0.97 > found(once)
    assert [each.number for each in refined.rounds] == [0, 1, 2, 3, 4, 5]
    assert (refined.rounds[0].pairs, refined.rounds[0].method) == (25, "rotation")
    assert refined.rounds[-1].method == method
    assert refined.pairs > 500


def test_rows_keep_their_lengths_and_a_rotation_the_angles(both: tuple[Vectors, Vectors]) -> None:
    for method in METHODS:
        made = align(*both, KNOWN, method=method)
        for before, after in zip(both, (made.source, made.target), strict=True):
            assert after.norms == pytest.approx(before.norms, rel=1e-5)
            assert after.words == before.words
            assert (after.counts == before.counts).all()
    turned = align(*both, KNOWN, refine=2)
    for before, after in zip(both, (turned.source, turned.target), strict=True):
        rows = prepared(before).rows(slice(0, WORDS))
        assert np.abs(after.unit @ after.unit.T - rows @ rows.T).max() < 2e-6
    assert np.abs(turned.target.unit - prepared(both[1]).rows(slice(0, WORDS))).max() < 1e-6  # stays as it lies


def test_two_trainings_of_one_world_need_no_dictionary() -> None:
    first, second = world(noise=0.05)
    made = align(first, second, "none")
    assert found(made) > 0.98
    assert made.seeds[0].kind == "none"
    assert "without a dictionary" in " ".join(made.warnings)


def test_the_record_says_how_and_names_both_files(both: tuple[Vectors, Vectors], tmp_path: Path) -> None:
    made = align(*both, list(KNOWN.items()), method="whitened")
    for number, each in enumerate((made.source, made.target)):
        assert each.record is not None
        told = each.record.transforms[-1]
        assert (told["transform"], told["with"], told["pairs"]) == ("align", both[1 - number].name, made.pairs)
        assert fingerprints_of_space(each.record) == tuple(told["fingerprints"])
        formats.write(each, tmp_path / f"{number}.safetensors")
        read = formats.read(tmp_path / f"{number}.safetensors", progress=False)
        assert fingerprint_of(read) == fingerprints_of_space(read.record)[number]
    assert fingerprints_of_space(None) == ()
    assert fingerprints_of_space(w2v.transform(made.source, center=True).record) == ()
    json.dumps(made.to_dict())


def test_an_index_is_asked_with_the_vectors_of_the_other_file(both: tuple[Vectors, Vectors], tmp_path: Path) -> None:
    made = align(*both, KNOWN)
    texts = [" ".join(f"wort{n}" for n in range(start, start + 6)) for start in range(0, WORDS, 6)]
    w2v.build_index(texts, made.target, tmp_path / "docs.w2v", pooling="mean", progress=False)
    index = w2v.load_index(tmp_path / "docs.w2v", made.source)
    for asked in (0, 50, 99):
        query = " ".join(f"word{n}" for n in range(6 * asked, 6 * asked + 6))
        assert index.search(query, 1, mode="meaning")[0].text == texts[asked]
    changed = Vectors(made.source.words, made.source.matrix * 2, made.source.counts, made.source.record)
    for other in (both[0], changed, align(*both, KNOWN, method="whitened").source):
        with pytest.raises(FormatError, match="has other vectors than those"):
            w2v.load_index(tmp_path / "docs.w2v", other)
    w2v.build_index(texts, both[1], tmp_path / "unaligned.w2v", pooling="mean", progress=False)
    for other, cure in (
        (both[0], "for vectors of another language, 'w2v align' brings both files into one space"),
        (made.source, "first is one of two files that 'w2v align' wrote, and the index is of neither"),
    ):
        with pytest.raises(FormatError, match="has other vectors than those") as error:
            w2v.load_index(tmp_path / "unaligned.w2v", other)
        assert cure in error.value.hint


def test_files_of_unequal_dimensions() -> None:
    first, second = world(dim=DIM + 4)
    padded, cut = (align(first, second, KNOWN, method=method) for method in ("rotation", "canonical"))
    assert (padded.source.dim, padded.target.dim) == (DIM + 4, DIM + 4)
    assert (cut.source.dim, cut.target.dim) == (DIM, DIM)
    assert "filled up with zeros" in padded.warnings[0]
    assert "the smaller number" in cut.warnings[0]
    assert min(found(padded), found(cut)) > 0.9


def test_unknown_words_are_composed_in_the_joint_space() -> None:
    first, second = world()
    ngrams = Ngrams(3, 4, 100)
    rows = np.random.default_rng(4).normal(size=(100, DIM)).astype(np.float32)
    subwords = Subwords(ngrams, np.arange(100), rows)
    matrix = np.stack([subwords.compose(word) for word in first.words])
    made = align(Vectors(first.words, matrix, subwords=subwords, name="first"), second, KNOWN)
    assert made.source.subwords is not None
    for row in (0, 100, 599):
        composed = made.source.subwords.compose(first.words[row])
        assert composed == pytest.approx(made.source.matrix[row], abs=1e-5)
    assert made.source.norms.mean() == pytest.approx(np.linalg.norm(matrix, axis=1).mean(), rel=1e-4)


def test_rows_of_zeros_stay_zeros() -> None:
    first, second = world()
    first.matrix[7] = 0.0
    made = align(Vectors(first.words, first.matrix), second, KNOWN)
    assert not made.source.matrix[7].any()
    assert np.isfinite(made.source.matrix).all()


def test_a_rotation_of_the_input_changes_nothing(both: tuple[Vectors, Vectors]) -> None:
    first, second = both
    turn = np.linalg.qr(np.random.default_rng(9).normal(size=(DIM, DIM)))[0].astype(np.float32)
    other = Vectors(first.words, first.matrix @ turn, name="first")
    one, two = (align(each, second, KNOWN, refine=2).source.unit for each in (first, other))
    assert np.abs(one - two).max() < 2e-5


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"method": "magic"}, "there is no method 'magic'"),
        ({"refine": -1}, "refine"),
        ({"dictionary": "identical"}, "share too few words"),
        ({"dictionary": ["none", "identical"]}, "another one is named too"),
        ({"dictionary": [("a", "b", "c")]}, "no pair of words"),
        ({"dictionary": {f"wort{n}": f"word{n}" for n in range(50)}}, "in the other direction"),
        ({"self_test": "text.txt"}, "no list of two texts"),
    ],
)
def test_what_is_refused(both: tuple[Vectors, Vectors], changed: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        align(*both, **{"dictionary": KNOWN, **changed})


def test_warnings_are_told(both: tuple[Vectors, Vectors]) -> None:
    heard = Remembering(NullProgress())
    few = dict(list(KNOWN.items())[:12])
    made = align(*both, few, refine=0, method="canonical", progress=heard)
    assert tuple(heard.warnings) == made.warnings
    assert "too few for the method 'canonical'" in made.warnings[0]
    assert "most directions are arbitrary" in made.warnings[1]
    assert made.warnings[1] in made.to_markdown()
    assert made.warnings[1] not in repr(made.document(warned=False))


def test_the_same_vectors_twice_are_told(both: tuple[Vectors, Vectors]) -> None:
    same = {word: word for word in both[0].words[:50]}
    record = RunRecord(model="sgns", settings={}, corpus={"tokens": 1_000})
    first = Vectors(both[0].words, both[0].matrix, record=record, name="first")
    warnings = align(first, first, same, refine=0).warnings
    assert "both files hold the same vectors" in warnings[0]
    assert [each for each in warnings if "first was trained on 1,000 tokens" in each] == [warnings[1]]


def test_it_is_shown(both: tuple[Vectors, Vectors]) -> None:
    made = align(*both, KNOWN)
    for text in (made.to_markdown(), made.to_html()):
        assert "25 of the 25 pairs of the dictionary" in text
        assert "word150" in text or "word" in text


def test_a_cipher_is_read() -> None:
    """The ceiling of a world with noise: words of one half are found in the other from 25 pairs."""
    first, second = world(noise=1.0)
    ceiling = measure_cipher(
        first,
        second,
        {row: row for row in range(WORDS)},
        name="world",
        tokens=1,
        pairs=25,
        rounds=5,
        method="rotation",
        refined=10_000,
        seed=1,
        threads=1,
    )
    assert (ceiling.words, ceiling.asked, ceiling.pairs) == (WORDS, WORDS - 25, 25)
    assert ceiling.once < ceiling.csls[0] <= ceiling.csls[1] <= ceiling.csls[2]
    assert ceiling.csls[0] > 0.75


def test_a_rotation_fits_exactly() -> None:
    rng = np.random.default_rng(0)
    x: F32 = rng.normal(size=(50, 5)).astype(np.float32)
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    left, right = fit_rotation(x, (x @ turn).astype(np.float32))
    assert left == pytest.approx(turn, abs=1e-6)
    assert (right == np.eye(5)).all()


def test_the_command_writes_both_files_and_a_report(
    both: tuple[Vectors, Vectors], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for each in both:
        formats.write(each, f"{each.name}.safetensors")
    Path("d.tsv").write_text("".join(f"{word}\t{other}\n" for word, other in KNOWN.items()), "utf-8")
    asked = ["align", "first.safetensors", "second.safetensors", "--dictionary", "d.tsv", "--refine", "2"]
    outputs = ["-o", "a.safetensors", "-o", "b.safetensors"]
    assert main([*asked, *outputs, "--json", "--report", "r.html", "--report", "r.csv"]) == 0
    printed = json.loads(capsys.readouterr().out)
    Draft202012Validator(schema()).validate(printed)
    assert [each["number"] for each in printed["rounds"]] == [0, 1, 2]
    assert "25 of the 25 pairs of d.tsv" in Path("r.html").read_text("utf-8")
    assert main([*asked, *outputs, "--report", "r.csv", "-q"]) == 0  # all of them may be replaced
    one, two = (formats.read(f"{name}.safetensors", progress=False) for name in "ab")
    assert fingerprints_of_space(one.record) == (fingerprint_of(one), fingerprint_of(two))
    for wrong, message in (
        (asked[:2], "two vector files are aligned, and 1 is named"),
        ([*asked, "-o", "a.safetensors"], "-o is given once, and two files are written"),
        ([*asked, "-o", "a.safetensors", "-o", "a.safetensors"], "a.safetensors"),
        ([*asked, "-o", "a.safetensors", "-o", "d.tsv"], "d.tsv is named twice, by --dictionary and --output"),
        ([*asked[:3], "--dictionary", "identcal"], "choose one of identical, numerals, none"),
        ([*asked, "--whiten", "--method", "canonical"], "--whiten is the method whitened"),
        ([*asked, "--corpus", "d.tsv"], "--corpus is for --self-test"),
        ([*asked, "--self-test"], "neither text is here"),
    ):
        assert main(wrong) == 2, wrong
        assert message in capsys.readouterr().err
    assert main([*asked, "--self-test", "--corpus", "absent.txt"]) == 1
    told = capsys.readouterr().err
    assert "absent.txt" in told
    assert "aligning" not in told  # before any work
