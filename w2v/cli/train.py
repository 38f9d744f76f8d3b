"""`w2v train CORPUS...`: from text to a vector file. Not here: training (`w2v.train`) and the formats (`w2v.io`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, log_option
from w2v.cli.progress import console_progress
from w2v.cli.training_options import training_settings

if TYPE_CHECKING:
    from w2v.progress import Progress
    from w2v.vectors import Vectors

DEFAULT_OUTPUT = Path("vectors.safetensors")


@click.command(
    cls=Command,
    examples=[
        "w2v train corpus.txt",
        "w2v train news/ --tokenizer words --lowercase -o news.safetensors -o news.bin",
        "xzcat wiki.txt.xz | w2v train - --dim 300 --epochs 3",
    ],
)
@click.argument("corpus", nargs=-1, required=True, help="Files, folders, globs, or - for standard input.")
@click.option(
    "-o",
    "--output",
    multiple=True,
    type=click.Path(path_type=Path),
    default=(DEFAULT_OUTPUT,),
    help="Write here; the suffix says the format (.safetensors, .bin, .txt, .vec, …). May be given more than once.",
)
@click.option("--model", type=click.Choice(["sgns"]), default="sgns", help="Skip-gram with negative sampling.")
@training_settings()
@click.option("--cache-dir", type=click.Path(path_type=Path), help="Keep the encoded corpus there for the next run.")
@log_option
def command(corpus: tuple[str, ...], output: tuple[Path, ...], cache_dir: Path | None, **settings: Any) -> None:
    """Train word vectors on text.

    Plain or compressed (.gz .bz2 .xz .zst) UTF-8. A line break ends a sentence; a file may also be one endless line.
    """
    from w2v import io
    from w2v.train import train

    for path in output:
        io.check_output(path)
    with console_progress() as progress:
        vectors = train(corpus, cache_dir=cache_dir, progress=progress, **settings)
        for path in output:
            progress.phase(f"writing {path.name}")
            io.write(vectors, path)
        _tell(vectors, output, progress)


def _tell(vectors: Vectors, output: tuple[Path, ...], progress: Progress) -> None:
    record = vectors.record
    if record is not None and record.loss:
        seconds = record.timings["train"]
        words = vectors.counts.sum() * len(record.loss) if vectors.counts is not None else 0
        progress.message(
            f"trained on {words:,} words in {seconds:.1f} s ({words / seconds / 1e6:.2f} M words/s), "
            f"loss {record.loss[-1]:.3f}, on the probe {record.probe_loss[0]:.3f} → {record.probe_loss[-1]:.3f}"
        )
    for path in output:
        progress.message(f"wrote {path}: {len(vectors):,} words × {vectors.dim} dimensions")
    named = "" if output[0] == DEFAULT_OUTPUT else f" -m {output[0]}"
    progress.message(f"try: w2v similar {vectors.words[min(500, len(vectors) - 1)]}{named}", "hint")
