"""The values that a pickle is read into (pickled.py): records of objects, names, and arrays as views of the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from w2v.arrays import Array
from w2v.formats.pickled_names import SCALARS

__all__ = [
    "Name",
    "PickleError",
    "Record",
    "RefusedError",
    "array_in",
    "array_of_buffer",
    "array_of_state",
    "code_of",
    "said",
    "scalar_of",
    "with_order",
]

MOST_AXES = 8
Old = Callable[[tuple[Any, ...]], bytes]


class PickleError(ValueError):
    """The pickle is damaged, or holds something else than was expected. The text says what, as a clause."""


class RefusedError(PickleError):
    """The pickle asks for what is never done. The text says what, as a clause."""


class Record:
    """An object of a class that a pickle names: what the pickle says of the object, and nothing that could run.

    name: the name of the class or function, "module name". arguments: what it was to be called with. state: the
    attributes by name, or whatever else the pickle gives the object. array: its values, where it is an array of numpy.
    """

    __slots__ = ("arguments", "array", "name", "state")

    def __init__(self, name: str, arguments: tuple[Any, ...] = ()) -> None:
        self.name, self.arguments = name, arguments
        self.state: Any = None
        self.array: Array | None = None

    def attribute(self, name: str) -> Any:
        """Return an attribute, or None where there is none."""
        return self.state.get(name) if isinstance(self.state, dict) else None

    def has(self, name: str) -> bool:
        """Return whether the object has an attribute that is not None."""
        return self.attribute(name) is not None


class Name:
    """A name on the stack: a class or function that is named and not called."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def array_in(value: Any) -> Array | None:
    """Return the array of numpy that a value is; None where it is none."""
    return value.array if isinstance(value, Record) else None


def scalar_of(arguments: tuple[Any, ...], old: Old) -> Any:
    """Return the number that numpy's `scalar` is called for."""
    if len(arguments) != 2:
        raise PickleError("a number of numpy is not described")
    data = old((arguments[1], "latin1")) if type(arguments[1]) is str else arguments[1]
    found = _of_bytes(_dtype(arguments[0]), data, ())
    return None if found is None else found.item()


def array_of_state(state: Any, old: Old) -> Array | None:
    """Return the array that an array of numpy is given as its state; None for an array of objects.

    old: makes bytes of the texts that Python 2 had for bytes.
    """
    if type(state) is not tuple or len(state) != 5 or type(state[3]) not in (bool, int):
        raise PickleError("an array of numpy is not described")
    data = old((state[4], "latin1")) if type(state[4]) is str else state[4]
    return _of_bytes(_dtype(state[2]), data, state[1], by_columns=bool(state[3]))


def array_of_buffer(arguments: tuple[Any, ...]) -> Array | None:
    """Return the array that numpy's `_frombuffer` is called for."""
    if len(arguments) != 4 or arguments[3] not in ("C", "F"):
        raise PickleError("an array of numpy is not described")
    data, dtype, shape, order = arguments
    return _of_bytes(_dtype(dtype), data, shape, by_columns=order == "F")


def _of_bytes(dtype: np.dtype[Any] | None, data: Any, shape: Any, *, by_columns: bool = False) -> Array | None:
    """A view of bytes as an array; None for an array of objects, which no vectors need."""
    if dtype is None:
        return None
    if type(data) not in (bytes, memoryview):
        raise PickleError("the values of an array of numpy are no bytes")
    if type(shape) is not tuple or len(shape) > MOST_AXES or not all(_is_size(size) for size in shape):
        raise PickleError("an array of numpy has an impossible shape")
    size = dtype.itemsize
    for each in shape:
        size *= each
    if size != len(data):
        raise PickleError(f"an array of the shape {shape} takes {size:,} bytes, and has {len(data):,}")
    if not size:
        return np.empty(0, dtype)
    found: Array = np.frombuffer(data, dtype).reshape(shape, order="F" if by_columns else "C")
    return found


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 40


def said(called: Any) -> str:
    """Return how a message names what is called."""
    return repr(called.text.replace(" ", ".")) if isinstance(called, Name) else "what is no name"


def code_of(arguments: tuple[Any, ...]) -> str:
    """Return the code of a type of numpy, as f4. Raises PickleError for what is no plain number."""
    code = arguments[0] if arguments else None
    code = SCALARS.get(code.text, "") if isinstance(code, Name) else code
    code = code if type(code) is str else ""
    if not re.fullmatch(r"[<>=|]?(f[248]|[iu][1248]|b1|O8?|O4)", code):
        raise PickleError(f"an array of numpy holds {code!r:.40}, which is no plain number")
    return code.lstrip("<>=|")


def with_order(code: Any, state: Any) -> str:
    """Return the code of a type with the order of its bytes, which stands in its state."""
    order = state[1] if type(state) is tuple and len(state) >= 2 else None
    if order not in ("<", ">", "|", "=") or any(state[2:5]):
        raise PickleError("a type of numpy is not described")
    return f"{order.strip('|=')}{str(code).lstrip('<>=|')}"


def _dtype(value: Any) -> np.dtype[Any] | None:
    """The type that a value describes; None for objects."""
    if isinstance(value, Name):
        code = SCALARS.get(value.text, "")
    else:
        code = value.state if isinstance(value, Record) and value.name == "numpy dtype" else ""
    if not code:
        raise PickleError("an array of numpy has no type")
    return None if "O" in code else np.dtype(code)
