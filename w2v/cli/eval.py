"""`w2v eval [VECTORS]...`: scores with their protocol. Not here: scoring (`w2v.evaluation`).

The command also guards: `--min`, `--fail-under` and `--check` end with exit code 3 where a score is too low, has
fallen, or differs from gensim's, after everything has been printed (`eval_gates`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.completion import complete_suites
from w2v.cli.eval_gates import Gate, judge, known_gates, read_baseline
from w2v.cli.options import (
    Command,
    chosen_vectors,
    data_dir_option,
    format_option,
    log_option,
    on_the_command_line,
    vector_files_option,
)
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, report_option, write_reports
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.evaluation import ConventionName, Suite
    from w2v.evaluation.findings import Findings


@click.command(
    cls=Command,
    examples=[
        "w2v eval",
        "w2v eval vectors.safetensors --suite google-analogies --restrict-vocab 30000",
        "w2v eval --suite all --report report.html",
        "w2v eval a.bin b.bin --suite similarity --json | jq '.files[].suites[].spearman'",
        "w2v eval vectors.bin --as gensim --check gensim",
        "w2v eval --min google-analogies=27.5% --min wordsim353=0.65",
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
    help="A set of 'w2v data list', or a group: analogies, similarity, categorization, outliers, bias, geometry, "
    "all; may be given again, or with commas. [default: google-analogies,wordsim353,simlex999]",
)
@click.option(
    "--pairs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your own rated pairs: word, word, number, in columns. May be given again.",
)
@click.option(
    "--analogies",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your own analogies: four words a line; lines ': name' begin sections. May be given again.",
)
@click.option(
    "--outliers",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your own topics: 'name: word word word | outlier outlier', one a line. May be given again.",
)
@click.option(
    "--restrict-vocab",
    type=click.IntRange(0),
    metavar="N",
    help="Look at the N most frequent words only; 0 is no limit. [default: none; gensim 300000, word2vec 30000]",
)
@click.option(
    "--as",
    "convention",
    type=click.Choice(["w2v", "gensim", "word2vec", "glove"]),
    default="w2v",
    metavar="TOOL",
    help="Score by the rules of w2v, gensim, word2vec (its compute-accuracy) or glove (its evaluate.py).",
)
@click.option(
    "--conventions",
    "grid",
    is_flag=True,
    help="Also show every set of analogies by the conventions of papers: limits, inputs, unknown words, normalisation.",
)
@click.option(
    "--replicates",
    "replicates",
    is_flag=True,
    help="The files are one model trained with several seeds: show mean, spread and shared neighbours. Files whose run "
    "records differ in more than the seed are refused.",
)
@click.option(
    "--check",
    type=click.Choice(["gensim"]),
    metavar="gensim",
    help="Run gensim's own evaluators too; exit 3 where a count differs.",
)
@click.option(
    "--min",
    "gates",
    type=Gate(),
    multiple=True,
    metavar="NAME=VALUE",
    help="Exit 3 if a score is lower; NAME is a suite, or suite.section, suite.macro, suite.30k and the like; "
    "VALUE as 0.275 or 27.5%. May be given again.",
)
@click.option(
    "--sensitivity",
    "shifts",
    is_flag=True,
    help="Also every score after centring, and after all-but-the-top (Mu & Viswanath 2018).",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Earlier results, as --json printed them, to compare with.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0),
    metavar="POINTS",
    help="Exit 3 if a score is more than so many points (hundredths) below the baseline's.",
)
@data_dir_option
@format_option
@report_option
@log_option
def command(
    files: tuple[Path, ...],
    vectors: tuple[Path, ...],
    suites: tuple[str, ...],
    pairs: tuple[Path, ...],
    analogies: tuple[Path, ...],
    outliers: tuple[Path, ...],
    restrict_vocab: int | None,
    convention: ConventionName,
    grid: bool,
    replicates: bool,
    check: str | None,
    gates: tuple[tuple[str, float], ...],
    baseline: Path | None,
    fail_under: float | None,
    shifts: bool,
    data_dir: Path | None,
    output_format: str,
    reports: tuple[Path, ...],
) -> None:
    """Score vectors on analogies, similarity and more.

    Every score comes with its protocol: the same vectors score 20 % or 65 % on the same analogies, depending on how
    many words may answer, and whether unknown ones count. Several files are compared on what all of them answer.
    """
    paths = chosen_vectors(files, vectors)
    suites, pairs, analogies, outliers = _chosen_sets(
        suites=suites, pairs=pairs, analogies=analogies, outliers=outliers
    )
    if replicates and len(paths) < 2:
        raise SettingsError("--replicates needs two files or more", hint="name the files of several seeds")
    if (baseline is None) != (fail_under is None):
        raise SettingsError("--baseline and --fail-under go together", hint="give both, or neither")
    if check and any((*pairs, *analogies)):
        raise SettingsError("--check gensim is for the sets of 'w2v data list'", hint="leave it out, or your own sets")
    check_reports(reports, [*paths, *pairs, *analogies, *outliers, *([] if baseline is None else [baseline])])
    earlier = None if baseline is None or fail_under is None else read_baseline(baseline, fail_under)
    sets, missing = _sets(suites, data_dir, {"pairs": pairs, "analogies": analogies, "outliers": outliers})
    _check_that_there_is_something_to(sets, grid, check)
    least = known_gates(gates, sets, convention)
    with ExitStack() as at_the_end, console_progress() as progress:
        from w2v.evaluation.evaluating import evaluate_files

        findings = evaluate_files(
            {str(path): path for path in paths},
            sets,
            missing,
            convention=convention,
            restrict_vocab=restrict_vocab,
            grid=grid,
            shifts=shifts,
            check=bool(check),
            replicates=replicates,
            data_dir=data_dir,
            progress=progress,
        )
        result = _result(findings)
        at_the_end.callback(emit, result, output_format)  # even where a report cannot be written
        write_reports(result, reports, progress)
    judge(findings.reports, findings.checks, least, earlier)


def _chosen_sets(**given: tuple[Any, ...]) -> tuple[tuple[Any, ...], ...]:
    """Return the values of the options that choose sets.

    As soon as the command line names a set with one of them, the defaults of the environment and of files of settings
    do not count, as those of w2v itself do not: a default never adds a set to those that are named.
    """
    if not on_the_command_line(*given):
        return tuple(given.values())
    return tuple(values if on_the_command_line(name) else () for name, values in given.items())


def _sets(
    suites: Sequence[str], data_dir: Path | None, own: Mapping[str, Sequence[Path]]
) -> tuple[dict[str, Suite | None], tuple[str, ...]]:
    """The wanted sets, read: whatever is wrong with them shows before the vectors are read."""
    from w2v.evaluation import DEFAULT_SUITES, gather
    from w2v.evaluation.own import read_own_analogies, read_own_outliers, read_own_pairs

    wanted = [name for given in suites for name in given.split(",") if name]
    sets, missing = gather(wanted if wanted or any(own.values()) else DEFAULT_SUITES, data_dir)
    readers: dict[str, Callable[[Path], Suite]] = {
        "pairs": read_own_pairs,
        "analogies": read_own_analogies,
        "outliers": read_own_outliers,
    }
    for kind, read in readers.items():
        for path in own[kind]:
            suite = read(path)
            if suite.name in sets:
                raise SettingsError(f"two sets are called {suite.name!r}", hint=f"rename {path}")
            sets[suite.name] = suite
    return sets, missing


def _check_that_there_is_something_to(sets: Mapping[str, Suite | None], grid: bool, check: str | None) -> None:
    """Raise `SettingsError` where the command line asks for something that none of `sets` can give.

    A default of the environment or of a file of settings is for other runs too: where it does not apply, it is ignored.
    """
    from w2v.evaluation import AnalogySuite, PairSuite

    suites = sets.values()
    if grid and on_the_command_line("grid") and not any(isinstance(suite, AnalogySuite) for suite in suites):
        raise SettingsError(
            "--conventions is for sets of analogies, and no set of analogies was chosen",
            hint="add '--suite google-analogies' or '--analogies FILE', or leave out --conventions",
        )
    checked = any(isinstance(suite, (AnalogySuite, PairSuite)) for suite in suites)
    if check and on_the_command_line("check") and not checked:
        raise SettingsError(
            "--check gensim is for sets of analogies and of rated pairs, and none was chosen",
            hint="add '--suite google-analogies,wordsim353', or leave out --check",
        )


def _result(findings: Findings) -> Result:
    return Result("w2v.eval/1", findings.to_dict(), findings.rows(), findings.document)
