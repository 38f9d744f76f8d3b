"""Dask over Unix sockets: all messages arrive, every broken connection is noticed, and nobody else can connect."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
import struct
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v.errors import SettingsError

pytest.importorskip("distributed")

import dask
from distributed import Client
from distributed.comm import connect, listen
from distributed.comm.core import Comm, CommClosedError
from distributed.protocol import to_serialize

from w2v.training.cluster.block import Block
from w2v.training.cluster.dask import local_sockets
from w2v.training.cluster.dask.local_sockets import (
    SCHEME,
    LocalScheduler,
    LocalWorker,
    address_of,
    no_certificates,
    socket_folder,
)
from w2v.training.cluster.dask.loggers import quiet
from w2v.training.cluster.dask.own_workers import OwnWorkers
from w2v.training.cluster.dask.scheduler import NOTHING_SEEN
from w2v.training.cluster.graph import Stuck


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A private folder with a short path, and a name that is no part of an address."""
    tmp_path.chmod(0o700)
    with socket_folder(tmp_path) as found:
        inner = found / "50%:é #"
        inner.mkdir(mode=0o700)
        yield inner


@asynccontextmanager
async def connected(folder: Path, handle: Callable[[Comm], Awaitable[None]]):
    """A connection to a listener that calls a function with the other end of it."""
    async with listen(address_of(folder / "a"), handle) as listener:
        assert listener.contact_address == address_of(folder / "a")
        comm = await connect(listener.contact_address)
        try:
            yield comm
        finally:
            comm.abort()


async def echo(comm: Comm) -> None:
    while True:
        message = await comm.read()
        await comm.write({"back": to_serialize(message["there"])})


def course(steps: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(steps(), 20))


@pytest.mark.parametrize(
    "sizes",
    [[0], [1], [0, 5, 0], [65_535], [65_536], [1 << 20, 0, 3, 1 << 20, 7], [3] * 2_000, [20_000] * 50],
    ids=lambda sizes: f"{len(sizes)}x{sizes[0]}",
)
def test_frames_of_every_size_arrive(folder: Path, sizes: list[int]) -> None:
    async def steps() -> None:
        arrays = [np.arange(size, dtype=np.uint8) for size in sizes]
        async with connected(folder, echo) as comm:
            await comm.write({"there": to_serialize(arrays)})
            back = (await comm.read())["back"]
        assert len(back) == len(arrays)
        for one, other in zip(back, arrays, strict=True):
            np.testing.assert_array_equal(one, other)

    course(steps)


def test_more_arrives_than_dask_would_send_in_one_piece(folder: Path) -> None:
    sent = bytes(range(250)) * 280_000  # 70 MB, not on a boundary of 8 MB

    async def check(comm: Comm) -> None:
        message = await comm.read()
        await comm.write(message["there"] == sent)

    async def steps() -> None:
        async with connected(folder, check) as comm:
            await comm.write({"there": to_serialize(sent)})
            assert await comm.read() is True

    course(steps)


def test_rows_are_received_on_a_boundary_and_may_be_changed(folder: Path) -> None:
    async def steps() -> None:
        block = Block.of(np.ones((3_000, 64), dtype=np.float32))
        async with connected(folder, echo) as comm:
            for _ in range(3):
                await comm.write({"there": to_serialize(block)})
                block = (await comm.read())["back"]
                assert block.rows.ctypes.data % 64 == 0
                assert block._first == 48, "the rows were moved after they were received"
                block = block.take()
                block.rows[:] += 1
        assert (block.rows == 4).all()

    course(steps)


def test_many_small_messages_keep_their_order(folder: Path) -> None:
    async def steps() -> None:
        async with connected(folder, echo) as comm:
            writing = asyncio.gather(*(comm.write({"there": number}) for number in range(500)))
            assert [(await comm.read())["back"] for _ in range(500)] == list(range(500))
            await writing

    course(steps)


