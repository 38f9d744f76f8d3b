"""Two users of one machine: nothing of the other is read or run, nothing of the other is lost, and a line says why.

The first user is root, the second is nobody (65534). What the second user does begins as root, because only root may be
able to read this Python: one process imports everything by runs of its own, and its children become the second user for
good.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from w2v.cli import main

if not hasattr(os, "geteuid") or os.geteuid():
    pytest.skip("only root can become another user", allow_module_level=True)

SECOND = 65534
TRAIN = "train c.txt --threads 1 --epochs 1 --dim 8 --min-count 1 --sample 0"
TEXT = "a b c d e\nb c a e d\n" * 200
BECOME = f"""
import concurrent.futures.thread, contextlib, ctypes, difflib, io, json, os, shlex, sys, tempfile
from w2v.cli import main
from w2v.kernels.llvm import compilation
def run(line):
    error = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(error):
        code = main(line.split())
    return code, error.getvalue()
for more in ("-o warm.bin", "-o warm.bin", "--cache-dir /proc/nowhere", "-o warm.bin --cache-dir warm"):
    run({TRAIN!r} + " " + more)
run("train --oops")
import numba, numpy
numba.njit(lambda size: numpy.zeros(size).sum())(3)  # what is imported when something is compiled
def as_second(order):
    os.environ |= order["environment"]
    tempfile.tempdir = os.environ["TMPDIR"]
    os.chdir(order["folder"])
    os.setgroups([]); os.setgid({SECOND}); os.setuid({SECOND})
    runs = [run(line) for line in order["lines"]]
    numba.config.CACHE_DIR = ""
    folder, reason = compilation._cache_folder()
    print(json.dumps({{"runs": runs, "kernels": [str(folder), reason]}}), flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child:
        as_second(json.loads(line))
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("the second user's process failed")
"""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """A process of root that has imported everything, and does what it is told as the second user."""
    warm = tmp_path_factory.mktemp("warm")
    (warm / "c.txt").write_text(TEXT)
    environment = {**os.environ, "XDG_CACHE_HOME": str(warm / "home")}
    with subprocess.Popen(
        [sys.executable, "-c", BECOME],
        cwd=warm,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that both users can enter, with a text; the first user's own."""
    folder = Path(tempfile.mkdtemp(prefix="w2v-two-users-"))
    folder.chmod(0o755)
    (folder / "c.txt").write_text(TEXT)
    (folder / "temporary").mkdir()
    (folder / "temporary").chmod(0o1777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "home"))
    monkeypatch.chdir(folder)
    yield folder
    shutil.rmtree(folder)


def as_second(
    ready: subprocess.Popen[str], place: Path, folder: Path, lines: Sequence[str], **environment: str
) -> tuple[list[tuple[int, str]], tuple[str, str]]:
    """Run commands in a folder as the second user; return (exit code, standard error) of each, and the place of
    kernels with the reason for it.
    """
    order = {
        "folder": str(folder),
        "lines": lines,
        "environment": {"XDG_CACHE_HOME": str(place / "nowhere"), "TMPDIR": str(place / "temporary"), **environment},
    }
    assert ready.stdin is not None
    assert ready.stdout is not None
    ready.stdin.write(json.dumps(order) + "\n")
    ready.stdin.flush()
    answer = json.loads(ready.stdout.readline())
    for _, error in answer["runs"]:
        assert "this is a bug" not in error
        assert "Traceback" not in error
    return [tuple(each) for each in answer["runs"]], tuple(answer["kernels"])


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_uid, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


def lines(error: str, beginning: str) -> list[str]:
    kernels = "compiled kernels could not be kept"  # in the folder that the process had when it was root
    return [line for line in error.splitlines() if line.startswith(beginning) and kernels not in line]


def stopped(place: Path) -> Path:
    """A folder with a checkpoint of the first user, made by a run whose output could not be written."""
    assert main([*TRAIN.split(), "-o", "first.bin"]) == 0
    folder = place / "first.bin.checkpoint"
    from w2v.training.checkpoint_file import save_checkpoint

    folder.mkdir(mode=0o700)
    save_checkpoint(folder / "000001.checkpoint", {"settings": {"epochs": 1}}, {"epoch": 0}, {})
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("mode", [0o1777, 0o777])
def test_the_second_user_in_a_folder_of_the_first(ready: subprocess.Popen[str], place: Path, mode: int) -> None:
    """Outputs, checkpoints, locks and caches of the first user lie there."""
    work = place / "work"
    work.mkdir()
    os.chdir(work)
    (work / "c.txt").write_text(TEXT)
    stopped(work)
    assert main([*TRAIN.split(), "-o", "other.bin", "--cache-dir", "cache"]) == 0
    (work / ".third.bin.w2v.lock").write_text("process 1 on elsewhere")
    (work / ".third.bin.00000000-00000000.w2v.tmp").write_text("half")
    work.chmod(mode)
    before = snapshot(work)
    asked = [
        f"{TRAIN} -o first.bin --resume",
        f"{TRAIN} -o first.bin --no-resume",
        f"{TRAIN} -o mine.bin --cache-dir cache",
        f"{TRAIN} -o third.bin",
        f"{TRAIN} -o other.bin",
    ]
    runs, _ = as_second(ready, place, work, asked)
    sticky = bool(mode & 0o1000)
    reason = "cannot write first.bin" if sticky else "the checkpoints in first.bin.checkpoint cannot be used"
    for code, error in runs[:2]:
        assert code in (1, 2)
        assert len(lines(error, f"Error: {reason}")) == 1
    assert runs[2][0] in (1, 2)
    assert "'cache' is not readable" in runs[2][1]
    assert runs[3][0] == 0, runs[3]
    assert (runs[4][0] == 0) == (not sticky)
    if sticky:
        assert lines(runs[4][1], "Error: ") == ["Error: cannot write other.bin: operation not permitted"]
    after = snapshot(work)
    untouched = [name for name in before if sticky or not name.startswith(("other.bin", ".third.bin"))]
    assert {name: after.get(name) for name in untouched} == {name: before[name] for name in untouched}


