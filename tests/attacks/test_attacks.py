"""Every reader and every bad file: one error with a cure, in little time and memory; no code is run.

The figures come from `hardening/measure_attacks.py`, which reads all of these files once, in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attacks.catalogue import ATTACKS, READERS, VECTORS, Attack, lay_down
from attacks.vector_files import good

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 1.0  # of CPU: the slowest takes a tenth of that
MOST_MEMORY = 64 << 20


@pytest.fixture(scope="module")
def measured() -> dict[tuple[str, str], dict[str, Any]]:
    command = [sys.executable, "-m", "hardening.measure_attacks", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {(each["reader"], each["name"]): each for each in json.loads(done.stdout)}


def test_there_are_hundreds_and_no_name_is_given_twice() -> None:
    assert len({(attack.reader, attack.name) for attack in ATTACKS}) == len(ATTACKS) >= 300
    assert {attack.reader for attack in ATTACKS} == set(READERS)


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=[f"{attack.reader}-{attack.name}" for attack in ATTACKS])
def test_one_error_with_a_cure(attack: Attack, measured: dict[tuple[str, str], dict[str, Any]]) -> None:
    found = measured[attack.reader, attack.name]
    assert attack.fragment in found["message"], found
    assert found["error"] not in ("accepted", "crashed")
    assert found["hint"]
    path = Path(found["path"])
    named = path.name, path.parent.name if READERS[attack.reader].name.startswith("{}/") else path.name
    assert found["error"] == "UsageError" or any(name in found["message"] for name in named)
    assert "\n" not in found["message"] + found["hint"]
    assert found["events"] == []
    assert found["cpu"] < MOST_SECONDS
    assert found["memory"] < MOST_MEMORY
    if "command" in found:
        said = found["command"]
        first, second = said["err"].splitlines()[-2:]
        assert (said["code"], said["err"].count("Error: ")) == (READERS[attack.reader].code, 1), said
        assert (first.startswith("Error: "), second.startswith("Hint: ")) == (True, True), said
        assert max(len(first), len(second)) < 1_500
        assert "\x1b" not in said["err"]
        assert found["written"] == []


@pytest.mark.slow
@pytest.mark.parametrize("reader", [name for name, reader in READERS.items() if reader.command and name != "corpus"])
def test_a_process_ends_as_well(reader: str, tmp_path: Path) -> None:
    """No traceback is seen from outside either, and nothing is left behind."""
    attack = next(attack for attack in ATTACKS if attack.reader == reader)
    (tmp_path / VECTORS).write_bytes(good(".safetensors"))
    path = lay_down(tmp_path, attack)
    before = set(tmp_path.rglob("*"))
    command = [part.replace("{}", str(path)) for part in READERS[reader].command]
    done = subprocess.run(
        [sys.executable, "-m", "w2v", *command], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == READERS[reader].code
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["Error:", "Hint:"]
    assert set(tmp_path.rglob("*")) == before
