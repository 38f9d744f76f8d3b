"""`w2v bench CORPUS...`: w2v and other tools side by side. Measuring: w2v/bench/."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from w2v.cli.options import Command, data_dir_option, format_option, log_option
from w2v.cli.output import Result, emit
from w2v.cli.progress import console_progress
from w2v.cli.reports import check_reports, report_option, write_reports
from w2v.cli.training_options import model_option, training_settings
from w2v.cli.types import CommandLineOnly
from w2v.settings import settings_of
from w2v.tokens.settings import CorpusConfig
from w2v.training.models import MODELS

# Other tools begin at random, write one matrix, take the text in its order, and let all distances count alike.
OF_W2V_ALONE = ("init", "init_words", "freeze", "keep_contexts", "shuffle", "window_weights")
COMPARABLE = [model.name for model in MODELS.values() if model.peers]


class PeerCommand(click.ParamType[tuple[str, tuple[str, ...]]], CommandLineOnly):
    """NAME=COMMAND, the command with its own flags, quoted as in a shell."""

    name = "peer"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[str, ...]]:
        if isinstance(value, tuple):
            return value
        name, _, command = str(value).partition("=")
        try:
            parts = shlex.split(command)
        except ValueError as error:
            self.fail(f"{value!r}: {error}".lower(), param, ctx)
        if not name.strip() or not parts:
            self.fail(f"{value!r} is not NAME=COMMAND, such as word2vec.c=./word2vec", param, ctx)
        return name.strip(), tuple(parts)


@click.command(
    cls=Command,
    examples=[
        "w2v bench corpus.txt",
        "w2v bench corpus.txt --sample 1e-4 --threads 2 --repeat 5 --json > bench.json",
        "w2v bench corpus.txt --peer word2vec.c=./word2vec --peer 'mine=python train.py --fast'",
        "w2v bench corpus.txt --subwords 3-6 --peer fasttext=./fasttext",
    ],
)
@click.argument("corpus", nargs=-1, required=True, help="Files, folders or globs; plain or compressed UTF-8.")
@click.option("--repeat", type=click.IntRange(1), default=3, metavar="N", help="Rounds; the median is shown.")
@click.option(
    "--peer",
    "peers",
    type=PeerCommand(),
    multiple=True,
    metavar="NAME=COMMAND",
    help="Also time a trainer that takes word2vec.c's flags (-train, -output, -size, …), or, as fasttext=COMMAND, "
    "those of fastText. May be given more than once.",
)
@model_option(COMPARABLE)
@training_settings("max_vocab", *OF_W2V_ALONE, models=COMPARABLE)
@data_dir_option
@format_option
@report_option
@log_option
def command(
    corpus: tuple[str, ...],
    model: str,
    repeat: int,
    peers: tuple[tuple[str, tuple[str, ...]], ...],
    data_dir: Path | None,
    output_format: str,
    reports: tuple[Path, ...],
    **settings: Any,
) -> None:
    """Measure w2v against gensim: speed, memory, scores.

    Both train with the same settings, in turn, each run as a process of its own from text to file. Close other
    programs first. Temporary files (about three times the corpus) go where $TMPDIR says.
    """
    from w2v.bench import bench, bench_document

    given = {name: value for name, value in settings.items() if value is not None}
    of_text = {one.name: given.pop(one.name) for one in settings_of(CorpusConfig) if one.name in given}
    check_reports(reports, [], corpus)
    with ExitStack() as at_the_end, console_progress() as progress:
        report = bench(
            corpus,
            CorpusConfig(**of_text),
            MODELS[model].settings(**given),
            peers=peers,
            repeat=repeat,
            data_dir=data_dir,
            progress=progress,
        )
        for warning in report.warnings:
            progress.message(warning, "warning")
        result = Result("w2v.bench/1", report.to_dict(), report.rows(), lambda: bench_document(report))
        at_the_end.callback(emit, result, output_format)  # even where a report cannot be written
        write_reports(result, reports, progress)
