"""`w2v export hub DIR`: a folder that model2vec and sentence-transformers load (w2v/export/hub.py)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.corpus_options import given_settings, word_options
from w2v.cli.options import Command, log_option, vectors_option
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.pooling.registry import DEFAULT, POOLINGS

if TYPE_CHECKING:
    from w2v.export.hub import HubDtype


@click.command(
    cls=Command,
    examples=[
        "w2v export hub my-vectors",
        "w2v export hub my-vectors --scores scores.json --licence cc-by-4.0 --language en",
        "w2v export hub small --dim 100 --dtype float16",
        "w2v export hub for-classifiers --pooling mean",
    ],
)
@click.argument("folder", metavar="DIR", type=OutputPath(), help="A new or empty folder.")
@vectors_option
@click.option(
    "--pooling",
    type=click.Choice(list(POOLINGS)),
    metavar="|".join(POOLINGS),
    default=DEFAULT,
    help="What is folded into the rows, whose plain mean then is the vector of a text; mean writes them as they are.",
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float16", "int8"]),
    metavar="float32|float16|int8",
    default="float32",
    help="The type of the numbers. float16: in sentence-transformers a text without known words becomes NaN. int8: a "
    "quarter of the size; model2vec alone loads it.",
)
@click.option("--dim", type=click.IntRange(1), metavar="N", help="Write the first N dimensions of the vectors only.")
@click.option(
    "--scores",
    "score_files",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Fill the model card with these results of 'w2v eval --json'. May be given more than once.",
)
@click.option("--name", metavar="NAME", help="The name in the model card.  [default: that of the folder]")
@click.option("--licence", "--license", metavar="ID", help="The licence in the model card, such as cc-by-4.0.")
@click.option("--language", metavar="CODE", help="The language in the model card, such as en.")
@word_options
@row_options
@log_option
def command(
    folder: Path,
    vectors: Path,
    pooling: str,
    dtype: HubDtype,
    dim: int | None,
    score_files: tuple[Path, ...],
    name: str | None,
    licence: str | None,
    language: str | None,
    **settings: Any,
) -> None:
    """Write a folder that model2vec and sentence-transformers load.

    Their vectors of texts are those of 'w2v encode'. The folder has the rows of the words, a tokenizer with the same
    rules as in training, and a model card. It can be uploaded to the Hugging Face Hub as it is. A tokenizer of ICU, of
    a function, or of one language's lower case cannot be exported.
    """
    from w2v.export import export_hub
    from w2v.export.card import read_scores
    from w2v.files.whole import check_writable

    check_writable(folder, folder=True)
    scores = [read_scores(path, str(vectors)) for path in score_files]
    with console_progress() as progress:
        loaded = read_vectors(vectors, progress, check_all=True)
        made = export_hub(
            loaded,
            folder,
            pooling=pooling,
            dtype=dtype,
            dim=dim,
            name=name or "",
            licence=licence or "",
            language=language or "",
            scores=scores,
            progress=progress,
            **given_settings(settings),
        )
        phrases = f", {made.phrases:,} phrases" if made.phrases else ""
        progress.message(f"wrote {made.path}: {made.words:,} words{phrases} × {made.dim} dimensions, {dtype}")
