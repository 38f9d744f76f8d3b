"""Numbers as people read them, the same in the terminal, in Markdown and on the page.

None, the value of what cannot be computed, is shown as a dash. The minus is the mathematical sign −.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["NONE", "Show", "chance", "count", "decimal", "hundredths", "number", "percent", "points", "precise"]
__all__ += ["three", "two"]

NONE = "–"
Show = Callable[[float | None], str]
"""A function that writes a number as text."""


def number(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    """A number with so many decimals; sign: also with a plus."""
    if value is None:
        return NONE
    return f"{round(value, digits) + 0.0:{'+' if sign else ''}.{digits}f}".replace("-", "−")  # no −0.000


def two(value: float | None) -> str:
    """A number with two decimals."""
    return number(value)


def three(value: float | None) -> str:
    """A number with three decimals."""
    return number(value, 3)


def decimal(value: float | None) -> str:
    """A number with four decimals, as correlations have."""
    return number(value, 4)


def precise(value: float | None) -> str:
    """A number with six decimals, to compare implementations."""
    return number(value, 6)


def percent(value: float | None) -> str:
    """A share of 1 as a percentage."""
    return NONE if value is None else f"{number(100 * value, 1)} %"


def hundredths(value: float | None) -> str:
    """A share of 1 in hundredths, without a unit."""
    return NONE if value is None else number(100 * value, 1)


def points(value: float | None) -> str:
    """A difference of two scores in points (hundredths), with its sign."""
    return NONE if value is None else number(100 * value, 1, sign=True)


def count(value: float | None) -> str:
    """A whole number with separators of thousands."""
    return NONE if value is None else f"{value:,.0f}"


def chance(p: float | None) -> str:
    """A p-value with as many digits as anybody reads."""
    if p is None:
        return NONE
    if p < 0.00001:
        return "< 0.00001"
    return f"{p:.5f}" if p < 0.001 else f"{p:.4f}"
