"""What each trainer gets and what is checked of it: the copy of the corpus, gensim's counts, the flags of a peer."""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from w2v.bench import Gensim, Peer, W2v, Workplace, open_workplace
from w2v.bench.trainers import check_gensim
from w2v.errors import BenchError, SettingsError, VocabularyError
from w2v.progress import NullProgress, Progress
from w2v.tokens.settings import CorpusConfig
from w2v.training.cbow.model import CbowConfig
from w2v.training.sgns.model import SgnsConfig

SMALL = SgnsConfig(dim=16, epochs=1, threads=2, seed=7)
QUIET = NullProgress()


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Every test ends with an empty folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())


def text(sentences: int, length: int, seed: int = 0) -> str:
    random = np.random.default_rng(seed)
    words = random.zipf(1.4, (sentences, length)) % 300
    return "".join(" ".join(f"w{word}" for word in sentence) + "\n" for sentence in words)


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text(content, "utf-8")
    return path


def place_of(corpus: Path, config: CorpusConfig | None = None, progress: Progress = QUIET):
    return open_workplace([corpus], config or CorpusConfig(), 2, progress)


@pytest.mark.parametrize(
    ("content", "config"),
    [
        (text(40, 30), CorpusConfig()),
        (text(1, 4_321), CorpusConfig(min_count=3)),
        (text(3, 1_000) + "\n\n" + text(1, 1) + text(2, 2_000), CorpusConfig()),
        ("Über  den\tFluss\n\nund\xa0in die Wälder\r\nÜber den Fluss" * 8, CorpusConfig(lowercase=True)),
        ("Hello, world! It's time.\nHello again, world." * 9, CorpusConfig(tokenizer="words", min_count=2)),
    ],
)
def test_the_copy_holds_the_same_words_in_lines_that_gensim_can_read(
    tmp_path: Path, content: str, config: CorpusConfig
) -> None:
    with place_of(written(tmp_path, content), config) as place:
        copied = place.lines.read_text("utf-8")
        lines = [line.split(" ") for line in copied.removesuffix("\n").split("\n")]
        facts = place
    assert max(map(len, lines)) <= 1_000
    if config.tokenizer == "whitespace":
        sentences = [line.split() for line in (content.lower() if config.lowercase else content).splitlines()]
        assert [word for line in lines for word in line] == [word for sentence in sentences for word in sentence]
        assert len(lines) == sum(-(-len(sentence) // 1_000) for sentence in sentences)
    else:
        assert lines[0] == ["Hello", "world", "It's", "time"]
    counts = Counter(word for line in lines for word in line)
    kept = [count for count in counts.values() if count >= config.min_count]
    assert (facts.tokens, facts.vocabulary, facts.words) == (sum(counts.values()), len(kept), sum(kept))


def test_a_long_corpus_is_copied_in_stretches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("w2v.bench.workplace.STEP", 2_000)
    content = text(1, 9_500)
    with place_of(written(tmp_path, content)) as place:
        copied = place.lines.read_text("utf-8").splitlines()
    assert " ".join(copied).split() == content.split()
    assert [len(line.split()) for line in copied] == [1_000] * 9 + [500]


def test_compressed_sources_and_globs(tmp_path: Path) -> None:
    for name, part in (("a.gz", text(5, 40, 1)), ("b.gz", text(5, 40, 2))):
        (tmp_path / name).write_bytes(gzip.compress(part.encode()))
    with open_workplace([tmp_path / "*.gz"], CorpusConfig(min_count=1), 1, QUIET) as place:
        assert place.tokens == 400
        assert place.lines.read_text().split() == (text(5, 40, 1) + text(5, 40, 2)).split()


@pytest.mark.parametrize(
    ("corpus", "config", "error", "message"),
    [
        ("-", CorpusConfig(), SettingsError, "standard input"),
        ("words", CorpusConfig(min_count=1_000), VocabularyError, "0 of the corpus's 3 words occur 1,000 times"),
    ],
)
def test_what_cannot_be_measured(
    tmp_path: Path, corpus: str, config: CorpusConfig, error: type[Exception], message: str
) -> None:
    path = written(tmp_path, "one two three two one\n")
    with pytest.raises(error, match=message), open_workplace([corpus if corpus == "-" else path], config, 1, QUIET):
        pass


class Interrupting(NullProgress):
    def __init__(self, phase: str) -> None:
        self.wanted = phase

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        if name.startswith(self.wanted):
            raise KeyboardInterrupt


@pytest.mark.parametrize("phase", ["reading", "copying"])
def test_ctrl_c_while_the_corpus_is_copied(tmp_path: Path, phase: str) -> None:
    with pytest.raises(KeyboardInterrupt), place_of(written(tmp_path, text(50, 20)), progress=Interrupting(phase)):
        pass


@pytest.mark.slow
def test_gensim_on_an_endless_line_is_found_out(tmp_path: Path) -> None:
    """The fault that the copy is made for: `corpus_file` trains each worker on the beginning of one long line."""
    with place_of(written(tmp_path, text(1, 100_000))) as place:
        place.lines.write_text(place.lines.read_text().replace("\n", " "))
        with pytest.raises(BenchError, match="gensim trained on 40,000 tokens instead of 100,000"):
            Gensim(CorpusConfig(), SMALL).run(place, 1, QUIET)


PLACE = Workplace(Path(), (), Path(), tokens=100_000, vocabulary=50, words=90_000, size=1, fingerprint="")
SAID = {"tokens": 100_000, "vocabulary": 50, "words": 90_000, "trained_tokens": 300_000}


@pytest.mark.parametrize(
    ("changed", "accepted"),
    [
        ({}, True),
        ({"trained_tokens": 275_000}, True),  # without subsampling
        ({"trained_tokens": 365_000}, True),  # each of 2 workers ends its last batch, in each of 3 epochs
        ({"trained_tokens": 272_000}, False),
        ({"trained_tokens": 367_000}, False),
        ({"tokens": 99_999}, False),
        ({"vocabulary": 51}, False),
        ({"words": 89_999}, False),
    ],
)
def test_how_far_gensims_counts_may_differ(changed: dict[str, int], accepted: bool) -> None:
    config = replace(SMALL, epochs=3)
    if accepted:
        check_gensim({**SAID, **changed}, PLACE, config)
    else:
        with pytest.raises(BenchError, match=r"gensim (counted|trained on)"):
            check_gensim({**SAID, **changed}, PLACE, config)


@pytest.mark.slow
def test_w2v_is_trained_as_asked_whatever_this_folder_and_environment_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("W2V_DIM", "32")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.w2v.train]\nmax-vocab = 2\n")
    config = CorpusConfig(min_count=2)
    with place_of(written(tmp_path, text(30, 700)), config) as place:
        outcome = W2v(config, SMALL).run(place, 3, QUIET)
        assert sorted(path.name for path in place.folder.iterdir()) == [".run.w2v.lock", "corpus.txt", "w2v.log"]
    record = outcome.vectors.record
    assert record is not None
    assert outcome.vectors.matrix.shape == (place.vocabulary, 16)
    assert outcome.figures["trained_words"] == place.words
    assert outcome.figures["trained_words"] < outcome.figures["pairs"] < 10 * place.words
    assert (record.settings["seed"], record.settings["min_count"], record.settings["threads"]) == (3, 2, 2)
    assert outcome.heldout_loss == record.heldout_loss
    assert outcome.version == record.environment["w2v"]


PEER = """
import json, sys
from pathlib import Path
flags = dict(zip(sys.argv[2::2], sys.argv[3::2]))
if sys.argv[1] == "--fail":
    sys.exit("out of luck")
if sys.argv[1] == "--say":
    Path("flags.json").write_text(json.dumps(flags))
    words = sorted(set(Path(flags["-train"]).read_text().split()))
    rows = "".join(word + " 1 2\\n" for word in words)
    Path(flags["-output"]).write_text(f"{len(words)} 2\\n{rows}")
"""


def peer_of(tmp_path: Path, how: str) -> Peer:
    (tmp_path / "peer.py").write_text(PEER)
    config = SgnsConfig(
        dim=20, window=3, negative=4, sample=1e-5, epochs=2, learning_rate=0.05, threads=3, shared_negatives=False
    )
    return Peer("mine", (sys.executable, "peer.py", how), CorpusConfig(min_count=9), config)


def test_a_peer_gets_word2vecs_flags_and_runs_where_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with place_of(written(tmp_path, text(30, 70))) as place:
        outcome = peer_of(tmp_path, "--say").run(place, 1, QUIET)
        flags = json.loads((tmp_path / "flags.json").read_text())
        assert flags.pop("-train") == str(place.lines)
        assert Path(flags.pop("-output")).parent == place.folder
    assert flags == {
        "-size": "20", "-window": "3", "-negative": "4", "-sample": "1e-05", "-iter": "2", "-min-count": "9",
        "-threads": "3", "-alpha": "0.05", "-cbow": "0", "-hs": "0", "-binary": "1",
    }  # fmt: skip
    assert outcome.vectors.dim == 2
    assert outcome.figures == {}
    assert outcome.usage.wall_seconds > 0


FASTTEXT = """
import json, sys
from pathlib import Path
flags = dict(zip(sys.argv[2::2], sys.argv[3::2]))
Path("flags.json").write_text(json.dumps([sys.argv[1], flags]))
Path(flags["-output"] + ".bin").write_bytes(b"a model")
Path(flags["-output"] + ".vec").write_text("2 3\\nking 1 2 3 \\nqueen 1 2 4 \\n")
"""


@pytest.mark.parametrize(
    ("settings", "verb", "wanted"),
    [
        (SgnsConfig(subwords="3-6", threads=3).settled(), "skipgram", {"-minn": "3", "-maxn": "6", "-lr": "0.04"}),
        (SgnsConfig(threads=3).settled(), "skipgram", {"-maxn": "0", "-bucket": "0", "-lr": "0.025"}),
        (CbowConfig(threads=3).settled(), "cbow", {"-maxn": "0", "-bucket": "0", "-lr": "0.075"}),
    ],
)
def test_fasttext_gets_its_own_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: SgnsConfig, verb: str, wanted: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fasttext.py").write_text(FASTTEXT)
    with place_of(written(tmp_path, text(30, 70))) as place:
        peer = Peer("fasttext", (sys.executable, "fasttext.py"), CorpusConfig(), settings)
        assert peer.run(place, 1, QUIET).vectors.words == ["king", "queen"]
        assert [path.name for path in place.folder.glob("peer.*")] == ["peer.log"]
    command, flags = json.loads((tmp_path / "flags.json").read_text())
    assert command == verb
    asked = {"-dim": "100", "-ws": "5", "-neg": "5", "-t": "0.001", "-epoch": "5", "-minCount": "5", "-thread": "3"}
    assert flags.items() >= (asked | wanted | {"-loss": "ns"}).items()


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("fasttext", SgnsConfig(subwords="3-6"), []),
        ("fastText", CbowConfig(), ["count^0.5, and w2v here by count^0.75"]),
        ("fasttext", SgnsConfig(noise_power=0.5, window_shrink=False), ["windows of one width"]),
        ("word2vec", SgnsConfig(), ["do not clear eof"]),
        ("word2vec.c", SgnsConfig(epochs=1, noise_power=0.5), ["count^0.75, and w2v here by count^0.5"]),
        ("mine", SgnsConfig(noise_power=0.5), []),
    ],
)
def test_what_a_peer_does_in_another_way_is_said(name: str, settings: SgnsConfig, expected: list[str]) -> None:
    doubts = Peer(name, ("true",), CorpusConfig(), settings.settled()).doubts
    assert len(doubts) == len(expected)
    assert all(part in doubt for part, doubt in zip(expected, doubts, strict=True))


