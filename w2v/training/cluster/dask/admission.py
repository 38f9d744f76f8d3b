"""Which workers of a given cluster may train: each is asked for its software and its files, and is then tried.

The questions run at the same time, in the thread of the client. How answers are compared: checks.py.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import getsource
from typing import Any

from w2v.errors import W2VError
from w2v.training.cluster.dask import software, visits
from w2v.training.cluster.dask.asking import begin
from w2v.training.cluster.dask.checks import Difference, Machine, Software, compare_machines, compare_software
from w2v.training.cluster.dask.scheduler import PREFIX, Seen, SeenWorker
from w2v.training.cluster.files import read_text
from w2v.training.cluster.tasks import Job

__all__ = ["QUESTION", "Admission", "Guest", "Refused", "reasons_of"]

ANSWER = 60  # seconds in which a worker must answer a question
TRIAL = 900  # seconds for a trial: kernels may have to be compiled for it
VISIBLE = 20  # seconds after which a file that a worker has written must be there

# An expression for `eval`, which any Python knows: functions could not be unpickled without w2v.
QUESTION = f"(lambda names: (exec({getsource(software)!r}, names), names['software']())[1])({{'__name__': 'asked'}})"


class Refused(Exception):  # noqa: N818
    """A worker may not train."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__("; ".join(each.text for each in differences))
        self.differences = tuple(differences)


class Silent(Refused):
    """A worker has not answered in time."""


@dataclass
class Guest:
    """A worker that asks for tasks.

    step: the question that it is asked now, as a future. trial: what its trial gave. refused: why it may not train.
    is_silent: whether that is only because it has not answered in time; it is asked again, as it may be busy.
    """

    name: str
    worker: SeenWorker
    step: Any = None
    machine: Machine | None = None
    trial: str | None = None
    refused: tuple[Difference, ...] = ()
    is_silent: bool = False


