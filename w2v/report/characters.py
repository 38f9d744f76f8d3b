"""Characters that words from a file may hold, and that must not reach a terminal or a page as they are."""

from __future__ import annotations

__all__ = ["HARMLESS", "ONE_LINE", "json_escaped"]

CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
# Marks that turn the direction of text around, and separators that some terminals take for the end of a line.
DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))

HARMLESS = {code: f"\\x{code:02x}" for code in CONTROLS if chr(code) != "\n"}
HARMLESS |= {code: f"\\u{code:04x}" for code in DIRECTIONS}
r"""For `str.translate`: control characters become \x1b and the like, and marks that turn the direction of text around
become \u202e and the like. A line break stays: whoever needs a single line must take it out."""

ONE_LINE = {**HARMLESS, ord("\n"): "\\x0a"}
"""The same, and a line break becomes \\x0a."""

_IN_JSON = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *DIRECTIONS)}


def json_escaped(text: str) -> str:
    """Return JSON or TOML with its harmful characters escaped by their rules; what it says stays the same.

    Such characters can only stand in strings, where writers of JSON leave them as they are.
    """
    return text.translate(_IN_JSON)
