"""The loggers of Dask, which write to standard error; this file lets them be silent while a run tells what happens."""

from __future__ import annotations

import logging
from collections.abc import Callable

__all__ = ["quiet"]


def quiet() -> Callable[[], None]:
    """Let Dask write nothing to standard error; return what brings back the loggers as they were."""
    names = ("distributed", "distributed.scheduler", "distributed.client", "distributed.comm", "tornado")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)

    def loud() -> None:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)

    return loud
