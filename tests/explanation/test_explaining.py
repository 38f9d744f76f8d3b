"""Why two words are near each other: neighbours of both, and contexts in a text against loops over lists of words."""

from __future__ import annotations

import gzip
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest
from listening import Listening
from reference.contexts import context_counts, ppmi, shared

import w2v
from w2v.errors import CorpusError, SettingsError, UnknownWordsError
from w2v.explanation import Quote
from w2v.explanation import quotes as quotes_module
from w2v.record import RunRecord
from w2v.text import Texts
from w2v.vectors import Vectors

WORDS = [f"w{number}" for number in range(60)] + ["king", "queen", "crown", "the"]


def text(sentences: int = 3000, longest: int = 12, seed: int = 1) -> list[list[str]]:
    """Sentences in which king and queen stand among some of the same words."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(sentences):
        topic = int(rng.integers(4))
        words = [WORDS[15 * topic + int(rng.zipf(1.7)) % 15] for _ in range(int(rng.integers(1, longest)))]
        if topic < 2:
            words.insert(int(rng.integers(len(words) + 1)), "king" if rng.random() < 0.7 else "queen")
        if rng.random() < 0.5:
            words.insert(0, "the")
        made.append(words)
    return made


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    return text()


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    rng = np.random.default_rng(2)
    settings = {"window": 3, "tokenizer": "whitespace"}
    return Vectors(WORDS, rng.normal(size=(len(WORDS), 8)).astype(np.float32), record=RunRecord("sgns", settings))


def test_neighbours_are_those_that_both_lists_have(vectors: Vectors) -> None:
    found = w2v.why(vectors, "king", "queen", nearest=20, topn=4)
    near = {
        word: [each for each, _ in vectors.most_similar(word, topn=21) if each not in ("king", "queen")][:20]
        for word in ("king", "queen")
    }
    both = set(near["king"]) & set(near["queen"])
    by_lower = sorted(both, key=lambda word: -min(vectors.similarity(word, each) for each in near))
    assert found.shared == len(both)
    assert [each.word for each in found.neighbours] == by_lower[:4]
    for each in found.neighbours:
        assert each.cosine_a == pytest.approx(vectors.similarity("king", each.word))
        assert near["king"][each.rank_a - 1] == near["queen"][each.rank_b - 1] == each.word
    assert found.cosine == pytest.approx(vectors.similarity("king", "queen"))
    assert found.percentile == vectors.percentile("king", "queen")
    assert found.contexts is None


def test_sums_and_groups_have_neighbours_too(vectors: Vectors) -> None:
    found = w2v.why(vectors, "{w1 w2}", "king - queen", nearest=30)
    assert not {"w1", "w2", "king", "queen"} & {near.word for near in found.neighbours}
    with pytest.raises(SettingsError, match="a sum has no contexts"):
        w2v.why(vectors, "{w1 w2}", "king", corpus=[["king", "w1"]])


@pytest.mark.parametrize("window", [1, 3, 40])
def test_contexts_are_those_of_two_loops(vectors: Vectors, sentences: list[list[str]], window: int) -> None:
    found = w2v.why(vectors, "king", "queen", corpus=sentences, window=window, topn=1000).contexts
    assert found is not None
    cosine, shares = shared(sentences, "king", "queen", window)
    counts = [context_counts(sentences, word, window) for word in ("king", "queen")]
    rows = [ppmi(sentences, word, window) for word in ("king", "queen")]
    assert found.cosine == pytest.approx(cosine)
    assert found.shared == len(found.contexts) == len(shares) > 5
    assert sum(each.share for each in found.contexts) == pytest.approx(1)
    for each in found.contexts:
        assert each.share == pytest.approx(shares[each.word])
        assert (each.count_a, each.count_b) == (counts[0][each.word], counts[1][each.word])
        assert (each.ppmi_a, each.ppmi_b) == pytest.approx((rows[0][each.word], rows[1][each.word]))
    assert [each.share for each in found.contexts] == sorted((each.share for each in found.contexts), reverse=True)
    assert found.tokens == sum(map(len, sentences))
    assert found.count_a == sum(sentence.count("king") for sentence in sentences)
    assert found.together == counts[0]["queen"]


def test_one_endless_line_is_counted_across_blocks(
    vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks end in the middle of the only sentence; no context is lost there, and none is counted twice."""
    words = [word for sentence in text(2000) for word in sentence]
    (tmp_path / "line.txt").write_text(" ".join(words))
    whole = w2v.why(vectors, "king", "queen", corpus=tmp_path / "line.txt", window=7, topn=100).contexts
    expected = context_counts([words], "king", 7)
    assert whole is not None
    assert {each.word: each.count_a for each in whole.contexts} == {
        each.word: expected[each.word] for each in whole.contexts
    }
    monkeypatch.setattr(Texts, "reader", partialmethod(Texts.reader, block_size=100))
    in_blocks = w2v.why(vectors, "king", "queen", corpus=tmp_path / "line.txt", window=7, topn=100).contexts
    assert in_blocks is not None
    assert in_blocks.contexts[0].share == pytest.approx(whole.contexts[0].share)
    assert [each.word for each in in_blocks.contexts] == [each.word for each in whole.contexts]
    assert in_blocks.together == expected["queen"]
    quote = in_blocks.contexts[0].quote_a
    assert quote is not None
    assert in_blocks.contexts[0].word in (quote.before + " " + quote.after).split()


