"""The demo's world: its text is the same everywhere, obeys Zipf, and teaches its relations by distribution alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest

from w2v.data import find, manifest_of
from w2v.demo import SUITE, learn, question
from w2v.demo.lexicon import BACKGROUND, SECTIONS
from w2v.demo.world import END, FILLERS, THEMES, World, fillers, generate, questions
from w2v.evaluation import AnalogyReport
from w2v.vectors import Vectors

PAIRS = [pair for section in SECTIONS for pair in section.pairs]
PLANTED = {word for pair in PAIRS for word in pair}
SHA256_OF_SEED_1 = "27666cbf4ef330f00364fbf30869828f78ffc045e6aa6dae63579a27179d6fe4"


@pytest.fixture(scope="module")
def world() -> World:
    return generate(1)


@pytest.fixture(scope="module")
def sentences(world: World) -> list[list[str]]:
    return [line.split(" ") for line in world.text.decode("ascii").splitlines()]


@pytest.fixture(scope="module")
def counts(sentences: list[list[str]]) -> Counter[str]:
    return Counter(word for sentence in sentences for word in sentence)


def test_a_seed_gives_the_same_bytes_everywhere(world: World) -> None:
    assert world.sha256 == SHA256_OF_SEED_1
    assert world.sha256 == hashlib.sha256(world.text).hexdigest()
    assert generate(2, sentences=100).text != generate(1, sentences=100).text


@pytest.mark.slow
def test_text_and_ids_are_the_same_sentences(world: World, sentences: list[list[str]]) -> None:
    assert world.text.endswith(b"\n")
    assert len(sentences) == world.sentences
    assert sum(map(len, sentences)) == world.tokens
    for row in (0, 1, 77_777, world.sentences - 1):
        assert sentences[row] == [world.words[word] for word in world.ids[row] if word != END]


@pytest.mark.parametrize("size", [0, 1, 7])
def test_small_worlds(size: int) -> None:
    small = generate(5, sentences=size)
    assert small.sentences == size == small.text.count(b"\n")


@pytest.mark.slow
def test_fillers_follow_zipf(counts: Counter[str]) -> None:
    for kind, words in fillers().items():
        observed = np.array(sorted((counts[word] for word in words), reverse=True), dtype=float)
        ranks = np.arange(len(observed)) + 3.0
        middle = slice(THEMES, FILLERS[kind] // 2)  # sentences that prefer a theme level out the first THEMES ranks
        slope = np.polyfit(np.log(ranks[middle]), np.log(observed[middle]), 1)[0]
        assert -1.15 < slope < -0.85


def test_the_vocabulary_has_the_size_of_a_small_world(counts: Counter[str]) -> None:
    assert 5_000 <= sum(count >= 5 for count in counts.values()) <= 10_000


def test_every_word_of_the_suite_occurs_often(counts: Counter[str]) -> None:
    assert min(counts[word] for word in PLANTED) >= 50


def test_no_sentence_holds_two_planted_words(sentences: list[list[str]]) -> None:
    """So none holds a pair, let alone a question: what relates two words is the company that they keep."""
    assert max(sum(word in PLANTED for word in sentence) for sentence in sentences) == 1


@pytest.mark.slow
def test_both_words_of_a_pair_keep_the_same_topics_and_meet_other_markers(sentences: list[list[str]]) -> None:
    near: dict[str, Counter[str]] = {word: Counter() for word in PLANTED}
    for sentence in sentences:
        for planted in PLANTED.intersection(sentence):
            near[planted].update(sentence)
    for section in SECTIONS:
        markers = [{marker for sides in section.markers.values() for marker in sides[side]} for side in (0, 1)]
        for pair, topics in section.pairs.items():
            strangers = {topic for other in section.pairs.values() for topic in other} - set(topics)
            for side, word in enumerate(pair):
                usual = np.mean([near[word][topic] for topic in strangers])
                assert all(near[word][topic] > 2 * usual for topic in topics)
                met = [sum(near[word][marker] for marker in markers[which]) for which in (side, 1 - side)]
                assert met[0] > 5 * met[1]


def test_words_of_the_lexicon_have_one_role() -> None:
    assert len(PLANTED) == 2 * len(PAIRS)
    templates = [template for section in SECTIONS for template in section.templates] + list(BACKGROUND)
    company = {word for template in templates for word in template.split()}
    company |= {topic for section in SECTIONS for topics in section.pairs.values() for topic in topics}
    company |= {word for section in SECTIONS for sides in section.markers.values() for side in sides for word in side}
    invented = [word for words in fillers().values() for word in words]
    assert not PLANTED & company
    assert not set(invented) & (PLANTED | company)
    assert len(invented) == len(set(invented))
    assert all(template.split().count("{w}") == 1 for section in SECTIONS for template in section.templates)


@pytest.mark.slow
def test_fillers_of_a_theme_share_sentences(world: World) -> None:
    """A filler's neighbours are of its own theme more often than chance (1 in THEMES) has it."""
    theme = np.full(len(world.words) + 1, -1)
    for words in fillers().values():
        for rank, word in enumerate(words):
            theme[world.words.index(word)] = rank % THEMES
    of_fillers = [row[row >= 0] for row in theme[world.ids[:20_000]]]
    pairs = [first == second for row in of_fillers for first, second in pairwise(row)]
    assert np.mean(pairs) > 5 / THEMES


