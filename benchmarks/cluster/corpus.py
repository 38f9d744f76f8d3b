"""A synthetic corpus as a text: words drawn by Zipf's law, as in benchmarks/size.py, each of them at least once."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.size import LINE, synthetic

__all__ = ["write_corpus"]

AT_ONCE = 40_000  # lines


def write_corpus(path: Path, words: int, types: int) -> None:
    """Write a corpus of `words` words by Zipf's law, and then each of the `types` words once more."""
    tokens, _ = synthetic(words // LINE * LINE, types)
    lines = tokens[: words // LINE * (LINE + 1)].reshape(-1, LINE + 1)[:, :LINE]
    once = np.arange(types)
    with path.open("w", encoding="ascii") as file:
        for start in range(0, len(lines), AT_ONCE):
            file.writelines(" ".join(map(str, line)) + "\n" for line in lines[start : start + AT_ONCE].tolist())
        for start in range(0, types, LINE):
            file.write(" ".join(map(str, once[start : start + LINE].tolist())) + "\n")
