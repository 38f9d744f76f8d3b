"""`w2v index DOCS...`: make a file in which documents can be searched. How it is made: w2v/search/building.py."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.corpus_options import file_options, given_settings, word_options
from w2v.cli.options import Command, log_option, vectors_option
from w2v.cli.paths import tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.pooling.registry import DEFAULT, POOLINGS
from w2v.text.kinds import KINDS
from w2v.text.reading import AUTO

if TYPE_CHECKING:
    from w2v.progress import Progress
    from w2v.text.texts import Texts

OUTPUT = Path("docs.w2v")
PASSAGE_WORDS = 300  # as w2v/search/passages.py says; a test compares both
WORDS = ("tokenizer", "keep_tags", "lowercase", "locale")


@click.command(
    cls=Command,
    examples=[
        "w2v index notes/",
        "w2v index 'papers/*.pdf' -o papers.w2v",
        "w2v index titles.txt -m vectors.safetensors",
        "w2v index products.csv --column title --id-column sku -o products.w2v",
    ],
)
@click.argument(
    "docs",
    metavar="DOCS...",
    nargs=-1,
    required=True,
    help="Files, folders (with all below them), patterns in quotes, or - for standard input.",
)
@vectors_option
@click.option("-o", "--output", type=OutputPath(), default=OUTPUT, help="Write the index to this file.")
@click.option(
    "--each",
    type=click.Choice(["auto", "line", "file"]),
    metavar="auto|line|file",
    default="auto",
    help="What is a document of a text file: each line, or the whole file. auto: each line of a text file that is "
    "named; whole files of folders and patterns, and of Markdown.",
)
@click.option(
    "--passage-words",
    type=click.IntRange(1),
    metavar="N",
    default=PASSAGE_WORDS,
    help="Cut longer documents into passages of at most N words, between paragraphs or sentences.",
)
@click.option(
    "--pooling",
    type=click.Choice(list(POOLINGS)),
    metavar="|".join(POOLINGS),
    default=DEFAULT,
    help="How the vectors of words make that of a text, as with 'w2v encode'.",
)
@word_options
@click.option(
    "--input-format",
    type=click.Choice([AUTO, *KINDS]),
    metavar="KIND",
    default=AUTO,
    help=f"What the files are: {', '.join(KINDS)}; {AUTO} recognises each of them.",
)
@file_options
@click.option("--id-column", metavar="NAME", help="Take the ids of texts from this column of CSV, or key of JSON.")
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Worker threads.  [default: all cores]")
@row_options
@log_option
def command(
    docs: tuple[str, ...],
    vectors: Path,
    output: Path,
    each: str,
    passage_words: int,
    pooling: str,
    threads: int | None,
    **settings: Any,
) -> None:
    """Make a file in which documents can be searched.

    Documents are text, Markdown, HTML, CSV, JSON lines and PDF (pip install 'w2v[pdf]'). Long ones are cut into
    passages. The file has the texts themselves, a vector for each passage, and which words stand where; only you can
    read it. 'w2v search' asks it, with the same vectors. Hidden files, links out of a folder, and files of a folder
    that hold no text are left out, and a line says so. To bring an index up to date, make it again: an old one stays as
    it is until the new one is whole.
    """
    from w2v.files.whole import check_writable
    from w2v.search.building import Settings, write_index

    _keep_apart(output, docs, vectors)
    check_writable(output)
    with console_progress() as progress:
        tell_of_replaced([output], progress)
        texts = _texts(docs, each, settings, progress)
        loaded = read_vectors(vectors, progress)
        rules = {name: value for name, value in given_settings(settings).items() if name in WORDS}
        built = write_index(
            output,
            texts,
            loaded,
            Settings(pooling, passage_words),
            threads=threads,
            progress=progress,
            rules=rules,
        )
        if built.left_out:
            progress.message(built.left_out)
        if texts.tally.without_text:
            several = texts.tally.without_text != 1
            what = "records or pages hold no text and were" if several else "record or page holds no text and was"
            progress.message(f"{texts.tally.without_text:,} {what} left out")
        passages = "" if built.passages == built.documents else f" in {built.passages:,} passages"
        size = output.stat().st_size if output.is_file() else 0
        progress.message(
            f"wrote {output}: {built.documents:,} document{'s' * (built.documents != 1)}{passages}, "
            f"{loaded.dim} dimensions, {size / 1e6:,.1f} MB"
        )


def _texts(docs: tuple[str, ...], each: str, settings: dict[str, Any], progress: Progress) -> Texts:
    from w2v.text.reading import Reading
    from w2v.text.texts import Texts

    reading = Reading(
        settings["input_format"],
        settings["column"],
        settings["id_column"],
        settings["encoding"],
        settings["encoding_errors"],
        whole_files={"auto": None, "line": False, "file": True}[each],
    )
    names = [Path(name) if name != "-" else name for name in docs]
    return Texts(names, reading, tell=lambda text: progress.message(text, "warning"), skips_unusable=True)


def _keep_apart(output: Path, docs: tuple[str, ...], vectors: Path) -> None:
    """Raise SettingsError where the index would replace what it is made of."""
    real = os.path.realpath(output)
    for what, names in (("one of the documents", docs), ("the file of vectors", (str(vectors),))):
        if output.exists() and any(os.path.realpath(name) == real for name in names):
            raise SettingsError(f"--output {output} is {what}", hint="write to another file: -o FILE")
