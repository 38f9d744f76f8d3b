"""Two runs with the same settings on the same text: the same files, but for the times in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v.cli import main

RUNS: dict[str, list[str]] = {
    "sgns": ["--threads", "1"],
    "glove": ["--model", "glove", "--threads", "2"],
}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    words = np.random.default_rng(0).zipf(1.4, 30_000)
    Path("corpus.txt").write_text("\n".join(" ".join(map(str, line)) for line in words.reshape(-1, 20)))
    return Path("corpus.txt")


def parts(path: str) -> tuple[dict[str, Any], bytes]:
    data = Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:start]), data[start:]


@pytest.mark.slow
@pytest.mark.parametrize("model", RUNS)
@pytest.mark.usefixtures("corpus")
def test_equal_runs(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    train = ["train", "corpus.txt", "--dim", "8", "--epochs", "1", *RUNS[model], "-q", "-o"]
    for name in ("one.safetensors", "other.safetensors"):
        assert main([*train, name]) == 0
    (one, data), (other, same_data) = parts("one.safetensors"), parts("other.safetensors")
    assert data == same_data
    differ = {name for name, value in one["__metadata__"].items() if other["__metadata__"][name] != value}
    assert differ <= {"sha256", "times"}
    assert one["__metadata__"]["content_sha256"] == other["__metadata__"]["content_sha256"]
    assert Path("one.safetensors").stat().st_size == Path("other.safetensors").stat().st_size
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    for name in ("one.safetensors", "other.safetensors"):
        assert main([*train, name]) == 0
    assert Path("one.safetensors").read_bytes() == Path("other.safetensors").read_bytes()
