"""The bytes that a connected socket carries in an event loop, received straight into the memory where they belong.

What the bytes mean, and who is connected: local_sockets.py.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

__all__ = ["SMALL", "Stream"]

SMALL = 1 << 16  # bytes: what is smaller is sent and received together with what comes next
AT_ONCE = 1 << 23  # bytes that are moved before the event loop does something else
KERNEL = 1 << 18  # bytes that the system keeps between two processes: more no longer fit into the processor's cache


class Stream:
    """The bytes that a connected socket carries, in the event loop that is running when the stream is made."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            with suppress(OSError):  # the system allows less
                connection.setsockopt(socket.SOL_SOCKET, option, KERNEL)
        self._socket, self._number = connection, connection.fileno()
        self._loop = asyncio.get_running_loop()
        self._ahead = memoryview(bytearray(SMALL))  # what was received beyond what was asked for: [_first:_last]
        self._first = self._last = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._is_closed = False

    async def receive(self, memory: memoryview) -> None:
        """Fill memory with the bytes that come next. Raises OSError where they do not come."""
        filled = self._take(memory)
        while filled < len(memory):
            if len(memory) - filled >= SMALL:
                filled += await self._receive(memory[filled:], len(memory) - filled)
            else:
                self._first, self._last = 0, await self._receive(self._ahead, len(memory) - filled)
                filled += self._take(memory[filled:])

    def _take(self, memory: memoryview) -> int:
        """Copy what was received already; return how many bytes."""
        size = min(len(memory), self._last - self._first)
        memory[:size] = self._ahead[self._first : self._first + size]
        self._first += size
        return size

    async def _receive(self, memory: memoryview, least: int) -> int:
        """Receive at least so many bytes into memory; return how many."""
        received = 0

        def receive_some() -> bool:
            nonlocal received
            pause = received + AT_ONCE
            while received < min(least, pause):
                try:
                    size = self._socket.recv_into(memory[received : received + AT_ONCE])
                except BlockingIOError:
                    return False
                if not size:
                    raise ConnectionAbortedError("the connection was closed by the other process")
                received += size
            return received >= least

        await self._until(receive_some, self._loop.add_reader, self._loop.remove_reader)
        return received

    async def send(self, pieces: Sequence[memoryview]) -> None:
        """Hand all pieces over to the system. Raises OSError."""
        left = deque(pieces)

        def send_some() -> bool:
            sent = 0
            while left and sent < AT_ONCE:
                try:
                    size = self._socket.send(left[0][:AT_ONCE])
                except BlockingIOError:
                    return False
                sent += size
                if size == len(left[0]):
                    left.popleft()
                else:
                    left[0] = left[0][size:]
            return not left

        await self._until(send_some, self._loop.add_writer, self._loop.remove_writer)

    async def _until(self, step: Callable[[], bool], add: Callable[..., None], remove: Callable[[int], object]) -> None:
        """Take a step now, and whenever the socket is ready, until a step returns that it was the last one."""
        if self._is_closed:
            raise ConnectionAbortedError("the connection is closed")
        if step():
            return
        ended: asyncio.Future[None] = self._loop.create_future()

        def go_on() -> None:
            if ended.done():
                return
            try:
                if step():
                    ended.set_result(None)
            except OSError as error:
                ended.set_exception(error)

        add(self._number, go_on)
        self._waiting.add(ended)
        try:
            await ended
        finally:
            self._waiting.discard(ended)
            if not self._is_closed:  # else another socket may have this number
                remove(self._number)

    def is_closed(self) -> bool:
        """Return whether the connection has ended. Also notices that the other process has closed it meanwhile."""
        if not self._is_closed and not self._waiting and self._first == self._last:
            try:
                is_open = bool(self._socket.recv(1, socket.MSG_PEEK))
            except BlockingIOError:
                is_open = True
            except OSError:
                is_open = False
            if not is_open:
                self.close()
        return self._is_closed

    def close(self) -> None:
        """Close the socket; whoever waits gets ConnectionAbortedError."""
        if self._is_closed:
            return
        self._is_closed = True
        self._loop.remove_reader(self._number)
        self._loop.remove_writer(self._number)
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for each in self._waiting:
            if not each.done():
                each.set_exception(ConnectionAbortedError("the connection is closed"))

    def close_later(self) -> None:
        """Close the socket from any thread."""
        if self._loop.is_closed():
            self._socket.close()
        elif not self._is_closed:
            self._loop.call_soon_threadsafe(self.close)
