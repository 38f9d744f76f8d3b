"""Questions to vectors that have no answer, or not the one that was meant: what the error says, and its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from w2v.cli import main
from w2v.errors import SettingsError, UnknownWordsError
from w2v.vectors import Vectors

pytestmark = pytest.mark.usefixtures("folder")


def refused(capsys: pytest.CaptureFixture[str], *args: str, code: int = 1) -> str:
    """Run a command that must fail without a result; its error and hint as one text."""
    assert main(args) == code
    out, err = capsys.readouterr()
    assert out == ""
    return " ".join(err.split())


@pytest.mark.parametrize("command", ["similar", "analogy", "vector"])
@pytest.mark.parametrize("asked", ["king - king", "king + cat - king - cat"])
def test_a_sum_of_which_nothing_is_left(command: str, asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, command, asked, code=2)
    assert f"nothing is left of {asked.replace('-', '−')}: its terms cancel each other out" in said
    assert "Hint: leave out what is added and subtracted again" in said


def test_a_sum_of_which_nothing_is_left_in_python(vectors: Vectors) -> None:
    for ask in (lambda: vectors.most_similar("king", "king"), lambda: vectors.similarity("cat - cat", "king")):
        with pytest.raises(SettingsError, match="nothing is left of"):
            ask()
    assert vectors.most_similar("king - king + cat")[0][0] == vectors.most_similar("cat")[0][0]


def test_lists_of_answers_that_leave_none(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.txt").write_text("\n")
    Path("strange.txt").write_text("zebra\nokapi\n")
    Path("king.txt").write_text("king\n")
    assert "empty.txt has no words Hint: write one word a line" in refused(
        capsys, "similar", "king", "--among", "empty.txt"
    )
    said = refused(capsys, "similar", "king", "--among", "strange.txt")
    assert "none of the 2 words of strange.txt is in vectors.safetensors (22 words): 'zebra', … Hint: write" in said
    assert main(["similar", "king", "--among", "king.txt"]) == 0
    assert "has no other word that may be an answer to 'king'" in " ".join(capsys.readouterr().err.split())
    assert main(["similar", "king", "--without", "empty.txt"]) == 0


@pytest.mark.parametrize("option", [("--only-matching", "^q"), ("--limit", "1"), ("--only-words", "few.txt")])
def test_a_word_that_an_option_left_out(option: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("few.txt").write_text("queen\nman\n")
    said = refused(capsys, "similar", "king", *option)
    assert "'king' is not in the rows of vectors.safetensors that " in said
    assert f" {option[0]} " in said
    assert "Hint: the file has it: leave out --" in said
    assert "did you mean 'king'?" in refused(capsys, "similar", "kinng", *option)


def test_the_hint_for_a_list_names_the_choice_to_skip(capsys: pytest.CaptureFixture[str]) -> None:
    Path("list.txt").write_text("king\nNIX\ncat dog\n")
    said = refused(capsys, "vector", "-i", "list.txt")
    assert "'NIX', 'cat dog' are not in vectors.safetensors" in said
    assert "Hint: 'cat dog': both words are there; ask for one at a time" in said
    assert said.endswith("; or leave such words out: --unknown-words skip")
    assert "did you mean 'king'? Or leave such words out" in refused(capsys, "similar", "kingg", "cat")
    assert "--unknown-words" not in refused(capsys, "similar", "kingg")
    assert "--unknown-words" not in refused(capsys, "analogy", "kingg", "man", "woman")


def test_a_sum_in_square_brackets(vectors: Vectors) -> None:
    with pytest.raises(UnknownWordsError) as caught:
        vectors["king - man"]
    assert "vectors.vector('king - man') and vectors.most_similar('king - man') read sums" in caught.value.hint
