"""Senses against naive twins, and on a text in which they were planted; odd input; the command."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from listening import Listening
from reference import senses as naive

import w2v
from w2v import Vectors
from w2v.arrays import I64
from w2v.cli import main
from w2v.errors import CorpusError, SettingsError, UnknownWordsError
from w2v.evaluation.schema import schema
from w2v.evaluation.tasks.contextual_similarity import marked
from w2v.kernels.contexts import sample_occurrences
from w2v.record import RunRecord
from w2v.tokens import prepare
from w2v.tokens.settings import CorpusConfig
from w2v.word_senses import scan, self_test, with_senses
from w2v.word_senses.contexts import COMMON, CorpusContexts
from w2v.word_senses.pseudowords import adjusted_rand
from w2v.word_senses.splitting import joined, split
from w2v.word_senses.whitening import whitening_of

TOPICS = {name: [f"{name}{number}" for number in range(20)] for name in ("river", "money", "court")}
COMMON_WORDS = ["the", "of", "and", "to"]
SENTENCES = 900


def text(seed: int = 0) -> list[str]:
    """Sentences on three topics; "bank" stands in sentences on rivers and, more often, on money."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(SENTENCES):
        topic = list(TOPICS)[number % 3]
        words = [*rng.choice(TOPICS[topic], 8), *rng.choice(COMMON_WORDS, 3)]
        rng.shuffle(words)
        if topic == "money" or (topic == "river" and number % 2):
            words.insert(int(rng.integers(3, 9)), "bank")
        made.append(" ".join(words))
    return made


def vectors_of(words: Sequence[str], counts: Counter[str] | None = None, dim: int = 12) -> Vectors:
    """Words of one topic lie near each other."""
    rng = np.random.default_rng(1)
    rows = []
    for word in words:
        direction = 0.4 * rng.normal(size=dim)
        for axis, topic in enumerate(TOPICS):
            if word.startswith(topic) or (word == "bank" and topic != "court"):
                direction[axis] += 2.0
        rows.append(direction)
    known = None if counts is None else [counts[word] for word in words]
    return Vectors(list(words), np.array(rows, dtype=np.float32), known)


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    return text()


@pytest.fixture(scope="module")
def vectors(sentences: list[str]) -> Vectors:
    counts = Counter(word for sentence in sentences for word in sentence.split())
    return vectors_of([word for word, _ in counts.most_common()], counts)


@pytest.fixture
def contexts(sentences: list[str], vectors: Vectors) -> Iterator[CorpusContexts]:
    with prepare(sentences, CorpusConfig()) as cache:
        yield CorpusContexts(cache, vectors, window=4)


# --------------------------------------------------------------------------- the arithmetic


def test_contexts_equal_their_twin(contexts: CorpusContexts, sentences: list[str], vectors: Vectors) -> None:
    counts = Counter(word for sentence in sentences for word in sentence.split())
    total = sum(counts.values())
    weights = {word: COMMON / (COMMON + count / total) for word, count in counts.items()}
    rows = {word: vectors[word].astype(np.float64) for word in vectors.words}
    [found] = contexts.occurrences([contexts.index["bank"]], 10**6, 1)
    made = contexts.vectors_of(found.positions, [contexts.index["bank"]])
    expected = [
        naive.context(sentence.split(), sentence.split().index("bank"), rows, weights, 4, ["bank"])
        for sentence in sentences
        if "bank" in sentence.split()
    ]
    assert found.count == len(expected) == len(made)
    np.testing.assert_allclose(made, expected, atol=2e-6)


def test_words_that_are_barred_or_have_no_vector_add_nothing(sentences: list[str], vectors: Vectors) -> None:
    few = Vectors(["money1", "river1"], np.eye(2))
    with prepare(["money1 x money1 bank", "bank", "river1 money1 bank"], CorpusConfig(min_count=1)) as cache:
        contexts = CorpusContexts(cache, few, window=2)
        [found] = contexts.occurrences([contexts.index["bank"]], 10, 1)
        made = contexts.vectors_of(found.positions, [contexts.index["river1"]])
    assert (made[:, 1] == 0).all()
    assert (made[:, 0] > 0).tolist() == [True, False, True]
    assert contexts.row_of[contexts.index["x"]] == -1


