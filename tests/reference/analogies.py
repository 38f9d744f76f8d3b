"""The naive twin of the answers to analogies: one question after another, in double precision."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Question = tuple[str, str, str, str]
Counts = tuple[int, int, int]


def ascii_upper(word: str) -> str:
    return "".join(chr(ord(letter) - 32) if "a" <= letter <= "z" else letter for letter in word)


def first_row(words: Sequence[str], word: str, same: Callable[[str], str]) -> int | None:
    wanted = same(word)
    return next((row for row, known in enumerate(words) if same(known) == wanted), None)


def counts(
    words: Sequence[str], matrix: npt.NDArray[np.float32], questions: Sequence[Question], convention: str
) -> Counts:
    """Return the numbers of questions: right, right if the inputs may answer too, and scored.

    convention: the rules of "w2v", "word2vec" or "glove". matrix: float32 [V, D].
    """
    lengths = np.linalg.norm(matrix.astype(np.float64), axis=1)
    unit = matrix / np.where(lengths > 0, lengths, 1)[:, None]
    right = allowing = scored = 0
    for question in questions:
        rows = [find(words, word, convention) for word in question]
        if None in rows:
            continue
        scored += 1
        a, b, c, d = rows
        if not lengths[[a, b, c]].all():
            continue
        scores = unit @ (unit[b] - unit[a] + unit[c])
        scores[lengths == 0] = -np.inf
        allowing += same_word(words, int(scores.argmax()), d, convention)
        scores[[a, b, c]] = -np.inf
        best = int(scores.argmax())
        enough = scores[best] > (0 if convention == "word2vec" else -np.inf)
        right += enough and same_word(words, best, d, convention)
    return right, allowing, scored


def find(words: Sequence[str], word: str, convention: str) -> int | None:
    if convention == "word2vec":
        return first_row(words, word, ascii_upper)
    if convention == "glove":
        return first_row(words, word.lower(), str)
    exact = first_row(words, word, str)
    return first_row(words, word, str.casefold) if exact is None else exact


def same_word(words: Sequence[str], row: int, other: int, convention: str) -> bool:
    return row == other or (convention == "word2vec" and ascii_upper(words[row]) == ascii_upper(words[other]))


def ranks(
    words: Sequence[str], matrix: npt.NDArray[np.float32], questions: Sequence[Sequence[str]], method: str
) -> list[float | None]:
    """Return for each question the rank of its best accepted answer that is not an input, by w2v's rules.

    The rank is inf if all accepted answers are inputs, and None if a word is not in the vocabulary. The fourth word of
    a question may hold several answers with `/` between them. matrix: float32 [V, D].
    """
    unit = matrix / np.linalg.norm(matrix.astype(np.float64), axis=1, keepdims=True)
    at = {word: row for row, word in enumerate(words)}
    found: list[float | None] = []
    for a_word, b_word, c_word, answers in questions:
        accepted = [at[word] for word in answers.split("/") if word in at]
        if not accepted or not {a_word, b_word, c_word} <= set(at):
            found.append(None)
            continue
        inputs = [at[a_word], at[b_word], at[c_word]]
        a, b, c = unit[inputs]
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = {
                "3cosadd": unit @ (b - a + c),
                "3cosmul": (1 + unit @ b) / 2 * ((1 + unit @ c) / 2) / ((1 + unit @ a) / 2 + 1e-6),
                "pair-direction": (unit - c) @ (b - a) / np.linalg.norm(unit - c, axis=1),
                "only-b": unit @ c,
                "ignore-a": unit @ (b + c),
            }[method]
        scores[inputs] = -np.inf
        able = [row for row in accepted if row not in inputs]
        best = max((scores[row] for row in able), default=None)
        others = np.delete(scores, accepted)
        found.append(math.inf if best is None else float(1 + (others > best).sum()))
    return found
