"""`w2v info [VECTORS]`: what is in a vector file, one of co-occurrences or a checkpoint, and how it was made.

Not here: the facts (`w2v.formats.inspection`, `w2v.cooccurrences.file`, `w2v.training.checkpoint_file`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Command, chosen_vectors, format_option
from w2v.cli.output import Result, emit
from w2v.cli.progress import amount, clock, console_progress
from w2v.errors import SettingsError
from w2v.formats.registry import default_pattern

if TYPE_CHECKING:
    from w2v.cooccurrences.file import MatrixInfo
    from w2v.formats import FileInfo
    from w2v.record import RunRecord
    from w2v.report.blocks import Document
    from w2v.training.checkpoint_file import Checkpoint

BLOCKS = "▁▂▃▄▅▆▇█"


@click.command(cls=Command, examples=["w2v info", "w2v info vectors.bin", "w2v info --json | jq -r .embeddings_sha256"])
@click.argument("file", metavar="[VECTORS]", required=False, type=click.Path(path_type=Path), help="The same as -m.")
@click.option(
    "-m",
    "--vectors",
    type=click.Path(path_type=Path),
    help=f"The vector file; else $W2V_VECTORS, else ./{default_pattern()}.",
)
@format_option
def command(file: Path | None, vectors: Path | None, output_format: str) -> None:
    """Show what is in a vector file, and how it was made.

    The whole file is read and checked: its own hash where it carries one, rows of zeros, repeated words. The sha256 of
    the embeddings is the same in every format. Files of co-occurrences and checkpoints are described as well.
    """
    from w2v import formats
    from w2v.cooccurrences.file import is_cooccurrence_file

    path, *others = chosen_vectors([file] if file else [], [vectors] if vectors else [])
    if others:
        raise SettingsError(f"info describes one file, and {path} and {others[0]} are named", hint="name one of them")
    if path.suffix == ".checkpoint" and path.exists():
        _show_checkpoint(path, output_format)
        return
    if is_cooccurrence_file(path):
        _show_matrix(path, output_format)
        return
    with console_progress() as progress:
        info = formats.inspect(path, progress=progress)
    payload = info.to_dict()
    row = {name: value for name, value in payload.items() if name not in ("first", "record")}
    facts = [tuple(_file_facts(info)), *([tuple(_run_facts(info.record))] if info.record else [])]
    emit(Result("w2v.info/1", payload, [row], lambda: _document(path, *facts)), output_format)


def _show_matrix(path: Path, output_format: str) -> None:
    from w2v.cooccurrences.file import inspect_cooccurrences

    with console_progress() as progress:
        info = inspect_cooccurrences(path, progress=progress)
    payload = info.to_dict()
    row = {name: value for name, value in payload.items() if name not in ("first", "corpus")}
    result = Result("w2v.info.cooccurrences/1", payload, [row], lambda: _document(path, tuple(_matrix_facts(info))))
    emit(result, output_format)


def _show_checkpoint(path: Path, output_format: str) -> None:
    """The newest checkpoint of a folder, or the file itself."""
    from w2v.errors import FormatError
    from w2v.training.checkpoints import newest_checkpoint, stands

    with console_progress() as progress:
        found = newest_checkpoint(path, progress)
    if found is None:
        raise FormatError(f"there is no checkpoint in {path}", hint="check the path")
    payload = {
        "path": str(found.path),
        "format": "w2v.checkpoint/1",
        "bytes": found.bytes,
        "saved": found.saved,
        "stands": stands(found),
        "run": dict(found.run),
        "position": dict(found.position),
    }
    row = {name: value for name, value in payload.items() if name not in ("run", "position")}
    facts = tuple(_checkpoint_facts(found, stands(found)))
    emit(Result("w2v.info.checkpoint/1", payload, [row], lambda: _document(path, facts)), output_format)


def _checkpoint_facts(found: Checkpoint, stands: str) -> Iterator[tuple[str, str]]:
    run, position = found.run, found.position.get("finished") or found.position
    yield "file", str(found.path)
    yield "format", f"w2v.checkpoint/1, {amount(found.bytes, 'bytes')}, its own hash is right"
    yield "stands", f"{stands}, saved {found.saved}"
    yield "model", f"{run.get('model')}, begun {run.get('started')}"
    yield "settings", _pairs({**run.get("text", {}), **run["settings"]})
    yield "corpus", f"{' '.join(run.get('sources', []))}  sha256={run.get('data')}"
    yield "loss", _curve(position.get("loss", ()))
    yield "versions", _pairs(run.get("environment", {}))


def _document(path: Path, *lists: tuple[tuple[str, str], ...]) -> Document:
    from w2v.report.blocks import Document, Facts

    return Document.of(f"What is in {path.name}", *map(Facts, lists))


def _matrix_facts(info: MatrixInfo) -> Iterator[tuple[str, str]]:
    yield "file", info.path
    yield "format", f"{info.format}, {amount(info.bytes, 'bytes')}, its own hash is right"
    yield "matrix", f"{info.words:,} words × {info.words:,} words, {info.records:,} cells ({info.density:.2%})"
    yield "first words", " ".join(info.first)
    yield "counted", f"window {info.window}, {info.contexts}, {info.weighting}"
    yield "weight", f"{info.total:,.1f} in all, {info.largest:,.1f} in the largest cell"
    yield "counts", f"{info.tokens:,} tokens"
    yield "corpus", _pairs({name: value for name, value in info.corpus.items() if name != "text"})
    yield "text", _pairs(info.corpus.get("text", {}))


def _file_facts(info: FileInfo) -> Iterator[tuple[str, str]]:
    hash_state = {True: ", its own hash is right", False: ", ITS OWN HASH IS WRONG", None: ""}[info.verified]
    yield "file", info.path
    yield "format", f"{info.format}{', gzip' * info.compressed}, {amount(info.bytes, 'bytes')}{hash_state}"
    yield "vectors", f"{info.words:,} words × {info.dim:,} dimensions"
    yield "first words", " ".join(info.first)
    yield "counts", "none" if info.tokens is None else f"{info.tokens:,} tokens"
    yield "lengths", f"{info.norm_min:.4g} to {info.norm_max:.4g}, mean {info.norm_mean:.4g}"
    yield "zero rows", f"{info.zero_rows:,}"
    yield "repeated", f"{info.duplicates:,}"
    yield "file sha256", info.file_sha256
    yield "matrix sha256", info.embeddings_sha256


def _run_facts(record: RunRecord) -> Iterator[tuple[str, str]]:
    yield "model", f"{record.model}, {record.threads} thread{'s' * (record.threads != 1)}, begun {record.started}"
    yield "settings", _pairs(record.settings)
    yield "corpus", _pairs(record.corpus)
    yield "vocabulary", _pairs(record.vocabulary)
    yield "times", "  ".join(f"{name} {clock(seconds)}" for name, seconds in record.timings.items())
    yield "loss", _curve(record.loss)
    yield "probe loss", _curve(record.probe_loss)
    yield "versions", _pairs(record.environment)


def _pairs(values: Mapping[str, Any]) -> str:
    forms = {int: ",", float: ".4g"}
    return "  ".join(f"{name}={format(value, forms.get(type(value), ''))}" for name, value in values.items())


def _curve(losses: Sequence[float]) -> str:
    """A block an epoch, and the numbers."""
    if not losses:
        return "none"
    low, high = min(losses), max(losses)
    steps = [round((loss - low) / ((high - low) or 1.0) * (len(BLOCKS) - 1)) for loss in losses]
    return f"{''.join(BLOCKS[step] for step in steps)}  {'  '.join(f'{loss:.4f}' for loss in losses)}"
