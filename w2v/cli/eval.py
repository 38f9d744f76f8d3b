"""`w2v eval [VECTORS]...`: scores with their protocol. The scores come from `w2v.evaluation`.

The command also guards: `--min`, `--fail-under` and `--check` end with exit code 3 where a score is too low, has
fallen, or differs from gensim's, after everything has been printed (`eval_gates`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.completion import complete_suites
from w2v.cli.eval_gates import Gate, Outcome, judge, known_gates, outcomes, read_baseline
from w2v.cli.eval_groups import chosen_groups, groups_option
from w2v.cli.eval_options import GROUPS, own_file_options, study_options
from w2v.cli.options import (
    Command,
    data_dir_option,
    format_option,
    log_option,
    on_the_command_line,
    vector_files_option,
)
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, has_pages, report_option, write_reports
from w2v.cli.rows import chosen_rows, row_options
from w2v.errors import SettingsError
from w2v.evaluation.studies.registry import STUDIES
from w2v.evaluation.tasks.registry import TASKS
from w2v.pooling.registry import POOLINGS

if TYPE_CHECKING:
    from w2v.evaluation import ConventionName, Findings, Suite
    from w2v.evaluation.studies.base import Order, Run
    from w2v.report.blocks import Document


@click.command(
    cls=Command,
    examples=[
        "w2v eval",
        "w2v eval vectors.safetensors --suite google-analogies --restrict-vocab 30000",
        "w2v eval --suite all --report report.html",
        "w2v eval a.bin b.bin --suite similarity --json | jq '.files[].suites[].spearman'",
        "w2v eval vectors.bin --as gensim --check gensim",
        "w2v eval --dims 25,50,75 --order pca",
        "w2v eval en.aligned.safetensors --with de.aligned.safetensors --dictionary en-de.tsv",
        "w2v eval --min google-analogies=27.5% --min wordsim353=0.65",
        "w2v eval --group sgns='sgns-*.safetensors' --group glove='glove-*.safetensors' --report paper.tex",
    ],
)
@click.argument("files", metavar="[VECTORS]...", nargs=-1, type=click.Path(path_type=Path), help="The same as -m.")
@vector_files_option
@click.option(
    "--suite",
    "suites",
    metavar="NAME",
    multiple=True,
    shell_complete=complete_suites,
    help=f"A set of 'w2v data list', or a group: {GROUPS}, all. May be given more than once, or with commas. "
    "[default: google-analogies,wordsim353,simlex999]",
)
@groups_option
@click.option(
    "--words",
    metavar="WORD,...",
    help="Also show the neighbours of these words in all files, side by side. [default: some words, on pages alone]",
)
@click.option(
    "--dims",
    metavar="N,N,...",
    help="Also score the first N dimensions as vectors of their own: size, speed, scores and their paired difference "
    "from all dimensions.",
)
@click.option(
    "--order",
    type=click.Choice(["stored", "pca"]),
    metavar="stored|pca",
    default="stored",
    help="Of the dimensions of --dims: as they lie, or by principal components, with the mean removed.",
)
@own_file_options
@click.option(
    "--with",
    "other",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Look for translations among the words of this file, which lies in the same space ('w2v align'); for "
    "--suite bilingual and for --dictionary.",
)
@click.option(
    "--language",
    metavar="CODE",
    help="Score only sets in this language, such as en or de, and your own files. [default: all; the default sets only "
    "where the vectors do not seem to be of another language]",
)
@click.option(
    "--columns",
    metavar="NAME,NAME,...",
    help="Names of the columns of your own files, in order, as word1,word2,score; - for one that is not needed. "
    "[default: those in the first line, else guessed]",
)
@click.option(
    "--accept-partial",
    is_flag=True,
    help="Also take a file of your own of which less than half of the lines can be read.",
)
@click.option(
    "--restrict-vocab",
    type=click.IntRange(0),
    metavar="N",
    help="Use only the N most frequent words; 0 is no limit. [default: none; gensim 300000, word2vec 30000]",
)
@click.option(
    "--pooling",
    type=click.Choice(list(POOLINGS)),
    metavar="|".join(POOLINGS),
    help="How texts become vectors in sets of texts, as in 'w2v encode'. [default: mean for classification, else sif]",
)
@click.option(
    "--as",
    "convention",
    type=click.Choice(["w2v", "gensim", "word2vec", "glove"]),
    default="w2v",
    metavar="TOOL",
    help="Score by the rules of w2v, gensim, word2vec (its compute-accuracy) or glove (its evaluate.py).",
)
@study_options
@click.option(
    "--min",
    "gates",
    type=Gate(),
    multiple=True,
    metavar="NAME=VALUE",
    help="Exit 3 if a score is lower; NAME is a suite, or a part of it such as suite.section, suite.macro or "
    "suite.30k; VALUE is as 0.275 or 27.5%. May be given more than once.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Compare with these earlier results, which --json printed; goes with --fail-under.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0),
    metavar="POINTS",
    help="Exit 3 if a score is more than this many points (hundredths) below that of the baseline.",
)
@data_dir_option
@row_options
@format_option
@report_option
@log_option
def command(
    files: tuple[Path, ...],
    vectors: tuple[Path, ...],
    suites: tuple[str, ...],
    group: tuple[tuple[str, str], ...],
    words: str | None,
    dims: str | None,
    order: Order,
    restrict_vocab: int | None,
    pooling: str | None,
    convention: ConventionName,
    gates: tuple[tuple[str, float], ...],
    baseline: Path | None,
    fail_under: float | None,
    columns: str | None,
    accept_partial: bool,
    other: Path | None,
    language: str | None,
    data_dir: Path | None,
    output_format: str,
    reports: tuple[Path, ...],
    **registered: Any,
) -> None:
    """Score vectors on analogies, similarity and more.

    Every score comes with its protocol: the same vectors score 20 % or 65 % on the same analogies, depending on how
    many words may answer, and whether unknown ones count. Several files are compared on the questions that all of them
    can answer.
    """
    from w2v.evaluation.choosing import of_language
    from w2v.evaluation.evaluating import evaluate_run, with_other, with_own_files, with_pooling
    from w2v.evaluation.own import OwnChoices
    from w2v.evaluation.studies.base import Run, dims_given

    if (baseline is None) != (fail_under is None):
        raise SettingsError("--baseline and --fail-under go together", hint="give both, or neither")
    paths, groups = chosen_groups(files, vectors, group)
    suites, own = _chosen_sets(suites, registered)
    choices = OwnChoices(_parts(columns), accept_partial)
    own_paths = [path for paths_of_kind in own.values() for path in paths_of_kind]
    check_reports(reports, [*paths, *own_paths, *(each for each in (baseline, other) if each is not None)])
    earlier = None if baseline is None or fail_under is None else read_baseline(baseline, fail_under)
    sets, missing = _published(suites, data_dir, any(own.values()))
    named = {str(path): path for path in paths}
    with ExitStack() as at_the_end, console_progress() as progress:
        brief = not has_pages(output_format, reports)
        run = Run(
            files=named,
            sets=sets,
            convention=convention,
            restrict_vocab=restrict_vocab,
            data_dir=data_dir,
            rows=chosen_rows(),
            progress=progress,
            groups=groups,
            words=[word for word in _parts(words) if word],
            dims=dims_given(_numbers(dims)),
            order=order,
            brief=brief,
        )
        run = with_own_files(run, own, choices)
        if pooling is not None and (on_the_command_line("pooling") or _holds_texts(run)):
            run = with_pooling(run, pooling)
        if other is not None:
            run = with_other(run, other, missing)
        least = known_gates(gates, run.sets, convention)
        run = of_language(run, language, named=any(suites))
        for note in run.notes if output_format != "table" else ():  # a table begins with the notes
            progress.message(note, "warning")
        chosen = [*_chosen_studies(run, registered), *(["groups"] * bool(groups)), *_for_dims(run)]
        findings = evaluate_run(run, missing, chosen)
        result = _result(findings, outcomes(findings, least))
        at_the_end.callback(emit, result, output_format)  # even where a report cannot be written
        write_reports(result, reports, progress)
    judge(findings, least, earlier)


def _parts(listed: str | None) -> tuple[str, ...]:
    """Return the parts of a list with commas, without the blanks around them."""
    return tuple(part.strip() for part in listed.split(",")) if listed else ()


def _numbers(listed: str | None) -> list[int]:
    """Return the numbers of a list with commas. Raise `SettingsError` for what is no whole number."""
    parts = [part for part in _parts(listed) if part]
    wrong = next((part for part in parts if not part.isdecimal()), None)
    if wrong is not None:
        raise SettingsError(f"--dims {listed}: {wrong!r} is no number of dimensions", hint="for example 25,50,100")
    return [int(part) for part in parts]


def _result(findings: Findings, gates: Sequence[Outcome]) -> Result:
    """Return the result as it is printed: the findings, and the gates where there are any."""

    def document() -> Document:
        from w2v.report.blocks import Note

        whole = findings.document()
        said = (Note((gate.verdict,), "plain") for gate in gates)
        return whole._replace(closing=(*said, *whole.closing))

    payload = findings.to_dict()
    if gates:
        payload["gates"] = [gate.to_dict() for gate in gates]
    return Result("w2v.eval/1", payload, findings.rows(), document)


def _chosen_sets(
    suites: tuple[str, ...], registered: Mapping[str, Any]
) -> tuple[tuple[str, ...], dict[str, tuple[Path, ...]]]:
    """Return the values of the options that choose sets: of --suite, and of those for files of one's own, by name.

    As soon as the command line names a set with one of them, the defaults of the environment and of files of settings
    do not count, as those of w2v itself do not: a default never adds a set to those that are named.
    """
    names = [kind.own_file.name for kind in TASKS.values() if kind.own_file is not None]
    own = {name: registered[name] for name in names}
    if not on_the_command_line("suites", *names):
        return suites, own
    kept = {name: paths if on_the_command_line(name) else () for name, paths in own.items()}
    return suites if on_the_command_line("suites") else (), kept


def _published(
    suites: Sequence[str], data_dir: Path | None, with_own: bool
) -> tuple[dict[str, Suite], tuple[str, ...]]:
    """Return the published sets, read, and the names of those that are not here.

    with_own: there are files of one's own, beside which no set is a default.
    """
    from w2v.evaluation import DEFAULT_SUITES, gather

    wanted = [name for given in suites for name in _parts(given) if name]
    return gather(wanted if wanted or with_own else DEFAULT_SUITES, data_dir)


def _for_dims(run: Run) -> Iterator[str]:
    """Yield the study of fewer dimensions where --dims asks for it. Raise `SettingsError` where it cannot be done."""
    from w2v.evaluation.studies.base import study_of

    if not run.dims:
        if on_the_command_line("order"):
            raise SettingsError("--order is for --dims", hint="add --dims 25,50,100, or leave out --order")
        return
    try:
        study_of("dims").check(run)
    except SettingsError:
        if on_the_command_line("dims"):
            raise
        return
    yield "dims"


def _holds_texts(run: Run) -> bool:
    """Return whether a set holds texts: only then a default of a file of settings says how these are pooled."""
    return any(suite.pooled_by("mean") is not suite for suite in run.sets.values())


def _chosen_studies(run: Run, registered: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the studies that are asked for; raise `SettingsError` where one cannot be done.

    A default of the environment or of a file of settings is for other runs too: where it does not apply, it is ignored.
    """
    from w2v.evaluation.studies.base import study_of

    for name, listed in STUDIES.items():
        option = listed.option
        if option is None or registered[option.name] not in (True, option.value or True):
            continue
        try:
            study_of(name).check(run)
        except SettingsError:
            if on_the_command_line(option.name):
                raise
        else:
            yield name
