"""What the machine has: free memory, by what the system and control groups say."""

from __future__ import annotations

from pathlib import Path

import pytest

from w2v.machine import free_memory

PLENTY = {"proc/meminfo": "MemTotal: 9999 kB\nMemFree: 10 kB\nMemAvailable: 9000 kB\n"}
STAT = "anon 500\nfile 1300\nactive_file 300\ninactive_file 700\n"


def group(path: str, limit: str) -> dict[str, str]:
    place = f"sys/fs/cgroup/{path}"
    return {f"{place}memory.max": limit, f"{place}memory.current": "1900\n", f"{place}memory.stat": STAT}


def old_group(path: str, limit: str) -> dict[str, str]:
    place = f"sys/fs/cgroup/memory/{path}memory."
    stat = STAT.replace("active_file", "total_active_file").replace("intotal_active", "total_inactive")
    return {f"{place}limit_in_bytes": limit, f"{place}usage_in_bytes": "1900\n", f"{place}stat": stat}


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, None),
        ({"proc/meminfo": "MemTotal: 9999 kB\n"}, None),
        (PLENTY, 9000 * 1024),
        # In a container the group is the topmost that can be seen. What it has of files is let go when memory is short.
        ({**PLENTY, "proc/self/cgroup": "0::/\n", **group("", "2000\n")}, 1100),
        ({**PLENTY, "proc/self/cgroup": "0::/\n", **group("", "500\n")}, 0),
        ({**PLENTY, "proc/self/cgroup": "0::/\n", **group("", "max\n")}, 9000 * 1024),
        # On a cluster the limit is that of the job, somewhere above the process.
        ({**PLENTY, "proc/self/cgroup": "1:cpu:/\n0::/job_7/step_0\n", **group("job_7/", "3000\n")}, 2100),
        ({**PLENTY, "proc/self/cgroup": "4:memory:/a\n0::/\n"}, 9000 * 1024),
        # The first version of control groups; in a container its path is often not there, and its top is.
        ({**PLENTY, "proc/self/cgroup": "4:memory:/a/b\n1:cpu:/\n", **old_group("a/b/", "2000\n")}, 1100),
        ({**PLENTY, "proc/self/cgroup": "4:memory:/a/b\n0::/\n", **old_group("", "3000\n")}, 2100),
        ({**PLENTY, "proc/self/cgroup": "4:memory:/a\n", **old_group("a/", "9223372036854771712\n")}, 9000 * 1024),
    ],
)
def test_free_memory(files: dict[str, str], free: int | None, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert free_memory(tmp_path) == free
