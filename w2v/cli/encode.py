"""`w2v encode TEXT...`: texts as vectors, printed or written to a file. How texts become vectors: w2v/pooling/."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from w2v.cli.corpus_options import given_settings, reading_options, word_options
from w2v.cli.options import Command, format_option, log_option, vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.paths import keep_apart
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.pooling.registry import DEFAULT, POOLINGS

if TYPE_CHECKING:
    from w2v.pooling.encoder import Encoded, TextEncoder
    from w2v.progress import Progress
    from w2v.report.blocks import Document
    from w2v.text import Text, Texts
    from w2v.text.reading import Reading

PRINTED = 1_000  # texts at most whose vectors are printed; more are written to a file
SHOWN = 26  # characters of a text in the table
VALUES = 4  # of a vector in the table
LONGEST_NAME = 256  # characters of a text that may be the name of a file


@click.command(
    cls=Command,
    examples=[
        "w2v encode 'how to fix a slow laptop' --json | jq '.texts[0].vector'",
        "w2v encode -i titles.txt -o titles.npy",
        "w2v encode -i products.csv --column title --id-column sku -o products.parquet",
        "w2v encode -i reviews.jsonl --column text --pooling mean --no-normalize -o reviews.npy",
        "cat questions.txt | w2v encode - --fit docs.txt -o questions.jsonl",
    ],
)
@click.argument("texts", metavar="TEXT...", nargs=-1, help="Texts; - reads the lines of standard input.")
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    metavar="PATH",
    help="Encode each line, record or page of this file: files, folders, globs, or - for standard input, as with "
    "'w2v train'. May be given more than once.",
)
@vectors_option
@click.option(
    "-o",
    "--output",
    type=OutputPath(),
    help="Write the vectors to this file: .npy (a row for each text), .parquet or .jsonl (with ids and texts).",
)
@click.option(
    "--pooling",
    type=click.Choice(list(POOLINGS)),
    metavar="|".join(POOLINGS),
    default=DEFAULT,
    help="How the vectors of words are put together: their mean (for classifiers); weighted by rarity (idf); sif, "
    "which also removes what all texts have in common (for comparing texts); or its successor usif.",
)
@click.option(
    "--fit",
    metavar="PATH",
    help="Take what texts have in common from this file of texts, and not from the vectors and their counts; with idf, "
    "the weights.",
)
@click.option("--dim", type=click.IntRange(1), metavar="N", help="Use the first N dimensions of the vectors only.")
@click.option("--no-normalize", is_flag=True, help="Do not bring the vectors of texts to length 1.")
@word_options
@reading_options
@click.option("--id-column", metavar="NAME", help="Take the ids of texts from this column of CSV, or key of JSON.")
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Worker threads.  [default: all cores]")
@row_options
@format_option
@log_option
def command(
    texts: tuple[str, ...],
    inputs: tuple[str, ...],
    vectors: Path,
    output: Path | None,
    pooling: str,
    fit: str | None,
    dim: int | None,
    no_normalize: bool,
    id_column: str | None,
    threads: int | None,
    output_format: str,
    **settings: Any,
) -> None:
    """Turn texts into vectors, one for each text.

    The vector of a text is a weighted mean of the vectors of its words; texts are alike if their vectors have a high
    cosine. Texts are cut into words as in training. Words that the vectors lack are left out, and their number is said;
    a text without any word that is there becomes zeros, and so does an empty line. Without -o, up to 1,000 texts are
    printed. What a cosine of texts tells, and what not: docs/guides/cosine-of-texts.md.
    """
    if texts == ("-",):
        texts, inputs = (), ("-", *inputs)
    if not texts and not inputs:
        raise click.UsageError("Missing argument 'TEXT...'.", ctx=click.get_current_context())
    files = [name for name in (*inputs, fit) if name is not None]
    if not files:
        _refuse_options_of_files()
    keep_apart({"--output": [output]}, files, {"-m": vectors})
    if output is not None:
        from w2v.pooling.outputs.writing import check_output

        check_output(output)
    with console_progress() as progress:
        reading = _reading(settings, id_column)
        _tell_of_files(texts, progress)
        stream = _stream(texts, inputs, reading, progress)
        loaded = read_vectors(vectors, progress)
        encoder = loaded.encoder(
            pooling,
            normalize=not no_normalize,
            dim=dim,
            fit=None if fit is None else _Strings(_texts([fit], reading, progress)),
            progress=progress,
            **{name: value for name, value in given_settings(settings).items() if name in WORDS},
        )
        if output is not None:
            _write(output, encoder, stream, threads, progress)
            return
        found = list(islice(stream, PRINTED + 1))
        if len(found) > PRINTED:
            raise SettingsError(
                f"there are more than {PRINTED:,} texts, which are too many to print", hint="-o texts.npy writes a file"
            )
        encoded = encoder.encode([text.text for text in found], threads=threads, progress=progress)
        _say_what_was_left_out(encoder, progress)
    rows = list(_rows(found, encoded))
    facts = {
        "vectors": str(vectors),
        "pooling": pooling,
        "normalized": not no_normalize,
        "dim": encoder.dim,
        "tokenizer": encoder.rules.config.tokenizer,
        "lowercase": encoder.rules.config.lowercase,
        "fit": fit,
    }
    emit(Result("w2v.encode/1", {**facts, "texts": rows}, rows, lambda: _document(rows, vectors.name)), output_format)


WORDS = ("tokenizer", "keep_tags", "lowercase", "locale")
OF_FILES = ("input_format", "column", "id_column", "encoding", "encoding_errors")


def _refuse_options_of_files() -> None:
    """Raise UsageError where the command line says how files are to be read, and names none."""
    context = click.get_current_context()
    for name in OF_FILES:
        if context.get_parameter_source(name) == ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{option} says how files are read, and no file is named with -i.", ctx=context)


def _tell_of_files(texts: Sequence[str], progress: Progress) -> None:
    """Warn of texts that are names of files: whoever gives them may want their lines."""
    for text in texts:
        if len(text) < LONGEST_NAME and os.path.isfile(text):
            progress.message(
                f"{text} is encoded as a text, and there is a file of this name: -i {text} reads it", "warning"
            )


class _Strings:
    """The texts of a stream without their ids, as often as they can be read."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def __iter__(self) -> Iterator[str]:
        return (text.text for text in self.texts)


