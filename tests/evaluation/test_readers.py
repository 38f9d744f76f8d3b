"""A user's own sets: delimiters found out, headers tolerated, what is no item counted; BATS and the published csv."""

from __future__ import annotations

from pathlib import Path

import pytest

from w2v.errors import DataError
from w2v.evaluation.suites import load
from w2v.evaluation.tasks.analogies.sets import read_own_analogies
from w2v.evaluation.tasks.categories import read_categories
from w2v.evaluation.tasks.outliers import read_outlier_lists, read_own_outliers
from w2v.evaluation.tasks.similarity import read_own_pairs, read_pairs


def write(folder: Path, text: str, name: str = "mine.txt") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", " ", ", ", "|"])
@pytest.mark.parametrize("header", ["", "word1{0}word2{0}mean", "# a comment"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_own_pairs(tmp_path: Path, delimiter: str, header: str, ending: str) -> None:
    rows = [["tiger", "cat", "7.35"], ["money", "cash", "9"], ["stock", "jaguar", "-0.92"]]
    lines = [header.format(delimiter)] * bool(header) + [delimiter.join(row) for row in rows]
    suite = read_own_pairs(write(tmp_path, ending.join(lines) + ending))
    assert [tuple(suite.words[word] for word in pair) for pair in suite.pairs] == [tuple(row[:2]) for row in rows]
    assert suite.scores.tolist() == [7.35, 9.0, -0.92]
    assert (suite.name, suite.invalid) == ("mine", 0)


def test_own_pairs_among_other_columns(tmp_path: Path) -> None:
    """SimLex has the part of speech third; words may have spaces, and a missing rating is counted, not read as 0."""
    rows = ["word1 word2 POS SimLex SD", "new-york town N 3.5 1.2", "old new A 1.58 0.4", "a b N - 1"]
    text = "\n".join(row.replace(" ", "\t").replace("-", " ") for row in rows)
    suite = read_own_pairs(write(tmp_path, text))
    assert suite.words == ("new york", "town", "old", "new")
    assert suite.scores.tolist() == [3.5, 1.58]
    assert suite.invalid == 1


def test_own_pairs_with_numbers_of_lines_and_decimal_commas(tmp_path: Path) -> None:
    """The first number is not always the rating; a spreadsheet in German writes 9,5 and semicolons."""
    suite = read_own_pairs(write(tmp_path, "\ufeff1;king;queen;9,5;0,3\r\n2;car;bus;7;0,1\r\n3;love;war;-1,25;0\r\n"))
    assert suite.words == ("king", "queen", "car", "bus", "love", "war")
    assert suite.scores.tolist() == [9.5, 7.0, -1.25]
    suite = read_own_pairs(write(tmp_path, "score word1 word2\n9.5 king queen\n7 car bus\n"))
    assert suite.scores.tolist() == [9.5, 7.0]


def test_own_analogies_with_named_columns(tmp_path: Path) -> None:
    """As vecto has the MSR set: columns besides the words, of which one says the section."""
    text = ",Type,word1,word2,word3,target\n0,JJ_JJR,good,better,rough,rougher\n1,NN_NNS,car,cars,bus,buses\n2,x,a,b\n"
    suite = read_own_analogies(write(tmp_path, text))
    assert suite.sections == ("JJ_JJR", "NN_NNS")
    assert suite.section_of.tolist() == [0, 1]
    assert [suite.words[word] for word in suite.questions[1]] == ["car", "cars", "bus", "buses"]
    assert suite.invalid == 1
    assert len(read_own_analogies(write(tmp_path, "w1|w2|w3|w4\nman|king|woman|queen\n"))) == 1


@pytest.mark.parametrize("delimiter", ["\t", ",", " "])
def test_own_analogies(tmp_path: Path, delimiter: str) -> None:
    lines = ["word1 word2 word3 word4", "man woman king queen", ": towns", "paris france rome italy/italia", "a b c"]
    text = "\n".join(line.replace(" ", delimiter) if ":" not in line else line for line in lines)
    suite = read_own_analogies(write(tmp_path, text))
    assert suite.sections == ("mine", "towns")
    assert suite.section_of.tolist() == [0, 1]
    assert [suite.words[word] for word in suite.questions[1]] == ["paris", "france", "rome", "italy"]
    assert [(question, suite.words[word]) for question, word in suite.also.tolist()] == [(1, "italia")]
    assert suite.invalid == 1


def test_own_outliers(tmp_path: Path) -> None:
    suite = read_own_outliers(
        write(
            tmp_path, "# mine\nmonths: May June July | winter paper\nred, green, blue | car\nno bar here\nalone | x\n"
        )
    )
    assert suite.topics == ("months", "line 3")
    assert [[suite.words[word] for word in words] for words in suite.outliers] == [["winter", "paper"], ["car"]]
    assert (len(suite), suite.invalid) == (3, 2)


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_own_pairs, "a b\n", "has no rated pairs"),
        (read_own_pairs, "", "has no rated pairs"),
        (read_own_pairs, "1 2 3\n", "has no rated pairs"),
        (read_own_analogies, "a b c\n", "has no questions"),
        (read_own_outliers, "a b c\n", "has no topics"),
        (read_categories, "a,b\n1,2\n", "has no columns word and category"),
    ],
)
def test_own_files_without_items(tmp_path: Path, read: object, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read(write(tmp_path, text))  # type: ignore[operator]
    assert caught.value.hint


def test_an_own_file_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*absent\.txt: no such file"):
        read_own_pairs(tmp_path / "absent.txt")


def test_empty_words_of_published_copies_are_stripped(tmp_path: Path) -> None:
    """The csv of 8-8-8 has a ninth outlier, an empty string; the categories have an empty word each."""
    text = """,category,outliers,words\n0,Big_cats,"['dog', 'car', '']","['tiger', 'lion', 'lynx']"\n"""
    suite = read_outlier_lists(write(tmp_path, text), "o", "O")
    assert suite.words == ("tiger", "lion", "lynx", "dog", "car")
    categories = read_categories(write(tmp_path, ",category,word\n0,fish,carp\n1,fish,\n2,bird,owl\n"))
    assert categories.words == ("carp", "owl")


@pytest.mark.slow
@pytest.mark.shared
def test_bats_has_98000_questions(shared: Path) -> None:
    """Not the 99,200 of its paper: 40 relations of 50 · 49; 49 others ask for each of 711 pairs with several."""
    suite = load("bats", shared / "eval_sets")
    assert len(suite) == 40 * 50 * 49 == 98_000
    assert len(suite.sections) == 40
    assert len(suite.paired) == 2000
    several = set(suite.also[:, 0].tolist())
    assert len(several) <= 711 * 49
    question = suite.questions.tolist().index(
        [suite.words.index(word) for word in ("anaconda", "snake", "ant", "insect")]
    )
    accepted = [suite.words[word] for number, word in suite.also.tolist() if number == question]
    assert accepted[:3] == ["invertebrate", "creature", "beast"]


@pytest.mark.slow
@pytest.mark.shared
def test_published_files_as_a_users_own(shared: Path) -> None:
    sets = shared / "eval_sets"
    suite = read_own_analogies(sets / "analogy" / "msr" / "msr.csv")
    assert (len(suite), len(suite.sections), suite.invalid) == (8000, 16, 0)
    assert len(read_own_outliers(sets / "outlier" / "8-8-8.csv")) == 64
    for path in (sets / "similarity").glob("*.txt"):
        assert read_own_pairs(path).scores.tolist() == read_pairs(path).scores.tolist()
