"""Which faults a seed stands for: kinds have fixed shares, so any 25 seeds in a row hold 100 kills and 20 stops."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from hardening.workers.injuries import (
    Injury,
    counting,
    cut,
    damage,
    driver,
    encoding,
    fill,
    join,
    kill,
    late,
    other,
    remove,
    scheduler,
    silence,
    stop,
    stop_two,
    stop_young,
    writing,
    young,
)

__all__ = ["Plan", "plan_of"]

KILLS: Sequence[Injury] = (kill, kill, young, driver)  # of every seed
OTHERS: Sequence[Sequence[Injury]] = (  # of a seed, by its number
    (stop, stop_two),
    (fill, stop, kill),
    (cut, cut, stop),
    (damage, stop_two, late),
    (young, young, stop, late),
    (driver, fill, stop),
    (cut, stop, cut, kill),
    (remove, stop, young),
    (stop_young, late, cut),
)
OTHERS_OF_A_CLUSTER: Sequence[Sequence[Injury]] = (
    (scheduler, stop, join),
    (silence, kill, other),
    (scheduler, fill, stop_two),
    (cut, join, scheduler, stop),
    (damage, silence, kill, other),
)
PAUSE = 0.5, 6.0  # seconds between two faults


class Plan(NamedTuple):
    """The number of workers at the beginning, and each fault with the seconds to wait before it.

    waits: whether the first fault comes only when training has begun.
    """

    workers: int
    faults: list[tuple[float, Injury]]
    waits: bool


def plan_of(seed: int, *, given: bool = False, files: int = 1) -> Plan:
    """Return what is done in the run of a seed.

    given: the workers are those of a cluster that was started for it. files: of the corpus; workers read several.
    """
    chance, others = random.Random(seed), OTHERS_OF_A_CLUSTER if given else OTHERS
    faults = [*KILLS, *others[seed % len(others)]]
    chance.shuffle(faults)
    timed = [(chance.uniform(*PAUSE), each) for each in faults]
    workers = chance.choice((2, 3, 3, 3, 4))
    if files > 1:
        timed = [(0.0, counting), (0.0, encoding), *timed, (0.0, writing)]
    return Plan(workers, timed, files == 1 and seed % 3 > 0)
