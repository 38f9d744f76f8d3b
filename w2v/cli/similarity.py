"""`w2v similarity A B`: how alike two words or groups are, or all words of a list.

The arithmetic is in `w2v.vectors`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described, texts_of, unknown_words_option
from w2v.cli.options import Command, chosen_vectors, format_option, vector_files_option
from w2v.cli.output import Result, emit
from w2v.cli.pairs import pairs_of
from w2v.cli.percentiles import percentile_cell, percentile_columns, percentile_fields, percentile_notes
from w2v.cli.rows import row_options
from w2v.cli.side_by_side import heads_of, of_files, rows_of_files
from w2v.errors import FormatError, SettingsError

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Block, Document
    from w2v.vectors import Metric, Vectors

MEANINGS: dict[Metric, str] = {
    "cosine": "1 is the same direction, 0 unrelated",
    "dot": "cosine × the two lengths",
    "euclidean": "distance; 0 is the same",
}


@click.command(
    cls=Command,
    examples=[
        "w2v similarity cat dog",
        "w2v similarity '{cat dog}' '{breakfast lunch dinner}'",
        "w2v similarity --matrix cat dog king queen",
        "w2v similarity -i pairs.txt --format csv > cosines.csv",
        "w2v similarity cat dog --json | jq .cosine",
        "w2v similarity cat dog -m sgns.bin -m glove.bin",
    ],
)
@click.argument("words", metavar="A B", nargs=-1, help="Two words, groups or sums; with --matrix a list of them.")
@click.option("--matrix", is_flag=True, help="Compare all words of a list with each other, by cosine.")
@click.option(
    "-i",
    "--input",
    "words_file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Compare the two words of each line of this file; with --matrix, a line is one word. - is standard input.",
)
@vector_files_option
@unknown_words_option
@row_options
@format_option
def command(
    words: tuple[str, ...],
    matrix: bool,
    words_file: Path | None,
    vectors: tuple[Path, ...],
    unknown_words: str,
    output_format: str,
) -> None:
    """Compare two words: cosine, dot product, distance.

    With -i FILE, many pairs: two words a line, with a tab, a comma or a blank between them; each pair has a row.
    A group in braces, as '{cat dog horse}', stands for its centroid: the mean of its words, each at length 1. Groups
    and sums are compared by their cosine only, since their length means nothing.
    """
    if matrix:
        texts = list(dict.fromkeys(texts_of(words, words_file, "A B")))
        _compare_all(texts, chosen_vectors([], vectors), unknown_words, output_format)
        return
    pairs = pairs_of(words, words_file)
    if pairs is not None:
        _compare_pairs(pairs, chosen_vectors([], vectors), unknown_words, output_format)
        return
    texts = texts_of(words, words_file, "A B")
    if len(texts) != 2:
        named = f"{len(texts)} {'is' if len(texts) == 1 else 'are'} named"
        raise SettingsError(
            f"two words are compared, and {named}",
            hint="add --matrix to compare all words of a list, or write pairs into a file: -i pairs.txt",
        )

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> dict[str, Any]:
        return {"vectors": loaded.name, **_compared(loaded, *readings)}

    found = ask(texts, chosen_vectors([], vectors), answer)
    rows = rows_of_files((each["vectors"], [_without(each, "vectors", "queries")]) for each in found)
    schema, payload = of_files("w2v.similarity", found)
    emit(Result(schema, payload, rows, lambda: _document(found)), output_format)


def _compared(loaded: Vectors, a: Reading, b: Reading) -> dict[str, Any]:
    """Return what is known of two words, as plain values."""
    metrics = list(MEANINGS) if a.word and b.word else ["cosine"]
    measured: dict[str, float | None] = {
        metric: loaded.similarity(a, b, metric) if metric in metrics else None for metric in MEANINGS
    }
    return {
        "a": str(a),
        "b": str(b),
        **measured,
        **percentile_fields(loaded, a, b, measured["cosine"]),
        "queries": [described(reading) for reading in (a, b)],
    }


def _compare_pairs(
    pairs: Sequence[tuple[str, str]], paths: Sequence[Path], unknown_words: str, output_format: str
) -> None:
    """Compare the two words of each pair, and print a row for each."""

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> dict[str, Any]:
        known = {reading.text: reading for reading in readings}
        there = [(known[a], known[b]) for a, b in pairs if a in known and b in known]
        if not there:
            raise FormatError(
                f"of none of the {len(pairs):,} pairs {loaded.name} has both words",
                hint="write two words a line, in the language and spelling of the vectors",
            )
        progress.phase("comparing pairs", len(there))
        compared = []
        for done, (a, b) in enumerate(there, start=1):
            compared.append(_compared(loaded, a, b))
            progress.update(done)
        return {"vectors": loaded.name, "pairs": compared}

    texts = list(dict.fromkeys(word for pair in pairs for word in pair))
    found = ask(texts, paths, answer, unknown=unknown_words)
    rows = rows_of_files((each["vectors"], [_without(pair, "queries") for pair in each["pairs"]]) for each in found)
    schema, payload = of_files("w2v.similarity-pairs", found)
    emit(Result(schema, payload, rows, lambda: _lists(found)), output_format)


def _lists(found: Sequence[Mapping[str, Any]]) -> Document:
    """A table of each file, with a row for each pair."""
    from w2v.report.blocks import Column, Document, Row, Section, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    files = [each["vectors"] for each in found]
    every = [pair for each in found for pair in each["pairs"]]
    compared = percentile_columns(every)
    names = (Column("a", numeric=False), Column("b", numeric=False))
    columns = (*names, Column("cosine"), *compared, Column("dot"), Column("euclidean"))
    tables = []
    for each in found:
        rows = []
        for pair in each["pairs"]:
            cosine, dot, distance = (text("" if pair[of] is None else figure(pair[of], decimal)) for of in MEANINGS)
            percentile = [percentile_cell(pair)] if compared else []
            rows.append(Row((text(pair["a"]), text(pair["b"]), cosine, *percentile, dot, distance)))
        tables.append(Table(each["vectors"] if len(files) > 1 else "pairs", columns, tuple(rows)))
    sums = any(query["word"] is None for pair in every for query in pair["queries"])
    notes = percentile_notes(every, nearest=False, sums=sums)
    return Document("Pairs of words", (Section("", (*tables, *notes)),), tuple(files))


def _document(found: Sequence[Mapping[str, Any]]) -> Document:
    from w2v.report.blocks import Column, Document, Row, Section, Table
    from w2v.report.numbers import decimal
    from w2v.report.tables import figure, text

    files = [each["vectors"] for each in found]
    heads = heads_of(files) if len(files) > 1 else {files[0]: "value"}
    compared = percentile_columns(found)
    columns = [Column("measure", numeric=False)]
    for file in files:
        columns += [Column(heads[file]), *compared]
    rows = []
    for metric, meaning in MEANINGS.items():
        if found[0][metric] is None:
            continue
        cells = [text(metric)]
        for each in found:
            cells.append(text(figure(each[metric], decimal)))
            cells += [percentile_cell(each) if metric == "cosine" else text("")] if compared else []
        rows.append(Row((*cells, text(meaning))))
    title = " / ".join(dict.fromkeys(f"{each['a']} and {each['b']}" for each in found))
    sums = any(query["word"] is None for each in found for query in each["queries"])
    notes = percentile_notes(found, nearest=False, sums=sums)
    table = Table(title, (*columns, Column("", numeric=False)), tuple(rows))
    return Document(title, (Section("", (table, *notes)),), tuple(files))


def _compare_all(texts: Sequence[str], paths: Sequence[Path], unknown_words: str, output_format: str) -> None:
    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> dict[str, Any]:
        cosines = loaded.similarities(readings).tolist()
        cells = _percentiles(loaded, readings, cosines, progress)
        by = {cell["percentile_by"] for row in cells for cell in row} - {None}
        return {
            "vectors": loaded.name,
            "queries": [described(reading) for reading in readings],
            "names": [str(reading) for reading in readings],
            "cosines": cosines,
            "percentiles": [[cell["percentile"] for cell in row] for row in cells],
            "percentile_by": by.pop() if by else None,
        }

    found = ask(texts, paths, answer, unknown=unknown_words)
    rows = rows_of_files((each["vectors"], _pairs(each)) for each in found)
    schema, payload = of_files("w2v.similarity-matrix", found)
    cells = rows_of_files((each["vectors"], _matrix(each)) for each in found)
    emit(Result(schema, payload, rows, lambda: _matrices(found), cells), output_format)


def _percentiles(
    loaded: Vectors, readings: Sequence[Reading], cosines: Sequence[Sequence[float]], progress: Progress
) -> list[list[dict[str, Any]]]:
    """Return where the cosine of each pair stands among random pairs; each pair is compared once."""
    progress.phase("comparing with random pairs", len(readings))
    found: list[list[dict[str, Any]]] = []
    for row, a in enumerate(readings):
        above = [before[row] for before in found]
        behind = zip(readings[row + 1 :], cosines[row][row + 1 :], strict=True)
        itself = percentile_fields(loaded, a, a, None)
        found.append([*above, itself, *(percentile_fields(loaded, a, b, cosine) for b, cosine in behind)])
        progress.update(row + 1)
    return found


def _cells(found: Mapping[str, Any], row: int) -> list[dict[str, Any]]:
    by = found["percentile_by"]
    return [{"percentile": value, "percentile_by": by and value and by} for value in found["percentiles"][row]]


def _pairs(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    names = found["names"]
    for a, name in enumerate(names):
        cells = _cells(found, a)
        for b in range(a + 1, len(names)):
            yield {"a": name, "b": names[b], "cosine": found["cosines"][a][b], **cells[b]}


def _matrix(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of the matrix, each with the name of its word in front."""
    names = _different(found["names"], [query["query"] for query in found["queries"]])
    for name, cosines in zip(names, found["cosines"], strict=True):
        yield {"": name, **dict(zip(names, cosines, strict=True))}


