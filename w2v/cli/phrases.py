"""`w2v phrases CORPUS...`: the phrases of a text, with counts and scores. The work is done by w2v/tokens/phrases.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, format_option, log_option
from w2v.cli.output import Result, emit
from w2v.cli.paths import keep_apart
from w2v.cli.progress import console_progress
from w2v.cli.training_options import text_settings
from w2v.cli.types import OutputPath

if TYPE_CHECKING:
    from w2v.report.blocks import Document
    from w2v.tokens.phrase_table import PhraseTable

OF_WORDS = ("min_count", "max_vocab", "max_count", "vocabulary", "keep_words", "stop_words")  # mean nothing here


@click.command(
    cls=Command,
    examples=[
        "w2v phrases corpus.txt",
        "w2v phrases corpus.txt --phrases 2 --phrase-threshold 200,100 --connectors en -o joined.txt",
        "w2v phrases news/ --tokenizer words --lowercase --phrase-score npmi -n 1000 --format csv > phrases.csv",
    ],
)
@click.argument("corpus", nargs=-1, required=True, help="Files, folders, globs, or - for standard input.")
@click.option(
    "-o",
    "--output",
    type=OutputPath(),
    help="Write the text with its phrases joined to this file: words with a blank between two, a sentence a line.",
)
@click.option(
    "-n",
    "--topn",
    type=click.IntRange(min=0),
    default=50,
    metavar="N",
    help="Show this number of phrases; 0 shows all.",
)
@click.option(
    "--sort",
    type=click.Choice(["score", "lowest", "count"]),
    default="score",
    help="Show the phrases of the highest score first, those just above the threshold, or those of the highest count.",
)
@click.option(
    "--phrases",
    type=click.IntRange(min=0, max=8),
    metavar="N",
    help="The number of passes: a second pass also joins phrases (new_york_city); 0 joins those of --phrase-list only. "
    " [default: 1; 0 with --phrase-list]",
)
@text_settings("phrases", *OF_WORDS)
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Worker threads.  [default: all cores]")
@format_option
@log_option
def command(
    corpus: tuple[str, ...],
    output: Path | None,
    topn: int,
    sort: str,
    phrases: int | None,
    output_format: str,
    threads: int | None,
    **settings: Any,
) -> None:
    """Find words that form phrases, such as new york.

    A pair of words is a phrase if the words stand together far more often than they would by chance. 'w2v train
    CORPUS --phrases N' finds and joins the same phrases. Try the threshold here first: what lies just above it (--sort
    lowest) should look like phrases. A pair is counted wherever it stands, also where it is not joined in the end.
    """
    from w2v.tokens.phrase_table import find_phrases

    if output is not None:
        inputs = {f"--{name.replace('_', '-')}": settings[name] for name in ("phrase_list",) if settings.get(name)}
        keep_apart({"--output": [output]}, corpus, inputs)
    passes = (0 if settings.get("phrase_list") else 1) if phrases is None else phrases
    given = {name: value for name, value in settings.items() if value is not None}
    with console_progress() as progress:
        table = find_phrases(corpus, output=output, threads=threads, progress=progress, phrases=passes, **given)
        if output is not None:
            progress.message(f"wrote {output}: {table.joined_tokens:,} words")
    orders = {"score": lambda: table.phrases, "lowest": table.phrases.by_rising_score, "count": table.phrases.by_count}
    shown = orders[sort]()[: topn or None]
    rows = [phrase.to_dict() for phrase in shown]
    found = replace(table, phrases=shown).to_dict()
    emit(Result("w2v.phrases/1", found, rows, lambda: _document(table, rows)), output_format)


def _document(table: PhraseTable, rows: list[dict[str, Any]]) -> Document:
    from w2v.report.blocks import Column, Document, Note, Row, Table
    from w2v.report.tables import text

    columns = (
        Column("phrase", numeric=False),
        Column("score"),
        Column("together"),
        Column("first word"),
        Column("last word"),
        Column("pass"),
    )
    cells = [
        Row(
            (
                text(each["phrase"]),
                text(_score(each["score"])),
                text(f"{each['count']:,}"),
                text(f"{each['first_count']:,}"),
                text(f"{each['second_count']:,}"),
                text("list" if not each["found_in_pass"] else str(each["found_in_pass"])),
            )
        )
        for each in rows
    ]
    shown = (
        f"{len(rows):,} of {len(table):,} phrases"
        if len(rows) < len(table)
        else f"{len(table):,} phrase{'s' * (len(table) != 1)}"
    )
    notes = [
        f"{shown}; {table.tokens:,} words of text become {table.joined_tokens:,}.",
        "Together: how often the two stood together; first and last word: how often each occurred.",
    ]
    if not len(table):
        notes = [
            f"No phrases were found in {table.tokens:,} words of text: try a lower --phrase-threshold "
            f"or --phrase-min-count, or more text."
        ]
    listed = table.facts.get("listed", {})
    if listed.get("missing"):
        examples = ", ".join(map(repr, listed["examples"]))
        more = " …" * (listed["missing"] > len(listed["examples"]))
        verb = "is" if listed["missing"] == 1 else "are"
        notes.append(
            f"Of the {listed['phrases']:,} phrases of the list, {listed['missing']:,} {verb} not in the text: "
            f"{examples}{more}"
        )
    return Document.of("Phrases", Table("Phrases", columns, tuple(cells)), *(Note((note,)) for note in notes))


def _score(score: float | None) -> str:
    if score is None:
        return "–"
    return f"{score:,.0f}" if score >= 1_000 else f"{score:.4g}"
