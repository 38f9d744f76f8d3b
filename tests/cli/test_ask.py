"""analogy, similar, similarity, odd-one-out: what they print, compared with gensim and with arithmetic written out."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from gensim.models import KeyedVectors

from w2v import formats as vector_files
from w2v.chance import Percentile
from w2v.cli import main
from w2v.vectors import Vectors

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def keyed(vectors: Vectors) -> KeyedVectors:
    keyed = KeyedVectors(vectors.dim)
    keyed.add_vectors(vectors.words, vectors.matrix)
    return keyed


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command that must succeed; its stdout as JSON, and the lines of its stderr."""

    def run(*args: str) -> tuple[Any, list[str]]:
        assert main([*args, "--json"]) == 0
        out, err = capsys.readouterr()
        return json.loads(out), err.splitlines()

    return run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command that must succeed and be silent on stderr; its stdout, parsed where it is JSON."""

    def run(*args: str) -> Any:
        assert main(args) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return json.loads(out) if "--json" in args else out

    return run


def pairs(rows: list[dict[str, Any]], score: str = "score") -> list[tuple[str, Any]]:
    return [(row["word"], pytest.approx(row[score], abs=1e-6)) for row in rows]


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`")
@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
@pytest.mark.parametrize("restriction", [None, 6])
def test_analogy_answers_as_gensim_does(run: Any, keyed: KeyedVectors, method: str, restriction: int | None) -> None:
    options = [] if restriction is None else ["--restrict-vocab", str(restriction)]
    found = run("analogy", "king", "man", "woman", "--json", "-n", "4", "--method", method, *options)
    query = {"positive": ["king", "woman"], "negative": ["man"], "topn": 99}
    near = keyed.most_similar(**query) if method == "3cosadd" else keyed.most_similar_cosmul(**query)
    inside = [(word, score) for word, score in near if restriction is None or keyed.key_to_index[word] < restriction]
    assert inside[:4] == pairs(found["answers"])
    assert found["answers"][0]["word"] == "queen"
    assert (found["schema"], found["formula"], found["method"]) == ("w2v.analogy/1", "king − man + woman", method)
    assert (found["positive"], found["negative"]) == (["king", "woman"], ["man"])
    assert (found["vectors"], found["restrict_vocab"]) == ("vectors.safetensors", restriction)


def test_inputs_stand_at_the_rank_that_they_would_have(run: Any, vectors: Vectors) -> None:
    unit = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    king, man, woman = (unit[vectors.index[word]] for word in ("king", "man", "woman"))
    order = [vectors.words[row] for row in np.argsort(-(unit @ (king - man + woman)))]

    rows = list(csv.DictReader(io.StringIO(run("analogy", "king", "man", "woman", "-n", "99", "--format", "csv"))))
    last = max(at for at, word in enumerate(order) if word not in {"king", "man", "woman"})
    assert [(row["rank"], row["word"]) for row in rows] == [(str(at + 1), order[at]) for at in range(last + 1)]
    assert {row["word"] for row in rows if row["is_input"] == "True"} <= {"king", "man", "woman"}

    table = run("analogy", "king", "man", "woman", "-n", "5").splitlines()
    assert table[0] == "king − man + woman"
    marked = [line.split() for line in table if "(input)" in line]
    assert marked
    assert all(order[int(rank) - 1] == word for rank, word, *_ in marked)
    assert len([line for line in table[3:] if " %" in line and "(input)" not in line]) == 5

    honest = run("analogy", "king", "man", "woman", "-n", "5", "--include-inputs", "--json")
    assert [row["word"] for row in honest["answers"]] == order[:5]


def test_suppressed_inputs_are_grey_and_admitted_ones_are_not(run: Any) -> None:
    def grey(*options: str) -> list[bool]:
        lines = run("analogy", "king", "man", "woman", "--color", "always", *options).splitlines()
        return [line.startswith("\x1b[2m") for line in lines if "0." in line]

    shown = run("analogy", "king", "man", "woman", "--color", "never").splitlines()
    assert grey() == ["(input)" in line for line in shown if "0." in line]
    assert not any(grey("--include-inputs"))


def test_similar_answers_as_gensim_does(run: Any, keyed: KeyedVectors) -> None:
    found = run("similar", "cat", "東京", "-n", "3", "--json")
    assert [result["query"] for result in found["results"]] == ["cat", "東京"]
    for result in found["results"]:
        assert keyed.most_similar(result["query"], topn=3) == pairs(result["neighbours"], "cosine")
        assert [row["rank"] for row in result["neighbours"]] == [1, 2, 3]
    rows = [json.loads(line) for line in run("similar", "cat", "東京", "-n", "3", "--format", "jsonl").splitlines()]
    assert rows == [
        {
            "schema": "w2v.similar/1",
            "vectors": "vectors.safetensors",
            "query": result["query"],
            "found": result["word"],
            **row,
        }
        for result in found["results"]
        for row in result["neighbours"]
    ]
    table = run("similar", "cat", "東京", "-n", "3")
    assert [block.splitlines()[0] for block in table.split("\n\n")] == ["cat", "東京"]


def test_similar_answers_from_every_file_that_is_named(run: Any, vectors: Vectors) -> None:
    """Files stand side by side; the form is the same for one file, so that nobody must ask how many there were."""
    vector_files.write(Vectors(vectors.words, -vectors.matrix[::-1]), "a-file-with-a-very-long-name.bin")
    named = ("-m", "vectors.safetensors", "-m", "a-file-with-a-very-long-name.bin")
    ours, others = (run("similar", "cat", "dog", "-n", "3", "-m", file, "--json") for file in named[1::2])
    assert [(result["vectors"], result["query"]) for result in ours["results"]] == [
        (named[1], "cat"),
        (named[1], "dog"),
    ]
    assert ours["results"][0]["neighbours"] != others["results"][0]["neighbours"]
    both = run("similar", "cat", "dog", "-n", "3", *named, "--json")
    assert set(both) == set(ours) == {"schema", "restrict_vocab", "results"}
    (cat, dog), (other_cat, other_dog) = ours["results"], others["results"]
    assert both["results"] == [cat, other_cat, dog, other_dog]
    rows = list(csv.DictReader(io.StringIO(run("similar", "cat", "-n", "3", *named, "--format", "csv"))))
    assert [(row["vectors"], row["word"]) for row in rows] == [
        (result["vectors"], near["word"]) for result in (cat, other_cat) for near in result["neighbours"]
    ]
    tables = run("similar", "cat", "dog", "-n", "3", *named).split("\n\n")
    assert [table.splitlines()[0] for table in tables] == ["cat", "dog"]
    assert all(file in table.splitlines()[1] for table in tables for file in named[1::2])
    first = re.split(r"\s{3,}", tables[0].splitlines()[3].strip())
    assert first == ["1", *(cell for of_file in (cat, other_cat) for cell in cells(of_file["neighbours"][0]))]


def cells(near: dict[str, Any]) -> tuple[str, str, str]:
    return near["word"], f"{near['cosine']:.4f}", str(Percentile(near["percentile"], near["percentile_by"]))


def test_similarity_by_three_measures(run: Any, vectors: Vectors, keyed: KeyedVectors) -> None:
    found = run("similarity", "cat", "dog", "--json")
    cat, dog = vectors["cat"].astype(float), vectors["dog"].astype(float)
    assert found["cosine"] == pytest.approx(keyed.similarity("cat", "dog"), abs=1e-6)
    assert found["dot"] == pytest.approx(cat @ dog)
    assert found["euclidean"] == pytest.approx(np.sqrt(((cat - dog) ** 2).sum()))
    table = run("similarity", "cat", "dog")
    assert all(f"{found[measure]:.4f}" in table for measure in ("cosine", "dot", "euclidean"))


def test_odd_one_out_agrees_with_gensim(run: Any, keyed: KeyedVectors) -> None:
    words = ["breakfast", "lunch", "dinner", "paris"]
    found = run("odd-one-out", *words, "--json")
    assert found["odd_one_out"] == keyed.doesnt_match(words)
    ranked = keyed.rank_by_centrality(words)
    assert [(word, pytest.approx(cosine, abs=1e-6)) for cosine, word in ranked] == [
        (row["word"], row["cosine"]) for row in found["words"]
    ]
    assert [row["word"] for row in found["words"] if row["is_odd"]] == [found["odd_one_out"]]
    (marked,) = (line for line in run("odd-one-out", *words).splitlines() if "(odd one out)" in line)
    assert found["odd_one_out"] in marked


@pytest.mark.parametrize(
    ("args", "code", "error", "hint"),
    [
        (["analogy", "king", "man"], 2, "an analogy takes three words", "for example 'w2v analogy king man woman'"),
        (["analogy", "a", "b", "c", "d"], 2, "an analogy takes three words", "for example"),
        (["analogy"], 2, "an analogy takes three words", "for example"),
        (["analogy", "king", "man", "-dash"], 2, "No such option '-d'", "put '--' before a word"),
        (
            ["analogy", "kingg", "man", "Womann"],
            1,
            "'kingg', 'Womann' are not in vectors.safetensors (22",
            "'king'",
        ),
        (
            ["similar", "cat", "dogg", "catt"],
            1,
            "'dogg', 'catt' are not in vectors.safetensors (22",
            "'cat' for",
        ),
        (["similar"], 2, "Missing argument 'WORD...'", "usage: w2v similar"),
        (["similarity", "cat", "zzz"], 1, "'zzz' is not in", "check the spelling"),
        (["odd-one-out", "cat", "dog"], 2, "an odd one out needs a list of at least three words", ""),
        (
            ["odd-one-out", "cat", "cat", "cat"],
            2,
            "at least three different words, and these 3 are one word",
            "add other",
        ),
        (["odd-one-out", "cat", "dog", "cafe"], 1, "'cafe' is not in", "'café'"),
        (["analogy", "king"], 2, "an analogy takes three words", "for example"),
        (["analogy", "{king queen}"], 2, "an analogy takes three words", "for example"),
        (["analogy", "king", "-", "+", "man"], 2, "before '+' a word is missing, at character 8", "write the word"),
        (["analogy", "king - {man"], 2, "the group is not closed, at character 8", "close it with }"),
        (["analogy", "king:2 man:-1", "--method", "3cosmul"], 2, "3cosmul has no weights", "use 3cosadd"),
        (
            ["similar", "cat dog"],
            1,
            "'cat dog' is not in",
            "both words are there; ask for one at a time",
        ),
        (
            ["similar", "cat", "vectors.safetensors"],
            1,
            "'vectors.safetensors' is not in",
            "name files of vectors with -m, as in -m vec",
        ),
        (["similar", "catt", "--unknown-words", "skip"], 1, "'catt' is not in", "'cat'"),
        (["similar", "-i", "none.txt"], 1, "cannot read none.txt", "check the path"),
        (["similar", "-i", "empty.txt"], 2, "The input has no lines", "usage: w2v similar"),
        (["similarity", "cat"], 2, "two words are compared, and 1 is named", "--matrix"),
        (["similarity", "cat", "dog", "bank"], 2, "two words are compared, and 3 are named", "--matrix"),
        (["similarity"], 2, "Missing argument 'A B'", "usage: w2v similarity"),
        (["vector", "catt"], 1, "'catt' is not in", "'cat'"),
        (["similar", "cat", "-n", "0"], 2, "Invalid value for '-n'", "usage: w2v similar"),
        (["similar", "cat", "-m", "none.bin"], 1, "none.bin", ""),
    ],
)
def test_what_goes_wrong(args: list[str], code: int, error: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.txt").write_text("\n \n")
    assert main(args) == code
    out, err = capsys.readouterr()
    assert out == ""
    first, second = [line for line in err.splitlines() if not line.startswith("Warning: ")]
    assert first.startswith(f"Error: {error}") or error in first
    assert second.startswith("Hint: ")
    assert hint in second


@pytest.mark.parametrize(
    "args",
    [
        ["king - man + woman"],
        ["king", "-", "man", "+", "woman"],
        ["king − man + woman"],
        ["king-man+woman"],
        ["king:1", "man:-1", "woman:1"],
        ["king:1 man:-1 woman:1"],
        ["woman - man + king"],
    ],
)
@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_an_analogy_may_be_written_as_a_sum(run: Any, args: list[str], method: str) -> None:
    expected = run("analogy", "king", "man", "woman", "--method", method, "--json")
    found = run("analogy", *args, "--method", method, "--json")
    assert (found["answers"], found["inputs"]) == (expected["answers"], expected["inputs"])
    assert set(found["positive"]) == {"king", "woman"}
    assert found["negative"] == ["man"]
    assert [word["how"] for word in found["words"]] == ["exact"] * 3


def test_weights_and_groups_as_gensim_weighs(run: Any, keyed: KeyedVectors) -> None:
    found = run("analogy", "king:1 man:-0.5 woman:0.25", "-n", "5", "--json")
    expected = keyed.most_similar([("king", 1.0), ("woman", 0.25)], [("man", -0.5)], topn=5)
    assert pairs(found["answers"]) == [(word, pytest.approx(score, abs=1e-6)) for word, score in expected]
    assert found["formula"] == "king − man:0.5 + woman:0.25"
    unit = {word: keyed.get_vector(word, norm=True) for word in ("cat", "dog", "paris")}
    centroid = unit["cat"] + unit["dog"]
    query = centroid / np.linalg.norm(centroid) - unit["paris"]
    found = run("analogy", "{cat dog} - paris", "-n", "4", "--json")
    expected = [near for near in keyed.most_similar(query, topn=9) if near[0] not in unit]
    assert pairs(found["answers"]) == [(word, pytest.approx(score, abs=1e-6)) for word, score in expected[:4]]
    (near,) = run("similar", "{cat dog} - paris", "-n", "4", "--json")["results"]
    assert pairs(near["neighbours"], "cosine") == pairs(found["answers"])
    assert (near["word"], near["how"], near["found"]) == (None, "sum", "{cat dog} − paris")


def test_what_was_taken_for_a_word_is_said(heard: Any, capsys: pytest.CaptureFixture[str]) -> None:
    Path("near.txt").write_text("5 2\nnew_york 1 0\nberlin 0 1\nparis 1 1\nfür 2 1\nrome 1 3\n")
    found, told = heard("similar", "New York", decomposed := normalize("NFD", "für"), "rome", "-m", "near.txt")
    assert [(result["query"], result["word"], result["how"]) for result in found["results"]] == [
        ("New York", "new_york", "phrase"),
        (decomposed, "für", "normal form"),
        ("rome", "rome", "exact"),
    ]
    assert told[0] == "'New York' is 'new_york' in near.txt"
    assert "in another Unicode form (NFC)" in told[1]
    assert len(told) == 2
    found, told = heard("analogy", "BERLIN", "paris", "rome", "-m", "near.txt")
    assert found["formula"] == "berlin − paris + rome"
    assert [(word["asked"], word["how"]) for word in found["words"]][:2] == [("BERLIN", "case"), ("paris", "exact")]
    assert told == ["'BERLIN' is 'berlin' in near.txt"]
    found, told = heard("similarity", "Berlin", "Paris", "-m", "near.txt")
    assert (found["a"], found["b"], len(told)) == ("berlin", "paris", 2)
    assert [query["how"] for query in found["queries"]] == ["case", "case"]
    found, told = heard("odd-one-out", "Berlin", "paris", "rome", "-m", "near.txt")
    assert [row["how"] for row in found["words"] if row["word"] == "berlin"] == ["case"]
    assert main(["similar", "Berlin", "-m", "near.txt", "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_a_list_is_asked_in_one_go(heard: Any, run: Any, vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("words.txt").write_bytes("\ufeffcat\r\n\r\nnosuchword\nking - man\ncat\n".encode())
    found, told = heard("similar", "dog", "-i", "words.txt", "--unknown-words", "skip", "-n", "3")
    assert [result["query"] for result in found["results"]] == ["dog", "cat", "king - man"]
    assert told == ["Warning: left out, not in vectors.safetensors: 'nosuchword'"]
    for word in ("dog", "cat"):
        (alone,) = run("similar", word, "-n", "3", "--json")["results"]
        assert alone in found["results"]
    Path("words.txt").write_text("".join(f"{word}\nx{word}\n" for word in vectors.words))
    found, told = heard("similar", "-i", "words.txt", "--unknown-words", "skip")
    assert [result["query"] for result in found["results"]] == [*vectors.words, "xcat"][: len(vectors)]
    assert told[0].endswith(" and 12 more")
    for args in (["-"], ["-i", "-"]):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("東京\ncat\n".encode())))
        assert [result["query"] for result in run("similar", *args, "--json")["results"]] == ["東京", "cat"]


def test_neighbours_among_a_list_and_without_one(heard: Any, run: Any) -> None:
    everything = run("similar", "cat", "-n", "99", "--json")["results"][0]["neighbours"]
    Path("some.txt").write_text("dog\nKING\nnosuchword\nparis\ncat\n")
    found, told = heard("similar", "cat", "-n", "99", "--among", "some.txt")
    assert [row["word"] for row in found["results"][0]["neighbours"]] == [
        row["word"] for row in everything if row["word"] in {"dog", "king", "paris"}
    ]
    assert told == ["Warning: some.txt: not in vectors.safetensors: 'nosuchword'"]
    found, _ = heard("similar", "cat", "-n", "99", "--without", "some.txt")
    assert [row["word"] for row in found["results"][0]["neighbours"]] == [
        row["word"] for row in everything if row["word"] not in {"dog", "king", "paris"}
    ]


def test_unknown_words_are_skipped_where_that_is_asked_for(heard: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found, told = heard("odd-one-out", "cat", "dog", "the", "nosuchword", "--unknown-words", "skip")
    assert len(found["words"]) == 3
    assert told == ["Warning: left out, not in vectors.safetensors: 'nosuchword'"]
    vector_files.write(Vectors(["cat", "cow", "sheep"], np.eye(3)), "few.bin")
    named = ("-m", "vectors.safetensors", "-m", "few.bin", "-n", "2")
    found, told = heard("similar", "cat", "cow", "dog", *named, "--unknown-words", "skip")
    assert [(result["query"], result["vectors"]) for result in found["results"]] == [
        ("cat", "vectors.safetensors"),
        ("cat", "few.bin"),
        ("cow", "few.bin"),
        ("dog", "vectors.safetensors"),
    ]
    assert main(["similar", "cat", "cow", *named]) == 1
    assert "'cow' is not in vectors.safetensors" in capsys.readouterr().err
    assert main(["similarity", "cat", "nosuchword", "--unknown-words", "skip"]) == 1


def test_groups_and_all_pairs(run: Any, vectors: Vectors, keyed: KeyedVectors) -> None:
    found = run("similarity", "{cat dog}", "{king queen man}", "--json")
    assert found["cosine"] == pytest.approx(vectors.similarity(["cat", "dog"], ["king", "queen", "man"]))
    assert (found["dot"], found["euclidean"]) == (None, None)
    assert "distance" not in run("similarity", "{cat dog}", "{king queen man}")
    words = ["cat", "dog", "king", "東京"]
    found = run("similarity", "--matrix", *words, "--json")
    assert found["names"] == words
    for row, a in zip(found["cosines"], words, strict=True):
        assert row == [pytest.approx(keyed.similarity(a, b), abs=1e-6) for b in words]
    for row, (a, percentiles) in enumerate(zip(words, found["percentiles"], strict=True)):
        assert percentiles[row] is None
        assert percentiles[:row] == [found["percentiles"][before][row] for before in range(row)]
        for column, b in enumerate(words[row + 1 :], row + 1):
            alone = run("similarity", a, b, "--json")
            assert (percentiles[column], found["percentile_by"]) == (alone["percentile"], alone["percentile_by"])
    page = run("similarity", "--matrix", *words)
    assert "random pairs below" in page
    assert "A cosine is no probability." in page
    rows = list(map(json.loads, run("similarity", "--matrix", *words, "--format", "jsonl").splitlines()))
    assert [row["percentile"] for row in rows[:3]] == found["percentiles"][0][1:]
    assert [(row["a"], row["b"]) for row in rows] == [(a, b) for at, a in enumerate(words) for b in words[at + 1 :]]
    Path("words.txt").write_text("\n".join(words))
    assert run("similarity", "--matrix", "-i", "words.txt") == run("similarity", "--matrix", *words)


def test_the_numbers_of_words(run: Any, vectors: Vectors) -> None:
    found = run("vector", "cat", "{cat dog}", "king - man", "--json")
    assert (found["schema"], found["dim"], found["vectors"]) == ("w2v.vector/1", 12, "vectors.safetensors")
    assert np.array_equal(np.array(found["words"][0]["vector"], np.float32), vectors["cat"])
    for each, query in zip(found["words"][1:], ("{cat dog}", "king - man"), strict=True):
        assert np.array_equal(np.array(each["vector"], np.float32), vectors.vector(query))
        assert (each["query"], each["how"]) == (query, "sum")
    for name, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = list(csv.reader(io.StringIO(run("vector", "cat", "dog", "--format", name)), delimiter=delimiter))
        assert rows[0] == ["query", "found", *(str(number) for number in range(1, 13))]
        assert np.array_equal(np.array(rows[2][2:], np.float32), vectors["dog"])
    assert run("vector", "cat").splitlines()[3].split()[:2] == ["cat", f"{vectors['cat'][0]:.4g}"]


def test_where_a_cosine_stands_among_random_pairs(run: Any, vectors: Vectors) -> None:
    def fields(row: dict[str, Any]) -> tuple[float, str] | None:
        return None if row["percentile"] is None else (row["percentile"], row["percentile_by"])

    found = run("similarity", "cat", "dog", "--json")
    assert fields(found) == vectors.percentile("cat", "dog")
    assert str(vectors.percentile("cat", "dog")) in run("similarity", "cat", "dog")
    for query in ("cat", "{cat dog} - king"):
        (result,) = run("similar", query, "--json")["results"]
        for row in result["neighbours"]:
            assert fields(row) == vectors.percentile(query, row["word"])
    answers = run("analogy", "king", "man", "woman", "--json")
    for row in answers["answers"]:
        assert fields(row) == vectors.percentile("king - man + woman", row["word"])
    assert [fields(row) for row in answers["inputs"]] == [None] * len(answers["inputs"])
    rows = list(csv.DictReader(io.StringIO(run("analogy", "king", "man", "woman", "--format", "csv"))))
    assert {row["percentile_by"] for row in rows} == {"frequency", ""}
    assert {row["percentile"] == "" for row in rows if row["is_input"] == "True"} <= {True}


def test_the_text_says_what_the_column_means(run: Any, vectors: Vectors) -> None:
    for args in (["similar", "cat"], ["similarity", "cat", "dog"], ["analogy", "king", "man", "woman"]):
        shown = " ".join(run(*args).split())
        assert "random pairs below" in shown
        assert "of like frequency have a lower cosine" in shown
        assert shown.endswith("A cosine is no probability.")
        assert ("by choice" in shown) is (args[0] != "similarity")
        assert ("or sums" in shown) is (args[0] == "analogy")
    vector_files.write(Vectors(vectors.words, vectors.matrix), "none.txt")
    assert "of like rank (no counts in the file)" in " ".join(run("similar", "cat", "-m", "none.txt").split())
    assert run("similarity", "cat", "dog", "-m", "none.txt", "--json")["percentile_by"] == "rank"


@pytest.mark.parametrize("args", ["similar a", "similarity a b", "analogy a b c --method 3cosmul", "analogy a b c"])
def test_three_words_have_no_percentiles(args: str, run: Any) -> None:
    Path("three.txt").write_text("4 2\na 1 0\nb 0 1\nc 1 2\nd 1 1\n")
    assert "random pairs" not in run(*args.split(), "-m", "three.txt")
    assert '"percentile": null' in json.dumps(run(*args.split(), "-m", "three.txt", "--json"))


def test_a_rare_word_is_mentioned(heard: Any) -> None:
    words = [f"w{row}" for row in range(40)]
    counts = [30] * 24 + [20, 19, 7, *[3] * 12, 1]
    vector_files.write(Vectors(words, np.random.default_rng(1).normal(size=(40, 5)), counts), "rare.bin")
    steadier = "its neighbours say little; words of 100 occurrences and more are steadier"
    assert heard("similar", "w24", "-m", "rare.bin")[1] == []
    assert heard("similar", "w25", "-m", "rare.bin")[1] == [f"Warning: 'w25' occurred 19 times: {steadier}"]
    assert heard("analogy", "w26", "w1", "w39", "-m", "rare.bin")[1] == [
        f"Warning: 'w26' occurred 7 times: {steadier}",
        f"Warning: 'w39' occurred once: {steadier}",
    ]
    told = heard("similar", *words, "-m", "rare.bin")[1]
    assert len(told) == 11
    assert told[-1] == "Warning: and 5 more words occurred less than 20 times"
    vector_files.write(Vectors(words, np.ones((40, 2))), "none.txt")
    assert heard("similar", "w39", "-m", "none.txt")[1] == []


def test_help_of_a_command_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    for name in (["similar"], ["data", "get"], []):
        pages = []
        for args in (["help", *name], [*name, "--help"]):
            assert main(args) == 0
            pages.append(capsys.readouterr().out)
        assert pages[0] == pages[1]
        assert pages[0].startswith(" ".join(["Usage: w2v", *name]))
    assert main(["help", "simlar"]) == 2
    assert "'similar'" in capsys.readouterr().err


def test_words_with_a_dash_go_after_a_double_dash(run: Any) -> None:
    assert run("similar", "--json", "--", "-dash")["results"][0]["query"] == "-dash"


def test_warnings_about_the_file_are_not_lost(capsys: pytest.CaptureFixture[str]) -> None:
    Path("twice.txt").write_text("3 2\na 1 0\nb 0 1\na 1 1\n")
    assert main(["similar", "a", "-m", "twice.txt", "--json", "-q"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["results"][0]["neighbours"][0]["word"] == "b"
    assert err.startswith("Warning: twice.txt: 1 rows repeat a word")


@pytest.mark.parametrize("args", ["similar c", "similarity a c", "odd-one-out a b c", "analogy a b c"])
def test_a_vector_of_zeros_is_mentioned(args: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("zero.txt").write_text("4 2\na 1 0\nb 0 1\nc 0 0\nd 1 1\n")
    assert main([*args.split(), "-m", "zero.txt"]) == 0
    warnings = [line for line in capsys.readouterr().err.splitlines() if "'c'" in line]
    assert warnings == ["Warning: the vector of 'c' is all zeros: every cosine with it is 0"]


def test_the_published_answer(run: Any, shared: Path) -> None:
    path = shared / "eval_sets" / "vectors" / "ref-enwiki100MB-sg100-top10k.bin"
    first, second = run("analogy", "king", "man", "woman", "-n", "2", "-m", str(path), "--json")["answers"]
    assert (first["word"], round(first["score"], 5)) == ("queen", 0.71738)
    assert (second["word"], round(second["score"], 5)) == ("princess", 0.70595)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "needed"),
    [
        (["analogy", "king", "man", "woman"], ["numpy", "rich"]),
        (["analogy", "king", "man", "woman", "--json"], ["numpy"]),
        (["similar", "cat"], ["numpy", "rich"]),
        (["similarity", "cat", "dog"], ["numpy", "rich"]),
        (["odd-one-out", "cat", "dog", "the"], ["numpy", "rich"]),
        (["similar", "Cat", "{cat dog}", "--json"], ["numpy"]),
        (["vector", "cat", "--json"], ["numpy"]),
        (["bias", "cat", "--minus", "king", "--plus", "woman"], ["numpy", "rich"]),
        (["info"], ["numpy", "rich"]),
        (["convert", "vectors.safetensors", "out.bin"], ["numpy"]),
    ],
    ids=" ".join,
)
def test_a_question_imports_what_it_needs_and_no_more(args: list[str], needed: list[str]) -> None:
    script = f"import sys; from w2v.cli import main; assert main({args!r}) == 0; print('modules', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    modules = {name.partition(".")[0] for name in done.stdout.rpartition("modules")[2].split()}
    weights = {"gensim", "numba", "numpy", "pandas", "requests", "rich"}
    weights |= {"safetensors", "scipy", "smart_open", "zstandard"}
    assert sorted(modules & weights) == needed


def test_every_command_answers_from_several_files(run: Any, vectors: Vectors) -> None:
    """The JSON of several files is a list of what each file alone gives; rows have the file in front."""
    vector_files.write(Vectors(vectors.words, -vectors.matrix[::-1]), "other.bin")
    files = ("vectors.safetensors", "other.bin")
    named = tuple(part for file in files for part in ("-m", file))
    for command in (
        ("analogy", "king", "man", "woman"),
        ("similarity", "cat", "dog"),
        ("similarity", "--matrix", "cat", "dog", "king"),
        ("odd-one-out", "cat", "dog", "king", "queen"),
        ("vector", "cat", "{cat dog}"),
    ):
        alone = [run(*command, "-m", file, "--json") for file in files]
        both = run(*command, *named, "--json")
        assert both["results"] == alone
        assert [each["vectors"] for each in both["results"]] == list(files)
        assert both["schema"] == alone[0]["schema"].replace("/", "-of-files/")
        rows = list(csv.DictReader(io.StringIO(run(*command, *named, "--format", "csv"))))
        of_each = [list(csv.DictReader(io.StringIO(run(*command, "-m", file, "--format", "csv")))) for file in files]
        assert rows == [{"vectors": file, **row} for file, listed in zip(files, of_each, strict=True) for row in listed]
        table = run(*command, *named)
        assert all(file in table for file in files)


@pytest.mark.parametrize(
    "args",
    [
        ("king", "-", "man", "+", "woman"),
        ("king - man", "+", "woman"),
        ("king", "−", "man", "＋", "woman"),
        ("king – man + woman",),
        ("king — man + woman",),
        ("king ‑ man ＋ woman",),
        ("king -man +woman",),
        ("king−man+woman",),
        ("king", "+woman", "−man"),
        ("-man +king +woman", "--"),
    ],
)
def test_a_sum_in_every_spelling(run: Any, args: tuple[str, ...]) -> None:
    if args[-1] == "--":
        args = ("--", *args[:-1])
    expected = {row["word"]: row["score"] for row in run("analogy", "king", "man", "woman", "--json")["answers"]}
    found = run("analogy", "--json", *args)
    assert {row["word"]: pytest.approx(row["score"]) for row in found["answers"]} == expected
    if args not in {("king", "+woman", "−man")}:
        (near,) = run("similar", "--json", *args)["results"]
        assert {row["word"]: pytest.approx(row["cosine"]) for row in near["neighbours"]} == expected


def test_a_sum_stands_among_words(run: Any) -> None:
    queries = [result["query"] for result in run("similar", "cat", "king", "-", "man", "dog", "--json")["results"]]
    assert queries == ["cat", "king - man", "dog"]


def test_a_known_word_with_a_hyphen_is_one_word(run: Any) -> None:
    Path("hyphens.txt").write_text("5 2\nco 1 0\nop 0 1\nco-op 1 1\nstore 2 1\nshop 1 3\n")
    assert run("analogy", "co-op+store", "-m", "hyphens.txt", "--json")["positive"] == ["co-op", "store"]
    assert run("analogy", "co-store", "-m", "hyphens.txt", "--json")["negative"] == ["store"]


@pytest.mark.parametrize(
    ("args", "error", "hint"),
    [
        (
            ["analogy", "king", "-man", "+woman"],
            "there is no file an",
            "if - is a minus, write a space behind it: - man",
        ),
        (["analogy", "king", "-man", "queen"], "-man was read as the option -m", "write it as in king - man"),
        (["similar", "king", "-woman"], "No such option '-w'", "a minus has spaces around it: king - man"),
        (["similar", "king", "other.bin"], "'other.bin' is not in", "looks like the name of a file: name files of vec"),
        (["similar", "bank dogg"], "'bank dogg' is not in", "'dogg' is not there, did you mean 'dog'?"),
        (["similar", "Bank Dog"], "'Bank Dog' is not in", "or for both together: 'Bank + Dog'"),
    ],
)
def test_the_cure_of_a_wrong_question(
    args: list[str], error: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(args) in (1, 2)
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith("Error: ")
    assert error in first
    assert hint in second


@pytest.fixture
def families(tmp_path: Path) -> None:
    """Vectors in which man and woman are alike, and king is not like woman."""
    man, woman, royal = np.zeros((3, 9), dtype=np.float32)
    man[:2], woman[:2], royal[2] = (4, 1), (4, -1), 3
    words = {"man": man, "woman": woman, "king": man + 2 * royal, "queen": woman + 2 * royal, "girl": woman - royal / 9}
    others = {f"word{number}": row for number, row in enumerate(np.eye(9, dtype=np.float32)[3:])}
    every = words | others
    vector_files.write(Vectors(list(every), np.stack(list(every.values()))), "families.bin")


def test_the_order_of_word2vec_is_recognised(families: None, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*args: str) -> str:
        assert main(["analogy", *args, "-m", "families.bin"]) == 0
        return capsys.readouterr().err

    assert told("man", "king", "woman") == (
        "Hint: 'man is to king as woman is to …?' is asked by: w2v analogy king man woman "
        "(word2vec takes the words in your order)\n"
    )
    assert told("king", "man", "woman") == ""
    assert told("man - king + woman") == ""  # who writes a sum means it
    assert told("man", "king", "woman", "--method", "3cosmul") == ""
    assert told("man", "king", "woman", "-q") == ""


def test_lists_with_unknown_words(heard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("list.txt").write_text("cat\nnosuchword\n\nking - nosuch\nking - man\n{dog kat}\ndog\n")
    asked = ["cat", "king - man", "dog"]
    for command, key in (("similar", "results"), ("vector", "words")):
        found, told = heard(command, "-i", "list.txt", "--unknown-words", "skip")
        assert [each["query"] for each in found[key]] == asked
        assert told == ["Warning: left out, not in vectors.safetensors: 'nosuchword', 'nosuch', 'kat'"]
        stdin = io.TextIOWrapper(io.BytesIO(b"queen\nnosuchword\n"))
        monkeypatch.setattr("sys.stdin", stdin)
        found, told = heard(command, "-", "--unknown-words", "skip")
        assert [each["query"] for each in found[key]] == ["queen"]
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"queen\n")))
        found, _ = heard(command, "cat", "-i", "-")
        assert [each["query"] for each in found[key]] == ["cat", "queen"]
    found, _ = heard("similarity", "--matrix", "-i", "list.txt", "--unknown-words", "skip")
    assert found["names"] == ["cat", "king − man", "dog"]
