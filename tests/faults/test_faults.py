"""A sample of the faults that `hardening/faults.py` injects, and disks that are really full."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from loopback import Loopback

from hardening.faults import ARCHIVE, FAULTS, SCENARIOS, Trial
from hardening.tracing import Runner, UnavailableError
from w2v import formats
from w2v.cli import main
from w2v.vectors import Vectors

SAMPLE = {"encode, train sgns": 2, "download, the rest of it": 3}
"""How many files each scenario renames; of the download also the one that has the hashes of what was unpacked."""


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with Runner(tmp_path_factory.mktemp("home")) as runner:
        yield runner


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each.name in SAMPLE], ids=lambda each: each.name)
def test_a_sample(scenario: object, runner: Runner, tmp_path: Path) -> None:
    with Loopback(ARCHIVE) as server:
        try:
            trial = Trial(scenario, runner, tmp_path, server.url("honest"))  # type: ignore[arg-type]
        except UnavailableError as reason:
            pytest.skip(f"nothing can be injected here: {reason}")
        for fault in FAULTS:
            trial.run(fault, every=15)
    assert trial.findings.wrong == []
    assert all(trial.findings.points[fault] >= 3 for fault in FAULTS)
    assert (trial.findings.renames, trial.findings.unsynced) == (SAMPLE[trial.scenario.name], 0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("name", ["v.bin", "v.txt", "v.safetensors", "v.glove.txt", "v.vec.gz"])
def test_a_full_disk(small_disk: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The old file stays as it was, to the byte; what is needed and what is free are said; nothing else is left."""
    rng = np.random.default_rng(1)
    words = [f"w{number}" for number in range(700)]
    formats.write(
        Vectors(words, rng.normal(size=(700, 30)).astype(np.float32), np.ones(700, np.int64)), tmp_path / "big.bin"
    )
    target = small_disk / name
    assert main(["convert", str(tmp_path / "big.bin"), str(target), "--limit", "20"]) == 0
    before = {path.name: path.read_bytes() for path in small_disk.iterdir()}
    capsys.readouterr()
    assert main(["convert", str(tmp_path / "big.bin"), str(target)]) == 1
    *_, error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith(f"Error: cannot write {target}: no space left on device; it needs ")
    assert error.endswith(" are free there")
    assert hint == "Hint: free some space, or choose another disk"
    assert {path.name: path.read_bytes() for path in small_disk.iterdir()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_device_that_is_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    formats.write(Vectors(["a", "b"], np.ones((2, 3), np.float32)), tmp_path / "v.bin")
    assert main(["convert", str(tmp_path / "v.bin"), "/dev/full", "--to", "word2vec-text"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == "Error: cannot write /dev/full: no space left on device"


@pytest.mark.parametrize("model", ["sgns", "glove"])
def test_training_on_a_full_disk(
    small_disk: Path, tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The token cache does not fit, or else the vectors."""
    rng = np.random.default_rng(1)
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("\n".join(" ".join(f"w{rank}" for rank in rng.integers(0, 300, 20)) for _ in range(1_500)))
    train = ["train", str(corpus), "--model", model, "--epochs", "1", "--threads", "1", "--dim", "100"]
    for cache, output in ((small_disk / "cache", tmp_path / "v.bin"), (tmp_path / "cache", small_disk / "v.bin")):
        assert main([*train, "--cache-dir", str(cache), "-o", str(output)]) == 1
        (error,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Error:")]
        assert error.startswith(f"Error: cannot write {small_disk}")
        assert "it needs " in error
        assert error.endswith("are free there")
        assert [path for path in small_disk.rglob("*") if path.is_file()] == []
        assert not output.exists()


def test_a_log_on_a_full_disk_stops_no_work(
    small_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    vectors = Vectors([f"w{number}" for number in range(50)], rng.normal(size=(50, 4)).astype(np.float32))
    formats.write(vectors, tmp_path / "v.bin")
    log = small_disk / "run.jsonl"
    log.touch()
    with suppress(OSError), (small_disk / "full").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1024))
    assert main(["convert", str(tmp_path / "v.bin"), str(tmp_path / "v.txt"), "--log", str(log)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-2].startswith(
        f"Error: cannot write {log}: no space left on device; it needs more than 0 bytes, and 0 "
    )
    assert said[0].startswith(f"wrote {tmp_path / 'v.txt'}")
    assert np.array_equal(formats.read(tmp_path / "v.txt").matrix, vectors.matrix)


@pytest.mark.slow
def test_compiled_code_on_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    """It is not kept, and that is all."""
    (tmp_path / "module.py").write_text(
        "from w2v.kernels.llvm.compilation import kernel\n"
        "@kernel\ndef twice(number):\n    return 2 * number\nprint(twice(21))\n"
    )
    with suppress(OSError), (small_disk / "full").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1024))
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(small_disk)}
    command = [sys.executable, str(tmp_path / "module.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("42\n", "", 0)
    assert not list(small_disk.rglob("*.nbc"))
