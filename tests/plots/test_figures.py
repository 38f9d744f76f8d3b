"""Figures: what each kind shows, what stands below it, and the files that are written."""

from __future__ import annotations

import re
import sys
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from listening import Listening

import w2v
from w2v.errors import SettingsError, UnknownWordsError
from w2v.plots.fonts import families_for
from w2v.plots.making import plot
from w2v.plots.painting.canvas import Canvas
from w2v.plots.registry import DEFAULT, FIGURES
from w2v.plots.scene import Cells, Chart, Rows
from w2v.plots.themes import DARK, LIGHT, SHAPES, Theme, contrast
from w2v.plots.truth import neighbours_kept
from w2v.transforms.moments import principal_plane
from w2v.vectors import Vectors

matplotlib = pytest.importorskip("matplotlib")

WORDS = ["king", "queen", "man", "woman", "prince"]
VALUES: dict[str, Any] = {"flag": True, "axes": ["he,she", "boy,girl"]}


def sample(vectors: Vectors, name: str) -> w2v.plots.Figure:  # type: ignore[name-defined]
    value = (
        {} if name == DEFAULT else {name: vectors if FIGURES[name].value == "files" else VALUES[FIGURES[name].value]}
    )
    return plot(vectors, WORDS, **value)


@pytest.mark.parametrize("name", FIGURES)
def test_every_kind_is_drawn_says_what_it_shows_and_is_the_same_bytes_again(name: str, vectors: Vectors) -> None:
    figure = sample(vectors, name)
    assert figure.kind == name
    assert figure.notes
    assert all(note.endswith(".") for note in figure.notes)
    data = figure.to_dict()
    shown = " ".join(item["word"] for item in data["items"])
    assert all(word in shown for word in WORDS)
    svg = figure.to_bytes("svg")
    assert svg == sample(vectors, name).to_bytes("svg", theme="light")
    assert svg.startswith(b"<?xml")
    assert b"<text" not in svg, "letters are outlines"
    assert b"Date" not in svg
    assert figure.notes[0][:20].encode() in svg


def test_a_pdf_has_its_fonts_and_no_date(vectors: Vectors) -> None:
    pdf = plot(vectors, WORDS).to_bytes("pdf")
    assert pdf == plot(vectors, WORDS).to_bytes("pdf")
    assert pdf.startswith(b"%PDF-")
    assert b"FontFile" in pdf
    assert b"Date" not in pdf


def test_a_notebook_shows_a_png_and_settings_of_matplotlib_stay(vectors: Vectors) -> None:
    matplotlib.rcParams["font.size"] = 3.0
    try:
        before = dict(matplotlib.rcParams)
        figure = plot(vectors, WORDS)
        data = figure._repr_png_()
        assert dict(matplotlib.rcParams) == before
    finally:
        matplotlib.rcdefaults()
    assert data.startswith(b"\x89PNG")
    assert data == plot(vectors, WORDS)._repr_png_()
    assert len(figure.to_frame()) == len(WORDS)
    assert "save" in repr(figure)


def test_words_lie_on_the_plane_of_most_variance(vectors: Vectors) -> None:
    rows = vectors.unit[:30].astype(np.float64)
    plane = principal_plane(rows)
    places, shares = plane.places, plane.shares
    values, axes = np.linalg.eigh(np.cov(rows.T))
    assert shares == pytest.approx(values[::-1][:2] / values.sum())
    expected = (rows - rows.mean(axis=0)) @ axes[:, ::-1][:, :2]
    assert np.abs(places) == pytest.approx(np.abs(expected), abs=1e-9)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(24, 24)))[0]
    assert principal_plane(rows @ turn).places == pytest.approx(places, abs=1e-9)
    alone = principal_plane(np.ones((3, 1)))
    assert not alone.places.any()
    assert not alone.shares.any()
    kept = neighbours_kept(rows, places)
    assert kept is not None
    assert 0 < kept.chance < kept.share < 1
    flat = np.pad(places, ((0, 0), (0, 3)))
    flat[:, 4] = 50
    exact = neighbours_kept(flat / np.linalg.norm(flat, axis=1, keepdims=True), places)
    assert exact is not None
    assert exact.share > 0.95
    assert neighbours_kept(rows[:3], places[:3]) is None


