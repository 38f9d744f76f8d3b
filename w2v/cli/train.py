"""`w2v train CORPUS...`: from text to a vector file. The work is done by w2v/training/ and w2v/formats/."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from w2v.cli.options import Command, Session, log_option
from w2v.cli.paths import BY_DEFAULT, keep_apart, tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.settings import SettableArgument
from w2v.cli.training_options import Size, given_paths, model_option, training_settings
from w2v.cli.types import OutputPath
from w2v.errors import ClusterError, OutputError, SettingsError, UnfinishedRunError
from w2v.formats.registry import suffixes
from w2v.training.models import MODELS

if TYPE_CHECKING:
    from w2v.progress import Progress
    from w2v.training.data import Data
    from w2v.vectors import Vectors

DEFAULT_OUTPUT = Path("vectors.safetensors")


def check_settings(options: dict[str, Any]) -> None:
    """Raise `SettingsError` for settings with which nothing can be trained; a run that goes on has its own."""
    from w2v.settings import settings_of
    from w2v.tokens.settings import CorpusConfig
    from w2v.training.run import Run

    if options["resume"]:
        return
    names = {one.name for one in settings_of(CorpusConfig)}
    names |= {one.name for model in MODELS.values() for one in settings_of(model.settings)}
    given = {name: value for name, value in options.items() if name in names and value is not None}
    if options["workers"] is not None or options["cluster"] is not None:
        from w2v.training.cluster.starting import refuse_settings

        refuse_settings(given)
        given["deterministic"] = True
    Run.asked_for((), options["model"], given)


@click.command(
    cls=Command,
    check=check_settings,
    examples=[
        "w2v train corpus.txt",
        "w2v train news/ --tokenizer words --lowercase -o news.safetensors -o news.bin",
        "xzcat wiki.txt.xz | w2v train - --dim 300 --epochs 3",
        "w2v train products.csv --column title --tokenizer words",
        "w2v train corpus.txt --model glove --keep-cooccurrences corpus.cooc",
    ],
)
@click.argument("corpus", nargs=-1, cls=SettableArgument, help="Files, folders, globs, or - for standard input.")
@click.option(
    "-o",
    "--output",
    multiple=True,
    type=OutputPath(),
    default=(DEFAULT_OUTPUT,),
    help=f"Write the vectors to this file; its ending says the format ({', '.join(suffixes())}). May be given more "
    "than once.",
)
@model_option(list(MODELS))
@training_settings()
@click.option(
    "--cache-dir",
    type=OutputPath(),
    show_default="the user's cache folder",
    help="Keep the encoded corpus in this folder for the next run.",
)
@click.option("--no-cache", is_flag=True, help="Neither use nor keep an encoded corpus.")
@click.option(
    "--cache-limit",
    type=Size(),
    metavar="SIZE",
    default="2GB",
    help="Keep at most this much in the user's cache folder; the least recently used corpora go first.",
)
@click.option(
    "--cache-days",
    type=click.FloatRange(0),
    metavar="N",
    default=30,
    help="Remove a corpus from the user's cache folder when it was not used for N days.",
)
@click.option(
    "--checkpoint-every",
    metavar="TIME",
    default="10m",
    help="How often to write a checkpoint (90s, 10m, 1.5h, 2epochs); one is also written when training is stopped. "
    "off: never. Checkpoints are in OUTPUT.checkpoint until OUTPUT is written.",
)
@click.option(
    "--resume/--no-resume",
    default=None,
    help="Continue from the checkpoint (CORPUS and settings may then be left out), or start again. --resume may always "
    "be given: without a checkpoint, or where the text of CORPUS has changed since, training starts from the "
    "beginning.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Train by N processes, as one process does with --deterministic: the same bytes. One process is faster where "
    "it has the memory. --threads counts the threads of all of them. Needs pip install 'w2v[cluster]'.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS|FILE",
    help="Train by the workers of a Dask scheduler at this address (tls://host:8786), or of a scheduler file, with the "
    "bytes of --deterministic. Needs --run-dir; --threads counts the threads of each worker.",
)
@click.option(
    "--insecure",
    is_flag=True,
    help="Allow --cluster tcp://…, without certificates, on another machine: whoever reaches that port can run "
    "anything as you.",
)
@click.option(
    "--run-dir",
    metavar="FOLDER",
    show_default="OUTPUT.run",
    help="Keep the checkpoints of --workers in this folder, or at this URL; they are removed when OUTPUT is written. "
    "With --cluster it must be one that all workers share.",
)
@click.option(
    "--expect-text",
    metavar="SHA256",
    help="Warn where the text has another SHA-256 than this, which 'w2v info' shows as fingerprint. A file of "
    "'w2v info --as-config' sets it.",
)
@log_option
def command(corpus: tuple[str, ...], output: tuple[Path, ...], **options: Any) -> None:
    """Train word vectors on text.

    CORPUS is text in UTF-8, plain or compressed (.gz .bz2 .xz .zst). A line break ends a sentence; a file may also be
    one endless line. For CSV and JSON use --column, for HTML and PDF --input-format, for other encodings --encoding.
    """
    from w2v import formats
    from w2v.files.whole import locked
    from w2v.formats.counts import counts_path

    resume, instead = options["resume"], [model.instead_of_corpus for model in MODELS.values()]
    if not corpus and not resume and not any(options.get(name) for name in instead if name):
        raise click.MissingParameter(param_type="argument", param_hint="'CORPUS...'")
    written = [place for path in output for place in (path, counts_path(path))]
    also_written = given_paths("output", options)
    chosen = click.get_current_context().get_parameter_source("output") is not ParameterSource.DEFAULT
    outputs = {
        "--output" if chosen else BY_DEFAULT: written,
        **{name: [path] for name, path in also_written.items()},
    }
    keep_apart(outputs, corpus, given_paths("input", options))
    for path in output:
        formats.check_output(path)
    expected: str | None = options.pop("expect_text")
    # A run that is resumed has the settings that it had before, except those that the user has given now.
    origin = click.get_current_context().get_parameter_source
    given = {
        name: value
        for name, value in options.items()
        if value is not None and not (resume and origin(name) is ParameterSource.DEFAULT)
    }
    given["cache"] = not given.pop("no_cache", False)
    _add_run_folder(given, output)
    with ExitStack() as run, console_progress() as progress:
        for path in (*output, *also_written.values()):
            run.enter_context(locked(path))
        _train(corpus, output, given, progress, expected)


def _train(
    corpus: tuple[str, ...], output: tuple[Path, ...], given: dict[str, Any], progress: Progress, expected: str | None
) -> None:
    from w2v import formats
    from w2v.text.python_texts import Names
    from w2v.training import training
    from w2v.training.session import has_checkpoint

    def ready(data: Data) -> None:
        _compare(expected, data.report.get("fingerprint"), progress)
        tell_of_replaced(output, progress)

    folder = checkpoint_folder(output)
    try:
        with training(
            Names(corpus),
            checkpoint=folder,
            outputs=output,
            ready=ready,
            progress=progress,
            **given,
        ) as vectors:
            for path in output:
                progress.phase(f"writing {path.name}")
                formats.write(vectors, path, progress=progress)
    except (KeyboardInterrupt, OutputError, MemoryError, ClusterError):
        where = given.get("run_dir", folder)
        if where is not None and has_checkpoint(where):
            # -q leaves out hints, and must not leave out how to go on.
            quiet = click.get_current_context().ensure_object(Session).quiet
            progress.message(f"to continue: {_to_continue(corpus, output, given)}", "warning" if quiet else "hint")
            progress.message(
                "--resume may always be given: without a checkpoint training starts from the beginning", "hint"
            )
        raise
    _tell(vectors, output, progress)


def _add_run_folder(given: dict[str, Any], output: Sequence[Path]) -> None:
    """Add the folder of a run by workers, beside the first output that is a file.

    Raises SettingsError where the run that is to go on was of the other kind: by workers, or by one process.
    """
    from w2v.training.session import has_checkpoint

    beside, folder = run_folder(output), checkpoint_folder(output)
    if given.get("workers") is None and given.get("cluster") is None:
        if "run_dir" in given:
            raise SettingsError(
                "--run-dir without --workers or --cluster", hint="add --workers N, or leave out --run-dir"
            )
        if given.get("resume") is not False and beside is not None and has_checkpoint(str(beside)):
            raise UnfinishedRunError(
                f"an interrupted run by workers is saved in {beside}",
                hint="continue: --resume --workers N, with any N, or --cluster; start again: --no-resume --workers N",
            )
        return
    if given.get("resume") is not False and folder is not None and has_checkpoint(folder):
        raise UnfinishedRunError(
            f"an interrupted run by one process is saved in {folder}",
            hint="continue it by one process: --resume; start again by one process: --no-resume",
        )
    if "run_dir" not in given and beside is not None and given.get("cluster") is None:
        given["run_dir"] = str(beside)


def run_folder(output: Sequence[Path]) -> Path | None:
    """Return the folder for a run by workers, beside the first output that is a file."""
    folder = checkpoint_folder(output)
    return None if folder is None else folder.with_suffix(".run")


def _compare(expected: str | None, found: str | None, progress: Progress) -> None:
    """Warn where the text is another one than the user, or the record of a run, expects."""
    if expected is not None and found is not None and found != expected.lower():
        progress.message(
            f"the text has changed, so the vectors will be others: its SHA-256 is {found[:12]}…, and --expect-text is "
            f"{expected[:12]}…",
            "warning",
        )


def checkpoint_folder(output: Sequence[Path]) -> Path | None:
    """Return the folder for checkpoints, beside the first output that is a file."""
    files = [path for path in output if path.is_file() or not path.exists()]
    return files[0].with_name(f"{files[0].name}.checkpoint") if files else None


def _to_continue(corpus: tuple[str, ...], output: tuple[Path, ...], given: dict[str, Any]) -> str:
    words = ["w2v", "train", *(["-"] if "-" in corpus else []), "--resume"]
    if output != (DEFAULT_OUTPUT,):
        words += [word for path in output for word in ("-o", str(path))]
    if given.get("workers") is not None:
        words += ["--workers", str(given["workers"])]
    if given.get("cluster") is not None:
        words += ["--cluster", str(given["cluster"]), *(["--insecure"] if given.get("insecure") else [])]
    if "run_dir" in given and given["run_dir"] != str(run_folder(output)):
        words += ["--run-dir", str(given["run_dir"])]
    if "cache_dir" in given:
        words += ["--cache-dir", str(given["cache_dir"])]
    if not given["cache"]:
        words.append("--no-cache")
    return shlex.join(words)


def _tell(vectors: Vectors, output: tuple[Path, ...], progress: Progress) -> None:
    if vectors.record is not None and vectors.record.loss:
        progress.message(MODELS[vectors.record.model].account(vectors.record))
    for path in output:
        progress.message(f"wrote {path}: {len(vectors):,} words × {vectors.dim} dimensions")
    named = "" if output[0] == DEFAULT_OUTPUT else f" -m {shlex.quote(str(output[0]))}"
    plain = next(
        (word for word in vectors.words[min(500, len(vectors) // 2) :] if word.isalpha() and len(word) < 20), None
    )
    if plain is not None:
        progress.message(f"try: w2v similar {plain}{named}", "hint")
