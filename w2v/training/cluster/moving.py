"""What is told before a run of workers that are not worth it: those without parts, and rows that only move.

Which parts and rows a worker has: planning.py.
"""

from __future__ import annotations

from w2v.training.cluster.planning import bytes_moved
from w2v.training.sgns.plan import RotationPlan

__all__ = ["warning_of_idle_workers", "warning_of_moving"]

# Rough, for one machine (docs/cluster-figures.md); a network is slower.
BYTE = 1.3e-9  # seconds of the processor to send and to receive it
VALUE = 0.8e-9  # seconds of the processor to train one value of a row with one pair
SHORT = 60.0  # seconds of moving, in all epochs, that are not worth a line
FEWEST = 15  # batches of all epochs together; with fewer the scores fall


def warning_of_idle_workers(plan: RotationPlan, workers: int) -> str | None:
    """Return a line with its cure where there are more workers than parts, else None."""
    if workers <= plan.parts:
        return None
    return (
        f"{workers - plan.parts:,} of {workers:,} workers have nothing to train, because the words are in {plan.parts} "
        f"parts: take {plan.parts} workers at most"
    )


def warning_of_moving(plan: RotationPlan, words: int, width: int, workers: int) -> str | None:
    """Return a line with its cure where workers take longer to move rows than to train them, else None.

    words: of the vocabulary. width: floats of a row, padded.
    """
    from w2v.kernels.negative_sampling import CHUNK

    epochs, batches = plan.config.epochs, plan.batches
    pairs = plan.chunks * CHUNK * sum(plan.widths)  # of an epoch, if nothing is subsampled
    layouts = len({plan.partitioned_in(batch) for batch in range(batches)})
    moved = bytes_moved(words, width, plan.parts, workers, pairs, layouts, batches)
    if BYTE * moved * epochs < max(SHORT, VALUE * width * pairs * epochs):
        return None
    fewer, cure = -(-FEWEST // epochs), "train with --deterministic in one process, which moves nothing"
    if fewer < batches:
        less = bytes_moved(words, width, plan.parts, workers, pairs, min(layouts, fewer), fewer)
        cure = f"--batches {fewer} moves {less / 1e9:,.0f} GB (and gives other vectors); or {cure}"
    return (
        f"an epoch moves {moved / 1e9:,.0f} GB between workers in {batches} batches, which takes longer than training "
        f"its {plan.chunks * CHUNK / 1e6:,.1f} M words; {cure}"
    )
