"""One file over https: at most its pinned size, under its name only with its pinned sha256, resumed where it broke off.

Not here: which file, and from where (fetch.py). What has come so far waits in `.NAME.part` beside the final place; the
next attempt, at the same address or another, asks for the rest. Nothing that a server says is believed: lengths, ranges
and types are claims, and what is compressed on the way is not unpacked.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import responses
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

from w2v.errors import DataError
from w2v.files.whole import check_writable, naming, publish
from w2v.progress import Progress
from w2v.version import __version__

if TYPE_CHECKING:
    from requests import Response, Session

__all__ = ["Pin", "download"]

CHUNK = 1 << 20
SILENCE = 30.0  # seconds without an answer, or without a byte, that end an attempt
SLOW, PATIENCE = 1_000, 60.0  # bytes a second; for so many seconds
REDIRECTIONS = 5
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class Pin:
    """What a file must be: its SHA-256 in hex, and bytes that it has, or that it has at most (`exact` or not)."""

    sha256: str
    size: int
    exact: bool


class _RefusedError(Exception):
    """Why an address has not given the file."""


def download(name: str, target: Path, urls: Sequence[str], pin: Pin, progress: Progress) -> None:
    """Fetch `target` from the first of `urls` that gives it; it is on the disk when this returns.

    Its folder exists, and no other process does the same (w2v.files.whole.locked). Raises `DataError`, with what each
    address said, and `OutputError` for the disk; what has come by then is kept for the next time, unless it is wrong.
    """
    import requests

    part = target.with_name(f".{target.name}.part")
    refusals = []
    check_writable(target, pin.size - _size(part))
    try:
        with requests.Session() as session:
            for url in urls:
                try:
                    _fetch_one(session, url, part, target, pin, progress)
                except _RefusedError as refusal:
                    refusals.append(f"{url}: {refusal}")
                else:
                    return
    finally:
        kept = _size(part)
        if not kept:
            part.unlink(missing_ok=True)
    resumed = f"{kept:,} bytes are here already, and the next attempt goes on from there; " if kept else ""
    raise DataError(
        f"cannot download {name}: {'; '.join(refusals)}",
        hint=f"{resumed}check the connection, or fetch it yourself and name its folder with --data-dir; "
        f"its sha256 is {pin.sha256}",
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _fetch_one(session: Session, url: str, part: Path, target: Path, pin: Pin, progress: Progress) -> None:
    """One attempt at one address, or two where the first one's beginning came from elsewhere and does not fit."""
    for _ in range(2):
        had = _append(session, url, part, target, pin, progress)
        with naming(target, pin.size), part.open("r+b") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == pin.sha256:
                publish(file, part, target)
                return
            part.unlink()
        if not had:
            break
    raise _RefusedError(f"what arrived has another sha256 than the pinned {pin.sha256}")


def _append(session: Session, url: str, part: Path, target: Path, pin: Pin, progress: Progress) -> int:
    """Bring `part` to its end; returns how many bytes of it were there before."""
    progress.phase(f"fetching {_shown(url)}", pin.size, "bytes")
    with naming(target, pin.size), open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+b") as file:
        had = file.seek(0, os.SEEK_END)
        if had >= pin.size if pin.exact else had > pin.size:
            if had == pin.size:
                return had  # whole already: the last run was killed before it could look
            had = file.truncate(0)
        with _answer(session, url, had) as response:
            if response.status_code != 206:
                had = 0
            file.seek(had)
            file.truncate()
            _check_length(response, pin.size - had, pin)
            _copy(response, file, pin, progress)
        return had


def _copy(response: Response, file: BinaryIO, pin: Pin, progress: Progress) -> None:
    """Append the answer's bytes as they come, up to the pinned size; what a server sends after that is not read."""
    began, first = time.monotonic(), file.tell()
    try:
        for chunk in _chunks(response):
            file.write(chunk[: pin.size - file.tell()])
            progress.update(file.tell())
            if file.tell() == pin.size:
                return
            seconds = time.monotonic() - began
            if seconds > PATIENCE and file.tell() - first < SLOW * seconds:
                raise _RefusedError(f"sends fewer than {SLOW:,} bytes a second")
    finally:
        file.flush()
    if pin.exact:
        raise _RefusedError(f"broke off after {file.tell():,} of {pin.size:,} bytes")


def _chunks(response: Response) -> Iterator[bytes]:
    """The bytes as they are sent; whoever packs them on the way has sent another file."""
    from urllib3.exceptions import HTTPError

    while True:
        try:
            chunk = response.raw.read1(CHUNK, decode_content=False)
        except (HTTPError, OSError, ValueError) as error:
            raise _RefusedError(_reason(error)) from error
        if not chunk:
            return
        yield chunk


def _check_length(response: Response, left: int, pin: Pin) -> None:
    """Refuse at once what says that it is too long, or has another length than the file."""
    claim = response.headers.get("Content-Length", "")
    if claim.isascii() and claim.isdigit() and len(claim) < 20:
        wrong = int(claim) != left if pin.exact else int(claim) > left
        if wrong:
            raise _RefusedError(f"has {int(claim):,} bytes to send instead of {left:,}: the file there is another one")


@contextlib.contextmanager
def _answer(session: Session, url: str, had: int) -> Iterator[Response]:
    """The answer to a request for the file from byte `had` on: 206 and that, or 200 and all of it."""
    import requests

    asked = {"User-Agent": f"w2v/{__version__}", "Accept-Encoding": "identity"}
    for start in (had, 0):
        wanted = asked | {"Range": f"bytes={start}-"} if start else asked
        try:
            response = _follow(session, url, wanted)
        except requests.RequestException as error:
            raise _RefusedError(_reason(error)) from error
        with response:
            status = response.status_code
            place = RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if status == 200 or (status == 206 and start and place is not None and int(place[1]) == start):
                yield response
                return
            if not start:
                raise _RefusedError(f"answers {status} {responses.get(status, '')}".rstrip())
    raise AssertionError("the second request asks for all")


def _follow(session: Session, url: str, headers: dict[str, str]) -> Response:
    """Where redirections lead; each is looked at before it is followed."""
    for _ in range(REDIRECTIONS + 1):
        if urlsplit(url).scheme != "https":
            raise _RefusedError(f"leads to {_shown(url)}, which is not https")
        response = session.get(url, headers=headers, stream=True, allow_redirects=False, timeout=SILENCE)
        if not response.is_redirect:
            return response
        response.close()
        url = urljoin(url, response.headers["Location"])
    raise _RefusedError(f"is redirected more than {REDIRECTIONS} times")


def _shown(url: str) -> str:
    return ascii(url[:200])[1:-1]


def _reason(error: BaseException) -> str:
    """In a few words: what requests says names its own classes and the address twice."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"no answer within {SILENCE:g} seconds"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "the connection broke off"
