"""`w2v bias [WORD]...`: differential associations with their controls. The tests are in `w2v.evaluation.tasks.bias`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from w2v.cli.completion import complete_test
from w2v.cli.options import Command, format_option, log_option, vectors_option
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, report_option, write_reports
from w2v.cli.rows import read_vectors, row_options
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.evaluation import Report
    from w2v.evaluation.tasks.bias import BiasLists, BiasReport, WordByAnalogy
    from w2v.report.blocks import Document
    from w2v.vectors import Vectors


@click.command(
    cls=Command,
    examples=[
        "w2v bias",
        "w2v bias --test weat6 --words",
        "w2v bias doctor 'computer programmer' --minus man --plus woman",
        "w2v bias --lists my-words.toml --json",
    ],
)
@click.argument("words", metavar="[WORD]...", nargs=-1, help="Words or phrases for WORD − man + woman.")
@vectors_option
@click.option(
    "--lists",
    "path",
    type=click.Path(path_type=Path),
    help="Your own lists: a TOML file like that of 'w2v data path weat', or a .csv or .tsv with the columns test, role "
    "(X, Y, A, B) and word. [default: WEAT 1 to 10, and gender and professions]",
)
@click.option(
    "--test",
    "tests",
    metavar="NAME",
    multiple=True,
    shell_complete=complete_test,
    help="A test of the lists (weat1 to weat10, gender-professions, names). May be given more than once. "
    "[default: all]",
)
@click.option("--words", "each_word", is_flag=True, help="Show each word's own association.")
@click.option("--minus", metavar="A", default="man", help="With WORD: the word to take away.")
@click.option("--plus", metavar="B", default="woman", help="With WORD: the word to add.")
@click.option(
    "-n", "--topn", type=click.IntRange(1), metavar="N", default=3, help="With WORD: how many other words to show."
)
@click.option("--seed", type=click.IntRange(0), metavar="N", default=0, help="Random seed.")
@row_options
@format_option
@report_option
@log_option
def command(
    words: tuple[str, ...],
    vectors: Path,
    path: Path | None,
    tests: tuple[str, ...],
    each_word: bool,
    minus: str,
    plus: str,
    topn: int,
    seed: int,
    output_format: str,
    reports: tuple[Path, ...],
) -> None:
    """Measure how words are associated, with controls.

    Without WORD: Word Embedding Association Tests and other tests of published word lists, each beside what random
    words of the same frequency give. With WORD: the analogy WORD − man + woman, with the inputs allowed as answers and
    without. An association is of words in these vectors; it says nothing about a person, and it is no verdict.
    """
    from w2v.evaluation import Report
    from w2v.evaluation.own import OwnChoices
    from w2v.evaluation.own_tables import own_text
    from w2v.evaluation.scoring import with_language
    from w2v.evaluation.tasks.bias import (
        ask_words,
        evaluate_bias,
        is_table,
        published,
        read_lists,
        read_table_of_lists,
    )

    _check_that_they_go_together(bool(words))
    table = path if path is not None and is_table(path) else None
    lists = published() if path is None or table else read_lists(path)
    if table is not None:
        own_text(table)  # what is wrong with the file shows before the vectors are read
    elif tests and not words:
        lists = lists.only(tests)
    check_reports(reports, [vectors, *([] if path is None else [path])])
    with ExitStack() as at_the_end, console_progress() as progress:
        loaded = read_vectors(vectors, progress)
        if table is not None:
            lists = read_table_of_lists(table, OwnChoices(known=lambda word: loaded.lookup.find(word) is not None))
            lists = lists.only(tests) if tests and not words else lists
        if words:
            groups = next(iter(lists.groups), None)
            found = ask_words(loaded, words, groups, minus=minus, plus=plus, topn=topn)
            for each in found:
                if each.how == "composed":
                    from w2v.lookup import Found  # here, because the help needs no numpy

                    progress.message(Found(each.word, each.found, None, each.how).remark(loaded.name))
            result = _of_words(vectors, loaded, found, lists)
        else:
            tested = evaluate_bias(loaded, lists, seed=seed, progress=progress)
            report = with_language(tested, lists, loaded)
            whole = Report({report.suite: report}, (), {report.suite: lists}, loaded.words, loaded.dim, loaded.record)
            result = _of_lists(vectors, whole, report, each_word)
        at_the_end.callback(emit, result, output_format)  # even where a report cannot be written
        write_reports(result, reports, progress)


def _check_that_they_go_together(with_words: bool) -> None:
    """Raise `SettingsError` where the command line has an option that would do nothing."""
    of_lists, of_words = {"tests": "--test", "each_word": "--words"}, {"minus": "--minus", "plus": "--plus"}
    for name, option in (of_lists if with_words else of_words).items():
        if click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE:
            reason = "does not go with words" if with_words else "needs a WORD"
            raise SettingsError(f"{option} {reason}", hint="leave out one of them" if with_words else "name a word")


def _of_lists(vectors: Path, whole: Report, report: BiasReport, each_word: bool) -> Result:
    def document() -> Document:
        from w2v.evaluation.findings import Findings

        return Findings({str(vectors): whole}).document("Associations of words", each_word=each_word)

    payload = {"vectors": str(vectors), **report.to_dict()}
    return Result("w2v.bias/1", payload, report.word_rows() if each_word else report.rows(), document)


def _of_words(vectors: Path, loaded: Vectors, found: tuple[WordByAnalogy, ...], lists: BiasLists) -> Result:
    def document() -> Document:
        from w2v.evaluation.tasks.bias.section import words_document

        return words_document(found, loaded, str(vectors), lists.language)

    payload: dict[str, Any] = {
        "vectors": str(vectors),
        "lists": {"name": lists.name, "sha256": lists.sha256},
        "words": [each.to_dict() for each in found],
    }
    rows = [
        {
            "word": each.word,
            "formula": each.formula,
            "rank": near.rank,
            "answer": near.word,
            "score": near.score,
            "is_input": near.is_input,
            "association": each.association,
            "below": each.below,
        }
        for each in found
        for near in each.neighbours
    ]
    return Result("w2v.bias-words/1", payload, rows, document)
