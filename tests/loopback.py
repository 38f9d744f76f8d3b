"""A server on loopback, over TLS, that lies in every way a download may meet. Not here: what w2v makes of it.

`Loopback(data)` serves the same data at /honest and, in one way or another wrongly, at the other names of `WAYS`. The
client must trust CERTIFICATE: requests does where REQUESTS_CA_BUNDLE names it.
"""

from __future__ import annotations

import contextlib
import gzip
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

CERTIFICATE = Path(__file__).with_name("loopback.pem")
Way = Callable[["Handler", bytes], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        way = self.path.strip("/").split("/")[0]
        self.server.asked.append((way, self.headers.get("Range")))
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client has had enough
            WAYS[way](self, self.server.data)

    def answer(self, status: int, *lines: tuple[str, object]) -> None:
        self.send_response(status)
        for name, value in lines:
            self.send_header(name, str(value))
        self.send_header("Connection", "close")
        self.end_headers()

    @property
    def start(self) -> int:
        """Where the client wants to go on."""
        return int((self.headers.get("Range") or "bytes=0-")[6:-1])

    def send_from(self, start: int, data: bytes, *, claim: int | None = None) -> None:
        """`claim`: where the answer says that it begins."""
        if start or claim:
            place = f"bytes {start if claim is None else claim}-{len(data) - 1}/{len(data)}"
            self.answer(206, ("Content-Range", place), ("Content-Length", len(data) - start))
        else:
            self.answer(200, ("Content-Length", len(data)))
        self.wfile.write(data[start:])

    def log_message(self, *_: Any) -> None:
        pass


def honest(handler: Handler, data: bytes) -> None:
    handler.send_from(handler.start, data)


def chunked(handler: Handler, data: bytes) -> None:
    handler.answer(200, ("Transfer-Encoding", "chunked"))
    for start in range(0, len(data), 1000):
        part = data[start : start + 1000]
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
    handler.wfile.write(b"0\r\n\r\n")


def without_ranges(handler: Handler, data: bytes) -> None:
    handler.send_from(0, data)


def range_of_something_else(handler: Handler, data: bytes) -> None:
    """Whatever is asked for: the beginning, under the name of the rest."""
    if handler.start:
        handler.answer(
            206,
            ("Content-Range", f"bytes {handler.start}-{len(data) - 1}/{len(data)}"),
            ("Content-Length", len(data) - handler.start),
        )
        handler.wfile.write(data[: len(data) - handler.start])
    else:
        handler.send_from(0, data)


def another_range(handler: Handler, data: bytes) -> None:
    if handler.start:
        handler.send_from(handler.start, data, claim=handler.start - 1)
    else:
        handler.send_from(0, data)


def no_such_range(handler: Handler, data: bytes) -> None:
    if handler.start:
        handler.answer(416, ("Content-Range", f"bytes */{len(data)}"), ("Content-Length", 0))
    else:
        handler.send_from(0, data)


def half(handler: Handler, data: bytes) -> None:
    """Breaks off in the middle of what it has announced."""
    start = handler.start
    handler.answer(
        206 if start else 200, ("Content-Range", f"bytes {start}-9/10"), ("Content-Length", len(data) - start)
    )
    handler.wfile.write(data[start : (start + len(data)) // 2])


def half_of_unknown(handler: Handler, data: bytes) -> None:
    """The end of the connection is the end of the file, and comes too soon."""
    handler.answer(200)
    handler.wfile.write(data[: len(data) // 2])


def other_bytes(handler: Handler, data: bytes) -> None:
    handler.send_from(handler.start, bytes(len(data)))


def longer(handler: Handler, data: bytes) -> None:
    handler.send_from(0, data + b"!")


def endless(handler: Handler, data: bytes) -> None:
    """The file, again and again, which begins as the file does."""
    handler.answer(200)
    while True:
        handler.wfile.write(data)


def endless_zeros(handler: Handler, data: bytes) -> None:
    handler.answer(200, ("Content-Length", len(data)))
    while True:
        handler.wfile.write(bytes(1 << 16))


def absurd_length(handler: Handler, data: bytes) -> None:
    handler.answer(200, ("Content-Length", "9" * 30))
    handler.wfile.write(data)


def page(handler: Handler, data: bytes) -> None:
    text = b"<!doctype html><title>Sign in</title>"
    handler.answer(200, ("Content-Type", "text/html"), ("Content-Length", len(text)))
    handler.wfile.write(text)


def bomb(handler: Handler, data: bytes) -> None:
    packed = gzip.compress(bytes(1 << 24))
    handler.answer(200, ("Content-Encoding", "gzip"), ("Content-Length", len(packed)))
    handler.wfile.write(packed)


def packed(handler: Handler, data: bytes) -> None:
    """The right file, packed on the way, though nobody asked for that."""
    body = gzip.compress(data)
    handler.answer(200, ("Content-Encoding", "gzip"), ("Content-Length", len(body)))
    handler.wfile.write(body)


def silent(handler: Handler, data: bytes) -> None:
    handler.answer(200, ("Content-Length", len(data)))
    handler.wfile.write(data[: len(data) // 3])
    handler.server.closing.wait(20)


def slow(handler: Handler, data: bytes) -> None:
    handler.answer(200, ("Content-Length", len(data)))
    for byte in data:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.02)


def nonsense(handler: Handler, data: bytes) -> None:
    handler.wfile.write(b"\x00\xff" * 500)


def nothing(handler: Handler, data: bytes) -> None:
    pass


def answering(status: int) -> Way:
    return lambda handler, data: handler.answer(status, ("Content-Length", 0))


def leading(place: str) -> Way:
    """`{}` is the server itself, {host} the same under another name."""

    def redirect(handler: Handler, data: bytes) -> None:
        port = handler.server.server_port
        where = place.format(f"localhost:{port}", host=f"127.0.0.1:{port}")
        handler.answer(302, ("Location", where), ("Content-Length", 0))

    return redirect


WAYS: dict[str, Way] = {
    **{
        way.__name__: way
        for way in (
            honest,
            chunked,
            without_ranges,
            range_of_something_else,
            another_range,
            no_such_range,
            half,
            half_of_unknown,
            other_bytes,
            longer,
            endless,
            endless_zeros,
            absurd_length,
            page,
            bomb,
            packed,
            silent,
            slow,
            nonsense,
            nothing,
        )
    },
    "absent": answering(404),
    "broken": answering(500),
    "led": leading("/honest"),
    "led_to_another_host": leading("https://{host}/honest"),
    "led_to_http": leading("http://{}/honest"),
    "led_to_a_file": leading("file:///etc/passwd"),
    "led_in_a_circle": leading("/led_in_a_circle"),
    "led_nowhere": leading("https://localhost:1/honest"),
}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = data
        self.asked: list[tuple[str, str | None]] = []
        self.closing = threading.Event()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(CERTIFICATE)

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        return self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class Loopback:
    """The server, as long as the block lasts. `asked`: what it was asked for, and the ranges."""

    def __init__(self, data: bytes) -> None:
        self.server = Server(data)
        self.asked = self.server.asked
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def url(self, way: str) -> str:
        return f"https://localhost:{self.server.server_port}/{way}/fox.zip"

    def __enter__(self) -> Loopback:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.server.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
