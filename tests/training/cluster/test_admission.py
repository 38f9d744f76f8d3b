"""Which workers may train: good ones, also late ones; none that differs, is silent, or shares no folder."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from w2v.training.cluster.dask import admission, visits
from w2v.training.cluster.dask.admission import Admission, reasons_of
from w2v.training.cluster.dask.checks import Machine, described
from w2v.training.cluster.dask.scheduler import NOTHING_SEEN, Seen, SeenWorker
from w2v.training.cluster.dask.software import software
from w2v.training.cluster.files import write_text

OURS = json.loads(software())


class Client:
    """A client of workers that are given by what they answer; each has its address as its name."""

    def __init__(self, workers: dict[str, dict[str, Any]]) -> None:
        self.workers = workers
        loop = asyncio.new_event_loop()
        self.loop = SimpleNamespace(asyncio_loop=loop)
        self.thread = threading.Thread(target=loop.run_forever, daemon=True)
        self.thread.start()

    async def run(self, function: Any, *arguments: Any, workers: list[str], on_error: str) -> dict[str, Any]:
        (name,) = workers
        await asyncio.sleep(self.workers[name].get("waits", 0))
        theirs = OURS | self.workers[name].get("software", {})
        return {name: json.dumps(theirs) if function is eval else None}

    def submit(self, function: Any, *arguments: Any, workers: list[str], **options: Any) -> Any:
        async def answer() -> Any:
            (name,) = workers
            told = self.workers[name]
            if function is visits.machine:
                return Machine(name, told.get("lanes", 16), ("fma",), 1, None)
            if function is visits.check_folder:
                if told.get("folder", True):
                    folder, _, own, content = arguments
                    write_text(f"{folder}/{own}", content)
                return None
            return told.get("trial", "sha")

        return asyncio.ensure_future(answer())

    def seen(self) -> Seen:
        return NOTHING_SEEN._replace(
            workers={
                name: SeenWorker(name, f"id of {name}", told.get("threads", 1), None)
                for name, told in self.workers.items()
            }
        )


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client({"one": {}, "two": {}})
    yield made
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0.02), made.loop.asyncio_loop).result()  # what was cancelled ends
    made.loop.asyncio_loop.call_soon_threadsafe(made.loop.asyncio_loop.stop)
    made.thread.join()
    made.loop.asyncio_loop.close()


@pytest.fixture
def asked(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Admission:
    monkeypatch.setattr(admission, "VISIBLE", 1)
    return Admission(client, OURS, str(tmp_path), "content", job=SimpleNamespace())  # type: ignore[arg-type]


def answers(asked: Admission, client: Client) -> str:
    """Let all workers answer; return what is told of those that were refused."""
    refused = []
    end = time.monotonic() + 60
    while True:
        refused += asked.tend(client.seen())
        if not asked.is_undecided:
            return described(reasons_of(refused))[0]
        assert time.monotonic() < end
        time.sleep(0.01)


def test_good_workers_are_accepted_also_when_they_come_late(asked: Admission, client: Client) -> None:
    assert answers(asked, client) == ""
    client.workers["three"] = {}
    assert answers(asked, client) == ""
    del client.workers["one"]
    assert answers(asked, client) == ""
    assert [guest.name for guest in asked.accepted()] == ["two", "three"]


def test_a_silent_worker_is_told_of_once_and_trains_when_it_answers_after_all(
    asked: Admission, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answers(asked, client) == ""
    monkeypatch.setattr(admission, "ANSWER", 0.2)
    client.workers["three"] = {"waits": 600}
    assert answers(asked, client) == "worker three does not answer"
    assert asked.unanswered() == ["three"]
    client.workers["three"] = {}
    monkeypatch.setattr(admission, "ANSWER", 10)
    end = time.monotonic() + 10
    while asked.unanswered() and time.monotonic() < end:
        assert list(asked.tend(client.seen())) == []
        time.sleep(0.01)
    assert [guest.name for guest in asked.accepted()] == ["one", "two", "three"]


@pytest.mark.parametrize("told", [{"lanes": 8}, {"trial": "other"}])
def test_a_worker_that_differs_is_found_also_where_the_first_one_answers_last(
    asked: Admission, client: Client, told: dict[str, Any]
) -> None:
    client.workers |= {"one": {"waits": 0.2}, "three": told}
    assert answers(asked, client) != ""
    assert len({(client.workers[guest.name].get("lanes"), guest.trial) for guest in asked.accepted()}) == 1


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"software": {"numba": "0.1"}}, "worker three has Numba 0.1 instead of"),
        ({"software": {"w2v": None}}, "worker three has no w2v"),
        ({"threads": 4}, "worker three has 4 threads of Dask"),
        ({"lanes": 8}, "worker three has vectors of 256 bits, and others have 512"),
        ({"trial": "other"}, "worker three computes other bytes than one"),
        ({"folder": False}, "worker three does not share the run folder: what it writes to"),
        ({"waits": 600}, "worker three does not answer"),
    ],
)
def test_a_late_worker_that_differs_gets_no_tasks(
    asked: Admission, client: Client, told: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answers(asked, client) == ""
    if "waits" in told:  # for others, a slow machine may take its time
        monkeypatch.setattr(admission, "ANSWER", 0.2)
    client.workers["three"] = told
    assert answers(asked, client).startswith(message)
    assert [guest.name for guest in asked.accepted()] == ["one", "two"]
    assert list(asked.tend(client.seen())) == []  # it is told once
    asked.close()
