"""`w2v plot WORD...`: figures of words. What they show is in `w2v/plots`; its registry gives the options for kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, input_option, texts_of, unknown_words_option
from w2v.cli.options import Command, chosen_vectors, format_option
from w2v.cli.output import Result, emit
from w2v.cli.paths import keep_apart, tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.formats.registry import default_pattern
from w2v.plots.registry import DEFAULT, FIGURES, FigureKind

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.plots.figure import Figure, Look
    from w2v.progress import Progress
    from w2v.report.blocks import Document
    from w2v.vectors import Vectors

OUTPUT = Path("plot.png")
UNITS = {"in": 1.0, "": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4}


def _kind_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command an option for each kind of figure, in a section of its own."""
    for name, kind in reversed(FIGURES.items()):
        if name != DEFAULT:
            function = _kind_option(name, kind)(function)
    return function


class _KindOption(click.Option):
    section = "Kinds of figures; without any: words on a plane"


def _kind_option(name: str, kind: FigureKind) -> Callable[..., Any]:
    if kind.value == "flag":
        return click.option(f"--{name}", cls=_KindOption, is_flag=True, help=kind.help)
    if kind.value == "axes":
        return click.option(f"--{name}", cls=_KindOption, multiple=True, metavar="A,B[+C,D]", help=kind.help)
    path = click.Path(path_type=Path)
    return click.option(f"--{name}", cls=_KindOption, type=(path, path), metavar="OLD NEW", help=kind.help)


@click.command(
    cls=Command,
    examples=[
        "w2v plot king queen man woman prince princess",
        "w2v plot --group animals=cat,dog,cow --group tools=saw,drill,axe -o groups.svg",
        "w2v plot --analogy king man woman queen -o analogy.pdf",
        "w2v plot --axis he,she+man,woman --axis poor,rich nurse doctor banker golf",
        "w2v plot --heatmap -i words.txt --theme dark --size 18x14cm",
    ],
)
@click.argument(
    "words", metavar="[WORD]...", nargs=-1, help="The words of the figure; - reads them from standard input."
)
@input_option
@click.option(
    "--group",
    "groups",
    metavar="NAME=WORD,WORD",
    multiple=True,
    help="Words that have a colour and a name together. May be given more than once.",
)
@click.option(
    "--neighbours", type=click.IntRange(0), metavar="N", default=0, help="Also show the N nearest words of each."
)
@click.option(
    "-m",
    "--vectors",
    type=click.Path(path_type=Path),
    help=f"Use this vector file; default: $W2V_VECTORS, else ./{default_pattern()}.",
)
@click.option(
    "--restrict-vocab",
    type=click.IntRange(1),
    metavar="N",
    help="Look for neighbours and answers among the N most frequent words.",
)
@_kind_options
@click.option(
    "-o",
    "--output",
    "outputs",
    type=OutputPath(dir_okay=False),
    multiple=True,
    help=f"Write the figure here: .png, .svg or .pdf; may be given again.  [default: {OUTPUT}]",
)
@click.option("--title", metavar="TEXT", help="Write a title above the figure.")
@click.option("--size", metavar="WIDTHxHEIGHT", help="As 7x5 (inches) or 18x13cm.  [default: what the words need]")
@click.option(
    "--theme",
    type=click.Choice(["light", "dark"]),
    metavar="light|dark",
    default="light",
    help="Colours of the figure.",
)
@click.option("--dpi", type=click.IntRange(10, 2400), metavar="N", default=200, help="Dots to the inch, in a PNG.")
@click.option("--font", metavar="NAME|FILE", help="A font for scripts that others lack, by its name or its file.")
@unknown_words_option
@row_options
@format_option
def command(
    words: tuple[str, ...],
    words_file: Path | None,
    groups: tuple[str, ...],
    neighbours: int,
    vectors: Path | None,
    restrict_vocab: int | None,
    outputs: tuple[Path, ...],
    title: str | None,
    size: str | None,
    theme: str,
    dpi: int,
    font: str | None,
    unknown_words: str,
    output_format: str,
    **kinds: Any,
) -> None:
    """Draw words: a picture for a paper, a slide or a class.

    Without an option of the last section, words lie on the plane that keeps most of the variance of their vectors.
    Below each figure stands what share of the truth it shows. Labels never overlap: frequent words get theirs first,
    and words for which there is no room are counted. What is printed is where each word lies, for programs of your own.
    """
    from w2v.plots.figure import Look, checked_look, format_of
    from w2v.plots.painting.canvas import check_matplotlib

    name, value = _chosen(kinds)
    grouped = _groups(groups)
    targets = outputs or (OUTPUT,)
    for path in targets:
        format_of(path)
    check_matplotlib()
    look = checked_look(Look(_size(size), theme, dpi))
    listed = texts_of(words, words_file, "[WORD]...") if words or words_file is not None or not grouped else []
    named = [*listed, *(word for of in grouped.values() for word in of)]
    texts = list(dict.fromkeys(named))
    files = list(value) if FIGURES[name].value == "files" else []
    if files and vectors is not None and click.get_current_context().get_parameter_source("vectors") is _typed():
        raise SettingsError(f"--{name} names its files itself", hint="leave out -m")
    [path] = files[1:] or chosen_vectors([], [] if vectors is None else [vectors])
    read = [str(each) for each in (words_file, *files[:1]) if each is not None and str(each) != "-"]
    keep_apart({"--output": outputs}, read, {"-m": path})

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> Figure:
        from w2v.lookup import EVERY_STEP
        from w2v.plots.making import make

        there = {reading.text for reading in readings if _is_word(reading)}
        return make(
            loaded,
            [text for text in named if text in there],
            EVERY_STEP,
            name,
            read_vectors(files[0], progress) if files else value,
            groups={group: [word for word in of if word in there] for group, of in grouped.items()},
            neighbours=neighbours,
            restrict_vocab=restrict_vocab,
            title=title or "",
            look=look,
            font=font,
            progress=progress,
        )

    [figure] = ask(texts, [path], answer, unknown=unknown_words)
    _write(figure, targets, look)
    payload = {**figure.to_dict(), "vectors": str(path), "files": [str(target) for target in targets]}
    emit(Result("w2v.plot/1", payload, figure.scene.items(), lambda: _document(figure, path.name)), output_format)


