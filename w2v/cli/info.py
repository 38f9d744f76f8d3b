"""`w2v info [FILE]`: what is in a vector file or another file of w2v, and how it was made.

The facts on vectors come from `w2v/formats/inspection.py`, those on other files from `w2v/files/own.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, chosen_vectors, format_option
from w2v.cli.output import Result, emit, print_line
from w2v.cli.progress import console_progress
from w2v.cli.rows import chosen_rows, row_options
from w2v.errors import FormatError, SettingsError
from w2v.formats.registry import default_pattern
from w2v.progress.phase import amount, clock

if TYPE_CHECKING:
    from w2v.files.own import Description, Fact, OwnFile
    from w2v.formats import FileInfo
    from w2v.record import RunRecord
    from w2v.report.blocks import Document

BLOCKS = "▁▂▃▄▅▆▇█"
FEW = 3  # files of a corpus that are named
RIGHT = "its own hashes are right"


@click.command(
    cls=Command,
    examples=[
        "w2v info",
        "w2v info vectors.bin",
        "w2v info --json | jq -r .embeddings_sha256",
        "w2v info --as-config vectors.safetensors > run.toml",
    ],
)
@click.argument("file", metavar="[VECTORS]", required=False, type=click.Path(path_type=Path), help="The same as -m.")
@click.option(
    "-m",
    "--vectors",
    type=click.Path(path_type=Path),
    help=f"Use this vector file; default: $W2V_VECTORS, else ./{default_pattern()}.",
)
@click.option(
    "--as-config",
    is_flag=True,
    help="Print the settings of the run as a file for 'w2v train --config', to run it again.",
)
@row_options
@format_option
def command(file: Path | None, vectors: Path | None, as_config: bool, output_format: str) -> None:
    """Show what is in a vector file, and how it was made.

    The whole file is read and checked: its hashes, if it has any; rows of zeros; repeated words. The sha256
    of the matrix is the same in every format; that of the content is the same for two runs with equal results. Kept
    co-occurrences, token caches and checkpoints are described as well.
    """
    from w2v import formats
    from w2v.files.own import own_file

    path, *others = chosen_vectors([file] if file else [], [vectors] if vectors else [])
    if others:
        raise SettingsError(f"info describes one file, and {path} and {others[0]} are named", hint="name one of them")
    if as_config:
        if output_format != "table":
            raise SettingsError(
                f"--as-config prints a file of settings, and --format {output_format} asks for something else",
                hint=f"leave one of them out: --format {output_format} alone has the settings, in the run's record",
            )
        _show_config(path)
        return
    kind = own_file(path)
    if kind is not None:
        _show_own(kind, path, output_format)
        return
    with console_progress() as progress:
        info = formats.inspect(path, progress=progress, **chosen_rows())
    payload = info.to_dict()
    row = {name: value for name, value in payload.items() if name not in ("first", "record", "ngrams")}
    facts = [tuple(_file_facts(info)), *([tuple(_run_facts(info.record))] if info.record else [])]
    emit(Result("w2v.info/1", payload, [row], lambda: _document(path, *facts)), output_format)


def _show_config(path: Path) -> None:
    """Print the record of the run in a vector file as settings. Raises FormatError for a file without one."""
    from w2v.cli.as_config import as_config
    from w2v.formats import inspect

    with console_progress() as progress:
        record = inspect(path, progress=progress).record
    if record is None or not record.is_of_training:
        raise FormatError(
            f"{path} has no record of the run that made it",
            hint="only vectors that w2v has trained and written as .safetensors have one",
        )
    print_line(as_config(record, path))


def _show_own(kind: OwnFile, path: Path, output_format: str) -> None:
    with console_progress() as progress:
        found = kind.describe(path, progress)
    row = {name: value for name, value in found.values.items() if name not in found.lists}
    facts = tuple(_own_facts(found))
    emit(Result(f"w2v.info.{kind.name}/1", dict(found.values), [row], lambda: _document(path, facts)), output_format)


def _own_facts(found: Description) -> Iterator[tuple[str, str]]:
    values = found.values
    yield "file", values["path"]
    yield "format", f"{values['format']}, {amount(values['bytes'], 'bytes')}, {RIGHT}"
    for name, value in found.facts:
        yield name, _shown(value)


def _shown(value: Fact) -> str:
    if isinstance(value, Mapping):
        return _pairs(value)
    return _curve(value) if isinstance(value, tuple) else value


def _document(path: Path, *lists: tuple[tuple[str, str], ...]) -> Document:
    from w2v.report.blocks import Document, Facts

    return Document.of(f"What is in {path.name}", *map(Facts, lists))


def _file_facts(info: FileInfo) -> Iterator[tuple[str, str]]:
    verified = f", {RIGHT}" if info.verified else ""
    yield "file", info.path
    yield "format", f"{info.format}{', gzip' * info.compressed}, {amount(info.bytes, 'bytes')}{verified}"
    yield "vectors", f"{info.words:,} words × {info.dim:,} dimensions"
    if info.first:
        yield "first words", " ".join(info.first)
    if info.ngrams is not None:
        told = info.ngrams
        yield (
            "n-grams",
            f"of {told['shortest']} to {told['longest']} letters, {told['rows']:,} rows; unknown words are composed",
        )
    yield "counts", "none" if info.tokens is None else f"{info.tokens:,} tokens"
    yield "lengths", f"{info.norm_min:.4g} to {info.norm_max:.4g}, mean {info.norm_mean:.4g}"
    yield "zero rows", f"{info.zero_rows:,}"
    yield "repeated", f"{info.duplicates:,}"
    if info.skipped or info.replaced:
        yield "bad rows", f"{info.skipped:,} left out, {info.replaced:,} mended"
    yield "file sha256", info.file_sha256
    if info.content_sha256 is not None:
        yield "content hash", info.content_sha256
    yield "matrix sha256", info.embeddings_sha256


def _run_facts(record: RunRecord) -> Iterator[tuple[str, str]]:
    for told in record.transforms:
        yield "changed", str(told.get("in_words", told["transform"]))
    if not record.is_of_training:
        return
    yield "model", f"{record.model}, {record.threads} thread{'s' * (record.threads != 1)}, begun {record.started}"
    yield "settings", _pairs(record.settings)
    yield "corpus", _pairs({**record.corpus, **_few_sources(record.corpus), **_phrases(record.corpus)})
    yield "vocabulary", _pairs(record.vocabulary)
    yield "trained", _pairs(record.trained)
    yield "times", "  ".join(f"{name} {clock(seconds)}" for name, seconds in record.timings.items())
    yield "loss", _curve(record.loss)
    yield "held-out loss", _curve(record.heldout_loss)
    yield "versions", _pairs(record.environment)
    for warning in record.warnings:
        yield "warning", warning


def _phrases(corpus: Mapping[str, Any]) -> dict[str, str]:
    """Return how many phrases were joined; nothing where there are none, or where a record says it in another way."""
    from w2v.tokens.phrase_lists import describe_phrases

    with suppress(KeyError, TypeError, ValueError):
        return {"phrases": describe_phrases(corpus["phrases"]).removeprefix("phrases: ")}
    return {}


def _few_sources(corpus: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the first files, and how many more there are."""
    sources = corpus.get("sources")
    if not isinstance(sources, Sequence) or len(sources) <= FEW:
        return {}
    return {"sources": f"{', '.join(map(str, sources[:FEW]))} and {len(sources) - FEW:,} more (all of them: --json)"}


def _pairs(values: Mapping[str, Any]) -> str:
    return "  ".join(f"{name}={_in_words(value)}" for name, value in values.items())


def _in_words(value: Any) -> str:
    """A value of a record as a person writes it, and not as Python does."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, Mapping):
        return ", ".join(_counted(name, each) for name, each in value.items()) or "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_in_words, value)) or "none"
    return format(value, {int: ",", float: ".4g"}.get(type(value), ""))


def _counted(name: str, value: Any) -> str:
    """A kind of thing and how many there were; examples of it are in the JSON."""
    if isinstance(value, Mapping):
        value = next((each for each in value.values() if isinstance(each, int)), len(value))
    return f"{_in_words(value)} {name}"


def _curve(losses: Sequence[float]) -> str:
    """A block an epoch, and the numbers."""
    if not losses:
        return "none"
    low, high = min(losses), max(losses)
    steps = [round((loss - low) / ((high - low) or 1.0) * (len(BLOCKS) - 1)) for loss in losses]
    return f"{''.join(BLOCKS[step] for step in steps)}  {'  '.join(f'{loss:.4f}' for loss in losses)}"
