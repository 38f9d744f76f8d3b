"""Every terminal table as it stands on a terminal of 80 columns, compared with the files in `golden/`.

    W2V_UPDATE_GOLDEN=1 python -m pytest tests/cli/test_golden.py

writes the files anew; the difference then shows what has changed. All tables are made of vectors and sets that this
file makes: nothing is trained, and nothing is read but what comes with w2v and with gensim. Not here: what is in the
tables.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from attacks.tensor_files import checkpoint, cooccurrence_file, token_cache
from cli.test_bench import REPORT

import w2v.bench
import w2v.evaluation
from w2v import Vectors, build_index, load, save
from w2v.cli import main
from w2v.evaluation import CategorySuite, Suite
from w2v.evaluation.tasks.analogies.sets import read_bats
from w2v.record import RunRecord

GOLDEN = Path(__file__).parent / "golden"
UPDATE = bool(os.environ.get("W2V_UPDATE_GOLDEN"))
WIDTH = 80


def listed(words: str) -> list[str]:
    return words.split()


CAPITALS = listed("paris france rome italy berlin germany madrid spain athens greece oslo norway cairo egypt lima peru")
PLURALS = listed("cat cats dog dogs cow cows car cars road roads house houses tree trees bird birds")
PEOPLE = listed("man woman king queen prince princess boy girl father mother son daughter brother sister he she")
JOBS = listed("doctor nurse teacher engineer pilot farmer judge lawyer poet tailor miner baker")
OTHERS = listed("apple pear plum fig hammer saw drill wrench rain snow wind fog")
GOOD = listed("joy love peace gift honest happy")
BAD = listed("war hate pain theft liar sad")
WORDS = [*PEOPLE, *CAPITALS, *PLURALS, *JOBS, *OTHERS, *GOOD, *BAD]
CATEGORIES = {"fruit": OTHERS[:4], "tools": OTHERS[4:8], "weather": OTHERS[8:], "jobs": JOBS}
LISTS = """
title = "Lists of the golden files"
citation = "Nobody (2000)"
[lists.men]
title = "male terms"
words = ["man", "king", "prince", "boy", "father", "son", "brother", "he"]
[lists.women]
title = "female terms"
words = ["woman", "queen", "princess", "girl", "mother", "daughter", "sister", "she"]
[lists.jobs]
title = "jobs"
words = ["doctor", "nurse", "teacher", "engineer", "pilot", "farmer", "judge", "lawyer", "poet", "tailor", "astronaut"]
ratings = [0.5, -0.9, -0.6, 0.8, 0.7, 0.4, 0.3, 0.2, 0.0, -0.1, 0.9]
[lists.tools]
words = ["hammer", "saw", "drill", "wrench"]
[lists.fruit]
words = ["apple", "pear", "plum", "fig"]
[lists.good]
words = ["joy", "love", "peace", "gift", "honest", "happy"]
[lists.bad]
words = ["war", "hate", "pain", "theft", "liar", "sad"]
[lists.mostly_unknown]
words = ["apple", "xylophone", "zither", "lute"]
[pairs.gender]
words = [["man", "woman"], ["king", "queen"], ["boy", "girl"], ["father", "mother"], ["he", "she"], ["uncle", "aunt"]]
[[association]]
name = "people"
targets = ["men", "women"]
attributes = ["tools", "fruit"]
[[association]]
name = "things"
targets = ["tools", "mostly_unknown"]
attributes = ["good", "bad"]
[[groups]]
name = "jobs"
groups = ["men", "women"]
words = "jobs"
pairs = "gender"
[[sentiment]]
name = "moods"
targets = ["men", "women"]
positive = "good"
negative = "bad"
"""

SENTENCES = """
The farmer picks a ripe apple from the tree, and a ripe pear from the other tree.
She bakes a pie with an apple; he bakes a pie with a pear, because a pie wants fruit.
An apple a day keeps the doctor away. The judge eats a juicy pear, and the miner a juicy apple.
The engineer mends a saw, the tailor has a fig, and the poet writes of snow and rain.
Nobody eats a hammer. The juicy pear is ripe; the apple pie is not.
"""


def kings() -> Iterator[str]:
    """Lines in which a king stands among people, or among cities."""
    rng = np.random.default_rng(4)
    for number in range(90):
        others = rng.choice((PEOPLE, CAPITALS, JOBS)[number % 3], 6, replace=False).tolist()
        yield " ".join([*others[:3], *(["king"] * (number % 3 < 2)), *others[3:], *rng.choice(OTHERS, 2)])


RELATIONS = ("capitals.txt", "plurals.txt")  # in the manner of BATS: a file a relation, a pair a line

ONE, TWO, THREE = "one.safetensors", "two.bin", "another-model-of-a-longer-name.txt"
SEEDS = ("seed-1.safetensors", "seed-2.safetensors", "seed-3.safetensors")
OURS = ("--group", "ours=seed-*.safetensors")
OWN_ANALOGIES, OWN_PAIRS, OWN_OUTLIERS = (
    ("--analogies", "relations.txt"),
    ("--pairs", "rated.csv"),
    ("--outliers", "topics.txt"),
)
EVERY_KIND = (*OWN_ANALOGIES, *OWN_PAIRS, *OWN_OUTLIERS, "--suite", "own-categories,geometry")

CASES: dict[str, tuple[str, ...]] = {
    "analogy": ("analogy", "king", "man", "woman"),
    "analogy-3cosmul": ("analogy", "king", "man", "woman", "--method", "3cosmul", "-n", "3"),
    "analogy-include-inputs": ("analogy", "king", "man", "woman", "--include-inputs", "-n", "5"),
    "analogy-sum": ("analogy", "king:1 man:-0.5 woman:0.5", "-n", "3"),
    "analogy-files": ("analogy", "king", "man", "woman", "-n", "4", "-m", ONE, "-m", THREE),
    "similarity-files": ("similarity", "cat", "dog", "-m", ONE, "-m", THREE),
    "odd-one-out-files": ("odd-one-out", "apple", "pear", "plum", "hammer", "-m", ONE, "-m", THREE),
    "vector-files": ("vector", "cat", "-m", ONE, "-m", THREE),
    "why": ("why", "king", "queen", "-n", "5"),
    "why-corpus": ("why", "apple", "pear", "-n", "4", "--corpus", "sentences.txt", "--tokenizer", "words"),
    "senses": ("senses", "king", "--corpus", "kings.txt", "--show-all", "-n", "4", "--quotes", "2", "-m", ONE),
    "axis": ("axis", "gender=man,woman+king,queen+he,she", "cat,dog", "doctor", "nurse", "king"),
    "axis-ends": ("axis", "man,woman+apple,pear", "-n", "3"),
    "plot": ("plot", "--group", "royals=king,queen,prince", "man", "woman", "-o", "plot.svg"),
    "similar-sums": ("similar", "King - man + woman", "{cat dog cow}", "-n", "3"),
    "similarity-groups": ("similarity", "{cat dog}", "{apple pear plum}"),
    "similarity-matrix": ("similarity", "--matrix", "cat", "dog", "apple", "pear"),
    "vector": ("vector", "cat", "{cat dog}"),
    "similar": ("similar", "paris", "-n", "5"),
    "similar-words": ("similar", "paris", "doctor", "-n", "3"),
    "similar-files": ("similar", "paris", "doctor", "-n", "3", "-m", ONE, "-m", THREE),
    "similarity": ("similarity", "cat", "dog"),
    "odd-one-out": ("odd-one-out", "apple", "pear", "plum", "hammer"),
    "encode": ("encode", "The king and the queen of France", "a ripe apple", "!", "--tokenizer", "words", "-m", ONE),
    "search": ("search", "the king and queen of France", "-n", "3", "-m", ONE),
    "search-words": ("search", "RIPE apple pie", "--mode", "words", "-n", "2"),
    "search-farthest": ("search", "--farthest", "-n", "2"),
    "info-index": ("info", "docs.w2v"),
    "info": ("info", ONE),
    "info-no-record": ("info", TWO),
    "info-cooccurrences": ("info", "kept.cooc"),
    "info-checkpoint": ("info", "000001.checkpoint"),
    "verify": ("verify", ONE, TWO, THREE, "kept.cooc", "000001.checkpoint", "kept.tokens", "damaged.safetensors"),
    "data-list": ("data", "list"),
    "bench": ("bench", "corpus.txt"),
    "bench-two-trainers": ("bench", "corpus.txt"),
    "bias": ("bias", "-m", ONE, "--lists", "lists.toml"),
    "bias-each-word": ("bias", "-m", ONE, "--lists", "lists.toml", "--words"),
    "bias-published": ("bias", "-m", "listed.bin", "--test", "weat6", "--test", "gender-professions"),
    "bias-words": ("bias", "doctor", "nurse", "king", "-m", ONE, "--lists", "lists.toml"),
    "bias-words-no-groups": ("bias", "doctor", "-m", ONE, "--lists", "tests.toml", "-n", "1"),
    "eval-analogies": ("eval", ONE, *OWN_ANALOGIES),
    "eval-analogies-30000-words": ("eval", "large.bin", *OWN_ANALOGIES),
    "eval-analogies-groups": ("eval", ONE, "--suite", "demo-world"),
    "eval-analogies-learned-methods": ("eval", ONE, "--suite", "own-relations"),
    "eval-analogies-learned-methods-two-files": ("eval", ONE, TWO, "--suite", "own-relations"),
    "eval-analogies-gensim": ("eval", ONE, *OWN_ANALOGIES, "--as", "gensim"),
    "eval-analogies-word2vec": ("eval", ONE, *OWN_ANALOGIES, "--as", "word2vec"),
    "eval-analogies-two-files": ("eval", ONE, "large.bin", *OWN_ANALOGIES),
    "eval-analogies-three-files": ("eval", ONE, TWO, THREE, *OWN_ANALOGIES),
    "eval-similarity": ("eval", ONE, *OWN_PAIRS, "--suite", "simlex999"),
    "eval-similarity-two-files": ("eval", ONE, TWO, *OWN_PAIRS),
    "eval-categorization": ("eval", ONE, "--suite", "own-categories"),
    "eval-categorization-two-files": ("eval", ONE, TWO, "--suite", "own-categories"),
    "eval-outliers": ("eval", ONE, *OWN_OUTLIERS),
    "eval-outliers-two-files": ("eval", ONE, TWO, *OWN_OUTLIERS),
    "eval-geometry": ("eval", ONE, "--suite", "geometry"),
    "eval-geometry-wrong-rows": ("eval", "wrong.txt", "--suite", "geometry"),
    "eval-geometry-two-files": ("eval", ONE, "wrong.txt", "--suite", "geometry"),
    "eval-bias": ("eval", "listed.bin", "--suite", "bias"),
    "eval-bias-two-files": ("eval", ONE, TWO, "--suite", "bias"),
    "eval-conventions": ("eval", "large.bin", *OWN_ANALOGIES, "--suite", "demo-world", "--conventions"),
    "align": ("align", "left.bin", "right.bin", "--dictionary", "pairs.tsv", "--refine", "2"),
    "eval-bilingual": ("eval", "left.bin", "--with", "right.bin", "--dictionary", "pairs.tsv"),
    "eval-bilingual-two-files": ("eval", "left.bin", "other.bin", "--with", "right.bin", "--dictionary", "pairs.tsv"),
    "groups": ("groups", "-k", "5", "-m", ONE, "-n", "6"),
    "map": ("map", "-m", ONE, "--layout", "pca", "-k", "3"),
    "groups-of-words": ("groups", "-k", "2", "apple", "pear", "rain", "fog", "-m", ONE),
    "drift": ("drift", ONE, TWO, "-n", "5"),
    "drift-words": ("drift", ONE, TWO, THREE, "--word", "king", "--word", "apple", "--neighbours", "5"),
    "drift-same": ("drift", ONE, ONE),
    "drift-old-index": ("drift", ONE, TWO, "--old-index"),
    "eval-dims": ("eval", ONE, *OWN_ANALOGIES, *OWN_PAIRS, "--dims", "3,6", "--order", "pca"),
    "eval-sensitivity": ("eval", ONE, TWO, *OWN_ANALOGIES, *OWN_PAIRS, "--suite", "geometry", "--sensitivity"),
    "eval-sensitivity-bias": ("eval", "listed.bin", "--suite", "bias", "--sensitivity"),
    "eval-replicates": ("eval", *SEEDS, *OWN_ANALOGIES, *OWN_PAIRS, "--replicates"),
    "eval-groups": ("eval", *OURS, "--group", f"theirs={ONE}", "--group", f"theirs={TWO}", *OWN_ANALOGIES, *OWN_PAIRS),
    "eval-groups-three": ("eval", *OURS, "--group", f"one={ONE}", "--group", f"two={TWO}", *OWN_PAIRS),
    "eval-words": ("eval", ONE, TWO, *OWN_PAIRS, "--words", "cat,paris,absent"),
    "eval-comparison-two-files": ("eval", ONE, TWO, *EVERY_KIND),
    "eval-comparison-three-files": ("eval", ONE, TWO, THREE, *EVERY_KIND),
    "eval-check-gensim": ("eval", ONE, "--suite", "demo-world,wordsim353", "--check", "gensim", "--as", "gensim"),
    "eval-nothing-known": ("eval", "nothing.txt"),
    "eval-missing-sets": ("eval", ONE, "--suite", "outliers,categorization,wordsim353"),
}
FAILING = {"verify"}


def record(seed: int = 1) -> RunRecord:
    return RunRecord(
        model="sgns",
        settings={"dim": 10, "window": 5, "epochs": 3, "sample": 1e-3, "deterministic": False, "seed": seed},
        corpus={"fingerprint": "0123456789abcdef" * 4, "sources": ["news.txt"], "tokens": 123_456, "seconds": 1.25},
        vocabulary={"words": len(WORDS), "tokens": 120_000},
        environment={"python": "3.12.1", "numpy": "2.0.0", "numba": "0.68.0"},
        threads=2,
        timings={"corpus": 1.25, "compile": 0.5, "train": 75.0},
        trained={"words": 360_000, "pairs": 1_000_000, "cpu_seconds": 150.0},
        loss=(2.5, 1.25, 1.0),
        heldout_loss=(4.0, 2.0, 1.5, 1.4),
        started="2026-01-02T03:04:05+00:00",
    )


def cloud(noise: float, seed: int = 1) -> np.ndarray:
    """Vectors of WORDS, float32 [len(WORDS), 10], in which relations and groups are nearly there."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(len(WORDS), 10))
    at = {word: row for row, word in enumerate(WORDS)}
    for number, listed in enumerate((PEOPLE, CAPITALS, PLURALS)):
        step = rng.normal(size=10) * 1.5
        for first, second in zip(listed[::2], listed[1::2], strict=True):
            matrix[at[second]] = matrix[at[first]] + step
        matrix[[at[word] for word in listed], number] += 2
    for number, group in enumerate((*CATEGORIES.values(), GOOD, BAD), start=4):
        matrix[[at[word] for word in group], number] += 2
    return (matrix + np.random.default_rng(seed).normal(size=matrix.shape) * noise).astype(np.float32)


