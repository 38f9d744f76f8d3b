"""What a run needs of memory and disk, estimated and compared with what is free before hours are spent.

Not here: the token cache (w2v.tokens), counting and blocks (counting.py, blocks.py), which look for themselves.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from w2v import formats
from w2v.config import GloveConfig, SgnsConfig
from w2v.errors import SettingsError
from w2v.machine import free_memory
from w2v.progress import Progress
from w2v.training import glove, rotation, sgns
from w2v.training.checkpoints import Checkpoints, Every
from w2v.vocab import Vocabulary

__all__ = ["check_needs"]


def check_needs(
    config: SgnsConfig | GloveConfig,
    vocabulary: Vocabulary,
    outputs: Sequence[Path],
    checkpoints: Checkpoints,
    progress: Progress,
) -> None:
    """Raise SettingsError if the vectors do not fit into memory, OutputError if `outputs` do not fit on their disks.

    Too little room for checkpoints is worth a warning: training does without.
    """
    words = len(vocabulary)
    both = isinstance(config, GloveConfig) and config.output_vectors == "both"
    dim = config.dim * (2 if both else 1)
    if isinstance(config, GloveConfig):
        needed = glove.training_bytes(words, config)
    else:
        needed = (rotation if config.deterministic else sgns).training_bytes(words, config)
    free = free_memory()
    progress.message(f"memory: the vectors take {needed / 1e6:,.0f} MB in training", "detail")
    if free is not None and needed > free:
        raise SettingsError(
            f"{words:,} words of {config.dim} dimensions need {needed:,} bytes of memory in training, "
            f"and {free:,} are free",
            hint="take a smaller --dim, a smaller --max-vocab or a larger --min-count",
        )
    taken: dict[int, int] = {}
    for path in outputs:
        if path.exists() and not path.is_file():
            continue
        size = formats.output_bytes(path, vocabulary.words, dim)
        disk = os.stat(path.parent).st_dev
        taken[disk] = taken.get(disk, 0) + size
        progress.message(f"disk: {path} takes about {size / 1e6:,.0f} MB", "detail")
        formats.check_output(path, size=taken[disk])
    _check_checkpoints(checkpoints, needed, taken, progress)


def _check_checkpoints(checkpoints: Checkpoints, size: int, taken: dict[int, int], progress: Progress) -> None:
    if checkpoints.folder is None or checkpoints.every == Every():
        return
    above = checkpoints.folder.parent
    needed = 3 * size  # two stay, and the third is there before the first goes
    progress.message(f"disk: checkpoints in {checkpoints.folder} take up to {needed / 1e6:,.0f} MB", "detail")
    info = os.statvfs(above)
    free = info.f_bavail * info.f_frsize - taken.get(os.stat(above).st_dev, 0)
    if needed > free:
        progress.message(
            f"checkpoints need {needed:,} bytes in {above}, and {max(0, free):,} are free beside the vectors: "
            "training goes on without those that do not fit",
            "warning",
        )