@pytest.mark.parametrize(("subwords", "name"), [(None, "gensim"), ("3-6", "gensim FastText")])
def test_gensim_is_called_by_what_it_trains(subwords: str | None, name: str) -> None:
    assert Gensim(CorpusConfig(), SgnsConfig(subwords=subwords)).name == name


def test_word2vecs_flags_cannot_ask_for_subwords() -> None:
    with pytest.raises(SettingsError, match="cannot ask for subwords"):
        Peer("mine", ("true",), CorpusConfig(), SgnsConfig(subwords="3-6"))


@pytest.mark.parametrize(
    ("how", "message"), [("--fail", r"mine failed \(exit code 1\): out of luck"), ("--rest", "wrote no vectors")]
)
def test_a_peer_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    with place_of(written(tmp_path, text(30, 70))) as place, pytest.raises(BenchError, match=message):
        peer_of(tmp_path, how).run(place, 1, QUIET)


@pytest.mark.parametrize(
    ("name", "command", "message"),
    [
        ("gensim", ("true",), "cannot be the name"),
        ("gensim FastText", ("true",), "cannot be the name"),
        ("", ("true",), "cannot be the name"),
        ("mine", (), "there is no program"),
        ("mine", ("./absent", "-fast"), "there is no program './absent'"),
    ],
)
def test_peers_that_cannot_be(name: str, command: tuple[str, ...], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Peer(name, command, CorpusConfig(), SgnsConfig())


@pytest.mark.slow
def test_failures_name_the_trainer(tmp_path: Path) -> None:
    """A corpus that goes away between two runs."""
    corpus = written(tmp_path, text(30, 70))
    with place_of(corpus) as place:
        os.unlink(corpus)
        with pytest.raises(BenchError, match=r"w2v failed \(exit code 1\): Error: .*corpus.txt"):
            W2v(CorpusConfig(), SMALL).run(place, 1, QUIET)