def _different(names: Sequence[str], queries: Sequence[str]) -> Sequence[str]:
    """The names of columns: words as the vectors have them, or as they were asked for where two are the same there."""
    return names if len(set(names)) == len(names) else queries


def _without(values: Mapping[str, Any], *left_out: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in left_out}


def _matrices(found: Sequence[Mapping[str, Any]]) -> Document:
    from w2v.report.blocks import Column, Document, Row, Section, Table
    from w2v.report.numbers import two
    from w2v.report.tables import figure, text

    blocks: list[Block] = []
    every: list[dict[str, Any]] = []
    for each in found:
        names, which = each["names"], "" if len(found) == 1 else f" in {each['vectors']}"
        columns = (Column("", numeric=False), *(Column(name) for name in names))
        cosines = tuple(
            Row((text(name), *(text(figure(cosine, two)) for cosine in row)))
            for name, row in zip(names, each["cosines"], strict=True)
        )
        blocks.append(Table(f"cosines{which}", columns, cosines))
        cells = [_cells(each, row) for row in range(len(names))]
        every += [cell for row in cells for cell in row]
        if each["percentile_by"] is not None:
            below = tuple(Row((text(name), *map(percentile_cell, row))) for name, row in zip(names, cells, strict=True))
            blocks.append(Table(f"random pairs below{which}", columns, below))
    sums = any(query["word"] is None for each in found for query in each["queries"])
    notes = percentile_notes(every, nearest=False, sums=sums)
    return Document("Cosines", (Section("", (*blocks, *notes)),), tuple(each["vectors"] for each in found))
