"""A transport of Dask over Unix sockets: processes of one machine talk through files in a folder of their user alone.

Whoever can reach a scheduler of Dask can run anything as its user, and every user of a machine can connect to ports of
its loopback interface. Nobody else can enter a folder of mode 0700, so a socket in it needs neither a certificate nor
encryption, and no process listens on the network.

A message begins with the number of its frames and the size of each, 8 bytes every number; then the frames follow. A
large frame is received straight into memory of its own, where the rows of a `Block` lie on a boundary of 64 bytes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import struct
import sys
import weakref
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import numpy as np
from distributed import Scheduler, Security, Worker
from distributed.comm import utils
from distributed.comm.core import BaseListener, Comm, CommClosedError, Connector, FatalCommClosedError
from distributed.comm.registry import Backend, backends
from distributed.utils import ensure_memoryview

from w2v.errors import OutputError, SettingsError
from w2v.files.whole import temporary_folder
from w2v.pages import zeros
from w2v.training.cluster.block import BEFORE, LINE
from w2v.training.cluster.dask.stream import SMALL, Stream

__all__ = ["SCHEME", "LocalScheduler", "LocalWorker", "address_of", "no_certificates", "socket_folder"]

SCHEME = "w2v-unix"  # of addresses: w2v-unix://PATH, where PATH is quoted as in a URL
HOST = "local-sockets"  # what Dask takes for the name of the machine
SHORT = Path("/tmp")  # where a private folder with a short path is made
LONGEST = "x" * 12  # a name that is at least as long as those of sockets: system calls take paths of 103 bytes
NO_SPLIT = 1 << 62  # bytes: no frame is cut into pieces, which would be put together by a copy
WAITING = 1024  # connections that wait to be accepted
PAUSE = 1.0  # seconds until connections are accepted again, where this process may open no more files
FLUSH = 2.0  # seconds for the rest of a message, when its connection is closed
_numbers = count(1)
_to_frames: Any = utils.to_frames  # they have no annotations
_from_frames: Any = utils.from_frames


def address_of(path: Path) -> str:
    """Return the address of a socket."""
    return f"{SCHEME}://{quote(os.fsencode(path))}"


def _path_of(location: str) -> Path:
    """Return the path of a socket. location: an address without its scheme; Dask may have added a port to it."""
    return Path(os.fsdecode(unquote_to_bytes(location.removesuffix(":0"))))


@contextmanager
def socket_folder(usual: Path) -> Iterator[Path]:
    """Yield a folder for sockets, and for other files of Dask: the usual one, or one in /tmp.

    The usual one is not taken where its path is too long or no text, where others can enter it, or where its file
    system has no sockets. Raises SettingsError where no folder of this system can hold sockets.
    """
    hint = "train without --workers: --deterministic gives the same bytes, with --threads"
    if not hasattr(socket, "AF_UNIX"):
        raise SettingsError("--workers needs Unix sockets, which this system does not have", hint=hint)
    if _holds_sockets(usual):
        yield usual
        return
    with ExitStack() as stack:
        folder = None
        with suppress(OutputError):
            folder = stack.enter_context(temporary_folder("sockets", SHORT))
        if folder is None or not _holds_sockets(folder):
            raise SettingsError(
                f"workers need Unix sockets, and none can be made in {usual.parent}, nor in {SHORT}",
                hint="set TMPDIR to a folder on a local disk whose path has less than 60 bytes",
            )
        yield folder


def _holds_sockets(folder: Path) -> bool:
    """Return whether processes can connect by sockets in a folder, and nobody else can."""
    path = folder / LONGEST
    name = os.fsencode(path)
    with socket.socket(socket.AF_UNIX) as trial, socket.socket(socket.AF_UNIX) as other:
        try:
            _check_private(folder)
            trial.bind(name)
            trial.listen()
            other.connect(name)
            path.unlink()
            str(folder).encode()  # Dask sends names of folders as text
        except (OSError, UnicodeEncodeError):
            return False
    return True


def _check_private(folder: Path) -> None:
    """Raise CommClosedError where others could have put a socket into a folder, or could connect to one."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise FatalCommClosedError(f"{folder} is open to other users of this machine")


