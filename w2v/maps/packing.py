"""Arrays as a page holds them: raw deflate in base 64, each in an element of its own that no browser runs.

A word takes about 45 bytes: its place (two uint16), ten neighbours (two bytes each, three where there are more than
65,536 words), ten similarities (the first as a byte, then how much each is less than the one before), its group, its
count and its letters. Near words that are not on the map come in addition. Bytes of one kind stand together, because
that deflates better.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import F64, I64, U8, U16
from w2v.maps.beyond import Beyond

__all__ = ["WIDE", "Points", "packed", "unpacked"]

WIDE = 65_535
"""The largest coordinate."""

STEPS = 255  # of a similarity between 0 and 1
ELEMENT = re.compile(r'<script type="application/octet-stream" id="data-(\w+)">([A-Za-z0-9+/=]*)</script>')
FACTS = re.compile(r'<script type="application/json" id="facts">(.*?)</script>', re.DOTALL)
LONGEST = 1 << 26  # bytes of an array: a page is a file like any other, and may be made to exhaust the memory
SURROGATE = re.compile("[\ud800-\udfff]")


class Points(NamedTuple):
    """The words of a page, all arrays in the order of `words` [N].

    positions: float64 [N, 2]. labels: int64 [N], the number of the group of each word, from 1 to 255. neighbours,
    similarities: the nearest words by number, and their cosines, int64 and float64 [N, k]. counts: int64 [N] or None.
    beyond: near words that are not among these.
    """

    words: Sequence[str]
    positions: F64
    labels: I64
    neighbours: I64
    similarities: F64
    counts: I64 | None
    beyond: Beyond


def packed(points: Points) -> dict[str, str]:
    """Return what a page holds, by name, each deflated and in base 64."""
    arrays = {
        "positions": places_of(points.positions).tobytes(),
        "groups": points.labels.astype(np.uint8).tobytes(),
        "words": _text(list(points.words)),
        "neighbours": planes_of(points.neighbours).tobytes(),
        "similarities": steps_of(points.similarities).tobytes(),
        "counts": _text([] if points.counts is None else points.counts.tolist()),
        "others": _text(list(points.beyond.words)),
        "beyond": lists_of(points.beyond).tobytes(),
    }
    return {name: _deflated(data) for name, data in arrays.items()}


def places_of(positions: F64) -> U16:
    """Return positions [N, 2] in whole steps; the longer side of the map has 65,535, and y grows downwards."""
    moved = (positions - positions.min(axis=0)) * (1, -1)
    moved[:, 1] -= moved[:, 1].min()
    longest = moved.max()
    whole: U16 = np.rint(moved * (WIDE / longest if longest > 0 else 0.0)).astype("<u2")
    return whole


def planes_of(neighbours: I64) -> U8:
    """Return numbers of neighbours [N, k] as bytes: all low bytes, then the next ones, [b, N, k]; b is 2 or 3."""
    planes = 2 if len(neighbours) <= 1 << 16 else 3
    return np.stack([(neighbours >> 8 * plane & 255).astype(np.uint8) for plane in range(planes)])


def steps_of(similarities: F64) -> U8:
    """Return similarities [N, k] in steps of 1/255, column by column: the first, then the falls, [k, N]."""
    whole = np.rint(similarities.clip(0.0, 1.0) * STEPS).astype(np.int64)
    falls = np.concatenate([whole[:, :1], whole[:, :-1] - whole[:, 1:]], axis=1)
    return np.ascontiguousarray(falls.T.astype(np.uint8))


def lists_of(beyond: Beyond) -> U8:
    """Return the near words that are not on the map as bytes: sizes [N], numbers in three planes [n], cosines [n]."""
    planes = [(beyond.numbers >> 8 * plane & 255).astype(np.uint8) for plane in range(3)]
    cosines = np.rint(beyond.similarities.clip(0.0, 1.0) * STEPS).astype(np.uint8)
    return np.concatenate([beyond.sizes.astype(np.uint8), *planes, cosines])


def unpacked(page: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the facts and the arrays of a page. Raise `ValueError` where it is no page of a map."""
    facts = FACTS.search(page)
    if facts is None:
        raise ValueError("it is no page of a map")
    arrays = {name: _inflated(data) for name, data in ELEMENT.findall(page)}
    return json.loads(facts[1]), arrays


def _text(values: list[Any]) -> bytes:
    """Return JSON as UTF-8; halves of characters, which UTF-8 cannot hold, are escaped."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def _deflated(data: bytes) -> str:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(squeezer.compress(data) + squeezer.flush()).decode()


def _inflated(data: str) -> bytes:
    opener = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = opener.decompress(base64.b64decode(data, validate=True), LONGEST)
    except zlib.error as error:
        raise ValueError("it is damaged") from error
    if not opener.eof:
        raise ValueError("it is damaged")
    return found
