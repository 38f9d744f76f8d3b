"""Texts as the words of a vocabulary: a few in plain Python, many in blocks by compiled kernels, with the same result.

Plain Python does some ten thousand texts a second and starts at once. The kernels do twenty times as many, but
importing Numba takes as long as a few thousand texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.arrays import I32, I64
from w2v.errors import CorpusError
from w2v.pooling.clitics import WithoutClitics
from w2v.pooling.rules import TextRules
from w2v.text.checking import PADDING
from w2v.text.folding import Transform
from w2v.text.kind import on_one_line
from w2v.text.segmenting import Segmented
from w2v.text.word_splitting import words_in
from w2v.tokens.phrase_lists import DELIMITER
from w2v.tokens.settings import Tokenizer

if TYPE_CHECKING:
    from w2v.kernels.pooling import PhraseTree
    from w2v.kernels.wordtable import WordTable
    from w2v.tokens.counting import Encoder, Span
    from w2v.tokens.fixed import FixedEncoder

__all__ = ["JOINED", "LONGEST_PHRASE", "Block", "BlockReader", "WordsOfTexts", "words_of_texts"]

LONGEST_PHRASE = 16
"""Words of the longest phrase that is looked for."""
JOINED = 32
"""Texts that are taken from a stream at a time, and lower-cased together where all of them are ASCII."""
LINE_FEED = 10
EXAMPLES = 5  # words without a row that are kept of a block


@dataclass(frozen=True)
class WordsOfTexts:
    """The words of some texts, as ids.

    ids: int32 [n]: a row of the vocabulary [V]; from V on, a word of `others`; −1, a word without a row. bounds: int64
    [texts + 1]: words bounds[t] up to and without bounds[t + 1] are those of text t. others: words that have no row and
    may be composed of their parts. examples: some words that have no row.
    """

    ids: I32
    bounds: I64
    others: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Block(NamedTuple):
    """Consecutive texts. first: the number of the first of them, from 0. pieces: JOINED of them at a time, as lines."""

    first: int
    texts: list[str]
    pieces: list[str]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Block:
        """Return a block of these texts."""
        starts = range(0, len(texts), JOINED)
        return cls(0, list(texts), ["\n".join(texts[start : start + JOINED]) for start in starts])


def words_of_texts(
    texts: Sequence[str], rules: TextRules, index: Mapping[str, int], *, size: int, composes: bool
) -> WordsOfTexts:
    """Return the words of a few texts, in plain Python.

    index: the row of each word of the vocabulary. size: V. composes: whether words without a row are kept.
    """
    cut = _cutter(rules)
    others: dict[str, int] = {}
    examples: dict[str, None] = {}
    ids: list[int] = []
    bounds = [0]
    for text in texts:
        words = cut(text)
        for word in _joined(words, index) if rules.joins_phrases else words:
            row = index.get(word)
            if row is None:
                examples[word] = None
                row = others.setdefault(word, size + len(others)) if composes else -1
            ids.append(row)
        bounds.append(len(ids))
    return WordsOfTexts(np.array(ids, dtype=np.int32), np.array(bounds, dtype=np.int64), tuple(others), tuple(examples))


def _cutter(rules: TextRules) -> Callable[[str], list[str]]:
    """A function that returns the words of a text."""
    config = rules.config
    transform = _transform(rules)
    if config.tokenizer == "words":
        return lambda text: words_in(transform.of_text(_encodable(text)), keep_tags=config.keep_tags)
    return lambda text: transform.of_text(_encodable(text)).split()


def _transform(rules: TextRules) -> Transform:
    folding = rules.config.folding
    if rules.splits_clitics:
        return WithoutClitics(folding)
    return Segmented(folding) if rules.config.tokenizer == "icu" else folding


def _joined(words: Sequence[str], index: Mapping[str, int]) -> Iterable[str]:
    """The words, with the longest phrase that begins at each of them as one word."""
    at = 0
    while at < len(words):
        end = at + 1
        most = at
        while most < min(len(words), at + LONGEST_PHRASE) and DELIMITER not in words[most]:
            most += 1
        phrase = words[at]
        for last in range(most, at + 1, -1):
            longer = DELIMITER.join(words[at:last])
            if longer in index:
                phrase, end = longer, last
                break
        yield phrase
        at = end


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _lone_surrogate(error) from error
    return text


def _lone_surrogate(error: UnicodeEncodeError) -> CorpusError:
    return CorpusError(
        f"a text holds half of a pair (a lone surrogate, U+{ord(error.object[error.start]):04X}), which UTF-8 cannot "
        f"write, behind {error.object[max(0, error.start - 20) : error.start]!r}",
        hint="replace such characters: text.encode('utf-8', 'replace').decode()",
    )


class BlockReader:
    """Makes words of blocks of many texts, by kernels. All threads share the table of words; each has an encoder."""

    def __init__(self, rules: TextRules, words: Sequence[str], *, composes: bool) -> None:
        """words: the vocabulary [V]. composes: whether words without a row are kept."""
        from w2v.tokens.fixed import table_of

        self.rules = rules
        self.size = len(words)
        self.composes = composes
        self._parts: list[str] = []
        self._tree: PhraseTree | None = None
        if rules.joins_phrases:
            self._parts, self._tree = _phrase_tree(words)
        self._table: WordTable = table_of([*words, *self._parts] if self._parts else words)
        self._transform = _transform(rules)

    def encoder(self) -> FixedEncoder:
        """Return what one thread needs."""
        from w2v.tokens.fixed import FixedEncoder

        config = self.rules.config
        splitter: Tokenizer = "words" if config.tokenizer == "words" else "whitespace"
        return FixedEncoder(self._table, splitter, config.keep_tags)

    def read(self, block: Block, encoder: Encoder) -> WordsOfTexts:
        """Return the words of a block of texts. Raise `CorpusError` for a text that UTF-8 cannot write.

        encoder: that of this reader, or another one whose table of words grows (w2v/search/terms.py).
        """
        from w2v.kernels.pooling import find_texts, join_phrases

        texts = len(block.texts)
        data = _one_a_line(block, self._transform)
        array = np.frombuffer(data, dtype=np.uint8)
        size = len(data) - len(PADDING)
        breaks = np.flatnonzero(array[:size] == LINE_FEED)
        if len(breaks) != texts - 1:  # a text has several lines
            return self.read(Block.of(list(map(on_one_line, block.texts))), encoder)
        begins = np.zeros(texts, dtype=np.int64)
        begins[1:] = breaks + 1
        starts, ends, words = _all_spans(encoder.spans(array, size))
        bounds = np.empty(texts + 1, dtype=np.int64)
        find_texts(starts, begins, bounds)
        others, examples = self._without_row(data, starts, ends, words)
        if self._tree is not None:
            join_phrases(words, bounds, self._tree)
            words = words[: bounds[-1]]
            others, examples = self._with_lone_parts(words, others, examples)
        return WordsOfTexts(words, bounds, others, examples)

    def _without_row(self, data: bytes, starts: I64, ends: I64, ids: I32) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Look at the words without a row: number those that may be composed, from V + parts on, and return them."""
        places = np.flatnonzero(ids < 0)
        if not self.composes:
            places = places[:EXAMPLES]
        spelt = [
            data[begin:end].decode() for begin, end in zip(starts[places].tolist(), ends[places].tolist(), strict=True)
        ]
        distinct = tuple(dict.fromkeys(spelt))
        if self.composes and distinct:
            first = self.size + len(self._parts)
            number = {word: first + place for place, word in enumerate(distinct)}
            ids[places] = [number[word] for word in spelt]
        return (distinct if self.composes else ()), distinct[:EXAMPLES]

    def _with_lone_parts(
        self, words: I32, others: tuple[str, ...], examples: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Parts of phrases which have no row of their own, and are no part of a phrase here, are like other words."""
        lone = np.flatnonzero((words >= self.size) & (words < self.size + len(self._parts)))
        words[words >= self.size + len(self._parts)] -= len(self._parts)
        met, of = np.unique(words[lone] - self.size, return_inverse=True)
        names = tuple(self._parts[part] for part in met.tolist())
        words[lone] = self.size + len(others) + of if self.composes else -1
        return others + names if self.composes else (), (*examples, *names)[:EXAMPLES]


def _one_a_line(block: Block, transform: Transform) -> bytes:
    """Return the texts as the transform leaves them, in UTF-8, each on a line of its own, with PADDING behind them."""
    pieces = []
    for number, piece in enumerate(block.pieces):
        if piece.isascii():
            pieces.append(transform.of_bytes(piece.encode()))
            continue
        # Text outside of ASCII takes much longer, so only the texts that are outside of it are treated in that way.
        for ascii_only, texts in groupby(block.texts[number * JOINED : (number + 1) * JOINED], key=str.isascii):
            try:
                if ascii_only:
                    pieces.append(transform.of_bytes("\n".join(texts).encode()))
                else:
                    pieces.append("\n".join(map(transform.of_text, texts)).encode())
            except UnicodeEncodeError as error:
                raise _lone_surrogate(error) from error
    return b"\n".join(pieces) + PADDING


def _all_spans(spans: Iterator[Span]) -> tuple[I64, I64, I32]:
    """All words of a block: where they start and end, and their ids. The arrays are the encoder's, if they suffice."""
    first = next(spans, None)
    if first is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
    if len(first.ids) < first.ids.base.size:  # type: ignore[union-attr]
        return first.starts, first.ends, first.ids
    starts, ends, ids = [first.starts.copy()], [first.ends.copy()], [first.ids.copy()]
    for span in spans:
        starts.append(span.starts.copy())
        ends.append(span.ends.copy())
        ids.append(span.ids.copy())
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(ids)


def _phrase_tree(words: Sequence[str]) -> tuple[list[str], PhraseTree | None]:
    """Return the parts of phrases that have no row, which get the ids from V on, and all phrases of the words [V]."""
    from w2v.kernels.pooling import PhraseTree, put_children

    phrases = {row: parts for row, word in enumerate(words) if (parts := parts_of(word))}
    wanted = {part for parts in phrases.values() for part in parts}
    ids = {word: row for row, word in enumerate(words) if word in wanted}
    lacking = [part for part in dict.fromkeys(part for parts in phrases.values() for part in parts) if part not in ids]
    ids.update((part, len(words) + place) for place, part in enumerate(lacking))
    children: dict[int, int] = {}
    ending = [-1]
    begins = np.zeros(len(words) + len(lacking), dtype=np.uint8)
    for row, parts in phrases.items():
        node = 0
        begins[ids[parts[0]]] = 1
        for part in parts:
            node = children.setdefault(node << 32 | ids[part], len(ending))
            if node == len(ending):
                ending.append(-1)
        ending[node] = row
    if not children:
        return [], None
    slots = 2 << len(children).bit_length()
    keys, nodes = np.full(slots, -1, dtype=np.int64), np.zeros(slots, dtype=np.int32)
    tree = PhraseTree(keys, nodes, np.array(ending, dtype=np.int32), begins)
    put_children(np.fromiter(children.keys(), dtype=np.int64), np.fromiter(children.values(), dtype=np.int32), tree)
    return lacking, tree


def parts_of(word: str) -> list[str]:
    """Return the words of a phrase such as new_york; none for a single word, or a phrase of too many words."""
    parts = word.split(DELIMITER)
    return parts if 1 < len(parts) <= LONGEST_PHRASE and all(parts) else []
