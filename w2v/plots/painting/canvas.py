"""The paper that figures are drawn on, by matplotlib: all lengths are points of 1/72 inch, from the lower left corner.

Neither pyplot nor the settings of the user are touched: `drawing` sets matplotlib's own defaults for as long as a
figure is drawn, and restores the settings after that. The same figure gives the same bytes: files hold no dates, and
the ids in an SVG are made of what they stand for.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, cast

from w2v.arrays import F64
from w2v.errors import SettingsError
from w2v.plots.themes import SHAPES, Theme, contrast
from w2v.version import __version__

__all__ = ["Canvas", "check_matplotlib", "drawing"]

MEASURED = 4  # dots in a point where text is measured
LARGEST_IMAGE = 4_000  # cells that are drawn one by one; more become an image
SETTINGS: Mapping[str, Any] = {
    "svg.fonttype": "path",  # outlines of letters: an SVG looks the same without the font
    "svg.hashsalt": "w2v",
    "pdf.fonttype": 42,  # fonts are embedded whole letters, which can be searched and edited
    "pdf.compression": 6,
    "text.hinting": "none",  # so that a text is as wide in each format, and at each number of dots
    "text.hinting_factor": 1,
    "text.usetex": False,
    "path.simplify": False,
}
KEPT = {"backend", "backend_fallback", "interactive", "toolbar", "timezone", "webagg.port", "tk.window_focus"}
"""Settings that have nothing to do with how a figure looks."""

Across = Literal["left", "center", "right"]


def check_matplotlib() -> None:
    """Raise `SettingsError`, with the cure, where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise SettingsError("figures need the library matplotlib", hint="pip install 'w2v[plot]'") from error


@contextmanager
def drawing() -> Iterator[None]:
    """Give matplotlib its own default settings inside the `with` block, and after it those that it had before."""
    import matplotlib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of settings that will be renamed, and of characters that no font has
        settings: dict[Any, Any] = {
            name: value for name, value in matplotlib.rcParamsDefault.items() if name not in KEPT
        }
        settings.update(SETTINGS)
        with matplotlib.rc_context(settings):
            yield