def test_whitening_equals_its_twin() -> None:
    rng = np.random.default_rng(3)
    others = (rng.normal(size=(200, 5)) @ rng.normal(size=(5, 5)) + 1).astype(np.float32)
    rows = others[:7] * 2
    made = whitening_of(others, 0.1).directions(rows)
    expected = naive.whitened(rows.astype(np.float64), others.astype(np.float64), 0.1)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(made, expected, atol=1e-5)
    assert np.cov((others - others.mean(axis=0)) @ whitening_of(others, 1e-9).matrix, rowvar=False) == pytest.approx(
        np.eye(5), abs=1e-4
    )


def test_contexts_that_are_all_the_same_have_no_direction() -> None:
    same = np.ones((30, 4), dtype=np.float32)
    assert not whitening_of(same).directions(same).any()


@pytest.mark.parametrize("k", [1, 2, 4])
def test_small_groups_are_joined_as_by_the_twin(k: int) -> None:
    sums = np.random.default_rng(5).normal(size=(9, 3))
    sense_of = joined(sums, k)
    groups = {frozenset(np.flatnonzero(sense_of == sense).tolist()) for sense in range(k)}
    assert groups == {frozenset(group) for group in naive.merged(sums, k)}


def test_a_sample_is_fair_and_depends_on_the_seed_alone() -> None:
    tokens = np.tile(np.array([0, 1, 0, 2, -1], dtype=np.int32), 300)
    slots = np.array([0, -1, 1], dtype=np.int32)
    counts = np.array([600, 300], dtype=np.int64)

    def sampled(seed: int, most: int) -> tuple[I64, I64]:
        starts = np.concatenate([[0], np.cumsum(np.minimum(counts, most))])
        positions, ordinals = (np.zeros(starts[-1], dtype=np.int64) for _ in range(2))
        seen, found = (np.zeros(2, dtype=np.int64) for _ in range(2))
        sample_occurrences(tokens, slots, counts, starts, seed, seen, found, positions, ordinals)
        assert found.tolist() == np.diff(starts).tolist()
        return positions, ordinals

    everything, numbers = sampled(1, 10_000)
    assert everything[:600].tolist() == np.flatnonzero(tokens == 0).tolist()
    assert numbers.tolist() == [*range(600), *range(300)]
    means = []
    for seed in range(40):
        positions, ordinals = sampled(seed, 30)
        assert (np.flatnonzero(tokens == 0)[ordinals[:30]] == positions[:30]).all()
        assert (np.diff(ordinals[:30]) > 0).all()
        means.append(ordinals[:30].mean())
    assert np.mean(means) == pytest.approx(299.5, abs=4 * 173 / np.sqrt(30 * 40))
    assert (sampled(7, 30)[0] == sampled(7, 30)[0]).all()
    assert (sampled(7, 30)[0] != sampled(8, 30)[0]).any()


def test_a_rare_sense_is_found_beside_one_of_two_topics() -> None:
    """k-means alone would cut the large group in two; its two topics are nearer to each other than to the rare one."""
    rng = np.random.default_rng(2)
    centres = np.array([[1, 1, 0, 0], [1, -1, 0, 0], [-0.3, 0, 1, 0]], dtype=float)
    truth = np.repeat(np.arange(3), [200, 200, 30])
    rows = np.concatenate([centres[truth], np.zeros((430, 4))], axis=1) + 0.25 * rng.normal(size=(430, 8))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    found = split(rows, 2, seed=1)
    assert found is not None
    labels = found.likeness(rows).argmax(axis=1)
    assert adjusted_rand(labels, (truth == 2).astype(np.int64)) > 0.9
    assert split(np.ones((50, 3), dtype=np.float32) / np.sqrt(np.float32(3)), 2, seed=1) is None


def test_the_adjusted_rand_index() -> None:
    one, other = np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])
    assert adjusted_rand(one, 1 - one) == 1
    assert adjusted_rand(one, other) == pytest.approx(0.5714285714)  # sklearn's documentation
    assert adjusted_rand(np.zeros(5, dtype=np.int64), np.zeros(5, dtype=np.int64)) == 1


# --------------------------------------------------------------------------- planted senses


