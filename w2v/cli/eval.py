"""`w2v eval [VECTORS]...`: scores with their protocol. Not here: scoring (`w2v.evaluation`), and tables (eval_tables).

The command also guards: `--min` and `--check` end with exit code 3 where a score is too low or differs from gensim's,
after everything has been printed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from w2v.cli.options import Command, find_vectors, format_option, log_option
from w2v.cli.output import emit
from w2v.cli.progress import console_progress
from w2v.errors import GateError, SettingsError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from w2v.evaluation import ConventionName, Report
    from w2v.evaluation.reference import Comparison
    from w2v.evaluation.sensitivity import Shift

Gates = Mapping[str, float]
Result = TypeVar("Result")
CHECK_HINT = "the vectors or the set hold something that w2v does not treat as gensim does: please report it"


class Gate(click.ParamType[tuple[str, float]]):
    """NAME=VALUE, the value a number, or a percentage that ends in %."""

    name = "gate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        metric, _, number = str(value).partition("=")
        try:
            least = float(number.rstrip("% ")) / (100 if number.rstrip().endswith("%") else 1)
        except ValueError:
            least = math.nan
        if not metric or not -1 <= least <= 1:
            self.fail(f"{value!r} is not NAME=VALUE with a value such as 0.275 or 27.5%", param, ctx)
        return metric.strip(), least


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
    help="A set of 'w2v data list', or a group: analogies, similarity, categorization, outliers, all; may be given "
    "again, or with commas. [default: google-analogies,wordsim353,simlex999]",
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
    restrict_vocab: int | None,
    convention: ConventionName,
    check: str | None,
    gates: tuple[tuple[str, float], ...],
    moved: bool,
    data_dir: Path | None,
    output_format: str,
) -> None:
    """Score vectors on analogies and on the similarity of words.

    Every score comes with its protocol: the same vectors score 20 % or 65 % on the same analogies, depending on how
    many words may answer, and whether unknown ones count. Several files stand side by side.
    """
    from w2v import io
    from w2v.evaluation import DEFAULT_SUITES, AnalogySuite, PairSuite, evaluate_sets, gather
    from w2v.evaluation.reference import compare_with_gensim
    from w2v.evaluation.sensitivity import sensitivity

    paths = dict.fromkeys([*files, *vectors] or [find_vectors()])
    wanted = [name for given in suites for name in given.split(",") if name] or DEFAULT_SUITES
    sets, missing = gather(wanted, data_dir)  # whatever is wrong with them shows before the vectors are read
    comparable = [name for name, suite in sets.items() if isinstance(suite, (AnalogySuite, PairSuite))]
    least = _known_gates(gates, list(sets))
    reports: dict[str, Report] = {}
    comparisons: dict[str, tuple[Comparison, ...]] = {}
    shifts: dict[str, tuple[Shift, ...]] = {}
    with console_progress() as progress:
        for path in paths:
            loaded = io.read(path, progress=progress)
            reports[str(path)] = evaluate_sets(
                loaded, sets, missing, convention=convention, restrict_vocab=restrict_vocab, progress=progress
            )
            if moved:
                shifts[str(path)] = sensitivity(
                    loaded,
                    reports[str(path)],
                    sets,
                    convention=convention,
                    restrict_vocab=restrict_vocab,
                    progress=progress,
                )
            if check:
                comparisons[str(path)] = compare_with_gensim(
                    loaded, comparable, restrict_vocab=restrict_vocab, data_dir=data_dir, file=path, progress=progress
                )
    _emit(output_format, convention, reports, comparisons, shifts)
    _judge(reports, comparisons, least)


def _emit(
    output_format: str,
    convention: str,
    reports: Mapping[str, Report],
    comparisons: Mapping[str, Sequence[Comparison]],
    shifts: Mapping[str, Sequence[Shift]],
) -> None:
    payload: dict[str, Any] = {
        "convention": convention,
        "files": [
            {"vectors": file, **report.to_dict()}
            | ({"gensim": [line.to_dict() for line in comparisons[file]]} if file in comparisons else {})
            | ({"sensitivity": [line.to_dict() for line in shifts[file]]} if file in shifts else {})
            for file, report in reports.items()
        ],
    }
    rows = [{"vectors": file, **row} for file, report in reports.items() for row in report.rows()]

    def table() -> RenderableType:
        from rich.console import Group

        from w2v.cli.eval_tables import check_table, report_tables
        from w2v.cli.geometry_tables import sensitivity_table

        checks = [check_table(lines, file) for file, lines in _by_label(comparisons).items()]
        suites = list(next(iter(reports.values())).suites)
        return Group(report_tables(_by_label(reports)), sensitivity_table(_by_label(shifts), suites), *checks)

    emit(output_format, "w2v.eval/1", payload, rows, table)


def _by_label(results: Mapping[str, Result]) -> dict[str, Result]:
    """Results by names that tell their files apart: the last part of the path where that is enough."""
    labels = [Path(file).name for file in results]
    return dict(zip(labels if len(set(labels)) == len(labels) else results, results.values(), strict=True))


def _known_gates(gates: Sequence[tuple[str, float]], names: Sequence[str]) -> Gates:
    """The gates, each of a suite that is evaluated."""
    for metric, _ in gates:
        if metric.split(".")[0] not in names:
            raise SettingsError(
                f"--min {metric}: no such suite is evaluated, only {', '.join(names)}",
                hint=f"add '--suite {metric.split('.')[0]}', or correct the name",
            )
    return dict(gates)


def _judge(reports: Mapping[str, Report], comparisons: Mapping[str, Sequence[Comparison]], gates: Gates) -> None:
    """Raise `GateError` for whatever is too low, or not as gensim has it."""
    failures = []
    for file, report in reports.items():
        scores = report.metrics()
        for metric, least in gates.items():
            if metric not in scores:
                near = get_close_matches(metric, scores, n=3) or list(scores)[:3]
                raise SettingsError(f"--min {metric}: there is no such score", hint=f"there is {', '.join(near)}, …")
            score = scores[metric]
            if score is None or score < least:
                shown = "not to be had" if score is None else f"{score:.4f}"
                failures.append(f"{metric} of {file} is {shown}, below {least:.4g}")
    if failures:
        raise GateError("; ".join(failures), hint="the whole result is above; --min sets the gate")
    different = [line for lines in comparisons.values() for line in lines if not line.equal]
    if different:
        total = sum(map(len, comparisons.values()))
        first = f"{different[0].suite} {different[0].name}"
        raise GateError(f"{len(different)} of {total} lines differ from gensim's, {first} first", hint=CHECK_HINT)
