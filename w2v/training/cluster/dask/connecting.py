"""The connection to a scheduler of Dask that others have started: its address, and why a connection is refused."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import socket
import ssl
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from w2v.errors import ClusterError, SettingsError

__all__ = ["address_of", "connect"]

PROTOCOLS = ("tls", "tcp")
HOST_AND_PORT = re.compile(r"[^/\s]+:\d+")
SECONDS = 20  # in which a scheduler must answer
START = "start one: dask scheduler --dashboard-address 127.0.0.1:0; docs/cluster.md says how"


def address_of(given: str, *, insecure: bool) -> str:
    """Return the address that is given, or that a scheduler file says. Raises SettingsError where it cannot be used."""
    address = given if "://" in given else _read(Path(given))
    protocol, _, rest = address.partition("://")
    host, colon, port = rest.rpartition(":")
    if protocol not in PROTOCOLS:
        raise SettingsError(
            f"{address}: {protocol}:// cannot be used", hint="give tls://HOST:8786, or a scheduler file"
        )
    if not colon or not host or not port.isdecimal():
        raise SettingsError(f"{address}: it has no port", hint=f"give {protocol}://HOST:8786")
    if protocol == "tcp" and not insecure and not _is_loopback(host.strip("[]")):
        raise SettingsError(
            f"{address}: tcp:// has no certificates, so whoever reaches that port can run anything as you",
            hint="use tls:// (docs/cluster.md), or add --insecure in a network that you trust",
        )
    return address


def connect(address: str) -> Any:
    """Return a client of a scheduler. Raises SettingsError or ClusterError, each with one line that says why not."""
    import dask.config
    import distributed

    dask_distributed: Any = distributed
    if address.startswith("tcp:") and dask.config.get("distributed.comm.require-encryption", None):
        raise SettingsError(
            f"{address}: the settings of Dask want certificates everywhere (require-encryption)",
            hint=f"give tls{address[3:]}, or change these settings (docs/cluster.md)",
        )
    host, _, port = address.partition("://")[2].rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS).close()  # Dask would try for long
        with ThreadPoolExecutor(1) as thread:  # this thread may have a running loop, as in a notebook
            kind = thread.submit(asyncio.run, asyncio.wait_for(_identity(address), SECONDS)).result()
    except (OSError, TypeError, ValueError, TimeoutError) as error:
        raise _refused(address, error) from error
    if kind != "Scheduler":
        raise SettingsError(
            f"{address}: that is a worker of Dask, and not its scheduler ({kind})",
            hint="give the scheduler's address, which 'dask scheduler' shows when it starts",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other versions: checks.py says it better
        try:
            return dask_distributed.Client(address, timeout=SECONDS, set_as_default=False, direct_to_workers=False)
        except (OSError, TypeError, ValueError, TimeoutError) as error:
            raise _refused(address, error) from error


async def _identity(address: str) -> str:
    """Return what somebody says to be who listens at an address: "Scheduler" or "Worker"."""
    from distributed.core import rpc
    from distributed.security import Security

    make: Any = Security
    dask_rpc: Any = rpc
    arguments = make().get_connection_args("client")
    async with dask_rpc(address, connection_args=arguments) as other:
        told = await other.identity()
    return str(told.get("type"))


def _read(path: Path) -> str:
    """Return the address that a scheduler file says. Raises SettingsError."""
    try:
        address = json.loads(_beginning(path))["address"]
    except FileNotFoundError as error:
        if HOST_AND_PORT.fullmatch(str(path)):
            raise SettingsError(
                f"{path}: it does not begin with the protocol",
                hint=f"give tls://{path}, or tcp://{path} where the scheduler has no certificates",
            ) from error
        raise SettingsError(
            f"{path}: there is no such file, and it is no address", hint="give tls://HOST:8786, or a scheduler file"
        ) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"{path}: it cannot be read ({reason})", hint="give the file of 'dask scheduler'"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path}: it is no scheduler file",
            hint="make one: dask scheduler --scheduler-file FILE; or give an address",
        ) from error
    return str(address)


def _beginning(path: Path) -> bytes:
    """Return what a small file holds: the given one may be large, and something else."""
    with path.open("rb") as file:
        return file.read(1 << 24)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refused(address: str, error: BaseException) -> SettingsError | ClusterError:
    """Return what to raise where a connection could not be made."""
    causes = [error]
    while (deeper := causes[-1].__cause__) is not None:
        causes.append(deeper)
    text = " ".join(map(str, causes))
    where = "the settings of Dask, distributed.comm.tls, name them (docs/cluster.md)"
    if "ssl_context" in text:
        return SettingsError(f"{address}: tls:// needs certificates, and none are set", hint=where)
    if "WRONG_VERSION_NUMBER" in text:
        return SettingsError(f"{address}: the scheduler there has no TLS", hint="start it with --protocol tls")
    if isinstance(error, FileNotFoundError) or any(isinstance(each, FileNotFoundError) for each in causes):
        return SettingsError(f"{address}: a file with a certificate is missing", hint=where)
    if "certificate" in text.lower() or any(isinstance(each, ssl.SSLError) for each in causes) or "SSL" in text:
        reason = next((str(each) for each in causes if isinstance(each, ssl.SSLError)), str(error)).rpartition("] ")[2]
        if "EOF" in reason or "alert" in reason:
            reason = "the scheduler there does not accept ours"
        return SettingsError(f"{address}: a certificate was refused: {reason.partition(' (_ssl')[0]}", hint=where)
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return ClusterError(f"{address}: nobody listens there", hint=START)
    if any(isinstance(each, ConnectionResetError) for each in causes):
        cure = "give tls:// where the scheduler wants certificates" if address.startswith("tcp:") else START
        return ClusterError(f"{address}: the connection was closed at once", hint=cure)
    if type(causes[-1]).__name__ == "gaierror":
        return SettingsError(f"{address}: there is no host of that name", hint="check the name, or give its number")
    reason = next((str(each)[:200] for each in reversed(causes) if str(each)), "")
    if isinstance(error, TimeoutError) or not reason or "Timed out" in reason:
        return ClusterError(f"{address}: no scheduler of Dask answers there", hint=f"check the address, or {START}")
    return ClusterError(f"{address}: no connection: {reason}", hint=START)
