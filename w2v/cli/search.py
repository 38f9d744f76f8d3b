"""`w2v search QUERY`: documents of an index that fit a query. How they are found: w2v/search/searching.py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, find_vectors, format_option, optional_vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.progress import Progress
    from w2v.search.hits import Hits, UnlikeDocuments
    from w2v.search.searching import SearchIndex

INDEX = Path("docs.w2v")
PORT = 8317
OF_HITS = ("rank", "id", "passage", "passages", "score", "words_part", "meaning_part", "bm25", "cosine", "text")


@click.command(
    cls=Command,
    examples=[
        "w2v search 'how to fix a slow laptop'",
        "w2v search laptop --mode words --index products.w2v",
        "w2v search 'cheap flights' --mode meaning -n 3 --json | jq '.hits[0].explanation.pairs[0]'",
        "w2v search --farthest -n 5",
        "w2v search --serve --index papers.w2v",
    ],
)
@click.argument("query", metavar="QUERY...", nargs=-1, help="What to search for; several words are one query.")
@click.option(
    "--index",
    type=click.Path(path_type=Path),
    default=INDEX,
    help="Search this index, which 'w2v index' has written.",
)
@optional_vectors_option
@click.option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Turn the vectors of queries to those of the index: for -m with other vectors than the index was made with. "
    "'w2v drift OLD NEW --old-index -o FILE' writes this file.",
)
@click.option("-n", "--topn", type=click.IntRange(1), metavar="N", default=10, help="Show this number of documents.")
@click.option(
    "--mode",
    type=click.Choice(["both", "meaning", "words"]),
    metavar="both|meaning|words",
    default="both",
    help="Find documents by the words of the query (BM25), by their meaning (cosine of vectors), or by both: "
    "0.7 z(words) + 0.3 z(meaning).",
)
@click.option("--threshold", type=float, metavar="X", help="Show only documents whose score is X or more.")
@click.option("--farthest", is_flag=True, help="Show documents that are like no other, in place of a query.")
@click.option("--serve", is_flag=True, help="Show a page for searching in the browser of this computer, until Ctrl-C.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    metavar="N",
    default=PORT,
    help="With --serve, listen on this port of 127.0.0.1; 0 takes a free one.",
)
@row_options
@format_option
def command(
    query: tuple[str, ...],
    index: Path,
    vectors: Path | None,
    map_file: Path | None,
    topn: int,
    mode: str,
    threshold: float | None,
    farthest: bool,
    serve: bool,
    port: int,
    output_format: str,
) -> None:
    """Search documents by words, by meaning, or by both.

    'w2v index' makes the index. Each hit says why it was found: which words of the query, with which words of the text,
    add how much to its score. Meaning needs the vectors that the index was made with; --mode words needs none.
    """
    asked = " ".join(query)
    _check(bool(asked.strip()), farthest, serve)
    if map_file is not None and (farthest or mode == "words"):
        option = "--farthest" if farthest else "--mode words"
        raise SettingsError(
            f"--map turns the vectors of queries, and {option} uses none", hint=f"leave out --map, or {option}"
        )
    with console_progress() as progress:
        opened = _opened(index, vectors, map_file, progress, needs_vectors=mode != "words" and not farthest)
        if serve:
            _serve(opened, port, topn, mode, progress)
            return
        if farthest:
            unlike = opened.farthest(topn, progress=progress)
            emit(_result_of_unlike(unlike), output_format)
            return
        found = opened.search(asked, topn, mode=mode, threshold=threshold)  # type: ignore[arg-type]
    emit(_result(found), output_format)


def _check(asked: bool, farthest: bool, serve: bool) -> None:
    """Raise an error unless there is one thing to do: answer a query, show odd documents, or serve a page."""
    if farthest and serve:
        raise SettingsError("--farthest and --serve are given", hint="give one of them")
    if asked and (farthest or serve):
        option = "--serve" if serve else "--farthest"
        raise SettingsError(f"{option} takes no query", hint=f"leave out the query, or {option}")
    if not (asked or farthest or serve):
        raise click.UsageError("Missing argument 'QUERY...'.", ctx=click.get_current_context())


def _serve(index: SearchIndex, port: int, topn: int, mode: str, progress: Progress) -> None:
    from w2v.search.serving import SearchServer

    with SearchServer(index, port, n=topn, mode=mode) as server:  # type: ignore[arg-type]
        progress.message(f"searching {index.name} at {server.address}, for this computer only; Ctrl-C ends it")
        server.serve_forever(poll_interval=0.2)


def _opened(
    path: Path, vectors: Path | None, map_file: Path | None, progress: Progress, *, needs_vectors: bool
) -> SearchIndex:
    """Raises FormatError for what is no index, and for other vectors."""
    from w2v.search.index_file import open_index
    from w2v.search.searching import SearchIndex

    file = open_index(path)
    if not needs_vectors:
        return SearchIndex(file)
    try:
        chosen = vectors or find_vectors()
    except SettingsError as error:
        raise SettingsError(
            error.message, hint=f"{path} was made with {file.made.vectors}; --mode words needs none"
        ) from error
    found = None
    if map_file is not None:
        from w2v.compare.map_file import load_map

        found = load_map(map_file)
    return SearchIndex(file, read_vectors(chosen, progress), map=found)


def _result(found: Hits) -> Result:
    def document() -> Any:
        from w2v.search.showing import document_of

        return document_of(found)

    rows = [hit.to_dict() for hit in found]
    cells = [{name: row[name] for name in OF_HITS} for row in rows]
    return Result("w2v.search/1", found.to_dict(), rows, document, cells)


def _result_of_unlike(found: UnlikeDocuments) -> Result:
    def document() -> Any:
        from w2v.search.showing import document_of_unlike

        return document_of_unlike(found)

    return Result("w2v.farthest/1", found.to_dict(), [hit.to_dict() for hit in found], document)