def vectors(noise: float, seed: int = 1, record: RunRecord | None = None, unknown: slice = slice(0, 0)) -> Vectors:
    """The words but those of the slice, with counts that fall by rank."""
    kept = [row for row in range(len(WORDS)) if row not in range(len(WORDS))[unknown]]
    counts = (10_000 / np.arange(1, len(kept) + 1)).astype(np.int64)
    return Vectors([WORDS[row] for row in kept], cloud(noise, seed)[kept], counts, record)


def many(words: list[str], seed: int, dim: int = 10) -> Vectors:
    """Random vectors of further words below those of WORDS."""
    rng = np.random.default_rng(seed)
    further = [word for word in dict.fromkeys(words) if word not in WORDS]
    matrix = np.vstack([cloud(0.6), rng.normal(size=(len(further), dim)).astype(np.float32)])
    names = [*WORDS, *further]
    return Vectors(names, matrix, np.arange(len(names), 0, -1) * 3)


def listed_words() -> Iterator[str]:
    """The words of the published lists, which come with w2v."""
    for name in ("weat", "gender-professions"):
        text = Path(printed("data", "path", name).strip()).read_text("utf-8")
        for part in tomllib.loads(text)["lists"].values():
            yield from part["words"]


class Terminal:
    """Standard output that is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def printed(*args: str, code: int = 0) -> str:
    """What a command prints on a terminal of WIDTH columns without colours."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", str(WIDTH))
        patched.setattr(sys, "stdout", terminal := Terminal())
        assert main([*args, "--color", "never"]) == code
    return terminal.text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files that the commands read."""
    made = tmp_path_factory.mktemp("golden")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(made)
        save(vectors(0.3, record=record()), ONE)
        save(vectors(0.7, seed=2, unknown=slice(44, 50)), TWO)
        save(vectors(0.5, seed=3, unknown=slice(20, 30)), THREE)
        for seed, name in enumerate(SEEDS, start=1):
            save(vectors(0.4, seed, record(seed)), name)
        save(many([f"further{number}" for number in range(31_000)], seed=5), "large.bin")
        save(many(list(listed_words()), seed=6), "listed.bin")
        Path("nothing.txt").write_text("3 2\nxx 1 0\nyy 0 1\nzz 1 1\n")
        wrong = [
            f"{word} {' '.join(f'{value:.3f}' for value in row)}" for word, row in zip(WORDS, cloud(1), strict=True)
        ]
        wrong[3] = f"{WORDS[3]}{' 0' * 10}"
        wrong[5] = wrong[4].replace(WORDS[4], WORDS[5])
        Path("wrong.txt").write_text("\n".join([f"{len(wrong)} 10", *wrong, ""]))
        build_index(SENTENCES.split("\n"), load(ONE), "docs.w2v", passage_words=8)
        Path("kept.cooc").write_bytes(cooccurrence_file())
        Path("kept.tokens").write_bytes(token_cache())
        Path("000001.checkpoint").write_bytes(checkpoint())
        whole = Path(ONE).read_bytes()
        Path("damaged.safetensors").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        Path("lists.toml").write_text(LISTS)
        Path("tests.toml").write_text(LISTS[: LISTS.index("[[groups]]")])
        lines: list[str] = []
        for name, listed in (("capitals", CAPITALS), ("plurals", PLURALS)):
            pairs = list(zip(listed[::2], listed[1::2], strict=True))
            Path(f"{name}.txt").write_text("".join(f"{one}\t{other}\n" for one, other in pairs))
            lines += [f": {name}", *(" ".join((*one, *other)) for one, other in permutations(pairs, 2))]
        Path("relations.txt").write_text("\n".join([*lines, "cat cats zebra zebras", ""]))
        rng, unit = np.random.default_rng(9), cloud(0) / np.linalg.norm(cloud(0), axis=1, keepdims=True)
        rated = rng.choice(len(WORDS), size=(150, 2), replace=True).tolist()
        told = [f"{WORDS[a]},{WORDS[b]},{5 + 5 * unit[a] @ unit[b] + rng.normal():.2f}" for a, b in rated if a != b]
        Path("rated.csv").write_text("\n".join(["a,b,rating", *told, "cat,zebra,7", ""]))
        topics = [
            f"{name}: {' '.join(group[:4])} | {JOBS[5] if name != 'jobs' else 'fog'} cow joy zebra"
            for name, group in CATEGORIES.items()
        ]
        Path("topics.txt").write_text("\n".join([*topics, ""]))
        Path("sentences.txt").write_text(SENTENCES)
        save(vectors(0.3, seed=4), "left.bin")
        save(vectors(0.9, seed=5), "other.bin")
        save(
            vectors(0.3, seed=6, unknown=slice(40, 44)).respelt([f"{w}x" for w in [*WORDS[:40], *WORDS[44:]]]),
            "right.bin",
        )
        Path("pairs.tsv").write_text("".join(f"{word}\t{word}x\n" for word in [*WORDS[:60], "zebra"]))
        Path("kings.txt").write_text("\n".join(kings()))
    return made


@pytest.fixture
def inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is that of the files, ONE is the default, and there are two more sets.

    They are of kinds that no file of one's own can have: categories, and relations in the manner of BATS.
    """
    monkeypatch.chdir(folder)
    monkeypatch.setenv("W2V_VECTORS", ONE)
    words = tuple(word for group in CATEGORIES.values() for word in group)
    of = np.repeat(np.arange(len(CATEGORIES)), [len(group) for group in CATEGORIES.values()])
    own: dict[str, Suite] = {
        "own-categories": CategorySuite("own-categories", "Own categories", "0" * 64, words, tuple(CATEGORIES), of),
        "own-relations": read_bats(
            folder, "own-relations", "Own relations", RELATIONS, {"all of them": ("capitals", "plurals")}, "1" * 64
        ),
    }
    gather = w2v.evaluation.gather

    def gather_with_own(names: list[str], data_dir: Path | None) -> tuple[dict[str, Suite], tuple[str, ...]]:
        found, missing = gather([name for name in names if name not in own], data_dir)
        return {**{name: own[name] for name in names if name in own}, **found}, missing

    monkeypatch.setattr(w2v.evaluation, "gather", gather_with_own)


