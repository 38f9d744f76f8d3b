"""Questions to vectors that have no answer, or not the one that was meant: what the error says, and its cure."""

from __future__ import annotations

import io
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
    for ask in (lambda: vectors.most_similar("king - king"), lambda: vectors.similarity("cat - cat", "king")):
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


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["similar", "king", "--dim", "50"], "have this option; see 'w2v similar --help'"),
        (["eval", "--pair", "x"], "did you mean '--pairs'?"),
        (["train", "x", "--dimensions", "50"], "did you mean '--dim'?"),
        (["vector", "king", "-o", "out.csv"], "the result goes to standard output: --format csv > out.csv"),
        (["vector", "king", "-o", "my out.json"], "--format json > 'my out.json'"),
        (["eval", "-o", "r.html"], "--report FILE writes the result into a file: --report r.html"),
        (["similar", "king", "-n", "five"], "usage: w2v similar"),
    ],
)
def test_options_that_are_not_there(args: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert hint in refused(capsys, *args, code=2)


def test_numbers_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'-n' / '--topn': 'five' is no whole number Hint" in refused(capsys, "similar", "king", "-n", "five", code=2)
    assert "0 is less than 1 Hint" in refused(capsys, "similar", "king", "-n", "0", code=2)
    assert "'much' is no number Hint" in refused(capsys, "train", "x", "--learning-rate", "much", code=2)
    assert "and 1 is named" in refused(capsys, "similarity", "king", code=2)


def test_choices_in_any_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["similar", "king", "-n", "1", "--format", "CSV"]) == 0
    assert capsys.readouterr().out.startswith("vectors,query")
    assert main(["analogy", "king", "man", "woman", "--method", "3CosMul", "--json"]) == 0
    assert '"method": "3cosmul"' in capsys.readouterr().out


def test_errors_break_between_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    Path("list.txt").write_text("cat dog\nNIX\n")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    assert main(["vector", "-i", "list.txt", "king", "--color", "never"]) == 1
    shown = terminal.getvalue()
    lines = [line for line in shown.splitlines() if "\x1b" not in line]
    assert max(map(len, lines)) <= 60
    assert "ask for one at a time, or for both together: 'cat + dog'" in " ".join(lines)


def test_columns_also_hold_for_a_pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["similar", "king"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 60
    monkeypatch.setenv("COLUMNS", "none")
    assert main(["similar", "king"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) > 100


def test_a_pattern_of_a_group_offers_vectors_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("alt-utf8.txt").write_text("Das ist ein Text.\n")
    said = refused(capsys, "eval", "--group", "sgns=nix*", code=2)
    assert "vectors.safetensors" in said
    assert "alt-utf8.txt" not in said
