"""Numbers as text: every value comes back bit for bit, the text is as short as numpy's, odd text is left to others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2v.formats.decimals import format_values, parse_rows, parse_values

FLOATS = hnp.arrays(np.float32, st.integers(1, 40), elements=st.floats(allow_nan=False, allow_infinity=False, width=32))


def every_kind_of_float() -> np.ndarray:
    """Random bit patterns, sizes usual in vectors, powers of two and ten with their neighbours, and the limits."""
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2**32, 20_000, dtype=np.uint32).view(np.float32)
    usual = np.concatenate([rng.standard_normal(20_000) * scale for scale in (1e-3, 0.1, 1, 30, 1e3)])
    short = np.round(rng.standard_normal(20_000), 3)
    edges = np.concatenate([2.0 ** np.arange(-149, 128), 10.0 ** np.arange(-45, 39)]).astype(np.float32)
    beside = np.concatenate([np.nextafter(edges, np.float32(np.inf)), np.nextafter(edges, np.float32(-np.inf))])
    all_values = np.concatenate([patterns, usual.astype(np.float32), short.astype(np.float32), edges, beside])
    finite = np.append(all_values[np.isfinite(all_values)], np.float32(0))
    return np.concatenate([finite, -finite])


@pytest.mark.slow
def test_text_is_numpys_shortest() -> None:
    values = every_kind_of_float()
    text, lengths = format_values(values)
    assert lengths.sum() == len(text)
    texts = text.split()
    expected = [str(value) for value in values]
    wrong = [(mine.decode(), numpys) for mine, numpys in zip(texts, expected, strict=True) if mine.decode() != numpys]
    assert wrong == []


@pytest.mark.slow
def test_both_ways_over_many_values() -> None:
    values = every_kind_of_float()
    values = values[: values.size // 10 * 10]
    text, lengths = format_values(values)
    ends = np.cumsum(lengths.reshape(-1, 10).sum(axis=1)).tolist()
    block = b"".join(b"w" + text[a:b] + b"\n" for a, b in zip([0, *ends], ends, strict=False))
    parsed = parse_rows(block, 10)
    assert parsed is not None
    words, matrix = parsed
    assert words == [b"w"] * len(ends)
    assert np.array_equal(matrix.ravel().view(np.uint32), values.view(np.uint32))


@given(values=FLOATS)
def test_both_ways(values: np.ndarray) -> None:
    text, lengths = format_values(values)
    assert [len(piece) + 1 for piece in text.split()] == lengths.tolist()
    parsed = parse_rows(b"w" + text + b"\n", values.size)
    assert parsed is not None
    assert np.array_equal(parsed[1].ravel().view(np.uint32), values.view(np.uint32))


@pytest.mark.slow
@given(
    texts=st.lists(
        st.from_regex(r"-?[0-9]{1,3}(\.[0-9]{0,18})?([eE][+-]?[0-9]{1,2})?", fullmatch=True), min_size=1, max_size=20
    )
)
def test_any_decimal_reads_as_python_reads_it(texts: list[str]) -> None:
    parsed = parse_rows(b"w " + " ".join(texts).encode() + b"\n", len(texts))
    assert parsed is not None
    with np.errstate(over="ignore"):
        expected = np.array([float(text) for text in texts]).astype(np.float32)
    assert np.array_equal(parsed[1].ravel().view(np.uint32), expected.view(np.uint32))


ODD = (
    *(b"", b"-", b".", b"+", b"0.", b"-.5", b"5", b"1e5", b"nan", b"inf", b"0.123456789012345678901234567890"),
    *(
        b"1.5.3",
        b"1-2",
        b"0.1x",
        b"x.12",
        b"0x1",
        b"1,5",
        b"1_0",
        b"0.\xc2\xb2",
        b"0.1\0",
        b"0./",
        b"0.:",
        b"/.1",
        b":.1",
    ),
)


@pytest.mark.parametrize("field", ODD)
def test_odd_fields_are_read_rightly_or_not_at_all(field: bytes) -> None:
    block = b"a 0.25 " + field + b"\nb 1.5 -2.75\n"
    try:
        expected = float(field) if b"_" not in field else None
    except ValueError:
        expected = None
    parsed = parse_rows(block, 2)
    if expected is None:
        assert parsed is None
    elif parsed is not None:
        assert np.array_equal(parsed[1], np.array([[0.25, expected], [1.5, -2.75]]).astype(np.float32), equal_nan=True)


@pytest.mark.parametrize(
    "block",
    [
        b"a 1.0 2.0 3.0\nb 1.0 2.0\n",
        b"a 1.0\nb 1.0 2.0 3.0\n",  # as many fields as two regular rows
        b" 1.0 2.0\nb 1.0 2.0\n",
        b"a  1.0 2.0\nb 2.0\n",
        b"a\t1.0 2.0\nb 1.0 2.0\n",
        b"a 1.0 2.0\n\nb 1.0 2.0\n",
        b"a 1.0 2\v3\nb 1.0 2.0\n",
    ],
)
def test_irregular_blocks_are_left_alone(block: bytes) -> None:
    assert parse_rows(block, 2) is None


def test_parse_values() -> None:
    parsed = parse_values(b"1 -2.5e3 nan")
    assert parsed is not None
    assert np.array_equal(parsed, np.array([1, -2500, np.nan], np.float32), equal_nan=True)
    assert parse_values(b"1 x") is None
