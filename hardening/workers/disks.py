"""A small disk in memory that can be filled, for the run folder. It needs the right to mount."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["fill", "free", "small_disk"]

STEP = 1 << 16
BIG = "big"


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[Path | None]:
    """Yield a disk of so many bytes, mounted at a new folder; None where nobody may mount one."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
    if subprocess.run(command, capture_output=True).returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> None:
    """Leave no byte free."""
    with suppress(OSError), (disk / BIG).open("ab", buffering=0) as file:
        while file.write(bytes(STEP)) == STEP:
            pass
        while file.write(bytes(64)):
            pass


def free(disk: Path) -> None:
    """Give back what `fill` has taken."""
    (disk / BIG).unlink(missing_ok=True)
