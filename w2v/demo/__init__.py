"""The whole story on a world that w2v makes itself: generate, learn, question. Not here: telling it (w2v.cli.demo).

Everything goes through the ordinary machinery: the text is written to a file, `train` reads that file with its default
settings, `evaluate` scores the suite demo-world.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

from w2v.demo.lexicon import SECTIONS
from w2v.demo.world import World, generate
from w2v.files.whole import replacing, temporary_folder
from w2v.progress import NullProgress, Progress

if TYPE_CHECKING:
    from w2v.evaluation import Report
    from w2v.vectors import Neighbour, Vectors

__all__ = ["ANALOGY", "SUITE", "Answers", "World", "generate", "learn", "nearest_alone", "question"]

SUITE = "demo-world"
ANALOGY = ("king", "man", "woman")


@dataclass(frozen=True)
class Answers:
    """What vectors of the world answer.

    analogy: the words nearest to king − man + woman, the inputs at their rank.
    planted: the score on the planted relations.
    nearest_alone: the control, between 0 and 1; see the function of that name.
    """

    analogy: tuple[Neighbour, ...]
    planted: Report
    nearest_alone: float


def learn(
    world: World, *, corpus: Path | None = None, threads: int | None = None, progress: Progress | None = None
) -> Vectors:
    """Vectors of the world, trained with the default settings and the world's seed.

    corpus: where to keep the text; None keeps nothing.
    """
    from w2v.training import train

    with temporary_folder("demo") as folder:
        path = corpus or folder / "demo-world.txt"
        with replacing(path) as file:
            file.write(world.text)
        return train(path, seed=world.seed, threads=threads, cache_dir=folder, progress=progress or NullProgress())


def question(vectors: Vectors) -> Answers:
    """Ask the vectors everything that the story tells."""
    from w2v.evaluation import evaluate

    a, b, c = ANALOGY
    return Answers(
        analogy=vectors.neighbours([a, c], [b], topn=5),
        planted=evaluate(vectors, SUITE).report,
        nearest_alone=nearest_alone(vectors),
    )


def nearest_alone(vectors: Vectors) -> float:
    """The share of the suite's questions that the nearest neighbour of the third word answers, without the first two.

    It is the control: were it high, the score would say nothing about relations. The baseline is "only-b" of Linzen
    2016, "Issues in evaluating semantic spaces using word analogies", section 3; inputs are no answers here either.
    """
    right = asked = 0
    for section in SECTIONS:
        nearest = {word: [near for near, _ in vectors.most_similar(word, topn=3)] for word, _ in section.pairs}
        for (first, second), (third, answer) in permutations(section.pairs, 2):
            right += next(word for word in nearest[third] if word not in (first, second)) == answer
            asked += 1
    return right / asked
