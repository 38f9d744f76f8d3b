"""Phrases: the naive twin, word2phrase's and gensim's own answers, and what a user sees of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models.phrases import Phrases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import phrases as naive

from w2v.tokens import prepare
from w2v.tokens.phrase_lists import CONNECTORS
from w2v.tokens.settings import CorpusConfig

Text = list[list[str]]


def text_of(cache: Any) -> Text:
    sentences: Text = [[]]
    for token in cache.tokens.tolist():
        if token < 0:
            sentences.append([])
        else:
            sentences[-1].append(cache.vocabulary.words[token])
    return [sentence for sentence in sentences if sentence]


def joined_by_w2v(text: Text, folder: Path, **given: Any) -> Text:
    with prepare(text, CorpusConfig(min_count=1, **given), cache_dir=folder) as cache:
        return text_of(cache)


def joined_by_twin(
    text: Text, passes: int, score: str, thresholds: list[float], min_count: int, connectors: tuple[str, ...] = ()
) -> Text:
    for threshold in thresholds[:passes]:
        scores = naive.scores_of(text, connectors, score, min_count)
        text = naive.joined(text, {pair for pair, value in scores.items() if value > threshold}, connectors)
    return text


WORDS = st.sampled_from(["a", "b", "c", "d", "of", "the", "a_b"])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=12), min_size=1, max_size=12)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=TEXTS,
    passes=st.integers(1, 3),
    score=st.sampled_from(["count", "npmi", "gensim"]),
    threshold=st.sampled_from([0.0, 0.3, 1.0, 2.0]),
    min_count=st.integers(1, 3),
    connectors=st.sampled_from([(), ("of", "the")]),
)
def test_the_twin_joins_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    text: Text,
    passes: int,
    score: Any,
    threshold: float,
    min_count: int,
    connectors: tuple[str, ...],
) -> None:
    if len({word for sentence in text for word in sentence}) < 2 or (score == "npmi" and threshold >= 1):
        return
    folder = tmp_path_factory.mktemp("phrases")
    (folder / "connectors.txt").write_text("\n".join(connectors), "utf-8")
    expected = joined_by_twin(text, passes, score, [threshold] * passes, min_count, connectors)
    if len({word for sentence in expected for word in sentence}) < 2:
        return
    found = joined_by_w2v(
        text,
        folder,
        phrases=passes,
        phrase_score=score,
        phrase_threshold=threshold,
        phrase_min_count=min_count,
        connectors=str(folder / "connectors.txt") if connectors else None,
    )
    assert found == expected


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, listed=st.sets(st.lists(WORDS, min_size=2, max_size=4).map(tuple), min_size=1, max_size=6))
def test_the_twin_joins_the_same_of_a_list(
    tmp_path_factory: pytest.TempPathFactory, text: Text, listed: set[tuple[str, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("phrases")
    listed = {phrase for phrase in listed if "a_b" not in phrase}
    plain = [[word for word in sentence if word != "a_b"] + ["end", "end2"] for sentence in text]
    if not listed:
        return
    (folder / "list.txt").write_text("\n".join(map(" ".join, sorted(listed))), "utf-8")
    found = joined_by_w2v(plain, folder, phrase_list=folder / "list.txt")
    assert found == naive.joined_listed(plain, listed)


@pytest.mark.slow
def test_parts_chunks_and_threads_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(5)
    words = np.array(["new", "york", "city", "of", "the", *map(str, range(40))])
    flat = words[draw.zipf(1.4, 4000) % len(words)].tolist()
    for at in range(0, 3900, 53):
        flat[at : at + 3] = ["king", "of", "spain"]
    text = [flat[:1500], *(flat[at : at + 7] for at in range(1500, 4000, 7))]
    expected = joined_by_twin(text, 2, "count", [1.5, 1.2], 2, ("of", "the"))
    assert any("_of_" in word for sentence in expected for word in sentence)
    (tmp_path / "of.txt").write_text("of\nthe\n", "utf-8")
    monkeypatch.setattr("w2v.tokens.phrases._CHUNK", 64)
    monkeypatch.setattr("w2v.tokens.phrases.available_memory", lambda: 1024)
    for threads in (1, 3):
        config = CorpusConfig(
            min_count=1,
            phrases=2,
            phrase_threshold="1.5,1.2",
            phrase_min_count=2,
            connectors=str(tmp_path / "of.txt"),
        )
        with prepare(text, config, cache_dir=tmp_path / str(threads), threads=threads) as cache:
            assert text_of(cache) == expected


@pytest.fixture(scope="module")
def known(shared: Path) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((shared / "eval_sets" / "subwords" / "phrases.json").read_text("utf-8"))
    return answers


def settings_for(case: dict[str, Any], score: str) -> dict[str, Any]:
    of = case.get("settings", case)
    score = "npmi" if of.get("scoring") == "npmi" else score
    return {
        "phrases": 1,
        "phrase_score": score,
        "phrase_threshold": of["threshold"],
        "phrase_min_count": of["min_count"],
    }


@pytest.mark.slow
def test_the_answers_of_word2phrase(known: dict[str, Any], tmp_path: Path) -> None:
    text = [line.split() for line in known["corpus"]]
    for case in known["word2phrase"]:
        found = joined_by_w2v(text, tmp_path, **settings_for(case, "count"))
        assert found == [line.split() for line in case["output_lines"] if line]
    case = known["word2phrase_second_pass_of_last"]
    first = known["word2phrase"][-1]
    both = settings_for(first, "count") | {
        "phrases": 2,
        "phrase_threshold": f"{first['threshold']},{case['threshold']}",
    }
    if first["min_count"] == case["min_count"]:
        assert joined_by_w2v(text, tmp_path, **both) == [line.split() for line in case["output_lines"] if line]
    again = joined_by_w2v(
        [line.split() for line in first["output_lines"] if line], tmp_path, **settings_for(case, "count")
    )
    assert again == [line.split() for line in case["output_lines"] if line]


@pytest.mark.slow
def test_the_answers_of_gensim(known: dict[str, Any], tmp_path: Path) -> None:
    text = [line.split() for line in known["corpus"]]
    for number, case in enumerate(known["gensim"]):
        given = settings_for(case, "gensim")
        connectors = case["settings"].get("connector_words")
        if connectors:
            path = tmp_path / f"{number}.txt"
            path.write_text("\n".join(connectors), "utf-8")
            given["connectors"] = str(path)
        assert joined_by_w2v(text, tmp_path, **given) == [line.split() for line in case["output_lines"]], case[
            "settings"
        ]


@pytest.mark.slow
@pytest.mark.parametrize("scoring", ["default", "npmi"])
@pytest.mark.parametrize("with_connectors", [False, True])
def test_gensim_joins_the_same_of_real_text(shared: Path, tmp_path: Path, scoring: str, with_connectors: bool) -> None:
    import lzma

    with lzma.open(shared / "corpora" / "books-en.txt.xz", "rt", encoding="utf-8") as file:
        text = [line.lower().split() for line in file.read(2_000_000).splitlines() if line.split()]
    connectors = frozenset(CONNECTORS["en"].split()) if with_connectors else frozenset()
    threshold = 10.0 if scoring == "default" else 0.4
    model = Phrases(text, min_count=5, threshold=threshold, scoring=scoring, connector_words=connectors)
    found = joined_by_w2v(
        text,
        tmp_path,
        phrases=1,
        phrase_score="gensim" if scoring == "default" else "npmi",
        phrase_threshold=threshold,
        connectors="en" if with_connectors else None,
    )
    expected = [list(model[sentence]) for sentence in text]
    different = sum(one != other for one, other in zip(found, expected, strict=True))
    joined = sum("_" in word for sentence in expected for word in sentence)
    assert joined > 1_000
    assert different <= (2 if with_connectors else 0)  # gensim lets any number of connectors follow each other
