"""The demo's text: sentences of a small planted world, generated from a seed. Not here: its words (lexicon), training.

Every relation is in the text by distribution alone. A sentence holds one planted word at most. Near it stand topic
words of its pair and markers of its side; some of either are drawn from the whole section instead, so that no single
sentence can be trusted. The other places are taken by fillers: pseudo-words whose frequencies follow Zipf's law, each
belonging to one of `THEMES` themes. A sentence prefers one theme, and a planted word has a theme of its own, which its
partner does not share: two words of a pair differ in more than the relation, as in real text.

Choices are made from PCG64's raw integers by integer arithmetic, so that a seed gives the same bytes on every machine
and with every version of numpy: the raw stream is fixed, numpy's distributions are not (NEP 19).
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
END = -1  # in the places after a sentence's last word

# Percentages, found by trial: with them the relations are learned well but not perfectly, and the nearest neighbour of
# a word is seldom its partner, so the nearest neighbour alone answers few questions.
PLANTED = 60  # sentences that hold a planted word
STRAY_TOPICS = 52  # topic words drawn from the whole section
STRAY_MARKERS = 10  # markers drawn from both sides
OWN_THEME = 35  # sentences of a planted word that prefer its own theme
THEMED = 50  # fillers that belong to the theme of their sentence


@dataclass(frozen=True, eq=False)
class World:
    """A generated corpus: ids [S, L] int64 into `words`, a sentence a row, `END` after its last word."""

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
        """The corpus, a sentence a line."""
        table = np.array([word + end for end in " \n" for word in self.words], dtype=object)
        used = self.ids != END
        last = used & ~np.pad(used[:, 1:], ((0, 0), (0, 1)))
        return "".join(table[(self.ids + len(self.words) * last)[used]].tolist()).encode("ascii")

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text).hexdigest()


def generate(seed: int, sentences: int = SENTENCES) -> World:
    """A world of so many sentences; the same seed gives the same bytes everywhere."""
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
    """The suite of the world: every ordered pair of pairs of each section, in the form of the Google set."""
    lines = []
    for section in SECTIONS:
        lines.append(f": {section.name}")
        lines += [" ".join((*first, *second)) for first, second in itertools.permutations(section.pairs, 2)]
    return "\n".join(lines) + "\n"


def fillers() -> dict[str, tuple[str, ...]]:
    """The pseudo-words of each class by falling frequency; they are the same for every seed."""
    onsets = ("b", "d", "l", "n", "r", "s", "t", "v", "br", "dr", "fl", "pr", "st", "tr")
    syllables = [onset + vowel for onset, vowel in itertools.product(onsets, "aeiou")]
    stems = [first + second for first, second in itertools.product(syllables, syllables)]
    endings = {"n": ("m", "st", "nd", "rn"), "a": ("nish", "lous"), "v": ("ned", "ked")}
    stride = 1_571  # shares no factor with the number of stems; neighbours in rank then do not look alike
    return {
        kind: tuple(stems[rank * stride % len(stems)] + ends[rank % len(ends)] for rank in range(FILLERS[kind]))
        for kind, ends in endings.items()
    }


class _Draws:
    """Random choices from PCG64's raw integers."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def below(self, limits: I64 | int, size: int) -> I64:
        """Whole numbers [size], each at least 0 and below its limit (at most 2^32)."""
        raw = self._bits.random_raw(size) >> np.uint64(32)
        return ((raw * np.asarray(limits, dtype=np.uint64)) >> np.uint64(32)).astype(np.int64)

    def percent(self, percent: int, size: int) -> Flags:
        return self.below(100, size) < percent

    def ranks(self, types: int, size: int, shift: int) -> I64:
        """Ranks [size] below `types`, r in proportion to 1 / (r + shift): the law of Zipf and Mandelbrot."""
        cumulative = np.cumsum(1_000_000 // (np.arange(types, dtype=np.int64) + shift))
        return np.searchsorted(cumulative, self.below(int(cumulative[-1]), size), side="right").astype(np.int64)


class _Writer:
    """Fills templates, many sentences at once."""

    def __init__(self, seed: int) -> None:
        self.draws = _Draws(seed)
        self.words: dict[str, int] = {}
        self.fillers = {kind: self._ids(words) for kind, words in fillers().items()}

    def _ids(self, words: Iterable[str]) -> I64:
        return np.array([self.words.setdefault(word, len(self.words)) for word in words], dtype=np.int64)

    def write(self, section: Section | None, template: str, size: int) -> I64:
        """Ids [size, L]: so many sentences of one template, each with its own choices."""
        theme = self.draws.below(THEMES, size)
        lists: dict[str, tuple[list[I64], I64, int]] = {}
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
        for place in template.split():
            slot = place.strip("{}")
            if slot == place:
                columns.append(np.repeat(self._ids([place]), size))
            elif slot in self.fillers:
                columns.append(self._filler(slot, theme))
            else:
                columns.append(self._member(*lists[slot]))
        return np.stack(columns, axis=1)

    def _filler(self, kind: str, theme: I64) -> I64:
        """Ids [size] of fillers; those of a theme are every THEMES-th word of the class."""
        rank = self.draws.ranks(FILLERS[kind], len(theme), shift=3)
        themed = self.draws.percent(THEMED, len(theme))
        return self.fillers[kind][np.where(themed, rank - rank % THEMES + theme, rank)]

    def _member(self, lists: Sequence[I64], which: I64, stray: int) -> I64:
        """Ids [size]: a member of lists[which[i]], or in `stray` percent of the places one of any list."""
        members = np.concatenate(lists)
        lengths = np.array([len(each) for each in lists], dtype=np.int64)
        starts = np.cumsum(lengths) - lengths
        own = starts[which] + self.draws.below(lengths[which], len(which))
        astray = self.draws.below(len(members), len(which))
        return members[np.where(self.draws.percent(stray, len(which)), astray, own)]
