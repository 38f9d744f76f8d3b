"""A process that has imported w2v and compiled its kernels, and runs commands in children of its own, 50 ms each.

Orders are lines of JSON: {"arguments", "folder", "wait", "here"}. The child answers with its process id when it is
ready, and the parent with the child's exit code when it has ended (below 0 for a signal). A child that is to `wait`
begins at SIGUSR1, so that strace can be attached before. An order that runs `here` warms up this process. Standard
input is the file corpus.txt in the folder. tracing.py starts this process; faults.py decides what goes wrong.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_PTRACER = 0x59616D61
ANY = ctypes.c_ulong(-1)
OUTPUT, ERRORS = "stdout.txt", "stderr.txt"  # of a child, beside its folder


def run(order: dict[str, Any]) -> int:
    """Run `w2v` in the folder, whose fox.toml is the only manifest; returns the exit code."""
    from w2v import data
    from w2v.cli import main

    folder = Path(order["folder"])
    os.environ["XDG_CACHE_HOME"] = str(folder / "home")
    data.manifest_of = lambda name: data.load_manifest(folder / f"{name}.toml")
    os.chdir(folder)
    code = main(order["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def read_corpus(folder: str) -> None:
    """Make corpus.txt in the folder standard input."""
    os.dup2(os.open(f"{folder}/corpus.txt", os.O_RDONLY), 0)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115


def child(order: dict[str, Any], answer: Callable[[int], None]) -> None:
    """Run one order in a child process, which then ends: this function does not return."""
    beside = Path(order["folder"]).parent
    read_corpus(order["folder"])
    for descriptor, name in ((1, OUTPUT), (2, ERRORS)):
        os.dup2(os.open(beside / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    code = 99
    try:
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANY, 0, 0, 0)  # where only parents may trace
        answer(os.getpid())
        if order["wait"]:
            signal.sigwait({signal.SIGUSR1})
        code = run(order)
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def serve() -> None:
    orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})

    def answer(value: int) -> None:
        answers.write(f"{value}\n")
        answers.flush()

    for line in orders:
        order = json.loads(line)
        if order["here"]:
            read_corpus(order["folder"])
            answer(run(order))
            continue
        pid = os.fork()
        if pid == 0:
            child(order, answer)
        answer(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    serve()
