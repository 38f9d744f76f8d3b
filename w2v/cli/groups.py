"""`w2v groups -k N [WORD...]`: words, or the documents of an index, in groups. The arithmetic is in `w2v/clusters`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, input_option, texts_of, unknown_words_option
from w2v.cli.options import (
    Command,
    chosen_vectors,
    format_option,
    on_the_command_line,
    restrict_vocab_option,
)
from w2v.cli.output import Result, emit, written_as
from w2v.cli.paths import keep_apart
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.formats.registry import default_pattern

if TYPE_CHECKING:
    from w2v.clusters.groups import Groups
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Document
    from w2v.vectors import Vectors

ENDINGS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl"}


@click.command(
    cls=Command,
    examples=[
        "w2v groups -k 20 --restrict-vocab 5000",
        "w2v groups -k 3 apple pear hammer saw rain snow fog plum",
        "w2v groups -k 50 -i terms.txt --unknown-words skip -o groups.csv",
        "w2v groups -k 10 --index docs.w2v",
        "w2v groups -k 20 --restrict-vocab 5000 --json | jq -r '.groups[].name'",
    ],
)
@click.argument("words", metavar="[WORD]...", nargs=-1, help="Only these words; - reads them from standard input.")
@click.option("-k", "k", type=click.IntRange(1), metavar="N", help="How many groups.")
@input_option
@click.option(
    "-m",
    "--vectors",
    type=click.Path(path_type=Path),
    help=f"Use this vector file; default: $W2V_VECTORS, else ./{default_pattern()}.",
)
@click.option(
    "--index",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Group the documents of this index, which 'w2v index' has made, and not words.",
)
@restrict_vocab_option
@click.option("-n", "--topn", type=click.IntRange(1), metavar="N", default=10, help="Show N typical words of a group.")
@click.option("--seed", type=click.IntRange(0), metavar="N", default=1, help="The same seed gives the same groups.")
@click.option(
    "--starts", type=click.IntRange(1), metavar="N", default=4, help="Begin N times anew, and keep the best result."
)
@click.option(
    "-o",
    "--output",
    "outputs",
    type=OutputPath(dir_okay=False),
    multiple=True,
    help="Write a table with the group of each word or document: .csv, .tsv or .jsonl. May be given more than once.",
)
@unknown_words_option
@row_options
@format_option
def command(
    words: tuple[str, ...],
    k: int | None,
    words_file: Path | None,
    vectors: Path | None,
    index: Path | None,
    restrict_vocab: int | None,
    topn: int,
    seed: int,
    starts: int,
    outputs: tuple[Path, ...],
    unknown_words: str,
    output_format: str,
) -> None:
    """Sort words, or documents, into groups of like ones.

    A group is a direction, and has the words whose vectors have the highest cosine with it (spherical k-means). It is
    shown by its most typical words. The silhouette says how well a group is set apart from the others: 1 is far apart,
    0 is no border at all. Groups of all words are large and vague; --restrict-vocab 5000 takes the frequent ones.
    Documents are grouped by their vectors, and a group is shown by the words that it has more often than all documents.
    """
    if k is None:  # not a requirement of the option, because --show-config needs none
        raise click.UsageError("Missing option '-k'.", ctx=click.get_current_context())
    number = k
    for path in outputs:
        if path.suffix.lower() not in ENDINGS:
            raise SettingsError(f"-o {path}: no table has that ending", hint=f"use {', '.join(ENDINGS)}")
    read = [str(each) for each in (words_file, index) if each is not None and str(each) != "-"]
    options: dict[str, Any] = {"seed": seed, "starts": starts, "topn": topn}
    if index is not None:
        if words or words_file is not None or restrict_vocab is not None or on_the_command_line("vectors"):
            raise SettingsError(
                "--index groups documents, and words are asked for too", hint="leave out --index, or all about words"
            )
        keep_apart({"--output": outputs}, read)
        _show(_of_index(index, number, options), outputs, output_format)
        return
    [path] = chosen_vectors([], [] if vectors is None else [vectors])
    keep_apart({"--output": outputs}, read, {"-m": path})
    if words or words_file is not None:

        def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> Groups:
            return _of_readings(loaded, readings, number, restrict_vocab, progress, options)

        [found] = ask(texts_of(words, words_file, "[WORD]..."), [path], answer, unknown=unknown_words)
    else:
        from w2v.clusters.words import groups

        with console_progress() as progress:
            loaded = read_vectors(path, progress)
            found = groups(loaded, k, restrict_vocab=restrict_vocab, progress=progress, **options)
    _show(found, outputs, output_format)


def _show(found: Groups, outputs: Sequence[Path], output_format: str) -> None:
    rows = found.rows()
    _write(outputs, rows, found)
    payload = {**found.to_dict(), found.noun: rows}
    emit(Result("w2v.groups/1", payload, rows, lambda: _document(found)), output_format)


def _of_index(path: Path, k: int, options: dict[str, Any]) -> Groups:
    from w2v.search.groups import group_documents
    from w2v.search.index_file import open_index

    with console_progress() as progress:
        return group_documents(open_index(path, check=True), k, progress=progress, **options)


def _of_readings(
    vectors: Vectors,
    readings: Sequence[Reading],
    k: int,
    restrict_vocab: int | None,
    progress: Progress,
    options: dict[str, Any],
) -> Groups:
    """Group the words of the command line or a file; words without a row are composed, where the vectors can."""
    import numpy as np

    from w2v.clusters.words import groups_of_rows

    found: dict[str, Any] = {}
    for reading in readings:
        word = reading.word
        if word is None:
            raise SettingsError(f"{reading.text!r} is a sum, and groups are made of words", hint="name single words")
        if word.row is None or restrict_vocab is None or word.row < restrict_vocab:
            found.setdefault(word.word, word.vector if word.row is None else vectors.stored[word.row])
    if not found:
        raise SettingsError(
            f"none of these words is among the first {restrict_vocab:,}", hint="leave out --restrict-vocab"
        )
    return groups_of_rows(
        np.stack(list(found.values())), list(found), k, of=vectors.name, noun="words", progress=progress, **options
    )


def _write(outputs: Sequence[Path], rows: Sequence[dict[str, Any]], found: Groups) -> None:
    from w2v.files.whole import replacing

    result = Result("w2v.groups/1", {}, rows, lambda: _document(found))
    for path in outputs:
        text = written_as(result, ENDINGS[path.suffix.lower()]).encode("utf-8", "replace")
        with replacing(path, len(text)) as file:
            file.write(text)


def _document(found: Groups) -> Document:
    from w2v.report.blocks import Column, Document, Note, Row, Table
    from w2v.report.numbers import count, three
    from w2v.report.tables import figure, text

    columns = (
        Column("group"),
        Column("most typical", numeric=False),
        Column("size"),
        Column("cosine"),
        Column("silhouette"),
    )
    lines = (
        Row(
            (
                text(str(each.number)),
                text(", ".join(one.name for one in each.typical)),
                text(figure(each.size, count)),
                text(figure(each.cosine, three)),
                text(figure(each.silhouette, three)),
            )
        )
        for each in found.groups
    )
    members = len(found.members) - found.without_direction
    caption = f"{members:,} {found.noun} of {found.of} in {len(found):,} group{'s' * (len(found) != 1)}"
    named = "nearest to the middle of the group" if found.noun == "words" else "of its words those with the most weight"
    notes = [
        f"Most typical: {named}. Cosine: of its members with the middle, on average. "
        "Silhouette: from 1 (far from other groups) over 0 (on the border) to −1 (nearer to another group).",
    ]
    if found.silhouette is not None:
        notes.insert(0, f"Silhouette of all {found.noun}: {three(found.silhouette)}.")
    table = Table(caption, columns, tuple(lines))
    return Document.of("Groups", table, *(Note((note,)) for note in notes), file=found.of)
