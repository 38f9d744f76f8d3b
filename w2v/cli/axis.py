"""`w2v axis PAIRS... WORD...`: words on directions made of pairs of words. The arithmetic is in `w2v/axes`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.asking import ask, input_option, texts_of, unknown_words_option, words_in_file
from w2v.cli.options import Command, format_option, vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, report_option, write_reports
from w2v.cli.rows import row_options
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.axes.projections import Axis, Projection, Projections
    from w2v.axes.written import WrittenAxis
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Block, Cell, Document, Piece, Table
    from w2v.vectors import Vectors

FREQUENT = 10_000  # words among which the ends of an axis are looked for


@click.command(
    cls=Command,
    examples=[
        "w2v axis he,she poor,rich nurse doctor banker golf",
        "w2v axis gender=he,she+man,woman+his,her nurse engineer",
        "w2v axis poor,rich+cheap,expensive -n 20",
        "w2v axis --pairs gender.txt -i jobs.txt --format csv",
    ],
)
@click.argument(
    "words",
    metavar="[A,B[+C,D]]... [WORD]...",
    nargs=-1,
    help="Axes and words: what has a comma is an axis, from the first word of a pair to the second; a word that has a "
    "comma itself goes into a file (-i).",
)
@vectors_option
@click.option(
    "--pairs",
    "pair_files",
    type=click.Path(path_type=Path),
    metavar="FILE",
    multiple=True,
    help="An axis of the pairs in this file, one a line; it has the name of the file. May be given more than once.",
)
@input_option
@click.option(
    "-n",
    "--topn",
    type=click.IntRange(0),
    metavar="N",
    help="Show N words at each end of an axis. [default: 10 if no word is named, else 0]",
)
@click.option(
    "--restrict-vocab",
    type=click.IntRange(1),
    metavar="N",
    default=FREQUENT,
    help="Look for the ends among the N most frequent words.",
)
@click.option("--seed", type=click.IntRange(0), metavar="N", default=1, help="Random seed, for words and pairs.")
@unknown_words_option
@row_options
@format_option
@report_option
def command(
    words: tuple[str, ...],
    vectors: Path,
    pair_files: tuple[Path, ...],
    words_file: Path | None,
    topn: int | None,
    restrict_vocab: int,
    seed: int,
    unknown_words: str,
    output_format: str,
    reports: tuple[Path, ...],
) -> None:
    """Show where words lie on axes made of pairs of words.

    An axis is the mean difference of its pairs: he,she is an axis of one pair, he,she+man,woman one of two, and
    gender=he,she+man,woman has a name. A projection is the cosine of a word with that direction. Beside it stands where
    random words of like frequency lie, and how far the projection moves when one pair is left out.
    """
    from w2v.axes.written import pairs_of_lines, read_axis

    axes = [read_axis(text) for text in words if "," in text]
    axes += [pairs_of_lines(words_in_file(path), path.stem) for path in pair_files]
    if not axes:
        raise SettingsError("no axis is named", hint="for example: w2v axis he,she nurse doctor")
    others = [text for text in words if "," not in text]
    asked = texts_of(others, words_file) if others or words_file is not None else []
    check_reports(reports, [vectors, *pair_files, *([] if words_file is None else [words_file])])

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> Projections:
        return _project(loaded, readings, axes, asked, (topn, restrict_vocab, seed))

    texts = list(dict.fromkeys([*(word for axis in axes for word in axis.words), *asked]))
    [found] = ask(texts, [vectors], answer, unknown=unknown_words)
    result = Result("w2v.axis/1", found.to_dict(), _rows(found), lambda: document_of(found))
    with ExitStack() as at_the_end, console_progress() as progress:
        at_the_end.callback(emit, result, output_format)  # even where a report cannot be written
        write_reports(result, reports, progress)


def _project(
    loaded: Vectors,
    readings: Sequence[Reading],
    axes: Sequence[WrittenAxis],
    asked: Sequence[str],
    numbers: tuple[int | None, int, int],
) -> Projections:
    from w2v.axes.projecting import project
    from w2v.lookup import EVERY_STEP

    for reading in readings:
        if reading.word is None:
            raise SettingsError(f"{reading.text!r} is a sum, and axes have words", hint="name single words")
    there = {reading.text for reading in readings}
    topn, restrict_vocab, seed = numbers
    words = [text for text in asked if text in there]
    return project(
        loaded,
        [axis.only(there) for axis in axes],
        words,
        EVERY_STEP,
        topn=(0 if asked else 10) if topn is None else topn,
        restrict_vocab=restrict_vocab,
        seed=seed,
    )


def _rows(found: Projections) -> list[dict[str, object]]:
    """The rows of csv: projections, then the words at the ends."""
    ends = (
        {"axis": axis.name, "word": word, "projection": value, "end": end.pole}
        for axis in found.axes
        for end in axis.ends
        for word, value in end.words
    )
    return [*found.rows(), *ends]


def document_of(found: Projections) -> Document:
    """Return projections as a document."""
    from w2v.report.blocks import Document, Note, Section

    sections = tuple(Section(axis.name, tuple(_of_axis(found, axis))) for axis in found.axes)
    closing = (Note((_account(found),), "plain"),) if found.words else ()
    if found.angles:
        sections = (*sections, Section("Between the axes", (_between(found),)))
    return Document("Words on axes", sections, (found.vectors,), closing=closing)


def _of_axis(found: Projections, axis: Axis) -> list[Block]:
    from w2v.report.blocks import Note

    blocks: list[Block] = []
    if found.words:
        blocks += [_table(found, axis), Note((_meaning(found, axis),))]
    if axis.ends:
        blocks.append(_ends(axis))
    blocks += _pairs(axis)
    blocks.append(Note((axis.sentence,), "plain"))
    return blocks


def _table(found: Projections, axis: Axis) -> Table:
    from w2v.report.blocks import Column, Mark, Row, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import ends, figure, fitting_scale, text

    shown = sorted(found.on(axis.name), key=lambda each: each.value)
    columns = [Column("word", numeric=False), Column("projection")]
    columns += [Column("one pair left out", below=True)] if axis.agreement is not None else []
    columns += [Column("95 % of random words", below=True), Column("lies", numeric=False)]
    marks = [
        Mark(each.value, *_range(each), each.random_words, faint=each.toward is None and not each.is_pole)
        for each in shown
    ]
    reaching = [
        Mark(mark.value, *end) for mark in marks for end in ((mark.low, mark.high), mark.band) if end is not None
    ]
    scale = fitting_scale(f"{axis.first} to {axis.second}", reaching or marks, differences=True, show=decimal)
    scale = scale._replace(shaded="95 % of random words of like frequency")
    rows = []
    for each, mark in zip(shown, marks, strict=True):
        cells: list[Cell] = [text(each.word), text(figure(each.value, _signed), strong=_is_sure(each))]
        if axis.agreement is not None:
            assert each.low is not None
            assert each.high is not None
            cells.append(text(*ends((each.low, each.high), _signed)))
        cells += [text(*ends(each.random_words, _signed)), text(_lies(each), quiet=each.toward is None)]
        rows.append(Row(tuple(cells), (mark,)))
    return Table(f"{axis.first} (−) to {axis.second} (+)", tuple(columns), tuple(rows), scale, drawn=0)


def _range(found: Projection) -> tuple[float | None, float | None]:
    """The range with one pair left out, as far as the projection itself, for a mark."""
    if found.low is None or found.high is None:
        return None, None
    return min(found.low, found.value), max(found.high, found.value)


def _is_sure(found: Projection) -> bool:
    return found.toward is not None and found.is_beyond_random_pairs and not found.is_pole


def _lies(found: Projection) -> str:
    if found.is_pole:
        return "a pole of this axis"
    if found.random_words is None:
        return "–"
    if found.toward is None:
        return "as random words"
    return f"toward {found.toward}" + ("" if found.is_beyond_random_pairs else ", weakly")


def _meaning(found: Projections, axis: Axis) -> str:
    alike = "frequency" if found.by == "frequency" else "rank (no counts in the file)"
    parts = [
        f"Projection: the cosine of the word with the direction from {axis.first} to {axis.second}. "
        f"Random words: the middle 95 % of words of like {alike} on this axis."
    ]
    if any(each.toward is not None and not each.is_beyond_random_pairs for each in found.on(axis.name)):
        parts.append(
            f"Weakly: on more than 5 % of {found.random_axes:,} axes of random pairs the word lies as far out."
        )
    return " ".join(parts)


def _pairs(axis: Axis) -> list[Block]:
    from w2v.report.blocks import Column, Note, Row, Table
    from w2v.report.numbers import two
    from w2v.report.tables import figure, text

    if axis.agreement is None:
        more = "One pair is one example: join pairs of the same kind by +, as he,she+man,woman, and see if they agree."
        return [Note((more,))]
    caption = f"Do the pairs agree? Mean cosine {two(axis.agreement)}; random pairs: up to {two(axis.random_agreement)}"
    columns = (Column("pair", numeric=False), Column("cosine with the other pairs"))
    rows = (
        Row((text(f"{pair.first}, {pair.second}"), text(figure(pair.cosine, two), quiet=(pair.cosine or 0) <= 0)))
        for pair in axis.pairs
    )
    blocks: list[Block] = [Table(caption, columns, tuple(rows))]
    if axis.agreement <= (axis.random_agreement or 0):
        blocks.append(Note(("These pairs agree no more than random pairs do: they are not one axis.",), "warning"))
    return blocks


def _ends(axis: Axis) -> Block:
    from w2v.report.blocks import Column, Row, Table
    from w2v.report.tables import figure, text

    lists = [end.words for end in axis.ends]
    columns = [
        column for end in axis.ends for column in (Column(f"toward {end.pole}", numeric=False), Column("cosine"))
    ]
    rows = []
    for at in range(max(map(len, lists))):
        cells = []
        for words in lists:
            pieces: tuple[Piece, Piece] = ("", "")
            if at < len(words):
                pieces = (words[at][0], figure(words[at][1], _signed))
            cells += [text(pieces[0]), text(pieces[1])]
        rows.append(Row(tuple(cells)))
    return Table("The ends of the axis, without its own words", tuple(columns), tuple(rows))


def _between(found: Projections) -> Table:
    from w2v.report.blocks import Column, Row, Table
    from w2v.report.numbers import two
    from w2v.report.tables import figure, text

    columns = (Column("axes", numeric=False), Column("cosine"), Column("95 % of random axes"))
    rows = (
        Row(
            (
                text(f"{each.a}, {each.b}"),
                text(figure(each.cosine, two), strong=abs(each.cosine) > each.random),
                text(f"±{two(each.random)}"),
            )
        )
        for each in found.angles
    )
    return Table("", columns, tuple(rows))


def _account(found: Projections) -> str:
    """How many words lie beyond what random words do, in a sentence."""
    judged = [each for each in found.projections if each.random_words is not None and not each.is_pole]
    beyond = sum(each.toward is not None for each in judged)
    if not judged:
        if all(each.is_pole for each in found.projections):
            return "Only words of the axis itself are named: name others to see where they lie."
        return "No word can be compared with random words: there are too few words of like frequency."
    places = "projection lies" if len(judged) == 1 else "projections lie"
    return f"{beyond:,} of {len(judged):,} {places} outside the band of random words; of random words, 1 in 20 would."


def _signed(value: float | None) -> str:
    from w2v.report.numbers import number

    return number(value, 3, sign=True)
