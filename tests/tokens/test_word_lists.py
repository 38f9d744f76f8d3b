"""Words by the user: only these, these whatever their count, none of these; in record and resumed run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from listening import Listening

import w2v
from w2v.errors import CorpusError, SettingsError, VocabularyError
from w2v.progress import NullProgress
from w2v.tokens import prepare
from w2v.tokens.phrase_lists import phrase_lists_of
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.stop_words import STOP_WORDS

TEXT = "the cat sat on The mat\n" * 10 + "a rare dog\n" * 2 + "the the the\n" * 5


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text(TEXT, "utf-8")
    return path


def listed(folder: Path, *lines: str, name: str = "list.txt") -> Path:
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def words(corpus: Path, listener: Listening | None = None, **settings: Any) -> list[str]:
    with prepare(
        corpus, CorpusConfig(**settings), cache_dir=corpus.parent / "c", threads=1, progress=listener
    ) as cache:
        return list(cache.vocabulary.words)


def test_only_these(corpus: Path, tmp_path: Path) -> None:
    path = listed(tmp_path, "cat", "mat", "dog", "zebra", "")
    for _ in range(2):  # also where the cache is there already
        listener = Listening()
        assert words(corpus, listener, vocabulary=path) == ["cat", "mat"]
        assert any(
            "--vocabulary: 2 of 4 words of the list are kept; 1 occur fewer than 5 times" in text
            and "1 are not in the text, such as 'zebra'" in text
            for text in listener.messages
        )
    assert words(corpus, vocabulary=path, min_count=1) == ["cat", "mat", "dog"]


def test_these_whatever_their_count(corpus: Path, tmp_path: Path) -> None:
    path = listed(tmp_path, "dog")
    assert words(corpus, keep_words=path) == ["the", "The", "cat", "mat", "on", "sat", "dog"]
    assert words(corpus, keep_words=path, max_vocab=2) == ["the", "dog"]
    assert words(corpus, keep_words=path, vocabulary=listed(tmp_path, "cat", name="v.txt")) == ["cat", "dog"]


def test_none_of_these(corpus: Path, tmp_path: Path) -> None:
    assert words(corpus, stop_words="en") == ["cat", "mat", "sat"]  # The as well as the
    listener = Listening()
    assert words(corpus, listener, stop_words=str(listed(tmp_path, "cat", "mat"))) == ["the", "The", "on", "sat"]
    assert any("--stop-words dropped 2 words (20 tokens)" in text for text in listener.messages)
    assert words(corpus, max_count=20) == ["The", "cat", "mat", "on", "sat"]
    assert words(corpus, max_count=20, keep_words=listed(tmp_path, "the"))[0] == "the"


def test_a_list_is_folded_as_the_text_is(corpus: Path, tmp_path: Path) -> None:
    path = listed(tmp_path, "CAT 99", "Mat 5")  # counts, as vectors.txt.vocab.txt has them
    assert words(corpus, vocabulary=path, lowercase=True) == ["cat", "mat"]


def test_another_list_is_another_cache(corpus: Path, tmp_path: Path) -> None:
    path = listed(tmp_path, "cat", "mat")
    assert words(corpus, vocabulary=path) == ["cat", "mat"]
    listed(tmp_path, "sat", "mat")
    assert words(corpus, vocabulary=path) == ["mat", "sat"]
    assert words(corpus, vocabulary=listed(tmp_path, "mat", "sat", name="same.txt")) == ["mat", "sat"]
    assert len(list((tmp_path / "c").glob("*.tokens"))) == 2


@pytest.mark.parametrize(
    ("lines", "error", "message"),
    [
        (["two words", "one"], SettingsError, "line 1 holds more than one word: 'two words'"),
        ([], SettingsError, "holds no words"),
        (["zebra", "yak"], VocabularyError, "allow 0 of the 9 words of the text"),
    ],
)
def test_lists_that_cannot_be(corpus: Path, tmp_path: Path, lines: list[str], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        words(corpus, vocabulary=listed(tmp_path, *lines))


def test_a_list_that_is_not_there(corpus: Path) -> None:
    with pytest.raises(SettingsError, match=r"fr: cannot be read: no such file.*a language: en, de"):
        words(corpus, stop_words="fr")


def test_lists_are_sound() -> None:
    for text in STOP_WORDS.values():
        assert all(word == word.lower() for word in text.split())
        assert 150 < len(set(text.split())) < 400


class Stopping(NullProgress):
    def update(self, done: int, **fields: float | str) -> None:
        if "loss" in fields:
            raise KeyboardInterrupt


def test_record_and_resume(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = listed(tmp_path, "cat", "mat", "the")
    monkeypatch.chdir(tmp_path)
    settings: dict[str, Any] = {"dim": 4, "threads": 1, "epochs": 40, "cache_dir": tmp_path / "c"}
    whole = w2v.train("corpus.txt", vocabulary="list.txt", max_count=30, **settings)
    assert whole.record is not None
    assert whole.record.settings["vocabulary"] == "list.txt"
    assert whole.record.corpus["word_lists"]["vocabulary"]["kept"] == 3
    with pytest.raises(KeyboardInterrupt):
        w2v.train("corpus.txt", vocabulary="list.txt", max_count=30, checkpoint="run", progress=Stopping(), **settings)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="vocabulary is"):
        w2v.train(checkpoint="../run", resume=True, vocabulary="other.txt", cache_dir=tmp_path / "c")
    path.write_text("cat\nsat\nthe\n")
    with pytest.raises(CorpusError, match="has changed"):
        w2v.train(checkpoint="../run", resume=True, cache_dir=tmp_path / "c")
    path.write_text("cat\nmat\nthe\n")
    again = w2v.train(checkpoint="../run", resume=True, vocabulary="../list.txt", cache_dir=tmp_path / "c")
    assert (again.matrix == whole.matrix).all()


def test_a_folder_with_the_name_of_a_language_is_no_list(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "en").mkdir()
    assert words(corpus, stop_words="en") == ["cat", "mat", "sat"]
    assert "of" in phrase_lists_of(CorpusConfig(phrases=1, connectors="en")).connectors


def test_a_list_in_another_encoding_is_named_with_the_cure(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "liste.txt").write_bytes("und\nfür\nüber\n".encode("cp1252"))
    with pytest.raises(SettingsError, match=r"liste.txt: byte 5 \(0xfc\) is not UTF-8") as caught:
        words(corpus, stop_words=str(tmp_path / "liste.txt"))
    assert "Windows-1252: convert it: iconv -f WINDOWS-1252 -t UTF-8" in caught.value.hint
    assert "--encoding" not in caught.value.hint