class Canvas:
    """A sheet of paper of some size. Use it inside of `drawing`."""

    def __init__(self, size: tuple[float, float], theme: Theme, families: Sequence[str]) -> None:
        """Take a sheet; size: in inches. families: of the fonts, the preferred one first."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.theme, self.families = theme, list(families)
        self.plain = theme.accent  # of words without a group
        self.width, self.height = 72 * size[0], 72 * size[1]
        self.figure = Figure(figsize=size, dpi=72 * MEASURED, facecolor=theme.paper)
        self._renderer: Any = cast(Any, FigureCanvasAgg(self.figure)).get_renderer()
        self._points = Affine2D().scale(1 / 72) + self.figure.dpi_scale_trans

    def measure(self, text: str, size: float, *, bold: bool = False) -> tuple[float, float, float]:
        """Return the width and the height of a line of text, and how far it goes below its base line."""
        renderer = self._renderer
        prop = self._font(size, bold)
        width, height, below = renderer.get_text_width_height_descent(text, prop, ismath=False)
        _, usual, usual_below = renderer.get_text_width_height_descent("lp", prop, ismath=False)
        above = max(height - below, usual - usual_below)
        below = max(below, usual_below)
        return width / MEASURED, (above + below) / MEASURED, below / MEASURED

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str = "",
        *,
        across: Across = "left",
        bold: bool = False,
        turned: float = 0.0,
        over: bool = False,
    ) -> None:
        """Write a line of text with its base line at y. turned: in degrees. over: above everything else."""
        from matplotlib.text import Text

        self._add(
            Text(
                x,
                y,
                text,
                color=colour or self.theme.ink,
                fontproperties=self._font(size, bold),
                horizontalalignment=across,
                verticalalignment="baseline",
                rotation=turned,
                rotation_mode="anchor",
                parse_math=False,
            ),
            3 if over else 2,
        )

    def line(
        self,
        places: Sequence[tuple[float, float]],
        colour: str,
        width: float = 0.6,
        *,
        dashes: tuple[float, float] | None = None,
        alpha: float = 1.0,
    ) -> None:
        """Draw a line through places."""
        from matplotlib.lines import Line2D

        style: Any = (0, dashes) if dashes else "solid"
        xs, ys = zip(*places, strict=True)
        self._add(Line2D(xs, ys, color=colour, linewidth=width, linestyle=style, alpha=alpha, solid_capstyle="butt"), 0)

    def arrow(self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 1.2) -> None:
        """Draw an arrow from one place to another."""
        from matplotlib.patches import FancyArrowPatch

        head = "-|>,head_length=5,head_width=2.2"
        self._add(
            FancyArrowPatch(
                start,
                end,
                arrowstyle=head,
                mutation_scale=1,
                shrinkA=0,
                shrinkB=0,
                color=colour,
                linewidth=width,
                joinstyle="miter",
            ),
            0,
        )

    def rectangle(
        self, x: float, y: float, width: float, height: float, fill: str = "none", edge: str = "none"
    ) -> None:
        """Draw a rectangle from its lower left corner."""
        from matplotlib.patches import Rectangle

        self._add(Rectangle((x, y), width, height, facecolor=fill, edgecolor=edge, linewidth=0.6), -1)

    def circle(self, x: float, y: float, radius: float, colour: str) -> None:
        """Draw a thin broken circle."""
        from matplotlib.patches import Circle

        self._add(Circle((x, y), radius, facecolor="none", edgecolor=colour, linewidth=0.6, linestyle=(0, (3, 3))), 0)

    def mark(self, x: float, y: float, radius: float, colour: str, *, shape: int = 0, hollow: bool = False) -> None:
        """Draw a point; shape: the number of its group's shape."""
        from matplotlib.lines import Line2D

        self._add(
            Line2D(
                [x],
                [y],
                marker=SHAPES[shape % len(SHAPES)],
                markersize=2 * radius,
                markerfacecolor=self.theme.paper if hollow else colour,
                markeredgecolor=colour if hollow else self.theme.paper,
                markeredgewidth=1.0 if hollow else 0.5,
                linestyle="none",
            ),
            1,
        )

    def cells(self, box: tuple[float, float, float, float], values: F64, low: float, high: float) -> None:
        """Draw a matrix [n, m] as colours in a box, its first row on top. low, high: values of the extreme colours."""
        colours = self._colours()
        x, y, width, height = box
        axes = self.figure.add_axes((x / self.width, y / self.height, width / self.width, height / self.height))
        axes.set_axis_off()
        if values.size <= LARGEST_IMAGE:
            axes.pcolormesh(values[::-1], cmap=colours, vmin=low, vmax=high, edgecolors="face", linewidth=0.1)
        else:
            axes.imshow(values, cmap=colours, vmin=low, vmax=high, aspect="auto", interpolation="nearest")

    def on_cell(self, value: float, low: float, high: float) -> str:
        """Return the colour of letters that can be read best on the cell of a value."""
        from matplotlib.colors import to_rgb

        cell = self._colours()((min(max(value, low), high) - low) / (high - low))[:3]
        return max((self.theme.ink, self.theme.paper), key=lambda each: contrast(to_rgb(each), cell))

    def _colours(self) -> Any:
        from matplotlib.colors import LinearSegmentedColormap

        theme = self.theme
        return LinearSegmentedColormap.from_list("w2v", [theme.low, theme.middle, theme.high])

    def save(self, format_name: str, dpi: float, title: str, about: str) -> bytes:
        """Return the sheet as a file; title, about: what it says to people who cannot see it."""
        made_by = f"w2v {__version__}"
        metadata: dict[str, dict[str, Any]] = {
            "png": {"Software": made_by, "Title": title, "Description": about},
            "svg": {"Date": None, "Creator": made_by, "Title": title, "Description": about},
            "pdf": {"CreationDate": None, "Creator": made_by, "Title": title, "Subject": about},
        }
        buffer = io.BytesIO()
        self.figure.savefig(
            buffer, format=format_name, dpi=dpi, metadata=metadata[format_name], facecolor=self.theme.paper
        )
        return buffer.getvalue()

    def _font(self, size: float, bold: bool) -> Any:
        from matplotlib.font_manager import FontProperties

        return FontProperties(family=self.families, size=size, weight="bold" if bold else "normal")

    def _add(self, artist: Any, layer: int) -> None:
        artist.set_transform(self._points)
        artist.set_zorder(5 + layer)
        artist.set_clip_on(False)
        self.figure.add_artist(artist)
