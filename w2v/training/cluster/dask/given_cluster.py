"""A cluster that others have started: `--cluster` gives the address of its scheduler, or its scheduler file.

Nothing here listens anywhere. What a run needs of the scheduler and of the workers is set when it begins, and set back
when it ends. Which workers may train: admission.py.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from w2v.errors import ClusterError, SettingsError
from w2v.progress import Progress
from w2v.training.checkpoints import make_folder
from w2v.training.cluster.dask import scheduler, software, visits
from w2v.training.cluster.dask.admission import QUESTION, Admission, reasons_of
from w2v.training.cluster.dask.asking import LOST, ask, ask_scheduler
from w2v.training.cluster.dask.checks import compare_software, described, memory_of, refusal, threads_of
from w2v.training.cluster.dask.connecting import address_of, connect
from w2v.training.cluster.dask.engine import PATIENCE, Look
from w2v.training.cluster.dask.loggers import quiet
from w2v.training.cluster.dask.scheduler import Seen
from w2v.training.cluster.files import is_url, remove, write_text
from w2v.training.cluster.graph import Share, Stuck
from w2v.training.cluster.tasks import Job
from w2v.training.sgns.model import SgnsConfig

__all__ = ["GivenCluster"]

T = TypeVar("T")

AGAIN = 60  # seconds in which a scheduler that was lost must be back
WAIT = 300  # seconds in which a first worker must be there
LATE = 30  # seconds that training waits for the last workers when others are ready
TELLING = 30  # seconds between two lines while the run waits
POLL = 0.1
CLOSING = 10  # seconds for what is set back


@dataclass
class GivenCluster:
    """A scheduler and workers of others.

    given: as the user names it. folder: of the run, which all workers share.
    """

    given: str
    folder: str
    progress: Progress
    insecure: bool = False
    loose = False
    patience = 45.0
    _stack: ExitStack = field(default_factory=ExitStack)
    _admission: Admission | None = None
    _opened: bool = False
    _trained: bool = False
    _alone: bool = False
    _said: str = ""

    def open(self) -> Any:
        """Connect to the scheduler and ask the workers that are there. Raises SettingsError or ClusterError."""
        try:
            import dask
            import distributed  # noqa: F401  # it sets up its loggers, which are then made quiet
        except ImportError as error:
            raise SettingsError(
                f"--cluster needs {error.name}, which is not installed", hint="install it: pip install 'w2v[cluster]'"
            ) from error
        self.address = address_of(self.given, insecure=self.insecure)
        self._stack = ExitStack()
        self._stack.callback(quiet())
        self._stack.enter_context(dask.config.set({"distributed.comm.compression": None}))
        self._tell(f"connecting to {self.address}")
        client = self._lasting(lambda: connect(self.address)) if self._opened else connect(self.address)
        self._stack.callback(_try, lambda: client.close(timeout=CLOSING))
        try:
            self._settle(client)
            self._ask_workers(client)
        except LOST as error:
            if self._opened:
                raise Stuck("the connection to the scheduler is lost") from error
            raise ClusterError(f"{self.address}: the connection is lost", hint="try again") from error
        self._opened = True
        return client

    def begin(self, job: Job | None, look: Look) -> None:
        """Try the job on all workers, and wait until one may train. Raises SettingsError where workers differ.

        job: None where there is none yet, and workers only count.
        """
        assert self._admission is not None
        self._admission.job = job
        self._wait(look)
        self._trained = self._trained or job is not None

    def tend(self, seen: Seen) -> None:
        """Ask workers that have come; tell which of them may not train."""
        if self._admission is None:
            return
        refused = [guest for guest in self._admission.tend(seen) if self._trained or guest.is_silent]
        if refused:
            text, cure = described(reasons_of(refused))
            self.progress.message(f"{text}: no tasks go there ({cure})", "warning")
        alone = not self.addresses(seen) and not self._admission.is_undecided
        if alone and not self._alone and self._trained:
            minutes = (PATIENCE + WAIT) // 60
            self.progress.message(
                f"no worker is left that may train: the run waits {minutes} minutes for one; {self._cure()}", "warning"
            )
        self._alone = alone

    def addresses(self, seen: Seen) -> Sequence[str | None]:
        """Return the addresses of the workers that may train and are there."""
        there = {worker.identity for worker in seen.workers.values()}
        guests = [] if self._admission is None else self._admission.accepted()
        return [guest.worker.address for guest in guests if guest.worker.identity in there]

    def close(self) -> None:
        """Set back what was set, and leave no task behind."""
        try:
            if isinstance(sys.exc_info()[1], KeyboardInterrupt):
                self.progress.phase("letting the workers go")  # after Ctrl-C, only a new phase may take seconds
        finally:
            self._stack.close()
            self._admission = None

    def share(self, settings: SgnsConfig) -> Share:
        """Return what each worker may use: all of its host, or what the settings say, where they say it."""
        assert self._admission is not None
        machines = [guest.machine for guest in self._admission.accepted() if guest.machine is not None]
        free = memory_of(machines)
        memory = settings.memory or (settings.memory_bytes if free is None else free // 2)
        return Share(len(machines), settings.threads or threads_of(machines), memory)

    def processor(self) -> str:
        """Return what is so of the processors of all workers: they have been compared."""
        assert self._admission is not None
        machines = [guest.machine for guest in self._admission.accepted() if guest.machine is not None]
        return machines[0].processor if machines else ""

    def _settle(self, client: Any) -> None:
        """Compare the software of the scheduler with ours, and set what a run needs. Raises SettingsError."""
        self._ours = json.loads(software.software())

        async def question() -> Any:
            return await client.run_on_scheduler(eval, QUESTION)

        different = compare_software(json.loads(ask(client, question)), self._ours)
        if different:
            raise refusal({"scheduler": different})
        self._stack.callback(_try, lambda: ask_scheduler(client, scheduler.restore, client.id))
        ask_scheduler(client, scheduler.settle, client.id)

    def _ask_workers(self, client: Any) -> None:
        """Ask all workers for their software, their machines and their files. Raises SettingsError or ClusterError."""
        folder, content = f"{self.folder}/check-{secrets.token_hex(4)}", secrets.token_hex(16)
        self._stack.callback(self._remove, folder)
        if not is_url(self.folder):
            make_folder(Path(self.folder))
        write_text(f"{folder}/driver", content)
        admission = self._admission = Admission(client, self._ours, folder, content)

        def restored() -> None:
            async def question() -> None:
                addresses = [each.worker.address for each in admission.guests.values() if each.machine is not None]
                await client.run(visits.restore, workers=addresses, on_error="ignore")

            admission.close()
            _try(lambda: ask(client, question, CLOSING))

        self._stack.callback(restored)

        def look() -> Seen:
            seen: Seen = ask_scheduler(client, scheduler.look, "", [])
            self.tend(seen)
            return seen

        self._wait(look)

    def _wait(self, look: Callable[[], Seen]) -> None:
        """Wait until all workers that are there have answered, and one may train. Raises Settings- or ClusterError."""
        assert self._admission is not None
        began = told = time.monotonic()
        first, shown = 0.0, ""
        while True:
            number = len(look().workers)
            ready, now = len(self._admission.accepted()), time.monotonic()
            first = (first or now) if ready else 0.0
            if ready and (not self._admission.is_undecided or now - first > LATE):
                break
            phase = "checking workers" if number else f"waiting for workers of {self.address}"
            if phase != shown:
                self._tell(phase)
                shown, told = phase, now
            elif now - told > TELLING:
                told = now
                self.progress.message(f"{self._waited(now - began)}; {self._cure()}")
            if not self._trained:
                self.progress.update(0, workers=number)
            if not self._admission.is_undecided:
                self._raise_refusals()
                if now - began > WAIT:
                    then = ", and continue the run with --resume" if self._trained else ""
                    raise ClusterError(f"{self.address}: {self._waited(now - began)}", hint=self._cure() + then)
            time.sleep(POLL)
        self._raise_refusals()

    def _waited(self, seconds: float) -> str:
        """Say for whom the run waits, and since when."""
        assert self._admission is not None
        names = self._admission.unanswered()
        if names:
            return f"no answer of worker {', '.join(names)} for {seconds:.0f} seconds; what runs there may end yet"
        return f"no worker that may train has come for {seconds:.0f} seconds"

    def _cure(self) -> str:
        return f"start another one: dask worker {self.address} --nthreads 1"

    def _raise_refusals(self) -> None:
        """Raise SettingsError where workers differ, before training has begun."""
        assert self._admission is not None
        refused = [each for each in self._admission.guests.values() if each.refused and not each.is_silent]
        if refused and not self._trained:
            raise refusal(reasons_of(refused))

    def _tell(self, text: str) -> None:
        """Tell what is being done: as a phase, but as a line while an epoch is the phase."""
        if not self._trained:
            self.progress.phase(text)
        elif text != self._said:
            self.progress.message(f"{text}, for at most {AGAIN if text.startswith('connecting') else WAIT} seconds")
            self._said = text

    def _remove(self, folder: str) -> None:
        remove(folder)
        if not is_url(self.folder):
            with suppress(OSError):
                Path(self.folder).rmdir()  # only where nothing is in it

    def _lasting(self, action: Callable[[], T]) -> T:
        """Try again and again to do what needs the scheduler. Raises ClusterError where it does not come back."""
        began = told = time.monotonic()
        while True:
            try:
                return action()
            except ClusterError as error:
                now = time.monotonic()
                if now - told > TELLING / 2:
                    told = now
                    self.progress.message(f"{error.message}, for {now - began:.0f} seconds")
                if now - began > AGAIN:
                    raise ClusterError(
                        f"the scheduler was lost and is not back after a minute ({error.message})",
                        hint="start scheduler and workers again, and continue the run with --resume",
                    ) from error
                time.sleep(1)


def _try(action: Callable[[], Any]) -> None:
    """Do what does not matter any more where it fails."""
    with suppress(Exception):
        action()
