"""`w2v align A B`: two files of vectors in one space, as those of two languages. What is done is in w2v/compare/."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, format_option, log_option
from w2v.cli.output import Result, emit
from w2v.cli.paths import keep_apart, tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, report_option, write_reports
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.compare.alignment import Alignment
    from w2v.progress import Progress
    from w2v.vectors import Vectors

ALONE = ("identical", "numerals", "none")


@click.command(
    cls=Command,
    examples=[
        "w2v align en.safetensors de.safetensors --dictionary en-de.tsv -o en.aligned.safetensors "
        "-o de.aligned.safetensors",
        "w2v align en.safetensors de.safetensors --dictionary en-de.tsv --dictionary identical --whiten",
        "w2v align en.safetensors de.safetensors --dictionary en-de.tsv --self-test",
        "w2v align en.safetensors de.safetensors --dictionary none --report align.html",
    ],
)
@click.argument(
    "files",
    metavar="FIRST SECOND",
    nargs=-1,
    type=click.Path(path_type=Path),
    help="Two vector files in any format.",
)
@click.option(
    "--dictionary",
    "dictionaries",
    metavar="FILE|identical|numerals|none",
    multiple=True,
    help="Begin with these pairs of words: a file with a word of FIRST, a tab and its translation in SECOND in each "
    "line; the words of four letters or more that both files spell alike (identical); the numerals of both "
    "(numerals); or no pairs at all (none: self-learning). May be given more than once. [default: identical]",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    type=OutputPath(),
    multiple=True,
    help="Write the vectors in the joint space: give it twice, first for those of FIRST, then for those of SECOND. The "
    "ending says the format.",
)
@click.option(
    "--refine",
    type=click.IntRange(0),
    metavar="N",
    default=5,
    help="Rounds in which words that are each other's best translation become pairs, too, and the maps are fitted "
    "anew.",
)
@click.option(
    "--refine-words",
    type=click.IntRange(10),
    metavar="N",
    default=10_000,
    help="A round looks at the N most frequent words of each file.",
)
@click.option(
    "--method",
    type=click.Choice(["rotation", "whitened", "canonical"]),
    metavar="rotation|whitened|canonical",
    default="rotation",
    help="rotation keeps all distances within a file (orthogonal Procrustes); whitened and canonical find more words, "
    "above all with small texts.",
)
@click.option("--whiten", is_flag=True, help="The same as --method whitened.")
@click.option(
    "--self-test",
    is_flag=True,
    help="Also measure the ceiling that these texts set: train two halves of a text, rename all words of one half, and "
    "look how many are found again. Takes as long as two trainings of half the text, for each file.",
)
@click.option(
    "--corpus",
    "corpora",
    metavar="TEXT",
    multiple=True,
    help="With --self-test, the text of FIRST; given again, that of SECOND. [default: where the run records say]",
)
@click.option(
    "--test-pairs", type=click.IntRange(10), metavar="N", default=25, help="With --self-test, begin with N pairs."
)
@click.option("--seed", type=click.IntRange(0), metavar="N", default=1, help="Of self-learning and of the self-test.")
@click.option(
    "--threads", type=click.IntRange(1), metavar="N", help="Worker threads; they change no number. [default: all cores]"
)
@row_options
@format_option
@report_option
@log_option
def command(
    files: tuple[Path, ...],
    dictionaries: tuple[str, ...],
    outputs: tuple[Path, ...],
    refine: int,
    refine_words: int,
    method: str,
    whiten: bool,
    self_test: bool,
    corpora: tuple[str, ...],
    test_pairs: int,
    seed: int,
    threads: int | None,
    output_format: str,
    reports: tuple[Path, ...],
) -> None:
    """Bring two vector files into one space.

    Afterwards a word of one file can be compared with any word of the other: translations are near each other, and an
    index of texts in one language can be asked in the other. The files are aligned by pairs of words, from a dictionary
    or guessed, and pairs that the alignment finds itself improve it. How many words are translated well depends on the
    texts above all: a few million tokens give little, and --self-test says how little.
    """
    from w2v.compare.align import align
    from w2v.formats import check_output

    paths = _two(files, outputs)
    if whiten and method == "canonical":
        raise SettingsError("--whiten is the method whitened, and --method says canonical", hint="give one of them")
    if corpora and not self_test:
        raise SettingsError("--corpus is for --self-test", hint="add --self-test, or leave out --corpus")
    named = [each for each in dictionaries if each not in ALONE]
    check_reports(reports, [*paths, *map(Path, named)])
    keep_apart({"--output": outputs}, corpora, {"FIRST": paths[0], "SECOND": paths[1]})
    for each in named:
        keep_apart({"--output": outputs}, (), {"--dictionary": Path(each)})
    for path in outputs:
        check_output(path)
    with ExitStack() as at_the_end, console_progress() as progress:
        first, second = (read_vectors(path, progress) for path in paths)
        found = align(
            first,
            second,
            list(dictionaries) or "identical",
            refine=refine,
            method="whitened" if whiten else method,
            refined_words=refine_words,
            self_test=_texts((first, second), corpora, progress) if self_test else None,
            test_pairs=test_pairs,
            seed=seed,
            threads=threads,
            progress=progress,
        )
        # The terminal has shown the warnings already. The result is printed even where a report cannot be written.
        at_the_end.callback(emit, _result(found, warned=output_format != "table"), output_format)
        write_reports(_result(found), reports, progress)
        _write(found, outputs, progress)


def _two(files: Sequence[Path], outputs: Sequence[Path]) -> tuple[Path, Path]:
    """The two files. Raises SettingsError for any other number of files, or of outputs than none or two."""
    if not files:
        raise click.UsageError("Missing argument 'FIRST SECOND'.", ctx=click.get_current_context())
    if len(files) != 2:
        raise SettingsError(
            f"two vector files are aligned, and {len(files)} {'is' if len(files) == 1 else 'are'} named",
            hint="name them: w2v align en.safetensors de.safetensors",
        )
    if len(outputs) not in (0, 2):
        raise SettingsError(
            f"-o is given {'once' if len(outputs) == 1 else f'{len(outputs)} times'}, and two files are written",
            hint="give -o twice: first for the vectors of the first file, then for those of the second",
        )
    if len(outputs) == 2 and outputs[0] == outputs[1]:
        raise SettingsError(f"both files would be written to {outputs[0]}", hint="give two names")
    return files[0], files[1]


def _texts(vectors: tuple[Vectors, Vectors], corpora: Sequence[str], progress: Progress) -> list[Any]:
    """The text of each file: as named, else where its run record says; None for a text that is not there."""
    if len(corpora) > 2:
        raise SettingsError("--corpus is given more than twice", hint="give the text of each file")
    found: list[Any] = list(corpora)
    for each in vectors[len(corpora) :]:
        sources = [] if each.record is None else list(each.record.corpus.get("sources", ()))
        here = bool(sources) and all(Path(source).exists() for source in sources)
        found.append(sources if here else None)
        if not here:
            progress.message(f"no self-test of {each.name}: its text is not here; name it with --corpus", "warning")
    if found == [None, None]:
        raise SettingsError(
            "the self-test trains on the texts of both files, and neither text is here",
            hint="name them: --self-test --corpus en.txt --corpus de.txt",
        )
    return found


def _write(found: Alignment, outputs: Sequence[Path], progress: Progress) -> None:
    """Write the vectors of both files."""
    from w2v import formats

    for path, vectors in zip(outputs, (found.source, found.target), strict=False):
        tell_of_replaced([path], progress)
        progress.phase(f"writing {path.name}")
        for written in formats.write(vectors, path, progress=progress):
            progress.message(f"wrote {written}: {len(vectors):,} words × {vectors.dim} dimensions")
    if outputs:
        progress.message(
            f"try: w2v eval {outputs[0]} --with {outputs[1]} --dictionary FILE, with pairs that were not given", "hint"
        )
    else:
        progress.message("no vectors were written: -o FIRST.out -o SECOND.out writes them", "hint")


def _result(found: Alignment, *, warned: bool = True) -> Result:
    return Result("w2v.align/1", found.to_dict(), found.rows(), partial(found.document, warned=warned))
