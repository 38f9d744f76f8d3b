"""Find the senses of words: `w2v.senses`. The steps are in the files beside this one.

Schütze (1998) described a word's senses as groups of its contexts, each context being the sum of the vectors of its
words; here frequent words count less, near ones more, and contexts are whitened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.errors import CorpusError, SettingsError
from w2v.explanation.quotes import Quote
from w2v.given import number_given
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.text.python_texts import Corpus
from w2v.tokens.folder import CacheChoice
from w2v.vectors import Vectors
from w2v.word_senses.contexts import WINDOW, Occurrences
from w2v.word_senses.opening import OpenText, opened
from w2v.word_senses.parting import parted
from w2v.word_senses.quotes import is_one_word, quotes_from_ids, quotes_from_text
from w2v.word_senses.results import Sense, SenseNeighbour, Senses, WordSenses
from w2v.word_senses.splitting import FEWEST
from w2v.word_senses.trust import TRUSTED, OrdinaryWords

__all__ = ["MOST", "senses"]

MOST = 20_000
"""Occurrences of a word that are looked at; of more, so many at random."""
SPARE = 4  # times as many quotes are looked for as are shown, because some say the same
TOPN, QUOTES = 10, 3
NAMED = 20  # words that a message names


def senses(
    vectors: Vectors,
    words: str | Iterable[str],
    corpus: Corpus,
    *,
    k: int = 2,
    topn: int = TOPN,
    quotes: int = QUOTES,
    show_all: bool = False,
    window: int = WINDOW,
    restrict_vocab: int | None = None,
    seed: int = 1,
    skip_rare: bool = False,
    cache_dir: CacheChoice = None,
    threads: int | None = None,
    progress: ProgressChoice = None,
    **settings: Any,
) -> Senses:
    """Return the senses of words, induced from the contexts in which a text has them.

    words: words of the vectors; all of them are found in one pass over the text. corpus: files, folders, patterns, "-"
    or texts, as `w2v.train` takes them; it need not be the text of training. k: into how many senses each word is
    split. topn: how many of the nearest words each sense has. quotes: how many sentences near the centre of a sense,
    and as many at its border. show_all: show a split also where it cannot be trusted. window: how many words away a
    context may be. restrict_vocab: only the first words of the vectors are neighbours. skip_rare: leave out words that
    the text has too rarely, with a warning, as long as one word is left. settings: those of `CorpusConfig`, as
    tokenizer="words"; what is left out is as it was when the vectors were trained.

    Raise `UnknownWordsError` for words that have no vector, `SettingsError` for impossible settings, and `CorpusError`
    for a text that cannot be read, or has the words too rarely.
    """
    number_given("k", k, 2, "a word has at least two senses, or there is nothing to split")
    number_given("topn", topn, 0, "give a whole number that is not negative")
    number_given("quotes", quotes, 0, "give a whole number that is not negative")
    number_given("window", window, 1, "look at one word on each side at least")
    number_given("seed", seed, 0, "give a whole number that is not negative")
    asked = list(dict.fromkeys([words] if isinstance(words, str) else words))
    if not asked:
        raise SettingsError("there are no words", hint="name a word, as 'bank'")
    vectors.rows(asked)  # raises UnknownWordsError
    with (
        reporting(progress) as heard,
        opened(
            vectors,
            corpus,
            settings,
            seed=seed,
            progress=heard,
            window=window,
            cache_dir=cache_dir,
            threads=threads,
        ) as text,
    ):
        found = _found_in(text, asked, k, seed, heard if skip_rare else None)
        others = OrdinaryWords(text.contexts, text.whitening, k, seed)
        ids = [each.id for each in found]
        others.learn([each.count for each in found], ids, heard)
        judged = [_Judged.of(each, others, ids, show_all) for each in found]
        shown = _quoted(text, judged, quotes, heard)
        heard.phase("finding the nearest words")
        named = [
            replace(each, senses=tuple(_neighbours(vectors, each.word, each.senses, topn, restrict_vocab)))
            for each in shown
        ]
        return Senses(vectors.name, tuple(named), text.tokens, window, TRUSTED, seed)


def _found_in(text: OpenText, words: Sequence[str], k: int, seed: int, warned: Progress | None) -> list[_Found]:
    """Return the words with their contexts, in the order in which they were named.

    warned: is told which words are left out because the text has them too rarely. `CorpusError` is raised for such
    words where it is None, and where no other word is left.
    """
    index = text.contexts.index
    there = [word for word in words if word in index]
    occurrences = text.contexts.occurrences([index[word] for word in there], MOST, seed)
    enough = [(word, each) for word, each in zip(there, occurrences, strict=True) if each.count >= FEWEST]
    if warned is None or not enough:
        _check_that_they_occur(text, words, {word: each.count for word, each in zip(there, occurrences, strict=True)})
    found = [_Found(text, word, each, k, seed) for word, each in enough]
    usable = [each for each in found if len(each.positions) >= FEWEST]
    if len(usable) < len(found) and (warned is None or not usable):
        lone = next(each for each in found if len(each.positions) < FEWEST)
        raise CorpusError(
            f"{lone.word!r} stands beside words with vectors only {len(lone.positions):,} times: too few to tell "
            "senses",
            hint="give text in whole sentences, cut into words as in training",
        )
    if warned is not None and len(usable) < len(words):
        kept = {each.word for each in usable}
        missing = [repr(word) for word in words if word not in kept]
        warned.message(
            f"left out {len(missing):,} of {len(words):,} words, too rare in the text to tell senses apart: "
            f"{_named(missing)}",
            "warning",
        )
    return usable


def _check_that_they_occur(text: OpenText, words: Sequence[str], counts: Mapping[str, int]) -> None:
    """Raise `CorpusError` for words that the text has too rarely. counts: of the words that it has."""
    missing = [repr(word) for word in words if word not in counts]
    rare = [f"{word!r} ({count:,})" for word, count in counts.items() if count < FEWEST]
    leave = "leave out such words" + " (--unknown-words skip)" * (len(missing) + len(rare) < len(words))
    if missing:
        least = text.config.min_count
        verb, occurs = ("is", "occurs") if len(missing) == 1 else ("are", "occur")
        rarely = f", or {occurs} there fewer than {least} times" if least > 1 else ""
        raise CorpusError(
            f"{_named(missing)} {verb} not in the text, which has {text.tokens:,} words{rarely}",
            hint=f"{leave}, or give more text, with words spelt and cut as in training: see --tokenizer and "
            "--lowercase",
        )
    if rare:
        raise CorpusError(
            f"too rare in the text to tell senses apart: {_named(rare)}",
            hint=f"{FEWEST} occurrences are the least, and some hundred are better: give more text, or {leave}",
        )


def _named(shown: Sequence[str]) -> str:
    return ", ".join(shown[:NAMED]) + ", …" * (len(shown) > NAMED)


class _Found:
    """A word with its contexts, and how they part."""

    def __init__(self, text: OpenText, word: str, occurrences: Occurrences, k: int, seed: int) -> None:
        self.word, self.k, self.count = word, k, occurrences.count
        self.id = text.contexts.index[word]
        made = parted(text.contexts, text.whitening, occurrences.positions, [self.id], k, seed)
        self.positions, self.ordinals = occurrences.positions[made.sound], occurrences.ordinals[made.sound]
        self.centred, self.directions, self.split = made.centred, made.directions, made.split


@dataclass(frozen=True, eq=False)
class _Judged:
    """A word whose split was compared with those of other words.

    labels: int64 [n], the sense of each context, the largest is 0. centres: float64 [k, D]. margins: float64 [n], by
    how much the own sense of a context is nearer than the next one; None where one sense is shown.
    """

    found: _Found
    percentile: float | None
    others: int
    trusted: bool
    labels: I64
    centres: F64
    margins: F64 | None

    @classmethod
    def of(cls, found: _Found, others: OrdinaryWords, without: Sequence[int], show_all: bool) -> _Judged:
        percentile = None
        if found.split is not None:
            percentile = others.percentile(found.split.cosine, found.count, without)
        trusted = percentile is not None and percentile >= TRUSTED
        number = len(others.like(found.count, without))
        if found.split is None or not (trusted or show_all):
            mean = found.directions.astype(np.float64).sum(axis=0, keepdims=True)
            centre = mean / max(1e-12, float(np.linalg.norm(mean)))
            labels = np.zeros(len(found.directions), dtype=np.int64)
            return cls(found, percentile, number, trusted, labels, centre, None)
        likeness = found.split.likeness(found.directions)
        labels = likeness.argmax(axis=1)
        order = np.argsort(-np.bincount(labels, minlength=len(found.split)), kind="stable")
        likeness = likeness[:, order]
        best = np.sort(likeness, axis=1)
        return cls(
            found,
            percentile,
            number,
            trusted,
            likeness.argmax(axis=1),
            found.split.centres[order],
            best[:, -1] - best[:, -2],
        )

    def central(self, sense: int, number: int) -> I64:
        """Return the contexts of a sense that are nearest to its centre, at most `number`."""
        own = np.flatnonzero(self.labels == sense)
        near = self.found.directions[own].astype(np.float64) @ self.centres[sense]
        chosen: I64 = own[np.argsort(-near, kind="stable")[:number]]
        return chosen

    def border(self, sense: int, number: int) -> I64:
        """Return the contexts of a sense that are nearly as near to another one, at most `number`."""
        own = np.flatnonzero(self.labels == sense)
        if self.margins is None:
            return own[:0]
        chosen: I64 = own[np.argsort(self.margins[own], kind="stable")[:number]]
        return chosen


def _quoted(text: OpenText, judged: Sequence[_Judged], number: int, progress: Progress) -> list[WordSenses]:
    """Return the words with their senses and quotes, without neighbours."""
    wanted = {
        (at, sense, what): getattr(each, what)(sense, SPARE * number)
        for at, each in enumerate(judged)
        for sense in range(len(each.centres))
        for what in ("central", "border")
    }
    spoken = _texts_of(text, judged, wanted, progress)
    return [
        WordSenses(
            each.found.word,
            each.found.count,
            len(each.labels),
            each.found.k,
            None if each.found.split is None else each.found.split.cosine,
            each.percentile,
            each.others,
            each.trusted,
            tuple(
                _sense(each, sense, *_chosen(spoken[at, sense, "central"], spoken[at, sense, "border"], number))
                for sense in range(len(each.centres))
            ),
        )
        for at, each in enumerate(judged)
    ]


def _texts_of(
    text: OpenText, judged: Sequence[_Judged], wanted: dict[tuple[int, int, str], I64], progress: Progress
) -> dict[tuple[int, int, str], list[Quote]]:
    """Return the quotes for contexts: from the text, if it can be read again, else from the token cache."""
    numbers: dict[str, I64] = {}
    if text.again is not None:
        for at, each in enumerate(judged):
            chosen = [rows for key, rows in wanted.items() if key[0] == at]
            if is_one_word(each.found.word) and any(map(len, chosen)):
                numbers[each.found.word] = np.unique(each.found.ordinals[np.concatenate(chosen)])
    read: dict[str, dict[int, Quote]] = {}
    if text.again is not None and numbers:
        progress.phase("reading quotes from the text", text.again.size, "bytes")
        read = quotes_from_text(text.again, text.config, numbers, progress.update)
    found = {}
    for key, rows in wanted.items():
        word = judged[key[0]].found
        from_text = read.get(word.word, {})
        own = word.ordinals[rows].tolist()
        if all(ordinal in from_text for ordinal in own):
            found[key] = [from_text[ordinal] for ordinal in own]
        else:
            found[key] = quotes_from_ids(text.contexts, word.positions[rows].tolist())
    return found


def _chosen(
    central: Sequence[Quote], border: Sequence[Quote], number: int
) -> tuple[tuple[Quote, ...], tuple[Quote, ...]]:
    """Return the first quotes of both kinds that differ from each other, at most `number` of a kind."""
    near = tuple(dict.fromkeys(central))[:number]
    return near, tuple(quote for quote in dict.fromkeys(border) if quote not in near)[:number]


def _sense(each: _Judged, sense: int, central: tuple[Quote, ...], border: tuple[Quote, ...]) -> Sense:
    own = each.labels == sense
    sizes = np.bincount(each.labels, minlength=len(each.centres))
    name = f"{each.found.word}#{sense + 1}" if len(each.centres) > 1 else each.found.word
    mean: F32 = each.found.centred[own].mean(axis=0).astype(np.float32)
    return Sense(name, float(own.mean()), _portions(each.found.count, sizes)[sense], (), central, border, mean)


def _portions(count: int, sizes: I64) -> list[int]:
    """Return whole numbers that sum up to `count`, in proportion to sizes: what is left over goes to the first."""
    parts = [int(count * size) // int(sizes.sum()) for size in sizes.tolist()]
    parts[0] += count - sum(parts)
    return parts


def _neighbours(
    vectors: Vectors, word: str, found: Sequence[Sense], topn: int, restrict_vocab: int | None
) -> Iterator[Sense]:
    """Yield senses with the words that are nearest to their mean contexts."""
    lists = vectors.neighbours_of_each(
        [each.mean for each in found], topn=topn, restrict_vocab=restrict_vocab, without=[word]
    )
    for each, near in zip(found, lists, strict=True):
        yield replace(each, neighbours=tuple(SenseNeighbour(one.word, one.score) for one in near))
