"""`w2v train CORPUS...`: from text to a vector file. Not here: training (`w2v.training`) and the formats (`w2v.io`)."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, log_option
from w2v.cli.paths import keep_apart
from w2v.cli.progress import console_progress
from w2v.cli.training_options import training_settings
from w2v.config import MODELS

if TYPE_CHECKING:
    from w2v.progress import Progress
    from w2v.record import RunRecord
    from w2v.vectors import Vectors

DEFAULT_OUTPUT = Path("vectors.safetensors")


@click.command(
    cls=Command,
    examples=[
        "w2v train corpus.txt",
        "w2v train news/ --tokenizer words --lowercase -o news.safetensors -o news.bin",
        "xzcat wiki.txt.xz | w2v train - --dim 300 --epochs 3",
        "w2v train corpus.txt --model glove --keep-cooccurrences corpus.cooc",
    ],
)
@click.argument("corpus", nargs=-1, help="Files, folders, globs, or - for standard input.")
@click.option(
    "-o",
    "--output",
    multiple=True,
    type=click.Path(path_type=Path),
    default=(DEFAULT_OUTPUT,),
    help="Write here; the suffix says the format (.safetensors, .bin, .txt, .vec, …). May be given more than once.",
)
@click.option(
    "--model",
    type=click.Choice(list(MODELS)),
    default="sgns",
    help="Skip-gram with negative sampling, or GloVe. A default that begins with one of their names is that model's.",
)
@training_settings(models=list(MODELS))
@click.option("--cache-dir", type=click.Path(path_type=Path), help="Keep the encoded corpus there for the next run.")
@log_option
def command(corpus: tuple[str, ...], output: tuple[Path, ...], cache_dir: Path | None, **settings: Any) -> None:
    """Train word vectors on text.

    Plain or compressed (.gz .bz2 .xz .zst) UTF-8. A line break ends a sentence; a file may also be one endless line.
    """
    from w2v import io
    from w2v.atomic import locked
    from w2v.io.counts import counts_path
    from w2v.training import train

    if not corpus and settings["cooccurrences"] is None:
        raise click.MissingParameter(param_type="argument", param_hint="'CORPUS...'")
    for path in output:
        io.check_output(path)
    written = [place for path in output for place in (path, counts_path(path))]
    keep_apart({"--output": written, "--keep-cooccurrences": [settings["keep_cooccurrences"]]}, corpus)
    given = {name: value for name, value in settings.items() if value is not None}
    with ExitStack() as run, console_progress() as progress:
        for path in filter(None, (*output, settings["keep_cooccurrences"])):
            run.enter_context(locked(path))
        vectors = train(corpus, cache_dir=cache_dir, progress=progress, **given)
        for path in output:
            progress.phase(f"writing {path.name}")
            io.write(vectors, path)
        _tell(vectors, output, progress)


def _tell(vectors: Vectors, output: tuple[Path, ...], progress: Progress) -> None:
    if vectors.record is not None and vectors.record.loss:
        progress.message(_account(vectors.record))
    for path in output:
        progress.message(f"wrote {path}: {len(vectors):,} words × {vectors.dim} dimensions")
    named = "" if output[0] == DEFAULT_OUTPUT else f" -m {shlex.quote(str(output[0]))}"
    plain = next(
        (word for word in vectors.words[min(500, len(vectors) // 2) :] if word.isalpha() and len(word) < 20), None
    )
    if plain is not None:
        progress.message(f"try: w2v similar {plain}{named}", "hint")


def _account(record: RunRecord) -> str:
    seconds = record.timings["train"]
    if record.model == "glove":
        records = int(record.trained["pairs"])
        return (
            f"trained on {records:,} records in {seconds:.1f} s ({records / seconds / 1e6:.2f} M records/s), "
            f"cost {record.loss[0]:.4f} → {record.loss[-1]:.4f}"
        )
    words = int(record.trained["words"])
    return (
        f"trained on {words:,} words in {seconds:.1f} s ({words / seconds / 1e6:.2f} M words/s), "
        f"loss {record.loss[-1]:.3f}, on the probe {record.probe_loss[0]:.3f} → {record.probe_loss[-1]:.3f}"
    )
