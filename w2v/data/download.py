"""Download one file over https, and go on where an earlier attempt stopped. What is downloaded is decided by fetch.py.

The SHA-256 and the size of the file are known beforehand ("pinned"). No more bytes than that are read, and the file
gets its final name only if its SHA-256 is right. Until then, the bytes are in `.NAME.part` in the same folder; the next
attempt, at the same address or another, asks for the rest. The lengths, ranges and types that a server states are never
trusted, and data that a server compresses for the transfer are not unpacked.
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

CHUNK = 1 << 20  # bytes
SILENCE = 30.0  # seconds without an answer or a byte, after which an attempt ends
SLOW, PATIENCE = 1_000, 60.0  # fewer bytes a second than SLOW, after PATIENCE seconds, end an attempt
REDIRECTIONS = 5
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class Pin:
    """What a file must be: its SHA-256 in hexadecimal digits, and its size in bytes (if not `exact`, at most that).

    is_beginning: what an address has may be longer; the first `size` bytes of it are the file.
    """

    sha256: str
    size: int
    exact: bool
    is_beginning: bool = False


class _RefusedError(Exception):
    """The file could not be downloaded from this address; the text says why."""


def download(name: str, target: Path, urls: Sequence[str], pin: Pin, progress: Progress) -> None:
    """Download `target` from the first of `urls` that delivers it.

    The folder of `target` must exist, and the caller must hold the lock of `target` (w2v.files.whole.locked). Raises
    `DataError`, with the problem of each address, and `OutputError` if the disk fails. The bytes that have arrived are
    kept for the next attempt, unless they are wrong.
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
    resumed = f"{kept:,} bytes have arrived, and the next attempt goes on from there; " if kept else ""
    raise DataError(
        f"cannot download {name}: {'; '.join(refusals)}",
        hint=f"{resumed}check the connection, or download the file yourself and name its folder with --data-dir; "
        f"the sha256 of the file is {pin.sha256}",
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _fetch_one(session: Session, url: str, part: Path, target: Path, pin: Pin, progress: Progress) -> None:
    """Try to download from one address; try twice if the first bytes came from an earlier attempt and were wrong."""
    for _ in range(2):
        had = _append(session, url, part, target, pin, progress)
        with naming(target, pin.size), part.open("r+b") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == pin.sha256:
                publish(file, part, target)
                return
            part.unlink()
        if not had:
            break
    raise _RefusedError(f"the sha256 of what arrived is not the pinned {pin.sha256}")


def _append(session: Session, url: str, part: Path, target: Path, pin: Pin, progress: Progress) -> int:
    """Download the rest of `part`; return how many bytes of it were there before."""
    progress.phase(f"fetching {_shown(url)}", pin.size, "bytes")
    with naming(target, pin.size), open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+b") as file:
        had = file.seek(0, os.SEEK_END)
        if had >= pin.size if pin.exact else had > pin.size:
            if had == pin.size:
                return had  # the file is whole: the last run was killed before it could check the hash
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
    """Append the bytes of the answer to the file, up to the pinned size; later bytes are not read."""
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
        raise _RefusedError(f"stopped after {file.tell():,} of {pin.size:,} bytes")


def _chunks(response: Response) -> Iterator[bytes]:
    """Yield the bytes as the server sends them; if the server compresses them, the check of the hash will fail."""
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
    """Refuse an answer at once if its stated length is too large, or is not that of the file."""
    claim = response.headers.get("Content-Length", "")
    if claim.isascii() and claim.isdigit() and len(claim) < 20:
        wrong = int(claim) != left if pin.exact else int(claim) > left
        if wrong and not (pin.is_beginning and int(claim) > left):
            raise _RefusedError(f"offers {int(claim):,} bytes instead of {left:,}: the file there is a different one")


@contextlib.contextmanager
def _answer(session: Session, url: str, had: int) -> Iterator[Response]:
    """Request the file from byte `had` on; give the answer: status 206 and these bytes, or 200 and the whole file."""
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
    raise AssertionError("the second request is for the whole file")


def _follow(session: Session, url: str, headers: dict[str, str]) -> Response:
    """Request an address and follow redirections; each new address is checked before it is requested."""
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
    """Return what went wrong in a few words; the messages of `requests` name its classes, and the address twice."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"no answer within {SILENCE:g} seconds"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "the connection was lost"
