"""The colours of figures: a light and a dark theme, and groups that people with any kind of colour vision tell apart.

Every colour of a group has a contrast of 4.5 and more with the paper, so that labels may have it. Any two colours of
groups differ for full colour vision and for its three common deficiencies; each group has a shape of its own as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["DARK", "GROUPS", "LIGHT", "SHAPES", "THEMES", "Theme", "contrast"]


class Theme(NamedTuple):
    """Colours. low, middle, high: the ends and the middle of the colours of cells."""

    paper: str
    ink: str
    quiet: str
    rule: str
    shade: str
    shade_twice: str
    faint: str
    accent: str
    groups: tuple[str, ...]
    low: str
    middle: str
    high: str


LIGHT = Theme(
    paper="#ffffff",
    ink="#1b1d1f",
    quiet="#5b6168",
    rule="#cfd3d8",
    shade="#f1f3f5",
    shade_twice="#e4e8ec",
    faint="#9aa2ab",
    accent="#1763c7",
    groups=("#1763c7", "#cf4a0c", "#0b7a5e", "#b0379a", "#5c1a1b", "#3c3169"),
    low="#b5510d",
    middle="#f6f6f4",
    high="#0f4f9e",
)
DARK = Theme(
    paper="#15171a",
    ink="#e7e8ea",
    quiet="#a4abb3",
    rule="#3d434b",
    shade="#20242a",
    shade_twice="#2b3139",
    faint="#6d7680",
    accent="#4d9fff",
    groups=("#4d9fff", "#ff8f52", "#62e3c4", "#f062ac", "#ffe0a3", "#8b9a30"),
    low="#f59a4d",
    middle="#1e2125",
    high="#6bb2ff",
)
THEMES = {"light": LIGHT, "dark": DARK}
SHAPES = ("o", "s", "^", "D", "v", "P")
"""The shapes of groups, by the names that matplotlib has for them."""
GROUPS = len(SHAPES)


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2); red, green and blue go from 0 to 1."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Sequence[float]) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
