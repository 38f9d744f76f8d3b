"""Questions to a cluster from this process, whose client has its own thread: none is waited for without an end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from typing import Any, TypeVar

from w2v.training.cluster.graph import Watch

__all__ = ["LOST", "SILENCE", "ask", "ask_scheduler", "begin"]

T = TypeVar("T")

SILENCE = 30  # seconds in which a scheduler must answer
POLL = 0.1  # seconds between two calls of `watch`
LOST: tuple[type[Exception], ...] = (OSError, TimeoutError, RuntimeError)  # what Dask raises where nobody answers


def begin(client: Any, question: Callable[[], Coroutine[Any, Any, T]]) -> Any:
    """Ask in the thread of the client; return a future of the answer, with `done`, `result` and `cancel`."""
    return asyncio.run_coroutine_threadsafe(question(), client.loop.asyncio_loop)


def ask(
    client: Any,
    question: Callable[[], Coroutine[Any, Any, T]],
    seconds: float = SILENCE,
    watch: Watch = lambda: None,
) -> T:
    """Return the answer. Raises TimeoutError where there is none in time, and what `watch` raises."""
    answer, end = begin(client, question), time.monotonic() + seconds
    try:
        while not answer.done():
            watch()
            if time.monotonic() > end:
                raise TimeoutError(f"no answer in {seconds:.0f} seconds")
            wait([answer], POLL)
        result: T = answer.result()
    finally:
        answer.cancel()
    return result


def ask_scheduler(client: Any, function: Callable[..., Any], *arguments: Any, watch: Watch = lambda: None) -> Any:
    """Run a function in the scheduler, as `ask` does. Where the scheduler is in this process, no message is needed."""
    here = getattr(client.cluster, "scheduler", None)

    async def question() -> Any:
        if here is None:
            return await client.run_on_scheduler(function, *arguments)
        return function(*arguments, dask_scheduler=here)

    return ask(client, question, watch=watch)
