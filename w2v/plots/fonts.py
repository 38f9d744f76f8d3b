"""Fonts that have the characters of the words: the one that comes with matplotlib, then those of this computer.

A character that no font has would be drawn as a box, so the words are named, with the fonts to install.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from w2v.errors import SettingsError
from w2v.progress import Progress

__all__ = ["BASE", "families_for"]

BASE = "DejaVu Sans"  # comes with matplotlib, so figures are the same everywhere
NAMED = 5  # words in a warning
LAST_RESORT = "Last Resort"  # has a box for each character
SCALABLE, COLOURED = 1 << 0, 1 << 14  # FreeType's flags of a font: it has outlines; it has pictures in colour
INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")
SELECTORS = range(0xFE00, 0xFE10)  # they choose between pictures of a character, and have none
SCRIPTS = {
    "CJK": "fonts-noto-cjk",
    "HIRAGANA": "fonts-noto-cjk",
    "KATAKANA": "fonts-noto-cjk",
    "HANGUL": "fonts-noto-cjk",
    "emoji": "fonts-symbola",
}
"""Packages of Debian and Ubuntu by the first word of a character's name; for others fonts-noto-core."""


def families_for(texts: Iterable[str], font: str | None, progress: Progress) -> tuple[str, ...]:
    """Return families of fonts that have the characters of texts together, the preferred one first.

    font: a family, or a file of a font, that is preferred. Warn where a character is in no font. Raise `SettingsError`
    where there is no such font.
    """
    words = list(texts)
    families = [*([] if font is None else [_named(font)]), BASE]
    missing = _missing({char for word in words for char in word}, [_font_of(family) for family in families])
    if missing:
        for family, found in _candidates(missing):
            covered = missing - _missing(missing, [found])
            if covered:
                families.append(family)
                missing -= covered
            if not missing:
                break
    if missing:
        _warn(words, missing, progress)
    return tuple(families)


def _named(font: str) -> str:
    """The name of the family of a font that is given by its name or its file."""
    from matplotlib import font_manager

    path = Path(font)
    if path.suffix.lower() in (".ttf", ".otf", ".ttc"):
        try:
            font_manager.fontManager.addfont(path)
            return str(font_manager.get_font(path).family_name)
        except (OSError, RuntimeError) as error:
            raise SettingsError(f"{font} cannot be read as a font", hint="name a .ttf, .otf or .ttc file") from error
    known = {entry.name.casefold(): entry.name for entry in font_manager.fontManager.ttflist}
    if font.casefold() not in known:
        raise SettingsError(
            f"there is no font {font!r} on this computer", hint="install it, or name its file: --font FILE.ttf"
        )
    return str(known[font.casefold()])


def _font_of(family: str) -> Any:
    from matplotlib import font_manager

    return font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=[family])))


def _missing(characters: Iterable[str], fonts: Sequence[Any]) -> set[str]:
    """The visible characters that none of the fonts has."""
    visible = (
        char for char in characters if unicodedata.category(char) not in INVISIBLE and ord(char) not in SELECTORS
    )
    return {char for char in visible if not any(font.get_char_index(ord(char)) for font in fonts)}


def _candidates(missing: set[str]) -> list[tuple[str, Any]]:
    """Fonts of this computer that have some of the characters, those with most of them first."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    listed = {entry.fname for entry in manager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - listed):  # installed since matplotlib made its list
        with suppress(Exception):  # a damaged font is no font
            manager.addfont(path)
    ranked = []
    for entry in manager.ttflist:
        if (
            entry.name.startswith(LAST_RESORT)
            or entry.style != "normal"
            or str(entry.weight) not in ("400", "normal", "regular", "book")
        ):
            continue
        with suppress(Exception):
            font = font_manager.get_font(entry.fname)
            flags = int(font.face_flags.value)
            if not flags & SCALABLE or flags & COLOURED:
                continue
            covered = len(missing) - len(_missing(missing, [font]))
            if covered:
                ranked.append((-covered, *_preference(entry.name, missing), entry.name, font))
    ranked.sort(key=lambda each: each[:-1])
    return [(name, font) for *_, name, font in ranked]


def _preference(family: str, missing: set[str]) -> tuple[bool, bool, bool]:
    """What else decides between fonts: that of the language where Chinese, Japanese and Korean differ; no serifs."""
    names = {unicodedata.name(char, "").partition(" ")[0] for char in missing}
    language = "JP" if names & {"HIRAGANA", "KATAKANA"} else "KR" if "HANGUL" in names else "SC"
    words = family.split()
    return "CJK" in words and language not in words, "Sans" not in words, "Mono" in words


def _warn(words: Sequence[str], missing: set[str], progress: Progress) -> None:
    without = [word for word in dict.fromkeys(words) if missing & set(word)]
    shown = ", ".join(map(repr, without[:NAMED])) + (f" and {len(without) - NAMED:,} more" * (len(without) > NAMED))
    packages = sorted({_package(char) for char in missing})
    progress.message(
        f"no font of this computer has all characters of {shown}: boxes stand in their place; install fonts (on "
        f"Debian and Ubuntu: apt install {' '.join(packages)}), or name one: --font FILE.ttf",
        "warning",
    )


def _package(char: str) -> str:
    script = unicodedata.name(char, "").partition(" ")[0].partition("-")[0]
    if unicodedata.category(char) == "So" and script not in SCRIPTS:
        script = "emoji"
    return SCRIPTS.get(script, "fonts-noto-core")
