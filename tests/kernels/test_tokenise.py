"""Splitting text into words, against str.split and a regular expression over the classes of characters."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numba import njit
from reference.tokenise import sentences

from w2v.kernels.llvm.bits import load64, ones, trailing_zeros, white_masks
from w2v.kernels.tokenise import EXAMPLES, PADDING, Rules, Tally, split_whitespace, split_words
from w2v.text import decoding as corpus_text
from w2v.text.characters import character_classes, emoticons, transitions

SPACES = [chr(point) for point in range(sys.maxunicode + 1) if chr(point).isspace()]
NEAR_SPACES = "\u200b\u2007\u202e\u2030\u2060\u205e\u3001\u1681\u0084\u00a1\u0080\u2040ￂ\U00012000"
JOINED = ["rock-'n'-roll", "l’été", "e\u0301te\u0301", "Minder\u00adwertig", "می\u200cخواهم", "2-3", "m²", "‐a‑b-"]
EASTERN = ["東京タワー", "か\u3099", "ｶﾞｰ", "々〇ー・", "漢字kanji漢字", "葛\U000e0100城", "𠮷野", "⺀⼀"]

texts = st.lists(
    st.one_of(
        st.sampled_from([*SPACES, "\n", "\r", " "]),
        st.text(alphabet=NEAR_SPACES, max_size=3),
        st.sampled_from([*JOINED, *EASTERN, "❤\ufe0f", "'", "-", "’’"]),
        st.text(max_size=4),
        st.integers(1, 140).map("x".__mul__),
    ),
    max_size=60,
).map("".join)


def split(text: str, tokenizer: str, capacity: int = 1 << 12) -> list[list[str]]:
    """The sentences that a kernel finds, with arrays for `capacity` words at a time."""
    data = text.encode()
    block = np.frombuffer(data + b" " * PADDING, dtype=np.uint8)
    starts, ends = np.empty(capacity, dtype=np.int64), np.empty(capacity, dtype=np.int64)
    breaks = np.empty(capacity + 1, dtype=np.int64)
    left, apart, seen, points = (np.zeros(0x110000, dtype=np.int64) for _ in range(4))
    tally = Tally(left, apart, seen, points, np.zeros((EXAMPLES, 3), dtype=np.int64), np.zeros(5, dtype=np.int64))
    rules = Rules(character_classes(), transitions(keep_tags=False), emoticons())
    found: list[list[str]] = [[]]
    at = 0
    while at < len(data):
        before = at
        if tokenizer == "whitespace":
            at, words, broken = split_whitespace(block, len(data), at, starts, ends, breaks)
        else:
            at, words, broken = split_words(block, len(data), at, rules, starts, ends, breaks, tally)
        assert before < at <= len(data)
        assert (np.diff(breaks[:broken]) > 0).all()
        first = 0
        for stop in [*breaks[:broken].tolist(), words]:
            found[-1] += [data[starts[word] : ends[word]].decode() for word in range(first, stop)]
            first = stop
            found.append([])
        found.pop()
    return [words for words in found if words]


@pytest.mark.slow
@pytest.mark.parametrize("tokenizer", ["whitespace", "words"])
@settings(max_examples=300, deadline=None)
@example(text=" ".join(SPACES).join("ab"), capacity=40)
@example(text="".join(JOINED + EASTERN), capacity=34)
@example(text="x" * 63 + "\u3000" + "y" * 62 + "\u2028z", capacity=40)
@given(text=texts, capacity=st.integers(34, 80))
def test_twin(tokenizer: str, text: str, capacity: int) -> None:
    assert split(text, tokenizer, capacity) == sentences(text, tokenizer)


@pytest.mark.parametrize("shift", range(64))
def test_every_white_space_at_every_place(shift: int) -> None:
    """Of several bytes too, and across the 64 bytes of a step."""
    text = "é"[: shift % 2] + "a" * shift + "".join(f"{space}b" for space in SPACES) + "".join(NEAR_SPACES)
    assert split(text, "whitespace") == sentences(text, "whitespace")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's 'quoted' rock-'n'-roll, isn’t it?", ["It's", "quoted", "rock", "n", "roll", "isn’t", "it"]),
        ("Rhein-Main-Gebiet - 3-4 m²…", ["Rhein-Main-Gebiet", "3-4", "m²"]),
        ("e\u0301te\u0301 \u0301x", ["e\u0301te\u0301", "x"]),
        ("東京タワーは333mです。", ["東", "京", "タ", "ワ", "ー", "は", "333m", "で", "す"]),
        ("人々と二〇二〇年", ["人", "々", "と", "二", "〇", "二", "〇", "年"]),
        ("か\u3099 ｶﾞ", ["か\u3099", "ｶﾞ"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("I ❤\ufe0f you_too", ["I", "❤\ufe0f", "you_too"]),
    ],
)
def test_words_of_running_text(text: str, words: list[str]) -> None:
    assert split(text, "words") == [words]


def test_letters_and_their_neighbours_at_every_place_of_eight_bytes() -> None:
    """Letters are looked for 8 bytes at a time: @ [ ` { stand beside A Z a z, and ü, ÷ and U+0301 have two bytes."""
    neighbours = ["A", "Z", "a", "z", "@", "[", "`", "{", "\x7f", "ü", "ÿ", "÷", "×", "e\u0301", "я", "0", "東", "😀"]
    text = " ".join(
        "x" * before + each + "y" * behind for each in neighbours for before in range(9) for behind in (0, 1, 9)
    )
    assert split(text, "words") == sentences(text, "words")


@pytest.mark.slow
@pytest.mark.parametrize("tokenizer", ["whitespace", "words"])
@pytest.mark.parametrize("name", ["wiki8s", "text8-prefix", "books-en", "wiki-de", "wiki-zh"])
def test_real_text(name: str, tokenizer: str, shared: Path) -> None:
    import lzma

    with lzma.open(shared / "corpora" / f"{name}.txt.xz") as file:
        text = file.read(400_000).decode(errors="ignore")
    assert split(text, tokenizer) == sentences(text, tokenizer)


@njit
def _bits(text, at, mask):  # type: ignore[no-untyped-def]
    return load64(text, at), white_masks(text, at), trailing_zeros(mask), ones(mask)


def test_bits() -> None:
    """Unaligned loads, masks of 64 bytes and bit counts, on every byte value and with the highest bits set."""
    generator = np.random.default_rng(1)
    data = np.concatenate([np.arange(256, dtype=np.uint8), generator.integers(0, 256, 300, dtype=np.uint8)])
    for at in range(0, 480, 7):
        mask = int(generator.integers(0, 2**64, dtype=np.uint64)) << (at % 64) & (2**64 - 1)
        word, masks, zeros, count = _bits(data, np.uint64(at), np.uint64(mask))
        part = data[at : at + 64].tolist()
        assert word == int.from_bytes(bytes(part[:8]), "little")
        classes = (b"\t\n\v\f\r\x1c\x1d\x1e\x1f ", b"\n\r", b"\xc2\xe1\xe2\xe3")
        assert masks == tuple(sum((byte in kind) << place for place, byte in enumerate(part)) for kind in classes)
        assert zeros == (64 if mask == 0 else (mask & -mask).bit_length() - 1)
        assert count == mask.bit_count()


def test_the_reader_pads_as_the_kernels_need() -> None:
    assert len(corpus_text.PADDING) == PADDING
