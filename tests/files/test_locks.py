"""Locks and temporary files between processes: what the living keep, what the dead leave, and systems without locks."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from w2v.errors import OutputError
from w2v.files import locks
from w2v.files.whole import check_writable, locked, replacing, scratch, temporary_folder


def hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


class Other:
    """Another process inside a context manager of w2v.files.whole."""

    def __init__(self, context: str) -> None:
        code = "import sys\nfrom w2v.files.whole import *\n"
        code += f"with {context}:\n    print('in', flush=True)\n    sys.stdin.read()"
        self.process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"in\n"

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(60) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Other]:
    """Has v.bin locked, and is in the middle of writing it."""
    process = Other(f"locked({str(tmp_path / 'v.bin')!r}), replacing({str(tmp_path / 'v.bin')!r}) as file")
    yield process
    process.kill()


def test_the_living_keep_what_they_have(tmp_path: Path, other: Other) -> None:
    before = hidden(tmp_path)
    assert len(before) == 2
    link = tmp_path / "link.bin"
    link.symlink_to("v.bin")
    for path in (tmp_path / "v.bin", link):
        with (
            pytest.raises(OutputError, match=rf"another run \(process {other.process.pid} on ") as caught,
            locked(path),
        ):
            pass
        assert caught.value.hint == "wait until that has ended, or write to another file"
    check_writable(tmp_path / "v.bin")
    with locked(tmp_path / "w.bin"), replacing(tmp_path / "w.bin"):
        pass
    assert hidden(tmp_path) == before
    other.end()
    assert (tmp_path / "v.bin").exists()
    assert hidden(tmp_path) == []


def test_the_dead_keep_nothing(tmp_path: Path, other: Other) -> None:
    other.kill()
    assert len(hidden(tmp_path)) == 2
    (tmp_path / ".v.bin.w2v.lock").write_text("process 1234567890 on a machine with a long name")
    with locked(tmp_path / "v.bin"):
        assert (tmp_path / ".v.bin.w2v.lock").read_text() == f"process {os.getpid()} on {os.uname().nodename}"
        check_writable(tmp_path / "other.bin")
        assert hidden(tmp_path) == [".v.bin.w2v.lock"]
    assert hidden(tmp_path) == []


def test_a_folder_being_written_is_kept_and_that_of_a_dead_run_removed(tmp_path: Path) -> None:
    process = Other(f"replacing_folder({str(tmp_path / 'v')!r}) as folder, open(folder / 'part', 'w')")
    (temporary,) = hidden(tmp_path)
    check_writable(tmp_path / "w.bin")
    assert os.listdir(tmp_path / temporary) == ["part"]
    process.end()
    process.kill()
    assert os.listdir(tmp_path) == ["v"]
    assert os.listdir(tmp_path / "v") == ["part"]
    process = Other(f"replacing_folder({str(tmp_path / 'u')!r}) as folder, open(folder / 'part', 'w')")
    process.kill()
    assert len(hidden(tmp_path)) == 1
    check_writable(tmp_path / "w.bin")
    assert os.listdir(tmp_path) == ["v"]


def test_waiting(tmp_path: Path, other: Other) -> None:
    heard = []

    def wait(owner: str) -> None:
        heard.append(owner)
        assert other.process.stdin is not None
        other.process.stdin.close()

    with locked(tmp_path / "v.bin", wait), locked(tmp_path / "v.bin"):
        assert (tmp_path / "v.bin").exists()
    assert [owner.split(" on ")[0] for owner in heard] == [f"process {other.process.pid}"]
    assert hidden(tmp_path) == []


@pytest.mark.slow
def test_nobody_is_let_in_twice(tmp_path: Path) -> None:
    """Locks that come and go at once, with files of dead runs being looked for: never two in one block."""
    code = f"""
import os
from w2v.files.whole import check_writable, locked
for number in range(150):
    with locked({str(tmp_path / "v.bin")!r}, lambda owner: None):
        os.close(os.open({str(tmp_path / "inside")!r}, os.O_CREAT | os.O_EXCL))
        if number % 5 == 0:
            check_writable({str(tmp_path / "w.bin")!r})
        os.unlink({str(tmp_path / "inside")!r})
