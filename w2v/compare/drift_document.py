"""A comparison of vector files as a document: tables for the terminal, and more of them for a page.

The terminal has the words that were asked for, else those that moved the most. A page has both, the neighbours then
and now of each listed word, its path over the files, and every shared word in a list that can be searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from w2v.compare.changes import Period, WordChange, WordHistory
from w2v.compare.drift import MEASURES, Drift
from w2v.report.blocks import (
    Block,
    Cell,
    Column,
    Curve,
    Document,
    Folded,
    Items,
    ItemsColumn,
    Note,
    Plot,
    Row,
    Section,
    Table,
)
from w2v.report.numbers import NONE, count, percent, three
from w2v.report.tables import figure, text

__all__ = ["document_of"]

NAMED = 12  # words that a sentence names
LISTED = 5  # lost and gained neighbours in a row
ITEMS = 20_000  # words in the list of a page
HOW = (
    "Moved: 1 − cosine after one space is turned onto the other (orthogonal Procrustes). Neighbourhood: 1 − cosine of "
    "the similarities to its nearest words. 2nd order: 1 − correlation of the similarities to {anchors:,} frequent "
    "words. 0 is unchanged in all three. Kept: of its {shown} nearest words. In its band: the rank among words of like "
    "frequency."
)
NO_TEST = (
    "This is a ranking, not a test: words also move between two halves of one text, where nothing has changed. Chance "
    "can only be told apart with the texts: a p-value needs --corpus."
)
TITLES = {"procrustes": "moved", "local": "neighbourhood", "second_order": "2nd order", "neighbours": "neighbours"}


def document_of(found: Drift, n: int) -> Document:
    """Return a comparison as a document; n: how many of the words that moved the most it lists."""
    heads = heads_of(found.files)
    top = found.most_changed(n)
    asked = tuple(_of_word(found, each, heads) for each in found.histories)
    ranking = _ranking(found, top, n, heads) if not found.same else ()
    remarks = tuple(Note((each,), "warning") for each in found.remarks)
    others = _others(found, heads)
    shown = asked or (Section("", (*ranking, *others)),)
    appendix: tuple[Section, ...] = (Section("All shared words", (*ranking, *others)),) if asked and ranking else ()
    if not found.same:
        appendix += _appendix(found, top, heads)
    return Document("Words that moved", shown, tuple(found.files), notes=remarks, appendix=appendix)


def heads_of(files: Sequence[str]) -> list[str]:
    """Return what stands above the column of each file: its name, or its path where two files have the same name.

    Names that all have the same ending are shown without it.
    """
    paths = [Path(file) for file in files]
    for names in ([path.stem for path in paths], [path.name for path in paths]):
        if len(set(names)) == len(names) and (len({path.suffix for path in paths}) == 1 or names[0] == paths[0].name):
            return names
    return list(files)


def _ranking(found: Drift, top: Sequence[WordChange], n: int, heads: Sequence[str]) -> tuple[Block, ...]:
    how = HOW.format(anchors=len(found.scores.anchors), shown=found.shown)
    notes = [how, NO_TEST] if found.significance is None else found.significance.notes()
    first: Sequence[Block] = (
        (_table_of(found, top, heads),)
        if found.significance is None
        else found.significance.blocks(found.change, n, heads)
    )
    return (
        *first,
        _neighbours_of(top),
        _bands(found),
        *(Note((each,)) for each in notes),
    )


def _tested(found: Drift) -> Mapping[str, str]:
    """The columns of a calibrated test, where there was one."""
    return {} if found.significance is None else found.significance.columns()


def _table_of(found: Drift, top: Sequence[WordChange], heads: Sequence[str]) -> Table:
    counted = found.spaces.counts is not None
    counts = (Column(heads[0]), Column(heads[-1])) if counted else ()
    measures = [Column(TITLES[name]) for name in MEASURES if name != "neighbours"]
    columns = (
        Column("word", numeric=False),
        *counts,
        *measures,
        Column("kept"),
        Column("in its band"),
    )
    rows = tuple(_row(each) for each in top)
    caption = f"The {len(top):,} of {len(found):,} shared words that moved most"
    return Table(caption, columns, rows)


def _row(each: WordChange) -> Row:
    counts = () if each.counts is None else (each.counts[0], each.counts[-1])
    scores = (each.procrustes, each.local, each.second_order)
    return Row(
        (
            text(each.word),
            *(text(figure(number, count)) for number in counts),
            *(text(figure(_sound(score), three)) for score in scores),
            text(f"{each.kept} of {each.of}"),
            text(f"{each.band_rank:,} of {each.band_words:,}"),
        )
    )


def _sound(score: float) -> float | None:
    """The score, or None where it could not be computed."""
    return None if score != score else score


def _neighbours_of(top: Sequence[WordChange]) -> Table:
    columns = (Column("word", numeric=False), Column("lost", numeric=False), Column("gained", numeric=False))
    rows = tuple(
        Row((text(each.word), text(", ".join(each.lost[:LISTED])), text(", ".join(each.gained[:LISTED]))))
        for each in top
    )
    return Table("Their nearest words that went and came", columns, rows)


def _bands(found: Drift) -> Table:
    columns = (
        Column("rank by frequency", numeric=False),
        Column("words"),
        Column("half below"),
        Column("95 % below"),
        Column("moved most", numeric=False),
    )
    rows = tuple(
        Row(
            (
                text(band.title),
                text(figure(len(band), count)),
                text(figure(band.median, three)),
                text(figure(band.high, three)),
                text(", ".join(found.most_changed_of(band))),
            )
        )
        for band in found.bands
    )
    return Table("Bands of frequency: how far words moved", columns, rows)


def _others(found: Drift, heads: Sequence[str]) -> Iterator[Note]:
    """The words that are not compared."""
    for head, words in zip(heads, found.spaces.only_in, strict=True):
        if words:
            yield Note((f"Only in {head}: {_listed(words)}.",), "plain")
    if found.spaces.rare:
        enough = f"fewer than {found.spaces.min_count:,} times in one of the files"
        yield Note((f"In all files, but {enough}, and not compared: {len(found.spaces.rare):,} words.",), "plain")
    if found.spaces.without_direction:
        yield Note((f"Without a direction, and not compared: {_listed(found.spaces.without_direction)}.",), "plain")


def _listed(words: Sequence[str]) -> str:
    size = f"{len(words):,} word{'s' * (len(words) != 1)}"
    return f"{size}: {', '.join(words[:NAMED])}{', …' * (len(words) > NAMED)}"


def _of_word(found: Drift, history: WordHistory, heads: Sequence[str]) -> Section:
    blocks: list[Block] = [Note((_sentence(found, history),), "plain")]
    if history.change is not None:
        blocks += [_path(history, heads), *_plot(found, history, heads)]
    blocks += _near(history, heads)
    return Section(history.word, tuple(blocks))


def _sentence(found: Drift, history: WordHistory) -> str:
    """What has become of a word, in a sentence or two."""
    each = history.change
    if each is None:
        return f"Not compared. {history.reason}"
    if found.same:
        return "Nothing has moved."
    row = found.row_of(history.word)
    tested = " A rank is no test."
    if found.significance is not None and row is not None:
        tested = f" {found.significance.sentence(row)}"
    return (
        f"Moved {three(each.procrustes)}, its neighbourhood {three(each.local)}; {each.kept} of its {each.of} nearest "
        f"words stayed. Rank {each.rank:,} of {len(found):,}; {percent(each.above)} of the words of like frequency "
        f"moved less.{tested}"
    )


def _path(history: WordHistory, heads: Sequence[str]) -> Table:
    several = len(history.periods) > 2
    columns = [Column("file", numeric=False), Column("occurrences"), Column("moved from the first")]
    columns += [Column("from the one before"), Column("neighbourhood from the one before")] if several else []
    rows = tuple(Row(tuple(_cells(each, head, several))) for each, head in zip(history.periods, heads, strict=True))
    return Table(f"Path of {history.word}", tuple(columns), rows)


def _cells(each: Period, head: str, several: bool) -> Iterator[Cell]:
    yield text(head)
    yield text(figure(each.count, count))
    distances = (each.from_first, each.from_previous, each.neighbourhood_from_previous)
    yield from (text(figure(distance, three)) for distance in distances[: 3 if several else 1])


def _plot(found: Drift, history: WordHistory, heads: Sequence[str]) -> Iterator[Plot]:
    """The path of a word over three files or more, beside that of the words of its band."""
    if len(history.periods) < 3 or history.change is None:
        return
    row = found.row_of(history.word)
    assert row is not None
    band = next(each for each in found.bands if each.first <= row + 1 <= each.last)
    some = slice(band.first - 1, band.last)
    own = [(1.0, 0.0)]
    usual = [(1.0, 0.0)]
    for number, scores in enumerate(found.from_first, start=2):
        own.append((float(number), float(scores.procrustes[row])))
        usual.append((float(number), _middle(scores.procrustes[some].tolist())))
    files = ", ".join(f"{number} {head}" for number, head in enumerate(heads, start=1))
    curves = (Curve(history.word, 0, tuple(own)), Curve(f"half of the words {band.title}", 5, tuple(usual), True))
    yield Plot(f"{history.word}: moved from the first file", files, "moved", curves)


def _middle(values: Sequence[float]) -> float:
    from statistics import median

    return median(values)


def _near(history: WordHistory, heads: Sequence[str]) -> Iterator[Table]:
    """The nearest words in each file, side by side."""
    periods = history.periods
    there = [[near.word for near in each.neighbours] for each in periods]
    if not any(there):
        return
    columns = tuple(
        Column(f"{head}{'' if each.is_there else ' (not there)'}", numeric=False)
        for head, each in zip(heads, periods, strict=True)
    )
    rows = []
    for rank in range(max(map(len, there))):
        cells = (_marked(there, number, rank) for number in range(len(periods)))
        rows.append(Row((text(str(rank + 1)), *map(text, cells))))
    yield Table(f"Nearest words of {history.word}; + came, − will go", (Column(""), *columns), tuple(rows))


def _marked(there: Sequence[Sequence[str]], number: int, rank: int) -> str:
    """A neighbour, with + where the file before does not have it near, and − where the next file does not."""
    if rank >= len(there[number]):
        return NONE if not there[number] and rank == 0 else ""
    word = there[number][rank]
    came = number > 0 and bool(there[number - 1]) and word not in there[number - 1]
    goes = number + 1 < len(there) and bool(there[number + 1]) and word not in there[number + 1]
    return f"{word} {'+' * came}{'−' * goes}".rstrip()


def _appendix(found: Drift, top: Sequence[WordChange], heads: Sequence[str]) -> tuple[Section, ...]:
    """What a page has besides: the neighbours of the listed words then and now, and the list of all words."""
    words: list[Section] = []
    several = len(found.files) > 2
    for each in top:
        history = found.history(each.word)
        if several:
            words.append(_of_word(found, history, heads))
        else:
            words.append(Section("", (Folded(each.word, tuple(_near(history, heads))),)))
    listed = _items(found)
    return (Section("Neighbours then and now", (), tuple(words)), Section("Every shared word", (listed,)))


def _items(found: Drift) -> Items:
    rows = list(islice(found.most_changed(ITEMS), ITEMS))
    tested = _tested(found)
    counts = (
        []
        if found.spaces.counts is None
        else [
            ItemsColumn("count then", "number", [each.counts[0] if each.counts else None for each in rows]),
            ItemsColumn("count now", "number", [each.counts[-1] if each.counts else None for each in rows]),
        ]
    )
    scores = [
        ItemsColumn(TITLES[name], "number", [_sound(getattr(each, name)) for each in rows], 3)
        for name in MEASURES
        if name != "neighbours"
    ]
    tests = [
        ItemsColumn(head, "number", [each.significance.get(name) for each in rows], 3) for name, head in tested.items()
    ]
    columns = (
        ItemsColumn("word", "word", [each.word for each in rows]),
        ItemsColumn("band", "word", [each.band for each in rows]),
        *counts,
        *scores,
        *tests,
        ItemsColumn("kept", "number", [each.kept for each in rows]),
        ItemsColumn("lost", "word", [", ".join(each.lost[:LISTED]) for each in rows]),
        ItemsColumn("gained", "word", [", ".join(each.gained[:LISTED]) for each in rows]),
    )
    return Items("Words, those that moved most first", "words", columns, "band")
