"""Normal forms and lower case, against unicodedata and Unicode's special cases, in blocks and from end to end."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listening import Listening

import w2v
from w2v.errors import SettingsError
from w2v.text.folding import Folding, alike, lowered
from w2v.tokens import prepare
from w2v.tokens.settings import CorpusConfig

COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"


@given(st.text())
def test_form_c_of_bytes_is_that_of_text(text: str) -> None:
    assert Folding("nfc").of_bytes(text.encode("utf-8", "replace")).decode() == normalize(
        "NFC", text.encode("utf-8", "replace").decode()
    )


@pytest.mark.parametrize(
    "text",
    [
        "„Größe“ – Öl…",
        "ΑΒΓ·",
        "Ω",
        "e\u0301",
        "も\u3099",
        "हिन्दी",
        "क\u093c",
        "東京",
        "й и\u0306",
        "Å \u212b",
        "a\u0323\u0307",
    ],
)
def test_known_texts(text: str) -> None:
    for form in ("nfc", "nfkc"):
        folded = Folding(form).of_bytes(text.encode()).decode()  # type: ignore[arg-type]
        assert folded == normalize(form.upper(), text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("ΟΔΟΣ ΣΟΦΟΣ", None, "οδος σοφος"),  # sigma at the end of a word, by SpecialCasing.txt
        ("İstanbul", None, "i\u0307stanbul"),
        ("STRASSE Straße", None, "strasse straße"),  # not case folding, which writes ss
        ("İSTANBUL IĞDIR", "tr", "istanbul ığdır"),
        ("I\u0307", "az", "i"),
        ("ILIK", "az", "ılık"),
        ("Ì Í Ĩ", "lt", "i\u0307\u0300 i\u0307\u0301 i\u0307\u0303"),
        ("I\u0304 I J\u0303", "lt", "i\u0307\u0304 i j\u0307\u0303"),
    ],
)
def test_lower_case(text: str, locale: Any, expected: str) -> None:
    assert lowered(text, locale) == expected


@given(st.text(alphabet="aIİiıJ\u0307é "))
def test_blocks_of_bytes_are_lowered_as_text_is(text: str) -> None:
    for locale in (None, "tr", "lt"):
        folding = Folding("nfc", lowercase=True, locale=locale)  # type: ignore[arg-type]
        assert folding.of_bytes(text.encode()).decode() == folding.of_text(text)


def test_alike() -> None:
    assert alike([COMPOSED, DECOMPOSED, "cafe", "tea"]) == [[DECOMPOSED, COMPOSED]]
    assert alike([DECOMPOSED, "cafe"]) == []


def words(path: Path, listener: Listening | None = None, **settings: Any) -> dict[str, int]:
    config = CorpusConfig(min_count=1, **settings)
    with prepare(path, config, cache_dir=path.parent / "cache", threads=1, progress=listener) as cache:
        return dict(zip(cache.vocabulary.words, cache.vocabulary.counts.tolist(), strict=True))


@pytest.fixture
def cafes(tmp_path: Path) -> Path:
    path = tmp_path / "cafes.txt"
    path.write_text(f"{COMPOSED} tea\n{DECOMPOSED} tea\n" * 5, "utf-8")
    return path


def test_words_are_in_form_c_with_the_tokenizer_words(cafes: Path) -> None:
    assert words(cafes, tokenizer="words") == {"tea": 10, COMPOSED: 10}
    assert words(cafes, tokenizer="words", normalize="none") == {"tea": 10, COMPOSED: 5, DECOMPOSED: 5}


def test_words_that_look_alike_are_a_warning(cafes: Path) -> None:
    for _ in range(2):  # also where the cache is there already
        listener = Listening()
        assert words(cafes, listener) == {"tea": 10, COMPOSED: 5, DECOMPOSED: 5}
        assert any("look alike" in text and "--normalize nfc" in text for text in listener.messages)
    listener = Listening()
    assert words(cafes, listener, normalize="nfc") == {"tea": 10, COMPOSED: 10}
    assert not any("look alike" in text for text in listener.messages)


def test_variants_of_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("ﬁsh fish ＡＢＣ ABC\n" * 2, "utf-8")
    assert words(path, normalize="nfkc") == {"fish": 4, "ABC": 4}


def test_turkish(tmp_path: Path) -> None:
    """Case 10."""
    path = tmp_path / "tr.txt"
    path.write_text("İstanbul IĞDIR\nistanbul ığdır\n" * 5, "utf-8")
    assert words(path, tokenizer="words", lowercase=True, locale="tr") == {"istanbul": 10, "ığdır": 10}
    listener = Listening()
    assert len(words(path, listener, tokenizer="words", lowercase=True)) == 4
    assert any("--locale tr" in text for text in listener.messages)


def test_a_locale_needs_lower_case() -> None:
    with pytest.raises(SettingsError, match="nothing is lower-cased"):
        CorpusConfig(locale="tr")


def test_the_record_says_how_words_are_spelt(cafes: Path) -> None:
    vectors = w2v.train(cafes, tokenizer="words", dim=4, threads=1, cache_dir=cafes.parent / "cache", min_count=1)
    assert vectors.record is not None
    assert vectors.record.settings["normalize"] == "nfc"
