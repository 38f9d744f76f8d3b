"""docs/guides/from-gensim.md tells the truth: both columns run, and are equal where that is promised."""

from __future__ import annotations

import ast
import inspect
import re
import warnings
from pathlib import Path
from typing import Any

import gensim.models
import numpy as np
import pandas as pd
import pytest

import w2v
from w2v.demo import generate
from w2v.gensim_names.table import OF_VECTORS, Answered

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "guides" / "from-gensim.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(.*?)` \| `(.*?)` \| (same|alike) \|$", PAGE, re.MULTILINE)
SETTINGS = re.findall(r"^\| `(\w+)=(\S+)` \| `(\w+)=(\S*)`.* \|$", PAGE, re.MULTILINE)


def test_every_row_is_read() -> None:
    marks = re.findall(r"\| (same|alike) \|$", PAGE, re.MULTILINE)
    assert len(ROWS) == len(marks) > 30
    assert len(SETTINGS) == 11


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], dict[str, Any]]:
    monkeypatch.chdir(tmp_path)
    text = generate(1, sentences=6_000).text.decode()
    Path("corpus.txt").write_text(text, "utf-8")
    Path("questions.txt").write_text(": royal\nman king woman queen\nking queen man woman\nman woman boy girl\n")
    rated = [
        "king\tqueen\t9",
        "man\twoman\t8",
        "king\tparis\t1",
        "boy\tgirl\t7",
        "queen\tunheardof\t3",
        "paris\trome\t6",
    ]
    Path("pairs.tsv").write_text("\n".join(rated) + "\n")
    sentences = [line.split() for line in text.splitlines()]
    shared = {"sentences": sentences, "table": pd.DataFrame({"title": text.splitlines()}), "np": np}
    theirs = {"Word2Vec": gensim.models.Word2Vec, "KeyedVectors": gensim.models.KeyedVectors}
    return {**shared, **theirs}, {**shared, "w2v": w2v}


def outcome(code: str, names: dict[str, Any]) -> Any:
    """The value of an expression, or what an assignment makes."""
    node = ast.parse(code).body[0]
    if isinstance(node, ast.Assign):
        exec(code, names)
        return names[node.targets[0].id]  # type: ignore[attr-defined]
    return eval(code, names)


def equal(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(map(equal, ours, theirs))
    if isinstance(theirs, (float, np.floating, np.ndarray)):
        return np.shape(ours) == np.shape(theirs) and bool(np.allclose(ours, theirs, rtol=0, atol=3e-6))
    if isinstance(theirs, gensim.models.KeyedVectors):
        return ours.words == theirs.index_to_key and equal(ours.matrix, theirs.vectors)
    return bool(ours == theirs)


@pytest.mark.slow
def test_both_columns_run(names: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for theirs, ours, promise in ROWS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # gensim's own
            expected = outcome(theirs, names[0])
        found = outcome(ours, names[1])
        if promise == "same":
            assert equal(found, expected), (ours, found, expected)
        elif isinstance(expected, gensim.models.Word2Vec):
            assert sorted(found.words) == sorted(expected.wv.index_to_key)
            assert found.matrix.shape == expected.wv.vectors.shape
        elif expected is not None:
            assert (found.shape, found.dtype) == (expected.shape, expected.dtype)


@pytest.mark.parametrize(("name", "value", "our_name", "our_value"), SETTINGS)
def test_settings_and_defaults(name: str, value: str, our_name: str, our_value: str) -> None:
    assert repr(inspect.signature(gensim.models.Word2Vec).parameters[name].default) == value
    settings = w2v.SgnsConfig()
    ours = {**vars(w2v.CorpusConfig()), **vars(settings), "learning_rate": settings.initial_rate}
    assert our_name in ours
    if our_value:
        found = ours[our_name]
        assert our_name == "sample" or str(found) in (our_value, {"True": "on", "None": ""}.get(our_value, "")), found


def test_the_list_of_names_is_whole() -> None:
    section = PAGE.partition("## Names that work as they are")[2].partition("So `model.wv")[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert named == {name for name, entry in OF_VECTORS.items() if isinstance(entry, Answered)}


def test_the_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code, {})
    assert "vectors.n_similarity(words, words) compares means" in capsys.readouterr().out


def test_the_differences_are_there() -> None:
    """What the last section says of gensim and of w2v."""
    words, matrix = ["a", "b", "c"], np.array([[1.0, 0.2], [0.9, 0.1], [-1.0, 0.3]], dtype=np.float32)
    vectors, theirs = w2v.Vectors(words, matrix), gensim.models.KeyedVectors(2)
    theirs.add_vectors(words, matrix)
    assert theirs.n_similarity(["a", "zzz"], ["b"]) == pytest.approx(vectors.n_similarity(["a"], ["b"]))
    with pytest.raises(KeyError):
        vectors.n_similarity(["a", "zzz"], ["b"])
    assert [word for word, _ in vectors.rank_by_centrality(words)] == [
        word for _, word in theirs.rank_by_centrality(words)
    ]
    assert 1 - vectors.distances("a") == pytest.approx(theirs.most_similar("a", topn=None), abs=3e-6)
    assert vectors.get_vector(2) == pytest.approx(matrix[2])
    with pytest.raises(w2v.W2VError):
        _ = vectors[2]  # type: ignore[index]
