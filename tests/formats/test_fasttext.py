"""fastText's files: what fastText and gensim answer from the same bytes, known words and unknown ones; refusals."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v
from w2v.cli import main
from w2v.errors import FormatError, UnknownWordsError
from w2v.ngrams import Ngrams
from w2v.subwords import Subwords

UNKNOWN = ["qwertz", "kings", "naïveté", "北京市", "🙂", "a b", "unbelievably"]


def hand(shared: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((shared / "eval_sets" / "subwords" / "fasttext_hand.json").read_text("utf-8"))
    return known


@pytest.fixture
def by_hand(shared: Path, tmp_path: Path) -> Path:
    path = tmp_path / "hand.bin"
    path.write_bytes(base64.b64decode(hand(shared)["file_base64"]))
    return path


def with_subwords(words: int = 40, dim: int = 8) -> w2v.Vectors:
    """Vectors of words with n-grams, of which some buckets have no row."""
    random = np.random.default_rng(0)
    buckets = np.flatnonzero(random.random(1_000) < 0.6)
    rows = random.normal(0, 1, (len(buckets), dim)).astype(np.float32)
    names = ["</s>", "naïve", "北京", "a", *(f"word{i}" for i in range(words - 4))]
    matrix = random.normal(0, 1, (words, dim)).astype(np.float32)
    contexts = random.normal(0, 1, (words, dim)).astype(np.float32)
    return w2v.Vectors(
        names,
        matrix,
        np.arange(words, 0, -1),
        contexts=contexts,
        subwords=Subwords(Ngrams(3, 6, 1_000), buckets, rows),
    )


def test_the_answers_are_those_of_fasttext(by_hand: Path, shared: Path) -> None:
    vectors = w2v.load(by_hand)
    assert vectors.words == hand(shared)["words"]
    assert vectors.counts is not None
    assert vectors.counts.tolist() == hand(shared)["counts"]
    assert vectors.contexts is not None
    np.testing.assert_array_equal(vectors.contexts[:, 1], np.arange(6))
    for answer in hand(shared)["answers"]:
        if not answer["rows"]:  # fastText gives zeros, which have no direction
            with pytest.raises(UnknownWordsError):
                vectors.vector(answer["word"], unknown="subwords")
            continue
        np.testing.assert_allclose(vectors.vector(answer["word"], unknown="subwords"), answer["vector"], rtol=1e-6)


def test_what_is_written_is_what_was_read(by_hand: Path, tmp_path: Path) -> None:
    w2v.save(w2v.load(by_hand), tmp_path / "again.bin", format="fasttext")
    before, after = by_hand.read_bytes(), (tmp_path / "again.bin").read_bytes()
    assert len(after) == len(before)
    assert after[:92] == before[:92], "settings, sizes, counts"
    one, other = w2v.load(by_hand), w2v.load(tmp_path / "again.bin")
    np.testing.assert_allclose(one.matrix, other.matrix, rtol=1e-6)
    assert one.subwords is not None
    assert other.subwords is not None
    np.testing.assert_array_equal(one.subwords.rows, other.subwords.rows)


def test_w2vs_own_vectors_come_back_with_unknown_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    vectors = with_subwords()
    w2v.save(vectors, "v.safetensors")
    assert main(["convert", "v.safetensors", "v.bin", "--to", "fasttext"]) == 0
    back = w2v.load("v.bin")
    assert back.words == vectors.words
    np.testing.assert_allclose(back.matrix, vectors.matrix, atol=1e-5)
    np.testing.assert_array_equal(back.contexts, vectors.contexts)
    for word in UNKNOWN:
        if vectors.lookup.find(word) is not None:
            np.testing.assert_allclose(
                back.vector(word, unknown="subwords"), vectors.vector(word, unknown="subwords"), atol=1e-6
            )


@pytest.mark.slow
@pytest.mark.parametrize("made", ["ours", "lee_fasttext.bin", "lee_fasttext_new.bin", "non_ascii_fasttext.bin"])
def test_gensim_answers_the_same(made: str, tmp_path: Path) -> None:
    """gensim's own files and ours; of the older ones the fifth part of a line has no version."""
    pytest.importorskip("gensim")
    from gensim.models.fasttext import load_facebook_vectors
    from gensim.test.utils import datapath

    path = tmp_path / "v.bin"
    if made == "ours":
        w2v.save(with_subwords(), path, format="fasttext")
    else:
        path.write_bytes(Path(datapath(made)).read_bytes())
    theirs, ours = load_facebook_vectors(str(path)), w2v.load(path)
    assert ours.words == theirs.index_to_key
    for word in ours.words:
        if word != "</s>":  # gensim gives it n-grams; fastText does not
            np.testing.assert_allclose(ours[word], theirs[word], atol=1e-5)
    for word in UNKNOWN:
        if ours.lookup.find(word) is not None:
            np.testing.assert_allclose(ours.vector(word, unknown="subwords"), theirs[word], atol=1e-5)


