"""Read the values of a Python pickle without running anything: numbers, texts, lists, dictionaries, arrays and records.

A pickle is a program for a small machine, and one of its instructions calls any function of Python. This file is such a
machine of its own. It knows a fixed list of names (pickled_names.py) and never imports or calls what a pickle names:
objects of classes become a `Record`, which only holds what was said of the object, and arrays of numpy become views of
the bytes of the file. Any other name, and every instruction that needs more, is refused by its name.

Neither the time nor the memory that a pickle takes can be much more than the file is long: lengths are compared with
what is left of the file, whatever is made is counted, and keys of dictionaries are plain.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import Any, Final

from w2v.formats.pickled_names import CALLED, CLASSES, HELD
from w2v.formats.pickled_values import (
    Name,
    PickleError,
    Record,
    RefusedError,
    array_of_buffer,
    array_of_state,
    code_of,
    said,
    scalar_of,
    with_order,
)

__all__ = ["PROTOCOLS", "load"]

PROTOCOLS = tuple(b"\x80" + bytes([number]) for number in range(2, 6))
"""How a pickle begins, in the protocols that gensim has written."""

MOST_ON_THE_STACK = 1 << 20
FREE = 10_000  # values that a pickle of any length may make
BYTES_A_VALUE = 4  # of the file, for each further value: the shortest that a program writes is longer
LONGEST_INTEGER = 255  # bytes
LONGEST_NAME = 200
HASHED = 1 << 60  # a larger integer could be given the hash of many others, which makes a dictionary slow
KEPT_AS_VIEW = 1 << 12  # bytes from which on a piece of the file is not copied
_INTEGER = re.compile(rb"[+-]?\d{1,20}")
_FORBIDDEN = {
    b"P": "PERSID, which asks a program for an object",
    b"Q": "BINPERSID, which asks a program for an object",
    b"\x82": "EXT1, which calls a function by its number",
    b"\x83": "EXT2, which calls a function by its number",
    b"\x84": "EXT4, which calls a function by its number",
    b"i": "INST, which calls a class",
    b"o": "OBJ, which calls a class",
    b"\x92": "NEWOBJ_EX, which calls a class with named arguments",
    b"\x97": "NEXT_BUFFER, whose bytes are outside of the file",
    b"\x98": "READONLY_BUFFER, whose bytes are outside of the file",
}


class _Mark:
    """The beginning of several items on the stack."""


_MARK: Final = _Mark()


def load(data: bytes) -> Any:
    """Return what a pickle holds. Raises `PickleError`."""
    return _Machine(data).run()


class _Machine:
    """The stack, the memo and the place in the file. Each method below the first ones is one instruction."""

    def __init__(self, data: bytes) -> None:
        self.data, self.view = data, memoryview(data)
        self.at = 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.left = FREE + len(data) // BYTES_A_VALUE  # values that may still be made
        self.bytes_left = len(data)  # that calls may still make

    def run(self) -> Any:
        if not self.data.startswith(PROTOCOLS):
            raise PickleError("it does not begin as a pickle of protocol 2 to 5 does")
        self.at = 2
        data, stack, instructions = self.data, self.stack, _INSTRUCTIONS
        while self.at < len(data):
            code = data[self.at]
            self.at += 1
            if code == 0x2E:  # STOP
                return self._result()
            instruction = instructions[code]
            if instruction is None:
                raise self._unknown(code)
            instruction(self)
            if len(stack) > MOST_ON_THE_STACK:
                raise PickleError(f"its stack holds more than {MOST_ON_THE_STACK:,} values")
        raise PickleError("it ends too early")

    def _result(self) -> Any:
        if len(self.stack) != 1 or self.stack[0] is _MARK:
            raise PickleError(f"it leaves {len(self.stack):,} values instead of one")
        if self.at != len(self.data):
            raise PickleError(f"{len(self.data) - self.at:,} bytes follow its end")
        return self.stack[0]

    def _unknown(self, code: int) -> PickleError:
        told = _FORBIDDEN.get(bytes([code]))
        if told:
            return RefusedError(f"it has the instruction {told}")
        return PickleError(f"byte {self.at - 1:,} is no instruction")

    # What the instructions are made of

    def take(self, size: int) -> bytes:
        begin = self.at
        if size > len(self.data) - begin:
            raise PickleError(f"{size:,} bytes are to follow byte {begin:,}, and {len(self.data) - begin:,} do")
        self.at = begin + size
        return self.data[begin : self.at]

    def number(self, form: str, size: int) -> Any:
        return struct.unpack(form, self.take(size))[0]

    def piece(self, size: int) -> bytes | memoryview:
        """The next bytes; a view of the file where they are many."""
        if size < KEPT_AS_VIEW:
            return self.take(size)
        begin = self.at
        if size > len(self.data) - begin:
            raise PickleError(f"{size:,} bytes are to follow byte {begin:,}, and {len(self.data) - begin:,} do")
        self.at = begin + size
        return self.view[begin : self.at]

    def line(self) -> bytes:
        end = self.data.find(b"\n", self.at, self.at + LONGEST_NAME)
        if end < 0:
            raise PickleError(f"a line that begins at byte {self.at:,} has no end")
        found = self.data[self.at : end]
        self.at = end + 1
        return found

    def pop(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise PickleError(f"the instruction at byte {self.at - 1:,} has no value to work on")
        return self.stack.pop()

    def top(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise PickleError(f"the instruction at byte {self.at - 1:,} has no value to work on")
        return self.stack[-1]

    def items(self) -> list[Any]:
        """Take what lies above the last mark off the stack, and the mark."""
        stack = self.stack
        for place in range(len(stack) - 1, -1, -1):
            if stack[place] is _MARK:
                found = stack[place + 1 :]
                del stack[place:]
                return found
        raise PickleError(f"the instruction at byte {self.at - 1:,} has no mark to go back to")

    def make(self, value: Any) -> None:
        """Push a value that takes memory of its own."""
        self.left -= 1
        if self.left < 0:
            raise PickleError("it makes more values than its length allows")
        self.stack.append(value)

    def remember(self, place: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise PickleError("it makes more values than its length allows")
        self.memo[place] = self.top()

    def recall(self, place: int) -> None:
        if place not in self.memo:
            raise PickleError(f"the instruction at byte {self.at - 1:,} asks for value {place:,}, which was never kept")
        self.stack.append(self.memo[place])

    def key(self, value: Any) -> Any:
        """Return a key of a dictionary or an item of a set, which is plain: others could take endless time."""
        if type(value) is str or value is None or type(value) is bool:
            return value
        if type(value) is int and -HASHED < value < HASHED:
            return value
        if type(value) is bytes:
            return value
        raise PickleError("a key of a dictionary or an item of a set is neither a text nor a small number")

    def named(self, module: str, name: str) -> None:
        text = f"{module} {name}"
        if text not in HELD:
            raise RefusedError(f"it names {text.replace(' ', '.')[:LONGEST_NAME]!r}, which vectors do not need")
        self.make(Name(text))

    # Instructions: values

    def none(self) -> None:
        self.stack.append(None)

    def true(self) -> None:
        self.stack.append(True)

    def false(self) -> None:
        self.stack.append(False)

    def integer_of_1_byte(self) -> None:
        self.stack.append(self.take(1)[0])

    def integer_of_2_bytes(self) -> None:
        self.stack.append(self.number("<H", 2))

    def integer_of_4_bytes(self) -> None:
        self.stack.append(self.number("<i", 4))

    def integer_as_text(self) -> None:
        line = self.line()
        if line in (b"00", b"01"):
            self.stack.append(line == b"01")
        elif _INTEGER.fullmatch(line.removesuffix(b"L")):
            self.stack.append(int(line.removesuffix(b"L")))
        else:
            raise PickleError(f"{line[:40]!r} is no number")

    def long_integer(self) -> None:
        self.stack.append(int.from_bytes(self.take(self.take(1)[0]), "little", signed=True))

    def longer_integer(self) -> None:
        size = self.number("<i", 4)
        if not 0 <= size <= LONGEST_INTEGER:
            raise PickleError(f"it has a number of {size:,} bytes")
        self.stack.append(int.from_bytes(self.take(size), "little", signed=True))

    def float_of_8_bytes(self) -> None:
        self.stack.append(self.number(">d", 8))

    def _text(self, size: int) -> None:
        piece = self.take(size)
        try:
            self.stack.append(piece.decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError as error:
            raise PickleError(f"a text before byte {self.at:,} is not UTF-8") from error

    def short_text(self) -> None:
        self._text(self.take(1)[0])

    def text(self) -> None:
        self._text(self.number("<I", 4))

    def long_text(self) -> None:
        self._text(self.number("<Q", 8))

    def short_bytes(self) -> None:
        self.stack.append(self.take(self.take(1)[0]))

    def bytes_(self) -> None:
        self.stack.append(self.piece(self.number("<I", 4)))

    def long_bytes(self) -> None:
        self.stack.append(self.piece(self.number("<Q", 8)))

    def short_old_text(self) -> None:
        """A text of Python 2, where bytes and texts were the same; gensim takes each byte for a letter."""
        self.stack.append(self.take(self.take(1)[0]).decode("latin-1"))

    def old_text(self) -> None:
        size = self.number("<i", 4)
        if size < 0:
            raise PickleError(f"it has a text of {size:,} bytes")
        piece = self.piece(size)
        self.stack.append(piece.decode("latin-1") if isinstance(piece, bytes) else piece)

    # Instructions: what holds values

    def empty_list(self) -> None:
        self.make([])

    def empty_dictionary(self) -> None:
        self.make({})

    def empty_tuple(self) -> None:
        self.stack.append(())

    def empty_set(self) -> None:
        self.make(set())

    def tuple_of_1(self) -> None:
        self.make((self.pop(),))

    def tuple_of_2(self) -> None:
        second, first = self.pop(), self.pop()
        self.make((first, second))

    def tuple_of_3(self) -> None:
        third, second, first = self.pop(), self.pop(), self.pop()
        self.make((first, second, third))

    def tuple_(self) -> None:
        self.make(tuple(self.items()))

    def list_(self) -> None:
        self.make(self.items())

    def dictionary(self) -> None:
        items = self.items()
        self.make({})
        self._put(items)

    def frozen_set(self) -> None:
        self.make(frozenset(map(self.key, self.items())))

    def append(self) -> None:
        value = self.pop()
        self._list().append(value)

    def appends(self) -> None:
        items = self.items()
        self._list().extend(items)

    def _list(self) -> list[Any]:
        found = self.top()
        if type(found) is not list:
            raise PickleError(f"the instruction at byte {self.at - 1:,} appends to what is no list")
        return found

    def set_item(self) -> None:
        value, name = self.pop(), self.pop()
        self._put([name, value])

    def set_items(self) -> None:
        self._put(self.items())

    def _put(self, items: list[Any]) -> None:
        found = self.top()
        if type(found) is not dict or len(items) % 2:
            raise PickleError(f"the instruction at byte {self.at - 1:,} puts items into what is no dictionary")
        key = self.key
        for place in range(0, len(items), 2):
            found[key(items[place])] = items[place + 1]

    def add_items(self) -> None:
        items = self.items()
        found = self.top()
        if type(found) is not set:
            raise PickleError(f"the instruction at byte {self.at - 1:,} adds items to what is no set")
        found.update(map(self.key, items))

    # Instructions: the stack and the memo

    def mark(self) -> None:
        self.stack.append(_MARK)

    def drop(self) -> None:
        if not self.stack:
            raise PickleError(f"the instruction at byte {self.at - 1:,} has no value to work on")
        self.stack.pop()

    def drop_to_mark(self) -> None:
        self.items()

    def twice(self) -> None:
        self.stack.append(self.top())

    def keep_short(self) -> None:
        self.remember(self.take(1)[0])

    def keep(self) -> None:
        self.remember(self.number("<I", 4))

    def keep_next(self) -> None:
        self.remember(len(self.memo))

    def get_short(self) -> None:
        self.recall(self.take(1)[0])

    def get(self) -> None:
        self.recall(self.number("<I", 4))

    def frame(self) -> None:
        size = self.number("<Q", 8)
        if size > len(self.data) - self.at:
            raise PickleError(f"a part of {size:,} bytes is to follow byte {self.at:,}, and the file is shorter")

    # Instructions: names and objects

    def name_in_lines(self) -> None:
        module, name = self.line(), self.line()
        self.named(module.decode("utf-8", "replace"), name.decode("utf-8", "replace"))

    def name_on_the_stack(self) -> None:
        name, module = self.pop(), self.pop()
        if type(name) is not str or type(module) is not str:
            raise PickleError("a name is no text")
        self.named(module, name)

    def object_(self) -> None:
        arguments, called = self.pop(), self.pop()
        if not isinstance(called, Name) or called.text not in CLASSES or type(arguments) is not tuple:
            raise RefusedError(f"it makes an object of {said(called)}, which is no class of gensim's vectors")
        self.make(Record(called.text, arguments))

    def call(self) -> None:
        arguments, called = self.pop(), self.pop()
        if not isinstance(called, Name) or called.text not in CALLED or type(arguments) is not tuple:
            raise RefusedError(f"it calls {said(called)}, and nothing is ever called")
        kind = CALLED[called.text]
        if kind == "bytes":
            self.make(self._bytes_of(arguments))
        elif kind == "dictionary":
            self.make({})
        elif kind == "type":
            made = Record(called.text)
            made.state = code_of(arguments)
            self.make(made)
        elif kind == "scalar":
            self.stack.append(scalar_of(arguments, self._bytes_of))
        elif kind == "buffer":
            made = Record("numpy ndarray")
            made.array = array_of_buffer(arguments)
            self.make(made)
        else:
            self.make(Record("numpy ndarray" if kind == "array" else called.text, arguments))

    def build(self) -> None:
        """Give an object its attributes. Its own way to take them (`__setstate__`) is never asked."""
        state, made = self.pop(), self.top()
        if not isinstance(made, Record):
            raise PickleError(f"the instruction at byte {self.at - 1:,} gives attributes to what is no object")
        if made.name == "numpy dtype":
            made.state = with_order(made.state, state)
        elif made.name == "numpy ndarray":
            made.array = array_of_state(state, self._bytes_of)
        else:
            made.state = state

    def _bytes_of(self, arguments: tuple[Any, ...]) -> bytes:
        """`_codecs.encode(text, "latin1")`, by which pickles of protocol 2 hold bytes."""
        if len(arguments) != 2 or type(arguments[0]) is not str or arguments[1] not in ("latin1", "latin-1"):
            raise PickleError("it encodes something other than a text of Latin letters")
        self.bytes_left -= len(arguments[0])
        if self.bytes_left < 0:
            raise PickleError("it makes more bytes than its length allows")
        try:
            return arguments[0].encode("latin-1")
        except UnicodeEncodeError as error:
            raise PickleError("it encodes something other than a text of Latin letters") from error


_M = _Machine
_CODES: dict[bytes, Callable[[_Machine], None]] = {
    b"N": _M.none,
    b"\x88": _M.true,
    b"\x89": _M.false,
    b"K": _M.integer_of_1_byte,
    b"M": _M.integer_of_2_bytes,
    b"J": _M.integer_of_4_bytes,
    b"I": _M.integer_as_text,
    b"L": _M.integer_as_text,
    b"\x8a": _M.long_integer,
    b"\x8b": _M.longer_integer,
    b"G": _M.float_of_8_bytes,
    b"\x8c": _M.short_text,
    b"X": _M.text,
    b"\x8d": _M.long_text,
    b"C": _M.short_bytes,
    b"B": _M.bytes_,
    b"\x8e": _M.long_bytes,
    b"\x96": _M.long_bytes,
    b"U": _M.short_old_text,
    b"T": _M.old_text,
    b"]": _M.empty_list,
    b"}": _M.empty_dictionary,
    b")": _M.empty_tuple,
    b"\x8f": _M.empty_set,
    b"\x85": _M.tuple_of_1,
    b"\x86": _M.tuple_of_2,
    b"\x87": _M.tuple_of_3,
    b"t": _M.tuple_,
    b"l": _M.list_,
    b"d": _M.dictionary,
    b"\x91": _M.frozen_set,
    b"a": _M.append,
    b"e": _M.appends,
    b"s": _M.set_item,
    b"u": _M.set_items,
    b"\x90": _M.add_items,
    b"(": _M.mark,
    b"0": _M.drop,
    b"1": _M.drop_to_mark,
    b"2": _M.twice,
    b"q": _M.keep_short,
    b"r": _M.keep,
    b"\x94": _M.keep_next,
    b"h": _M.get_short,
    b"j": _M.get,
    b"\x95": _M.frame,
    b"c": _M.name_in_lines,
    b"\x93": _M.name_on_the_stack,
    b"\x81": _M.object_,
    b"R": _M.call,
    b"b": _M.build,
}
_INSTRUCTIONS = [_CODES.get(bytes([code])) for code in range(256)]