def test_a_quote_is_the_place_where_the_context_is_nearest(vectors: Vectors) -> None:
    lines = [
        "w9 w9 w9 the crown of that king was lost , in\tEssex ; ünd more",
        "w8 w8 the crown king , again",
        "the queen wears no crown today and another crown is lost",
    ]
    found = w2v.why(vectors, "king", "queen", corpus=lines * 2, window=5).contexts
    assert found is not None
    (crown,) = (each for each in found.contexts if each.word == "crown")
    assert crown.quote_a == Quote("w8 w8 the crown", "king", ", again")
    assert crown.quote_b == Quote("the", "queen", "wears no crown today and another crown is lost")


def test_quotes_are_cut_at_blanks(vectors: Vectors, tmp_path: Path) -> None:
    filler = " ".join(f"älter{number}" for number in range(300))
    (tmp_path / "long.txt").write_text(f"{filler} crown king {filler} crown queen {filler} " * 3, "utf-8")
    found = w2v.why(vectors, "king", "queen", corpus=tmp_path / "long.txt").contexts
    assert found is not None
    (crown,) = (each for each in found.contexts if each.word == "crown")
    assert crown.quote_a is not None
    before = crown.quote_a.before.split()
    assert before[-1] == "crown"
    assert set(before[:-1]) <= set(filler.split())
    assert set(crown.quote_a.after.split()) <= set(filler.split())
    assert 60 < len(crown.quote_a.before.encode()) <= 90