def test_a_file_without_a_version_reads_as_one_with(by_hand: Path, tmp_path: Path) -> None:
    data = by_hand.read_bytes()
    rows = 19 * 4 * 4
    at = data.index(struct.pack("<?2q", False, 19, 4))
    oldest = data[8:84] + data[92:at] + data[at + 1 : at + 17 + rows] + data[at + 18 + rows :]
    (tmp_path / "oldest.bin").write_bytes(oldest)
    one, other = w2v.load(by_hand), w2v.load(tmp_path / "oldest.bin")
    np.testing.assert_array_equal(one.matrix, other.matrix)
    np.testing.assert_array_equal(one.vector("kings", unknown="subwords"), other.vector("kings", unknown="subwords"))
    eleven = data[:4] + struct.pack("<i", 11) + data[8:]
    (tmp_path / "eleven.bin").write_bytes(eleven)
    np.testing.assert_array_equal(w2v.load(tmp_path / "eleven.bin").matrix, one.matrix)


def at(place: int, form: str, *values: Any) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        new = struct.pack(form, *values)
        return data[:place] + new + data[place + len(new) :]

    return changed


AFTER_WORDS = 92 + sum(len(word.encode()) + 10 for word in ("</s>", "king", "banana", "北京", "a", "the"))
LIES = {
    "a later version": (at(4, "<i", 13), "version 13"),
    "a classifier": (at(36, "<i", 3), "a classifier"),
    "no dimensions": (at(8, "<i", 0), "not those of fastText"),
    "a huge dimension": (at(8, "<i", 2**31 - 1), "not those of fastText"),
    "another dimension": (at(8, "<i", 5), "where 19 × 5 belong"),
    "negative buckets": (at(40, "<i", -1), "not those of fastText"),
    "more buckets": (at(40, "<i", 14), "where 20 × 4 belong"),
    "long n-grams": (at(48, "<i", 5_000), "n-grams have 3 to 5000 letters"),
    "lengths reversed": (at(44, "<i", 9), "n-grams have 9 to 6 letters"),
    "no finite threshold": (at(56, "<d", float("nan")), "not those of fastText"),
    "labels": (at(72, "<i", 1), "1 labels"),
    "more words": (at(64, "<2i", 7, 7), "word 7"),
    "words beyond the file": (at(64, "<2i", 2**31 - 1, 2**31 - 1), "it says that it has 2,147,483,647 words"),
    "no words": (at(64, "<2i", 0, 0), "it says that it has 0 words"),
    "negative words": (at(64, "<2i", -5, -5), "it says that it has -5 words"),
    "pruned": (at(84, "<q", 3), "were pruned"),
    "a label among the words": (at(92 + 4 + 9, "<b", 1), "is of the kind 1"),
    "a negative count": (at(92 + 5, "<q", -1), "has the count -1"),
    "quantised": (at(AFTER_WORDS, "<?", True), "quantised"),
    "rows beyond the file": (at(AFTER_WORDS + 1, "<q", 2**62), "where 19 × 4 belong"),
    "negative rows": (at(AFTER_WORDS + 1, "<q", -1), "where 19 × 4 belong"),
    "outputs beyond the file": (at(AFTER_WORDS + 18 + 19 * 16, "<q", 2**40), "ends within its"),
    "more bytes": (lambda data: data + b"\0", "1 bytes follow"),
    "a NaN": (at(AFTER_WORDS + 17, "<f", float("nan")), "holds NaN"),
}


@pytest.mark.parametrize(("change", "message"), LIES.values(), ids=list(LIES))
def test_files_that_lie_are_refused(change: Callable[[bytes], bytes], message: str, by_hand: Path) -> None:
    by_hand.write_bytes(change(by_hand.read_bytes()))
    with pytest.raises(FormatError, match=message) as caught:
        w2v.load(by_hand)
    assert caught.value.hint


def test_words_that_are_not_utf8_are_read_where_that_is_asked_for(by_hand: Path) -> None:
    by_hand.write_bytes(by_hand.read_bytes().replace(b"banana\0", b"ban\xe4na\0"))
    with pytest.raises(FormatError, match="row 3 has a word that is not UTF-8") as caught:
        w2v.load(by_hand)
    assert "--bad-rows skip" in str(caught.value.hint)
    assert w2v.load(by_hand, bad_rows="replace").words == ["</s>", "king", "ban\ufffdna", "北京", "a", "the"]
    left = w2v.load(by_hand, bad_rows="skip")
    assert left.words == ["</s>", "king", "北京", "a", "the"]
    assert left.counts is not None
    assert left.counts.tolist() == [7, 6, 4, 3, 2]


def test_models_without_subwords_have_their_rows_as_they_are(tmp_path: Path) -> None:
    vectors = w2v.Vectors(["a", "b"], np.eye(2, dtype=np.float32))
    w2v.save(vectors, tmp_path / "v.fasttext.bin")
    back = w2v.load(tmp_path / "v.fasttext.bin")
    np.testing.assert_array_equal(back.matrix, vectors.matrix)
    assert back.subwords is None
    assert back.counts is None
    assert back.contexts is None
