"""`w2v senses WORD... --corpus TEXT`: what words mean in a text. The senses are found in w2v/word_senses/."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from w2v.cli.asking import ask, input_option, texts_of, unknown_words_choice
from w2v.cli.corpus_options import corpus_options, given_settings
from w2v.cli.options import Command, format_option, log_option, restrict_vocab_option, vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.paths import keep_apart, tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, report_option, write_reports
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.lookup import Reading
    from w2v.progress import Progress
    from w2v.vectors import Vectors
    from w2v.word_senses import Senses

SCANNED = 2000  # words, where nobody says how many
IDLE = {
    "pairs": ("WORD", "--scan"),
    "quotes": ("--scan", "--self-test"),
    "show_all": ("--scan", "--self-test"),
    "k": ("--self-test",),
    "topn": ("--self-test",),
    "restrict_vocab": ("--self-test",),
}
"""Options that do nothing with some of the three things that may be asked for."""


@click.command(
    cls=Command,
    examples=[
        "w2v senses bank --corpus corpus.txt",
        "w2v senses bank java mouse cell --corpus corpus.txt -o senses.safetensors",
        "w2v senses bank -k 3 --show-all --corpus corpus.txt --report bank.html",
        "w2v senses --scan --corpus corpus.txt --restrict-vocab 5000 -n 50",
        "w2v senses --self-test --corpus corpus.txt --json | jq .by_share",
    ],
)
@click.argument("words", metavar="[WORD]...", nargs=-1, help="The words; - reads them from standard input.")
@input_option
@vectors_option
@click.option(
    "--corpus",
    multiple=True,
    metavar="PATH",
    help="The text: files, folders, globs, or - for standard input, as with 'w2v train'. It need not be the text of "
    "training. May be given more than once.",
)
@click.option("-k", "k", type=click.IntRange(2), metavar="N", default=2, help="Split each word into N senses.")
@click.option(
    "-n",
    "--topn",
    type=click.IntRange(1),
    metavar="N",
    help="Name the N nearest words of each sense; with --scan the N most split words.  [default: 10; with --scan 20]",
)
@click.option(
    "--quotes",
    type=click.IntRange(0),
    metavar="N",
    default=3,
    help="Quote N places near the centre of each sense, and N at its border.",
)
@click.option(
    "--show-all", is_flag=True, help="Show splits that cannot be trusted, too, in place of one sense for the word."
)
@click.option(
    "--scan",
    is_flag=True,
    help=f"Name no WORD: find the words that are split most, among the first {SCANNED:,} of the vectors, or "
    "--restrict-vocab N.",
)
@click.option(
    "--self-test",
    is_flag=True,
    help="Name no WORD: take pairs of words for one, and say how well they are told apart again.",
)
@click.option("--pairs", type=click.IntRange(1), metavar="N", default=8, help="With --self-test: N pairs of each kind.")
@click.option(
    "--window", type=click.IntRange(1), metavar="N", default=20, help="Look at words up to N places away in a sentence."
)
@restrict_vocab_option
@click.option("--seed", type=click.IntRange(0), metavar="N", default=1, help="The same seed gives the same senses.")
@click.option(
    "-o",
    "--output",
    "outputs",
    type=OutputPath(),
    multiple=True,
    help="Write the vectors with a row for each sense, as bank#1 and bank#2; the ending says the format. May be given "
    "more than once.",
)
@unknown_words_choice("words that the vectors lack, or that the text has too rarely")
@corpus_options
@row_options
@format_option
@report_option
@log_option
def command(
    words: tuple[str, ...],
    words_file: Path | None,
    vectors: Path,
    corpus: tuple[str, ...],
    k: int,
    topn: int | None,
    quotes: int,
    show_all: bool,
    scan: bool,
    self_test: bool,
    pairs: int,
    window: int,
    restrict_vocab: int | None,
    seed: int,
    outputs: tuple[Path, ...],
    unknown_words: str,
    output_format: str,
    reports: tuple[Path, ...],
    **settings: Any,
) -> None:
    """Find the senses of words in a text.

    The contexts of each word, which are the words around it, are split into senses, each with its share, the words
    nearest to it, and quotes. Any word can be split; so the split is compared with those of other words of like
    frequency, and where it does not stand out, one sense is shown. A sense that is found here is a topic that the word
    is used in; no dictionary was asked.
    """
    named = bool(words) or words_file is not None
    _check_that_they_go_together(named, scan, self_test, bool(outputs))
    if not corpus:
        raise click.UsageError("Missing option '--corpus'.", ctx=click.get_current_context())
    _check_outputs(outputs, reports, corpus, vectors)
    options = {"window": window, "seed": seed, **given_settings(settings)}
    sources = list(map(Path, corpus))
    if named:
        texts = texts_of(words, words_file, "[WORD]...")
        options |= {
            "k": k,
            "topn": topn or 10,
            "quotes": quotes,
            "show_all": show_all,
            "restrict_vocab": restrict_vocab,
            "skip_rare": unknown_words == "skip",
        }

        def answer(loaded: Vectors, readings: list[Reading], progress: Progress) -> Result:
            found = _found(loaded, readings, sources, progress, options)
            _write(loaded, found, outputs, progress)
            return _reported(_of_words(found), reports, progress)

        [result] = ask(texts, [vectors], answer, unknown=unknown_words)
    else:
        with console_progress() as progress:
            loaded = read_vectors(vectors, progress)
            if scan:
                options |= {"k": k, "topn": topn or 20, "restrict_vocab": restrict_vocab or SCANNED}
                result = _scanned(loaded, sources, progress, options)
            else:
                result = _tested(loaded, sources, progress, {**options, "pairs": pairs})
            _reported(result, reports, progress)
    emit(result, output_format)


def _check_that_they_go_together(named: bool, scan: bool, self_test: bool, writes: bool) -> None:
    """Raise `SettingsError` where the command line has an option that would do nothing."""
    asked = [name for name, given in (("WORD", named), ("--scan", scan), ("--self-test", self_test)) if given]
    if len(asked) > 1:
        raise SettingsError(f"{' and '.join(asked)} ask for different things", hint="give one of them")
    if not asked:
        raise click.UsageError(
            "Missing argument '[WORD]...', or --scan, or --self-test.", ctx=click.get_current_context()
        )
    if writes and not named:
        raise SettingsError(
            f"{asked[0]} finds no senses of a WORD that -o could write", hint="name words, or leave out -o"
        )
    origin = click.get_current_context().get_parameter_source
    for name, kinds in IDLE.items():
        if asked[0] in kinds and origin(name) is ParameterSource.COMMANDLINE:
            option = "-" + name if len(name) == 1 else "--" + name.replace("_", "-")
            raise SettingsError(f"{option} does nothing with {asked[0]}", hint="leave out one of them")


def _check_outputs(outputs: Sequence[Path], reports: Sequence[Path], corpus: Sequence[str], vectors: Path) -> None:
    from w2v import formats

    keep_apart({"--output": outputs}, corpus, {"-m": vectors})
    for path in outputs:
        formats.check_output(path)
    check_reports(reports, [vectors], corpus)


def _found(
    vectors: Vectors, readings: Sequence[Reading], corpus: list[Path], progress: Progress, options: dict[str, Any]
) -> Senses:
    from w2v.word_senses import senses

    for reading in readings:
        if reading.word is None:
            raise SettingsError(f"{reading.text!r} is a sum, and only words have senses", hint="name single words")
        if reading.word.row is None:
            raise SettingsError(
                f"{reading.text!r} has no row in {vectors.name}: its vector is composed", hint="name words with a row"
            )
    words = list(dict.fromkeys(str(reading) for reading in readings))
    return senses(vectors, words, corpus, progress=progress, **options)


def _write(vectors: Vectors, found: Senses, outputs: Sequence[Path], progress: Progress) -> None:
    if not outputs:
        return
    from w2v import formats
    from w2v.word_senses import with_senses

    made = with_senses(vectors, found)
    tell_of_replaced(outputs, progress)
    senses = [sense.name for word in found.words if word.is_split for sense in word.senses]
    for path in outputs:
        progress.phase(f"writing {path.name}")
        formats.write(made, path, progress=progress)
        progress.message(
            f"wrote {path}: {len(made):,} words, among them {', '.join(senses[:8])}{', …' * (len(senses) > 8)}"
        )


def _reported(result: Result, reports: Sequence[Path], progress: Progress) -> Result:
    write_reports(result, reports, progress)
    return result


def _of_words(found: Senses) -> Result:
    from w2v.cli.senses_page import document_of_senses

    return Result("w2v.senses/1", found.to_dict(), found.rows(), lambda: document_of_senses(found))


def _scanned(vectors: Vectors, corpus: list[Path], progress: Progress, options: dict[str, Any]) -> Result:
    from w2v.cli.senses_page import document_of_scan
    from w2v.word_senses import scan

    found = scan(vectors, corpus, progress=progress, **options)
    return Result("w2v.senses.scan/1", found.to_dict(), found.rows(), lambda: document_of_scan(found))


def _tested(vectors: Vectors, corpus: list[Path], progress: Progress, options: dict[str, Any]) -> Result:
    from w2v.cli.senses_page import document_of_test
    from w2v.word_senses import self_test

    found = self_test(vectors, corpus, progress=progress, **options)
    return Result("w2v.senses.self-test/1", found.to_dict(), found.rows(), lambda: document_of_test(found))
