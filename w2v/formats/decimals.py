"""Converting float32 values to decimal text and back, many at once.

Text is what most people exchange vectors in, and formatting or parsing one value at a time in Python costs three times
as long as all the rest. Both directions therefore work on whole blocks with integer arithmetic, 8 or 16 digits at a
time, and leave the rare shapes (exponents, more than four digits before the point) to numpy's own conversion.

Writing gives the shortest decimals that read back as the same float32, as `str(numpy.float32)` does. Reading gives what
correctly rounded parsing to float64, then rounding to float32 gives, which is what gensim does.
"""

from __future__ import annotations

import warnings

import numpy as np

from w2v.arrays import F32, I64, U8, U32, U64, Places

__all__ = ["CELL", "format_values", "parse_rows", "parse_values"]

# A value as written here fills six little-endian words: " -", four digits before the point, ".", twelve behind it.
# Unused bytes are zeros, deleted when all cells of a block are done.
CELL = 24
PLACES = 12
SMALLEST, LARGEST = np.float32(1e-4), np.float32(1e4)  # 24 + 28 bits: value × 10^12 is an exact float64 below 10^4
HEAD = int.from_bytes(b" -\0\0", "little")
POINT = int.from_bytes(b".\0\0\0", "little")
QUADS = np.frombuffer(b"".join(b"%04d" % number for number in range(10_000)), dtype="<u4")
POWERS = 10.0 ** np.arange(18)
# Half the distance to the next float32, times 10^12, by biased binary exponent; and the power of ten below it.
HALF_GAPS = 2.0 ** (np.arange(256) - 127.0 - 24.0) * 10.0**PLACES
FREE_DIGITS = np.clip(np.floor(np.log10(HALF_GAPS)), 0, 16).astype(np.intp)


def _keep_masks() -> U32:
    """Masks of the bytes of a cell that are used, for each sign (2), number of digits (5) and of decimals (13)."""
    keep = np.zeros((2, 5, PLACES + 1, CELL), dtype=np.uint8)
    keep[..., 0] = 255
    keep[1, ..., 1] = 255
    keep[..., 8] = 255
    for digits in range(1, 5):
        keep[:, digits, :, 8 - digits : 8] = 255
    for decimals in range(1, PLACES + 1):
        keep[:, :, decimals, 12 : 12 + decimals] = 255
    return keep.reshape(-1, CELL).view("<u4")


KEEP = _keep_masks()
LENGTHS = np.count_nonzero(KEEP.view(np.uint8), axis=1)


def _shortest(
    values: F32,
) -> tuple[I64, Places]:
    """Return for values [n] between 1e-4 and 1e4 the shortest decimals, times 10^12, and how many zeros end them.

    Any decimal strictly between the midpoints to the neighbouring float32s reads back as the same value, so zeros are
    added for as long as the nearest multiple of the next power of ten stays between them.
    """
    bits = values.view(np.uint32)
    exponent = (bits >> np.uint32(23)).astype(np.intp)
    exact = values.astype(np.float64) * 10.0**PLACES
    above = HALF_GAPS[exponent]
    below = np.where(bits & np.uint32(0x7FFFFF), above, above / 2)  # under a power of two floats lie twice as close
    zeros = FREE_DIGITS[exponent]
    nearest = np.rint(exact / POWERS[zeros]) * POWERS[zeros]
    live = np.arange(values.size)
    while live.size:
        power = POWERS[zeros[live] + 1]
        rounded = np.rint(exact[live] / power) * power
        error = rounded - exact[live]
        fits = (error < above[live]) & (-error < below[live])
        live = live[fits]
        nearest[live] = rounded[fits]
        zeros[live] += 1
    return nearest.astype(np.int64), zeros


