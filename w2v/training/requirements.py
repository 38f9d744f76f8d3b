"""What a run needs of memory and disk, estimated and compared with what is free before training begins.

The token cache (w2v/tokens/), counting (w2v/cooccurrences/) and blocks (glove/blocks.py) check their own needs.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from w2v import formats
from w2v.errors import OutputError, SettingsError
from w2v.machine import free_memory
from w2v.progress import Progress
from w2v.training.beginning import Beginning
from w2v.training.checkpoints import Checkpoints
from w2v.training.data import Data
from w2v.training.run import Run
from w2v.training.trainer import Requirements
from w2v.vocab import Vocabulary

__all__ = ["check_requirements"]


def check_requirements(
    run: Run,
    data: Data,
    outputs: Sequence[Path],
    checkpoints: Checkpoints,
    progress: Progress,
    workers: int | None = None,
) -> None:
    """Raise SettingsError if the vectors do not fit into memory, OutputError if `outputs` do not fit on their disks.

    Too little room for checkpoints is only a warning: training goes on without checkpoints. A run by workers must have
    room for one.

    workers: processes of this machine that train. Workers of a cluster need nothing of this machine's memory.
    """
    vocabulary, beginning = data.vocabulary, data.beginning
    required = run.trainer.requirements(vocabulary, run.settings)
    result, needed = vocabulary.words, required.memory + (workers or 0) * required.of_worker
    if beginning is not None:
        result, required, needed = _with_beginning(beginning, data.vocabulary, required)
    free = free_memory()
    progress.message(f"memory: the vectors take {needed / 1e6:,.0f} MB in training", "detail")
    is_elsewhere = run.by_workers and workers is None
    if free is not None and needed > free and not is_elsewhere:
        fewer = "" if beginning is None else ", and --init-words new leaves out words that only the file has"
        hint = f"take a smaller --dim, a smaller --max-vocab or a larger --min-count{fewer}"
        by = ""
        if workers is not None:
            by = f" by {workers} worker{'s' if workers > 1 else ''}"
            hint = _what_fits(run, data, required, free)
        raise SettingsError(
            f"{len(result):,} words of {run.settings.dim} dimensions need {needed:,} bytes of memory in training{by}, "
            f"and {free:,} are free",
            hint=hint,
        )
    taken: dict[int, int] = {}
    for path in outputs:
        if path.exists() and not path.is_file():
            continue
        size = formats.output_bytes(path, result, required.width, ngrams=required.ngrams)
        disk = os.stat(os.path.dirname(os.path.realpath(path))).st_dev  # a link may lead to another one
        taken[disk] = taken.get(disk, 0) + size
        progress.message(f"disk: {path} takes about {size / 1e6:,.0f} MB", "detail")
        formats.check_output(path, size=taken[disk])
    size = required.memory if required.checkpoint is None else required.checkpoint
    _check_checkpoints(checkpoints, size, taken, progress)


def _what_fits(run: Run, data: Data, required: Requirements, free: int) -> str:
    """Say what this memory is enough for, where it is not enough for so many workers."""
    fewer = (free - required.memory) // required.of_worker
    if fewer > 0:
        return f"take fewer workers, which need less: --workers {fewer}"
    alone = run.model.trainer_for(run.settings).requirements(data.vocabulary, run.settings).memory
    if alone <= free:
        return f"leave out --workers: --deterministic gives the same bytes, and needs {alone:,} bytes"
    words = max(0, free - required.of_worker) * len(data.vocabulary) // required.memory
    fit = f"one worker has memory for {words:,} words: --max-vocab {words}" if words else "not even one worker fits"
    return f"{fit}; or take a smaller --dim or a larger --min-count"


def _with_beginning(
    beginning: Beginning, vocabulary: Vocabulary, required: Requirements
) -> tuple[Sequence[str], Requirements, int]:
    """Return the words of the result, what it needs, and the bytes of memory, where training begins with a file.

    What was read of the file is in memory already, and so not among what is free.
    """
    words, ngrams = beginning.result(vocabulary)
    more = beginning.memory(len(words), ngrams, vocabulary)
    return words, replace(required, ngrams=(ngrams, required.ngrams[1])), required.memory + more


def _check_checkpoints(checkpoints: Checkpoints, size: int, taken: dict[int, int], progress: Progress) -> None:
    folder = checkpoints.place
    if folder is None:
        return
    above = Path(os.path.realpath(folder)).parent
    needed = 3 * size  # two stay, and the third is there before the first goes
    progress.message(f"disk: checkpoints in {folder} take up to {needed / 1e6:,.0f} MB", "detail")
    info = os.statvfs(above)
    free = max(0, info.f_bavail * info.f_frsize - taken.get(os.stat(above).st_dev, 0))
    if checkpoints.is_needed and size > free:
        raise OutputError(
            f"a checkpoint of all workers needs {size:,} bytes in {folder}, and {free:,} are free beside the vectors",
            hint="free some space, or name a folder on another disk as --run-dir",
        )
    if needed > free:
        progress.message(
            f"checkpoints need {needed:,} bytes in {above}, and {free:,} are free beside the vectors: "
            "training goes on without the checkpoints that do not fit",
            "warning",
        )
