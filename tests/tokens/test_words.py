"""Words from end to end: what is left out; ICU; a tokenizer from Python; the page with the table."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from listening import Listening

import w2v
from w2v.errors import CorpusError, SettingsError
from w2v.text.folding import Folding
from w2v.text.segmenting import Segmented, unspaced_script
from w2v.tokens import TokenCache, prepare
from w2v.tokens.settings import CorpusConfig, Tokenizer

PAGE = Path(__file__).parent.parent.parent / "docs" / "tokenizers.md"
TWEET = "she moved to new_york with #food @user_name \N{SLICE OF PIZZA} :) C++ 3.14 col·legi צה״ל AT&T km/h"
THAI = "ฉันรักภาษาไทยมาก"


def cache_of(text: str, folder: Path, listener: Listening | None = None, **rest: Any) -> TokenCache:
    path = folder / "corpus.txt"
    path.write_text(text, "utf-8")
    threads, block_size = rest.pop("threads", 1), rest.pop("block_size", 1 << 22)
    config = CorpusConfig(**{"tokenizer": "words", "min_count": 1, **rest})
    return prepare(path, config, cache_dir=folder / "cache", threads=threads, progress=listener, block_size=block_size)


def test_what_is_left_out_is_said_and_recorded(tmp_path: Path) -> None:
    """Case 07."""
    for _ in range(2):  # also where the cache is there already
        listener = Listening()
        with cache_of(f"{TWEET}, “done”\n" * 20, tmp_path, listener) as cache:
            words = set(cache.vocabulary.words)
            assert {
                "new_york",
                "\N{SLICE OF PIZZA}",
                ":)",
                "C++",
                "3.14",
                "col·legi",
                "צה״ל",
                "AT&T",
                "km",
                "h",
            } <= words
            assert cache.report.left_out == {
                "punctuation": {
                    "characters": 120,
                    "examples": {"#": 20, ",": 20, "/": 20, "@": 20, "“": 20, "”": 20},
                },
                "taken apart": {"places": 20, "examples": {"km/h": 20}},
            }
        assert "left out by --tokenizer words: 120 punctuation (# , / @), 20 words taken apart, such as km/h" in (
            listener.everything
        )
        assert ("hint", "--keep-tags keeps # and @ before a word (#food, @user)") in listener.levels
    record = w2v.train(tmp_path / "corpus.txt", tokenizer="words", dim=4, threads=1, cache_dir=tmp_path).record
    assert record is not None
    assert record.corpus["left_out"]["taken apart"]["places"] == 20


def test_nothing_is_left_out_at_white_space(tmp_path: Path) -> None:
    with cache_of(f"{TWEET}\n" * 20, tmp_path, tokenizer="whitespace") as cache:
        assert cache.report.left_out is None
        assert "left_out" not in cache.report.to_dict()


def test_tags(tmp_path: Path) -> None:
    with cache_of(f"{TWEET}\n" * 20, tmp_path, keep_tags=True) as cache:
        assert {"#food", "@user_name"} <= set(cache.vocabulary.words)


def test_counts_depend_on_neither_threads_nor_blocks(tmp_path: Path) -> None:
    lines = [f"{TWEET} a{sign}b ¿{number}? 東/京。字/字 ©\n" for number, sign in enumerate("/.:*=|~@!" * 30)]
    found = []
    for number, (threads, block_size) in enumerate([(1, 1 << 22), (2, 300), (3, 1000)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with cache_of("".join(lines), folder, threads=threads, block_size=block_size) as cache:
            found.append((cache.report.left_out, cache.path.read_bytes()))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (THAI, "ฉัน รัก ภาษา ไทย มาก"),
        ("ຂ້ອຍຮັກພາສາລາວ", "ຂ້ອຍ ຮັກ ພາສາ ລາວ"),
        ("ខ្ញុំស្រឡាញ់ភាសាខ្មែរ", "ខ្ញុំ ស្រឡាញ់ ភាសាខ្មែរ"),
        ("မြန်မာစာသည်", "မြန်မာ စာ သည်"),
        ("Don't stop, ok?", "Don't stop ok"),
    ],
)
def test_languages_without_blanks(tmp_path: Path, text: str, words: str) -> None:
    pytest.importorskip("icu4py")
    with cache_of(f"{text}\n" * 5, tmp_path, tokenizer="icu") as cache:
        assert set(cache.vocabulary.words) == set(words.split())
        assert cache.report.sentences == 5


def test_the_result_of_icu_does_not_depend_on_blocks(tmp_path: Path) -> None:
    pytest.importorskip("icu4py")
    text = f"{THAI} {THAI}\nABC def, {THAI}\r\n" * 40
    assert Segmented(Folding()).of_text(text).splitlines() == [
        line for part in text.splitlines() for line in [Segmented(Folding()).of_text(part)]
    ]
    ids = []
    for size in (1 << 22, 100):
        (tmp_path / str(size)).mkdir()
        with cache_of(text, tmp_path / str(size), tokenizer="icu", block_size=size, threads=2) as cache:
            ids.append((list(cache.vocabulary.words), cache.tokens.tolist()))
    assert ids[0] == ids[1]


def test_without_icu_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icu4py.breakers", None)
    with pytest.raises(SettingsError, match=r"needs the library icu4py.*w2v\[icu\]"):
        cache_of(f"{THAI}\n" * 5, tmp_path, tokenizer="icu")


def test_a_hint_for_text_without_blanks(tmp_path: Path) -> None:
    listener = Listening()
    with cache_of(f"{THAI} ก\n" * 5, tmp_path, listener):
        pass
    assert any("mostly Thai" in text and "--tokenizer icu" in text for text in listener.said("hint"))
    assert unspaced_script(["the", "of"], [3, 2]) == ""
    assert unspaced_script([], []) == ""


def test_a_tokenizer_from_python(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one|two|three\none|two|four\n\n" * 20, "utf-8")

    def at_bars(text: str) -> Iterator[str]:
        return iter(text.split("|"))

    settings: dict[str, Any] = {"dim": 4, "threads": 1, "cache_dir": tmp_path}
    vectors = w2v.train(path, tokenize=at_bars, **settings)
    assert sorted(vectors.words) == ["four", "one", "three", "two"]
    assert vectors.record is not None
    assert vectors.record.settings["tokenizer"].endswith("at_bars")
    again = w2v.train(["one|two|three", "one|two|four"] * 20, tokenize=at_bars, **settings)
    assert (again.matrix == vectors.matrix).all()
    lowered = w2v.train(path, tokenize=lambda text: text.upper().split("|"), lowercase=True, **settings)
    assert sorted(lowered.words) == ["four", "one", "three", "two"]


@pytest.mark.parametrize(
    ("tokenize", "error", "message"),
    [
        ("words", SettingsError, "tokenize is 'words'"),
        (lambda text: [1, 2], CorpusError, "token 0 is 1"),
        (lambda text: ["a b"], CorpusError, "holds white space"),
        (lambda text: text, (CorpusError, SettingsError), "string"),
    ],
)
def test_tokenizers_that_give_no_tokens(tmp_path: Path, tokenize: Any, error: Any, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one two\n" * 20, "utf-8")
    with pytest.raises(error, match=message):
        w2v.train(path, tokenize=tokenize, dim=4, threads=1, cache_dir=tmp_path)


STRINGS = (
    "It's rock-n-roll, isn’t it?",
    "new_york",
    "#food @user_name",
    "I ❤️ 🍕🍕 :) <3",
    "👨\u200d👩\u200d👧 🇩🇪🇫🇷",
    "C++ and C#, x+y",
    "3.14 and 1,000.50",
    "v2.0, 10:30, 2026-11-28",
    "AT&T and R&D",
    "https://example.org/a?b=c",
    "me@example.org",
    "km/h and/or",
    "e.g. U.S.A.",
    "col·legi l'aigua",
    'צה"ל צה״ל',
    "می\u200cخواهم",
    "हिन्दी भाषा।",
    "東京タワー、2020年",
    "ฉันรักภาษาไทย",
    "2,4-dinitrophenol H₂O",
)


def table() -> str:
    rows = ["| text | " + " | ".join(f"`{name}`" for name in ("whitespace", "words", "icu")) + " |", "| --- " * 4 + "|"]
    for text in STRINGS:
        cells = (" · ".join(f"`{word}`" for word in _words_of(text, name)) for name in ("whitespace", "words", "icu"))
        rows.append(f"| {text} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _words_of(text: str, tokenizer: Tokenizer) -> list[str]:
    listed = [text, "x y"]  # a corpus needs two words
    with prepare(listed, CorpusConfig(tokenizer=tokenizer, min_count=1), threads=1) as cache:
        ids = cache.tokens.tolist()
        return [cache.vocabulary.words[word] for word in ids[: ids.index(-1)]]


@pytest.mark.slow
def test_the_page_has_what_each_tokenizer_does() -> None:
    """docs/tokenizers.md is made of what the tokenizers do to twenty awkward strings."""
    pytest.importorskip("icu4py")
    assert table() in PAGE.read_text("utf-8"), f"put this into docs/tokenizers.md:\n{table()}"


def test_what_the_page_says_stays_whole_stays_whole(tmp_path: Path) -> None:
    """docs/words.md, "What was tried": the words in its second column, apart from those that need --locale."""
    page = (Path(__file__).parents[2] / "docs" / "words.md").read_text("utf-8")
    lines = page.split("## What was tried")[1].split("## ")[0].splitlines()
    rows = [line.split("|")[1:4] for line in lines if line.startswith("| ") and "locale" not in line]
    whole, apart = (
        [word for row in rows for word in re.findall("`([^`]+)`", row[column]) if word[0] != "-"] for column in (1, 2)
    )
    assert len(whole) > 30
    assert [word for word in whole if words_of(word, tmp_path) != [word]] == []
    assert [word for word in apart if words_of(word, tmp_path) == [word]] == []


def words_of(text: str, folder: Path) -> list[str]:
    cache = prepare([f"{text} and {text} and"], CorpusConfig(tokenizer="words", min_count=1), cache_dir=folder)
    return [word for word in cache.vocabulary.words if word != "and"]