def format_values(values: F32) -> tuple[bytes, Places]:
    """Return finite values [n] as text, a space before each, and the length of each [n] in bytes with its space."""
    size = np.abs(values)
    zero = size == 0
    plain = (size > SMALLEST) & (size < LARGEST)
    scaled, zeros = _shortest(np.where(plain, size, np.float32(1)))
    scaled[zero] = 0
    decimals = np.where(zero, 1, np.maximum(PLACES - zeros, 1))
    upper, lower = np.divmod(scaled, 10**8)
    whole, first = np.divmod(upper, 10**4)
    second, third = np.divmod(lower, 10**4)
    cells = np.empty((values.size, CELL // 4), dtype="<u4")
    for column, content in enumerate((HEAD, QUADS[whole], POINT, QUADS[first], QUADS[second], QUADS[third])):
        cells[:, column] = content
    digits = 1 + (whole >= 10) + (whole >= 100) + (whole >= 1000)
    code = (np.signbit(values) * 5 + digits) * (PLACES + 1) + decimals
    cells &= KEEP.take(code, axis=0)
    lengths = LENGTHS[code]
    rest = np.flatnonzero(~(plain | zero))
    if rest.size:
        texts = [b" " + str(value).encode() for value in values[rest]]
        cells[rest] = np.array(texts, dtype=f"S{CELL}").view("<u4").reshape(-1, CELL // 4)
        lengths[rest] = [len(text) for text in texts]
    return cells.tobytes().translate(None, b"\0"), lengths


MOST_DECIMALS = 14  # with one digit before the point that is an integer below 2^53, over an exact power of ten
ZEROS = np.uint64(0x3030303030303030)
BEYOND_NINE = np.uint64(0x7676767676767676)
HIGH_BITS = np.uint64(0x8080808080808080)
FIRST_BYTES = np.array(
    [[(1 << 8 * min(decimals, 8)) - 1, (1 << 8 * max(decimals - 8, 0)) - 1] for decimals in range(MOST_DECIMALS + 1)],
    dtype=np.uint64,
)


def _eight_digits(words: U64) -> U64:
    """Return the number that the eight bytes of each word spell, each byte a digit 0..9, the first the lowest."""
    words = (words * np.uint64(10) + (words >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    words = (words * np.uint64(100) + (words >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (words * np.uint64(10_000) + (words >> np.uint64(32))) & np.uint64(0xFFFFFFFF)


def parse_values(text: bytes) -> F32 | None:
    """Return numbers [n] separated by white space; None where anything else is among them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # what numpy before 2.3 makes of unreadable text
        try:
            values: F32 = np.fromstring(text, dtype=np.float32, sep=" ")
        except (ValueError, DeprecationWarning):
            return None
    return values


def parse_rows(block: bytes, dim: int) -> tuple[list[bytes], F32] | None:
    """Return words and matrix [rows, dim] of a block of whole lines `word v1 … vD`, with single spaces between fields.

    Return None for any other block: the caller then goes through its lines one by one.
    """
    if any(odd in block for odd in (b"\t", b"\r", b"\v", b"\f")):
        return None
    text = np.frombuffer(block + bytes(CELL), dtype=np.uint8)  # the padding lets every value be read 16 bytes at a time
    ends = np.flatnonzero((text == 32) | (text == 10))
    rows, surplus = divmod(ends.size, dim + 1)
    if surplus:
        return None
    fields = ends.reshape(rows, dim + 1)
    line_ends = fields[:, -1]
    if not (text[line_ends] == 10).all() or np.count_nonzero(text == 10) != rows:
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    if (starts >= ends).any():
        return None
    begins = starts.reshape(rows, dim + 1)
    words = [block[a:b] for a, b in zip(begins[:, 0].tolist(), fields[:, 0].tolist(), strict=True)]
    values = _parse_fields(block, text, begins[:, 1:].ravel(), fields[:, 1:].ravel())
    return None if values is None else (words, values.reshape(rows, dim))


def _parse_fields(block: bytes, text: U8, starts: Places, stops: Places) -> F32 | None:
    """Return the value of text[start:stop] for each field; for the form `d.ddd…` without a loop in Python."""
    negative = text[starts] == ord("-")
    begins = starts + negative
    lead = text[begins] ^ np.uint8(ord("0"))
    decimals = stops - begins - 2
    simple = (lead < 10) & (text[begins + 1] == ord(".")) & (decimals > 0) & (decimals <= MOST_DECIMALS)
    windows = np.ndarray((text.size - 16,), dtype="V16", buffer=text, strides=(1,))
    digits = windows.take(begins + 2, mode="clip").view("<u8").reshape(-1, 2)
    digits ^= ZEROS
    digits &= FIRST_BYTES[np.where(simple, decimals, 0)]
    simple &= (((digits + BEYOND_NINE) | digits) & HIGH_BITS).max(axis=1) == 0
    eights = _eight_digits(digits)
    number = (lead * np.uint64(10**8) + eights[:, 0]) * np.uint64(10**6) + eights[:, 1] // np.uint64(100)
    values: F32 = (number.astype(np.float64) / 10.0**MOST_DECIMALS).astype(np.float32)
    np.negative(values, out=values, where=negative)
    rest = np.flatnonzero(~simple)
    if rest.size:
        pairs = zip(starts[rest].tolist(), stops[rest].tolist(), strict=True)
        parsed = parse_values(b" ".join([block[a:b] for a, b in pairs]))
        if parsed is None or parsed.size != rest.size:
            return None
        values[rest] = parsed
    return values