def test_planted_senses_are_found(vectors: Vectors, sentences: list[str]) -> None:
    found = w2v.senses(vectors, ["bank", "court3"], sentences, topn=5, seed=3)
    bank, court = found["bank"], found["court3"]
    assert bank.trusted
    assert bank.percentile is not None
    assert bank.percentile > 90
    assert [sense.name for sense in bank.senses] == ["bank#1", "bank#2"]
    money, river = bank.senses
    assert money.share == pytest.approx(2 / 3, abs=0.02)
    assert money.count + river.count == bank.count == 450
    assert all(near.word.startswith("money") for near in money.neighbours)
    assert all(near.word.startswith("river") for near in river.neighbours)
    for sense, topic in ((money, "money"), (river, "river")):
        assert len(sense.central) == len(sense.border) == 3
        for quote in sense.central:
            assert quote.word == "bank"
            assert f"{quote.before} bank {quote.after}" in sentences
            assert topic in quote.before + quote.after
    assert court.cosine is not None
    assert bank.cosine is not None
    assert court.cosine > bank.cosine
    assert len(court.senses) == 1 + court.trusted


def test_a_split_that_is_not_trusted_is_one_sense_unless_asked_for(vectors: Vectors, sentences: list[str]) -> None:
    words = [f"court{number}" for number in range(8)]
    found = w2v.senses(vectors, words, sentences, quotes=1, topn=2)
    single = [each for each in found if not each.trusted]
    assert single
    shown = w2v.senses(vectors, single[0].word, sentences, quotes=1, topn=2, show_all=True)
    for each in single:
        [sense] = each.senses
        assert (sense.name, sense.share, sense.count, sense.border) == (each.word, 1.0, each.count, ())
    assert len(shown.words[0].senses) == 2
    assert not shown.words[0].trusted


def test_the_order_of_sentences_and_of_words_changes_nothing(vectors: Vectors, sentences: list[str]) -> None:
    shuffled = [sentences[at] for at in np.random.default_rng(9).permutation(len(sentences))]
    one = w2v.senses(vectors, ["bank", "court3"], sentences, quotes=0)["bank"]
    other = w2v.senses(vectors, ["court3", "bank"], shuffled, quotes=0)["bank"]
    assert [sense.share for sense in one.senses] == [sense.share for sense in other.senses]
    for sense, same in zip(one.senses, other.senses, strict=True):
        np.testing.assert_allclose(sense.mean, same.mean, atol=0.05)


def test_the_same_seed_gives_the_same_result(vectors: Vectors, sentences: list[str]) -> None:
    one, other = (w2v.senses(vectors, "bank", sentences, seed=4) for _ in range(2))
    assert one == other
    assert one.to_dict() == other.to_dict()


def test_three_senses(vectors: Vectors, sentences: list[str]) -> None:
    courts = iter(range(10**6))
    planted = [s.replace(" of ", " bank ", 1) if "court" in s and next(courts) % 2 else s for s in sentences]
    found = w2v.senses(vectors, "bank", planted, k=3, show_all=True)["bank"]
    topics = {sense.neighbours[0].word[:5] for sense in found.senses}
    assert topics == {"money", "river", "court"}


def test_texts_that_can_be_read_once_are_quoted_from_the_cache(vectors: Vectors, sentences: list[str]) -> None:
    found = w2v.senses(vectors, "bank", iter(sentences))["bank"]
    [quote, *_] = found.senses[0].central
    assert f"{quote.before} bank {quote.after}" in sentences


def test_quotes_are_of_the_text_and_keep_its_marks(vectors: Vectors, sentences: list[str], tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(f"“{s.replace(' bank', ', Bank!')}”" for s in sentences), "utf-8")
    found = w2v.senses(vectors, "bank", path, tokenizer="words", lowercase=True)["bank"]
    assert found.count == 450
    for quote in found.senses[0].central:
        assert (quote.before[0], quote.before[-1], quote.after[0], quote.after[-1]) == ("“", ",", "!", "”")