def test_whoever_waits_learns_that_the_other_process_has_closed(folder: Path) -> None:
    async def leave(comm: Comm) -> None:
        await comm.read()
        await comm.close()

    async def steps() -> None:
        async with connected(folder, leave) as comm:
            assert not comm.closed()
            await comm.write("go")
            with pytest.raises(CommClosedError):
                await comm.read()
            assert comm.closed()
            with pytest.raises(CommClosedError):
                await comm.write("gone")
        async with connected(folder, leave) as comm:
            await comm.write("go")
            await asyncio.sleep(0.05)
            assert comm.closed(), "nobody has read since it was closed"
        async with connected(folder, leave) as comm:
            waiting = asyncio.create_task(comm.read())
            await asyncio.sleep(0)
            comm.abort()
            with pytest.raises(CommClosedError):
                await waiting

    course(steps)


@pytest.mark.parametrize("sent", [struct.pack("Q", 2)[:5], struct.pack("QQQ", 2, 10, 100_000) + bytes(50_000)])
def test_a_process_that_dies_in_the_middle_of_a_message_is_noticed(folder: Path, sent: bytes) -> None:
    async def die(comm: Any) -> None:
        await comm._stream.send([memoryview(sent)])
        comm.abort()

    async def steps() -> None:
        async with connected(folder, die) as comm:
            with pytest.raises(CommClosedError):
                await comm.read()
            assert comm.closed()

    course(steps)


@pytest.mark.parametrize("what", ["read", "write"])
def test_a_cancelled_message_ends_the_connection(folder: Path, what: str) -> None:
    async def idle(comm: Comm) -> None:
        await asyncio.sleep(60)

    async def steps() -> None:
        large = to_serialize(np.zeros(5_000_000, dtype=np.uint8))  # more than the system takes at once
        async with connected(folder, idle) as comm:
            task = asyncio.create_task(comm.read() if what == "read" else comm.write(large))
            await asyncio.sleep(0.05)
            assert not task.done()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert comm.closed()

    course(steps)


def test_a_message_that_was_cancelled_before_it_began_breaks_no_other(folder: Path) -> None:
    async def steps() -> None:
        large = np.zeros(3_000_000, dtype=np.uint8)
        async with connected(folder, echo) as comm:
            first = asyncio.create_task(comm.write({"there": to_serialize(large)}))
            second = asyncio.create_task(comm.write({"there": 2}))
            await asyncio.sleep(0)
            second.cancel()
            assert len((await comm.read())["back"]) == len(large)
            await first
            assert second.cancelled()
            assert not comm.closed()

    course(steps)


def test_a_connection_that_nobody_keeps_is_closed(folder: Path) -> None:
    async def steps() -> None:
        ended = asyncio.Event()

        async def until_closed(comm: Comm) -> None:
            with pytest.raises(CommClosedError):
                await comm.read()
            ended.set()

        async with listen(address_of(folder / "a"), until_closed):
            await connect(address_of(folder / "a"))
            await ended.wait()

    course(steps)


def test_a_socket_of_a_dead_process_is_replaced_and_removed_at_the_end(folder: Path) -> None:
    path = folder / "a"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(os.fsencode(path))

    async def steps() -> None:
        with pytest.raises(CommClosedError, match="nobody listens"):  # at once: it never comes back
            await connect(address_of(path))
        async with listen(address_of(path), echo):
            await (await connect(address_of(path))).close()
            with pytest.raises(OSError, match="in use"):
                await listen(address_of(path), echo)
        assert not path.exists()
        with pytest.raises(CommClosedError, match="nobody listens"):
            await connect(address_of(path))

    course(steps)


def test_a_folder_that_others_can_enter_is_refused(folder: Path) -> None:
    async def steps() -> None:
        async with listen(address_of(folder / "a"), echo):
            folder.chmod(0o755)
            with pytest.raises(CommClosedError, match="is open to other users"):
                await connect(address_of(folder / "a"))
            with pytest.raises(CommClosedError, match="is open to other users"):
                await listen(address_of(folder / "b"), echo)

    course(steps)


def test_where_the_path_is_too_long_or_open_or_no_text_a_short_private_folder_is_made(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    long = tmp_path / ("x" * 120)
    long.mkdir(mode=0o700)
    open_one = tmp_path / "open"
    open_one.mkdir(mode=0o755)
    no_text = tmp_path / "\udcff"  # a byte that is no UTF-8, or any other letter where Python reads names as ASCII
    no_text.mkdir(mode=0o700)
    for usual in (long, open_one, no_text):
        with socket_folder(usual) as found:
            assert found.parent == local_sockets.SHORT
            assert stat.S_IMODE(found.stat().st_mode) == 0o700
        assert not found.exists()


def test_a_system_without_unix_sockets_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_sockets, "SHORT", tmp_path / "none")
    with pytest.raises(SettingsError, match="none can be made in") as caught, socket_folder(tmp_path / "lost"):
        pass
    assert caught.value.hint
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(SettingsError, match="which this system does not have") as caught, socket_folder(tmp_path):
        pass
    assert "--deterministic" in str(caught.value.hint)


