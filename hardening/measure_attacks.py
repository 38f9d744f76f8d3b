"""Read every bad file and report the outcome: `python -m hardening.measure_attacks [--json] [READER]...`

All files are read in one process. Each file is read once for its outcome, its CPU time and its memory (the largest rise
of the resident size). It is read again under an audit hook, which counts events of running code, starting programs,
using the network, and writing; modules that a reader imports at its first use have been imported before. Where a
command of w2v reads such files, the command is run as well. tests/attacks/test_attacks.py checks the results.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attacks.catalogue import ATTACKS, READERS, VECTORS, Attack, lay_down
from attacks.vector_files import good

from w2v.cli import main
from w2v.errors import W2VError

FORBIDDEN = (
    *("exec", "compile", "import", "marshal.load", "pickle", "code.", "os.exec", "os.fork", "os.posix_spawn"),
    *("os.spawn", "os.system", "subprocess", "ctypes", "socket", "urllib", "http", "ftplib", "webbrowser"),
)
EVENTS: list[str] = []
WATCHING = False


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    if WATCHING and (event.startswith(FORBIDDEN) or (event == "open" and _writes(arguments))):
        EVENTS.append(f"{event} {arguments!r:.100}")


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    return bool(mode and set(mode) & set("wax+")) or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def resident(field: str) -> int:
    """VmRSS (now) or VmHWM (peak) of this process, in bytes; 0 on systems without /proc."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return 0


def forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def outcome(attack: Attack, path: Path) -> dict[str, Any]:
    """Read the file; return the kind of error, or "accepted" or "crashed", with message, CPU time and memory."""
    forget_peak()
    before, started = resident("VmRSS"), time.process_time()
    found: dict[str, Any] = {"error": "accepted", "message": "", "hint": ""}
    try:
        READERS[attack.reader].read(path)
    except W2VError as error:
        found |= {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    except Exception as error:
        found |= {"error": "crashed", "message": repr(error)}
        usage = getattr(error, "exit_code", None)
        if usage == 2:  # click's own errors, which the command line prints
            found |= {"error": "UsageError", "message": str(error), "hint": "as the command line says"}
    cpu = time.process_time() - started
    return found | {"cpu": cpu, "memory": max(0, resident("VmHWM") - before)}


def events(attack: Attack, path: Path) -> list[str]:
    """Read the file again; return the forbidden events that the audit hook has seen."""
    global WATCHING
    EVENTS.clear()
    WATCHING = True
    try:
        with contextlib.suppress(Exception):
            READERS[attack.reader].read(path)
    finally:
        WATCHING = False
    return list(EVENTS)


def command(attack: Attack, path: Path) -> dict[str, Any]:
    """Give the file to its command, in this process; return the exit code and the output."""
    arguments = [part.replace("{}", str(path)) for part in READERS[attack.reader].command]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def measure(readers: list[str], every: int = 1) -> Iterator[dict[str, Any]]:
    """Yield the facts about each bad file. Every n-th file of a reader is also given to its command."""
    sys.addaudithook(hook)
    with tempfile.TemporaryDirectory(prefix="w2v-attacks-") as name, contextlib.chdir(name):
        folder = Path(name)
        Path(VECTORS).write_bytes(good(".safetensors"))
        for reader in readers:
            (folder / reader).mkdir()
            shutil.copy(VECTORS, folder / reader)
            for good_name, data in READERS[reader].good.items():
                for other, content in [(good_name, data), *READERS[reader].beside.items()]:
                    (folder / reader / other).write_bytes(content)
                with contextlib.redirect_stdout(io.StringIO()):
                    READERS[reader].read(folder / reader / good_name)
        seen: dict[str, int] = dict.fromkeys(readers, 0)
        for attack in ATTACKS:
            if attack.reader not in seen:
                continue
            path = lay_down(folder, attack)
            facts = {"reader": attack.reader, "name": attack.name, "path": str(path), **outcome(attack, path)}
            facts["events"] = events(attack, path)
            if READERS[attack.reader].command and seen[attack.reader] % every == 0:
                facts["command"] = command(attack, path)
                facts["written"] = [made for made in ("made.bin",) if Path(made).exists()] + [
                    str(made) for made in Path("made").rglob("*") if made.is_file()
                ]
            seen[attack.reader] += 1
            path.unlink()
            yield facts


def table(found: list[dict[str, Any]]) -> str:
    """A line for each reader, as text."""
    lines = ["reader           files refused crashed events  most CPU  most memory"]
    for reader in [*READERS, "all"]:
        mine = [each for each in found if reader in (each["reader"], "all")]
        if mine:
            refused = sum(each["error"] not in ("accepted", "crashed") for each in mine)
            crashed = sum(each["error"] == "crashed" for each in mine)
            lines.append(
                f"{reader:16} {len(mine):5} {refused:7} {crashed:7} {sum(len(each['events']) for each in mine):6} "
                f"{max(each['cpu'] for each in mine):7.3f} s {max(each['memory'] for each in mine) / 2**20:7.1f} MiB"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")] or list(READERS)
    results = list(measure(wanted, every=8 if "--json" in sys.argv else 1))
    print(json.dumps(results) if "--json" in sys.argv else table(results))