def test_many_occurrences_are_sampled(vectors: Vectors, sentences: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("w2v.word_senses.inducing.MOST", 120)
    found = w2v.senses(vectors, "bank", sentences)["bank"]
    assert (found.count, found.looked_at) == (450, 120)
    assert sum(sense.count for sense in found.senses) == 450
    assert all("bank" in quote.word for sense in found.senses for quote in sense.central)


# --------------------------------------------------------------------------- rows for senses


def test_rows_of_senses(vectors: Vectors, sentences: list[str], tmp_path: Path) -> None:
    record = RunRecord(model="sgns", settings={"window": 5})
    recorded = Vectors(vectors.words, vectors.matrix, vectors.counts, record)
    found = w2v.senses(recorded, ["bank", "court3"], sentences)
    made = with_senses(recorded, found)
    assert {"bank", "bank#1", "bank#2"} <= set(made.words)
    assert made.counts is not None
    assert (np.diff(made.counts) <= 0).all()
    counts = dict(zip(made.words, made.counts.tolist(), strict=True))
    assert counts["bank#1"] + counts["bank#2"] == counts["bank"]
    row = vectors["bank"].astype(np.float64)
    mean = found["bank"].senses[1].mean.astype(np.float64)
    expected = row / np.linalg.norm(row) + 0.5 * mean / np.linalg.norm(mean)
    expected *= np.linalg.norm(row) / np.linalg.norm(expected)
    np.testing.assert_allclose(made["bank#2"], expected, rtol=1e-5)
    assert made.record is not None
    assert made.record.transforms[-1]["transform"] == "senses"
    assert made.most_similar("bank#2", topn=3, without=["bank", "bank#1"])[0][0].startswith("river")
    for ending in (".safetensors", ".bin", ".txt", ".vec", ".npy", ".tsv"):
        w2v.save(made, tmp_path / f"senses{ending}")
        np.testing.assert_allclose(w2v.load(tmp_path / f"senses{ending}")["bank#2"], made["bank#2"], rtol=1e-4)
    with pytest.raises(SettingsError, match="has a word 'bank#1' already"):
        with_senses(made, found)
    alone = replace(found, words=tuple(replace(each, senses=each.senses[:1]) for each in found.words))
    with pytest.raises(SettingsError, match="nothing to write"):
        with_senses(recorded, alone)


# --------------------------------------------------------------------------- self-test and scan


def test_the_self_test_tells_planted_topics_apart(vectors: Vectors, sentences: list[str]) -> None:
    found = self_test(vectors, sentences, pairs=3, seed=2)
    assert found.words
    for each in found.words:
        if each.first[:5] != each.second[:5]:
            assert each.accuracy is not None
            assert each.accuracy > 0.95
    assert [each.share for each in found.by_share] == sorted({each.share for each in found.words})
    assert found.to_dict()["words"][0]["outcome"] == found.words[0].outcome
    assert len(found.rows()) == sum(each.number for each in found.by_share)


def test_the_scan_finds_the_planted_word(vectors: Vectors, sentences: list[str]) -> None:
    found = scan(vectors, sentences, topn=5)
    [bank] = [each for each in found.words if each.word not in COMMON_WORDS][:1]
    assert bank.word == "bank"
    assert {near[0].word[:5] for near in bank.neighbours} == {"money", "river"}
    assert found.scanned > 50
    assert scan(vectors, sentences, restrict_vocab=10).scanned <= 10


# --------------------------------------------------------------------------- odd input


@pytest.mark.parametrize(
    ("words", "settings", "error", "message"),
    [
        ("xyzzy", {}, UnknownWordsError, "xyzzy"),
        ((), {}, SettingsError, "there are no words"),
        ("bank", {"k": 1}, SettingsError, "k is 1"),
        ("bank", {"window": 0}, SettingsError, "window is 0"),
        ("bank", {"quotes": -1}, SettingsError, "quotes is -1"),
        ("bank", {"tokenizer": "letters"}, SettingsError, "tokenizer is 'letters'"),
    ],
)
def test_impossible_questions(
    words: str, settings: dict[str, object], error: type[Exception], message: str, vectors: Vectors
) -> None:
    with pytest.raises(error, match=message):
        w2v.senses(vectors, words, ["a b c"] * 10, **settings)  # type: ignore[arg-type]


def test_a_text_that_does_not_have_the_word(vectors: Vectors) -> None:
    with pytest.raises(CorpusError, match="'bank' is not in the text, which has 60 words, or occur") as error:
        w2v.senses(vectors, "bank", ["money1 money2 river1"] * 20)
    assert "--tokenizer" in error.value.hint
    with pytest.raises(CorpusError, match=r"too rare in the text .*: 'bank' \(7\), 'river1' \(8\) "):
        w2v.senses(
            vectors, ["bank", "river1", "money1"], ["money1 money2 bank"] * 7 + ["money1 river1"] * 8 + ["money1"] * 20
        )
    with pytest.raises(CorpusError, match="stands beside words with vectors only 0 times"):
        w2v.senses(vectors, "bank", ["x bank y"] * 30 + ["money1 money2"] * 30)
    with pytest.raises(CorpusError, match="no word of the text is in"):
        w2v.senses(vectors, "bank", ["x y z"] * 30)


def test_words_that_are_too_rare_can_be_skipped(
    vectors: Vectors, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One is not in the text, one is there 7 times, one never stands beside a word with a vector; one is left."""
    lines = ["money1 money2 bank"] * 7 + ["money1 money3"] * 30 + ["x court1 y"] * 30
    path, corpus = tmp_path / "vectors.safetensors", tmp_path / "corpus.txt"
    w2v.save(vectors, path)
    corpus.write_text("\n".join(lines), "utf-8")
    asked = ["senses", "river1", "bank", "court1", "money1", "-m", str(path), "--corpus", str(corpus), "--json"]
    assert main(asked) == 1
    assert "leave out such words (--unknown-words skip)" in capsys.readouterr().err
    assert main([*asked, "--unknown-words", "skip"]) == 0
    shown = capsys.readouterr()
    assert [each["word"] for each in json.loads(shown.out)["words"]] == ["money1"]
    message = "left out 3 of 4 words, too rare in the text to tell senses apart: 'river1', 'bank', 'court1'"
    assert message in " ".join(shown.err.split())
    for lone in ("river1", "bank", "court1"):
        with pytest.raises(CorpusError) as error:
            w2v.senses(vectors, lone, lines, skip_rare=True)
        assert "skip" not in error.value.hint


@pytest.mark.parametrize(
    ("line", "words", "place"),
    [
        ("a <b> new  york </b> c", ("a", "new_york", "c"), 1),
        ("a<b>b</b>c <b>d</b>", ("a", "b", "c", "<b>d</b>"), 1),
        ("a </b> <b>b</b>", ("a", "</b>", "b"), 2),
    ],
)
def test_a_marked_word(line: str, words: tuple[str, ...], place: int) -> None:
    found = marked(line)
    assert found is not None
    assert (found.words, found.place) == (words, place)


@pytest.mark.parametrize("line", ["", "a b", "<b>a", "a</b>", "<b> </b>", "</b>a<b>", "<b>" * 1_000_000])
def test_a_text_without_a_marked_word(line: str) -> None:
    assert marked(line) is None


def test_a_place_is_not_quoted_twice(vectors: Vectors) -> None:
    """A sense of three places shows them near its centre; none is left for its border."""
    few = [f"river{number} bank river{number + 1}" for number in range(3)]
    many = [f"money{number % 7} bank money{number % 9} {number}" for number in range(60)]
    found = w2v.senses(vectors, "bank", few + many, show_all=True, min_count=1)["bank"]
    assert found.is_split
    for sense in found.senses:
        assert not set(sense.central) & set(sense.border)
    assert [len(sense.central) for sense in found.senses] == [3, 3]


def test_contexts_that_are_all_alike_are_one_sense(vectors: Vectors) -> None:
    found = w2v.senses(vectors, "bank", ["money1 bank river1"] * 30 + ["court1 court2"] * 30)["bank"]
    assert (found.cosine, found.trusted, len(found.senses)) == (None, False, 1)
    assert len(found.senses[0].central) == 1  # the same sentence is quoted once


def test_a_text_of_another_kind_is_told_of(vectors: Vectors, sentences: list[str]) -> None:

    heard = Listening()
    record = RunRecord(model="sgns", settings={"min_count": 5}, corpus={"fingerprint": "f" * 64})
    trained = Vectors(vectors.words, vectors.matrix, vectors.counts, record)
    w2v.senses(trained, "bank", sentences, quotes=0, progress=heard)
    assert any("was trained on another text" in line for line in heard.messages)
    heard = Listening()
    strange = [f"{s} x{n} y z w v u" for n, s in enumerate(sentences) for _ in range(1)]
    strange = [" ".join([*s.split(), *["zzz"] * 20]) for s in strange]
    w2v.senses(vectors, "bank", strange, quotes=0, progress=heard)
    assert any("of the words of this text have a vector" in line for line in heard.messages)


# --------------------------------------------------------------------------- the command


def check(found: dict[str, Any]) -> None:
    """Compare JSON with its form."""
    Draft202012Validator(schema()).validate(found)


@pytest.fixture
def folder(vectors: Vectors, sentences: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    w2v.save(vectors, "vectors.safetensors")
    Path("corpus.txt").write_text("\n".join(sentences) + "\n")
    return tmp_path


def test_the_command_prints_writes_and_reports(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["senses", "bank", "court3", "--corpus", "corpus.txt"]
    assert main([*asked, "-o", "s.safetensors", "-o", "s.vec", "--report", "s.html", "--report", "s.csv"]) == 0
    out = capsys.readouterr().out
    assert "bank#1" in out
    assert "At the border" in out
    assert {"bank#1", "bank#2"} <= set(w2v.load("s.vec").words)
    page = Path("s.html").read_text("utf-8")
    assert "bank#2" in page
    assert main([*asked, "--report", "s.html", "--report", "s.csv", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], [word["word"] for word in found["words"]]) == ("w2v.senses/1", ["bank", "court3"])
    check(found)
    assert main([*asked, "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("word,sense,share,count,cosine,percentile,trusted,neighbours")


def test_the_command_scans_and_tests_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["senses", "--scan", "--corpus", "corpus.txt", "-n", "5", "--only-matching", "^[a-z]+[0-9]*$"]) == 0
    assert "bank" in capsys.readouterr().out
    assert main(["senses", "--scan", "--corpus", "corpus.txt", "--json"]) == 0
    check(json.loads(capsys.readouterr().out))
    assert main(["senses", "--self-test", "--corpus", "corpus.txt", "--pairs", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "w2v.senses.self-test/1"
    check(found)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("bank",), 2, "Missing option '--corpus'"),
        (("--corpus", "corpus.txt"), 2, "Missing argument '[WORD]...', or --scan, or --self-test"),
        (("bank", "--scan", "--corpus", "corpus.txt"), 2, "WORD and --scan ask for different things"),
        (("--scan", "-o", "s.bin", "--corpus", "corpus.txt"), 2, "--scan finds no senses of a WORD"),
        (("--self-test", "--restrict-vocab", "9", "--corpus", "corpus.txt"), 2, "does nothing with --self-test"),
        (("--self-test", "-k", "3", "--corpus", "corpus.txt"), 2, "-k does nothing with --self-test"),
        (("--scan", "--show-all", "--corpus", "corpus.txt"), 2, "--show-all does nothing with --scan"),
        (("bank", "--pairs", "3", "--corpus", "corpus.txt"), 2, "--pairs does nothing with WORD"),
        (("bank + money1", "--corpus", "corpus.txt"), 2, "is a sum"),
        (("bank", "--corpus", "corpus.txt", "-o", "corpus.txt"), 2, "is part of the corpus"),
        (("bank", "--corpus", "corpus.txt", "-o", "s.xyz"), 2, "s.xyz"),
        (("bank", "--corpus", "missing.txt"), 1, "missing.txt"),
        (("xyzzy", "--corpus", "corpus.txt"), 1, "'xyzzy' is not in"),
    ],
)
def test_the_command_refuses(
    options: tuple[str, ...], code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["senses", *options]) == code
    assert message in capsys.readouterr().err


def test_unknown_words_may_be_skipped(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["senses", "bank", "xyzzy", "--corpus", "corpus.txt", "--quotes", "0", "--json"]
    assert main([*asked, "--unknown-words", "skip"]) == 0
    assert [word["word"] for word in json.loads(capsys.readouterr().out)["words"]] == ["bank"]
