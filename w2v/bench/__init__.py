"""w2v and other tools side by side, in turn: the same corpus, settings and machine. Printing: w2v/cli/bench.py.

Which tools can train a model is said by the model itself (`peers` of w2v/training/model.py).

measuring      one command, run and watched
machine        its load, and the peak of its cores
workplace      a temporary folder with the copy of the corpus that gensim and peers read
trainers       w2v, gensim and others as commands
gensim_script  gensim, in a process of its own
comparing      rounds of all trainers in turn, with scores
report         what was found
document       the same for people
"""

from __future__ import annotations

from w2v.bench.comparing import available_suites, bench, run_once
from w2v.bench.document import bench_document
from w2v.bench.report import METRICS, BenchReport, Metric, Run, Spread, TrainerReport
from w2v.bench.trainers import Gensim, Peer, Trainer, W2v
from w2v.bench.workplace import Workplace, open_workplace

__all__ = [
    "METRICS",
    "BenchReport",
    "Gensim",
    "Metric",
    "Peer",
    "Run",
    "Spread",
    "Trainer",
    "TrainerReport",
    "W2v",
    "Workplace",
    "available_suites",
    "bench",
    "bench_document",
    "open_workplace",
    "run_once",
]
