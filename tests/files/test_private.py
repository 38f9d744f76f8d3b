"""What is kept for this user alone: modes, owners, and a mapped file that another program cuts while it is in use."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from w2v.files.guard import Guard
from w2v.files.private import belongs_to_another, make_private, open_private, why_unsafe_alone
from w2v.files.tensors import Tensor, TensorFile, write
from w2v.files.whole import replacing

LAYOUT = {"a": Tensor("I64", ("N",), "numbers")}
ROOT = os.geteuid() == 0


@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o177, 0o777])
def test_folders_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        make_private(tmp_path / "base" / "w2v" / "tokens", tmp_path / "base")
        with replacing(tmp_path / "base" / "secret", private=True) as file:
            file.write(b"x")
    finally:
        os.umask(before)
    for each in ("base", "base/w2v", "base/w2v/tokens"):
        assert (tmp_path / each).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "base" / "secret").stat().st_mode & 0o777 == 0o600


def test_a_private_file_replaces_a_public_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    with replacing(path, private=True) as file:
        file.write(b"x")
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_umask_is_not_set_to_be_read(tmp_path: Path) -> None:
    """Threads that write at once all see the umask of the process: nothing is public or private by chance."""
    before, interval = os.umask(0o022), sys.getswitchinterval()
    modes: Counter[int] = Counter()

    def save(worker: int) -> None:
        for number in range(25):
            path = tmp_path / f"{worker}-{number}"
            with replacing(path) as file:
                file.write(b"x")
            modes[path.stat().st_mode & 0o777] += 1

    try:
        sys.setswitchinterval(1e-6)
        threads = [threading.Thread(target=save, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
        assert os.umask(before) == 0o022
    assert modes == {0o644: 100}


@pytest.mark.parametrize(
    "fault", ["all can write", "group can write", "a link", "a folder", "a pipe", "of another user"]
)
def test_only_files_of_this_user_are_opened(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "file"
    path.write_text("x")
    path.chmod(0o600)
    open_private(path).close()
    assert (why_unsafe_alone(path), belongs_to_another(path)) == ("", False)
    if fault == "of another user":
        if not ROOT:
            pytest.skip("only root can give a file away")
        os.chown(path, 65534, 65534)
        assert belongs_to_another(path)
    elif "write" in fault:
        path.chmod(0o666 if fault == "all can write" else 0o660)
    else:
        path.unlink()
        {
            "a link": lambda: path.symlink_to(__file__),
            "a folder": path.mkdir,
            "a pipe": lambda: os.mkfifo(path),
        }[fault]()
    with pytest.raises((ValueError, OSError)):
        open_private(path)


def leases(folder: Path) -> bool:
    """Whether this file system and this user can have leases."""
    path = folder / "lease"
    path.touch()
    with path.open("rb") as file:
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except (OSError, AttributeError):
            return False
    return True


def numbers(path: Path) -> None:
    import numpy as np

    with path.open("wb") as file:
        write(file, "w2v.toy/1", {"a": np.arange(100_000, dtype=np.int64)}, {})


CUTS = {
    "cut": "import os, sys; os.truncate(sys.argv[1], 4096)",
    "emptied": "import sys; open(sys.argv[1], 'w').close()",
    "overwritten": "import sys; open(sys.argv[1], 'r+b').write(b'x' * 500_000)",
}


@pytest.mark.slow
@pytest.mark.parametrize("cut", CUTS)
def test_a_mapped_file_that_is_cut_stays_as_it_was(tmp_path: Path, cut: str) -> None:
    if not leases(tmp_path):
        pytest.skip("this file system has no leases")
    path = tmp_path / "file"
    numbers(path)
    with path.open("rb") as file:
        guard = Guard(path, file)
        found = TensorFile(file, "w2v.toy/1", LAYOUT)
        found.check_all()
    guard.watch(found.map)
    assert subprocess.run([sys.executable, "-c", CUTS[cut], str(path)]).returncode == 0
    assert path.read_bytes()[:8] != bytes(8)
    assert found.arrays["a"].tolist() == list(range(100_000))
    assert (guard.copied, guard.failure) == (True, None)
    guard.close()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_where_no_copy_can_be_made_the_failure_is_told_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not leases(tmp_path):
        pytest.skip("this file system has no leases")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("w2v.files.guard._copy", full)
    path = tmp_path / "file"
    numbers(path)
    with path.open("rb") as file:
        guard = Guard(path, file)
        found = TensorFile(file, "w2v.toy/1", LAYOUT)
    guard.watch(found.map)
    other = subprocess.Popen([sys.executable, "-c", CUTS["emptied"], str(path)])
    while guard.failure is None:
        time.sleep(0.01)
    assert "cannot be copied" in guard.failure.message
    assert "no space left" in guard.failure.message
    assert other.poll() is None  # the other program waits until this one has ended its work
    assert found.arrays["a"][-1] == 99_999
    guard.close()
    assert other.wait(10) == 0


def test_a_file_that_is_being_written_is_not_taken(tmp_path: Path) -> None:
    if not leases(tmp_path):
        pytest.skip("this file system has no leases")
    path = tmp_path / "file"
    with path.open("wb"), path.open("rb") as file, pytest.raises(ValueError, match="another program is writing"):
        Guard(path, file)


def test_a_matrix_that_is_cut_while_in_use_stays_as_it_was(tmp_path: Path) -> None:
    if not leases(tmp_path):
        pytest.skip("this file system has no leases")
    import w2v
    from w2v.cooccurrences.file import load_cooccurrences

    path = tmp_path / "m"
    corpus = ["a b c d", "b d a c", "d a b"] * 20
    w2v.train(corpus, "glove", dim=4, epochs=1, threads=1, min_count=1, keep_cooccurrences=path)
    matrix = load_cooccurrences(path)
    before = matrix.to_scipy().toarray().tolist()
    assert subprocess.run([sys.executable, "-c", CUTS["emptied"], str(path)]).returncode == 0
    assert path.stat().st_size == 0
    assert matrix.to_scipy().toarray().tolist() == before
