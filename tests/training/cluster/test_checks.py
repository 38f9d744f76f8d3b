"""How workers that differ are told: by name, with what differs and the cure, in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from w2v.training.cluster.dask.admission import QUESTION
from w2v.training.cluster.dask.checks import (
    Machine,
    compare_machines,
    compare_software,
    described,
    memory_of,
    refusal,
    threads_of,
)
from w2v.training.cluster.dask.software import software

OURS = {"python": "3.11", "w2v": "1.2", "source": "aa", "numpy": "2.4.6", "dask": "2026.8.0"}
WIDE = Machine("a", 16, ("avx2", "avx512f", "fma"), 8, 100)


@pytest.mark.parametrize(
    ("theirs", "text", "cure"),
    [
        ({"numpy": "2.3.1"}, "has NumPy 2.3.1 instead of 2.4.6", "pip install numpy==2.4.6"),
        ({"w2v": "1.1", "source": "bb"}, "has w2v 1.1 instead of 1.2", "pip install 'w2v[cluster]==1.2'"),
        ({"w2v": None, "source": None, "dask": None}, "has no w2v, has no Dask", "'w2v[cluster]==1.2' dask==2026.8.0"),
        ({"source": "bb"}, "has other source files of w2v", "install the same copy"),
        ({"python": "3.13"}, "has Python 3.13 instead of 3.11", "start it with Python 3.11"),
    ],
)
def test_other_software_is_told_with_its_cure(theirs: dict[str, str | None], text: str, cure: str) -> None:
    error = refusal({"n7": compare_software({**OURS, **theirs}, OURS)})
    assert error.message == f"worker n7 {text}"
    assert cure in error.hint
    assert "\n" not in str(error)


def test_the_same_software_is_no_difference() -> None:
    assert compare_software(OURS, OURS) == []


def test_workers_that_differ_alike_are_told_together() -> None:
    old = compare_software({**OURS, "numpy": "1"}, OURS)
    text, cure = described(
        {"a": old, "b": old, "c": old, "d": old, "scheduler": compare_software({**OURS, "dask": None}, OURS)}
    )
    assert text.startswith(
        "each of the workers a, b, c and 1 more has NumPy 1 instead of 2.4.6; the scheduler has no Dask"
    )
    assert cure == (
        "install what this process has: pip install numpy==2.4.6; "
        "install what this process has: pip install dask==2026.8.0"
    )


def test_processors_differ_by_width_and_by_features() -> None:
    (width,) = compare_machines(WIDE._replace(lanes=8), WIDE)
    assert width.text == "has vectors of 256 bits, and others have 512"
    (features,) = compare_machines(WIDE._replace(features=("avx2", "avx512f", "sve")), WIDE)
    assert features.text == "has a processor that has sve and lacks fma"
    assert compare_machines(WIDE._replace(host="b", cores=1, memory=None), WIDE) == []


def test_workers_of_a_host_share_its_cores_and_memory() -> None:
    other = WIDE._replace(host="b", cores=6, memory=40)
    assert threads_of([WIDE, WIDE, other]) == 4
    assert memory_of([WIDE, WIDE, other]) == 40
    assert memory_of([WIDE, WIDE, WIDE]) == 33
    assert threads_of([]) == 1
    assert memory_of([WIDE._replace(memory=None)]) is None


def test_the_question_is_answered_alike_where_w2v_cannot_be_imported(tmp_path: Path) -> None:
    """In a Python that has a folder w2v without w2v in it, and none of the packages."""
    assert json.loads(eval(QUESTION)) == json.loads(software())
    (tmp_path / "w2v").mkdir()
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); print({QUESTION})",
    ]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert told == dict.fromkeys(json.loads(software())) | {"python": ".".join(map(str, sys.version_info[:2]))}
