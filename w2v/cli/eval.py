"""`w2v eval [VECTORS]...`: scores with their protocol. Not here: scoring (`w2v.evaluation`), and tables (eval_tables).

The command also guards: `--min`, `--fail-under` and `--check` end with exit code 3 where a score is too low, has
fallen, or differs from gensim's, after everything has been printed (`eval_gates`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from w2v.cli.completion import complete_suites
from w2v.cli.eval_gates import Gate, judge, known_gates, read_baseline
from w2v.cli.options import Command, find_vectors, log_option
from w2v.cli.progress import console_progress
from w2v.cli.reports import Result, check_reports, report_options
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from w2v.evaluation import ConventionName, Report, Suite
    from w2v.evaluation.document import Document
    from w2v.evaluation.findings import Findings
    from w2v.evaluation.grid import GridRow
    from w2v.evaluation.reference import Comparison
    from w2v.evaluation.sensitivity import Shift
    from w2v.progress import Progress
    from w2v.vectors import Vectors


class _Rules(TypedDict):
    """By which rules files are scored."""

    convention: ConventionName
    restrict_vocab: int | None
    progress: Progress


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
@report_options
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
    reports: tuple[Path, ...],
) -> None:
    """Score vectors on analogies, similarity and more.

    Every score comes with its protocol: the same vectors score 20 % or 65 % on the same analogies, depending on how
    many words may answer, and whether unknown ones count. Several files are compared on what all of them answer.
    """
    paths = list(dict.fromkeys([*files, *vectors] or [find_vectors()]))
    if are_replicates and len(paths) < 2:
        raise SettingsError("--replicates needs two files or more", hint="name the files of several seeds")
    if (baseline is None) != (fail_under is None):
        raise SettingsError("--baseline and --fail-under go together", hint="give both, or neither")
    if check and any((*pairs, *analogies)):
        raise SettingsError("--check gensim is for the sets of 'w2v data list'", hint="leave it out, or your own sets")
    check_reports(reports, [*paths, *pairs, *analogies, *outliers, *([] if baseline is None else [baseline])])
    earlier = None if baseline is None or fail_under is None else read_baseline(baseline, fail_under)
    sets, missing = _sets(suites, data_dir, {"pairs": pairs, "analogies": analogies, "outliers": outliers})
    least = known_gates(gates, sets, convention)
    wanted = _Wanted(sets, missing, convention, restrict_vocab, grid_wanted, moved, bool(check), data_dir)
    with ExitStack() as at_the_end, console_progress() as progress:
        findings = wanted.find(paths, are_replicates, progress)
        result = _result(findings)
        at_the_end.callback(result.emit, output_format)  # even where a report cannot be written
        result.write(reports, progress)
    judge(findings.reports, findings.checks, least, earlier)


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


@dataclass(frozen=True)
class _Wanted:
    """What is asked of each vector file; `find` asks it."""

    sets: Mapping[str, Suite | None]
    missing: Sequence[str]
    convention: ConventionName
    restrict_vocab: int | None
    grid: bool
    moved: bool
    check: bool
    data_dir: Path | None

    def find(self, paths: Sequence[Path], are_replicates: bool, progress: Progress) -> Findings:
        """Everything, file by file, then what is between the files."""
        from w2v import io
        from w2v.evaluation import evaluate_sets
        from w2v.evaluation.comparison import compare
        from w2v.evaluation.findings import Findings
        from w2v.evaluation.replicates import summarise

        reports: dict[str, Report] = {}
        grids: dict[str, Sequence[GridRow]] = {}
        shifts: dict[str, Sequence[Shift]] = {}
        checks: dict[str, Sequence[Comparison]] = {}
        kept: list[Vectors] = []
        rules: _Rules = {"convention": self.convention, "restrict_vocab": self.restrict_vocab, "progress": progress}
        for path in paths:
            file, loaded = str(path), io.read(path, progress=progress)
            report = reports[file] = evaluate_sets(loaded, self.sets, self.missing, **rules)
            if self.grid:
                grids[file] = self._grid(loaded, progress)
            if self.moved:
                from w2v.evaluation.sensitivity import sensitivity

                shifts[file] = sensitivity(loaded, report, self.sets, **rules)
            if self.check:
                checks[file] = self._checked(loaded, path, progress)
            if are_replicates:
                kept.append(loaded)
        replicates = summarise(reports, kept, progress) if are_replicates else None
        comparison = compare(reports) if len(paths) > 1 and not are_replicates else ()
        return Findings(reports, self.convention, grids, shifts, checks, comparison, replicates)

    def _grid(self, vectors: Vectors, progress: Progress) -> Sequence[GridRow]:
        from w2v.evaluation import AnalogySuite
        from w2v.evaluation.grid import conventions_grid

        sets = [suite for suite in self.sets.values() if isinstance(suite, AnalogySuite)]
        return [row for suite in sets for row in conventions_grid(vectors, suite, progress)]

    def _checked(self, vectors: Vectors, path: Path, progress: Progress) -> Sequence[Comparison]:
        from w2v.evaluation import AnalogySuite, PairSuite
        from w2v.evaluation.reference import compare_with_gensim

        suites = [name for name, suite in self.sets.items() if isinstance(suite, (AnalogySuite, PairSuite))]
        return compare_with_gensim(
            vectors,
            suites,
            restrict_vocab=self.restrict_vocab,
            data_dir=self.data_dir,
            file=path,
            progress=progress,
        )


def _result(findings: Findings) -> Result:
    labels = findings.labels

    def table() -> RenderableType:
        from rich.console import Group

        from w2v.cli.comparison_tables import comparison_table, grid_table, replicates_tables
        from w2v.cli.eval_tables import check_table, report_tables
        from w2v.cli.geometry_tables import sensitivity_table

        reports = {labels[file]: report for file, report in findings.reports.items()}
        shifts = {labels[file]: lines for file, lines in findings.shifts.items()}
        suites = list(next(iter(reports.values())).suites)
        parts = [report_tables(reports), sensitivity_table(shifts, suites)]
        parts += [grid_table(lines, labels[file]) for file, lines in findings.grids.items()]
        parts += [comparison_table(findings.comparison, labels)] if findings.comparison else []
        parts += [replicates_tables(findings.replicates)] if findings.replicates else []
        parts += [check_table(lines, labels[file]) for file, lines in findings.checks.items()]
        return Group(*parts)

    def document() -> Document:
        from w2v.evaluation.document import document_of

        return document_of(findings)

    return Result("w2v.eval/1", findings.to_dict(), findings.rows(), table, document)
