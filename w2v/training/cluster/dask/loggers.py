"""The loggers of Dask, which write to standard error; this file lets them be silent while a run tells what happens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

__all__ = ["quiet"]

NAMES = ("distributed", "distributed.scheduler", "distributed.client", "distributed.comm", "tornado")
_changing = Lock()
_before: dict[str, int] = {}  # the levels to bring back
_runs: set[object] = set()  # those that want silence: a process may train several models at once


def quiet() -> Callable[[], None]:
    """Let Dask write nothing to standard error; return what brings back the loggers, once no run wants silence."""
    run = object()
    with _changing:
        if not _runs:
            _before.update({name: logging.getLogger(name).level for name in NAMES})
        _runs.add(run)
        for name in NAMES:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)

    def loud() -> None:
        with _changing:
            _runs.discard(run)
            if not _runs:
                for name, level in _before.items():
                    logging.getLogger(name).setLevel(level)

    return loud