def _typed() -> click.core.ParameterSource:
    return click.core.ParameterSource.COMMANDLINE


def _is_word(reading: Reading) -> bool:
    if reading.word is None:
        raise SettingsError(
            f"{reading.text!r} is a sum, and figures have words",
            hint="name single words; --analogy A B C draws A − B + C",
        )
    return True


def _chosen(kinds: dict[str, Any]) -> tuple[str, Any]:
    """The kind of figure that is asked for, and the value of its option."""
    chosen = [(name, kinds[name]) for name in FIGURES if kinds.get(name)]
    if len(chosen) > 1:
        names = " and ".join(f"--{name}" for name, _ in chosen)
        raise SettingsError(f"{names} are two figures", hint="draw one after the other")
    return chosen[0] if chosen else (DEFAULT, True)


def _groups(given: Sequence[str]) -> dict[str, list[str]]:
    """The groups of the command line: the words of each by its name."""
    groups: dict[str, list[str]] = {}
    for text in given:
        name, equals, rest = text.partition("=")
        words = [word.strip() for word in rest.split(",") if word.strip()]
        if not equals or not name.strip() or not words:
            raise SettingsError(f"--group {text!r} is no group", hint="--group animals=cat,dog,cow")
        groups.setdefault(name.strip(), []).extend(words)
    return groups


def _size(text: str | None) -> tuple[float, float] | None:
    """A size in inches, as 7x5 or 18x13cm."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*([\d.]+)\s*[x×*,]\s*([\d.]+)\s*(in|cm|mm|)\s*", text)
    try:
        assert found is not None
        width, height = float(found[1]) * UNITS[found[3]], float(found[2]) * UNITS[found[3]]
    except (AssertionError, ValueError):
        raise SettingsError(f"--size {text!r} is no size", hint="width and height: 7x5 (inches), 18x13cm") from None
    return width, height


def _write(figure: Figure, targets: Sequence[Path], look: Look) -> None:
    with console_progress() as progress:
        tell_of_replaced(targets, progress)
        for target in targets:
            progress.phase(f"drawing {target.name}")
            figure.save(target)
            progress.message(f"wrote {target}: {target.stat().st_size:,} bytes")


def _document(figure: Figure, file: str) -> Document:
    from w2v.report.blocks import Column, Document, Note, Row, Table
    from w2v.report.numbers import three
    from w2v.report.tables import figure as number
    from w2v.report.tables import text

    items = figure.scene.items()
    shown = [name for name in ("x", "y", "group") if any(item.get(name) is not None for item in items)]
    blocks: list[Any] = []
    if shown:
        columns = (Column("word", numeric=False), *(Column(name, numeric=name != "group") for name in shown))
        rows = []
        for item in items:
            cells = [text(item["word"])]
            for name in shown:
                value = item[name]
                cells.append(text(value or "") if name == "group" else text(number(value, three)))
            rows.append(Row(tuple(cells)))
        blocks.append(Table(figure.title, columns, tuple(rows)))
    blocks += [Note((note,), "plain") for note in figure.notes]
    if figure.unlabelled:
        blocks.append(Note((f"Without a label, for want of room: {', '.join(figure.unlabelled)}.",)))
    return Document.of("Figure", *blocks, file=file)
