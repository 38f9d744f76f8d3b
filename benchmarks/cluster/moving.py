"""What it costs to move blocks from process to process: seconds of the processor for a GB, by each transport of Dask.

One process sends blocks of rows to another one, as workers do, and each takes the time of its processor. The first
blocks do not count: a virtual machine has no pages for them yet.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from w2v.training.cluster.block import Block
from w2v.training.cluster.dask.local_sockets import SCHEME, address_of

__all__ = ["BLOCKS", "Moved", "move", "print_moving"]

ROOT = Path(__file__).parents[2]
CERTIFICATE = ROOT / "tests" / "loopback.pem"  # with its key
TRANSPORTS = {
    "Unix sockets, as workers of one machine": SCHEME,
    "TCP, without encryption": "tcp",
    "TCP with TLS, as a cluster": "tls",
}
ROWS, WIDTH = 64_000, 304  # of a block: 78 MB
BLOCKS = 40  # of a round
BEFORE = 10  # blocks that do not count


@dataclass(frozen=True)
class Moved:
    """Seconds of the processor for a GB."""

    sent: float
    received: float


def print_moving(rounds: int, blocks: int) -> None:
    """Print the seconds of the processor for a GB, sent and received, with each transport in turn."""
    print("| " + " | ".join(("a GB that moves", "sent, CPU s", "received, CPU s")) + " |\n| --- | ---: | ---: |")
    found: dict[str, list[Moved]] = {name: [] for name in TRANSPORTS}
    for _ in range(rounds):
        for name, scheme in TRANSPORTS.items():
            found[name].append(move(scheme, blocks))
    for name, values in found.items():
        sent, received = ([getattr(each, which) for each in values] for which in ("sent", "received"))
        print(f"| {name} | {_range(sent)} | {_range(received)} |")


def _range(values: list[float]) -> str:
    low, high = (f"{value:.2f}" for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def move(scheme: str, blocks: int) -> Moved:
    """Send so many blocks from one process to another. scheme: of the transport's addresses."""
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        receiver = multiprocessing.get_context("spawn").Process(target=_receive, args=(scheme, folder, theirs))
        receiver.start()
        theirs.close()  # else nobody would learn that the receiver has ended
        try:
            sent = asyncio.run(_send(scheme, ours.recv(), blocks))
            received = ours.recv()
        finally:
            receiver.kill()
            receiver.join()
    size = blocks * ROWS * WIDTH * 4 / 1e9
    return Moved(sent / size, received / size)


def _receive(scheme: str, folder: str, told: Connection) -> None:
    """Listen, tell at which address, receive blocks, and tell how long that took of the processor."""
    asyncio.run(_receive_all(scheme, folder, told))


async def _receive_all(scheme: str, folder: str, told: Connection) -> None:
    from distributed.comm.core import listen

    ended = asyncio.Event()

    async def handle(comm: Any) -> None:
        began, number = 0.0, 0
        while (message := await comm.read())["block"] is not None:
            assert len(message["block"].rows) == ROWS
            number += 1
            if number == BEFORE:
                began = time.process_time()
            await comm.write("OK")
        told.send(time.process_time() - began)
        await comm.close()
        ended.set()

    start: Any = listen
    address = address_of(Path(folder, "socket")) if scheme == SCHEME else f"{scheme}://127.0.0.1:0"
    async with start(address, handle, **_security().get_listen_args("worker")) as listener:
        told.send(listener.contact_address)
        await ended.wait()


async def _send(scheme: str, address: str, blocks: int) -> float:
    """Send blocks; return how long that took of the processor."""
    from distributed.comm.core import connect
    from distributed.protocol.serialize import Serialize

    start: Any = connect
    to_serialize: Any = Serialize
    comm = await start(address, **_security().get_connection_args("worker"))
    block = Block.zeros(ROWS, WIDTH)
    block.rows[:] = 1
    began = 0.0
    for number in range(BEFORE + blocks):
        if number == BEFORE:
            began = time.process_time()
        await comm.write({"block": to_serialize(block)})
        assert await comm.read() == "OK"
    spent = time.process_time() - began
    await comm.write({"block": None})
    await comm.close()
    return spent


def _security() -> Any:
    from distributed.security import Security

    roles, file = ("client", "scheduler", "worker"), str(CERTIFICATE)
    keys = {f"tls_{role}_{kind}": file for role in roles for kind in ("key", "cert")}
    make: Any = Security
    return make(require_encryption=False, tls_ca_file=file, **keys)
