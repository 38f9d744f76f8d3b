"""The words of a text in order, each with a number, as the text is read: nothing is written to a disk.

    stream = WordStream(CorpusConfig(tokenizer="words"), ["king", "queen"])
    for window in stream.windows(Texts(["news.txt"]), reach=5):
        ...

Training reads its text by `w2v.tokens.prepare` instead, which writes what it has counted into a token cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from w2v.arrays import I32, I64, U8
from w2v.text import Texts
from w2v.text.checking import PADDING
from w2v.text.segmenting import Segmented
from w2v.tokens.counting import Encoder, Words
from w2v.tokens.settings import CorpusConfig, Tokenizer

__all__ = ["Window", "WordStream"]


class Window(NamedTuple):
    """Consecutive words of a text.

    text: the text in UTF-8 in which the words stand. starts, ends: int64 [n]; word i is text[starts[i] : ends[i]]. ids:
    int32 [n], the numbers of the words. sentences: int64 [n], the number of the sentence of each word. first, last:
    the words from `first` up to and without `last` are new in this window and have all their neighbours in it.
    """

    text: bytes
    starts: I64
    ends: I64
    ids: I32
    sentences: I64
    first: int
    last: int


class WordStream:
    """Numbers the words of a text in the order in which they are first seen, and counts them."""

    def __init__(self, config: CorpusConfig, words: Sequence[str] = ()) -> None:
        """Keep the rules by which the text becomes words, and give `words` the first numbers: 0, 1, …

        A given word such as new_york, or "new york", is also met where its parts follow each other in a sentence: they
        then are one word in the windows. Training with phrases joins them in the same way.
        """
        self.config = config
        phrases = {number: parts for number, word in enumerate(words) if (parts := _parts(word))}
        self._given = list(dict.fromkeys([*words, *(part for parts in phrases.values() for part in parts)]))
        place = {word: number for number, word in enumerate(self._given)}
        self._phrases = {number: [place[part] for part in parts] for number, parts in phrases.items()}
        self._joined = dict.fromkeys(self._phrases, 0)
        splitter: Tokenizer = "words" if config.tokenizer == "words" else "whitespace"
        self._encoder = Encoder(splitter, config.keep_tags)
        self._encoder.add(self._given)

    def windows(self, texts: Texts, reach: int, on_block: Callable[[int], None] = lambda _: None) -> Iterator[Window]:
        """Read the texts once and yield their words, a few MB of text at a time.

        reach: how many words before and after a word are its neighbours, if they stand in the same sentence. on_block:
        is called after each block of text with the bytes of the files that have been read so far. Raises CorpusError.
        """
        config = self.config
        reader = texts.reader(
            folding=Segmented(config.folding) if config.tokenizer == "icu" else config.folding,
            cut_at_wide_marks=config.tokenizer != "whitespace",
        )
        none = np.empty(0, dtype=np.int64)
        kept = _Kept(b"", none, none, none.astype(np.int32), none, 0, 0)
        unsure = max(
            (len(parts) - 1 for parts in self._phrases.values()), default=0
        )  # last words that may be joined yet
        for block in reader:
            kept = self._read(kept, block)
            last = max(kept.unseen, len(kept.ids) - reach - unsure)
            yield kept.window(last)
            kept = kept.shortened(last, reach)
            on_block(reader.bytes_read)
        yield kept.window(len(kept.ids))

    def _read(self, kept: _Kept, block: bytes) -> _Kept:
        """The words that were kept, followed by those of a block."""
        text = kept.text + block
        array: U8 = np.frombuffer(text, dtype=np.uint8)
        starts, ends, ids, sentences = [kept.starts], [kept.ends], [kept.ids], [kept.sentences]
        sentence = kept.sentence
        for found in self._encoder.spans(array, len(text) - len(PADDING), len(kept.text)):
            starts.append(found.starts.copy())  # the encoder uses its arrays again
            ends.append(found.ends.copy())
            ids.append(found.ids.copy())
            behind = np.searchsorted(found.breaks, np.arange(len(found.ids)), side="right")
            sentences.append(sentence + behind)
            sentence += len(found.breaks)
        places = np.concatenate(starts), np.concatenate(ends)
        read = _Kept(text, *places, np.concatenate(ids), np.concatenate(sentences), sentence, kept.unseen)
        for number, parts in self._phrases.items():
            read = self._join(read, number, parts)
        return read

    def _join(self, read: _Kept, number: int, parts: Sequence[int]) -> _Kept:
        """The words with `parts`, where they follow each other in a sentence, as one word of that number."""
        last = len(parts) - 1
        if len(read.ids) <= last:
            return read
        found = read.sentences[: len(read.ids) - last] == read.sentences[last:]
        for place, part in enumerate(parts):
            found &= read.ids[place : len(read.ids) - last + place] == part
        first = _apart(np.flatnonzero(found), len(parts))
        if not len(first):
            return read
        ids, ends = read.ids.copy(), read.ends.copy()
        ids[first], ends[first] = number, read.ends[first + last]
        self._joined[number] += len(first)
        gone = np.concatenate([first + place for place in range(1, len(parts))])
        return read._replace(
            starts=np.delete(read.starts, gone),
            ends=np.delete(ends, gone),
            ids=np.delete(ids, gone),
            sentences=np.delete(read.sentences, gone),
        )

    def counted(self) -> Words:
        """Return all words so far with their counts, by number; words that were given and not met have the count 0."""
        words = self._encoder.words()
        words.counts[: len(self._given)] -= 1
        for number, times in self._joined.items():
            words.counts[number] += times
            for part in self._phrases[number]:
                words.counts[part] -= times
        return words


def _parts(word: str) -> list[str]:
    """The parts of a phrase; none for a single word."""
    parts = word.split() if " " in word else word.split("_")
    return parts if len(parts) > 1 and all(parts) else []


def _apart(places: I64, length: int) -> I64:
    """The places without those that overlap an earlier one, as happens to a_a in a a a."""
    chosen: list[int] = []
    for place in places.tolist():
        if not chosen or place >= chosen[-1] + length:
            chosen.append(place)
    return np.array(chosen, dtype=np.int64)


class _Kept(NamedTuple):
    """Words that the next window begins with. unseen: how many of them have been new in a window already."""

    text: bytes
    starts: I64
    ends: I64
    ids: I32
    sentences: I64
    sentence: int
    unseen: int

    def window(self, last: int) -> Window:
        return Window(self.text, self.starts, self.ends, self.ids, self.sentences, self.unseen, last)

    def shortened(self, last: int, reach: int) -> _Kept:
        """The words from `last` on, which have not been new yet, and those before them that are their neighbours."""
        first = max(0, last - reach)
        cut = int(self.starts[first]) if first < len(self.starts) else max(0, len(self.text) - len(PADDING))
        text = self.text[cut : len(self.text) - len(PADDING)]
        return _Kept(
            text,
            self.starts[first:] - cut,
            self.ends[first:] - cut,
            self.ids[first:],
            self.sentences[first:],
            self.sentence,
            last - first,
        )