def test_an_analogy_is_exact_but_for_the_fourth_word(vectors: Vectors) -> None:
    figure = plot(vectors, ["king", "man", "woman", "queen", "girl"], analogy=True)
    assert isinstance(figure.scene, Chart)
    points = {point.label: point for point in figure.scene.points}
    unit = {word: vectors.unit[vectors.index[word]].astype(np.float64) for word in points if word in vectors}
    for one, other in combinations(["king", "man", "woman"], 2):
        drawn = np.hypot(points[one].x - points[other].x, points[one].y - points[other].y)
        assert drawn == pytest.approx(np.linalg.norm(unit[one] - unit[other]))
    target, queen = points["king − man + woman"], points["queen"]
    away = unit["queen"] - (unit["king"] - unit["man"] + unit["woman"])
    assert figure.facts["distance"] == pytest.approx(np.linalg.norm(away))
    inside = (target.x - queen.x) ** 2 + (target.y - queen.y) ** 2
    assert queen.beside is not None
    assert inside + queen.beside**2 == pytest.approx(away @ away)
    assert figure.facts["share_outside"] == pytest.approx(queen.beside**2 / (away @ away))
    assert points["girl"].manner == "context"
    answered = plot(vectors, ["king", "man", "woman"], analogy=True)
    assert answered.facts["rank_without_inputs"] == 1
    with pytest.raises(SettingsError, match="one line"):
        plot(Vectors(["a", "b", "c", "d"], [[1, 0], [-1, 0], [2, 1e-30], [0, 1]]), ["a", "b", "c"], analogy=True)


def test_numbers_and_counts_read_as_people_write_them(vectors: Vectors) -> None:
    (note,) = [note for note in plot(vectors, [*WORDS[:3], "girl"], analogy=True).notes if "cosine" in note]
    assert "cosine −" in note  # no hyphen
    assert "0 of 1 projection lies outside" in " ".join(plot(vectors, ["zo"], axis="he,she").notes)
    assert plot(vectors, ["zo"], dimensions=True).notes[0].startswith("The vector at length 1, dimensions 1 to 24 ")
    with pytest.raises(SettingsError, match="'king' is named twice"):
        plot(vectors, ["king", "man", "woman", "king"], analogy=True)