def test_the_suite_is_the_lexicon() -> None:
    manifest = manifest_of("demo-world")
    text = find(manifest).read_text("ascii")
    assert text == questions()
    asked = [line.split() for line in text.splitlines() if not line.startswith(":")]
    assert len(asked) == manifest.items
    assert [line[2:] for line in text.splitlines() if line.startswith(":")] == [section.name for section in SECTIONS]
    assert sorted(name for names in manifest.groups.values() for name in names) == sorted(s.name for s in SECTIONS)
    assert {(a, b) for a, b, _, _ in asked} == set(PAIRS)


@pytest.fixture(scope="module", params=[1, 2, 3, 4, 5])
def vectors(request: pytest.FixtureRequest) -> Vectors:
    return learn(generate(request.param))


@pytest.mark.slow
def test_the_relations_are_learned_whatever_the_seed(vectors: Vectors) -> None:
    answers = question(vectors)
    planted = answers.planted[SUITE]
    assert isinstance(planted, AnalogyReport)
    accuracies = {tally.name: tally.accuracy or 0.0 for tally in planted.sections}
    assert next(near.word for near in answers.analogy if not near.is_input) == "queen"
    assert planted.total.scored == planted.total.total
    assert min(accuracies.values()) >= 0.8, accuracies
    assert answers.nearest_alone < 0.25


@pytest.mark.slow
def test_relations_that_were_not_planted_are_not_found(vectors: Vectors) -> None:
    """The same questions with the pairs shuffled: each first word with the second word of the next pair."""
    right, asked = 0, 0
    for section in SECTIONS:
        firsts, seconds = (vectors.rows(words) for words in zip(*section.pairs, strict=True))
        pairs = np.column_stack((firsts, np.roll(seconds, -1)))
        a, b, c, d = np.array([(*one, *other) for one, other in permutations(pairs, 2)]).T
        scores = (vectors.unit[b] - vectors.unit[a] + vectors.unit[c]) @ vectors.unit.T
        for inputs in (a, b, c):
            scores[np.arange(len(a)), inputs] = -np.inf
        right += int((scores.argmax(axis=1) == d).sum())
        asked += len(d)
    assert right / asked < 0.1


def test_nearest_alone_asks_what_the_suite_asks() -> None:
    """Where partners are the only neighbours of each other all is answered; where they are opposite, nothing."""
    words = [word for pair in PAIRS for word in pair]
    partners = np.repeat(np.eye(len(PAIRS)), 2, axis=0)
    assert question(Vectors(words, partners)).nearest_alone == 1.0
    partners[1::2] *= -1
    assert question(Vectors(words, partners)).nearest_alone == 0.0