def _reading(settings: Mapping[str, Any], id_column: str | None) -> Reading:
    from w2v.text.reading import Reading

    return Reading(
        settings["input_format"],
        settings["column"],
        id_column,
        settings["encoding"],
        settings["encoding_errors"],
        keep_empty=True,
    )


def _texts(names: Sequence[str], reading: Reading, progress: Progress) -> Texts:
    """The texts of files. Warn of a file that is read as plain text and looks like something else."""
    from w2v.text import Texts
    from w2v.text.resemblance import resemblance

    found = Texts([Path(name) if name != "-" else name for name in names], reading, tell=progress.message)
    if reading.is_default and reading.input_format is None and reading.id_column is None:
        for source in found.sources[:1]:
            if source.path is not None and source.size:
                head = next(source.read(4096), b"")
                like = resemblance(head, source.name)
                if like:
                    progress.message(f"{source.name} {like}", "warning")
    return found


def _stream(texts: Sequence[str], inputs: Sequence[str], reading: Reading, progress: Progress) -> Iterable[Text]:
    from w2v.text import Text

    named = [Text(str(number), text) for number, text in enumerate(texts, start=1)]
    return chain(named, _texts(inputs, reading, progress)) if inputs else named


def _write(output: Path, encoder: TextEncoder, stream: Iterable[Text], threads: int | None, progress: Progress) -> None:
    from w2v.pooling.outputs.writing import write_encoded

    write_encoded(output, encoder, stream, threads=threads, progress=progress)
    _say_what_was_left_out(encoder, progress)
    texts = encoder.tally.texts
    progress.message(f"wrote {output}: {texts:,} text{'s' * (texts != 1)} × {encoder.dim} dimensions")


def _say_what_was_left_out(encoder: TextEncoder, progress: Progress) -> None:
    left_out = encoder.tally.describe(encoder.vectors.name)
    if left_out:
        progress.message(left_out)


def _rows(texts: Sequence[Text], encoded: Encoded) -> Iterator[dict[str, Any]]:
    import numpy as np

    counts = zip(encoded.words.tolist(), encoded.unknown.tolist(), strict=True)
    for text, (words, unknown), vector in zip(texts, counts, encoded.vectors, strict=True):
        shortest = [float(str(np.float32(value))) for value in vector]  # 0.1, and not 0.10000000149011612
        yield {"id": text.id, "text": text.text, "words": words, "unknown": unknown, "vector": shortest}


def _beginning(vector: Sequence[float]) -> str:
    return " ".join(f"{value:.3f}" for value in vector[:VALUES]) + " ..." * (len(vector) > VALUES)


def _document(rows: Sequence[Mapping[str, Any]], file: str) -> Document:
    from w2v.report.blocks import Column, Document, Note, Row, Table
    from w2v.report.tables import text

    columns = (
        Column("text", numeric=False),
        Column("words"),
        Column("left out"),
        Column("vector", numeric=False),
    )
    cells = (
        Row(
            (
                text(row["text"] if len(row["text"]) <= SHOWN else f"{row['text'][: SHOWN - 3]}..."),
                text(f"{row['words']:,}"),
                text(f"{row['unknown']:,}"),
                text(_beginning(row["vector"])),
            )
        )
        for row in rows
    )
    note = Note(("Words: those that have a vector. --json prints all values; -o texts.npy writes a file.",))
    return Document.of("Texts as vectors", Table(f"Texts as vectors of {file}", columns, tuple(cells)), note)
