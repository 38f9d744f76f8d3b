"""`w2v eval [VECTORS]...`: scores with their protocol. Not here: scoring (`w2v.evaluation`), and tables (eval_tables).

The command also guards: `--min`, `--fail-under` and `--check` end with exit code 3 where a score is too low, has
fallen, or differs from gensim's, after everything has been printed (`eval_gates`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from w2v.cli.completion import complete_suites
from w2v.cli.eval_gates import Gate, judge, known_gates, read_baseline
from w2v.cli.options import Command, find_vectors, format_option, log_option
from w2v.cli.output import emit
from w2v.cli.progress import console_progress
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from w2v.evaluation import ConventionName, Report, Suite
    from w2v.evaluation.comparison import SuiteComparison
    from w2v.evaluation.grid import GridRow
    from w2v.evaluation.reference import Comparison
    from w2v.evaluation.replicates import Replicates
    from w2v.evaluation.sensitivity import Shift
    from w2v.vectors import Vectors

Result = TypeVar("Result")


@click.command(
    cls=Command,
    examples=[
        "w2v eval",
        "w2v eval vectors.safetensors --suite google-analogies --restrict-vocab 30000",
        "w2v eval a.bin b.bin --suite similarity --json | jq '.files[].suites[].spearman'",
        "w2v eval vectors.bin --as gensim --check gensim",
        "w2v eval --min google-analogies=27.5% --min wordsim353=0.65",
    ],
)
@click.argument("files", metavar="[VECTORS]...", nargs=-1, type=click.Path(path_type=Path), help="The same as -m.")
@click.option(
    "-m",
    "--vectors",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A vector file, may be given again; else $W2V_VECTORS, else ./vectors.{safetensors,bin,txt,vec}.",
)
@click.option(
    "--suite",
    "suites",
    metavar="NAME",
    multiple=True,
    shell_complete=complete_suites,
    help="A set of 'w2v data list', or a group: analogies, similarity, categorization, outliers, all; may be given "
    "again, or with commas. [default: google-analogies,wordsim353,simlex999]",
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
    "grid_wanted",
    is_flag=True,
    help="Also show every set of analogies by the conventions of papers: limits, inputs, unknown words, normalisation.",
)
@click.option(
    "--replicates",
    "are_replicates",
    is_flag=True,
    help="The files are one model trained with several seeds: show mean, spread and shared neighbours.",
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
    "moved",
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
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    envvar="W2V_DATA",
    help="Look for sets in this folder first; else $W2V_DATA.",
)
@format_option
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
    grid_wanted: bool,
    are_replicates: bool,
    check: str | None,
    gates: tuple[tuple[str, float], ...],
    baseline: Path | None,
    fail_under: float | None,
    moved: bool,
    data_dir: Path | None,
    output_format: str,
) -> None:
    """Score vectors on analogies, similarity and more.

    Every score comes with its protocol: the same vectors score 20 % or 65 % on the same analogies, depending on how
    many words may answer, and whether unknown ones count. Several files are compared on what all of them answer.
    """
    from w2v import io
    from w2v.evaluation import AnalogySuite, PairSuite, evaluate_sets
    from w2v.evaluation.comparison import compare
    from w2v.evaluation.grid import conventions_grid
    from w2v.evaluation.reference import compare_with_gensim
    from w2v.evaluation.replicates import summarise
    from w2v.evaluation.sensitivity import sensitivity

    paths = dict.fromkeys([*files, *vectors] or [find_vectors()])
    if are_replicates and len(paths) < 2:
        raise SettingsError("--replicates needs two files or more", hint="name the files of several seeds")
    if (baseline is None) != (fail_under is None):
        raise SettingsError("--baseline and --fail-under go together", hint="give both, or neither")
    earlier = None if baseline is None or fail_under is None else read_baseline(baseline, fail_under)
    sets, missing = _sets(suites, data_dir, {"pairs": pairs, "analogies": analogies, "outliers": outliers})
    comparable = [name for name, suite in sets.items() if isinstance(suite, (AnalogySuite, PairSuite))]
    if check and any((*pairs, *analogies)):
        raise SettingsError("--check gensim is for the sets of 'w2v data list'", hint="leave it out, or your own sets")
    least = known_gates(gates, sets, convention)
    results = _Results(convention)
    kept: list[Vectors] = []
    with console_progress() as progress:
        for path in paths:
            file, loaded = str(path), io.read(path, progress=progress)
            results.reports[file] = evaluate_sets(
                loaded, sets, missing, convention=convention, restrict_vocab=restrict_vocab, progress=progress
            )
            if grid_wanted:
                results.grids[file] = [
                    row
                    for suite in sets.values()
                    if isinstance(suite, AnalogySuite)
                    for row in conventions_grid(loaded, suite, progress)
                ]
            if moved:
                results.shifts[file] = sensitivity(
                    loaded,
                    results.reports[file],
                    sets,
                    convention=convention,
                    restrict_vocab=restrict_vocab,
                    progress=progress,
                )
            if check:
                results.checks[file] = compare_with_gensim(
                    loaded, comparable, restrict_vocab=restrict_vocab, data_dir=data_dir, file=path, progress=progress
                )
            if are_replicates:
                kept.append(loaded)
        if are_replicates:
            results.replicates = summarise(results.reports, kept, progress)
        elif len(paths) > 1:
            results.comparison = compare(results.reports)
    _emit(output_format, results)
    judge(results.reports, results.checks, least, earlier)


def _sets(
    suites: Sequence[str], data_dir: Path | None, own: Mapping[str, Sequence[Path]]
) -> tuple[dict[str, Suite | None], tuple[str, ...]]:
    """The wanted sets, read: whatever is wrong with them shows before the vectors are read."""
    from w2v.evaluation import DEFAULT_SUITES, gather
    from w2v.evaluation.readers import read_own_analogies, read_own_outliers, read_own_pairs

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


@dataclass
class _Results:
    """Everything that one run of the command found, by file."""

    convention: str
    reports: dict[str, Report] = field(default_factory=dict)
    grids: dict[str, Sequence[GridRow]] = field(default_factory=dict)
    shifts: dict[str, Sequence[Shift]] = field(default_factory=dict)
    checks: dict[str, Sequence[Comparison]] = field(default_factory=dict)
    comparison: Sequence[SuiteComparison] = ()
    replicates: Replicates | None = None

    def to_dict(self) -> dict[str, Any]:
        extras: dict[str, Mapping[str, Sequence[Any]]] = {
            "conventions": self.grids,
            "sensitivity": self.shifts,
            "gensim": self.checks,
        }
        files = [
            {"vectors": file, **report.to_dict()}
            | {name: [line.to_dict() for line in lines[file]] for name, lines in extras.items() if file in lines}
            for file, report in self.reports.items()
        ]
        payload: dict[str, Any] = {"convention": self.convention, "files": files}
        if len(self.reports) > 1 and self.replicates is None:
            payload["comparison"] = [each.to_dict() for each in self.comparison]
        if self.replicates is not None:
            payload["replicates"] = self.replicates.to_dict()
        return payload


def _emit(output_format: str, results: _Results) -> None:
    rows = [{"vectors": file, **row} for file, report in results.reports.items() for row in report.rows()]

    def table() -> RenderableType:
        from rich.console import Group

        from w2v.cli.comparison_tables import comparison_table, grid_table, replicates_tables
        from w2v.cli.eval_tables import check_table, report_tables
        from w2v.cli.geometry_tables import sensitivity_table

        labels = dict(zip(results.reports, _by_label(results.reports), strict=True))
        suites = list(next(iter(results.reports.values())).suites)
        parts = [report_tables(_by_label(results.reports)), sensitivity_table(_by_label(results.shifts), suites)]
        parts += [grid_table(lines, labels[file]) for file, lines in results.grids.items()]
        parts += [comparison_table(results.comparison, labels)] if results.comparison else []
        parts += [replicates_tables(results.replicates)] if results.replicates else []
        parts += [check_table(lines, labels[file]) for file, lines in results.checks.items()]
        return Group(*parts)

    emit(output_format, "w2v.eval/1", results.to_dict(), rows, table)


def _by_label(results: Mapping[str, Result]) -> dict[str, Result]:
    """Results by names that tell their files apart: the last part of the path where that is enough."""
    labels = [Path(file).name for file in results]
    return dict(zip(labels if len(set(labels)) == len(labels) else results, results.values(), strict=True))
