"""floret's tables: the vectors are those of floret itself, with a word list and without one.

floret_known.json holds what floret 0.10.5 answers: small tables that it trained on 20,000 words of Wikipedia, as it
wrote them, and its vectors of some words. To the most frequent word, "the", floret's model gives a row of its own,
which it does not write into the table.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v
from w2v.bloom import BloomNgrams, murmur3
from w2v.cli import main
from w2v.errors import FormatError, OutputError, SettingsError, UnknownWordsError
from w2v.formats import inspect, read, write
from w2v.verification import verify

KNOWN: list[dict[str, Any]] = json.loads(Path(__file__).with_name("floret_known.json").read_text("utf-8"))
WORDS = ["king", "kingly", "é", "naïve", "東京", "two words", "a"]
DIGITS = 2e-4  # the table has five digits


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "v.floret"
    path.write_text(KNOWN[0]["table"], "utf-8")
    return path


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known["table"].partition("\n")[0])
def test_the_vectors_are_those_of_floret(known: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "any.txt"  # the content says what it is
    path.write_text(known["table"], "utf-8")
    vectors = w2v.load(path)
    assert (len(vectors), vectors.dim) == (0, 3)
    for word, expected in known["vectors"].items():
        if word in ("", "</s>"):
            assert vectors.lookup.find(word) is None
        elif word != "the":
            assert np.allclose(vectors.vector(word, unknown="subwords"), expected, atol=DIGITS), word
    listed = w2v.load(path, only_words=[*WORDS, "</s>"])
    assert listed.words == [*WORDS, "</s>"]
    assert np.allclose(listed.matrix[:-1], [known["vectors"][word] for word in WORDS], atol=DIGITS)
    assert not listed.matrix[-1].any()


def test_a_hash_by_hand() -> None:
    """Of the reference implementation: MurmurHash3_x64_128 of keys shorter and longer than a block, with two seeds."""
    assert murmur3(b"", 0) == (0, 0, 0, 0)
    whole = b"".join(number.to_bytes(4, "little") for number in murmur3(b"hello", 0))
    assert whole.hex() == "029bbd41b3a7d8cb191dae486a901e5b"
    text = b"The quick brown fox jumps over the lazy dog"
    whole = b"".join(number.to_bytes(4, "little") for number in murmur3(text, 0))
    assert whole.hex() == "6c1b07bc7bbc4be347939ac4a93c437a"


def test_n_grams_with_other_marks() -> None:
    ngrams = BloomNgrams(1, 2, 7, 2, 5, "<s>", "/")
    assert ngrams.of("a") == ["<s>a/", "<s", "s", "s>", ">", ">a", "a", "a/"]
    assert len(list(ngrams.buckets_of("a"))) == 16
    assert ngrams.of("</s>") == []


def test_without_a_word_list_words_are_composed_and_lists_are_asked_for(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = w2v.load(table)
    with pytest.raises(UnknownWordsError):
        vectors["king"]
    with pytest.raises(SettingsError, match="no list of words") as refused:
        vectors.most_similar(vectors.vector("king", unknown="subwords"))
    assert "only_words" in refused.value.hint
    with pytest.raises(OutputError, match="no list of words"):
        write(vectors, "out.bin")
    assert main(["similarity", "king", "queen", "-m", "v.floret"]) == 0
    assert main(["vector", "kingly", "-m", "v.floret"]) == 0
    assert main(["encode", "the king said", "-m", "v.floret", "--pooling", "mean"]) == 0
    capsys.readouterr()
    for command in (["similar", "king"], ["analogy", "man", "king", "woman"], ["why", "king", "queen"]):
        assert main([*command, "-m", "v.floret"]) == 2
        error = capsys.readouterr().err.splitlines()[-2:]
        assert error[0].startswith("Error: v.floret has n-grams and no list of words")
        assert "--only-words FILE" in error[1]
    assert main(["encode", "a king", "-m", "v.floret", "--pooling", "sif"]) == 2
    assert "no list of words" in capsys.readouterr().err
    assert main(["convert", "v.floret", "out.bin"]) == 1
    assert "--only-words FILE" in capsys.readouterr().err


def test_a_word_list_is_the_vocabulary(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("words.txt").write_text("naïve\nking\nkings\nking\nqueen\n", "utf-8")
    assert main(["similar", "kingly", "-m", "v.floret", "--only-words", "words.txt", "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["results"]
    assert {each["word"] for each in found["neighbours"]} == {"naïve", "king", "kings", "queen"}
    assert main(["analogy", "king", "kings", "queenly", "-m", "v.floret", "--only-words", "words.txt"]) == 0
    capsys.readouterr()
    some = read(table, only_words=["naïve", "king", "kings", "queen"], only_matching="^king", limit=3)
    assert some.words == ["king", "kings"]
    assert read(table, only_words=WORDS, limit=2).words == WORDS[:2]
    with pytest.raises(FormatError, match="none of the words"):
        read(table, only_words=["king"], only_matching="^q")


def test_it_is_converted_with_its_table(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To w2v's own format, which keeps the rows of n-grams; other formats say that they cannot."""
    Path("words.txt").write_text("\n".join(WORDS), "utf-8")
    assert main(["convert", "v.floret", "v.safetensors", "--only-words", "words.txt"]) == 0
    back, direct = w2v.load("v.safetensors"), w2v.load(table, only_words=WORDS)
    assert back.words == WORDS
    assert np.array_equal(back.matrix, direct.matrix)
    for word in ("unknownwordhere", "the", "👩‍👩‍👧"):
        assert np.array_equal(back.vector(word, unknown="subwords"), direct.vector(word, unknown="subwords"))
    assert verify("v.safetensors").whole
    capsys.readouterr()
    assert main(["convert", "v.safetensors", "v.bin", "--to", "fasttext"]) == 0
    assert "not written to v.bin: the n-grams" in capsys.readouterr().err
    plain = w2v.load("v.bin")
    assert plain.compose is None
    assert np.array_equal(plain.matrix, direct.matrix)


def test_it_is_described_and_checked(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    info = inspect(table)
    assert (info.format, info.words, info.dim) == ("floret", 0, 3)
    assert info.ngrams is not None
    assert {name: info.ngrams[name] for name in ("shortest", "longest", "hashes", "rows")} == {
        "shortest": 4,
        "longest": 5,
        "hashes": 2,
        "rows": 30,
    }
    assert verify(table).whole
    assert main(["info", "v.floret"]) == 0
    assert "of 4 to 5 letters, 30 rows" in capsys.readouterr().out
    Path("v.floret.gz").write_bytes(gzip.compress(table.read_bytes()))
    assert np.array_equal(w2v.load("v.floret.gz", only_words=WORDS).matrix, w2v.load(table, only_words=WORDS).matrix)


def test_it_is_not_written(table: Path) -> None:
    with pytest.raises(SettingsError, match="read and not written"):
        write(w2v.load(table, only_words=WORDS), "x", format="floret")


def test_its_pairs_are_scored(table: Path) -> None:
    pairs = [(a, b, float(number)) for number, (a, b) in enumerate(zip(WORDS, [*WORDS[1:], "the"], strict=True))] * 2
    findings = w2v.evaluate(table, pairs=pairs)
    [suite] = findings.studies["composed"].to_dict()["files"][str(table)]
    assert (suite["in_vocabulary"]["scored"], suite["composed"]["scored"]) == (0, 14)
