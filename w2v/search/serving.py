"""`w2v search --serve`: the page of page.py for the browser of this computer, and for nobody else.

The server listens on the loopback address only. It answers GET for one path. The header Host must name this
computer: otherwise a page from the web could have its own name point here, and read documents (DNS rebinding). Nothing
that a request says is written anywhere.
"""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from w2v.errors import OutputError, SettingsError, W2VError
from w2v.search.hits import Hits
from w2v.search.page import page_of, policy
from w2v.search.scoring import MODES, Mode
from w2v.search.searching import SearchIndex

__all__ = ["LOOPBACK", "SearchServer"]

LOOPBACK = "127.0.0.1"
NAMES = (LOOPBACK, "localhost")
PATIENCE = 10.0  # seconds that a browser may take to send its request
LONGEST = 1_000  # characters of a query


class SearchServer(ThreadingHTTPServer):
    """Answers a browser on this computer. `serve_forever` serves; `server_close` ends it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, index: SearchIndex, port: int, *, n: int, mode: Mode) -> None:
        """port: 0 takes a free one. n: hits on a page. mode: the one that is chosen at first.

        Raises OutputError where the port cannot be taken.
        """
        self.index, self.n, self.mode = index, n, mode
        self.modes: tuple[Mode, ...] = ("words",) if index.vectors is None else MODES
        self._lock = Lock()
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise OutputError(
                f"cannot listen on port {port} of this computer: {reason.lower()}",
                hint="choose another one: --port 0 takes any that is free",
            ) from error

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """Return the address of the page."""
        return f"http://{LOOPBACK}:{self.port}/"

    @property
    def hosts(self) -> frozenset[str]:
        """What the header Host of a request may say."""
        bare = NAMES if self.port == 80 else ()
        return frozenset([*bare, *(f"{name}:{self.port}" for name in NAMES)])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no failure."""

    def answer(self, query: str, mode: str) -> str:
        """Return the page for a query, which may be empty."""
        chosen: Mode = next((each for each in self.modes if each == mode), self.modes[0])
        found: Hits | None = None
        error: W2VError | None = None
        if query.strip():
            try:
                if len(query) > LONGEST:
                    raise SettingsError(f"the query is longer than {LONGEST:,} characters", hint="ask for less at once")
                with self._lock:
                    found = self.index.search(query, self.n, mode=chosen)
            except W2VError as failure:
                error = failure
        shown = query[:LONGEST]
        return page_of(self.index.name, len(self.index), self.modes, query=shown, mode=chosen, found=found, error=error)


class _Handler(BaseHTTPRequestHandler):
    server: SearchServer
    server_version, sys_version = "w2v", ""
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            self._send(HTTPStatus.MISDIRECTED_REQUEST, f"This page is at {self.server.address} only.\n", with_body)
            return
        asked = urlsplit(self.path)
        if asked.path != "/" or asked.netloc:
            self._send(HTTPStatus.NOT_FOUND, "There is nothing here.\n", with_body)
            return
        try:
            fields = parse_qs(asked.query, max_num_fields=10, errors="replace")
        except ValueError:
            self._send(HTTPStatus.BAD_REQUEST, "These are too many fields.\n", with_body)
            return
        query, mode = fields.get("q", [""])[0], fields.get("mode", [self.server.mode])[0]
        page = self.server.answer(query, mode)
        self._send(HTTPStatus.OK, page, with_body, "text/html; charset=utf-8")

    def _send(self, status: HTTPStatus, text: str, with_body: bool, kind: str = "text/plain; charset=utf-8") -> None:
        data = text.encode(errors="replace")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", policy())
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.end_headers()
        if with_body:
            self.wfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Of a request that is none, or no GET: one line, which repeats nothing of the request."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            code = HTTPStatus.METHOD_NOT_ALLOWED
        self.close_connection = True
        self._send(HTTPStatus(code), "Only GET is answered here.\n", True)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Queries are nobody's business, so nothing is logged."""
