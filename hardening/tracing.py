"""Run w2v under strace, and report its system calls and the faults that strace injected. faults.py judges them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from loopback import CERTIFICATE

from hardening.runner import ERRORS

WRITING = ("write", "pwrite64", "writev", "ftruncate", "fallocate", "openat", "fsync", "rename", "renameat2")
ALSO = ("mkdir", "unlink", "fchmod", "flock")  # a run may be killed there as well
CALL = re.compile(r"^(\d+) +(\w+)\((.*)$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>.*\(INJECTED\)")
DESCRIPTOR = re.compile(r"<(/[^>]*)>")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


class UnavailableError(Exception):
    """Nothing can be traced on this computer; the message says why."""


@dataclass(frozen=True)
class Call:
    """A system call: the `number`-th of its kind in its thread, with the paths that it concerns.

    reads: whether the call opens an existing file.
    """

    name: str
    number: int
    paths: tuple[str, ...]
    reads: bool
    injected: bool

    def touches(self, folder: Path) -> bool:
        return any(path.startswith(f"{folder}/") or path == str(folder) for path in self.paths)


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its exit code (below 0: by a signal), its standard error, and its calls if it was traced."""

    code: int
    errors: str
    calls: tuple[Call, ...]


class Runner:
    """A process that imports w2v once and runs each command in a child of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        environment = {name: value for name, value in os.environ.items() if not name.startswith("W2V_")}
        environment |= {"TMPDIR": str(home), "OPENBLAS_NUM_THREADS": "1", "NUMBA_CACHE_DIR": str(_kernels())}
        environment |= {"REQUESTS_CA_BUNDLE": str(CERTIFICATE), "NO_PROXY": "*"}
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("runner.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _order(self, command: str, folder: Path, *, wait: bool = False, here: bool = False) -> int:
        assert self.process.stdin is not None
        order = {"arguments": command.split(), "folder": str(folder), "wait": wait, "here": here}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def warm_up(self, command: str, folder: Path) -> None:
        """Run the command in the process itself, so that all kernels that it needs are compiled."""
        code = self._order(command, folder, here=True)
        if code:
            raise RuntimeError(f"w2v {command} ends with {code}")

    def run(self, command: str, folder: Path) -> Outcome:
        self._order(command, folder)
        return Outcome(self._answer(), self._said(folder), ())

    def trace(self, command: str, folder: Path, inject: str = "") -> Outcome:
        """Run the command under strace, with an injection such as "fsync:error=EIO:when=2".

        Raises UnavailableError where nothing can be traced.
        """
        if shutil.which("strace") is None:
            raise UnavailableError("there is no strace")
        pid = self._order(command, folder, wait=True)
        trace = folder.parent / "trace.txt"
        names = ",".join((*WRITING, *ALSO))
        arguments = ["strace", "-f", "-y", "-s", "0", "-o", str(trace), "-e", f"trace={names}", "-e", "signal=none"]
        arguments += ["-e", f"inject={inject}"] if inject else []
        with subprocess.Popen([*arguments, "-p", str(pid)], stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            if "attached" not in said:
                os.kill(pid, signal.SIGKILL)
                self._answer()
                raise UnavailableError(said.strip() or "strace cannot attach")
            os.kill(pid, signal.SIGUSR1)
            code = self._answer()
            strace.communicate()
        return Outcome(code, self._said(folder), tuple(_calls(trace.read_text(errors="replace"), folder)))

    def _said(self, folder: Path) -> str:
        return (folder.parent / ERRORS).read_text(errors="replace")


def _kernels() -> Path:
    """The folder of kernels that are compiled already."""
    from w2v.kernels.llvm import compilation as jit

    if jit._FOLDER is None:
        raise UnavailableError("there is no folder for compiled kernels")
    return Path(jit._FOLDER).parent


def _calls(trace: str, folder: Path) -> Sequence[Call]:
    seen: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], int] = {}
    calls: list[Call] = []
    for line in trace.splitlines():
        if resumed := RESUMED.match(line):
            place = last[resumed[1], resumed[2]]
            calls[place] = replace(calls[place], injected=True)
        match = CALL.match(line)
        if match is None:
            continue
        thread, name, rest = match.groups()
        seen[thread, name] += 1
        if name in ("openat", "rename", "renameat2", "mkdir", "unlink"):
            paths = tuple(os.path.join(folder, path) for path in QUOTED.findall(rest))
        else:
            paths = tuple(DESCRIPTOR.findall(rest.split(",")[0]))
        reads = name == "openat" and "O_CREAT" not in rest
        last[thread, name] = len(calls)
        calls.append(Call(name, seen[thread, name], paths, reads, "(INJECTED)" in rest))
    return calls