def test_quotes_are_bounded(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there would be too many, contexts that are met often keep theirs."""
    monkeypatch.setattr(quotes_module, "MOST", 20)
    often = [f"often{number} king queen" for number in range(5)]
    rare = [f"rare{number} king queen" for number in range(500)]
    lines = [line for number, each in enumerate(rare) for line in (each, each, often[number % 5])]
    found = w2v.why(vectors, "king", "queen", corpus=lines, topn=600).contexts
    assert found is not None
    quoted = {each.word for each in found.contexts if each.quote_a is not None}
    assert {f"often{number}" for number in range(5)} <= quoted
    assert len(quoted) <= 20


def test_the_text_becomes_words_as_in_training(vectors: Vectors, tmp_path: Path) -> None:
    settings = {"window": 2, "tokenizer": "words", "lowercase": True, "column": "title", "input_format": "csv"}
    record = RunRecord("sgns", settings, corpus={"sources": ["goods.csv"]})
    trained = Vectors(WORDS, vectors.matrix, record=record, name="v.bin")
    with gzip.open(tmp_path / "goods.csv", "wb") as file:
        file.write(b"id,title\n" + b'1,"The KING, crown!"\n2,"king: crown; Queen"\n3,crown (queen)\n' * 3)
    found = w2v.why(trained, "king", "queen", corpus=tmp_path / "goods.csv").contexts
    assert found is not None
    assert (found.window, found.tokens, found.count_a, found.count_b) == (2, 24, 6, 6)
    assert found.contexts[0].quote_a in (Quote("the", "king", ", crown!"), Quote("", "king", ": crown; queen"))
    (tmp_path / "other.txt").write_text("king crown\ncrown queen\n" * 2)
    other = w2v.why(trained, "king", "queen", corpus=tmp_path / "other.txt").contexts
    assert other is not None
    assert other.tokens == 8


def test_what_is_not_known_of_the_text_is_said(vectors: Vectors) -> None:
    lines = ["king crown", "crown queen"] * 2
    bare = Vectors(WORDS, vectors.matrix, name="bare.txt")
    w2v.why(bare, "king", "queen", corpus=lines, progress=(told := Listening()))
    assert [level for level, text in told.levels if "does not say how its text was cut" in text] == ["hint"]
    w2v.why(bare, "king", "queen", corpus=lines, tokenizer="words", progress=(told := Listening()))
    assert told.levels == []
    odd = Vectors(WORDS, vectors.matrix, record=RunRecord("sgns", {"tokenizer": "mine.split"}), name="odd.txt")
    found = w2v.why(odd, "king", "queen", corpus=lines, progress=(told := Listening()))
    assert found.contexts is not None
    assert found.contexts.tokens == 8
    assert [level for level, text in told.levels if "mine.split" in text] == ["warning"]


def test_what_goes_wrong(vectors: Vectors, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="'queen' is not in the text, which has 2 words"):
        w2v.why(vectors, "king", "queen", corpus=["king crown"])
    with pytest.raises(CorpusError, match="no such file"):
        w2v.why(vectors, "king", "queen", corpus=tmp_path / "none.txt")
    with pytest.raises(SettingsError, match="compared with itself"):
        w2v.why(vectors, "king", "king")
    with pytest.raises(UnknownWordsError):
        w2v.why(vectors, "king", "quen")
    with pytest.raises(SettingsError, match="window is 0"):
        w2v.why(vectors, "king", "queen", window=0)
    with pytest.raises(SettingsError, match="tokenizer"):
        w2v.why(vectors, "king", "queen", corpus=["king queen"], tokenizer="none")
    lonely = w2v.why(vectors, "king", "queen", corpus=[["king"], ["queen"]]).contexts
    assert lonely is not None
    assert (lonely.cosine, lonely.shared, lonely.contexts, lonely.together) == (None, 0, (), 0)


def test_a_phrase_is_met_where_its_parts_follow_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted as if the text were joined; also where a block ends between the parts, and not over the end of a line."""
    rng = np.random.default_rng(4)
    words = ["new", "york", "london", "city", "bus", "rain", "new york", "the"]
    lines = [" ".join(rng.choice(words, 9)) for _ in range(400)]
    phrases = ["new_york", "london", "city", "bus", "rain", "the", "new", "york"]
    vectors = Vectors(phrases, rng.normal(size=(len(phrases), 4)).astype(np.float32))
    (tmp_path / "lines.txt").write_text("\n".join(lines))
    joined = [line.replace("new york", "new_york").split() for line in lines]
    monkeypatch.setattr(Texts, "reader", partialmethod(Texts.reader, block_size=64))
    asked = {"corpus": tmp_path / "lines.txt", "tokenizer": "whitespace", "window": 3, "topn": 9}
    for a, b in (("new_york", "london"), ("london", "new_york")):
        found = w2v.why(vectors, a, b, **asked).contexts
        assert found is not None
        cosine, shares = shared(joined, a, b, 3)
        assert found.cosine == pytest.approx(cosine)
        assert {each.word: each.share for each in found.contexts} == {
            word: pytest.approx(share) for word, share in shares.items()
        }
        assert found.together == context_counts(joined, a, 3)[b]
        assert found.tokens == sum(map(len, joined))
        quote = found.contexts[0].quote_a if a == "new_york" else found.contexts[0].quote_b
        assert quote is not None
        assert quote.word == "new york"
