"""A small evaluation with everything in it, on words that a careless page would take for its own code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from w2v.evaluation import CategorySuite, OutlierSuite, Suite, evaluate_sets, load
from w2v.evaluation.findings import Findings
from w2v.evaluation.studies.comparison import Comparison, compare
from w2v.evaluation.studies.conventions import Grids
from w2v.evaluation.studies.gensim import GensimCheck
from w2v.evaluation.studies.replicates import summarise
from w2v.evaluation.studies.sensitivity import Sensitivity, sensitivity
from w2v.evaluation.tasks.analogies.grid import conventions_grid
from w2v.evaluation.tasks.analogies.sets import AnalogySuite
from w2v.evaluation.tasks.base import BesideGensim, task_of
from w2v.evaluation.tasks.bias import evaluate_bias, published
from w2v.evaluation.tasks.bias.lists import WordList
from w2v.evaluation.tasks.similarity import PairSuite
from w2v.vectors import Vectors

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</script><svg/onload=alert(3)>",
    "a|b",
    "[x](http://evil.example/)",
    "*bold*_it_`code`",
    "&lt;b&gt;",
    "\x1b[31mred\x00",
    "\u202egnp.exe",
    "-->",
)
FILES = ("deep/<i>one.bin", "deep/two|.bin", "deep/three.bin")
LISTS = replace(
    published().only(["weat6", "gender-professions", "names"]), title="<b>Lists</b> | of", citation="<a href=x>A</a>"
)


@pytest.fixture(scope="session")
def small_sets() -> dict[str, Suite]:
    return suites()


@pytest.fixture(scope="session")
def cloud() -> Vectors:
    return next(iter(clouds_of(1).values()))


@pytest.fixture(scope="session")
def everything() -> Findings:
    """Two files, compared, with all that can be asked of each."""
    sets, clouds = suites(), clouds_of(2)
    reports = {file: evaluate_sets(cloud, sets, ["men"]) for file, cloud in clouds.items()}
    reports = {
        file: replace(report, suites={**report.suites, "bias": evaluate_bias(clouds[file], LISTS)})
        for file, report in reports.items()
    }
    analogies = next(suite for suite in sets.values() if isinstance(suite, AnalogySuite))
    figures = (("Spearman ρ", "Pearson r", "scored"), (0.5, None, 65), (0.5, None, 64))
    small = {"wordsim353": sets["wordsim353"]}
    return Findings(
        reports,
        studies={
            "comparison": Comparison(compare(reports)),
            "conventions": Grids({file: conventions_grid(cloud, analogies) for file, cloud in clouds.items()}),
            "sensitivity": Sensitivity(
                {file: sensitivity(cloud, evaluate_sets(cloud, small), small) for file, cloud in clouds.items()}
            ),
            "gensim": GensimCheck({file: [BesideGensim("wordsim353", "total", *figures)] for file in clouds}),
        },
    )


@pytest.fixture(scope="session")
def single(everything: Findings) -> Findings:
    """The first file alone."""
    file = FILES[0]
    grids = everything.studies["conventions"]
    assert isinstance(grids, Grids)
    return Findings({file: everything.reports[file]}, studies={"conventions": Grids({file: grids.rows[file]})})


@pytest.fixture(scope="session")
def seeds() -> Findings:
    """Three files that are one model's seeds."""
    sets, clouds = {name: suite for name, suite in suites().items() if name == "wordsim353"}, clouds_of(3)
    reports = {file: evaluate_sets(cloud, sets) for file, cloud in clouds.items()}
    return Findings(reports, studies={"replicates": summarise(reports, list(clouds.values()))})


def suites() -> dict[str, Suite]:
    """Every kind of suite; the evil words are in categories, topics, sections and questions."""
    analogies, pairs = load("demo-world"), load("wordsim353")
    assert isinstance(analogies, AnalogySuite)
    assert isinstance(pairs, PairSuite)
    evil = len(analogies.words) + np.arange(8).reshape(2, 4)
    asked = replace(
        analogies,
        name="<u>evil</u>",
        title="<u>Evil</u> & co.",
        words=(*analogies.words, *EVIL),
        questions=np.vstack([analogies.questions, evil]),
        section_of=np.append(analogies.section_of, [0, 1]),
        sections=("<h1>0", *analogies.sections[1:]),
        groups={"all | of it": analogies.sections[1:]},
    )
    words = (*EVIL, *analogies.words[:30])
    categories = CategorySuite("cats", "Cats", "c" * 64, words, (EVIL[0], "b"), np.arange(40) % 2)
    topics = ((0, 1, 2, 3), (20, 21, 22))
    outliers = OutlierSuite("odd", "Odd", "d" * 64, words, (EVIL[1], "t"), topics, ((4, 30), (23, 5)))
    return {
        asked.name: asked,
        "wordsim353": pairs,
        "cats": categories,
        "odd": outliers,
        "geometry": task_of("geometry").measure(None),
    }


def clouds_of(files: int) -> dict[str, Vectors]:
    """Most words of the sets and of the lists; the evil ones are hubs, for they lie near the middle of all."""
    sets = suites()
    named = [word for suite in sets.values() if suite.kind != "geometry" for word in suite.words]
    rng = np.random.default_rng(5)
    words = [word for word in dict.fromkeys([*EVIL, *listed(), *named]) if word in EVIL or rng.random() < 0.9]
    at = {word: row for row, word in enumerate(words)}
    matrix = rng.normal(size=(len(words), 8)) + 1
    matrix[: len(EVIL)] = 1 + rng.normal(size=(len(EVIL), 8)) * 0.1
    asked = next(suite for suite in sets.values() if isinstance(suite, AnalogySuite))
    for first, second in asked.questions[:-2, :2].tolist():  # relations that are nearly there
        a, b = asked.words[first], asked.words[second]
        if a in at and b in at:
            matrix[at[b]] = matrix[at[a]] + [2, -1, 0, 1, 0, 0, 0, 0]
    noise = (np.random.default_rng(seed).normal(size=matrix.shape) * 0.3 for seed in range(files))
    counts = np.arange(len(words), 0, -1) * 7
    clouds = [Vectors(words, (matrix + part).astype(np.float32), counts) for part in noise]
    return dict(zip(FILES, clouds, strict=False))


def listed() -> Iterator[str]:
    """The words of the lists."""
    for design in LISTS.designs:
        for value in vars(design).values():
            for part in value if isinstance(value, tuple) else (value,):
                yield from part.words if isinstance(part, WordList) else ()
