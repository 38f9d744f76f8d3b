"""`w2v index` and `w2v search` as a user sees them: documents in, hits with reasons out, errors with cures."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from w2v import Vectors
from w2v.cli import main
from w2v.cli.index import PASSAGE_WORDS
from w2v.formats import write
from w2v.search import passages
from w2v.vectors import Vectors as VectorsClass

TEXTS = "the king and the queen\nCat, dog!\n\nbreakfast and lunch in paris\nqqq zzz\na bank in berlin\n"
EVIL = "a <script>alert(1)</script> king \x1b]0;owned\x07 \x1b[31m \u202e reversed & \"quoted\" 'queen'"


@pytest.fixture
def index(folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    Path("texts.txt").write_text(TEXTS, "utf-8")
    assert main(["index", "texts.txt", "--tokenizer", "words", "--lowercase"]) == 0
    capsys.readouterr()
    return Path("docs.w2v")


def payload(capsys: pytest.CaptureFixture[str], *args: str) -> dict:
    assert main(["search", *args, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_index_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("texts.txt").write_text(TEXTS, "utf-8")
    assert main(["index", "texts.txt", "-o", "my.w2v"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "wrote my.w2v: 5 documents, 12 dimensions" in err
    assert "are not in vectors.safetensors and were left out, such as" in err
    assert main(["index", "texts.txt", "-o", "my.w2v", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    assert PASSAGE_WORDS == passages.PASSAGE_WORDS


def test_an_index_among_the_documents(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.txt").symlink_to("nowhere")
    Path("vectors.safetensors").rename(".vectors.safetensors")
    assert main(["index", ".", "-m", ".vectors.safetensors"]) == 0
    err = capsys.readouterr().err
    assert "docs.w2v holds an index, not text: it is left out" in err
    assert "left out: broken.txt: cannot be read: no such file or directory" in err
    assert "wrote docs.w2v: 1 document, 12 dimensions" in err
    assert main(["index", "docs.w2v", "-m", ".vectors.safetensors", "-o", "other.w2v"]) == 1
    assert "docs.w2v: this is an index, not text" in capsys.readouterr().err
    assert main(["similar", "king", "-m", "docs.w2v"]) == 1
    assert "docs.w2v: this is an index, which holds no finished vectors" in capsys.readouterr().err


def test_the_shares_of_words_stand_before_the_pairs(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "queen", "-n", "1"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"queen \d\.\d\d; queen ~ queen \d", out)
    assert "a word alone: what it adds to BM25" in " ".join(out.split())


def test_json_has_everything(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = payload(capsys, "a", "queen", "in", "Paris", "-n", "2")
    assert found["schema"] == "w2v.search/1"
    assert (found["query"], found["mode"], found["documents"]) == ("a queen in Paris", "both", 5)
    first = found["hits"][0]
    assert first["id"] in ("texts.txt:1", "texts.txt:4")
    assert sum(pair["share"] for pair in first["explanation"]["pairs"]) == pytest.approx(first["cosine"], abs=1e-6)
    assert sum(word["share"] for word in first["explanation"]["words"]) == pytest.approx(first["bm25"], rel=1e-5)
    mark = first["explanation"]["marks"][0]
    assert first["text"][mark["begin"] : mark["end"]].lower() in ("queen", "paris", "king", "france")
    assert found["not_in_vectors"] == ["a", "in"]


@pytest.mark.parametrize("output", ["jsonl", "csv", "tsv", "markdown", "html", "table"])
def test_other_formats(index: Path, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "queen", "--format", output]) == 0
    out = capsys.readouterr().out
    assert "texts.txt:1" in out
    assert "the king and the" in out


def test_words_need_no_vectors(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("vectors.safetensors").unlink()
    assert [hit["id"] for hit in payload(capsys, "DOG", "--mode", "words")["hits"]] == ["texts.txt:2"]
    assert main(["search", "dog"]) == 2
    assert "docs.w2v was made with vectors.safetensors" in capsys.readouterr().err
    assert [hit["rank"] for hit in payload(capsys, "--farthest", "-n", "3")["hits"]] == [1, 2, 3]


def test_text_cannot_steer_the_terminal_or_a_page(folder: Path, on_a_terminal: Callable[..., list[str]]) -> None:
    Path("evil.jsonl").write_text(
        json.dumps({"text": EVIL, "id": "<img src=x onerror=alert(1)>\x1b[2J"}) + "\n", "utf-8"
    )
    assert main(["index", "evil.jsonl", "--column", "text", "--id-column", "id", "-q", "--tokenizer", "words"]) == 0
    for args in (["king"], ["king", "--mode", "words"], ["--farthest"]):
        shown = "\n".join(on_a_terminal("search", *args))
        assert not set(shown) & {"\x1b", "\x07", "\u202e"}
    shown = "\n".join(on_a_terminal("search", "king", "--format", "html"))
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert "onerror=alert(1)>" not in shown
    assert not set(shown) & {"\x1b", "\x07", "\u202e"}


def test_marks_are_bold_and_underlined(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "king", "-n", "1", "--color", "always"]) == 0
    assert "\x1b[1mking\x1b[0m" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "code", "said", "cure"),
    [
        (["search"], 2, "Missing argument 'QUERY...'", "w2v search --help"),
        (["search", "a", "--farthest"], 2, "--farthest takes no query", "leave out the query"),
        (["search", "queen", "--index", "no.w2v"], 1, "there is no index no.w2v", "w2v index DOCS -o no.w2v makes one"),
        (["search", "queen", "--index", "texts.txt"], 1, "texts.txt: not a whole index", "make it again: w2v index"),
        (["search", "queen", "--index", "vectors.safetensors"], 1, "its format is", "make it again"),
        (["search", "qqqq"], 1, "'qqqq' is not in the documents", "did you mean 'qqq'?"),
        (["search", "berlim", "--mode", "words"], 1, "'berlim' is not in the documents", "did you mean 'berlin'?"),
        (["search", "zzz", "--mode", "meaning"], 1, "'zzz' is not in vectors.safetensors", "--mode words"),
        (["search", "?!"], 2, "the query has no word in it", "ask with words"),
        (["search", "queen", "-m", "other.bin"], 1, "embedding drift", "index the documents again"),
        (["index", "empty"], 1, "no files in this folder", "hidden files"),
        (["index", "none.txt"], 1, "there are no texts to index", "name files that hold text"),
        (["index", "texts.txt", "-o", "texts.txt"], 2, "is one of the documents", "write to another file"),
        (["index", "texts.txt", "-o", "vectors.safetensors"], 2, "is the file of vectors", "write to another file"),
        (["index", "texts.txt", "-o", "no/docs.w2v"], 1, "cannot write no/docs.w2v", "create the folder first"),
        (["index", "docs.w2v", "-o", "more.w2v"], 1, "this is an index, not text", "name the documents"),
    ],
)
def test_errors_with_cures(
    index: Path, vectors: Vectors, capsys: pytest.CaptureFixture[str], args: list[str], code: int, said: str, cure: str
) -> None:
    Path("empty").mkdir()
    Path("none.txt").touch()
    write(VectorsClass(vectors.words, -vectors.matrix, vectors.counts), "other.bin")
    before = Path("docs.w2v").read_bytes()
    assert main(args) == code
    err = capsys.readouterr().err
    assert said in err
    assert cure in err
    assert err.count("\n") <= 4
    assert Path("docs.w2v").read_bytes() == before


def test_a_folder_that_holds_its_own_index(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.md").write_text("the king", "utf-8")
    for _ in range(2):
        assert main(["index", "."]) == 0
        assert "1 document," in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_leaves_the_old_index(index: Path) -> None:
    before = index.read_bytes()
    command = [sys.executable, "-m", "w2v", "index", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        for _ in range(20_000):
            process.stdin.write("the king and the queen in paris\n")
        process.stdin.flush()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        assert process.wait(timeout=60) == 130
    assert index.read_bytes() == before
    assert not [name for name in os.listdir() if name.endswith(".tmp")]


@pytest.mark.slow
def test_searching_imports_nothing_heavy(index: Path) -> None:
    code = (
        "import sys; from w2v.cli import main; assert main(['search', 'queen']) == 0; "
        "print(sorted({'numba', 'gensim', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