@pytest.mark.parametrize("words", [8, 30])
def test_the_text_beside_the_colours_is_not_cut_off(
    words: int, vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    right: list[float] = []
    write = Canvas.text

    def heard(canvas: Canvas, x: float, y: float, text: str, size: float, *rest: Any, **more: Any) -> None:
        if text == "cosine":
            right.append(canvas.width - x - canvas.measure(text, size)[0])
        write(canvas, x, y, text, size, *rest, **more)

    monkeypatch.setattr(Canvas, "text", heard)
    plot(vectors, list(vectors.words)[:words], heatmap=True).to_bytes("svg")
    assert right
    assert min(right) > 0


def test_one_axis_is_rows_two_are_a_plane_and_three_are_refused(vectors: Vectors) -> None:
    one = plot(vectors, WORDS, axis="gender=he,she+boy,girl")
    assert isinstance(one.scene, Rows)
    assert [row.value for row in one.scene.rows] == sorted((row.value for row in one.scene.rows), reverse=True)
    two = plot(vectors, WORDS, axis=["he,she", "king,queen"])
    assert isinstance(two.scene, Chart)
    assert len(two.scene.bands) == 2
    found = w2v.axis(vectors, ["he,she", "king,queen"], WORDS)
    assert [point.x for point in two.scene.points] == [each.value for each in found.on("he → she")]
    with pytest.raises(SettingsError, match="two axes"):
        plot(vectors, WORDS, axis=["he,she", "king,queen", "boy,girl"])


def test_cells_hold_the_cosines_and_near_words_stand_together(vectors: Vectors) -> None:
    figure = plot(vectors, ["king", "bado", "queen"] if "bado" in vectors else [*WORDS], heatmap=True)
    assert isinstance(figure.scene, Cells)
    expected = vectors.similarities(list(figure.scene.rows))
    assert figure.scene.values == pytest.approx(expected, abs=1e-6)
    grouped = plot(vectors, groups={"men": ["man", "king"], "women": ["woman", "queen"]}, heatmap=True)
    assert grouped.scene.rows == ("man", "king", "woman", "queen")
    numbers = plot(vectors, WORDS, dimensions=True)
    assert isinstance(numbers.scene, Cells)
    assert np.linalg.norm(numbers.scene.values, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert plot(vectors, vectors.words[:150], dimensions=True).to_bytes("png", dpi=50).startswith(b"\x89PNG")


def test_groups_have_colours_and_neighbours_are_added(vectors: Vectors) -> None:
    figure = plot(vectors, ["he"], groups={"a": ["king", "queen"], "b": ["man"]}, neighbours=3)
    assert isinstance(figure.scene, Chart)
    points = {point.label: point for point in figure.scene.points}
    assert (points["king"].group, points["man"].group, points["he"].group) == (0, 1, None)
    assert sum(point.manner == "context" for point in figure.scene.points) >= 3
    many = {f"group {number}": [word] for number, word in enumerate(vectors.words[:9])}
    assert plot(vectors, groups=many).to_bytes("svg")
    with pytest.raises(SettingsError, match="in two groups, a and b"):
        plot(vectors, groups={"a": ["king"], "b": ["king"]})


def test_what_is_impossible_is_said_in_one_line(vectors: Vectors, tmp_path: Any) -> None:
    figure = plot(vectors, WORDS)
    for wrong in (
        lambda: figure.save(tmp_path / "figure.jpg"),
        lambda: figure.to_bytes("gif"),
        lambda: figure.to_bytes("png", theme="pink"),
        lambda: figure.to_bytes("png", size=(0, 5)),
        lambda: figure.to_bytes("png", size=(1.2, 1.2)),
        lambda: figure.to_bytes("png", size=(90, 90), dpi=2000),
        lambda: plot(vectors, ["king", "queen"]),
        lambda: plot(vectors, WORDS, heatmap=True, analogy=True),
        lambda: plot(vectors, WORDS, circle=True),
        lambda: plot(vectors, WORDS, font="No Such Font"),
        lambda: plot(vectors, WORDS, neighbours=-1),
        lambda: plot("vectors.bin", WORDS),  # type: ignore[arg-type]
    ):
        with pytest.raises(SettingsError) as error:
            wrong()
        assert error.value.hint
    with pytest.raises(UnknownWordsError):
        plot(vectors, [*WORDS, "nobody"])
    assert figure.save(tmp_path / "figure.png", dpi=40).read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_cure_is_named(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SettingsError, match=re.escape("pip install 'w2v[plot]'")):
        plot(vectors, WORDS)


def test_words_of_any_kind_are_drawn(vectors: Vectors) -> None:
    words = ["$x^2$", "a\\b", "привет", "\x1b[31mred", "w" * 300, "Ωμέγα", "line\nbreak", "🙂", "mañana", "שלום"]
    odd = Vectors(words, vectors.matrix[: len(words)])
    figure = plot(odd, words, progress=Listening())
    svg = figure.to_bytes("svg")
    assert b"\x1b" not in svg
    assert figure.to_bytes("png", dpi=60)


def test_characters_that_no_font_has_are_named_with_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Listening()
    assert families_for(["king", "Königin", "москва"], None, heard) == ("DejaVu Sans",)
    assert not heard.messages
    monkeypatch.setattr("w2v.plots.fonts._candidates", lambda missing: [])
    families_for(["king", "東京", "🦀"], None, heard)
    (message,) = heard.messages
    assert "'東京', '🦀'" in message
    assert "apt install fonts-noto-cjk fonts-symbola" in message
    file = matplotlib.get_data_path() + "/fonts/ttf/DejaVuSerif.ttf"
    assert families_for(["king"], file, heard) == ("DejaVu Serif", "DejaVu Sans")
    assert families_for(["king"], "dejavu serif", heard)[0] == "DejaVu Serif"


# Machado, Oliveira & Fernandes 2009, severity 1: protanopia, deuteranopia, tritanopia, for linear red, green and blue.
VISIONS = np.array(
    [
        np.eye(3),
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def parts(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def lab(colour: str, vision: np.ndarray) -> np.ndarray:
    """A colour in CIELAB, as people with a kind of colour vision see it."""
    light = np.array([part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts(colour)])
    ratio = TO_XYZ @ np.clip(vision @ light, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_groups_differ_for_every_kind_of_colour_vision_and_can_be_read(theme: Theme) -> None:
    assert len(theme.groups) == len(SHAPES) == len(set(SHAPES))
    for colour in (*theme.groups, theme.ink, theme.quiet, theme.accent):
        assert contrast(parts(colour), parts(theme.paper)) >= 4.5
    for vision in VISIONS:
        for one, other in combinations(theme.groups, 2):
            assert np.linalg.norm(lab(one, vision) - lab(other, vision)) >= 12, (one, other)
