"""Which file is offered where a path names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from w2v import load, train
from w2v.errors import CorpusError, FormatError, SettingsError


def said(function: object, *args: object, **settings: object) -> str:
    with pytest.raises((CorpusError, FormatError, SettingsError)) as caught:
        function(*args, **settings)  # type: ignore[operator]
    return str(caught.value)


def test_a_file_with_the_ending_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("vectors.safetensors", "demo.txt", "notes.md"):
        Path(name).write_text("a b\n")
    assert said(load, "vectors") == "there is no file vectors (did you mean vectors.safetensors?)"
    assert "did you mean vectors.safetensors?" in said(load, "vectros.safetensors")
    assert "(check the path)" in said(load, "notes")
    assert said(train, "demo") == "demo: no such file or folder (did you mean demo.txt?)"
    assert "check the spelling of the path" in said(train, "nothing-like-it")
    assert "did you mean" not in said(load, "nowhere/vectors")


@pytest.mark.parametrize("address", ["https://example.org/a.txt?x=1", "http://example.org/v.bin", "s3://bucket/v"])
def test_nothing_is_downloaded(address: str) -> None:
    for function in (load, train):
        text = said(function, address)
        assert "files, not from the web" in text
        assert "w2v downloads nothing but what 'w2v data get' names" in text


def test_settings_that_may_be_meant() -> None:
    assert "did you mean 'dim'?" in said(train, "x", dimensions=50)
    assert "did you mean 'epochs'?" in said(train, "x", epoch=5)
    assert "what gensim calls size is dim here" in said(train, "x", size=50)
    text = said(train, "x", model="glove", window="whole")
    assert "window is 'whole', which only sgns and cbow take" in text
    assert "with glove, window must be a whole number" in text


@pytest.mark.parametrize("name", ["analogy", "bias", "info", "convert", "verify", "most_similar"])
def test_commands_that_are_no_functions(name: str) -> None:
    import w2v
    from w2v.gensim_names.table import OF_COMMANDS

    with pytest.raises(AttributeError, match=f"no attribute '{name}': ") as caught:
        getattr(w2v, name)
    assert OF_COMMANDS[name] in str(caught.value)
