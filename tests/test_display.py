"""What a notebook shows of vectors, neighbours and findings: short tables, safe whatever the words are."""

from __future__ import annotations

import json
import pickle
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

from w2v import Vectors, evaluate
from w2v.answers import Neighbour, Neighbours, ScoredWords
from w2v.evaluation import Findings
from w2v.tokens.phrase_table import PhraseTable
from w2v.tokens.phrases_found import Phrase

EVIL = '<script>alert("1")</script>\u202e\x1b[31m'


@pytest.fixture
def vectors() -> Vectors:
    words = [EVIL, "king", "queen", "man", "woman", *(f"w{number}" for number in range(195))]
    return Vectors(words, np.random.default_rng(2).normal(size=(200, 8)), name=f"{EVIL}.bin")


@pytest.fixture
def findings(vectors: Vectors) -> Findings:
    pairs = [(vectors.words[at], vectors.words[at + 1], at % 7) for at in range(198)]
    other = Vectors(vectors.words, np.random.default_rng(3).normal(size=(200, 8)))
    return evaluate([vectors, other], ["wordsim353", "geometry"], pairs={EVIL: pairs})


class Tags(HTMLParser):
    """The tags of a page, its text, and its attributes; every tag that opens must close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(thing: Any) -> str:
    page: str = thing._repr_html_()
    tags = Tags(page)
    assert tags.seen <= {"div", "p", "b", "table", "thead", "tbody", "tr", "th", "td"}
    assert tags.attributes <= {"style", "scope"}
    assert not set("\u202e\x1b") & set(page)
    assert "color" not in page  # the theme's own, light or dark
    return tags.text


def test_vectors(vectors: Vectors) -> None:
    text = shown(vectors)
    assert all(each in text for each in ("words", "200", "dimensions", "8", "king, queen", '<script>alert("1")'))
    assert "w9" not in text
    assert len(repr(vectors)) < 200


def test_words_with_scores(vectors: Vectors) -> None:
    found = vectors.most_similar("king", topn=3)
    assert isinstance(found, ScoredWords)
    assert found == list(found) == pickle.loads(pickle.dumps(found))
    assert json.loads(json.dumps(found)) == [list(each) for each in found]
    assert repr(found) == repr(list(found))
    assert shown(found).strip().startswith("3 words")
    assert f"{found[0][1]:.4f}" in shown(found)
    assert "the first 50 of 99 words" in shown(vectors.most_similar("king", topn=99))
    assert shown(vectors.most_similar("king", topn=1)).strip().startswith("1 word")
    pd.testing.assert_frame_equal(found.to_frame(), pd.DataFrame(list(found), columns=["word", "score"]))
    assert list(ScoredWords().to_frame().columns) == ["word", "score"]


def test_neighbours(vectors: Vectors) -> None:
    found = vectors.neighbours("king", topn=2)
    assert isinstance(found, Neighbours)
    assert found == tuple(found) == pickle.loads(pickle.dumps(found))
    assert isinstance(found[0], Neighbour)
    assert "king (input)" in shown(found)
    frame = found.to_frame()
    assert list(frame.columns) == ["word", "score", "rank", "is_input"]
    assert frame["rank"].tolist() == [1, 2, 3]
    assert list(Neighbours().to_frame().columns) == list(frame.columns)
    assert all(isinstance(each, Neighbours) for each in vectors.neighbours_of_each(["king", "man"]))
    assert isinstance(vectors.neighbours("king", topn=0), Neighbours)
    assert isinstance(vectors.neighbours(["king"], ["man"], topn=0, method="3cosmul"), Neighbours)


def test_a_data_frame_of_vectors_goes_out_and_in(vectors: Vectors) -> None:
    frame = vectors.to_frame()
    assert frame.shape == (200, 8)
    assert frame.loc["king"].to_numpy() == pytest.approx(vectors["king"])
    assert frame.dtypes.unique().tolist() == [np.float32]
    frame.iloc[:] = 0
    assert vectors.matrix.any()
    again = Vectors(vectors.to_frame().index, vectors.to_frame())
    assert again.words == vectors.words
    np.testing.assert_array_equal(again.matrix, vectors.matrix)


def test_findings(findings: Findings) -> None:
    text = shown(findings)
    assert all(each in text for each in ("wordsim353", "Spearman ρ", "95 % interval", "do not quote", "to_html()"))
    assert len(findings._repr_html_()) < 8_000
    assert len(repr(findings)) < 1_000
    assert "wordsim353: Spearman ρ" in repr(findings)
    assert not set("\u202e\x1b") & set(repr(findings))
    one = evaluate({"a": findings_vectors()}, "wordsim353")
    assert repr(one).splitlines()[1].startswith("  wordsim353")


def findings_vectors() -> Vectors:
    return Vectors(["tiger", "cat"], np.eye(2))


def test_reports_of_every_kind_are_short() -> None:
    found = evaluate(findings_vectors(), ["all"])
    assert {report.kind for report in found} >= {"analogy", "similarity", "bias", "geometry"}
    for report in found:
        assert len(repr(report)) < 200
        assert "\n" not in repr(report)
        assert report.suite in shown(report)
    own = {f"set {number}": [("tiger", "cat", 1), ("tiger", "dog", 2)] for number in range(9)}
    assert "4 more scores should not be quoted" in shown(evaluate(findings_vectors(), pairs=own))
    assert len(repr(found.report).splitlines()) == len(found.suites) + 1
    assert shown(found.report)


def test_phrases() -> None:
    found = PhraseTable(tuple(Phrase(EVIL, 12_345, "a", 3, "b", 4, 9.25, 1) for _ in range(21)), 99, 78, {})
    assert "21 phrases, the first 20 of them" in shown(found)
    assert "12,3459.2" in shown(found)
    assert repr(found) == "<PhraseTable: 21 phrases; table.to_frame() has all of them>"


def test_ipython_shows_them(findings: Findings, vectors: Vectors) -> None:
    shells = pytest.importorskip("IPython.core.interactiveshell")
    shell = shells.InteractiveShell()
    for thing in (findings, vectors, vectors.most_similar("king"), vectors.neighbours("king")):
        data, _ = shell.display_formatter.format(thing)
        assert data["text/html"] == thing._repr_html_()
        assert len(data["text/plain"]) < 1_500
