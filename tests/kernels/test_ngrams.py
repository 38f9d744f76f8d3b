"""n-grams and their buckets against gensim's and a naive twin; the rows of words, and which of them are merged."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from reference import ngrams as naive

from w2v.errors import SettingsError
from w2v.kernels.ngrams import WordRows, ngram_buckets, word_rows
from w2v.ngrams import Ngrams, fnv1a

WORDS = ["king", "kings", "banana", "a", "naïve", "北京", "🙂🙂", "</s>", "anana", "x" * 40, "é", "kingly", "-", "a b"]
COUNTS = np.arange(len(WORDS), 0, -1, dtype=np.int64) ** 2
SETTINGS = pytest.mark.parametrize(
    "ngrams", [Ngrams(3, 6, 2_000_000), Ngrams(1, 3, 7), Ngrams(5, 5, 1), Ngrams(0, 2, 50)]
)


def test_hashes_and_ngrams_are_those_of_gensim(shared: Path) -> None:
    known = json.loads((shared / "eval_sets" / "subwords" / "ngrams_gensim.json").read_text("utf-8"))
    for text, value in known["hash"].items():
        assert fnv1a(text.encode()) == value, text
    assert len(known["ngrams"]) > 50
    for each in known["ngrams"]:
        ngrams = Ngrams(each["minn"], each["maxn"], each["buckets"])
        if each["word"] == "</s>":  # gensim gives it some
            assert ngrams.of("</s>") == []
            continue
        assert ngrams.of(each["word"]) == each["ngrams"]
        assert list(ngrams.buckets_of(each["word"])) == each["ids"]
        assert ngram_buckets([each["word"]], ngrams)[0].tolist() == each["ids"]


@SETTINGS
def test_all_three_ways_agree(ngrams: Ngrams) -> None:
    buckets, starts = ngram_buckets(WORDS, ngrams)
    assert (buckets.dtype, starts.dtype) == (np.int32, np.int64)
    for i, word in enumerate(WORDS):
        wanted = naive.ngrams(word, ngrams.shortest, ngrams.longest)
        assert ngrams.of(word) == wanted
        numbers = [naive.bucket(ngram, ngrams.buckets) for ngram in wanted]
        assert buckets[starts[i] : starts[i + 1]].tolist() == list(ngrams.buckets_of(word)) == numbers


def test_words_without_any_ngram() -> None:
    buckets, starts = ngram_buckets(["</s>", "a"], Ngrams(4, 4, 10))
    assert buckets.size == 0
    assert starts.tolist() == [0, 0, 0]
    rows = word_rows(["</s>", "a"], np.array([2, 1]), Ngrams(4, 4, 10))
    assert rows.numbers.tolist() == [0, 1]
    assert rows.factors.tolist() == [1, 1]
    assert rows.buckets.size == 0


@SETTINGS
@pytest.mark.parametrize("merge", [True, False])
def test_a_word_is_the_mean_of_its_rows_merged_or_not(ngrams: Ngrams, merge: bool) -> None:
    """Rows of random numbers: what a merged row holds is the sum of its members."""
    rows = word_rows(WORDS, COUNTS, ngrams, merge=merge)
    check_types(rows)
    names = naive.rows(WORDS, ngrams.shortest, ngrams.longest, ngrams.buckets)
    row_of = {word: int(row) for word, row in zip(WORDS, rows.own, strict=True)}
    row_of |= {("bucket", int(b)): int(row) for b, row in zip(rows.buckets, rows.of_bucket, strict=True)}
    assert row_of.keys() == {name for found in names for name in found}
    value = dict(zip(row_of, np.random.default_rng(1).normal(0, 1, (len(row_of), 4)), strict=True))
    matrix = np.zeros((len(rows.members), 4))
    for name, row in row_of.items():
        matrix[row] += value[name]
    for i, found in enumerate(names):
        mean = sum(value[name] for name in found) / len(found)
        numbers = rows.numbers[rows.starts[i] : rows.starts[i + 1]]
        np.testing.assert_allclose(matrix[numbers].sum(axis=0) * rows.factors[i], mean, atol=1e-6)
    np.testing.assert_array_equal(np.bincount(list(row_of.values())), rows.members)
    np.testing.assert_array_equal(rows.weights, rows.members[rows.numbers])
    groups: dict[int, set[object]] = {}
    for name, row in row_of.items():
        groups.setdefault(row, set()).add(name)
    wanted = naive.merged(names) if merge else {frozenset([name]) for name in row_of}
    assert {frozenset(group) for group in groups.values()} == wanted


def check_types(rows: WordRows) -> None:
    assert rows.starts.dtype == np.int64
    for name in ("numbers", "members", "own", "buckets", "of_bucket"):
        assert getattr(rows, name).dtype == np.int32, name
    for name in ("weights", "factors"):
        assert getattr(rows, name).dtype == np.float32, name


def test_rows_that_are_needed_often_stand_first() -> None:
    rows = word_rows(["often", "rare"], np.array([1000, 1]), Ngrams(3, 6, 1_000_000))
    assert rows.own.tolist() == [0, len(rows.members) - 1]


@pytest.mark.parametrize(
    ("text", "wanted"), [("3-6", (3, 6)), ("5", (5, 5)), (" 2 – 4 ", (2, 4)), ("100-100", (100, 100))]
)
def test_lengths_are_read(text: str, wanted: tuple[int, int]) -> None:
    ngrams = Ngrams.parse(text, 10)
    assert (ngrams.shortest, ngrams.longest, ngrams.buckets) == (*wanted, 10)
    assert Ngrams.parse(str(ngrams), 10) == ngrams


@pytest.mark.parametrize("text", ["", "0-3", "6-3", "3-", "3-6-9", "three", "3-101", "-3", "1e2"])
def test_impossible_lengths_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^subwords is "):
        Ngrams.parse(text, 10)
