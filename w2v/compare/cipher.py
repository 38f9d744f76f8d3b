"""The ceiling of an alignment: the same text in two halves, every word of one half renamed.

What the vectors of two halves of one text have in common is as much as two files can have that were trained on so much
text: the same language, the same topics, and the right translation of each word is known. So the share of words that
are found again is a ceiling for this text. A language pair stays far below it; the distance tells what is lost to the
languages, and not to the size of the text. Each half has half of the text, so the ceiling of the whole is higher.

The halves are dealt in blocks of 1,000 tokens and trained as the file was (deals/). Renaming is only a way to say that
no spelling is looked at: the alignment knows nothing of the second half but the pairs it begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from threading import Event
from typing import Any

import numpy as np

from w2v.arrays import F32, I64
from w2v.compare.csls import best_by_cosine, best_by_csls, mean_of_nearest
from w2v.compare.deals.halves import Half, train_half
from w2v.compare.deals.pool import Pool, pool_of
from w2v.compare.deals.recipe import Recipe, check_corpus, recipe_of
from w2v.compare.maps import Prepared, prepared
from w2v.compare.rounds import Rounds
from w2v.machine import in_threads, one_blas_thread
from w2v.progress import Progress
from w2v.text.python_texts import Corpus
from w2v.tokens.folder import temporary_folder
from w2v.tokens.preparing import prepare
from w2v.vectors import Vectors

__all__ = ["ASKED", "DRAWN_FROM", "PAIRS", "SIZE", "Ceiling", "ceiling_of", "measure_cipher", "renamed"]

PAIRS = 25  # to begin with, if nobody says how many
DRAWN_FROM = 5_000  # the most frequent words, from which the pairs are drawn
SIZE = 20_000  # the most frequent words of each half: all of them may answer
ASKED = 2_000  # words that are translated
BEST = 10


@dataclass(frozen=True)
class Ceiling:
    """How many words of one half of a text are found again in the other half, all of whose words were renamed.

    name: of the vectors whose text it is. tokens: of a half. words: in both halves, among their first 20,000; asked: of
    these, how many were translated, drawn at random, without the pairs to begin with. pairs: to begin with.
    csls: the shares found among the first 1, 5 and 10 by CSLS; cosine: by the nearest neighbour. once: the share found
    first by CSLS without refinement.
    """

    name: str
    tokens: int
    words: int
    asked: int
    pairs: int
    rounds: int
    method: str
    csls: tuple[float, float, float]
    cosine: tuple[float, float, float]
    once: float

    def to_dict(self) -> dict[str, Any]:
        """Return the ceiling as JSON has it."""
        return asdict(self)


def ceiling_of(
    vectors: Vectors,
    corpus: Corpus,
    *,
    pairs: int = PAIRS,
    rounds: int,
    method: str,
    refined: int,
    seed: int,
    threads: int | None,
    progress: Progress,
) -> Ceiling:
    """Train two halves of the text that vectors were trained on, and align them from some pairs.

    Raises SettingsError where the record does not say how the vectors were trained, CorpusError where the text is not
    theirs, and what training raises.
    """
    recipe = recipe_of([vectors])
    cache = prepare(corpus, recipe.of_pool(vectors), threads=threads, progress=progress)
    with cache:
        check_corpus(vectors, cache)
        pool = pool_of([cache])
    order = np.random.default_rng([seed, 0xC1F]).permutation(pool.documents)
    parts = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
    progress.phase(f"self-test: training two halves of the text of {vectors.name}", 200, "%")
    first, second = _trained(pool, parts, recipe, seed, progress)
    progress.phase(f"self-test: aligning the halves of {vectors.name}")
    source, target = _vectors(first, pool, ""), _vectors(second, pool, "renamed:")
    answers = {row: target.index[name] for row, name in enumerate(renamed(source.words)) if name in target.index}
    return measure_cipher(
        source,
        target,
        answers,
        name=vectors.name,
        tokens=int(np.sum(first.counts)),
        pairs=pairs,
        rounds=rounds,
        method=method,
        refined=refined,
        seed=seed,
        threads=threads,
    )


def _trained(pool: Pool, parts: tuple[I64, I64], recipe: Recipe, seed: int, progress: Progress) -> list[Half]:
    """Train both halves side by side. The calling thread trains the first one and reports; Ctrl-C ends both."""
    shares, stop = [0.0, 0.0], Event()

    def train(number: int) -> Half:
        def tell(share: float) -> None:
            shares[number] = share
            if number == 0:
                progress.update(int(100 * sum(shares)))

        try:
            return train_half(
                pool,
                parts[number],
                recipe,
                seed + number,
                folder=temporary_folder(),
                should_stop=stop.is_set,
                tell=tell,
            )
        except BaseException:
            stop.set()
            raise

    with one_blas_thread():
        return in_threads([lambda: train(0), lambda: train(1)])


def renamed(words: Sequence[str]) -> list[str]:
    """Return the names of words in the other half."""
    return [f"renamed:{word}" for word in words]


def _vectors(half: Half, pool: Pool, prefix: str) -> Vectors:
    return Vectors([prefix + pool.words[word] for word in half.words.tolist()], half.rows, half.counts)


def measure_cipher(
    source: Vectors,
    target: Vectors,
    answers: dict[int, int],
    *,
    name: str,
    tokens: int,
    pairs: int,
    rounds: int,
    method: str,
    refined: int,
    seed: int,
    threads: int | None,
) -> Ceiling:
    """Align two halves from some pairs, and ask for the translation of words.

    answers: the row of `target` for each row of `source` that has one; rows beyond the first SIZE are not looked at.
    """
    known = np.array([pair for pair in answers.items() if max(pair) < SIZE], dtype=np.int64).reshape(-1, 2)
    rng = np.random.default_rng([seed, 0xC1F, pairs])
    frequent = known[(known < DRAWN_FROM).all(axis=1)]
    given = frequent[rng.permutation(len(frequent))[:pairs]]
    left = known[~np.isin(known[:, 0], given[:, 0])]
    asked = left[np.sort(rng.permutation(len(left))[:ASKED])]
    spaces = prepared(source), prepared(target)
    found = Rounds(*spaces, given, stays=True, method=method, refined=refined, threads=threads)
    by_csls, by_cosine = [], []
    for each in found.run(rounds):
        if each.number in (0, rounds):
            csls, cosine = _shares(spaces, found, asked, threads)
            by_csls.append(csls)
            by_cosine.append(cosine)
    return Ceiling(
        name=name,
        tokens=tokens,
        words=len(known),
        asked=len(asked),
        pairs=len(given),
        rounds=rounds,
        method=method,
        csls=by_csls[-1],
        cosine=by_cosine[-1],
        once=by_csls[0][0],
    )


def _shares(
    spaces: tuple[Prepared, Prepared], found: Rounds, asked: I64, threads: int | None
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """The shares of asked pairs [Q, 2] that are found among the first 1, 5 and 10: by CSLS, and by cosine."""
    assert found.maps is not None
    x, y = (by.directions(space.rows(slice(0, SIZE))) for space, by in zip(spaces, found.maps, strict=True))
    csls = best_by_csls(x[asked[:, 0]], y, mean_of_nearest(y, x, threads=threads), BEST, threads=threads)
    cosine = best_by_cosine(x[asked[:, 0]], y, BEST, threads=threads)
    return _found_in(csls.rows, asked[:, 1]), _found_in(cosine.rows, asked[:, 1])


def _found_in(rows: I64, answers: I64) -> tuple[float, float, float]:
    hits: F32 = (rows == answers[:, None]).astype(np.float32)
    one, five, ten = (float(hits[:, :k].any(axis=1).mean()) if len(hits) else 0.0 for k in (1, 5, BEST))
    return one, five, ten
