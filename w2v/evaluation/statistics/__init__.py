"""Statistics on numbers alone: no file in here knows what a word or a suite is."""

from __future__ import annotations

from w2v.evaluation.statistics.intervals import (
    FEWEST,
    Interval,
    bounds,
    clustered_interval,
    independent_trials,
    share_interval,
    student,
)
from w2v.evaluation.statistics.paired import Paired, difference_of, holm, paired_means, paired_replicates
from w2v.evaluation.statistics.pigeonhole import Pigeonhole
from w2v.evaluation.statistics.ranks import (
    average_ranks,
    pearson,
    pearson_replicates,
    spearman,
    spearman_replicates,
)
from w2v.evaluation.statistics.resampling import draws, interval_of, mean_replicates, resampled

__all__ = [
    "FEWEST",
    "Interval",
    "Paired",
    "Pigeonhole",
    "average_ranks",
    "bounds",
    "clustered_interval",
    "difference_of",
    "draws",
    "holm",
    "independent_trials",
    "interval_of",
    "mean_replicates",
    "paired_means",
    "paired_replicates",
    "pearson",
    "pearson_replicates",
    "resampled",
    "share_interval",
    "spearman",
    "spearman_replicates",
    "student",
]
