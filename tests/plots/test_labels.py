"""Labels never overlap: measured on the boxes of the text itself, and against places that a slow twin checks."""

from __future__ import annotations

import numpy as np
import pytest

from w2v.plots.figure import Figure
from w2v.plots.labels import place
from w2v.plots.making import plot
from w2v.vectors import Vectors

matplotlib = pytest.importorskip("matplotlib")


def drawn(figure: Figure, theme: str = "light") -> tuple[list[tuple[str, np.ndarray]], np.ndarray, np.ndarray]:
    """Draw a figure; return its texts with their boxes, the boxes of its points, and that of its frame, in points."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle
    from matplotlib.text import Text

    from w2v.lazy import find
    from w2v.plots.painting.canvas import MEASURED, Canvas, drawing
    from w2v.plots.painting.layout import surround
    from w2v.plots.themes import THEMES

    size = find(figure.scene.painter.replace(":paint", ":size_for"))(figure.scene)
    with drawing():
        canvas = Canvas(size, THEMES[theme], figure.look.families)
        box = surround(canvas, "", (), figure.notes)
        find(figure.scene.painter)(canvas, figure.scene, box)
        artists = canvas.figure.artists
        boxes = [
            (each.get_text(), each.get_window_extent(canvas._renderer).extents / MEASURED)
            for each in artists
            if isinstance(each, Text)
        ]
        points = np.array(
            [
                (*(centre := np.array([each.get_xdata()[0], each.get_ydata()[0]])) - radius, *centre + radius)
                for each in artists
                if isinstance(each, Line2D) and each.get_marker() not in ("None", "", None)
                for radius in [each.get_markersize() / 2]
            ]
        )
        (frame,) = (
            np.array([*each.get_xy(), each.get_x() + each.get_width(), each.get_y() + each.get_height()])
            for each in artists
            if isinstance(each, Rectangle) and each.get_edgecolor()[3] > 0
        )
    return boxes, points, frame


def overlapping(boxes: np.ndarray, others: np.ndarray | None = None) -> int:
    """How many pairs of boxes overlap, by the plainest test there is."""
    count = 0
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :] if others is None else others:
            count += a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    return count


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_hundred_random_words_no_labels_overlap_and_nearly_all_are_shown(vectors: Vectors, seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = [vectors.words[row] for row in rng.choice(len(vectors), size=100, replace=False)]
    boxes, points, frame = drawn(plot(vectors, words))
    labels = np.array([box for text, box in boxes if text in words])
    assert len(labels) >= 92
    assert len(points) == 100
    assert overlapping(labels) == 0
    assert overlapping(labels, points) == 0
    assert (labels[:, :2] >= frame[:2]).all()
    assert (labels[:, 2:] <= frame[2:]).all()


def test_frequent_words_get_their_labels_first_and_the_others_are_counted(vectors: Vectors) -> None:
    crowded = Vectors(vectors.words[:60], vectors.matrix[:60] * 0 + 1 + 1e-3 * vectors.matrix[:60], vectors.counts[:60])  # type: ignore[index]
    figure = plot(crowded, crowded.words, size=(4, 3))
    missing = figure.unlabelled
    assert missing
    assert crowded.words[0] not in missing
    assert figure.to_dict()["unlabelled"] == list(missing)
    assert figure.notes == plot(crowded, crowded.words).notes


def test_places_are_free_and_lines_cross_nothing() -> None:
    rng = np.random.default_rng(0)
    points, radii = rng.uniform(0, 300, size=(120, 2)), np.full(120, 2.0)
    sizes = np.stack([rng.uniform(10, 60, 120), np.full(120, 10.0)], axis=1)
    lines = np.array([[0.0, 0.0, 300.0, 300.0]])
    found = place(points, radii, sizes, range(120), (-40, -40, 340, 340), lines=lines)
    there = [(number, placed) for number, placed in enumerate(found) if placed is not None]
    boxes = np.array(
        [(placed.x, placed.y, *(np.array([placed.x, placed.y]) + sizes[number])) for number, placed in there]
    )
    assert len(there) >= 95
    assert overlapping(boxes) == 0
    steps = np.linspace(0.01, 0.99, 400)[:, None]
    for number, placed in there:
        assert not _inside(lines[0, :2] + steps * (lines[0, 2:] - lines[0, :2]), boxes).any()
        if placed.leader is not None:
            start, end = np.array(placed.leader[:2]), np.array(placed.leader[2:])
            assert np.linalg.norm(start - points[number]) == pytest.approx(2.0)
            assert not _inside(start + steps * (end - start), boxes).any()


def _inside(places: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    within = (places[:, None] > boxes[None, :, :2] + 1e-9) & (places[:, None] < boxes[None, :, 2:] - 1e-9)
    return within.all(axis=2)


def test_a_single_point_has_its_label_to_the_right() -> None:
    (placed,) = place(np.array([[50.0, 50.0]]), np.array([3.0]), np.array([[20.0, 10.0]]), [0], (0, 0, 100, 100))
    assert placed == (55.6, 45.0, None)
    assert place(np.array([[50.0, 50.0]]), np.array([3.0]), np.array([[200.0, 10.0]]), [0], (0, 0, 100, 100)) == [None]