@dataclass
class Admission:
    """The workers of a cluster, by the identity of their processes.

    ours: the software of this process. folder: of the run, where `content` is written to `checked` and read back.
    """

    client: Any
    ours: Software
    folder: str
    content: str
    job: Job | None = None
    guests: dict[str, Guest] = field(default_factory=dict)
    asked: int = 0

    def tend(self, seen: Seen) -> Iterable[Guest]:
        """Ask new workers, hear answers; return the workers that were refused now."""
        there = {worker.identity: (name, worker) for name, worker in seen.workers.items()}
        for identity in self.guests.keys() - there.keys():
            self._forget(self.guests.pop(identity))
        for identity, (name, worker) in there.items():
            guest = self.guests.setdefault(identity, Guest(name, worker))
            if (guest.refused and not guest.is_silent) or self._is_ready(guest):
                continue
            try:
                self._go_on(guest)
            except Refused as refused:
                was_silent, guest.is_silent = guest.is_silent, isinstance(refused, Silent)
                guest.refused = refused.differences
                if not (was_silent and guest.is_silent):
                    yield guest

    def accepted(self) -> list[Guest]:
        """Return the workers that may train, in the order in which they came."""
        return [each for each in self.guests.values() if self._is_ready(each) and not each.refused]

    @property
    def is_undecided(self) -> bool:
        """Whether a worker has not answered all questions yet."""
        return any(not each.refused and not self._is_ready(each) for each in self.guests.values())

    def unanswered(self) -> list[str]:
        """Return the names of the workers that have not answered all questions yet, also of silent ones."""
        guests = self.guests.values()
        return [each.name for each in guests if each.is_silent or (not each.refused and not self._is_ready(each))]

    def close(self) -> None:
        """Hear no more answers."""
        for guest in self.guests.values():
            self._forget(guest)

    def _is_ready(self, guest: Guest) -> bool:
        return guest.machine is not None and (self.job is None or guest.trial is not None)

    def _forget(self, guest: Guest) -> None:
        if guest.step is not None:
            guest.step.cancel()
            guest.step = None

    def _go_on(self, guest: Guest) -> None:
        """Hear the answer of a worker, if it is there, or ask the next question. Raises Refused."""
        if guest.step is None:
            self.asked += 1
            asks = self._examined(guest, self.asked) if guest.machine is None else self._tried(guest, self.asked)
            guest.step = begin(self.client, lambda: asks)
        elif guest.step.done():
            step, guest.step = guest.step, None
            answer = _answer_of(step)
            if isinstance(answer, Machine):
                guest.machine = answer
            else:
                guest.trial = answer
            guest.refused, guest.is_silent = (), False
            self._compare(guest)

    def _compare(self, guest: Guest) -> None:
        """Compare what is known of a worker with what is known of others, in whatever order. Raises Refused."""
        others = [each for each in self.guests.values() if each is not guest and not each.refused]
        machines = [each.machine for each in others if each.machine is not None]
        tried = next((each for each in others if each.trial is not None), None)
        found = compare_machines(guest.machine, machines[0]) if guest.machine is not None and machines else []
        if not found and guest.trial is not None and tried is not None and guest.trial != tried.trial:
            text, cure = f"computes other bytes than {tried.name}", "let workers run on machines of one kind"
            found = [Difference(text, f"{cure}, with the same libraries")]
        if found:
            raise Refused(found)

    async def _examined(self, guest: Guest, number: int) -> Machine:
        """Return where a worker runs, once its software and its folder are good. Raises Refused."""
        address = guest.worker.address
        if guest.worker.threads != 1:
            text = f"has {guest.worker.threads} threads of Dask"
            raise Refused([Difference(text, "start it with --nthreads 1; its threads share a task (--threads)")])
        theirs = await self._run(address, eval, QUESTION)
        different = compare_software(json.loads(theirs), self.ours)
        if different:
            raise Refused(different)
        await self._run(address, visits.settle)
        machine: Machine = await self._task(guest, number, ANSWER, visits.machine)
        name = f"worker-{number}"
        try:
            await self._task(guest, number, ANSWER, visits.check_folder, self.folder, "driver", name, self.content)
        except W2VError as error:
            raise Refused([_of_folder(error.message)]) from error
        for _ in range(VISIBLE * 2):
            if await asyncio.to_thread(read_text, f"{self.folder}/{name}") == self.content:
                return machine
            await asyncio.sleep(0.5)
        raise Refused([_of_folder(f"what it writes to {self.folder} is not seen here")])

    async def _tried(self, guest: Guest, number: int) -> str:
        """Return what the trial of a worker gives. Raises Refused where it cannot read the token cache."""
        try:
            return str(await self._task(guest, number, TRIAL, visits.trial, self.job))
        except W2VError as error:
            text = f"cannot read the encoded corpus: {error.message}"
            raise Refused([Difference(text, "let --cache-dir name a folder that all workers share")]) from error

    async def _run(self, address: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function in a worker, beside its tasks."""
        asks = self.client.run(function, *arguments, workers=[address], on_error="return")
        answers = await asyncio.wait_for(asks, ANSWER)
        answer = answers.get(address)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def _task(
        self, guest: Guest, number: int, seconds: float, function: Callable[..., Any], *arguments: Any
    ) -> Any:
        """Run a function as a task of one worker, so that the worker goes on giving signs of life."""
        key = f"{PREFIX}check-{number}-{function.__name__}-{guest.worker.identity}"
        place = {"workers": [guest.worker.address], "allow_other_workers": False}
        future = self.client.submit(function, *arguments, key=key, pure=False, **place)
        return await asyncio.wait_for(future, seconds)


def _answer_of(step: Any) -> Any:
    """Return the answer to a question. Raises Refused where there is none."""
    try:
        return step.result()
    except Refused:
        raise
    except TimeoutError as error:
        raise Silent([Difference("does not answer", "end it, and start another one")]) from error
    except Exception as error:
        text = f"fails when it is asked for its versions and files: {type(error).__name__}: {str(error)[:100]}"
        raise Refused([Difference(text, "install the same versions there, and start it again")]) from error


def _of_folder(text: str) -> Difference:
    return Difference(f"does not share the run folder: {text}", "let --run-dir name a folder that all workers share")


def reasons_of(guests: Iterable[Guest]) -> Mapping[str, Sequence[Difference]]:
    """Return why workers were refused, by name."""
    return {each.name: each.refused for each in guests}
