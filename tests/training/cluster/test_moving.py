"""A line tells where workers have nothing to train, or move rows for longer than they train them, and what to do."""

from __future__ import annotations

import numpy as np
import pytest

from w2v.training.cluster.moving import warning_of_idle_workers, warning_of_moving
from w2v.training.sgns.model import SgnsConfig
from w2v.training.sgns.plan import RotationPlan
from w2v.vocab import Vocabulary


def plan_for(words: int, tokens: int, **settings: int) -> RotationPlan:
    config = SgnsConfig(deterministic=True, dim=300, **settings)  # type: ignore[arg-type]
    vocabulary = Vocabulary([""] * words, np.full(words, max(1, tokens // words), dtype=np.int64))
    return RotationPlan(tokens, vocabulary, config.for_vocabulary(words), (1, 5))


def test_few_tokens_for_many_words_are_told_with_fewer_batches_as_the_cure() -> None:
    told = warning_of_moving(plan_for(2_000_000, 12_000_000, epochs=1), 2_000_000, 304, 2)
    assert told is not None
    assert told.startswith("an epoch moves 198 GB between workers in 39 batches, which takes longer than ")
    assert "--batches 15 moves " in told
    assert told.endswith("train with --deterministic in one process, which moves nothing")


def test_the_fewest_batches_leave_one_process_as_the_cure() -> None:
    told = warning_of_moving(plan_for(2_000_000, 12_000_000, epochs=5, batches=3), 2_000_000, 304, 2)
    assert told is not None
    assert "--batches" not in told


@pytest.mark.parametrize(
    ("words", "tokens", "workers"), [(70_000, 17_000_000, 2), (2_000_000, 12_000_000, 1), (5_000, 300_000, 4)]
)
def test_nothing_is_told_where_training_takes_longer_or_all_is_short(words: int, tokens: int, workers: int) -> None:
    assert warning_of_moving(plan_for(words, tokens, epochs=5), words, 304, workers) is None


def test_workers_without_parts_are_told_of() -> None:
    plan = plan_for(5_000, 300_000)
    assert plan.parts == 16
    assert warning_of_idle_workers(plan, 16) is None
    told = warning_of_idle_workers(plan, 20)
    assert told is not None
    assert told.startswith("4 of 20 workers have nothing to train")
    assert told.endswith("take 16 workers at most")
