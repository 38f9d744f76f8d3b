"""Groups of documents: those that are there are found, and named by their own words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v import Vectors, save
from w2v.cli import main
from w2v.errors import SettingsError
from w2v.search.building import Settings, write_index
from w2v.search.groups import _of_documents, _weights, group_documents
from w2v.search.index_file import IndexFile, open_index
from w2v.text.kind import Text

TOPICS = {
    "sea": ["ship", "wave", "harbour", "sail"],
    "kitchen": ["bread", "oven", "butter", "flour"],
    "sky": ["star", "moon", "comet", "planet"],
}


def some_vectors() -> Vectors:
    rng, words = np.random.default_rng(0), ["the", "a", "of"]
    rows = list(rng.normal(size=(3, 9)) * 0.1)
    for axis, own in enumerate(TOPICS.values()):
        words += own
        rows += [np.eye(9)[axis] + 0.2 * rng.normal(size=9) for _ in own]
    return Vectors(words, np.array(rows, dtype=np.float32), [90, 80, 70] + [10] * 12)


def some_texts() -> list[Text]:
    rng, texts = np.random.default_rng(1), []
    for topic, own in TOPICS.items():
        for number in range({"sea": 9, "kitchen": 6, "sky": 4}[topic]):
            words = [w for word in rng.choice(own, 6) for w in ("the", str(word), "of")]
            texts.append(Text(f"{topic}-{number}", " ".join(words)))
    return [*texts, Text("empty", "qwyjibo qwyjibo")]


@pytest.fixture
def index(tmp_path: Path) -> IndexFile:
    write_index(tmp_path / "docs.w2v", some_texts(), some_vectors(), Settings(passage_words=10))
    return open_index(tmp_path / "docs.w2v")


def test_documents_of_a_topic_are_a_group(index: IndexFile) -> None:
    found = group_documents(index, 3)
    assert [group.size for group in found.groups] == [9, 6, 4]
    for group, topic in zip(found.groups, TOPICS, strict=True):
        assert {member.partition("-")[0] for member in found[group.number]} == {topic}
        assert {each.name for each in group.typical[:4]} == set(TOPICS[topic])
    assert found.without_direction == 1
    assert found.rows()[-1] == {"document": "empty", "group": None, "cosine": None, "silhouette": None}


def test_a_document_is_the_sum_of_its_passages(index: IndexFile) -> None:
    assert index.passages > len(index)
    rows = _of_documents(index)
    for document in range(len(index)):
        begin, end = index.first_passages[document : document + 2]
        np.testing.assert_allclose(rows[document], index.rows[begin:end].sum(axis=0), atol=1e-6)


def test_the_weight_of_a_word() -> None:
    weights = _weights(np.array([3.0, 1.0, 0.0]), np.array([0.25, 0.5, 0.25]))
    np.testing.assert_allclose(weights, [0.75 * np.log(3), 0.25 * np.log(0.5), 0])


def test_the_command(index: IndexFile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(Path(index.name).parent)
    assert main(["groups", "-k", "3", "--index", "docs.w2v", "-o", "g.csv", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["noun"], found["members"], len(found["documents"])) == ("documents", 20, 20)
    assert Path("g.csv").read_text().startswith("document,group,cosine,silhouette\nsea-0,1,")
    assert main(["groups", "-k", "3", "--index", "docs.w2v"]) == 0
    assert "documents of docs.w2v in 3 groups" in capsys.readouterr().out
    save(some_vectors(), "vectors.safetensors")
    for options, code, what in (
        (["-k", "3", "--index", "docs.w2v", "ship"], 2, "--index groups documents"),
        (["-k", "3", "--index", "docs.w2v", "-m", "vectors.safetensors"], 2, "--index groups documents"),
        (["-k", "30", "--index", "docs.w2v"], 2, "30 groups of 19 documents with a direction"),
        (["-k", "3", "--index", "vectors.safetensors"], 1, "vectors.safetensors"),
    ):
        assert main(["groups", *options]) == code
        assert what in capsys.readouterr().err


def test_from_python() -> None:
    index = w2v.build_index(["ship and wave", "the bread", "a star of the moon"], some_vectors())
    assert sorted(group.size for group in index.groups(3).groups) == [1, 1, 1]


@pytest.mark.parametrize("wrong", ["vectors.bin", 3, None])
def test_what_are_no_vectors(wrong: object) -> None:
    with pytest.raises(SettingsError, match=r"vectors are .* \(load them: w2v\.load\('vectors\."):
        w2v.build_index(["the bread"], wrong)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="vectors are "):
        w2v.groups(wrong, 2)  # type: ignore[arg-type]
