"""How files were trained, from their records: files that cannot be compared with deals are refused, with the cure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from w2v.compare.deals.recipe import recipe_of
from w2v.errors import SettingsError
from w2v.record import RunRecord
from w2v.vectors import Vectors

SETTINGS: dict[str, Any] = {"dim": 4, "window": 3, "epochs": 2, "threads": 8, "seed": 7, "min_count": 2}
RECORD = RunRecord("sgns", SETTINGS, {"fingerprint": "0" * 64, "tokens": 100})


def file(name: str, record: RunRecord | None) -> Vectors:
    rows = np.eye(4, dtype=np.float32)
    return Vectors(list("abcd"), rows, np.array([9, 8, 7, 6]), record, name=name)


def test_seeds_threads_and_kinds_of_files_may_differ() -> None:
    other = replace(RECORD, settings={**SETTINGS, "seed": 2, "threads": 1, "input_format": "csv", "column": "text"})
    recipe = recipe_of([file("old.bin", RECORD), file("new.bin", other)])
    assert recipe.model.name == "sgns"
    seeded = recipe.seeded(11)
    assert (seeded.dim, seeded.threads, seeded.seed) == (4, 1, 11)
    assert recipe.text.min_count == 2
    assert recipe.of_pool(file("new.bin", other)).column == "text"
    assert recipe.of_pool(file("old.bin", RECORD)).column is None
    assert recipe.of_pool(file("old.bin", RECORD)).min_count == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"window": 5}, "window 3 and 5"),
        ({"min_count": 5}, "min_count 2 and 5"),
        ({"lowercase": True}, "lowercase off and on"),
    ],
)
def test_files_that_were_trained_differently_are_refused(changed: dict[str, Any], message: str) -> None:
    other = replace(RECORD, settings={**SETTINGS, **changed})
    with pytest.raises(SettingsError, match=message):
        recipe_of([file("old.bin", RECORD), file("new.bin", other)])


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (None, "new.bin does not say how it was trained"),
        (replace(RECORD, settings={}), "new.bin does not say how it was trained"),
        (replace(RECORD, corpus={}), "new.bin does not say which text it was trained on"),
        (replace(RECORD, model="elmo"), "trained by 'elmo', which this w2v does not know"),
        (replace(RECORD, transforms=({"transform": "centre"},)), "changed after training .centre."),
        (replace(RECORD, settings={**SETTINGS, "init": "x.bin"}), "was trained with --init"),
        (replace(RECORD, settings={**SETTINGS, "phrases": 2}), "was trained with --phrases"),
        (replace(RECORD, settings={**SETTINGS, "dim": "many"}), "the settings in the record of new.bin cannot be used"),
    ],
)
def test_files_without_a_recipe_are_refused(record: RunRecord | None, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        recipe_of([file("old.bin", RECORD), file("new.bin", record)])


def test_files_of_two_models_are_refused() -> None:
    settings = {name: value for name, value in SETTINGS.items() if name != "negative"}
    with pytest.raises(SettingsError, match="model sgns and cbow"):
        recipe_of([file("old.bin", RECORD), file("new.bin", replace(RECORD, model="cbow", settings=settings))])
