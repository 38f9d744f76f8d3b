"""The demo's synthetic text: sentences in which relations between words are planted, generated from a seed.

A relation appears in the text only by the company that words keep. A sentence has at most one planted word. Near a
planted word occur topic words of its pair and markers of its side (lexicon.py); some of these are drawn from the whole
section instead, so that no single sentence is reliable. All other positions have fillers: invented words whose
frequencies follow Zipf's law. Each filler belongs to one of `THEMES` themes. A sentence prefers one theme, and each
planted word has a theme of its own, so the two words of a pair differ in more than the relation, as in real text.

All random choices are integer arithmetic on PCG64's raw integers. So a seed gives the same bytes on every machine and
with every version of numpy, which keeps the raw integers the same, but not its distributions (NEP 19).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from w2v.arrays import I64, Flags
from w2v.demo.lexicon import BACKGROUND, SECTIONS, Section

__all__ = ["SENTENCES", "World", "fillers", "generate", "questions"]


SENTENCES = 200_000
THEMES = 50
FILLERS = {"n": 4_000, "a": 1_600, "v": 800}  # nouns, adjectives, verbs: multiples of THEMES
END = -1  # fills a row of `World.ids` after the last word of its sentence

# These percentages were found by trial. With them the relations are learned well but not perfectly, and the nearest
# neighbour of a word is seldom its partner, so that the nearest neighbour alone answers few questions.
PLANTED = 60  # sentences that hold a planted word
STRAY_TOPICS = 52  # topic words drawn from the whole section
STRAY_MARKERS = 10  # markers drawn from both sides
OWN_THEME = 35  # sentences of a planted word that prefer its own theme
THEMED = 50  # fillers that belong to the theme of their sentence


@dataclass(frozen=True, eq=False)
class World:
    """A generated corpus. ids: int64 [S, L], positions in `words`; a row is a sentence, filled up with `END`."""

    words: Sequence[str]
    ids: I64
    seed: int

    @property
    def sentences(self) -> int:
        return len(self.ids)

    @property
    def tokens(self) -> int:
        return int((self.ids != END).sum())

    @cached_property
    def text(self) -> bytes:
        """The corpus in ASCII, one sentence on each line."""
        table = np.array([word + end for end in " \n" for word in self.words], dtype=object)
        used = self.ids != END
        last = used & ~np.pad(used[:, 1:], ((0, 0), (0, 1)))
        return "".join(table[(self.ids + len(self.words) * last)[used]].tolist()).encode("ascii")

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text).hexdigest()

    def resembles(self, text: bytes) -> bool:
        """Return whether `text`, the beginning of a file, has only words of this world.

        All worlds have the same words, so a text that was generated from another seed resembles this world too.
        """
        words = text.split()[:-1]  # the last word may be cut
        return bool(words) and {word.decode("ascii", "replace") for word in words} <= set(self.words)


def generate(seed: int, sentences: int = SENTENCES) -> World:
    """Return a world with this number of sentences. The same seed gives the same bytes everywhere."""
    writer = _Writer(seed)
    templates = [(section, template) for section in SECTIONS for template in section.templates]
    forms: list[tuple[Section | None, str]] = [*templates, *((None, template) for template in BACKGROUND)]
    planted = writer.draws.percent(PLANTED, sentences)
    form = np.where(
        planted,
        writer.draws.below(len(templates), sentences),
        len(templates) + writer.draws.below(len(BACKGROUND), sentences),
    )
    ids = np.full((sentences, max(len(template.split()) for _, template in forms)), END, dtype=np.int64)
    for position, (section, template) in enumerate(forms):
        rows = np.flatnonzero(form == position)
        ids[rows, : len(template.split())] = writer.write(section, template, len(rows))
    return World(tuple(writer.words), ids, seed)


def questions() -> str:
    """Return the analogies of the suite demo-world, in the format of the Google set.

    Every two pairs of a section make two questions: each pair is once the example.
    """
    lines = []
    for section in SECTIONS:
        lines.append(f": {section.name}")
        lines += [" ".join((*first, *second)) for first, second in itertools.permutations(section.pairs, 2)]
    return "\n".join(lines) + "\n"


def fillers() -> dict[str, tuple[str, ...]]:
    """Return the invented words of each class, the most frequent first. They are the same for every seed."""
    onsets = ("b", "d", "l", "n", "r", "s", "t", "v", "br", "dr", "fl", "pr", "st", "tr")
    syllables = [onset + vowel for onset, vowel in itertools.product(onsets, "aeiou")]
    stems = [first + second for first, second in itertools.product(syllables, syllables)]
    endings = {"n": ("m", "st", "nd", "rn"), "a": ("nish", "lous"), "v": ("ned", "ked")}
    stride = 1_571  # has no factor in common with the number of stems; words with near ranks then do not look alike
    return {
        kind: tuple(stems[rank * stride % len(stems)] + ends[rank % len(ends)] for rank in range(FILLERS[kind]))
        for kind, ends in endings.items()
    }


class _Draws:
    """Random choices, made from PCG64's raw integers."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def below(self, limits: I64 | int, size: int) -> I64:
        """Return random whole numbers, int64 [size], from 0 to limit − 1.

        limits: one limit for all numbers, or int64 [size], one for each; at most 2^32.
        """
        raw = self._bits.random_raw(size) >> np.uint64(32)
        return ((raw * np.asarray(limits, dtype=np.uint64)) >> np.uint64(32)).astype(np.int64)

    def percent(self, percent: int, size: int) -> Flags:
        """Return booleans [size]; each is True with this percentage."""
        return self.below(100, size) < percent

    def ranks(self, types: int, size: int, shift: int) -> I64:
        """Return random ranks below `types`, int64 [size]; rank r has a weight of 1 / (r + shift) (Zipf-Mandelbrot)."""
        cumulative = np.cumsum(1_000_000 // (np.arange(types, dtype=np.int64) + shift))
        return np.searchsorted(cumulative, self.below(int(cumulative[-1]), size), side="right").astype(np.int64)


class _Writer:
    """Fills templates with words, many sentences at a time."""

    def __init__(self, seed: int) -> None:
        self.draws = _Draws(seed)
        self.words: dict[str, int] = {}
        self.fillers = {kind: self._ids(words) for kind, words in fillers().items()}

    def _ids(self, words: Iterable[str]) -> I64:
        return np.array([self.words.setdefault(word, len(self.words)) for word in words], dtype=np.int64)

    def write(self, section: Section | None, template: str, size: int) -> I64:
        """Return `size` sentences of one template, each with its own random words, as ids, int64 [size, L]."""
        theme = self.draws.below(THEMES, size)
        lists: dict[str, tuple[list[I64], I64, int]] = {}  # slot → the arguments of `_member`
        if section is not None:
            pair = self.draws.ranks(len(section.pairs), size, shift=len(section.pairs))
            side = self.draws.below(2, size)
            word = 2 * pair + side
            theme = np.where(self.draws.percent(OWN_THEME, size), word % THEMES, theme)
            lists["w"] = [self._ids([planted]) for both in section.pairs for planted in both], word, 0
            lists["t"] = [self._ids(topics) for topics in section.pairs.values()], pair, STRAY_TOPICS
            for slot, sides in section.markers.items():
                lists[slot] = [self._ids(markers) for markers in sides], side, STRAY_MARKERS
        columns = []
        for word_or_slot in template.split():
            slot = word_or_slot.strip("{}")
            if slot == word_or_slot:
                columns.append(np.repeat(self._ids([word_or_slot]), size))
            elif slot in self.fillers:
                columns.append(self._filler(slot, theme))
            else:
                columns.append(self._member(*lists[slot]))
        return np.stack(columns, axis=1)

    def _filler(self, kind: str, theme: I64) -> I64:
        """Return fillers as ids, int64 [size]. theme: int64 [size]; every THEMES-th word of a class has one theme."""
        rank = self.draws.ranks(FILLERS[kind], len(theme), shift=3)
        themed = self.draws.percent(THEMED, len(theme))
        return self.fillers[kind][np.where(themed, rank - rank % THEMES + theme, rank)]

    def _member(self, lists: Sequence[I64], which: I64, stray: int) -> I64:
        """Return ids, int64 [size]: id i is a random member of lists[which[i]], or, in `stray` percent, of any list.

        lists: each has the ids of some words, int64 [any]. which: positions in `lists`, int64 [size].
        """
        members = np.concatenate(lists)
        lengths = np.array([len(each) for each in lists], dtype=np.int64)
        starts = np.cumsum(lengths) - lengths
        own = starts[which] + self.draws.below(lengths[which], len(which))
        astray = self.draws.below(len(members), len(which))
        return members[np.where(self.draws.percent(stray, len(which)), astray, own)]