class LocalComm(Comm):
    """A connection of Dask over a Unix socket."""

    def __init__(self, connection: socket.socket, local: str, peer: str, deserialize: bool) -> None:
        self._stream = Stream(connection)
        super().__init__(deserialize=deserialize)
        self._local_addr, self._peer_addr = local, peer  # names that Dask uses, too
        self._writing = asyncio.Lock()
        self._finalizer = weakref.finalize(self, self._stream.close_later)
        self._finalizer.atexit = False

    @property
    def local_address(self) -> str:
        return self._local_addr

    @property
    def peer_address(self) -> str:
        return self._peer_addr

    async def read(self, deserializers: Any = None) -> Any:
        try:
            frames = await self._frames()
        except BaseException as error:
            self._fail(error)
            raise
        try:
            return await _from_frames(frames, self.deserialize, deserializers, self.allow_offload)
        except EOFError as error:
            self.abort()
            raise CommClosedError("a message was damaged on its way") from error

    async def _frames(self) -> list[memoryview]:
        """Receive a message."""
        (number,) = await self._integers(1)
        frames = [_memory(size) for size in await self._integers(number)]
        for frame in frames:
            await self._stream.receive(frame)
        return frames

    async def _integers(self, number: int) -> tuple[int, ...]:
        memory = memoryview(bytearray(8 * number))
        await self._stream.receive(memory)
        return struct.unpack(f"{number}Q", memory)

    async def write(self, msg: Any, serializers: Any = None, on_error: str = "message") -> int:
        context = {"sender": self.local_info, "recipient": self.remote_info, **self.handshake_options}
        frames = await _to_frames(
            msg,
            allow_offload=self.allow_offload,
            serializers=serializers,
            on_error=on_error,
            context=context,
            frame_split_size=NO_SPLIT,
        )
        views = [ensure_memoryview(frame) for frame in frames]
        async with self._writing:
            try:
                await self._stream.send(list(_pieces(views)))
            except BaseException as error:
                self._fail(error)
                raise
        return sum(map(len, views))

    def _fail(self, error: BaseException) -> None:
        """Abort, because nobody knows what of a message has been moved. Raises CommClosedError for an OSError."""
        self.abort()
        if isinstance(error, OSError) and not isinstance(error, CommClosedError):
            raise CommClosedError(f"in {self}: {error}") from error

    async def close(self) -> None:
        if self._writing.locked():
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH), self._writing:
                    pass
        self.abort()

    def abort(self) -> None:
        self._finalizer.detach()
        self._stream.close()

    def closed(self) -> bool:
        return self._stream.is_closed()


