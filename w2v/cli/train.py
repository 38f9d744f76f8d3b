"""`w2v train CORPUS...`: from text to a vector file. Not here: training (`w2v.train`) and the formats (`w2v.io`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, log_option
from w2v.cli.progress import console_progress
from w2v.config import CorpusConfig, SgnsConfig

if TYPE_CHECKING:
    from w2v.progress import Progress
    from w2v.vectors import Vectors

DEFAULT_OUTPUT = Path("vectors.safetensors")


def setting(name: str, kind: Any, described: str, **more: Any) -> Callable[[Any], Any]:
    """An option whose name and default are those of a field of `CorpusConfig` or `SgnsConfig`."""
    home = CorpusConfig if hasattr(CorpusConfig, name) else SgnsConfig
    more = {"metavar": "N" if kind is int else None, **more}
    return click.option(
        f"--{name.replace('_', '-')}", name, type=kind, default=getattr(home, name), help=described, **more
    )


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
@setting("dim", int, "Dimensions of a vector.")
@setting("window", int, "Greatest distance between a word and its context.")
@setting("negative", int, "Noise words for each centre.")
@setting("sample", float, "Threshold of subsampling; 0 keeps every token.", metavar="X")
@setting("epochs", int, "Passes over the corpus.")
@setting("learning_rate", float, "Where the learning rate starts; it falls linearly.", metavar="X")
@setting(
    "shared_negatives",
    bool,
    "Draw noise words once a centre (on), or for every pair in word2vec.c's order (off: exact, slower).",
    metavar="on|off",
)
@setting("threads", int, "Worker threads; with one, the same seed gives the same bytes.", show_default="all cores")
@setting("seed", int, "Of every random choice.")
@setting("min_count", int, "Drop words that occur less often.")
@setting("max_vocab", int, "Keep the N most frequent words only.")
@setting(
    "tokenizer",
    click.Choice(["whitespace", "words"]),
    "Split at white space, or find the words in running text with punctuation.",
)
@setting("lowercase", bool, "Lower-case the text.", is_flag=True)
@setting(
    "encoding_errors",
    click.Choice(["strict", "replace"]),
    "Stop at bytes that are not UTF-8, or put U+FFFD in their place.",
)
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
