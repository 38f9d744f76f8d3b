"""Words of one text in plain Python: the same as the kernel finds, whatever stands in the text."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.tokenise import running_words

from w2v.text import word_rules
from w2v.text.characters import character_classes
from w2v.text.decoding import PADDING
from w2v.text.word_splitting import _class_of, words_in
from w2v.tokens.counting import Encoder

ODD = (
    "aZ09_ \t\n'’-‐.,&\"+#@:;()<>/\\^*$|=3DdPXxOoS~\x01\x1c\x85\u00a0\u2028\u3000。，éßİıſǆΣσ׳״אבגﬁ²½"
    "漢字仮カナｶﾞ々ー한글नमस्ते\u200c\u200d\u00ad😀👍🏽👩‍💻🇩🇪🏴\U000e0067❤️‍🔥ไทย٣٫"
)
texts = st.text(alphabet=st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=("Cs",))), max_size=60)


def of_the_kernel(text: str, keep_tags: bool) -> list[str]:
    encoder = Encoder("words", keep_tags)
    data = text.encode()
    padded = np.frombuffer(data + PADDING, dtype=np.uint8)
    return [
        data[begin:end].decode()
        for span in encoder.spans(padded, len(data))
        for begin, end in zip(span.starts.tolist(), span.ends.tolist(), strict=True)
    ]


def test_every_character_has_the_class_that_the_kernel_gives_it() -> None:
    numbers = character_classes()
    for point in [*range(0x3100), *range(0xA000, 0xA100), *range(0x1F000, 0x1FA00)]:
        assert word_rules.CLASSES[int(numbers[point])] == _class_of(chr(point)), hex(point)


@pytest.mark.slow
@pytest.mark.parametrize("keep_tags", [False, True])
@settings(deadline=None)
@given(text=texts)
def test_the_same_words_as_the_kernel(keep_tags: bool, text: str) -> None:
    assert words_in(text, keep_tags=keep_tags) == of_the_kernel(text, keep_tags)


@pytest.mark.parametrize("keep_tags", [False, True])
def test_the_same_words_as_the_kernel_in_thousands_of_random_texts(keep_tags: bool) -> None:
    chance = random.Random(7)
    lines = ["".join(chance.choices(ODD, k=chance.randrange(1, 30))) for _ in range(4_000)]
    # The kernel reads them all at once: a line end behind each is white space, as the end of a text is.
    whole = "\n".join(line.replace("\n", " ") for line in lines)
    assert words_in(whole, keep_tags=keep_tags) == of_the_kernel(whole, keep_tags)
    apart = [word for line in whole.split("\n") for word in words_in(line, keep_tags=keep_tags)]
    assert apart == words_in(whole, keep_tags=keep_tags)


@pytest.mark.parametrize(
    "text",
    [
        "Don't stop: C++ and C# at AT&T cost 3.5 :-) or so.",
        "see #food, @user and a#b ## @",
        "東京タワー。:) 犬",
        ":)\u00a0 :)\x01 x:) :)",
        "🇩🇪🇫🇷 👩‍💻ok",
    ],
)
def test_the_same_words_as_the_naive_twin(text: str) -> None:
    for keep_tags in (False, True):
        assert words_in(text, keep_tags=keep_tags) == running_words(text, keep_tags=keep_tags)
