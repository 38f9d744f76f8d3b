"""`w2v convert IN OUT`: the same vectors in another format, or changed: centred, with fewer columns, in fewer bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, log_option
from w2v.cli.paths import tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.formats.registry import FORMATS, sum_up
from w2v.transforms.registry import TRANSFORMS

if TYPE_CHECKING:
    from w2v.formats import Format
    from w2v.formats.unwritable import Unwritable
    from w2v.progress import Progress
    from w2v.vectors import Vectors


def _transform_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each transform."""
    for name, listed in reversed(TRANSFORMS.items()):
        more: dict[str, Any] = {"type": click.IntRange(1), "metavar": listed.takes} if listed.takes else {}
        function = click.option(f"--{name}", is_flag=not listed.takes, help=listed.help, **more)(function)
    return function


@click.command(
    cls=Command,
    help=f"""Write vectors in another format.

    Endings of OUT: {sum_up()}
    Counts go into OUT.vocab.txt where the format has no room for them.
    """,
    examples=[
        "w2v convert vectors.safetensors vectors.bin",
        "w2v convert glove.6B.100d.txt glove.safetensors --limit 50000",
        "w2v convert vectors.bin vectors.gz --to word2vec-text",
        "w2v convert glove.6B.100d.txt clean.bin --bad-rows skip --unwritable escape --only-matching '^[a-z]+$'",
        "w2v convert vectors.safetensors small.safetensors --order-dims --dim 50 --prune 50000 --dtype int8",
    ],
)
@click.argument(
    "source",
    metavar="IN",
    type=click.Path(path_type=Path),
    help="A vector file; the format is recognised by its content.",
)
@click.argument("target", metavar="OUT", type=OutputPath(), help="The new file; its ending says the format.")
@click.option(
    "--to",
    metavar="FORMAT",
    help=f"The format, whatever the ending: {', '.join(FORMATS)}.",
)
@row_options
@click.option(
    "--unwritable",
    type=click.Choice(["error", "skip", "escape"]),
    metavar="error|skip|escape",
    default="error",
    help="Stop at words that the format cannot hold, leave their rows out, or write _ for their white space.",
)
@click.option(
    "--unknown-vector",
    metavar="mean|zero|WORD",
    help="Add a row <unk> for unknown words: the mean of all rows, zeros, or the vector of a word.",
)
@_transform_options
@click.option(
    "--prune",
    type=click.IntRange(1),
    metavar="N",
    help="Keep the N most frequent words, before anything else is done; a message says what is lost.",
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float16", "int8"]),
    metavar="float32|float16|int8",
    default="float32",
    help="How OUT stores numbers: in 4, 2 or 1 bytes. They are float32 again when read.",
)
@log_option
def command(
    source: Path,
    target: Path,
    to: str | None,
    unwritable: Unwritable,
    unknown_vector: str | None,
    prune: int | None,
    dtype: str,
    **registered: Any,
) -> None:
    if target.exists() and source.exists() and target.samefile(source):
        raise SettingsError(f"{source} and {target} are the same file", hint="write to another name, then rename it")
    from w2v import formats

    chosen = formats.check_output(target, format=to)
    chosen.check_dtype(dtype)
    with console_progress() as progress:
        vectors = read_vectors(source, progress, check_all=True)
        vectors = _changed(vectors, prune, registered, progress)
        if unknown_vector is not None:
            from w2v.formats.unknown import with_unknown

            vectors = with_unknown(vectors, unknown_vector)
        vectors = chosen.fit(vectors, unwritable, progress)
        tell_of_replaced([target], progress)
        progress.phase(f"writing {target.name}")
        written = formats.write(vectors, target, format=to, dtype=dtype, progress=progress)
        _tell(vectors, chosen, written, progress)


def _changed(vectors: Vectors, prune: int | None, registered: Mapping[str, Any], progress: Progress) -> Vectors:
    """Return vectors with the most frequent words, and transformed as the options ask for; say what is lost."""
    from w2v.training.advice import advice_on_centring
    from w2v.transforms import chosen, transformed
    from w2v.transforms.prune import prune as most_frequent

    if prune is not None:
        total = len(vectors)
        vectors, share = most_frequent(vectors, prune)
        text = "" if share is None else f", which are {100 * share:.1f} % of the tokens of their text"
        rows = "the first rows" if share is None else "the most frequent ones"
        progress.message(f"kept {len(vectors):,} of {total:,} words, {rows}{text}")
    steps = chosen({name: registered[name.replace("-", "_")] for name in TRANSFORMS})
    if not steps:
        return vectors
    advice = advice_on_centring(vectors.record) if any(each.uses_directions for each in steps) else ""
    if advice:
        progress.message(advice, "warning")
    progress.phase("finding the directions")
    changed = transformed(vectors, steps)
    assert changed.record is not None
    for told in changed.record.transforms[-len(steps) :]:
        progress.message(f"changed: {told['in_words']}")
    if vectors.contexts is not None:
        progress.message("not written: the vectors of words as contexts, which belong to the rows as they were")
    return changed


def _tell(vectors: Vectors, chosen: Format[Any, Any], written: Sequence[Path], progress: Progress) -> None:
    """What was written where, and what the new file cannot hold."""
    target, *beside = written
    progress.message(f"wrote {target}: {len(vectors):,} words × {vectors.dim:,} dimensions, {chosen.title}")
    for path in beside:
        what = "its words, one a line" if path in chosen.companions(target) else "how often each word occurred"
        progress.message(f"wrote {path}: {what}")
    if vectors.record is not None and not chosen.holds_record:
        progress.message(f"not written: the run record ({chosen.title} cannot store it)")
    if vectors.counts is not None and chosen.counts != "inside" and not beside:
        progress.message(f"not written: the counts ({chosen.title} cannot store them)")
