"""The three hands that draw a document: each shows every figure, the terminal within its width; no word steers them."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from w2v.cli.terminal import NARROWEST, UNLIMITED, draw
from w2v.report import to_html, to_markdown
from w2v.report.blocks import (
    BOLD,
    GREY,
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Items,
    ItemsColumn,
    Lines,
    Note,
    Row,
    Section,
    Table,
)
from w2v.report.characters import HARMLESS
from w2v.report.tables import fitting_scale, mark_of, text

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
FIGURES = st.integers(-9_999_999, 9_999_999).map(lambda value: Figure(f"{value / 1000:.3f}", value / 1000))
PIECES = st.lists(st.one_of(FIGURES, WORDS), max_size=3).map(tuple)


@st.composite
def tables(draw_from: st.DrawFn) -> Table:
    size = draw_from(st.integers(1, 7))
    heads = st.builds(Column, WORDS, st.booleans(), below=st.booleans(), whole=st.booleans())
    columns = draw_from(st.lists(heads, min_size=size, max_size=size))
    cells = st.builds(Cell, PIECES, st.lists(PIECES, max_size=2).map(tuple), st.booleans(), st.booleans())
    rows = st.builds(Row, st.lists(cells, min_size=size, max_size=size).map(tuple), last=st.booleans())
    return Table(draw_from(WORDS), tuple(columns), tuple(draw_from(st.lists(rows, max_size=4))))


def figures_of(table: Table) -> list[str]:
    lines = (line for row in table.rows for cell in row.cells for line in (cell.pieces, *cell.below))
    return [piece.text for line in lines for piece in line if isinstance(piece, Figure)]


def squeezed(shown: str) -> str:
    return re.sub(r"\s", "", shown)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(tables(), st.sampled_from([UNLIMITED, 200, 80, 60, 30]), WORDS)
def test_every_figure_is_shown_and_no_line_is_too_long(table: Table, width: int, word: str) -> None:
    document = Document(word, (Section(word, (table, Note((word, Figure("0.125", 0.125))))),), (word,))
    shown = draw(document, width=width, colour=False)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown)
    page, marked = html.unescape(to_html(document)), to_markdown(document).replace("\\", "")
    for figure in figures_of(table):
        assert figure in page
        assert figure in marked
        if width == UNLIMITED:
            assert figure in shown
    for hand in (page, marked):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", hand)


NAMES = ("gram6-nationality-adjective", "a/long/path/to/a-model.bin", "family", "東京" * 12)


def wide(files: int) -> Table:
    columns = [Column("section", numeric=False)]
    for number in range(files):
        columns += [Column(f"model-{number}.safetensors", series=number), Column("95 % interval", below=True)]
    rows = []
    for place, name in enumerate(NAMES):
        cells = [text(name)]
        for number in range(files):
            value = 100 * place + number
            cells += [text(Figure(f"{value}.25", value)), text(Figure(f"{value}.125", value), "–", "9.5")]
        rows.append(Row(tuple(cells)))
    return Table("Accuracy", tuple(columns), tuple(rows))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200, UNLIMITED])
@pytest.mark.parametrize("files", [1, 2, 3, 9])
def test_wide_tables_are_folded_stacked_or_parted(files: int, width: int) -> None:
    """Numbers are never broken; a table that cannot be one becomes several with the same names."""
    table = wide(files)
    shown = draw(Document.of("", table), width=width, colour=False)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    for figure in figures_of(table):
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", shown)
    parts = shown.count("(continued)") + 1
    assert (parts == 1) == (width > {1: 0, 2: 0, 3: 40, 9: 100}[files])
    assert squeezed(shown).count("family") == parts


def everything() -> Document:
    marks = (mark_of(0.5, (0.25, 0.75)), mark_of(0.1, (-3.0, 4.0), faint=True))
    rows = (
        Row((text("a"), text(Figure("0.50", 0.5), strong=True)), marks[:1], last=True),
        Row((text("b"), text(Figure("0.10", 0.1))), marks[1:], quiet=True),
    )
    table = Table("Scores", (Column("set", numeric=False), Column("score")), rows, fitting_scale("score", marks))
    blocks = (
        table,
        Note(("plain text",), "plain"),
        Note(("a warning, 5 %",), "warning"),
        Facts((("file", "x.bin"), ("a long name", "value"))),
        Lines(("w2v train x.txt",), strong=True),
        Items("Every question", "set", (ItemsColumn("word", "word", ("x",)),)),
    )
    below = Section("Below", (Note(("a remark",)),))
    facts = ((("words", "10"), ("seed", "1")), (("words", "10"), ("seed", "2")))
    notes = (Note(("left out",), "warning"),)
    about = (("Command", "w2v x"),)
    return Document("A title", (Section("First", blocks, (below,)),), ("a.bin", "b.bin"), facts, notes, about)


def test_the_terminal_has_every_block() -> None:
    shown = draw(everything(), width=80, colour=False)
    assert shown == (
        "All files: words 10.\n"
        "a.bin: seed 1.\n"
        "b.bin: seed 2.\n"
        "left out\n"
        "\n"
        "First · Scores\n"
        "set   score\n"
        "───────────\n"
        "a      0.50\n"
        "\n"
        "b      0.10\n"
        "plain text\n"
        "a warning, 5 %\n"
        "\n"
        "file          x.bin\n"
        "a long name   value\n"
        "\n"
        "    w2v train x.txt\n"
        "\n"
        "Below\n"
        "a remark\n"
        "\n"
        "Every single question with its outcome: --report FILE.html.\n"
    )


def test_colours_have_one_meaning_that_is_told() -> None:
    shown = draw(everything(), width=200, colour=True)
    assert "\x1b[33ma warning, 5 %\x1b[0m" in shown
    assert "\x1b[1m 0.50\x1b[0m" in shown
    assert "\x1b[90m" not in shown, "bright black cannot be seen on every background"
    for line in (BOLD, GREY):
        assert f"\x1b[2m{line}\x1b[0m" in shown
        assert line in to_html(everything())
    assert BOLD in to_markdown(everything())
    assert BOLD not in draw(everything(), width=200, colour=False)


def test_the_page_and_markdown_have_every_block() -> None:
    page, marked = to_html(everything()), to_markdown(everything())
    for part in (
        "A title",
        "What was compared",
        "All: words 10.",
        "First",
        "Scores",
        "plain text",
        "x.bin",
        "w2v train x.txt",
    ):
        assert part in page
        assert part in marked
    assert page.count('href="#section') == 2
    assert "## First" in marked
    assert "### Below" in marked
    assert "> left out" in marked
    assert "- Command: w2v x" in marked
    assert "<p>Command: w2v x</p>" in page
    assert "Every question" in page
    assert "Every question" not in marked


def test_an_axis_is_made_of_what_may_be_quoted_and_the_rest_is_an_arrow() -> None:
    sure, doubtful = mark_of(0.5, (0.3, 0.7)), mark_of(0.2, (-3.9, 4.9), faint=True)
    scale = fitting_scale("", [sure, doubtful])
    assert (scale.low, scale.high) == (0.0, 0.75)
    alone = fitting_scale("", [doubtful])
    assert alone.low <= -3.9
    assert alone.high >= 4.9
    among_others = fitting_scale("", [*[mark_of(0.5, (0.3, 0.7), faint=True)] * 2, doubtful])
    assert (among_others.low, among_others.high) == (0.0, 0.75)
    page = to_html(everything())
    assert page.count('class="beyond"') == 2
    assert "Arrow: the figure or its interval goes on beyond the axis." in page


@pytest.mark.parametrize(("low", "high"), [(-0.01, 0.02), (-0.3, 0.9), (0.0, 0.004), (0.5, 1.0), (-4.0, 5.0)])
@pytest.mark.parametrize("differences", [True, False])
def test_an_axis_has_few_lines(low: float, high: float, differences: bool) -> None:
    """So that their labels do not touch on a narrow screen."""
    scale = fitting_scale("", [mark_of((low + high) / 2, (low, high))], differences=differences)
    assert scale.low <= min(low, 0)
    assert scale.high >= high
    lines = round((scale.high - scale.low) / scale.step) + 1
    assert lines <= (6 if differences or high <= 1 else 11)


def test_a_terminal_that_says_it_is_tiny_is_not_believed() -> None:
    shown = draw(everything(), width=1, colour=False)
    assert max(map(cell_len, shown.splitlines())) <= NARROWEST


def test_characters_that_steer_are_named() -> None:
    assert "\x1b[31m\u202e\u200f\u2066".translate(HARMLESS) == r"\x1b[31m\u202e\u200f\u2066"
    assert "café 東京 \u200c\n".translate(HARMLESS) == "café 東京 \u200c\n"