@pytest.mark.slow
@pytest.mark.parametrize("mode", [0o1777, 0o777])
def test_a_cache_folder_of_both(ready: subprocess.Popen[str], place: Path, mode: int) -> None:
    """The first user's caches are neither read nor replaced by the second, who works on with one warning."""
    shared = place / "shared"
    shared.mkdir()
    os.environ["XDG_CACHE_HOME"] = str(shared)
    assert main([*TRAIN.split(), "-o", "first.bin"]) == 0
    (shared / "w2v" / "kernels").mkdir(mode=0o700)
    before = snapshot(shared)
    assert any(name.endswith(".tokens") for name in before)
    shared.chmod(mode)
    work = place / "work"
    work.mkdir()
    os.chown(work, SECOND, SECOND)
    shutil.copy("c.txt", work)
    runs, (kernels, _) = as_second(ready, place, work, [f"{TRAIN} -o mine.bin"], XDG_CACHE_HOME=str(shared))
    [(code, error)] = runs
    assert code == 0, error
    assert len(lines(error, "Warning: ")) == 1
    assert "until this run ends" in error
    assert (work / "mine.bin").read_bytes() == (place / "first.bin").read_bytes()
    assert snapshot(shared) == before
    assert kernels.startswith((str(place / "temporary"), "None"))


@pytest.mark.slow
@pytest.mark.parametrize("whose", ["folder", "file"])
def test_what_the_second_user_plants_is_not_believed(
    place: Path, whose: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token cache of the right name, whole, of this very text, but of another user: so its words could be any."""
    arguments = [*TRAIN.split(), "--cache-dir", "cache", "--no-resume"]
    assert main([*arguments, "-o", "first.bin"]) == 0
    [cache] = Path("cache").iterdir()
    os.chown("cache" if whose == "folder" else cache, SECOND, SECOND)
    capsys.readouterr()
    before = cache.read_bytes()
    assert main([*arguments, "-o", "second.bin"]) == 0
    error = capsys.readouterr().err
    assert "reusing" not in error
    assert len(lines(error, "Warning: ")) == 1
    assert "belongs to another user" in error
    assert Path("first.bin").read_bytes() == Path("second.bin").read_bytes()
    assert cache.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("whose", ["folder", "file", "all can write"])
@pytest.mark.parametrize("option", ["--resume", "--no-resume"])
def test_checkpoints_that_the_second_user_plants(
    place: Path, whose: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stopped(place)
    if whose == "all can write":
        folder.chmod(0o777)
    else:
        os.chown(folder if whose == "folder" else folder / "000001.checkpoint", SECOND, SECOND)
    before = snapshot(place)
    capsys.readouterr()
    assert main([*TRAIN.split(), "-o", "first.bin", option]) == 2
    error = capsys.readouterr().err
    assert len(lines(error, "Error: the checkpoints in first.bin.checkpoint cannot be used, nor removed")) == 1
    assert snapshot(place) == before


@pytest.mark.slow
def test_a_token_cache_of_another_user_in_a_sticky_folder_stays(ready: subprocess.Popen[str], place: Path) -> None:
    """The second user may not replace it, and goes on without keeping a cache."""
    assert main([*TRAIN.split(), "-o", "first.bin", "--cache-dir", "cache"]) == 0
    Path("cache").chmod(0o1777)
    work = place / "work"
    work.mkdir()
    os.chown(work, SECOND, SECOND)
    shutil.copy("c.txt", work)
    before = snapshot(place / "cache")
    runs, _ = as_second(ready, place, work, [f"{TRAIN} -o mine.bin --cache-dir ../cache"])
    assert runs[0][0] == 0, runs[0]
    assert (work / "mine.bin").read_bytes() == (place / "first.bin").read_bytes()
    assert snapshot(place / "cache") == before
