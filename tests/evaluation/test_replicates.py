"""Which files can be one model trained with several seeds: what is refused, what is warned of, what is neither."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from listening import Listening

from w2v.errors import SettingsError
from w2v.evaluation.studies.replicates import check_replicates
from w2v.record import RunRecord
from w2v.vectors import Vectors

WORDS = ("one", "two", "three")
TEXT = {"fingerprint": "0123456789abcdef", "sources": ["news.txt"], "seconds": 1.5}
SETTINGS = {"dim": 2, "window": 5, "epochs": 5, "shared_negatives": True, "max_vocab": None, "threads": 2}


def run(seed: int = 1, model: str = "sgns", corpus: dict[str, Any] = TEXT, **settings: Any) -> RunRecord:
    return RunRecord(model, {**SETTINGS, **settings, "seed": seed}, corpus)


def vectors(record: RunRecord | None = None, words: int = 3, dim: int = 2) -> Vectors:
    return Vectors(WORDS[:words], np.eye(words, dim, dtype=np.float32) + 1, record=record)


def warnings_of(*files: Vectors) -> list[str]:
    heard = Listening()
    check_replicates(dict(zip("abcdef", files, strict=False)), heard)
    return heard.warnings


def test_how_a_run_was_done_may_differ() -> None:
    """Threads, memory, times, versions and the folder of the text change nothing that a seed would not."""
    other = replace(
        run(2, corpus={**TEXT, "sources": ["/elsewhere/news.txt.gz"], "seconds": 9.0}, threads=8, memory=10**9),
        environment={"w2v": "0.2.0", "numpy": "3.0"},
        threads=8,
        timings={"train": 1.0},
        started="2020-01-01T00:00:00+00:00",
        loss=(1.0, 0.5),
    )
    assert warnings_of(vectors(run(1)), vectors(other), vectors(run(3, later_setting="on"))) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (run(2, "glove"), "model is glove in b and sgns in a"),
        (run(2, window=10), "window is 10 in b and 5 in a"),
        (run(2, epochs=3), "epochs is 3 in b and 5 in a"),
        (run(2, shared_negatives=False), "shared_negatives is off in b and on in a"),
        (run(2, max_vocab=9), "max_vocab is 9 in b and not set in a"),
        (run(2, corpus={**TEXT, "fingerprint": "f" * 64}), "corpus is ffffffffffff in b and 0123456789ab in a"),
    ],
)
def test_other_differences_are_refused(other: RunRecord, said: str) -> None:
    with pytest.raises(SettingsError, match="differ in more than their seeds: ") as refused:
        warnings_of(vectors(run(1)), vectors(other))
    assert refused.value.message.endswith(f": {said}")
    assert "leave out --replicates to compare the files" in refused.value.hint


def test_a_refusal_names_the_file_and_not_more_than_one_can_read() -> None:
    odd = vectors(run(3, "glove", {}, window=15, epochs=15))
    with pytest.raises(SettingsError) as refused:
        warnings_of(vectors(run(1)), vectors(run(2)), odd, odd)
    assert refused.value.message.endswith(
        "model is glove in c and sgns in a; corpus is unknown in c and 0123456789ab in a; "
        "window is 15 in c and 5 in a; epochs is 15 in c and 5 in a; and 4 more"
    )


def test_without_records_sizes_are_compared_and_the_rest_is_a_warning() -> None:
    said = "without a run record it cannot be checked that only the seeds differ: "
    assert warnings_of(vectors(), vectors()) == [f"{said}a, b"]
    assert warnings_of(vectors(run(1)), vectors(), vectors(run(2))) == [f"{said}b"]
    with pytest.raises(SettingsError, match="window is 9 in c and 5 in b"):
        warnings_of(vectors(), vectors(run(1)), vectors(run(2, window=9)))
    with pytest.raises(SettingsError, match="number of words is 2 in b and 3 in a"):
        warnings_of(vectors(), vectors(words=2))
    with pytest.raises(SettingsError, match="number of dimensions is 4 in b and 2 in a"):
        warnings_of(vectors(), vectors(dim=4))


def test_the_same_seed_twice_is_a_warning() -> None:
    said = "trained with the same seed, 1, so the spread is too small: a, c"
    assert warnings_of(vectors(run(1)), vectors(run(2)), vectors(run(1))) == [said]
