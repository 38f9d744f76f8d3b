"""Bad numpy matrices and bad lists of their words: a name, the bytes, and what the error must say."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from attacks.vector_files import Exploit

__all__ = ["LISTS", "MATRICES", "ROWS", "WORDS", "saved"]

WORDS = b"word0\nword1\nword2\nword3\n"
ROWS = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)


def saved(array: Any) -> bytes:
    """A file as numpy writes it."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def spelt(header: str, data: bytes = ROWS.tobytes()) -> bytes:
    """A file with any header before the data of four rows."""
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\0" + len(text).to_bytes(2, "little") + text + data


def shaped(shape: str, descr: str = "'<f4'", order: str = "False") -> bytes:
    return spelt(f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}")


GOOD = saved(ROWS)
NOT_FINITE = ROWS.copy()
NOT_FINITE[2, 1] = np.nan

MATRICES: list[tuple[str, bytes, str]] = [
    ("mark.npy", b"\x93NUMPY", "no plain matrices"),
    ("cut-header.npy", GOOD[:9], "holds no plain matrix"),
    ("cut.npy", GOOD[:-5], "4 rows of 3 dimensions in 48 bytes, but 43 follow"),
    ("surplus.npy", GOOD + b"x", "in 48 bytes, but 49 follow"),
    ("twice.npy", GOOD + GOOD, "in 48 bytes, but"),
    ("version-0.npy", b"\x93NUMPY\0\0" + GOOD[8:], "no plain matrices"),
    ("version-9.npy", b"\x93NUMPY\x09\0" + GOOD[8:], "no plain matrices"),
    ("long-header.npy", b"\x93NUMPY\x02\0" + b"\xff" * 4 + b"{", "4,294,967,295 bytes"),
    ("rows.npy", shaped("(1000000000000, 3)"), "1,000,000,000,000 rows of 3 dimensions in 12,000,000,000,000 bytes"),
    ("columns.npy", shaped("(4, 1000000000000)"), "but 48 follow"),
    ("digits.npy", shaped(f"({'9' * 5000}, 3)"), "but 48 follow"),
    ("no-rows.npy", saved(np.empty((0, 3), np.float32)), "the shape (0, 3)"),
    ("no-columns.npy", saved(np.empty((4, 0), np.float32)), "the shape (4, 0)"),
    ("scalar.npy", saved(np.float32(1)), "the shape ()"),
    ("flat.npy", saved(ROWS.reshape(-1)), "the shape (12,)"),
    ("cube.npy", saved(ROWS.reshape(2, 2, 3)), "the shape (2, 2, 3)"),
    ("negative.npy", shaped("(-4, 3)"), "no plain matrix"),
    ("objects.npy", saved(np.array([[Exploit()]], dtype=object)), "holds Python objects"),
    ("objects-renamed.npy", saved(np.array([[Exploit()]], dtype=object)).replace(b"'|O'", b"'<O'"), "Python objects"),
    ("integers.npy", saved(np.eye(4, 3, dtype=np.int64)), "numbers of the type '<i8'"),
    ("complex.npy", saved(np.eye(4, 3, dtype=np.complex64)), "numbers of the type '<c8'"),
    ("texts.npy", saved(np.array([["a", "b"]])), "numbers of the type '<U1'"),
    ("fields.npy", saved(np.zeros(4, dtype=[("x", "f4")])), "no plain matrix"),
    ("float80.npy", shaped("(4, 3)", "'<f10'"), "numbers of the type '<f10'"),
    ("no-order.npy", spelt("{'descr': '<f4', 'shape': (4, 3), }"), "header cannot be read"),
    ("order.npy", shaped("(4, 3)", order="'F'"), "header cannot be read"),
    ("no-shape.npy", spelt("{'descr': '<f4', 'fortran_order': False, }"), "header cannot be read"),
    ("list.npy", shaped("[4, 3]"), "no plain matrix"),
    ("code.npy", shaped("__import__('os').getpid()"), "no plain matrix"),
    ("power.npy", shaped("(9**9**9, 3)"), "no plain matrix"),
    ("deep.npy", shaped("(" * 5000 + "4" + ")" * 5000), "no plain matrix"),
    ("blanks.npy", spelt("{" + " " * 16_000 + "'descr'"), "no plain matrix"),
    ("items.npy", spelt("{" + "'a':()," * 2_000), "no plain matrix"),
    ("nan.npy", saved(NOT_FINITE), "row 3 ('word2') holds NaN or infinity; 1 of 4 rows"),
    ("overflow.npy", saved(np.full((4, 3), 1e300)), "4 of 4 rows cannot be used"),
    ("more-rows.npy", saved(np.eye(5, 3, dtype=np.float32)), "lists 4 words, and more-rows.npy has 5 rows"),
    ("fewer-rows.npy", saved(np.eye(3, 3, dtype=np.float32)), "lists 4 words, and fewer-rows.npy has 3 rows"),
]

LISTS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "lists 0 words"),
    ("ends", b"\n\n\n\n", "line 1 is empty"),
    ("short", b"a\nb\nc\n", "lists 3 words, and v.npy has 4 rows"),
    ("cut", WORDS[:-7], "lists 3 words"),
    ("long", WORDS + b"word4\n", "lists 5 words, and v.npy has 4 rows"),
    ("named", b"word\n" + WORDS, "lists 5 words"),
    ("gap", b"a\n\nc\nd\n", "line 2 is empty"),
    ("latin1", b"caf\xe9\nb\nc\nd\n", "line 1 is not UTF-8"),
    ("utf16", "a\nb\nc\nd\n".encode("utf-16"), "lists 5 words"),
    ("endless", b"a\nb\nc\n" + b"x" * 66_000 + b"\n", "line 4 is longer than 65,536 bytes"),
    ("huge", b"x" * 3_000_000, "too long for a list of 4 words"),
]
