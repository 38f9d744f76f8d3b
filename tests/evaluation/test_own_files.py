"""People's own files as they come: odd words, columns in any order, marks that are words; each with its right value."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from w2v import save
from w2v.cli import main
from w2v.errors import DataError, SettingsError
from w2v.evaluation import evaluate
from w2v.evaluation.own import OwnUse
from w2v.evaluation.report import SuiteReport
from w2v.vectors import Vectors


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def vectors_of(words: Iterable[str], dim: int = 10) -> Vectors:
    listed = list(words)
    return Vectors(listed, np.random.default_rng(7).normal(size=(len(listed), dim)).astype(np.float32))


def related() -> Vectors:
    """Vectors in which b − a + c is d, for a row of pairs of words."""
    rng = np.random.default_rng(3)
    firsts = [":(", "sad", "man", "/usr/bin", "C", "london", "rote", "כלב"]
    seconds = [":)", "happy", "king", "/usr/lib", "C++", "new_york", "grüne", "כלבים"]
    base, step = rng.normal(size=(len(firsts), 40)), rng.normal(size=40) * 3
    return Vectors([*firsts, *seconds], np.concatenate([base, base + step]).astype(np.float32))


def cosine(vectors: Vectors, first: str, second: str) -> float:
    one, other = (vectors.matrix[vectors.index[word]].astype(float) for word in (first, second))
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def rated(vectors: Vectors, line: str = "{0}\t{1}\t{2:.6f}") -> str:
    """Every pair of the words with its cosine as the rating, so that the right ρ is 1."""
    return "".join(
        line.format(first, second, cosine(vectors, first, second)) + "\n"
        for first, second in itertools.combinations(vectors.words, 2)
    )


def scored(vectors: Vectors, kind: str, text: str, **options: object) -> SuiteReport:
    Path("mine.txt").write_bytes(text.encode())
    return evaluate(vectors, **{kind: "mine.txt"}, **options)["mine"]  # type: ignore[arg-type]


def of(report: SuiteReport) -> OwnUse:
    assert report.own is not None
    return report.own


def check_all(report: SuiteReport, items: int, value: float = 1.0) -> None:
    """All items are there and scored, and the score is the right one."""
    assert report.primary is not None
    assert (report.primary.scored, report.primary.total) == (items, items)
    assert report.primary.value == pytest.approx(value, abs=1e-4)
    assert of(report).unknown_words == ()


NODES = [str(number) for number in range(1000, 1010)]
PAIR_FILES: dict[str, tuple[Sequence[str], str, str]] = {
    # words, a line of the file, what stands before the lines
    "numbers of nodes, with names": (NODES, "{0}\t{1}\t{2:.6f}", "word1\tword2\tscore\n"),
    "numbers of nodes, without names": ([*NODES, "cat", "dog"], "{0}\t{1}\t{2:.6f}", ""),
    "numbers of nodes and of lines": (NODES, "7\t{0}\t{1}\t{2:.6f}", "id\tNODE1\tNode 2\tWeight\n"),
    "hashtags": (["#cat", "#dog", "#car", "cat", "dog"], "{0}\t{1}\t{2:.6f}", ""),
    "hashtags alone": (["#cat", "#dog", "#car"], "{0} {1} {2:.6f}", ""),
    "emoticons": ([":)", ":(", ";)", ":|", ":/", "#-)"], "{0} {1} {2:.6f}", ""),
    "emoticons, commas": ([":)", ":(", ";)", ":|", ":/"], "{0},{1},{2:.6f}", ""),
    "chemical names in quotes": (["1,2-dichlorobenzene", "benzene", "2,4-D", "DDT"], '"{0}","{1}",{2:.6f}', ""),
    "paths": (["/usr/bin", "/usr/lib", "src/main.py", "docs/"], "{0} {1} {2:.6f}", ""),
    "phrases": (["new york", "san francisco", "london", "los angeles"], "{0}\t{1}\t{2:.6f}", ""),
    "phrases, spaces": (["new york", "san francisco", "london"], "{0}  {1}  {2:.6f}", ""),
    "another order": (["cat", "dog", "cow", "pig"], "{2:.6f};{1};{0}", "Human (mean);WORD_2;Word 1\n"),
    "other columns": (["cat", "dog", "cow", "pig"], "N,{0},x,{2:.6f},{1},9", "pos,word1,note,rating,word2,sd\n"),
    "a byte order mark": (["cat", "dog", "cow", "pig"], "{0},{1},{2:.6f}", "\ufeffword1,word2,score\n"),
    "names behind #": (["cat", "dog", "cow", "pig"], "{0}\t{1}\t{2:.6f}", "# made by hand\n#word1\tword2\tscore\n"),
    "trailing columns": (["cat", "dog", "cow", "pig"], "{0},{1},{2:.6f},,", ""),
    "Hebrew": (["חתול", "כלב", 'צה"ל', "ירושלים"], "{0}\t{1}\t{2:.6f}", ""),
    "Arabic, with marks of direction": (["قطة", "كلب", "بيت"], "\u200f{0}\u200f\t{1}\t{2:.6f}", ""),
    "code": (["if", "else", "||", "&&", "#include", '"', ","], "{0}\t{1}\t{2:.6f}", ""),
    "identifiers in front": (["cat", "dog", "cow", "pig"], "p{2}\t{0}\t{1}\t{2:.6f}", ""),
    "numbers of lines in front": (["12", "13", "cat", "dog"], "{2:.6f} {0} {1}", "score word1 word2\n"),
}


@pytest.mark.parametrize("name", PAIR_FILES)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_pairs_of_real_kinds(name: str, ending: str) -> None:
    words, line, before = PAIR_FILES[name]
    vectors = vectors_of(words)
    text = before + rated(vectors, line)
    report = scored(vectors, "pairs", text.replace("\n", ending))
    check_all(report, len(words) * (len(words) - 1) // 2)
    assert of(report).reading.names_in_line == ((2 if "#" in before else 1) if before else None)


def test_pairs_from_a_spreadsheet_in_german() -> None:
    vectors = vectors_of(["Katze", "Hund", "Bus", "Auto"])
    lines = rated(vectors, "{0};{1};{2:.6f}").replace(".", ",")
    report = scored(vectors, "pairs", f"\ufeffWort 1;Wort 2;Urteil\r\n{lines}")
    check_all(report, 6)
    assert [(each.lines, each.first_line) for each in of(report).reading.not_used] == [(1, 1)]


def test_words_that_hold_the_delimiter_are_found_where_the_vectors_know_them() -> None:
    vectors = vectors_of(["new_york", "london", "uk", "usa", "1,2-dichlorobenzene", "benzene"])
    text = "new york london 9\nuk usa 3\nlondon uk 4\nlos angeles uk 3\n"
    report = scored(vectors, "pairs", text)
    assert (report.primary.scored, report.primary.total) == (3, 3)  # type: ignore[union-attr]
    assert [(each.lines, each.first_line) for each in of(report).reading.not_used] == [(1, 4)]
    text = "1,2-dichlorobenzene,benzene,9\nuk,usa,8\nbenzene,uk,2\n"
    check_all(scored(vectors, "pairs", text), 3, value=scored(vectors, "pairs", text).primary.value)  # type: ignore


def test_names_that_are_words_are_words() -> None:
    report = scored(vectors_of(["#a", "#b", "#c", "#d"]), "analogies", "#a #b #c #d\n#c #d #a #b\n")
    assert report.primary.total == 2  # type: ignore[union-attr]
    text = "word1 word2 3\nword1 a 2\nword2 a 1\n"
    assert scored(vectors_of(["word1", "word2", "a"]), "pairs", text).primary.total == 3  # type: ignore[union-attr]


@pytest.mark.parametrize("words", [NODES, ["cat", "dog", "cow", "pig", "hen"]])
@pytest.mark.parametrize("line", ["{0}\t{1}\t{2:.6f}"])
def test_gensim_says_the_same_of_what_it_reads(words: list[str], line: str) -> None:
    models = pytest.importorskip("gensim.models")
    vectors = vectors_of(words)
    rng = np.random.default_rng(1)
    pairs = itertools.combinations(words, 2)
    text = "".join(line.format(*pair, rng.normal()) + "\n" for pair in [*pairs, ("absent", words[0])])
    report = scored(vectors, "pairs", text)
    keyed = models.KeyedVectors(vector_size=vectors.dim)
    keyed.add_vectors(list(vectors.words), vectors.matrix)
    theirs = keyed.evaluate_word_pairs("mine.txt")
    assert report.primary is not None
    assert report.primary.value == pytest.approx(theirs[1][0], abs=1e-6)
    assert of(report).unknown_words == ("absent",)


ANALOGY_FILES = {
    "emoticons": (":( :) sad happy\nman king sad happy\n:( :) man king\n", 3),
    "paths": ("/usr/bin /usr/lib sad happy\nsad happy /usr/bin /usr/lib\n", 2),
    "code": ("C,C++,man,king\nman,king,C,C++\n", 2),
    "phrases": ("london,new york,man,king\nman,king,london,new york\nsad,happy,london,newyork\n", 2),
    "sections": (": feelings of people\nsad happy man king\n:more feelings\n:( :) sad happy\n", 2),
    "another order": ("target;relation;word3;word2;word1\nking;x;man;happy;sad\n:);y;:(;king;man\n", 2),
    "a section in front": (
        "x man king sad happy\nx sad happy man king\ny rote grüne sad happy\ny sad happy C C++\n",
        4,
    ),
    "several answers": ("man king sad happy/glad\nman king /usr/bin /usr/lib\n", 2),
    "Hebrew": ("כלב\tכלבים\tman\tking\nman\tking\tכלב\tכלבים\n", 2),
}


@pytest.mark.parametrize("name", ANALOGY_FILES)
def test_analogies_of_real_kinds(name: str) -> None:
    text, items = ANALOGY_FILES[name]
    report = scored(related(), "analogies", text)
    assert report.primary is not None
    assert (report.primary.value, report.primary.scored) == (1.0, items)
    unknown = {"phrases": ("newyork",), "several answers": ("glad",)}
    assert of(report).unknown_words == unknown.get(name, ())
    assert of(report).reading.not_used == ()


def test_proportions_with_colons_are_questions() -> None:
    text = ": moods\nsad:happy::man:king\nman : king :: london : new york\nsad:happy :: rote:grüne\n"
    report = scored(related(), "analogies", text)
    assert report.primary is not None
    assert (report.primary.value, report.primary.scored) == (1.0, 3)
    assert of(report).reading.delimiter == "marks of its own"
    assert report.metrics()["mine.moods"] == 1.0
    assert of(report).reading.not_used == ()


def test_a_mark_that_is_no_word_is_a_mark() -> None:
    text = "# man king sad happy\n: section one\nman king sad happy\n#man king sad happy\n"
    report = scored(related(), "analogies", text)
    assert report.metrics()["mine.section one"] == 1.0
    (comments,) = of(report).reading.not_used
    assert (comments.lines, comments.first_line) == (2, 1)
    assert "#" in comments.reason


@pytest.mark.parametrize(
    "text",
    [
        "fruit\tpear\nfruit\tplum\ntool\tsaw\ntool\tdrill\n",
        "pear;fruit\nplum;fruit\nsaw;tool\ndrill;tool\n",
        "Class,Remark,Term\nfruit,,pear\nfruit,sweet,plum\ntool,,saw\ntool,,drill\n",
        "id,label,word\n1,fruit,pear\n2,fruit,plum\n3,tool,saw\n4,tool,drill\n",
        "1 pear fruit\n2 plum fruit\n3 saw tool\n4 drill tool\n",
        "fruit,pear,9\nfruit,plum,7\ntool,saw,6\ntool,drill,9\n",
        "pear, fruit\nplum, fruit\nsaw, tool\ndrill, tool\n",
    ],
)
def test_categories_in_any_order(text: str) -> None:
    words = ["pear", "plum", "saw", "drill"]
    vectors = Vectors(words, np.array([[1, 0.1], [1, 0.2], [0.1, 1], [0.2, 1]], dtype=np.float32))
    check_all(scored(vectors, "categories", text), 4)


@pytest.mark.parametrize("names", ["Vrucht;Soort", "ovoce;druh", "pear type;sort of thing"])
def test_unknown_names_of_columns_are_no_item_of_categories(names: str) -> None:
    words = ["pear", "plum", "saw", "drill"]
    vectors = Vectors(words, np.array([[1, 0.1], [1, 0.2], [0.1, 1], [0.2, 1]], dtype=np.float32))
    report = scored(vectors, "categories", f"{names}\npear;fruit\nplum;fruit\nsaw;tool\ndrill;tool\n")
    assert (report.primary.value, of(report).reading.lines_used, of(report).unknown_words) == (1.0, 4, ())  # type: ignore[union-attr]
    (left_out,) = of(report).reading.not_used
    assert (left_out.first_line, left_out.reason) == (1, "is taken for names of columns that w2v does not know")


def test_a_first_word_of_a_category_that_comes_again_is_an_item() -> None:
    words = ["pear", "plum", "saw", "drill", "owl"]
    report = scored(vectors_of(words), "categories", "pear;fruit\nplum;fruit\nsaw;tool\ndrill;tool\nowl;bird\n")
    assert of(report).reading.lines_used == 5


def test_categories_of_odd_words() -> None:
    words = ["#cat", "#dog", "1066", "C#", "new york"]
    text = "#cat,tag\n#dog,tag\n1066,other\nC#,other\nnew york,other\n"
    report = scored(vectors_of(words), "categories", text)
    assert (report.primary.scored, of(report).unknown_words) == (5, ())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "fruit: pear plum fig | saw cat\n",
        "pear, plum, fig | saw, cat\n",
        "fruit:\tpear\tplum\tfig\t|\tsaw\tcat\n",
        "fruit: pear plum fig|saw cat\n",
        "outliers,words,category\n\"['saw', 'cat']\",\"['pear', 'plum', 'fig']\",fruit\n",
        "Words\tTopic\tOutliers\npear, plum, fig\tfruit\tsaw, cat\n",
    ],
)
def test_outliers_in_any_form(text: str) -> None:
    words = ["pear", "plum", "fig", "saw", "cat"]
    near = np.array([[1, 0.1], [1, 0.2], [1, 0.3], [-1, 1], [-0.2, -1]], dtype=np.float32)
    check_all(scored(Vectors(words, near), "outliers", text), 2)


def test_outliers_of_odd_words() -> None:
    words = [":", ";", ",", "new_york", "los_angeles", "cat", ":)", ":(", "#a", "#b"]
    text = "marks: : ; , | cat\ncities: new york, los angeles | cat\n:) :( | cat\n#a #b | cat\n"
    report = scored(vectors_of(words), "outliers", text)
    assert (report.primary.scored, of(report).unknown_words) == (4, ())  # type: ignore[union-attr]


# --------------------------------------------------------------------------- what is told, and what is refused


def test_phrases_are_found_in_own_sets_alone() -> None:
    vectors = vectors_of(["new_york", "sanfrancisco", "uk", "usa"])
    text = "new york\tuk\t1\nsan francisco\tusa\t2\nNew York\tusa\t3\nnew_york\tusa\t3\nlos angeles\tuk\t4\n"
    report = scored(vectors, "pairs", text)
    assert report.primary is not None
    assert (report.primary.scored, report.primary.total) == (4, 5)
    assert of(report).unknown_words == ("los angeles",)
    tool = scored(vectors, "pairs", text, convention="gensim")
    assert tool.primary is not None
    assert tool.primary.scored == 1


def test_phrases_count_in_questions_and_in_pairs() -> None:
    vectors = vectors_of(["new_york", "usa", "london", "uk", "paris", "france"])
    questions = "london,uk,new york,usa\nparis,france,new york,usa\nlondon,uk,paris,france\n"
    report = scored(vectors, "analogies", questions)
    assert (report.primary.scored, report.primary.total) == (3, 3)  # type: ignore[union-attr]
    pairs = "new york\tlondon\t9\nparis\tlondon\t8\nusa\tuk\t5\nfrance\tnew york\t2\n"
    report = scored(vectors, "pairs", pairs)
    assert (report.primary.scored, report.primary.total) == (4, 4)  # type: ignore[union-attr]
    assert of(report).unknown_words == ()


def test_all_lines_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    save(vectors_of(["cat", "dog", "cow"]), "v.txt")
    words = [f"word{number}" for number in range(12)]
    lines = ["# mine", "cat\tdog\t1", "cat\tcow\t2", "dog\tcow\tmany", "\tcat\t3", "cat\tdog", "cow\tcat\t1\ta remark"]
    lines += ["dog\tcow\t5", *(f"cat\t{word}\t1" for word in words)]
    Path("p.tsv").write_text("\n".join(lines))
    assert main(["eval", "v.txt", "--pairs", "p.tsv", "--json"]) == 0
    own = json.loads(capsys.readouterr().out)["files"][0]["suites"][0]["own"]
    assert own["lines_used"] == 16
    assert own["columns"] == {"word1": 1, "word2": 2, "score": 3}
    assert own["unknown_words"] == words
    assert [(each["lines"], each["first_line"]) for each in own["not_used"]] == [(1, 1), (1, 4), (1, 5), (1, 6)]
    assert own["not_used"][1]["example"] == "dog\tcow\tmany"
    assert main(["eval", "v.txt", "--pairs", "p.tsv", "--report", "r.md", "--report", "r.html"]) == 0
    shown = [capsys.readouterr().out, Path("r.md").read_text("utf-8"), Path("r.html").read_text("utf-8")]
    for text in (" ".join(each.split()) for each in shown):
        assert "16 lines used" in text
        assert "has no number in the column of score" in text
        assert "(12): word0, word1" in text
        assert "word9 and 2 more" in text


def test_options_name_the_columns(capsys: pytest.CaptureFixture[str]) -> None:
    vectors = vectors_of(["cat", "dog", "cow"])
    text = rated(vectors, "9,{2:.6f},{1},3,{0}")
    check_all(scored(vectors, "pairs", text, columns="-,score,word1,-,word2"), 3)
    with pytest.raises(SettingsError, match="lack score, which rated pairs need"):
        scored(vectors, "pairs", text, columns=["word1", "word2"])
    save(vectors, "v.txt")
    asked = ["eval", "v.txt", "--pairs", "mine.txt", "--columns", "-,score,word1,-,word2"]
    assert main(asked) == 0
    assert "columns -,score,word1,-,word2" in capsys.readouterr().out
    assert main([*asked[:-1], "word1"]) == 2


def test_a_file_of_which_most_is_no_item_is_refused_unless_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    vectors = vectors_of(["cat", "dog", "cow"])
    text = "cat dog 1\ncat cow 2\nthis is a remark\nand here is another one\nall of which is text\n"
    with pytest.raises(DataError, match=r"only 2 of 5 lines can be read as rated pairs.*first is line 3") as caught:
        scored(vectors, "pairs", text)
    assert "--accept-partial" in (caught.value.hint or "")
    assert scored(vectors, "pairs", text, accept_partial=True).primary.total == 2  # type: ignore[union-attr]
    save(vectors, "v.txt")
    assert main(["eval", "v.txt", "--pairs", "mine.txt"]) == 1
    assert main(["eval", "v.txt", "--pairs", "mine.txt", "--accept-partial"]) == 0


def test_words_that_the_vectors_lack_are_coverage() -> None:
    report = scored(vectors_of(["x", "y"]), "pairs", rated(vectors_of(["cat", "dog", "cow", "pig", "hen"])))
    assert report.primary is not None
    assert (report.primary.scored, report.primary.total) == (0, 10)
    assert set(of(report).unknown_words) == {"cat", "dog", "cow", "pig", "hen"}


def test_any_of_several_files_knows_a_word() -> None:
    tags = vectors_of(["#cat", "#dog", "cat", "dog"])
    save(vectors_of(["cat", "dog", "cow"]), "a.txt")
    save(tags, "b.txt")
    Path("mine.txt").write_text(rated(tags))
    found = evaluate(["a.txt", "b.txt"], pairs="mine.txt")
    assert [found[file, "mine"].primary.scored for file in ("a.txt", "b.txt")] == [1, 6]  # type: ignore[union-attr]
    assert of(found["a.txt", "mine"]).unknown_words == ("#cat", "#dog")


def test_what_is_wrong_with_a_file_shows_before_the_vectors_are_read() -> None:
    with pytest.raises(DataError, match=r"cannot read absent\.tsv"):
        evaluate("absent.bin", pairs="absent.tsv")


def test_no_line_of_a_file_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    save(vectors_of(["cat", "dog"]), "v.txt")
    Path("p.tsv").write_text("cat\tdog\t1\n\x1b[31mred\tdog\t2\n\x1b]0;title\x07\tdog\tx\n")
    assert main(["eval", "v.txt", "--pairs", "p.tsv"]) == 0
    assert "\x1b[31mred" not in capsys.readouterr().out


# --------------------------------------------------------------------------- tables of lists for tests of association


def test_lists_from_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["#rose", "#fern", "ant", "bee", "good", "nice", "bad", "foul_play"]
    save(vectors_of(words), "v.txt")
    lists = {"X": ["#rose", "#fern"], "Y": ["ant", "bee", "wasp"], "A": ["good", "nice"], "b": ["bad", "foul play"]}
    rows = [f"{word},mine,{role}" for role, each in lists.items() for word in each]
    Path("lists.csv").write_text("\n".join(["Word,Test,Role", *rows, "odd,mine,Z"]))
    assert main(["bias", "-m", "v.txt", "--lists", "lists.csv", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (test,) = found["associations"]
    assert [(each["in_vocabulary"], each["total"]) for each in test["coverage"]] == [(2, 2), (2, 3), (2, 2), (2, 2)]
    assert (found["own"]["lines_used"], found["own"]["unknown_words"]) == (9, ["wasp"])
    assert [each["first_line"] for each in found["own"]["not_used"]] == [11]
    toml = "".join(f"[lists.{role}]\nwords = {each}\n" for role, each in lists.items())
    Path("lists.toml").write_text(
        toml + '[[association]]\nname = "mine"\ntargets = ["X", "Y"]\nattributes = ["A", "b"]\n'
    )
    assert main(["bias", "-m", "v.txt", "--lists", "lists.toml", "--json"]) == 0
    (same,) = json.loads(capsys.readouterr().out)["associations"]
    assert test["effect_size"] == same["effect_size"] is not None
    assert main(["bias", "-m", "v.txt", "--lists", "lists.csv"]) == 0
    assert "9 lines used" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("text", "message"),
    [("role,word\nX,a\nY,b\nA,c\n", "has no list B"), ("a,b\nX,a\n", "has no words of lists"), ("", "has no words")],
)
def test_a_table_without_lists(text: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    save(vectors_of(["a", "b"]), "v.txt")
    Path("lists.csv").write_text(text)
    assert main(["bias", "-m", "v.txt", "--lists", "lists.csv"]) == 1
    assert message in capsys.readouterr().err