def _memory(size: int) -> memoryview:
    """Return memory for a frame of so many bytes. If it begins with a `Block`, the rows lie on a boundary."""
    if size < SMALL:
        return memoryview(bytearray(size))
    first = -BEFORE % LINE
    return zeros(1, (first + size + 3) // 4).matrix.reshape(-1).view(np.uint8)[first : first + size].data


def _pieces(frames: Sequence[memoryview]) -> Iterator[memoryview]:
    """Return a message in pieces to send: its numbers and small frames together, each large frame as it lies."""
    together = bytearray(struct.pack(f"{1 + len(frames)}Q", len(frames), *map(len, frames)))
    for frame in frames:
        if len(frame) < SMALL:
            together += frame
            continue
        if together:
            yield memoryview(together)
            together = bytearray()
        yield frame
    if together:
        yield memoryview(together)


class _LocalListener(BaseListener):
    """Accepts connections to a socket."""

    prefix = f"{SCHEME}://"

    def __init__(
        self, location: str, handle: Callable[[Comm], Awaitable[None]], deserialize: bool, allow_offload: bool
    ) -> None:
        super().__init__()
        self._path = _path_of(location)
        self._handle, self._deserialize, self._allow_offload = handle, deserialize, allow_offload
        self._socket: socket.socket | None = None
        self._loop = asyncio.get_running_loop()
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        _check_private(self._path.parent)
        self._socket = _bound(self._path)
        self._accept_from_now_on()

    def _accept_from_now_on(self) -> None:
        if self._socket is not None:
            self._loop.add_reader(self._socket.fileno(), self._accept)

    def _accept(self) -> None:
        assert self._socket is not None
        for _ in range(WAITING):
            try:
                connection, _ = self._socket.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:  # too many open files
                self._loop.remove_reader(self._socket.fileno())
                self._loop.call_later(PAUSE, self._accept_from_now_on)
                return
            task = self._loop.create_task(self._serve(connection))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

    async def _serve(self, connection: socket.socket) -> None:
        if self._socket is None:  # it was stopped meanwhile
            connection.close()
            return
        peer = f"{self.listen_address}#{next(_numbers)}"
        comm = LocalComm(connection, self.listen_address, peer, self._deserialize)
        comm.allow_offload = self._allow_offload
        with suppress(CommClosedError):
            await self.on_connection(comm)
            await self._handle(comm)

    def stop(self) -> None:
        listening, self._socket = self._socket, None
        if listening is not None:
            self._loop.remove_reader(listening.fileno())
            listening.close()
            with suppress(OSError):
                self._path.unlink()

    @property
    def listen_address(self) -> str:
        return address_of(self._path)

    contact_address = listen_address


def _bound(path: Path) -> socket.socket:
    """Return a socket that listens at a path. What a process that has ended has left there is replaced."""
    name, listening = os.fsencode(path), socket.socket(socket.AF_UNIX)
    try:
        with socket.socket(socket.AF_UNIX) as trial:
            try:
                trial.connect(name)
            except ConnectionRefusedError:
                path.unlink()
            except FileNotFoundError:
                pass
        listening.bind(name)
        listening.listen(WAITING)
        listening.setblocking(False)
    except BaseException:
        listening.close()
        raise
    return listening


class _LocalConnector(Connector):
    """Connects to a socket."""

    async def connect(self, address: str, deserialize: bool = True, **settings: Any) -> LocalComm:
        path = _path_of(address)
        _check_private(path.parent)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.setblocking(False)
            connection.connect(os.fsencode(path))  # at once, or too many are waiting
            local = f"{SCHEME}://#{os.getpid()}-{next(_numbers)}"
            return LocalComm(connection, local, f"{SCHEME}://{address}", deserialize)
        except BaseException as error:
            connection.close()
            refused = isinstance(error, ConnectionRefusedError) and sys.platform == "linux"  # others refuse when busy
            if refused or isinstance(error, FileNotFoundError):  # the process has ended, and never comes back
                raise FatalCommClosedError(f"nobody listens at {path}") from error
            raise


class _LocalBackend(Backend):
    """What Dask asks about addresses of the scheme. location: an address without its scheme."""

    def get_connector(self) -> _LocalConnector:
        return _LocalConnector()

    def get_listener(
        self,
        loc: str,
        handle_comm: Callable[[Comm], Awaitable[None]],
        deserialize: bool,
        allow_offload: bool = True,
        **settings: Any,
    ) -> _LocalListener:
        return _LocalListener(loc, handle_comm, deserialize, allow_offload)

    def get_address_host(self, loc: str) -> str:
        return HOST

    def resolve_address(self, loc: str) -> str:
        return loc

    def get_local_address_for(self, loc: str) -> str:
        path = _path_of(loc).with_name(f"{os.getpid()}-{next(_numbers)}")
        return address_of(path).removeprefix(f"{SCHEME}://")


backends[SCHEME] = _LocalBackend()


class _NoHttp:
    def start_http_server(self, *settings: Any, **named: Any) -> None:
        """Start nothing: it would listen on a port."""


class LocalScheduler(_NoHttp, Scheduler):
    """A scheduler of Dask that listens on a Unix socket only."""


class LocalWorker(_NoHttp, Worker):
    """A worker of Dask that listens on a Unix socket only."""


def no_certificates() -> Any:
    """Return the security of Dask without certificates, whatever its configuration says of other clusters."""
    make: Any = Security
    return make(require_encryption=False, tls_ca_file=None)
