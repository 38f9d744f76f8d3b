"""A figure: a scene with sentences below, which is saved as PNG, SVG or PDF, and which a notebook shows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from w2v.errors import SettingsError
from w2v.files.whole import replacing
from w2v.given import path_given
from w2v.lazy import find
from w2v.plots.scene import Scene
from w2v.plots.themes import THEMES

if TYPE_CHECKING:
    import pandas

__all__ = ["FORMATS", "Figure", "Look", "checked_look", "format_of"]

FORMATS = ("png", "svg", "pdf")
SMALLEST, LARGEST = 1.0, 100.0  # inches
LARGEST_SIDE = 1 << 16  # dots: what matplotlib can draw
LEAST_ROOM = 60.0  # points of 1/72 inch
NOTEBOOK = 110  # dots to the inch


@dataclass(frozen=True)
class Look:
    """How a figure looks. size: width and height in inches, None for one that fits. dpi: dots to the inch, of a PNG."""

    size: tuple[float, float] | None = None
    theme: str = "light"
    dpi: float = 200.0
    families: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure of words. A notebook shows it; `save` writes it into a file.

    kind: as `w2v plot --help` names them. notes: the sentences below the figure: what share of the truth it shows.
    facts: the numbers of these sentences.
    """

    kind: str
    scene: Scene
    notes: tuple[str, ...]
    facts: Mapping[str, Any]
    title: str = ""
    look: Look = Look()

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        size: tuple[float, float] | None = None,
        theme: str | None = None,
        dpi: float | None = None,
    ) -> Path:
        """Write the figure into a file, as its ending says: .png, .svg or .pdf. Return the path.

        size: width and height in inches. theme: "light" or "dark". dpi: dots to the inch, of a PNG. What is left out is
        as it was when the figure was made. The same figure gives the same bytes.

        Raise `SettingsError` for another ending and for an impossible size, `OutputError` where nothing can be written.
        """
        target = path_given(path, "a picture")
        data = self.to_bytes(format_of(target), size=size, theme=theme, dpi=dpi)
        with replacing(target, len(data)) as file:
            file.write(data)
        return target

    def to_bytes(
        self,
        format_name: str = "png",
        *,
        size: tuple[float, float] | None = None,
        theme: str | None = None,
        dpi: float | None = None,
    ) -> bytes:
        """Return the figure as a file in memory: "png", "svg" or "pdf"; other arguments as for `save`."""
        if format_name not in FORMATS:
            raise SettingsError(f"a figure cannot be {format_name!r}", hint=f"choose one of {', '.join(FORMATS)}")
        look = replace(self.look, size=size or self.look.size, theme=theme or self.look.theme, dpi=dpi or self.look.dpi)
        return self._drawn(checked_look(look), format_name)[0]

    @cached_property
    def unlabelled(self) -> tuple[str, ...]:
        """The words that got no label, because there is no room for it."""
        return self._drawn(self.look, "")[1]

    def _drawn(self, look: Look, format_name: str) -> tuple[bytes, tuple[str, ...]]:
        """The figure as a file, and the words without a label, which a sentence below the figure counts.

        format_name: "" for no file.
        """
        from w2v.plots.painting.canvas import Canvas, drawing
        from w2v.plots.painting.layout import surround

        paint = find(self.scene.painter)
        size = look.size or find(self.scene.painter.replace(":paint", ":size_for"))(self.scene)
        _check_dots(size, look.dpi if format_name == "png" else 72)
        groups = getattr(self.scene, "groups", ())
        notes = self.notes
        with drawing():
            for _ in range(2):
                canvas = Canvas(size, THEMES[look.theme], look.families)
                box = surround(canvas, self.title, groups, notes)
                if box[2] - box[0] < LEAST_ROOM or box[3] - box[1] < LEAST_ROOM:
                    raise SettingsError(
                        f"in {size[0]:g} × {size[1]:g} inches the sentences below the figure leave no room for it",
                        hint="choose a larger size, as 7x5",
                    )
                painted = paint(canvas, self.scene, box)
                missing = len(painted.unlabelled)
                if not missing or notes != self.notes:
                    break
                notes = (*self.notes, f"Without a label, for want of room: {missing:,} of {self._words():,} words.")
            title, about = self.title or f"w2v plot: {self.kind}", " ".join(notes)
            data = canvas.save(format_name, look.dpi, title, about) if format_name else b""
            return data, painted.unlabelled

    def _words(self) -> int:
        return len(self.scene.items())

    def to_dict(self) -> dict[str, Any]:
        """Return what the figure shows as plain values, for JSON."""
        return {
            "kind": self.kind,
            "title": self.title,
            "notes": list(self.notes),
            "facts": dict(self.facts),
            "unlabelled": list(self.unlabelled),
            "items": self.scene.items(),
        }

    def to_frame(self) -> pandas.DataFrame:
        """Return a data frame with a row for each word and its place."""
        import pandas

        return pandas.DataFrame(self.scene.items())

    def __repr__(self) -> str:
        return f"<Figure {self.kind!r}: {self._words():,} words; .save('figure.png') writes it>"

    def _repr_png_(self) -> bytes:
        return self.to_bytes("png", dpi=NOTEBOOK)


def format_of(path: Path) -> str:
    """Return the format that the ending of a path names. Raise `SettingsError` for another ending."""
    found = path.suffix.lower().removeprefix(".")
    if found not in FORMATS:
        raise SettingsError(f"{path}: no picture has that ending", hint="use .png, .svg or .pdf")
    return found


def checked_look(look: Look) -> Look:
    """Return a look whose numbers are possible. Raise `SettingsError` for others."""
    if look.theme not in THEMES:
        raise SettingsError(f"there is no theme {look.theme!r}", hint=f"choose one of {', '.join(THEMES)}")
    if look.size is not None and not all(SMALLEST <= side <= LARGEST for side in look.size):
        raise SettingsError(
            f"a figure of {look.size[0]:g} × {look.size[1]:g} inches", hint=f"choose {SMALLEST:g} to {LARGEST:g} inches"
        )
    if not 10 <= look.dpi <= 2400:
        raise SettingsError(f"dpi is {look.dpi:g}", hint="choose 10 to 2400 dots to the inch, as 300")
    return look


def _check_dots(size: tuple[float, float], dpi: float) -> None:
    if max(size) * dpi >= LARGEST_SIDE:
        raise SettingsError(
            f"{size[0]:g} × {size[1]:g} inches at {dpi:g} dots to the inch are too many dots",
            hint="lower --dpi or --size, or choose .svg or .pdf",
        )