def inodes(kind: str) -> set[str]:
    """The listening sockets of this process."""
    listening, state, inode = {"tcp": ("0A", 3, 9), "tcp6": ("0A", 3, 9), "unix": ("00010000", 3, 6)}[kind]
    lines = [line.split() for line in Path(f"/proc/self/net/{kind}").read_text().splitlines()[1:]]
    there = {f"socket:[{line[inode]}]" for line in lines if line[state] == listening}
    return there & {os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()}


@pytest.mark.skipif(not Path("/proc/self/net/unix").exists(), reason="looks into /proc")
def test_a_cluster_listens_on_private_sockets_alone_whatever_dasks_settings_say(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates = {"distributed.comm.require-encryption": True, "distributed.comm.tls.ca-file": "missing.pem"}
    before = [inodes(kind) for kind in ("tcp", "tcp6", "unix")]

    async def steps() -> None:
        options = {"host": address_of(folder / "s"), "dashboard": False, "security": no_certificates()}
        async with LocalScheduler(**options) as scheduler:
            names = [address_of(folder / name) for name in ("1", "2")]
            settings = {"nthreads": 1, "security": no_certificates(), "local_directory": str(folder), "memory_limit": 0}
            async with (
                LocalWorker(scheduler.address, host=names[0], **settings) as first,
                LocalWorker(scheduler.address, host=names[1], **settings) as second,
                Client(
                    scheduler.address, security=no_certificates(), asynchronous=True, set_as_default=False
                ) as client,
            ):
                assert [first.address, second.address] == names
                assert scheduler.address == f"{SCHEME}://{address_of(folder / 's').partition('://')[2]}"
                large = client.submit(np.zeros, 200_000, workers=[names[0]])
                moved = client.submit(len, large, workers=[names[1]])
                assert await moved == 200_000
                assert first.transfer_outgoing_bytes_total >= 1_600_000
                assert sum(each["total"] for each in second.transfer_incoming_log) >= 1_600_000
                after = [inodes(kind) for kind in ("tcp", "tcp6", "unix")]
                assert after[:2] == before[:2], "something listens on the network"
                assert len(after[2]) == len(before[2]) + 3
        assert not list(folder.glob("[s12]"))

    with dask.config.set(certificates):
        course(steps)


def test_workers_of_a_run_begin_anew_where_their_temporary_files_were_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    workers, before = OwnWorkers(1), list(sys.path)
    workers.open()
    try:
        added = [path for path in sys.path if path not in before]
        assert [Path(path).is_relative_to(workers._folder) for path in added] == [True] * len(added)
        assert stat.S_IMODE(workers._folder.stat().st_mode) == 0o700
        workers.tend(NOTHING_SEEN)
        assert workers._scheduler is not None
        workers._scheduler.unlink()
        with pytest.raises(Stuck, match="were removed"):
            workers.tend(NOTHING_SEEN)
    finally:
        workers.close()
    assert not workers._folder.exists()


def test_dask_is_silent_until_the_last_of_several_runs_has_ended() -> None:
    logger = logging.getLogger("distributed")
    before = logger.level
    first, second = quiet(), quiet()
    first()
    assert logger.level > logging.CRITICAL
    second()
    assert logger.level == before


def test_the_run_keeps_no_connection_to_a_worker_that_was_replaced() -> None:
    workers = OwnWorkers(1)
    client = workers.open()
    address = address_of(workers._folder / "0-1")

    async def answered() -> list[int]:
        async with listen(address, echo):
            comm = await client.rpc.connect(address)
            client.rpc.reuse(address, comm)
            before = client.rpc.open
            workers._forget("0-1")
            await asyncio.sleep(0.05)
            assert comm.closed()
            return [before, client.rpc.open]

    try:
        before, after = client.sync(answered)
    finally:
        workers.close()
    assert after == before - 1
