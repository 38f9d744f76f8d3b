"""The steps of `w2v demo`: generate a synthetic text, learn vectors from it, and ask these vectors questions.

The steps use the ordinary functions: the text is written to a file, `train` reads the file with its default settings,
and `evaluate` scores the suite demo-world. The command prints the results (w2v/cli/demo.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from w2v.demo.world import World, generate
from w2v.files.whole import replacing, temporary_folder
from w2v.progress import NullProgress, Progress

if TYPE_CHECKING:
    from w2v.evaluation import Report
    from w2v.vectors import Neighbour, Vectors

__all__ = ["ANALOGY", "SUITE", "Answers", "World", "generate", "learn", "question"]

SUITE = "demo-world"
ANALOGY = ("king", "man", "woman")


@dataclass(frozen=True)
class Answers:
    """The answers of vectors that were trained on the synthetic text.

    analogy: the words nearest to king − man + woman, including king, man and woman, each at its rank.
    planted: the score on the planted relations.
    nearest_alone: a control, between 0 and 1: the share of the questions whose right answer is simply the nearest
        neighbour of the third word. Were it high, the score would say nothing about relations. It is the baseline
        "only-b" of analogies (`w2v/evaluation/tasks/analogies/methods.py`).
    """

    analogy: tuple[Neighbour, ...]
    planted: Report
    nearest_alone: float | None


def learn(
    world: World, *, corpus: Path | None = None, threads: int | None = None, progress: Progress | None = None
) -> Vectors:
    """Return vectors trained on the text of `world`, with the default settings and the seed of `world`.

    corpus: the file in which the text is kept; None: the text is not kept.
    """
    from w2v.training import train

    with temporary_folder("demo") as folder:
        path = corpus or folder / "demo-world.txt"
        with replacing(path) as file:
            file.write(world.text)
        return train(path, seed=world.seed, threads=threads, cache_dir=folder, progress=progress or NullProgress())


def question(vectors: Vectors) -> Answers:
    """Return the answers of the vectors to all questions of the demo."""
    from w2v.evaluation import evaluate

    a, b, c = ANALOGY
    planted = evaluate(vectors, SUITE, progress=False).report
    return Answers(
        analogy=vectors.neighbours([a, c], [b], topn=5),
        planted=planted,
        nearest_alone=planted.metrics()[f"{SUITE}.only-b"],
    )
