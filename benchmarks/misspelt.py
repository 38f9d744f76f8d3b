"""How often the right word is near the vector that is composed for a misspelt one.

Words of a fair frequency lose a letter, or have two letters that change places; what comes out is in no vocabulary. All
files are asked for the same misspelt words: those that every one of them lacks, of words that every one of them has.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

import w2v
from w2v import Vectors

RANKS = slice(1_000, 20_000)
SHORTEST = 6


def misspelt(word: str, random: np.random.Generator) -> str:
    """Return the word without one of its inner letters, or with two inner letters in the wrong order."""
    at = int(random.integers(1, len(word) - 2))
    if random.random() < 0.5:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def questions(files: list[Vectors], number: int, seed: int) -> list[tuple[str, str]]:
    """Return pairs of a misspelt word and the right one."""
    random = np.random.default_rng(seed)
    words = [word for word in files[0].words[RANKS] if len(word) >= SHORTEST and word.isalpha()]
    pairs = []
    for word in random.permutation(words).tolist():
        wrong = misspelt(word, random)
        if all(word in vectors and wrong not in vectors for vectors in files):
            pairs.append((wrong, word))
    return pairs[:number]


@click.command(context_settings={"show_default": True})
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--number", default=1_000, help="Misspelt words.")
@click.option("--seed", default=1, help="Of the choice of words and letters.")
def command(files: tuple[Path, ...], number: int, seed: int) -> None:
    """Compare the vectors in FILES, which can all compose unknown words."""
    loaded = [w2v.load(path) for path in files]
    pairs = questions(loaded, number, seed)
    print(f"{len(pairs):,} misspelt words; the right word is the nearest, or among the ten nearest")
    for path, vectors in zip(files, loaded, strict=True):
        ranks = []
        for wrong, right in pairs:
            composed = vectors.vector(wrong, unknown="subwords")
            found = [word for word, _ in vectors.most_similar(composed, topn=10)]
            ranks.append(found.index(right) if right in found else 10)
        first, ten = (np.mean([rank < limit for rank in ranks]) for limit in (1, 10))
        print(f"{path.name}: {first:.1%} {ten:.1%}")


if __name__ == "__main__":
    command()
