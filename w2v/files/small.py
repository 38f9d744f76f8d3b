"""Reading small files that people write (settings, manifests, word lists, results), as text, TOML or JSON.

The caller says which class of error to raise for a file that is missing, too large (a device has no end), in another
encoding, or made to exhaust the parser. Files of vectors and of text are larger, and are read in pieces elsewhere
(w2v/formats, w2v/text).
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from w2v.errors import W2VError

__all__ = ["MOST", "parse_toml", "read_json", "read_small", "text_of"]

MOST = 1 << 24  # bytes; the largest evaluation set has 1.2 MB
MOST_TOML = 1 << 19
MOST_PARTS = 32
# tomllib's time grows with the square of a dotted key's parts: `a.a.a.…` over a megabyte would take hours.
_LONG_KEY = r"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){%d}""" % MOST_PARTS  # noqa: UP031


def read_small(path: str | os.PathLike[str], failure: type[W2VError], *, hint: str = "check the path") -> bytes:
    """Return the bytes of a file or pipe. Raises `failure` where it cannot be read, or has more than MOST bytes."""
    target = Path(path)
    try:
        with target.open("rb") as file:
            data = file.read(MOST + 1)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise failure(f"cannot read {target}: {reason}", hint=hint) from error
    if len(data) > MOST:
        raise failure(
            f"{target} has more than {MOST:,} bytes, which no such file has", hint="check that it is the right file"
        )
    return data


def text_of(data: bytes, path: str | os.PathLike[str], failure: type[W2VError], encoding: str = "utf-8") -> str:
    """Decode bytes, without a byte order mark. Raises `failure`, naming the first byte that is wrong or NUL."""
    nul = data.find(b"\0")
    if nul >= 0:
        raise failure(f"{path}: byte {nul:,} is NUL, which no text holds", hint="if it is UTF-16: iconv -f UTF-16")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise failure(
            f"{path} is not {encoding.upper()}, at byte {error.start:,} (0x{data[error.start]:02x})",
            hint=f"convert it: iconv -f ENCODING -t {encoding.upper()}",
        ) from error


def parse_toml(data: bytes, path: str | os.PathLike[str], failure: type[W2VError], *, hint: str) -> dict[str, Any]:
    """Parse TOML in UTF-8. Raises `failure` for anything else, and for tables and keys nested beyond any use."""
    import tomllib  # here, because most commands find no such file

    text = text_of(data, path, failure)
    if len(data) > MOST_TOML:
        raise failure(f"{path} has more than {MOST_TOML:,} bytes, which no such file has", hint=hint)
    if re.search(_LONG_KEY, text):
        raise failure(f"{path} has a key of more than {MOST_PARTS} parts", hint=hint)
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise failure(f"{path}: its tables or lists are nested too deeply", hint=hint) from error
    except ValueError as error:
        raise failure(f"{path} is not TOML: {error}", hint=hint) from error


def read_json(path: str | os.PathLike[str], failure: type[W2VError], *, hint: str) -> Any:
    """Read a file of JSON. Raises `failure` for anything else."""
    text = text_of(read_small(path, failure), path, failure)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise failure(f"{path}: its lists or objects are nested too deeply", hint=hint) from error
    except ValueError as error:
        raise failure(f"{path} is not JSON: {error}", hint=hint) from error
