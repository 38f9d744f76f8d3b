"""The fuzz driver, without its fuzzer: inputs that it starts from are read, or refused, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from attacks.catalogue import READERS
from attacks.layout import parts

from hardening.fuzz import rehashed, seeds, target


@pytest.mark.parametrize("reader", READERS)
def test_the_seeds(reader: str, tmp_path: Path) -> None:
    one = target(reader, tmp_path)
    for data in (b"", *seeds(reader)[::3]):
        one(data)
        one(data[: len(data) // 2])


@pytest.mark.parametrize("reader", ["vectors", "tokens", "cooccurrences"])
def test_a_repaired_hash_lets_changes_through(reader: str, tmp_path: Path) -> None:
    name = min(READERS[reader].good, key=lambda name: not name.endswith(".safetensors"))
    whole = READERS[reader].good[name]
    assert parts(rehashed(whole)) == parts(whole)
    place = whole.rindex(b"word0" if reader == "vectors" else b"a")
    data = bytearray(whole)
    data[place] = ord("x")
    path = tmp_path / name
    path.write_bytes(rehashed(bytes(data)))
    READERS[reader].read(path)
