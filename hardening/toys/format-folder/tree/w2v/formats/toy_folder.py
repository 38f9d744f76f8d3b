"""A toy format that is a folder of two files: the words as JSON, and the vectors as numpy writes arrays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FolderFormat, letters
from w2v.formats.rows import RowChoice
from w2v.formats.source import Folder, Start
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["ToyFolder"]


class ToyFolder(FolderFormat):
    """`words.json` and `rows.npy`, which numpy reads without unpickling."""

    counts = "nowhere"

    def claims(self, start: Start) -> Claim:
        return Claim.CERTAIN if "toy-words.json" in start.files else Claim.NO

    def read(self, folder: Folder, choice: RowChoice, progress: Progress) -> Contents:
        try:
            with folder.file("toy-words.json") as file:
                words = json.loads(file.read(folder.size))
            with folder.file("rows.npy") as file:
                rows = np.load(file.raw, allow_pickle=False)
                if file.raw.read(1):
                    raise ValueError
        except (ValueError, OSError, EOFError, RecursionError) as error:
            raise folder.fault("one of its files is damaged") from error
        fits = isinstance(words, list) and all(isinstance(word, str) and word for word in words)
        if not (fits and words and rows.dtype == np.float32 and rows.ndim == 2 and rows.shape[1]):
            raise folder.fault("its files do not hold words and vectors")
        if len(rows) != len(words):
            raise folder.fault("its files do not match")
        return Contents(words[: choice.limit], rows[: choice.limit])

    def write(self, vectors: Vectors, target: Path) -> None:
        (target / "toy-words.json").write_text(json.dumps(vectors.words, ensure_ascii=False), "utf-8")
        np.save(target / "rows.npy", vectors.matrix)

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 256 + letters(words) + (4 + 4 * dim) * len(words)
