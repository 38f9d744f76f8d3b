"""`w2v similar WORD...`: the nearest neighbours of words, and of sums of words. The arithmetic is in `w2v.vectors`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import ask, described, input_option, texts_of, unknown_words_option, words_of
from w2v.cli.options import (
    Command,
    chosen_vectors,
    format_option,
    restrict_vocab_option,
    topn_option,
    vector_files_option,
)
from w2v.cli.output import Result, emit
from w2v.cli.percentiles import percentile_fields, percentile_notes
from w2v.cli.rows import row_options
from w2v.cli.side_by_side import FileList, heads_of, lists_side_by_side

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.report.blocks import Document, Note, Table
    from w2v.vectors import Vectors


@click.command(
    cls=Command,
    examples=[
        "w2v similar paris",
        "w2v similar cat dog -n 5",
        "w2v similar 'king - man + woman' '{cat dog}'",
        "w2v similar bank -m vectors.safetensors -m vectors.bin",
        "w2v similar -i words.txt --unknown-words skip --format csv > near.csv",
    ],
)
@click.argument(
    "words",
    metavar="WORD...",
    nargs=-1,
    help="Words, sums and groups; each has a table of its own. - reads them from standard input.",
)
@input_option
@vector_files_option
@topn_option
@restrict_vocab_option
@click.option(
    "--among", type=click.Path(path_type=Path), help="Only words of this file may be answers; it has one word a line."
)
@click.option("--without", type=click.Path(path_type=Path), help="Words of this file may not be answers.")
@unknown_words_option
@row_options
@format_option
def command(
    words: tuple[str, ...],
    words_file: Path | None,
    vectors: tuple[Path, ...],
    topn: int,
    restrict_vocab: int | None,
    among: Path | None,
    without: Path | None,
    unknown_words: str,
    output_format: str,
) -> None:
    """List the words nearest to a word.

    Nearness is the cosine of the two vectors: 1 is the same direction, 0 is unrelated. With several words, each has its
    own list; several vector files are shown side by side. Write 'king - man + woman', 'king:1 man:-0.5' and '{cat dog}'
    (the centroid) in quotes. A word that is not there as written is looked for in another case and as a phrase.
    """

    def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> list[dict[str, Any]]:
        found = neighbours_of(
            loaded,
            readings,
            topn,
            restrict_vocab,
            among=None if among is None else words_of(loaded, among, progress, needed=True),
            without=() if without is None else words_of(loaded, without, progress),
        )
        for each in found:
            if not each["neighbours"]:
                progress.message(
                    f"{loaded.name} has no other word that may be an answer to {each['found']!r}", "warning"
                )
        return found

    texts = list(dict.fromkeys(texts_of(words, words_file)))
    paths = chosen_vectors([], vectors)
    by_file = ask(texts, paths, answer, unknown=unknown_words)
    place = {text: number for number, text in enumerate(texts)}
    results = sorted((result for results in by_file for result in results), key=lambda result: place[result["query"]])
    rows = [
        {"vectors": result["vectors"], "query": result["query"], "found": result["found"], **row}
        for result in results
        for row in result["neighbours"]
    ]
    payload = {"restrict_vocab": restrict_vocab, "results": results}

    def document() -> Document:
        from w2v.report.blocks import Document, Section

        sections = (Section("", (*neighbour_tables(results), *neighbour_notes(results))),)
        return Document("Nearest words", sections, files=tuple(map(str, paths)))

    emit(Result("w2v.similar/1", payload, rows, document), output_format)


def neighbours_of(
    vectors: Vectors,
    words: Sequence[str | Reading],
    topn: int,
    restrict_vocab: int | None = None,
    *,
    among: Iterable[str] | None = None,
    without: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Return the `topn` words nearest to each word or sum of words, as plain values; all are asked at once."""
    readings = [vectors.lookup.read(word) if isinstance(word, str) else word for word in words]
    found = vectors.neighbours_of_each(readings, topn=topn, restrict_vocab=restrict_vocab, among=among, without=without)
    return [
        {
            "vectors": vectors.name,
            **described(reading),
            "found": str(reading),
            "neighbours": [
                {
                    "rank": rank,
                    "word": each.word,
                    "cosine": each.score,
                    **percentile_fields(vectors, reading, each.word, each.score),
                }
                for rank, each in enumerate((each for each in near if not each.is_input), start=1)
            ],
        }
        for reading, near in zip(readings, found, strict=True)
    ]


def neighbour_tables(results: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    """Make a table for each query of `neighbours_of`, in which several vector files stand side by side."""
    by_query: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        by_query.setdefault(result["query"], []).append(result)
    files = list(dict.fromkeys(result["vectors"] for result in results))
    heads = heads_of(files) if len(files) > 1 else {files[0]: "word"}
    for of_query in by_query.values():
        title = " / ".join(dict.fromkeys(result["found"] for result in of_query))
        lists = [FileList(heads[result["vectors"]], result["neighbours"]) for result in of_query]
        yield from lists_side_by_side(title, lists, "cosine", "cosine")


def neighbour_notes(results: Sequence[Mapping[str, Any]]) -> tuple[Note, ...]:
    """Make the note on the percentiles in the tables of `neighbour_tables`."""
    rows = [row for result in results for row in result["neighbours"]]
    return percentile_notes(rows, nearest=True, sums=any(result["word"] is None for result in results))