"""
    team = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in team] == [(b"", 0)] * 4
    assert hidden(tmp_path) == []


def test_a_file_about_to_get_its_name_is_not_taken_for_a_dead_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(temporary: Path, final: Path, replace: Callable[[Path, Path], None] = os.replace) -> None:
        locks.remove_stale(tmp_path)  # as another run would
        replace(temporary, final)

    monkeypatch.setattr(os, "replace", replace)
    with replacing(tmp_path / "v.bin") as file:
        file.write(b"whole")
    assert (tmp_path / "v.bin").read_bytes() == b"whole"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks(
    tmp_path: Path, other: Other, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Everybody may write, and nothing is taken for dead."""

    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    (temporary,) = (name for name in hidden(tmp_path) if name.endswith(".tmp"))
    with locked(tmp_path / "v.bin"), locked(tmp_path / "v.bin"), replacing(tmp_path / "v.bin") as file:
        file.write(b"whole")
    check_writable(tmp_path / "v.bin")
    assert hidden(tmp_path) == [temporary]
    assert (tmp_path / "v.bin").read_bytes() == b"whole"


def test_temporary_files_of_another_machine_stay_for_a_day(tmp_path: Path) -> None:
    """Its locks may be invisible here."""
    foreign = tmp_path / ".v.bin.00000000-0a0b0c0d.w2v.tmp"
    foreign.touch()
    check_writable(tmp_path / "v.bin")
    assert foreign.exists()
    yesterday = time.time() - locks.A_DAY - 60
    os.utime(foreign, (yesterday, yesterday))
    check_writable(tmp_path / "v.bin")
    assert not foreign.exists()


def test_folders_of_the_dead_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the living, of other purposes, and what only looks like one stay."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    living, dead = Other("temporary_folder('bench') as folder"), Other("temporary_folder('bench') as folder")
    dead.kill()
    (tmp_path / "w2v-bench-of-mine").mkdir()
    (tmp_path / "w2v-bench-notes.txt").touch()
    with temporary_folder("demo") as other, temporary_folder("bench") as folder:
        (folder / "file").touch()
        assert len(list(tmp_path.iterdir())) == 5
    assert not other.exists()
    living.end()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w2v-bench-notes.txt", "w2v-bench-of-mine"]
    dead.process.wait()
    living.kill()


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    names = [".v.bin.swp", ".v.bin.tmp", "v.bin.w2v.tmp", ".w2v.lock.txt", ".v.bin.part"]
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / ".folder.w2v.tmp").mkdir()
    (tmp_path / ".link.w2v.tmp").symlink_to(names[0])
    with locked(tmp_path / "v.bin"), replacing(tmp_path / "v.bin"), scratch(tmp_path):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*names, ".folder.w2v.tmp", ".link.w2v.tmp", "v.bin"]
    )


@pytest.mark.parametrize("name", ["x" * 255, "東" * 85, "v.bin", "-", " ", "a\nb"])
def test_any_name_that_the_file_system_takes(tmp_path: Path, name: str) -> None:
    with locked(tmp_path / name), replacing(tmp_path / name) as file:
        file.write(b"whole")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_link_in_place_of_a_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "treasure").write_bytes(b"gold")
    (tmp_path / ".v.bin.w2v.lock").symlink_to("treasure")
    with pytest.raises(OutputError, match=r"cannot write .*v\.bin"), locked(tmp_path / "v.bin"):
        pass
    assert (tmp_path / "treasure").read_bytes() == b"gold"


def test_a_folder_that_is_missing_is_found_at_once(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no such file or directory") as caught, locked(tmp_path / "none" / "v.bin"):
        pass
    assert caught.value.hint == "create the folder first"


def test_an_interrupt_while_waiting_leaves_the_owner_alone(tmp_path: Path, other: Other) -> None:
    code = "from w2v.files.whole import *\n"
    code += f"with locked({str(tmp_path / 'v.bin')!r}, lambda _: print('waiting', flush=True)): 1"
    waiter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert waiter.stdout is not None
    assert waiter.stdout.readline() == b"waiting\n"
    waiter.send_signal(signal.SIGINT)
    waiter.communicate(timeout=60)
    assert waiter.returncode != 0
    assert len(hidden(tmp_path)) == 2
    other.end()
    assert hidden(tmp_path) == []