def normal(text: str) -> str:
    """Without what differs from run to run and from version to version: hashes of files, their sizes, times."""
    varying = r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}(?=…)|\b[\d,.]+(?= bytes| k?B\b)|(?<=saved )\d{4}-\d\d-\d\dT[\d:]+"
    return re.sub(varying, lambda found: re.sub("[0-9a-f]", "N", found[0]), text)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("name", CASES)
def test_table(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    trainers = REPORT.trainers[: 2 if "two" in name else 3]
    monkeypatch.setattr("w2v.evaluation.studies.dims.prefixes._milliseconds", lambda vectors, *_: vectors.dim / 10)
    monkeypatch.setattr(w2v.bench, "bench", lambda *_, **__: replace(REPORT, trainers=trainers))
    shown = normal(printed(*CASES[name], code=1 if name in FAILING else 0))
    assert "\x1b" not in shown
    path = GOLDEN / f"{name}.txt"
    if UPDATE:
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8"), "W2V_UPDATE_GOLDEN=1 python -m pytest tests/cli/test_golden.py"


def test_there_is_a_table_for_every_file() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_no_line_is_wider_than_the_terminal(name: str) -> None:
    lines = (GOLDEN / f"{name}.txt").read_text("utf-8").splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert "…" not in "".join(lines).replace("NNNNNNNNNNNN…", ""), "a cell is cut"
